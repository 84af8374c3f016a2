from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from bot.lists import Belonging, LinkedAccount, Listed, Lists
from bot.message import MatterKind, PlaceId, PrivacyMatter
from bot.people import Absence, AccountId, AgeBand, Office, Part, PersonId, Role, TeamId, TeamKind, Tenure
from bot.platform import UNKNOWN_READERS, Post, ProfileSeen, Readers, SpaceSeen
from bot.roster import Roster
from tests.district import CHESS, DAY, EARLIER, HIGH, NOON, ROBOTICS, SOCCER, SWIM, ZONE, ended, lists, roster
from tests.store.house import post

A_DAY = timedelta(days=1)


def readers(*names: str, by_server: tuple[str, ...] = ()) -> Readers:
    """Let accounts read, some by a permission of the server only."""
    members = frozenset(map(AccountId, names))
    return Readers(members | frozenset(map(AccountId, by_server)), members)


def students_of(readers_: Readers, by: str = "coach", district: Lists | None = None, at: datetime = NOON) -> set[str]:
    """Count the students among readers, by name."""
    message = roster(district).recognise(replace(post(by=by, at=at), readers=readers_))
    return {person.id for person in message.audience.students}


def with_accounts(*lines: tuple[str, str, AgeBand | None]) -> Lists:
    """Link further accounts of the platform to people of the district."""
    linked = (LinkedAccount("replay", AccountId(account), PersonId(person), band) for account, person, band in lines)
    return replace(lists(), accounts=(*lists().accounts, *linked))


def test_two_accounts_of_one_child_are_one_reader() -> None:
    """A telephone and a tablet are not two students."""
    assert students_of(readers("s1", "s1-phone")) == {"s1"}


def test_staff_parents_and_strangers_count_for_no_student() -> None:
    """The clause asks for members, not for onlookers."""
    message = roster().recognise(replace(post(), readers=readers("s1", "parent", "teacher", "principal", "who", "?")))

    assert {person.id for person in message.audience.students} == {"s1"}
    assert message.audience.unlinked == 2
    assert message.audience.known


def test_an_account_of_another_platform_is_another_account() -> None:
    """An id means something only beside the platform's name."""
    message = roster().recognise(replace(post(), platform="slack"))

    assert message.author.roles == {Role.STRANGER}
    assert message.audience.unlinked == 1


def test_who_departed_counts_for_nobody() -> None:
    """The child has left, the account may still read: it is somebody we do not know."""
    message = roster(lists(away=frozenset({"s2"}))).recognise(replace(post(), readers=readers("s1", "s2")))

    assert {person.id for person in message.audience.readers} == {"s1"}
    assert message.audience.unlinked == 1


def test_a_departed_author_is_a_stranger() -> None:
    """Who is no longer on the roster writes with nobody's authority."""
    message = roster(lists(away=frozenset({"coach"}))).recognise(post())

    assert message.author.id == "stranger:replay/coach"


def test_a_student_of_eighteen_is_still_a_student() -> None:
    """Whoever is on a student roster is a student, whatever an office says of the age."""
    district = with_accounts(("grown-phone", "adult-student", AgeBand.ADULT))

    message = roster(district).recognise(replace(post(), readers=readers("adult-student")))

    assert [(person.id, person.band) for person in message.audience.students] == [("adult-student", AgeBand.ADULT)]


def test_an_authors_second_account_is_no_reader() -> None:
    """Nobody reaches themselves by owning two telephones."""
    message = roster().recognise(replace(post(by="s1"), readers=readers("s1", "s1-phone", "s2")))

    assert {person.id for person in message.audience.readers} == {"s2"}
    assert message.audience.members == {"s2"}
    assert message.audience.unlinked == 0


def test_a_stranger_who_writes_does_not_count_as_unlinked_reader() -> None:
    """The author is left out of the audience, known or not."""
    message = roster().recognise(replace(post(by="who"), readers=readers("who", "s1")))

    assert message.audience.unlinked == 0
    assert message.author.roles == {Role.STRANGER}


