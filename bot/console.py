"""The desk at the command line: notices, copies, cases and exceptions. Who looks is written down first."""

import os
import secrets
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Final
from zoneinfo import ZoneInfo

import rules
from bot.case import Case
from bot.complaints import nearest
from bot.desk import Declined, Desk, unknown
from bot.docket import Docket
from bot.errors import ConfigurationError
from bot.house import House, HouseFiles, open_house, refuse_nothing
from bot.judge import Exemption, excuses_nothing
from bot.medium import PICTURE_ENDINGS
from bot.notice import LONGEST_REASON
from bot.people import PersonId, TeamId
from bot.platform import CONSOLE, Decision, Ruling
from bot.roster import Roster
from bot.sheets import Names
from bot.store import copies, files
from bot.store.copies import Kept, Opened
from bot.store.excerpt import View
from bot.store.exemptions import Granted, granted
from bot.store.files import FileTold
from bot.store.notes import kept_notes
from bot.store.people import load_lists
from bot.store.record import Recorder
from bot.wiring import PATIENCE

ENDINGS: Final = frozenset(
    {".pdf", ".txt", ".csv", ".doc", ".docx", ".xls", ".xlsx", ".ppt", ".pptx", ".odt", ".ods", ".odp", ".rtf", ".zip"}
    | {".mp3", ".m4a", ".wav", ".ogg", *PICTURE_ENDINGS}
)
"""How files may be called that are handed out: nothing that a double click would run."""

ANNUAL_REVIEW: Final = "--purpose 'annual review'"


@dataclass(frozen=True, slots=True)
class Sitting:
    """Who sits at the desk: in which house, as whom, from which account, when."""

    place: HouseFiles
    zone: ZoneInfo
    person: PersonId
    account: str
    now: datetime


@dataclass(frozen=True, slots=True)
class Wish:
    """An exception as somebody asks for it."""

    rule: str
    until: date
    reason: str
    team: str = ""
    person: str = ""


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
    refuse_nothing(sitting.place)
    async with open_house(sitting.place, sitting.now, PATIENCE) as house:
        lists = await house.ledger.read(load_lists)
        recorder = Recorder(house.database.master)
        clauses = (each.clause for each in rules.every())
        docket = Docket(Roster(lists, sitting.zone), clauses, house.ledger, recorder)
        desk = docket.desk(sitting.now)
        if sitting.person not in desk.day.people:
            raise ConfigurationError(
                f"The roster in {sitting.place.database} has no '{sitting.person}' today. Name a person by sourcedId."
            )
        yield Open(house, recorder, docket, desk)


def _check_reason(reason: str, example: str) -> None:
    """Refuse a purpose or reason that is blank or longer than a page. `example` shows how one is typed.

    Raises:
        ConfigurationError: it says why; the reason itself is not repeated.
    """
    if not reason.strip() or len(reason) > LONGEST_REASON:
        raise ConfigurationError(f"Say why, in {LONGEST_REASON:,} characters or fewer: {example}, for example.")


async def _write_look(opened: Open, sitting: Sitting, what: str, purpose: str) -> None:
    look = View(sitting.account, purpose, sitting.person)
    await opened.house.ledger.write(opened.recorder.viewed(what, look, sitting.now))


async def read_notices(place: HouseFiles, account: str, purpose: str, now: datetime) -> list[str]:
    """Read the notes that were kept, after writing down who looks and why."""
    refuse_nothing(place)
    _check_reason(purpose, ANNUAL_REVIEW)
    async with open_house(place, now, PATIENCE) as house:
        await house.ledger.write(Recorder(house.database.master).viewed("notices", View(account, purpose), now))
        return await house.ledger.read(kept_notes)


