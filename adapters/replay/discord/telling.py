"""Puts one message of an export into our words: a post, a place seen, and reactions that are words."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime

from adapters.discord.versions import PLATFORM, revision_of
from adapters.discord.words import words_of
from adapters.replay.discord.records import Record, Told, id_of, moment_of, object_of, objects, text_of
from adapters.replay.discord.words import message_object
from adapters.replay.tally import Tally
from bot.message import PlaceId, PostId, Where, Words
from bot.people import AccountId
from bot.platform import Heard, Post, Readers, SpaceSeen

FROM_HEAD = "export"
"""Begins the id of a look at a place that no message tells, followed by the id of its first message."""

KINDS = {
    "0": "Default",
    "1": "RecipientAdd",
    "2": "RecipientRemove",
    "3": "Call",
    "4": "ChannelNameChange",
    "5": "ChannelIconChange",
    "6": "ChannelPinnedMessage",
    "7": "GuildMemberJoin",
    "18": "ThreadCreated",
    "19": "Reply",
}
"""What the exporter has a name for. Every other kind it writes as Discord's number."""

ANSWERS = frozenset({"20", "23"})
"""What an app says to whoever gave it a command, also where it belongs to nobody there."""

MESSAGES = frozenset({"Default", "Reply"}) | ANSWERS
"""A post even where we find no words in it: a picture reaches people too."""

NOTICES = frozenset(
    {"RecipientAdd", "RecipientRemove", "Call", "ChannelIconChange", "ChannelPinnedMessage", "GuildMemberJoin"}
) | frozenset({"8", "9", "10", "11", "14", "15", "16", "17", "21", "22"})
"""Lines that Discord writes by itself: boosts, hints, a thread's first message told again."""

RENAMED = "Changed the channel name"
THREAD_STARTED = "Started a thread."
"""What the exporter itself writes where Discord has no more than a name."""

NO_DISCRIMINATOR = "0000"
"""An app has one of its own; a webhook, which may call itself anything, has none."""

EDITED = "were edited: their earlier words are gone, their last ones are told"
NAMELESS = "reactions do not say who made them and are left out"
"""With an emoji of somebody's own."""

_KIND = re.compile(r"[A-Z][A-Za-z]{0,39}|\d{1,3}")


def new_tally() -> Tally:
    """Begin to count."""
    return Tally("Discord", "type", _KIND)


@dataclass(slots=True)
class Telling:
    """Tells one place's messages; with the first, what the file says of the place."""

    place: PlaceId
    shown: tuple[Words, ...] = field(repr=False)
    readers: Readers
    tally: Tally
    _begun: bool = False

    def heard(self, at: datetime, record: Record) -> Iterator[Heard]:
        """Tell what a message says."""
        kind = _kind(record)
        if not self._begun:
            self._begun = True
            yield self._look(f"{FROM_HEAD} {id_of(record.id)}", at, self.shown)
        if kind == "ChannelNameChange":
            yield from self._renamed(at, record)
        elif kind in NOTICES:
            self.tally.notices[kind] += 1
        else:
            yield from self._said(at, kind, record)

    def _renamed(self, at: datetime, record: Record) -> Iterator[SpaceSeen]:
        name = text_of(record.content).removeprefix(RENAMED).strip(": .")
        if name:
            yield self._look(str(id_of(record.id)), at, (Words(Where.CHANNEL_NAME, name),))
        else:
            self.tally.notices["ChannelNameChange"] += 1

    def _look(self, change: str, at: datetime, shown: tuple[Words, ...]) -> SpaceSeen:
        return SpaceSeen(PLATFORM, self.place, change, at, self.readers, shown)

    def _said(self, at: datetime, kind: str, record: Record) -> Iterator[Post]:
        """Read a message, of a kind that we know or not, and the reactions under it."""
        words = _words(kind, record)
        if kind == "ThreadCreated" and not words:
            self.tally.notices[kind] += 1
            return
        if kind not in MESSAGES and kind != "ThreadCreated":
            self.tally.unknown(kind)
            if not words:
                return
        post, author = id_of(record.id), object_of(record.author)
        account = account_of(author)
        if post is None or account is None:
            self.tally.skipped["have no id" if post is None else "have no author"] += 1
            return
        edited = moment_of(record.timestamp_edited)
        if edited is not None:
            self.tally.doubtful[EDITED] += 1
        relayed = author.get("isBot") is True
        yield self._post(PostId(post), account, at, words, revision_of(edited, words), relayed=relayed)
        for reaction in objects(record.reactions):
            yield from self._reacted(post, at, reaction)

    def _reacted(self, post: str, at: datetime, reaction: Told) -> Iterator[Post]:
        """Tell of an emoji of somebody's own making, as live: its name is a word. When it was set is not known."""
        emoji = object_of(reaction.get("emoji"))
        own, name = id_of(emoji.get("id")), text_of(emoji.get("name"))
        if own is None or not name:
            return
        users = [each for each in objects(reaction.get("users")) if each.get("isBot") is not True]
        accounts = [account for each in users if (account := account_of(each)) is not None]
        if not objects(reaction.get("users")):
            self.tally.doubtful[NAMELESS] += 1
        for account in dict.fromkeys(accounts):
            yield self._post(PostId(f"{post}:{account}:{own}"), account, at, (Words(Where.TAG, name),))

    def _post(
        self,
        post: PostId,
        author: AccountId,
        at: datetime,
        words: tuple[Words, ...],
        revision: str = "",
        *,
        relayed: bool = False,
    ) -> Post:
        if not self.readers.known:
            self.tally.unknown_audience[self.place] += 1
        return Post(PLATFORM, self.place, post, author, at, self.readers, words, revision, relayed=relayed)


def account_of(author: Told) -> AccountId | None:
    """Name an account as the live adapter does; for a webhook, the webhook."""
    account = id_of(author.get("id"))
    if account is None:
        return None
    webhook = author.get("isBot") is True and author.get("discriminator") == NO_DISCRIMINATOR
    return AccountId(f"webhook:{account}" if webhook else account)


def is_answer(record: Record) -> bool:
    """Say whether a message is an app's answer to a command."""
    return _kind(record) in ANSWERS


def _kind(record: Record) -> str:
    """Name the kind of a message; one that names none is a plain one."""
    match record.type:
        case None | "":
            return "Default"
        case str() | int() as kind if not isinstance(kind, bool):
            return KINDS.get(str(kind), text_of(str(kind)))
    return "?"


def _words(kind: str, record: Record) -> tuple[Words, ...]:
    if kind != "ThreadCreated":
        return words_of(message_object(record))
    name = text_of(record.content)
    return words_of({"thread": {"name": "" if name == THREAD_STARTED else name}})
