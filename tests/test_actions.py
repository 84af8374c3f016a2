from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from typing import NamedTuple

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.actions import Action, Actions, Alert, Ask, Close, Copy, Disconnect, Lift, Remove, Restrict, Tell, Waiting
from bot.copying import NOBODY_IS_COPIED, OFFICE_IS_COPIED, ONE_ABOVE_IS_COPIED, concerned_in, relieved
from bot.judge import Verdict, added_to, found_in, judge
from bot.message import MatterKind, Message, MessageId, PlaceId, PostId, PrivacyMatter, Where, Words
from bot.notice import (
    A_PERSON_DECIDES,
    A_PERSON_LOOKS,
    AN_OFFICE_ASKS,
    AN_OFFICE_IS_ASKED,
    AN_OFFICE_IS_TO_REMIND,
    AN_OFFICE_REMINDS,
    CALL_THE_DISTRICT_OFFICE,
    COPY_IS_READ,
    COUNTED_BEFORE,
    IF_ANSWERED,
    IT_IS_LOOKED_AT,
    IT_WAS_TAKEN_AWAY,
    LOOK_WITH_THEM,
    NOBODY_HAS_DECIDED,
    NOBODY_LOOKS,
    NOT_SETTLED,
    ONLY_YOU,
    PLEASE_DELETE,
    REMIND_THEM,
    as_it_is,
)
from bot.people import Absence, AccountId, Audience, Office, Offices, Person, PersonId, Role, SchoolId, TeamId, Tenure
from bot.plan import needs_a_person, plan
from bot.platform import ProfileSeen, Readers, SpaceSeen
from bot.profile import Profile
from bot.reach import schools_with_offices
from bot.readings.labels import Label
from bot.readings.picture import Band, PictureSeen
from bot.readings.signs import Sign
from bot.rule import Choice, Clause, Finding, Measure
from bot.silence import next_school_day
from bot.space import Space
from bot.staff import Concern, Staff
from bot.texts import N_, Text
from rules.employee_04_group_messages import COPY_FIRST, CopiesByTeam, GroupMessages
from rules.employee_08_photo_consent import PhotoConsent
from rules.general_02_sexual_pictures import SexualPictures
from tests.district import DAY, HIGH, MIDDLE, NOON, ROBOTICS, SOCCER, TENURES, ZONE, ended, lists, roster, without
from tests.store.house import post

ROSTER = roster()
OFFICES = ROSTER.on(DAY).offices
ELSEWHERE = Tenure(MIDDLE, Office.SUPERINTENDENT_DESIGNEE, PersonId("designee"))
OVERSEERS = (Office.PRINCIPAL, Office.ATHLETIC_DIRECTOR, Office.SUPERINTENDENT_DESIGNEE)
ADULTS = tuple(PersonId(each) for each in ("ana", "ben", "cem", "dov", "eva"))
OTHER = Clause("General Guidelines", 9, "Be aware of URL shortening services.")

days = st.sampled_from([None, *(DAY + timedelta(days=shift) for shift in (-2, -1, 0, 1, 2))])
tenures = st.builds(
    Tenure,
    school=st.sampled_from([HIGH, MIDDLE]),
    office=st.sampled_from(Office),
    person=st.sampled_from(ADULTS),
    deputy=st.sampled_from([None, *ADULTS]),
    since=days,
    until=days,
)
rules = st.builds(
    GroupMessages,
    copy_to=st.builds(
        CopiesByTeam,
        athletics=st.sampled_from(["principal", "athletic_director", "both"]),
        clubs=st.sampled_from(["principal", "athletic_director", "both"]),
    ),
)


class Case(NamedTuple):
    """A district in any state, and a coach or two of it with one student."""

    offices: Offices
    coaches: tuple[PersonId, ...]
    student: Person
    rule: GroupMessages

    def audience(self) -> Audience:
        """Let the coaches and the student read a place."""
        coaches = (Person(each, frozenset({Role.EMPLOYEE, Role.ADVISOR})) for each in self.coaches)
        return Audience(frozenset({*coaches, self.student}))

    def message(self) -> Message:
        """Let the first coach write to the student about a medical matter."""
        author = Person(self.coaches[0], frozenset({Role.EMPLOYEE, Role.ADVISOR}), frozenset({HIGH}))
        return Message(
            MessageId("replay", PostId("1")),
            PlaceId("dm"),
            author,
            AccountId("a"),
            Audience(frozenset({self.student})),
            (Words(Where.BODY, "x"),),
            NOON,
            DAY,
            matter=PrivacyMatter(MatterKind.MEDICAL, "m", opened_by=PersonId("coach"), team=SOCCER),
        )

    def voice(self) -> Space:
        """Let the coaches and the student be alone in a voice room."""
        audience = self.audience()
        return Space(
            MessageId("replay", PostId("space:v"), "1"),
            PlaceId("v"),
            audience,
            (),
            NOON,
            DAY,
            connected=audience,
            connected_for=timedelta(hours=1),
        )

    def reachable(self, school: SchoolId, concerned: frozenset[PersonId]) -> set[PersonId]:
        """Name who could be told at a school, by the policy's own words rather than the program's."""
        found: set[PersonId] = set()
        for office in OVERSEERS:
            lines = [each for each in self.offices.tenures if (each.school, each.office) == (school, office)]
            begun = [each for each in lines if each.since is None or each.since <= DAY]
            now = [each for each in begun if each.until is None or each.until >= DAY]
            if any(each.person in concerned for each in now):
                continue
            last = max((each.until for each in begun if each.until is not None), default=None)
            ended = [each for each in begun if each.until == last]
            found |= {each.person for each in now} | {each.deputy for each in now or ended if each.deputy is not None}
        return (found & self.offices.active) - concerned


cases = st.builds(
    Case,
    offices=st.builds(
        Offices,
        tenures=st.lists(tenures, max_size=8).map(tuple),
        active=st.frozensets(st.sampled_from(ADULTS)),
    ),
    coaches=st.lists(st.sampled_from(ADULTS), min_size=1, max_size=2, unique=True).map(tuple),
    student=st.frozensets(st.sampled_from([HIGH, MIDDLE])).map(
        lambda schools: Person(PersonId("kid"), frozenset({Role.STUDENT}), schools)
    ),
    rule=rules,
)


@given(cases)
def test_a_private_matter_is_copied_to_somebody_else_or_to_a_person_who_decides(case: Case) -> None:
    """Whoever holds which office, for whatever days: the author is never the one who oversees, and nobody is lost."""
    message = case.message()
    verdict = judge(message, [case.rule])

    actions = plan(verdict, case.offices)

    told = {each.to for each in actions if isinstance(each, Copy)}
    within_reach = [case.reachable(school, frozenset({message.author.id})) for school in message_schools(case)]
    assert message.author.id not in told
    assert all(told & reachable for reachable in within_reach if reachable)
    assert told <= set().union(*within_reach)
    assert bool(told) is any(within_reach)
    assert needs_a_person(verdict, actions) is not bool(told)


@given(cases)
def test_whoever_is_alerted_of_a_meeting_may_look_into_its_case(case: Case) -> None:
    """No one is alerted about a case in which they are the subject, or below one, nor is the deputy of their office."""
    space = case.voice()
    people = {each: Person(each, frozenset({Role.EMPLOYEE}), frozenset({HIGH})) for each in case.offices.active}
    met = {each.id: each for each in space.audience.readers}
    staff = Staff({**people, **met}, case.offices, DAY)
    schools = schools_with_offices(case.offices, (), case.student.schools)
    concern = Concern(frozenset(case.coaches), schools=frozenset(schools))
    verdict = judge(space, [case.rule])

    actions = plan(verdict, case.offices)

    alerted = {each.to for each in actions if isinstance(each, Alert)}
    (told, *_) = [each for each in actions if isinstance(each, Tell)]
    assert all(staff.may_see(each, concern) for each in alerted)
    assert bool(alerted) is bool(staff.deciding(concern))
    assert (NOBODY_LOOKS.english in told.notice.next) is not bool(staff.deciding(concern))
    assert needs_a_person(verdict, actions)


