"""The desk by itself, over districts of every shape: nobody is asked whom a case concerns, and its state holds."""

from dataclasses import replace
from datetime import timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from bot import desk_notices
from bot.actions import Alert, Resume, Tell, Waiting
from bot.case import About, Case
from bot.desk import TIME_TO_UNDO, Declined, Desk, Filed
from bot.lists import Belonging, Day, LinkedAccount, Listed, Lists
from bot.message import PlaceId, PostId, Where, Words
from bot.people import AccountId, Office, Part, PersonId, Role, SchoolId, TeamId, Tenure
from bot.platform import Appeal, Decision, Report, Ruling
from bot.rule import Clause
from tests.district import DAY, HIGH, MIDDLE, NOON, TENURES, lists, roster, without

NAMES = [PersonId(each) for each in "abcdef"]
ROWING = TeamId("rowing")
SCHOOLS = [HIGH, MIDDLE]

some_roles = st.frozensets(
    st.sampled_from([Role.STUDENT, Role.GUARDIAN, Role.EMPLOYEE, Role.EMPLOYEE, Role.ADMINISTRATOR]), min_size=1
)
some_schools = st.frozensets(st.sampled_from(SCHOOLS), min_size=1)
tenures = st.builds(
    Tenure,
    st.sampled_from(SCHOOLS),
    st.sampled_from(Office),
    st.sampled_from(NAMES),
    st.none() | st.sampled_from(NAMES),
)
belongings = st.builds(
    Belonging,
    st.just(ROWING),
    st.just(HIGH),
    st.just("fall"),
    st.sampled_from(NAMES),
    st.sampled_from(Part),
)


@st.composite
def desks(draw: st.DrawFn) -> Desk:
    """Draw a district of six, with offices, deputies, coaches and captains at random."""
    people = tuple(Listed(each, draw(some_roles), draw(some_schools)) for each in NAMES)
    accounts = tuple(LinkedAccount("replay", AccountId(each), each) for each in NAMES)
    offices = tuple(draw(st.lists(tenures, max_size=6)))
    teams = tuple(draw(st.lists(belongings, max_size=5)))
    return Desk(Day(Lists(people, accounts, offices, teams), DAY), ZoneInfo("America/New_York"), {})


def roster_desk(district: Lists) -> Desk:
    """Sit down with some lists, on the district's day."""
    return Desk(roster(district).on(DAY), ZoneInfo("America/New_York"), {})


def case_of(author: PersonId, *, removed: bool = False, concerned: frozenset[PersonId] = frozenset()) -> Case:
    """Open a case about what somebody wrote, and about a matter that may concern others."""
    known = tuple(sorted(concerned))
    about = About("replay", PostId("p1"), PlaceId("room"), author, AccountId(author), concerned=known)
    return Case(b"c", 1, is_open=True, why="judged", about=about, removed=removed)


reports = st.builds(
    Report,
    st.just("replay"),
    st.just("r1"),
    st.just(PostId("p1")),
    st.just(PlaceId("room")),
    st.sampled_from([AccountId(each) for each in [*NAMES, "who"]]),
    st.just(NOON),
    st.just((Words(Where.BODY, "canary"),)),
    team=st.none() | st.just(ROWING),
    adult=st.none() | st.sampled_from([AccountId(each) for each in NAMES]),
    office=st.none() | st.sampled_from(Office),
    skip_coach=st.booleans(),
)


@given(desks(), reports, st.sampled_from(NAMES), st.frozensets(st.sampled_from(NAMES), max_size=2))
def test_nobody_is_alerted_whom_a_report_concerns(
    desk: Desk, report: Report, author: PersonId, concerned: frozenset[PersonId]
) -> None:
    """Whatever the reporter chose: not the author, not the reporter, nobody below the author, nobody left out.

    Nor anybody whom the matter concerns that was written about.
    """
    case = case_of(author, concerned=concerned)
    filed = desk.report(report, case)
    alerted = {each.to for each in filed.actions if isinstance(each, Alert)}
    reporter, concern = desk.person("replay", report.reporter), desk.concern(replace(case, papers=(filed.paper,)))

    assert alerted == {*filed.paper.asked}
    assert not alerted & {author, reporter, *concerned}
    assert all(desk.staff.rank(each) >= desk.staff.rank(author) for each in alerted)
    assert all(desk.staff.may_see(each, concern) for each in alerted)
    if report.skip_coach:
        leads = {each.person for each in desk.day.lists.teams if each.part.leads and report.team == each.team}
        assert not alerted & leads


