"""Who hears of sexual content, and who must not: what the table of examples cannot show."""

from dataclasses import replace

import msgspec
import pytest

from bot.actions import Actions, Alert, Remove, Tell
from bot.judge import Verdict, added_to, found_in, judge, unhurried
from bot.message import Message
from bot.plan import plan
from bot.readings.labels import Label
from bot.readings.signs import Slow
from bot.rule import Measure, Rule
from rules.general_01_inappropriate_contact import InappropriateContact
from rules.general_02_sexual_content import MAY_NOT_FIT, NOT_TOLD, TOLD_OF_LITTLE, SexualContent
from rules.general_09_link_shorteners import LinkShorteners
from tests.district import DAY, SOCCER, roster
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


@pytest.mark.parametrize("by", ["substitute", "stranger"])
def test_who_may_be_a_student_gets_their_text_back_and_no_reason(by: str) -> None:
    """Nobody loses words silently (rule 5), and nobody knows whom a reason would warn (docs/decisions/0031)."""
    removed, alert, told = planned(judged(seen(TOO_FAR, SEXUAL, by=by, to=("s1", "s2"))))

    assert isinstance(removed, Remove)
    assert isinstance(alert, Alert)
    assert isinstance(told, Tell)
    assert (alert.to, alert.safety, alert.notice.now) == ("principal", True, TOLD_OF_LITTLE.english)
    assert (told.notice.saw, told.notice.returned) == (MAY_NOT_FIT.english, TOO_FAR)
    assert "I think this is wrong" in told.notice.disagree
    assert not [word for word in ("sexual", "principal", "alert") if word in str(told.notice).casefold()]


@pytest.mark.parametrize("by", ["substitute", "stranger", "hook"])
def test_of_what_is_taken_away_discreetly_no_other_rule_tells_anything(by: str) -> None:
    """Also where another reading of it comes later: each round is judged whole."""
    text = f"{TOO_FAR} https://bit.ly/3xYzAb"
    message = seen(text, SEXUAL, by=by, to=("s1", "s2"))
    message = msgspec.structs.replace(message, relayed=by == "hook")

    verdict = judge(message, (*RULES, LinkShorteners()))

    told = [each.notice for each in planned(verdict) if isinstance(each, Tell)]
    assert [(each.saw, each.returned) for each in told] == ([] if by == "hook" else [(MAY_NOT_FIT.english, text)])
    assert [each.measures for each in verdict.standing if each.rule == "link-shorteners"] == [{Measure.REVIEW}]
    later = added_to(found_in(unhurried(verdict, [Slow.LANDING])), verdict)
    assert not [each for each in planned(later) if isinstance(each, Tell)]


def test_what_stays_may_be_told_of_by_another_rule() -> None:
    """Where we cannot take it away, nothing is given back, and a note about a link warns nobody of anything."""
    message = seen(f"{TOO_FAR} https://bit.ly/3xYzAb", SEXUAL, by="stranger", to=("s1", "s2"))

    actions = planned(judge(msgspec.structs.replace(message, removable=False), (*RULES, LinkShorteners())))

    assert [each.clause for each in actions if isinstance(each, Tell)] == [str(LinkShorteners.clause)]
    assert [each.notice.now for each in actions if isinstance(each, Alert)] == [NOT_TOLD.english]


def test_a_guardian_who_coached_once_is_told_as_a_guardian() -> None:
    """The school knows them and speaks with them, whatever they did last year."""
    message = seen(TOO_FAR, SEXUAL, by="parent", to=("s1", "s2"))
    left = replace(message.author, once_led=frozenset({SOCCER}))

    actions = planned(judged(msgspec.structs.replace(message, author=left)))

    assert [type(each) for each in actions] == [Remove, Alert, Tell]
    assert [each.clause for each in actions if isinstance(each, Tell)] == [str(SexualContent.clause)]


def test_nobody_knows_who_is_behind_a_webhook() -> None:
    """What it posts is taken away, and it gets no note: its author is a stranger."""
    hook = seen(TOO_FAR, SEXUAL, by="hook", to=("s1", "s2"))

    kinds = {type(each) for each in planned(judged(msgspec.structs.replace(hook, relayed=True)))}

    assert Remove in kinds
    assert Tell not in kinds


def test_a_guardian_is_told_as_staff_is() -> None:
    """The school knows them and speaks with them; nobody we know loses a message without a note."""
    actions = planned(judged(seen(TOO_FAR, SEXUAL, by="parent", to=("s1", "s2"))))

    assert [type(each) for each in actions] == [Remove, Alert, Tell]
    assert [each.notice.returned for each in actions if isinstance(each, Tell)] == [TOO_FAR]


@pytest.mark.parametrize("by", ["substitute", "stranger"])
def test_nobody_is_asked_about_the_silence_of_whom_nobody_asked(by: str) -> None:
    """Where we cannot take it away, an author is asked to; who gets no note owes no answer to it."""
    message = msgspec.structs.replace(seen(TOO_FAR, SEXUAL, by=by, to=("s1", "s2")), removable=False)

    assert not [each for each in planned(judged(message)) if not isinstance(each, Alert)]


@pytest.mark.parametrize("by", ["stranger", "coach"])
def test_what_may_be_a_call_for_help_is_not_taken_away_before_it_is_read(by: str) -> None:
    """An account that nobody has linked yet may be a student's, who tells what was done to them."""
    verdict = judged(seen(TOO_FAR, SEXUAL, by=by, to=("s1", "s2")))

    assert unhurried(verdict, [Slow.MEANING]).measures == {Measure.REVIEW, Measure.ALERT}