@given(cases, st.frozensets(st.sampled_from(Office), min_size=1), st.booleans())
def test_whoever_is_alerted_about_a_message_may_look_into_its_case(
    case: Case, wanted: frozenset[Office], by_student: bool
) -> None:
    """An alert to somebody who then finds no case is worse than none; nor may it reach its author, or who is below."""
    author = replace(case.student, schools=case.student.schools or frozenset({HIGH})) if by_student else None
    message = case.message() if author is None else msgspec.structs.replace(case.message(), author=author)
    verdict = Verdict(message, (replace(finding(Measure.ALERT), copy_to=wanted),))
    people = {each: Person(each, frozenset({Role.EMPLOYEE}), frozenset({HIGH})) for each in case.offices.active}
    staff = Staff({**people, message.author.id: message.author}, case.offices, DAY)
    schools = schools_with_offices(case.offices, message.author.schools, case.student.schools)
    concern = Concern(frozenset({message.author.id}), schools=frozenset(schools))

    actions = plan(verdict, case.offices)

    alerted = [each.to for each in actions if isinstance(each, Alert)]
    assert all(staff.may_see(each, concern) for each in alerted)
    assert len(alerted) == len(set(alerted))
    assert needs_a_person(verdict, actions) is not bool(alerted)


@given(cases, st.booleans())
def test_a_note_says_that_a_person_looks_where_somebody_may_and_nowhere_else(case: Case, by_student: bool) -> None:
    """Somebody who is away may, by and by; who would have to look into what their superior wrote may not."""
    author = replace(case.student, schools=case.student.schools or frozenset({HIGH})) if by_student else None
    message = case.message() if author is None else msgspec.structs.replace(case.message(), author=author)
    people = {each: Person(each, frozenset({Role.EMPLOYEE}), frozenset({HIGH})) for each in case.offices.active}
    staff = Staff({**people, message.author.id: message.author}, case.offices, DAY)
    schools = schools_with_offices(case.offices, message.author.schools, case.student.schools)
    concern = Concern(frozenset({message.author.id}), schools=frozenset(schools))

    (told,) = plan(Verdict(message, (finding(Measure.TELL, Measure.REVIEW),)), case.offices)

    assert isinstance(told, Tell)
    assert (A_PERSON_LOOKS.english in told.notice.next) is bool(staff.deciding(concern))


@pytest.mark.parametrize(
    ("by", "wanted", "told"),
    [
        ("s1", {Office.COUNSELOR, Office.PRINCIPAL}, ["teacher", "principal"]),
        ("coach", {Office.COUNSELOR, Office.PRINCIPAL}, ["principal"]),
        ("coach", {Office.PRINCIPAL, Office.SUPERINTENDENT_DESIGNEE}, ["principal", "designee"]),
        ("coach", {Office.COUNSELOR}, ["director", "principal", "designee"]),
        ("director", {Office.ATHLETIC_DIRECTOR}, ["principal", "designee"]),
        ("principal", {Office.COUNSELOR, Office.PRINCIPAL}, ["designee"]),
        ("principal", {Office.ATHLETIC_DIRECTOR}, ["designee"]),
        ("designee", {Office.PRINCIPAL}, []),
        ("other-principal", {Office.PRINCIPAL}, ["designee"]),
    ],
)
def test_an_alert_goes_to_the_offices_that_stand_above_the_author(
    by: str, wanted: set[Office], told: list[str]
) -> None:
    """The counselor looks after students alone, and nobody looks after whom they answer to."""
    offices = replace(OFFICES, tenures=(*TENURES, Tenure(HIGH, Office.COUNSELOR, PersonId("teacher"))))
    found = replace(finding(Measure.ALERT), copy_to=frozenset(wanted))
    verdict = Verdict(ROSTER.recognise(post(by=by)), (found,))

    actions = plan(verdict, offices, names={PersonId(by): "Sam Reyes"})

    alerts = [each for each in actions if isinstance(each, Alert)]
    assert [each.to for each in alerts] == told
    assert {each.notice.saw for each in alerts} <= {"because Sam Reyes wrote it on Wednesday, November 18."}
    assert needs_a_person(verdict, actions) is not bool(told)


@pytest.mark.parametrize("by", ["coach", "s1"])
def test_an_alert_about_somebody_of_the_district_office_goes_to_the_school_of_whoever_reads(by: str) -> None:
    """Coaches may be listed at the district itself, where no office is: a threat of theirs must reach somebody."""
    message = ROSTER.recognise(post(by=by, to=("s2", "s3")))
    author = replace(message.author, schools=frozenset({SchoolId("district")}))
    verdict = Verdict(msgspec.structs.replace(message, author=author), (finding(Measure.ALERT),))

    actions = plan(verdict, OFFICES)

    assert [each.to for each in actions if isinstance(each, Alert)] == ["principal"]


@pytest.mark.parametrize(
    ("to", "told"),
    [
        (("s1",), ["principal"]),
        (("s1", "s2", "other-principal"), ["principal"]),
        (("s1", "other-school"), ["principal", "other-principal"]),
        (("teacher",), ["principal"]),
        (("other-director", "parent"), ["other-principal"]),
        (("parent",), ["principal"]),
        ((), ["principal", "other-principal"]),
        (("who", "ever"), ["principal", "other-principal"]),
    ],
)
def test_an_alert_about_a_stranger_goes_to_the_school_of_whoever_reads(to: tuple[str, ...], told: list[str]) -> None:
    """A stranger has no school; that somebody may be in danger reaches people all the same (rule 12)."""
    verdict = Verdict(ROSTER.recognise(post(by="stranger", to=to)), (finding(Measure.ALERT),))

    actions = plan(verdict, OFFICES)

    assert [each.to for each in actions if isinstance(each, Alert)] == told
    assert not needs_a_person(verdict, actions)


def shown(account: str) -> Profile:
    """Look at how an account shows up."""
    words = (Words(Where.ABOUT, "canary"),)
    return ROSTER.recognise_profile(ProfileSeen("replay", AccountId(account), "1", NOON, words))


def looked_at(*readers: str, team: TeamId | None = None, connected: Readers | None = None) -> Space:
    """Look at a place that some accounts can read."""
    everybody = frozenset(map(AccountId, readers))
    words = (Words(Where.CHANNEL_NAME, "canary"),)
    seen = SpaceSeen("replay", PlaceId("p"), "1", NOON, Readers(everybody, everybody), words, team, connected=connected)
    return ROSTER.recognise_space(seen)


def in_danger(
    *measures: Measure, wanted: frozenset[Office] = frozenset({Office.COUNSELOR, Office.PRINCIPAL})
) -> Finding:
    """Find that somebody may be in danger."""
    return replace(finding(*measures), copy_to=wanted, safety=True, rule="self-harm")


WHO = {"s1": "Sam Reyes", "nobody": "stranger:replay/nobody"}
COUNSELED = replace(
    OFFICES,
    tenures=(
        *TENURES,
        Tenure(HIGH, Office.COUNSELOR, PersonId("teacher")),
        Tenure(MIDDLE, Office.COUNSELOR, PersonId("advisor")),
    ),
)


