"""What becomes of the files of a post that is taken away: kept first, or not, and then why not. Pure."""

from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final

from bot.message import Attached

MOST: Final = 20
"""So many files of one post are kept at most; Discord takes ten."""


class NotKept(StrEnum):
    """Why a file is not kept. It is taken away with its post all the same: what is found there cannot wait."""

    MAY_BE_SEXUAL = "it may be sexual, or nobody could look"
    FILM = "nothing here looks at films"
    TOO_LARGE = "it is over 10 MB"
    TOO_MANY = "there are more than 20"
    GONE = "it was gone already"
    NOT_FETCHED = "it could not be fetched, or is not ours to see"


@dataclass(frozen=True, slots=True)
class Exhibit:
    """One file of a post that is about to be taken away. Without content it is not kept."""

    attached: Attached
    content: bytes | None = field(default=None, repr=False)
    """A picture without the place where it was taken; any other file as it came."""
    why_not: NotKept | None = None
    sha256: str = ""
    """Of the file as it came, where it came."""
