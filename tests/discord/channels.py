"""Places in which messages stand: channels of every kind, threads, and direct messages."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import IntEnum
from typing import TYPE_CHECKING

from tests.discord.messages import IS_A_FORWARD, Message
from tests.discord.world import Body, Event, User, World

if TYPE_CHECKING:
    from tests.discord.guilds import Guild, Role

VIEW, SEND, READ_HISTORY, MANAGE_THREADS = 1 << 10, 1 << 11, 1 << 16, 1 << 34
"""The permission bits that tests ask for most."""


class Kind(IntEnum):
    """A channel's type, as Discord numbers it."""

    TEXT = 0
    DIRECT = 1
    VOICE = 2
    CATEGORY = 4
    ANNOUNCEMENT = 5
    ANNOUNCEMENT_THREAD = 10
    PUBLIC_THREAD = 11
    PRIVATE_THREAD = 12
    STAGE = 13
    FORUM = 15


@dataclass(frozen=True, slots=True)
class Overwrite:
    """What a role or a member may and may not do in one channel, unlike elsewhere."""

    target: int
    is_member: bool
    allow: int = 0
    deny: int = 0

    @property
    def body(self) -> Body:
        kind = int(self.is_member)
        return {"id": str(self.target), "type": kind, "allow": str(self.allow), "deny": str(self.deny)}


@dataclass(slots=True, eq=False)
class Channel:
    """One place."""

    id: int
    kind: Kind
    world: World
    name: str = ""
    guild: "Guild | None" = None
    parent: "Channel | None" = None
    topic: str | None = None
    overwrites: dict[int, Overwrite] = field(default_factory=dict)
    recipient: User | None = None
    """Who talks with the bot here, where this is a direct message."""
    messages: dict[int, Message] = field(default_factory=dict)
    """Those that everybody here can read."""
    hidden: bool = False
    """True: the bot may not see it. REST answers 403 with code 50001, and no message here reaches it."""
    deleted: bool = False
    settings: Body = field(default_factory=dict)
    """What else was patched in: rate_limit_per_user, nsfw, position and the like."""

    @property
    def body(self) -> Body:
        last = max(self.messages, default=None)
        written: Body = {"id": str(self.id), "type": int(self.kind), "last_message_id": last and str(last), "flags": 0}
        if self.guild is None:
            assert self.recipient is not None
            return written | {"recipients": [self.recipient.body]}
        return (
            written
            | {
                "guild_id": str(self.guild.id),
                "name": self.name,
                "position": 0,
                "topic": self.topic,
                "nsfw": False,
                "rate_limit_per_user": 0,
                "parent_id": self.parent and str(self.parent.id),
                "permission_overwrites": [each.body for each in self.overwrites.values()],
            }
            | ({"bitrate": 64000, "user_limit": 0} if self.kind in {Kind.VOICE, Kind.STAGE} else {})
            | ({"available_tags": []} if self.kind is Kind.FORUM else {})
            | self.settings
        )

    def say(
        self,
        author: User,
        content: str = "",
        *,
        embeds: Sequence[Body] = (),
        components: Sequence[Body] = (),
        files: Mapping[str, bytes] | None = None,
        nonce: str | None = None,
        flags: int = 0,
        reply_to: Message | None = None,
        interaction: Body | None = None,
        seen_by: User | None = None,
        more: Body | None = None,
        at: datetime | None = None,
        known_id: int | None = None,
    ) -> Message:
        """Write a message here; `at` dates it back, `more` lays raw fields over it."""
        made = Message(
            known_id or self.world.new_id(at),
            self,
            author,
            content,
            embeds=list(embeds),
            components=list(components),
            nonce=nonce,
            flags=flags,
            reply_to=reply_to,
            interaction=interaction,
            seen_by=seen_by,
            more=dict(more or {}),
            versions=[content],
        )
        made.attachments = [self._attach(name, data) for name, data in (files or {}).items()]
        return self._publish(made)

    def forward(self, author: User, message: Message) -> Message:
        """Forward a message to here: its words are in the snapshot alone."""
        made = Message(self.world.new_id(), self, author, flags=IS_A_FORWARD, forwards=message, versions=[""])
        return self._publish(made)

    def overwrite(self, target: "Role | User", allow: int = 0, deny: int = 0) -> None:
        """Set what a role or somebody may do here."""
        self.set_overwrites(*self.overwrites.values(), Overwrite(target.id, isinstance(target, User), allow, deny))

    def set_overwrites(self, *overwrites: Overwrite) -> None:
        """Replace all overwrites; of two for one target the later stands."""
        self.overwrites = {each.target: each for each in overwrites}
        self.tell("CHANNEL_UPDATE")

    def change(self, body: Body) -> None:
        """Take over what a PATCH brings."""
        rest = dict(body)
        self.name = rest.pop("name", self.name)
        self.topic = rest.pop("topic", self.topic)
        if "permission_overwrites" in rest:
            self.overwrites = {int(each["id"]): to_overwrite(each) for each in rest.pop("permission_overwrites") or ()}
        if "parent_id" in rest:
            parent = rest.pop("parent_id")
            self.parent = self.world.channels[int(parent)] if parent else None
        self.settings |= rest
        self.tell("CHANNEL_UPDATE")

    def delete(self) -> None:
        """Take the place away, and what stands in it."""
        assert self.guild is not None
        del self.world.channels[self.id], self.guild.channels[self.id]
        self.deleted = True
        self.tell("CHANNEL_DELETE")

    def delete_many(self, messages: Sequence[Message], by: User, reason: str | None = None) -> None:
        """Take messages away at once, which is one event and one line in the audit log."""
        assert self.guild is not None
        for message in messages:
            message.deleted, message.deleted_by = True, by
        ids = [str(message.id) for message in messages]
        told = {"ids": ids, "channel_id": str(self.id), "guild_id": str(self.guild.id)}
        self.world.emit(Event("MESSAGE_DELETE_BULK", told, self.guild.id, self))
        self.guild.note(73, by, self.id, reason=reason, options={"count": str(len(ids))})

    def thread(
        self, author: User, name: str, *, private: bool = False, members: Sequence[User] = (), starter: str = ""
    ) -> "Thread":
        """Open a thread here, its author and some others in it; in a forum `starter` is what the post says."""
        kinds = {Kind.ANNOUNCEMENT: Kind.ANNOUNCEMENT_THREAD}
        kind = Kind.PRIVATE_THREAD if private else kinds.get(self.kind, Kind.PUBLIC_THREAD)
        made = self.open_thread(kind, author, name)
        for member in members:
            made.add(member)
        if self.kind is Kind.FORUM:
            made.say(author, starter, known_id=made.id)
        return made

    def open_thread(self, kind: Kind, owner: User, name: str, known_id: int | None = None) -> "Thread":
        """Open a thread with its owner alone in it."""
        assert self.guild is not None
        made = Thread(known_id or self.world.new_id(), kind, self.world, name, self.guild, self, owner=owner)
        made.hidden = self.hidden
        made.archived_at = self.world.now()
        made.members[owner.id] = self.world.stamp()
        self.world.channels[made.id] = self.guild.channels[made.id] = made
        made.tell("THREAD_CREATE", newly_created=True)
        return made

    def tell(self, event: str, **more: object) -> None:
        """Tell the gateway about this place."""
        assert self.guild is not None
        self.world.emit(Event(event, self.body | more, self.guild.id))

    def _publish(self, message: Message) -> Message:
        self.world.ledger.append(message)
        if message.seen_by is None:
            self.messages[message.id] = message
            message._tell("MESSAGE_CREATE", message.event)
        return message

    def _attach(self, name: str, data: bytes) -> Body:
        number = self.world.new_id()
        path = f"/attachments/{self.id}/{number}/{name}"
        self.world.files[path] = data
        url = self.world.base + path
        return {"id": str(number), "filename": name, "size": len(data), "url": url, "proxy_url": url}


