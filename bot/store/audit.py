"""Proves the ledger: the chain over the stored bytes, the index beside them, and what the working tables make of it.

Nothing is parsed but the few entries that move a deed or open a case, so a million entries take seconds.
"""

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

import msgspec
from sqlalchemy import Connection, Row, select

from bot.store import chain
from bot.store.tables import DEED, ENTRY, EXCERPT, HEAD, OPEN_CASE

BATCH: Final = 10_000
SHOWN: Final = 5
"""How many differences of one kind are named."""

MOVES_A_DEED: Final = frozenset({"planned", "begun", "closed"})
CASE: Final = b'"case":"'
DEED_FACTS: Final = msgspec.json.Decoder(dict[str, Any])


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """The last entry known to a place outside the database. Without one, a shortened chain looks whole."""

    seq: int
    hash: bytes

    @classmethod
    def read(cls, path: Path) -> "Checkpoint | None":
        """Read a checkpoint file; None where there is none yet."""
        if not path.exists():
            return None
        seq, _, digest = path.read_text(encoding="ascii").strip().partition(" ")
        return cls(int(seq), bytes.fromhex(digest))

    @classmethod
    def of(cls, connection: Connection) -> "Checkpoint":
        """Take the chain's head."""
        seq, digest = connection.execute(select(HEAD.c.seq, HEAD.c.hash)).one()
        return cls(seq, digest)

    def write(self, path: Path) -> None:
        """Write the file whole or not at all."""
        draft = path.with_name(f"{path.name}.new")
        draft.write_text(f"{self.seq} {self.hash.hex()}\n", encoding="ascii")
        draft.replace(path)


@dataclass(slots=True)
class Audit:
    """What was checked, and the first things that do not hold, in plain words."""

    entries: int = 0
    excerpts: int = 0
    forgotten: int = 0
    deeds: int = 0
    open_cases: int = 0
    faults: list[str] = field(default_factory=list)


@dataclass(slots=True)
class Rebuilt:
    """The working tables as the ledger tells them."""

    deeds: dict[str, tuple[str, str, int]] = field(default_factory=dict)
    """Deed to state, outcome and number of tries."""
    cases: set[bytes] = field(default_factory=set)

    def take(self, kind: str, body: bytes) -> None:
        """Follow one entry."""
        moves = kind in MOVES_A_DEED
        if not moves and CASE not in body:
            return
        facts = DEED_FACTS.decode(body)
        if "case" in facts:
            self.cases.add(bytes.fromhex(facts["case"]))
        if moves:
            self._move(kind, facts)

    def _move(self, kind: str, facts: dict[str, Any]) -> None:
        _, _, tries = self.deeds.get(facts["deed"], ("", "", 0))
        match kind:
            case "planned":
                self.deeds[facts["deed"]] = ("planned", "", 0)
            case "begun":
                self.deeds[facts["deed"]] = ("begun", "", tries + 1)
            case _:
                self.deeds[facts["deed"]] = ("closed", facts["outcome"], tries)


def verify(connection: Connection, checkpoint: Checkpoint | None = None) -> Audit:
    """Check everything, within one reading transaction. Stops following the chain where it breaks, and says where."""
    audit, rebuilt = Audit(), Rebuilt()
    head = _follow(connection, audit, rebuilt, checkpoint)
    _compare_head(connection, audit, head)
    _compare_excerpts(connection, audit)
    if not audit.faults:
        _compare_deeds(connection, audit, rebuilt)
        _compare_cases(connection, audit, rebuilt)
    return audit


