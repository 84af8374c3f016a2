"""What people write to us alone while we do not hear it: it may be a cry for help, so it is read later.

Discord lists no direct messages for us. So the client remembers with whom we talk: who wrote to us, or got a note.
"""

from collections.abc import Awaitable, Callable
from typing import Final

import discord
import structlog

from adapters.discord.client import Client
from adapters.discord.failures import FAILURES
from bot.platform import Report

LOG: Final = structlog.get_logger("chaperone.discord")


class Talks:
    """Knows how far each talk is written down, and reads on from there."""

    def __init__(self, client: Client, calm: Callable[[], Awaitable[None]]) -> None:
        """Take the connection, and what waits while Discord is to be left alone."""
        self._client = client
        self._calm = calm
        self._behind: dict[str, str] = {}
        """Where something may be missing, and since which message. What is heard meanwhile does not change that."""

    def begin(self) -> None:
        """Count every talk as behind: a connection has ended, or another has begun."""
        self._behind = self._client.notebook.talks | self._behind

    def written(self, report: Report) -> None:
        """Know that what somebody wrote to us is in the ledger. What they only changed moves nothing."""
        mark = self._client.notebook.talks.get(report.place)
        if mark is not None and report.id.isdecimal():
            self._client.notebook.talks[report.place] = str(max(int(mark), int(report.id)))
            self._client.notebook.write()

    async def read(self) -> None:
        """Read what was written meanwhile. What cannot be read is tried when the connection is made anew."""
        for channel, mark in list(self._behind.items()):
            await self._calm()
            try:
                await self._read(channel, int(mark))
            except FAILURES as error:
                LOG.warning("direct messages could not be read after an outage", fault=type(error).__name__)
            else:
                self._behind.pop(channel, None)

    async def _read(self, channel: str, mark: int) -> None:
        """Read one talk. Where there is nothing but notes of ours, they need not be read again."""
        talk = self._client.get_partial_messageable(int(channel), type=discord.ChannelType.private)
        read = [each async for each in talk.history(after=discord.Object(mark), oldest_first=True, limit=None)]
        for message in read:
            self._client.tell_direct(message)
        if read and all(each.author == self._client.user for each in read):
            self._client.notebook.talks[channel] = str(read[-1].id)
