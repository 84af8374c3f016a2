"""Proves the ledger: the chain over the stored bytes, the index beside them, the words, and the working tables.

Nothing is parsed but the few entries that move a deed, open a case, number a copy or drop a key, so a million entries
take seconds. Whatever somebody did to the file, the answer is a sentence about an entry, never a fault of our own.
"""

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

import msgspec
from sqlalchemy import Connection, select, union_all

from bot.store import chain
from bot.store.checkpoint import Checkpoint
from bot.store.tables import COPY, DATA_KEY, DEED, ENTRY, EXCERPT, HEAD, OPEN_CASE

BATCH: Final = 10_000
SHOWN: Final = 5
"""How many differences of one kind are named."""

EntryRow = tuple[int, str, bytes | None, bytes | None, bytes, bytes, bytes | None]
"""Number, kind, key, digest, body, hash, and the sealed words of the excerpt."""

ENTRIES_WITH_EXCERPTS: Final = """
    SELECT entry.seq, entry.kind, entry.key, entry.digest, entry.body, entry.hash, excerpt.sealed
    FROM entry LEFT JOIN excerpt ON excerpt.seq = entry.seq
    WHERE entry.seq > ? ORDER BY entry.seq LIMIT ?
"""

TOLD_BY_KIND: Final = frozenset({"planned", "begun", "closed", "forgot"})
TOLD_BY_FACT: Final = (b'"case":"', b'"copy":')
FACTS: Final = msgspec.json.Decoder(dict[str, Any])


@dataclass(slots=True)
class Audit:
    """What was checked, and the first things that do not hold, in plain words."""

    entries: int = 0
    excerpts: int = 0
    """Sealed words that were compared with the digests in the ledger."""
    forgotten: int = 0
    """How many excerpts nobody can read any more, because their key was dropped in order."""
    deeds: int = 0
    open_cases: int = 0
    faults: list[str] = field(default_factory=list)


@dataclass(slots=True)
class DeedTold:
    """A deed as the ledger tells it, to be compared with its row."""

    kind: str
    key: bytes | None
    seq: int
    state: str = "planned"
    outcome: str = ""
    tries: int = 0


@dataclass(slots=True)
class Rebuilt:
    """The working tables as the ledger alone tells them."""

    deeds: dict[str, DeedTold] = field(default_factory=dict)
    cases: dict[str, int] = field(default_factory=dict)
    """Case to the entry that opened it."""
    copies: dict[str, int] = field(default_factory=dict)
    """Number of a copy to the entry that holds its words."""
    dropped: set[str] = field(default_factory=set)

    def take(self, seq: int, kind: str, key: bytes | None, body: bytes) -> None:
        """Follow one entry."""
        if kind not in TOLD_BY_KIND and TOLD_BY_FACT[0] not in body and TOLD_BY_FACT[1] not in body:
            return
        facts = FACTS.decode(body)
        if "case" in facts:
            self.cases.setdefault(facts["case"], seq)
        if "copy" in facts:
            self.copies[str(facts["copy"])] = seq
        match kind:
            case "planned":
                self.deeds[facts["deed"]] = DeedTold(facts["does"], key, seq)
            case "begun":
                deed = self.deeds[facts["deed"]]
                deed.state, deed.tries = "begun", deed.tries + 1
            case "closed":
                deed = self.deeds[facts["deed"]]
                deed.state, deed.outcome = "closed", facts["outcome"]
            case "forgot":
                self.dropped.update(facts["keys"])
            case _:
                pass


def verify(connection: Connection, checkpoint: Checkpoint | None = None) -> Audit:
    """Check everything, within one reading transaction, begun with the head. The chain is followed until it breaks."""
    audit, rebuilt = Audit(), Rebuilt()
    head = connection.execute(select(HEAD.c.seq, HEAD.c.hash)).one_or_none()
    last = _follow(connection, audit, rebuilt, checkpoint)
    if not audit.faults:
        _compare_head(audit, last, None if head is None else tuple(head))
    if not audit.faults:
        _compare_deeds(connection, audit, rebuilt)
        _compare_cases_and_copies(connection, audit, rebuilt)
        _compare_keys(connection, audit, rebuilt)
    return audit


def _follow(connection: Connection, audit: Audit, rebuilt: Rebuilt, checkpoint: Checkpoint | None) -> tuple[int, bytes]:
    """Walk the chain in batches of raw rows, with the excerpts beside it."""
    before = chain.FIRST
    for batch in _batches(connection):
        for seq, kind, key, digest, body, stored, sealed in batch:
            wrong = _wrong(audit.entries + 1, seq, kind, key, digest, body)
            if wrong:
                audit.faults.append(wrong)
                return audit.entries, before
            before = chain.link(before, body)
            if before != stored:
                audit.faults.append(
                    f"Entry {seq}: the chain breaks here. Its bytes are not the ones that were chained."
                )
                return audit.entries, before
            audit.entries = seq
            if checkpoint is not None and seq == checkpoint.seq and stored != checkpoint.hash:
                audit.faults.append(f"Entry {seq}: the chain was rewritten. The checkpoint file knows another entry.")
            if digest is not None and kind != "planned":
                _compare_words(audit, seq, "excerpt", sealed, digest)
            rebuilt.take(seq, kind, key, body)
    if checkpoint is not None and audit.entries < checkpoint.seq:
        known = f"the checkpoint file knows entry {checkpoint.seq}"
        audit.faults.append(f"The ledger ends at entry {audit.entries}, but {known}.")
    return audit.entries, before


