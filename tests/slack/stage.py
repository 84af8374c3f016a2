"""Helps tests to put the Slack adapter before the small Slack of ours, by unmodified Bolt and slack_sdk."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final

from adapters.inbox import Inbox
from adapters.notebook import Notebook
from adapters.sealing import Sealing
from adapters.slack.grants import Grants
from adapters.slack.platform import Kept, Slack
from adapters.slack.setup import Secrets, Setup
from adapters.slack.versions import PLATFORM
from bot.directory import Directory
from bot.house import House
from bot.lists import LinkedAccount, Lists
from bot.moderator import Moderator
from bot.people import AccountId, PersonId
from bot.platform import Heard, SpaceSeen, Tick
from bot.roster import Roster
from bot.rule import Rule
from bot.store import memory
from bot.store.record import Recorder
from bot.store.vault import MasterKey
from bot.wiring import take_up
from rules.employee_04_group_messages import GroupMessages
from rules.general_11_anonymizers import Anonymizers
from tests.discord.stage import mark, notice_of
from tests.district import SOCCER, ZONE, lists, reader
from tests.slack.manifest import as_manifested
from tests.slack.server.channels import Channel
from tests.slack.server.people import User
from tests.slack.server.server import Server, open_server
from tests.store.house import house

PEOPLE: Final = ("coach", "advisor", "s1", "s2", "s3", "principal", "director", "designee", "parent", "stranger")
"""Who is in the workspace. Nobody is linked to the stranger's account."""


@dataclass(slots=True)
class Workspace:
    """A workspace as a school would have it: a team's channel, and the people of the roster."""

    server: Server
    people: dict[str, User]
    team: Channel
    roster: Roster
    setup: Setup
    shift: timedelta = timedelta()
    """How far the adapter's clock is ahead."""

    def now(self) -> datetime:
        """Read the adapter's clock."""
        return datetime.now(UTC) + self.shift

    def id(self, name: str) -> AccountId:
        """Give somebody's account."""
        return AccountId(self.people[name].id)


@dataclass(slots=True)
class Stage:
    """The adapter in front of it, connected."""

    space: Workspace
    slack: Slack

    @property
    def server(self) -> Server:
        return self.space.server

    @property
    def people(self) -> dict[str, User]:
        return self.space.people

    @property
    def team(self) -> Channel:
        return self.space.team

    async def heard(self, wait: bool = True) -> list[Heard]:
        """Take everything that was heard so far, but for time passing; say that it is written."""
        found: list[Heard] = []
        for _ in range(3 if wait else 1):
            await asyncio.sleep(0.3)
            while not self.slack.landing.heard.empty():
                each = self.slack.landing.heard.get_nowait()
                await self.slack.acknowledge(each)
                found.append(each)
        return [each for each in found if not isinstance(each, Tick)]

    async def said(self) -> list[Heard]:
        """Take what was heard, without looks at places."""
        return [each for each in await self.heard() if not isinstance(each, SpaceSeen)]

    async def looks(self) -> list[SpaceSeen]:
        """Let a second pass, in which places that changed settle, and take the looks at them."""
        self.space.shift += timedelta(seconds=2)
        await until(self._has_looked)  # while one look is on its way, a tick begins no other
        await self.slack.tick()
        await until(self._has_looked)
        return [each for each in await self.heard() if isinstance(each, SpaceSeen)]

    def _has_looked(self) -> bool:
        return not self.slack.is_doing(self.slack._looks.at_what_changed)

    async def looks_again(self) -> None:
        """Let a house behind it know the places as they are."""
        self.slack.look_again()
        self.space.shift += timedelta(seconds=2)
        await self.slack.tick()
        await asyncio.sleep(3)

    def notes(self, name: str) -> list[str]:
        """Read what we wrote to somebody alone."""
        return [each.text for each in self.server.directs(self.people[name])]


async def until(holds: Callable[[], bool], seconds: float = 200) -> None:
    """Wait until something holds; the seconds are of the hasty loop, ten to one of the wall's."""
    for _ in range(int(seconds * 5)):
        if holds():
            return
        await asyncio.sleep(0.2)
    raise AssertionError("it never came about")


