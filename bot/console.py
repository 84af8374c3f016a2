"""The desk at the command line: look through cases, read one, decide one. Who looks is written down first."""

import secrets
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

import rules
from bot.case import Case
from bot.desk import Declined, Desk, unknown
from bot.docket import Docket
from bot.errors import ConfigurationError
from bot.people import PersonId
from bot.platform import CONSOLE, Decision, Ruling
from bot.roster import Roster
from bot.store.people import load_lists
from bot.store.record import Recorder, View
from bot.wiring import House, HouseFiles, open_house


@dataclass(frozen=True, slots=True)
class Sitting:
    """Who sits at the desk: in which house, as whom, from which account, when."""

    place: HouseFiles
    zone: ZoneInfo
    person: PersonId
    account: str
    now: datetime


@dataclass(frozen=True, slots=True)
class Open:
    """An opened desk."""

    house: House
    recorder: Recorder
    docket: Docket
    desk: Desk


@asynccontextmanager
async def _sit_down(sitting: Sitting) -> AsyncIterator[Open]:
    """Open the house for somebody of the roster.

    Raises:
        ConfigurationError: there is no database, it is in use, or nobody is called so.
    """
    if not sitting.place.database.exists():
        raise ConfigurationError(f"There is no database at {sitting.place.database}. Name one with --database.")
    async with open_house(sitting.place, sitting.now) as house:
        async with house.database.reading().connect() as connection:
            lists = await connection.run_sync(load_lists, house.database.master)
        recorder = Recorder(house.database.master)
        clauses = (each.clause for each in rules.every())
        docket = Docket(Roster(lists, sitting.zone), clauses, house.ledger, recorder)
        desk = docket.desk(sitting.now)
        if sitting.person not in desk.day.people:
            raise ConfigurationError(
                f"The roster in {sitting.place.database} has no '{sitting.person}' today. Name a person by sourcedId."
            )
        yield Open(house, recorder, docket, desk)


async def list_cases(sitting: Sitting) -> list[tuple[Case, bool]]:
    """List the cases that wait and that somebody may see, each with whether they may decide it."""
    async with _sit_down(sitting) as opened:
        cases = [each for each in await opened.docket.waiting() if opened.desk.may_see(sitting.person, each)]
        return [(each, opened.desk.may_decide(sitting.person, each)) for each in cases]


async def show_case(sitting: Sitting, name: str, purpose: str) -> tuple[Case, Desk] | Declined:
    """Read a case, after writing down who looks and why; with the desk that knows the names of its people."""
    if not purpose.strip():
        raise ConfigurationError("Say why you look: --purpose 'I decide it', for example.")
    async with _sit_down(sitting) as opened:
        case = await opened.docket.named(name)
        if case is None or not opened.desk.may_see(sitting.person, case):
            return unknown(_decision(sitting, name, Ruling.SKIP))
        look = View(sitting.account, purpose, sitting.person)
        await opened.house.ledger.write(opened.recorder.viewed(case.name, look, sitting.now))
        return case, opened.desk


async def decide_case(
    sitting: Sitting, name: str, ruling: Ruling, reason: str = "", suspend_until: date | None = None
) -> Declined | None:
    """Decide a case; or give back why that cannot be, and nothing was written."""
    async with _sit_down(sitting) as opened:
        return (await opened.docket.take(_decision(sitting, name, ruling, reason, suspend_until))).declined


def _decision(
    sitting: Sitting, name: str, ruling: Ruling, reason: str = "", suspend_until: date | None = None
) -> Decision:
    return Decision(
        CONSOLE,
        secrets.token_hex(8),
        sitting.person,
        sitting.now,
        ruling,
        case=name,
        reason=reason,
        suspend_until=suspend_until,
        account=sitting.account,
    )
