"""Renews what Discord lets end by itself: a pause of direct messages after a day, a timeout after 28 days.

AutoMod is looked at with them: people change its rules, too.
"""

from collections.abc import Iterable
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

PRIVATE_THREADS: Final = discord.Permissions(create_private_threads=True)
ANY_WRITING: Final = discord.Permissions(send_messages=True, create_public_threads=True, create_private_threads=True)

BEFORE: Final = timedelta(hours=6)
"""How long before its end a pause of direct messages is renewed: an outage of a few hours leaves no gap."""

RENEWED_AFTER: Final = timedelta(days=7)
"""How soon a timeout is renewed that is to last on: an outage of three weeks leaves no gap."""

CLOSE: Final = timedelta(minutes=1)
"""Two ends so close are the same."""


async def renew(client: Client, now: datetime) -> None:
    """Renew what would end soon and should not yet. What cannot be renewed is tried again the next time."""
    for guild in client.served:
        await _renew_pause(client, guild, now)
        await client.keep_automod_in_step(guild)
        await _deny_threads(client, guild)
    for account, ends in list(client.notebook.paused.items()):
        if account in client.notebook.paused:  # a person may have ended it meanwhile
            await _renew_timeout(client, AccountId(account), datetime.fromisoformat(ends), now)
    for account, ends in list(client.notebook.freed.items()):
        await _free(client, AccountId(account), datetime.fromisoformat(ends), now)


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


async def _deny_threads(client: Client, guild: discord.Guild) -> None:
    """Deny private threads in the teams' channels, and any writing in those for private matters, to all but us.

    A private thread is a group message that only its members see. What is denied here stays denied: it is no place's
    closing, which ends by itself.
    """
    if not client.setup.denies_threads:
        return
    roles = [guild.default_role, *(each for each in guild.roles if each.name in client.setup.advisor_roles)]
    for channel in _text_channels(guild, client.setup.teams):
        for role in roles:
            await _deny(channel, role, PRIVATE_THREADS)
    for channel in _text_channels(guild, client.setup.private.values()):
        if await _allow_us(channel):
            for role in roles:
                await _deny(channel, role, ANY_WRITING)


def _text_channels(guild: discord.Guild, ids: Iterable[int]) -> list[discord.TextChannel]:
    return [each for each in map(guild.get_channel, ids) if isinstance(each, discord.TextChannel)]


async def _allow_us(channel: discord.TextChannel) -> bool:
    """Allow ourselves by name what is about to be denied to everybody; say whether it is allowed."""
    allowed, denied = channel.overwrites_for(channel.guild.me).pair()
    if ANY_WRITING.value & ~allowed.value == 0:
        return True
    opened = discord.PermissionOverwrite.from_pair(
        discord.Permissions(allowed.value | ANY_WRITING.value), discord.Permissions(denied.value & ~ANY_WRITING.value)
    )
    return await _set(channel, channel.guild.me, opened)


async def _set(
    channel: discord.TextChannel, target: discord.Role | discord.Member, overwrite: discord.PermissionOverwrite
) -> bool:
    try:
        await channel.set_permissions(target, overwrite=overwrite, reason="private threads are for Chaperone to open")
    except FAILURES as error:
        LOG.warning("private threads could not be denied", place=channel.id, fault=type(error).__name__)
        return False
    return True


async def _deny(channel: discord.TextChannel, role: discord.Role, wanted: discord.Permissions) -> None:
    """Deny a role something in a channel, unless it is denied already or cannot be had."""
    allowed, denied = channel.overwrites_for(role).pair()
    missing = wanted.value & ~denied.value
    is_open = role.is_default() or allowed.value & missing
    if not missing or not is_open:
        return
    closed = discord.PermissionOverwrite.from_pair(
        discord.Permissions(allowed.value & ~missing), discord.Permissions(denied.value | missing)
    )
    await _set(channel, role, closed)


async def _renew_timeout(client: Client, account: AccountId, ends: datetime, now: datetime) -> None:
    """Hold a pause that a person decided until its day, also for whoever left and came back."""
    if ends <= now:
        return
    for member in client.members(account):
        until = member.timed_out_until
        if until is not None and (until >= ends - CLOSE or until - now > LONGEST_TIMEOUT - RENEWED_AFTER):
            continue
        try:
            await hold(client, member, ends, now)
        except FAILURES as error:
            LOG.warning("a timeout could not be renewed", fault=type(error).__name__)


async def _free(client: Client, account: AccountId, ends: datetime, now: datetime) -> None:
    """End what is left of a pause that a person ended early: Discord holds it against whoever leaves and comes back.

    It is told by its end. What ends otherwise was set by a person.
    """
    if ends <= now:
        client.notebook.freed.pop(account, None)
        return
    for member in client.members(account):
        until = member.timed_out_until
        if until is None or abs(until - ends) > CLOSE:
            continue
        try:
            await member.timeout(None, reason="a person ended it")
        except FAILURES as error:
            LOG.warning("a timeout could not be ended", fault=type(error).__name__)


async def hold(client: Client, member: discord.Member, ends: datetime, now: datetime) -> None:
    """Time somebody out as a person decided, until a pause ends or for as long as Discord allows.

    Until when is remembered, so that ours is told from one that a person set by hand. That stays if it lasts longer.
    """
    until, ours = min(ends, now + LONGEST_TIMEOUT - CLOSE), client.notebook.timed_out.get(str(member.id))
    longer = member.timed_out_until is not None and member.timed_out_until >= until
    if longer and is_by_hand(member, ours):
        return
    client.notebook.timed_out[str(member.id)] = until.isoformat()
    client.notebook.write()
    await member.timeout(until, reason="a person decided it")


def is_by_hand(member: discord.Member, ours: str | None) -> bool:
    """Say whether a person timed somebody out by hand: it lasts longer than `ours`, until when we last did."""
    until = member.timed_out_until
    return until is not None and (ours is None or until > datetime.fromisoformat(ours) + CLOSE)
