"""What hearing on Discord costs beside the bare library, and what a member costs that it remembers."""

import asyncio
import json
import tempfile
import tracemalloc
from collections import deque
from collections.abc import Sequence
from datetime import UTC, date, datetime
from pathlib import Path
from time import perf_counter
from typing import TYPE_CHECKING, Any, Final

import discord

from adapters.discord.client import INTENTS, Client
from adapters.discord.setup import Setup
from adapters.notebook import Notebook
from bench.journey import ZONE
from bot.directory import Directory
from bot.lists import Lists
from bot.people import TeamId
from bot.roster import Roster

if TYPE_CHECKING:
    from bot.platform import Heard

GUILD, CHANNEL, BOT, FIRST = 10**18, 10**18 + 1, 10**18 + 2, 10**18 + 1_000
MEMBERS: Final = 1_000
A_MOMENT: Final = "2026-11-18T15:04:00.000000+00:00"


def frames(texts: Sequence[str]) -> list[str]:
    """Write what Discord's gateway sends for each message."""
    return [
        json.dumps(_message(number, FIRST + number % MEMBERS, text)) for number, text in enumerate(texts, 2 * 10**18)
    ]


def bare(some: Sequence[str]) -> float:
    """Parse and dispatch with the library alone, to a listener that does nothing: messages a second."""
    return asyncio.run(_bare(some))


async def _bare(some: Sequence[str]) -> float:
    client = discord.Client(intents=INTENTS, max_messages=None)

    async def on_message(_: discord.Message) -> None:
        return

    client.event(on_message)
    return await _run(client, some)


def ours(some: Sequence[str]) -> float:
    """The same with our client: every message told with its words, its team, and who can read it."""
    return asyncio.run(_ours(some))


async def _ours(some: Sequence[str]) -> float:
    told: deque[Heard] = deque(maxlen=100)
    with tempfile.TemporaryDirectory() as name:
        roster = Roster(Lists(), ZONE)
        directory = Directory("discord", roster, lambda: date(2026, 11, 18))
        setup = Setup(frozenset({GUILD}), {CHANNEL: TeamId("soccer")})
        client = Client(setup, Notebook(Path(name) / "notebook"), directory, told.append)
        speed = await _run(client, some)
    if len(told) < min(len(some), 100):
        raise RuntimeError("messages were not told")
    return speed


async def _run(client: discord.Client, some: Sequence[str]) -> float:
    """Feed frames as the library's websocket does once they are decompressed."""
    state = await _prepared(client, MEMBERS)
    parse = state.parsers["MESSAGE_CREATE"]
    await asyncio.sleep(0)
    start = perf_counter()
    for number, frame in enumerate(some):
        parse(json.loads(frame))
        if number % 100 == 99:
            await asyncio.sleep(0)
    await asyncio.sleep(0)
    return len(some) / (perf_counter() - start)


async def _prepared(client: discord.Client, members: int) -> Any:  # noqa: ANN401 (the library's own state)
    """Let a client know a server as if it were connected."""
    await client._async_setup_hook()  # noqa: SLF001 (what login does before anything is sent)
    state: Any = client._connection  # noqa: SLF001
    state.user = discord.ClientUser(state=state, data=_user(BOT))
    state._add_guild_from_data(_guild(members))  # noqa: SLF001
    return state


def bytes_a_member(members: int) -> float:
    """Say how much memory each member of a server takes: the audience needs them all."""
    return asyncio.run(_bytes_a_member(members))


async def _bytes_a_member(members: int) -> float:
    tracemalloc.start()
    try:
        client = discord.Client(intents=INTENTS, max_messages=None)
        state = await _prepared(client, 1)
        before, _ = tracemalloc.get_traced_memory()
        state._remove_guild(state._get_guild(GUILD))  # noqa: SLF001
        state._add_guild_from_data(_guild(members))  # noqa: SLF001
        after, _ = tracemalloc.get_traced_memory()
        return (after - before) / members
    finally:
        tracemalloc.stop()


def _user(id_: int) -> Any:  # noqa: ANN401 (Discord's own object)
    return {"id": str(id_), "username": f"person{id_}", "discriminator": "0", "avatar": None, "global_name": None}


def _member(id_: int) -> dict[str, object]:
    return {"user": _user(id_), "roles": [], "joined_at": A_MOMENT, "deaf": False, "mute": False, "flags": 0}


def _guild(members: int) -> dict[str, object]:
    everyone = {"id": str(GUILD), "name": "@everyone", "permissions": str(1024 | 2048), "position": 0, "color": 0}
    channel = {"id": str(CHANNEL), "type": 0, "name": "soccer", "position": 0, "permission_overwrites": []}
    people = [_member(BOT), *(_member(FIRST + number) for number in range(members))]
    return {
        "id": str(GUILD),
        "name": "Alder Brook High",
        "owner_id": str(FIRST),
        "roles": [{**everyone, "hoist": False, "managed": False, "mentionable": False, "flags": 0}],
        "channels": [channel],
        "threads": [],
        "emojis": [],
        "features": [],
        "members": people,
        "member_count": len(people),
        "verification_level": 0,
        "default_message_notifications": 0,
        "explicit_content_filter": 0,
        "mfa_level": 0,
        "nsfw_level": 0,
        "premium_tier": 0,
        "system_channel_flags": 0,
        "preferred_locale": "en-US",
    }


def _message(id_: int, author: int, text: str) -> dict[str, object]:
    """A message as the gateway tells it: what it shows, who wrote it, and all that is empty."""
    member = {key: value for key, value in _member(author).items() if key != "user"}
    return {
        "id": str(id_),
        "type": 0,
        "channel_id": str(CHANNEL),
        "guild_id": str(GUILD),
        "author": _user(author),
        "member": member,
        "content": text,
        "timestamp": datetime(2026, 11, 18, 15, 4, tzinfo=UTC).isoformat(),
        "edited_timestamp": None,
        "tts": False,
        "mention_everyone": False,
        "mentions": [],
        "mention_roles": [],
        "attachments": [],
        "embeds": [],
        "components": [],
        "pinned": False,
        "flags": 0,
        "nonce": None,
    }