def test_who_reads_by_a_permission_of_the_server_is_no_member() -> None:
    """Such a reader may never look, so no copy is spared for them."""
    message = roster().recognise(replace(post(), readers=readers("s1", by_server=("principal",))))

    assert {person.id for person in message.audience.readers} == {"s1", "principal"}
    assert message.audience.members == {"s1"}


def test_an_audience_nobody_can_tell_is_said_to_be_unknown() -> None:
    """Nought students and no answer are two things."""
    message = roster().recognise(replace(post(), readers=UNKNOWN_READERS))

    assert not message.audience.known
    assert not message.audience.readers


@pytest.mark.parametrize(
    ("surely", "perhaps", "known", "at_least"),
    [
        (["s1"], ["s2"], False, False),
        (["s1"], ["unlinked"], False, False),
        ([], ["unlinked"], False, False),
        (["s1"], ["principal", "coach", "s1-again"], True, False),
        (["s1", "s2"], ["unlinked"], True, True),
        (["s1", "s2"], ["principal"], True, True),
        (["s1", "s2"], ["coach", "s1-again"], True, False),
    ],
)
def test_who_may_have_read_leaves_an_audience_unknown_where_that_could_matter(
    surely: list[str], perhaps: list[str], known: bool, at_least: bool
) -> None:
    """Two students who surely read are enough for most rules, and an adult makes no student more."""
    told = replace(readers(*surely), perhaps=frozenset(map(AccountId, perhaps)))
    message = roster(with_accounts(("s1-again", "s1", None))).recognise(replace(post(), readers=told))

    assert (message.audience.known, message.audience.at_least) == (known, at_least)


def test_a_person_may_be_several_things_at_once() -> None:
    """A principal may advise a club, and a captain may assist the coach."""
    people = roster().on(DAY).people

    assert people[PersonId("captain-coach")].roles == {Role.STUDENT, Role.ADVISOR}
    assert {Role.ADVISOR, Role.EMPLOYEE} <= people[PersonId("principal-advisor")].roles
    assert people[PersonId("principal")].roles == {Role.EMPLOYEE, Role.PRINCIPAL}


def test_who_holds_no_role_at_all_is_a_stranger() -> None:
    """A listed person without a role is nobody to a rule."""
    assert roster().on(DAY).people[PersonId("substitute")].roles == {Role.STRANGER}


@pytest.mark.parametrize(("day", "leads"), [(DAY - A_DAY, True), (DAY, False)])
def test_a_coach_leads_through_the_last_day(day: date, leads: bool) -> None:
    """Until includes its day; from the next one on, the coach once led."""
    person = roster().on(day).people[PersonId("substitute")]

    assert person.has(Role.ADVISOR) is leads
    assert person.once_led == (frozenset() if leads else {SOCCER})


def test_an_office_ends_with_its_last_day() -> None:
    """On the day after, the holder is an employee like any other."""
    district = lists(ended(lists().offices, "principal"))

    roles = [roster(district).on(day).people[PersonId("principal")].roles for day in (DAY - A_DAY, DAY)]

    assert roles == [{Role.EMPLOYEE, Role.PRINCIPAL}, {Role.EMPLOYEE}]


@pytest.mark.parametrize(
    ("moment", "hour"),
    [
        (datetime(2026, 11, 19, 4, 59, 59, tzinfo=UTC), 23),
        (datetime(2026, 11, 19, 5, 0, tzinfo=UTC), 0),
        (datetime(2026, 7, 1, 2, 0, tzinfo=UTC), 22),
    ],
)
def test_an_hour_is_the_districts_own_too(moment: datetime, hour: int) -> None:
    """What is late at night is so by the clock on the author's wall, in summer as in winter."""
    assert roster().recognise(post(at=moment)).hour == hour


