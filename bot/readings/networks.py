"""Both networks together, and how texts are written for them."""

from collections.abc import Sequence
from typing import NamedTuple

from bot.readings.abuse import Abuse
from bot.readings.heads import Floats
from bot.readings.meaning import Meaning
from bot.readings.unglue import Parting
from bot.text import fold, loosen


class Networks(NamedTuple):
    """Both networks, and what parts the words that they read."""

    abuse: Abuse
    meaning: Meaning
    parting: Parting

    def view(self, text: str) -> str:
        """Give a text as the networks read it: folded, disguises undone as far as can be guessed."""
        return self.parting.part(loosen(fold(text))).text

    def read(self, views: Sequence[str]) -> tuple[Floats, Floats]:
        """Give meaning (n, 1152) and abuse (n, 6) of texts as they are viewed."""
        return self.meaning.encode(views), self.abuse.scores(views)
