"""Who is alerted of what was found in a message, a place or a profile. Pure."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from datetime import date
from types import MappingProxyType
from typing import Final

from bot.actions import Action, Actions, Alert, Ask, Tell, Waiting
from bot.copying import concerned_in
from bot.judge import Verdict
from bot.message import Message
from bot.notice import Notice, with_nobody_above, write_alert, write_alert_by, write_alert_of
from bot.people import EVERY_OVERSEER, Audience, Office, Offices, Person, PersonId, Role, SchoolId
from bot.profile import Profile
from bot.reach import (
    held_by,
    is_anybody_above,
    reach_above,
    reach_offices,
    reach_overseers,
    schools_of,
    schools_with_offices,
)
from bot.rule import Finding, Measure
from bot.space import Space

Names = Mapping[PersonId, str]
"""How people are called, for those who look after them; who has no name here is called by the roster's id."""

NO_NAMES: Final[Names] = MappingProxyType({})


def alerts(verdict: Verdict, message: Message, offices: Offices, names: Names = NO_NAMES) -> Iterator[Alert]:
    """Alert the offices that findings in a message name: those of the author's school, where its case is decided.

    Nobody is alerted about what they wrote, what somebody above them wrote, or what is kept from them; where that
    leaves nobody, every overseer above the author is. What a stranger writes belongs to the school of whoever reads it.
    """
    author, kept = message.author, concerned_in(verdict, offices)
    schools = _schools_around(message, offices)
    for finding in _alerting(verdict):
        notice = write_alert_by(finding, names.get(author.id) or author.id, message.day)
        alerted = _alerted(finding, schools, whom_about(finding, message), kept, message.day, offices)
        yield from _alert_all(alerted, finding, notice)


def alerts_of_a_space(finding: Finding, space: Space, offices: Offices) -> Iterator[Alert]:
    """Alert the offices of the team's school; in a room of no team, those of the schools of whoever reads.

    As of a message, only who stands above the coaches and advisors in it is: nobody else sees the case. Of safety the
    offices named are, past those coaches, for somebody may be in danger.
    """
    seen = space.audience if finding.safety else space.connected or space.audience
    coaches, schools = tuple(seen.of(Role.ADVISOR)), _schools_of_a_space(space, seen, offices)
    if coaches and not finding.safety:
        alerted = _alerted(finding, schools, coaches, frozenset(), space.day, offices)
    else:
        alerted = _alerted_around(finding, schools, frozenset(each.id for each in coaches), space.day, offices)
    yield from _alert_all(alerted, finding, write_alert(finding, space.name))


def _alerted_around(
    finding: Finding, schools: Iterable[SchoolId], coaches: frozenset[PersonId], day: date, offices: Offices
) -> dict[PersonId, Office]:
    """Find who is alerted of a place past its coaches.

    A counselor decides nothing that may be about staff, so an overseer is alerted beside them: the principal, where no
    other is named.
    """
    wanted = finding.copy_to - {Office.COUNSELOR} or frozenset({Office.PRINCIPAL})
    alerted: dict[PersonId, Office] = {}
    for school in schools:
        counselor = finding.copy_to & {Office.COUNSELOR} - held_by(coaches, school, day, offices)
        reached = reach_offices(school, counselor, coaches, day, offices)
        for office, person in reached + reach_overseers(school, wanted, coaches, day, offices):
            alerted.setdefault(person, office)
    return alerted


def alerts_of_a_profile(verdict: Verdict, profile: Profile, offices: Offices, names: Names) -> Iterator[Alert]:
    """Alert the offices of the owner's school; where nobody knows whose account it is, those of every school."""
    owner = profile.owner
    schools = schools_with_offices(offices, owner.schools)
    for finding in _alerting(verdict):
        alerted = _alerted(finding, schools, (owner,), frozenset(), profile.day, offices)
        yield from _alert_all(alerted, finding, write_alert_of(finding, names.get(owner.id) or owner.id))