def linked(accounts: dict[str, str]) -> Lists:
    """Give the district's lists with its people's accounts on Slack."""
    links = tuple(LinkedAccount(PLATFORM, AccountId(id_), PersonId(name)) for name, id_ in accounts.items())
    return replace(lists(), accounts=links)


def kept(folder: Path) -> Kept:
    """Open what the adapter keeps in a folder, sealed as it is live."""
    key, _ = MasterKey(b"0" * 32).new_data_key()
    path = folder / "slack.secret"
    if not path.exists():
        path.write_bytes(key.secret)
    own = replace(key, secret=path.read_bytes(), cipher=type(key.cipher)(path.read_bytes()))
    sealing = Sealing(own.seal, own.open)
    inbox, grants = Inbox(folder / "slack.inbox", sealing), Grants(folder / "slack.grants", sealing)
    return Kept(Notebook(folder / "slack.notebook"), inbox, grants)


@asynccontextmanager
async def workspace(ack_seconds: float = 3.0) -> AsyncIterator[Workspace]:
    """Put up a workspace with its people. It outlives any connection to it."""
    async with open_server(setup=as_manifested(), ack_seconds=ack_seconds) as server:
        people = {name: server.user(name) for name in PEOPLE}
        members = [people[name] for name in ("coach", "s1", "s2", "s3")]
        team = server.channel("soccer", members)
        accounts = {name: each.id for name, each in people.items() if name != "stranger"}
        roster = Roster(linked(accounts), ZONE)
        setup = Setup({team.id: SOCCER}, api_base=server.api_url, workspace=server.team.id)
        yield Workspace(server, people, team, roster, setup)


@asynccontextmanager
async def started(
    space: Workspace, folder: Path, *, first: bool | None = None, waits: bool = False
) -> AsyncIterator[Stage]:
    """Connect; where it `waits`, until everything that happened meanwhile was asked for."""
    files, server = kept(folder), space.server
    slack = Slack(
        space.setup,
        Secrets(server.token, server.app_token, server.signing_secret),
        Directory(PLATFORM, space.roster, lambda: datetime.now(ZONE).date()),
        files,
        mark,
        notice_of,
        space.now,
        first=not files.notebook.marks if first is None else first,
    )
    staying = asyncio.create_task(slack.stay_connected())
    try:
        await until(lambda: not waits or slack.caught_up or staying.done())
        if staying.done():
            staying.result()
        yield Stage(space, slack)
    finally:
        staying.cancel()
        await asyncio.wait({staying})
        await slack.close()


def connected(space: Workspace, folder: Path, *, first: bool | None = None) -> AbstractAsyncContextManager[Stage]:
    """Connect, and wait until everything that happened meanwhile was asked for."""
    return started(space, folder, first=first, waits=True)


@asynccontextmanager
async def open_school(folder: Path) -> AsyncIterator[Stage]:
    """Open a school's workspace, and let us come in once everything stands."""
    async with workspace() as space, connected(space, folder) as stage:
        await stage.heard()
        yield stage


@asynccontextmanager
async def moderated(
    stage: Stage, folder: Path, rules: tuple[Rule, ...] = (GroupMessages(), Anonymizers())
) -> AsyncIterator[House]:
    """Let a real house stand behind the workspace: what is heard is judged, written and done."""
    stop = asyncio.Event()
    async with house(folder, datetime.now(UTC)) as opened:
        recorder = Recorder(opened.database.master)
        standing = await opened.ledger.read(memory.standing)
        moderator = Moderator(
            stage.space.roster, reader(), rules, [], standing, opened.ledger, recorder, lambda: datetime.now(UTC)
        )
        stage.slack.reception.copied = moderator.copied
        await take_up(opened, moderator, stage.slack, datetime.now(UTC))
        following = asyncio.create_task(moderator.follow(stage.slack, opened.tasks, stop))
        try:
            yield opened
        finally:
            stop.set()
            await following