@given(desks(), st.sampled_from(NAMES), st.frozensets(st.sampled_from(NAMES), min_size=1, max_size=2))
def test_whom_a_matter_concerns_is_neither_asked_nor_the_author(
    desk: Desk, author: PersonId, concerned: frozenset[PersonId]
) -> None:
    """They do not see the case and are not asked about an appeal, and it is not theirs to disagree."""
    case = case_of(author, concerned=concerned)
    by = min(concerned)
    said = Appeal("replay", "a1", PostId("p1"), AccountId(by), NOON)
    own = desk.appeal(replace(said, by=AccountId(author)), case)

    assert isinstance(own, Filed)
    assert not concerned.intersection(own.paper.asked)
    assert not any(desk.may_see(each, case) for each in concerned)
    assert by == author or isinstance(desk.appeal(said, case), Declined)


@given(desks(), reports, st.sampled_from(NAMES))
def test_the_reporter_always_has_a_receipt(desk: Desk, report: Report, author: PersonId) -> None:
    """Also where nobody can be asked: then the case waits, and the receipt names nobody."""
    tells = [each for each in desk.report(report, case_of(author)).actions if isinstance(each, Tell)]

    assert [each.account for each in tells] == [report.reporter]
    assert tells[0].notice.saw.startswith("Thank you.")
    assert "canary" not in str(tells[0].notice)


@given(desks(), reports, st.sampled_from(NAMES))
def test_as_long_as_somebody_can_decide_somebody_is_asked(desk: Desk, report: Report, author: PersonId) -> None:
    """A report that reaches nobody helps nobody."""
    filed = desk.report(report, case_of(author))
    concern = desk.concern(replace(case_of(author), papers=(replace(filed.paper, asked=()),)))

    assert filed.paper.asked or not desk.staff.deciding(concern)


def desk_of(tenures: tuple[Tenure, ...]) -> Desk:
    """Give the desk of the invented district, with some offices."""
    return Desk(roster(lists(tenures)).on(DAY), ZoneInfo("America/New_York"), {})


def said(case: Case, desk: Desk, ruling: Ruling | None, by: str, seconds: float) -> tuple[Case, Filed | Declined]:
    """Let somebody decide a case, or its author disagree without a ruling; it goes on as it was if that is declined."""
    at = NOON + timedelta(seconds=seconds)
    if ruling is None:
        answer = desk.appeal(Appeal("replay", str(at), PostId("p1"), AccountId(by), at), case)
    else:
        answer = desk.decide(Decision("replay", str(at), PersonId(by), at, ruling, case=case.name, reason="why"), case)
    if isinstance(answer, Declined):
        return case, answer
    opened = answer.opens or (case.is_open and not answer.closes)
    return replace(case, papers=(*case.papers, answer.paper), is_open=opened), answer


@given(desks(), st.sampled_from(NAMES), st.lists(st.sampled_from(NAMES), max_size=3))
def test_an_appeal_is_taken_only_while_somebody_may_look_again(
    desk: Desk, author: PersonId, by: list[PersonId]
) -> None:
    """Whoever is asked has not decided, may see it and may decide it; else its author is told that nobody is left."""
    case = case_of(author)
    for number, person in enumerate(by):
        case, _ = said(case, desk, Ruling.UPHOLD, person, 100 * number)
        was_decided = case.standing is not None
        case, answer = said(case, desk, None, author, 100 * number + 50)
        able = [each for each in NAMES if desk.may_decide(each, case)]

        assert isinstance(answer, Filed) or (was_decided and answer.because == desk_notices.NOBODY_LEFT)
        if isinstance(answer, Filed) and was_decided:
            assert set(answer.paper.asked) <= {*able} - {each.by for each in case.decisions}
            assert answer.paper.asked
            assert all(desk.may_see(each, case) for each in able)


def test_the_adult_who_was_asked_looks_again_where_no_other_office_is_there() -> None:
    """A student told this teacher; the principal decided, and nobody else holds an office."""
    desk = desk_of((replace(TENURES[0], deputy=None),))
    told = Report("replay", "r1", PostId("p1"), PlaceId("room"), AccountId("s2"), NOON, adult=AccountId("teacher"))
    case = replace(case_of(PersonId("s1")), papers=(desk.report(told, case_of(PersonId("s1"))).paper,))
    case, _ = said(case, desk, Ruling.UPHOLD, "principal", 100)
    _, answer = said(case, desk, None, "s1", 150)

    assert isinstance(answer, Filed)
    assert [each.to for each in answer.actions if isinstance(each, Alert)] == ["teacher"]


