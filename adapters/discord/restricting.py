"""Takes from coaches and advisors the power to write or speak in a place, and gives back exactly what was taken."""

from collections.abc import Iterator
from typing import Final, cast

import discord
from discord.abc import GuildChannel

from adapters.discord.audience import VOICE, Place, can_see
from adapters.discord.client import REFUSED, Client, can_write, is_beyond_us
from adapters.discord.failures import FAILURES, reason_of
from adapters.discord.threads import wake
from bot.platform import Outcome, Receipt
from bot.texts import ENGLISH, N_

WRITING: Final = discord.Permissions(
    send_messages=True,
    send_messages_in_threads=True,
    create_public_threads=True,
    create_private_threads=True,
)
"""What nobody needs who only reads."""

SPEAKING: Final = discord.Permissions(speak=True)
TAKEN: Final = discord.Permissions(WRITING.value | SPEAKING.value)
"""What is taken away, in a voice room also the voice."""

TO_BE_HEARD: Final = discord.Permissions(send_messages=True, send_messages_in_threads=True, speak=True)
"""With any of these somebody reaches a student."""

CLOSED = N_("Coaches cannot write here for now. Too few students can read this place.")
OPENS_BY_ITSELF = N_("Add the team's students, or ask the office. It opens again by itself.")

CARD: Final = "card"
LOCK: Final = "lock"
"""Names in the notebook beside those of roles and members: the card we put up, and that we locked a thread."""

Target = discord.Role | discord.Member
Overwrite = discord.PermissionOverwrite


async def take_away(client: Client, channel: Place, mark: str) -> Receipt:
    """Deny writing and speaking to the roles of coaches and advisors, and by name to whoever could write even so.

    What we take is remembered before it is taken: only that is ever given back. Every target is tried, whatever becomes
    of another. Owners and administrators cannot be kept from writing: then a person is asked.
    """
    taken = client.notebook.taken.setdefault(str(channel.id), {})
    if isinstance(channel, discord.Thread):
        taken[LOCK] = [0, 0]
        client.notebook.write()
        await wake(channel)
        await channel.edit(locked=True)
        return Receipt(Outcome.DONE)
    failures = [await _close_to(client, channel, target, taken) for target in _targets(client, channel)]
    reasons = [each for each in failures if each]
    if reasons:
        taken[REFUSED] = [1, 0]
        client.notebook.write()
    await _put_up_card(client, channel, mark)
    if reasons:
        return Receipt(Outcome.REFUSED, reasons[0])
    if any(is_beyond_us(each) and client.is_advisor(each) for each in _readers(channel)):
        return Receipt(Outcome.REFUSED, "an administrator cannot be kept out")
    return Receipt(Outcome.DONE)


def _takeable(channel: GuildChannel) -> int:
    """Say what can be taken here: Discord lets nobody deny what they do not hold themselves."""
    wanted = TAKEN if isinstance(channel, VOICE) else WRITING
    return wanted.value & channel.permissions_for(channel.guild.me).value


async def _close_to(client: Client, channel: GuildChannel, target: Target, taken: dict[str, list[int]]) -> str:
    """Take it from one role or member. Give a word or two about what failed; empty when nothing did."""
    allowed, denied = channel.overwrites_for(target).pair()
    ours = _takeable(channel) & ~denied.value
    if not ours:
        return "" if denied.send_messages else "lacks the permission itself"
    was_allowed, was_open = taken.get(_name(target), [0, 0])
    taken[_name(target)] = [was_allowed | (ours & allowed.value), was_open | (ours & ~allowed.value)]
    client.notebook.write()
    closed = Overwrite.from_pair(discord.Permissions(allowed.value & ~ours), discord.Permissions(denied.value | ours))
    try:
        await channel.set_permissions(target, overwrite=closed, reason="too few students can read here")
    except FAILURES as error:
        return reason_of(error)
    return ""