async def list_copies(sitting: Sitting, purpose: str) -> tuple[list[Kept], Names]:
    """List the copies that somebody receives, without their words. That somebody looked is written down first."""
    _check_reason(purpose, ANNUAL_REVIEW)
    async with _sit_down(sitting) as opened:
        await _write_look(opened, sitting, "copies", purpose)
        found = await opened.house.ledger.read(copies.received, sitting.person, opened.desk.day)
        return found, _names(opened)


async def show_copy(sitting: Sitting, number: int, purpose: str) -> tuple[Opened, Names]:
    """Open one copy for who receives it; anybody else is refused, and told nothing of it."""
    _check_reason(purpose, ANNUAL_REVIEW)
    async with _sit_down(sitting) as opened:
        mine = await opened.house.ledger.read(copies.received, sitting.person, opened.desk.day, number)
        if not mine:
            raise ConfigurationError(f"There is no CP-{number:04} that goes to '{sitting.person}'.")
        await _write_look(opened, sitting, mine[0].name, purpose)
        return await opened.house.ledger.read(copies.opened, mine[0]), _names(opened)


def _names(opened: Open) -> Names:
    """Name everybody on the roster, also who has departed."""
    return {person: name or person for person, name in opened.desk.day.names.items()}


async def list_cases(sitting: Sitting) -> list[tuple[Case, bool]]:
    """List the cases that wait and that somebody may see, each with whether they may decide it."""
    async with _sit_down(sitting) as opened:
        cases = [each for each in await opened.docket.waiting() if opened.desk.may_see(sitting.person, each)]
        return [(each, opened.desk.may_decide(sitting.person, each)) for each in cases]


async def show_case(sitting: Sitting, name: str, purpose: str) -> tuple[Case, Desk, Sequence[FileTold]] | Declined:
    """Read a case, after writing down who looks and why; with the desk that knows the names, and what files there are.

    No file is opened.
    """
    _check_reason(purpose, "--purpose 'I decide it'")
    async with _sit_down(sitting) as opened:
        case = await _seen(opened, sitting, name, purpose)
        return case if isinstance(case, Declined) else (case, opened.desk, await _files(opened, case))


async def hand_out_files(sitting: Sitting, name: str, purpose: str, folder: Path) -> list[Path] | Declined:
    """Put the kept files of a case into a folder, readable by its owner alone, after writing down who looks and why.

    Raises:
        ConfigurationError: the folder cannot be written to, or holds such a file already. Nothing more is written.
    """
    _check_reason(purpose, "--purpose 'I decide it'")
    async with _sit_down(sitting) as opened:
        case = await _seen(opened, sitting, name, purpose, of="files of ")
        if isinstance(case, Declined):
            return case
        written: list[Path] = []
        for told in await _files(opened, case):
            found = await opened.house.ledger.read(files.opened, told.seq)
            if found is not None and found.content is not None:
                written.append(_put(folder, f"{case.name}-{told.number}{_ending(found.attached.name)}", found.content))
        return written


async def _seen(opened: Open, sitting: Sitting, name: str, purpose: str, of: str = "") -> Case | Declined:
    """Read a case, once it is written down who looks and why."""
    case = await opened.docket.named(name)
    if case is None or not opened.desk.may_see(sitting.person, case):
        return unknown(_decision(sitting, name, Ruling.SKIP))
    await _write_look(opened, sitting, f"{of}{case.name}", purpose)
    return case


async def _files(opened: Open, case: Case) -> Sequence[FileTold]:
    return await opened.house.ledger.read(files.told, case.about.platform, case.about.post)


def _ending(name: str) -> str:
    """Give how a name ends, if nothing is run by such an ending: the rest of it is somebody's words."""
    ending = Path(name).suffix.lower()
    return ending if ending in ENDINGS else ".bin"


def _put(folder: Path, name: str, content: bytes) -> Path:
    path = folder / name
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
            file.write(content)
    except FileExistsError as error:
        raise ConfigurationError(f"{path} is there already. Name another folder with --to.") from error
    except OSError as error:
        raise ConfigurationError(
            f"{path} cannot be written: {error.strerror}. Name another folder with --to."
        ) from error
    return path


