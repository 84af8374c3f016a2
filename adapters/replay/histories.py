"""The files a replay reads: JSON Lines of our own, and Slack exports, told apart by what they are."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final, Protocol

import msgspec

from adapters.replay.lines import LineReader
from adapters.replay.slack import open_export
from bot.errors import ConfigurationError
from bot.platform import Heard

LONGEST_LINE: Final = 4 * 1024 * 1024
"""Bytes. A longer line is no message; it is reported and skipped."""

MOST_NAMED: Final = 10
"""Further lines that could not be read are counted only."""


class History(Protocol):
    """Something that can be heard from its beginning to its end, in the order of its time."""

    @property
    def bytes_total(self) -> int:
        """Give its size, for a progress bar."""
        ...

    @property
    def bytes_read(self) -> int:
        """Say how much of it is behind us."""
        ...

    @property
    def skipped(self) -> int:
        """Count what could not be read."""
        ...

    @property
    def notes(self) -> Sequence[str]:
        """Say what could not be read or told, for a person. Names no words and nobody."""
        ...

    def hear(self) -> Iterator[Heard]:
        """Bring everything."""
        ...


def open_history(path: Path) -> History:
    """Open a file or folder. Raises `ConfigurationError` when there is nothing, or nothing we can read."""
    if not path.exists():
        raise ConfigurationError(f"There is no {path}. Name a JSON Lines file, or a Slack export (a zip or a folder).")
    if path.is_dir() or path.suffix.lower() == ".zip":
        return open_export(path)
    return JsonLines(path)


@dataclass(slots=True)
class JsonLines:
    """A file of our own format. A line that is none is reported, with its number, and skipped."""

    path: Path
    bytes_read: int = 0
    skipped: int = 0
    notes: list[str] = field(default_factory=list)

    @property
    def bytes_total(self) -> int:
        """Give the file's size."""
        return self.path.stat().st_size

    def hear(self) -> Iterator[Heard]:
        """Read line by line, in constant memory."""
        reader = LineReader()
        with self.path.open("rb") as file:
            for number, line in enumerate(iter(lambda: file.readline(LONGEST_LINE), b""), 1):
                self.bytes_read += len(line)
                if not line.strip():
                    continue
                try:
                    heard = reader.read(line.strip())
                except (msgspec.MsgspecError, ValueError) as error:
                    self._skip(number, error)
                else:
                    yield heard

    def _skip(self, number: int, error: Exception) -> None:
        self.skipped += 1
        if self.skipped <= MOST_NAMED:
            self.notes.append(f"{self.path.name}, line {number} is skipped: {error}.")
        if self.skipped == MOST_NAMED + 1:
            self.notes.append(f"{self.path.name}: further lines that cannot be read are counted only.")
