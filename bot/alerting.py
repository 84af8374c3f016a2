"""Who is alerted of what was found in a message, a place or a profile. Pure."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from types import MappingProxyType
from typing import Final

from bot.actions import Alert
from bot.copying import concerned_in
from bot.judge import Verdict
from bot.message import Message
from bot.notice import Notice, write_alert, write_alert_by, write_alert_of
from bot.people import EVERY_OVERSEER, Office, Offices, Person, PersonId, Role, SchoolId
from bot.profile import Profile
from bot.reach import (
    held_by,
    reach_above,
    reach_offices,
    reach_overseers,
    schools_of,
    schools_of_readers,
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
    around = schools_of_readers(message.audience)
    schools = schools_with_offices(offices, author.schools, schools_of(message), *around)
    for finding in _alerting(verdict):
        notice = write_alert_by(finding, names.get(author.id) or author.id, message.day)
        alerted = _alerted(finding, schools, whom_about(finding, message), kept, message.day, offices)
        yield from _alert_all(alerted, finding, notice)


def alerts_of_a_space(finding: Finding, space: Space, offices: Offices) -> Iterator[Alert]:
    """Alert the offices of the team's school; in a room of no team, those of the schools of whoever reads.

    A counselor decides nothing that may be about staff, so an overseer is alerted beside them: the principal, where no
    other is named.
    """
    seen = space.audience if finding.safety else space.connected or space.audience
    concerned = frozenset(person.id for person in seen.of(Role.ADVISOR))
    wanted = finding.copy_to - {Office.COUNSELOR} or frozenset({Office.PRINCIPAL})
    own = () if space.team is None else (space.team.school,)
    schools = schools_with_offices(offices, own, *schools_of_readers(seen))
    alerted: dict[PersonId, Office] = {}
    for school in schools:
        counselor = finding.copy_to & {Office.COUNSELOR} - held_by(concerned, school, space.day, offices)
        reached = reach_offices(school, counselor, concerned, space.day, offices)
        overseers = reach_overseers(school, wanted, concerned, space.day, offices)
        for office, person in reached + overseers:
            alerted.setdefault(person, office)
    yield from _alert_all(alerted, finding, write_alert(finding, space.name))


def alerts_of_a_profile(verdict: Verdict, profile: Profile, offices: Offices, names: Names) -> Iterator[Alert]:
    """Alert the offices of the owner's school; where nobody knows whose account it is, those of every school."""
    owner = profile.owner
    schools = schools_with_offices(offices, owner.schools)
    for finding in _alerting(verdict):
        alerted = _alerted(finding, schools, (owner,), frozenset(), profile.day, offices)
        yield from _alert_all(alerted, finding, write_alert_of(finding, names.get(owner.id) or owner.id))


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