@pytest.mark.parametrize(
    ("account", "told"),
    [
        ("s1", ["teacher", "principal"]),
        ("other-school", ["advisor", "other-principal"]),
        ("coach", ["principal"]),
        ("teacher", ["principal"]),
        ("principal", ["designee"]),
        ("nobody", ["principal", "other-principal"]),
    ],
)
def test_an_alert_about_a_profile_goes_to_those_above_its_owner(account: str, told: list[str]) -> None:
    """A profile has an owner, as a message has an author; whose it is nobody knows is for every school."""
    actions = plan(Verdict(shown(account), (in_danger(Measure.ALERT),)), COUNSELED, names={PersonId("s1"): "Sam Reyes"})

    alerts = [each for each in actions if isinstance(each, Alert)]
    assert [each.to for each in alerts] == told
    assert all(each.safety and each.rule == "self-harm" for each in alerts)
    assert {each.notice.saw for each in alerts} == {
        f"because It is what {WHO.get(account, account)} shows in a profile."
    }


@pytest.mark.parametrize(
    ("space", "told"),
    [
        (looked_at("s1", "coach", team=SOCCER), ["teacher", "principal"]),
        (looked_at("other-school", "coach", team=SOCCER), ["teacher", "principal"]),
        (looked_at("s1", "teacher", team=SOCCER), ["teacher", "principal"]),
        (looked_at("other-school", "coach"), ["advisor", "other-principal"]),
        (looked_at("coach", "other-director"), ["teacher", "principal", "advisor", "other-principal"]),
        (looked_at(), ["teacher", "principal", "advisor", "other-principal"]),
        (looked_at("s1", "coach", connected=Readers()), ["teacher", "principal"]),
    ],
)
def test_an_alert_about_a_place_goes_to_the_team_or_to_whoever_reads(space: Space, told: list[str]) -> None:
    """Nobody knows who named it, and whoever may be in danger cannot wait until somebody does."""
    actions = plan(Verdict(space, (in_danger(Measure.ALERT),)), COUNSELED)

    alerts = [each for each in actions if isinstance(each, Alert)]
    assert [each.to for each in alerts] == told
    assert all(each.safety for each in alerts)
    assert {each.notice.saw for each in alerts} == {"because The place: canary."}


def test_an_overseer_hears_beside_the_counselor_of_a_place() -> None:
    """A case that may be about staff is none that a counselor decides."""
    wanted = frozenset({Office.COUNSELOR})

    actions = plan(Verdict(looked_at("s1", team=SOCCER), (in_danger(Measure.ALERT, wanted=wanted),)), COUNSELED)

    assert [each.to for each in actions if isinstance(each, Alert)] == ["teacher", "principal"]


def test_a_counselor_who_advises_there_is_not_alerted_of_the_place() -> None:
    """They may be who named it."""
    offices = replace(OFFICES, tenures=(*TENURES, Tenure(HIGH, Office.COUNSELOR, PersonId("coach"), PersonId("vice"))))

    actions = plan(Verdict(looked_at("s1", "coach", team=SOCCER), (in_danger(Measure.ALERT),)), offices)

    assert [each.to for each in actions if isinstance(each, Alert)] == ["principal"]


@pytest.mark.parametrize("subject", [shown("s1"), looked_at("s1", team=SOCCER)])
def test_what_is_not_sure_in_a_name_alerts_nobody(subject: Profile | Space) -> None:
    """A person looks."""
    verdict = Verdict(subject, (in_danger(Measure.REVIEW),))

    actions = plan(verdict, COUNSELED)

    assert actions == ()
    assert needs_a_person(verdict, actions)


@pytest.mark.parametrize(
    ("by", "told"),
    [("coach", ["director"]), ("director", ["principal"]), ("principal", ["designee"]), ("designee", [])],
)
def test_who_does_not_answer_is_looked_into_by_somebody_above_them(by: str, told: list[str]) -> None:
    """Nobody looks into what their superior wrote; above the designee there is nobody."""
    found = replace(finding(Measure.REMOVE, Measure.TELL), answer_within=timedelta(hours=4))
    message = msgspec.structs.replace(ROSTER.recognise(post(by=by)), removable=False)

    actions = plan(Verdict(message, (found,)), OFFICES)

    waiting = [each.action for each in actions if isinstance(each, Waiting) and isinstance(each.action, Alert)]
    assert [each.to for each in waiting] == told


def left_to_author(by: str, *findings: Finding) -> tuple[Tell, list[Alert], list[Alert]]:
    """Plan where only its author can take a message away: what they are told, who is alerted at once, who later."""
    message = msgspec.structs.replace(ROSTER.recognise(post(by=by)), removable=False)
    actions = plan(Verdict(message, findings), OFFICES)
    (told,) = [each for each in actions if isinstance(each, Tell)]
    later = [each.action for each in actions if isinstance(each, Waiting)]
    return told, [each for each in actions if isinstance(each, Alert)], [each for each in later if type(each) is Alert]


@pytest.mark.parametrize("by", ["s4", "teacher"])
def test_where_a_rule_alerts_at_once_nobody_else_is_led_to_a_message_that_stays(by: str) -> None:
    """It may be a picture that no further adult may look at, and least of all with the child."""
    message = ROSTER.recognise(post(by=by, to=("s1", "s2")))
    shown = message.readings.showing((PictureSeen("2" * 64, Band.HIDE, 10, 10),))
    seen = msgspec.structs.replace(message, readings=shown)

    told, alerts, later = left_to_author(by, *SexualPictures().check(seen))

    assert ([each.to for each in alerts], later) == (["principal"], [])
    assert told.notice.now.startswith(PLEASE_DELETE.english)
    assert told.notice.next == A_PERSON_LOOKS.english


@pytest.mark.parametrize(
    ("by", "follows", "to_do"),
    [("teacher", AN_OFFICE_ASKS, LOOK_WITH_THEM), ("captain-coach", AN_OFFICE_REMINDS, REMIND_THEM)],
)
def test_an_office_that_a_student_did_not_ask_only_reminds_them(by: str, follows: Text, to_do: Text) -> None:
    """Whoever it is, they are called by their name alone: teachers are asked, too, and students who coach."""
    told, _, (alert,) = left_to_author(by, finding(Measure.REMOVE, Measure.TELL))

    assert told.notice.next.endswith(follows.english)
    assert alert.notice.saw == f"{NOT_SETTLED.english} {by} wrote it on Wednesday, November 18."
    assert alert.notice.now == to_do.english


def test_a_student_is_still_only_reminded_where_a_message_is_gone() -> None:
    """What it was is for somebody of the staff to tell."""
    _, _, (alert,) = left_to_author("captain-coach", finding(Measure.REMOVE, Measure.TELL))

    told = as_it_is(alert.notice, by_us=True)

    assert (told.now, told.next) == (REMIND_THEM.english, IT_WAS_TAKEN_AWAY.english)


def test_who_stands_above_everybody_is_promised_no_office() -> None:
    """Nobody is asked about a message of the designee's, nor looks where they disagree, so no note says so."""
    told, _, later = left_to_author("designee", finding(Measure.REMOVE, Measure.TELL))

    assert (told.notice.next, later) == (NOBODY_HAS_DECIDED.english, [])
    assert told.notice.disagree == CALL_THE_DISTRICT_OFFICE.english


FOUR_HOURS = "Hours to answer: 4."


def noted(
    message: Message, rule: GroupMessages | PhotoConsent | None = None, offices: Offices = OFFICES
) -> list[tuple[str, str]]:
    """Plan by one rule: what each note to the author says of what happens next, with the kind of its deed."""
    deeds = plan(judge(message, [rule or GroupMessages()]), offices)
    actions = (each.action if isinstance(each, Waiting) else each for each in deeds)
    return [(each.kind, each.notice.next) for each in actions if isinstance(each, Tell | Ask)]


def lone(by: str = "coach", *, removable: bool = True, **changes: object) -> Message:
    """Let somebody write to one student."""
    message = ROSTER.recognise(post(by=by))
    return msgspec.structs.replace(message, removable=removable, **changes)


