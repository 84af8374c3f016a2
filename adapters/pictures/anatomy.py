"""Takes a picture's file apart without decoding a pixel: its kind, its size, and the parts it needs to be shown.

What is kept is an allow-list. Everything else is cut: place and camera (EXIF), remarks, previews, profiles, whatever
comes behind the end. So a file that is two things at once is one thing afterwards, and what the decoder is given is
what would be kept.
"""

import re
import struct
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Final

from bot.readings.picture import Piece, Unreadable

MOST_PIXELS: Final = 25_000_000
MOST_FRAMES: Final = 500
MOST_PIECES: Final = 2_000
"""A file that is cut up into more is not one that a camera or a program made."""


class UnreadableError(Exception):
    """A picture will not be decoded."""

    def __init__(self, reason: Unreadable) -> None:
        """Take the reason."""
        super().__init__(reason.value)
        self.reason = reason


@dataclass(slots=True)
class Anatomy:
    """What a file says about itself, and what of it is needed."""

    kind: str
    """As Pillow names it."""
    width: int = 0
    height: int = 0
    frames: int = 1
    pieces: list[Piece] = field(default_factory=list)

    def keep(self, start: int, end: int) -> None:
        """Keep a part of the file."""
        if self.pieces and isinstance(last := self.pieces[-1], tuple) and last[1] == start:
            self.pieces[-1] = (last[0], end)
        else:
            self.pieces.append((start, end))

    def sized(self, width: int, height: int) -> None:
        """Take the size. A second one contradicts the first, even when it is the same."""
        if self.width or not width or not height:
            raise UnreadableError(Unreadable.BROKEN)
        self.width, self.height = width, height


def take_apart(content: bytes) -> Anatomy:
    """Read the anatomy of a picture.

    Raises:
        UnreadableError: it is of another kind, broken, or larger than a picture may be.
    """
    try:
        found = _reader(content)(content)
    except (IndexError, struct.error) as error:  # it breaks off
        raise UnreadableError(Unreadable.BROKEN) from error
    if found.width * found.height > MOST_PIXELS:
        raise UnreadableError(Unreadable.TOO_MANY_PIXELS)
    if found.frames > MOST_FRAMES:
        raise UnreadableError(Unreadable.TOO_MANY_FRAMES)
    if not found.width or not found.frames or len(found.pieces) > MOST_PIECES:
        raise UnreadableError(Unreadable.BROKEN)
    return found


def _reader(content: bytes) -> Callable[[bytes], Anatomy]:
    if content.startswith(b"\xff\xd8\xff"):
        return _jpeg
    if content.startswith(_PNG):
        return _png
    if content.startswith((b"GIF87a", b"GIF89a")):
        return _gif
    if content[:4] == b"RIFF" and content[8:12] == b"WEBP":
        return _webp
    raise UnreadableError(Unreadable.OTHER_KIND)


def _unless(holds: bool) -> None:
    if not holds:
        raise UnreadableError(Unreadable.BROKEN)


def _part(content: bytes, start: int, length: int) -> bytes:
    """Cut out a part that has to be there as a whole."""
    part = content[start : start + length]
    _unless(len(part) == length)
    return part


# JPEG: T.81. A marker, its length, its content; the pixels follow a scan's header and end at the next marker.
_TABLES = frozenset({0xDB, 0xC4, 0xDD})
_SCAN, _END, _EXIF, _JFIF, _ADOBE = 0xDA, 0xD9, 0xE1, 0xE0, 0xEE
_FRAMES_OF_JPEG = frozenset({0xC0, 0xC1, 0xC2})
_DROPPED = frozenset({*range(0xE0, 0xF0), 0xFE})
_AFTER_SCAN = re.compile(rb"\xff+[^\x00\xd0-\xd7\xff]")


