"""The adapter with its own connection, on our small Discord: for what breaks on the way."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from adapters.discord.platform import Discord
from adapters.discord.setup import Setup
from adapters.discord.versions import PLATFORM
from adapters.notebook import Notebook
from bot.directory import Directory
from bot.roster import Roster
from tests.discord.channels import Channel
from tests.discord.guilds import Guild
from tests.discord.server import TOKEN, Server, point_at, until
from tests.discord.stage import linked, mark, notice_of
from tests.discord.world import User
from tests.district import HIGH, SOCCER, ZONE


@dataclass(slots=True)
class Campus:
    """A server with a team of three, their coach, and the office."""

    server: Server
    guild: Guild
    team: Channel
    private: Channel
    people: dict[str, User]
    roster: Roster


@dataclass(slots=True)
class Connected:
    """The adapter, connected to it."""

    discord: Discord
    roster: Roster


def campus(server: Server) -> Campus:
    """Put up the server. It outlives any connection to it."""
    guild = server.guild("Alder Brook High")
    coaches = guild.role("Coach")
    people = {name: server.user(name) for name in ("coach", "s1", "s2", "s3", "principal", "director")}
    for name, user in people.items():
        guild.member(user, [coaches] if name == "coach" else [])
    accounts = {name: user.id for name, user in people.items()}
    team, private = guild.text_channel("soccer"), guild.text_channel("private-matters")
    return Campus(server, guild, team, private, people, Roster(linked(accounts), ZONE))


@asynccontextmanager
async def connected(
    place: Campus, folder: Path, *, first: bool | None = None, also: tuple[Guild, ...] = ()
) -> AsyncIterator[Connected]:
    """Connect, and wait until everything that happened meanwhile was asked for. `also` are the district's others."""
    setup = Setup(
        frozenset({place.guild.id, *(each.id for each in also)}),
        {place.team.id: SOCCER},
        {HIGH: place.private.id},
        api_base=place.server.address.rest,
        gateway=place.server.address.gateway,
    )
    notebook = Notebook(folder / "discord.notebook")
    discord = Discord(
        setup,
        Directory(PLATFORM, place.roster, lambda: datetime.now(ZONE).date()),
        notebook,
        mark,
        notice_of,
        lambda: datetime.now(UTC),
        first=not notebook.marks if first is None else first,
    )
    with point_at(place.server.address):
        staying = asyncio.create_task(discord.stay_connected(TOKEN))
        try:
            await until(lambda: discord.caught_up or staying.done())
            yield Connected(discord, place.roster)
        finally:
            await discord.close()
            staying.cancel()
            await asyncio.wait({staying})
