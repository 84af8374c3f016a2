"""What is to be written: one entry and everything that must stand or fall with it. Pure values."""

from dataclasses import dataclass, field
from datetime import datetime

from bot.actions import Action, Deed, DeedId
from bot.store.vault import Scope


@dataclass(frozen=True, slots=True)
class Planned:
    """A deed to be written down with the entry that plans it."""

    action: Action = field(repr=False)
    platform: str
    about: bytes
    """Keyed hash of the post or place it is about."""
    identity: tuple[str, ...] = field(repr=False)
    """What makes it the same deed if it is planned again."""
    evidence: bytes = field(default=b"", repr=False)
    """The words it rests on, for the same purpose; hashed under the data key."""
    office: str = ""
    """The office it goes to, if it goes to one: counted in the summary."""


@dataclass(frozen=True, slots=True)
class Step:
    """A deed's next step: begun, or closed with an outcome."""

    deed: DeedId
    state: str
    outcome: str = ""


@dataclass(frozen=True, slots=True)
class Draft:
    """One entry to be, with everything that must stand or fall with it."""

    kind: str
    at: datetime
    facts: dict[str, object]
    key: bytes | None = None
    """What may be written once only. A draft whose key is known is left out, and its caller is told."""
    words: bytes = field(default=b"", repr=False)
    scope: Scope | None = None
    deeds: tuple[Planned, ...] = ()
    step: Step | None = None
    case: bytes | None = None
    copied: bool = False
    matter: tuple[bytes, bytes] | None = field(default=None, repr=False)
    """Keyed hash of a place, and the private matter it is about from now on."""
    drops: tuple[str, ...] = ()
    """Ids of data keys that are dropped with this entry."""


@dataclass(frozen=True, slots=True)
class Written:
    """What became of a draft."""

    seq: int
    deeds: tuple[Deed, ...] = ()
    """The deeds that are new; those planned before are left out."""
