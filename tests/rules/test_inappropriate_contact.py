"""Who hears of what may be too close, and who must not: what the table of examples cannot show."""

from pathlib import Path

import pytest

from bot.actions import Alert, concerned_in, plan
from bot.judge import Exemption, Verdict, judge
from bot.message import Message
from bot.people import PersonId, Tenure
from bot.readings.labels import Label
from bot.store.record import Recorder
from rules.general_01_inappropriate_contact import HELP_THE_STUDENT, InappropriateContact
from tests.cases import after, docket_of
from tests.district import DAY, TENURES, ended, lists, roster
from tests.rules.seen import seen, sign
from tests.store.house import faults, house

SECRET = "this stays between us"
RULES = (InappropriateContact(),)


def close(by: str = "coach", to: tuple[str, ...] = ("s1",)) -> Message:
    """Let somebody write what is surely too close."""
    return seen(SECRET, sign(Label.BOUNDARY, "between us", text=SECRET), by=by, to=to)


def alerted(message: Message, tenures: tuple[Tenure, ...] = TENURES) -> list[str]:
    """Name whom an alert reaches."""
    verdict = judge(message, RULES)
    actions = plan(verdict, roster(lists(tenures)).on(DAY).offices)
    assert all(isinstance(each, Alert) for each in actions)
    return [each.to for each in actions if isinstance(each, Alert)]


@pytest.mark.parametrize(
    ("by", "to", "reached"),
    [
        ("coach", ("s1",), ["principal", "designee"]),
        ("teacher", ("s1", "principal"), ["principal", "designee"]),
        ("director-coach", ("s1",), ["principal", "designee"]),
        ("principal", ("s1",), ["designee"]),
        ("vice", ("s1",), ["principal", "designee"]),
        ("s1", ("coach",), ["principal", "designee"]),
        ("s1", ("director",), ["principal", "designee"]),
        ("s1", ("principal",), ["designee"]),
    ],
)
def test_the_principal_and_a_second_person_are_alerted_and_nobody_it_is_about(
    by: str, to: tuple[str, ...], reached: list[str]
) -> None:
    """No note goes to the author, and who is below the adult in question hears nothing either."""
    assert alerted(close(by, to)) == reached


def test_there_are_two_people_also_where_an_office_is_empty() -> None:
    """One pair of eyes can look away."""
    without = ended(ended(TENURES, "designee"), "principal")

    assert alerted(close(), without) == ["vice", "director"]


def test_the_words_that_were_seen_are_kept() -> None:
    """Who looks has to see what it is about, and not the whole talk."""
    (found,) = judge(close(), RULES).standing

    assert [each.text for each in found.evidence] == ["between us"]


def test_no_exception_excuses_it() -> None:
    """A child's safety is nothing that somebody can be let off from."""
    granted = Exemption("x", "inappropriate-contact", DAY, person=PersonId("coach"))

    assert judge(close(), RULES, [granted]).excused == ()


def test_what_a_student_writes_is_not_held_against_them() -> None:
    """Whoever looks is told so first."""
    (found,) = judge(close("s1", ("coach",)), RULES).standing

    assert found.remedy is HELP_THE_STUDENT


async def test_the_adult_a_student_writes_to_sees_no_case_about_it(tmp_path: Path) -> None:
    """The athletic director looks into other cases of this student, but not into this one."""
    verdict: Verdict = judge(close("s1", ("director",)), RULES)
    day = roster().on(DAY)
    actions = plan(verdict, day.offices)

    async with house(tmp_path) as opened:
        recorder = Recorder(opened.database.master)
        await opened.ledger.write(recorder.judged(verdict, actions, concerned_in(verdict, day.offices)))
        docket = docket_of(opened)
        (case,) = await docket.waiting()
        desk = docket.desk(after(60))
        seeing = sorted(person for person in desk.day.people if desk.may_see(person, case))

    assert seeing == ["designee", "principal"]
    assert await faults(tmp_path) == []