def _targets(client: Client, channel: GuildChannel) -> Iterator[Target]:
    """Name whose power is taken: the roles, and everybody on the roster who could write in spite of that."""
    roles = [each for each in channel.guild.roles if each.name in client.setup.advisor_roles]
    yield from roles
    for member in _readers(channel):
        if client.is_advisor(member) and not is_beyond_us(member) and _writes_anyway(channel, member, roles):
            yield member


def _readers(channel: GuildChannel) -> list[discord.Member]:
    people = (each for each in channel.guild.members if not each.bot)
    return [each for each in people if can_see(channel, each)]


def _writes_anyway(channel: GuildChannel, member: discord.Member, denied: list[discord.Role]) -> bool:
    """Say whether somebody could write although these roles may not.

    What another role, or they themselves, are allowed here counts for more than what a role is denied.
    """
    if not set(denied) & set(member.roles):
        return can_write(channel, member)
    others: list[Target] = [each for each in member.roles if each not in denied and not each.is_default()]
    allows = (channel.overwrites_for(each).pair()[0].value & TO_BE_HEARD.value for each in (*others, member))
    return any(allows)


async def give_back(client: Client, channel: Place) -> Receipt:
    """Give back what we took and nobody has changed since, also to who has left."""
    taken = client.notebook.taken.get(str(channel.id))
    if taken is None:
        return Receipt(Outcome.REFUSED, "nothing of ours to give back")
    if isinstance(channel, discord.Thread):
        await wake(channel)
        await channel.edit(locked=False)
    else:
        for name in [each for each in taken if ":" in each]:
            target = await _find(client, channel.guild, name)
            if target is not None:
                await _open_to(channel, target, *taken[name])
            del taken[name]
            client.notebook.write()
        await _take_down_card(channel, taken)
    del client.notebook.taken[str(channel.id)]
    client.notebook.write()
    return Receipt(Outcome.DONE)


async def _find(client: Client, guild: discord.Guild, name: str) -> Target | None:
    """Find a role, or somebody who may have left meanwhile; None where there is no such role any more."""
    kind, _, id_ = name.partition(":")
    if kind == "role":
        return guild.get_role(int(id_))
    left = client.get_user(int(id_)) or await client.fetch_user(int(id_))
    return guild.get_member(int(id_)) or cast("discord.Member", left)  # the library takes any user for a member here


async def _open_to(channel: GuildChannel, target: Target, was_allowed: int, was_open: int) -> None:
    allowed, denied = channel.overwrites_for(target).pair()
    still_ours = (was_allowed | was_open) & denied.value
    if not still_ours:
        return
    opened = Overwrite.from_pair(
        discord.Permissions(allowed.value | (still_ours & was_allowed)), discord.Permissions(denied.value & ~still_ours)
    )
    left = None if opened.is_empty() else opened
    await channel.set_permissions(target, overwrite=left, reason="enough students can read here")


def _name(target: Target) -> str:
    return f"{'role' if isinstance(target, discord.Role) else 'member'}:{target.id}"


async def _put_up_card(client: Client, channel: GuildChannel, mark: str) -> None:
    """Say in the place itself, once, why and what to do. It names nobody."""
    taken = client.notebook.taken[str(channel.id)]
    if CARD in taken or not isinstance(channel, discord.TextChannel | discord.VoiceChannel | discord.StageChannel):
        return
    try:
        card = await channel.send(ENGLISH.say(CLOSED, OPENS_BY_ITSELF), nonce=mark)
    except FAILURES:
        return  # the place is closed all the same
    taken[CARD] = [card.id, 0]
    client.notebook.write()


async def _take_down_card(channel: GuildChannel, taken: dict[str, list[int]]) -> None:
    if CARD in taken and isinstance(channel, discord.TextChannel | discord.VoiceChannel | discord.StageChannel):
        try:
            await channel.get_partial_message(taken[CARD][0]).delete()
        except FAILURES:
            return  # a card that stands too long harms nobody
