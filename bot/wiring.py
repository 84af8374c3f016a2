"""Puts together what stands in every house: people, rules, mail, and whoever judges and acts by them."""

import asyncio
import signal
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Final

import rules
from adapters.mail import Server
from adapters.oneroster import read_lists
from bot.actions import Alert, Ask, Copy, Deed, Tell
from bot.census import IF_RIGHT, IF_RIGHT_IN_AUDIT, Changes, compare, merge, refuse_large_drop
from bot.checkup import Remark
from bot.config import Configuration
from bot.disk import is_there
from bot.fault import point
from bot.house import LIVE, House, HouseFiles, calm_collector, open_house
from bot.judge import Exemption
from bot.letter import CopyNotice, Letter, Letterhead, write_letter, write_waiting
from bot.lists import Lists
from bot.moderator import Moderator
from bot.people import PersonId
from bot.platform import Platform, carrier
from bot.readings.signs import Slow
from bot.roster import Roster
from bot.rounds import ReadingRoom, ReadSlowly
from bot.store import memory
from bot.store.audit import Audit, verify
from bot.store.checkpoint import Checkpoint
from bot.store.database import Database, read_database
from bot.store.exemptions import granted
from bot.store.people import import_lists, load_lists
from bot.store.record import Recorder
from bot.store.vault import MasterKey, read_master_key
from bot.summary import Summary, summarise
from bot.what_reads import build_reader, open_study

PATIENCE: Final = 15.0
"""Seconds that somebody at the command line waits for a Chaperone that runs beside it."""

OF_UNKNOWN_AGE: Final = "Nobody knows how old {} is, so a person is asked wherever a message would be removed."


async def import_roster(
    database: Database,
    path: Path,
    now: datetime,
    day: date | None,
    tell: Callable[[Changes, tuple[str, ...]], None] | None = None,
    *,
    allow_large: bool,
    dry_run: bool = False,
    if_right: str = IF_RIGHT,
) -> tuple[Changes, tuple[str, ...]]:
    """Read roster files, compare them with what is kept, and apply them unless told not to.

    `day` is today by the district's clock: roles that have ended by then are left out. The audit of a history keeps
    them all, for it has days of its own.
    """
    async with database.reading().connect() as connection:
        old = await connection.run_sync(load_lists, database.master)
    reading = read_lists(path, day, frozenset(each.id for each in old.people))
    new = merge(old, reading.lists)
    changes = compare(old, new, day)
    if tell is not None:
        tell(changes, reading.notes)  # who is asked whether it is right has to see what would go
    refuse_large_drop(changes, allow_large, if_right)
    if changes.any and not dry_run:
        async with database.engine.begin() as connection:
            await connection.run_sync(import_lists, database.master, new, changes, now)
            point("imported")
    return changes, reading.notes


async def import_into(
    place: HouseFiles,
    path: Path,
    now: datetime,
    day: date,
    tell: Callable[[Changes, tuple[str, ...]], None],
    *,
    allow_large: bool,
    dry_run: bool,
) -> Changes:
    """Import a roster by itself. A dry run where there is no database yet makes none."""
    if dry_run and not is_there(place.database):
        reading = read_lists(path, day)
        changes = compare(Lists(), reading.lists)
        tell(changes, reading.notes)
        return changes
    async with open_house(place, now, PATIENCE) as house:
        changes, _ = await import_roster(house.database, path, now, day, tell, allow_large=allow_large, dry_run=dry_run)
        return changes


def kept_lists(place: HouseFiles) -> Lists | None:
    """Read the people from the record, beside whoever writes it; None before there is one."""
    if not is_there(place.database):
        return None
    master = read_master_key(place.key_file, place.database)
    with read_database(place.database) as connection:
        return load_lists(connection, master)


def mail_server(configuration: Configuration) -> Server | None:
    """Say through which server letters go; None while none is configured."""
    mail = configuration.settings.mail
    if not mail.host:
        return None
    return Server(
        mail.host,
        mail.port,
        mail.from_address,
        mail.security,
        mail.username,
        configuration.mail_password(),
        mail.timeout_seconds,
    )


def letterhead(configuration: Configuration) -> Letterhead:
    """Say what all letters of this district share."""
    return Letterhead(configuration.settings.mail.domain, configuration.settings.zone)


def letters(
    addresses: Callable[[], Mapping[PersonId, str]], head: Letterhead, master: MasterKey
) -> Callable[[Deed], Letter | None]:
    """Say who writes the letter about a copy: to the address that the roster has at that moment, or to nobody."""

    def write(deed: Deed) -> Letter | None:
        known = addresses()
        match deed.action:
            case Copy(to=to, office=office, sent_at=datetime() as sent_at) as copy if deed.copy and to in known:
                notice = CopyNotice(deed.copy, sent_at, to, office, copy.stands_in, deed.id)
                return write_letter(head, notice, known[to], master.index)
            case Tell(to=to) | Ask(to=to) | Alert(to=to) as note if to in known:
                return write_waiting(head, deed.id, known[to], master.index, alerts=isinstance(note, Alert))
            case _:
                return None

    return write