def test_a_note_says_how_long_nobody_else_hears_of_it_and_what_comes_then() -> None:
    """It would be untrue that only its author ever hears: after four hours an office is told their name."""
    assert noted(lone()) == [
        (
            "tell",
            "Your message is taken away. Any text you wrote is given back to you here. Only you see this note. "
            "Hours to answer: 4. If you answer in time, nobody else hears of it unless you ask. If you have not "
            "answered by then, an office is asked to look at it with you. Nobody has decided anything yet.",
        )
    ]


def test_a_request_to_delete_says_so_too() -> None:
    """There, to delete it is to answer."""
    assert noted(lone(removable=False)) == [
        (
            "tell",
            "Only you see this note. Hours to answer: 4. Delete the message or answer in time. Then nobody else "
            "hears of it unless you ask. If you have not answered by then, an office is asked to look at it with you. "
            "Nobody has decided anything yet.",
        )
    ]


def test_a_question_about_a_picture_says_so_too() -> None:
    """It has a day."""
    words = (Words(Where.FILE_NAME, "a.png"),)

    ((_, told),) = noted(ROSTER.recognise(replace(post(to=("s1", "s2")), words=words)), PhotoConsent())

    assert told == " ".join(
        (ONLY_YOU.english, "Hours to answer: 24.", IF_ANSWERED.english, AN_OFFICE_ASKS.english),
    )


@pytest.mark.parametrize(
    ("by", "removable", "ends"),
    [
        ("coach", True, [AN_OFFICE_ASKS, AN_OFFICE_IS_ASKED]),
        ("coach", False, [AN_OFFICE_ASKS, AN_OFFICE_IS_ASKED]),
        ("captain-coach", True, [AN_OFFICE_REMINDS, AN_OFFICE_IS_TO_REMIND]),
    ],
)
def test_a_question_what_a_message_is_says_who_is_asked_without_an_answer(
    by: str, removable: bool, ends: list[Text]
) -> None:
    """Before, that it would come to that; when the time is up, that it has."""
    readings = lone().readings.seeing((Sign(Label.MEDICAL, 0.5, False),))

    notes = noted(lone(by, removable=removable, readings=readings))

    assert [kind for kind, _ in notes] == ["ask", "tell"]
    assert all(told.endswith(end.english) for (_, told), end in zip(notes, ends, strict=True))


def test_a_note_about_an_emergency_says_who_is_asked_after_its_day() -> None:
    """The day stands in what to do now; that nobody hears of it but who gets the copy would be untrue alone."""
    promised = f"{COPY_IS_READ.english} {IF_ANSWERED.english}"

    assert noted(lone(emergency=True)) == [("ask", f"{ONLY_YOU.english} {promised} {AN_OFFICE_ASKS.english}")]


def test_a_note_about_an_edit_names_the_hours_and_that_some_may_have_passed() -> None:
    """It may be the first that does not fit; else what waits since the version before comes sooner."""
    edited = ROSTER.recognise(post(revision="2"))

    ((_, told),) = noted(edited)

    assert f"{FOUR_HOURS} {COUNTED_BEFORE.english} {IF_ANSWERED.english}" in told


def test_a_note_says_that_a_person_looks_where_its_rule_asks_one_to() -> None:
    """They once led the student's other team: that is looked at, whatever they answer; an office is asked as well."""
    led = lone(author=replace(lone().author, once_led=frozenset({ROBOTICS})))

    ((_, told),) = noted(led)

    assert told.endswith(f"{IT_IS_LOOKED_AT.english} {FOUR_HOURS} {AN_OFFICE_ASKS.english}")
    assert ONLY_YOU.english not in told


def test_a_note_says_nothing_of_a_look_that_is_discreet() -> None:
    """Whoever comes too close to a child must not be warned by a note about something else."""
    told, *_ = left_to_author(
        "coach", finding(Measure.REMOVE, Measure.TELL), replace(finding(Measure.REVIEW), discreet=True)
    )

    hours = f"{ONLY_YOU.english} {FOUR_HOURS} {AN_OFFICE_ASKS.english}"
    assert told.notice.next == hours  # that nobody else hears of it would be untrue


@pytest.mark.parametrize(("discreet", "safety"), [(True, False), (False, True), (False, False)])
@pytest.mark.parametrize("earlier", [False, True])
def test_where_another_rule_alerts_at_once_nobody_else_is_led_to_it(
    *, discreet: bool, safety: bool, earlier: bool
) -> None:
    """Those who were alerted talk with each other first; no note promises, or hints, who hears of it."""
    alert = replace(finding(Measure.ALERT, Measure.REVIEW), rule="alerts", discreet=discreet, safety=safety)
    found = Verdict(lone(removable=False), (finding(Measure.REMOVE, Measure.TELL), alert))
    verdict = added_to(found_in(Verdict(found.subject, (alert,))), found) if earlier else found

    actions = plan(verdict, OFFICES)

    (told,) = (each for each in actions if isinstance(each, Tell))
    assert len(verdict.standing) == (1 if earlier else 2)
    assert told.notice.next == A_PERSON_DECIDES.english
    assert not [each for each in actions if isinstance(each, Waiting)]


@pytest.mark.parametrize("earlier", [False, True])
def test_where_another_rule_alerts_no_silence_about_an_emergency_climbs(*, earlier: bool) -> None:
    """The reason is asked for all the same."""
    message = lone(emergency=True)
    alert = replace(finding(Measure.ALERT), rule="alerts", safety=True)
    found = Verdict(message, (*judge(message, [GroupMessages()]).standing, alert))
    verdict = added_to(found_in(Verdict(message, (alert,))), found) if earlier else found

    actions = plan(verdict, OFFICES)

    (asked,) = (each for each in actions if isinstance(each, Ask))
    assert asked.notice.next == A_PERSON_DECIDES.english
    assert not [each for each in actions if isinstance(each, Waiting)]


def test_what_an_earlier_round_took_away_is_not_asked_about() -> None:
    """It is gone: there is nothing to take away when nobody answers, and no text left to give back."""
    message = lone(readings=lone().readings.seeing((Sign(Label.MEDICAL, 0.5, False),)))
    taken = replace(finding(Measure.REMOVE, Measure.TELL), rule="takes")

    verdict = added_to(found_in(Verdict(message, (taken,))), judge(message, [GroupMessages()], in_round=1))

    assert [each.measures for each in verdict.standing] == [{Measure.ASK}]
    assert plan(verdict, OFFICES) == ()


def test_what_an_earlier_round_took_away_is_neither_taken_nor_given_back_again() -> None:
    """Who sent it to too few is told so, and asked about their silence, without a second text."""
    taken = replace(finding(Measure.REMOVE, Measure.TELL), rule="takes")
    verdict = added_to(found_in(Verdict(lone(), (taken,))), judge(lone(), [GroupMessages()], in_round=1))

    told, later = plan(verdict, OFFICES)

    assert isinstance(told, Tell)
    assert isinstance(later, Waiting)
    assert told.notice.returned == ""
    assert told.notice.next.startswith(ONLY_YOU.english)


def test_a_note_that_was_left_to_a_later_round_gives_the_text_back() -> None:
    """A student's message goes at once; what they are told waits until the models have read it. Nobody loses text."""
    found = Verdict(lone("captain-coach"), (finding(Measure.REMOVE, Measure.TELL),))
    verdict = added_to((("any", "remove"),), found)

    told = [each for each in plan(verdict, OFFICES) if not isinstance(each, Waiting)]

    assert [type(each) for each in told] == [Tell]
    assert [each.notice.returned for each in told if isinstance(each, Tell)] == [lone().text]


