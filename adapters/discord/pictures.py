"""Holds pictures until it is known who is in them: in memory alone, for a day at most, and never many."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final

MOST: Final = 20
"""So many pictures are held at once; beyond that the oldest goes."""

KEPT: Final = timedelta(days=1)
"""How long a picture is held."""


@dataclass(frozen=True, slots=True)
class Picture:
    """A picture that somebody wants to show."""

    name: str = field(repr=False)
    """Its file's name."""
    content: bytes = field(repr=False)
    taken_at: datetime
    """When we took it, in UTC."""


class Pictures:
    """The pictures that wait, by the post of the order each goes with."""

    def __init__(self) -> None:
        """Hold none."""
        self._held: dict[str, Picture] = {}

    def __len__(self) -> int:
        """Count them."""
        return len(self._held)

    def __iter__(self) -> Iterator[Picture]:
        """Go through them."""
        return iter(self._held.values())

    def keep(self, post: str, picture: Picture) -> None:
        """Hold a picture."""
        self._held[post] = picture
        while len(self._held) > MOST:
            self._held.pop(next(iter(self._held)))

    def find(self, post: str) -> Picture | None:
        """Give the picture of an order, if it is still held."""
        return self._held.get(post)

    def drop_old(self, now: datetime) -> None:
        """Let go of those that were held for a day."""
        self._held = {post: each for post, each in self._held.items() if now - each.taken_at < KEPT}
