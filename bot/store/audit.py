"""Proves the ledger: the chain over the stored bytes, the index beside them, the words, and the working tables.

Nothing is parsed but the few entries that move a deed, open a case, number a copy, open a private matter or drop a key,
so a million entries take seconds. Whatever somebody did to the file, the answer is a sentence about an entry, never a
fault of our own.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Any, Final

import msgspec
from sqlalchemy import Connection, LargeBinary, cast, func, literal, select, union_all

from bot.store import chain
from bot.store.checkpoint import Checkpoint
from bot.store.tables import COPY, DATA_KEY, DEED, ENTRY, EXCERPT, HEAD, MATTER, OPEN_CASE

BATCH: Final = 1_000
SHOWN: Final = 5
"""How many differences of one kind are named."""

EntryRow = tuple[int, str, bytes | None, bytes | None, bytes, bytes, bytes | None]
"""Number, kind, key, digest, body, hash, and the excerpt's sealed words."""

ENTRIES_WITH_EXCERPTS: Final = """
    SELECT entry.seq, entry.kind, entry.key, entry.digest, entry.body, entry.hash, excerpt.sealed
    FROM entry LEFT JOIN excerpt ON excerpt.seq = entry.seq
    WHERE entry.seq > ? ORDER BY entry.seq LIMIT ?
"""
DEEDS_WITH_ENTRIES: Final = """
    SELECT deed.id, CASE typeof(deed.about) WHEN 'blob' THEN hex(deed.about) END, deed.platform, deed.data_key,
        instr(entry.body, CAST('"data_key":"' AS BLOB)),
        deed.sealed, entry.digest, deed.kind, deed.key, deed.seq, deed.cause, deed.until, deed.state, deed.outcome,
        deed.tries
    FROM deed LEFT JOIN entry ON entry.seq = deed.seq
    WHERE deed.id > ? ORDER BY deed.id LIMIT ?
"""
MOVES: Final = ("planned", "begun", "closed")
TOLD_BY_KIND: Final = frozenset({*MOVES, "forgot", "decided"})
TELLS: Final = re.compile(rb'"c(?:ase":"|opy":|oncerns":\[)').search
"""Finds a fact that is followed. One search with a common beginning costs less than half of one for each."""


class Facts(msgspec.Struct, frozen=True, gc=False):
    """What entries tell of deeds, cases, copies and keys; each tells some of it."""

    case: str | None = None
    decides: str | None = None
    copy: int | None = None
    deed: str = ""
    does: str = ""
    follows: int | None = msgspec.field(default=None, name="for")
    """The entry that a deed follows from."""
    until: str | None = None
    outcome: str = ""
    about: str | None = None
    platform: str | None = None
    data_key: str | None = None
    concerns: tuple[str, str, str] | None = None
    """A place, and the digest and the data key of the private matter that it is about from now on."""
    keys: tuple[str, ...] = ()


FACTS: Final = msgspec.json.Decoder(Facts)
TOLD: Final = msgspec.msgpack.Encoder()


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


class DeedTold(msgspec.Struct, gc=False):
    """A deed as the ledger tells it, to be compared with its row."""

    kind: str
    key: bytes | None
    seq: int
    cause: int | None = None
    until: str | None = None
    state: str = "planned"
    outcome: str = ""
    tries: int = 0
    named: tuple[str | None, str | None, str | None] | None = None
    """What it is about, its platform and its data key; None where its entry is of before these were told."""

    def fingerprint(self, name: str) -> int:
        """Give a number that sums up with others to the same total in any order, and to no other by chance.

        Texts come from UTF-8, which both drivers and JSON insist on: there is no half character among them.
        """
        return int.from_bytes(sha256(TOLD.encode((name, self))).digest(), "big")