def test_where_nobody_can_be_asked_no_note_says_that_somebody_is() -> None:
    """No office is filled."""
    ((_, told),) = noted(lone(), offices=Offices())

    assert told.endswith(NOBODY_HAS_DECIDED.english)


@pytest.mark.parametrize(
    ("tenures", "looks"),
    [
        (TENURES, True),
        (without(TENURES, Office.SUPERINTENDENT_DESIGNEE), False),
        ((*without(TENURES, Office.SUPERINTENDENT_DESIGNEE), ELSEWHERE), True),
    ],
)
@pytest.mark.parametrize("away", [False, True])
def test_of_a_principal_a_person_looks_only_where_there_is_a_designee(
    tenures: tuple[Tenure, ...], *, looks: bool, away: bool
) -> None:
    """One of any school will do, and one who is away: the case waits for them. Who could not look is no answer."""
    absent = Absence(PersonId("designee"), DAY, DAY)
    offices = replace(OFFICES, tenures=tenures, absences=(absent,) if away else ())
    found = finding(Measure.TELL, Measure.REVIEW)

    (told,) = plan(Verdict(ROSTER.recognise(post(by="principal", to=("s1", "s2"))), (found,)), offices)

    assert isinstance(told, Tell)
    assert (A_PERSON_LOOKS.english in told.notice.next) == looks
    assert (NOBODY_LOOKS.english in told.notice.next) == (not looks)
    assert ("I think this is wrong" in told.notice.disagree) == looks


@pytest.mark.parametrize(
    ("by", "vacant", "asked"),
    [
        ("coach", set(), ["director", "principal", "designee"]),
        ("advisor", set(), ["principal", "designee"]),
        ("advisor", {Office.PRINCIPAL}, ["designee"]),
        ("advisor", {Office.PRINCIPAL, Office.SUPERINTENDENT_DESIGNEE}, ["director"]),
        ("principal-advisor", set(), ["principal", "designee"]),
    ],
)
def test_a_silence_climbs_past_fewer_eyes_where_no_athletic_team_is_written_to(
    by: str, vacant: set[Office], asked: list[str]
) -> None:
    """A club is the principal's; the athletic director hears of it only where nobody else can be asked."""
    offices = replace(OFFICES, tenures=tuple(each for each in TENURES if each.office not in vacant))

    for message, most in ((lone(by), 1), (lone(by, emergency=True), 3)):
        deeds = plan(judge(message, [GroupMessages()]), offices)
        alerts = [each.action for each in deeds if isinstance(each, Waiting)]
        assert [each.to for each in alerts if isinstance(each, Alert)] == asked[:most]


LATE = NOON.replace(hour=2) + timedelta(days=1)
"""Ten in the evening of the district's DAY: after four hours another day has begun."""
LEAVES = tuple(replace(each, until=DAY) if each.office is Office.ATHLETIC_DIRECTOR else each for each in TENURES)
FOLLOWS = Tenure(HIGH, Office.ATHLETIC_DIRECTOR, PersonId("teacher"), since=DAY + timedelta(days=1))


@pytest.mark.parametrize(
    ("offices", "away", "asked"),
    [
        (TENURES, (), ["director", "principal", "designee"]),
        (LEAVES, (), ["vice-director", "principal", "designee"]),
        ((*LEAVES, FOLLOWS), (), ["teacher", "principal", "designee"]),
        (tuple(replace(each, deputy=None) for each in LEAVES), (), ["principal", "designee"]),
        (TENURES, (("director", 1, 2), ("principal", 0, 2)), ["vice-director", "principal", "designee"]),
        (TENURES, (("director", 0, 0), ("principal", 3, 3)), ["director", "vice", "designee"]),
    ],
)
def test_a_silence_comes_to_whoever_holds_the_office_when_it_is_due(
    offices: tuple[Tenure, ...], away: tuple[tuple[str, int, int], ...], asked: list[str]
) -> None:
    """A term may end, and somebody may leave or come back, between a message and the day on which an office is asked.

    The first to be asked about an emergency is so when the next school day is over, the next one after as long again.
    """
    absences = (Absence(PersonId(who), DAY + timedelta(start), DAY + timedelta(end)) for who, start, end in away)
    known = roster(replace(lists(offices), absences=tuple(absences)))
    at_day = known.on(DAY).offices

    for emergency, most in ((False, 1), (True, 3)):
        message = known.recognise(post(emergency=emergency, at=LATE))
        deeds = plan(judge(message, [GroupMessages()]), at_day)
        alerts = [each.action for each in deeds if isinstance(each, Waiting)]
        assert message.day == DAY
        assert [each.to for each in alerts if isinstance(each, Alert)] == asked[:most]


@given(cases)
def test_a_plan_is_the_same_again(case: Case) -> None:
    """The same verdict on the same day means the same deeds, in the same order."""
    for subject in (case.message(), case.voice()):
        verdict = judge(subject, [case.rule])

        assert plan(verdict, case.offices) == plan(verdict, replace(case.offices))


@given(cases)
def test_nobody_gets_two_copies_of_one_finding(case: Case) -> None:
    """Who holds two offices has one pair of eyes."""
    told = [each.to for each in plan(judge(case.message(), [case.rule]), case.offices) if isinstance(each, Copy)]

    assert len(told) == len(set(told))


PRIVATE = PrivacyMatter(MatterKind.MEDICAL, "m")
LOOKS_MEDICAL = lone().readings.seeing((Sign(Label.MEDICAL, 0.9, True),))


@pytest.mark.parametrize(
    "changes",
    [{"matter": PRIVATE}, {"readings": LOOKS_MEDICAL}, {"emergency": True}, {"answers_help": True}],
)
@pytest.mark.parametrize(
    ("vacant", "concerns", "said"),
    [
        ((), False, OFFICE_IS_COPIED),
        ((), True, ONE_ABOVE_IS_COPIED),
        ((Office.PRINCIPAL,), False, OFFICE_IS_COPIED),
        ((Office.PRINCIPAL, Office.ATHLETIC_DIRECTOR), False, ONE_ABOVE_IS_COPIED),
        (tuple(Office), False, NOBODY_IS_COPIED),
    ],
)
def test_a_note_says_truly_who_gets_the_copy(
    vacant: tuple[Office, ...], changes: dict[str, object], said: Text, *, concerns: bool
) -> None:
    """Where nobody does, none is promised to look, and no way is shown that would lead to no copy next time, either."""
    offices = replace(OFFICES, tenures=tuple(each for each in TENURES if each.office not in vacant))
    message = msgspec.structs.replace(lone(), concerns_copied=concerns, **changes)

    actions = plan(judge(message, [GroupMessages()]), offices)

    told = [each.notice for each in actions if isinstance(each, Tell | Ask)]
    assert any(each.saw.endswith(said.english) for each in told)
    if said is NOBODY_IS_COPIED:
        assert all(COPY_IS_READ.english not in each.next for each in told)
        assert all(COPY_FIRST.english != each.now for each in told)
        assert any(NOBODY_LOOKS.english in each.next for each in told)


def message_schools(case: Case) -> list[SchoolId]:
    """Name the student's schools, whose offices look after the matter."""
    return sorted(case.student.schools)


def finding(*measures: Measure, clause: Clause = GroupMessages.clause) -> Finding:
    """Find something by hand."""
    return Finding(
        "any", clause, frozenset(measures), N_("because"), N_("remedy"), copy_to=frozenset({Office.PRINCIPAL})
    )


def planned(*findings: Finding, text: str = "Stay after class.", by: str = "coach") -> Actions:
    """Plan for a message from a coach to one student."""
    return plan(Verdict(ROSTER.recognise(post(text=text, by=by)), findings), OFFICES)