def _wrong(number: int, seq: int, kind: str, key: bytes | None, digest: bytes | None, body: bytes) -> str:
    """Say what is wrong with an entry's place and index; nothing when both are right."""
    if seq != number:
        return f"Entry {number} is missing: entry {seq} follows entry {number - 1}."
    try:
        if body.startswith(chain.opening(seq, kind, key, digest)):
            return ""
    except (AttributeError, TypeError, ValueError):
        pass  # somebody put another type into a column, which is the same fault
    return f"Entry {seq}: the columns beside it do not say what its own bytes say."


def _batches(connection: Connection) -> Iterator[list[EntryRow]]:
    """Read entries in order, each with its excerpt, a bounded number at a time.

    The rows come as the driver gives them: wrapping each would cost as much as all the hashing.
    """
    last = -1
    while True:
        cursor = connection.connection.cursor()
        cursor.execute(ENTRIES_WITH_EXCERPTS, (last, BATCH))
        batch = [*cursor.fetchall()]
        cursor.close()
        if not batch:
            return
        yield batch
        last = batch[-1][0]


def _compare_words(audit: Audit, seq: int, what: str, sealed: bytes | None, digest: bytes | None) -> None:
    audit.excerpts += 1
    if not isinstance(sealed, bytes) or hashlib.sha256(sealed).digest() != digest:
        audit.faults.append(f"Entry {seq}: the sealed words of its {what} are not the ones it was written with.")


def _compare_head(audit: Audit, last: tuple[int, bytes], head: tuple[int, bytes] | None) -> None:
    if head is None:
        audit.faults.append(f"The ledger ends at entry {last[0]}, but it has no head to go on from.")
    elif head != last:
        audit.faults.append(f"The ledger ends at entry {last[0]}, but its head says entry {head[0]}.")


def _compare_deeds(connection: Connection, audit: Audit, rebuilt: Rebuilt) -> None:
    """Compare each deed with what the ledger tells of it, and its sealed words with the entry that planned it."""
    columns = (DEED.c.kind, DEED.c.key, DEED.c.seq, DEED.c.state, DEED.c.outcome, DEED.c.tries)
    query = select(DEED.c.id, *columns, DEED.c.sealed, ENTRY.c.digest).outerjoin(ENTRY, ENTRY.c.seq == DEED.c.seq)
    stored: dict[str, DeedTold] = {}
    for name, *told, sealed, digest in connection.execute(query.order_by(DEED.c.seq)):
        stored[name] = DeedTold(*told)
        _compare_words(audit, stored[name].seq, "deed", sealed, digest)
    audit.deeds = len(stored)
    audit.faults += _differences("Deed", stored, rebuilt.deeds)


def _compare_cases_and_copies(connection: Connection, audit: Audit, rebuilt: Rebuilt) -> None:
    cases = {case.hex(): seq for case, seq in connection.execute(select(OPEN_CASE.c.id, OPEN_CASE.c.seq))}
    copies = {str(number): seq for number, seq in connection.execute(select(COPY.c.number, COPY.c.seq))}
    audit.open_cases = len(cases)
    audit.faults += _differences("Case", cases, rebuilt.cases)
    audit.faults += _differences("Copy", copies, rebuilt.copies)


def _compare_keys(connection: Connection, audit: Audit, rebuilt: Rebuilt) -> None:
    """Find excerpts that hang on no entry, and words whose key is gone although no entry tells that it was dropped."""
    entries = select(ENTRY.c.seq).where(ENTRY.c.digest.is_not(None))
    for seq in connection.scalars(select(EXCERPT.c.seq).where(EXCERPT.c.seq.not_in(entries)).limit(SHOWN)):
        audit.faults.append(f"Entry {seq}: there is an excerpt for it, but it was written without words.")
    held = select(DATA_KEY.c.id)
    lost = union_all(
        select(EXCERPT.c.data_key, EXCERPT.c.seq).where(EXCERPT.c.data_key.not_in(held)),
        select(DEED.c.data_key, DEED.c.seq).where(DEED.c.data_key.not_in(held)),
    )
    unexplained: list[int] = []
    for name, seq in connection.execute(lost):
        if name in rebuilt.dropped:
            audit.forgotten += 1
        else:
            unexplained.append(seq)
    for seq in unexplained[:SHOWN]:
        audit.faults.append(f"Entry {seq}: its words cannot be read, but no entry tells that their key was dropped.")


def _differences(what: str, stored: Mapping[str, object], told: Mapping[str, object]) -> list[str]:
    """Say which rows the ledger does not bear out, at most a few of each kind."""
    unlike = [name for name in stored.keys() & told.keys() if stored[name] != told[name]]
    kinds = (
        ("stands in the working table, but no entry tells of it", stored.keys() - told.keys()),
        ("is told of by the ledger, but is not in the working table", told.keys() - stored.keys()),
        ("stands otherwise in the working table than the ledger tells", unlike),
    )
    return [f"{what} {name} {how}." for how, names in kinds for name in sorted(names)[:SHOWN]]
