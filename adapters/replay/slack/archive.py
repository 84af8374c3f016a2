"""Opens an export that a person hands us, a folder or a zip, and trusts nothing in it.

Nothing is ever unpacked onto the disk. What would climb out of its folder, swell beyond bounds, or ask for a password
is refused before a word is read; a single damaged file is told of and left out.
"""

import os
import stat
import unicodedata
import zipfile
import zlib
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from pathlib import Path

from bot.errors import ConfigurationError

MOST_FILES = 300_000
MOST_BYTES_OF_A_FILE = 128 * 2**20
"""One file is held in memory at a time for each channel, so this bounds what reading takes."""
MOST_BYTES = 256 * 2**30
MOST_SWELLING = 300
"""How many times larger than packed a big file may be. Chat packs about 10 to 30 times."""
SMALL = 8 * 2**20
DEEPEST = 3

Read = Callable[[str], bytes]
"""Gives the bytes of one file by its name. Raises `ValueError` with a word or two when it cannot be read."""


@dataclass(frozen=True)
class Archive:
    """The files of an export by name, and a way to read them."""

    sizes: Mapping[str, int]
    """Bytes of each file when unpacked. Names are relative, with `/`, in composed Unicode (NFC)."""
    opened: Callable[[], AbstractContextManager[Read]]


def open_archive(path: Path) -> Archive:
    """Open a folder or a zip. Raises `ConfigurationError` for what must not or cannot be read."""
    if path.is_dir():
        return _folder(path)
    try:
        return _zip(path)
    except (zipfile.BadZipFile, EOFError) as error:
        raise ConfigurationError(
            f"{path} is not a whole zip file. It may have been cut short on its way: fetch it again."
        ) from error
    except (OSError, NotImplementedError) as error:
        raise ConfigurationError(f"{path} cannot be opened ({type(error).__name__}).") from error


# Folders


def _folder(root: Path) -> Archive:
    paths: dict[str, str] = {}
    sizes: dict[str, int] = {}
    for entry in _entries(str(root), DEEPEST):
        name = unicodedata.normalize("NFC", Path(os.path.relpath(entry.path, root)).as_posix())
        paths[name] = entry.path
        sizes[name] = entry.stat(follow_symlinks=False).st_size
        if len(sizes) > MOST_FILES:
            raise _too_many(root)
    _bound(root, sizes)

    @contextmanager
    def opened() -> Iterator[Read]:
        def read(name: str) -> bytes:
            try:
                with Path(paths[name]).open("rb") as file:
                    return _within(file.read(sizes[name] + 1), sizes[name])
            except OSError as error:
                raise ValueError(f"cannot be read ({type(error).__name__})") from error

        yield read

    return Archive(sizes, opened)


def _entries(folder: str, depth: int) -> Iterator[os.DirEntry[str]]:
    """Find plain files, links left alone: a link may lead anywhere."""
    try:
        with os.scandir(folder) as entries:
            inside = sorted(entries, key=lambda entry: entry.name)
    except OSError as error:
        raise ConfigurationError(f"{folder} cannot be opened ({type(error).__name__}).") from error
    for entry in inside:
        if entry.is_file(follow_symlinks=False):
            yield entry
        elif depth > 1 and entry.is_dir(follow_symlinks=False):
            yield from _entries(entry.path, depth - 1)


# Zips


def _zip(path: Path) -> Archive:
    with zipfile.ZipFile(path) as opened_zip:
        entries = [each for each in opened_zip.infolist() if not each.is_dir()]
    if len(entries) > MOST_FILES:
        raise _too_many(path)
    names = {_name(each): each.orig_filename for each in entries}
    if len(names) < len(entries):
        raise ConfigurationError(f"{path} holds two files of the same name, so nobody can say which one counts.")
    for number, (name, entry) in enumerate(zip(names, entries, strict=True), 1):
        _refuse_tricks(path, number, name, entry)
    sizes = {name: entry.file_size for name, entry in zip(names, entries, strict=True)}
    _bound(path, sizes)
    if sum(each.compress_size for each in entries) > path.stat().st_size:
        raise _swells(path)
    places = {name: index for index, name in enumerate(names)}

    @contextmanager
    def opened() -> Iterator[Read]:
        with zipfile.ZipFile(path) as archive:
            infos = [each for each in archive.infolist() if not each.is_dir()]

            def read(name: str) -> bytes:
                try:
                    with archive.open(infos[places[name]]) as file:
                        return _within(file.read(sizes[name] + 1), sizes[name])
                except (zipfile.BadZipFile, zlib.error, EOFError, OSError, NotImplementedError, IndexError) as error:
                    raise ValueError("damaged") from error

            yield read

    return Archive(sizes, opened)


def _name(entry: zipfile.ZipInfo) -> str:
    """Give a name its letters back: many programs write UTF-8 without marking it so, and then it reads as cp437."""
    name = entry.filename
    if not entry.flag_bits & 0x800 and not name.isascii():
        try:
            name = name.encode("cp437").decode("utf-8")
        except UnicodeError:
            name = entry.filename
    return unicodedata.normalize("NFC", name)


def _refuse_tricks(path: Path, number: int, name: str, entry: zipfile.ZipInfo) -> None:
    """Refuse by the entry's number: a name could say anything."""
    if entry.flag_bits & 0x1:
        raise ConfigurationError(f"{path} asks for a password. Unpack it yourself and hand over the folder.")
    parts = name.replace("\\", "/").split("/")
    if "\\" in entry.orig_filename or ".." in parts or parts[0].endswith(":") or not parts[0]:
        raise ConfigurationError(
            f"{path}: file {number} in it would climb out of the folder. Slack writes no such zip."
        )
    if stat.S_ISLNK(entry.external_attr >> 16):
        raise ConfigurationError(f"{path}: file {number} in it is a link to another place. Slack writes no such zip.")
    if entry.file_size > SMALL and entry.file_size > MOST_SWELLING * max(entry.compress_size, 1):
        raise _swells(path)


# Bounds


def _within(data: bytes, size: int) -> bytes:
    """Hold a file to the size it had when all sizes were judged."""
    if len(data) > size:
        raise ValueError("larger than when it was opened")
    return data


def _bound(path: Path, sizes: Mapping[str, int]) -> None:
    largest = max((size for name, size in sizes.items() if name.endswith(".json")), default=0)
    if largest > MOST_BYTES_OF_A_FILE:
        raise ConfigurationError(
            f"{path} holds a JSON file of {largest // 2**20} MB; up to {MOST_BYTES_OF_A_FILE // 2**20} MB are read."
            " Slack writes one file a channel and day: was this put together by another program?"
        )
    if sum(sizes.values()) > MOST_BYTES:
        raise ConfigurationError(f"{path} would unpack to more than {MOST_BYTES // 2**30} GB. Export a shorter period.")


def _too_many(path: Path) -> ConfigurationError:
    return ConfigurationError(f"{path} holds more than {MOST_FILES} files. Export a shorter period.")


def _swells(path: Path) -> ConfigurationError:
    return ConfigurationError(f"{path} would swell as only a zip bomb does when unpacked, so it is not read.")
