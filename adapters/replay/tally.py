"""Counts what a reading of an export leaves out, or tells with less than certainty, for a person to read."""

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field

from bot.message import PlaceId

MOST_KINDS = 100
"""So many unknown kinds are named; the others are counted together."""


@dataclass(slots=True)
class Tally:
    """What was left out, or told with less than certainty. Counts and kinds only."""

    platform: str
    """As people call it."""
    kind: str
    """What the platform calls the kind of a message."""
    names: re.Pattern[str]
    """How its kinds are written: a word of somebody's in the place of one is not told."""
    why_unknown: str = ""
    """Why an export may not say who could read a place, to be put behind that it does not."""
    unknown_kinds: Counter[str] = field(default_factory=Counter)
    """By name; read as posts all the same where they have words and an author."""
    notices: Counter[str] = field(default_factory=Counter)
    skipped: Counter[str] = field(default_factory=Counter)
    doubtful: Counter[str] = field(default_factory=Counter)
    """What is told all the same, each by a sentence about it that goes on from the count."""
    unknown_audience: Counter[PlaceId] = field(default_factory=Counter)
    """Posts by place of which nobody can say who could read them."""

    def notes(self) -> Iterator[str]:
        """Say it for a person."""
        for kind, count in sorted(self.unknown_kinds.items()):
            yield f"{count} of {self.kind} {kind}, which we do not know: read as posts where they have words"
        if self.notices:
            kinds = ", ".join(f"{kind} {count}" for kind, count in sorted(self.notices.items()))
            total = self.notices.total()
            yield f"{total} are notices by {self.platform} without words of people and are left out: {kinds}"
        for why, count in sorted(self.skipped.items()):
            yield f"{count} {why} and are left out"
        for what, count in sorted(self.doubtful.items()):
            yield f"{count} {what}"
        if self.unknown_audience:
            posts, places = self.unknown_audience.total(), len(self.unknown_audience)
            yield f"{posts} posts in {places} places: the export does not say who could read them{self.why_unknown}"

    def unknown(self, kind: str) -> None:
        """Count a kind by its name, unless that is no name or there are too many."""
        named = kind if self.names.fullmatch(kind) else "(no name)"
        full = named not in self.unknown_kinds and len(self.unknown_kinds) >= MOST_KINDS
        self.unknown_kinds["(others)" if full else named] += 1
