"""Reads what happened while we were away: each place from its own mark, and a window before it; and what was named.

What was heard before is told again and written once: the ledger tells versions of a post apart, so an old message that
was rewritten meanwhile comes in as a new version of it.
"""

from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

import discord
import structlog
from discord.abc import GuildChannel

from adapters.discord.audience import Place, can_see
from adapters.discord.client import Client, server_name
from adapters.discord.failures import FAILURES, is_final, pause_after, reason_of
from adapters.notebook import Notebook
from adapters.progress import Progress
from bot.message import PlaceId, PostId
from bot.platform import Post

LOG: Final = structlog.get_logger("chaperone.discord")

WINDOW: Final = timedelta(days=2)
"""How far before its mark a place is read again, for messages that were rewritten."""

WITHOUT_MARK: Final = timedelta(days=7)
"""How far back a place is read at least that has no mark, and no further where the notebook is lost."""

Readable = discord.TextChannel | discord.VoiceChannel | discord.StageChannel | discord.Thread
ReadableChannel = discord.TextChannel | discord.VoiceChannel | discord.StageChannel | discord.ForumChannel
"""A channel in which something can be written, be it in its threads alone."""


@dataclass(frozen=True, slots=True)
class Again:
    """When a channel is to be read again, and since when something may be missed in it where there is no mark."""

    due: datetime
    since: datetime


