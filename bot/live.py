"""Runs the house on live platforms until it is told to stop."""

import asyncio
import re
import secrets
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Final

import structlog

import rules
from adapters.mail import Mail, open_mail
from adapters.notebook import Notebook
from adapters.oneroster import who_has
from adapters.postal import Postal
from adapters.rehearsal import Rehearsal
from bot.actions import Alert, Ask, Copy, Deed, Tell
from bot.config import Configuration
from bot.directory import Directory
from bot.errors import ConfigurationError
from bot.letter import CopyNotice, Letter, note_of_copy, write_code
from bot.moderator import Moderator
from bot.notice import Notice
from bot.people import PersonId, SchoolId, TeamId
from bot.platform import Outcome, Platform
from bot.registrar import Registrar
from bot.roster import LinkedAccount, Lists, Roster
from bot.rule import Rule
from bot.store import memory
from bot.store.people import link as keep_link
from bot.store.people import load_lists
from bot.store.record import Recorder
from bot.store.whole import finish
from bot.wiring import (
    House,
    HouseFiles,
    bring_roster,
    build_moderator,
    build_reader,
    build_roster,
    exemptions_in_force,
    keep_checkpoint,
    letterhead,
    letters,
    mail_server,
    open_house,
    take_up,
    told_to_stop,
)
from rules.employee_04_group_messages import GroupMessages
from rules.general_09_link_shorteners import LinkShorteners, known_shorteners
from rules.general_11_anonymizers import Anonymizers, known_anonymizers

if TYPE_CHECKING:
    from adapters.discord.automod import KeywordRule
    from adapters.discord.platform import Discord
    from adapters.discord.setup import Setup

LOG: Final = structlog.get_logger("chaperone.live")

PIECE: Final = 1_800
"""Characters of the policy in one message."""

LOOKED_FOR_EVERY: Final = 0.25
"""Seconds between two looks at whether somebody asks for a turn."""

TIDY_EVERY: Final = timedelta(hours=1)
"""How often what is due is forgotten, and the checkpoint moved on."""


@dataclass(frozen=True, slots=True)
class LivePlan:
    """Where to keep things, and what the settings say."""

    place: HouseFiles
    configuration: Configuration
    tell: Callable[[str], None]
    """Told, in a sentence, what is going on."""

    @property
    def roster(self) -> Path | None:
        """Name the district's roster files."""
        path = self.configuration.settings.roster.path
        return None if path is None else self.configuration.resolve(path)

    def check(self) -> str:
        """Refuse what cannot work, before anything is opened. Give Discord's token."""
        every = rules.every()
        self.configuration.rules(every)
        self.configuration.exemptions(every)
        return self.configuration.discord_token()


def now() -> datetime:
    """Read the clock on the wall."""
    return datetime.now(UTC)


async def run(plan: LivePlan) -> None:
    """Stand in front of the district's servers until told to stop."""
    token = plan.check()
    async with open_house(plan.place, now()) as house:
        for note in await bring_roster(house, plan.roster, plan.configuration, now()):
            plan.tell(note)
        lists = await house.ledger.read(load_lists)
        async with _mail(plan) as mail:
            await _stand(house, lists, plan, mail, token)


async def _stand(house: House, lists: Lists, plan: LivePlan, mail: Mail | None, token: str) -> None:
    """Connect, take up what an earlier run left, and follow what happens."""
    settings, zone = plan.configuration.settings, plan.configuration.settings.zone
    roster = build_roster(lists, plan.configuration, roster_read_at(plan.roster))
    moderator = await build_moderator(house, roster, plan.configuration, now)
    directory = Directory("discord", roster, lambda: now().astimezone(zone).date())
    stood = await house.ledger.read(lambda connection, master: memory.has_stood(connection, master, directory.platform))
    discord = build_discord(house, plan, directory, first=not stood)
    discord.client.registrar = _registrar(house, roster, plan, mail)
    discord.client.copied, discord.client.policy = moderator.copied, policy_pieces()
    write = letters(lists, letterhead(plan.configuration), house.database.master)
    door: Platform = discord if mail is None else Postal(discord, mail, write)
    if settings.discord.rehearse:
        door = Rehearsal(door)
        plan.tell("Rehearsal: everything is written. Done is only what a person orders, and alerts about safety.")
    with told_to_stop() as stop:
        live = LiveHouse(house, plan, roster, moderator, door, discord.client.look_at_servers_again)
        connection = house.tasks.create_task(discord.stay_connected(token))
        doing = (live.keep_house(), live.lend_turns(), _note_that_it_stood(house, discord))
        beside = [house.tasks.create_task(each) for each in doing]
        try:
            await _unless(stop, take_up(house, moderator, door, now()))
            await moderator.follow(door, house.tasks, stop)
        finally:
            for each in (*beside, connection):
                each.cancel()
            await discord.close()


