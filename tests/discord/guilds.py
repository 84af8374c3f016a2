"""Servers, which Discord calls guilds: roles, members, channels, AutoMod rules and the audit log."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import timedelta

from tests.discord.channels import READ_HISTORY, SEND, VIEW, Channel, Kind, Overwrite, Thread
from tests.discord.world import Body, Event, User, World

ADMINISTRATOR = 1 << 3


@dataclass(slots=True, eq=False)
class Role:
    """One role."""

    id: int
    name: str
    permissions: int = 0
    position: int = 1
    managed: bool = False

    @property
    def body(self) -> Body:
        return {
            "id": str(self.id),
            "name": self.name,
            "permissions": str(self.permissions),
            "position": self.position,
            "color": 0,
            "colors": {"primary_color": 0, "secondary_color": None, "tertiary_color": None},
            "hoist": False,
            "mentionable": False,
            "managed": self.managed,
            "flags": 0,
        }


@dataclass(slots=True, eq=False)
class Member:
    """Somebody in a guild."""

    guild: "Guild"
    user: User
    roles: list[Role]
    joined_at: str
    nick: str | None = None
    timed_out_until: str | None = None
    voice: Channel | None = None

    @property
    def body(self) -> Body:
        return {
            "user": self.user.body,
            "nick": self.nick,
            "roles": [str(role.id) for role in self.roles],
            "joined_at": self.joined_at,
            "communication_disabled_until": self.timed_out_until,
            "avatar": None,
            "deaf": False,
            "mute": False,
            "pending": False,
            "flags": 0,
        }

    def change(self, *, nick: str | None = None, roles: Iterable[Role] | None = None) -> None:
        """Rename them, or set their roles."""
        self.nick = self.nick if nick is None else nick or None
        self.roles = self.roles if roles is None else list(roles)
        self.tell()

    def tell(self) -> None:
        """Tell the gateway that they changed."""
        self.guild.emit("GUILD_MEMBER_UPDATE", self.body)

    def leave(self) -> None:
        """Leave the guild, and every thread in it."""
        del self.guild.members[self.user.id]
        self.guild.emit("GUILD_MEMBER_REMOVE", {"user": self.user.body})
        for thread in self.guild.threads:
            thread.remove(self.user)

    def speak_in(self, channel: Channel | None) -> None:
        """Join a voice channel, or none."""
        self.voice = channel
        self.guild.emit("VOICE_STATE_UPDATE", self.voice_state | {"member": self.body})

    @property
    def voice_state(self) -> Body:
        """Write where they are listening."""
        off = ("deaf", "mute", "self_deaf", "self_mute", "self_video", "suppress")
        where = self.voice and str(self.voice.id)
        told = {"channel_id": where, "user_id": str(self.user.id), "session_id": f"voice-{self.user.id}"}
        return told | {"request_to_speak_timestamp": None} | dict.fromkeys(off, False)


@dataclass(slots=True, eq=False)
class Guild:
    """One guild."""

    id: int
    name: str
    world: World
    owner: User
    roles: dict[int, Role] = field(default_factory=dict)
    members: dict[int, Member] = field(default_factory=dict)
    channels: dict[int, Channel] = field(default_factory=dict)
    """Threads, too."""
    rules: dict[int, Body] = field(default_factory=dict)
    """AutoMod rules as REST writes them."""
    audit: list[Body] = field(default_factory=list)
    """The audit log, oldest first."""
    large: bool = False
    """True: GUILD_CREATE brings the bot alone, whatever the intents, and the others have to be asked for."""
    settings: Body = field(default_factory=dict)
    incidents: Body = field(default_factory=dict)
    emojis: list[Body] = field(default_factory=list)
    events: list[Body] = field(default_factory=list)
    """What stands in its calendar."""

    @property
    def everyone(self) -> Role:
        """The role that everybody has."""
        return self.roles[self.id]

    @property
    def threads(self) -> list[Thread]:
        """All threads, archived ones too."""
        return [channel for channel in self.channels.values() if isinstance(channel, Thread)]

    @property
    def summary(self) -> Body:
        """Write it as REST gives it."""
        return {
            "id": str(self.id),
            "name": self.name,
            "owner_id": str(self.owner.id),
            "roles": [role.body for role in self.roles.values()],
            "emojis": self.emojis,
            "stickers": [],
            "features": [],
            "afk_timeout": 300,
            "verification_level": 1,
            "default_message_notifications": 1,
            "explicit_content_filter": 2,
            "mfa_level": 0,
            "nsfw_level": 0,
            "premium_tier": 0,
            "system_channel_flags": 0,
            "preferred_locale": "en-US",
            "incidents_data": self.incidents or None,
        } | self.settings

    def described_to(self, *, everybody: bool) -> Body:
        """Write GUILD_CREATE; without `everybody` the bot is its only member."""
        shown = self.members.values() if everybody and not self.large else [self.members[self.world.bot.id]]
        active = [thread.body for thread in self.threads if not thread.archived]
        return self.summary | {
            "joined_at": self.members[self.world.bot.id].joined_at,
            "large": self.large,
            "unavailable": False,
            "member_count": len(self.members),
            "members": [member.body for member in shown],
            "channels": [channel.body for channel in self.channels.values() if not isinstance(channel, Thread)],
            "threads": active,
            "voice_states": [member.voice_state for member in self.members.values() if member.voice],
            "presences": [],
            "stage_instances": [],
            "guild_scheduled_events": self.events,
            "soundboard_sounds": [],
        }

    def role(self, name: str, permissions: int = 0) -> Role:
        """Add a role."""
        made = Role(self.world.new_id(), name, permissions, len(self.roles))
        self.roles[made.id] = made
        self.emit("GUILD_ROLE_CREATE", {"role": made.body})
        return made

    def change_role(self, role: Role, permissions: int) -> None:
        """Let a role do other things than before."""
        role.permissions = permissions
        self.emit("GUILD_ROLE_UPDATE", {"role": role.body})

    def delete_role(self, role: Role) -> None:
        """Take a role away from everybody."""
        del self.roles[role.id]
        for member in self.members.values():
            if role in member.roles:
                member.change(roles=[each for each in member.roles if each is not role])
        self.emit("GUILD_ROLE_DELETE", {"role_id": str(role.id)})

    def member(self, user: User, roles: Iterable[Role] = (), *, nick: str | None = None) -> Member:
        """Let somebody in."""
        made = Member(self, user, list(roles), self.world.stamp(), nick)
        self.members[user.id] = made
        self.emit("GUILD_MEMBER_ADD", made.body)
        return made

    def text_channel(
        self,
        name: str,
        *,
        parent: Channel | None = None,
        topic: str | None = None,
        overwrites: Mapping[Role | User, tuple[int, int]] | None = None,
    ) -> Channel:
        """Add a text channel."""
        return self.channel(Kind.TEXT, name, parent=parent, topic=topic, overwrites=overwrites)

    def channel(
        self,
        kind: Kind,
        name: str,
        *,
        parent: Channel | None = None,
        topic: str | None = None,
        overwrites: Mapping[Role | User, tuple[int, int]] | None = None,
        written_overwrites: Iterable[Overwrite] = (),
    ) -> Channel:
        """Add a channel of any kind; overwrites are (allow, deny) by role or user, or written out."""
        made = Channel(self.world.new_id(), kind, self.world, name, self, parent, topic)
        for target, (allow, deny) in (overwrites or {}).items():
            made.overwrites[target.id] = Overwrite(target.id, isinstance(target, User), allow, deny)
        made.overwrites |= {each.target: each for each in written_overwrites}
        self.world.channels[made.id] = self.channels[made.id] = made
        made.tell("CHANNEL_CREATE")
        return made

    def emoji(self, name: str) -> int:
        """Add an emoji, and give its id."""
        made = self.world.new_id()
        self.emojis.append({"id": str(made), "name": name, "roles": [], "available": True})
        self.emit("GUILD_EMOJIS_UPDATE", {"emojis": self.emojis})
        return made

    def event(self, name: str) -> int:
        """Put an event into the calendar, somewhere outside Discord, and give its id."""
        made, begins = self.world.new_id(), self.world.now() + timedelta(days=1)
        ends = begins + timedelta(hours=1)
        told: Body = {"id": str(made), "guild_id": str(self.id), "name": name, "channel_id": None, "entity_id": None}
        told |= {"scheduled_start_time": begins.isoformat(), "scheduled_end_time": ends.isoformat()}
        told |= {"privacy_level": 2, "status": 1, "entity_type": 3, "entity_metadata": {"location": "The gym"}}
        self.events.append(told)
        self.emit("GUILD_SCHEDULED_EVENT_CREATE", told)
        return made

    def note(
        self,
        action: int,
        by: User,
        target: int,
        *,
        reason: str | None = None,
        options: Body | None = None,
        changes: Iterable[Body] = (),
    ) -> None:
        """Write into the audit log, and tell."""
        entry: Body = {
            "id": str(self.world.new_id()),
            "action_type": action,
            "user_id": str(by.id),
            "target_id": str(target),
            "changes": list(changes),
        }
        entry |= {} if reason is None else {"reason": reason}
        entry |= {} if options is None else {"options": options}
        self.audit.append(entry)
        self.emit("GUILD_AUDIT_LOG_ENTRY_CREATE", entry)

    def block(self, user: User, channel: Channel, content: str, rule: int, keyword: str) -> None:
        """Let AutoMod stop a message: nobody sees it, and only this event tells of it."""
        written = self.rules[rule]
        told = {
            "rule_id": str(rule),
            "rule_trigger_type": written["trigger_type"],
            "action": {"type": 1, "metadata": {}},
            "user_id": str(user.id),
            "channel_id": str(channel.id),
            "content": content,
            "matched_keyword": keyword,
            "matched_content": keyword,
        }
        self.emit("AUTO_MODERATION_ACTION_EXECUTION", told)

    def expel_bot(self) -> None:
        """Put the bot out: it hears no more, and every route here answers 404."""
        del self.world.guilds[self.id]
        for channel in self.channels:
            del self.world.channels[channel]
        self.world.emit(Event("GUILD_DELETE", {"id": str(self.id)}, self.id))

    def emit(self, name: str, data: Body) -> None:
        """Tell the gateway something about this guild."""
        self.world.emit(Event(name, {"guild_id": str(self.id), **data}, self.id))


def open_guild(world: World, name: str, *, owner: User | None = None, permissions: int = ADMINISTRATOR) -> Guild:
    """Open a guild with its owner and the bot in it; the bot's own role has the permissions."""
    owner = owner or world.user(f"owner of {name}")
    made = Guild(world.new_id(), name, world, owner)
    made.roles[made.id] = Role(made.id, "@everyone", VIEW | SEND | READ_HISTORY, position=0)
    own = Role(world.new_id(), world.bot.name, permissions, managed=True)
    made.roles[own.id] = own
    joined = world.stamp()
    made.members[owner.id] = Member(made, owner, [], joined)
    made.members[world.bot.id] = Member(made, world.bot, [own], joined)
    world.guilds[made.id] = made
    world.emit(Event("GUILD_CREATE", {}, made.id))
    return made


def open_direct(world: World, user: User) -> Channel:
    """Open the bot's direct messages with somebody, or find them open."""
    found = (channel for channel in world.channels.values() if channel.recipient is user)
    channel = next(found, None)
    if channel is None:
        channel = Channel(world.new_id(), Kind.DIRECT, world, recipient=user)
        world.channels[channel.id] = channel
    return channel
