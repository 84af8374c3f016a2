"""Pictures that the tests look at. Each is made here, by code: nobody is in them."""

import io
import struct
import zlib
from collections.abc import Iterable
from typing import Final

from PIL import Image, ImageDraw, ImageFont
from PIL.TiffImagePlugin import IFDRational

SKIN: Final = (224, 172, 140)
KINDS: Final = ("PNG", "JPEG", "WEBP", "GIF")

PLACE: Final = b"CANARY-PLACE"
"""Stands in the EXIF of pictures whose EXIF has to go."""

GPS: Final = 0x8825
TURN: Final = 0x0112


def flat(colour: tuple[int, ...] = (30, 90, 160), size: tuple[int, int] = (320, 240)) -> Image.Image:
    return Image.new("RGB" if len(colour) == 3 else "RGBA", size, colour)


def shapes(size: tuple[int, int] = (320, 240)) -> Image.Image:
    """Draw a pennant on a field."""
    picture = flat((40, 140, 60), size)
    draw = ImageDraw.Draw(picture)
    draw.polygon([(40, 40), (40, 200), (280, 120)], fill=(250, 210, 40))
    draw.ellipse((60, 100, 120, 160), fill=(20, 20, 120))
    return picture


def sign(text: str, size: tuple[int, int] = (1000, 300)) -> Image.Image:
    """Write a sign, as one is photographed or a chat is."""
    picture = Image.new("RGB", size, "white")
    ImageDraw.Draw(picture).multiline_text((40, 40), text, fill="black", font=ImageFont.load_default(48))
    return picture


def written(picture: Image.Image, kind: str = "PNG", **more: object) -> bytes:
    """Write a picture as a file."""
    out = io.BytesIO()
    picture.save(out, kind, **more)
    return out.getvalue()


def moving(frames: Iterable[Image.Image], kind: str = "GIF") -> bytes:
    """Write a moving picture."""
    first, *others = frames
    return written(first, kind, save_all=True, append_images=others, duration=50, loop=0)


def place_of_home() -> Image.Exif:
    """Give the EXIF of a telephone that says where it was, when, whose it is, and how it was held."""
    exif = Image.Exif()
    exif[TURN] = 6
    exif[0x010E] = PLACE.decode()
    exif[0x013B] = "Robin Example"
    exif[0x0132] = "2026:11:18 07:18:00"
    exif.get_ifd(GPS).update({1: "N", 2: (IFDRational(42), IFDRational(33), IFDRational(12)), 3: "W"})
    exif.get_ifd(GPS).update({4: (IFDRational(71), IFDRational(6), IFDRational(3)), 29: "2026:11:18"})
    return exif


def chunk(name: bytes, content: bytes) -> bytes:
    """Write a chunk of a PNG."""
    return struct.pack(">I", len(content)) + name + content + struct.pack(">I", zlib.crc32(name + content))


PNG_START: Final = b"\x89PNG\r\n\x1a\n"
PNG_END: Final = chunk(b"IEND", b"")


def claims(width: int, height: int, depth: int = 8, colour: int = 2) -> bytes:
    """Write the header of a PNG of some size."""
    return PNG_START + chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, depth, colour, 0, 0, 0))


def bomb(width: int, height: int) -> bytes:
    """Write a small PNG that unpacks to a black picture of that size."""
    pack, out = zlib.compressobj(9), []
    row = b"\0" * (3 * width + 1)
    out += [pack.compress(row) for _ in range(height)]
    return claims(width, height) + chunk(b"IDAT", b"".join(out) + pack.flush()) + PNG_END


def webp_part(name: bytes, content: bytes) -> bytes:
    """Write a chunk of a WebP."""
    return name + struct.pack("<I", len(content)) + content + b"\0" * (len(content) % 2)


def webp(*parts: bytes) -> bytes:
    return b"RIFF" + struct.pack("<I", 4 + sum(map(len, parts))) + b"WEBP" + b"".join(parts)
