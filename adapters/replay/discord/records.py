"""What is read of a file's beginning and of each message, and the doors through which its values go. Pure.

Nothing about a value can be relied on: files are mended by hand, and every release writes a little differently.
"""

import re
from codecs import BOM_UTF8
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, Final

import msgspec

from adapters.mending import value_of
from adapters.replay.discord.pieces import messages_begin
from bot.message import PlaceId, Where, Words

Told = Mapping[str, Any]
"""A JSON object as the file has it."""

START: Final = 64 * 1024
"""Bytes. What stands before the messages fits in it many times."""

EARLIEST, LATEST = 2000, 2100
"""Years. A date outside them is none."""

_BEGINS = re.compile(rb'\s*\{\s*"guild"\s*:')
_DISCORDS_ADDRESS = re.compile(
    r"((?:cdn|media|images-ext-\d{1,3})\.discordapp\.(?:com|net)(?:/[^\s<>|?\"]*)?)(?:\?[^\s<>|\"]*)?", re.IGNORECASE
)
"""With what follows a question mark apart. That part is optional, or a row of addresses would take square time."""
_KEY = re.compile(r"(?<=[?&])(?:(?:ex|is)=[0-9a-f]{8}|hm=[0-9a-f]{64})\b&?", re.IGNORECASE)
"""What opens a file on Discord until it has run out, wherever it stands: times and a signature."""


class Record(msgspec.Struct, rename="camel"):
    """A message as the file has it, without what is never read: names, pictures, addresses, mentions."""

    id: Any = None
    type: Any = None
    timestamp: Any = None
    timestamp_edited: Any = None
    content: Any = None
    author: Any = None
    attachments: Any = None
    embeds: Any = None
    stickers: Any = None
    reactions: Any = None
    forwarded_message: Any = None
    poll: Any = None


@dataclass(frozen=True, slots=True)
class Channel:
    """A channel, thread or conversation as a file names it."""

    id: PlaceId
    kind: str
    begins: int
    """Where, in bytes, the messages begin."""
    shown: tuple[Words, ...] = field(default=(), repr=False)
    """Its name, topic and category on the day of the export. The name of a direct message is its people's."""

    @property
    def for_two(self) -> bool:
        """Say whether it is a direct message between two accounts, whom no third can join."""
        return self.kind == "DirectTextChat"


_DECODER = msgspec.json.Decoder(Record)


def channel_of(start: bytes) -> Channel | None:
    """Read which channel a file is of from its first `START` bytes; None when it is another kind of file.

    Raises `ValueError` with what is wrong when it begins like one of ours and does not go on so.
    """
    begun = _BEGINS.match(start.removeprefix(BOM_UTF8))
    begins = messages_begin(start)
    if begins is None:
        if begun:
            raise ValueError("the file is cut short or damaged before its first message")
        return None
    told = value_of(start[:begins].removeprefix(BOM_UTF8) + b"]}")
    if not isinstance(told, dict) or not isinstance(told.get("channel"), dict):
        if begun:
            raise ValueError("the file does not say which channel it is of")
        return None
    channel: Told = told["channel"]
    place = id_of(channel.get("id"))
    if place is None:
        raise ValueError("the file does not say which channel it is of")
    kind = text_of(channel.get("type"))
    return Channel(PlaceId(place), kind, begins, tuple(each for each in _shown(kind, channel) if each.text))


def _shown(kind: str, channel: Told) -> Iterator[Words]:
    """Give what people wrote over a place, as the live adapter does."""
    name, topic, category = (text_of(channel.get(key)) for key in ("name", "topic", "category"))
    if kind.startswith("Direct"):
        return
    if kind.endswith("Thread"):  # its category is its channel, which has a file of its own
        yield Words(Where.THREAD_NAME, name)
        return
    yield Words(Where.CHANNEL_NAME, name)
    yield Words(Where.TOPIC, topic)
    yield Words(Where.TAG, category)


def record_of(piece: bytes) -> Record | None:
    """Read one message, mended where it must be; None for what is no object."""
    try:
        return _DECODER.decode(piece)
    except (ValueError, RecursionError):
        value = value_of(piece)
    return msgspec.convert(value, Record) if isinstance(value, dict) else None


def moment_of(value: object) -> datetime | None:
    """Read a time with its offset, in UTC as the live adapter has it; None for what is none."""
    try:
        moment = datetime.fromisoformat(value) if isinstance(value, str) else None
    except ValueError:
        return None
    if moment is None or moment.tzinfo is None or not EARLIEST <= moment.year < LATEST:
        return None
    return moment.astimezone(UTC)


def id_of(value: object) -> str | None:
    """Read one of Discord's ids, also where another program made it a number; None for what is none."""
    match value:
        case bool():
            return None
        case int():
            return str(value)
        case str() if value.strip():
            return value.replace("\0", "\ufffd")
    return None


def text_of(value: object) -> str:
    """Give a text without the keys that Discord puts into addresses of files; empty for what is none.

    Every text that becomes words, and every kind that becomes a note, comes through this door.
    """
    if not isinstance(value, str):
        return ""
    text = _DISCORDS_ADDRESS.sub(r"\1", value) if "iscordapp." in value.lower() else value
    return _KEY.sub("", text) if "=" in text else text


def objects(value: object) -> list[Told]:
    """Give the objects in a list, or the one that stands in its place."""
    many = value if isinstance(value, list) else [value]
    return [each for each in many if isinstance(each, dict)]


def object_of(value: object) -> Told:
    """Give an object; an empty one for what is none."""
    return value if isinstance(value, dict) else {}
