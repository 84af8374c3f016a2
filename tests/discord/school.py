"""A small school on our own Discord, and a bare client that writes down what it hears."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import discord
from discord import app_commands

from tests.discord.channels import Channel
from tests.discord.server import TOKEN, Server, point_at, until


def unwatched() -> discord.Intents:
    """Ask for all but presences."""
    intents = discord.Intents.all()
    intents.presences = False
    return intents


class Listener(discord.Client):
    """A client that writes down what it hears, and waits no longer than it has to."""

    def __init__(self, intents: discord.Intents | None = None) -> None:
        super().__init__(intents=intents or unwatched(), guild_ready_timeout=0.5)
        self.tree = app_commands.CommandTree(self)
        self.heard: list[tuple[str, Any]] = []

    def dispatch(self, event: str, /, *args: object, **kwargs: object) -> None:
        self.heard.append((event, args[0] if args else None))
        super().dispatch(event, *args, **kwargs)

    def texts(self, event: str = "message") -> list[str]:
        """Give the texts that came with one kind of event."""
        return [each.content for name, each in self.heard if name == event]

    def count(self, event: str) -> int:
        """Count one kind of event."""
        return sum(name == event for name, _ in self.heard)


class School:
    """A guild with a coach, two students and one channel."""

    def __init__(self, server: Server) -> None:
        self.guild = server.guild("Riverside High")
        self.coaches = self.guild.role("Coach")
        self.coach = server.user("coach rivera")
        self.ana, self.ben = server.user("ana"), server.user("ben")
        self.guild.member(self.coach, [self.coaches])
        self.guild.member(self.ana)
        self.guild.member(self.ben)
        self.team = self.guild.text_channel("team")


@asynccontextmanager
async def started(client: Listener, server: Server) -> AsyncIterator[asyncio.Task[None]]:
    """Start a client and give the task it runs in, for tests of how that ends."""
    with point_at(server.address):
        task = asyncio.create_task(client.start(TOKEN))
        await until(client.is_ready)
        yield task
        await client.close()


def text_channel(client: discord.Client, channel: Channel) -> discord.TextChannel:
    """Find a channel as the library knows it."""
    found = client.get_channel(channel.id)
    assert isinstance(found, discord.TextChannel)
    return found
