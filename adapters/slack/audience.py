"""Who can read a place on Slack: the people who are in it. Fetched once, and kept in step by what Slack tells.

Anybody in the workspace could open a public channel, so those in it are who it is sent to: they are counted. Bots and
deactivated accounts are nobody. Somebody of another organisation (Slack Connect) is a reader whom nobody can be linked
to; a guest is whoever the roster says, as anybody is.
"""

import asyncio
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from slack_sdk.errors import SlackClientError

from adapters.mending import sound
from adapters.slack.failures import FAILURES
from adapters.slack.versions import is_id
from adapters.slack.web import Web
from bot.people import AccountId
from bot.platform import UNKNOWN_READERS, Readers

SLACKBOT: Final = "USLACKBOT"

NAMES: Final = ("display_name", "real_name")
ABOUT: Final = ("title", "status_text", "phone", "pronouns")


@dataclass(frozen=True, slots=True)
class Account:
    """One account, as Slack shows it."""

    id: str
    team: str = ""
    is_human: bool = True
    names: tuple[str, ...] = field(default=(), repr=False)
    about: tuple[str, ...] = field(default=(), repr=False)
    picture: str = ""

    @classmethod
    def of(cls, told: Mapping[str, Any]) -> "Account":
        """Read Slack's own object of somebody."""
        profile = told.get("profile") if isinstance(told.get("profile"), dict) else {}
        shown = {name: value for name, value in (profile or {}).items() if isinstance(value, str)}
        names = dict.fromkeys((*(shown.get(each, "") for each in NAMES), str(told.get("name") or "")))
        gone = told.get("deleted") or told.get("is_bot") or told.get("is_workflow_bot") or told.get("id") == SLACKBOT
        return cls(
            str(told.get("id", "")),
            str(told.get("team_id") or told.get("team") or ""),
            not gone,
            tuple(each for each in names if each),
            tuple(shown[each] for each in ABOUT if shown.get(each)),
            shown.get("avatar_hash", ""),
        )


@dataclass(frozen=True, slots=True)
class Conversation:
    """One channel or conversation, as Slack shows it."""

    id: str
    kind: str = "channel"
    """What Slack calls it in events: channel, group, mpim or im."""
    name: str = field(default="", repr=False)
    topic: str = field(default="", repr=False)
    purpose: str = field(default="", repr=False)
    archived: bool = False
    joined: bool = True
    """Whether the app is in it."""
    shared: bool = False
    """Whether another organisation is in it, too."""

    @classmethod
    def of(cls, told: Mapping[str, Any]) -> "Conversation":
        """Read Slack's own object of a place."""
        kind = "im" if told.get("is_im") else "mpim" if told.get("is_mpim") else ""
        kind = kind or ("group" if told.get("is_private") or told.get("is_group") else "channel")
        return cls(
            str(told.get("id", "")),
            kind,
            str(told.get("name") or ""),
            _value(told.get("topic")),
            _value(told.get("purpose")),
            bool(told.get("is_archived")),
            bool(told.get("is_member", True)),
            bool(told.get("is_ext_shared")),
        )


def _value(told: object) -> str:
    return str(told.get("value") or "") if isinstance(told, dict) else ""


