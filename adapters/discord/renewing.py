"""Renews what Discord lets end by itself: a pause of direct messages after a day, a timeout after 28 days.

AutoMod is looked at with them: people change its rules, too.
"""

from datetime import datetime, timedelta
from typing import Final

import discord
import structlog

from adapters.discord.client import Client
from adapters.discord.failures import FAILURES
from bot.people import AccountId

LOG: Final = structlog.get_logger("chaperone.discord")

PAUSE: Final = timedelta(hours=24)
"""Discord's limit for a pause of direct messages."""

LONGEST_TIMEOUT: Final = timedelta(days=28)
"""Discord's limit for a timeout."""

BEFORE: Final = timedelta(hours=6)
"""How long before its end something is renewed: an outage of a few hours leaves no gap."""


async def renew(client: Client, now: datetime) -> None:
    """Renew what would end soon and should not yet. What cannot be renewed is tried again the next time."""
    for guild in [each for each in client.guilds if client.serves(each)]:
        await _renew_pause(client, guild, now)
        await client.keep_automod_in_step(guild)
    for account, ends in list(client.notebook.paused.items()):
        await _renew_timeout(client, AccountId(account), datetime.fromisoformat(ends), now)


async def _renew_pause(client: Client, guild: discord.Guild, now: datetime) -> None:
    if not client.setup.pause_direct_messages:
        return
    ends = guild.dms_paused_until
    if ends is not None and ends - now > BEFORE:
        return
    try:
        await guild.edit(dms_disabled_until=now + PAUSE - timedelta(minutes=1))
    except FAILURES as error:
        LOG.warning("direct messages could not be paused", server=guild.id, fault=type(error).__name__)


async def _renew_timeout(client: Client, account: AccountId, ends: datetime, now: datetime) -> None:
    """Hold a pause that a person decided until its day, also for whoever left and came back."""
    if ends <= now:
        return
    for member in client.members(account):
        until = member.timed_out_until
        if until is not None and (until >= ends - timedelta(minutes=1) or until - now > BEFORE):
            continue
        try:
            await member.timeout(timeout_until(ends, now), reason="a person decided it")
        except FAILURES as error:
            LOG.warning("a timeout could not be renewed", fault=type(error).__name__)


def timeout_until(ends: datetime, now: datetime) -> datetime:
    """Say until when somebody can be timed out now."""
    return min(ends, now + LONGEST_TIMEOUT - timedelta(minutes=1))
