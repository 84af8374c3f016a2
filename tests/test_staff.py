"""Who may look into a case: a conflict of interest is impossible, whatever the district's lists say."""

from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.people import EVERY_OVERSEER, Absence, Office, Offices, Person, PersonId, Role, SchoolId, Tenure
from bot.reach import reach_above
from bot.staff import Concern, Rank, Seat, Staff, rank_of
from tests.district import DAY, EARLIER, HIGH, MIDDLE, TENURES, ended, lists, roster, without

SCHOOLS = [HIGH, MIDDLE]
NAMES = [PersonId(each) for each in "abcdefgh"]
NOBODY = PersonId("stranger:replay/who")
ADULTS = [Role.GUARDIAN, Role.EMPLOYEE, Role.ADVISOR, Role.ADMINISTRATOR, Role.STRANGER]

some = st.frozensets(st.sampled_from(NAMES), max_size=3)
days = st.none() | st.integers(-2, 2).map(lambda number: DAY + timedelta(days=number))
tenures = st.builds(
    Tenure,
    st.sampled_from(SCHOOLS),
    st.sampled_from(Office),
    st.sampled_from(NAMES),
    st.none() | st.sampled_from(NAMES),
    days,
    days,
)
people = st.dictionaries(
    st.sampled_from(NAMES), st.frozensets(st.sampled_from([Role.STUDENT, *ADULTS, *ADULTS]), min_size=1)
)
concerns = st.builds(
    Concern,
    st.frozensets(st.sampled_from([*NAMES, NOBODY]), max_size=2),
    some,
    st.frozensets(st.sampled_from(SCHOOLS), max_size=2),
    some,
    some,
    some,
    st.sampled_from(Rank),
    some,
)


@st.composite
def staffs(draw: st.DrawFn) -> Staff:
    """Draw a district: people in many roles at once, terms that run, ended or are to come, deputies of anybody."""
    roles = draw(people)
    lines = tuple(draw(st.lists(tenures, max_size=8)))
    known = {name: Person(name, held, frozenset(SCHOOLS)) for name, held in roles.items()}
    away = draw(some)
    return Staff(known, Offices(lines, frozenset(known) - away), DAY)


def holders(staff: Staff, rank_above: int, schools: frozenset[SchoolId]) -> set[PersonId]:
    """Find by the lists alone who holds an office above a rank today, in these schools or as designee of any."""
    order = [Office.COUNSELOR, Office.ATHLETIC_DIRECTOR, Office.PRINCIPAL, Office.SUPERINTENDENT_DESIGNEE]
    return {
        each.person
        for each in staff.offices.tenures
        if each.runs(DAY)
        and each.person in staff.people
        and not staff.people[each.person].has(Role.STUDENT)
        and 2 * order.index(each.office) + 1 > rank_above
        and (each.school in schools or each.office is Office.SUPERINTENDENT_DESIGNEE)
    }


@given(staffs(), concerns)
def test_nobody_looks_into_a_case_of_their_own(staff: Staff, case: Concern) -> None:
    """Subject, reporter, or the subject's subordinate: such a person neither decides, nor sees, nor is alerted."""
    subjects = [staff.rank(each) for each in case.subjects]
    for person in NAMES:
        concerned = person in case.subjects | case.reporters
        below = any(rank > staff.rank(person) for rank in subjects)
        touched = (
            staff.may_see(person, case)
            or staff.may_decide(person, case)
            or any(seat.person == person for seat in staff.deciding(case))
        )

        assert not (touched and (concerned or below))


@given(staffs())
def test_whoever_alerts_and_whoever_decides_agree_on_how_high_somebody_stands(staff: Staff) -> None:
    """Or somebody would be alerted who may not look, or nobody at all: also where terms ended years ago."""
    known = list(staff.people.values())

    assert [rank_of(each, staff.offices, DAY) for each in known] == [staff.rank(each.id) for each in known]


