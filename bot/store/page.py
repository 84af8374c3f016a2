"""One transaction of the ledger: drafts become rows, chained, and are sent table by table."""

import hashlib
import secrets
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final

from sqlalchemy import Connection, bindparam, delete, insert, select, update
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

    entries: list[dict[str, Any]] = field(default_factory=list)
    excerpts: list[dict[str, Any]] = field(default_factory=list)
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

STATEMENTS: Final = (
    ("entries", insert(ENTRY)),
    ("keys", insert(DATA_KEY)),
    ("excerpts", insert(EXCERPT)),
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
    ("drops", delete(DATA_KEY).where(DATA_KEY.c.id == bindparam("dropped"))),
)


class Page:
    """One transaction's worth of entries, being written."""

    def __init__(self, connection: Connection, master: MasterKey, keys: KeyRing) -> None:
        """Start after the chain's head."""
        self._connection = connection
        self._master = master
        self._keys = keys
        self._rows = Rows()
        self._seq, self._hash = connection.execute(select(HEAD.c.seq, HEAD.c.hash)).one()
        self._known: set[bytes] = set()
        self._states: dict[str, str] = {}
        self._copies = 0

    def prepare(self, drafts: Sequence[Draft]) -> None:
        """Ask the database, once for the whole group, what the drafts depend on."""
        self._known = self._written(draft.key for draft in drafts)
        new = [draft for draft in drafts if draft.key is None or draft.key not in self._known]
        self._find_keys({draft.scope for draft in new if draft.scope is not None})
        self._known |= self._written(self._identity(each, draft) for draft in new for each in draft.deeds)
        steps = [draft.step.deed for draft in drafts if draft.step is not None]
        if steps:
            rows = self._connection.execute(select(DEED.c.id, DEED.c.state).where(DEED.c.id.in_(steps)))
            self._states = {row.id: row.state for row in rows}
        if any(draft.copied for draft in new):
            self._copies = self._connection.scalar(select(COPY.c.number).order_by(COPY.c.number.desc()).limit(1)) or 0

    def add(self, draft: Draft) -> Written | None:
        """Add one draft, unless it was written before or its deed cannot take that step any more."""
        if draft.key is not None and draft.key in self._known:
            return None
        if draft.step is not None and not self._may_take(draft.step):
            return None
        seq = self._seq + 1
        sealed = self._seal(draft, seq)
        facts = dict(draft.facts)
        self._attach(draft, seq, facts)
        self._append(draft.kind, draft.key, sealed, draft.at, facts)
        deeds = (self._plan(each, draft, seq) for each in draft.deeds)
        return Written(seq, tuple(deed for deed in deeds if deed is not None))

    def write(self) -> None:
        """Send every row, then move the head, which is locked last."""
        for name, statement in STATEMENTS:
            rows = getattr(self._rows, name)
            if rows:
                self._connection.execute(statement, rows)
        if self._rows.entries:
            self._connection.execute(update(HEAD).values(seq=self._seq, hash=self._hash))

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
        self._rows.excerpts.append({"seq": seq, "data_key": key.id, "sealed": sealed})
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
        self._rows.drops.extend({"dropped": key} for key in draft.drops)

    def _append(
        self, kind: str, key: bytes | None, sealed: bytes | None, at: datetime, facts: dict[str, object]
    ) -> None:
        """Chain one entry to the last."""
        self._seq += 1
        digest = hashlib.sha256(sealed).digest() if sealed is not None else None
        body = chain.body(self._seq, kind, key, digest, at, facts)
        self._hash = chain.link(self._hash, body)
        row = {"seq": self._seq, "kind": kind, "key": key, "digest": digest, "body": body, "hash": self._hash}
        self._rows.entries.append(row)
        if key is not None:
            self._known.add(key)

    def _plan(self, planned: Planned, draft: Draft, seq: int) -> Deed | None:
        """Write a deed down, unless the same deed was planned before."""
        identity = self._identity(planned, draft)
        if identity in self._known or draft.scope is None:
            return None
        key, name, action = self._key(draft.scope), DeedId(secrets.token_hex(8)), planned.action
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

    def _written(self, keys: Iterable[bytes | None]) -> set[bytes]:
        """Find which keys the ledger holds already."""
        asked = [key for key in keys if key is not None]
        if not asked:
            return set()
        return set(self._connection.scalars(select(ENTRY.c.key).where(ENTRY.c.key.in_(asked))))

    def _identity(self, planned: Planned, draft: Draft) -> bytes | None:
        """Tell deeds apart. Words are hashed under the data key, so that nobody can guess them once it is dropped."""
        if draft.scope is None:
            return None
        evidence = self._key(draft.scope).compare(planned.evidence) if planned.evidence else b""
        return self._master.index("deed", *planned.identity, evidence)

    def _key(self, scope: Scope) -> DataKey:
        found = self._keys.get(scope.name)
        if found is None:
            raise KeyError("a scope was used that the page did not prepare")
        return found

    def _find_keys(self, scopes: Iterable[Scope]) -> None:
        """Have a data key at hand for each scope: remembered, stored, or new with this transaction."""
        asked = {
            self._master.index("scope", scope.name): scope for scope in scopes if self._keys.get(scope.name) is None
        }
        if not asked:
            return
        columns = select(DATA_KEY.c.scope, DATA_KEY.c.id, DATA_KEY.c.wrapped)
        for row in self._connection.execute(columns.where(DATA_KEY.c.scope.in_(list(asked)))):
            self._keys.keep(asked.pop(row.scope).name, self._master.unwrap(row.id, row.wrapped))
        for hashed, scope in asked.items():
            key, wrapped = self._master.new_data_key()
            new = {"id": key.id, "scope": hashed, "wrapped": wrapped, "forget_after": scope.forget_after}
            self._rows.keys.append(new)
            self._keys.keep(scope.name, key)
