"""Places: public and private channels, group conversations and direct messages; who is in them, and what is said."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from uuid import uuid4

from tests.slack.server.composing import new_name, numbered, rich_text
from tests.slack.server.files import Upload, store
from tests.slack.server.messages import Message
from tests.slack.server.people import User
from tests.slack.server.world import Body, Event, World


class Kind(StrEnum):
    """What kind of place it is, as events say in `channel_type`."""

    PUBLIC = "channel"
    PRIVATE = "group"
    MPIM = "mpim"
    IM = "im"


FAMILY: Mapping[Kind, str] = {Kind.PUBLIC: "channels", Kind.PRIVATE: "groups", Kind.MPIM: "mpim", Kind.IM: "im"}
"""What scopes and subscriptions call each kind."""

UNTOLD = frozenset({"is_member", "purpose", "shared_team_ids", "topic", "updated"})
"""What the event leaves out of a channel that was just made."""


@dataclass(slots=True, eq=False)
class Channel:
    """One place."""

    id: str
    kind: Kind
    world: World = field(repr=False)
    name: str
    creator: User
    created: int
    members: list[User] = field(default_factory=list)
    topic: Body = field(default_factory=lambda: {"value": "", "creator": "", "last_set": 0})
    purpose: Body = field(default_factory=lambda: {"value": "", "creator": "", "last_set": 0})
    archived: bool = False
    shared: bool = False
    """Whether another workspace is in it, by Slack Connect."""
    messages: dict[str, Message] = field(default_factory=dict, repr=False)
    """By `ts`; replies too, but nothing that one person alone sees."""
    bookmarks: list[Body] = field(default_factory=list)
    pins: list[Message] = field(default_factory=list, repr=False)
    """The newest first; deleted ones, too."""

    @property
    def public(self) -> bool:
        """Whether every full member of the workspace can read it."""
        return self.kind is Kind.PUBLIC

    @property
    def pinned(self) -> list[Message]:
        """What is pinned here and stands, the newest pin first."""
        return [each for each in self.pins if not each.deleted]

    @property
    def family(self) -> str:
        """What scopes call its kind."""
        return FAMILY[self.kind]

    def visible_to(self, user: User) -> bool:
        """Tell whether somebody can read it: its members, and every full member where it is public."""
        return user in self.members or (self.public and not user.restricted and not user.stranger and not user.bot)

    def other(self, user: User) -> User:
        """Name the other one of a direct message; whoever writes to themselves is both."""
        return next((each for each in self.members if each is not user), user)

    def described_to(self, user: User) -> Body:
        """Write it as conversations.info gives it to one account."""
        shown: Body = {"id": self.id, "created": self.created, "is_archived": self.archived, "is_org_shared": False}
        shown |= {"updated": self.created * 1000, "context_team_id": self.world.team.id}
        if self.kind is Kind.IM:
            other = self.other(user)
            return shown | {"is_im": True, "user": other.id, "is_user_deleted": other.deleted, "priority": 0}
        shown |= {
            "name": self.name,
            "name_normalized": self.name,
            "is_channel": self.kind in {Kind.PUBLIC, Kind.PRIVATE},
            "is_group": self.kind is Kind.MPIM,
            "is_im": False,
            "is_mpim": self.kind is Kind.MPIM,
            "is_private": not self.public,
            "is_general": self.name == "general",
            "is_shared": self.shared,
            "is_ext_shared": self.shared,
            "is_pending_ext_shared": False,
            "is_frozen": False,
            "is_member": user in self.members,
            "creator": self.creator.id,
            "topic": self.topic,
            "purpose": self.purpose,
            "shared_team_ids": sorted({each.team.id for each in self.members} | {self.world.team.id}),
        }
        return shown

    def say(
        self,
        author: User | None,
        text: str = "",
        *,
        blocks: Sequence[Body] | None = None,
        attachments: Iterable[Body] = (),
        files: Mapping[str, bytes | Upload] | None = None,
        thread: Message | None = None,
        broadcast: bool = False,
        subtype: str | None = None,
        at: datetime | None = None,
        by_app: bool = False,
        metadata: Body | None = None,
        seen_by: User | None = None,
        more: Body | None = None,
    ) -> Message:
        """Write a message.

        What people type gets the block that Slack's message box makes of it; `blocks=()` leaves it out. `more` is laid
        over what Slack writes. `seen_by` makes it ephemeral.
        """
        typed = rich_text(text, new_name(self.world)) if author is not None and not by_app and subtype is None else []
        made = Message(
            self.world.new_ts(at),
            self,
            author,
            text,
            typed if blocks is None else numbered(self.world, blocks),
            list(attachments),
            [store(self.world, author or self.world.bot, name, data) for name, data in (files or {}).items()],
            subtype or ("thread_broadcast" if broadcast else "file_share" if files else None),
            thread if thread is None or thread.root is None else thread.root,
            broadcast,
            metadata,
            by_app,
            seen_by,
            more=({} if by_app or author is None or subtype or files else {"client_msg_id": str(uuid4())})
            | (more or {}),
            versions=[text],
        )
        return self.publish(made)

    def publish(self, message: Message) -> Message:
        """Put a message where it belongs, and tell."""
        self.world.ledger.append(message)
        if message.ephemeral:
            return message
        self.messages[message.ts] = message
        if message.root is not None:
            message.root.replies.append(message)
        for file in message.files:
            file.channels.append(self)
            self._tell_shared(message, file.id)
        self.tell_message(message.event)
        return message

    def me(self, author: User, text: str) -> Message:
        """Write what the command /me writes."""
        return self.say(author, text, subtype="me_message")

    def webhook(self, name: str, text: str = "", **more: object) -> Message:
        """Write as an incoming webhook of another app does, which is nobody's account."""
        other = {"bot_id": "B0WEBHOOK00", "username": name, "icons": {}}
        return self.say(None, text, subtype="bot_message", blocks=(), more=other | more)

    def share_message(self, author: User, message: Message, text: str = "") -> Message:
        """Share a message from elsewhere: its words are in an attachment."""
        shared: Body = {
            "is_msg_unfurl": True,
            "is_share": True,
            "channel_id": message.channel.id,
            "ts": message.ts,
            "from_url": message.permalink,
            "text": message.text,
            "fallback": message.text,
            "mrkdwn_in": ["text"],
            "footer": "From another conversation",
            "message_blocks": [
                {"team": self.world.team.id, "channel": message.channel.id, "ts": message.ts}
                | {"message": {"blocks": message.blocks}}
            ],
        }
        shared |= {} if message.author is None else {"author_id": message.author.id}
        return self.say(author, text, attachments=[shared])

    def join(self, user: User) -> None:
        """Let somebody come in by themselves."""
        self._enter(user, None)

    def invite(self, user: User, by: User) -> None:
        """Let somebody be brought in."""
        self._enter(user, by)

    def leave(self, user: User, by: User | None = None) -> None:
        """Let somebody go, or be put out by another."""
        self._say_system("channel_leave", by or user, f"<@{user.id}> has left the channel", user=user)
        told = {"type": "member_left_channel", "user": user.id, **self._place_of(user)}
        self.tell(told)
        if user is self.world.bot:
            gone: Body = {"type": f"{'channel' if self.public else 'group'}_left", "channel": self.id}
            self.tell(gone | {"actor_id": (by or user).id, "event_ts": self.world.new_ts()})
        self.members.remove(user)

    def kick(self, user: User, by: User) -> None:
        """Put somebody out."""
        self.leave(user, by)

    def rename(self, name: str, by: User) -> None:
        """Give it another name."""
        old, self.name = self.name, name
        text = f'has renamed the channel from "{old}" to "{name}"'
        self._say_system("channel_name", by, text, old_name=old, name=name)
        told = {"id": self.id, "name": name, "name_normalized": name, "created": self.created}
        told |= {"is_channel": True, "is_mpim": False}
        prefix = "channel" if self.public else "group"
        event = {"type": f"{prefix}_rename", "channel": told, "event_ts": self.world.new_ts()}
        self.tell(event, everybody=self.public)

    def move(self) -> None:
        """Give it another id, as Slack does with one that is moved or shared."""
        old, self.id = self.id, self.world.new_id("C")
        del self.world.channels[old]
        self.world.channels[self.id] = self
        told = {"type": "channel_id_changed", "old_channel_id": old, "new_channel_id": self.id}
        self.tell(told | {"event_ts": self.world.new_ts()})

    def set_topic(self, text: str, by: User) -> None:
        """Set the line above the channel."""
        self.topic = {"value": text, "creator": by.id, "last_set": self.world.seconds()}
        self._say_system("channel_topic", by, f"set the channel topic: {text}", topic=text)

    def set_purpose(self, text: str, by: User) -> None:
        """Set what the channel is said to be for."""
        self.purpose = {"value": text, "creator": by.id, "last_set": self.world.seconds()}
        self._say_system("channel_purpose", by, f"set the channel description: {text}", purpose=text)

    def bookmark(self, by: User, title: str, link: str) -> Body:
        """Put a link into the bar above the channel."""
        made: Body = {
            "id": self.world.new_id("Bk"),
            "channel_id": self.id,
            "title": title,
            "link": link,
            "emoji": "",
            "icon_url": None,
            "type": "link",
            "date_created": self.world.seconds(),
            "date_updated": 0,
            "rank": "i",
            "last_updated_by_user_id": by.id,
            "last_updated_by_team_id": by.team.id,
            "shortcut_id": None,
            "entity_id": None,
            "app_id": None,
        }
        self.bookmarks.append(made)
        self._say_system("bookmark_add", by, f"added a bookmark to this channel: <{link}|{title}>")
        return made

    def archive(self, by: User) -> None:
        """Close it for writing; who was in it stays so."""
        self._say_system("channel_archive", by, "archived the channel")
        self.archived = True
        self._tell_archived("archive", by)

    def unarchive(self, by: User) -> None:
        """Open it for writing again."""
        self.archived = False
        self._say_system("channel_unarchive", by, "un-archived the channel")
        self._tell_archived("unarchive", by)

    def share(self, team: str) -> None:
        """Share it with another workspace, by Slack Connect."""
        self.shared = True
        other = self.world.other_team(team)
        told = {"type": "channel_shared", "connected_team_id": other.id, "channel": self.id}
        self.tell(told | {"event_ts": self.world.new_ts()})

    def tell_message(self, data: Body) -> None:
        """Tell something about a message here."""
        told = {"channel": self.id, "channel_type": self.kind.value} | data
        audience = frozenset(self.members)
        self.world.emit(Event(told, f"message.{self.family}", self, audience))

    def tell(self, data: Body, *, everybody: bool = False) -> None:
        """Tell something else about this place, to those in it or to the whole workspace."""
        audience = None if everybody else frozenset(self.members)
        self.world.emit(Event(data, data["type"], self, audience))

    def _enter(self, user: User, by: User | None) -> None:
        if user in self.members:
            return
        self.members.append(user)
        inviter = {} if by is None else {"inviter": by.id}
        self._say_system("channel_join", user, f"<@{user.id}> has joined the channel", **inviter)
        told = {"type": "member_joined_channel", "user": user.id, **self._place_of(user), **inviter}
        self.tell(told)

    def _place_of(self, user: User) -> Body:
        letter = {Kind.PUBLIC: "C", Kind.PRIVATE: "G", Kind.MPIM: "G", Kind.IM: "D"}[self.kind]
        return {
            "channel": self.id,
            "channel_type": letter,
            "team": user.team.id,
            "event_ts": self.world.new_ts(),
        }

    def _say_system(self, subtype: str, by: User, text: str, **more: object) -> None:
        user = more.pop("user", by)
        assert isinstance(user, User)
        self.say(user, text, subtype=subtype, blocks=(), more=more)

    def _tell_shared(self, message: Message, file: str) -> None:
        author = message.author or self.world.bot
        told = {"type": "file_shared", "file_id": file, "user_id": author.id, "file": {"id": file}}
        told |= {"channel_id": self.id, "event_ts": self.world.new_ts()}
        self.tell(told)

    def _tell_archived(self, deed: str, by: User) -> None:
        prefix, actor = ("channel", "user") if self.public else ("group", "user" if deed == "archive" else "actor_id")
        told: Body = {"type": f"{prefix}_{deed}", "channel": self.id, actor: by.id, "event_ts": self.world.new_ts()}
        told |= {} if self.public or deed != "archive" else {"is_moved": 0}
        self.tell(told, everybody=self.public)


