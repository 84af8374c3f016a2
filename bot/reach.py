"""Whom an office comes to: its holder, or who stands in, of which school. Pure."""

from collections.abc import Iterable, Iterator
from datetime import date

from bot.message import Message
from bot.people import EVERY_OVERSEER, Office, Offices, Person, PersonId, SchoolId
from bot.staff import Seat, rank_of


def schools_of(message: Message) -> list[SchoolId]:
    """Find whose offices are copied: the students' own for a private matter or one student; else the team's.

    A private matter stays with its students' schools while none of them reads, as when they write or are away.
    """
    students = message.audience.students
    if len(students) == 1 or (students and message.matter is not None):
        return sorted({school for student in students for school in student.schools})
    if message.matter is not None and message.matter.schools:
        return [*message.matter.schools]
    if message.team is not None:
        return [message.team.school]
    return sorted(message.author.schools)


def schools_with_offices(offices: Offices, *groups: Iterable[SchoolId]) -> list[SchoolId]:
    """Take the first group of schools of which any has an office: at a district's own office nobody could be asked.

    Where none has, it is the first group that names any school. What belongs to no school is some school's all the
    same: it is every school's, for an alert about it must reach somebody.
    """
    named = [frozenset(each) for each in groups]
    filled = (each & offices.schools for each in named)
    return sorted(next(filter(None, (*filled, *named)), offices.schools))


def reach_above(
    school: SchoolId,
    wanted: frozenset[Office],
    about: tuple[Person, ...],
    kept: frozenset[PersonId],
    day: date,
    offices: Offices,
) -> list[tuple[Office, PersonId]]:
    """Reach the offices whose holders, or who stands in for them, stand above everybody something is about."""
    rank = max(rank_of(each, offices, day) for each in about)
    concerned = kept | {each.id for each in about}
    own = held_by(concerned, school, day, offices)
    reached = reach_offices(school, wanted - own, concerned, day, offices)
    seats = [Seat(school, office, who, not offices.holds(who, school, office, day)) for office, who in reached]
    return [(seat.office, seat.person) for seat in seats if seat.rank > rank]


def is_anybody_above(
    schools: Iterable[SchoolId], about: tuple[Person, ...], kept: frozenset[PersonId], day: date, offices: Offices
) -> bool:
    """Say whether anybody may look into a case about some people, at these schools or as a designee of any.

    It counts who is away, too: where nobody else can decide it, it waits for them.
    """
    rank = max(rank_of(each, offices, day) for each in about)
    passed = kept | {each.id for each in about}
    own = (seat for school in schools for office in Office for seat in _seats(school, office, day, offices))
    designee = Office.SUPERINTENDENT_DESIGNEE
    designees = (seat for school in offices.schools for seat in _seats(school, designee, day, offices))
    seats = (each for group in (own, designees) for each in group)
    return any(each.rank > rank and each.person in offices.active and each.person not in passed for each in seats)


def _seats(school: SchoolId, office: Office, day: date, offices: Offices) -> Iterator[Seat]:
    running, deputies = offices.filled(school, office, day)
    yield from (Seat(school, office, each.person) for each in running)
    yield from (Seat(school, office, each, stands_in=True) for each in deputies)


def reach_overseers(
    school: SchoolId, wanted: frozenset[Office], concerned: frozenset[PersonId], day: date, offices: Offices
) -> list[tuple[Office, PersonId]]:
    """Settle each office for itself; when none of them can be reached, try every office there is.

    `concerned` are those whom it is about: none of them is ever told, nor a deputy in place of an office they hold.
    """
    own = held_by(concerned, school, day, offices)
    settled = reach_offices(school, _instead_of(own, wanted), concerned, day, offices)
    return settled or reach_offices(school, EVERY_OVERSEER - own, concerned, day, offices)


def held_by(people: frozenset[PersonId], school: SchoolId, day: date, offices: Offices) -> set[Office]:
    """Name the offices of a school that some people hold."""
    return {office for office in Office for each in people if offices.holds(each, school, office, day)}


def _instead_of(own: set[Office], wanted: frozenset[Office]) -> frozenset[Office]:
    """Replace an office that somebody concerned holds: nobody receives the copy of what they wrote themselves."""
    instead = set(wanted)
    if Office.ATHLETIC_DIRECTOR in own:
        instead |= {Office.PRINCIPAL}
    if Office.PRINCIPAL in own:
        instead |= {Office.ATHLETIC_DIRECTOR, Office.SUPERINTENDENT_DESIGNEE}
    return frozenset(instead - own)


def reach_offices(
    school: SchoolId, wanted: frozenset[Office], concerned: frozenset[PersonId], day: date, offices: Offices
) -> list[tuple[Office, PersonId]]:
    """Reach each of some offices of a school, by its holder or who stands in, past those whom it concerns."""
    reached = ((office, offices.reached(school, office, day, concerned)) for office in sorted(wanted))
    return [(office, person) for office, person in reached if person is not None]
