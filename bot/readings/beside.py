"""What stands beside a place in a text: where it is asked what a number or a name is. Pure."""

import re
from typing import Final, NamedTuple

from bot.readings.tables import one_of

NEAR: Final = 48
"""How many characters on either side are asked: some eight words. What is said farther off is about something else."""

SPOT: Final = "\0"
"""Stands for the place itself, where both sides are asked at once: nobody can type it."""

_LEADS_UP: Final = re.compile(
    r"[ \n,.:;(-]*(?:(?:is )?(?:at|on)|(?:the |its )?(?:address|phone|number)(?: is)?)?[ \n:(]*"
)
"""What stands between a venue and what is told of it: "Rink: 978-555-0142", "the clinic on 40 Grand Ave"."""
_ONLY_NEAR: Final = one_of(
    """
    near, nearby, behind, by, across(?: from)?, next to, past, after, before, leaving, left, opposite, beside, around,
    off, close to, outside
    """
)
_OR_THERE: Final = rf"(?:{_ONLY_NEAR}|(?<!{SPOT} )(?:at|from))"


class Apart(NamedTuple):
    """What parts a venue from the spot that it stands beside."""

    ends: re.Pattern[str]
    """Where the talk of it ends."""
    elsewhere: re.Pattern[str]
    """What, before it, makes it a mere landmark, or where somebody is."""


OF_ADDRESS: Final = Apart(re.compile(r"[!?](?=\s|$)"), re.compile(rf"\b{_ONLY_NEAR} (?:[a-z'-]+ ){{0,3}}$"))
"""A full stop ends nothing, for notices name a place and then say where it is: "27 elmwood ave, behind the school"."""
OF_NUMBER: Final = Apart(
    re.compile(r"[.!?](?=\s|$)(?!\s+(?:the |its )?(?:address|phone|number)\b)"),
    re.compile(rf"\b{_OR_THERE} (?:[a-z'-]+ ){{0,3}}$"),
)
"""Who is at a venue can be called all the same: "cya at the gym. 978-555-0142"."""


def before(text: str, start: int) -> str:
    """Give what stands near, before a place."""
    return text[max(0, start - NEAR) : start]


def behind(text: str, end: int) -> str:
    """Give what stands near, behind a place."""
    return text[end : end + NEAR]


def is_told_of(venues: re.Pattern[str], around: str, apart: Apart) -> bool:
    """Say whether the sentence around `SPOT` tells that it is a venue's, and does not say where somebody or it is.

    A venue that stands elsewhere counts only where it leads up to the spot: "by the rink: 978-555-0142".
    """
    spot = around.index(SPOT)
    start = max((stop.end() for stop in apart.ends.finditer(around, 0, spot)), default=0)
    stop = apart.ends.search(around, spot)
    return any(
        apart.elsewhere.search(around, start, venue.start()) is None or _LEADS_UP.fullmatch(around, venue.end(), spot)
        for venue in venues.finditer(around, start, len(around) if stop is None else stop.start())
    )