def test_a_message_that_breaks_two_rules_is_removed_once() -> None:
    """It can be gone only once; its author hears of both, and has the text in the first note."""
    actions = planned(
        finding(Measure.REMOVE, Measure.TELL), finding(Measure.REMOVE, Measure.TELL, clause=OTHER), text="mine"
    )

    assert [type(each) for each in actions] == [Remove, Tell, Tell]
    assert [each.notice.returned for each in actions if isinstance(each, Tell)] == ["mine", ""]


def test_the_text_is_in_the_note_that_says_why_it_was_taken_away() -> None:
    """An edit may take away what stood with a note before, and that note is not told again."""
    taken = finding(Measure.REMOVE, Measure.TELL, clause=OTHER)

    told = [each for each in planned(finding(Measure.TELL), taken, text="mine") if isinstance(each, Tell)]

    assert [each.notice.returned for each in told] == ["", "mine"]


def test_the_text_is_given_back_also_where_another_rule_tells() -> None:
    """A rule may take away what it must not speak of."""
    told = [each for each in planned(finding(Measure.REMOVE), finding(Measure.TELL)) if isinstance(each, Tell)]

    assert [each.notice.returned for each in told] == ["Stay after class."]


@pytest.mark.parametrize("earlier", [False, True])
def test_nobody_is_offered_to_delete_what_is_gone(*, earlier: bool) -> None:
    """Neither where it goes now, nor where an earlier round took it away; what else can be answered stays."""
    told = replace(finding(Measure.TELL, clause=OTHER), choices=(Choice.DELETE, Choice.SEEN))
    taken = replace(finding(Measure.REMOVE, Measure.TELL), rule="takes")
    found = Verdict(ROSTER.recognise(post()), (told,) if earlier else (taken, told))
    verdict = added_to((("takes", "remove"), ("takes", "tell")), found) if earlier else found

    notes = [each.notice for each in plan(verdict, OFFICES) if isinstance(each, Tell)]

    assert [each.choices for each in notes] == [(Choice.SEEN,)] if earlier else [(), (Choice.SEEN,)]
    assert notes[-1].returned == ""


def test_what_we_cannot_take_away_its_author_can_delete() -> None:
    """Each note offers it: nothing is gone."""
    told = replace(finding(Measure.TELL, clause=OTHER), choices=(Choice.DELETE,))
    message = msgspec.structs.replace(ROSTER.recognise(post()), removable=False)
    verdict = Verdict(message, (finding(Measure.REMOVE, Measure.TELL), told))

    notes = [each.notice for each in plan(verdict, OFFICES) if isinstance(each, Tell)]

    assert [(each.choices, each.returned) for each in notes] == [((Choice.DELETE,), "")] * 2


def test_the_text_is_given_back_only_where_it_was_taken_away() -> None:
    """A note about a message that stands need not repeat it."""
    told = [each for each in planned(finding(Measure.TELL)) if isinstance(each, Tell)]

    assert [each.notice.returned for each in told] == [""]


def test_the_text_given_back_is_all_that_was_written() -> None:
    """Coaches never lose typed text: a file's description and a poll's answers count."""
    words = (Words(Where.BODY, "see this"), Words(Where.FILE_NAME, "plan.pdf"), Words(Where.POLL, "5 or 6?"))
    message = ROSTER.recognise(replace(post(), words=words))

    told = plan(Verdict(message, (finding(Measure.REMOVE, Measure.TELL),)), OFFICES)[1]

    assert isinstance(told, Tell)
    assert told.notice.returned == "see this\n[file name] plan.pdf\n[poll] 5 or 6?"


def test_a_note_goes_to_the_account_that_wrote() -> None:
    """Somebody with two accounts reads the note where they wrote."""
    told = [each for each in planned(finding(Measure.TELL), by="s1-phone") if isinstance(each, Tell)]

    assert [(each.to, each.account) for each in told] == [("s1", "s1-phone")]


def test_a_note_shows_its_words_to_nobody_who_reads_a_log() -> None:
    """A traceback prints values; words are none of its business."""
    shown = repr(planned(finding(Measure.REMOVE, Measure.TELL), text="canary"))

    assert "canary" not in shown


@pytest.mark.parametrize(
    ("day", "due"),
    [
        (date(2026, 11, 18), date(2026, 11, 19)),
        (date(2026, 11, 20), date(2026, 11, 23)),
        (date(2026, 11, 21), date(2026, 11, 23)),
        (date(2026, 11, 22), date(2026, 11, 23)),
        (date(2026, 12, 31), date(2027, 1, 1)),
    ],
)
def test_a_reason_is_due_by_the_next_school_day(day: date, due: date) -> None:
    """Nobody is late over a weekend."""
    at = datetime.combine(day, time(12), ZONE)

    asked = plan(Verdict(ROSTER.recognise(post(at=at)), (finding(Measure.ASK),)), OFFICES)[0]

    assert isinstance(asked, Ask)
    assert asked.due == next_school_day(day) == due


def test_a_finding_that_is_excused_has_no_deeds() -> None:
    """A standing exception is one: nobody is told that they were let be."""
    assert plan(Verdict(ROSTER.recognise(post())), OFFICES) == ()


def test_a_copy_read_in_place_is_still_a_copy() -> None:
    """An overseer in the audience counts as copied: only the note is spared."""
    read = ROSTER.recognise(post(to=("s1", "principal")))
    by_server = ROSTER.recognise(replace(post(), readers=Readers(frozenset(map(AccountId, ("s1", "principal"))))))

    spared = [plan(Verdict(each, (finding(Measure.COPY),)), OFFICES) for each in (read, by_server)]

    assert [(copy.to, copy.read_in_place) for actions in spared for copy in copies(actions)] == [
        ("principal", True),
        ("principal", False),
    ]


PRINCIPAL_ADVISES = (replace(TENURES[0], person=PersonId("principal-advisor"), deputy=None), *TENURES[1:])
DIRECTOR_COACHES = (TENURES[0], replace(TENURES[1], person=PersonId("director-coach"), deputy=None), *TENURES[2:])


@pytest.mark.parametrize(
    ("tenures", "by", "to", "copied"),
    [
        (TENURES, "s1", ("coach",), ["director", "principal"]),
        (TENURES, "s1", ("coach", "principal"), ["director", "principal in place"]),
        (PRINCIPAL_ADVISES, "s1", ("principal-advisor",), ["designee", "director"]),
        (PRINCIPAL_ADVISES, "principal-advisor", ("s1",), ["designee", "director"]),
        (PRINCIPAL_ADVISES, "s9", ("principal-advisor",), ["designee", "director"]),
        (PRINCIPAL_ADVISES, "own-child", ("coach", "principal-advisor"), ["director", "principal-advisor in place"]),
        (DIRECTOR_COACHES, "s1", ("director-coach",), ["principal"]),
        (DIRECTOR_COACHES, "director-coach", ("s1",), ["principal"]),
        (DIRECTOR_COACHES, "s1", ("coach", "director-coach"), ["principal"]),
        (DIRECTOR_COACHES, "coach", ("s1", "director-coach"), ["director-coach in place", "principal"]),
        (DIRECTOR_COACHES, "captain-coach", ("s1", "director-coach"), ["director-coach in place", "principal"]),
        (DIRECTOR_COACHES, "captain-coach", ("director-coach",), ["principal"]),
        (PRINCIPAL_ADVISES, "s1", ("coach", "principal-advisor"), ["director", "principal-advisor in place"]),
    ],
)
def test_what_a_student_answers_is_copied_to_somebody_who_does_not_lead_the_matter(
    tenures: tuple[Tenure, ...], by: str, to: tuple[str, ...], copied: list[str]
) -> None:
    """A copy that only the adult gets who had the answer anyway is seen by nobody else."""
    district = roster(lists(tenures))
    answer = district.recognise(post(by=by, to=to), PrivacyMatter(MatterKind.ACADEMIC, "replay p0"))

    actions = plan(judge(answer, [GroupMessages()]), district.on(DAY).offices)

    assert sorted(f"{each.to}{' in place' * each.read_in_place}" for each in copies(actions)) == copied


