"""What people do with the bot's commands, buttons and forms, and what it answers."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from secrets import token_hex
from typing import TYPE_CHECKING

from tests.discord.world import Body, Event, User, World

if TYPE_CHECKING:
    from tests.discord.channels import Channel
    from tests.discord.messages import Message

CHAT_COMMAND, USER_COMMAND, MESSAGE_COMMAND = 1, 2, 3
COMMAND, COMPONENT, FORM = 2, 3, 5
EVERYTHING = str((1 << 53) - 1)

Given = str | int | bool | User
"""What an option of a command can be given."""


@dataclass(slots=True, eq=False)
class Interaction:
    """One thing that somebody did, and every answer to it."""

    id: int
    token: str
    kind: int
    user: User
    channel: "Channel"
    message: "Message | None" = None
    """The message whose button it was, and later the one that the answer became."""
    answer: Body | None = None
    """The first answer: its type, and its data."""
    loading: bool = False
    """Whether the answer is still a "thinking"."""

    @property
    def form(self) -> Body:
        """The form that the answer opened."""
        assert self.answer is not None
        assert self.answer["type"] == 9
        form: Body = self.answer["data"]
        return form

    @property
    def metadata(self) -> Body:
        """Write it as the message says that came of it."""
        told = {"id": str(self.id), "type": self.kind, "user": self.user.body}
        return told | {"authorizing_integration_owners": {}}


@dataclass(slots=True, eq=False)
class Interactions:
    """Everything that people did."""

    world: World
    by_token: dict[str, Interaction] = field(default_factory=dict)

    def slash(
        self, user: User, channel: "Channel", name: str, options: Mapping[str, Given] | None = None
    ) -> Interaction:
        """Give a slash command, its subcommand after a space; the bot must have registered it."""
        first, *inner = name.split()
        resolved = self._resolve(channel, [each for each in (options or {}).values() if isinstance(each, User)])
        given: list[Body] = [to_option(key, value) for key, value in (options or {}).items()]
        for depth, word in enumerate(reversed(inner), start=1):
            given = [{"name": word, "type": depth, "options": given}]
        data = self._registered(first, CHAT_COMMAND, channel) | {"options": given, "resolved": resolved}
        return self._begin(COMMAND, user, channel, data)

    def on_user(self, user: User, channel: "Channel", name: str, target: User) -> Interaction:
        """Choose a command from somebody's context menu."""
        chosen = {"target_id": str(target.id), "resolved": self._resolve(channel, [target])}
        return self._begin(COMMAND, user, channel, self._registered(name, USER_COMMAND, channel) | chosen)

    def on_message(self, user: User, name: str, target: "Message") -> Interaction:
        """Choose a command from a message's context menu."""
        chosen = {"target_id": str(target.id), "resolved": {"messages": {str(target.id): target.body}}}
        data = self._registered(name, MESSAGE_COMMAND, target.channel) | chosen
        return self._begin(COMMAND, user, target.channel, data)

    def press(self, user: User, message: "Message", custom_id: str, values: list[str] | None = None) -> Interaction:
        """Press a button, or choose values of a select."""
        component = next(each for each in walk(message.components) if each.get("custom_id") == custom_id)
        data = {"custom_id": custom_id, "component_type": component["type"], "values": values or []}
        return self._begin(COMPONENT, user, message.channel, data, message)

    def submit(self, user: User, opened: Interaction, values: Mapping[str, str | list[str]]) -> Interaction:
        """Send the form that an interaction opened, filled in by custom_id."""
        filled = [fill(component, values) for component in opened.form["components"]]
        data = {"custom_id": opened.form["custom_id"], "components": filled, "resolved": {}}
        return self._begin(FORM, user, opened.channel, data, opened.message)

    def _begin(
        self, kind: int, user: User, channel: "Channel", data: Body, message: "Message | None" = None
    ) -> Interaction:
        made = Interaction(self.world.new_id(), token_hex(16), kind, user, channel, message)
        self.by_token[made.token] = made
        guild = channel.guild
        told: Body = {
            "id": str(made.id),
            "application_id": str(self.world.bot.id),
            "type": kind,
            "token": made.token,
            "version": 1,
            "channel_id": str(channel.id),
            "channel": channel.body,
            "data": data,
            "locale": "en-US",
            "app_permissions": EVERYTHING,
            "attachment_size_limit": 10 << 20,
            "entitlements": [],
            "authorizing_integration_owners": {},
            "context": 1 if guild is None else 0,
        }
        if message is not None:
            told["message"] = message.body
        if guild is None:
            told["user"] = user.body
        else:
            told |= {"guild_id": str(guild.id), "guild_locale": "en-US"}
            told["member"] = guild.members[user.id].body | {"permissions": EVERYTHING}
        self.world.emit(Event("INTERACTION_CREATE", told, None if guild is None else guild.id))
        return made

    def _registered(self, name: str, kind: int, channel: "Channel") -> Body:
        guild = None if channel.guild is None else channel.guild.id
        for command in (*self.world.commands.get(guild, ()), *self.world.commands.get(None, ())):
            if (command["name"], command["type"]) == (name, kind):
                placed = {"guild_id": command["guild_id"]} if "guild_id" in command else {}
                return {"id": command["id"], "name": name, "type": kind} | placed
        raise LookupError(f"The bot has registered no command {name!r} of type {kind}.")

    def _resolve(self, channel: "Channel", users: list[User]) -> Body:
        members = channel.guild.members if channel.guild else {}
        found = {user.id: members[user.id] for user in users if user.id in members}
        return {
            "users": {str(user.id): user.body for user in users},
            "members": {str(key): each.body | {"permissions": EVERYTHING} for key, each in found.items()},
        }


def to_option(name: str, value: Given) -> Body:
    """Write one option of a slash command."""
    match value:
        case bool():
            return {"name": name, "type": 5, "value": value}
        case int():
            return {"name": name, "type": 4, "value": value}
        case User():
            return {"name": name, "type": 6, "value": str(value.id)}
        case _:
            return {"name": name, "type": 3, "value": value}


def walk(components: list[Body]) -> Iterator[Body]:
    """Go through components and those inside them."""
    for component in components:
        yield component
        yield from walk(component.get("components", []))
        yield from walk([component[key] for key in ("component", "accessory") if key in component])


def fill(component: Body, values: Mapping[str, str | list[str]]) -> Body:
    """Fill in a form's component, and those inside it."""
    kept: Body = {"type": component["type"], "id": component.get("id", 0)}
    if "components" in component:
        return kept | {"components": [fill(each, values) for each in component["components"]]}
    if "component" in component:
        return kept | {"component": fill(component["component"], values)}
    if "custom_id" not in component:
        return kept
    value = values.get(component["custom_id"], component.get("value", ""))
    return kept | {"custom_id": component["custom_id"], "values" if isinstance(value, list) else "value": value}