@given(staffs(), concerns)
def test_a_student_looks_into_nothing(staff: Staff, case: Concern) -> None:
    """Whoever is on a student roster is a student, also a captain who coaches or somebody an office was given to."""
    for person in staff.people.values():
        assert not (person.has(Role.STUDENT) and staff.may_see(person.id, case))
        assert not (person.has(Role.STUDENT) and staff.may_decide(person.id, case))


@given(staffs(), concerns)
def test_as_long_as_anyone_above_exists_somebody_can_decide(staff: Staff, case: Concern) -> None:
    """A conflict of interest must not leave a case with nobody, or it would never be decided."""
    above = holders(staff, max(staff.about(case), case.passed_by), case.schools)
    free = {each for each in above if not staff.is_barred(each, case) and each not in case.spent}

    assert not free or staff.deciding(case)


@given(staffs(), concerns)
def test_a_case_waits_for_who_is_away_only_where_nobody_else_can_decide_it(staff: Staff, case: Concern) -> None:
    """Else an alert or a report would lie with somebody who does not read it."""
    deciding = {seat.person for seat in staff.deciding(case)}
    here = {each for each in deciding if staff.is_here(each)}
    above = holders(staff, max(staff.about(case), case.passed_by), case.schools)
    free = {each for each in above if not staff.is_barred(each, case) and each not in case.spent}

    assert here in (deciding, set())
    assert here or not any(staff.is_here(each) for each in free)


@given(staffs(), concerns)
def test_whoever_decides_may_also_see(staff: Staff, case: Concern) -> None:
    """Nobody decides about words they may not read."""
    for person in NAMES:
        assert staff.may_see(person, case) or not staff.may_decide(person, case)


@given(staffs(), concerns)
def test_about_staff_only_somebody_above_decides(staff: Staff, case: Concern) -> None:
    """A teacher whom a student trusts may be told about a coach; deciding is for who stands above the coach."""
    for person in NAMES:
        if staff.about(case) is not Rank.OTHER and staff.may_decide(person, case):
            assert all(staff.rank(person) > staff.rank(subject) for subject in case.subjects)


@given(staffs(), concerns)
def test_whom_a_reporter_left_out_sees_nothing(staff: Staff, case: Concern) -> None:
    """A student tells an adult about the team, and the own coach is not to know."""
    assert not any(staff.may_see(person, case) for person in case.avoided)
    assert not any(seat.person in case.avoided for seat in staff.deciding(case))


@given(staffs(), concerns)
def test_whom_a_private_matter_concerns_sees_nothing(staff: Staff, case: Concern) -> None:
    """A student writes about who would be copied, whatever office that is; nor does a deputy look in their place."""
    for person in case.concerned:
        assert not staff.may_see(person, case)
        assert not staff.may_decide(person, case)
    for seat in staff.deciding(case):
        holders = [each.person for each in staff.seats[seat.school, seat.office] if not each.stands_in]
        assert seat.person not in case.concerned
        assert not (seat.stands_in and case.concerned.intersection(holders))


@given(staffs(), concerns)
def test_whom_a_matter_concerns_lifts_nobodys_rank(staff: Staff, case: Concern) -> None:
    """It is still about its author: who stands above the author decides, unless it concerns them, too."""
    assert staff.about(case) is staff.about(replace(case, concerned=frozenset()))


@given(staffs(), concerns)
def test_a_case_that_was_handed_on_is_decided_above(staff: Staff, case: Concern) -> None:
    """Who could not decide it is not overruled from below."""
    assert all(seat.rank > case.passed_by for seat in staff.deciding(case))


@given(staffs(), concerns)
def test_who_has_decided_does_not_decide_again(staff: Staff, case: Concern) -> None:
    """An appeal goes to somebody else."""
    assert not any(staff.may_decide(person, case) for person in case.spent)


