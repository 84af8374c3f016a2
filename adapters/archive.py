"""Opens what a person hands us, a folder or a zip, and trusts nothing in it.

Nothing is ever unpacked onto the disk. What would climb out of its folder, swell beyond bounds or ask for a password is
refused before a word is read. A zip's entries are named by their number: a name may say anything, or be somebody's.
"""

import os
import stat
import unicodedata
import zipfile
import zlib
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import IO, TypeVar

from bot.errors import ConfigurationError

MIB = 2**20
GIB = 2**30

BROKEN = (OSError, EOFError, zipfile.BadZipFile, zlib.error, NotImplementedError, UnicodeDecodeError)
"""What opening or reading one file may raise when it, or the disk, is damaged."""

ENCRYPTED = 0x1
MARKED_AS_UTF8 = 0x800
HEADER = 30
"""Bytes that stand before every entry at the least."""

File = TypeVar("File")
Source = Callable[[str], IO[bytes]]
"""Opens one file by its name, to be read as a stream. Raises one of `BROKEN`, then or while it is read."""


@dataclass(frozen=True, slots=True)
class Limits:
    """How large an archive of one kind may be. Sizes are bytes when unpacked."""

    files: int
    file_bytes: int
    bytes: int
    """Of all files together."""
    swelling: int
    """How many times larger than packed a file of more than `small` bytes may be."""
    small: int
    depth: int
    """How deep a folder is looked into; 1 is its own files only."""
    endings: tuple[str, ...] = ("",)
    """Only files that end so count for `file_bytes`; the caller holds no other in memory."""


@dataclass(frozen=True, slots=True)
class Archive:
    """The files of an archive by name, and a way to read them."""

    sizes: Mapping[str, int]
    """Bytes of each file when unpacked. Names are relative, with `/`, in composed Unicode (NFC)."""
    opened: Callable[[], AbstractContextManager[Source]]


def open_archive(path: Path, limits: Limits) -> Archive:
    """Open a folder or a zip. Raises `ConfigurationError` for what must not or cannot be read."""
    try:
        mode = path.stat().st_mode
        if stat.S_ISDIR(mode):
            return _folder(path, limits)
        if stat.S_ISREG(mode):
            return _zip(path, limits)
    except OSError as error:
        raise _closed(path) from error
    raise _neither(path)


# Folders


def _folder(root: Path, limits: Limits) -> Archive:
    found = list(islice(_entries(str(root), limits.depth), limits.files + 1))
    named = _by_name(root, ((_composed(Path(each.path).relative_to(root).as_posix()), each) for each in found))
    sizes = {name: each.stat(follow_symlinks=False).st_size for name, each in named.items()}
    _bound(root, sizes, limits)
    paths = {name: each.path for name, each in named.items()}
    return Archive(sizes, lambda: nullcontext(lambda name: Path(paths[name]).open("rb")))


def _entries(folder: str, depth: int) -> Iterator[os.DirEntry[str]]:
    """Find plain files, links left alone: a link may lead anywhere."""
    with os.scandir(folder) as entries:
        inside = sorted(entries, key=lambda entry: entry.name)
    for entry in inside:
        if entry.is_file(follow_symlinks=False):
            yield entry
        elif depth > 1 and entry.is_dir(follow_symlinks=False):
            yield from _entries(entry.path, depth - 1)


# Zips


def _zip(path: Path, limits: Limits) -> Archive:
    with _unlisted(path) as opened_zip:
        listed = [(_name(each), each) for each in opened_zip.infolist()]
        contents_end = opened_zip.start_dir
    for number, (name, entry) in enumerate(listed, 1):
        _refuse_tricks(path, number, name, entry, limits)
    entries = _by_name(path, ((name, each) for name, each in listed if not name.endswith("/")))
    sizes = {name: each.file_size for name, each in entries.items()}
    _bound(path, sizes, limits)
    if _overlap(entries.values(), contents_end):
        raise ConfigurationError(
            f"{_called(path)}: files in it share the same bytes, as in a zip bomb or a damaged zip. Export it again."
        )

    @contextmanager
    def opened() -> Iterator[Source]:
        with _unlisted(path) as archive:
            yield lambda name: archive.open(entries[name])

    return Archive(sizes, opened)


def _unlisted(path: Path) -> zipfile.ZipFile:
    """Open a zip of which nothing is known yet."""
    try:
        return zipfile.ZipFile(path)
    except (zipfile.BadZipFile, EOFError, NotImplementedError, ValueError) as error:
        raise _neither(path) from error
    except OSError as error:
        raise _closed(path) from error


