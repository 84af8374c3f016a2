"""Messages, and what can be done to one."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from tests.discord.world import EPOCH, Body, Event, User

if TYPE_CHECKING:
    from tests.discord.channels import Channel

EPHEMERAL = 1 << 6
IS_A_FORWARD = 1 << 14
PINNED = 6
"""The type of what Discord writes when somebody pinned a message."""


@dataclass(slots=True, eq=False)
class Message:
    """One message and all that became of it; it stays in the ledger when it is deleted."""

    id: int
    channel: "Channel"
    author: User
    content: str = ""
    embeds: list[Body] = field(default_factory=list)
    components: list[Body] = field(default_factory=list)
    attachments: list[Body] = field(default_factory=list)
    nonce: str | None = None
    flags: int = 0
    reply_to: "Message | None" = None
    forwards: "Message | None" = None
    more: Body = field(default_factory=dict)
    """Whatever else Discord might send with it (poll, sticker_items, webhook_id), laid over the rest."""
    interaction: Body | None = None
    seen_by: User | None = None
    """The only one who sees it; None where everybody in the channel does."""
    edited_at: datetime | None = None
    deleted: bool = False
    deleted_by: User | None = None
    pinned: bool = False
    versions: list[str] = field(default_factory=list)
    """Every text it ever had, the present one last."""
    reactions: dict[str, list[User]] = field(default_factory=dict)

    @property
    def sent_at(self) -> datetime:
        """When it was written, by its id."""
        return EPOCH + timedelta(milliseconds=self.id >> 22)

    @property
    def visible(self) -> bool:
        """Whether anybody can read it now."""
        return not self.deleted

    @property
    def place(self) -> Body:
        """Where it stands, as events about it say."""
        guild = self.channel.guild
        return {"channel_id": str(self.channel.id)} | ({} if guild is None else {"guild_id": str(guild.id)})

    @property
    def body(self) -> Body:
        """Write it as REST gives it."""
        kind = 19 if self.reply_to else 20 if self.interaction else 0
        written: Body = {
            "id": str(self.id),
            "channel_id": str(self.channel.id),
            "type": kind,
            "author": self.author.body,
            "content": self.content,
            "timestamp": self.sent_at.isoformat(),
            "edited_timestamp": self.edited_at and self.edited_at.isoformat(),
            "tts": False,
            "mention_everyone": False,
            "mentions": [user.body for user in self._mentioned()],
            "mention_roles": [],
            "attachments": self.attachments,
            "embeds": self.embeds,
            "components": self.components,
            "pinned": self.pinned,
            "flags": self.flags,
            "reactions": [
                {"emoji": {"id": None, "name": name}, "count": len(who), "me": False, "me_burst": False}
                | {"count_details": {"burst": 0, "normal": len(who)}, "burst_colors": []}
                for name, who in self.reactions.items()
            ],
        }
        if self.nonce is not None:
            written["nonce"] = self.nonce
        if self.author.bot and "webhook_id" not in self.more:
            written["application_id"] = str(self.author.id)
        if self.reply_to is not None:
            written["message_reference"] = self.reply_to.place | {"type": 0, "message_id": str(self.reply_to.id)}
            written["referenced_message"] = None if self.reply_to.deleted else self.reply_to.body
        if self.forwards is not None:
            kept = ("content", "embeds", "attachments", "timestamp", "edited_timestamp", "flags", "components", "type")
            shown = {key: value for key, value in self.forwards.body.items() if key in kept}
            written["message_reference"] = self.forwards.place | {"type": 1, "message_id": str(self.forwards.id)}
            written["message_snapshots"] = [{"message": shown | {"mentions": [], "mention_roles": []}}]
        if self.interaction is not None:
            written["interaction_metadata"] = self.interaction
        return written | self.more

    @property
    def event(self) -> Body:
        """Write it as the gateway gives it: with its guild and, without repeating the user, its member."""
        guild = self.channel.guild
        if guild is None:
            return self.body
        written = self.body | {"guild_id": str(guild.id)}
        member = guild.members.get(self.author.id)
        if member is None or "webhook_id" in self.more:
            return written
        return written | {"member": {key: value for key, value in member.body.items() if key != "user"}}

    def edit(self, content: str | None = None, **changed: list[Body]) -> None:
        """Change its text, or its embeds, components or attachments, and tell."""
        if content is not None and content != self.content:
            self.content = content
            self.versions.append(content)
        for name, value in changed.items():
            setattr(self, name, value)
        self.edited_at = self.channel.world.now()
        if self.seen_by is None:
            self._tell("MESSAGE_UPDATE", self.event)

    def pin(self, by: User) -> "Message":
        """Let somebody pin it, and give the line that Discord writes there under their name."""
        self.pinned = True
        self._tell("MESSAGE_UPDATE", self.event)
        told = {"channel_id": str(self.channel.id), "last_pin_timestamp": self.channel.world.stamp()}
        guild = self.channel.guild
        self._tell("CHANNEL_PINS_UPDATE", told | ({} if guild is None else {"guild_id": str(guild.id)}))
        reference = self.place | {"type": 0, "message_id": str(self.id)}
        return self.channel.say(by, more={"type": PINNED, "message_reference": reference})

    def unfurl(self, *embeds: Body) -> None:
        """Show previews of its links, which comes as an edit that nobody made."""
        self.embeds = list(embeds)
        self._tell("MESSAGE_UPDATE", self.event)

    def delete(self, by: User | None = None, reason: str | None = None) -> None:
        """Take it away; where somebody else than its author does so, the audit log says it."""
        self.deleted, self.deleted_by = True, by or self.author
        if self.seen_by is not None:
            return
        self._tell("MESSAGE_DELETE", {"id": str(self.id), **self.place})
        guild = self.channel.guild
        if guild is not None and by not in {None, self.author}:
            assert by is not None
            options = {"channel_id": str(self.channel.id), "count": "1"}
            guild.note(72, by, self.author.id, reason=reason, options=options)

    def react(self, user: User, emoji: str) -> None:
        """Add somebody's reaction."""
        self.reactions.setdefault(emoji, []).append(user)
        told = self._reaction(user, emoji) | {"message_author_id": str(self.author.id)}
        guild = self.channel.guild
        if guild is not None and user.id in guild.members:
            told["member"] = guild.members[user.id].body
        self._tell("MESSAGE_REACTION_ADD", told)

    def unreact(self, user: User, emoji: str) -> None:
        """Take somebody's reaction back."""
        self.reactions[emoji].remove(user)
        if not self.reactions[emoji]:
            del self.reactions[emoji]
        self._tell("MESSAGE_REACTION_REMOVE", self._reaction(user, emoji))

    def clear_reactions(self, emoji: str | None = None) -> None:
        """Take away all reactions, or all with one emoji."""
        told = {"message_id": str(self.id), **self.place}
        if emoji is None:
            self.reactions.clear()
            self._tell("MESSAGE_REACTION_REMOVE_ALL", told)
        else:
            self.reactions.pop(emoji, None)
            self._tell("MESSAGE_REACTION_REMOVE_EMOJI", told | {"emoji": {"id": None, "name": emoji}})

    def _reaction(self, user: User, emoji: str) -> Body:
        told = {"user_id": str(user.id), "message_id": str(self.id), "emoji": {"id": None, "name": emoji}}
        return told | {"burst": False, "type": 0, **self.place}

    def _mentioned(self) -> list[User]:
        users = self.channel.world.users.values()
        return [user for user in users if f"<@{user.id}>" in self.content or f"<@!{user.id}>" in self.content]

    def _tell(self, name: str, data: Body) -> None:
        guild = self.channel.guild
        self.channel.world.emit(Event(name, data, None if guild is None else guild.id, self.channel))
