"""Which places to look at again, and when: many changes at once are one look. The looking is the ordinary journey."""

from datetime import datetime, timedelta
from typing import Final

from bot.message import PlaceId

SETTLING: Final = timedelta(seconds=1)
"""How long a place is left alone after a change: what changes together is looked at together."""


class Guard:
    """Remembers which places have changed since somebody looked."""

    def __init__(self, grace: timedelta) -> None:
        """Take how long people may be together in a voice room before it is looked at."""
        self._grace = grace
        self._due: dict[PlaceId, datetime] = {}
        self._rooms: dict[PlaceId, datetime] = {}
        """Since when those in a voice room have been so together."""
        self._waiting: dict[PlaceId, datetime] = {}
        """When a voice room is looked at because its people stayed."""

    def changed(self, place: PlaceId, at: datetime) -> None:
        """Look at a place soon: who can read it or speak there may be another. The earliest change sets the moment."""
        self._due[place] = min(self._due.get(place, at + SETTLING), at + SETTLING)

    def gathered(self, place: PlaceId, at: datetime, *, several: bool) -> None:
        """Look at a voice room once its people have stayed together; somebody who comes or goes begins it anew.

        `several` says whether anybody is with somebody there.
        """
        self._rooms[place] = at
        self._waiting.pop(place, None)
        if several:
            self._waiting[place] = at + self._grace

    def together(self, place: PlaceId, at: datetime) -> timedelta:
        """Say how long those in a voice room have been so together."""
        since = self._rooms.get(place)
        return timedelta() if since is None else at - since

    def take_due(self, now: datetime) -> list[PlaceId]:
        """Give the places to look at now, each once."""
        due = {place: None for waiting in (self._due, self._waiting) for place, at in waiting.items() if at <= now}
        for waiting in (self._due, self._waiting):
            for place in due:
                if waiting.get(place, now) <= now:
                    waiting.pop(place, None)
        return [*due]
