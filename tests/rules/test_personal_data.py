from dataclasses import replace
from datetime import timedelta

import pytest

from bot.actions import Remove, Tell
from bot.judge import Exemption, Verdict, judge
from bot.message import Message, PlaceId, PostId, Where, Words
from bot.notice import A_PERSON_DECIDES, A_PERSON_LOOKS, write_notice
from bot.people import AccountId, PersonId, TeamId
from bot.plan import plan
from bot.platform import Post, ProfileSeen, Readers, SpaceSeen
from bot.readings.found import Kind
from bot.readings.labels import Label
from bot.rule import Choice, Measure
from bot.texts import Text
from rules.employee_06_private_numbers import PrivateNumbers
from rules.employee_07_official_platforms import OfficialPlatforms
from rules.employee_15_addresses_and_numbers import AddressesAndNumbers
from rules.student_02_personal_data import (
    ASK_IN_PERSON,
    DELETE_IT,
    GIVEN,
    IF_GIVEN_CHANGE_IT,
    READ,
    SEVERAL,
    PersonalData,
)
from tests import district
from tests.rules.seen import seen, sign

RULES = (PrivateNumbers(), AddressesAndNumbers(), PersonalData())
APPROVED = Exemption(
    "x",
    "private-numbers",
    district.DAY + timedelta(days=30),
    person=PersonId("coach"),
    approved_by="principal",
    reason="The team travels without a bus phone.",
)
ROSTER, READER = district.roster(), district.reader()


def message(text: str, author: str = "coach") -> Message:
    """Let somebody write to the team, and read it."""
    readers = Readers(frozenset(map(AccountId, ("s1", "s2", "s3"))))
    post = Post(
        "replay",
        PlaceId("p"),
        PostId("1"),
        AccountId(author),
        district.NOON,
        readers,
        (Words(Where.BODY, text),),
    )
    read = READER.read(ROSTER.recognise(post))
    assert isinstance(read, Message)
    return read


def judged(text: str, author: str = "coach", *exemptions: Exemption) -> Verdict:
    """Judge by all rules that share the readings."""
    return judge(message(text, author), RULES, exemptions)


@pytest.mark.parametrize(
    ("text", "clauses"),
    [
        ("My cell is 978-555-0134.", ["Employee Guidelines 6"]),
        ("The hotel is 978-555-0134.", ["Employee Guidelines 15"]),
        ("Dinner at 14 Maple Street.", ["Employee Guidelines 15"]),
        ("Dinner at 14 Maple Street, my cell is 978-555-0134.", ["Employee Guidelines 6", "Employee Guidelines 15"]),
    ],
)
def test_a_number_is_for_one_clause_only(text: str, clauses: list[str]) -> None:
    """Nobody wants two notes about one number."""
    assert [str(each.clause) for each in judged(text).standing] == clauses


def test_an_approved_number_is_excused_for_its_person() -> None:
    """The policy asks for prior approval, and here it is, with an end."""
    verdict = judged("My cell is 978-555-0134.", "coach", APPROVED)

    assert verdict.standing == ()
    assert [each.exemption.approved_by for each in verdict.excused] == ["principal"]
    assert judged("My cell is 978-555-0134.", "coach-b", APPROVED).standing


def test_staff_get_their_text_back() -> None:
    """Nothing is removed silently."""
    verdict = judged("My cell is 978-555-0134.")

    removed, told = plan(verdict, ROSTER.on(district.DAY).offices)

    assert isinstance(removed, Remove)
    assert isinstance(told, Tell)
    assert told.notice.returned == "My cell is 978-555-0134."


def test_two_notes_about_one_message_give_it_back_once() -> None:
    """The number is for one clause, and that people are to write there for another. It is gone for both."""
    text = "text me at 978-555-0134"
    moved = seen(text, sign(Label.OFFPLATFORM, "text me", text=text), to=("s1", "s2"))
    verdict = judge(moved, [PrivateNumbers(), OfficialPlatforms()])

    told = [each for each in plan(verdict, ROSTER.on(district.DAY).offices) if isinstance(each, Tell)]

    assert [each.clause for each in told] == ["Employee Guidelines 6", "Employee Guidelines 7"]
    assert [each.notice.returned for each in told] == [text, ""]
    assert [each.notice.choices for each in told] == [(), ()]


