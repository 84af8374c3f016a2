"""Both networks together, and how texts are written for them."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from bot.readings.abuse import Abuse
from bot.readings.compact import compact
from bot.readings.heads import Floats
from bot.readings.meaning import Meaning
from bot.readings.unglue import Parting
from bot.text import fold, loosen

SAME = 0.9
"""How near the rounded encoder must come to the exact one (cosine); where it does not, the exact one serves."""
WITNESS = "Your ankle is swollen, so the trainer wants you to sit out until Thursday."


class Networks(NamedTuple):
    """Both networks, and the words that either knows."""

    abuse: Abuse
    meaning: Meaning
    parting: Parting

    @classmethod
    def of(cls, abuse: Abuse, meaning: Meaning) -> "Networks":
        """Take two networks; words that either knows are words."""
        return cls(abuse, meaning, Parting(abuse.vocabulary, meaning.vocabulary))

    def view(self, text: str) -> str:
        """Give a text as the networks read it: folded, disguises undone as far as can be guessed."""
        return self.parting.part(loosen(fold(text)).text)

    def read(self, views: Sequence[str]) -> tuple[Floats, Floats]:
        """Give meaning (n, 1152) and abuse (n, 6) of texts as they are viewed."""
        return self.meaning.encode(views), self.abuse.scores(views)


def open_meaning(shipped: bytes, tokenizer: bytes) -> Meaning:
    """Open the encoder, rounded where this processor rounds well. Some older ones run over in sums of eight bits."""
    other = Meaning(compact(shipped, rounded=False), tokenizer).encode([WITNESS])[0]
    rounded = Meaning(compact(shipped), tokenizer)  # after the exact one is let go: together they take 100 MB more
    one = rounded.encode([WITNESS])[0]
    if one @ other >= SAME * np.linalg.norm(one) * np.linalg.norm(other):
        return rounded
    return Meaning(compact(shipped, rounded=False), tokenizer)
