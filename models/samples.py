"""What the heads learn from: one text, who speaks to whom, and which labels hold. Values only."""

from enum import StrEnum
from hashlib import sha256
from typing import Final, NamedTuple

from bot.readings.labels import CONFIDENTIAL, Label, Setting


class Kind(StrEnum):
    """What a text is there for."""

    HIT = "hit"
    BAIT = "bait"
    """It looks like a hit and is none."""
    EVERYDAY = "everyday"
    DISGUISED = "disguised"
    """A hit whose letters are hidden."""


LEARNED: Final = (
    *(Label.MEDICAL, Label.ACADEMIC, Label.HARASSMENT, Label.PROFANITY, Label.SEXUAL, Label.SUBSTANCES),
    *(Label.OFFPLATFORM, Label.BOUNDARY, Label.SELF_HARM, Label.THREAT, Label.REPORT),
)
"""The labels that have a head. What the others are about is a matter of patterns and lists alone."""

HEADS: Final = (*map(str, LEARNED), CONFIDENTIAL)
"""All heads, in the order in which they are written down."""


FOLDS: Final = 5


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
    """What it was made from. What is of one family is never both learned from and judged by."""
    weight: float = 1.0


def fold_of(family: str) -> int:
    """Give the fold of a family: by its name, so that one that is added moves no other."""
    return int.from_bytes(sha256(family.encode()).digest()[:4]) % FOLDS
