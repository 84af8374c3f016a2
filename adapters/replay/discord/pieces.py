"""Cuts the `messages` of one JSON object into single messages while it is read, however large it is.

Nothing is decoded here: only brackets and strings are told apart. So one odd message costs no other, and one that is
far too long is passed by without being held.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Final, NamedTuple

import msgspec

from adapters.archive import MIB

LONGEST: Final = 16 * MIB
"""Bytes. A message with thousands of reactions, each with who made it, is far below."""

MOST_BEHIND: Final = MIB
"""Bytes that may stand behind the messages; there are about thirty."""

_STRING: Final = rb'(?:[^"\\]++|\\.)*+'
_IN_STRING = re.compile(_STRING, re.DOTALL)
_PLAIN = re.compile(rb'(?:[^"{}\[\]]++|"' + _STRING + rb'")*+', re.DOTALL)
"""Whole strings, and what is neither a string nor a bracket. It takes back nothing, so its time is the length."""

_MESSAGES = re.compile(rb'"messages"\s*:\s*\Z')
_BLANKS: Final = b", \t\r\n"
_OPEN: Final = b"{["
_QUOTE, _BACKSLASH = b'"\\'


class Piece(NamedTuple):
    """One message's bytes, and where in the file they begin."""

    at: int
    data: bytes | None
    """None when it is longer than `LONGEST`."""


class Ending(msgspec.Struct):
    """What stands behind the messages."""

    messageCount: int | None = None  # noqa: N815 as the file has it


def messages_begin(start: bytes) -> int | None:
    """Say where, in the beginning of a file, the messages of its object begin; None where they do not."""
    walk, before = _Walk(), 0
    for position in walk.brackets(start, 0):
        if walk.depth == 2 and start[position] == _OPEN[1] and _MESSAGES.search(start[before:position]):
            return position + 1
        if walk.depth <= 0:
            return None
        before = position
    return None


@dataclass(slots=True)
class _Walk:
    """How deep in brackets, and whether in a string, the bytes so far end."""

    depth: int = 0
    _inside: bool = False
    _escaped: bool = False

    def brackets(self, data: bytes, position: int) -> Iterator[int]:
        """Find the brackets that are no part of a string. With each, `depth` is what it is behind it."""
        while position < len(data):
            if self._inside:
                position = self._leave(data, position)
                continue
            position = _end(_PLAIN, data, position)
            if position == len(data):
                return
            if data[position] == _QUOTE:
                self._inside = True
            else:
                self.depth += 1 if data[position] in _OPEN else -1
                yield position
            position += 1

    def _leave(self, data: bytes, position: int) -> int:
        """Go to the end of a string, or of the data if it does not end there."""
        position = _end(_IN_STRING, data, position + self._escaped)
        self._escaped = data[position:] == b"\\"
        self._inside = position >= len(data) or data[position] == _BACKSLASH
        return position + 1


def _end(pattern: re.Pattern[bytes], data: bytes, position: int) -> int:
    found = pattern.match(data, position)
    return position if found is None else found.end()


@dataclass(slots=True)
class Pieces:
    """The messages of one file, cut while its bytes come."""

    chunks: Iterable[bytes] = field(repr=False)
    begins: int
    """Where the messages begin: within the first chunk."""
    counted: int | None = None
    """How many messages the file says it holds, once it was read to its end."""
    _held: list[bytes] = field(default_factory=list, repr=False)
    _size: int = 0

    def __iter__(self) -> Iterator[Piece]:
        """Give each message. Raises `ValueError` with a few words when the file ends before it should, or goes on."""
        walk, base, chunks = _Walk(), 0, iter(self.chunks)
        for chunk in chunks:
            taken = self.begins if base == 0 else 0
            for position in walk.brackets(chunk, taken):
                opens, edge = chunk[position] in _OPEN, position
                if opens and walk.depth == 1:
                    yield from self._between(chunk[taken:edge], base + edge)
                elif not opens and walk.depth == 0:
                    edge += 1
                    yield self._piece(chunk[taken:edge], base + edge)
                elif walk.depth < 0:
                    yield from self._between(chunk[taken:edge], base + edge)
                    self._end(chunk[edge + 1 :], chunks)
                    return
                else:
                    continue
                taken = edge
            self._hold(chunk[taken:])
            base += len(chunk)
        raise ValueError("the file is cut short")

    def _hold(self, data: bytes) -> None:
        self._size += len(data)
        self._held.append(data)
        if self._size > LONGEST:
            self._held.clear()

    def _piece(self, last: bytes, end: int) -> Piece:
        self._hold(last)
        piece = Piece(end - self._size, b"".join(self._held) if self._size <= LONGEST else None)
        self._held, self._size = [], 0
        return piece

    def _between(self, last: bytes, end: int) -> Iterator[Piece]:
        """Give what stands between two messages and is none."""
        piece = self._piece(last, end)
        if piece.data is None or piece.data.strip(_BLANKS):
            yield piece

    def _end(self, behind: bytes, chunks: Iterator[bytes]) -> None:
        for chunk in chunks:
            behind += chunk
            if len(behind) > MOST_BEHIND:
                break
        if not behind.strip():
            raise ValueError("the file is cut short")
        try:
            self.counted = msgspec.json.decode(b'{"messages":[]' + behind, type=Ending).messageCount
        except (ValueError, RecursionError):
            raise ValueError("something stands there that does not belong there") from None