async def _note_that_it_stood(house: House, discord: "Discord") -> None:
    """Put down, once the first start is over, that there was one: the next reads what it has missed."""
    while not discord.caught_up:  # noqa: ASYNC110 (a connection that breaks takes it back)
        await asyncio.sleep(1)
    await house.ledger.write(Recorder(house.database.master).stood(discord.name, now()))


def _registrar(house: House, roster: Roster, plan: LivePlan, mail: Mail | None) -> Registrar:
    """Let people link their accounts, with codes by mail."""
    head, path = letterhead(plan.configuration), plan.roster

    async def owner(address: str) -> PersonId | None:
        if path is not None:
            return await asyncio.to_thread(who_has, path, address)
        return next((each.id for each in roster.lists.people if each.active and each.mail_address == address), None)

    def send(address: str, code: str) -> None:
        if mail is not None:
            house.tasks.create_task(_deliver(mail, write_code(head, code, address, secrets.token_hex(16))))

    async def link(line: LinkedAccount) -> None:
        async with house.ledger.still():
            await finish(_keep(house, line))
        roster.renew(await house.ledger.read(load_lists))

    return Registrar(
        "discord",
        roster,
        plan.configuration.settings.district.mail_domains,
        owner,
        send if mail is not None else None,
        link,
        lambda: f"{secrets.randbelow(1_000_000):06}",
        now,
    )


async def _deliver(mail: Mail, letter: Letter) -> None:
    """Send a code. What is lost is asked for again."""
    try:
        receipt = await mail.send(letter)
    except Exception as error:  # noqa: BLE001 (whatever fails, the house goes on standing)
        LOG.warning("a code could not be sent", fault=type(error).__name__)
        return
    if receipt.outcome is not Outcome.DONE:
        LOG.warning("a code was not sent", outcome=receipt.outcome)


async def _keep(house: House, line: LinkedAccount) -> None:
    async with house.database.engine.begin() as connection:
        await connection.run_sync(keep_link, house.database.master, line, now())


async def _unless(stop: asyncio.Event, doing: Coroutine[None, None, None]) -> None:
    """Do something, and leave off when told to stop: a platform may be slow to answer, or not there."""
    async with asyncio.TaskGroup() as tasks:
        task, stopping = tasks.create_task(doing), tasks.create_task(stop.wait())
        await asyncio.wait({task, stopping}, return_when=asyncio.FIRST_COMPLETED)
        task.cancel()
        stopping.cancel()


def build_discord(house: House, plan: LivePlan, directory: Directory, *, first: bool) -> "Discord":
    """Build the adapter from the settings. Its library is loaded here, and only where it is needed.

    `first` says whether it was never heard here. Marks in the notebook say otherwise, too.
    """
    from adapters.discord.platform import Discord  # noqa: PLC0415

    master = house.database.master
    notebook = Notebook(notebook_of(plan.place))
    return Discord(
        discord_setup(plan.configuration),
        directory,
        notebook,
        lambda deed: master.index("note", deed.id).hex()[:16],
        _notice(plan),
        now,
        first=first and not notebook.marks,
    )


def notebook_of(place: HouseFiles) -> Path:
    """Name the file in which the adapter remembers ids of Discord's own."""
    return place.database.with_name(f"{place.database.name}.discord")


def discord_setup(configuration: Configuration) -> "Setup":
    """Say what the settings say of the district's servers. In rehearsal nothing is changed there by itself."""
    from adapters.discord.setup import Setup  # noqa: PLC0415

    told, built = configuration.settings.discord, configuration.rules(rules.every())
    rule = next(each for each in built if isinstance(each, GroupMessages))
    return Setup(
        frozenset(told.servers),
        {channel: TeamId(team) for team, channels in told.teams.items() for channel in channels},
        {SchoolId(school): channel for school, channel in told.private.items()},
        frozenset(told.advisor_roles),
        frozenset(told.trusted_apps),
        timedelta(seconds=rule.voice_grace_seconds),
        rule.disconnect_voice,
        told.pause_direct_messages and not told.rehearse,
        told.deny_private_threads and not told.rehearse,
        _automod(built) if told.automod and not told.rehearse else (),
        told.api_base.rstrip("/"),
        told.gateway,
    )


