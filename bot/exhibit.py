"""What becomes of the files of a post that is taken away: kept first, or not, and then why not. Pure."""

from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final

from bot.message import Attached

MOST: Final = 20
"""So many files of one post are kept at most; Discord takes ten."""


class NotKept(StrEnum):
    """Why a file is not kept. It is taken away with its post all the same: what is found there cannot wait."""

    MAY_BE_SEXUAL = "may be sexual"
    """Or nobody could look at it."""
    FILM = "film"
    TOO_LARGE = "too large"
    TOO_MANY = "too many"
    GONE = "gone"
    NOT_FETCHED = "not fetched"
    """Or not shown to us."""


@dataclass(frozen=True, slots=True)
class Exhibit:
    """One file of a post that is about to be taken away. Without content it is not kept."""

    attached: Attached
    content: bytes | None = field(default=None, repr=False)
    """A picture without the place where it was taken; any other file as it came."""
    why_not: NotKept | None = None
    sha256: str = ""
    """Of the file as it came, where it came."""