def test_a_student_is_told_alone_and_can_delete_it_with_one_tap() -> None:
    """Nothing is removed, and nobody else hears of it."""
    verdict = judged("978-555-0134, 14 maple st, maddie kowalski", "s4")

    (told,) = plan(verdict, ROSTER.on(district.DAY).offices)

    assert isinstance(told, Tell)
    assert told.notice.choices == (Choice.DELETE,)
    assert told.notice.next == A_PERSON_DECIDES.english


def test_a_note_says_so_when_a_person_will_look() -> None:
    """It would be untrue to write that nobody else hears of it."""
    (finding,) = judged("my cell is 978-555-0134", "s4").standing
    again = replace(finding, measures=finding.measures | {Measure.REVIEW})

    assert write_notice(again).next == A_PERSON_LOOKS.english


def test_a_note_repeats_nothing_that_was_given_out() -> None:
    """A note is mailed and shown elsewhere; what was given out stays where it is."""
    (finding,) = judged("my cell is 978-555-0134", "s4").standing

    assert "555" not in str(write_notice(finding))


@pytest.mark.parametrize(("team", "found"), [("soccer", {Measure.REVIEW}), ("", set())])
def test_a_number_in_a_teams_topic_is_for_a_person(team: str, found: set[Measure]) -> None:
    """A place has no author who could be told."""
    seen = SpaceSeen(
        "replay",
        PlaceId("p"),
        "1",
        district.NOON,
        Readers(frozenset()),
        (Words(Where.TOPIC, "Questions? 978-555-0134"),),
        TeamId(team) if team else None,
    )

    assert judge(READER.read(ROSTER.recognise_space(seen)), RULES).measures == found


@pytest.mark.parametrize(("account", "found"), [("coach", {Measure.REVIEW}), ("s1", set())])
def test_a_number_in_a_staff_profile_is_for_a_person(account: str, found: set[Measure]) -> None:
    """What stands in a profile is seen with every message."""
    seen = ProfileSeen("replay", AccountId(account), "1", district.NOON, (Words(Where.ABOUT, "call 978-555-0134"),))

    assert judge(READER.read(ROSTER.recognise_profile(seen)), RULES).measures == found


def test_a_student_who_asks_for_a_number_is_told_so() -> None:
    """What others would answer, they would give out."""
    asking = seen("whats ur number", sign(Label.PII_SOLICIT, "ur number", text="whats ur number"), by="s4", to=("s1",))

    (found,) = judge(asking, RULES).standing

    assert (found.because, found.remedy) == (READ[Label.PII_SOLICIT], ASK_IN_PERSON)
    assert [each.text for each in found.evidence] == ["ur number"]


@pytest.mark.parametrize(
    ("label", "remedy"),
    [
        (Label.PII_ADDRESS, DELETE_IT),
        (Label.PII_BIRTHDATE, DELETE_IT),
        (Label.PII_PASSWORD, IF_GIVEN_CHANGE_IT),
    ],
)
def test_what_has_no_usual_form_is_told_as_what_it_seems(label: Label, remedy: Text) -> None:
    """No place shows it, so nothing is claimed of one; and where it is not sure, nothing follows."""
    (found,) = judge(seen("it's the crew then 77", sign(label), by="s4"), RULES).standing

    assert (found.because, found.remedy, found.measures) == (READ[label], remedy, frozenset({Measure.TELL}))
    assert found.evidence == ()
    assert judge(seen("it's the crew then 77", sign(label, sure=False), by="s4"), RULES).standing == ()


def test_where_it_stands_in_one_place_that_is_told() -> None:
    """What the whole seems to say adds nothing to it; another kind of fact does."""
    words = "my password is waffle99"

    (known,) = judge(seen(words, sign(Label.PII_PASSWORD), by="s4"), RULES).standing
    (both,) = judge(seen(words, sign(Label.PII_ADDRESS), by="s4"), RULES).standing

    assert known.because == GIVEN[Kind.PASSWORD]
    assert both.because == SEVERAL
