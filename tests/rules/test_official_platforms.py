"""Which of three rules has one message, and that nobody is warned who must not be: what the tables cannot show."""

import pytest

from bot.actions import Alert
from bot.judge import judge
from bot.plan import plan
from bot.readings.labels import Label
from bot.readings.signs import Sign
from rules.employee_05_friends_and_followers import FriendsAndFollowers
from rules.employee_07_official_platforms import OfficialPlatforms
from rules.general_01_inappropriate_contact import InappropriateContact
from tests.district import DAY, roster
from tests.rules.seen import seen, sign

RULES = (InappropriateContact(), FriendsAndFollowers(), OfficialPlatforms())
OFF = Sign(Label.OFFPLATFORM, 0.9, sure=True)
CLOSE = Sign(Label.BOUNDARY, 0.9, sure=True)


@pytest.mark.parametrize(
    ("text", "rules"),
    [
        ("Text me later.", ["official-platforms"]),
        ("Add me on snap.", ["friends-and-followers"]),
    ],
)
def test_one_offer_is_for_one_clause(text: str, rules: list[str]) -> None:
    """Nobody wants two notes about one sentence."""
    assert [each.rule for each in judge(seen(text, OFF, to=("s1", "s2")), RULES).standing] == rules


@pytest.mark.parametrize("to", [("nobody-known",), ("s1", "s2")])
def test_no_note_says_that_a_student_reads_what_perhaps_none_does(to: tuple[str, ...]) -> None:
    """Of an account that nobody is linked to, and of a place nobody can tell who reads, it is not known."""
    (found,) = FriendsAndFollowers().check(seen("Add me on snap.", to=to))

    assert found.because.english.endswith("Students may read it, so it may not fit.")


@pytest.mark.parametrize("text", ["Text me later.", "Add me on snap."])
def test_who_may_be_too_close_is_told_nothing(text: str) -> None:
    """A note would say that somebody looks, before anybody has looked."""
    verdict = judge(seen(text, OFF, CLOSE, by="teacher"), RULES)

    actions = plan(verdict, roster().on(DAY).offices)

    assert [each.rule for each in verdict.standing] == ["inappropriate-contact"]
    assert [type(each) for each in actions] == [Alert, Alert]


def test_the_words_are_shown_to_who_looks() -> None:
    """As they were typed, dressed up or not."""
    moved = judge(seen("Text me later.", sign(Label.OFFPLATFORM, "Text me", text="Text me later.")), RULES)
    befriended = judge(seen("Ok. Add me on **Snap**!"), RULES)

    assert [each.text for each in moved.standing[0].evidence] == ["Text me"]
    assert [each.text for each in befriended.standing[0].evidence] == ["Add me on **Snap**"]
