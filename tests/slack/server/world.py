"""Everything there is on our own small Slack: one workspace, who is in it, where, and every message ever written."""

import itertools
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from tests.slack.server.channels import Channel
    from tests.slack.server.files import File
    from tests.slack.server.messages import Message
    from tests.slack.server.people import User

Body = dict[str, Any]
"""A JSON object as Slack sends and takes it."""

DIGITS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"


@dataclass(frozen=True, slots=True)
class Team:
    """One workspace, ours or, over Slack Connect, another's."""

    id: str
    name: str

    @property
    def domain(self) -> str:
        """The first part of its address."""
        return self.name.lower().replace(" ", "-")

    @property
    def body(self) -> Body:
        return {"id": self.id, "domain": self.domain}


@dataclass(frozen=True, slots=True)
class Event:
    """Something that happened, before it is known which installation of the app may hear of it."""

    data: Body
    """The event as Slack writes it, inside its envelope."""
    subscription: str
    """What the app has to subscribe to: "message.channels", "user_change"."""
    channel: "Channel | None" = None
    audience: "frozenset[User] | None" = None
    """Who is in the place where it happened; None where the whole workspace may know."""


@dataclass(slots=True, eq=False)
class Rules:
    """What the workspace allows people to do, as its owners set it."""

    members_edit: bool = True
    """Whether people may edit what they wrote."""
    members_delete: bool = True
    """Whether people may delete what they wrote."""
    admins_delete: bool = True
    """Whether admins and owners may delete what others wrote."""
    held_for_compliance: bool = False
    """Whether nothing can be deleted by an app, because an export is under way."""


@dataclass(slots=True, eq=False)
class World:
    """The state that the Web API shows; whatever changes it tells the listeners."""

    now: Callable[[], datetime]
    listeners: list[Callable[[Event], None]] = field(default_factory=list)
    rules: Rules = field(default_factory=Rules)
    team: Team = field(init=False)
    teams: dict[str, Team] = field(default_factory=dict)
    """Other workspaces, by name."""
    users: "dict[str, User]" = field(default_factory=dict)
    channels: "dict[str, Channel]" = field(default_factory=dict)
    """Direct messages, too."""
    files: "dict[str, File]" = field(default_factory=dict)
    ledger: "list[Message]" = field(default_factory=list)
    """Every message that was ever written, in order, deleted ones and those for one pair of eyes included."""
    emoji: dict[str, str] = field(default_factory=dict)
    """The workspace's own, each with its picture's address or "alias:another"."""
    base: str = ""
    """Where everything is served: http://127.0.0.1:PORT."""
    bot: "User" = field(init=False)
    app_id: str = field(init=False)
    bot_id: str = field(init=False)
    count: "itertools.count[int]" = field(default_factory=lambda: itertools.count(1))
    last: int = 0
    """The microseconds of the last `ts` that was given out."""

    def __post_init__(self) -> None:
        self.team = Team(self.new_id("T"), "Riverside High")
        self.app_id, self.bot_id = self.new_id("A"), self.new_id("B")

    def emit(self, event: Event) -> None:
        """Tell everybody who listens."""
        for listener in self.listeners:
            listener(event)

    def new_id(self, letter: str) -> str:
        """Make an id as Slack writes them: a letter for the kind, then ten digits and capitals."""
        number, digits = next(self.count) * 2_654_435_761 % 36**10, ""
        for _ in range(10):
            number, digit = divmod(number, 36)
            digits += DIGITS[digit]
        return letter + digits

    def new_ts(self, at: datetime | None = None) -> str:
        """Give a message its `ts`, seconds and microseconds, never the same twice and later than all before it.

        One that is said to be older (`at`) does not move the clock.
        """
        microseconds = (at or self.now()).timestamp() * 1_000_000
        if at is not None:
            return write_ts(int(microseconds) + next(self.count) % 1000)
        self.last = max(int(microseconds), self.last + 1)
        return write_ts(self.last)

    def seconds(self) -> int:
        """The present moment in whole seconds, as Slack writes `created`."""
        return int(self.now().timestamp())

    def other_team(self, name: str) -> Team:
        """Find another workspace, or open it."""
        return self.teams.setdefault(name, Team(self.new_id("T"), name))


def write_ts(microseconds: int) -> str:
    """Write a moment as Slack does: 1700000000.000100."""
    return f"{microseconds // 1_000_000}.{microseconds % 1_000_000:06d}"
