"""Where people decide: who may look into a case, what may be decided about it, and what follows. Pure."""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from functools import cached_property
from typing import Final
from zoneinfo import ZoneInfo

from bot import desk_notices
from bot.actions import Action, Actions, Alert, Restore, Resume, Suspend, Tell, Waiting
from bot.case import SETTLING, Case, Meeting, Paper, Said
from bot.desk_notices import TELL_AN_ADULT
from bot.judge import Exemption
from bot.lists import Day
from bot.message import Words
from bot.notice import LONGEST_REASON, Notice
from bot.people import AccountId, Office, PersonId, Role, SchoolId, schools_of_people, stranger
from bot.platform import Appeal, Decision, Report, Ruling
from bot.reach import schools_with_offices
from bot.rule import Clause
from bot.staff import Concern, Rank, Staff
from bot.texts import ENGLISH, Text

TIME_TO_UNDO: Final = timedelta(seconds=30)
"""What follows from a decision waits so long."""

LONGEST_SUSPENSION: Final = timedelta(days=365)
A_DAY: Final = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Filed:
    """A paper to be put to its case, and what follows from it."""

    paper: Paper
    actions: Actions = ()
    opens: bool = False
    closes: bool = False
    takes_back: int | None = None
    """The paper whose deeds no longer wait: what it said was undone or changed."""


@dataclass(frozen=True, slots=True)
class Declined:
    """A decision or an appeal that cannot be taken, in one plain sentence or two for who made it."""

    because: Text


