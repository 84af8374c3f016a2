"""What the tables of examples cannot show of pins and names: which words a finding rests on."""

from bot.judge import judge
from bot.message import PlaceId, Where, Words
from bot.platform import UNKNOWN_READERS, SpaceSeen
from bot.readings.labels import Clue, Label
from bot.readings.signs import Sign
from bot.rule import Evidence
from bot.space import Space
from rules.general_07_bookmarks import Bookmarks
from rules.general_08_tags import Tags
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
