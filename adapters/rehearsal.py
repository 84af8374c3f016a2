"""A platform in rehearsal: everything is heard and written, nothing is done."""

from collections.abc import AsyncIterator

from bot.actions import Deed
from bot.platform import Heard, Outcome, Platform, Receipt


class Rehearsal:
    """Stands in front of a real platform and answers for it that a deed was rehearsed."""

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

    async def perform(self, deed: Deed) -> Receipt:  # noqa: ARG002 (what would have been done is in the ledger)
        """Do nothing, and say so."""
        return Receipt(Outcome.REHEARSED)

    async def find(self, deed: Deed) -> Receipt:  # noqa: ARG002
        """Answer the same for a deed that a crash left open."""
        return Receipt(Outcome.REHEARSED)
