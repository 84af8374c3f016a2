"""Who is who: the district's lists, and the step that turns a Post into a Message."""

from collections import Counter
from collections.abc import Container, Iterable
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from functools import cached_property, lru_cache
from zoneinfo import ZoneInfo

from bot.message import Message, MessageId, Pictured, PostId, PrivacyMatter
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
    schools_of_people,
    stranger,
)
from bot.platform import Post, ProfileSeen, Readers, SpaceSeen
from bot.profile import Profile
from bot.space import Space
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


class Roster:
    """Turns what a platform tells into what a rule can look at. Keeps one `Day` at a time; never waits, never fails."""

    def __init__(
        self,
        lists: Lists,
        zone: ZoneInfo,
        as_of: datetime | None = None,
        stale_after: timedelta = timedelta(days=7),
    ) -> None:
        """Take the lists and the district's time zone. Without `as_of`, the lists count as fresh at any time."""
        self.lists = lists
        self.zone = zone
        self._as_of = as_of
        self._stale_after = stale_after
        self._days = lru_cache(maxsize=4)(lambda day: Day(lists, day))
        self._audiences = lru_cache(maxsize=4096)(self._count)

    def renew(self, lists: Lists, as_of: datetime | None = None) -> None:
        """Go on with other lists: an import came, or somebody linked an account.

        Without `as_of` they are as old as the ones before.
        """
        self.lists = lists
        self._as_of = as_of or self._as_of
        self._days = lru_cache(maxsize=4)(lambda day: Day(lists, day))
        self._audiences.cache_clear()

    def day_of(self, moment: datetime) -> date:
        """Give the district's date at a moment."""
        return moment.astimezone(self.zone).date()

    def on(self, day: date) -> Day:
        """Give the lists as they stand on a day."""
        return self._days(day)

    def recognise(self, post: Post, inherited: PrivacyMatter | None = None) -> Message:
        """Put people in place of accounts. `inherited` is the matter its place is already about."""
        local = post.sent_at.astimezone(self.zone)
        date_ = local.date()
        day = self._days(date_)
        author = day.accounts.get((post.platform, post.author)) or stranger(post.platform, post.author)
        audience = self._audience(post.platform, post.readers, date_, post.sent_at, post.author)
        placed = day.teams.get(post.team) if post.team is not None else None
        begun_with = None if inherited is None or inherited.team is None else day.teams.get(inherited.team)
        team = placed or begun_with or day.shared_team(author, audience)
        matter = _of_whom(_matter(post, inherited, author, team), author, audience)
        return Message(
            MessageId(post.platform, post.id, post.revision),
            post.place,
            author,
            post.author,
            audience,
            post.words,
            post.sent_at,
            date_,
            self.zone,
            local.hour,
            team,
            placed is not None,
            matter,
            post.emergency,
            concerns_copied=post.concerns_copied or (matter is not None and matter.concerns_copied),
            relayed=post.relayed,
            removable=post.removable,
            late=post.late,
            attached=post.attached,
        )

    def pictured(self, platform: str, accounts: Iterable[AccountId], day: date) -> tuple[Pictured, ...]:
        """Say who is in a picture, and whom the consent register lets be shown that day."""
        known = self._days(day)
        people = (known.accounts.get((platform, each)) or stranger(platform, each) for each in accounts)
        return tuple(Pictured(each, known.may_be_pictured(each.id)) for each in people)

    def recognise_space(self, seen: SpaceSeen, *, was_overseen: bool = False) -> Space:
        """Look at a place: whose it is and who can read it."""
        date_ = self.day_of(seen.at)
        connected = seen.connected
        audience = self._audience(seen.platform, seen.readers, date_, seen.at)
        return Space(
            MessageId(seen.platform, PostId(f"space:{seen.place}"), seen.change),
            seen.place,
            audience,
            seen.words,
            seen.at,
            date_,
            self._days(date_).teams.get(seen.team) if seen.team is not None else None,
            seen.advisor_may_speak,
            None if connected is None else self._audience(seen.platform, connected, date_, seen.at),
            seen.connected_for,
            was_overseen,
            audience.members & self._days(date_).overseers,
            seen.slips,
            seen.pins_known,
        )

    def recognise_profile(self, seen: ProfileSeen) -> Profile:
        """Look at how an account shows up."""
        date_ = self.day_of(seen.at)
        owner = self._days(date_).accounts.get((seen.platform, seen.account))
        return Profile(
            MessageId(seen.platform, PostId(f"profile:{seen.account}"), seen.change),
            seen.account,
            owner or stranger(seen.platform, seen.account),
            seen.words,
            seen.at,
            date_,
            new_picture=seen.new_picture,
        )

    def _audience(
        self, platform: str, readers: Readers, day: date, moment: datetime, author: AccountId | None = None
    ) -> Audience:
        if not readers.known:
            return UNKNOWN_AUDIENCE
        audience = self._audiences(platform, readers, day, author)
        if self._as_of is not None and moment - self._as_of > self._stale_after:
            return replace(audience, stale=True)
        return audience

    def _count(self, platform: str, told: Readers, day: date, author: AccountId | None) -> Audience:
        """Find the people behind the accounts. An author's second account is still the author.

        Students and strangers who may have read it besides leave the audience unknown, unless it surely has several
        students without them.
        """
        linked = self._days(day).accounts
        writer = linked.get((platform, author)) if author is not None else None
        found = [(account, linked.get((platform, account))) for account in told.accounts if account != author]
        people = [(account, person) for account, person in found if person is not None]
        readers = frozenset(person for _, person in people if person is not writer)
        present = frozenset(person.id for account, person in people if person is not writer and account in told.members)
        perhaps = (linked.get((platform, account)) for account in told.perhaps if account != author)
        others = [each for each in perhaps if each is None or (each is not writer and each not in readers)]
        audience = Audience(readers, present, len(found) - len(people))
        if len(audience.students) >= SEVERAL_STUDENTS:
            return replace(audience, at_least=bool(others))
        return UNKNOWN_AUDIENCE if any(each is None or each.has(Role.STUDENT) for each in others) else audience


UNKNOWN_AUDIENCE = Audience(known=False)

SEVERAL_STUDENTS = 2
"""So many and nobody is alone with one, whoever else may have read."""


def _matter(post: Post, inherited: PrivacyMatter | None, author: Person, team: Team | None) -> PrivacyMatter | None:
    """A declared kind continues the place's matter where there is one, and begins one where there is none."""
    if post.matter is None:
        return inherited
    if inherited is None:
        begun_with = None if team is None else team.id
        begun = PrivacyMatter(post.matter, f"{post.platform} {post.id}", post.concerns_copied, author.id, begun_with)
        return replace(begun, of_student=False)
    return replace(inherited, kind=post.matter, concerns_copied=inherited.concerns_copied or post.concerns_copied)


def _of_whom(matter: PrivacyMatter | None, author: Person, audience: Audience) -> PrivacyMatter | None:
    """Know from the first message that a student writes or may read, and for as long as it lasts, that one takes part.

    What no student ever took part in is none of theirs.
    """
    students = [*audience.students, *([author] if author.has(Role.STUDENT) else [])]
    if matter is None or not (students or not audience.known):
        return matter
    return replace(matter, of_student=True, schools=schools_of_people(students) or matter.schools)


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
