"""One transaction of the ledger: drafts become rows, chained, and are sent table by table."""

import hashlib
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any, Final

from sqlalchemy import ClauseElement, Connection, bindparam, delete, insert, update
from sqlalchemy.dialects import sqlite
from sqlalchemy.dialects.sqlite import insert as insert_or_leave

from bot.actions import Copy, Deed, DeedId, Resume
from bot.people import AccountId
from bot.platform import Outcome
from bot.store import chain
from bot.store.draft import BY_PEOPLE, COPIED, Anew, Draft, Planned, Step, Written, undelivered
from bot.store.forgetting import WRITE_ANEW
from bot.store.memory import deeds
from bot.store.open_deeds import OpenDeeds, Own, Silent, look_up
from bot.store.sealed import OF_ENTRY, encode_action
from bot.store.tables import COPY, DATA_KEY, DEED, ENTRY, EXCERPT, HEAD, MATTER, OPEN_CASE, PAIR_SIGNAL
from bot.store.vault import DataKey, KeyRing, MasterKey, Scope

Rows = list[tuple[object, ...]]

FIND_HEAD: Final = "SELECT seq, hash FROM head"
FIND_LAST_COPY: Final = "SELECT max(number) FROM copy"

_MATTER = insert_or_leave(MATTER)
_REPLACE_MATTER = _MATTER.on_conflict_do_update(
    index_elements=[MATTER.c.place],
    set_={"data_key": _MATTER.excluded.data_key, "sealed": _MATTER.excluded.sealed},
)
_STEP = (
    update(DEED)
    .where(DEED.c.id == bindparam("deed"))
    .values(state=bindparam("to"), outcome=bindparam("ended"), tries=DEED.c.tries + bindparam("tried"))
)


def _sent(statement: ClauseElement) -> str:
    """Write a statement as the driver takes it: a row costs half as much so. Values go in the order of its marks."""
    return str(statement.compile(dialect=sqlite.dialect()))


ENTRIES: Final = _sent(insert(ENTRY))
EXCERPTS: Final = _sent(insert(EXCERPT))
DROPS: Final = _sent(delete(DATA_KEY).where(DATA_KEY.c.id == bindparam("dropped")))
KEYS: Final = _sent(insert(DATA_KEY))
DEEDS: Final = _sent(insert(DEED))
STEPS: Final = _sent(_STEP)
COPIES: Final = _sent(insert(COPY))
MATTERS: Final = _sent(_REPLACE_MATTER)
CASES_ENDED: Final = _sent(delete(OPEN_CASE).where(OPEN_CASE.c.id == bindparam("decided")))
CASES: Final = _sent(insert_or_leave(OPEN_CASE).on_conflict_do_nothing())
SIGNALS: Final = _sent(insert_or_leave(PAIR_SIGNAL).on_conflict_do_nothing())
IN_ORDER: Final = (ENTRIES, EXCERPTS, DROPS, KEYS, DEEDS, STEPS, COPIES, MATTERS, CASES_ENDED, CASES, SIGNALS)
MOVE_HEAD: Final = _sent(update(HEAD).values(seq=bindparam("to_seq"), hash=bindparam("to_hash")))


