"""Who hears of sexual content, and who must not: what the table of examples cannot show."""

import pytest

from bot.actions import Actions, Alert, Remove, Tell
from bot.judge import Verdict, judge, unhurried
from bot.message import Message
from bot.plan import plan
from bot.readings.labels import Label
from bot.readings.signs import Slow
from bot.rule import Rule
from rules.general_01_inappropriate_contact import InappropriateContact
from rules.general_02_sexual_content import SexualContent
from tests.district import DAY, roster
from tests.rules.seen import seen, sign

TOO_FAR = "you look so hot, this stays between us"
RULES: tuple[Rule, ...] = (InappropriateContact(), SexualContent())
SEXUAL = sign(Label.SEXUAL, "hot", text=TOO_FAR)
CLOSE = sign(Label.BOUNDARY, "between us", text=TOO_FAR)


def judged(message: Message) -> Verdict:
    """Ask both rules about a message."""
    return judge(message, RULES)


def planned(verdict: Verdict) -> Actions:
    """Say what follows from a verdict."""
    return plan(verdict, roster().on(DAY).offices)


@pytest.mark.parametrize(
    ("by", "to", "alerted"),
    [
        ("teacher", ("s1",), ["principal", "designee"]),
        ("coach", ("s1", "s2"), ["principal", "designee"]),
        ("principal", ("s1",), ["designee"]),
        ("substitute", ("s1",), ["principal", "designee"]),
        ("s1", ("coach", "s2"), ["principal", "designee"]),
    ],
)
def test_whose_words_are_too_close_besides_is_not_warned(by: str, to: tuple[str, ...], alerted: list[str]) -> None:
    """Neither by a note nor by a removal: each of those who look hears once, and finds the words as they stood."""
    verdict = judged(seen(TOO_FAR, SEXUAL, CLOSE, by=by, to=to))

    actions = planned(verdict)

    assert all(isinstance(each, Alert) for each in actions)
    assert [each.to for each in actions if isinstance(each, Alert)] == alerted
    assert all(each.discreet for each in verdict.standing)
    assert {words.text for each in verdict.standing for words in each.evidence} == {"hot", "between us"}


def test_words_are_not_taken_away_before_it_is_known_whether_they_are_too_close() -> None:
    """The models may be late: who was told at once would be warned all the same. The principal hears at once."""
    verdict = judged(seen(TOO_FAR, SEXUAL, by="teacher"))

    kinds = [{type(each) for each in planned(unhurried(verdict, to_come))} for to_come in ([Slow.MEANING], [])]

    assert kinds == [{Alert}, {Alert, Remove, Tell}]