def open_channel(
    world: World, name: str, creator: User, members: Iterable[User], *, private: bool = False, told: bool = True
) -> Channel:
    """Open a channel with some people in it, and tell of a public one."""
    kind = Kind.PRIVATE if private else Kind.PUBLIC
    made = Channel(world.new_id("C"), kind, world, name, creator, world.seconds(), list(dict.fromkeys(members)))
    world.channels[made.id] = made
    if told and not private:
        shown = {key: value for key, value in made.described_to(creator).items() if key not in UNTOLD}
        event = {"type": "channel_created", "channel": shown, "event_ts": world.new_ts()}
        made.tell(event, everybody=True)
    return made


def find_conversation(world: World, members: Iterable[User]) -> Channel | None:
    """Find the direct messages, or the group conversation, of exactly these people."""
    wanted = set(members)
    found = (each for each in world.channels.values() if each.kind in {Kind.IM, Kind.MPIM})
    return next((each for each in found if set(each.members) == wanted), None)


def open_conversation(world: World, members: Sequence[User]) -> Channel:
    """Open the direct messages of two, or a group conversation of more; the same people have the same one."""
    people = list(dict.fromkeys(members))
    known = find_conversation(world, people)
    if known is not None:
        return known
    kind, letter = (Kind.IM, "D") if len(people) < 3 else (Kind.MPIM, "C")
    made = Channel(world.new_id(letter), kind, world, "", people[0], world.seconds(), people)
    if kind is Kind.MPIM:
        made.name = f"mpdm-{'--'.join(each.name for each in people)}-1"
    world.channels[made.id] = made
    return made