def test_a_case_about_a_coach_of_the_district_office_is_for_the_school_of_whoever_read() -> None:
    """Coaches may be listed at the district itself, where no office is: their case would wait for nobody."""
    everybody = lists(without(TENURES, Office.SUPERINTENDENT_DESIGNEE))
    central = frozenset({SchoolId("district")})
    people = tuple(replace(each, schools=central) if each.id == "coach" else each for each in everybody.people)
    case = case_of(PersonId("coach"))
    case = replace(case, about=replace(case.about, readers=(PersonId("s1"), PersonId("s2"))))

    desk = roster_desk(replace(everybody, people=people))

    able = {each for each in desk.day.people if desk.may_decide(each, case)}
    assert able == {"director", "principal"}


COUNSELOR = Tenure(HIGH, Office.COUNSELOR, PersonId("teacher"))


@pytest.mark.parametrize(
    ("author", "away"), [("s1", "s1"), ("captain-coach", "s9")], ids=["who has left", "who coaches"]
)
def test_a_student_is_a_student_also_one_who_has_left_or_coaches(author: str, away: str) -> None:
    """The counselor who was alerted finds the case still, and it is for their own school."""
    desk = roster_desk(lists((*TENURES, COUNSELOR), away=frozenset({away})))
    case = case_of(PersonId(author))

    able = {each for each in desk.day.people if desk.may_decide(each, case)}
    assert able == {"teacher", "director", "principal", "designee"}
    assert isinstance(desk.decide(Decision("replay", "1", PersonId("teacher"), NOON, Ruling.UPHOLD), case), Filed)


def test_whoever_is_told_that_it_does_not_fit_is_not_promised_somebody_else_where_nobody_is() -> None:
    """Only who else could look is spoken of; to talk with an adult is always a way."""
    case = case_of(PersonId("principal"))
    _, alone = said(case, desk_of(TENURES), Ruling.UPHOLD, "designee", 100)
    _, among_others = said(case_of(PersonId("coach")), desk_of(TENURES), Ruling.UPHOLD, "designee", 100)
    told = [
        str(each.action.notice.disagree)
        for filed in (alone, among_others)
        if isinstance(filed, Filed)
        for each in _waits(filed)
        if isinstance(each.action, Tell)
    ]

    assert told == [desk_notices.TALK.english, desk_notices.DISAGREE.english]


def test_of_what_is_discreet_an_author_hears_only_what_they_asked() -> None:
    """Who disagrees has an answer, which says neither what was found nor who looks (docs/decisions/0031)."""
    sexual = "General Guidelines 2"
    named = {sexual: Clause("General Guidelines", 2, "It is inappropriate to post items with sexual content.")}
    desk = replace(desk_of(TENURES), clauses=named)
    about = replace(case_of(PersonId("stranger:replay/x")).about, account=AccountId("x"), discreet=True, clause=sexual)
    case = replace(case_of(PersonId("x"), removed=True), about=about)

    case, at_first = said(case, desk, Ruling.UPHOLD, "principal", 100)
    case, appealed = said(case, desk, None, "x", 150)
    _, again = said(case, desk, Ruling.UPHOLD, "designee", 200)

    assert isinstance(at_first, Filed)
    assert isinstance(appealed, Filed)
    assert isinstance(again, Filed)
    receipt = [each.notice for each in appealed.actions if isinstance(each, Tell)]
    answer = [each.action.notice for each in _waits(again) if isinstance(each.action, Tell)]
    assert [each for each in _waits(at_first) if isinstance(each.action, Tell)] == []
    assert [each.rule for each in receipt + answer] == [desk_notices.SAME_STANDARDS.in_full] * 2
    assert "A person will look" in receipt[0].saw


def test_a_deputy_who_decided_an_appeal_can_undo_that() -> None:
    """Though the case is none of theirs once the appeal is decided; to anybody else it never was."""
    desk = desk_of(without(TENURES, Office.SUPERINTENDENT_DESIGNEE))
    case, _ = said(case_of(PersonId("s1")), desk, Ruling.UPHOLD, "principal", 100)
    case, appealed = said(case, desk, None, "s1", 150)
    case, decided = said(case, desk, Ruling.NOT_A_PROBLEM, "vice", 200)
    _, by_another = said(case, desk, Ruling.UNDO, "vice-director", 205)
    _, undone = said(case, desk, Ruling.UNDO, "vice", 210)

    assert isinstance(appealed, Filed)
    assert "vice" not in appealed.paper.asked
    assert isinstance(decided, Filed)
    assert isinstance(by_another, Declined)
    assert isinstance(undone, Filed)


