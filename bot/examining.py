"""Looks at the district's live platforms without standing there: what is missing, and what can be seen."""

import asyncio
import json
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final

import discord
from sqlalchemy import Connection, select

from adapters.discord import doctor
from adapters.discord.automod import compare
from adapters.discord.client import Client
from adapters.discord.doctor import Around
from adapters.discord.platform import point_at_proxy, refusal
from adapters.discord.versions import PLATFORM
from adapters.notebook import Notebook
from adapters.oneroster import edition_of, read_lists
from bot.checkup import Remark
from bot.disk import is_there
from bot.errors import ConfigurationError
from bot.later import open_slow
from bot.lists import Lists
from bot.looking_at_slack import cover_slack, examine_slack
from bot.on_discord import discord_setup, notebook_of
from bot.stand import LivePlan, now
from bot.store.database import read_database
from bot.store.tables import ENTRY
from bot.store.turn import Turn
from bot.what_reads import how_it_reads
from bot.wiring import kept_lists

PATIENCE: Final = 60.0
"""Seconds in which the servers have to be known."""

Section = tuple[str, list[Remark]]
"""A heading, and what stands under it."""

Covering = tuple[str, list[str]]
"""A heading, and the lines under it."""


async def examine(plan: LivePlan) -> list[Section]:
    """Look at every live platform that the settings name, and say what is missing there."""
    settings, around = plan.configuration.settings, _around(plan)
    async with open_slow(plan.configuration) as opened:
        found: list[Section] = [("Reading", [*await asyncio.to_thread(how_it_reads, plan.configuration), opened.sight])]
    exposed = [*plan.configuration.exposed()]
    found += [("Keys and secrets", exposed)] if exposed else []
    found += await _examine_discord(plan, around) if settings.discord.servers else []
    return found + (await examine_slack(plan, lists_of(plan), around) if settings.slack.workspace else [])


async def cover(plan: LivePlan) -> list[Covering]:
    """List every place of every live platform with what can be seen there, and what never can."""
    settings = plan.configuration.settings
    found = await _cover_discord(plan) if settings.discord.servers else []
    return found + (await cover_slack(plan, lists_of(plan)) if settings.slack.workspace else [])


async def _examine_discord(plan: LivePlan, around: Around) -> list[Section]:
    """Connect, look, and say what is missing: of the application, then of each server."""
    async with _connected(plan) as client:
        found: list[Section] = [("Discord", [*doctor.overall(client, around)])]
        for each in _servers(client):
            rules = client.setup.automod
            here = replace(around, automod=await compare(each, rules) if rules else ())
            found.append((each.name, [*doctor.examine(client, each, here)]))
        return found


async def _cover_discord(plan: LivePlan) -> list[Covering]:
    """Connect, and list every channel of each server with what can be seen there."""
    async with _connected(plan) as client:
        found: list[Covering] = [
            (each.name, [str(one) for one in doctor.cover(client, each)]) for each in _servers(client)
        ]
    return [*found, ("What Discord never shows, and what cannot be done there", [*doctor.NEVER_SHOWN])]


def _servers(client: Client) -> list[discord.Guild]:
    return sorted(client.served, key=lambda each: each.name)


@asynccontextmanager
async def _connected(plan: LivePlan) -> AsyncIterator[Client]:
    """Connect as the bot, beside one that may be running: Discord lets both in. Nothing is heard and nothing done."""
    plan.check()
    token, ready = plan.configuration.discord_token(), asyncio.Event()
    directory, setup = plan.directory(PLATFORM, lists_of(plan)), discord_setup(plan.configuration)
    client = Client(setup, Notebook(notebook_of(plan.place)), directory, lambda _: None)

    async def is_ready() -> None:
        ready.set()

    client.when_ready = is_ready
    point_at_proxy(setup)
    connecting, waiting = asyncio.create_task(client.start(token)), asyncio.create_task(ready.wait())
    try:
        await asyncio.wait({connecting, waiting}, timeout=PATIENCE, return_when=asyncio.FIRST_COMPLETED)
        if not ready.is_set():
            raise _why_not(connecting.exception() if connecting.done() else None)
        yield client
    finally:
        waiting.cancel()
        await client.close()
        await asyncio.gather(connecting, return_exceptions=True)


def _why_not(fault: BaseException | None) -> ConfigurationError:
    """Say in plain words what Discord refused for good, or that it could not be reached: not if a filter answers."""
    if isinstance(fault, discord.LoginFailure | discord.PrivilegedIntentsRequired):
        return refusal(fault)
    kind = "" if fault is None else f" ({type(fault).__name__})"  # it may be a fault of the program
    return ConfigurationError(f"Discord could not be reached{kind}. Look at the network, or at discord.api_base.")


@dataclass(frozen=True, slots=True)
class Written:
    """What the record tells of when somebody listened."""

    last: datetime | None = None
    last_message: datetime | None = None


def _around(plan: LivePlan) -> Around:
    """Gather what no connection tells: the roster's age, when something was heard last, how long nobody listened."""
    written, at = _written(plan), now()
    down = 0 if written.last is None or _is_running(plan) else int((at - written.last).total_seconds() // 60)
    days = plan.configuration.settings.roster.stale_after_days
    return Around(at, edition_of(plan.roster).as_of, days, written.last_message, down)


def _is_running(plan: LivePlan) -> bool:
    """Say whether a Chaperone stands on this database now."""
    return Turn(plan.place.database).is_stayed_at


def _written(plan: LivePlan) -> Written:
    if not is_there(plan.place.database):
        return Written()
    with read_database(plan.place.database) as connection:
        return Written(_moment(connection, ()), _moment(connection, ("judged",)))


def _moment(connection: Connection, kinds: Sequence[str]) -> datetime | None:
    """Read when the last entry, or the last of some kinds, was written."""
    query = select(ENTRY.c.body).order_by(ENTRY.c.seq.desc()).limit(1)
    body = connection.scalar(query.where(ENTRY.c.kind.in_(kinds)) if kinds else query)
    return None if body is None else datetime.fromisoformat(json.loads(body)["at"])


def lists_of(plan: LivePlan) -> Lists:
    """Read the people from the record, beside whoever writes it; before there is one, from the roster's files."""
    kept = kept_lists(plan.place)
    if kept is None:
        return Lists() if plan.roster is None else read_lists(plan.roster).lists
    return kept
