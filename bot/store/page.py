"""One transaction of the ledger: drafts become rows, chained, and are sent table by table."""

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final

from sqlalchemy import Connection, bindparam, delete, insert, select, update
from sqlalchemy.dialects import sqlite
from sqlalchemy.dialects.sqlite import insert as insert_or_leave

from bot.actions import Deed, DeedId
from bot.store import chain
from bot.store.draft import Draft, Planned, Step, Written
from bot.store.sealed import encode
from bot.store.tables import COPY, DATA_KEY, DEED, ENTRY, EXCERPT, HEAD, MATTER, OPEN_CASE
from bot.store.vault import DataKey, KeyRing, MasterKey, Scope


@dataclass(slots=True)
class Rows:
    """The rows of one transaction, table by table."""

    entries: list[tuple[object, ...]] = field(default_factory=list)
    excerpts: list[tuple[object, ...]] = field(default_factory=list)
    keys: list[dict[str, Any]] = field(default_factory=list)
    deeds: list[dict[str, Any]] = field(default_factory=list)
    steps: list[dict[str, Any]] = field(default_factory=list)
    copies: list[dict[str, Any]] = field(default_factory=list)
    cases: list[dict[str, Any]] = field(default_factory=list)
    matters: list[dict[str, Any]] = field(default_factory=list)
    drops: list[dict[str, Any]] = field(default_factory=list)


_MATTER = insert_or_leave(MATTER)
_REPLACE_MATTER = _MATTER.on_conflict_do_update(
    index_elements=[MATTER.c.place],
    set_={"data_key": _MATTER.excluded.data_key, "sealed": _MATTER.excluded.sealed},
)

# Built once: putting a statement together costs more than running it.
FIND_HEAD: Final = select(HEAD.c.seq, HEAD.c.hash)
FIND_KEYS: Final = select(DATA_KEY.c.scope, DATA_KEY.c.id, DATA_KEY.c.wrapped).where(
    DATA_KEY.c.scope.in_(bindparam("scopes", expanding=True))
)
FIND_LAST_COPY: Final = select(COPY.c.number).order_by(COPY.c.number.desc()).limit(1)
MOVE_HEAD: Final = update(HEAD).values(seq=bindparam("to_seq"), hash=bindparam("to_hash"))

# The two tables that every message adds to are sent as the driver takes them; a row costs half as much so.
ADD_ENTRIES: Final = str(insert(ENTRY).compile(dialect=sqlite.dialect()))
ADD_EXCERPTS: Final = str(insert(EXCERPT).compile(dialect=sqlite.dialect()))

STATEMENTS: Final = (
    ("drops", delete(DATA_KEY).where(DATA_KEY.c.id == bindparam("dropped"))),
    ("keys", insert(DATA_KEY)),
    ("deeds", insert(DEED)),
    (
        "steps",
        update(DEED)
        .where(DEED.c.id == bindparam("deed"))
        .values(state=bindparam("to"), outcome=bindparam("ended"), tries=DEED.c.tries + bindparam("tried")),
    ),
    ("copies", insert(COPY)),
    ("matters", _REPLACE_MATTER),
    ("cases", insert_or_leave(OPEN_CASE).on_conflict_do_nothing()),
)


