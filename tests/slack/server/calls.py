"""A call of the Web API, what it finds, and how it is refused."""

import base64
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeVar

from tests.slack.server.channels import Channel
from tests.slack.server.checks import faults_of_blocks, faults_of_view
from tests.slack.server.events import Events
from tests.slack.server.interactions import Interactions
from tests.slack.server.messages import Message
from tests.slack.server.people import User
from tests.slack.server.scopes import FAMILIES, METHODS, for_place
from tests.slack.server.sockets import Sockets
from tests.slack.server.tokens import Installation, Token
from tests.slack.server.views import Views
from tests.slack.server.world import Body, World

Item = TypeVar("Item")

JSON_ARGUMENTS = frozenset({"attachments", "blocks", "files", "metadata", "view"})
"""What comes as JSON inside a form."""
TRUE = frozenset({"1", "true", "True", 1})


class Refusal(Exception):  # noqa: N818 (Slack says no; nothing is broken)
    """An answer that is no success, with Slack's own word for it."""

    def __init__(self, error: str, **more: object) -> None:
        super().__init__(error)
        self.error, self.body = error, {"ok": False, "error": error, **more}


@dataclass(slots=True, eq=False)
class Desk:
    """All that a call can be about."""

    world: World
    installation: Installation
    events: Events
    sockets: Sockets
    views: Views
    interactions: Interactions
    uploads: dict[str, tuple[str, bytes | None]] = field(default_factory=dict)
    """The name and, once it came, the bytes of each file that is being uploaded."""


@dataclass(slots=True, eq=False)
class Call:
    """One call, whose token was already looked at."""

    desk: Desk
    method: str
    args: Body
    token: Token

    @property
    def world(self) -> World:
        """The workspace."""
        return self.desk.world

    @property
    def caller(self) -> User:
        """In whose name it is made."""
        return self.token.user

    def text(self, name: str) -> str:
        """Read an argument that has to be there."""
        value = self.args.get(name)
        if value in (None, ""):
            raise Refusal(
                "invalid_arguments", response_metadata={"messages": [f"[ERROR] missing required field: {name}"]}
            )
        return str(value)

    def flag(self, name: str) -> bool:
        """Read an argument that is yes or no."""
        return self.args.get(name) in TRUE

    def number(self, name: str, default: int, most: int) -> int:
        """Read an argument that is a number."""
        given = int(self.args.get(name) or default)
        if not 1 <= given <= most:
            raise Refusal("invalid_limit")
        return given

    def words(self, name: str) -> list[str]:
        """Read an argument that is a list, with commas between or as JSON."""
        given = self.args.get(name) or []
        return [each.strip() for each in given.split(",") if each.strip()] if isinstance(given, str) else list(given)

    @property
    def channel(self) -> Channel:
        """The place that `channel` names, which the caller sees and whose kind its scopes cover."""
        return self.place(self.text("channel"))

    def place(self, channel_id: str) -> Channel:
        """Find a place that the caller sees and whose kind its scopes cover."""
        channel = self.world.channels.get(channel_id)
        if channel is None or not self.sees(channel):
            raise Refusal("channel_not_found")
        self.need(channel.family)
        return channel

    def sees(self, channel: Channel) -> bool:
        """Tell whether the caller knows of a place: it is in it, or it is public."""
        return self.caller in channel.members or (
            channel.public and (self.caller.bot or channel.visible_to(self.caller))
        )

    def need(self, *families: str) -> None:
        """Refuse unless the token's scopes cover the method in some kinds of places."""
        wanted = METHODS[self.method].scope(self.token.kind) or ""
        missing = [for_place(wanted, self.token.kind, each) for each in families]
        missing = [each for each in missing if each and each not in self.token.scopes]
        if missing:
            provided = ",".join(sorted(self.token.scopes))
            raise Refusal("missing_scope", needed=missing[0], provided=provided)

    def need_any(self) -> None:
        """Refuse unless the token's scopes cover the method in at least one kind of place."""
        wanted = METHODS[self.method].scope(self.token.kind) or ""
        ways = {for_place(wanted, self.token.kind, each) for each in FAMILIES}
        if not ways & {"", *self.token.scopes}:
            self.need(*FAMILIES)

    def message_in(self, channel: Channel, name: str = "ts") -> Message:
        """Find a message that stands in a place."""
        message = channel.messages.get(self.text(name))
        if message is None or message.deleted:
            raise Refusal("message_not_found")
        return message

    def user(self, user_id: str) -> User:
        """Find an account."""
        found = self.world.users.get(user_id)
        if found is None:
            raise Refusal("user_not_found")
        return found

    def described(self, user: User) -> Body:
        """Write an account as the caller may know it."""
        return user.body if "users:read.email" in self.token.scopes else user.public

    def blocks(self) -> list[Body] | None:
        """Read the blocks of a message, which Slack must know; None where there are none."""
        given: list[Body] | None = self.args.get("blocks")
        if given is None:
            return None
        faults = faults_of_blocks(given)
        if faults:
            raise Refusal("invalid_blocks", errors=faults, response_metadata={"messages": faults})
        return given

    def view(self) -> Body:
        """Read a view, which Slack must know."""
        given: Body = self.args.get("view") or {}
        faults = faults_of_view(given)
        if faults:
            raise Refusal("invalid_arguments", response_metadata={"messages": faults})
        return given

    def page(self, items: Sequence[Item], *, default: int = 100, most: int = 1000) -> tuple[Sequence[Item], str]:
        """Cut a page out of a list, by `cursor` and `limit`; give the cursor of the next one, "" where none is."""
        limit, start = self.number("limit", default, most), int(self.cursor("next") or 0)
        end = start + limit
        return items[start:end], write_cursor("next", end) if end < len(items) else ""

    def cursor(self, word: str) -> str:
        """Read a cursor of one kind; "" where none was given."""
        given = str(self.args.get("cursor") or "")
        try:
            known, _, value = base64.b64decode(given, validate=True).decode().partition(":")
        except ValueError:
            raise Refusal("invalid_cursor") from None
        if given and known != word:
            raise Refusal("invalid_cursor")
        return value


Handler = Callable[[Call], Body]
HANDLERS: dict[str, Handler] = {}
"""Every method this peer knows."""


def method(name: str) -> Callable[[Handler], Handler]:
    """Answer a method of the Web API, whose terms stand in the table of scopes."""
    assert name in METHODS

    def register(handler: Handler) -> Handler:
        HANDLERS[name] = handler
        return handler

    return register


def unpack(given: Mapping[str, Any]) -> Body:
    """Read arguments as they come, JSON inside a form opened."""
    try:
        return {
            key: json.loads(value) if key in JSON_ARGUMENTS and isinstance(value, str) else value
            for key, value in given.items()
        }
    except json.JSONDecodeError:
        raise Refusal("invalid_arguments") from None


def next_page(cursor: str) -> Body:
    """Write where the next page begins."""
    return {"response_metadata": {"next_cursor": cursor}}


def write_cursor(word: str, value: object) -> str:
    """Write a cursor as Slack does."""
    return base64.b64encode(f"{word}:{value}".encode()).decode()
