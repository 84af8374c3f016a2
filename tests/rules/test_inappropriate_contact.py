"""Who hears of what may be too close, and who must not: what the table of examples cannot show."""

from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from adapters.rehearsal import Rehearsal
from bot.actions import Alert, Tell, Waiting
from bot.copying import concerned_in
from bot.desk import Filed
from bot.judge import Exemption, Verdict, judge
from bot.message import Message
from bot.people import PersonId, Tenure
from bot.performer import Performer
from bot.plan import plan
from bot.platform import Ruling
from bot.readings.labels import Label
from bot.rule import Rule
from bot.standing import Standing
from bot.store.record import Recorder
from bot.succession import Succession
from rules.employee_04_group_messages import GroupMessages
from rules.general_01_inappropriate_contact import HELP_THE_STUDENT, InappropriateContact
from tests.cases import after, decision, docket_of
from tests.district import DAY, NOON, TENURES, ended, lists, roster
from tests.rules.seen import seen, sign
from tests.store.house import faults, house
from tests.test_moderator import Stage

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


@pytest.mark.parametrize(
    ("ruling", "until", "told"),
    [
        (Ruling.UPHOLD, None, []),
        (Ruling.UPHOLD, DAY, ["A person looked at your message. It does not fit the rule."]),
        (Ruling.NOT_A_PROBLEM, None, []),
    ],
)
async def test_when_a_person_has_decided_a_person_says_so(
    tmp_path: Path, ruling: Ruling, until: date | None, told: list[str]
) -> None:
    """A note could come before anybody has seen to the student. Who can write no more notices, and is told."""
    filed = await decided(tmp_path, close("teacher"), RULES, ruling, until)

    assert notes(filed) == told


@pytest.mark.parametrize(("ruling", "count"), [(Ruling.UPHOLD, 0), (Ruling.NOT_A_PROBLEM, 1)])
async def test_what_was_removed_for_another_reason_gives_nothing_away(
    tmp_path: Path, ruling: Ruling, count: int
) -> None:
    """The coach knows that it went to too few, and of nothing else; what is given back cannot be hidden."""
    filed = await decided(tmp_path, close(), (GroupMessages(), *RULES), ruling)

    assert len(notes(filed)) == count


async def test_in_rehearsal_the_alert_reaches_its_people(tmp_path: Path) -> None:
    """A district that tries it out first must not miss the one thing that matters."""
    stage = Stage(())
    verdict = judge(close(), (GroupMessages(), *RULES))
    async with house(tmp_path) as opened:
        recorder = Recorder(opened.database.master)
        actions = plan(verdict, roster().on(DAY).offices)
        written = await opened.ledger.write(recorder.judged(verdict, actions))
        succession = Succession(roster(), opened.ledger, recorder)
        performer = Performer(Standing(), opened.ledger, recorder, lambda: NOON, succession)
        for deed in written.deeds if written is not None else ():
            if not performer.lay_aside(deed, stage):
                await performer.carry_out(deed, Rehearsal(stage))

    assert stage.performed == ["alert", "alert"]


async def decided(
    folder: Path, message: Message, rules: tuple[Rule, ...], ruling: Ruling, until: date | None = None
) -> Filed:
    """Let the principal decide the case of a message that was removed, where a rule asked for it."""
    verdict = judge(message, rules)
    actions = plan(verdict, roster().on(DAY).offices)
    async with house(folder) as opened:
        recorder = Recorder(opened.database.master)
        written = await opened.ledger.write(recorder.judged(verdict, actions))
        succession = Succession(roster(), opened.ledger, recorder)
        performer = Performer(Standing(), opened.ledger, recorder, lambda: NOON, succession)
        stage = Stage(())
        for deed in written.deeds if written is not None else ():
            if not performer.lay_aside(deed, stage):
                await performer.carry_out(deed, stage)
        docket = docket_of(opened)
        (waiting,) = await docket.waiting()
        case = await docket.named(waiting.name)
        assert case is not None
        filed = docket.desk(after(60)).decide(replace(decision(ruling, post="1"), suspend_until=until), case)
    assert isinstance(filed, Filed)
    return filed


def notes(filed: Filed) -> list[str]:
    """Read what the author is told."""
    waiting = (each.action for each in filed.actions if isinstance(each, Waiting))
    return [each.notice.saw for each in waiting if isinstance(each, Tell)]


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