@pytest.mark.parametrize(
    ("moment", "day"),
    [
        (datetime(2026, 11, 19, 4, 30, tzinfo=UTC), date(2026, 11, 18)),
        (datetime(2026, 11, 19, 4, 59, 59, tzinfo=UTC), date(2026, 11, 18)),
        (datetime(2026, 11, 19, 5, 0, tzinfo=UTC), date(2026, 11, 19)),
        (datetime(2026, 11, 18, 23, 30, tzinfo=ZONE), date(2026, 11, 18)),
        (datetime(2026, 11, 19, 13, 30, tzinfo=ZoneInfo("Asia/Tokyo")), date(2026, 11, 18)),
        (datetime(2026, 7, 1, 3, 59, tzinfo=UTC), date(2026, 6, 30)),
    ],
)
def test_a_day_is_the_districts_own(moment: datetime, day: date) -> None:
    """Half past eleven at night is still today there, whatever it is in Greenwich."""
    assert roster().day_of(moment) == day
    assert roster().recognise(post(at=moment)).day == day


def test_a_term_that_ends_tonight_holds_until_midnight() -> None:
    """Greenwich has begun the next day five hours earlier."""
    fall = Belonging(CHESS, HIGH, "fall", PersonId("teacher"), Part.ADVISOR, DAY)
    district = replace(lists(), teams=(*lists().teams, fall))
    late, midnight = (datetime(2026, 11, 19, hour, 30, tzinfo=UTC) for hour in (4, 5))

    authors = [roster(district).recognise(post(by="teacher", at=each)).author for each in (late, midnight)]

    assert [each.has(Role.ADVISOR) for each in authors] == [True, False]


@pytest.mark.parametrize(
    ("age", "stale"),
    [(timedelta(), False), (timedelta(days=7), False), (timedelta(days=7, seconds=1), True)],
)
def test_a_roster_grows_stale_after_its_days(age: timedelta, stale: bool) -> None:
    """A roster of last week may be missing a team-mate; a person is asked before anything is taken away."""
    kept = Roster(lists(), ZONE, as_of=NOON - age)

    assert kept.recognise(post()).audience.stale is stale
    assert Roster(lists(), ZONE).recognise(post()).audience.stale is False


def test_a_team_is_the_places_own_where_the_place_has_one() -> None:
    """Who may be reached by `all` depends on it."""
    message = roster().recognise(replace(post(), team=ROBOTICS))

    assert message.team is not None
    assert (message.team.id, message.team.kind, message.team_place) == (ROBOTICS, TeamKind.CLUB, True)


def test_where_the_place_has_no_team_it_is_one_that_author_and_reader_share() -> None:
    """The swimmer's coach also coaches soccer: which office gets the copy is the swimmer's team's."""
    shared = roster().recognise(post(to=("own-child",))).team
    none_shared = roster().recognise(post(to=("s9",))).team

    assert shared is not None
    assert shared.id == SWIM
    assert none_shared is not None
    assert none_shared.id in {SOCCER, SWIM}
    assert roster().recognise(post(by="teacher")).team is None


def test_what_staff_write_to_a_student_and_their_coach_is_the_teams() -> None:
    """Whoever gets the copies of a private matter gets those of what a teacher writes in it, too."""
    among = roster().recognise(post(by="teacher", to=("own-child", "coach"))).team

    assert among is not None
    assert among.id == SWIM
    assert roster().recognise(post(by="teacher", to=("s9", "coach"))).team is None
    assert roster().recognise(post(by="parent", to=("own-child", "coach"))).team is None


def test_a_place_registered_for_a_team_nobody_knows_is_a_place_of_no_team() -> None:
    """A team left out of the next season's list must not break its channel."""
    message = roster().recognise(replace(post(), team=TeamId("curling")))

    assert not message.team_place