def _automod(built: tuple[Rule, ...]) -> "tuple[KeywordRule, ...]":
    """Say what Discord itself is to stop: the hosts of the two rules about links, with the district's own settings."""
    from adapters.discord.automod import Hosts, wanted  # noqa: PLC0415

    short = next(each for each in built if isinstance(each, LinkShorteners))
    hiding = next(each for each in built if isinstance(each, Anonymizers))
    return wanted(
        Hosts(known_shorteners(), short.also, short.allowed), Hosts(known_anonymizers(), hiding.also, hiding.allowed)
    ).rules


def policy_pieces() -> dict[str, tuple[str, ...]]:
    """Cut the district's words at their sections, and each section into pieces that a chat message holds."""
    sections: dict[str, tuple[str, ...]] = {}
    _, *parts = re.split(r"^(\w+ Guidelines):$", (rules.FOLDER / "policy.txt").read_text("utf-8"), flags=re.MULTILINE)
    for name, text in zip(parts[::2], parts[1::2], strict=True):
        pieces = [f"**{name}**"]
        for line in filter(None, map(str.strip, text.splitlines())):
            if len(pieces[-1]) + len(line) > PIECE:
                pieces.append("")
            pieces[-1] = f"{pieces[-1]}\n{line}".strip()
        sections[name] = tuple(pieces)
    return sections


def _notice(plan: LivePlan) -> Callable[[Deed], Notice | None]:
    """Say what a deed tells somebody."""
    head = letterhead(plan.configuration)

    def notice_of(deed: Deed) -> Notice | None:
        match deed.action:
            case Tell(notice=notice) | Ask(notice=notice) | Alert(notice=notice):
                return notice
            case Copy(to=to, office=office, sent_at=datetime() as sent_at) as copy if deed.copy:
                return note_of_copy(head, CopyNotice(deed.copy, sent_at, to, office, copy.stands_in))
            case _:
                return None

    return notice_of


@asynccontextmanager
async def _mail(plan: LivePlan) -> AsyncIterator[Mail | None]:
    server = mail_server(plan.configuration)
    if server is None:
        plan.tell("Mail: no server is configured, so nobody is told of copies by mail.")
        yield None
        return
    async with open_mail(server, now) as mail:
        yield mail


def roster_read_at(path: Path | None) -> datetime | None:
    """Say how old a roster is: as old as the newest of its files."""
    if path is None:
        return None
    files = [each for each in path.rglob("*") if each.is_file()] if path.is_dir() else [path]
    newest = max((each.stat().st_mtime for each in files), default=None)
    return None if newest is None else datetime.fromtimestamp(newest, UTC)


@dataclass(frozen=True, slots=True)
class LiveHouse:
    """A house that stands live: what has to be told when something was changed beside it."""

    house: House
    plan: LivePlan
    roster: Roster
    moderator: Moderator
    door: Platform
    changed: Callable[[], None]
    """Told that people may be others now."""

    async def keep_house(self) -> None:
        """Again and again: forget what is due, move the checkpoint on, and read the roster where it is a new one."""
        zone, read_at = self.plan.configuration.settings.zone, roster_read_at(self.plan.roster)
        while True:
            await self.house.ledger.forget(now().astimezone(zone).date(), now())
            await keep_checkpoint(self.house)
            await asyncio.sleep(TIDY_EVERY.total_seconds())
            if roster_read_at(self.plan.roster) != read_at:
                read_at = roster_read_at(self.plan.roster)
                await self._read_roster()

    async def _read_roster(self) -> None:
        """Import a roster that has come meanwhile. One that cannot be read changes nothing, and is told of."""
        last = await self.house.ledger.read(lambda connection, _: memory.last_entry(connection))
        try:
            async with self.house.ledger.still():
                notes = await finish(bring_roster(self.house, self.plan.roster, self.plan.configuration, now()))
        except ConfigurationError as error:
            self.plan.tell(f"The new roster was not read. {error}")
            return
        for note in notes:
            self.plan.tell(note)
        await self.refresh(last)

    async def lend_turns(self) -> None:
        """Let somebody at the command line write in between: look at a case, decide it, grant an exception."""
        while True:
            await asyncio.sleep(LOOKED_FOR_EVERY)
            if self.house.database.turn.is_asked_for:
                last = await self.house.ledger.read(lambda connection, _: memory.last_entry(connection))
                async with self.house.ledger.still():
                    await finish(self.house.database.turn.lend())
                await self.refresh(last)

    async def refresh(self, after: int) -> None:
        """Go on with what was changed since an entry: people, exceptions, and what is to be done."""
        lists = await self.house.ledger.read(load_lists)
        self.roster.renew(lists, roster_read_at(self.plan.roster))
        exemptions = await exemptions_in_force(self.house, self.plan.configuration)
        self.moderator.renew(build_reader(lists, self.plan.configuration), exemptions)
        self.changed()
        await take_up(self.house, self.moderator, self.door, now(), after)
