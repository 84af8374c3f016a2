"""What kind of thing a file is: by what it is called, and by how it begins. Pure."""

from enum import StrEnum
from typing import Final

PICTURE_ENDINGS: Final = (".jpg", ".jpeg", ".png", ".gif", ".webp", ".heic", ".heif", ".bmp", ".tif", ".tiff", ".avif")
FILM_ENDINGS: Final = (".mp4", ".mov", ".m4v", ".webm", ".avi", ".mkv")
"""How the names of pictures and films end."""
PICTURE_MARKS: Final = (b"\x89PNG", b"\xff\xd8\xff", b"GIF8", b"BM", b"II*\0", b"MM\0*")
PICTURE_BRANDS: Final = (b"WEBP", b"heic", b"heix", b"mif1", b"msf1", b"avif")
FILM_MARKS: Final = (b"\x1aE\xdf\xa3", b"FLV", b"\0\0\x01\xba", b"\0\0\x01\xb3")
FILM_BRANDS: Final = (b"ftyp", b"moov", b"mdat")
"""How their files begin, or what stands a few bytes on."""


class Medium(StrEnum):
    """What kind of thing a file is."""

    PICTURE = "picture"
    FILM = "film"
    OTHER = "other"
    UNKNOWN = "unknown"
    """The platform does not say before it is fetched."""

    @property
    def may_be_picture(self) -> bool:
        """Say whether it has to be looked at."""
        return self in {Medium.PICTURE, Medium.UNKNOWN}


def medium_of(kind: str, name: str) -> Medium:
    """Say what kind of thing a file is: a picture or film if either the kind it is given or its name says so."""
    ending = name.lower()
    if kind.startswith("image/") or ending.endswith(PICTURE_ENDINGS):
        return Medium.PICTURE
    return Medium.FILM if kind.startswith("video/") or ending.endswith(FILM_ENDINGS) else Medium.OTHER


def medium_in(content: bytes) -> Medium:
    """Say what kind of thing a file is by how it begins, whatever it is called."""
    if content.startswith(PICTURE_MARKS) or content[8:12] in PICTURE_BRANDS or b"<svg" in content[:1024].lower():
        return Medium.PICTURE
    is_film = content.startswith(FILM_MARKS) or content[4:8] in FILM_BRANDS or content[8:12] == b"AVI "
    return Medium.FILM if is_film else Medium.OTHER
