"""How far the places of a platform are caught up with after an outage."""

from dataclasses import dataclass, field

from bot.message import PlaceId, PostId


@dataclass(slots=True)
class Progress:
    """How far the places are caught up with since the connection began. Each connection begins a new one."""

    server_of: dict[PlaceId, int] = field(default_factory=dict)
    """The places that were begun on, each with its server."""
    current: set[PlaceId] = field(default_factory=set)
    """Places whose gap is read and written."""
    behind: set[PlaceId] = field(default_factory=set)
    """Places whose gap is not, or could not be read."""
    reading: set[PlaceId] = field(default_factory=set)
    awaited: dict[PlaceId, tuple[PostId, bool]] = field(default_factory=dict)
    """The last post told of each place's gap, and whether it was late: once it is written, the gap is."""
    through: set[int] = field(default_factory=set)
    """Servers of which every place was read: a place that comes to light later has no gap."""

    def begin_on(self, place: PlaceId, server: int) -> None:
        """Read a place's gap, maybe again."""
        self.fall_behind(place, server)
        self.reading.add(place)

    def fall_behind(self, place: PlaceId, server: int) -> None:
        """Know that something may be missing of a place."""
        self.server_of[place] = server
        self.current.discard(place)
        self.behind.add(place)

    def catch_up(self, place: PlaceId) -> None:
        """Know that a place's gap is read and written."""
        self.behind.discard(place)
        self.current.add(place)

    def written(self, place: PlaceId, post: PostId, *, late: bool) -> None:
        """Know that a post is written down: where a place's gap ended with it, the place is caught up with."""
        if self.awaited.get(place) == (post, late):
            del self.awaited[place]
            if place not in self.reading:
                self.catch_up(place)

    def is_behind(self, place: PlaceId, server: int | None) -> bool:
        """Say whether something may be missing of a place. `server` is where it is; None where nobody can tell."""
        if place in self.current or place in self.behind:
            return place in self.behind
        return server not in self.through

    def lose(self, server: int) -> None:
        """Count every place of a server as behind."""
        self.through.discard(server)
        self.current -= {place for place, its in self.server_of.items() if its == server}