@dataclass(frozen=True)
class Desk:
    """The desk on one day: the district's people, and the clauses of its rules by name."""

    day: Day
    zone: ZoneInfo
    clauses: Mapping[str, Clause]

    @cached_property
    def staff(self) -> Staff:
        """Say who stands above whom today."""
        return Staff(self.day.people, self.day.offices, self.day.day, self.day.departed)

    # Who may look

    def concern(self, case: Case) -> Concern:
        """Say whom a case concerns."""
        subjects = frozenset(self._subjects(case))
        told = [each for each in (*case.papers, *case.further) if each.said is Said.REPORT]
        reporters = frozenset(each.by for each in told) | self._untold(case)
        asked = frozenset(person for each in (*case.papers, *case.further) for person in each.asked)
        left_out = frozenset(person for each in told for person in each.left_out)
        handed = (self.staff.rank(each.by) for each in case.decisions if each.ruling is Ruling.ESCALATE)
        schools = frozenset(schools_with_offices(self.day.offices, *self._where(case, subjects, reporters)))
        spent, passed_by = frozenset(_spent(case)), max(handed, default=Rank.OTHER)
        concerned = frozenset(case.about.concerned)
        return Concern(subjects, reporters, schools, asked, left_out, spent, passed_by, concerned)

    def _where(
        self, case: Case, subjects: frozenset[PersonId], reporters: frozenset[PersonId]
    ) -> Iterator[Collection[SchoolId]]:
        """Say to which schools a case belongs, the first that are known: where it happened, whoever has moved since.

        Where the record says nothing it is today's, of whom it is about, of who could read, of who told.
        """
        yield case.about.schools
        yield case.about.around
        yield from (each.schools for each in case.papers)
        yield from self._today_of(subjects, case.about.readers, reporters)

    def _untold(self, case: Case) -> frozenset[PersonId]:
        account = case.about.reporter
        return frozenset() if account is None else frozenset({self.person(case.about.platform, account)})

    def _subjects(self, case: Case) -> Iterator[PersonId]:
        """Name whom a case is about: who wrote, and who else; of a space, the coaches and advisors in it."""
        yield from self._authors(case)
        yield from case.about.others

    def _authors(self, case: Case) -> Iterator[PersonId]:
        """Name who wrote; of a space, the coaches and advisors in it, or who met there where it is about that."""
        about = case.about
        if about.author is not None:
            yield about.author
        is_linked = (about.platform, about.account) in self.day.accounts  # of who has left it may be no more
        if about.account is not None and (is_linked or about.author is None):
            yield self.person(about.platform, about.account)
        if case.has_no_author:
            yield from self._coaches_of(_met_in(case.meetings) or about.readers)
            yield from (each.by for each in case.papers if each.said is Said.APPEAL and each.by)

    def _coaches_of(self, people: Iterable[PersonId]) -> Iterator[PersonId]:
        """Pick the coaches and advisors among some people."""
        known = self.day.people
        yield from (each for each in people if each in known and known[each].has(Role.ADVISOR))

    def _today_of(self, *groups: Iterable[PersonId]) -> Iterator[tuple[SchoolId, ...]]:
        """Name the schools of each group, as the roster has them today."""
        people = {**self.day.departed, **self.day.people}
        for group in groups:
            yield schools_of_people(people[each] for each in group if each in people)

    def may_see(self, person: PersonId, case: Case) -> bool:
        """Say whether somebody may read a case."""
        return self.staff.may_see(person, self.concern(case))

    def may_decide(self, person: PersonId, case: Case) -> bool:
        """Say whether somebody may decide a case now."""
        return self.staff.may_decide(person, self.concern(case))

    def papers_for(self, person: PersonId, case: Case) -> tuple[Paper, ...]:
        """Give what was said about a case, as far as somebody may read it: nothing of their own earlier meeting."""
        earlier = [each for each in case.about.meetings if each not in case.meetings]
        met, settled = frozenset(self._coaches_of(_met_in(earlier))), case.settled_at
        if settled is None or not self.staff.is_barred(person, replace(self.concern(case), subjects=met)):
            return case.papers
        return tuple(each for each in case.papers if each.at > settled)

    def person(self, platform: str, account: AccountId) -> PersonId:
        """Say whose account this is."""
        known = self.day.accounts.get((platform, account))
        return stranger(platform, account).id if known is None else known.id

    def account(self, platform: str, person: PersonId) -> AccountId | None:
        """Find an account of a person on a platform."""
        linked = (account for (on, account), owner in self.day.accounts.items() if (on, owner.id) == (platform, person))
        return min(linked, default=None)

    def name(self, person: PersonId) -> str:
        """Give a person's name as the roster has it; empty where it has none, or it was forgotten."""
        return self.day.names.get(person, "")

    def _clause(self, case: Case) -> Clause:
        """Find the clause that a case is about."""
        return self.clauses.get(case.about.clause, desk_notices.SAME_STANDARDS)

    def _clause_said(self, case: Case) -> Clause:
        """Find the clause that its author may read: where it is discreet, or about safety, none that says what was."""
        return desk_notices.SAME_STANDARDS if case.about.discreet or case.about.safety else self._clause(case)

    def may_grant(self, person: PersonId, exemption: Exemption) -> bool:
        """Say whether somebody may grant or end an exception: who stands above everybody it would excuse."""
        lines = [each for each in self.day.lists.teams if each.team == exemption.team]
        excused = {each.person for each in lines if each.part.leads and each.runs(self.day.day)}
        if exemption.person is not None:
            excused = {exemption.person}
        schools = {each.school for each in lines} or schools_with_offices(self.day.offices, *self._today_of(excused))
        return self.staff.may_decide(person, Concern(frozenset(excused), schools=frozenset(schools)))

    # Reports and appeals

    def report(self, report: Report, case: Case) -> Filed:
        """Put a report to its case: ask the right adult to look, and give the reporter a receipt."""
        reporter = self.person(report.platform, report.reporter)
        paper = Paper(Said.REPORT, report.platform, report.id, reporter, report.at, words=_text(report.words))
        if report.skip_coach:
            paper = replace(paper, left_out=tuple(sorted(self._coaches(report, reporter))))
        concern = self.concern(replace(case, papers=(*case.papers, paper)))
        asked, clause = tuple(dict(self._right_adults(report, concern)).items()), str(TELL_AN_ADULT)
        knowing = replace(concern, asked=concern.asked.union(person for person, _ in asked))
        alerts = (
            Alert(clause, person, office, _look_told(case, decides=self.staff.may_decide(person, knowing)))
            for person, office in asked
        )
        receipt = Tell(clause, reporter, report.reporter, desk_notices.receipt(self._who_looks(asked)))
        is_known = any(self._where(case, concern.subjects, concern.reporters))
        schools = tuple(sorted(concern.schools)) if is_known else ()
        filed = replace(paper, asked=tuple(each for each, _ in asked), schools=schools)
        return Filed(filed, (*alerts, receipt), opens=not case.is_open)

    def _coaches(self, report: Report, reporter: PersonId) -> frozenset[PersonId]:
        """Find the coaches and advisors of the place and of the reporter's own teams."""
        known = self.day.people.get(reporter)
        teams = (known.teams if known is not None else frozenset()) | ({report.team} if report.team else set())
        return frozenset(each.person for each in self.day.lists.teams if each.team in teams and each.part.leads) - {
            reporter
        }

    def _right_adults(self, report: Report, concern: Concern) -> Iterator[tuple[PersonId, Office | None]]:
        """Find who looks: the adult chosen, or the place's own coach; and who decides, where that is another."""
        free = (each for each in self._chosen(report, concern) if not self.staff.is_barred(each, concern))
        chosen = [each for each in free if self.staff.is_here(each)][:1]
        yield from ((each, None) for each in chosen)
        if any(self.staff.may_decide(each, replace(concern, asked=frozenset(chosen))) for each in chosen):
            return
        deciding = self.staff.deciding(concern)
        wished = [seat for seat in deciding if seat.office is report.office]
        yield from ((seat.person, seat.office) for seat in (wished or deciding)[:1])

    def _chosen(self, report: Report, concern: Concern) -> Iterator[PersonId]:
        if report.adult is not None:
            yield self.person(report.platform, report.adult)
        elif report.office is None and report.team is not None and self.staff.about(concern) is Rank.OTHER:
            lines = (each for each in self.day.lists.teams if each.team == report.team and each.runs(self.day.day))
            yield from sorted(each.person for each in lines if each.part.leads)

    def appeal(self, appeal: Appeal, case: Case) -> Filed | Declined:
        """Put an appeal to its case, which opens again: somebody is asked to look, once, who did not decide.

        Where everybody who could has decided, it would wait for ever: then it is declined.
        """
        author = self.person(appeal.platform, appeal.by)
        met = self._coaches_of(_met_in(case.about.meetings))
        if author not in {*self._authors(case), *met} and appeal.by != case.about.account:
            return Declined(desk_notices.ONLY_THE_AUTHOR)
        paper = Paper(Said.APPEAL, appeal.platform, appeal.id, author, appeal.at, words=_text(appeal.words))
        concern = self.concern(replace(case, papers=(*case.papers, paper)))
        left = self._left(concern)
        if concern.spent and not left:
            return Declined(desk_notices.NOBODY_LEFT)
        clause = self._clause(case)
        why = desk_notices.SOMEBODY_DISAGREES_THERE if case.has_no_author else desk_notices.SOMEBODY_DISAGREES
        in_person = case.about.safety
        look = desk_notices.ask_to_look(why, case, clause, in_person=in_person)
        alerts = [Alert(str(clause), person, office, look) for person, office in left if not case.is_appealed]
        who = self._who_looks(left, discreet=case.about.discreet)
        said = desk_notices.appeal_receipt(who, self._clause_said(case), in_person=in_person)
        receipt = Tell(str(clause), author, appeal.by, said)
        return Filed(replace(paper, asked=tuple(person for person, _ in left)), (*alerts, receipt), opens=True)

    def _who_looks(self, asked: Sequence[tuple[PersonId, Office | None]], *, discreet: bool = False) -> str:
        """Say who looks, by name where that may be known; empty where nobody could be asked."""
        if not asked:
            return ""
        return ("" if discreet else self.name(asked[0][0])) or ENGLISH.say(desk_notices.A_PERSON)

    def _left(self, concern: Concern) -> list[tuple[PersonId, Office | None]]:
        """Find who looks again: the nearest who stands as high as who decided, else any office, else who was asked."""
        deciding = self.staff.deciding(concern)
        highest = max((self.staff.rank(each) for each in concern.spent), default=Rank.OTHER)
        seats = [seat for seat in deciding if seat.rank >= highest] or deciding
        asked = [each for each in sorted(concern.asked) if self.staff.may_decide(each, concern)]
        return [*((seat.person, seat.office) for seat in seats), *((each, None) for each in asked)][:1]

    # Decisions

    def decide(self, decision: Decision, case: Case) -> Filed | Declined:
        """Take a decision, or say in one sentence why it cannot be taken. To whom it concerns, there is no case."""
        if not self.may_see(decision.by, _as_met(decision, case)):
            return unknown(decision)
        wrong = self._wrong(decision, case)
        if wrong is not None:
            return Declined(wrong)
        paper = Paper(
            Said.DECISION,
            decision.platform,
            decision.id,
            decision.by,
            decision.at,
            decision.ruling,
            decision.reason,
            suspended_until=decision.suspend_until,
            account=decision.account,
        )
        match decision.ruling:
            case Ruling.UNDO:
                return self._undone(paper, case)
            case Ruling.REVERSE:
                return self._reversed(paper, case)
            case Ruling.ESCALATE:
                return self._handed_on(paper, case)
            case Ruling.SKIP:
                return Filed(paper)
            case _:
                return self._settled(paper, case)

    def _wrong(self, decision: Decision, case: Case) -> Text | None:
        """Say what keeps a decision from being taken, in the order in which it helps to know."""
        if len(decision.reason) > LONGEST_REASON:
            return desk_notices.TOO_LONG.filled(length=f"{len(decision.reason):,}", most=f"{LONGEST_REASON:,}")
        if decision.ruling is Ruling.UNDO:
            return _cannot_undo(decision, case)
        standing = case.standing
        if decision.ruling is Ruling.REVERSE and (case.is_open or standing is None):
            return desk_notices.IS_OPEN.filled(case=case.name)
        if decision.ruling is not Ruling.REVERSE and not case.is_open:
            return self._closed(case)
        if not self.may_decide(decision.by, case):
            return desk_notices.SOMEBODY_ELSE.filled(case=case.name)
        if not decision.reason.strip() and self._owes_a_reason(decision, case):
            return desk_notices.SAY_WHY.filled(case=case.name)
        return self._wrong_suspension(decision, case)

    def _closed(self, case: Case) -> Text:
        standing = case.standing
        who = (self.name(standing.by) if standing is not None else "") or ENGLISH.say(desk_notices.A_PERSON)
        return desk_notices.IS_CLOSED.filled(case=case.name, ruling=case.stands, who=who)

    def _owes_a_reason(self, decision: Decision, case: Case) -> bool:
        about_staff = self.staff.about(self.concern(case)) is not Rank.OTHER
        return decision.ruling is Ruling.REVERSE or (decision.ruling is Ruling.UPHOLD and about_staff)

    def _wrong_suspension(self, decision: Decision, case: Case) -> Text | None:
        until, today = decision.suspend_until, self.day.day
        if until is None:
            return None
        if decision.ruling is not Ruling.UPHOLD:
            return desk_notices.ONLY_WITH_UPHOLD
        if not today <= until <= today + LONGEST_SUSPENSION:
            return desk_notices.WITHIN_A_YEAR.filled(first=str(today), last=str(today + LONGEST_SUSPENSION))
        return desk_notices.NO_ACCOUNT.filled(case=case.name) if case.about.account is None else None

    def _settled(self, paper: Paper, case: Case) -> Filed:
        """Uphold or clear. The end of a suspension waits with one paper alone: the last that has to do with it."""
        before = case.suspension(self.day.day)
        if paper.ruling is Ruling.UPHOLD:
            kept = before.suspended_until if before is not None else None
            until = paper.suspended_until or kept
            paper = replace(paper, suspended_until=until, paused=self._to_pause(before, case) if until else ())
        actions = tuple(self._upheld(paper, case) if paper.ruling is Ruling.UPHOLD else self._cleared(paper, case))
        return Filed(paper, actions, closes=True, takes_back=case.holding if before is not None else None)

    def _to_pause(self, before: Paper | None, case: Case) -> tuple[AccountId, ...]:
        """Name every account of the author on the platform: who may not write would go on with another."""
        platform, accounts = case.about.platform, self.day.accounts.items()
        linked = {each for (on, each), owner in accounts if on == platform and owner.id in {*self._authors(case)}}
        return tuple(sorted(linked.union(_paused(before, case))))

    def _upheld(self, paper: Paper, case: Case) -> Iterator[Waiting]:
        until = self._last_day(paper, case)
        yield from self._suspended(paper, case)
        appealed = replace(case, papers=(*case.papers, paper, replace(paper, said=Said.APPEAL, ruling=None)))
        clause, last = self._clause(case), not self._left(self.concern(appealed))
        if until is None:
            clause = self._clause_said(case)
        yield from self._told(paper, case, desk_notices.upheld(case, clause, until, last=last))

    def _suspended(self, paper: Paper, case: Case) -> Iterator[Waiting]:
        """Suspend the author, and let that end by itself when the day has ended, but never before it began."""
        until, last_day = paper.suspended_until, self._last_day(paper, case)
        if until is None or last_day is None:
            return
        ends = datetime.combine(until + A_DAY, time.min, self.zone)
        for account in _paused(paper, case):
            yield _later(paper, Suspend(case.about.clause, account, last_day))
            yield Waiting(Resume(case.about.clause, account), max(ends, paper.at + TIME_TO_UNDO))

    def _last_day(self, paper: Paper, case: Case) -> date | None:
        """Say until which day a paper suspends the author: no shorter than another case does already."""
        until = paper.suspended_until
        return None if until is None else max(until, self._elsewhere(case) or until)

    def _elsewhere(self, case: Case) -> date | None:
        """Say until which day other cases suspend the author, if any does."""
        if case.free_at is None:
            return None
        last_day = (case.free_at.astimezone(self.zone) - A_DAY).date()
        return last_day if last_day >= self.day.day else None

    def _cleared(self, paper: Paper, case: Case) -> Iterator[Waiting]:
        """Put right whatever was done, and tell the author. A suspension by another case runs on."""
        about, suspended = case.about, case.suspension(self.day.day)
        still = self._elsewhere(case) if suspended is not None else None
        if case.is_missing:
            restore = Restore(about.clause, about.place, about.post, about.author, about.text)
            yield _later(paper, restore)
        if suspended is not None:
            yield from (_later(paper, Resume(about.clause, account)) for account in _paused(suspended, case))
        given_back = case.is_missing or (suspended is not None and still is None)
        notice = desk_notices.cleared(case, self._clause(case), given_back=given_back, until=still)
        yield from self._told(paper, case, notice)

    def _told(self, paper: Paper, case: Case, notice: Notice) -> Iterator[Waiting]:
        """Tell the author, where there is one. Where it is about safety, only what was done to them is told.

        Where it is discreet they may know that it was taken away, for another reason or for none: only what is new to
        them is told, and what they asked for when they disagreed.
        """
        if case.has_no_author:
            yield from self._told_of_place(paper, case, notice)
            return
        about, suspended = case.about, case.suspension(self.day.day) or paper.suspended_until
        stays_hidden = about.discreet and paper.ruling is Ruling.UPHOLD
        asked = about.discreet and case.is_appealed and not about.safety
        noticed = suspended or (case.is_hidden and not stays_hidden) or asked
        if about.account is not None and (noticed or not (about.safety or about.discreet)):
            author = about.author or self.person(about.platform, about.account)
            yield _later(paper, Tell(about.clause, author, about.account, notice))

    def _told_of_place(self, paper: Paper, case: Case, notice: Notice) -> Iterator[Waiting]:
        """Tell whom a note promised that a person looks: who met there, as coach or advisor, and who disagreed."""
        met = self._coaches_of(_met_in(case.meetings))
        disagreed = (each.by for each in case.papers if each.said is Said.APPEAL and each.by)
        for person in dict.fromkeys((*met, *disagreed)):
            yield _later(paper, Tell(case.about.clause, person, AccountId(""), notice))

    def _undone(self, paper: Paper, case: Case) -> Filed:
        """The last decision never was: what waits of it is dropped, and the case is as it was before.

        A suspension whose end was dropped by it gets its end again.
        """
        last, today = case.decisions[-1], self.day.day
        before = replace(case, papers=case.papers[: case.number_of(last) - 1])
        was_open = before.standing is None or before.is_appealed
        again = before.suspension(today)
        if again is not None and again is not case.suspension(today):
            paper = replace(paper, suspended_until=again.suspended_until, paused=again.paused)
        return Filed(
            paper,
            tuple(self._suspended(paper, case)),
            opens=was_open and not case.is_open,
            closes=case.is_open and not was_open,
            takes_back=case.number_of(last),
        )

    def _reversed(self, paper: Paper, case: Case) -> Filed:
        """What was upheld is cleared; what was cleared is open again, and nobody is told before it is decided."""
        standing = case.standing
        if standing is None or standing.ruling is not Ruling.UPHOLD:
            return Filed(paper, opens=True)
        suspended = case.suspension(self.day.day) is not None
        takes_back = case.holding if suspended else case.number_of(standing)
        return Filed(paper, tuple(self._cleared(paper, case)), closes=True, takes_back=takes_back)

    def _handed_on(self, paper: Paper, case: Case) -> Filed | Declined:
        """Ask the nearest who stands above who hands it on."""
        handed = self.concern(replace(case, papers=(*case.papers, paper)))
        above = self.staff.deciding(handed)[:1]
        if not above:
            return Declined(desk_notices.NOBODY_ABOVE.filled(case=case.name))
        look = desk_notices.ask_to_look(desk_notices.HANDED_ON, case, self._clause(case))
        alerts = tuple(_later(paper, Alert(case.about.clause, each.person, each.office, look)) for each in above)
        return Filed(replace(paper, asked=tuple(each.person for each in above)), alerts)


