"""What was seen in a picture: the value that a rule is given, and the door to whatever looks. Pure.

Nothing is learned from faces, and no score ever clears a picture: a low one says nothing.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final, Protocol

LARGEST: Final = 10_000_000
"""Bytes of a file. A larger one is not fetched."""

ASK_FROM: Final = 0.2
"""From this score on a person is asked. Harmless pictures mostly stay below .03; a flat skin tone comes near it."""

HIDE_FROM: Final = 0.8
"""From this score on the picture is also hidden, where the platform can."""


class Band(StrEnum):
    """What follows from how a picture was scored. There is no band for a picture that is fine."""

    SILENT = "the score says nothing"
    ASK = "it may be sexual: a person is asked, without the picture"
    HIDE = "it is probably sexual: a person is asked without the picture, and it is hidden where the platform can"


def band(score: float) -> Band:
    """Sort a score from 0 to 1. Whatever is no such number counts as the worst."""
    if 0 <= score < ASK_FROM:
        return Band.SILENT
    return Band.ASK if 0 <= score < HIDE_FROM else Band.HIDE


class NoText(StrEnum):
    """Why nobody read the text in a picture."""

    NOT_INSTALLED = "tesseract is not installed, so text in pictures is not read"
    NOT_READ = "text is not read in a picture that may be sexual"
    GAVE_UP = "reading the text took too long, or failed"


class Unreadable(StrEnum):
    """Why a picture could not be looked at. A person is asked, without the picture."""

    TOO_LARGE = "its file is over 10 MB"
    TOO_MANY_PIXELS = "it has more than 25 million pixels"
    TOO_MANY_FRAMES = "it has more than 500 frames"
    OTHER_KIND = "it is no PNG, JPEG, WebP or GIF"
    BROKEN = "it breaks off, or contradicts itself"
    TOO_MUCH = "looking at it took more memory or work than a picture may"
    TOO_SLOW = "looking at it took too long"
    NO_READER = "pictures cannot be looked at here: the model is missing or was altered"


@dataclass(frozen=True, slots=True)
class PictureSeen:
    """A picture that was looked at."""

    sha256: str
    """Of the file as it came, in small hexadecimal digits."""
    band: Band
    width: int
    height: int
    frames: int = 1
    """How many it has. Of a moving picture up to eight are looked at, the first and the last among them."""
    text: str = field(default="", repr=False)
    """The words that were read in it, line by line."""
    no_text: NoText | None = None
    """Why there are none, when nobody read."""


@dataclass(frozen=True, slots=True)
class PictureUnread:
    """A picture that could not be looked at. It counts as one that may be sexual: it is never kept."""

    sha256: str
    reason: Unreadable


Piece = tuple[int, int] | bytes
"""A part of a file, half-open, or bytes that stand in its place."""


def put_together(pieces: Sequence[Piece], content: bytes) -> bytes:
    """Put a picture together of the parts of its file that are to stay."""
    view = memoryview(content)
    return b"".join(each if isinstance(each, bytes) else view[slice(*each)] for each in pieces)


@dataclass(frozen=True, slots=True)
class Examined:
    """What was seen, and what of the file may be kept."""

    reading: PictureSeen | PictureUnread
    pieces: tuple[Piece, ...] = field(default=(), repr=False)

    def kept(self, content: bytes) -> bytes | None:
        """Give the picture as it may be kept: its pixels as they came, without place, names, remarks or attachments.

        `content` is the file that was examined. None: it is never kept.
        """
        seen = self.reading
        if isinstance(seen, PictureUnread) or seen.band is not Band.SILENT or not self.pieces:
            return None
        return put_together(self.pieces, content)


class Pictures(Protocol):
    """Looks at pictures. Where nothing fits this door, as in a replay, nobody looks."""

    async def examine(self, content: bytes) -> Examined:
        """Look at a picture, given its whole file. Never raises for what a picture is or does."""
        ...
