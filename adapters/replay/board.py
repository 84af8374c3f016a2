"""What a reader of the replayed places would see: which posts are gone, which notes lie in whose tray.

The board stands in for the platform's own memory. It holds ids only, and it outlives a crash, so an outcome nobody
knows can be looked up here as on a real platform.
"""

from dataclasses import dataclass, field
from pathlib import Path

from bot.actions import Deed, DeedId


@dataclass(slots=True)
class Board:
    """A file beside the database, one deed a line: its id and what kind it was."""

    path: Path
    done: int = field(default=0, init=False)

    def mark(self, deed: Deed) -> None:
        """Show a deed's effect: one line, which the operating system keeps even if this process dies."""
        with self.path.open("ab", buffering=0) as file:
            file.write(f"{deed.id} {deed.action.kind}\n".encode("ascii"))
        self.done += 1

    def shows(self, deed: DeedId) -> bool:
        """Look a deed up. Rare: only after an outcome nobody knows."""
        if not self.path.exists():
            return False
        with self.path.open("rb") as file:
            return any(line.startswith(deed.encode("ascii") + b" ") for line in file)