def _look_told(case: Case, *, decides: bool) -> Notice:
    """Ask somebody to look because a person told of a message."""
    return desk_notices.ask_to_look(desk_notices.SOMEBODY_TOLD, case, TELL_AN_ADULT, decides=decides)


def unknown(said: Report | Appeal | Decision) -> Declined:
    """Say that there is no such case. Who may not see one is told the same."""
    if not isinstance(said, Decision):
        return Declined(desk_notices.NOT_KEPT)
    return Declined(desk_notices.NO_SUCH_CASE.filled(case=said.case) if said.case else desk_notices.NO_CASE_ABOUT_IT)


def _later(paper: Paper, action: Action) -> Waiting:
    """Let what follows wait for as long as it can be undone."""
    return Waiting(action, paper.at + TIME_TO_UNDO)


def _paused(suspension: Paper | None, case: Case) -> tuple[AccountId, ...]:
    """Name the accounts that a decision pauses: at least the one that wrote."""
    own = () if case.about.account is None else (case.about.account,)
    return own if suspension is None else suspension.paused or own


def _met_in(meetings: Iterable[Meeting]) -> tuple[PersonId, ...]:
    """Name everybody who was in any of some meetings, each once."""
    return tuple(dict.fromkeys(person for each in meetings for person in each.people))


