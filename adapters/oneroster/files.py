"""A folder or zip of CSV files, and which of its files are the roster's."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import IO

from adapters.archive import GIB, MIB, Limits, is_litter, open_archive

LIMITS = Limits(files=1000, file_bytes=512 * MIB, bytes=GIB, swelling=100, small=MIB, depth=1)
"""Roster files shrink to a tenth."""


@dataclass(frozen=True, slots=True)
class Bundle:
    """The files of one export, by name. A file is opened when it is read, and never all of them at once."""

    sources: Mapping[str, Callable[[], IO[bytes]]]

    def __contains__(self, file: str) -> bool:
        return file in self.sources

    def like(self, file: str) -> str | None:
        """Find a file whose name differs in capitals only: OneRoster's names are small letters."""
        return next((name for name in self.sources if name.casefold() == file.casefold()), None)


@contextmanager
def open_bundle(path: Path) -> Iterator[Bundle]:
    """Open a folder or a zip. Raises `ConfigurationError` when it is neither, damaged, locked or far too large."""
    archive = open_archive(path, LIMITS)
    with archive.opened() as source:
        yield Bundle({file: partial(source, name) for file, name in _at_the_top(archive.sizes)})


def _at_the_top(names: Iterable[str]) -> Iterator[tuple[str, str]]:
    """Find the roster's files, with where they stand: at the top, or in the one folder that was zipped."""
    paths = {name: name.split("/") for name in names if not is_litter(name)}
    one_folder = len({parts[0] for parts in paths.values()}) == 1 and all(len(parts) > 1 for parts in paths.values())
    depth = 2 if one_folder else 1
    return ((parts[-1], name) for name, parts in paths.items() if len(parts) == depth)