def _follow(connection: Connection, audit: Audit, rebuilt: Rebuilt, checkpoint: Checkpoint | None) -> tuple[int, bytes]:
    """Walk the chain in batches of raw rows."""
    before, number = chain.FIRST, 0
    for batch in _batches(connection):
        for seq, kind, key, digest, body, stored in batch:
            number += 1
            if seq != number:
                audit.faults.append(f"Entry {number} is missing: entry {seq} follows entry {number - 1}.")
                return number - 1, before
            if not body.startswith(chain.opening(seq, kind, key, digest)):
                audit.faults.append(f"Entry {seq}: the columns beside it do not say what its own bytes say.")
                return number - 1, before
            before = chain.link(before, body)
            if before != stored:
                audit.faults.append(
                    f"Entry {seq}: the chain breaks here. Its bytes are not the ones that were chained."
                )
                return number - 1, before
            if checkpoint is not None and seq == checkpoint.seq and stored != checkpoint.hash:
                audit.faults.append(f"Entry {seq}: the chain was rewritten. The checkpoint file knows another entry.")
            rebuilt.take(kind, body)
        audit.entries = number
    if checkpoint is not None and number < checkpoint.seq:
        audit.faults.append(f"The ledger ends at entry {number}, but the checkpoint file knows entry {checkpoint.seq}.")
    return number, before


def _batches(connection: Connection) -> Iterator[Sequence[Row[int, str, bytes | None, bytes | None, bytes, bytes]]]:
    """Read entries in order, a bounded number at a time."""
    columns = select(ENTRY.c.seq, ENTRY.c.kind, ENTRY.c.key, ENTRY.c.digest, ENTRY.c.body, ENTRY.c.hash)
    last = 0
    while batch := connection.execute(columns.where(ENTRY.c.seq > last).order_by(ENTRY.c.seq).limit(BATCH)).fetchall():
        yield batch
        last = batch[-1][0]


def _compare_head(connection: Connection, audit: Audit, head: tuple[int, bytes]) -> None:
    seq, digest = connection.execute(select(HEAD.c.seq, HEAD.c.hash)).one()
    if not audit.faults and (seq, digest) != head:
        audit.faults.append(f"The ledger ends at entry {head[0]}, but its head says entry {seq}.")


def _compare_excerpts(connection: Connection, audit: Audit) -> None:
    """Compare what is kept of the words with the digests the entries hold. What was forgotten is counted."""
    kept = select(EXCERPT.c.seq, EXCERPT.c.sealed, ENTRY.c.digest).join(ENTRY, ENTRY.c.seq == EXCERPT.c.seq)
    planned = select(DEED.c.seq, DEED.c.sealed, ENTRY.c.digest).join(ENTRY, ENTRY.c.seq == DEED.c.seq)
    for what, statement in (("excerpt", kept), ("deed", planned)):
        for seq, sealed, digest in connection.execute(statement).yield_per(BATCH):
            audit.excerpts += 1
            if hashlib.sha256(sealed).digest() != digest:
                audit.faults.append(
                    f"Entry {seq}: the sealed words of its {what} are not the ones it was written with."
                )


def _compare_deeds(connection: Connection, audit: Audit, rebuilt: Rebuilt) -> None:
    stored = {
        row.id: (row.state, row.outcome, row.tries)
        for row in connection.execute(select(DEED.c.id, DEED.c.state, DEED.c.outcome, DEED.c.tries))
    }
    audit.deeds = len(stored)
    audit.faults += _differences("Deed", stored, rebuilt.deeds)


def _compare_cases(connection: Connection, audit: Audit, rebuilt: Rebuilt) -> None:
    stored = {case.hex(): "open" for case in connection.scalars(select(OPEN_CASE.c.id))}
    audit.open_cases = len(stored)
    audit.faults += _differences("Case", stored, {case.hex(): "open" for case in rebuilt.cases})


def _differences(what: str, stored: Mapping[str, object], told: Mapping[str, object]) -> list[str]:
    """Say which rows the ledger does not bear out, at most a few of each kind."""
    unlike = [name for name in stored.keys() & told.keys() if stored[name] != told[name]]
    kinds = (
        ("stands in the working table, but no entry tells of it", stored.keys() - told.keys()),
        ("is told of by the ledger, but is not in the working table", told.keys() - stored.keys()),
        ("stands otherwise in the working table than the ledger tells", unlike),
    )
    return [f"{what} {name} {how}." for how, names in kinds for name in sorted(names)[:SHOWN]]
