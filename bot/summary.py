"""What came of it, in counts a principal would understand. Read from the ledger, so a second run tells the same."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Final

import msgspec
from sqlalchemy import Connection, Row, func, select

from bot.platform import Ruling
from bot.store.tables import COPY, ENTRY, OPEN_CASE

BATCH: Final = 1_000


class Found(msgspec.Struct, frozen=True):
    """A finding, as an entry tells it."""

    clause: str
    measures: tuple[str, ...]
    rule: str
    excused: str | None = None


class Facts(msgspec.Struct, frozen=True):
    """The facts of an entry that the summary counts."""

    subject: str = ""
    by: str = ""
    round: int = 0
    found: tuple[Found, ...] = ()
    readers: str = ""
    """"unknown" when the platform could not say who can read."""
    case: str | None = None
    decides: str | None = None
    ruling: str = ""
    stood: str = ""
    """What was in force before a decision: that it fits, or that it does not."""
    stands: str = ""
    """What is in force after it."""
    rules: tuple[str, ...] = ()
    deed: str = ""
    does: str = ""
    office: str = ""
    outcome: str = ""
    until: str = ""
    order: str = ""


@dataclass(slots=True)
class Summary:
    """Counts over everything the ledger holds."""

    messages: int = 0
    let_be: int = 0
    spaces: int = 0
    profiles: int = 0
    reports: int = 0
    appeals: int = 0
    decided: Counter[str] = field(default_factory=Counter)
    """What people decided, by ruling."""
    upheld: Counter[str] = field(default_factory=Counter)
    """Rule to how often a person found that it was right."""
    cleared: Counter[str] = field(default_factory=Counter)
    """Rule to how often a person found that it was wrong."""
    excused: int = 0
    orders: Counter[str] = field(default_factory=Counter)
    """What we were asked to send, by kind."""
    answers: int = 0
    flagged: Counter[str] = field(default_factory=Counter)
    """Clause to how many messages, spaces and profiles it was found in."""
    done: Counter[str] = field(default_factory=Counter)
    """What was done, by kind of deed."""
    rehearsed: int = 0
    moot: int = 0
    copies: int = 0
    notes: Counter[str] = field(default_factory=Counter)
    """Office to how many copies it received a note of, or read in place."""
    waiting: Counter[str] = field(default_factory=Counter)
    """Why a person is waited for, to how many cases."""
    open_deeds: int = 0
    later: int = 0
    """Deeds that wait for a moment, or for a copy."""
    strangers: int = 0
    """Messages by accounts nobody is linked to."""
    audience_unknown: int = 0
    entries: int = 0

    @property
    def cases(self) -> int:
        """How many cases wait for a person."""
        return self.waiting.total()


def summarise(connection: Connection) -> Summary:
    """Count, in batches, so that a million entries fit."""
    summary = Summary()
    counting = _Counting(summary)
    for batch in _batches(connection):
        for kind, body in batch:
            counting.take(kind, msgspec.json.decode(body, type=Facts))
    summary.copies = connection.scalar(select(func.count()).select_from(COPY)) or 0
    open_cases = {case.hex() for case in connection.scalars(select(OPEN_CASE.c.id))}
    summary.waiting = Counter(why for case, why in counting.reasons.items() if case in open_cases)
    summary.later = len(counting.waiting.intersection(counting.planned))
    summary.open_deeds = len(counting.planned) - summary.later
    return summary


class _Counting:
    """Follows the entries and remembers only what is still open."""

    def __init__(self, summary: Summary) -> None:
        self._summary = summary
        self.planned: dict[str, tuple[str, str]] = {}
        """Deeds not closed yet: kind and office."""
        self.moot: dict[str, tuple[str, str]] = {}
        """Deeds closed as moot, in the same way: one that was on its way may have come through after all."""
        self.waiting: set[str] = set()
        """Those of them that wait."""
        self.reasons: dict[str, str] = {}
        """Case to why it was opened."""

    def take(self, kind: str, facts: Facts) -> None:
        """Count one entry."""
        self._summary.entries += 1
        if facts.case is not None:
            self.reasons.setdefault(facts.case, _reason(kind, facts))
        if facts.decides is not None:
            self.reasons.pop(facts.decides, None)
        match kind:
            case "judged" if facts.round == 0:
                self._judged(facts)
            case "planned":
                self.planned[facts.deed] = (facts.does, facts.office)
                if facts.until:
                    self.waiting.add(facts.deed)
            case "begun":
                self.waiting.discard(facts.deed)
            case "ordered":
                self._summary.orders[facts.order] += 1
                self._judged(facts)
            case "answered":
                self._summary.answers += 1
            case "closed":
                self._closed(facts)
            case "decided":
                self._decided(facts)
            case _:
                self._summary.reports += kind == "reported"
                self._summary.appeals += kind == "appealed"

    def _decided(self, facts: Facts) -> None:
        """Count a decision, and what it says about the rules that had found something."""
        summary = self._summary
        summary.decided[facts.ruling] += 1
        of = {str(Ruling.UPHOLD): summary.upheld, str(Ruling.NOT_A_PROBLEM): summary.cleared}
        if facts.stood in of:
            of[facts.stood].subtract(facts.rules)
        if facts.stands in of:
            of[facts.stands].update(facts.rules)

    def _judged(self, facts: Facts) -> None:
        summary = self._summary
        standing = {each.clause for each in facts.found if each.excused is None}
        summary.flagged.update(standing)
        summary.excused += any(each.excused is not None for each in facts.found)
        match facts.subject:
            case "message":
                summary.messages += 1
                summary.let_be += not standing
                summary.strangers += facts.by == "stranger"
                summary.audience_unknown += facts.readers == "unknown"
            case "space":
                summary.spaces += 1
            case _:
                summary.profiles += 1

    def _closed(self, facts: Facts) -> None:
        still = self.planned if facts.deed in self.planned else self.moot
        does, office = still.pop(facts.deed, ("", ""))
        self.waiting.discard(facts.deed)
        if facts.outcome == "moot":
            self.moot[facts.deed] = does, office
            self._summary.moot += does == "remove"
        elif facts.outcome == "rehearsed":
            self._summary.rehearsed += 1
        elif facts.outcome == "done":
            self._summary.done[does] += 1
            if does == "copy":
                self._summary.notes[office] += 1


def _reason(kind: str, facts: Facts) -> str:
    match kind:
        case "reported":
            return "a report"
        case "appealed":
            return "an author who disagrees"
        case "decided":
            return "a decision that was taken back"
        case "closed":
            return "something that could not be done"
        case "delayed":
            return "a copy with a note that was not accepted yet"
        case "stumbled":
            return "something that could not be judged"
        case _:
            return next(
                (each.clause for each in facts.found if "review" in each.measures and each.excused is None),
                "a copy nobody could receive",
            )


def _batches(connection: Connection) -> Iterator[Sequence[Row[str, bytes]]]:
    last = 0
    columns = select(ENTRY.c.kind, ENTRY.c.body).order_by(ENTRY.c.seq).limit(BATCH)
    while batch := connection.execute(columns.where(ENTRY.c.seq > last)).fetchall():
        yield batch
        last += len(batch)