@dataclass(slots=True)
class Rebuilt:
    """The working tables as the ledger alone tells them."""

    deeds: dict[str, DeedTold] = field(default_factory=dict)
    """Deeds that may still move: not closed yet, or overtaken by an answer; all of them when `keeps_all`."""
    closed: int = 0
    """The fingerprints of the others, summed up: a million closed deeds take no memory."""
    keeps_all: bool = False
    odd: list[str] = field(default_factory=list)
    """Entries that tell what cannot have been."""
    cases: dict[str, int] = field(default_factory=dict)
    """Case to the entry that opened it."""
    copies: dict[str, int] = field(default_factory=dict)
    """Number of a copy to the entry that holds its words."""
    matters: dict[str, tuple[str, str]] = field(default_factory=dict)
    """Place to the digest and the data key of its private matter."""
    dropped: set[str] = field(default_factory=set)

    def take(self, seq: int, kind: str, key: bytes | None, body: bytes) -> None:
        """Follow one entry that moves something."""
        facts = FACTS.decode(body)
        if facts.case is not None:
            self.cases.setdefault(facts.case, seq)
        if facts.decides is not None:
            self.cases.pop(facts.decides, None)
        if facts.copy is not None:
            self.copies[str(facts.copy)] = seq
        if facts.concerns is not None:
            place, digest, data_key = facts.concerns
            self.matters[place] = digest, data_key
        match kind:
            case "planned" if not facts.deed or not facts.does:
                self.odd.append(f"Entry {seq}: it plans a deed without a name or kind.")
            case "planned":
                named = None if facts.data_key is None else (facts.about, facts.platform, facts.data_key)
                self.deeds[facts.deed] = DeedTold(facts.does, key, seq, facts.follows, facts.until, named=named)
            case "begun" | "closed":
                self._move(seq, kind, facts)
            case "forgot":
                self.dropped.update(facts.keys)
            case _:
                pass

    def _move(self, seq: int, kind: str, facts: Facts) -> None:
        name = facts.deed
        deed = self.deeds.get(name)
        is_moot = facts.outcome == "moot"
        if deed is None or (deed.state == "closed" and (kind == "begun" or is_moot)):
            self.odd.append(f"Entry {seq}: it moves a deed that is not open.")
        elif kind == "begun":
            deed.state, deed.tries = "begun", deed.tries + 1
        else:
            deed.state, deed.outcome = "closed", facts.outcome
            is_overtaken = is_moot and deed.tries > 0  # how it really ended may still come
            if not self.keeps_all and not is_overtaken:
                self.closed += self.deeds.pop(name).fingerprint(name)


def verify(connection: Connection, checkpoint: Checkpoint | None = None) -> Audit:
    """Check everything, within one reading transaction, begun with the head. The chain is followed until it breaks."""
    audit, rebuilt = Audit(), Rebuilt()
    head = connection.execute(select(HEAD.c.seq, HEAD.c.hash)).one_or_none()
    _refuse_what_stands_before_the_first(connection, audit)
    last = _follow(connection, audit, rebuilt, checkpoint)
    met = audit.excerpts
    audit.faults += rebuilt.odd[:SHOWN]
    if not audit.faults:
        _compare_head(audit, last, None if head is None else tuple(head))
    if not audit.faults:
        _compare_excerpts(connection, audit, met)
        _compare_deeds(connection, audit, rebuilt)
        _compare_cases_and_copies(connection, audit, rebuilt)
        _compare_matters(connection, audit, rebuilt)
        _compare_keys(connection, audit, rebuilt)
    return audit


def _refuse_what_stands_before_the_first(connection: Connection, audit: Audit) -> None:
    """Name an entry that the walk would never come to: it begins at the first."""
    first = connection.scalar(select(func.min(ENTRY.c.seq)))
    if first is not None and first < 1:
        audit.faults.append(f"Entry {first}: it stands before the first entry, so it hangs on no chain.")


