"""Helps tests to put the Discord adapter before the peer `simcord`, a Discord that somebody else wrote."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Final, Protocol

import discord
import simcord

from adapters.discord.platform import Discord
from adapters.discord.setup import Setup
from adapters.discord.versions import PLATFORM
from adapters.notebook import Notebook
from bot.actions import Alert, Ask, Copy, Deed, Tell
from bot.directory import Directory
from bot.house import House
from bot.lists import LinkedAccount, Lists
from bot.moderator import Moderator
from bot.notice import Notice
from bot.people import AccountId, PersonId
from bot.platform import Heard, Tick
from bot.roster import Roster
from bot.store import memory
from bot.store.record import Recorder
from bot.wiring import take_up
from rules.employee_04_group_messages import GroupMessages
from rules.general_11_anonymizers import Anonymizers
from tests.district import HIGH, SOCCER, ZONE, lists, reader
from tests.store.house import house

if TYPE_CHECKING:
    from bot.standing import Standing

COACH_ROLE: Final = "Coach"

Overwrites = dict[
    simcord.RoleHandle
    | simcord.MemberActor
    | simcord.UserHandle
    | discord.Role
    | discord.Member
    | discord.User
    | discord.ClientUser,
    discord.PermissionOverwrite,
]
"""Who may do what in a channel."""


def mark(deed: Deed) -> str:
    """Tell deeds apart in tests."""
    return f"{deed.id:0>16}"[-16:]


def notice_of(deed: Deed) -> Notice | None:
    """Give the note that a deed hands over."""
    match deed.action:
        case Tell(notice=notice) | Ask(notice=notice) | Alert(notice=notice):
            return notice
        case Copy():
            return Notice("You get a copy.", "Employee Guidelines 4", "Nothing.", "Nothing.", "Ask.")
        case _:
            return None


@dataclass(slots=True)
class School:
    """A server as a school would have it: a team channel, one for private matters, and the people of the roster."""

    env: simcord.Env
    discord: Discord
    guild: simcord.GuildHandle
    team: simcord.ChannelHandle
    private: simcord.ChannelHandle
    people: dict[str, simcord.MemberActor]
    roles: dict[str, simcord.RoleHandle]
    roster: Roster

    async def heard(self) -> list[Heard]:
        """Take everything that was heard so far, but for time passing."""
        await self.env.settle()
        found: list[Heard] = []
        while not self.discord._heard.empty():
            found.append(self.discord._heard.get_nowait())
        return [each for each in found if not isinstance(each, Tick)]

    async def until(self, holds: Callable[[], bool], seconds: float = 10) -> None:
        """Wait until something holds: the house works beside the test."""
        for _ in range(int(seconds * 50)):
            await self.env.settle()
            if holds():
                return
            await asyncio.sleep(0.02)
        raise AssertionError("it never came about")

    async def restart(self, folder: Path) -> None:
        """Let another run of ours come in, which knows what the first left in its notebook."""
        setup = self.discord.client.setup
        self.discord.client.notebook.write()
        self.discord = adapter(folder, setup, self.roster, first=False)
        await self.env.restart_bot(self.discord.client)
        await self.heard()

    def notes(self, name: str) -> list[str]:
        """Read what we wrote to somebody alone."""
        return [each.content for each in self.people[name].user.dm_channel.history()]


def linked(accounts: dict[str, int]) -> Lists:
    """Give the district's lists with its people's accounts on Discord."""
    links = tuple(LinkedAccount(PLATFORM, AccountId(str(id_)), PersonId(name)) for name, id_ in accounts.items())
    base = lists()
    return Lists(base.people, links, base.offices, base.teams, base.consents, base.absences)


PEOPLE: Final = ("coach", "advisor", "s1", "s2", "s3", "principal", "director", "parent", "stranger")
"""Who is on the server. Nobody is linked to the stranger's account."""


def adapter(folder: Path, setup: Setup, roster: Roster, *, first: bool) -> Discord:
    """Build the adapter as a start does; what it remembers stands in the folder."""
    return Discord(
        setup,
        Directory(PLATFORM, roster, lambda: datetime.now(ZONE).date()),
        Notebook(folder / "discord.notebook"),
        mark,
        notice_of,
        lambda: datetime.now(UTC),
        first=first,
    )


@asynccontextmanager
async def open_school(folder: Path, also: tuple[str, ...] = (), setup: Setup | None = None) -> AsyncIterator[School]:
    """Open a school's server with its people, and let our own client come in once everything stands."""
    idle = discord.Client(intents=discord.Intents.all())
    async with simcord.run(idle, check_errors=False, settle_timeout=60) as env:
        guild = env.create_guild("Alder Brook High")
        roles = {name: guild.create_role(name) for name in (COACH_ROLE, "Soccer", "Office")}
        held = {"coach": ["Coach", "Soccer"], "principal": ["Office"], "director": ["Office"]}
        held |= {name: ["Soccer"] for name in ("s1", "s2", "s3")} | {name: ["Office"] for name in also}
        people = {
            name: guild.add_member(env.create_user(name), roles=[roles[each] for each in held.get(name, ())])
            for name in (*PEOPLE, *also)
        }
        assert idle.user is not None
        seen = discord.PermissionOverwrite(view_channel=True)
        overwrites: Overwrites = {guild.default_role: discord.PermissionOverwrite(view_channel=False), idle.user: seen}
        overwrites |= {roles[name]: seen for name in ("Soccer", "Office")}
        team = guild.create_text_channel("soccer", overwrites=overwrites)
        private = guild.create_text_channel("private-matters", overwrites=overwrites)
        base = setup or Setup(frozenset())
        stands = replace(
            base, servers=frozenset({guild.id}), teams={team.id: SOCCER, **base.teams}, private={HIGH: private.id}
        )
        accounts = {name: each.id for name, each in people.items() if name != "stranger"}
        roster = Roster(linked(accounts), ZONE)
        ours = adapter(folder, stands, roster, first=True)
        await env.restart_bot(ours.client)
        stage = School(env, ours, guild, team, private, people, roles, roster)
        await stage.heard()
        yield stage


class Behind(Protocol):
    """A server that a house can stand behind."""

    discord: Discord
    roster: Roster


@asynccontextmanager
async def moderated(stage: Behind, folder: Path) -> AsyncIterator[House]:
    """Let a real house stand behind the server: what is heard is judged, written and done."""
    stop = asyncio.Event()
    async with house(folder, datetime.now(UTC)) as opened:
        recorder = Recorder(opened.database.master)
        standing: Standing = await opened.ledger.read(memory.standing)
        rules = (GroupMessages(), Anonymizers())
        moderator = Moderator(
            stage.roster, reader(), rules, [], standing, opened.ledger, recorder, lambda: datetime.now(UTC)
        )
        stage.discord.client.copied = moderator.copied
        await take_up(opened, moderator, stage.discord, datetime.now(UTC))
        following = asyncio.create_task(moderator.follow(stage.discord, opened.tasks, stop))
        try:
            yield opened
        finally:
            stop.set()
            await following
