"""Runs the house on live platforms until it is told to stop."""

import asyncio
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final

from adapters.keeping import Keeping
from adapters.mail import Mail, open_mail
from adapters.oneroster import Edition, edition_of
from adapters.postal import Postal
from adapters.rehearsal import Rehearsal
from bot.actions import Deed
from bot.disk import unreadable
from bot.errors import ConfigurationError
from bot.exhibit import Exhibit
from bot.house import House, keep_checkpoint, open_house
from bot.later import open_slow
from bot.platform import Platform
from bot.readings.picture import Pictures
from bot.stand import Ground, LivePlan, Stand, now
from bot.store import memory
from bot.store.people import load_lists
from bot.store.record import Recorder
from bot.store.whole import finish
from bot.what_reads import build_reader
from bot.wiring import (
    OF_UNKNOWN_AGE,
    bring_roster,
    build_moderator,
    build_roster,
    exemptions_in_force,
    mail_server,
    take_up,
    told_to_stop,
)

PATIENCE: Final = 1.0
"""Seconds after hearing it that words may wait for the models; what takes longer is read later."""

LOOKED_FOR_EVERY: Final = 0.25
"""Seconds between two looks at whether somebody asks for a turn."""

TIDY_EVERY: Final = timedelta(hours=1)
"""How often what is due is forgotten, and the checkpoint moved on."""

LONG_AGO: Final = datetime.min.replace(tzinfo=UTC)
"""As old is a roster of which nobody knows how old it is."""


async def run(plan: LivePlan) -> None:
    """Stand in front of the district's servers until told to stop."""
    plan.check()
    async with open_house(plan.place, now()) as house:
        in_force = await first_roster(house, plan)
        lists = await house.ledger.read(load_lists)
        async with _mail(plan) as mail, open_slow(plan.configuration) as later:
            roster = build_roster(lists, plan.configuration, in_force.edition.as_of)
            moderator, reading = await build_moderator(
                house, roster, plan.configuration, now, patience=PATIENCE, slow=later.slow
            )
            for each in (*reading, later.sight):
                plan.tell(each.what)
            ground = Ground(house, plan, roster, moderator, mail)
            await _stand(ground, await _stands(plan, ground), in_force, later.pictures)


async def first_roster(house: House, plan: LivePlan) -> "InForce":
    """Import the roster at a start. Where it cannot be, go on with the people of before, and say so.

    Who does not start watches nobody. Only where there are no people of before is it refused. Nobody knows how old
    those are, so they are too old to remove by; so are people whose files the settings do not name.
    """
    known = await house.ledger.read(load_lists)
    found = edition_of(plan.roster)  # before it is read: what comes meanwhile is another
    try:
        notes = await bring_roster(house, plan.roster, plan.configuration, now())
    except (ConfigurationError, OSError) as error:
        if plan.roster is None or not known.people:
            raise
        said = _not_read(plan.roster, error)
        plan.tell(said)
        plan.tell(OF_UNKNOWN_AGE.format("that one"))
        return InForce(Edition(as_of=LONG_AGO), said)
    for note in notes:
        plan.tell(note)
    if plan.roster is None:
        if known.people:
            plan.tell(f"roster.path names no files. {OF_UNKNOWN_AGE.format('the roster')}")
        return InForce(Edition(as_of=LONG_AGO))
    return InForce(found)


def _not_read(path: Path, error: ConfigurationError | OSError) -> str:
    why = unreadable(path, error) if isinstance(error, OSError) else error
    return f"The roster was not read anew, so the one before stays. {why}"


async def _stands(plan: LivePlan, ground: Ground) -> list[Stand]:
    """Put up each platform that the settings name; the library of no other is loaded."""
    settings, stands = plan.configuration.settings, []
    if settings.discord.servers:
        from bot.on_discord import stand_on_discord  # noqa: PLC0415

        stands.append(await stand_on_discord(ground))
    if settings.slack.workspace:
        from bot.on_slack import stand_on_slack  # noqa: PLC0415

        stands.append(await stand_on_slack(ground))
    return stands


async def _stand(ground: Ground, stands: list[Stand], in_force: "InForce", pictures: Pictures | None) -> None:
    """Connect, take up what an earlier run left, and follow what happens."""
    house = ground.house
    left = await house.ledger.ask(memory.last_entry)
    doors = tuple(_door(ground, each, pictures) for each in stands)
    with told_to_stop() as stop:
        live = LiveHouse(ground, doors, lambda: _all_changed(stands), in_force)
        doing = (live.keep_house(), live.lend_turns(stop), *(each.stay() for each in stands))
        beside = [house.tasks.create_task(each) for each in doing]
        beside += [house.tasks.create_task(_note_that_it_stood(house, each)) for each in stands]
        try:
            async with asyncio.TaskGroup() as following:
                for door in doors:
                    following.create_task(_follow(ground, door, stop, left))
        finally:
            for each in beside:
                each.cancel()
            for stand in stands:
                await stand.close()
            ground.moderator.close()


def _all_changed(stands: list[Stand]) -> None:
    for each in stands:
        each.changed()


async def _follow(ground: Ground, door: Platform, stop: asyncio.Event, left: int) -> None:
    """Take up what an earlier run left on one platform, up to its last entry, and follow what happens there."""
    await _unless(stop, take_up(ground.house, ground.moderator, door, now(), last=left))
    await ground.moderator.follow(door, ground.house.tasks, stop)


