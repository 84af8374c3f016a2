"""People move to another school: what happened at the one before stays its offices' to decide."""

from dataclasses import replace
from pathlib import Path
from typing import Final

import pytest

from bot.case import About, Case
from bot.desk import Desk
from bot.lists import Lists
from bot.message import PlaceId, PostId
from bot.people import AccountId, PersonId, SchoolId
from bot.platform import UNKNOWN_READERS, Heard, Outcome, Receipt, Ruling
from tests.cases import after, appeal, decision, docket_of, happen, report, tick
from tests.district import HIGH, MIDDLE, NOON, SOCCER, lists, roster
from tests.store.house import chat, faults, house, post

OLD, NEW, ABOVE = "principal", "other-principal", "designee"


def moved(*people: str, to: SchoolId = MIDDLE) -> Lists:
    """Give the district's lists with some people at another school."""
    there = (replace(each, schools=frozenset({to})) if each.id in people else each for each in lists().people)
    return replace(lists(), people=tuple(there))


async def deciding(folder: Path, district: Lists) -> list[set[str]]:
    """Say who of the two principals and the designee may decide each case that waits."""
    async with house(folder, NOON) as opened:
        docket = docket_of(opened, district)
        desk = docket.desk(after(60))
        waiting = await docket.waiting()
    return [{each for each in (OLD, NEW, ABOVE) if desk.may_decide(PersonId(each), case)} for case in waiting]


UNKNOWN: Final = replace(post(), readers=UNKNOWN_READERS)
OPENED: Final[tuple[tuple[Heard, ...], ...]] = (
    (UNKNOWN,),
    (replace(chat(), author=AccountId("substitute"), team=SOCCER),),
    (chat(), report()),
    (post(), appeal()),
    (report(author="s1"),),
    (report(post="report:r1"),),
)
"""By a rule, about a message or about who wrote it; by a report, also of what was never heard; by who disagrees."""


@pytest.mark.parametrize("heard", OPENED)
async def test_a_case_stays_where_it_happened(tmp_path: Path, heard: tuple[Heard, ...]) -> None:
    """Each August the eighth grade goes to the high school, and a coach may go anywhere."""
    await happen(tmp_path, *heard, tick(60))

    assert await deciding(tmp_path, moved("s1", "s2", "s3", "coach", "substitute")) == [{OLD, ABOVE}]
    assert await faults(tmp_path) == []


async def test_what_could_not_be_done_stays_there_too(tmp_path: Path) -> None:
    """It is about the same message."""
    await happen(tmp_path, post(), answers={"remove": Receipt(Outcome.REFUSED)})

    assert await deciding(tmp_path, moved("s1", "coach")) == [{OLD, ABOVE}]


async def test_the_principal_of_before_decides_and_looks_again(tmp_path: Path) -> None:
    """Somebody new knows nothing of it. Who disagrees later is heard at the same school."""
    await happen(tmp_path, chat(), report(), tick(60))
    ruled = decision(Ruling.UPHOLD, at=300)
    came = await happen(tmp_path, ruled, appeal(by="s1", at=400), tick(500), district=moved("s1"), now=after(300))

    assert came.told("s1")[0] == "A person looked at your message. It does not fit the rule."
    assert len(came.cases) == 1
    assert {NEW, "other-director"}.isdisjoint(came.asked())


async def test_what_happens_at_the_new_school_is_that_ones(tmp_path: Path) -> None:
    """By the roster of that day."""
    await happen(tmp_path, chat(), report(), tick(60), district=moved("s1"))

    assert await deciding(tmp_path, moved("s1")) == [{NEW}]
    assert await deciding(tmp_path, lists()) == [{NEW}]


async def test_a_case_about_an_account_is_open_to_both_schools_where_it_opened(tmp_path: Path) -> None:
    """It is one case for as long as there is the account, and may open again in another year."""
    first = replace(chat(), author=AccountId("substitute"), team=SOCCER)
    await happen(tmp_path, first)
    (case,) = await cases(tmp_path)
    by_name = replace(decision(Ruling.NOT_A_PROBLEM, at=300), post=None, case=case.name)
    again = replace(chat("p2", at=after(400)), author=AccountId("substitute"), team=SOCCER)
    await happen(tmp_path, by_name, again, tick(500), district=moved("substitute"), now=after(300))

    assert await deciding(tmp_path, moved("substitute")) == [{OLD, NEW, ABOVE}]


async def cases(folder: Path) -> list[Case]:
    """List the cases that wait."""
    async with house(folder, NOON) as opened:
        return await docket_of(opened).waiting()


@pytest.mark.parametrize(("schools", "around"), [((), ()), (("closed",), ()), (("closed",), ("gone",))])
def test_where_the_record_says_nothing_it_is_the_school_of_today(
    schools: tuple[SchoolId, ...], around: tuple[SchoolId, ...]
) -> None:
    """Earlier releases kept none; and a school may be closed, or be called otherwise by now."""
    about = About("replay", PostId("p1"), PlaceId("room"), PersonId("s1"), readers=(PersonId("s2"),))
    case = Case(b"x", 1, True, "judged", replace(about, schools=schools, around=around))
    desk = docket_desk()

    assert desk.concern(case).schools == {HIGH}


def docket_desk() -> Desk:
    """Sit down on the district's day."""
    day = roster().on(roster().day_of(NOON))
    return Desk(day, roster().zone, {})