class Page:
    """One transaction's worth of entries, being written."""

    def __init__(self, connection: Connection, master: MasterKey, keys: KeyRing) -> None:
        """Start after the chain's head."""
        self._connection = connection
        self._master = master
        self._keys = keys
        self._rows: dict[str, Rows] = {statement: [] for statement in IN_ORDER}
        self._seq, self._hash = connection.exec_driver_sql(FIND_HEAD).one()
        self._known: set[bytes | None] = set()
        self._copies = 0
        self._deeds = OpenDeeds(connection)

    def prepare(self, drafts: Sequence[Draft]) -> None:
        """Ask the database, once for the whole group, what the drafts depend on."""
        self._find_keys({draft.scope.name for draft in drafts if draft.scope is not None})
        asked = [key for draft in drafts for key in (draft.key, draft.unless) if key is not None]
        asked += [identity for draft in drafts if draft.deeds for identity in self._identities(draft)]
        self._known = {key for (key,) in self._find("SELECT key FROM entry WHERE key IN", asked)}
        self._deeds.prepare(drafts)
        if any(_copies(draft) for draft in drafts):
            self._copies = self._connection.exec_driver_sql(FIND_LAST_COPY).scalar() or 0

    def _find(self, query: str, values: Sequence[object]) -> list[tuple[Any, ...]]:
        return look_up(self._connection, query, values)

    def _identities(self, draft: Draft) -> list[bytes]:
        """Tell which deeds a draft plans, as far as they can have been planned before.

        Words are told apart by the scope's data key: while there is none, no deed that rests on words was planned with
        it. What rests on none may have been planned in another scope: an edit can make a post a private matter.
        """
        scope = draft.scope
        if scope is None:
            return []
        has_key = self._keys.get(scope.name) is not None
        return [self._identity(each, scope) for each in draft.deeds if has_key or not each.evidence]

    def add(self, draft: Draft) -> Written | None:
        """Add one draft, unless it was written before, is no longer wanted, or its deed cannot take that step."""
        if draft.key in self._known or draft.unless in self._known:
            return None
        if draft.awaits is not None and self._deeds.is_closed(draft.awaits):
            return None
        if draft.if_begun is not None and self._deeds.has_begun(draft.if_begun[0]) != draft.if_begun[1]:
            return None
        if draft.step is not None and not self._takes(draft.step, draft):
            return None
        seq = self._seq + 1
        facts = dict(draft.facts)
        sealed = self._seal(draft, seq, facts)
        self._attach(draft, seq, facts)
        self._append(draft.kind, draft.key, sealed, draft.at, facts)
        if draft.settles is not None or draft.revokes is not None:
            self._settle(draft)
        if draft.anew is not None:
            self._let_be(draft.anew.about, draft.at)
            self._break_silence(draft.anew, draft.at)
        if not draft.deeds:
            return Written(seq)
        deeds = (self._plan(each, draft, seq, facts.get("copy")) for each in draft.deeds)
        return Written(seq, tuple(deed for deed in deeds if deed is not None))

    def _takes(self, step: Step, draft: Draft) -> bool:
        """Say whether a deed takes a step; what would end a suspension is closed instead while another one runs."""
        if not self._deeds.may_take(step):
            return False
        if draft.frees is None or not self._is_outlasted(step.deed, draft.frees):
            return True
        self._close_as_moot(step.deed, draft.at, "another suspension runs")
        return False

    def _settle(self, draft: Draft) -> None:
        """Close what waited, because an answer or a deletion came before; be it planned in this group or before.

        Of a deletion nobody may know whose it was, so it is not written as an answer.
        """
        reason = "deleted" if draft.kind == "deleted" else "answered"
        settled = self._deeds.settled(draft.settles) if draft.settles is not None else []
        revoked = self._deeds.revoked(draft.revokes) if draft.revokes is not None else []
        cases = {row.name: undelivered(self._master, row.cause) for row in revoked if row.kind == "copy"}
        for name in [*settled, *(row.name for row in revoked)]:
            if not self._deeds.is_closed(name):
                self._close_as_moot(name, draft.at, reason, cases.get(name))

    def _let_be(self, about: bytes, at: datetime) -> None:
        """Close what would take a post away later: it is judged anew, be the judgement before in this group or not."""
        for name in self._deeds.let_be(about):
            self._close_as_moot(name, at, "judged anew")

    def _break_silence(self, anew: Anew, at: datetime) -> None:
        """Ask nobody about the silence of an author whose message is copied now, or fits; be it planned here or not."""
        for name, identity, clause in self._deeds.silences(anew.about):
            reason = _why_no_longer_asked(anew, clause)
            if reason:
                self._close_as_moot(name, at, reason, key=self._broken(identity))

    def _broken(self, identity: bytes) -> bytes:
        """Hash that a silence was broken by another version, so that it is told from an answer."""
        return self._master.index("silence broken", identity.hex())

    def _close_as_moot(
        self, name: DeedId, at: datetime, reason: str, case: bytes | None = None, key: bytes | None = None
    ) -> None:
        facts: dict[str, object] = {"deed": name, "outcome": str(Outcome.MOOT), "reason": reason}
        if case is not None:
            self._decide(case, facts)
        self._append("closed", key, None, at, facts)
        self._rows[STEPS].append(("closed", str(Outcome.MOOT), 0, name))
        self._deeds.end(name)

    def _is_outlasted(self, ending: DeedId, account: tuple[str, AccountId]) -> bool:
        """Say whether another suspension of an account has its end still to wait for: of several the last one frees."""
        planned = (each for each, state, _ in deeds(self._connection, self._master) if state == "planned")
        others = (each for each in planned if each.id != ending and not self._deeds.is_closed(each.id))
        ends = ((each.platform, each.action.account) for each in others if isinstance(each.action, Resume))
        return account in ends

    def write(self) -> None:
        """Send every row, then move the head, which is locked last."""
        if not self._rows[ENTRIES]:
            return
        for statement, rows in self._rows.items():
            if rows:
                self._connection.exec_driver_sql(statement, rows)
            if rows and statement == DROPS:
                self._write_keys_anew()
        self._connection.exec_driver_sql(MOVE_HEAD, (self._seq, self._hash))

    def _write_keys_anew(self) -> None:
        """Leave nothing of a dropped key behind in the pages of its table."""
        for statement in WRITE_ANEW:
            self._connection.exec_driver_sql(statement)

    def _seal(self, draft: Draft, seq: int, facts: dict[str, object]) -> bytes | None:
        """Seal the draft's words as the excerpt of the entry, and its matter for the place.

        What has no last day tells its key, so that nobody can let it pass for forgotten. The chat of a week does not:
        it is nearly all there is, and its entries stay small.
        """
        if draft.scope is None:
            return None
        key = self._key(draft.scope)
        if draft.matter is not None:
            place, matter = draft.matter
            sealed = key.seal(matter, place)
            self._rows[MATTERS].append((place, key.id, sealed))
            facts["concerns"] = [place.hex(), hashlib.sha256(sealed).hexdigest(), key.id]
        if not draft.words:
            return None
        if draft.scope.forget_after is None:
            facts["data_key"] = key.id
        sealed = key.seal(draft.words, OF_ENTRY % seq)
        self._rows[EXCERPTS].append((seq, key.id, sealed))
        return sealed

    def _attach(self, draft: Draft, seq: int, facts: dict[str, object]) -> None:
        """Add what stands or falls with the entry: copy, case, step, dropped keys. A case may open again after all."""
        if self._copies_anew(draft):
            self._copies += 1
            facts["copy"] = self._copies
            self._rows[COPIES].append((self._copies, seq))
        if draft.case is not None:
            facts["case"] = draft.case.hex()
            self._rows[CASES].append((draft.case, seq))
        if draft.decides is not None:
            self._decide(draft.decides, facts)
        if draft.step is not None:
            step = draft.step
            self._deeds.take(step)
            self._rows[STEPS].append((step.state, step.outcome, int(step.state == "begun"), step.deed))
        if draft.signals is not None:
            pair, about, kinds, day = draft.signals
            self._rows[SIGNALS].extend((pair, about, kind, day.isoformat()) for kind in kinds)
        if draft.drops:
            self._keys.drop(draft.drops)
            self._rows[DROPS].extend((key,) for key in draft.drops)

    def _copies_anew(self, draft: Draft) -> bool:
        """Say whether somebody gets a copy who was not given it before: what a later round finds again is no other.

        Nor is one that is handed on.
        """
        scope = draft.scope
        return (
            scope is not None
            and draft.instead is None
            and any(self._identity(each, scope) not in self._known for each in _copies(draft))
        )

    def _decide(self, case: bytes, facts: dict[str, object]) -> None:
        facts["decides"] = case.hex()
        self._rows[CASES_ENDED].append((case,))
        self._rows[CASES] = [row for row in self._rows[CASES] if row[0] != case]

    def _append(
        self, kind: str, key: bytes | None, sealed: bytes | None, at: datetime, facts: dict[str, object]
    ) -> None:
        """Chain one entry to the last."""
        self._seq += 1
        digest = hashlib.sha256(sealed).digest() if sealed is not None else None
        body = chain.body(self._seq, kind, key, digest, at, facts)
        self._hash = chain.link(self._hash, body)
        self._rows[ENTRIES].append((self._seq, kind, key, digest, body, self._hash))
        if key is not None:
            self._known.add(key)

    def _plan(self, planned: Planned, draft: Draft, seq: int, copy: object) -> Deed | None:
        """Write a deed down, unless the same deed was planned before."""
        if draft.scope is None:
            return None
        identity = self._new_identity(planned, draft.scope)
        if identity is None:
            return None
        key, name, action = self._key(draft.scope), self._new_name(), planned.action
        sealed = key.seal(encode_action(action, planned.post), name.encode())
        before = draft.instead
        cause = seq if before is None else before.cause
        facts: dict[str, object] = {"deed": name, "does": action.kind, "clause": action.clause, "for": cause}
        facts |= {"about": planned.about.hex(), "data_key": key.id, "platform": planned.platform}
        if planned.office:
            facts["office"] = planned.office
        until = _written_until(planned)
        if until is not None:
            facts["until"] = until
        self._append("planned", identity, sealed, draft.at, facts)
        about, platform, kind = planned.about, planned.platform, action.kind
        if kind == "alert" and until is not None:
            self._deeds.plan_silence(about, Silent(name, identity, action.clause))
        row = (name, identity, about, platform, kind, "planned", "", 0, self._seq, key.id, sealed, cause, until)
        self._rows[DEEDS].append(row)
        self._deeds.plan(about, Own(name, kind, cause, until))
        number = before.copy if before is not None else copy if isinstance(copy, int) else None
        ordered = draft.kind in BY_PEOPLE if before is None else before.ordered
        waits = planned.until, planned.held
        return Deed(name, planned.platform, action, cause, number, *waits, ordered, planned.post, draft.at)

    def _new_name(self) -> DeedId:
        """Name a deed by the number of its entry, so that names sort, and by the hash of the entry before.

        After a restored backup numbers come again, for other words, and what the lost deeds did still stands on the
        platforms. A hash does not come again.
        """
        return DeedId(f"{self._seq + 1:08x}{self._hash[:4].hex()}")

    def _new_identity(self, planned: Planned, scope: Scope) -> bytes | None:
        """Name a deed that was not planned before; None for one that was.

        An alert whose silence a fitting version has broken counts as never planned: or whoever makes a message fit, and
        then changes it back, would never be asked about.
        """
        identity, again = self._identity(planned, scope), 0
        while identity in self._known or (again and self._is_written(identity)):
            if planned.action.kind != "alert" or not self._is_written(self._broken(identity)):
                return None
            again += 1
            identity = self._identity(planned, scope, str(again))
        return identity

    def _is_written(self, key: bytes) -> bool:
        """Say whether an entry with this key is written, in this group or before."""
        return key in self._known or bool(self._find("SELECT key FROM entry WHERE key IN", [key]))

    def _identity(self, planned: Planned, scope: Scope, *again: str) -> bytes:
        """Tell deeds apart. Words are hashed under the data key, so that nobody can guess them once it is dropped."""
        evidence = self._key(scope).compare(planned.evidence) if planned.evidence else b""
        return self._master.index("deed", *planned.identity, evidence.hex(), *again)

    def _key(self, scope: Scope) -> DataKey:
        """Give the scope's data key; make one where there is none yet."""
        found = self._keys.get(scope.name)
        if found is None:
            found, wrapped = self._master.new_data_key()
            hashed = self._master.index("scope", scope.name)
            last_day = None if scope.forget_after is None else scope.forget_after.isoformat()
            self._rows[KEYS].append((found.id, hashed, wrapped, last_day))
            self._keys.keep(scope.name, found)
        return found

    def _find_keys(self, scopes: Iterable[str]) -> None:
        """Have at hand the data keys that are stored already."""
        asked = {self._master.index("scope", name): name for name in scopes if self._keys.get(name) is None}
        if asked:
            for scope, name, wrapped in self._find("SELECT scope, id, wrapped FROM data_key WHERE scope IN", [*asked]):
                self._keys.keep(asked[scope], self._master.unwrap(name, wrapped))


def _copies(draft: Draft) -> list[Planned]:
    """Pick the copies that a draft plans."""
    return [each for each in draft.deeds if isinstance(each.action, Copy)]


def _why_no_longer_asked(anew: Anew, clause: str) -> str:
    """Say why nobody is asked about a silence under a clause any more; empty where somebody still is."""
    if clause == anew.copied_under:
        return "copied after all"
    return "it fits now" if anew.stands_under is not None and clause not in anew.stands_under else ""


def _written_until(planned: Planned) -> str | None:
    """Write down what a deed waits for."""
    if planned.held:
        return COPIED
    return None if planned.until is None else planned.until.isoformat()