def _jpeg(content: bytes) -> Anatomy:
    found = Anatomy("JPEG")
    found.keep(0, 2)
    place, turned = 2, 0
    while True:
        _unless(content[place] == 0xFF)
        while content[place + 1] == 0xFF:
            place += 1
        marker = content[place + 1]
        if marker == _END:
            break
        (length,) = struct.unpack_from(">H", content, place + 2)
        end = place + 2 + length
        body = _part(content, place + 4, length - 2) if length >= 2 else _part(b"", 0, 1)
        if marker in _FRAMES_OF_JPEG:
            found.sized(*struct.unpack_from(">HH", body, 1)[::-1])
        elif marker == _EXIF and body.startswith(b"Exif\0\0"):
            turned = turned or _turned(body[6:])
        if marker == _SCAN:
            after = _AFTER_SCAN.search(content, end)
            _unless(after is not None)
            end = after.end() - 2 if after else end
        else:
            _unless(marker in _TABLES | _FRAMES_OF_JPEG | _DROPPED)
        if marker not in _DROPPED or _is_needed(marker, body):
            found.keep(place, end)
        place = end
    found.keep(place, place + 2)
    if turned:
        found.pieces[0:1] = _with_turn(found.pieces[0], turned)
    return found


def _is_needed(marker: int, body: bytes) -> bool:
    """Say whether an application's segment is one of the two that decoders need, without a preview inside."""
    if marker == _JFIF:
        return body.startswith(b"JFIF\0") and len(body) == 14
    return marker == _ADOBE and body.startswith(b"Adobe") and len(body) == 12


def _turned(tiff: bytes) -> int:
    """Read how a camera was held, 2 to 8; 0 where it was upright or does not say."""
    order = {b"II": "<", b"MM": ">"}.get(tiff[:2])
    try:
        if order is None:
            return 0
        (place,) = struct.unpack_from(f"{order}4xI", tiff)
        (count,) = struct.unpack_from(f"{order}H", tiff, place)
        for each in range(min(count, 200)):
            tag, kind, _, value = struct.unpack_from(f"{order}HHIH", tiff, place + 2 + 12 * each)
            if (tag, kind) == (0x0112, 3):
                return value if 2 <= value <= 8 else 0
    except struct.error:
        return 0
    return 0


def _with_turn(first: Piece, turned: int) -> Iterator[Piece]:
    """Write how the camera was held anew, and nothing else of EXIF, behind the start of a JPEG."""
    tiff = struct.pack(">2sHIHHHIHHI", b"MM", 42, 8, 1, 0x0112, 3, 1, turned, 0, 0)
    yield (0, 2)
    yield b"\xff\xe1" + struct.pack(">H", 8 + len(tiff)) + b"Exif\0\0" + tiff
    if isinstance(first, tuple) and first[1] > 2:
        yield (2, first[1])


# PNG, third edition. A chunk's length, type, content, checksum. Beside each, the longest content that it can need.
_PNG = b"\x89PNG\r\n\x1a\n"
_CHUNKS = {
    b"IHDR": 13,
    b"PLTE": 768,
    b"IDAT": 1 << 31,
    b"IEND": 0,
    b"tRNS": 256,
    b"gAMA": 4,
    b"cHRM": 32,
    b"sRGB": 1,
    b"sBIT": 4,
    b"bKGD": 6,
    b"pHYs": 9,
    b"cICP": 4,
    b"acTL": 8,
    b"fcTL": 26,
    b"fdAT": 1 << 31,
}


def _png(content: bytes) -> Anatomy:
    found = Anatomy("PNG")
    found.keep(0, 8)
    place, name = 8, b""
    while name != b"IEND":
        length, name = struct.unpack_from(">I4s", content, place)
        body = place + 8
        end = body + length + 4
        _unless(end <= len(content) and (place > 8 or name == b"IHDR"))
        if name == b"IHDR":
            found.sized(*struct.unpack_from(">II", content, body))
        if name == b"acTL":
            (found.frames,) = struct.unpack_from(">I", content, body)
        if name in _CHUNKS:
            _unless(length <= _CHUNKS[name])
            found.keep(place, end)
        else:
            _unless(name[:1].islower())  # a decoder may do without it
        place = end
    return found


# GIF89a. Blocks, each of a byte that says what it is and a chain of parts that ends with an empty one.
_IMAGE, _EXTENSION, _TRAILER, _CONTROL, _APPLICATION = 0x2C, 0x21, 0x3B, 0xF9, 0xFF
_LOOP = b"\x0bNETSCAPE2.0\x03\x01"