def _door(ground: Ground, stand: Stand, pictures: Pictures | None) -> Platform:
    """Keep what a platform takes away, put the district's mail beside it, and rehearsal before it."""
    plan, recorder = ground.plan, Recorder(ground.house.database.master)

    async def keep(removal: Deed, exhibit: Exhibit) -> None:
        await ground.house.ledger.write(recorder.kept(removal, exhibit, now()))

    door: Platform = Keeping(stand.platform, pictures, keep)
    if ground.mail is not None:
        door = Postal(door, ground.mail, ground.letters(stand.platform.name))
    if stand.rehearse:
        door = Rehearsal(door)
        plan.tell("Rehearsal: everything is written. Done is only what a person orders, and alerts about safety.")
    return door


async def _note_that_it_stood(house: House, stand: Stand) -> None:
    """Put down, once the first start is over, that there was one: the next reads what it has missed."""
    while not stand.caught_up():  # noqa: ASYNC110 (a connection that breaks takes it back)
        await asyncio.sleep(1)
    await house.ledger.write(Recorder(house.database.master).stood(stand.platform.name, now()))


async def _unless(stop: asyncio.Event, doing: Coroutine[None, None, None]) -> None:
    """Do something, and leave off when told to stop: a platform may be slow to answer, or not there."""
    async with asyncio.TaskGroup() as tasks:
        task, stopping = tasks.create_task(doing), tasks.create_task(stop.wait())
        await asyncio.wait({task, stopping}, return_when=asyncio.FIRST_COMPLETED)
        task.cancel()
        stopping.cancel()


@asynccontextmanager
async def _mail(plan: LivePlan) -> AsyncIterator[Mail | None]:
    server = mail_server(plan.configuration)
    if server is None:
        plan.tell("Mail: no server is configured, so nobody is told of copies by mail.")
        yield None
        return
    async with open_mail(server, now) as mail:
        yield mail


@dataclass(slots=True)
class InForce:
    """The roster that was applied last, and what was told of one that could not be applied after it."""

    edition: Edition
    told: str = ""


@dataclass(frozen=True, slots=True)
class LiveHouse:
    """A house that stands live: what has to be told when something was changed beside it."""

    ground: Ground
    doors: tuple[Platform, ...]
    changed: Callable[[], None]
    """Told that people may be others now."""
    in_force: InForce

    async def keep_house(self) -> None:
        """Again and again: forget what is due, move the checkpoint on, and read the roster where it is a new one."""
        zone = self.ground.plan.configuration.settings.zone
        while True:
            await self.ground.house.ledger.forget(now().astimezone(zone).date(), now())
            await keep_checkpoint(self.ground.house)
            await asyncio.sleep(TIDY_EVERY.total_seconds())
            await self._look_at_roster()

    async def _look_at_roster(self) -> None:
        """Import a roster that has come meanwhile. One that cannot be read changes nothing, and is told of once.

        It is tried again each time: a file may be gone for a moment, while another is put in its place.
        """
        house, plan = self.ground.house, self.ground.plan
        found = edition_of(plan.roster)  # before it is read: what comes meanwhile is another
        if plan.roster is None or found == self.in_force.edition:
            self.in_force.told = ""
            return
        try:
            async with house.ledger.still():
                notes = await finish(bring_roster(house, plan.roster, plan.configuration, now()))
        except (ConfigurationError, OSError) as error:
            self._tell_once(_not_read(plan.roster, error))
            return
        self.in_force.edition, self.in_force.told = found, ""
        for note in notes:
            plan.tell(note)
        await self.refresh(found.as_of)

    def _tell_once(self, what: str) -> None:
        if what != self.in_force.told:
            self.ground.plan.tell(what)
        self.in_force.told = what

    async def lend_turns(self, stop: asyncio.Event) -> None:
        """Let somebody at the command line write in between: look at a case, decide it, grant an exception."""
        while True:
            await asyncio.sleep(LOOKED_FOR_EVERY)
            if self.ground.house.database.turn.is_asked_for:
                after, last = await self._lend_turn(stop)
                await self._go_on()
                for door in self.doors:
                    await take_up(self.ground.house, self.ground.moderator, door, now(), after, last)

    async def _lend_turn(self, stop: asyncio.Event) -> tuple[int, int]:
        """Let somebody write, and give the entries before and at the end of what they wrote.

        Both are read while we write nothing. What we plan ourselves is in our own hands, and not to be taken up again.
        """
        ledger = self.ground.house.ledger
        async with ledger.still():
            after = await ledger.ask(memory.last_entry)
            await finish(self._lent(stop))
            return after, await ledger.ask(memory.last_entry)

    async def _lent(self, stop: asyncio.Event) -> None:
        """Lend the turn. Unless it comes back, nothing may be written any more, not even on the way out."""
        try:
            await self.ground.house.database.turn.lend(stop)
        except ConfigurationError as fault:
            self.ground.house.ledger.end(fault)
            raise

    async def _go_on(self) -> None:
        """Go on after a turn was lent. Who imported a roster then may have allowed one that was refused before."""
        before = self.ground.roster.lists
        await self.refresh()
        if self.ground.roster.lists != before:
            await self._look_at_roster()

    async def refresh(self, as_of: datetime | None = None) -> None:
        """Go on with what was changed beside us: people and exceptions. Without `as_of` nobody is newer."""
        lists = await self.ground.house.ledger.read(load_lists)
        self.ground.roster.renew(lists, as_of)
        exemptions = await exemptions_in_force(self.ground.house, self.ground.plan.configuration)
        self.ground.moderator.renew(build_reader(lists, self.ground.plan.configuration), exemptions)
        self.changed()
