"""A folder or zip of CSV files, opened so that no file in it can hurt us.

Nothing is ever unpacked to disk, so a path inside a zip can lead nowhere; it is refused all the same, because an
honest program does not write one.
"""

import re
import zipfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import IO

from bot.errors import ConfigurationError

MIB = 1024 * 1024
LARGEST_FILE = 512 * MIB
LARGEST_BUNDLE = 1024 * MIB
MOST_FILES = 1000
STEEPEST_RATIO = 100
"""Roster files shrink to a tenth. A zip that claims a hundredth of its contents is made to fill a memory."""

ENCRYPTED = 0x1
OUTWARD = re.compile(r"/|[A-Za-z]:|(.*/)?\.\.(/|$)", re.DOTALL)

Source = Callable[[], IO[bytes]]


@dataclass(frozen=True, slots=True)
class Bundle:
    """The files of one export, by name. A file is opened when it is read, and never all of them at once."""

    sources: Mapping[str, Source]

    def __contains__(self, file: str) -> bool:
        return file in self.sources

    def like(self, file: str) -> str | None:
        """Find a file whose name differs in capitals only: OneRoster's names are small letters."""
        return next((name for name in self.sources if name.casefold() == file.casefold()), None)


@contextmanager
def open_bundle(path: Path) -> Iterator[Bundle]:
    """Open a folder or a zip. Raises `ConfigurationError` when it is neither, damaged, locked or far too large."""
    try:
        if path.is_dir():
            yield _folder(path)
        elif zipfile.is_zipfile(path):
            with zipfile.ZipFile(path) as archive:
                yield _zip(path.name, archive)
        else:
            raise ConfigurationError(_neither(path))
    except (zipfile.BadZipFile, NotImplementedError, UnicodeDecodeError) as broken:
        raise ConfigurationError(f"{path.name}: {DAMAGED}") from broken
    except OSError as refused:
        raise ConfigurationError(
            f"{path.name}: it cannot be opened. Check that it is there and may be read."
        ) from refused


DAMAGED = "the zip is cut off or damaged. Export it or copy it again."


def _neither(path: Path) -> str:
    with path.open("rb") as file:
        start = file.read(2)
    if start == b"PK":
        return f"{path.name}: {DAMAGED}"
    return f"{path.name}: this is neither a folder nor a zip. Name the folder or the zip that holds users.csv."


def _folder(path: Path) -> Bundle:
    found = [each for each in sorted(path.iterdir()) if each.is_file()]
    sizes = [each.stat().st_size for each in found]
    _refuse_too_large(path.name, sizes)
    return Bundle({each.name: _opener(each) for each in found})


def _opener(path: Path) -> Source:
    return lambda: path.open("rb")


def _zip(name: str, archive: zipfile.ZipFile) -> Bundle:
    entries = archive.infolist()
    for entry in entries:
        _refuse_unsafe(name, entry)
    _refuse_too_large(name, [entry.file_size for entry in entries])
    named = [(parts, entry) for entry in entries if not _is_litter(parts := _parts(entry))]
    tops = {parts[0] for parts, _ in named}
    depth = 2 if len(tops) == 1 and all(len(parts) > 1 for parts, _ in named) else 1
    sources: dict[str, Source] = {}
    for parts, entry in named:
        if len(parts) != depth:
            continue
        if parts[-1] in sources:
            raise ConfigurationError(f"{name}: one of its file names stands in it twice. Keep one file of each name.")
        sources[parts[-1]] = partial(archive.open, entry)
    return Bundle(sources)


def _refuse_unsafe(name: str, entry: zipfile.ZipInfo) -> None:
    """Judge an entry by what it claims; what is read later can never be more than it claimed."""
    if OUTWARD.match("/".join(_parts(entry))):
        raise ConfigurationError(f"{name}: a path in it leads out of the zip. Make it again from plain file names.")
    if entry.flag_bits & ENCRYPTED:
        raise ConfigurationError(f"{name}: it is locked with a password. Export it without one.")
    if entry.compress_type not in {zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED}:
        raise ConfigurationError(f"{name}: it is packed in an unusual way. Make it again as an ordinary zip.")
    if entry.file_size > MIB and entry.file_size > STEEPEST_RATIO * entry.compress_size:
        raise ConfigurationError(f"{name}: it grows over {STEEPEST_RATIO} times when unpacked. Export it again.")


def _refuse_too_large(name: str, sizes: list[int]) -> None:
    if len(sizes) > MOST_FILES:
        raise ConfigurationError(f"{name}: it holds over {MOST_FILES} files. Keep the roster files only.")
    if max(sizes, default=0) > LARGEST_FILE:
        raise ConfigurationError(f"{name}: a file in it is over {LARGEST_FILE // MIB} MiB. Keep the roster files only.")
    if sum(sizes) > LARGEST_BUNDLE:
        raise ConfigurationError(f"{name}: it holds over {LARGEST_BUNDLE // MIB} MiB. Keep the roster files only.")


def _parts(entry: zipfile.ZipInfo) -> list[str]:
    """Some programs for Windows write their own slash into a zip."""
    return entry.filename.replace("\\", "/").split("/")


def _is_litter(parts: list[str]) -> bool:
    """Say whether this is only a folder, or something a Mac leaves in every zip."""
    return not parts[-1] or parts[0] == "__MACOSX" or parts[-1].startswith(".")
