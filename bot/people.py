"""Who people are to the district, and which of them can read a place."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from functools import cached_property
from typing import Final, NewType

PersonId = NewType("PersonId", str)
"""A person's OneRoster `sourcedId`; for somebody nobody knows, `stranger:<platform>/<account>`."""

SchoolId = NewType("SchoolId", str)
TeamId = NewType("TeamId", str)
AccountId = NewType("AccountId", str)
"""A platform's own id of an account. Means something only beside the platform's name."""


class Role(StrEnum):
    """What somebody is to the district. A person may be several at once."""

    STUDENT = "student"
    GUARDIAN = "guardian"
    EMPLOYEE = "employee"
    ADVISOR = "advisor"
    PRINCIPAL = "principal"
    ATHLETIC_DIRECTOR = "athletic_director"
    ADMINISTRATOR = "administrator"
    STRANGER = "stranger"


ADMINISTRATORS = frozenset({Role.PRINCIPAL, Role.ATHLETIC_DIRECTOR, Role.ADMINISTRATOR})
"""Whose reading of a place counts as an administrator's."""


class Office(StrEnum):
    """An office that looks after a school's private matters."""

    PRINCIPAL = "principal"
    ATHLETIC_DIRECTOR = "athletic_director"
    SUPERINTENDENT_DESIGNEE = "superintendent_designee"
    COUNSELOR = "counselor"


EVERY_OVERSEER = frozenset({Office.PRINCIPAL, Office.ATHLETIC_DIRECTOR, Office.SUPERINTENDENT_DESIGNEE})
"""The offices that get copies, or may get them instead of another."""


class Part(StrEnum):
    """The part somebody plays on a team or in a club."""

    COACH = "coach"
    ADVISOR = "advisor"
    CAPTAIN = "captain"
    OFFICER = "officer"
    MEMBER = "member"

    @property
    def leads(self) -> bool:
        """Whether this part is the adult's: coach or advisor."""
        return self in {Part.COACH, Part.ADVISOR}


class TeamKind(StrEnum):
    """Athletics have coaches, clubs have advisors; copies may go to different offices."""

    ATHLETICS = "athletics"
    CLUB = "club"


class AgeBand(StrEnum):
    """What may be known of somebody's age. It comes from a grade or an office's yes or no, never a birth date."""

    UNDER_13 = "under_13"
    TEEN_13_TO_15 = "13_to_15"
    TEEN_16_TO_17 = "16_to_17"
    ADULT = "adult"


STAFF = frozenset(
    {Role.EMPLOYEE, Role.ADVISOR, Role.PRINCIPAL, Role.ATHLETIC_DIRECTOR, Role.ADMINISTRATOR},
)


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody in the district, with everything they are at once."""

    id: PersonId
    roles: frozenset[Role]
    schools: frozenset[SchoolId] = frozenset()
    teams: frozenset[TeamId] = frozenset()
    """Teams and clubs the person belongs to today, in whatever part."""
    once_led: frozenset[TeamId] = frozenset()
    """Teams the person coached or advised until an end date that has passed."""
    band: AgeBand | None = None

    def __hash__(self) -> int:
        """Hash by id: people are looked up far more often than they are compared."""
        return hash(self.id)

    def has(self, role: Role) -> bool:
        """Say whether the person is this, whatever else they are."""
        return role in self.roles

    @property
    def is_staff(self) -> bool:
        """Whether the person is an adult of the district. A student who coaches is a student still."""
        return Role.STUDENT not in self.roles and not STAFF.isdisjoint(self.roles)


def schools_of_people(people: Iterable[Person]) -> tuple[SchoolId, ...]:
    """List the schools of some people, sorted."""
    return tuple(sorted({school for each in people for school in each.schools}))


def stranger(platform: str, account: AccountId) -> Person:
    """Stand in for the author of a post whose account no roster line names."""
    return Person(PersonId(f"stranger:{platform}/{account}"), frozenset({Role.STRANGER}))


@dataclass(frozen=True, slots=True)
class Team:
    """A team or club as it is on one day."""

    id: TeamId
    school: SchoolId
    kind: TeamKind
    members: frozenset[PersonId] = frozenset()
    """Active students of the team who have a linked account: the ones a message can reach."""


SEVERAL_FAMILIES: Final = 3
"""Two may be the parents of one student."""


@dataclass(frozen=True)
class Audience:
    """Who can read a place at one moment, the author left out.

    Only rostered, active people with a linked account are `readers`; two accounts of one person are one reader.
    """

    readers: frozenset[Person] = frozenset()
    members: frozenset[PersonId] = frozenset()
    """Readers who are explicit members of the place, not readers by a server's permissions alone."""
    unlinked: int = 0
    """Human accounts that can read the place and that no roster line names."""
    known: bool = True
    """False when the platform could not say who can read the place."""
    stale: bool = False
    """True when the roster is too old to lock or remove by."""
    at_least: bool = False
    """True when a history cannot say of others whether they could read it too. Then it has several students anyway."""

    @cached_property
    def students(self) -> frozenset[Person]:
        """Pick out the students once; rules ask for them at every message."""
        return self.of(Role.STUDENT)

    @cached_property
    def is_overseen(self) -> bool:
        """Say whether an administrator is a member of the place: who may only look in does not watch over it."""
        return any(person.roles & ADMINISTRATORS and person.id in self.members for person in self.readers)

    @cached_property
    def names(self) -> tuple[PersonId, ...]:
        """List who can read, sorted; once, because a place has the same audience for many messages."""
        return tuple(sorted(person.id for person in self.readers))

    @property
    def schools_by_group(self) -> tuple[tuple[SchoolId, ...], ...]:
        """List the schools of the students who can read, then of the staff, then of everybody, each sorted."""
        staff = [person for person in self.readers if person.is_staff]
        return tuple(map(schools_of_people, (self.students, staff, self.readers)))

    @cached_property
    def schools(self) -> tuple[SchoolId, ...]:
        """List the schools of the students who can read, else of the staff, else of everybody."""
        return next(filter(None, self.schools_by_group), ())

    @cached_property
    def apart(self) -> tuple[PersonId, ...]:
        """List those of them who are no members of the place."""
        return tuple(each for each in self.names if each not in self.members)

    @cached_property
    def is_staff_alone(self) -> bool:
        """Whether nobody but staff can read, for certain."""
        return self.known and not self.unlinked and all(person.is_staff for person in self.readers)

    @cached_property
    def is_crowd(self) -> bool:
        """Whether so many read who are neither staff nor students, known or not, that they are several families."""
        others = sum(not person.is_staff and Role.STUDENT not in person.roles for person in self.readers)
        return others + self.unlinked >= SEVERAL_FAMILIES

    @cached_property
    def is_adults_alone(self) -> bool:
        """Whether nobody but staff and guardians can read, for certain."""
        return self.known and not self.unlinked and not self.students

    def of(self, role: Role) -> frozenset[Person]:
        """Pick the readers who hold a role."""
        return frozenset(person for person in self.readers if role in person.roles)


