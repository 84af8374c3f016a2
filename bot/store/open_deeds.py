"""The open deeds that one group of entries touches: where each is, and which end by what is written."""

from collections.abc import Iterator, Sequence
from typing import Any, Final, NamedTuple

from sqlalchemy import Connection

from bot.actions import DeedId
from bot.platform import Outcome
from bot.store.draft import COPIED, Draft, Step
from bot.store.sealed import decode

FIND_WAITING: Final = "SELECT id FROM deed WHERE about = ? AND until IS NOT NULL AND state = 'planned' AND until <> ?"
FIND_TAKING: Final = f"{FIND_WAITING} AND kind IN ('remove', 'tell')"
FIND_SILENCES: Final = (
    "SELECT deed.id, deed.key, entry.body FROM deed JOIN entry ON entry.seq = deed.seq"
    " WHERE about = ? AND until IS NOT NULL AND state = 'planned' AND until <> ? AND deed.kind = 'alert'"
)
FIND_STATES: Final = (
    "SELECT id, CASE WHEN state <> 'closed' OR outcome <> 'moot' THEN state WHEN tries > 0 THEN 'overtaken'"
    " ELSE 'spared' END FROM deed WHERE id IN"
)
FIND_COPIES: Final = (
    "SELECT id, kind, cause, until, state FROM deed"
    " WHERE about = ? AND (kind = 'copy' OR until = ?) AND (state <> 'closed' OR kind = 'show')"
)
CLOSED: Final = ("closed", "overtaken", "spared")


class Own(NamedTuple):
    """A deed, as far as what follows in this group asks: planned in it, or one that may be revoked."""

    name: DeedId
    kind: str
    cause: int
    until: str | None


class Silent(NamedTuple):
    """An alert that waits for an author's silence."""

    name: DeedId
    identity: bytes
    clause: str


