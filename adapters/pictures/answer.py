"""What the worker says about a picture, and how the two processes write to each other."""

import struct
from typing import Final

import msgspec

from bot.readings.picture import NoText, Unreadable

HEAD: Final = struct.Struct(">I")
"""Before each message, either way: how many bytes follow."""

LONGEST: Final = 256 * 1024
"""No answer is longer, so whatever becomes of a worker, it cannot fill our memory."""


class Ready(msgspec.Struct, frozen=True, tag="ready"):
    """The worker has its model."""


class Seen(msgspec.Struct, frozen=True, tag="seen"):
    """A picture was looked at."""

    width: int
    height: int
    frames: int
    score: float
    pieces: tuple[tuple[int, int] | bytes, ...] = ()
    text: str = ""
    no_text: NoText | None = None


class Refused(msgspec.Struct, frozen=True, tag="refused"):
    """A picture was not looked at."""

    reason: Unreadable


Answer = Ready | Seen | Refused
ANSWERS: Final[msgspec.msgpack.Decoder[Answer]] = msgspec.msgpack.Decoder(Answer)
