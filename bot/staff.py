"""Who stands above whom on one day, and with that who may look into a case and who may decide it. Pure.

Nobody decides, sees or is alerted about a case in which they are the subject, a reporter, or the subject's subordinate,
or whose private matter concerns them.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from enum import IntEnum
from functools import cached_property
from typing import Final

from bot.people import Office, Offices, Person, PersonId, Role, SchoolId


class Rank(IntEnum):
    """How high somebody stands, by the highest thing they are. Who stands in for an office stands just below it."""

    OTHER = 0
    """Students, guardians and everybody else who is no staff."""
    STAFF = 1
    """Coaches, advisors, teachers, counselors: whoever works for the district and holds no office above others."""
    INSTEAD_OF_ATHLETIC_DIRECTOR = 2
    ATHLETIC_DIRECTOR = 3
    INSTEAD_OF_PRINCIPAL = 4
    PRINCIPAL = 5
    INSTEAD_OF_DESIGNEE = 6
    SUPERINTENDENT_DESIGNEE = 7


HELD: Final = {
    Office.COUNSELOR: Rank.STAFF,
    Office.ATHLETIC_DIRECTOR: Rank.ATHLETIC_DIRECTOR,
    Office.PRINCIPAL: Rank.PRINCIPAL,
    Office.SUPERINTENDENT_DESIGNEE: Rank.SUPERINTENDENT_DESIGNEE,
}
STOOD_IN_FOR: Final = {
    Office.COUNSELOR: Rank.STAFF,
    Office.ATHLETIC_DIRECTOR: Rank.INSTEAD_OF_ATHLETIC_DIRECTOR,
    Office.PRINCIPAL: Rank.INSTEAD_OF_PRINCIPAL,
    Office.SUPERINTENDENT_DESIGNEE: Rank.INSTEAD_OF_DESIGNEE,
}


@dataclass(frozen=True, slots=True)
class Seat:
    """An office of one school, with somebody who holds it or stands in for its holder."""

    school: SchoolId
    office: Office
    person: PersonId
    stands_in: bool = False

    @property
    def rank(self) -> Rank:
        """Say how high this seat is; its person may hold a higher one elsewhere."""
        return (STOOD_IN_FOR if self.stands_in else HELD)[self.office]


def rank_of(person: Person, offices: Offices, day: date) -> Rank:
    """Say how high somebody stands by the list of offices alone. A student is a student; a stranger may be anybody."""
    if person.has(Role.STUDENT):
        return Rank.OTHER
    ranks = [_without_office(person)]
    ranks += [HELD[each.office] for each in offices.tenures if each.person == person.id and each.runs(day)]
    deputy_of = {(each.school, each.office) for each in offices.tenures if each.deputy == person.id}
    in_charge = (office for school, office in deputy_of if person.id in offices.filled(school, office, day)[1])
    ranks += [STOOD_IN_FOR[office] for office in in_charge]
    return max(ranks)


def _without_office(person: Person) -> Rank:
    may_be_staff = person.is_staff or (person.has(Role.STRANGER) and not person.has(Role.STUDENT))
    return Rank.STAFF if may_be_staff else Rank.OTHER


@dataclass(frozen=True, slots=True)
class Concern:
    """What settles who may look into a case: whom it is about, who told, where it belongs, who was asked."""

    subjects: frozenset[PersonId]
    """Whom it is about. Nobody: it is not known whom, so it may be somebody of the staff."""
    reporters: frozenset[PersonId] = frozenset()
    schools: frozenset[SchoolId] = frozenset()
    asked: frozenset[PersonId] = frozenset()
    """Who was told about it and asked to look, whatever office they hold."""
    avoided: frozenset[PersonId] = frozenset()
    """Whom a reporter asked to leave out: the own coaches."""
    spent: frozenset[PersonId] = frozenset()
    """Who has decided what was appealed since: somebody else decides."""
    passed_by: Rank = Rank.OTHER
    """The rank of who handed the case on: only somebody who stands above it decides now."""
    concerned: frozenset[PersonId] = frozenset()
    """From whom its private matter is kept, though it is about somebody else. Their rank counts for nothing."""


@dataclass(frozen=True)
class Staff:
    """The district's staff on one day. Whoever is on a student roster is a student, and looks into nothing."""

    people: Mapping[PersonId, Person]
    """Everybody who is active, with every role they hold that day."""
    offices: Offices
    day: date
    departed: Mapping[PersonId, Person] = field(default_factory=dict)
    """Who was on an earlier roster, as it had them: a student who has left is none of the staff."""

    @cached_property
    def seats(self) -> dict[tuple[SchoolId, Office], tuple[Seat, ...]]:
        """Every office with who holds it and who stands in, holders first."""
        named = sorted({(line.school, line.office) for line in self.offices.tenures})
        return {each: tuple(self._seats_of(*each)) for each in named}

    def _seats_of(self, school: SchoolId, office: Office) -> Iterator[Seat]:
        """When a term has ended and nobody follows, its deputy stands in."""
        running, deputies = self.offices.filled(school, office, self.day)
        yield from (Seat(school, office, each.person) for each in running if self._is_adult(each.person))
        yield from (Seat(school, office, each, stands_in=True) for each in deputies if self._is_adult(each))

    def _is_adult(self, person: PersonId) -> bool:
        known = self.people.get(person)
        return known is not None and not known.has(Role.STUDENT)

    @cached_property
    def _ranks(self) -> dict[PersonId, Rank]:
        known = (*self.departed.values(), *self.people.values())
        ranks = {each.id: _without_office(each) for each in known}
        for seats in self.seats.values():
            for seat in seats:
                ranks[seat.person] = max(ranks[seat.person], seat.rank)
        return ranks

    def rank(self, person: PersonId) -> Rank:
        """Say how high somebody stands. Who is not known may be anybody, so at least staff."""
        return self._ranks.get(person, Rank.STAFF)

    def about(self, case: Concern) -> Rank:
        """Say how high the highest of those stands whom a case is about."""
        return max((self.rank(each) for each in case.subjects), default=Rank.STAFF)

    def is_barred(self, person: PersonId, case: Concern) -> bool:
        """Say whether a case must be kept from somebody, whatever office they hold or whoever asked them.

        It is from its subjects, its reporters and the subjects' subordinates; from whom its matter concerns; from whom
        a reporter left out; and from whoever is no adult of the staff.
        """
        kept_from = case.subjects | case.reporters | case.concerned | case.avoided
        if person in kept_from or not self._is_adult(person):
            return True
        rank = self.rank(person)
        return rank is Rank.OTHER or rank < self.about(case)

    def may_see(self, person: PersonId, case: Concern) -> bool:
        """Say whether somebody may read a case: who was asked to look, who could decide it, and who may now."""
        if self.is_barred(person, case):
            return False
        anew = replace(case, spent=frozenset(), passed_by=Rank.OTHER)
        deciding = (*self.deciding(anew), *self.deciding(case))  # an appeal may be a deputy's, who could not before
        return person in case.asked or any(seat.person == person for seat in deciding)

    def may_decide(self, person: PersonId, case: Concern) -> bool:
        """Say whether somebody may decide a case. About staff, only somebody who stands above them."""
        if self.is_barred(person, case) or person in case.spent:
            return False
        asked = person in case.asked and self._must_exceed(case) is Rank.OTHER and not self._defers(person, case)
        return asked or any(seat.person == person for seat in self.deciding(case))

    def _defers(self, person: PersonId, case: Concern) -> bool:
        """Say whether somebody, though asked once, is the deputy of who decided, and leaves it to a higher office."""
        held = (seat for seats in self.seats.values() for seat in seats if seat.person == person)
        return any(self._overrules_holder(each, case) for each in held)

    def deciding(self, case: Concern) -> list[Seat]:
        """List who decides a case by their office, the nearest first.

        A principal looks after the own school only, a counselor after its students. When nobody there can, a
        superintendent's designee of any school does. It waits for who is away only where nobody else can.
        """
        reach = self._in_reach(case)
        here = ([each for each in seats if self.is_here(each.person)] for seats in reach)
        found: list[Seat] = next(filter(None, ([*self._able(seats, case)] for seats in (*here, *reach))), [])
        return sorted(found, key=lambda seat: (seat.rank, seat.person, seat.school))

    def is_here(self, person: PersonId) -> bool:
        """Say whether somebody is not away today."""
        return self.offices.is_here(person, self.day)

    def _in_reach(self, case: Concern) -> tuple[list[Seat], list[Seat]]:
        """List the seats of the schools of a case, and every designee's."""
        own = [each for (school, _), seats in self.seats.items() if school in case.schools for each in seats]
        return own, [each for seats in self.seats.values() for each in seats if _is_designee(each)]

    def _able(self, seats: list[Seat], case: Concern) -> Iterator[Seat]:
        """Pick who can act; somebody who stands in only where no holder can."""
        able = [each for each in seats if self._can_act(each, case)]
        held = {(each.school, each.office) for each in able if not each.stands_in}
        yield from (each for each in able if not each.stands_in or (each.school, each.office) not in held)

    def _can_act(self, seat: Seat, case: Concern) -> bool:
        is_free = self._may_look(seat, case) and seat.person not in case.spent
        return seat.rank > self._must_exceed(case) and is_free and not self._overrules_holder(seat, case)

    def _may_look(self, seat: Seat, case: Concern) -> bool:
        return not self.is_barred(seat.person, case) and not self._is_instead_of(seat, case.concerned)

    def _overrules_holder(self, seat: Seat, case: Concern) -> bool:
        """Say whether a deputy would rule on what the own holder decided, though a higher office is there to look."""
        if not self._is_instead_of(seat, case.spent):
            return False
        own, designees = self._in_reach(case)
        higher = (each for each in (*own, *designees) if HELD[each.office] > HELD[seat.office])
        return any(self._may_look(each, case) for each in higher)

    def _is_instead_of(self, seat: Seat, people: frozenset[PersonId]) -> bool:
        """Say whether a seat is a deputy's, in place of one of these people."""
        holders = (each.person for each in self.seats[seat.school, seat.office] if not each.stands_in)
        return seat.stands_in and any(each in people for each in holders)

    def _must_exceed(self, case: Concern) -> Rank:
        """Say above which rank somebody must stand to decide."""
        return max(self.about(case), case.passed_by)


def _is_designee(seat: Seat) -> bool:
    return seat.office is Office.SUPERINTENDENT_DESIGNEE
