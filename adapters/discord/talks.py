"""What people write to us alone while we do not hear it: it may be a cry for help, so it is read later.

Discord lists no direct messages for us. So the client remembers with whom we talk: who wrote to us, or got a note.
"""

from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from typing import Final

import discord
import structlog

from adapters.discord.client import Client
from adapters.discord.failures import is_final, pause_after
from bot.platform import Report

LOG: Final = structlog.get_logger("chaperone.discord")

AT_ONCE: Final = datetime.min.replace(tzinfo=UTC)


class Talks:
    """Knows how far each talk is written down, and reads on from there."""

    def __init__(self, client: Client, calm: Callable[[], Awaitable[None]]) -> None:
        """Take the connection, and what waits while Discord is to be left alone."""
        self._client = client
        self._calm = calm
        self._unread: set[str] = set()
        """Where something may be missing. What is heard there meanwhile moves no mark: it would hide what is."""
        self._to_read: set[str] = set()
        """Those of them that are to be tried, or tried again; of the others Discord has said no."""
        self._failed = 0
        """How often in a row not all could be read."""
        self._due = AT_ONCE
        self._unwritten: dict[str, set[str]] = {}
        """What was read and is not written yet, by where: until then no mark moves there, either."""

    def begin(self) -> None:
        """Count every talk as behind: a connection has ended, or another has begun."""
        self._unread, self._to_read = {*self._client.notebook.talks}, {*self._client.notebook.talks}
        self._failed, self._due = 0, AT_ONCE

    def written(self, report: Report) -> None:
        """Know that what somebody wrote to us is in the ledger, as they wrote it or as they changed it."""
        talks, place, message = self._client.notebook.talks, report.place, report.id.partition("/")[0]
        missing = self._unwritten.get(place, set())
        missing.discard(message)
        if place in talks and place not in self._unread and not missing and message.isdecimal():
            talks[place] = str(max(int(talks[place]), int(message)))
            self._client.notebook.write()

    async def read_due(self, now: datetime) -> None:
        """Read what was written meanwhile. What cannot be read is tried again after longer and longer pauses.

        What Discord says no to is tried when the connection is made anew; and so is all, if that happens here.
        """
        unread, to_read = self._unread, self._to_read
        if not to_read or now < self._due:
            return
        for channel in sorted(to_read):
            await self._calm()
            if to_read is not self._to_read:
                return
            try:
                await self._read(channel)
            except Exception as error:  # noqa: BLE001 (whatever ends it, the other talks are still to be read)
                LOG.warning("direct messages could not be read after an outage", fault=type(error).__name__)
                if is_final(error):
                    to_read.discard(channel)
            else:
                unread.discard(channel)
                to_read.discard(channel)
        if to_read is self._to_read:
            self._due = now + pause_after(self._failed)
            self._failed += 1

    async def _read(self, channel: str) -> None:
        """Read one talk. Where there is nothing but notes of ours, they need not be read again."""
        talks = self._client.notebook.talks
        if channel not in talks:
            return
        talk = self._client.get_partial_messageable(int(channel), type=discord.ChannelType.private)
        mark = discord.Object(int(talks[channel]))
        read = [each async for each in talk.history(after=mark, oldest_first=True, limit=None)]
        self._unwritten[channel] = {str(each.id) for each in read if self._client.tell_direct(each)}
        if read and all(each.author == self._client.user for each in read):
            talks[channel] = str(read[-1].id)
