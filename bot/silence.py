"""Whom the silence of an author comes to, when, and what their note says of it. Pure."""

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from typing import Final

from bot.actions import Alert, Ask, Waiting
from bot.alerting import Names, whom_about
from bot.copying import concerned_in, copies, told_of_copies
from bot.judge import FOR_PEOPLE, Verdict
from bot.message import Message
from bot.notice import Silence, write_notice, write_unanswered
from bot.people import Office, Offices, PersonId, Role, SchoolId, TeamKind
from bot.reach import reach_above, schools_of
from bot.rule import Finding, Measure

TIME_TO_DELETE: Final = timedelta(hours=4)
"""How long an author has to delete what we cannot take away, before an office is asked to look."""

CLIMB = (Office.ATHLETIC_DIRECTOR, Office.PRINCIPAL, Office.SUPERINTENDENT_DESIGNEE)
"""Who is asked to look when an author does not answer, one after the other, about a message to an athletic team."""

FEWER_EYES = CLIMB[1:]
"""Who is asked about a message to a club, or to no team: whoever looks after athletics only where nobody else can."""


def asked(
    finding: Finding, verdict: Verdict, message: Message, offices: Offices, names: Names, *, taken: bool = False
) -> Iterator[Ask | Waiting]:
    """Ask what an emergency was, by the next school day; a silence climbs from office to office.

    Where any rule alerts offices at once, it does not: nobody else is led to it. `taken` says whether the message is
    taken away at once.
    """
    due = next_school_day(message.day)
    climbing = _unanswered(finding, verdict, message, offices, names, due - message.day, climbs=True, taken=taken)
    unanswered = () if verdict.alerts_offices else tuple(climbing)
    silence = silence_of(finding, verdict, message, unanswered)
    said = told_of_copies(finding, copies(finding, message, offices))
    notice = write_notice(said, due=due, silence=silence, looked_at=is_looked_at(finding, verdict))
    yield Ask(str(finding.clause), message.author.id, message.account, notice, due)
    yield from unanswered


def later(finding: Finding, verdict: Verdict, message: Message, offices: Offices, names: Names) -> Iterator[Waiting]:
    """Ask an office later, if an answer is due. Where any rule alerts offices at once, nobody else is led to it.

    What is asked about and can be taken away is so in the same moment, so no office finds it there.
    """
    within = answer_within(finding, message)
    if within is not None and not verdict.alerts_offices:
        taken = message.removable and (verdict.takes_away or Measure.ASK in finding.measures)
        yield from _unanswered(finding, verdict, message, offices, names, within, taken=taken)


def answer_within(finding: Finding, message: Message) -> timedelta | None:
    """Say how long its author has before somebody else is asked: always, where they alone can take it away."""
    return finding.answer_within or (TIME_TO_DELETE if is_left_to_author(finding, message) else None)


def _unanswered(
    finding: Finding,
    verdict: Verdict,
    message: Message,
    offices: Offices,
    names: Names,
    within: timedelta,
    *,
    climbs: bool = False,
    taken: bool = False,
) -> Iterator[Waiting]:
    """Ask an office to look with an author who does not answer; when it `climbs`, the next one after as long again.

    What climbs was to be answered by a day that was named: that day is over before somebody is asked.

    Only who stands above the author is asked: nobody looks into what their superior wrote. A student is reminded.
    """
    about, kept, asked_so_far = whom_about(finding, message), concerned_in(verdict, offices), set[PersonId]()
    who, of_student = names.get(message.author.id) or message.author.id, message.author.has(Role.STUDENT)
    notice = write_unanswered(finding, who, message.day, of_student=of_student, taken=taken)

    def in_turn(school: SchoolId, climb: tuple[Office, ...]) -> dict[PersonId, tuple[Office, datetime]]:
        """Give whom each office comes to on the day it is asked, which may be another than that of the message."""
        found: dict[PersonId, tuple[Office, datetime]] = {}
        for wanted in climb:
            waited = (len(found.keys() - asked_so_far) + 1) * within
            due = message.end_of_day_after(waited) if climbs else message.sent_at + waited
            day = due.astimezone(message.zone).date()
            for office, person in reach_above(school, frozenset({wanted}), about, kept, day, offices):
                found.setdefault(person, (office, due))
        return found

    for school in schools_of(message):
        chain = in_turn(school, _climb(message)) or in_turn(school, CLIMB)
        people = {person: each for person, each in chain.items() if person not in asked_so_far}
        for person, (office, due) in list(people.items())[: None if climbs else 1]:
            alert = Alert(str(finding.clause), person, office, notice, rule=finding.rule)
            yield Waiting(alert, due)
        asked_so_far |= people.keys()


def _climb(message: Message) -> tuple[Office, ...]:
    """Say which offices are asked about a message, the first one first."""
    is_athletic = message.team is not None and message.team.kind is TeamKind.ATHLETICS
    return CLIMB if is_athletic else FEWER_EYES


def silence_of(
    finding: Finding,
    verdict: Verdict,
    message: Message,
    unanswered: tuple[Waiting, ...],
    within: timedelta | None = None,
) -> Silence | None:
    """Say how a silence of the author ends; None where nobody is asked then. Without `within` no hours are named."""
    if not unanswered:
        return None
    hours = None if within is None else -(-within // timedelta(hours=1))
    others_hear = _others_hear(finding, verdict)
    return Silence(message.author.has(Role.STUDENT), hours, bool(message.id.revision), others_hear)


def is_left_to_author(finding: Finding, message: Message) -> bool:
    """Say whether its author is asked to take a message away, for nobody else can."""
    return finding.measures >= {Measure.REMOVE, Measure.TELL} and not message.removable


def is_looked_at(finding: Finding, verdict: Verdict) -> bool:
    """Say whether a note may say that a person looks: some finding of the same rule sees to that.

    Of what is discreet no note says anything.
    """
    same = (each for each in verdict.standing if each.rule == finding.rule and not each.discreet)
    return any(each.measures & {Measure.REVIEW, Measure.ALERT} for each in same)


def _others_hear(finding: Finding, verdict: Verdict) -> bool:
    """Say whether somebody hears of the message by anything else that was found in it, whatever its author answers."""
    others = (each.measures for each in verdict.standing if each is not finding)
    return not FOR_PEOPLE.isdisjoint(verdict.measures_before.union(*others))


def next_school_day(day: date) -> date:
    """Give the next weekday. The district's holidays are not known here."""
    following = day + timedelta(days=1)
    while following.weekday() >= 5:
        following += timedelta(days=1)
    return following
