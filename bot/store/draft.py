"""What is to be written: one entry and everything that must stand or fall with it. Pure values."""

from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Final, NamedTuple

import msgspec

from bot.actions import Action, Deed, DeedId
from bot.message import NO_POST, PostId
from bot.people import AccountId
from bot.store.vault import MasterKey, Scope

COPIED: Final = "copied"
"""What a deed waits for that is held until a copy planned with it was accepted."""


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
    until: datetime | None = None
    """The moment it waits for."""
    held: bool = False
    """Whether it waits until a copy planned with it was accepted."""
    post: PostId = NO_POST
    """The post or order it is about, by the platform's own id; sealed with the action."""


class PairSignals(NamedTuple):
    """Signs of closeness in one message, to be counted for a while."""

    pair: bytes
    """Keyed hash of the two people."""
    about: bytes
    """Keyed hash of the post: an edit counts once."""
    kinds: tuple[str, ...]
    day: date


class Anew(NamedTuple):
    """A post is judged anew: what an earlier judgement of it would take away later is let be."""

    about: bytes
    """Keyed hash of the post."""
    copied_under: str
    """The clause under which it is copied after all: nobody is asked about a silence under that any more."""
    stands_under: frozenset[str] | None
    """The clauses under which it is found wanting still: of a silence under any other, whoever wrote has made an end.
    None where not everything was judged anew."""


@dataclass(frozen=True, slots=True)
class Step:
    """A deed's next step: begun, or closed with an outcome."""

    deed: DeedId
    state: str
    outcome: str = ""


def undelivered(master: MasterKey, cause: int) -> bytes:
    """Hash which case waits until a note of the copies that follow from this entry is accepted, or none is owed."""
    return master.index("case", "undelivered", str(cause))


BY_PEOPLE: Final = frozenset(
    {"ordered", "answered", "delayed", "returned", "recalled", "appealed", "decided", "declined"}
)
"""Kinds of entries that tell what a person wants; what follows from them is never only rehearsed."""


class Draft(msgspec.Struct, frozen=True):
    """One entry to be, with everything that must stand or fall with it. A Struct, because every message makes one."""

    kind: str
    at: datetime
    facts: dict[str, object]
    key: bytes | None = None
    """What may be written once only. A draft whose key is known is left out, and its caller is told."""
    unless: bytes | None = None
    """What makes this entry pointless if it was written before."""
    undoes: bytes | None = None
    """Key of the paper that this one undoes: this entry comes too late once a deed that follows from it has begun."""
    awaits: DeedId | None = None
    """The open deed that this entry is about: it is pointless once that is closed."""
    if_begun: tuple[DeedId, bool] | None = None
    """A deed, and whether it must have begun: of two drafts that say what follows in either case, one is written."""
    frees: tuple[str, AccountId] | None = None
    """Platform and account that this step would let write again: closed as moot while another suspension of it runs."""
    words: bytes = b""
    scope: Scope | None = None
    deeds: tuple[Planned, ...] = ()
    instead: Deed | None = None
    """The deed in whose place the planned ones stand: they follow from the same entry, and tell of the same copy."""
    step: Step | None = None
    case: bytes | None = None
    decides: bytes | None = None
    """The case that no longer waits for a person."""
    matter: tuple[bytes, bytes] | None = None
    """Keyed hash of a place, and the private matter it is about from now on."""
    settles: bytes | None = None
    """Keyed hash of what is answered or undone: the deeds about it that wait for a moment are closed as moot."""
    anew: Anew | None = None
    """The post that is judged anew, if it is."""
    revokes: bytes | None = None
    """Keyed hash of what is copied elsewhere from now on: open copies of it, and what is held for them, are closed."""
    signals: PairSignals | None = None
    """Signs between two people, to be counted."""
    drops: tuple[str, ...] = ()
    """Ids of data keys that are dropped with this entry."""

    def __repr__(self) -> str:
        """Show the kind only: words stay out of logs and tracebacks."""
        return f"Draft({self.kind})"


class Written(msgspec.Struct, frozen=True):
    """What became of a draft. A Struct, because every message makes one."""

    seq: int
    deeds: tuple[Deed, ...] = ()
    """The deeds that are new; those planned before are left out."""
