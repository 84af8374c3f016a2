"""Hears what happens on Slack: every kind of event comes in here, and each goes to its own door.

Whatever is told is handed on in the order it came in each place; `hear` returns what has to be written down before
Slack may be told that we have it. What is heard twice is handed on twice: the ledger writes it once.
"""

import asyncio
from collections import OrderedDict, defaultdict
from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Final

import structlog

from adapters.mending import sound_through
from adapters.notebook import Notebook
from adapters.slack import telling
from adapters.slack.audience import Audiences, Conversation
from adapters.slack.author import author_of
from adapters.slack.failures import FAILURES, is_final, is_gone
from adapters.slack.pins import EVERY, Pins
from adapters.slack.setup import Setup
from adapters.slack.telling import MESSAGES, Told, subtype_of
from adapters.slack.versions import edited_at, is_id, moment_of, post_id
from bot.directory import Directory
from bot.guard import Guard
from bot.message import PlaceId, PostId, Words
from bot.people import AccountId, TeamId
from bot.platform import UNKNOWN_READERS, Deletion, Heard, Post, Readers, Report

LOG: Final = structlog.get_logger("chaperone.slack")

ONE_TALK: Final = timedelta(minutes=10)
"""What somebody writes to us within so long is one case."""

COMING: Final = frozenset(f"{kind}_join" for kind in ("channel", "group", "mpim"))
GOING: Final = frozenset(f"{kind}_leave" for kind in ("channel", "group", "mpim"))
CALLED: Final = frozenset(
    f"{kind}_{what}" for kind in ("channel", "group", "mpim") for what in ("topic", "purpose", "name")
)
"""What a place is called is another: it is looked at again, and its words come with that."""

OPENED_OR_CLOSED: Final = frozenset(
    {
        *(f"{kind}_{what}" for kind in ("channel", "group") for what in ("archive", "unarchive")),
        *("channel_convert_to_private", "channel_convert_to_public"),
    }
)
"""Who can see a place, or whether anybody can write there, is another: it is looked at again."""

OUR_OWN_LINES: Final = frozenset(
    {
        *("message_replied", "pinned_item", "unpinned_item", "bot_add", "bot_remove", "reminder_add", "huddle_thread"),
        *("channel_posting_permissions", "bookmark_remove"),
        *("joiner_notification", "joiner_notification_for_inviter", "tabbed_canvas_updated", "sh_room_created"),
    }
)
"""Lines that Slack writes by itself, whose words come another way or are nobody's."""

BESIDE: Final = COMING | GOING | CALLED | OPENED_OR_CLOSED | OUR_OWN_LINES
"""What stands among the messages of a place and is none."""

MOST_REMEMBERED: Final = 10_000
"""So many ids of events are remembered."""

SUBSCRIBED: Final = {"channel": "channels", "group": "groups", "mpim": "mpim", "im": "im"}
"""How subscriptions call the kinds of places."""

Wait = Awaitable[None]
"""What has to be written before Slack may be told that we have it."""

CanRemove = Callable[[str, float | None], Awaitable[bool]]
"""Says of a place, within so many seconds, whether what others write there can be taken away."""


