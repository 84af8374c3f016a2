"""What is pinned in each channel: read when there is time, and again when it changes or that may have been missed.

A look never waits for it. While it is not known as it is now, a look says so, and another follows once it is.
"""

from collections.abc import Mapping
from typing import Any, Final

import structlog

from adapters.slack.failures import FAILURES, is_final, reason_of
from adapters.slack.web import Web
from adapters.slack.words import pinned_words
from bot.message import Words

LOG: Final = structlog.get_logger("chaperone.slack")

EVERY: Final = 3.0
"""Seconds between two readings; Slack allows twenty a minute."""

Pinned = tuple[tuple[str, tuple[Words, ...]], ...]
"""Everything that is pinned in a channel, the newest pin first: the time of each message, and its words."""


class Pins:
    """The words of what is pinned, by channel and message. Of a channel that no look asks for nothing is read."""

    def __init__(self, web: Web) -> None:
        """Take the way to Slack; know of no pins."""
        self._web = web
        self._known: dict[str, Pinned] = {}
        self._due: dict[str, object] = {}
        """Channels whose pins are to be read, each with what stands for its last change."""
        self._refused: dict[str, str] = {}
        """Channels whose pins Slack does not show, and why: said once."""

    def of(self, channel: str) -> tuple[Words, ...] | None:
        """Give what is pinned in a channel, the newest first; None while that is not known. Then it is read soon."""
        known = self._known.get(channel)
        if known is None:
            self._due.setdefault(channel, object())
            return None
        return tuple(words for _, pinned in known for words in pinned)

    def begin(self) -> None:
        """Count nothing as known: a connection has ended, and what changed meanwhile was not told."""
        self._known.clear()
        self._due.clear()

    def forget(self, channel: str) -> None:
        """Let go of a channel that we came to, or are in no more."""
        self._known.pop(channel, None)
        self._due.pop(channel, None)

    def changed(self, channel: str) -> None:
        """Read a channel's pins anew soon; until then they are not known."""
        if self._known.pop(channel, None) is not None or channel in self._due:
            self._due[channel] = object()

    def touched(self, channel: str, ts: str) -> None:
        """Know that a message is another, or gone: where it is pinned, so are the pins."""
        if channel in self._due or any(ts == each for each, _ in self._known.get(channel, ())):
            self.changed(channel)

    def next_due(self) -> str | None:
        """Name one channel whose pins are to be read: one at a time, so that nothing else waits long."""
        return next(iter(self._due), None)

    async def read(self, channel: str) -> bool:
        """Read a channel's pins; say whether they are known now. What Slack refuses waits until a look asks for it.

        Raises what `FAILURES` names where Slack may answer another time: then it is read after all others.
        """
        change = self._due[channel]
        try:
            answer = await self._web.ask("pins.list", channel=channel)
        except FAILURES as error:
            due = self._due.pop(channel, None)
            if is_final(error):
                self._refuse(channel, reason_of(error))
                return False
            if due is not None:
                self._due[channel] = due
            raise
        self._refused.pop(channel, None)
        if self._due.get(channel) is not change:
            return False  # something has changed while Slack was asked
        del self._due[channel]
        items = answer.get("items") or ()
        self._known[channel] = tuple((_ts(each), pinned_words({"item": each})) for each in items)
        return True

    def _refuse(self, channel: str, why: str) -> None:
        if self._refused.get(channel) != why:
            LOG.warning("what is pinned could not be read", place=channel, why=why)
        self._refused[channel] = why


def _ts(item: Mapping[str, Any]) -> str:
    """Tell which message it is that is pinned; empty for an old pinned file."""
    message = item.get("message")
    return str(message.get("ts")) if isinstance(message, dict) else ""