def test_who_was_appealed_against_does_not_end_the_appeal() -> None:
    """What came of it is not theirs to reverse or to decide anew; whoever decided it may think again."""
    desk = desk_of(TENURES)
    case, _ = said(case_of(PersonId("s1")), desk, Ruling.UPHOLD, "principal", 100)
    case, _ = said(case, desk, None, "s1", 150)
    case, _ = said(case, desk, Ruling.NOT_A_PROBLEM, "designee", 200)
    _, overturned = said(case, desk, Ruling.REVERSE, "principal", 300)
    case, thought_again = said(case, desk, Ruling.REVERSE, "designee", 400)
    _, decided_anew = said(case, desk, Ruling.UPHOLD, "principal", 500)

    assert isinstance(overturned, Declined)
    assert isinstance(thought_again, Filed)
    assert isinstance(decided_anew, Declined)
    assert desk.may_see(PersonId("principal"), case)


OFFICES = [PersonId(each) for each in ("director", "principal", "designee", "vice")]
steps = st.lists(
    st.tuples(
        st.sampled_from([Ruling.UPHOLD, Ruling.NOT_A_PROBLEM, Ruling.UNDO, Ruling.UNDO, *Ruling, "appeal"]),
        st.sampled_from(OFFICES),
        st.sampled_from([1, 29, 30, 1_000]),
        st.booleans(),
    ),
    max_size=15,
)


def filed_of(desk: Desk, case: Case, step: tuple[str, PersonId, int, bool], number: int, seconds: int) -> Filed | None:
    """Let somebody do something about a case; None when it is not taken."""
    what, person, _, suspends = step
    at = NOON + timedelta(seconds=seconds)
    if what == "appeal":
        said = Appeal("replay", str(number), PostId("p1"), case.about.account or AccountId(""), at)
        answer = desk.appeal(said, case)
    else:
        until = DAY + timedelta(days=2) if suspends and what is Ruling.UPHOLD else None
        decision = Decision("replay", str(number), person, at, Ruling(what), reason="why", suspend_until=until)
        answer = desk.decide(decision, case)
    return None if isinstance(answer, Declined) else answer


@given(author=st.sampled_from(["s1", "coach"]), removed=st.booleans(), walk=steps)
@example(
    author="s1",
    removed=False,
    walk=[
        (Ruling.UPHOLD, PersonId("principal"), 1, False),
        ("appeal", PersonId("director"), 1, False),
        (Ruling.UPHOLD, PersonId("director"), 1, False),
        (Ruling.UNDO, PersonId("director"), 1, False),
    ],
)
@example(
    author="s1",
    removed=False,
    walk=[
        (Ruling.UPHOLD, PersonId("director"), 1, True),
        ("appeal", PersonId("director"), 1, False),
        (Ruling.UPHOLD, PersonId("principal"), 1, False),
        (Ruling.REVERSE, PersonId("director"), 1, False),
    ],
)
@settings(max_examples=300)
def test_a_case_is_always_in_order(author: str, removed: bool, walk: list[tuple[str, PersonId, int, bool]]) -> None:
    """Whatever people do, in whatever order.

    It is open exactly while nothing stands or an appeal is newer; who is suspended has an end to wait for, and who is
    not suspended has none.
    """
    desk = Desk(roster().on(DAY), ZoneInfo("America/New_York"), {})
    case, seconds, ends = case_of(PersonId(author), removed=removed), 0, 0
    waiting: dict[int, int] = {}
    for number, step in enumerate(walk):
        seconds += step[2]
        filed = filed_of(desk, case, step, number, seconds)
        if filed is None:
            continue
        paper = len(case.papers) + 1
        waiting.pop(filed.takes_back or 0, None)
        waiting[paper] = sum(isinstance(each.action, Resume) and _is_late(each) for each in _waits(filed))
        opened = filed.opens or (case.is_open and not filed.closes)
        case = replace(case, papers=(*case.papers, filed.paper), is_open=opened)
        ends = sum(waiting.values())

        assert not (filed.opens and filed.closes)
        assert case.is_open == (case.standing is None or case.is_appealed)
        suspension = case.suspension(DAY)
        assert ends == (0 if suspension is None else len(suspension.paused))


def _waits(filed: Filed) -> list[Waiting]:
    return [each for each in filed.actions if isinstance(each, Waiting)]


def _is_late(waiting: Waiting) -> bool:
    """Tell the end of a suspension from what a reversal gives back at once."""
    return waiting.until is not None and waiting.until - NOON > timedelta(days=1) > TIME_TO_UNDO