@pytest.mark.parametrize(
    ("opened_by", "team", "copied"),
    [
        ("coach", SOCCER, ["director", "principal-advisor"]),
        ("teacher", None, ["principal-advisor"]),
        ("advisor", ROBOTICS, ["designee", "director"]),
        ("principal-advisor", ROBOTICS, ["designee", "director"]),
    ],
)
def test_who_opened_a_matter_or_coaches_its_team_leads_it(
    opened_by: str, team: TeamId | None, copied: list[str]
) -> None:
    """An overseer who was let in, and leads another team of the student's, still gets the copy of the answer."""
    district = roster(lists(PRINCIPAL_ADVISES))
    matter = PrivacyMatter(MatterKind.ACADEMIC, "replay p0", opened_by=PersonId(opened_by), team=team)
    answer = district.recognise(post(by="s1", to={opened_by, "principal-advisor"}), matter)

    actions = plan(judge(answer, [GroupMessages()]), district.on(DAY).offices)

    assert sorted(each.to for each in copies(actions)) == copied


VACANT = ended(TENURES, "principal")


@pytest.mark.parametrize(
    ("tenures", "by", "leader", "concerns"),
    [
        (VACANT, "vice", "advisor", False),
        (VACANT[:1], "vice", "coach", False),
        (TENURES, "designee", "coach", True),
        (PRINCIPAL_ADVISES, "designee", "principal-advisor", False),
    ],
)
def test_who_gets_the_copies_of_a_matter_owes_none_of_what_they_write_in_it(
    tenures: tuple[Tenure, ...], by: str, leader: str, *, concerns: bool
) -> None:
    """They look after it: no further eyes, no end of it, and whom it concerns still hears of nothing."""
    district = roster(lists(tenures))
    opened = post("p0", by=leader, matter=MatterKind.MEDICAL)
    matter = district.recognise(replace(opened, concerns_copied=concerns)).matter
    message, offices = district.recognise(post(by=by, to=("s1", leader)), matter), district.on(DAY).offices

    verdict = relieved(judge(message, [GroupMessages()]), offices)

    assert verdict.standing == ()
    assert plan(verdict, offices) == ()
    assert not needs_a_person(verdict, ())
    assert (PersonId("principal") in concerned_in(verdict, offices)) is concerns


@pytest.mark.parametrize(
    ("by", "opened_by", "emergency"),
    [("vice", "vice", False), ("vice", "advisor", True), ("teacher", "advisor", False), ("designee", "advisor", False)],
)
def test_who_leads_a_matter_or_gets_no_copies_of_it_owes_one(by: str, opened_by: str, *, emergency: bool) -> None:
    """Nobody writes to a student alone because they stand in for an office."""
    district = roster(lists(VACANT))
    matter = district.recognise(post("p0", by=opened_by, matter=MatterKind.MEDICAL)).matter
    message = district.recognise(post(by=by, to={"s1", opened_by} - {by}, emergency=emergency), matter)

    offices = district.on(DAY).offices
    actions = plan(relieved(judge(message, [GroupMessages()]), offices), offices)

    assert any(copies(actions))


@pytest.mark.parametrize(("by", "closes"), [("coach", True), ("s1", True), ("teacher", False)])
def test_a_place_is_closed_only_over_what_its_student_or_its_leader_wrote(by: str, *, closes: bool) -> None:
    """Where nobody gets the copy of what another wrote, a person looks."""
    matter = ROSTER.recognise(post("p0", matter=MatterKind.MEDICAL)).matter
    verdict = judge(ROSTER.recognise(post(by=by, to={"s1", "coach"} - {by}), matter), [GroupMessages()])

    actions = plan(verdict, Offices())

    assert any(isinstance(each, Close) for each in actions) is closes
    assert needs_a_person(verdict, actions)


def test_a_place_stays_open_where_a_student_who_asked_for_help_is_answered() -> None:
    """Nobody gets the copy, and a person looks; but the student must not lose the one who answers."""
    matter = ROSTER.recognise(post("p0", matter=MatterKind.MEDICAL)).matter
    answer = msgspec.structs.replace(ROSTER.recognise(post(to=("s1",)), matter), answers_help=True)
    verdict = judge(answer, [GroupMessages()])

    actions = plan(verdict, Offices())

    assert actions == ()
    assert needs_a_person(verdict, actions)


def test_who_only_looks_in_leads_no_matter() -> None:
    """A principal who may read every place, and advises a club, has read nothing there."""
    answer = ROSTER.recognise(post(by="s1", to=("coach",)), PrivacyMatter(MatterKind.ACADEMIC, "replay p0"))
    everybody = frozenset({*answer.audience.readers, ROSTER.on(DAY).people[PersonId("principal-advisor")]})
    seen = msgspec.structs.replace(answer, audience=replace(answer.audience, readers=everybody))

    actions = plan(judge(seen, [GroupMessages()]), replace(OFFICES, tenures=PRINCIPAL_ADVISES))

    assert sorted(each.to for each in copies(actions)) == ["director", "principal-advisor"]


@pytest.mark.parametrize(
    ("by", "to", "copied"),
    [("s1", "coach", ["designee"]), ("s1", "principal-advisor", []), ("principal-advisor", "s1", [])],
)
def test_an_answer_that_concerns_who_would_be_copied_is_kept_from_them(by: str, to: str, copied: list[str]) -> None:
    """Whoever gets the copies because the principal leads the matter is who would be copied there."""
    matter = PrivacyMatter(MatterKind.ACADEMIC, "replay p0", concerns_copied=True)
    verdict = judge(ROSTER.recognise(post(by=by, to=(to,)), matter), [GroupMessages()])
    offices = replace(OFFICES, tenures=PRINCIPAL_ADVISES)

    actions = plan(verdict, offices)

    assert [each.to for each in copies(actions)] == copied
    assert needs_a_person(verdict, actions) is not bool(copied)
    assert PersonId("director") in concerned_in(verdict, offices)


CONCERNING = PrivacyMatter(MatterKind.ACADEMIC, "replay p0", concerns_copied=True)


def test_a_further_round_alerts_nobody_whom_the_matter_concerns() -> None:
    """What owes the copy was found before, and says from whom the matter is kept all the same."""
    message = ROSTER.recognise(post(by="s1", to=("coach",)), CONCERNING)
    first = judge(message, [GroupMessages()])
    again = msgspec.structs.replace(first, standing=(*first.standing, finding(Measure.ALERT)))

    actions = plan(added_to(found_in(first), again), OFFICES)

    assert [(type(each), getattr(each, "to", "")) for each in actions] == [(Alert, "designee")]


def test_a_silence_in_a_matter_comes_to_whoever_it_does_not_concern() -> None:
    """What may not fit there is asked about like anywhere else, past those who would be copied."""
    message = ROSTER.recognise(replace(post(to=("s1",)), removable=False), CONCERNING)
    copied = judge(message, [GroupMessages()])
    left = finding(Measure.REMOVE, Measure.TELL, clause=OTHER)
    verdict = msgspec.structs.replace(copied, standing=(*copied.standing, replace(left, copy_to=frozenset())))

    waiting = [each.action for each in plan(verdict, OFFICES) if isinstance(each, Waiting)]

    assert [(each.clause, each.to) for each in waiting if isinstance(each, Alert)] == [(str(OTHER), "designee")]


