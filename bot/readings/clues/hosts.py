"""Links that hide where they lead, and what hides who or where somebody is."""

from collections.abc import Iterator
from typing import Final

from bot.links import SLASHES, find_links, host_matches
from bot.readings.anonymizers import NAMED, Anonymizers
from bot.readings.hosts import known_shorteners
from bot.readings.labels import Clue, Label
from bot.text import Folded

_SURE = 0.95
_ANONYMIZERS: Final = Anonymizers()


def shortened(folded: Folded) -> Iterator[Clue]:
    """Find links through a known shortener, spaced and spelled ones too."""
    if not any(slash in folded.text for slash in SLASHES):
        return
    shorteners = known_shorteners()
    for link in find_links(folded.raw, shorteners):
        if host_matches(link.host, shorteners) is not None:
            yield Clue(
                Label.LINK_SHORTENER, "shortener", link.start, link.end, folded.raw[link.start : link.end], _SURE
            )


def anonymizers(folded: Folded) -> Iterator[Clue]:
    """Find what is offered, asked for or praised."""
    for start, end, words in _ANONYMIZERS.find(folded):
        yield Clue(Label.ANONYMIZER, NAMED, start, end, words, _SURE)
