"""What a platform needs to know of people to hand things over and to draw what they can choose. Pure, and read only."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from operator import itemgetter

from bot.lists import Day
from bot.people import AccountId, Office, Person, PersonId, Role, SchoolId, TeamId
from bot.roster import Roster


@dataclass(frozen=True, slots=True)
class Choosable:
    """Somebody who can be chosen from a list."""

    account: AccountId
    name: str


@dataclass(frozen=True, slots=True)
class Directory:
    """The roster of today, seen from one platform."""

    platform: str
    roster: Roster
    today: Callable[[], date]

    @property
    def day(self) -> Day:
        """Give the lists as they stand today."""
        return self.roster.on(self.today())

    def person(self, account: AccountId) -> PersonId | None:
        """Say whose account it is; None for one that nobody is linked to."""
        known = self._known(account)
        return None if known is None else known.id

    def _known(self, account: AccountId) -> Person | None:
        return self.day.accounts.get((self.platform, account))

    def accounts(self, person: PersonId) -> tuple[AccountId, ...]:
        """Name the accounts of somebody here, in a fixed order."""
        linked = ((on, account) for (on, account), owner in self.day.accounts.items() if owner.id == person)
        return tuple(sorted(account for on, account in linked if on == self.platform))

    def name(self, person: PersonId) -> str:
        """Give a name as others know it; the roster's id where there is none."""
        return self.day.names.get(person) or person

    def leads(self, account: AccountId) -> bool:
        """Say whether this is a coach or advisor of any team."""
        known = self._known(account)
        return known is not None and known.has(Role.ADVISOR)

    def is_student(self, account: AccountId) -> bool:
        """Say whether this is a student, whatever else they are."""
        known = self._known(account)
        return known is not None and known.has(Role.STUDENT)

    def schools(self, account: AccountId) -> tuple[SchoolId, ...]:
        """Name somebody's schools."""
        known = self._known(account)
        return () if known is None else tuple(sorted(known.schools))

    def students_of(self, account: AccountId) -> tuple[Choosable, ...]:
        """List the students of the teams that somebody coaches or advises, by name."""
        led = self._led_by(account)
        return self._linked(lambda person: person.has(Role.STUDENT) and not person.teams.isdisjoint(led), led)

    def colleagues_of(self, account: AccountId) -> tuple[Choosable, ...]:
        """List who leads the same teams as somebody, by name."""
        coach, led, day = self.person(account), self._led_by(account), self.day
        return self._linked(
            lambda person: person.id != coach and person.is_staff and not day.led_by(person.id).isdisjoint(led), led
        )

    def _led_by(self, account: AccountId) -> frozenset[TeamId]:
        coach = self.person(account)
        return self.day.led_by(coach) if coach is not None else frozenset()

    def _linked(self, wanted: Callable[[Person], bool], shared: frozenset[TeamId]) -> tuple[Choosable, ...]:
        """List people with an account here, by name; who has several accounts stands there once, with the last."""
        found = (
            (each, person) for (on, each), person in self.day.accounts.items() if on == self.platform and wanted(person)
        )
        chosen = {person: each for each, person in sorted(found, key=itemgetter(0))}
        named = (Choosable(each, self._told_apart(person, shared)) for person, each in chosen.items())
        return tuple(sorted(named, key=lambda each: each.name))

    def _told_apart(self, person: Person, shared: frozenset[TeamId]) -> str:
        """Name somebody so that nobody takes them for a namesake: whose private matter it is would be told another.

        Of their teams only those are named that whoever chooses is in as well.
        """
        name = self.name(person.id)
        if not self.day.has_namesake(person.id):
            return name
        return f"{name} ({', '.join((person.id, *sorted(person.teams & shared)))})"

    def teams_of(self, account: AccountId) -> tuple[TeamId, ...]:
        """Name the teams that somebody coaches or advises."""
        return tuple(sorted(self._led_by(account)))

    def adults(self, account: AccountId) -> tuple[Choosable, ...]:
        """List the adults somebody can turn to: who leads their teams, then who holds their school's offices."""
        known = self._known(account)
        if known is None:
            return ()
        leading = [each for team in sorted(known.teams) for each in self.day.lists.teams if each.team == team]
        people = [each.person for each in leading if each.part.leads and each.runs(self.day.day)]
        people += [person for school in sorted(known.schools) for person in self._offices(school)]
        found = (self.accounts(each) for each in dict.fromkeys(people) if each != known.id)
        people_here = {accounts[0]: self.day.accounts[self.platform, accounts[0]] for accounts in found if accounts}
        return tuple(Choosable(each, self._told_apart(person, known.teams)) for each, person in people_here.items())

    def _offices(self, school: SchoolId) -> list[PersonId]:
        asked = (Office.PRINCIPAL, Office.COUNSELOR, Office.ATHLETIC_DIRECTOR)
        held = (self.day.offices.reached(school, office, self.day.day, frozenset()) for office in asked)
        return [each for each in held if each is not None]