def staff_of(
    lines: tuple[Tenure, ...] = TENURES, departed: frozenset[str] = frozenset(), away: tuple[str, ...] = ()
) -> Staff:
    """Take the invented district's staff, with some people departed and others away for the day."""
    absences = tuple(Absence(PersonId(each), DAY, DAY) for each in away)
    day = roster(replace(lists(lines, departed), absences=absences)).on(DAY)
    return Staff(day.people, day.offices, DAY)


def about(*subjects: str, by: str = "", asked: str = "", schools: tuple[SchoolId, ...] = (HIGH,)) -> Concern:
    """Make a case about some people."""
    named = frozenset(PersonId(each) for each in subjects)
    told = frozenset({PersonId(asked)} if asked else ())
    return Concern(named, frozenset({PersonId(by)} if by else ()), frozenset(schools), told)


COUNSELED = (*TENURES, Tenure(HIGH, Office.COUNSELOR, PersonId("teacher")))


@pytest.mark.parametrize(
    ("case", "deciders"),
    [
        (about("s1"), ["teacher", "director", "principal", "designee"]),
        (about("coach"), ["director", "principal", "designee"]),
        (about("director"), ["principal", "designee"]),
        (about("principal"), ["designee"]),
        (about("vice"), ["principal", "designee"]),
        (about("designee"), []),
        (about("s1", "principal"), ["designee"]),
        (about("coach", by="director"), ["vice-director", "principal", "designee"]),
        (about("s1", by="teacher"), ["director", "principal", "designee"]),
        (about("s1", schools=(MIDDLE,)), ["other-director", "other-principal"]),
        (about("other-principal", schools=(MIDDLE,)), ["designee"]),
        (about("stranger:replay/x"), ["director", "principal", "designee"]),
        (about(), ["director", "principal", "designee"]),
    ],
)
def test_the_nearest_above_decides(case: Concern, deciders: list[str]) -> None:
    """Coach, athletic director, principal, superintendent's designee; a counselor for students alone."""
    assert [seat.person for seat in staff_of(COUNSELED).deciding(case)] == deciders


def test_a_deputy_stands_in_only_while_the_holder_cannot() -> None:
    """Few eyes: a deputy looks when the holder is away or concerned."""
    vice = PersonId("vice")

    assert not staff_of().may_see(vice, about("coach"))
    assert staff_of(departed=frozenset({"principal"})).may_decide(vice, about("coach"))
    assert staff_of(away=("principal",)).may_decide(vice, about("coach"))
    assert not staff_of(away=("principal",)).may_see(PersonId("principal"), about("coach"))
    assert staff_of(ended(TENURES, "principal")).may_decide(vice, about("director"))
    assert staff_of().may_decide(vice, about("coach", by="principal"))


def test_who_is_away_keeps_their_rank() -> None:
    """Nobody looks into what their superior wrote, nor does a deputy for the own holder, because that one is away."""
    away = staff_of(away=("principal",))

    assert [seat.person for seat in away.deciding(about("principal"))] == ["designee"]


def test_a_case_waits_for_a_holder_without_a_deputy_who_is_away() -> None:
    """Rather than for nobody; somebody else who stands above is nearer."""
    alone = (TENURES[2],)
    staff = staff_of(away=("director", "vice-director"))

    assert [seat.person for seat in staff.deciding(about("coach"))] == ["principal", "designee"]
    assert [seat.person for seat in staff_of(alone, away=("designee",)).deciding(about("coach"))] == ["designee"]


def test_the_deputy_of_an_earlier_term_looks_into_nothing() -> None:
    """When the last term has ended, its own deputy stands in; who stood in years ago has no seat any more."""
    staff = staff_of((EARLIER, *ended(TENURES, "principal")))

    assert staff.seats[HIGH, Office.PRINCIPAL] == (Seat(HIGH, Office.PRINCIPAL, PersonId("vice"), stands_in=True),)


