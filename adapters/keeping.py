"""A platform that leaves evidence: the files of a post are kept before it is taken away."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from hashlib import sha256
from typing import Final

import structlog

from adapters.front import Front
from bot.actions import Deed, Remove
from bot.exhibit import MOST, Exhibit, NotKept
from bot.medium import Medium, medium_in
from bot.message import Attached
from bot.platform import Platform, Receipt
from bot.readings.picture import LARGEST, Pictures

PATIENCE: Final = 10.0
"""Seconds after the first in which the other files of a post have to come. Then it goes without: others can read it."""

LOG = structlog.get_logger("chaperone.keeping")

Keep = Callable[[Deed, Exhibit], Awaitable[None]]
"""Writes down what became of one file of the post that a deed takes away, durably."""


class Keeping(Front):
    """Stands in front of a platform. A picture that may be sexual, or that nobody could look at, is never kept."""

    def __init__(self, platform: Platform, pictures: Pictures | None, keep: Keep, patience: float = PATIENCE) -> None:
        """Take the platform, what looks at pictures if anything does, and what writes down."""
        super().__init__(platform)
        self._pictures = pictures
        self._keep = keep
        self._patience = patience

    async def perform(self, deed: Deed) -> Receipt:
        """Do a deed; a removal only once its files are kept."""
        if isinstance(deed.action, Remove):
            await self._keep_files(deed, deed.action.attached)
        return await self._platform.perform(deed)

    async def _keep_files(self, deed: Deed, files: Sequence[Attached]) -> None:
        """Keep what comes in time. The time runs from the first answer: what waits for a connection waits anyway."""
        until: float | None = None
        for number, attached in enumerate(files):
            if number >= MOST:
                exhibit = Exhibit(attached, why_not=NotKept.TOO_MANY)
            elif until is not None and asyncio.get_running_loop().time() > until:
                exhibit = Exhibit(attached, why_not=NotKept.NOT_FETCHED)
            else:
                exhibit = await self._exhibit(attached)
                until = until or asyncio.get_running_loop().time() + self._patience
            await self._keep(deed, exhibit)

    async def _exhibit(self, attached: Attached) -> Exhibit:
        if attached.medium is Medium.FILM:
            return Exhibit(attached, why_not=NotKept.FILM)
        if attached.size > LARGEST:
            return Exhibit(attached, why_not=NotKept.TOO_LARGE)
        try:
            content = await self._platform.fetch(attached)
            if content is None:
                return Exhibit(attached, why_not=NotKept.GONE)
            return await self._as_kept(attached, content)
        except Exception as error:  # noqa: BLE001 (whatever a network raises, the post has to go)
            LOG.warning("a file could not be kept", fault=type(error).__name__, platform=self.name)
            return Exhibit(attached, why_not=NotKept.NOT_FETCHED)

    async def _as_kept(self, attached: Attached, content: bytes) -> Exhibit:
        digest = sha256(content).hexdigest()
        if len(content) > LARGEST:
            return Exhibit(attached, why_not=NotKept.TOO_LARGE, sha256=digest)
        found = medium_in(content)
        if found is Medium.FILM:
            return Exhibit(attached, why_not=NotKept.FILM, sha256=digest)
        if Medium.PICTURE in {attached.medium, found}:
            kept = None if self._pictures is None else (await self._pictures.examine(content)).kept(content)
            if kept is None:
                return Exhibit(attached, why_not=NotKept.MAY_BE_SEXUAL, sha256=digest)
            content = kept
        return Exhibit(attached, content, sha256=digest)