def _gif(content: bytes) -> Anatomy:
    found = Anatomy("GIF", frames=0)
    width, height, flags = struct.unpack_from("<HHB", content, 6)
    found.sized(width, height)
    place = 13 + _colours(flags)
    found.keep(0, place)
    while (block := content[place]) != _TRAILER:
        if block == _IMAGE:
            left, top, wide, high, flags = struct.unpack_from("<HHHHB", content, place + 1)
            _unless(left + wide <= width and top + high <= height)
            end = _chain(content, place + 11 + _colours(flags))
            found.frames += 1
            found.keep(place, end)
        elif block == _EXTENSION:
            end = _chain(content, place + 2)
            if _is_shown(content, place, end):
                found.keep(place, end)
        else:
            _unless(block == 0)  # padding
            end = place + 1
        place = end
    found.keep(place, place + 1)
    return found


def _colours(flags: int) -> int:
    """Say how many bytes a table of colours has."""
    return 3 << (flags & 7) + 1 if flags & 0x80 else 0


def _chain(content: bytes, place: int) -> int:
    """Give where a chain of parts ends."""
    while length := content[place]:
        place += length + 1
    return place + 1


def _is_shown(content: bytes, place: int, end: int) -> bool:
    """Say whether an extension belongs to how the picture moves: its times, and whether it begins again."""
    if content[place + 1] == _CONTROL:
        return end - place == 8
    return content[place + 1] == _APPLICATION and content.startswith(_LOOP, place + 2) and end - place == 19


# WebP: RFC 9649. Chunks of a name, a length, their content, and a byte more where that is odd.
_STILL = frozenset({b"VP8 ", b"VP8L"})
_NEEDED = _STILL | {b"VP8X", b"ALPH", b"ANIM", b"ANMF"}
_TELLS_MORE = 0x20 | 0x08 | 0x04
"""The flags of VP8X for a colour profile, EXIF and XMP."""


def _webp(content: bytes) -> Anatomy:
    found, frames, canvas = Anatomy("WEBP"), 0, False
    (length,) = struct.unpack_from("<I", content, 4)
    _unless(length + 8 <= len(content))
    place, stop = 12, length + 8
    while place < stop:
        name, body, end = _chunk(content, place, stop)
        if name == b"VP8X":
            _unless(place == 12)
            canvas = True
            flags, wide, high = content[body], _three(content, body + 4) + 1, _three(content, body + 7) + 1
            found.sized(wide, high)
            found.keep(place, body)
            found.pieces.append(bytes([flags & ~_TELLS_MORE]))
            found.keep(body + 1, end)
        elif name in _NEEDED:
            frames += name in _STILL or name == b"ANMF"
            _fits(found, canvas, name, content, body, end)
            found.keep(place, end)
        place = end
    found.frames = frames
    size = sum(len(each) if isinstance(each, bytes) else each[1] - each[0] for each in found.pieces)
    found.pieces.insert(0, b"RIFF" + struct.pack("<I", size + 4) + b"WEBP")
    return found


def _chunk(content: bytes, place: int, stop: int) -> tuple[bytes, int, int]:
    """Give a chunk's name, where its content begins, and where the next one does."""
    name, length = struct.unpack_from("<4sI", content, place)
    end = place + 8 + length + length % 2
    _unless(end <= stop)
    return name, place + 8, end


def _fits(found: Anatomy, canvas: bool, name: bytes, content: bytes, body: int, end: int) -> None:
    """Hold that a picture inside is as large as the file says, and that a frame holds nothing but a picture."""
    if name in _STILL:
        size = _size(name, content, body)
        _unless(not canvas or size == (found.width, found.height))
        if not canvas:
            found.sized(*size)
    elif name == b"ANMF":
        left, top = 2 * _three(content, body), 2 * _three(content, body + 3)
        wide, high = _three(content, body + 6) + 1, _three(content, body + 9) + 1
        _unless(left + wide <= found.width and top + high <= found.height)
        place = body + 16
        while place < end:
            inner, inside, place_after = _chunk(content, place, end)
            _unless(inner == b"ALPH" or (inner in _STILL and _size(inner, content, inside) == (wide, high)))
            place = place_after


def _size(name: bytes, content: bytes, body: int) -> tuple[int, int]:
    if name == b"VP8 ":
        start, wide, high = struct.unpack_from("<3sHH", content, body + 3)
        _unless(start == b"\x9d\x01\x2a")
        return wide & 0x3FFF, high & 0x3FFF
    mark, bits = struct.unpack_from("<BI", content, body)
    _unless(mark == 0x2F)
    return (bits & 0x3FFF) + 1, (bits >> 14 & 0x3FFF) + 1


def _three(content: bytes, place: int) -> int:
    return int.from_bytes(content[place : place + 3], "little")