class CatchingUp:
    """Knows how far each place is written down, and reads on from there."""

    def __init__(
        self,
        client: Client,
        notebook: Notebook,
        now: Callable[[], datetime],
        calm: Callable[[], Awaitable[None]],
        *,
        first: bool,
    ) -> None:
        """Take the connection, the notebook with the marks, and what waits while Discord is to be left alone.

        `first` says whether nothing was ever written down here.
        """
        self._client = client
        self._notebook = notebook
        self._now = now
        self._calm = calm
        self._lost = not first and not notebook.marks
        """Whether we stood here and remember nothing: then nobody can tell which server is new to us."""
        self._progress = Progress()
        self._reached: dict[PlaceId, int] = {}
        """How far places are written whose marks did not move there yet."""
        self._closed: set[int] = set()
        """The channels that we may not read."""
        self._again: dict[int, Again] = {}
        """The channels that are opened to us again, or that could not be read."""
        self._failed: Counter[int] = Counter()
        """How often in a row each of them could not be read."""

    def begin(self) -> None:
        """Count every place as behind: a connection has ended, or another has begun."""
        self._progress = Progress()
        self._closed.clear()
        self._again.clear()
        self._failed.clear()

    def lose(self, server: int) -> None:
        """Count every place of a server as behind."""
        self._progress.lose(server)

    def see(self, channel: GuildChannel) -> None:
        """Know whether we may read a channel now. Discord tells nothing of one that it hides from us, nor later on.

        So its marks stand still from then on, and what was missed is read once it is opened again.
        """
        if not isinstance(channel, ReadableChannel):
            return
        is_closed = not may_read(channel)
        if is_closed == (channel.id in self._closed):
            return
        for each in (channel, *_active(channel)):
            self._progress.fall_behind(self._client.place(each), channel.guild.id)
        if is_closed:
            self._closed.add(channel.id)
            self._again.pop(channel.id, None)
            LOG.warning("a place cannot be read", place=channel.id)
        else:
            self._closed.remove(channel.id)
            self._again[channel.id] = Again(self._now(), self._missed_since((channel, *_active(channel))))

    async def read_again(self) -> None:
        """Read what was missed in one channel that is opened to us again, or that could not be read."""
        now, progress = self._now(), self._progress
        id_ = next((each for each, again in self._again.items() if again.due <= now), None)
        if id_ is None:
            return
        since, channel = self._again.pop(id_).since, self._client.get_channel(id_)
        if not isinstance(channel, ReadableChannel):
            return
        for each in (channel, *_active(channel)):
            if not isinstance(each, discord.ForumChannel):
                await self._read(each, since, progress)
        if isinstance(channel, discord.TextChannel | discord.ForumChannel):
            await self._read_archived(channel, since, progress)
        if id_ not in self._again:
            del self._failed[id_]

    def written(self, post: Post) -> None:
        """Know that a post is in the ledger."""
        self._progress.written(post.place, post.id, late=post.late)
        if post.id.isdecimal():
            self._reached[post.place] = max(int(post.id), self._reached.get(post.place, 0))

    def note(self) -> None:
        """Move the marks on, but of no place that is still behind."""
        for place, post in list(self._reached.items()):
            if not self._is_behind(place):
                self._notebook.marks[place] = str(max(post, int(self._notebook.marks.get(place, "0"))))
                del self._reached[place]

    def _is_behind(self, place: PlaceId) -> bool:
        channel = self._client.channel_of(place)
        return self._progress.is_behind(place, None if channel is None else channel.guild.id)

    async def run(self, guild: discord.Guild) -> None:
        """Read every place that we can see on a server. What cannot be read is said, and read later."""
        progress = self._progress
        channels = [each for each in guild.channels if isinstance(each, discord.TextChannel | discord.ForumChannel)]
        rooms = [each for each in guild.channels if isinstance(each, discord.VoiceChannel | discord.StageChannel)]
        readable = [each for each in channels if isinstance(each, discord.TextChannel)]
        everything: list[Readable] = [*readable, *rooms, *guild.threads]
        self._closed |= {each.id for each in (*channels, *rooms) if not may_read(each)}
        if self._is_new(guild, everything):
            self._begin_here(guild, everything)
            return
        self._notebook.began.setdefault(server_name(guild), "0")
        progress.behind |= {self._client.place(each) for each in everything}
        since = self._missed_since(everything)
        came = discord.utils.snowflake_time(int(self._notebook.began[server_name(guild)]))
        self._client.tell_names(guild, max(since, came))
        for place in everything:
            await self._read(place, since, progress)
        listed = [await self._read_archived(each, since, progress) for each in channels]
        if all(listed):
            progress.through.add(guild.id)

    def _is_new(self, guild: discord.Guild, everything: list[Readable]) -> bool:
        """Say whether we come to a server for the first time, be it at the very first start or to one added later."""
        known = self._notebook
        if self._lost or server_name(guild) in known.began:
            return False
        return not any(self._client.place(each) in known.marks for each in everything)

    def _begin_here(self, guild: discord.Guild, everything: list[Readable]) -> None:
        """At first nothing is read of a server: what was written before we came is not ours to judge."""
        now = discord.utils.time_snowflake(self._now())
        for each in everything:
            place = self._client.place(each)
            self._notebook.began[place] = str(each.last_message_id or 0)
            self._notebook.marks[place] = str(each.last_message_id or now)
        self._notebook.began[server_name(guild)] = str(now)  # for threads that were put away, of which nobody tells us
        self._progress.through.add(guild.id)
        self._notebook.write()

    def _missed_since(self, places: Iterable[Place]) -> datetime:
        """Say since when something may have been missed where there is no mark, as in a thread begun meanwhile.

        That is a week, or all the time since the newest mark of these places. It is to be asked before any of them is
        read, for then their marks move.
        """
        named, marks = (self._client.place(each) for each in places), self._notebook.marks
        here = [int(marks[each]) for each in named if each in marks] or [*map(int, marks.values())]
        week = self._now() - WITHOUT_MARK
        return min(week, discord.utils.snowflake_time(max(here)) - WINDOW) if here else week

    async def _read_archived(
        self, channel: discord.TextChannel | discord.ForumChannel, since: datetime, progress: Progress
    ) -> bool:
        """Read the threads of a channel that were put away, the private ones among them. Say whether all are known."""
        kinds = [channel.archived_threads(limit=None)]
        if isinstance(channel, discord.TextChannel):
            kinds.append(channel.archived_threads(private=True, limit=None))
        listed = [await self._read_kind(channel, each, since, progress) for each in kinds]
        return all(listed)

    async def _read_kind(
        self, channel: Place, threads: AsyncIterator[discord.Thread], since: datetime, progress: Progress
    ) -> bool:
        await self._calm()
        try:
            async for thread in threads:
                if thread.archive_timestamp < since or progress is not self._progress:
                    break
                await self._read(thread, since, progress)
        except Exception as error:  # noqa: BLE001 (whatever ends it, the other channels are still to be read)
            self._cannot_read(channel, since, error)
            return False
        return True

    async def _read(self, channel: Readable, since: datetime, progress: Progress) -> None:
        """Read the gap of a place, unless the connection has begun anew: then it is read anew, too.

        Where it has no mark, the gap began `since` then.
        """
        await self._calm()
        if progress is not self._progress:
            return
        place = self._client.place(channel)
        progress.begin_on(place, channel.guild.id)
        try:
            await self._tell_gap(channel, place, since, progress)
        except Exception as error:  # noqa: BLE001 (what the library cannot parse ends the reading of its place only)
            progress.awaited.pop(place, None)
            self._cannot_read(channel, since, error)
            return
        finally:
            progress.reading.discard(place)
        if place not in progress.awaited:
            progress.catch_up(place)
        self._notebook.unread.pop(place, None)

    async def _tell_gap(self, channel: Readable, place: PlaceId, since: datetime, progress: Progress) -> None:
        after = self._last_known(channel, place, since)
        if isinstance(channel, discord.Thread) and place not in self._notebook.marks and _begun(channel) > after.id:
            await self._client.look_at(channel)  # no message carries its title
        async for message in channel.history(after=after, oldest_first=True, limit=None):
            await self._calm()
            if progress is not self._progress:
                return
            late = self._is_late(place, message)
            if await self._client.hear(message, late=late):
                progress.awaited[place] = PostId(str(message.id)), late

    def _last_known(self, channel: Readable, place: PlaceId, since: datetime) -> discord.Object:
        """Say after which message a place is read: from a window before its mark, but nothing from before we came."""
        mark, began = self._notebook.marks.get(place), self._client.last_before_us(channel.guild, place)
        last = since if mark is None else discord.utils.snowflake_time(int(mark)) - WINDOW
        return discord.Object(max(discord.utils.time_snowflake(last), began))

    def _is_late(self, place: PlaceId, message: discord.Message) -> bool:
        """Say whether a message is from after the mark, or was changed after it."""
        mark = self._notebook.marks.get(place)
        if mark is None or message.id > int(mark):
            return True
        return message.edited_at is not None and message.edited_at > discord.utils.snowflake_time(int(mark))

    def _cannot_read(self, channel: Place, since: datetime, error: Exception) -> None:
        """Say of a place why it cannot be read. Where Discord did not answer, its channel is tried again."""
        why = reason_of(error) if isinstance(error, FAILURES) else "not understood"
        above = channel.parent_id if isinstance(channel, discord.Thread) else channel.id
        if isinstance(error, FAILURES) and not is_final(error) and above not in self._again:
            self._again[above] = Again(self._now() + pause_after(self._failed[above]), since)
            self._failed[above] += 1
        self._notebook.unread[self._client.place(channel)] = why
        LOG.warning("a place could not be read after an outage", place=channel.id, fault=type(error).__name__)


def may_read(channel: GuildChannel) -> bool:
    """Say whether we may read a channel, what was written in it before among it."""
    us = channel.guild.me
    return can_see(channel, us) and channel.permissions_for(us).read_message_history


def _begun(thread: discord.Thread) -> int:
    """Say when a thread was begun, as an id of then; one that hangs on a message has the id of that."""
    return thread.id if thread.created_at is None else discord.utils.time_snowflake(thread.created_at)


def _active(channel: GuildChannel) -> Iterator[discord.Thread]:
    """Give the threads of a channel that are not put away."""
    yield from (each for each in channel.guild.threads if each.parent_id == channel.id)
