"""Puts what people say about cases to the case it is about: read it, ask the desk, write. The desk alone judges."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from bot.actions import Deed, Tell
from bot.case import Case
from bot.desk import A_DAY, Declined, Desk, Filed, unknown
from bot.desk_notices import not_taken
from bot.platform import CONSOLE, Appeal, Decision, Report
from bot.roster import Roster
from bot.rule import Clause
from bot.store import cases, past
from bot.store.excerpt import CHAT_KEPT
from bot.store.ledger import Ledger
from bot.store.record import Recorder

TRIES: Final = 8
"""How often a paper is put to its case again because somebody else was quicker. Then something else is wrong."""

Seen = dict[str, object]
"""One version of a post, as its excerpt keeps it."""


@dataclass(frozen=True, slots=True)
class Taken:
    """What became of something said: the deeds that follow, or why it was not taken."""

    deeds: tuple[Deed, ...] = ()
    declined: Declined | None = None


class Docket:
    """Every case, as far as somebody says something about it."""

    def __init__(self, roster: Roster, clauses: Iterable[Clause], ledger: Ledger, recorder: Recorder) -> None:
        """Take the roster, the clauses that have a rule, and the ledger."""
        self._roster = roster
        self._clauses = {str(each): each for each in clauses}
        self._ledger = ledger
        self._recorder = recorder

    def desk(self, at: datetime) -> Desk:
        """Give the desk as it is on the district's day of a moment."""
        return Desk(self._roster.on(self._roster.day_of(at)), self._roster.zone, self._clauses)

    async def take(self, said: Report | Appeal | Decision) -> Taken:
        """Put something said to its case. What was put there before is passed over."""
        for _ in range(TRIES):
            case, seen = await self._find(said)
            if case is None:
                return await self._decline(said, unknown(said))
            if any((each.platform, each.id) == (said.platform, said.id) for each in case.papers):
                return Taken()
            answer = self._ask(said, case)
            if isinstance(answer, Declined):
                return await self._decline(said, answer)
            written = await self._ledger.write(self._recorder.filed(answer, case, seen))
            if written is not None:
                return Taken(written.deeds)
        raise RuntimeError("a paper could not be put to its case, however often it was tried")

    def _ask(self, said: Report | Appeal | Decision, case: Case) -> Filed | Declined:
        """Ask the desk, as it is on the day."""
        desk = self.desk(said.at)
        match said:
            case Decision():
                return desk.decide(said, case)
            case Report():
                return desk.report(said, case)
            case Appeal():
                return desk.appeal(said, case)

    async def _decline(self, said: Report | Appeal | Decision, why: Declined) -> Taken:
        """Say why something was not taken: at the console at once, on a platform by a note. A report is kept anyway."""
        if isinstance(said, Report) or said.platform == CONSOLE:
            return Taken(declined=why)
        written = await self._ledger.write(self._recorder.declined(said, why, self._note(said, why)))
        return Taken(() if written is None else written.deeds, why)

    def _note(self, said: Appeal | Decision, why: Declined) -> Tell | None:
        desk = self.desk(said.at)
        if isinstance(said, Appeal):
            return Tell("", desk.person(said.platform, said.by), said.by, not_taken(why.because))
        account = desk.account(said.platform, said.by)
        return None if account is None else Tell("", said.by, account, not_taken(why.because))

    async def _find(self, said: Report | Appeal | Decision) -> tuple[Case | None, Sequence[Seen]]:
        """Find the case that something is about, and for a report or an appeal what the post said."""
        if isinstance(said, Decision):
            return await self._named_by(said), ()
        about = self._recorder.about(said.platform, said.post)
        until = said.at + A_DAY
        if isinstance(said, Report):
            seen = await self._ledger.read(past.versions, about, said.at - CHAT_KEPT - A_DAY, until)
        else:  # who disagrees was told something, so something followed from the post
            seen = await self._ledger.read(past.since_noticed, about, until)
        return await self._read(self._recorder.case_of(said.platform, said.post), seen), seen

    async def _named_by(self, decision: Decision) -> Case | None:
        if decision.post is None:
            return await self.named(decision.case)
        return await self._read(self._recorder.case_of(decision.platform, decision.post))

    async def _read(self, case: bytes, seen: Sequence[Seen] = ()) -> Case | None:
        return await self._ledger.read(cases.read, case, seen)

    async def named(self, name: str) -> Case | None:
        """Find a case by its short name."""
        return await self._ledger.read(cases.find, name)

    async def waiting(self) -> list[Case]:
        """List every case that waits."""
        return await self._ledger.read(lambda connection, master: list(cases.waiting(connection, master)))