class Page:
    """One transaction's worth of entries, being written."""

    def __init__(self, connection: Connection, master: MasterKey, keys: KeyRing) -> None:
        """Start after the chain's head."""
        self._connection = connection
        self._master = master
        self._keys = keys
        self._rows = Rows()
        self._seq, self._hash = connection.execute(FIND_HEAD).one()
        self._known: set[bytes | None] = set()
        self._states: dict[str, str] = {}
        self._copies = 0

    def prepare(self, drafts: Sequence[Draft]) -> None:
        """Ask the database, once for the whole group, what the drafts depend on."""
        self._find_keys({draft.scope.name for draft in drafts if draft.scope is not None})
        asked: list[bytes] = []
        for draft in drafts:
            asked += self._once(draft)
        self._known = {key for (key,) in self._find("SELECT key FROM entry WHERE key IN", asked)}
        steps = [draft.step.deed for draft in drafts if draft.step is not None]
        self._states = dict(self._find("SELECT id, state FROM deed WHERE id IN", steps))
        if any(draft.copied for draft in drafts):
            self._copies = self._connection.scalar(FIND_LAST_COPY) or 0

    def _find(self, query: str, values: Sequence[object]) -> list[tuple[Any, ...]]:
        """Look many values up at once. Their number is rounded up, so that the driver knows the few statements."""
        if not values:
            return []
        places = 1 << (len(values) - 1).bit_length()
        padded = (*values, *[None] * (places - len(values)))
        found = self._connection.exec_driver_sql(f"{query} ({', '.join('?' * places)})", padded)
        return [tuple(row) for row in found]

    def _once(self, draft: Draft) -> list[bytes]:
        """List what of a draft may be written once only, or keeps it from being written at all."""
        keys = [key for key in (draft.key, draft.unless) if key is not None]
        if draft.deeds and draft.scope is not None and self._keys.get(draft.scope.name) is not None:
            keys += [self._identity(planned, draft.scope) for planned in draft.deeds]
        return keys

    def add(self, draft: Draft) -> Written | None:
        """Add one draft, unless it was written before, is no longer wanted, or its deed cannot take that step."""
        if draft.key in self._known or draft.unless in self._known:
            return None
        if draft.step is not None and not self._may_take(draft.step):
            return None
        seq = self._seq + 1
        sealed = self._seal(draft, seq)
        facts = dict(draft.facts)
        self._attach(draft, seq, facts)
        self._append(draft.kind, draft.key, sealed, draft.at, facts)
        if not draft.deeds:
            return Written(seq)
        deeds = (self._plan(each, draft, seq) for each in draft.deeds)
        return Written(seq, tuple(deed for deed in deeds if deed is not None))

    def write(self) -> None:
        """Send every row, then move the head, which is locked last."""
        if not self._rows.entries:
            return
        self._connection.exec_driver_sql(ADD_ENTRIES, self._rows.entries)
        if self._rows.excerpts:
            self._connection.exec_driver_sql(ADD_EXCERPTS, self._rows.excerpts)
        for name, statement in STATEMENTS:
            rows = getattr(self._rows, name)
            if rows:
                self._connection.execute(statement, rows)
        self._connection.execute(MOVE_HEAD, {"to_seq": self._seq, "to_hash": self._hash})

    def _seal(self, draft: Draft, seq: int) -> bytes | None:
        """Seal the draft's words as the excerpt of the entry, and its matter for the place."""
        if draft.scope is None:
            return None
        key = self._key(draft.scope)
        if draft.matter is not None:
            place, matter = draft.matter
            row = {"place": place, "data_key": key.id, "sealed": key.seal(matter, place)}
            self._rows.matters.append(row)
        if not draft.words:
            return None
        sealed = key.seal(draft.words, b"entry %d" % seq)
        self._rows.excerpts.append((seq, key.id, sealed))
        return sealed

    def _attach(self, draft: Draft, seq: int, facts: dict[str, object]) -> None:
        """Add what stands or falls with the entry: copy, case, step, dropped keys."""
        if draft.copied:
            self._copies += 1
            facts["copy"] = self._copies
            self._rows.copies.append({"number": self._copies, "seq": seq})
        if draft.case is not None:
            facts["case"] = draft.case.hex()
            self._rows.cases.append({"id": draft.case, "seq": seq})
        if draft.step is not None:
            step = draft.step
            self._states[step.deed] = step.state
            tried = int(step.state == "begun")
            self._rows.steps.append({"deed": step.deed, "to": step.state, "ended": step.outcome, "tried": tried})
        if draft.drops:
            self._keys.drop(draft.drops)
            self._rows.drops.extend({"dropped": key} for key in draft.drops)

    def _append(
        self, kind: str, key: bytes | None, sealed: bytes | None, at: datetime, facts: dict[str, object]
    ) -> None:
        """Chain one entry to the last."""
        self._seq += 1
        digest = hashlib.sha256(sealed).digest() if sealed is not None else None
        body = chain.body(self._seq, kind, key, digest, at, facts)
        self._hash = chain.link(self._hash, body)
        self._rows.entries.append((self._seq, kind, key, digest, body, self._hash))
        if key is not None:
            self._known.add(key)

    def _plan(self, planned: Planned, draft: Draft, seq: int) -> Deed | None:
        """Write a deed down, unless the same deed was planned before."""
        if draft.scope is None:
            return None
        identity = self._identity(planned, draft.scope)
        if identity in self._known:
            return None
        key, name, action = self._key(draft.scope), DeedId(f"{self._seq + 1:016x}"), planned.action
        sealed = key.seal(encode(action), name.encode())
        facts: dict[str, object] = {"deed": name, "does": action.kind, "clause": action.clause, "for": seq}
        if planned.office:
            facts["office"] = planned.office
        self._append("planned", identity, sealed, draft.at, facts)
        self._rows.deeds.append(
            {
                "id": name,
                "key": identity,
                "about": planned.about,
                "platform": planned.platform,
                "kind": action.kind,
                "state": "planned",
                "outcome": "",
                "tries": 0,
                "seq": self._seq,
                "data_key": key.id,
                "sealed": sealed,
            }
        )
        return Deed(name, planned.platform, action)

    def _may_take(self, step: Step) -> bool:
        """A deed begins once or again, and closes once; what is closed stays closed."""
        return self._states.get(step.deed, "closed") != "closed"

    def _identity(self, planned: Planned, scope: Scope) -> bytes:
        """Tell deeds apart. Words are hashed under the data key, so that nobody can guess them once it is dropped."""
        evidence = self._key(scope).compare(planned.evidence) if planned.evidence else b""
        return self._master.index("deed", *planned.identity, evidence.hex())

    def _key(self, scope: Scope) -> DataKey:
        """Give the scope's data key; make one where there is none yet."""
        found = self._keys.get(scope.name)
        if found is None:
            found, wrapped = self._master.new_data_key()
            hashed = self._master.index("scope", scope.name)
            new = {"id": found.id, "scope": hashed, "wrapped": wrapped, "forget_after": scope.forget_after}
            self._rows.keys.append(new)
            self._keys.keep(scope.name, found)
        return found

    def _find_keys(self, scopes: Iterable[str]) -> None:
        """Have at hand the data keys that are stored already."""
        asked = {self._master.index("scope", name): name for name in scopes if self._keys.get(name) is None}
        if asked:
            for row in self._connection.execute(FIND_KEYS, {"scopes": list(asked)}):
                self._keys.keep(asked[row.scope], self._master.unwrap(row.id, row.wrapped))
