from collections.abc import AsyncIterator, Callable, Iterable, Sequence
from datetime import UTC, datetime

from adapters.replay.board import Board
from adapters.replay.histories import History, as_one
from adapters.replay.line_reader import OnRoster
from bot.actions import Deed
from bot.message import Attached, PostId
from bot.platform import Heard, Outcome, Receipt, moment

TOLD_EVERY = 500
"""How often, in things heard, the progress is told."""


class Replay:
    """Histories, merged by time, with a clock of their own. It touches nobody: what it performs stands on its board."""

    name = "replay"
    carries_all = True

    def __init__(self, histories: Sequence[History], board: Board, progress: Callable[[int], None]) -> None:
        """Take histories. `progress` is told how many of their bytes are read."""
        self._histories = histories
        self.board = board
        self._progress = progress
        self._now = datetime.fromtimestamp(0, UTC)
        self.heard = 0
        self.earlier: Iterable[PostId] = ()
        """Posts of earlier runs that a line may speak of without saying where they are."""
        self.listed = OnRoster()
        """What the roster has that a line may name: an order to any other account reaches nobody."""

    def now(self) -> datetime:
        """Give the time of what was heard last, so that a day has the same outcome in any year and time zone."""
        return self._now

    async def hear(self) -> AsyncIterator[Heard]:
        """Bring everything, in the order it happened."""
        for heard in as_one(self._histories, self.earlier, self.listed):
            self._now = max(self._now, moment(heard))
            self.heard += 1
            if self.heard % TOLD_EVERY == 0:
                self._tell()
            yield heard
        self._tell()

    def _tell(self) -> None:
        self._progress(sum(each.bytes_read for each in self._histories))

    async def acknowledge(self, heard: Heard) -> None:
        """A file does not need to be told."""

    async def perform(self, deed: Deed) -> Receipt:
        """Mark the message removed, or lay the note into its tray. The words stay sealed in the database."""
        self.board.mark(deed)
        return Receipt(Outcome.DONE)

    async def fetch(self, _: Attached, /) -> bytes | None:
        """Give nothing: a history holds the names of files, and no file."""
        return None

    async def find(self, deed: Deed) -> Receipt:
        """Look on the board whether it was done."""
        return Receipt(Outcome.DONE if self.board.shows(deed.id) else Outcome.NOT_DONE)
