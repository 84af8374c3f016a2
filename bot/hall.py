"""Where what a platform tells comes in: heard, waiting, and carried on in groups."""

import asyncio
from collections.abc import Coroutine
from typing import Any

from bot.fault import point
from bot.platform import Heard, Platform


class Hall:
    """Where what was heard waits to be carried on, together with what came at the same time."""

    def __init__(self, room: int) -> None:
        """Make room for so many, waiting and being carried; more wait at the door."""
        self._room = room
        self._inside = 0
        self._waiting: list[Heard] = []
        self.came_at = 0.0
        """When the first of the last group came in, on the loop's clock."""
        self._first = 0.0
        self._closed = False
        self._came = asyncio.Event()
        self._left = asyncio.Event()

    async def enter(self, heard: Heard) -> None:
        """Come in, as soon as there is room."""
        while self._inside >= self._room:
            self._left.clear()
            await self._left.wait()
        self._inside += 1
        if not self._waiting:
            self._first = asyncio.get_running_loop().time()
        self._waiting.append(heard)
        self._came.set()

    async def next_group(self) -> list[Heard]:
        """Wait for the next to come, and give all who are there; none when nobody will come any more."""
        await self._came.wait()
        if not self._closed:
            self._came.clear()
        group, self._waiting = self._waiting, []
        self.came_at = self._first
        return group

    def leave(self, number: int) -> None:
        """Make room: so many are written."""
        self._inside -= number
        self._left.set()

    def close(self) -> None:
        """Nobody comes any more."""
        self._closed = True
        self._came.set()


async def listen(platform: Platform, hall: Hall, stop: asyncio.Event) -> None:
    """Bring in what a platform tells."""
    try:
        async for heard in platform.hear():
            point("heard")
            await hall.enter(heard)
            if stop.is_set():
                break
    finally:
        hall.close()


async def mind(stop: asyncio.Event, listening: "asyncio.Task[None]") -> None:
    """Stop listening when told to, also while a platform is silent. What is not written yet will be told again."""
    await stop.wait()
    listening.cancel()


async def wait_unless(stop: asyncio.Event, what: Coroutine[Any, Any, object], patience: float | None = None) -> bool:
    """Wait for something until told to stop, or for so many seconds. Say whether it came; else it is let go."""
    coming, stopping = asyncio.ensure_future(what), asyncio.ensure_future(stop.wait())
    try:
        await asyncio.wait({coming, stopping}, timeout=patience, return_when=asyncio.FIRST_COMPLETED)
        return coming.done()
    finally:
        coming.cancel()
        stopping.cancel()
