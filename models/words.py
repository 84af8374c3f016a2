"""The words of chat, the most frequent first: what is glued together is parted by them (`bot/readings/unglue.py`)."""

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from typing import Final

from bot.text import fold
from models.families import Family

_SLOT: Final = re.compile(r"\{\w+\}")
_WORD: Final = re.compile(r"[a-z]+(?:'[a-z]+)?")
_VANDALS: Final = re.compile("fuck|shit|cunt|fag|gay|nigg|bitch|cock|dick|pussy|penis|suck|whore|slut|retard")
_TWICE: Final = 2
"""A word that stands once may be a slip."""


def ranked(own: Iterable[str], public: Iterable[str], known: Iterable[str]) -> list[str]:
    """Rank the words that networks know and those of our own texts; what has never been seen stands last, by name.

    Public texts count, but make no word of anything: tags are whole sentences without a blank. Nor does what a network
    knows from comments that were vandalised: there, insults are glued to everything.
    """
    ours, others = _counted(own), _counted(public)
    often = {word for word, count in ours.items() if count >= _TWICE}
    others_know = (word for word in known if word in ours or not _VANDALS.search(word))
    words = {word for word in often.union(others_know) if _WORD.fullmatch(word) and len(word) > 1} | {"a", "i", "u"}
    return sorted(words, key=lambda word: (-ours[word] - others[word], word))


def texts_of(families: Sequence[Family], slots: Iterable[Sequence[str]]) -> Iterator[str]:
    """Give all that this project wrote to be learned from, each line once and as it was written."""
    yield from (_SLOT.sub(" ", line) for family in families for line in family.lines)
    yield from (filling for fillings in slots for filling in fillings)


def _counted(texts: Iterable[str]) -> Counter[str]:
    return Counter(word for text in texts for word in _WORD.findall(fold(text).text))
