"""A platform in rehearsal: everything is heard and written, and only what people count on is done."""

from collections.abc import AsyncIterator

from bot.actions import Deed
from bot.message import Attached
from bot.platform import Heard, Outcome, Platform, Receipt


class Rehearsal:
    """Stands in front of a real platform and answers for it that a deed was rehearsed.

    What a person ordered, answered, reported or decided is done all the same: they count on it. So does whoever may be
    in danger: an alert about that reaches its people.
    """

    def __init__(self, platform: Platform) -> None:
        """Take the platform that is only listened to."""
        self.name = platform.name
        self._platform = platform

    def hear(self) -> AsyncIterator[Heard]:
        """Bring what the platform brings."""
        return self._platform.hear()

    async def acknowledge(self, heard: Heard) -> None:
        """Tell the platform that it was written down."""
        await self._platform.acknowledge(heard)

    async def fetch(self, file: Attached, /) -> bytes | None:
        """Give what the platform gives: looking is no doing."""
        return await self._platform.fetch(file)

    async def perform(self, deed: Deed) -> Receipt:
        """Do what people count on; else do nothing, and say so."""
        return await self._platform.perform(deed) if deed.is_owed else Receipt(Outcome.REHEARSED)

    async def find(self, deed: Deed) -> Receipt:
        """Answer the same for a deed that a crash left open."""
        return await self._platform.find(deed) if deed.is_owed else Receipt(Outcome.REHEARSED)
