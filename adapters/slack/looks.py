"""Looks at places that changed. What Slack refuses is said once, and asked for again ever more seldom."""

from collections import Counter
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Final

import structlog

from adapters.notebook import Notebook
from adapters.slack.failures import is_final, pause_after, reason_of
from adapters.slack.hearing import Ears
from bot.guard import SETTLING
from bot.message import PlaceId

LOG: Final = structlog.get_logger("chaperone.slack")

PASSING: Final = timedelta(minutes=1)
"""The longest pause before a place is looked at again that could not be: Slack may be ill."""

REFUSED: Final = timedelta(hours=1)
"""The longest one where Slack refuses it: a scope may be missing until somebody adds it."""


class Looks:
    """Knows which looks failed how often."""

    def __init__(self, ears: Ears, notebook: Notebook, now: Callable[[], datetime]) -> None:
        """Take what looks, where it is noted what cannot be looked at, and the clock."""
        self._ears = ears
        self._notebook = notebook
        self._now = now
        self._failed: Counter[PlaceId] = Counter()

    async def at_what_changed(self) -> None:
        """Look at every place whose time has come."""
        for place in self._ears.guard.take_due(self._now()):
            await self.at(place)

    async def at(self, place: PlaceId) -> None:
        """Look at a place, or put it off: one request that fails never ends the bot."""
        channel = self._ears.channel_of(place)
        try:
            await self._ears.look(place)
        except Exception as error:  # noqa: BLE001 (whatever fails, it is tried again)
            self._put_off(place, channel, error)
        else:
            self._failed.pop(place, None)
            self._notebook.unseen.pop(channel, None)

    def _put_off(self, place: PlaceId, channel: str, error: Exception) -> None:
        """Look again later, each time twice as late. What is refused stands in the notebook until it is no more."""
        refused = is_final(error)
        pause = pause_after(self._failed[place], SETTLING, REFUSED if refused else PASSING)
        self._failed[place] += 1
        self._ears.guard.changed(place, self._now() + pause)
        if refused:
            if channel not in self._notebook.unseen:
                LOG.error("a place cannot be looked at: who is there is not known", place=channel, why=reason_of(error))
            self._notebook.unseen[channel] = reason_of(error)
        else:
            LOG.warning("something on Slack failed", what="looking at a place", fault=type(error).__name__)

    def keep(self, channels: set[str]) -> None:
        """Know which places we are in: of any other nothing is to be looked at."""
        for channel in self._notebook.unseen.keys() - channels:
            del self._notebook.unseen[channel]