def test_a_team_reaches_its_linked_members_of_today() -> None:
    """Who has no account, or left last week, cannot be reached and is not waited for."""
    extra = (
        Listed(PersonId("new"), frozenset({Role.STUDENT})),
        Listed(PersonId("unlinked"), frozenset({Role.STUDENT})),
    )
    fall = [
        Belonging(CHESS, HIGH, "fall", PersonId("s1"), Part.MEMBER, DAY - A_DAY),
        Belonging(CHESS, HIGH, "winter", PersonId("s2"), Part.CAPTAIN, DAY),
        Belonging(CHESS, HIGH, "winter", PersonId("unlinked"), Part.MEMBER),
        Belonging(CHESS, HIGH, "winter", PersonId("advisor"), Part.ADVISOR),
    ]
    district = replace(lists(), people=(*lists().people, *extra), teams=(*lists().teams, *fall))

    assert roster(district).on(DAY).teams[CHESS].members == {"s2", "s9"}


def test_a_new_season_makes_a_coach_again_of_who_once_led() -> None:
    """Fall has ended, winter has begun: the same coach of the same team."""
    winter = Belonging(SOCCER, HIGH, "winter", PersonId("substitute"), Part.COACH)
    district = replace(lists(), teams=(*lists().teams, winter))

    person = roster(district).on(DAY).people[PersonId("substitute")]

    assert person.has(Role.ADVISOR)
    assert person.once_led == frozenset()


def test_a_declared_matter_begins_one_and_what_follows_belongs_to_it() -> None:
    """Everything about one matter is kept, copied and forgotten together."""
    first = roster().recognise(post(matter=MatterKind.MEDICAL)).matter
    second = roster().recognise(post("p2"), first).matter
    third = roster().recognise(post("p3", by="teacher", matter=MatterKind.ACADEMIC), first).matter

    opened, schools = PersonId("coach"), (HIGH,)
    assert first == PrivacyMatter(MatterKind.MEDICAL, "replay p1", opened_by=opened, team=SOCCER, schools=schools)
    assert second == first
    assert third == replace(first, kind=MatterKind.ACADEMIC)


@pytest.mark.parametrize("by", ["s1", "teacher", "advisor", "principal"])
def test_a_matter_keeps_the_team_it_began_with(by: str) -> None:
    """Who is let in, or comes to it, may lead another team of the same student."""
    matter = PrivacyMatter(MatterKind.MEDICAL, "replay p0", opened_by=PersonId("coach"), team=SWIM)
    people = {"s1", "coach", "advisor", "principal-advisor"} - {by}

    message = roster().recognise(post(by=by, to=people), matter)

    assert message.team is not None
    assert message.team.id == SWIM


def test_a_students_words_belong_to_the_team_of_who_does_not_watch_over_it() -> None:
    """A principal who advises a club was let in because copies go there, not because of the club."""
    seated = (Tenure(HIGH, Office.PRINCIPAL, PersonId("principal-advisor")),)

    both = roster(lists(seated)).recognise(post(by="s1", to=("coach-b", "principal-advisor")))
    alone = roster(lists(seated)).recognise(post(by="s1", to=("principal-advisor",)))

    assert [each.team.id for each in (both, alone) if each.team is not None] == [SOCCER, ROBOTICS]


def test_a_look_at_a_place_knows_its_team_and_who_is_connected() -> None:
    """A voice room is read by many and entered by few."""
    seen = SpaceSeen(
        "replay",
        PlaceId("voice"),
        "1",
        NOON,
        readers("s1", "s2", "coach"),
        team=SOCCER,
        connected=readers("coach", "s1", "s1-phone"),
        connected_for=timedelta(minutes=3),
    )

    space = roster().recognise_space(seen)

    assert space.team is not None
    assert space.connected is not None
    assert {person.id for person in space.connected.readers} == {"coach", "s1"}
    assert (space.id.post, space.id.revision, space.connected_for) == ("space:voice", "1", timedelta(minutes=3))


