"""Conversations that we open: for whom, and who watches over them.

A group conversation has the people it was opened with, for good, which suits one message and its answers. A second
matter among the same people, or somebody new who is to watch over it, needs a place of its own: a private channel.
"""

from collections.abc import Callable, Iterable
from datetime import datetime
from typing import Final

from adapters.notebook import Notebook
from adapters.slack.failures import FAILURES, code_of
from adapters.slack.hearing import Ears
from adapters.slack.web import Web
from bot.actions import Show
from bot.directory import Directory
from bot.message import PlaceId
from bot.people import AccountId, PersonId

MOST_IN_A_GROUP: Final = 8
"""So many people Slack lets into a group conversation, beside us."""


class Rooms:
    """Opens conversations, lets people in and takes them out."""

    def __init__(
        self, web: Web, ears: Ears, notebook: Notebook, directory: Directory, now: Callable[[], datetime]
    ) -> None:
        """Take the way to Slack, who is where, what we opened, and who is who."""
        self._web = web
        self._ears = ears
        self._audiences = ears.audiences
        self._notebook = notebook
        self._directory = directory
        self._now = now

    def find(self, place: PlaceId) -> str:
        """Find the conversation that was opened as a place; empty where none was."""
        channel = self._ears.channel_of(place)
        return channel if channel != place or channel.startswith(("C", "G", "D")) else ""

    async def open(self, show: Show, mark: str) -> tuple[str, str]:
        """Open a conversation and let everybody in whom it is for. Give it; or nothing, and why that cannot be.

        Where copies are owed, somebody has to be in it who gets them; an emergency does not wait for that.
        """
        overseers = await self._people(show.overseers)
        if show.overseers and not overseers and not show.urgent:
            return "", "nobody who gets a copy could be let in"
        taking_part = [await self._in_use(each) for each in (show.account, *show.readers)]
        people = [*dict.fromkeys((*overseers, *taking_part))]
        if len(people) > MOST_IN_A_GROUP or (show.overseers and not overseers):
            channel = await self._channel(people, mark)
        else:
            channel = await self._group(people)
            if self._notebook.threads.get(channel, show.place) != show.place:
                channel = await self._channel(people, mark)
        self.remember(channel, show.place)
        return channel, ""

    def remember(self, channel: str, place: PlaceId) -> None:
        """Remember as what a conversation was opened, durably."""
        self._notebook.threads.pop(channel, None)
        self._notebook.threads[channel] = place
        self._notebook.write()

    async def _group(self, people: Iterable[AccountId]) -> str:
        answer = await self._web.ask("conversations.open", users=",".join(people), return_im=False)
        return str(answer["channel"]["id"])

    async def _channel(self, people: Iterable[AccountId], mark: str) -> str:
        """Make a private channel. Its name says nothing of anybody, and is the same however often it is tried."""
        today = self._now().astimezone(self._directory.roster.zone)
        name = f"private-{today:%d-%b}-{mark[:8]}".lower()
        try:
            answer = await self._web.ask("conversations.create", name=name, is_private=True)
            channel = str(answer["channel"]["id"])
        except FAILURES as error:
            if code_of(error) != "name_taken":
                raise
            channel = await self._named(name)
        await self._invite(channel, people)
        return channel

    async def _named(self, name: str) -> str:
        ours = self._web.pages("users.conversations", "channels", types="private_channel")
        return next((str(each["id"]) for each in [each async for each in ours] if each.get("name") == name), "")

    async def _invite(self, channel: str, people: Iterable[AccountId]) -> None:
        """Let in whoever is not there yet: where one of several is, Slack lets in none."""
        self._audiences.forget_members(channel)
        there = await self._audiences.members(channel)
        missing = [each for each in people if each not in there]
        if missing:
            await self._web.ask("conversations.invite", channel=channel, users=",".join(missing))
        self._audiences.forget_members(channel)

    async def relieve(self, place: PlaceId, out: Iterable[PersonId], into: Iterable[PersonId], mark: str) -> str:
        """Let others watch over a place: whoever comes in first, then whoever has to go. Empty where nobody came.

        From a group conversation nobody can be taken out, so the matter goes on in a channel without them: it is given,
        and is that place's once it is remembered as that.
        """
        channel = self.find(place)
        members = await self._audiences.members(channel)
        gone = {account for person in out for account in self._directory.accounts(person)}
        coming = [each for each in await self._people(into) if each not in gone]
        if not coming:
            return ""
        if (await self._audiences.place(channel)).kind == "mpim":
            staying = [AccountId(each) for each in sorted(members) if each not in gone and each != self._ears.us]
            return await self._channel(dict.fromkeys((*coming, *staying)), mark)
        await self._invite(channel, coming)
        for each in sorted(gone & members):
            await self._web.ask("conversations.kick", channel=channel, user=each)
        self._audiences.forget_members(channel)
        return channel

    async def is_overseen(self, channel: str, show: Show) -> bool:
        """Say whether somebody who gets the copies is in a conversation; one that nobody watches over is closed."""
        members = await self._audiences.members(channel)
        accounts = {account for each in show.overseers for account in self._directory.accounts(each)}
        return not show.overseers or bool(accounts & members)

    async def close(self, place: PlaceId) -> bool:
        """Close a channel for good. A group conversation cannot be closed: say so."""
        channel = self.find(place)
        if (await self._audiences.place(channel)).kind not in {"group", "channel"}:
            return False
        await self._web.ask("conversations.archive", channel=channel)
        self._audiences.forget_place(channel)
        return True

    async def _people(self, people: Iterable[PersonId]) -> list[AccountId]:
        """Find an account of each that can be let in: of our own workspace, and in use."""
        found = [await self._account(person) for person in people]
        return [each for each in found if each is not None]

    async def _account(self, person: PersonId) -> AccountId | None:
        return await self._first_in_use(self._directory.accounts(person))

    async def _in_use(self, account: AccountId) -> AccountId:
        """Give an account, or where it is deactivated another of the same person's."""
        person = self._directory.person(account)
        others = () if person is None else self._directory.accounts(person)
        return await self._first_in_use((account, *others)) or account

    async def _first_in_use(self, accounts: Iterable[AccountId]) -> AccountId | None:
        for each in accounts:
            try:
                account = await self._audiences.account(each)
            except FAILURES:
                continue
            if account.is_human and self._audiences.name(account) == each:
                return each
        return None