def as_promised(actions: Actions, verdict: Verdict, offices: Offices) -> Actions:
    """Let no note of some actions say that a person looks, where nobody stands above whom it is about."""
    subject, noted = verdict.subject, any(isinstance(_planned(each), Tell | Ask) for each in actions)
    about, schools = _whom_and_where(verdict, offices) if noted else ((), [])
    if not about or is_anybody_above(schools, about, concerned_in(verdict, offices), subject.day, offices):
        return actions
    return tuple(_unpromised(each) for each in actions)


def _planned(each: Action | Waiting) -> Action:
    return each.action if isinstance(each, Waiting) else each


def _unpromised(each: Action | Waiting) -> Action | Waiting:
    match each:
        case Waiting(action=Tell() | Ask() as note):
            return replace(each, action=replace(note, notice=with_nobody_above(note.notice)))
        case Tell() | Ask():
            return replace(each, notice=with_nobody_above(each.notice))
        case _:
            return each


def _whom_and_where(verdict: Verdict, offices: Offices) -> tuple[tuple[Person, ...], list[SchoolId]]:
    """Name whom a case would be about, and the schools that it would belong to; nobody, where no note is written."""
    match verdict.subject:
        case Message() as message:
            also = frozenset().union(*(each.also_about for each in verdict.standing))
            others = (each for each in message.audience.readers if each.id in also)
            return (message.author, *others), _schools_around(message, offices)
        case Space() as space:
            seen = space.connected or space.audience
            return tuple(seen.of(Role.ADVISOR)), _schools_of_a_space(space, seen, offices)
        case _:
            return (), []


def _schools_of_a_space(space: Space, seen: Audience, offices: Offices) -> list[SchoolId]:
    """Find the schools where a case about a place is decided: its team's, else those of whoever was seen there."""
    own = () if space.team is None else (space.team.school,)
    return schools_with_offices(offices, own, *seen.schools_by_group)


def _schools_around(message: Message, offices: Offices) -> list[SchoolId]:
    """Find the schools where a case about a message is decided: what a stranger writes is whoever's who reads it."""
    around = message.audience.schools_by_group
    return schools_with_offices(offices, message.author.schools, schools_of(message), *around)


def whom_about(finding: Finding, message: Message) -> tuple[Person, ...]:
    """Name whom a finding is about: the author, and who else it may be."""
    return (message.author, *(each for each in message.audience.readers if each.id in finding.also_about))


def _alerted(
    finding: Finding,
    schools: Iterable[SchoolId],
    about: tuple[Person, ...],
    kept: frozenset[PersonId],
    day: date,
    offices: Offices,
) -> dict[PersonId, Office]:
    """Find who is alerted: the offices named; where they are too few people, others above whom it is about.

    Where nobody at these schools is above them, it is a superintendent's designee of any school: so is who decides.
    """
    found: dict[PersonId, Office] = {}
    for school in schools:
        above = reach_above(school, finding.copy_to, about, kept, day, offices)
        others = reach_above(school, EVERY_OVERSEER, about, kept, day, offices)
        reached = above or others
        more = [each for each in others if each[1] not in {person for _, person in reached}]
        missing = max(0, finding.fewest_alerted - len({person for _, person in reached}))
        for office, person in reached + more[:missing]:
            found.setdefault(person, office)
    return found or _designees(about, kept, day, offices)


def _designees(
    about: tuple[Person, ...], kept: frozenset[PersonId], day: date, offices: Offices
) -> dict[PersonId, Office]:
    wanted = frozenset({Office.SUPERINTENDENT_DESIGNEE})
    reached = (reach_above(school, wanted, about, kept, day, offices) for school in sorted(offices.schools))
    return {person: office for each in reached for office, person in each}


def _alerting(verdict: Verdict) -> Iterator[Finding]:
    return (each for each in verdict.standing if Measure.ALERT in each.measures)


def _alert_all(alerted: Mapping[PersonId, Office], finding: Finding, notice: Notice) -> Iterator[Alert]:
    for person, office in alerted.items():
        yield Alert(str(finding.clause), person, office, notice, finding.safety or finding.discreet, finding.rule)
