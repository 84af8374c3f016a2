"""Everything there is on our own small Discord: who, where, and every message that was ever written."""

import itertools
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from tests.discord.channels import Channel
    from tests.discord.guilds import Guild
    from tests.discord.messages import Message

Body = dict[str, Any]
"""A JSON object as Discord sends and takes it."""

EPOCH = datetime(2015, 1, 1, tzinfo=UTC)
NONCE_WINDOW = timedelta(minutes=5)
"""How long a nonce is remembered. Discord says "a few minutes"."""


@dataclass(frozen=True, slots=True)
class Event:
    """One gateway event, before it has a number."""

    name: str
    data: Body
    guild: int | None = None
    channel: "Channel | None" = None


@dataclass(slots=True, eq=False)
class User:
    """One account, a person's or a bot's."""

    id: int
    name: str
    bot: bool = False
    takes_direct_messages: bool = True
    """False: whoever writes to them first is refused with 403 and code 50007."""

    @property
    def body(self) -> Body:
        return {
            "id": str(self.id),
            "username": self.name,
            "global_name": None if self.bot else self.name.title(),
            "discriminator": "0",
            "avatar": None,
            "bot": self.bot,
        }


@dataclass(slots=True, eq=False)
class World:
    """The state that REST and the gateway show; whatever changes it tells the listeners."""

    now: Callable[[], datetime]
    listeners: list[Callable[[Event], None]] = field(default_factory=list)
    users: dict[int, User] = field(default_factory=dict)
    guilds: "dict[int, Guild]" = field(default_factory=dict)
    channels: "dict[int, Channel]" = field(default_factory=dict)
    """Threads and direct messages, too."""
    ledger: "list[Message]" = field(default_factory=list)
    """Every message that was ever created, in order, deleted ones and those for one pair of eyes included."""
    commands: dict[int | None, list[Body]] = field(default_factory=dict)
    """The application's commands by guild, None for the global ones."""
    files: dict[str, bytes] = field(default_factory=dict)
    """What was attached, by its path."""
    base: str = ""
    """Where the files are served."""
    count: "itertools.count[int]" = field(default_factory=lambda: itertools.count(1))
    bot: User = field(init=False)

    def __post_init__(self) -> None:
        self.bot = self.user("chaperone", bot=True)

    def emit(self, event: Event) -> None:
        """Tell everybody who listens."""
        for listener in self.listeners:
            listener(event)

    def new_id(self, at: datetime | None = None) -> int:
        """Make a snowflake: milliseconds since Discord's epoch, then a running number."""
        milliseconds = ((at or self.now()) - EPOCH) // timedelta(milliseconds=1)
        return milliseconds << 22 | next(self.count) & 0x3FFFFF

    def user(self, name: str, *, bot: bool = False) -> User:
        """Open an account."""
        made = User(self.new_id(), name, bot)
        self.users[made.id] = made
        return made

    def stamp(self) -> str:
        """Write the present moment as Discord does."""
        return self.now().isoformat()