def _follow(connection: Connection, audit: Audit, rebuilt: Rebuilt, checkpoint: Checkpoint | None) -> tuple[int, bytes]:
    """Walk the chain in batches of raw rows, with the excerpts beside it. The innermost loop of the whole proof."""
    opening, before, number, known = chain.opening, chain.FIRST, 0, checkpoint.seq if checkpoint is not None else 0
    batch: list[EntryRow]
    for batch in _batches(connection, ENTRIES_WITH_EXCERPTS, 0):
        for seq, kind, key, digest, body, stored, sealed in batch:
            try:
                holds = seq == number + 1 and body.startswith(opening(seq, kind, key, digest))
            except (AttributeError, TypeError, UnicodeEncodeError):  # whatever somebody may have put into a column
                holds = False
            if not holds:
                audit.faults.append(_wrong(number + 1, seq))
                return number, before
            before = sha256(before + body).digest()
            if before != stored:
                audit.faults.append(
                    f"Entry {seq}: the chain breaks here. Its bytes are not the ones that were chained."
                )
                return number, before
            number = seq
            if seq == known and checkpoint is not None and stored != checkpoint.hash:
                audit.faults.append(f"Entry {seq}: the chain was rewritten. The checkpoint file knows another entry.")
            if digest is not None and kind != "planned":
                audit.excerpts += 1
                if not isinstance(sealed, bytes) or sha256(sealed).digest() != digest:
                    audit.faults.append(_other_words(seq, "excerpt"))
            if kind in TOLD_BY_KIND or TELLS(body):
                try:
                    rebuilt.take(seq, kind, key, body)
                except msgspec.DecodeError:  # chained by somebody who knows how, and no entry of ours
                    audit.faults.append(f"Entry {seq}: what it tells cannot be read.")
                    return number, before
        audit.entries = number
    if number < known:
        audit.faults.append(f"The ledger ends at entry {number}, but the checkpoint file knows entry {known}.")
    return number, before


def _wrong(number: int, seq: int) -> str:
    """Say what is wrong with an entry's place or index."""
    if seq != number:
        return f"Entry {number} is missing: entry {seq} follows entry {number - 1}."
    return f"Entry {seq}: the columns beside it do not say what its own bytes say."


def _batches(connection: Connection, query: str, last: Any) -> Iterator[list[Any]]:  # noqa: ANN401 (rows are as the query has them)
    """Read rows in the order of their first column, after `last`, a bounded number at a time.

    They come as the driver gives them: wrapping each would cost as much as all the hashing.
    """
    while True:
        cursor = connection.connection.cursor()
        cursor.execute(query, (last, BATCH))
        batch = [*cursor.fetchall()]
        cursor.close()
        if not batch:
            return
        yield batch
        last = batch[-1][0]


def _other_words(seq: int, what: str) -> str:
    return f"Entry {seq}: the sealed words of its {what} are not the ones it was written with."


def _compare_head(audit: Audit, last: tuple[int, bytes], head: tuple[int, bytes] | None) -> None:
    if head is None:
        audit.faults.append(f"The ledger ends at entry {last[0]}, but it has no head to go on from.")
    elif head != last:
        audit.faults.append(f"The ledger ends at entry {last[0]}, but its head says entry {head[0]}.")


def _compare_deeds(connection: Connection, audit: Audit, rebuilt: Rebuilt) -> None:
    """Compare each deed with what the ledger tells of it, and its sealed words with the entry that planned it."""
    told = rebuilt.closed + sum(deed.fingerprint(name) for name, deed in rebuilt.deeds.items())
    stored = 0
    for name, deed, sealed, digest in _deed_rows(connection):
        audit.deeds += 1
        audit.excerpts += 1
        stored += deed.fingerprint(name)
        if not isinstance(sealed, bytes) or sha256(sealed).digest() != digest:
            audit.faults.append(_other_words(deed.seq, "deed"))
    if stored != told:
        audit.faults += _name_deeds(connection)
    if connection.scalar(select(DEED.c.seq).where(DEED.c.id == "")) is not None:  # the walk begins after it
        audit.faults.append("A deed without a name stands in the working table, but no entry tells of it.")


def _deed_rows(connection: Connection) -> Iterator[tuple[str, DeedTold, bytes, bytes | None]]:
    """Read the working table, with the digest of the entry that planned each deed, a bounded number at a time."""
    for batch in _batches(connection, DEEDS_WITH_ENTRIES, ""):
        for name, about, platform, data_key, is_named, sealed, digest, *told in batch:
            told.append((about and about.lower(), platform, data_key) if is_named else None)
            yield name, DeedTold(*told), sealed, digest