class Audiences:
    """The accounts, the places, and who is in each: asked for when first needed."""

    def __init__(self, web: Web, team: str = "") -> None:
        """Take the way to Slack, and the id of our own workspace."""
        self._web = web
        self.team = team
        self._accounts: dict[str, Account] = {}
        self._places: dict[str, Conversation] = {}
        self._members: dict[str, frozenset[str]] = {}
        self._readers: dict[str, Readers] = {}
        """Counted once, and kept until somebody comes or goes, or is somebody else."""
        self._moves: defaultdict[str, int] = defaultdict(int)
        """How often somebody came to a place or left it: what Slack was asked before that is asked again."""
        self._outdated = True
        """Whether accounts may be others since they were read: before the first time, and after a connection ended."""
        self._listed = False
        """Whether all of them were ever read."""
        self._listing = asyncio.Lock()

    async def account(self, id_: str) -> Account:
        """Look somebody up. Raises what `FAILURES` names."""
        known = self._accounts.get(id_)
        if known is None and not is_id(id_):
            raise SlackClientError("no id")
        if known is None:
            answer = await self._web.ask("users.info", user=id_)
            known = self._accounts.setdefault(id_, Account.of(answer.get("user") or {"id": id_}))
        return known

    async def place(self, channel: str) -> Conversation:
        """Look a place up. Raises what `FAILURES` names."""
        known = self._places.get(channel)
        if known is None:
            answer = await self._web.ask("conversations.info", channel=channel)
            known = self._places[channel] = Conversation.of(answer["channel"])
        return known

    async def members(self, channel: str, token: str = "") -> frozenset[str]:
        """Name everybody in a place, bots among them. Raises what `FAILURES` names."""
        while (known := self._members.get(channel)) is None:
            before = self._moves[channel]
            found = [each async for each in self._web.pages("conversations.members", "members", token, channel=channel)]
            if self._moves[channel] == before:
                self._members[channel] = frozenset(map(str, found))
        return known

    async def readers(self, channel: str, within: float | None = None) -> Readers:
        """Say who can read a place now; unknown where Slack does not say, or not within so many seconds."""
        try:
            async with asyncio.timeout(within):
                return await self.counted(channel)
        except FAILURES:
            return UNKNOWN_READERS

    async def counted(self, channel: str) -> Readers:
        """Say who can read a place now. Raises what `FAILURES` names where Slack does not say."""
        counted = self._readers.get(channel)
        if counted is not None:
            return counted
        members = await self._known_members(channel)
        people = (self._accounts[each] for each in members)
        accounts = frozenset(self.name(each) for each in people if each.is_human)
        counted = self._readers[channel] = Readers(accounts, accounts)
        return counted

    async def _known_members(self, channel: str) -> frozenset[str]:
        """Name everybody in a place, once all of their accounts are known, as they are then."""
        while True:
            members = await self.members(channel)
            if not self._listed:
                await self.list_accounts()
            for each in sorted(members):
                await self.account(each)
            if self._members.get(channel) == members:
                return members

    async def list_accounts(self) -> None:
        """Read all accounts in pages where they may be others: one by one, a school's would take too long.

        Nobody waits for it but at first: of a large workspace it takes minutes, and those known serve meanwhile.
        """
        async with self._listing:
            if not self._outdated:
                return
            async for each in self._web.pages("users.list", "members"):
                self.take_account(each)
            self.all_taken()

    def all_taken(self) -> None:
        """Know that every account was taken, as it is now."""
        self._outdated, self._listed = False, True

    def name(self, account: Account) -> AccountId:
        """Name an account; one of another organisation so that nobody is ever linked to it."""
        if account.team and self.team and account.team != self.team:
            return AccountId(f"connect:{account.team}:{account.id}")
        return AccountId(account.id)

    async def named(self, id_: str, within: float | None = None) -> AccountId:
        """Name the account behind an id; as it is where Slack does not say more, or not within so many seconds."""
        try:
            async with asyncio.timeout(within):
                return self.name(await self.account(id_))
        except FAILURES:
            return AccountId(sound(id_))

    # What Slack tells

    def take_account(self, told: Mapping[str, Any]) -> Account:
        """Know somebody as they are now."""
        account = Account.of(told)
        if is_id(account.id):
            self._accounts[account.id] = account
            for channel in self.places_of(account.id):
                self._readers.pop(channel, None)
        return account

    def take_place(self, told: Mapping[str, Any]) -> Conversation:
        """Know a place as it is now."""
        place = self._places[str(told["id"])] = Conversation.of(told)
        return place

    def take_members(self, channel: str, members: Iterable[str]) -> None:
        """Know who is in a place."""
        self._members[channel] = frozenset(members)
        self._readers.pop(channel, None)

    def forget_place(self, channel: str) -> None:
        """Ask for a place anew when it is needed: its name, topic or kind is another."""
        self._places.pop(channel, None)

    def came(self, channel: str, who: str) -> None:
        """Know that somebody is in a place."""
        self._moves[channel] += 1
        if channel in self._members:
            self.take_members(channel, self._members[channel] | {who})

    def left(self, channel: str, who: str) -> None:
        """Know that somebody is in a place no more."""
        self._moves[channel] += 1
        if channel in self._members:
            self.take_members(channel, self._members[channel] - {who})

    def forget_members(self, channel: str | None = None) -> None:
        """Ask anew who is in a place, or in any: what happened meanwhile was not told."""
        for each in [*self._moves] if channel is None else [channel]:
            self._moves[each] += 1
        if channel is None:
            self._members.clear()
            self._readers.clear()
            self._places.clear()
            self._outdated = True
        else:
            self._members.pop(channel, None)
            self._readers.pop(channel, None)

    async def sees(self, channel: str, who: str, within: float | None = None) -> bool:
        """Say whether somebody sees a place: who is in it, and anybody where it is public.

        Nobody does where Slack does not say, or not within so many seconds. Of what people write each other alone it
        would not, so it is not asked.
        """
        if channel.startswith("D"):
            return who in self._members.get(channel, ())
        try:
            async with asyncio.timeout(within):
                return who in await self.members(channel) or (await self.place(channel)).kind == "channel"
        except FAILURES:
            return False

    def places_of(self, who: str) -> tuple[str, ...]:
        """Name the places that somebody is known to be in."""
        return tuple(sorted(channel for channel, members in self._members.items() if who in members))

    def known_account(self, id_: str) -> Account | None:
        """Give somebody as they were told of last; None for whom nobody has asked about."""
        return self._accounts.get(id_)

    def known_place(self, channel: str) -> Conversation | None:
        """Give a place as it was last looked up; None where it has to be anew."""
        return self._places.get(channel)

    def known_places(self) -> tuple[Conversation, ...]:
        """Give the places that were looked up so far."""
        return tuple(self._places.values())
