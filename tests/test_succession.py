"""Offices change hands while copies wait: whoever holds one now is told, and opens what was copied before."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Final

import pytest
import structlog

from bot.actions import Copy
from bot.copying import heirs, may_open
from bot.lists import Lists
from bot.message import MatterKind
from bot.people import Absence, Office, PersonId, Tenure
from bot.platform import Heard, OrderKind, Outcome, Receipt, Tick
from bot.rule import Choice
from bot.store.copies import kept
from tests.district import DAY, HIGH, MIDDLE, NOON, TENURES, lists, roster
from tests.office import HOUR, answer, order
from tests.office import Office as Stage
from tests.store.house import faults, house, post
from tests.test_moderator import entries, run

REFUSED: Final[dict[str, Receipt | Exception]] = {"copy": Receipt(Outcome.NOT_DONE)}
LATER: Final = Tick("replay", NOON + 30 * HOUR)
EVERYBODY: Final = (
    *("teacher", "coach", "coach-b", "director", "vice-director", "principal", "vice", "designee", "office"),
    *("other-principal", "other-director"),
)


def holding(tenures: tuple[Tenure, ...] = TENURES, **held: str) -> tuple[Tenure, ...]:
    """Put others into offices of the high school: nobody where a name is empty, and no deputies."""
    offices = {Office(name): person for name, person in held.items()}
    kept_on = [each for each in tenures if each.school != HIGH or each.office not in offices]
    return (*kept_on, *(Tenure(HIGH, office, PersonId(person)) for office, person in offices.items() if person))


CHANGED: Final = lists(holding(principal="office", athletic_director="teacher"))
"""The principal and the athletic director gave their offices up, and work here still."""


async def opening(folder: Path, district: Lists, people: Iterable[str] = EVERYBODY) -> dict[str, list[int]]:
    """Number the copies that each person opens, if any."""
    async with house(folder) as opened:
        found = await opened.ledger.read(lambda connection, master: [*kept(connection, master)])
    offices = roster(district).on(DAY).offices
    able = {each: [copy.number for copy in found if copy.goes_to(PersonId(each), DAY, offices)] for each in people}
    return {person: numbers for person, numbers in able.items() if numbers}


async def held(folder: Path, *heard: Heard) -> None:
    """Let a coach write privately, and nobody accept a note of it."""
    await run(folder, Stage(*(heard or (order(),)), answers=REFUSED))


async def test_who_holds_the_office_by_now_is_told_and_what_was_held_is_shown(tmp_path: Path) -> None:
    """Before, it was tried for ever with who had left, and the student never saw it."""
    await held(tmp_path)
    stage = Stage(LATER)

    await run(tmp_path, stage, resumed=True, district=CHANGED)

    assert stage.copied() == ["teacher", "office"]
    assert [(each.text, each.overseers) for each in stage.shown()] == [("Your physical.", ("teacher", "office"))]
    assert stage.told() == ["Your private message was sent, and the office has its copy."]
    assert await opening(tmp_path, CHANGED) == {"teacher": [1], "office": [1]}
    assert [each["decides"] for each in entries(tmp_path, "closed") if "decides" in each] != []
    assert await faults(tmp_path) == []


async def test_it_is_one_copy_whoever_is_told(tmp_path: Path) -> None:
    """Its new note tells of the same number, and after another start it is the same deed."""
    await held(tmp_path)
    again = Stage(LATER, answers=REFUSED)
    await run(tmp_path, again, resumed=True, district=CHANGED)
    last = Stage(LATER)
    await run(tmp_path, last, resumed=True, district=CHANGED)

    told = [each for each in (*again.done, *last.done) if isinstance(each.action, Copy)]
    assert {each.copy for each in told} == {1}
    assert {each.ordered for each in told} == {True}
    assert {each.id for each in told if each in again.done} == {each.id for each in told if each in last.done}
    assert len(entries(tmp_path, "delayed")) == 1
    assert await faults(tmp_path) == []


async def test_who_departed_hands_over_too(tmp_path: Path) -> None:
    """The roster has them no more; their deputies stand in."""
    await held(tmp_path)
    stage, gone = Stage(LATER), lists(away=frozenset({"principal", "director"}))

    await run(tmp_path, stage, resumed=True, district=gone)

    assert stage.copied() == ["vice-director", "vice"]
    assert await opening(tmp_path, gone) == {"vice-director": [1], "vice": [1]}


async def test_what_was_accepted_is_told_to_nobody_again_and_opens_for_who_came(tmp_path: Path) -> None:
    """The old principal was told, and has read it or has not; the new one finds it in the list."""
    await run(tmp_path, Stage(order()))
    stage = Stage(LATER)

    await run(tmp_path, stage, resumed=True, district=CHANGED)

    assert stage.done == []
    assert await opening(tmp_path, CHANGED) == {"teacher": [1], "office": [1]}
    assert await opening(tmp_path, lists()) == {"director": [1], "principal": [1]}


async def test_an_office_that_nobody_holds_is_told_nothing_and_its_last_holder_neither(tmp_path: Path) -> None:
    """Its note waits for who comes, and the other office lets the message go."""
    await held(tmp_path)
    vacant = lists(holding(athletic_director=""))
    stage = Stage(LATER)
    await run(tmp_path, stage, resumed=True, district=vacant)
    filled = Stage(LATER)
    await run(tmp_path, filled, resumed=True, district=lists(holding(athletic_director="teacher")))

    assert stage.copied() == ["principal"]
    assert [each.overseers for each in stage.shown()] == [("principal",)]
    assert await opening(tmp_path, vacant) == {"principal": [1]}
    assert filled.copied() == ["teacher"]
    assert await faults(tmp_path) == []


async def test_where_nobody_at_all_follows_it_stays_with_who_had_it(tmp_path: Path) -> None:
    """A copy that nobody could open would be lost."""
    await held(tmp_path)
    over = tuple(replace(each, deputy=None, until=DAY - timedelta(days=1)) for each in TENURES)
    stage = Stage(LATER)

    await run(tmp_path, stage, resumed=True, district=lists(over))

    assert stage.copied() == ["director", "principal"]
    assert await opening(tmp_path, lists(over)) == {"director": [1], "principal": [1]}


async def test_an_upper_office_gets_one_note_where_both_others_are_empty(tmp_path: Path) -> None:
    """It is told once of one copy."""
    await held(tmp_path)
    stage, empty = Stage(LATER), lists(holding(athletic_director="", principal=""))

    await run(tmp_path, stage, resumed=True, district=empty)

    assert stage.copied() == ["designee"]
    assert [each.overseers for each in stage.shown()] == [("designee",)]
    assert await opening(tmp_path, empty) == {"designee": [1]}


async def test_who_changed_offices_is_told_for_the_new_one_and_who_came_for_the_other(tmp_path: Path) -> None:
    """The principal is the athletic director by now: each office is told once."""
    await held(tmp_path)
    stage = Stage(LATER)

    await run(tmp_path, stage, resumed=True, district=lists(holding(principal="office", athletic_director="principal")))

    assert stage.copied() == ["principal", "office"]
    assert await faults(tmp_path) == []


async def test_who_comes_into_both_offices_is_told_once(tmp_path: Path) -> None:
    """One copy, one note: whoever has it by one office needs no other by the second."""
    await held(tmp_path)
    stage = Stage(LATER)

    both = lists(holding(principal="office", athletic_director="office"))
    with structlog.testing.capture_logs() as logs:
        await run(tmp_path, stage, resumed=True, district=both)

    assert stage.copied() == ["office"]
    assert [each for each in logs if each.get("reason") == "nobody holds the office"] == []
    assert await faults(tmp_path) == []


async def test_a_note_that_was_accepted_unheard_was_theirs(tmp_path: Path) -> None:
    """It was begun by an earlier run, and came through: nobody else need be told."""
    await held(tmp_path)
    stage = Stage(LATER)
    stage.finds = Receipt(Outcome.DONE)

    await run(tmp_path, stage, resumed=True, district=CHANGED)

    assert stage.copied() == []
    assert [each.overseers for each in stage.shown()] == [("teacher", "office")]


async def test_who_wrote_it_gets_no_copy_by_an_office_they_came_to(tmp_path: Path) -> None:
    """The coach is the athletic director by now: the principal gets what that office would."""
    await held(tmp_path)
    risen = lists(holding(athletic_director="coach", principal="office"))
    stage = Stage(LATER)

    await run(tmp_path, stage, resumed=True, district=risen)

    assert stage.copied() == ["office"]
    assert await opening(tmp_path, risen) == {"office": [1]}


async def test_who_leads_the_matter_gets_no_copy_of_what_its_student_answered(tmp_path: Path) -> None:
    """They have read it there, and nobody else would look at it."""
    said = post("p2", "thank you", by="s1", to=("coach",), room="private", at=NOON + HOUR)
    await held(tmp_path, order(opens=False), said)
    risen = lists(holding(principal="coach", athletic_director="teacher"))

    await run(tmp_path, Stage(LATER), resumed=True, district=risen)

    assert await opening(tmp_path, risen) == {"teacher": [1, 2], "designee": [1, 2]}


@pytest.mark.parametrize("kind", [OrderKind.PRIVATE, OrderKind.EMERGENCY])
async def test_whom_it_concerns_never_gets_it_by_an_office_they_came_to(tmp_path: Path, kind: OrderKind) -> None:
    """The director, whom it may concern, is the designee by now: then it goes past them, and past their office."""
    said = answer(Choice.CONCERNS_COPIED, about="o1", by="s1", after=timedelta(seconds=5))
    await held(tmp_path, order(kind), said)
    risen = lists(holding(superintendent_designee="director", athletic_director="teacher"))
    stage = Stage(LATER)

    await run(tmp_path, stage, resumed=True, district=risen)

    assert stage.copied() == ["teacher"]
    assert {"director", "principal"}.isdisjoint(await opening(tmp_path, risen))
    assert await faults(tmp_path) == []


async def test_what_is_said_after_a_note_was_handed_on_stops_it(tmp_path: Path) -> None:
    """It concerns who would be copied now, and they hear no more of it."""
    await held(tmp_path)
    said = answer(Choice.CONCERNS_COPIED, about="o1", by="s1", after=31 * HOUR)
    await run(tmp_path, Stage(LATER, said, answers=REFUSED, pause=0.1), resumed=True, district=CHANGED)
    stage = Stage(Tick("replay", NOON + 60 * HOUR))

    await run(tmp_path, stage, resumed=True, district=CHANGED)

    assert stage.copied() == ["designee"]
    assert [each.overseers for each in stage.shown()] == [("designee",)]
    assert await opening(tmp_path, CHANGED) == {"designee": [2]}
    assert await faults(tmp_path) == []


async def test_a_deputy_who_was_told_reads_on_when_the_holder_is_back(tmp_path: Path) -> None:
    """The note reached them in the evening, and they read the copy in the morning. The holder opens it as well."""
    gone = replace(lists(), absences=(Absence(PersonId("principal"), DAY, DAY),))
    await run(tmp_path, Stage(order()), district=gone)

    assert await opening(tmp_path, lists()) == {"director": [1], "principal": [1], "vice": [1]}
    assert "vice" not in await opening(tmp_path, CHANGED)


async def test_a_school_that_the_student_moved_to_gets_no_copy_of_what_was_before(tmp_path: Path) -> None:
    """It was another school's."""
    await run(tmp_path, Stage(post(matter=MatterKind.MEDICAL)))
    people = tuple(replace(each, schools=frozenset({MIDDLE})) if each.id == "s1" else each for each in lists().people)

    assert await opening(tmp_path, replace(lists(), people=people)) == {"director": [1], "principal": [1]}


def test_what_an_earlier_release_addressed_stays_with_the_person() -> None:
    """It did not keep whose office it was."""
    old, offices = Copy("c", PersonId("principal"), Office.PRINCIPAL), roster(CHANGED).on(DAY).offices

    assert heirs(old, (), frozenset(), DAY, offices) is None
    assert may_open(PersonId("principal"), (old,), frozenset(), DAY, offices)
    assert not may_open(PersonId("office"), (old,), frozenset(), DAY, offices)
