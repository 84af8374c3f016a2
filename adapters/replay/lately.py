"""What was told lately, in bounded memory: a history may be as long as it likes."""

from dataclasses import dataclass, field
from typing import Final, Generic, TypeVar

LATELY: Final = 10_000
"""So many things are remembered at least; twice as many at most."""

Name = TypeVar("Name")
Thing = TypeVar("Thing")


@dataclass(slots=True)
class Lately(Generic[Name, Thing]):
    """Remembers things by their names; those put in last, and none beyond them."""

    at_least: int = LATELY
    is_complete: bool = True
    """Whether nothing was forgotten yet."""
    newer: dict[Name, Thing] = field(default_factory=dict, repr=False)
    older: dict[Name, Thing] = field(default_factory=dict, repr=False)

    def get(self, name: Name) -> Thing | None:
        """Find a thing; None where it is not known, or not any more."""
        return self.newer.get(name, self.older.get(name))

    def put(self, name: Name, thing: Thing) -> None:
        """Remember a thing, or another in its place, and let go of the oldest once in a while."""
        self.newer[name] = thing
        if len(self.newer) >= self.at_least:
            self.is_complete = not self.older
            self.newer, self.older = {}, self.newer
