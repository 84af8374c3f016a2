"""Where what Slack tells comes down: handed to the house at once, and acknowledged to Slack once it is durable.

Durable is what stands in the ledger. Where the house is busy for longer than Slack may wait, it is what stands sealed
in the inbox; the ledger follows.
"""

import asyncio
from collections.abc import Generator
from dataclasses import dataclass
from typing import Any, Final

from adapters.inbox import Inbox
from bot.platform import Heard

PATIENCE: Final = 1.0
"""Seconds that the ledger is given. Slack itself waits three."""


@dataclass(slots=True, eq=False)
class Landed:
    """Something that came down. Awaiting it waits until it is durable."""

    heard: Heard
    written: "asyncio.Future[None]"
    landing: "Landing"
    number: int | None = None
    """Its number in the inbox, if it is there."""

    def __await__(self) -> Generator[Any, None, None]:
        return self._durable().__await__()

    async def _durable(self) -> None:
        await asyncio.wait({self.written}, timeout=self.landing.patience)
        if self.written.done() or self.number is not None:
            return
        self.number = await self.landing.inbox.keep(self.heard)
        if self.written.done():
            await self.landing.inbox.drop(self.number)


class Landing:
    """Hands on what was heard, and knows what of it is written."""

    def __init__(self, inbox: Inbox, patience: float = PATIENCE) -> None:
        """Take where what waits is kept."""
        self.inbox = inbox
        self.patience = patience
        self.heard: asyncio.Queue[Heard] = asyncio.Queue()
        self._down: dict[int, Landed] = {}

    def tell(self, heard: Heard) -> Landed:
        """Hand something on."""
        landed = Landed(heard, asyncio.get_running_loop().create_future(), self)
        self._down[id(heard)] = landed
        self.heard.put_nowait(heard)
        return landed

    def take_up(self) -> None:
        """Hand on what an earlier run left in the inbox."""
        for number, heard in self.inbox.left():
            self.tell(heard).number = number

    async def written(self, heard: Heard) -> None:
        """Know that something is in the ledger."""
        landed = self._down.pop(id(heard), None)
        if landed is None:
            return
        if not landed.written.done():
            landed.written.set_result(None)
        if landed.number is not None:
            await self.inbox.drop(landed.number)