@dataclass(frozen=True, slots=True)
class Tenure:
    """One line of `offices.csv`: who holds an office at a school, and who stands in. Dates include both ends."""

    school: SchoolId
    office: Office
    person: PersonId
    deputy: PersonId | None = None
    since: date | None = None
    until: date | None = None

    def runs(self, day: date) -> bool:
        """Say whether the holder is in office on this day."""
        return (self.since is None or self.since <= day) and (self.until is None or day <= self.until)


@dataclass(frozen=True, slots=True)
class Absence:
    """One line of `absences.csv`: somebody is away, and a deputy stands in. Dates include both ends."""

    person: PersonId
    since: date
    until: date

    def runs(self, day: date) -> bool:
        """Say whether the person is away on this day."""
        return self.since <= day <= self.until


@dataclass(frozen=True, slots=True)
class Offices:
    """Who holds which office. The only place where a copy's addressee is looked up."""

    tenures: tuple[Tenure, ...] = ()
    active: frozenset[PersonId] = frozenset()
    """People the roster still has. For a holder whom it has no more, or who is away, the deputy stands in."""
    absences: tuple[Absence, ...] = ()

    @property
    def schools(self) -> frozenset[SchoolId]:
        """Every school that has an office, filled or not."""
        return frozenset(line.school for line in self.tenures)

    def holds(self, person: PersonId, school: SchoolId, office: Office, day: date) -> bool:
        """Say whether this person holds the office itself on this day."""
        return any(
            line.person == person and line.school == school and line.office is office and line.runs(day)
            for line in self.tenures
        )

    def is_here(self, person: PersonId, day: date) -> bool:
        """Say whether the roster still has somebody who is not away on this day."""
        return person in self.active and not any(each.person == person and each.runs(day) for each in self.absences)

    def reached(self, school: SchoolId, office: Office, day: date, passing: frozenset[PersonId]) -> PersonId | None:
        """Find who receives what this office should see on this day, or None if nobody can.

        The holder comes first, then the holder's deputy. When a term has ended and nobody follows, its deputy stands
        in: of several such terms, the last one's. Nobody of `passing` is ever returned: nobody oversees themselves.
        """
        running, deputies = self.filled(school, office, day)
        candidates = [*(line.person for line in running), *deputies]
        return next((each for each in candidates if each not in passing and self.is_here(each, day)), None)

    def overseers(self, day: date) -> frozenset[PersonId]:
        """Name everybody who holds an office that may get copies, or would stand in for its holder, at any school."""
        filled = [self.filled(school, office, day) for school in self.schools for office in EVERY_OVERSEER]
        holders = frozenset(line.person for running, _ in filled for line in running)
        return holders.union(*(deputies for _, deputies in filled))

    def filled(self, school: SchoolId, office: Office, day: date) -> tuple[list[Tenure], list[PersonId]]:
        """Give the terms of an office that run on a day, and who stands in: as deputy in them, or in the last ended."""
        lines = [line for line in self.tenures if line.school == school and line.office is office]
        running = [line for line in lines if line.runs(day)]
        terms = running or _ended_last(lines, day)
        return running, [line.deputy for line in terms if line.deputy is not None]


def _ended_last(lines: list[Tenure], day: date) -> list[Tenure]:
    """Pick those terms of an office that ended last: who stood in for an earlier holder is in charge no more."""
    started = [line for line in lines if line.since is None or line.since <= day]
    ended = [line for line in started if line.until is not None and line.until < day]
    last = max((line.until for line in ended if line.until is not None), default=None)
    return [line for line in ended if line.until == last]