def test_a_matter_that_concerns_a_deputy_is_kept_from_the_holder_too() -> None:
    """Nobody can tell which of them was meant; and whoever is away today may be back tomorrow."""
    away = replace(OFFICES, active=OFFICES.active - {PersonId("director")})
    verdict = judge(ROSTER.recognise(post(), CONCERNING), [GroupMessages()])

    assert concerned_in(verdict, away) == {PersonId("vice-director"), PersonId("director"), PersonId("principal")}
    assert [each.to for each in copies(plan(verdict, away))] == ["designee"]


@pytest.mark.parametrize("by", ["office", "principal", "parent"])
def test_what_owes_no_copy_is_kept_from_whom_its_matter_concerns(by: str) -> None:
    """Nothing is found in it, and somebody may tell an adult of it."""
    verdict = judge(ROSTER.recognise(post(by=by, to=("s1", "coach")), CONCERNING), [GroupMessages()])

    assert verdict.standing == ()
    assert plan(verdict, OFFICES) == ()
    assert concerned_in(verdict, OFFICES) == {PersonId("director"), PersonId("principal")}


def copies(actions: Actions) -> Iterator[Copy]:
    """Pick the copies."""
    return (each for each in actions if isinstance(each, Copy))


def test_a_copy_nobody_could_receive_asks_for_a_person() -> None:
    """A copy is owed whether or not the offices are filled."""
    verdict = Verdict(ROSTER.recognise(post()), (finding(Measure.COPY),))

    actions = plan(verdict, Offices())

    assert actions == ()
    assert needs_a_person(verdict, actions)


@dataclass(frozen=True)
class Look:
    """A look at a team's place."""

    short: bool = False
    review: bool = False
    restricted: bool = False
    advisor_may_speak: bool = True
    slips: bool = False


@pytest.mark.parametrize(
    ("look", "deeds"),
    [
        (Look(short=True), [Restrict]),
        (Look(short=True, restricted=True), []),
        (Look(short=True, restricted=True, slips=True), [Restrict]),
        (Look(restricted=True, slips=True), [Lift]),
        (Look(short=True, restricted=True, advisor_may_speak=False), []),
        (Look(short=True, advisor_may_speak=False), []),
        (Look(restricted=True, advisor_may_speak=False), [Lift]),
        (Look(advisor_may_speak=False), []),
        (Look(review=True, restricted=True), []),
        (Look(review=True), []),
        (Look(), []),
    ],
)
def test_a_place_is_restricted_once_and_only_our_own_restriction_is_lifted(
    look: Look, deeds: list[type[Action]]
) -> None:
    """What a person denied stays denied, and while we cannot tell who reads, nothing is opened."""
    seen = SpaceSeen(
        "replay", PlaceId("room"), "1", NOON, Readers(), (), SOCCER, look.advisor_may_speak, slips=look.slips
    )
    measures = [Measure.RESTRICT] * look.short + [Measure.REVIEW] * look.review
    verdict = Verdict(ROSTER.recognise_space(seen), tuple(finding(each) for each in measures))

    actions = plan(verdict, OFFICES, frozenset({seen.place} if look.restricted else set()))

    assert [type(each) for each in actions] == deeds


def test_a_removal_names_the_post_and_its_place() -> None:
    """A platform needs both."""
    removed = planned(finding(Measure.REMOVE))[0]

    assert removed == Remove("Employee Guidelines 4", PlaceId("room"), PostId("p1"))


@pytest.mark.parametrize("by", ["coach", "teacher", "captain-coach"])
@pytest.mark.parametrize(
    ("beside", "concerned", "told"),
    [
        (("coach-b",), False, ["director", "principal"]),
        (("coach-b",), True, ["designee"]),
        ((), True, ["designee"]),
    ],
)
def test_what_staff_write_in_a_matter_goes_to_the_same_offices(
    by: str, beside: tuple[str, ...], concerned: bool, told: list[str]
) -> None:
    """Of what concerns the athletic director they learn by nobody's words, whether a coach's or a teacher's."""
    message = ROSTER.recognise(post(by=by, to=("s1", *beside), room="dm", matter=MatterKind.MEDICAL))
    verdict = judge(msgspec.structs.replace(message, concerns_copied=concerned), [GroupMessages()])

    assert [each.to for each in copies(plan(verdict, OFFICES))] == told


@pytest.mark.parametrize("asked", [True, False])
def test_a_coach_is_taken_out_of_a_room_only_where_the_district_asks_for_it(asked: bool) -> None:
    both = Readers(*(frozenset({AccountId("coach"), AccountId("s1")}),) * 2)
    seen = SpaceSeen("replay", PlaceId("bus"), "1", NOON, both, connected=both, connected_for=timedelta(minutes=3))
    verdict = judge(ROSTER.recognise_space(seen), [GroupMessages(disconnect_voice=asked)])
    taken = [each for each in plan(verdict, OFFICES) if isinstance(each, Disconnect)]

    assert taken == ([Disconnect("Employee Guidelines 4", PlaceId("bus"), PersonId("coach"))] if asked else [])


def in_voice(*accounts: str, offices: Offices = OFFICES) -> Actions:
    """Plan for who is together in a voice room for three minutes, where coaches are taken out."""
    both = Readers(*(frozenset(map(AccountId, accounts)),) * 2)
    seen = SpaceSeen("replay", PlaceId("bus"), "1", NOON, both, connected=both, connected_for=timedelta(minutes=3))
    return plan(judge(ROSTER.recognise_space(seen), [GroupMessages(disconnect_voice=True)]), offices)


@pytest.mark.parametrize(
    ("together", "alone"),
    [
        (("coach", "s1"), ["coach"]),
        (("coach", "coach-b", "s1"), ["coach", "coach-b"]),
        (("coach", "captain-coach"), ["coach"]),
        (("captain-coach", "s1"), ["captain-coach"]),
        (("captain-coach", "teacher"), []),
        (("coach", "captain-coach", "s1"), []),
    ],
)
def test_only_who_is_alone_with_another_student_is_told_and_taken_out(
    together: tuple[str, ...], alone: list[str]
) -> None:
    """A student who coaches is the student where nobody else is: they are not put out, nor told to let another in."""
    actions = in_voice(*together)

    assert [each.to for each in actions if isinstance(each, Tell)] == alone
    assert [each.who for each in actions if isinstance(each, Disconnect)] == alone


def test_who_was_alone_with_a_student_reads_that_a_person_looks() -> None:
    """The offices are alerted and a case is open, so nobody need ask for it."""
    (told,) = (each for each in in_voice("coach", "s1") if isinstance(each, Tell))

    assert told.notice.next == "A person will look at it. Nobody has decided anything yet."


def test_no_office_is_said_to_know_of_a_room_where_none_could_be_told() -> None:
    """A case waits all the same, and that is what the note says."""
    actions = in_voice("coach", "s1", offices=Offices())

    (told,) = (each for each in actions if isinstance(each, Tell))
    assert not any(isinstance(each, Alert) for each in actions)
    assert told.notice.saw == "You were in a voice room with only one student. It may not fit."


@pytest.mark.parametrize(("by", "to"), [("coach", ()), ("coach", ("principal",)), ("other-school", ("coach",))])
def test_a_private_matter_stays_with_the_school_of_its_student(by: str, to: tuple[str, ...]) -> None:
    """Where two schools play as one team: also when the student writes, or is away."""
    begun = ROSTER.recognise(replace(post(by="coach", to=("other-school",)), team=SOCCER, matter=MatterKind.MEDICAL))
    message = ROSTER.recognise(replace(post("p2", by=by, to=to), team=SOCCER), begun.matter)

    actions = plan(judge(message, [GroupMessages()]), OFFICES)

    assert {each.to for each in actions if isinstance(each, Copy)} == {"other-principal", "other-director"}
