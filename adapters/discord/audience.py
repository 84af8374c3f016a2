"""Who can read a place on Discord. Several of the library's own attributes answer another question than this one.

`VoiceChannel.members` is who is connected, `Thread.members` is mostly empty, `Thread.permissions_for` answers for the
parent, and a server whose members were not all fetched knows hardly anybody: then nobody can say who reads.
"""

from collections.abc import Collection, Iterable, Iterator
from typing import Final

import discord
from discord.abc import GuildChannel

from bot.people import AccountId
from bot.platform import UNKNOWN_READERS, Readers

Place = GuildChannel | discord.Thread
"""A channel of any kind, or a thread."""


VOICE: Final = (discord.VoiceChannel, discord.StageChannel)
"""Rooms in which people talk; each has a chat, too."""


class Audiences:
    """Who can read each channel: counted once, and kept until something in its server changes."""

    def __init__(self) -> None:
        """Know nothing yet."""
        self._known: dict[int, dict[int, Readers]] = {}

    def of(self, place: Place) -> Readers:
        """Give who can read a channel, or a thread that everybody reads who can read its channel."""
        channel = place.parent if isinstance(place, discord.Thread) else place
        if channel is None or not place.guild.chunked:
            return UNKNOWN_READERS
        counted = self._known.setdefault(place.guild.id, {})
        found = counted.get(channel.id)
        if found is None:
            found = counted[channel.id] = _count(channel)
        return found

    def of_private(self, thread: discord.Thread, added: Collection[int]) -> Readers:
        """Give who can read a private thread: of those who can read its channel, who was added or may manage threads.

        `added` are the ids of its members, as Discord tells them now.
        """
        channel = thread.parent
        if channel is None or not thread.guild.chunked:
            return UNKNOWN_READERS
        above = (member for member in _people(thread.guild, self.of(thread).accounts))
        reading = [each for each in above if each.id in added or channel.permissions_for(each).manage_threads]
        return Readers(_accounts(reading), _accounts(each for each in reading if each.id in added))

    def forget(self, server: int) -> None:
        """Count anew in a server: somebody came or left, or a role, a channel or a permission is another."""
        self._known.pop(server, None)


def can_see(channel: GuildChannel, member: discord.Member) -> bool:
    """Say whether somebody sees what is written in a channel: in a room, only who may also connect to it."""
    allowed = channel.permissions_for(member)
    return allowed.view_channel and (allowed.connect or not isinstance(channel, VOICE))


def _count(channel: GuildChannel) -> Readers:
    """Count the people who can see a channel. Who is timed out sees it still, but no room; bots are nobody.

    Its members are those who can read it because it was opened to them, by name or by a role, and not to everybody.
    """
    people = (each for each in channel.guild.members if not each.bot)
    reading = [each for each in people if can_see(channel, each)]
    opened = {target.id for target, overwrite in channel.overwrites.items() if overwrite.view_channel}
    opened.discard(channel.guild.default_role.id)
    named = (each for each in reading if each.id in opened or any(role.id in opened for role in each.roles))
    return Readers(_accounts(reading), _accounts(named))


def connected(channel: discord.VoiceChannel | discord.StageChannel) -> Readers:
    """Give the people who are connected to a room now."""
    if not channel.guild.chunked:
        return UNKNOWN_READERS
    present = _accounts(_people(channel.guild, (AccountId(str(each)) for each in channel.voice_states)))
    return Readers(present, present)


def _people(guild: discord.Guild, accounts: Iterable[AccountId]) -> Iterator[discord.Member]:
    members = (guild.get_member(int(each)) for each in accounts)
    yield from (each for each in members if each is not None and not each.bot)


def _accounts(members: Iterable[discord.Member]) -> frozenset[AccountId]:
    return frozenset(AccountId(str(each.id)) for each in members)
