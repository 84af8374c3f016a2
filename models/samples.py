"""What the heads learn from: one text, who speaks to whom, and which labels hold. Values only."""

from collections.abc import Iterable
from enum import StrEnum
from typing import Final, NamedTuple

from bot.readings.labels import CONFIDENTIAL, Label, Setting
from bot.readings.models import LED


class Kind(StrEnum):
    """What a text is there for."""

    HIT = "hit"
    BAIT = "bait"
    """It looks like a hit and is none."""
    EVERYDAY = "everyday"
    DISGUISED = "disguised"
    """A hit whose letters are hidden."""


_TOGETHER: Final = (
    *(Label.MEDICAL, Label.ACADEMIC, Label.HARASSMENT, Label.PROFANITY, Label.SEXUAL, Label.SUBSTANCES),
    *(Label.OFFPLATFORM, Label.BOUNDARY, Label.SELF_HARM, Label.THREAT, Label.REPORT),
)
PRIVATE: Final = tuple(label for label in Label if label in LED)
"""Labels of private facts, and of ways round a filter: patterns know them by their looks, heads by what is said."""
LEARNED: Final = (*_TOGETHER, *PRIVATE)
"""The labels that have a head. What the others are about is a matter of patterns and lists alone."""

TUNED: Final = (*map(str, _TOGETHER), CONFIDENTIAL)
"""The heads with which the encoder is tuned."""
HEADS: Final = (*TUNED, *map(str, PRIVATE))
"""All heads, in the order in which they are written down."""


def holding(labels: Iterable[Label], *, leak: bool) -> frozenset[str]:
    """Name the heads that should say yes of a text with these labels that leaks something confidential, or does not."""
    return frozenset(map(str, labels)) | (frozenset({CONFIDENTIAL}) if leak else frozenset())


class Sample(NamedTuple):
    """One text to learn from."""

    text: str
    setting: Setting
    holds: frozenset[str]
    """The heads that should say yes."""
    silent: frozenset[str]
    """The heads that learn nothing from it, for its source does not say."""
    kind: Kind
    family: str
    """What it was made from."""
    weight: float = 1.0
