import heapq
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

import msgspec

from adapters.replay.board import Board
from adapters.replay.lines import LineReader
from bot.actions import Deed
from bot.platform import Heard, Outcome, Post, Receipt

LONGEST_LINE = 4 * 1024 * 1024
"""Bytes. A line longer than this is no message; it is reported and skipped."""


@dataclass(slots=True)
class Skipped:
    """Lines that could not be read: how many, and the first few in plain words. Never the lines themselves."""

    count: int = 0
    said: list[str] = field(default_factory=list)

    def add(self, where: str, why: str) -> None:
        """Remember one more."""
        self.count += 1
        if len(self.said) < 10:
            self.said.append(f"{where}: {why}")


def read_lines(path: Path, skipped: Skipped, progress: Callable[[int], None]) -> Iterator[Heard]:
    """Read one JSON Lines file. What is not a line of ours is reported and skipped."""
    reader = LineReader()
    with path.open("rb") as file:
        number = 0
        while line := file.readline(LONGEST_LINE + 1):
            number += 1
            progress(len(line))
            if len(line) > LONGEST_LINE and not line.endswith(b"\n"):
                skipped.add(f"{path.name} line {number}", f"longer than {LONGEST_LINE} bytes")
                while (rest := file.readline(LONGEST_LINE)) and not rest.endswith(b"\n"):
                    progress(len(rest))
            elif line.strip():
                try:
                    yield reader.read(line.strip())
                except (msgspec.MsgspecError, ValueError) as error:
                    skipped.add(f"{path.name} line {number}", f"{error}. See docs/replay.md for what a line holds")


def moment(heard: Heard) -> datetime:
    """Give the time of something heard, by which histories are merged."""
    return heard.sent_at if isinstance(heard, Post) else heard.at


class Replay:
    """Histories, merged by time, with a clock of their own. Touches nobody: what it performs, it writes on its board."""

    name = "replay"

    def __init__(self, histories: Sequence[Iterator[Heard]], board: Board) -> None:
        """Take histories, each in the order of its time."""
        self._histories = histories
        self._board = board
        self._now = datetime.fromtimestamp(0, UTC)
        self.heard = 0

    def now(self) -> datetime:
        """Give the time of what was heard last, so that a day has the same outcome in any year and time zone."""
        return self._now

    async def hear(self) -> AsyncIterator[Heard]:
        """Bring everything, in the order it happened."""
        for heard in heapq.merge(*self._histories, key=moment):
            self._now = max(self._now, moment(heard))
            self.heard += 1
            yield heard

    async def acknowledge(self, heard: Heard) -> None:
        """A file does not need to be told."""

    async def perform(self, deed: Deed) -> Receipt:
        """Mark the message removed, or lay the note into its tray. The words stay sealed in the database."""
        self._board.mark(deed)
        return Receipt(Outcome.DONE)

    async def find(self, deed: Deed) -> Receipt:
        """Look on the board whether it was done."""
        return Receipt(Outcome.DONE if self._board.shows(deed.id) else Outcome.NOT_DONE)
