"""Reads what happened while we were away: each place from its own mark, and a window before it, with its threads.

What was heard before is told again and written once: the ledger tells versions of a post apart, so an old message that
was rewritten meanwhile comes in as a new version of it. Slack lists no threads, so an answer is found under any message
of the thirty days before what is read; what was deleted meanwhile, and what it said before an edit, is gone.
"""

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from typing import Any, Final

import structlog

from adapters.notebook import Notebook
from adapters.progress import Progress
from adapters.slack.audience import Conversation
from adapters.slack.failures import FAILURES, pause_after, reason_of
from adapters.slack.hearing import COMING, Ears
from adapters.slack.telling import Told, subtype_of
from adapters.slack.versions import edited_at, ts_of, whereabouts
from adapters.slack.web import Web
from bot.message import PlaceId, PostId
from bot.platform import Post, Report

LOG: Final = structlog.get_logger("chaperone.slack")

WINDOW: Final = timedelta(days=2)
"""How far before its mark a place is read again, for messages that were rewritten."""

WITHOUT_MARK: Final = timedelta(days=7)
"""How far back a place is read at least that has no mark, and no further where the notebook is lost."""

THREADS: Final = timedelta(days=30)
"""How far before what was missed a message may be under which answers are looked for."""

FIRST_PAUSE: Final = timedelta(minutes=1)
LONGEST_PAUSE: Final = timedelta(hours=1)
"""How long a place is let be that could not be read: each time twice as long."""

WORKSPACE: Final = 0
"""There is one workspace, where Discord has several servers."""


