"""Sends what a deed says: whole, in as many messages as it takes, and each of them once.

The mark of a deed stands at the last of its messages: where that is found, all are there. An unknown outcome is looked
up in everything that was written since the deed was planned, however much that is.
"""

from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import datetime

from adapters.slack.hearing import Ears
from adapters.slack.note import Said, marks_in, metadata, piece_mark, stamped
from adapters.slack.versions import ts_of
from adapters.slack.web import Web
from bot.platform import CLOCKS


def marks_of(mark: str, messages: int) -> tuple[str, ...]:
    """Name the marks of as many messages, in the order they are sent."""
    return (*(piece_mark(mark, number) for number in range(1, messages)), mark)


class Sending:
    """Posts the messages of deeds, and finds them again."""

    def __init__(self, web: Web, ears: Ears) -> None:
        """Take the way to Slack, and who we are there."""
        self._web = web
        self._ears = ears

    async def send(
        self,
        channel: str,
        mark: str,
        messages: Sequence[Said],
        since: datetime | None,
        posted: Callable[[str], None] = lambda _: None,
    ) -> None:
        """Post those messages of a deed that are not there yet, and tell the time of each that is.

        What follows the first hangs under it, so that nobody's words come between, and is shown in the place as well.

        Raises what `FAILURES` names: then nobody knows whether the message was posted that came next.
        """
        marks, first = marks_of(mark, len(messages)), ""
        there = await self.find(channel, marks, since) if len(messages) > 1 else {}
        for own, (text, blocks) in zip(marks, messages, strict=True):
            under = {"thread_ts": first, "reply_broadcast": True} if first else {}
            ts = there.get(own) or await self._web.post(
                channel, text, blocks=stamped(blocks, own), metadata=metadata(own), **under
            )
            first = first or ts
            posted(ts)

    async def find(self, channel: str, marks: Collection[str], since: datetime | None) -> Mapping[str, str]:
        """Give the times of our messages that bear these marks; none of them is older than `since`.

        Slack gives the newest first, a page at a time; it is asked until all are found or there are no more.

        Raises what `FAILURES` names: then nobody knows what is there.
        """
        oldest = None if since is None else ts_of(since - CLOCKS)
        told = {"channel": channel, "oldest": oldest, "include_all_metadata": True}
        found: dict[str, str] = {}
        async for message in self._web.pages("conversations.history", "messages", **told):
            if message.get("bot_id") == self._ears.our_app:
                found |= dict.fromkeys(marks_in(message).intersection(marks), str(message["ts"]))
            if len(found) == len(marks):
                break
        return found
