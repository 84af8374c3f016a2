"""Reads what happened while we were away: each place from its own mark, and a window before it.

What was heard before is told again and written once: the ledger tells versions of a post apart, so an old message that
was rewritten meanwhile comes in as a new version of it.
"""

from collections.abc import AsyncIterator, Callable
from datetime import datetime, timedelta
from typing import Final

import discord
import structlog

from adapters.discord.audience import Place
from adapters.discord.client import Client
from adapters.discord.failures import FAILURES, reason_of
from adapters.notebook import Notebook
from bot.message import NO_POST, PlaceId, PostId
from bot.platform import Post

LOG: Final = structlog.get_logger("chaperone.discord")

WINDOW: Final = timedelta(days=2)
"""How far before its mark a place is read again, for messages that were rewritten."""

WITHOUT_MARK: Final = timedelta(days=7)
"""How far back a place is read that has no mark. What is older was there before us, or belongs to a lost notebook."""

Readable = discord.TextChannel | discord.VoiceChannel | discord.StageChannel | discord.Thread


class CatchingUp:
    """Knows how far each place is written down, and reads on from there."""

    def __init__(self, client: Client, notebook: Notebook, now: Callable[[], datetime]) -> None:
        """Take the connection, and the notebook with the marks."""
        self._client = client
        self._notebook = notebook
        self._now = now
        self._behind: set[PlaceId] = set()
        """Places whose gap is not read yet: what is heard there now does not move their mark."""
        self._awaited: dict[PlaceId, PostId] = {}
        """The last post that was told of each place's gap: once it is written, the gap is."""
        self._reached: dict[PlaceId, int] = {}
        self.unreadable: dict[PlaceId, str] = {}
        """Places that could not be read to the end, and why."""

    def written(self, post: Post) -> None:
        """Know that a post is in the ledger."""
        if self._awaited.get(post.place) == post.id:
            del self._awaited[post.place]
            self._behind.discard(post.place)
        if post.id.isdecimal():
            self._reached[post.place] = max(int(post.id), self._reached.get(post.place, 0))

    def note(self) -> None:
        """Move the marks on, but of no place that is still behind."""
        for place, post in self._reached.items():
            if place not in self._behind:
                self._notebook.marks[place] = str(max(post, int(self._notebook.marks.get(place, "0"))))

    async def run(self) -> None:
        """Read every place that we can see on our servers. What cannot be read is said, and read the next time."""
        first = not self._notebook.marks
        for guild in [each for each in self._client.guilds if self._client.serves(each)]:
            channels = [each for each in guild.channels if isinstance(each, discord.TextChannel | discord.ForumChannel)]
            rooms = [each for each in guild.channels if isinstance(each, discord.VoiceChannel | discord.StageChannel)]
            readable = [each for each in channels if isinstance(each, discord.TextChannel)]
            everything: list[Readable] = [*readable, *rooms, *guild.threads]
            if first:
                self._begin_here(everything)
                continue
            self._behind |= {self._client.place(each) for each in everything}
            for place in everything:
                await self._read(place)
            for channel in channels:
                async for thread in self._archived(channel):
                    await self._read(thread)

    def _begin_here(self, everything: list[Readable]) -> None:
        """At the very first start nothing is read: what was written before we came is not ours to judge."""
        now = discord.utils.time_snowflake(self._now())
        for each in everything:
            self._notebook.marks[self._client.place(each)] = str(each.last_message_id or now)
        self._notebook.write()

    async def _archived(self, channel: discord.TextChannel | discord.ForumChannel) -> AsyncIterator[discord.Thread]:
        """Find the threads of a channel that were put away since we were last there, the private ones among them."""
        since = self._now() - WITHOUT_MARK
        kinds = [channel.archived_threads(limit=None)]
        if isinstance(channel, discord.TextChannel):
            kinds.append(channel.archived_threads(private=True, limit=None))
        for threads in kinds:
            try:
                async for thread in threads:
                    if thread.archive_timestamp < since:
                        break
                    yield thread
            except FAILURES as error:
                self._cannot_read(channel, error)

    async def _read(self, channel: Readable) -> None:
        place, last = self._client.place(channel), NO_POST
        self._behind.add(place)
        try:
            async for message in channel.history(after=self._since(place), oldest_first=True, limit=None):
                if await self._client.hear(message, late=self._is_late(place, message)):
                    last = PostId(str(message.id))
        except FAILURES as error:
            self._cannot_read(channel, error)
            return
        except (KeyError, TypeError, ValueError) as error:  # what the library cannot parse ends its reading
            self._cannot_read(channel, error)
            return
        if last:
            self._awaited[place] = last
        else:
            self._behind.discard(place)
        self.unreadable.pop(place, None)

    def _since(self, place: PlaceId) -> datetime:
        mark = self._notebook.marks.get(place)
        if mark is None:
            return self._now() - WITHOUT_MARK
        return discord.utils.snowflake_time(int(mark)) - WINDOW

    def _is_late(self, place: PlaceId, message: discord.Message) -> bool:
        """Say whether a message is from after the mark, or was changed after it."""
        mark = self._notebook.marks.get(place)
        if mark is None or message.id > int(mark):
            return True
        return message.edited_at is not None and message.edited_at > discord.utils.snowflake_time(int(mark))

    def _cannot_read(self, channel: Place, error: Exception) -> None:
        why = reason_of(error) if isinstance(error, FAILURES) else "not understood"
        self.unreadable[self._client.place(channel)] = why
        LOG.warning("a place could not be read after an outage", place=channel.id, fault=type(error).__name__)
