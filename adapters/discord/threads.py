"""Private threads that we open: for whom, on which server, and who watches over them."""

from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from typing import Final

import discord

from adapters.discord.client import Client
from bot.actions import Show
from bot.directory import Directory
from bot.message import PlaceId
from bot.people import AccountId, PersonId
from bot.texts import ENGLISH, N_

PRIVATE: Final = N_("Private {day}")
"""What a thread is called. It names nobody: its name may be seen by others."""


class PrivateThreads:
    """Opens threads, lets people in and takes them out."""

    def __init__(self, client: Client, directory: Directory, now: Callable[[], datetime]) -> None:
        """Take the connection, and who is who."""
        self._client = client
        self._directory = directory
        self._now = now

    async def find(self, place: PlaceId) -> discord.Thread | None:
        """Find the thread that was opened as a place, also one that was put away; of several the newest."""
        opened = [int(thread) for thread, opened_as in self._client.notebook.threads.items() if opened_as == place]
        for id_ in sorted(opened, reverse=True):
            known = self._client.get_channel(id_)
            if isinstance(known, discord.Thread):
                return known
            try:
                fetched = await self._client.fetch_channel(id_)
            except discord.NotFound:
                continue
            if isinstance(fetched, discord.Thread):
                return fetched
        return None

    async def _find_open(self, place: PlaceId) -> discord.Thread | None:
        """Find it unless it is locked: it was closed for good, or was for one message alone."""
        found = await self.find(place)
        return None if found is not None and found.locked else found

    async def _is_begun(self, thread: discord.Thread) -> bool:
        """Say whether anybody is in it. Who watches over it was settled then; whom it concerns may not come back."""
        return any(each.id != thread.guild.me.id for each in await thread.fetch_members())

    def channels(self, schools: Sequence[str] = ()) -> list[discord.TextChannel]:
        """List the channels for private matters: those of some schools, or all."""
        ids = [id_ for school, id_ in self._client.setup.private.items() if not schools or school in schools]
        found = (self._client.get_channel(each) for each in ids)
        return [each for each in found if isinstance(each, discord.TextChannel)]

    async def open(self, show: Show) -> discord.Thread | str:
        """Open a thread and let everybody in whom it is for, or say in a few words why that cannot be.

        It hangs under the channel of the readers' school that all of them can see. It is remembered before anybody is
        in it. One that is there already is gone on with, unless it was closed for good, and whom it is for is let in
        once more: we may have been interrupted, or they have left it. Where copies are owed, somebody has to be in it
        who gets them; an emergency does not wait for that.
        """
        schools = [school for each in show.readers for school in self._directory.schools(each)]
        candidates = self.channels(schools)
        if not candidates:
            return "no channel for private matters"
        wanted = (show.account, *show.readers)
        channel = next((each for each in candidates if all(self._member(each, account) for account in wanted)), None)
        if channel is None:
            return "somebody it is for cannot see the channel"
        overseers = [each for person in show.overseers if (each := self._person(channel, person)) is not None]
        if show.overseers and not overseers and not show.urgent:
            return "nobody who gets a copy could be let in"
        there = await self._find_open(show.place)
        watching = [] if there is not None and await self._is_begun(there) else overseers
        thread = there or await self._make(channel, show.place)
        try:
            await wake(thread)
            for member in (*watching, *(self._member(channel, account) for account in wanted)):
                if member is not None:
                    await thread.add_user(member)
        except discord.HTTPException:
            if there is None:
                await self.abandon(thread)
            raise
        return thread

    async def _make(self, channel: discord.TextChannel, place: PlaceId) -> discord.Thread:
        today = self._now().astimezone(self._directory.roster.zone)
        thread = await channel.create_thread(
            name=ENGLISH.say(PRIVATE.filled(day=f"{today:%d %b}")),
            type=discord.ChannelType.private_thread,
            invitable=False,
        )
        self._client.notebook.threads[str(thread.id)] = place
        self._client.notebook.write()
        return thread

    async def abandon(self, thread: discord.Thread) -> None:
        """Take back a thread that was opened for nothing: nobody has written in it."""
        self._client.notebook.threads.pop(str(thread.id), None)
        self._client.notebook.write()
        await thread.delete()

    async def relieve(self, thread: discord.Thread, out: Iterable[PersonId], into: Iterable[PersonId]) -> bool:
        """Let others watch over a thread: whoever comes in first, then whoever has to go. Say whether anybody came."""
        parent, came = thread.parent, False
        await wake(thread)
        for person in into:
            member = self._person(parent, person) if parent is not None else None
            if member is not None:
                await thread.add_user(member)
                came = True
        present = {each.id for each in await thread.fetch_members()}
        for person in out:
            for account in self._directory.accounts(person):
                if account.isdecimal() and int(account) in present:
                    await thread.remove_user(discord.Object(int(account)))
        return came

    def _member(self, channel: discord.TextChannel | discord.ForumChannel, account: AccountId) -> discord.Member | None:
        """Find somebody who can see a channel, by this account or by another of theirs."""
        person = self._directory.person(account)
        others = self._directory.accounts(person) if person is not None else ()
        found = (channel.guild.get_member(int(each)) for each in (account, *others) if each.isdecimal())
        return next((each for each in found if each and channel.permissions_for(each).view_channel), None)

    def _person(self, channel: discord.TextChannel | discord.ForumChannel, person: PersonId) -> discord.Member | None:
        accounts = self._directory.accounts(person)
        return next((found for each in accounts if (found := self._member(channel, each)) is not None), None)


async def wake(thread: discord.Thread) -> None:
    """Take a thread out of the archive: what is put away can neither be locked, nor anybody let in or taken out."""
    if thread.archived:
        await thread.edit(archived=False)