async def decide_case(
    sitting: Sitting, name: str, ruling: Ruling, reason: str = "", suspend_until: date | None = None
) -> Declined | None:
    """Decide a case; or give back why that cannot be, and nothing was written."""
    async with _sit_down(sitting) as opened:
        return (await opened.docket.take(_decision(sitting, name, ruling, reason, suspend_until))).declined


async def list_exemptions(sitting: Sitting) -> list[Granted]:
    """List the exceptions that people granted and that somebody may end."""
    async with _sit_down(sitting) as opened:
        return [each for each in await _granted(opened) if opened.desk.may_grant(sitting.person, each.exemption)]


async def grant_exemption(sitting: Sitting, wish: Wish) -> str:
    """Grant an exception from today on, and give its name.

    Raises:
        ConfigurationError: it cannot be granted. Nothing was written.
    """
    _check_reason(wish.reason, "--reason 'The team has one member this season.'")
    async with _sit_down(sitting) as opened:
        today = opened.desk.day.day
        wrong = _wrong(wish, opened.desk)
        if wrong is not None:
            raise ConfigurationError(wrong)
        team, person = TeamId(wish.team) if wish.team else None, PersonId(wish.person) if wish.person else None
        name = f"granted {secrets.token_hex(8)}"
        exemption = Exemption(name, wish.rule, wish.until, today, team, person, sitting.person, wish.reason)
        if not opened.desk.may_grant(sitting.person, exemption):
            raise ConfigurationError("Only who stands above everybody it would excuse can grant this exception.")
        written = await opened.house.ledger.write(opened.recorder.granted(exemption, sitting.now, sitting.account))
        return Granted(0 if written is None else written.seq, exemption).name


async def end_exemption(sitting: Sitting, name: str, reason: str) -> None:
    """End an exception before its time.

    Raises:
        ConfigurationError: there is none of this name to end, or it has ended already. Nothing was written.
    """
    _check_reason(reason, "--reason 'The team has two members now.'")
    async with _sit_down(sitting) as opened:
        found = next((each for each in await _granted(opened) if each.name == name.strip().upper()), None)
        if found is None or not opened.desk.may_grant(sitting.person, found.exemption):
            raise ConfigurationError(
                f"There is no exception {name} that you can end. One that stands in the settings is taken out there."
            )
        if not found.stands(opened.desk.day.day):
            raise ConfigurationError(f"{found.name} has ended already, so there is nothing to end.")
        look = View(sitting.account, reason, sitting.person)
        if await opened.house.ledger.write(opened.recorder.ended(found.exemption, look, sitting.now)) is None:
            raise ConfigurationError(f"{found.name} has ended already, so there is nothing to end.")


async def _granted(opened: Open) -> list[Granted]:
    return await opened.house.ledger.read(lambda connection, master: list(granted(connection, master)))


def _wrong(wish: Wish, desk: Desk) -> str | None:
    """Say what is wrong with a wish for an exception, and how to mend it."""
    named = {each.name: each for each in rules.every()}
    if wish.rule not in named:
        return f"There is no rule '{wish.rule}'.{nearest(wish.rule, [*named])}"
    if not wish.team and not wish.person:
        return "Name whom it is for: --team, --person or both. An exception for everybody is none."
    if excuses_nothing(named[wish.rule], person=bool(wish.person)):
        return f"Nothing that '{wish.rule}' finds can be excused so. docs/cases.md says what can be."
    if wish.team and TeamId(wish.team) not in desk.day.teams:
        return f"The roster has no team '{wish.team}' today."
    if wish.person and PersonId(wish.person) not in desk.day.people:
        return f"The roster has no '{wish.person}' today. Name a person by sourcedId."
    if wish.until < desk.day.day:
        return f"It would have ended on {wish.until} already. Name a day that is still to come."
    return None


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