class Ears:
    """Hears events and hands on what they tell."""

    def __init__(
        self,
        setup: Setup,
        notebook: Notebook,
        directory: Directory,
        audiences: Audiences,
        pins: Pins,
        tell: Callable[[Heard], Wait],
        now: Callable[[], datetime],
    ) -> None:
        """Take what each place is for, what we remember, who is who and where, what is pinned, and whom to tell."""
        self.setup = setup
        self.notebook = notebook
        self.audiences = audiences
        self.pins = pins
        self.guard = Guard(timedelta())
        self.us = ""
        """Our own account; empty until we are connected."""
        self.our_app = ""
        """Our own bot's id."""
        self.app_id = ""
        self.can_remove: CanRemove = _never
        """Says whether what others write in a place can be taken away."""
        self.when_revoked: Callable[[tuple[str, ...], bool], Awaitable[None]] | None = None
        """Told whose tokens open nothing any more, and whether ours does not."""
        self.when_limited: Callable[[], None] | None = None
        """Told that Slack holds back events."""
        self.when_let_in: Callable[[str], None] | None = None
        """Told that we are in a place that we were not in before."""
        self.when_put_out: Callable[[str], Awaitable[None]] | None = None
        """Told that we are in a place no more."""
        self.when_renamed: Callable[[str, str], str] = lambda old, _: old
        """Told that a place has another id; says by which we know it."""
        self.when_changed: Callable[[str], None] = lambda _: None
        """Told that a place is another, or somebody else is there."""
        self.when_home: Callable[[str], Awaitable[None]] | None = None
        """Told who opened the app's own page."""
        self.when_overheard: Callable[[Told, str], Awaitable[list[Wait]]] | None = None
        """Told of what somebody's own grant shows us."""
        self._directory = directory
        self._tell = tell
        self._now = now
        self._turns: defaultdict[str, asyncio.Lock] = defaultdict(asyncio.Lock)
        """Where hearing has to ask Slack first, what comes in one place waits its turn."""
        self._talks: dict[str, tuple[datetime, str]] = {}
        self._not_ours: set[str] = set()
        """Conversations of others, which are shown to us by somebody's grant alone."""
        self._events: OrderedDict[str, asyncio.Future[None]] = OrderedDict()
        """Events that are on their way or were written, by Slack's id of each."""

    async def hear_once(self, body: Told) -> None:
        """Hear an event, and return once all it tells is written. One that is delivered again waits for the first."""
        id_ = str(body.get("event_id") or "")
        known = self._events.get(id_) if id_ else None
        if known is not None:
            await asyncio.wait({known})
            if known.cancelled():
                raise RuntimeError("the first try came to nothing")
            return
        done: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._remember(id_, done)
        try:
            for each in await self.hear(body):
                await each
        except BaseException:
            self._events.pop(id_, None)
            done.cancel()
            raise
        done.set_result(None)

    def _remember(self, id_: str, done: "asyncio.Future[None]") -> None:
        if id_:
            self._events[id_] = done
            if len(self._events) > MOST_REMEMBERED:
                self._events.popitem(last=False)

    async def hear(self, body: Told) -> list[Wait]:
        """Hear an event. Give what has to be written first."""
        event = sound_through(body.get("event"))
        if body.get("type") == "app_rate_limited":
            self._limited()
            return []
        if not isinstance(event, dict):
            return []
        overheard, channel = self._whose(body), _channel_of(event)
        self.notebook.kinds[_kind(event)] = f"{self._now():%Y-%m-%d}"
        if overheard and not (_is_direct(event) and await self._is_with_us(channel)):
            return await self.when_overheard(event, overheard) if self.when_overheard is not None else []
        if _is_direct(event):
            return self._direct(event, channel)
        if event.get("type") == "message" and channel:
            return await self.hear_message(event, channel)
        return await self._beside(event, channel)

    async def _is_with_us(self, channel: str) -> bool:
        """Say whether a conversation is one with us. What somebody writes there may be a cry for help.

        Of who sees an event Slack names one: somebody who granted their direct messages, be it as well as us.
        """
        if channel in self._not_ours:
            return False
        try:
            return self.us in await self.audiences.members(channel)
        except FAILURES as error:
            if not is_final(error):
                raise
            self._not_ours.add(channel)
            return False

    def _whose(self, body: Told) -> str:
        """Name the person by whose own grant we see this; empty where the app itself does."""
        acting = body.get("authorizations")
        first = acting[0] if isinstance(acting, list) and acting and isinstance(acting[0], dict) else {}
        return str(first.get("user_id") or "") if first.get("is_bot") is False else ""

    # Messages

    async def hear_message(self, event: Told, channel: str) -> list[Wait]:
        """Hear what happens to messages in a place, one after the other."""
        async with self._turns[channel]:
            return await self._message(event, channel)

    async def _message(self, event: Told, channel: str) -> list[Wait]:
        subtype = subtype_of(event)
        if subtype == "message_deleted":
            return await self._deleted(event, channel)
        if subtype == "message_changed":
            return await self._changed(event, channel)
        if subtype in BESIDE - OUR_OWN_LINES:
            self._look_again(channel, event, subtype)
        return [] if subtype in BESIDE else await self._said(event, channel)

    async def _said(self, message: Told, channel: str, revision: str = "") -> list[Wait]:
        """Tell of a message, unless it is our own. One of a kind we do not know is told if it says anything."""
        post = await self.post_of(message, channel, revision)
        return [] if post is None else [self._tell(post)]

    def hand_on(self, heard: Post | Report) -> None:
        """Hand on a message that was read after an outage; nobody waits for it."""
        self._tell(heard)

    async def missed(self, message: Told, channel: str, *, late: bool) -> Post | Report | None:
        """Put a message that was read after an outage in our words. What stands where one was says that it is gone."""
        if subtype_of(message) in BESIDE:
            return None
        if subtype_of(message) == "tombstone":
            self._tell(await self._gone(channel, str(message.get("ts")), {}))  # nobody says when
            return None
        if not channel.startswith("D"):
            return await self.post_of(message, channel, late=late)
        return self.report_of(message, channel) if late else None

    async def post_of(
        self, message: Told, channel: str, revision: str = "", *, late: bool = False, within: float | None = None
    ) -> Post | None:
        """Put a message in our words; None for our own, and for what says nothing.

        Where somebody waits for it, Slack is asked who reads it `within` so many seconds.
        """
        author, relayed = author_of(message)
        if author in {self.us, self.our_app} or message.get("app_id") == self.app_id != "":
            return None
        readers = await self.audiences.readers(channel, within)
        named = AccountId(author) if relayed else await self.audiences.named(author, within)
        place, team = self.place(channel), self.team_of(channel)
        relayed = relayed and not self.setup.trusted_apps & {author, str(message.get("app_id"))}
        try:
            post = telling.to_post(message, channel, place, named, readers, team, revision, relayed=relayed, late=late)
        except Exception as error:  # noqa: BLE001 (whatever stands in it, it must not be passed over)
            LOG.warning("a message could not be read whole", fault=type(error).__name__)
            at = moment_of(message.get("ts")) or self._now()
            return telling.to_bare_post(message, channel, place, named, at, team)
        if post is None or (subtype_of(message) not in MESSAGES and not post.words):
            return None
        if subtype_of(message) == "bookmark_add":
            return telling.as_bookmark(post, channel, str(message.get("ts")))
        return replace(post, removable=await self.can_remove(channel, within))

    async def _changed(self, event: Told, channel: str) -> list[Wait]:
        """Hear a message as it reads now, however old it is. The preview of a link is no edit."""
        message = event.get("message")
        if not isinstance(message, dict):
            return []
        if subtype_of(message) == "tombstone":
            return [self._tell(await self._gone(channel, str(message.get("ts")), event))]
        if not telling.is_edit(event):
            return []
        self.pins.touched(channel, str(message.get("ts")))
        return await self._said(message, channel, telling.revision_of_change(event))

    async def _deleted(self, event: Told, channel: str) -> list[Wait]:
        before = event.get("previous_message")
        ts = event.get("deleted_ts") or (before.get("ts") if isinstance(before, dict) else None)
        return [self._tell(await self._gone(channel, ts, event))] if isinstance(ts, str) else []

    async def _gone(self, channel: str, ts: str, event: Told) -> Deletion:
        """Tell that a message is gone; one that we posted for somebody, by the order: they cannot delete it."""
        self.pins.touched(channel, ts)
        at = moment_of(event.get("event_ts")) or moment_of(event.get("ts")) or self._now()
        post, ours_for = self.origin(channel, ts)
        as_asked = ours_for is None and not await self.can_remove(channel, None)
        return telling.to_deletion(post, self.place(channel), at, as_asked=as_asked)

    def _direct(self, event: Told, channel: str) -> list[Wait]:
        """Let an adult look at what somebody writes to us alone: nobody else reads it, and it may be a cry for help.

        What they go on to write belongs to the case that they began, and so does what they write in its place.
        """
        message = event.get("message") if telling.is_edit(event) else event
        report = self.report_of(message, channel) if isinstance(message, dict) else None
        return [] if report is None else [self._tell(report)]

    def report_of(self, message: Told, channel: str) -> Report | None:
        """Put what somebody wrote to us alone in our words; None for our own, and for an app's."""
        author, relayed = author_of(message)
        if relayed or author == self.us or subtype_of(message) not in MESSAGES:
            return None
        ts = str(message.get("ts"))
        at = moment_of(edited_at(message)) or moment_of(ts) or self._now()
        began, about = self._talks.get(author, (at, ts))
        if at - began >= ONE_TALK:
            began, about = at, ts
        self._talks[author] = began, about
        return telling.to_report(message, channel, f"{channel}:{about}", AccountId(author), at)

    def origin(self, channel: str, ts: str) -> tuple[PostId, AccountId | None]:
        """Say which post a message is, and whose, where it is one that we posted for somebody."""
        id_ = post_id(channel, ts)
        shown = self.notebook.shown.get(id_)
        return (id_, None) if shown is None else (PostId(shown[0]), AccountId(shown[1]))

    # Beside messages

    async def _beside(self, event: Told, channel: str) -> list[Wait]:
        match event.get("type"):
            case "member_joined_channel" | "member_left_channel" as kind:
                return await self._moved(event, channel, came=kind == "member_joined_channel")
            case "channel_left" | "group_left" if channel:
                await self._put_out(channel)
            case "channel_id_changed":
                self._renamed(event)
            case "user_change" | "team_join" | "user_profile_changed":
                return self._person(event)
            case "pin_added" | "pin_removed" if channel:
                self.pins.changed(channel)
            case "emoji_changed":
                return self._emoji(event)
            case "tokens_revoked" | "app_uninstalled":
                await self._revoked(event)
            case "app_home_opened" if self._is_home(event) and self.when_home is not None:
                await self.when_home(str(event.get("user")))
            case "app_rate_limited":
                self._limited()
            case str() as kind if kind.startswith(("channel_", "group_", "mpim_", "im_")) and channel:
                self._place_changed(event, channel)
            case _:
                pass
        return []

    def _is_home(self, event: Told) -> bool:
        return event.get("tab") == "home" and is_id(event.get("user"))

    async def _moved(self, event: Told, channel: str, *, came: bool) -> list[Wait]:
        who = str(event.get("user"))
        if not channel or not is_id(who):
            return []
        (self.audiences.came if came else self.audiences.left)(channel, who)
        if who == self.us and not came:
            await self._put_out(channel)
            return []
        if who == self.us:
            self._forget(channel)
            if self.when_let_in is not None:
                self.when_let_in(channel)
        self.when_changed(channel)
        self.guard.changed(self.place(channel), self._now())
        return []

    def _renamed(self, event: Told) -> None:
        """Know a place on, though Slack has given it another id."""
        old, new = event.get("old_channel_id"), event.get("new_channel_id")
        if is_id(old) and is_id(new):
            channel = self.when_renamed(str(old), str(new))
            self._forget(channel)
            self._place_changed(event, channel)

    async def _put_out(self, channel: str) -> None:
        """Know that we are in a place no more."""
        self._forget(channel)
        if self.when_put_out is not None:
            await self.when_put_out(channel)

    def _forget(self, channel: str) -> None:
        self.audiences.forget_members(channel)
        self.audiences.forget_place(channel)
        self.pins.forget(channel)

    def _look_again(self, channel: str, event: Told, subtype: str) -> None:
        """Look at a place anew: somebody came or went, or it is called otherwise."""
        who = event.get("user")
        if isinstance(who, str) and subtype in COMING:
            self.audiences.came(channel, who)
        if isinstance(who, str) and subtype in GOING:
            self.audiences.left(channel, who)
        self._place_changed(event, channel)

    def _place_changed(self, event: Told, channel: str) -> None:
        if event.get("type") in {"channel_archive", "channel_deleted"}:
            self.audiences.forget_members(channel)
        self.audiences.forget_place(channel)
        self.when_changed(channel)
        self.notebook.closed.pop(channel, None)  # it may be open again, and then closed while nobody listens
        self.guard.changed(self.place(channel), self._now())

    def _person(self, event: Told) -> list[Wait]:
        """Know somebody as they are now, look at how they show up, and at the places they are in."""
        told = event.get("user")
        if not isinstance(told, dict):
            return []
        before = self.audiences.known_account(str(told.get("id")))
        account = self.audiences.take_account(told)
        for channel in self.audiences.places_of(account.id):
            self.guard.changed(self.place(channel), self._now())
        if not account.is_human:
            return []
        is_new, named = before is not None and before.picture != account.picture, self.audiences.name(account)
        return [self._tell(telling.to_profile(account, named, self._now(), new_picture=is_new))]

    def _emoji(self, event: Told) -> list[Wait]:
        name = event.get("new_name") if event.get("subtype") == "rename" else event.get("name")
        if event.get("subtype") == "remove" or not isinstance(name, str):
            return []
        return [self._tell(telling.to_emoji(name, self._now()))]

    async def _revoked(self, event: Told) -> None:
        tokens = event.get("tokens")
        told = tokens if isinstance(tokens, dict) else {}
        people = tuple(str(each) for each in told.get("oauth") or ())
        ours = event.get("type") == "app_uninstalled" or bool(told.get("bot"))
        if self.when_revoked is not None:
            await self.when_revoked(people, ours)

    def _limited(self) -> None:
        LOG.error("Slack holds back events: too many happen in an hour; they are read later")
        if self.when_limited is not None:
            self.when_limited()

    # Places

    def place(self, channel: str) -> PlaceId:
        """Name a place: a conversation that we opened by what it was opened as, any other by Slack's own id."""
        return PlaceId(self.notebook.threads.get(channel, channel))

    def channel_of(self, place: PlaceId) -> str:
        """Find a place's own id: of several that were opened as one, the newest."""
        opened = [channel for channel, opened_as in self.notebook.threads.items() if opened_as == place]
        return opened[-1] if opened else str(place)

    def team_of(self, channel: str) -> TeamId | None:
        """Name the team that a channel is registered for."""
        return self.setup.teams.get(channel)

    async def look(self, place: PlaceId) -> None:
        """Tell of a place as it is now, if we can still see it. Raises what `FAILURES` names.

        Where Slack refuses to say who is there, a person has to know of it; where it is only ill, it is asked again.
        """
        channel = self.channel_of(place)
        if not channel.startswith(("C", "G")):
            return
        try:
            conversation = await self.audiences.place(channel)
            if conversation.archived or not conversation.joined:
                return
            self._tell_space(conversation, place, await self.audiences.counted(channel))
        except FAILURES as error:
            if is_gone(error):
                return
            if is_final(error) and (known := self.audiences.known_place(channel)) is not None:
                self._tell_space(known, place, UNKNOWN_READERS)
            raise

    def _tell_space(self, conversation: Conversation, place: PlaceId, readers: Readers) -> None:
        team, speaks, pins = self.team_of(conversation.id), self._coach_reads(readers), self._pinned_in(conversation)
        self._tell(telling.to_space(conversation, place, readers, team, self._now(), pins, advisor_may_speak=speaks))

    def _pinned_in(self, conversation: Conversation) -> tuple[Words, ...] | None:
        """Give what a channel shows to all who come. What a few people write each other alone is never gone through."""
        is_private = conversation.kind in {"im", "mpim"} or conversation.id in self.notebook.threads
        return () if is_private else self.pins.of(conversation.id)

    async def read_pins(self) -> None:
        """Read what is pinned wherever that is not known, and look there again. Raises what `FAILURES` names."""
        while (channel := self.pins.next_due()) is not None:
            if await self.pins.read(channel):
                self.guard.changed(self.place(channel), self._now())
            await asyncio.sleep(EVERY)

    def _coach_reads(self, readers: Readers) -> bool:
        """Say whether a coach or advisor is in a place: whoever is in it may write there."""
        return any(self._directory.leads(each) for each in readers.accounts)


async def _never(_: str, __: float | None) -> bool:
    return False


def _channel_of(event: Told) -> str:
    """Name the place of an event, wherever Slack has put its id."""
    channel = event.get("channel") or event.get("channel_id")
    if isinstance(channel, dict):
        channel = channel.get("id")
    item = event.get("item")
    if channel is None and isinstance(item, dict):
        channel = item.get("channel")
    return channel if isinstance(channel, str) and is_id(channel) else ""


def _kind(event: Told) -> str:
    """Name the kind of an event as subscriptions do: of messages, by the kind of place."""
    kind = str(event.get("type"))
    return f"message.{SUBSCRIBED.get(str(event.get('channel_type')), 'channels')}" if kind == "message" else kind


def _is_direct(event: Told) -> bool:
    return event.get("type") == "message" and event.get("channel_type") == "im"
