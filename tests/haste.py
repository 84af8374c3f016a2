"""An event loop whose clock runs fast, so that nobody sits out a library's waits in full."""

import asyncio
import selectors
from collections.abc import Mapping
from selectors import SelectorKey

FACTOR = 10.0
"""How much faster: discord.py's first wait after a 502, one second, takes a tenth of one."""


class HastySelector(selectors.DefaultSelector):
    """Waits a fraction of what it is told to."""

    def select(self, timeout: float | None = None) -> list[tuple[SelectorKey, int]]:
        return super().select(None if timeout is None else timeout / FACTOR)


class HastyLoop(asyncio.SelectorEventLoop):
    """A loop on which every timer, the libraries' own included, is over sooner.

    Only `loop.time()` and what waits by it are faster: threads, `time` and `datetime` keep the real clock.
    """

    def __init__(self) -> None:
        super().__init__(HastySelector())

    def time(self) -> float:
        return super().time() * FACTOR


LOOPS: Mapping[str, type[asyncio.AbstractEventLoop]] = {"hasty": HastyLoop}
