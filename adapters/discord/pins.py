"""What is pinned in each place: read when there is time, and again when it changes or that may have been missed.

A look never waits for it.
"""

from typing import Final

import discord
import structlog

from adapters.discord.audience import Place
from adapters.discord.failures import FAILURES, is_final
from adapters.discord.telling import words_in
from bot.message import Where, Words

MOST: Final = 250
"""So many messages can be pinned in one place."""

SAID: Final = frozenset({Where.BODY, Where.EMBED, Where.FORWARD})
"""What is read of a pinned message; everything else of it was looked at when it was written."""

LOG: Final = structlog.get_logger("chaperone.discord")


class Pins:
    """The words of what is pinned, by place and message."""

    def __init__(self) -> None:
        """Know of none."""
        self._known: dict[int, dict[int, tuple[Words, ...]]] = {}
        self._due: dict[int, None] = {}

    def of(self, channel: Place) -> tuple[Words, ...] | None:
        """Give what is pinned in a place, the newest first; None while that is not known. Then it is read soon."""
        if not isinstance(channel, discord.TextChannel):
            return ()
        known = self._known.get(channel.id)
        if known is None:
            self._due.setdefault(channel.id)
            return None
        return tuple(words for pinned in known.values() for words in pinned)

    def holds(self, channel: int, message: int) -> bool:
        """Say whether a message is known to be pinned there."""
        return message in self._known.get(channel, ())

    def changed(self, channel: int) -> None:
        """Read a place's pins anew soon; until then what was known counts."""
        self._due.setdefault(channel)

    def next_due(self) -> int | None:
        """Take one place whose pins are to be read: one at a time, so that nothing else waits long."""
        return next(iter(self._due), None)

    async def read(self, channel: discord.TextChannel) -> bool:
        """Read a place's pins, and say whether others are known now. What Discord refuses is not asked for again."""
        try:
            found = {each.id: _pinned(each) async for each in channel.pins(limit=MOST)}
        except FAILURES as error:
            LOG.warning("what is pinned could not be read", fault=type(error).__name__)
            if is_final(error):
                self.drop(channel.id)
            return False
        before, self._known[channel.id] = self._known.get(channel.id), found
        self.drop(channel.id)
        return found != before

    def drop(self, channel: int) -> None:
        """Let a place go that cannot be read."""
        self._due.pop(channel, None)


def _pinned(message: discord.Message) -> tuple[Words, ...]:
    return tuple(Words(Where.PIN, each.text) for each in words_in(message) if each.where in SAID and each.text)