def _name_deeds(connection: Connection) -> list[str]:
    """Find out which deeds differ: only once it is known that some do, for it takes memory for every one of them."""
    rebuilt = Rebuilt(keeps_all=True)
    moves = select(ENTRY.c.seq, ENTRY.c.kind, ENTRY.c.key, ENTRY.c.body).where(ENTRY.c.kind.in_(MOVES))
    for seq, kind, key, body in connection.execute(moves.order_by(ENTRY.c.seq)):
        rebuilt.take(seq, kind, key, body)
    return _differences("Deed", {name: deed for name, deed, *_ in _deed_rows(connection)}, rebuilt.deeds)


def _compare_cases_and_copies(connection: Connection, audit: Audit, rebuilt: Rebuilt) -> None:
    cases = {case.hex(): seq for case, seq in connection.execute(select(OPEN_CASE.c.id, OPEN_CASE.c.seq))}
    copies = {str(number): seq for number, seq in connection.execute(select(COPY.c.number, COPY.c.seq))}
    audit.open_cases = len(cases)
    audit.faults += _differences("Case", cases, rebuilt.cases)
    audit.faults += _differences("Copy", copies, rebuilt.copies)


def _compare_excerpts(connection: Connection, audit: Audit, met: int) -> None:
    """Find excerpts that hang on no entry. So many were `met` with their entries: counting tells whether there are."""
    if connection.scalar(select(func.count()).select_from(EXCERPT)) == met:
        return
    entries = select(ENTRY.c.seq).where(ENTRY.c.digest.is_not(None), ENTRY.c.kind != "planned")
    for seq in connection.scalars(select(EXCERPT.c.seq).where(EXCERPT.c.seq.not_in(entries)).limit(SHOWN)):
        audit.faults.append(f"Entry {seq}: there is an excerpt for it, but it was written without words.")


def _compare_keys(connection: Connection, audit: Audit, rebuilt: Rebuilt) -> None:
    """Find words whose key is gone although no entry tells that it was dropped, or tells another key than theirs."""
    held = select(DATA_KEY.c.id)
    tells = func.instr(ENTRY.c.body, b'"data_key":"')
    own = func.instr(ENTRY.c.body, cast('"data_key":"' + EXCERPT.c.data_key + '"', LargeBinary))
    lost = union_all(
        select(EXCERPT.c.data_key, EXCERPT.c.seq, tells > own)
        .join(ENTRY, ENTRY.c.seq == EXCERPT.c.seq)
        .where(EXCERPT.c.data_key.not_in(held)),
        select(DEED.c.data_key, DEED.c.seq, literal(False)).where(DEED.c.data_key.not_in(held)),
    )
    unexplained: list[int] = []
    others: list[int] = []
    for name, seq, is_another in connection.execute(lost):
        if name not in rebuilt.dropped:
            unexplained.append(seq)
        elif is_another:
            others.append(seq)
        else:
            audit.forgotten += 1
    for seq in unexplained[:SHOWN]:
        audit.faults.append(f"Entry {seq}: its words cannot be read, but no entry tells that their key was dropped.")
    for seq in others[:SHOWN]:
        audit.faults.append(
            f"Entry {seq}: its words pass for forgotten, but it tells another key than the dropped one."
        )


def _compare_matters(connection: Connection, audit: Audit, rebuilt: Rebuilt) -> None:
    """Compare which places are about a private matter, as far as entries tell: those of before it was told do not."""
    stored: dict[str, tuple[str, str]] = {}
    for place, data_key, sealed in connection.execute(select(MATTER.c.place, MATTER.c.data_key, MATTER.c.sealed)):
        if isinstance(place, bytes) and isinstance(sealed, bytes) and place.hex() in rebuilt.matters:
            stored[place.hex()] = sha256(sealed).hexdigest(), data_key
    audit.faults += _differences("The private matter of place", stored, rebuilt.matters)


def _differences(what: str, stored: Mapping[str, object], told: Mapping[str, object]) -> list[str]:
    """Say which rows the ledger does not bear out, at most a few of each kind."""
    unlike = [name for name in stored.keys() & told.keys() if stored[name] != told[name]]
    kinds = (
        ("stands in the working table, but no entry tells of it", stored.keys() - told.keys()),
        ("is told of by the ledger, but is not in the working table", told.keys() - stored.keys()),
        ("stands otherwise in the working table than the ledger tells", unlike),
    )
    return [f"{what} {name} {how}." for how, names in kinds for name in sorted(names)[:SHOWN]]
