"""Who is who on a platform: the step that turns a Post into a Message, a look into a Space or a Profile."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import date, datetime, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

from bot.lists import Day, Lists
from bot.message import Message, MessageId, Pictured, PostId, PrivacyMatter
from bot.people import AccountId, Audience, Person, Role, Team, schools_of_people, stranger
from bot.platform import Post, ProfileSeen, Readers, SpaceSeen
from bot.profile import Profile
from bot.space import Space


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
