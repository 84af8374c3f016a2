"""What a nudge gives way to: what the table of examples cannot show."""

import msgspec

from bot.actions import Tell
from bot.judge import judge, unhurried
from bot.message import Message
from bot.plan import plan
from bot.readings.labels import Label
from bot.readings.signs import Slow
from bot.rule import Measure, Rule
from rules.employee_04_group_messages import GroupMessages
from rules.general_05_think_before_posting import ThinkBeforePosting
from rules.student_01_respect import Respect
from tests.district import DAY, roster
from tests.rules.seen import seen, sign

LINK = "look at this https://club.example/album"
ANGRY = "nobody wants you here " * 40
RULES: tuple[Rule, ...] = (GroupMessages(), ThinkBeforePosting(), Respect())


def at_night(message: Message) -> Message:
    """Let it be written late."""
    return msgspec.structs.replace(message, hour=23)


def told(message: Message) -> list[str]:
    """Name the clauses under which an author gets a note."""
    actions = plan(judge(message, RULES), roster().on(DAY).offices)
    return [each.clause for each in actions if isinstance(each, Tell)]


def test_who_loses_a_message_is_not_told_to_leave_it_there() -> None:
    """It is gone: to leave it or to delete it is no choice any more."""
    assert told(at_night(seen(LINK, by="coach", to=("s1",)))) == ["Employee Guidelines 4"]
    assert told(at_night(seen(LINK, by="coach", to=("s1", "s2")))) == ["General Guidelines 5"]


def test_who_is_asked_to_delete_a_message_is_not_nudged_about_it() -> None:
    """A nudge says that it may stay, and the other note that it may not fit."""
    harsh = seen(ANGRY, sign(Label.HARASSMENT, "nobody", text=ANGRY), by="s1", to=("s2", "s3"))
    unsure = seen(ANGRY, sign(Label.HARASSMENT, "nobody", text=ANGRY, sure=False), by="s1", to=("s2", "s3"))

    assert told(harsh) == ["Student Guidelines 1"]
    assert told(unsure) == ["General Guidelines 5"]


def test_a_nudge_waits_for_what_it_may_give_way_to() -> None:
    """A nudge is not urgent, and what the models read later may be another note."""
    verdict = judge(at_night(seen(LINK, by="coach", to=("s1", "s2"))), RULES)

    measures = [unhurried(verdict, to_come).measures for to_come in ([Slow.MEANING], [])]

    assert measures == [frozenset(), {Measure.TELL}]
