"""Keeps a place under its first id, whatever Slack calls it by now.

Slack gives a channel another id when it is moved, or shared with another workspace. Whatever we know of it stands under
its first one: its team, how far it is read, each of its posts, and what was opened, ordered or closed there. So what
Slack tells is put under that, and Slack is asked by the id of today.
"""

from collections.abc import Mapping
from typing import Any, Final

from bot.people import TeamId

NAMING: Final = frozenset({"channel", "channel_id", "id"})
"""Where an id of a place stands in what Slack tells."""


class Renames:
    """Knows which places have another id by now."""

    def __init__(self, renamed: dict[str, str]) -> None:
        """Take the page of the notebook that holds the id of today by the first one."""
        self._renamed = renamed

    def take(self, old: str, new: str) -> str:
        """Know that a place has another id. Give its first one. What is told again later changes nothing."""
        known = self._first()
        if old in self._renamed or new in known:
            return known.get(new, old)
        first = known.get(old, old)
        self._renamed[first] = new
        if first == new:
            del self._renamed[first]
        return first

    def today(self, channel: str) -> str:
        """Give the id that Slack knows a place by now."""
        return self._renamed.get(channel, channel)

    def known(self, told: Any) -> Any:  # noqa: ANN401 (whatever Slack tells)
        """Put what Slack tells under the first ids of places."""
        return _put(told, self._first()) if self._renamed else told

    def teams(self, registered: Mapping[str, TeamId]) -> dict[str, TeamId]:
        """Put what each channel is registered for under its first id: the settings may name either."""
        first = self._first()
        return {first.get(channel, channel): team for channel, team in registered.items()}

    def _first(self) -> dict[str, str]:
        return {today: first for first, today in self._renamed.items()}


def _put(told: Any, first: Mapping[str, str]) -> Any:  # noqa: ANN401 (whatever Slack tells)
    if isinstance(told, list):
        return [_put(each, first) for each in told]
    if not isinstance(told, dict):
        return told
    return {
        key: first.get(value, value) if key in NAMING and isinstance(value, str) else _put(value, first)
        for key, value in told.items()
    }