def _name(entry: zipfile.ZipInfo) -> str:
    """Give a name its letters back: many programs write UTF-8 without marking it so, and then it reads as cp437.

    Some programs for Windows write their own slash into it.
    """
    name = entry.filename
    if not entry.flag_bits & MARKED_AS_UTF8 and not name.isascii():
        try:
            name = name.encode("cp437").decode("utf-8")
        except UnicodeError:
            name = entry.filename
    return _composed(name.replace("\\", "/"))


def _refuse_tricks(path: Path, number: int, name: str, entry: zipfile.ZipInfo, limits: Limits) -> None:
    """Judge an entry by what it claims; what is read later can never be more than it claimed."""
    which = f"{_called(path)}: file {number} in it"
    if entry.flag_bits & ENCRYPTED:
        raise ConfigurationError(f"{which} asks for a password. Export without one, or hand over the unpacked folder.")
    if _climbs(name.split("/")):
        raise ConfigurationError(f"{which} would climb out of the folder. Make the zip again from plain file names.")
    if stat.S_ISLNK(entry.external_attr >> 16):
        raise ConfigurationError(f"{which} is a link to another place. Make the zip again without it.")
    if entry.compress_type not in {zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED}:
        raise ConfigurationError(f"{which} is packed in an unusual way. Make it again as an ordinary zip.")
    if entry.file_size > limits.small and entry.file_size > limits.swelling * entry.compress_size:
        raise _swells(path)


def _climbs(parts: list[str]) -> bool:
    top = parts[0]
    return not top or ".." in parts or top.endswith(":") or top[1:2] == ":"


def _overlap(entries: Iterable[zipfile.ZipInfo], contents_end: int) -> bool:
    """Say whether entries share bytes, by which a bomb grows without any one of them swelling, or lie outside."""
    end = 0
    for entry in sorted(entries, key=lambda each: each.header_offset):
        if entry.header_offset < end:
            return True
        end = entry.header_offset + HEADER + entry.compress_size
    return end > contents_end


# Both


def _composed(name: str) -> str:
    return unicodedata.normalize("NFC", name)


def _by_name(path: Path, found: Iterable[tuple[str, File]]) -> dict[str, File]:
    named: dict[str, File] = {}
    for name, file in found:
        if named.setdefault(name, file) is not file:
            raise ConfigurationError(
                f"{_called(path)}: two files in it have the same name, so nobody can say which one counts. Keep one."
            )
    return named


def _bound(path: Path, sizes: Mapping[str, int], limits: Limits) -> None:
    largest = max((size for name, size in sizes.items() if name.endswith(limits.endings)), default=0)
    if len(sizes) > limits.files:
        raise _too_large(path, f"it holds over {limits.files} files")
    if largest > limits.file_bytes:
        raise _too_large(path, f"a file in it is over {_in_words(limits.file_bytes)}")
    if sum(sizes.values()) > limits.bytes:
        raise _too_large(path, f"it holds over {_in_words(limits.bytes)}")


def _in_words(size: int) -> str:
    return f"{size // GIB} GiB" if size >= GIB else f"{size // MIB} MiB"


def _called(path: Path) -> str:
    return path.name or str(path)


def _too_large(path: Path, what: str) -> ConfigurationError:
    return ConfigurationError(f"{_called(path)}: {what}. Keep only what was exported, or export a shorter period.")


def _swells(path: Path) -> ConfigurationError:
    return ConfigurationError(
        f"{_called(path)}: it would swell as only a zip bomb does when unpacked, so it is not read. Export it again."
    )


def _closed(path: Path) -> ConfigurationError:
    return ConfigurationError(f"{_called(path)}: it cannot be opened. Check that it is there and may be read.")


def _neither(path: Path) -> ConfigurationError:
    """Tell what is no zip from one that is damaged, by how it begins. A pipe is never opened: it may not answer."""
    if path.is_file():
        with path.open("rb") as file:
            if file.read(2) == b"PK":
                return ConfigurationError(
                    f"{_called(path)}: the zip was cut short or is damaged. Export it or copy it again."
                )
    return ConfigurationError(
        f"{_called(path)}: this is neither a folder nor a zip. Name the folder or the zip that you exported."
    )


def is_litter(name: str) -> bool:
    """Say whether a file is what a system leaves in a folder or a zip, as a Mac does in every one."""
    *folders, last = name.split("/")
    return "__MACOSX" in folders or last.startswith(".")


def begin(path: Path, most: int = 4_096) -> bytes:
    """Read how a file begins; nothing of what is no file, such as a pipe, which may never answer."""
    if not path.is_file():
        return b""
    try:
        with path.open("rb") as file:
            return file.read(most)
    except OSError as error:
        raise ConfigurationError(f"{path} cannot be opened ({type(error).__name__}).") from error