class OpenDeeds:
    """Where deeds are while one group is written, be they planned in it or before."""

    def __init__(self, connection: Connection) -> None:
        """Know of none yet."""
        self._connection = connection
        self._states: dict[str, str] = {}
        """Where each deed is that takes a step: planned, begun, closed.

        One closed as moot is overtaken where it had begun, and spared where it never began.
        """
        self._planned: dict[bytes, list[Own]] = {}
        """The deeds of this group, by what they are about."""
        self._waiting: dict[bytes, list[DeedId]] = {}
        """Deeds that an answer ends, by what it is about."""
        self._taking: dict[bytes, list[DeedId]] = {}
        """Deeds that would take a post away later, and tell its author."""
        self._silences: dict[bytes, list[Silent]] = {}
        """Alerts that wait for an author's silence, by what it is about."""
        self._revocable: dict[bytes, list[Own]] = {}
        """Copies, and what is held for them, that end when another office gets them, by what they are about."""

    def prepare(self, drafts: Sequence[Draft]) -> None:
        """Ask the database, once for the whole group, about the deeds that the drafts may move or end."""
        steps = [draft.step.deed for draft in drafts if draft.step is not None]
        steps += [draft.awaits for draft in drafts if draft.awaits is not None]
        steps += [draft.if_begun[0] for draft in drafts if draft.if_begun is not None]
        self._states = dict(look_up(self._connection, FIND_STATES, steps))
        for about in {draft.settles for draft in drafts if draft.settles is not None}:
            self._waiting[about] = [DeedId(name) for (name,) in self._find(FIND_WAITING, about)]
        for about in {draft.anew.about for draft in drafts if draft.anew is not None}:
            self._taking[about] = [DeedId(name) for (name,) in self._find(FIND_TAKING, about)]
            asked = self._find(FIND_SILENCES, about)
            self._silences[about] = [Silent(DeedId(name), key, decode(body)["clause"]) for name, key, body in asked]
        for about in {draft.revokes for draft in drafts if draft.revokes is not None}:
            revocable = self._revocable[about] = []
            for name, kind, cause, until, state in self._find(FIND_COPIES, about):
                revocable.append(Own(DeedId(name), kind, cause, until))
                self._states.setdefault(name, state)

    def _find(self, query: str, about: bytes) -> Sequence[Any]:
        return self._connection.exec_driver_sql(query, (about, COPIED)).all()

    # Where a deed is

    def is_closed(self, name: DeedId) -> bool:
        """Say whether a deed is closed, in this group or before."""
        return self._states.get(name) in CLOSED

    def has_begun(self, name: DeedId) -> bool:
        """Say whether a deed has begun. What was closed before it began never did."""
        return self._states.get(name, "planned") not in {"planned", "spared"}

    def may_take(self, step: Step) -> bool:
        """A deed begins once or again, and closes once; what is closed stays closed.

        But what an answer closed as moot while it was on its way may have come through: nobody could stop it any more.
        How it really ended is written then, so that the record never says that nothing was done. It begins no more.
        """
        state = self._states.get(step.deed, "closed")
        if state == "overtaken":
            return step.state == "closed" and step.outcome != Outcome.MOOT
        return state not in CLOSED

    def take(self, step: Step) -> None:
        """Know that a deed takes a step."""
        self._states[step.deed] = step.state

    def end(self, name: DeedId) -> None:
        """Know that a deed is closed as moot."""
        self._states[name] = "overtaken" if self._states.get(name) == "begun" else "spared"

    def plan(self, about: bytes, own: Own) -> None:
        """Know of a deed that is planned in this group."""
        self._planned.setdefault(about, []).append(own)

    def plan_silence(self, about: bytes, silent: Silent) -> None:
        """Know of an alert that is planned in this group and waits for an author's silence."""
        self._silences.setdefault(about, []).append(silent)

    # What ends

    def settled(self, about: bytes) -> list[DeedId]:
        """Name what waits for a moment, and ends by an answer. What has begun in this group is not settled any more."""
        own = (row.name for row in self._waiting_here(about))
        return [name for name in (*self._waiting.get(about, []), *own) if self._still_waits(name)]

    def let_be(self, about: bytes) -> list[DeedId]:
        """Name what would take a post away later, and tell its author, for a post that is judged anew."""
        own = (row.name for row in self._waiting_here(about) if row.kind in {"remove", "tell"})
        return [name for name in (*self._taking.get(about, []), *own) if self._still_waits(name)]

    def silences(self, about: bytes) -> list[Silent]:
        """Name the alerts that wait for an author's silence still."""
        return [each for each in self._silences.get(about, []) if self._still_waits(each.name)]

    def revoked(self, about: bytes) -> list[Own]:
        """Name the copies that are not accepted yet, and what is held for them.

        Once a message is being posted, nothing is: its author is owed the note that it was.
        """
        own = (row for row in self._planned.get(about, []) if row.kind == "copy" or row.until == COPIED)
        rows = [*self._revocable.get(about, []), *own]
        posted = {row.cause for row in rows if row.kind == "show" and not self._still_waits(row.name)}
        return [row for row in rows if row.kind == "copy" or row.cause not in posted]

    def _waiting_here(self, about: bytes) -> Iterator[Own]:
        """Name what was planned in this group and waits for a moment."""
        return (row for row in self._planned.get(about, []) if row.until not in {None, COPIED})

    def _still_waits(self, name: DeedId) -> bool:
        """Say whether what was planned to wait has neither begun nor closed in this group: nothing stops it after."""
        return self._states.get(name, "planned") == "planned"


def look_up(connection: Connection, query: str, values: Sequence[object]) -> list[tuple[Any, ...]]:
    """Look many values up at once. Their number is rounded up, so that the driver knows the few statements."""
    if not values:
        return []
    places = 1 << (len(values) - 1).bit_length()
    padded = (*values, *[None] * (places - len(values)))
    found = connection.exec_driver_sql(f"{query} ({', '.join('?' * places)})", padded)
    return [tuple(row) for row in found]