def test_who_once_stood_in_stands_no_higher_than_their_colleagues() -> None:
    """A coach who was a designee's deputy years ago is no more above the offices: they are alerted about the coach."""
    once = replace(EARLIER, office=Office.SUPERINTENDENT_DESIGNEE, deputy=PersonId("coach"))
    day = roster(lists((once, *TENURES))).on(DAY)
    coach = day.people[PersonId("coach")]
    alerted = reach_above(HIGH, EVERY_OVERSEER, (coach,), frozenset(), DAY, day.offices)

    assert [person for _, person in alerted] == ["director", "principal", "designee"]


def test_a_deputy_never_looks_into_the_own_principals_case() -> None:
    """The holder is concerned, but the deputy works for the holder."""
    alone = staff_of(without(TENURES, Office.SUPERINTENDENT_DESIGNEE))

    assert alone.deciding(about("principal")) == []


def test_who_was_asked_sees_and_decides_about_students_only() -> None:
    """A student chose this teacher. About a colleague the teacher may know, but an office decides."""
    teacher = PersonId("teacher")
    of_a_student, of_a_colleague = about("s1", asked="teacher"), about("coach", asked="teacher")

    assert staff_of().may_decide(teacher, of_a_student)
    assert staff_of().may_see(teacher, of_a_colleague)
    assert not staff_of().may_decide(teacher, of_a_colleague)


@pytest.mark.parametrize("person", ["coach", "captain-coach", "s2", "parent", "director-coach", "other-principal"])
def test_who_was_not_asked_and_holds_no_office_there_sees_nothing(person: str) -> None:
    """A case is for the few who decide it."""
    assert not staff_of().may_see(PersonId(person), about("s1"))


def test_an_appeal_goes_to_the_deputy_when_there_is_nobody_else() -> None:
    """Somebody who did not decide, before nobody at all."""
    alone = staff_of((Tenure(HIGH, Office.PRINCIPAL, PersonId("principal"), PersonId("vice")),))
    appealed = replace(about("s1"), spent=frozenset({PersonId("principal")}))

    assert alone.deciding(appealed) == [Seat(HIGH, Office.PRINCIPAL, PersonId("vice"), stands_in=True)]
    assert alone.may_see(PersonId("vice"), appealed)
    assert not alone.may_see(PersonId("vice"), about("s1"))


@pytest.mark.parametrize(
    ("spent", "deciders"),
    [
        (("director",), ["principal", "designee"]),
        (("director", "principal"), ["designee"]),
        (("principal", "designee"), ["director"]),
        (("director", "principal", "designee"), []),
    ],
)
def test_an_appeal_never_sinks_to_the_deputy_of_who_decided(spent: tuple[str, ...], deciders: list[str]) -> None:
    """Where a higher office is there, it looks; when that has decided, too, nobody below is to overrule it."""
    appealed = replace(about("coach"), spent=frozenset(map(PersonId, spent)))

    assert [seat.person for seat in staff_of().deciding(appealed)] == deciders


def test_a_deputy_who_was_asked_before_leaves_the_holders_decision_to_a_higher_office() -> None:
    """The principal was away, and came back before the deputy had looked."""
    appealed = replace(about("s1", asked="vice"), spent=frozenset({PersonId("principal")}))
    alone = staff_of(without(TENURES, Office.SUPERINTENDENT_DESIGNEE))

    assert not staff_of().may_decide(PersonId("vice"), appealed)
    assert alone.may_decide(PersonId("vice"), appealed)


def test_who_decides_because_nobody_nearer_stands_above_may_also_see() -> None:
    """The principal of another school handed it on, and only the designee of this one is left."""
    handed_on = replace(about("s1", schools=(MIDDLE,)), passed_by=Rank.PRINCIPAL)

    assert staff_of().may_decide(PersonId("designee"), handed_on)
    assert staff_of().may_see(PersonId("designee"), handed_on)
