"""Messages, and what can be done to one."""

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from tests.slack.server.composing import new_name, numbered, rich_text
from tests.slack.server.files import File
from tests.slack.server.people import User
from tests.slack.server.world import Body

if TYPE_CHECKING:
    from tests.slack.server.channels import Channel

TOMBSTONE: Body = {"subtype": "tombstone", "hidden": True, "text": "This message was deleted.", "user": "USLACKBOT"}
"""What is left of a deleted message that has replies."""

MOST_PINNED = 100
"""So many messages can be pinned in one place."""

WITHOUT_TEAM = frozenset({"channel_purpose", "channel_topic", "me_message"})
"""Kinds of messages that do not say of which workspace their author is."""


@dataclass(slots=True, eq=False)
class Message:
    """One message and all that became of it; it stays in the ledger when it is deleted."""

    ts: str
    channel: "Channel"
    author: User | None
    """None: a webhook wrote it."""
    text: str = ""
    blocks: list[Body] = field(default_factory=list)
    attachments: list[Body] = field(default_factory=list)
    files: list[File] = field(default_factory=list)
    subtype: str | None = None
    root: "Message | None" = None
    """The message whose thread it stands in."""
    broadcast: bool = False
    metadata: Body | None = None
    by_app: bool = False
    """Whether our app wrote it, in its own name or with somebody's token."""
    seen_by: User | None = None
    """The only one who sees it; None where everybody in the place does."""
    more: Body = field(default_factory=dict)
    """Whatever else Slack might send with it, laid over the rest."""
    edited: Body | None = None
    deleted: bool = False
    deleted_by: User | None = None
    versions: list[str] = field(default_factory=list)
    """Every text it ever had, the present one last."""
    replies: "list[Message]" = field(default_factory=list)
    """Deleted ones, too."""
    reactions: dict[str, list[User]] = field(default_factory=dict)
    pinned_by: User | None = None
    pinned_at: int = 0

    @property
    def ephemeral(self) -> bool:
        """Whether one person alone sees it."""
        return self.seen_by is not None

    @property
    def standing_replies(self) -> "list[Message]":
        """The replies that were not deleted."""
        return [reply for reply in self.replies if not reply.deleted]

    @property
    def buried(self) -> bool:
        """Whether it was deleted and leaves a tombstone, because there are replies to it."""
        return self.deleted and bool(self.standing_replies)

    def visible_to(self, user: User) -> bool:
        """Tell whether somebody sees it now."""
        return not self.deleted and self.seen_by in {None, user} and self.channel.visible_to(user)

    @property
    def body(self) -> Body:
        """Write it as conversations.history gives it, its metadata left out."""
        written: Body = {"type": "message", "ts": self.ts, "text": self.text}
        written |= {} if self.subtype is None else {"subtype": self.subtype}
        written |= {} if self.author is None else {"user": self.author.id}
        if self.author is not None and self.subtype not in WITHOUT_TEAM:
            written["team"] = self.author.team.id
        written |= self._app_marks()
        written |= {"blocks": self.blocks} if self.blocks else {}
        written |= {"attachments": self.attachments} if self.attachments else {}
        if self.files:
            written |= {"files": [each.in_a_message for each in self.files], "upload": False, "display_as_bot": False}
        written |= {} if self.edited is None else {"edited": self.edited}
        written |= self._thread_marks()
        if self.reactions:
            written["reactions"] = [
                {"name": name, "users": [user.id for user in who], "count": len(who)}
                for name, who in self.reactions.items()
            ]
        written |= {} if self.pinned_by is None else {"pinned_to": [self.channel.id]}
        written |= self.more
        return written | TOMBSTONE if self.buried else written

    @property
    def event(self) -> Body:
        """Write it as the event does that tells of it."""
        return self.body | {"channel": self.channel.id, "event_ts": self.ts, "channel_type": self.channel.kind.value}

    def edit(
        self,
        text: str | None = None,
        *,
        by: User | None = None,
        blocks: list[Body] | None = None,
        attachments: list[Body] | None = None,
    ) -> None:
        """Change its words, and tell: `edited` says that a person did it."""
        before = self.body
        if text is not None:
            self.text = text
            self.versions.append(text)
            self.blocks = [] if self.by_app else rich_text(text, new_name(self.channel.world))
        self.blocks = self.blocks if blocks is None else numbered(self.channel.world, blocks)
        self.attachments = self.attachments if attachments is None else list(attachments)
        author = by or self.author or self.channel.world.bot
        self.edited = {"user": author.id, "ts": self.channel.world.new_ts()}
        if not self.ephemeral:
            self._tell_changed(before)

    def unfurl(self, *previews: Body) -> None:
        """Show previews of its links, which comes as a change that nobody made."""
        before = self.body
        self.attachments = [*self.attachments, *previews]
        self._tell_changed(before)

    def delete(self, by: User | None = None) -> None:
        """Take it away; with replies to it a tombstone stays, which comes as a change."""
        before, world = self.body, self.channel.world
        self.deleted, self.deleted_by = True, by or self.author
        if self.ephemeral:
            return
        if self.buried:
            self._tell_changed(before)
            return
        ts = world.new_ts()
        told = {"type": "message", "subtype": "message_deleted", "hidden": True, "deleted_ts": self.ts, "ts": ts}
        self.channel.tell_message(told | {"event_ts": ts, "previous_message": before})
        if self.root is not None and self.root.deleted and not self.root.standing_replies:
            self.root.delete(self.root.deleted_by)

    def react(self, user: User, name: str) -> None:
        """Add somebody's reaction."""
        self.reactions.setdefault(name, []).append(user)
        self._tell_reaction("reaction_added", user, name)

    def unreact(self, user: User, name: str) -> None:
        """Take somebody's reaction back."""
        self.reactions[name].remove(user)
        if not self.reactions[name]:
            del self.reactions[name]
        self._tell_reaction("reaction_removed", user, name)

    def pin(self, by: User) -> None:
        """Pin it to its place, where so many can be pinned."""
        assert len(self.channel.pinned) < MOST_PINNED, "Slack pins no more than a hundred messages in one place."
        self.pinned_by, self.pinned_at = by, self.channel.world.seconds()
        self.channel.pins.insert(0, self)
        self._tell_pin("pin_added", by, self.pinned_item)

    def unpin(self, by: User) -> None:
        """Take it off the pins."""
        told = self.pinned_item
        self.pinned_by = None
        self.channel.pins.remove(self)
        self._tell_pin("pin_removed", by, told)

    @property
    def permalink(self) -> str:
        """Its address for people."""
        place = f"https://{self.channel.world.team.domain}.slack.example/archives/{self.channel.id}"
        return f"{place}/p{self.ts.replace('.', '')}"

    @property
    def pinned_item(self) -> Body:
        """Write it as pins are listed; it must be pinned."""
        assert self.pinned_by is not None
        shown = self.body | {"permalink": self.permalink}
        told = {"type": "message", "channel": self.channel.id, "created_by": self.pinned_by.id}
        return told | {"created": self.pinned_at, "message": shown}

    def _app_marks(self) -> Body:
        world = self.channel.world
        if not self.by_app:
            return {}
        bot = {"id": world.bot_id, "name": world.bot.name, "app_id": world.app_id, "team_id": world.team.id}
        marks: Body = {"bot_id": world.bot_id, "app_id": world.app_id}
        return marks | {"bot_profile": bot | {"icons": {}, "updated": world.bot.updated, "deleted": False}}

    def _thread_marks(self) -> Body:
        if self.root is not None:
            parent = {} if self.root.author is None else {"parent_user_id": self.root.author.id}
            return {"thread_ts": self.root.ts} | parent | ({"root": self.root.body} if self.broadcast else {})
        standing = self.standing_replies
        if not standing:
            return {}
        who = list(dict.fromkeys(reply.author.id for reply in standing if reply.author is not None))
        return {
            "thread_ts": self.ts,
            "reply_count": len(standing),
            "reply_users": who,
            "reply_users_count": len(who),
            "latest_reply": standing[-1].ts,
            "is_locked": False,
            "subscribed": False,
        }

    def _tell_changed(self, before: Body) -> None:
        ts = self.channel.world.new_ts()
        told = {"type": "message", "subtype": "message_changed", "hidden": True, "ts": ts, "event_ts": ts}
        self.channel.tell_message(told | {"message": self.body, "previous_message": before})

    def _tell_reaction(self, kind: str, user: User, name: str) -> None:
        item = {"type": "message", "channel": self.channel.id, "ts": self.ts}
        told = {"type": kind, "user": user.id, "reaction": name, "item": item}
        told |= {"item_user": "" if self.author is None else self.author.id, "event_ts": self.channel.world.new_ts()}
        self.channel.tell(told)

    def _tell_pin(self, kind: str, by: User, item: Body) -> None:
        world, pinned = self.channel.world, self.channel.pinned
        told: Body = {
            "type": kind,
            "user": by.id,
            "channel_id": self.channel.id,
            "item": item,
            "item_user": "" if self.author is None else self.author.id,
            "pin_count": str(len(pinned)),
            "pinned_info": {"channel": self.channel.id, "pinned_by": by.id, "pinned_ts": world.seconds()},
            "event_ts": world.new_ts(),
        }
        told |= {"has_pins": bool(pinned)} if kind == "pin_removed" else {}
        self.channel.tell(told)