def test_a_look_at_a_place_of_no_team_says_so() -> None:
    """A look never guesses a team from who reads."""
    space = roster().recognise_space(SpaceSeen("replay", PlaceId("room"), "1", NOON, readers("coach", "s1")))

    assert (space.team, space.connected) == (None, None)


def test_a_profile_knows_its_owner() -> None:
    """An account nobody is linked to shows up as a stranger's."""
    seen = ProfileSeen("replay", AccountId("s1-phone"), "1", NOON, ())

    owners = [roster().recognise_profile(each).owner.id for each in (seen, replace(seen, account=AccountId("who")))]

    assert owners == ["s1", "stranger:replay/who"]


def test_an_account_linked_to_nobody_on_the_roster_is_a_strangers() -> None:
    """Lists may be imported one after the other; a dangling line must not stop anything."""
    district = with_accounts(("ghost", "nobody", None))

    assert roster(district).recognise(post(by="ghost")).author.roles == {Role.STRANGER}


def test_many_days_and_many_audiences_do_not_confuse_each_other() -> None:
    """What is remembered for speed is remembered by day, author and readers."""
    kept, district = roster(), roster
    posts: list[Post] = [
        post(by=by, to=to, at=NOON + shift * A_DAY)
        for shift in range(-6, 3)
        for by in ("coach", "substitute", "s1", "s1-phone", "who")
        for to in (("s1",), ("s1", "s1-phone"), ("s1", "s2", "who"))
    ]

    assert [kept.recognise(each) for each in posts] == [district().recognise(each) for each in posts]


def test_letters_reach_only_who_is_active_and_has_an_address() -> None:
    """Who has left keeps a row, and gets nothing more."""
    people = tuple(
        Listed(PersonId(name), frozenset({Role.EMPLOYEE}), active=active, mail_address=address)
        for name, active, address in (("p1", True, "p1@example.org"), ("p2", False, "p2@example.org"), ("p3", True, ""))
    )

    assert Roster(Lists(people), ZONE).on(DAY).mail_addresses == {"p1": "p1@example.org"}


def test_while_the_holder_is_away_the_deputy_is_reached() -> None:
    """From the first day to the last; two who stand in for each other and are both away reach nobody."""
    away = (Absence(PersonId("principal"), DAY, DAY), Absence(PersonId("vice"), DAY - A_DAY, DAY - A_DAY))
    known = Roster(replace(lists(), absences=away), ZONE)
    both = Roster(replace(lists(), absences=(*away, Absence(PersonId("vice"), DAY, DAY))), ZONE)
    reached = [
        each.on(day).offices.reached(HIGH, Office.PRINCIPAL, day, frozenset())
        for each, day in ((known, DAY), (known, DAY + A_DAY), (both, DAY))
    ]

    assert reached == ["vice", "principal", None]


def test_of_two_terms_that_ended_the_last_one_s_deputy_is_reached() -> None:
    """In whatever order the list has them; a day in the first term's time is that term's own."""
    term = date(2022, 7, 1), date(2026, 10, 31)
    later = Tenure(HIGH, Office.PRINCIPAL, PersonId("principal"), PersonId("vice"), *term)
    reached = [
        roster(lists(tenures)).on(day).offices.reached(HIGH, Office.PRINCIPAL, day, frozenset())
        for tenures in ((EARLIER, later), (later, EARLIER))
        for day in (DAY, EARLIER.until)
        if day is not None
    ]

    assert reached == ["vice", "office"] * 2


def test_a_deputy_of_an_earlier_term_never_stands_in() -> None:
    """Nobody is reached rather than somebody whose time is over; then the other offices are."""
    last = Tenure(HIGH, Office.PRINCIPAL, PersonId("principal"), None, date(2022, 7, 1), DAY - A_DAY)
    offices = roster(lists((EARLIER, last))).on(DAY).offices

    assert offices.reached(HIGH, Office.PRINCIPAL, DAY, frozenset()) is None
