"""Takes from coaches and advisors the power to write or speak in a place, and gives back exactly what was taken."""

from collections.abc import Iterator
from typing import Final

import discord
from discord.abc import GuildChannel

from adapters.discord.audience import Place
from adapters.discord.client import Client, can_write
from bot.platform import Outcome, Receipt
from bot.texts import ENGLISH, N_

TAKEN: Final = discord.Permissions(
    send_messages=True,
    send_messages_in_threads=True,
    create_public_threads=True,
    create_private_threads=True,
    speak=True,
)
"""What nobody needs who only reads and listens."""

CLOSED = N_("Coaches cannot write here for now. Too few students can read this place.")
OPENS_BY_ITSELF = N_("Add the team's students, or ask the office. It opens again by itself.")

CARD: Final = "card"
LOCK: Final = "lock"
"""Names in the notebook beside those of roles and members: the card we put up, and that we locked a thread."""

Target = discord.Role | discord.Member


async def take_away(client: Client, channel: Place, mark: str) -> Receipt:
    """Deny writing and speaking to the roles of coaches and advisors, and to those of them who hold no such role.

    What we take is remembered before it is taken: only that is ever given back. Owners and administrators cannot be
    kept from writing; `chaperone doctor` names them.
    """
    taken = client.notebook.taken.setdefault(str(channel.id), {})
    if isinstance(channel, discord.Thread):
        taken[LOCK] = [0, 0]
        client.notebook.write()
        await channel.edit(locked=True)
        return Receipt(Outcome.DONE)
    for target in _targets(client, channel):
        overwrite = channel.overwrites_for(target)
        allowed, denied = overwrite.pair()
        ours = TAKEN.value & ~denied.value
        if not ours:
            continue
        was_allowed, was_open = taken.get(_name(target), [0, 0])
        taken[_name(target)] = [was_allowed | (ours & allowed.value), was_open | (ours & ~allowed.value)]
        client.notebook.write()
        closed = discord.PermissionOverwrite.from_pair(
            discord.Permissions(allowed.value & ~ours), discord.Permissions(denied.value | ours)
        )
        await channel.set_permissions(target, overwrite=closed, reason="too few students can read here")
    await _put_up_card(client, channel, mark)
    return Receipt(Outcome.DONE)


def _targets(client: Client, channel: GuildChannel) -> Iterator[Target]:
    """Name whose power is taken: the roles, and everybody on the roster who could still write without one."""
    roles = [each for each in channel.guild.roles if each.name in client.setup.advisor_roles]
    yield from roles
    for member in channel.guild.members:
        if client.is_advisor(member) and not set(roles) & set(member.roles) and can_write(channel, member):
            yield member


async def give_back(client: Client, channel: Place) -> Receipt:
    """Give back what we took and nobody has changed since."""
    taken = client.notebook.taken.get(str(channel.id))
    if taken is None:
        return Receipt(Outcome.REFUSED, "nothing of ours to give back")
    if isinstance(channel, discord.Thread):
        await channel.edit(locked=False)
    else:
        everybody: list[Target] = [*channel.guild.roles, *channel.guild.members]
        for target in everybody:
            if _name(target) in taken:
                await _open_to(channel, target, *taken[_name(target)])
        await _take_down_card(channel, taken)
    del client.notebook.taken[str(channel.id)]
    client.notebook.write()
    return Receipt(Outcome.DONE)


async def _open_to(channel: GuildChannel, target: Target, was_allowed: int, was_open: int) -> None:
    allowed, denied = channel.overwrites_for(target).pair()
    still_ours = (was_allowed | was_open) & denied.value
    opened = discord.PermissionOverwrite.from_pair(
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
    except discord.Forbidden:
        return  # the place is closed all the same, and the office hears of it
    taken[CARD] = [card.id, 0]
    client.notebook.write()


async def _take_down_card(channel: GuildChannel, taken: dict[str, list[int]]) -> None:
    if CARD in taken and isinstance(channel, discord.TextChannel | discord.VoiceChannel | discord.StageChannel):
        try:
            await channel.get_partial_message(taken[CARD][0]).delete()
        except discord.NotFound:
            return
