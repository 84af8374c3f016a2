"""Stops asking Discord for anything while it refuses too much.

After ten thousand refusals in ten minutes Discord shuts its door to the whole address.
"""

from collections import deque
from datetime import datetime, timedelta
from types import SimpleNamespace
from typing import Final

import aiohttp

WINDOW: Final = timedelta(minutes=10)
MOST: Final = 1_000
"""So many refusals in the window open the breaker: a tenth of what Discord bears."""

REFUSALS: Final = frozenset({401, 403, 429})
"""The answers that Discord counts."""


class Breaker:
    """Counts refusals, and says when to leave Discord alone."""

    def __init__(self) -> None:
        """Start with nothing refused."""
        self._refused: deque[datetime] = deque()

    def note(self, status: int, at: datetime) -> None:
        """Take down an answer."""
        if status in REFUSALS:
            self._refused.append(at)
        self._forget(at)

    def is_open(self, now: datetime) -> bool:
        """Say whether too much was refused lately."""
        self._forget(now)
        return len(self._refused) >= MOST

    def _forget(self, now: datetime) -> None:
        while self._refused and now - self._refused[0] > WINDOW:
            self._refused.popleft()


def listening(breaker: Breaker) -> aiohttp.TraceConfig:
    """Let the library's own connection tell the breaker of every answer."""

    async def ended(_: aiohttp.ClientSession, __: SimpleNamespace, answer: aiohttp.TraceRequestEndParams) -> None:
        breaker.note(answer.response.status, datetime.now().astimezone())

    trace = aiohttp.TraceConfig()
    trace.on_request_end.append(ended)
    return trace
