"""Runs the house on histories until they have ended, and says what came of it."""

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import date, datetime, time, timedelta
from itertools import islice
from pathlib import Path
from typing import Final

import rules
from adapters.mail import open_mail
from adapters.postal import Postal
from adapters.rehearsal import Rehearsal
from adapters.replay import Board, OnRoster, Replay, open_history
from adapters.replay.names import id_alone
from bot.config import Configuration
from bot.disk import is_there
from bot.errors import ConfigurationError
from bot.house import LIVE, House, HouseFiles, open_house
from bot.lists import Day, Lists
from bot.platform import Platform, Post
from bot.store import memory, past
from bot.store.audit import Audit
from bot.store.people import load_lists
from bot.store.record import Recorder
from bot.strangers import strange_exceptions
from bot.summary import Summary
from bot.what_reads import open_scorer, worth_telling
from bot.wiring import (
    bring_roster,
    build_moderator,
    build_roster,
    letterhead,
    letters,
    look,
    mail_server,
    take_up,
    told_to_stop,
)

FIRST: Final = 100
"""By so many posts at its beginning a history is known again."""


@dataclass(slots=True)
class Ran:
    """What a run came to."""

    summary: Summary
    """Empty where the ledger does not hold: what it tells is not counted then."""
    audit: Audit
    heard: int
    notes: list[str] = field(default_factory=list)
    skipped: int = 0
    stopped: bool = False


@dataclass(frozen=True, slots=True)
class ReplayPlan:
    """Which histories to replay, with whose roster, into which database."""

    place: HouseFiles
    files: Sequence[Path]
    roster: Path | None
    configuration: Configuration
    now: datetime
    progress: Callable[[int, int], None]
    """Told bytes read and bytes in all."""
    named_by_file: bool = False
    """Whether nobody chose the database: its name is the first file's, and another file may have had that name."""

    def check(self) -> None:
        """Refuse what cannot work, before a database is made for it."""
        self.configuration.refuse_mistakes(rules.every())
        open_scorer(self.configuration)
        if self.roster is not None and not is_there(self.roster):
            raise ConfigurationError(f"There is no {self.roster}. Name a OneRoster export, a folder or a zip.")


async def replay(plan: ReplayPlan) -> Ran:
    """Replay histories through the whole journey; ends when they have ended and every deed was tried."""
    with told_to_stop() as stop:
        return await _replay(plan, stop)


async def _replay(plan: ReplayPlan, stop: asyncio.Event) -> Ran:
    histories = [open_history(path) for path in plan.files]
    plan.check()
    total = sum(each.bytes_total for each in histories)
    platform = Replay(histories, Board(plan.place.board), lambda read: plan.progress(read, total))
    async with open_house(plan.place, plan.now) as house:
        await _refuse_to_mix(house, plan)
        notes = await bring_roster(house, plan.roster, plan.configuration, plan.now)
        lists = await house.ledger.read(load_lists)
        notes += await _follow(house, lists, plan, platform, stop)
        stopped = stop.is_set()  # whoever asks for it from here on comes too late: all was heard
        if not stopped:
            now = min(plan.now, platform.now())  # a mistyped year in a history must not forget everything
            await house.ledger.forget(now.astimezone(plan.configuration.settings.zone).date(), now)
    summary, audit = await look(plan.place)
    strange = strange_exceptions(plan.configuration, lists, date.min)  # a history may be of any time
    notes += [
        *(f"{each.what} {each.mend}" for each in strange),
        *_stale(plan, platform.now()),
        *(note for each in histories for note in each.notes),
    ]
    return Ran(summary, audit, platform.heard, notes, sum(each.skipped for each in histories), stopped)


async def _follow(house: House, lists: Lists, plan: ReplayPlan, platform: Replay, stop: asyncio.Event) -> Sequence[str]:
    """Carry the histories through the house. Give what is to be told of how their words were read."""
    platform.earlier = await house.ledger.read(memory.spoken_of, platform.name)
    platform.listed = OnRoster(
        frozenset(each.account for each in lists.accounts if each.platform == platform.name),
        frozenset(each.team for each in lists.teams),
    )
    roster = build_roster(lists, plan.configuration, _as_of(plan.configuration, plan.place))
    moderator, reading = await build_moderator(house, roster, plan.configuration, platform.now, plan.now)
    async with _door(house, lists, plan, platform) as door:
        await take_up(house, moderator, door, plan.now)
        await moderator.follow(door, house.tasks, stop)
    moderator.close()
    return worth_telling(reading)


