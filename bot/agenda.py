"""What waits for a moment: deeds to be done later, and copies whose note is to be tried again."""

import heapq
from datetime import datetime
from itertools import count

from bot.actions import Deed


class Agenda:
    """Deeds by the moment they wait for. It remembers nothing that the working table could not tell again."""

    def __init__(self) -> None:
        """Start empty."""
        self._waiting: list[tuple[datetime, int, Deed]] = []
        self._count = count()

    def __len__(self) -> int:
        """Count what waits."""
        return len(self._waiting)

    def put(self, until: datetime, deed: Deed) -> None:
        """Let a deed wait."""
        heapq.heappush(self._waiting, (until, next(self._count), deed))

    def due(self, now: datetime) -> bool:
        """Say whether something has waited long enough."""
        return bool(self._waiting) and self._waiting[0][0] <= now

    def take(self) -> Deed:
        """Give the deed that is due first."""
        _, _, deed = heapq.heappop(self._waiting)
        return deed
