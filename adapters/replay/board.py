"""What a reader of the replayed places would see: which posts are gone, which notes lie in whose tray.

The board stands in for the platform's own memory. It holds ids only, and it outlives a crash, so an outcome nobody
knows can be looked up here as on a real platform.
"""

import os
import weakref
from functools import cached_property
from pathlib import Path

from bot.actions import Deed, DeedId


class Board:
    """A file beside the database, one deed a line: its id and what kind it was."""

    def __init__(self, path: Path) -> None:
        """Name the file; it is made with the first deed."""
        self.path = path
        self.done = 0

    def mark(self, deed: Deed) -> None:
        """Show a deed's effect: one line, which the operating system keeps even if this process dies."""
        os.write(self._file, f"{deed.id} {deed.action.kind}\n".encode("ascii"))
        self.done += 1

    @cached_property
    def _file(self) -> int:
        """Open the file once; it is closed when nobody holds the board any more."""
        descriptor = os.open(self.path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
        weakref.finalize(self, os.close, descriptor)
        return descriptor

    def shows(self, deed: DeedId) -> bool:
        """Look a deed up. Rare: only after an outcome nobody knows."""
        if not self.path.exists():
            return False
        with self.path.open("rb") as file:
            return any(line.startswith(deed.encode("ascii") + b" ") for line in file)