async def _refuse_to_mix(house: House, plan: ReplayPlan) -> None:
    """Refuse a database in which the histories would stand beside others, or a second time."""
    if plan.named_by_file:
        await _refuse_another_history(house, plan.files)
    elif plan.place.purpose == LIVE:
        await _refuse_to_judge_again(house, plan.files)


async def _refuse_another_history(house: House, files: Sequence[Path]) -> None:
    """Refuse to go on in a database that holds messages, but none with which one of the files begins."""
    if not await _holds_others(house, files):
        return
    raise ConfigurationError(
        f"{house.place.database} holds another history, or one that an earlier Chaperone wrote: nothing with which "
        f"{' or '.join(map(str, files))} begins stands there. Name a database of its own with --database, or that one "
        "to go on in it all the same."
    )


async def _refuse_to_judge_again(house: House, files: Sequence[Path]) -> None:
    """Refuse what an earlier Chaperone has judged, which named posts by their id alone: to this one all would be new.

    Whoever names other files goes on in the record.
    """
    if not await _holds_others(house, files):
        return
    judged = [str(each) for each in files if await _knows_beginning(house, each, _by_id_alone)]
    if judged:
        raise ConfigurationError(
            f"{house.place.database} holds what an earlier Chaperone judged of {' and '.join(judged)}. It named posts "
            "by their id alone, and this one names them by place and id: it would judge and do all of it a second "
            "time. Take out of replay.files what was replayed, or name a new file under store.database."
        )


async def _holds_others(house: House, files: Sequence[Path]) -> bool:
    """Say whether a database holds messages, but none with which one of the files begins."""
    if not await house.ledger.ask(memory.holds_messages):
        return False
    for file in files:
        if await _knows_beginning(house, file):
            return False
    return True


async def _knows_beginning(house: House, file: Path, as_named: Callable[[Post], Post] = lambda post: post) -> bool:
    """Say whether any of the first posts of a history was judged, under the name that is given to it."""
    posts = islice((each for each in open_history(file).hear() if isinstance(each, Post)), FIRST)
    keys = [Recorder(house.database.master).once_heard(as_named(each)) for each in posts]
    known = [each for each in keys if each is not None]
    return bool(await house.ledger.ask(past.which_written, known))


def _by_id_alone(post: Post) -> Post:
    return replace(post, id=id_alone(post.place, post.id))


@asynccontextmanager
async def _door(house: House, lists: Lists, plan: ReplayPlan, platform: Platform) -> AsyncIterator[Platform]:
    """Give the platform as the settings want it: rehearsed, or with mail beside it. An audit never sends anything."""
    settings, server = plan.configuration.settings, mail_server(plan.configuration)
    if not settings.replay.mail or server is None or house.place.purpose != LIVE:
        yield Rehearsal(platform) if settings.replay.rehearse else platform
        return
    async with open_mail(server, lambda: plan.now) as mail:
        people = Day(lists, plan.now.date())
        write = letters(lambda: people.mail_addresses, letterhead(plan.configuration), house.database.master)
        door = Postal(platform, mail, write, notes=False)  # a replay's board reaches nobody
        yield Rehearsal(door) if settings.replay.rehearse else door


def _stale(plan: ReplayPlan, last: datetime) -> list[str]:
    """Warn when the roster was too old to remove by."""
    as_of, days = _as_of(plan.configuration, plan.place), plan.configuration.settings.roster.stale_after_days
    if as_of is None or last - as_of <= timedelta(days=days):
        return []
    return [f"The roster is over {days} days old. Where a message would have been removed, a person is asked instead."]


def _as_of(configuration: Configuration, place: HouseFiles) -> datetime | None:
    """Take the end of the day that the configured roster is from. An audit names a roster of its own."""
    day = configuration.settings.replay.roster_as_of if place.purpose == LIVE else None
    return None if day is None else datetime.combine(day, time.max, configuration.settings.zone)