async def look(place: HouseFiles) -> tuple[Summary, Audit]:
    """Read the ledger: whether it still proves itself, and then what came of it. Writes nothing and needs no key."""
    return await asyncio.to_thread(_look, place)


def _look(place: HouseFiles) -> tuple[Summary, Audit]:
    calm_collector()
    with read_database(place.database) as connection:
        audit = verify(connection, Checkpoint.read(place.checkpoint))
        return Summary() if audit.faults else summarise(connection), audit


async def bring_roster(house: House, path: Path | None, configuration: Configuration, now: datetime) -> list[str]:
    """Import the roster that is configured, and give the notes about it for a person."""
    if path is None:
        known = await house.ledger.read(load_lists)
        return [] if known.people else ["No roster was named, so every author is a stranger."]
    live = house.place.purpose == LIVE
    day = now.astimezone(configuration.settings.zone).date() if live else None
    if_right = IF_RIGHT if live else IF_RIGHT_IN_AUDIT
    _, notes = await import_roster(house.database, path, now, day, allow_large=False, if_right=if_right)
    return [f"Roster: {note}" for note in notes]


def build_roster(lists: Lists, configuration: Configuration, as_of: datetime | None) -> Roster:
    """Say who is who, from lists that are as old as `as_of` says; without it they count as fresh."""
    settings = configuration.settings
    return Roster(lists, settings.zone, as_of, timedelta(days=settings.roster.stale_after_days))


async def build_moderator(
    house: House,
    roster: Roster,
    configuration: Configuration,
    now: Callable[[], datetime],
    today: datetime | None = None,
    patience: float | None = None,
    slow: Mapping[Slow, ReadSlowly] | None = None,
) -> tuple[Moderator, list[Remark]]:
    """Build the moderator from what is configured and what earlier runs left, and say how words are read.

    `now` is the platform's clock; `today`, where it is another, the one on the wall. `patience` is how many seconds
    after hearing it words may wait for the models; None: as long as it takes. `slow` are readings that are made later.
    """
    master = house.database.master
    standing = await house.ledger.read(memory.standing)
    every = rules.every()
    recorder = Recorder(master)
    for exemption in configuration.exemptions(every):
        await house.ledger.write(recorder.granted(exemption, today or now()))
    reader = build_reader(roster.lists, configuration)
    study, reading = await asyncio.to_thread(open_study, reader, configuration, patience)
    moderator = Moderator(
        roster,
        reader,
        configuration.rules(every),
        await exemptions_in_force(house, configuration),
        standing,
        house.ledger,
        recorder,
        now,
        ReadingRoom(study, slow or {}),
    )
    return moderator, reading


async def exemptions_in_force(house: House, configuration: Configuration) -> tuple[Exemption, ...]:
    """List the standing exceptions: of the settings, and those that people granted and nobody has ended."""
    by_people = await house.ledger.read(lambda connection, key: list(granted(connection, key)))
    theirs = tuple(each.exemption for each in by_people if each.ended is None)
    return configuration.exemptions(rules.every()) + theirs


async def take_up(
    house: House, moderator: Moderator, platform: Platform, now: datetime, after: int = 0, last: int | None = None
) -> None:
    """Finish the deeds that an earlier run left open and that this platform carries, before anything new is heard.

    A report that a crash kept from its case is put there now: not every platform tells it again.

    Others may stand beside it, and take up their own. `after` and `last` are entries: only what was written between
    them is taken up. Whoever does it while something is heard has to name both, or what is being done already would be
    done twice.

    What was decided at the command line waits by the clock on the wall, whatever clock the platform has.
    """
    left = await house.ledger.read(
        lambda connection, master: [*memory.deeds(connection, master, after=after, last=last)]
    )
    copied = await house.ledger.ask(memory.copied)
    moderator.performer.know_not_shown(await house.ledger.ask(memory.not_shown))
    by_the_wall = await house.ledger.ask(memory.decided_at_console)
    ready = [
        (_due(deed, now) if deed.cause in by_the_wall else deed, state)
        for deed, state, _ in left
        if carrier(deed, platform) == platform.name
    ]
    reports = await house.ledger.read(memory.reports_left, platform.name, after, last)
    await moderator.take_up(ready, copied, platform, reports)


def _due(deed: Deed, now: datetime) -> Deed:
    """Let a deed wait no longer once its moment has passed."""
    return replace(deed, until=None) if deed.until is not None and deed.until <= now else deed


@contextmanager
def told_to_stop() -> Iterator[asyncio.Event]:
    """Turn SIGTERM and Ctrl-C into a wish to stop: what is on its way is finished, nothing new is begun."""
    loop, stop = asyncio.get_running_loop(), asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)
    try:
        yield stop
    finally:
        for number in (signal.SIGTERM, signal.SIGINT):
            loop.remove_signal_handler(number)