class CatchingUp:
    """Knows how far each place is written down, and reads on from there."""

    def __init__(self, web: Web, ears: Ears, notebook: Notebook, now: Callable[[], datetime], *, first: bool) -> None:
        """Take the way to Slack, and the notebook with the marks. `first`: whether nothing was ever written down."""
        self._web = web
        self._ears = ears
        self._notebook = notebook
        self._now = now
        self._first = first
        self._progress = Progress()
        self._reached: dict[str, str] = {}
        """How far channels are written whose marks did not move there yet."""
        self._again: dict[str, tuple[int, datetime]] = {}
        """Channels that could not be read: how often they were tried, and when to try again."""
        self._closed: dict[str, str] = {}
        """Archived channels that are being read, each with its newest line."""

    def begin(self) -> None:
        """Count every place as behind: a connection has ended, or another has begun."""
        self._progress = Progress()

    def written(self, heard: Post | Report) -> None:
        """Know that a message is in the ledger. What somebody wrote to us alone counts as late: it is told once."""
        where = whereabouts(heard.id)
        if where is None:
            return
        channel, ts = where
        place, late = PlaceId(channel), not isinstance(heard, Post) or heard.late
        if isinstance(heard, Post) and heard.late and place not in self._progress.server_of:
            return  # somebody told an adult of it: we may never have been there
        self._progress.written(place, PostId(heard.id), late=late)
        self._reached[channel] = _later(ts, self._reached.get(channel, ""))

    def note(self) -> None:
        """Move the marks on, but of no place that is still behind."""
        for channel, ts in list(self._reached.items()):
            if not self._progress.is_behind(PlaceId(channel), WORKSPACE):
                self._notebook.marks[channel] = _later(ts, self._notebook.marks.get(channel, ""))
                del self._reached[channel]
        for channel in [each for each in self._closed if not self._progress.is_behind(PlaceId(each), WORKSPACE)]:
            self._notebook.closed[channel] = self._closed.pop(channel)
        for channel in [*self._notebook.missed]:
            if not self._progress.is_behind(PlaceId(channel), WORKSPACE):
                del self._notebook.missed[channel]

    def came_to(self, channel: str) -> None:
        """Begin in a place that we were let into: what was written there before is not ours to judge."""
        if channel not in self._notebook.marks and self._progress.through:
            self._notebook.began[channel] = self._notebook.marks[channel] = ts_of(self._now())

    async def run(self, places: Sequence[Conversation]) -> None:
        """Read every place that we are in. What cannot be read is tried again by itself."""
        progress = self._progress
        if self._first:
            self._begin_here(places)
            return
        unread = [each for each in places if not each.archived or each.id not in self._notebook.closed]
        progress.behind |= {PlaceId(each.id) for each in unread}
        self._miss(places)
        self._closed.clear()
        self._again = {each.id: self._again[each.id] for each in places if each.id in self._again}
        for each in places:
            if progress is self._progress and not (each.archived and await self._is_as_it_was(each.id)):
                await self._read(each.id, progress)
        if progress is self._progress:
            progress.through.add(WORKSPACE)

    def _miss(self, places: Sequence[Conversation]) -> None:
        """Remember since when something may be missed where there is no mark, as of who wrote to us for the first time.

        That is a week, or all the time since the newest mark. It is asked before any place is read, for then the marks
        move, and kept until the place is caught up with: this run may end before.
        """
        marks, week = self._notebook.marks, float(ts_of(self._now() - WITHOUT_MARK))
        since = min([week, *([max(map(float, marks.values())) - WINDOW.total_seconds()] if marks else [])])
        for each in places:
            if each.id not in marks:
                self._notebook.missed.setdefault(each.id, f"{since:.6f}")

    async def read_due(self) -> None:
        """Read what could not be read, once it is time to try again."""
        for channel in [channel for channel, (_, at) in self._again.items() if at <= self._now()]:
            await self._read(channel, self._progress)

    async def _is_as_it_was(self, channel: str) -> bool:
        """Say whether an archived place was read to its newest line, and none came since.

        Somebody may have opened it, written there and archived it again while nobody listened; Slack writes a line of
        each of that.
        """
        try:
            answer = await self._web.ask("conversations.history", channel=channel, limit=1)
        except FAILURES:
            return False  # reading it says what is wrong
        newest = next((str(each["ts"]) for each in answer.get("messages") or () if "ts" in each), "0")
        if self._notebook.closed.get(channel) == newest:
            return True
        self._closed[channel] = newest
        return False

    def _begin_here(self, places: Sequence[Conversation]) -> None:
        """At the very first start nothing is read: what was written before we came is not ours to judge."""
        for each in places:
            self._notebook.began[each.id] = self._notebook.marks[each.id] = ts_of(self._now())
        self._first = False
        self._progress.through.add(WORKSPACE)
        self._notebook.write()

    async def _read(self, channel: str, progress: Progress) -> None:
        """Read the gap of a place, unless the connection has begun anew: then it is read anew, too."""
        if progress is not self._progress:
            return
        place = PlaceId(channel)
        progress.begin_on(place, WORKSPACE)
        try:
            await self._tell_gap(channel, progress)
        except Exception as error:  # noqa: BLE001 (what cannot be read ends the reading of its place only)
            progress.awaited.pop(place, None)
            why = reason_of(error) if isinstance(error, FAILURES) else "not understood"
            self._notebook.unread[channel] = why
            tried, _ = self._again.get(channel, (0, None))
            self._again[channel] = tried + 1, self._now() + pause_after(tried, FIRST_PAUSE, LONGEST_PAUSE)
            LOG.warning("a place could not be read after an outage", place=channel, fault=type(error).__name__)
            return
        finally:
            progress.reading.discard(place)
        if place not in progress.awaited:
            progress.catch_up(place)
        self._again.pop(channel, None)
        self._notebook.unread.pop(channel, None)

    async def _tell_gap(self, channel: str, progress: Progress) -> None:
        """Tell a place's messages from a window before its mark, in the order they were written."""
        since = self._since(channel)
        for message in await self._messages(channel, since):
            if progress is not self._progress:
                return
            late = self._is_late(channel, message)
            heard = await self._ears.missed(message, channel, late=late)
            if heard is not None:
                self._ears.hand_on(heard)
                if whereabouts(heard.id) is not None:
                    progress.awaited[PlaceId(channel)] = PostId(heard.id), late

    async def _messages(self, channel: str, since: str) -> list[Told]:
        """Fetch messages since a moment, and answers since then under older ones."""
        oldest = f"{max(float(since) - THREADS.total_seconds(), 0):.6f}"
        pages = self._web.pages("conversations.history", "messages", channel=channel, oldest=oldest)
        roots = [each async for each in pages if isinstance(each, dict)]
        if channel not in self._notebook.marks:
            since = max(since, self._came(channel, roots), key=float)
        found = {str(each.get("ts")): each for each in roots if _is_after(each.get("ts"), since)}
        for root in roots:
            if root.get("reply_count") and _is_after(root.get("latest_reply"), since):
                found |= await self._replies(channel, str(root["ts"]), since)
        return [found[ts] for ts in sorted(found, key=float)]

    def _came(self, channel: str, messages: Sequence[Told]) -> str:
        """Remember when we were let into a place meanwhile, as its own line tells; where none does: from the first."""
        lines = (
            str(each["ts"]) for each in messages if subtype_of(each) in COMING and each.get("user") == self._ears.us
        )
        came = max(lines, key=float, default="")
        if came:
            self._notebook.began[channel] = came
        return came or "0"

    async def _replies(self, channel: str, root: str, since: str) -> dict[str, Any]:
        pages = self._web.pages("conversations.replies", "messages", channel=channel, ts=root, oldest=since)
        return {
            str(each["ts"]): each async for each in pages if _is_after(each.get("ts"), since) and each["ts"] != root
        }

    def _began(self, channel: str) -> str:
        return self._notebook.began.get(channel, "0")

    def _since(self, channel: str) -> str:
        """Say since when a place is read: from a window before its mark, but nothing from before we came."""
        mark = self._notebook.marks.get(channel)
        last = self._notebook.missed[channel] if mark is None else f"{float(mark) - WINDOW.total_seconds():.6f}"
        return max(last, self._began(channel), key=float)

    def _is_late(self, channel: str, message: Told) -> bool:
        """Say whether a message is from after the mark, or was changed after it."""
        mark = self._notebook.marks.get(channel)
        latest = _later(str(message.get("ts")), edited_at(message))
        return mark is None or float(latest) > float(mark)


def _is_after(ts: object, since: str) -> bool:
    return isinstance(ts, str) and float(ts) > float(since)


def _later(one: str, other: str) -> str:
    """Give the later of two times, of which the second may be empty."""
    return one if not other or float(one) >= float(other) else other
