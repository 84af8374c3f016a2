"""What the tables of examples cannot show of pins and names: which words a finding rests on."""

import pytest

from bot.judge import judge
from bot.message import PlaceId, Where, Words
from bot.platform import UNKNOWN_READERS, SpaceSeen
from bot.readings.labels import Clue, Label
from bot.readings.signs import Sign
from bot.rule import Evidence, Measure
from bot.space import Space
from rules.general_07_bookmarks import Bookmarks
from rules.general_08_tags import Tags
from rules.safety_self_harm import SelfHarm
from rules.safety_threats import Threats
from tests.district import NOON, reader, roster
from tests.rules.test_examples import with_readings

SAID = (Words(Where.CHANNEL_NAME, "#losers"), Words(Where.PIN, "bus at 4"), Words(Where.PIN, "losers sit at the back"))
RULES = (Bookmarks(), Tags())


def space(*clues: Clue) -> Space:
    """Look at a place, and see in it what clues speak for; one sign without any clue where there is none."""
    seen = SpaceSeen("replay", PlaceId("p"), "1", NOON, UNKNOWN_READERS, SAID)
    read = reader().read(roster().recognise_space(seen))
    found = with_readings(read, read.readings.seeing((Sign(Label.HARASSMENT, 0.9, True, clues),)))
    assert isinstance(found, Space)
    return found


def clue(part: int, start: int) -> Clue:
    """Find the word at a place of a part."""
    return Clue(Label.HARASSMENT, "insult", start, start + 6, "losers", 0.9, part)


def test_a_pin_is_for_one_rule_and_a_name_for_the_other() -> None:
    """Or two clauses would be told of one word."""
    pinned, named = judge(space(clue(2, 0)), RULES).standing, judge(space(clue(0, 1)), RULES).standing

    assert [(each.rule, each.evidence) for each in pinned] == [("bookmarks", (Evidence(Where.PIN, "losers"),))]
    assert [(each.rule, each.evidence) for each in named] == [("tags", (Evidence(Where.CHANNEL_NAME, "losers"),))]


def test_a_sign_that_no_clue_speaks_for_rests_on_all_that_stands_there() -> None:
    """A model says that it is there, not where."""
    pinned, named = judge(space(), RULES).standing

    assert [each.text for each in pinned.evidence] == ["bus at 4", "losers sit at the back"]
    assert [each.text for each in named.evidence] == ["#losers"]


@pytest.mark.parametrize(
    ("name", "pin", "measures"),
    [
        ("kms lounge", "i want to kill myself", {Measure.REVIEW}),
        ("kms lounge", "bus at 4", {Measure.REVIEW}),
        ("i want to kill myself", "kms lounge", {Measure.REVIEW, Measure.ALERT}),
        ("kys", "bus at 4", {Measure.REVIEW, Measure.ALERT}),
    ],
)
def test_a_pin_makes_no_name_sure(name: str, pin: str, measures: set[Measure]) -> None:
    """An alert about a name would rest on words that alert nobody."""
    verdict = judge(named(name, pin), (SelfHarm(),))

    assert [each.measures for each in verdict.standing] == [measures]


def test_a_threat_in_a_pin_makes_no_name_sure_either() -> None:
    """It is the pin that is sure; another rule looks at those."""
    place = named("shoot", "i will shoot up the school")
    weak, strong = (
        Clue(Label.THREAT, name, 0, 5, "shoot", each, at) for name, each, at in (("a", 0.2, 0), ("b", 0.9, 1))
    )

    found = with_readings(place, place.readings.seeing((Sign(Label.THREAT, 0.92, True, (weak, strong)),)))

    assert [each.measures for each in judge(found, (Threats(),)).standing] == [{Measure.REVIEW}]


def named(name: str, pin: str) -> Space:
    """Look at a place with a name and a pin."""
    words = (Words(Where.CHANNEL_NAME, name), Words(Where.PIN, pin))
    return reader().read(roster().recognise_space(SpaceSeen("replay", PlaceId("p"), "1", NOON, UNKNOWN_READERS, words)))
