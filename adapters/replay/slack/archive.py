"""How large an export may be, and the reading of one file into memory."""

from adapters.archive import BROKEN, GIB, MIB, Archive, Limits, Source

LIMITS = Limits(
    files=300_000,
    file_bytes=128 * MIB,
    bytes=256 * GIB,
    swelling=300,
    small=8 * MIB,
    depth=5,
    endings=(".json",),
)
"""One file of each channel is held in memory at a time, so `file_bytes` bounds what reading takes.

A workspace of an organization stands in a folder of a folder, and somebody may have packed one around it.

Chat packs about 10 to 30 times. Other programs put pictures and films beside the records; they are never opened.
"""


def whole(archive: Archive, source: Source, name: str) -> bytes:
    """Read a file, held to the size it had when all sizes were judged.

    Raises `ValueError` with a word or two when it cannot be read.
    """
    size = archive.sizes[name]
    data = beginning(source, name, size + 1)
    if len(data) > size:
        raise ValueError("larger than when it was opened")
    return data


def beginning(source: Source, name: str, most: int) -> bytes:
    """Read the first bytes of a file. Raises as `whole` does."""
    try:
        with source(name) as file:
            return file.read(most)
    except OSError as error:
        raise ValueError(f"cannot be read ({type(error).__name__})") from error
    except BROKEN as error:
        raise ValueError("damaged") from error