def _text(words: tuple[Words, ...]) -> str:
    return "\n".join(each.text for each in words)


def _spent(case: Case) -> Iterator[PersonId]:
    """Name who has decided what was appealed since: neither the appeal is theirs to decide, nor what came of it."""
    papers = case.counting
    last = max((number for number, each in enumerate(papers) if each.said is Said.APPEAL), default=0)
    yield from (each.by for each in papers[:last] if each.ruling in SETTLING or each.ruling is Ruling.REVERSE)


def _as_met(decision: Decision, case: Case) -> Case:
    """Give a case as whoever undoes a decision met it: once an appeal is decided, its deputy sees it no more."""
    last = case.papers[-1] if case.papers else None
    is_own = last is not None and last.ruling is not None and last.by == decision.by
    return replace(case, papers=case.papers[:-1]) if decision.ruling is Ruling.UNDO and is_own else case


def _cannot_undo(decision: Decision, case: Case) -> Text | None:
    last = case.decisions[-1] if case.decisions else None
    if last is None or last is not case.papers[-1] or last.by != decision.by:
        return desk_notices.NOT_YOURS.filled(case=case.name)
    if case.under_way or decision.at - last.at >= TIME_TO_UNDO:  # another process may be ahead of whoever decides
        return desk_notices.TOO_LATE.filled(case=case.name, seconds=str(TIME_TO_UNDO.seconds))
    return None
