"""The district's lists: who is who, as an import brings it and as it stands on one day."""

from collections import Counter
from collections.abc import Container, Iterable
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property

from bot.people import (
    ADMINISTRATORS,
    Absence,
    AccountId,
    AgeBand,
    Audience,
    Office,
    Offices,
    Part,
    Person,
    PersonId,
    Role,
    SchoolId,
    Team,
    TeamId,
    TeamKind,
    Tenure,
)
from bot.text import fold

OFFICE_ROLES = {Office.PRINCIPAL: Role.PRINCIPAL, Office.ATHLETIC_DIRECTOR: Role.ATHLETIC_DIRECTOR}


@dataclass(frozen=True, slots=True)
class Listed:
    """A person as the district's roster lists them. Who is missing from a new list departs; nobody is deleted."""

    id: PersonId
    roles: frozenset[Role]
    """What OneRoster alone says: student, guardian, employee, administrator."""
    schools: frozenset[SchoolId] = frozenset()
    band: AgeBand | None = None
    given_name: str = field(default="", repr=False)
    family_name: str = field(default="", repr=False)
    active: bool = True
    mail_address: str = field(default="", repr=False)
    """Where letters reach an employee or the holder of an office. Empty for everybody else; always for a student."""


@dataclass(frozen=True, slots=True)
class LinkedAccount:
    """One line of `accounts.csv`: this account belongs to this person."""

    platform: str
    account: AccountId
    person: PersonId
    band: AgeBand | None = None
    """What an office says of the person's age, where no grade does."""
    confirmed: bool = False
    """Whether the person linked it, with a code that was sent to their district address."""


@dataclass(frozen=True, slots=True)
class Belonging:
    """One line of `teams.csv`: a person's part on a team for a season."""

    team: TeamId
    school: SchoolId
    season: str
    person: PersonId
    part: Part
    until: date | None = None
    """The last day, by the district's clock; None while it has no end."""

    def runs(self, day: date) -> bool:
        """Say whether the person still belongs on this day."""
        return self.until is None or day <= self.until


@dataclass(frozen=True, slots=True)
class Consent:
    """One line of `consent.csv`: whether pictures of a student may be used, for what, until when."""

    student: PersonId
    scope: str
    allowed: bool
    until: date | None = None
    evidence: str = field(default="", repr=False)
    """Where the signed answer is kept. Free text of an office, so it is sealed at rest."""


@dataclass(frozen=True, slots=True)
class Lists:
    """Everything one import brings, in no particular order."""

    people: tuple[Listed, ...] = ()
    accounts: tuple[LinkedAccount, ...] = ()
    offices: tuple[Tenure, ...] = ()
    teams: tuple[Belonging, ...] = ()
    consents: tuple[Consent, ...] = ()
    absences: tuple[Absence, ...] = ()


