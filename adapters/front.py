"""What stands in front of a platform: it hands everything on, but for what it is there for."""

from collections.abc import AsyncIterator

from bot.actions import Deed
from bot.message import Attached
from bot.platform import Heard, Platform, Receipt


class Front:
    """A platform behind another door of the same kind."""

    def __init__(self, platform: Platform) -> None:
        """Take the platform that it stands in front of."""
        self.name = platform.name
        self.carries_all = platform.carries_all
        self._platform = platform

    def hear(self) -> AsyncIterator[Heard]:
        """Bring what the platform brings."""
        return self._platform.hear()

    async def acknowledge(self, heard: Heard) -> None:
        """Tell the platform that it was written down."""
        await self._platform.acknowledge(heard)

    async def fetch(self, file: Attached, /) -> bytes | None:
        """Give what the platform gives."""
        return await self._platform.fetch(file)

    async def perform(self, deed: Deed) -> Receipt:
        """Do one deed."""
        return await self._platform.perform(deed)

    async def find(self, deed: Deed) -> Receipt:
        """Look a deed up."""
        return await self._platform.find(deed)