@dataclass(slots=True, eq=False)
class Thread(Channel):
    """A thread, and who is in it."""

    owner: User = field(kw_only=True)
    members: dict[int, str] = field(default_factory=dict)
    """When each joined, by user."""
    archived: bool = False
    locked: bool = False
    invitable: bool = True
    minutes: int = 1440
    archived_at: datetime = field(init=False)
    """When `archived` last changed."""

    @property
    def body(self) -> Body:
        assert self.guild is not None
        assert self.parent is not None
        last = max(self.messages, default=None)
        return {
            "id": str(self.id),
            "type": int(self.kind),
            "guild_id": str(self.guild.id),
            "parent_id": str(self.parent.id),
            "owner_id": str(self.owner.id),
            "name": self.name,
            "last_message_id": last and str(last),
            "message_count": len(self.messages),
            "member_count": len(self.members),
            "rate_limit_per_user": 0,
            "flags": 0,
            "thread_metadata": {
                "archived": self.archived,
                "locked": self.locked,
                "invitable": self.invitable,
                "auto_archive_duration": self.minutes,
                "archive_timestamp": self.archived_at.isoformat(),
            },
        } | ({"member": self.entry(self.world.bot.id)} if self.world.bot.id in self.members else {})

    def entry(self, user: int) -> Body:
        """Write one who is in the thread."""
        return {"id": str(self.id), "user_id": str(user), "join_timestamp": self.members[user], "flags": 0}

    def add(self, user: User) -> None:
        """Bring somebody in; whoever is in already stays as they are."""
        assert self.guild is not None
        if user.id in self.members:
            return
        self.members[user.id] = self.world.stamp()
        member = self.guild.members.get(user.id)
        shown = self.entry(user.id) | ({"member": member.body} if member else {})
        self._tell_members(added_members=[shown])

    def remove(self, user: User) -> None:
        """Let somebody go."""
        if self.members.pop(user.id, None) is not None:
            self._tell_members(removed_member_ids=[str(user.id)])

    def change(self, body: Body) -> None:
        """Take over what a PATCH brings."""
        if body.get("archived", self.archived) != self.archived:
            self.archived_at = self.world.now()
        self.name = body.get("name", self.name)
        self.archived = body.get("archived", self.archived)
        self.locked = body.get("locked", self.locked)
        self.invitable = body.get("invitable", self.invitable)
        self.minutes = body.get("auto_archive_duration", self.minutes)
        self.tell("THREAD_UPDATE")

    def delete(self) -> None:
        """Take the thread away."""
        assert self.guild is not None
        del self.world.channels[self.id], self.guild.channels[self.id]
        self.deleted = True
        shown = {key: self.body[key] for key in ("id", "guild_id", "parent_id", "type")}
        self.world.emit(Event("THREAD_DELETE", shown, self.guild.id))

    def _tell_members(self, **changed: object) -> None:
        assert self.guild is not None
        told = {"id": str(self.id), "guild_id": str(self.guild.id), "member_count": len(self.members)}
        self.world.emit(Event("THREAD_MEMBERS_UPDATE", told | changed, self.guild.id))


def to_overwrite(body: Body) -> Overwrite:
    """Read an overwrite as REST brings it."""
    return Overwrite(int(body["id"]), int(body["type"]) == 1, int(body.get("allow") or 0), int(body.get("deny") or 0))