@dataclass(frozen=True)
class Day:
    """The lists as they stand on one day: who is what, and who belongs where."""

    lists: Lists
    day: date

    @cached_property
    def people(self) -> dict[PersonId, Person]:
        """Everybody who is active today, with every role they hold today."""
        parts = _by_person(self.lists.teams)
        tenures = [each for each in self.lists.offices if each.runs(self.day)]
        bands = {each.person: each.band for each in self.lists.accounts if each.band is not None}
        return {
            each.id: self._person(each, parts.get(each.id, []), tenures, bands.get(each.id))
            for each in self.lists.people
            if each.active
        }

    @cached_property
    def departed(self) -> dict[PersonId, Person]:
        """Everybody of an earlier roster who is on this one no more: what they were, and at which schools."""
        gone = (each for each in self.lists.people if not each.active)
        return {each.id: Person(each.id, each.roles or frozenset({Role.STRANGER}), each.schools) for each in gone}

    def _person(self, listed: Listed, parts: list[Belonging], tenures: list[Tenure], band: AgeBand | None) -> Person:
        current = [each for each in parts if each.runs(self.day)]
        leads = {each.team for each in current if each.part.leads}
        once_led = frozenset(each.team for each in parts if each.part.leads) - leads
        roles = set(listed.roles)
        if leads:
            roles.add(Role.ADVISOR)
        roles |= {
            OFFICE_ROLES[each.office] for each in tenures if each.person == listed.id and each.office in OFFICE_ROLES
        }
        teams = frozenset(each.team for each in current)
        return Person(
            listed.id,
            frozenset(roles) or frozenset({Role.STRANGER}),
            listed.schools,
            teams,
            once_led,
            listed.band or band,
        )

    @cached_property
    def mail_addresses(self) -> dict[PersonId, str]:
        """Where a letter reaches whoever is active today and has an address."""
        return {each.id: each.mail_address for each in self.lists.people if each.active and each.mail_address}

    @cached_property
    def accounts(self) -> dict[tuple[str, AccountId], Person]:
        """Every linked account of somebody active."""
        return {
            (each.platform, each.account): self.people[each.person]
            for each in self.lists.accounts
            if each.person in self.people
        }

    @cached_property
    def teams(self) -> dict[TeamId, Team]:
        """Every team that has anybody today."""
        linked = {person.id for person in self.accounts.values() if person.has(Role.STUDENT)}
        grouped: dict[TeamId, list[Belonging]] = {}
        for each in self.lists.teams:
            grouped.setdefault(each.team, []).append(each)
        return {team: _team(team, lines, self.day, linked) for team, lines in grouped.items()}

    @cached_property
    def offices(self) -> Offices:
        """Who can be reached for which office: whoever is away on the day it is asked for cannot."""
        return Offices(self.lists.offices, frozenset(self.people), self.lists.absences)

    @cached_property
    def overseers(self) -> frozenset[PersonId]:
        """Everybody who gets copies by their office, or would for a holder who is away."""
        return self.offices.overseers(self.day)

    @cached_property
    def names(self) -> dict[PersonId, str]:
        """Everybody's name, as others know it."""
        return {each.id: f"{each.given_name} {each.family_name}".strip() for each in self.lists.people}

    def has_namesake(self, person: PersonId) -> bool:
        """Say whether somebody else who is here has the same name, or one that reads alike: José and Jose."""
        return self._bearers[alike(self.names.get(person, ""))] > 1

    @cached_property
    def _bearers(self) -> Counter[str]:
        """How many of those who are here have a name."""
        here = (self.names[each.id] for each in self.lists.people if each.active)
        return Counter(alike(name) for name in here if name)

    def title(self, person: PersonId, office: Office) -> str:
        """Name somebody by office and name: the principal (Dana Ortiz)."""
        name = self.names.get(person, "")
        return f"the {str(office).replace('_', ' ')}{f' ({name})' if name else ''}"

    def playing(self, team: TeamId, parts: Container[Part]) -> tuple[PersonId, ...]:
        """Name the people who play one of these parts on a team today and have a linked account, sorted."""
        linked = {person.id for person in self.accounts.values()}
        lines = (each for each in self.lists.teams if each.team == team and each.part in parts and each.runs(self.day))
        return tuple(sorted({each.person for each in lines if each.person in linked}))

    def may_be_pictured(self, person: PersonId) -> bool:
        """Say whether the register has a yes for somebody that runs today, and no no."""
        running = [
            each.allowed
            for each in self.lists.consents
            if each.student == person and (each.until is None or self.day <= each.until)
        ]
        return bool(running) and all(running)

    def shared_team(self, author: Person, audience: Audience) -> Team | None:
        """Find a team the author leads: one that a reading student is on, else any.

        A student's words to a coach belong to a team of theirs that the coach leads, and so do the words of other staff
        to a student and their coach; otherwise there is none. An administrator who leads a team as well may only watch
        over the place, so a team that another reader leads comes first.
        """
        if not author.has(Role.ADVISOR):
            coaches = audience.of(Role.ADVISOR)
            others = frozenset(each for each in coaches if ADMINISTRATORS.isdisjoint(each.roles))
            reading = (self.led_by(person.id) for person in others or coaches)
            students = audience.students if author.is_staff else (author,)
            theirs = frozenset().union(*reading).intersection(team for each in students for team in each.teams)
            return self.teams[min(theirs)] if theirs else None
        led = sorted(self.led_by(author.id))
        # Without a shared team some team of theirs still says which school's offices get the copies, and which of them.
        # It says no more than that: an exception for the team is no leave to write to students outside it.
        shared = (team for team in led if any(team in student.teams for student in audience.students))
        found = next(shared, led[0] if led else None)
        return None if found is None else self.teams[found]

    def led_by(self, person: PersonId) -> frozenset[TeamId]:
        """Name the teams a person coaches or advises today."""
        return self._led.get(person, frozenset())

    @cached_property
    def _led(self) -> dict[PersonId, frozenset[TeamId]]:
        led: dict[PersonId, frozenset[TeamId]] = {}
        for each in self.lists.teams:
            if each.part.leads and each.runs(self.day):
                led[each.person] = led.get(each.person, frozenset()) | {each.team}
        return led


def _by_person(lines: Iterable[Belonging]) -> dict[PersonId, list[Belonging]]:
    grouped: dict[PersonId, list[Belonging]] = {}
    for line in lines:
        grouped.setdefault(line.person, []).append(line)
    return grouped


def _team(team: TeamId, lines: list[Belonging], day: date, linked: set[PersonId]) -> Team:
    """A team with a coach is an athletic one; one with advisors only is a club."""
    athletic = any(each.part is Part.COACH for each in lines)
    members = frozenset(each.person for each in lines if each.runs(day) and not each.part.leads)
    return Team(team, lines[0].school, TeamKind.ATHLETICS if athletic else TeamKind.CLUB, members & linked)


def alike(name: str) -> str:
    """Write a name so that two which read alike are the same: José and Jose."""
    return " ".join(fold(name).text.split())
