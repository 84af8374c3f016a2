"""The rules about how people write, where their pages of examples do not reach: names of places and accounts."""

from dataclasses import replace

import pytest

from bot.judge import judge
from bot.message import MessageId, PlaceId, PostId, Where, Words
from bot.people import AccountId, PersonId
from bot.platform import Readers, SpaceSeen
from bot.profile import Profile
from bot.readings.found import Readings
from bot.readings.labels import Label
from bot.readings.signs import Sign
from bot.rule import Measure, Rule
from rules.employee_18_unprofessional_comments import UnprofessionalComments
from rules.general_02_sexual_content import SexualContent
from rules.general_03_tobacco_drugs_alcohol import TobaccoDrugsAlcohol
from rules.general_10_same_standards import SameStandards
from rules.student_01_respect import Respect
from tests import district

DOUBTED: tuple[tuple[Rule, Label], ...] = (
    (SexualContent(), Label.SEXUAL),
    (TobaccoDrugsAlcohol(), Label.SUBSTANCES),
    (Respect(), Label.HARASSMENT),
)
"""The rules that look at names too, also where it is not sure what they read, and what each looks for."""

SWEARING: tuple[Rule, Label] = (SameStandards(), Label.PROFANITY)

WORDS = (Words(Where.DISPLAY_NAME, "canary"),)
ROSTER = district.roster()


@pytest.mark.parametrize(
    ("rule", "label", "sure"),
    [(*each, sure) for each in DOUBTED for sure in (True, False)] + [(*SWEARING, True)],
    ids=lambda each: getattr(each, "name", str(each)),
)
def test_the_name_of_a_place_or_an_account_is_for_a_person(rule: Rule, label: Label, sure: bool) -> None:
    """Nobody writes a name to somebody, so there is nobody to tell, and nothing to take away."""
    readings = Readings().seeing((Sign(label, 0.9, sure),))
    seen = SpaceSeen("replay", PlaceId("p"), "1", district.NOON, Readers(), WORDS)
    space = replace(ROSTER.recognise_space(seen), readings=readings)
    id_ = MessageId("replay", PostId("profile:s1"), "1")
    owner = ROSTER.on(district.DAY).people[PersonId("s1")]
    profile = Profile(id_, AccountId("s1"), owner, WORDS, district.NOON, district.DAY, readings)

    for subject in (space, profile):
        assert judge(subject, [rule]).measures == {Measure.REVIEW}
        assert not judge(replace(subject, readings=Readings()), [rule]).standing


@pytest.mark.parametrize("label", [Label.HARASSMENT, Label.PROFANITY])
@pytest.mark.parametrize(("who", "found"), [("coach", {Measure.REVIEW}), ("s1", set())])
def test_how_staff_call_themselves_is_for_a_person(label: Label, who: str, found: set[Measure]) -> None:
    """A display name is read by everybody. How a student is called has rules of its own."""
    owner = ROSTER.on(district.DAY).people[PersonId(who)]
    readings = Readings().seeing((Sign(label, 0.9, sure=True),))
    id_ = MessageId("replay", PostId(f"profile:{who}"), "1")
    profile = Profile(id_, AccountId(who), owner, WORDS, district.NOON, district.DAY, readings)

    assert judge(profile, [UnprofessionalComments()]).measures == found
