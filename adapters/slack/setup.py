"""What the district has told us about its Slack workspace."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

from bot.people import AccountId, TeamId


@dataclass(frozen=True, slots=True)
class Counsel:
    """What the district's counsel said about reading a coach's own direct messages, and when."""

    answer: str
    on: date


@dataclass(frozen=True, slots=True)
class Setup:
    """The workspace, and what each place in it is for. Ids are Slack's own."""

    teams: Mapping[str, TeamId] = field(default_factory=dict)
    """The channels registered for a team or club. Their threads belong to it, too."""
    trusted_apps: frozenset[str] = frozenset()
    """Apps whose posts need no look, by the id of the app or of its bot."""
    alarms: tuple[AccountId, ...] = ()
    """Who is told when a grant lapses or the app is taken off."""
    remover: AccountId | None = None
    """The administrator whose own token takes away what others wrote; None: nobody's does."""
    counsel: Counsel | None = None
    """Set where coaches' own direct messages are read; None: they are not."""
    socket: bool = True
    """Whether events come by Socket Mode; else by HTTP, to `host` and `port`."""
    host: str = "127.0.0.1"
    port: int = 3000
    api_base: str = ""
    """Where Slack's Web API is, if not where the library looks: a proxy, or another Slack."""
    workspace: str = ""
    """The id of the workspace; empty: whichever the token is of."""


@dataclass(frozen=True, slots=True)
class Secrets:
    """What opens Slack to us. Never shown."""

    bot_token: str = field(repr=False)
    app_token: str = field(default="", repr=False)
    """For Socket Mode."""
    signing_secret: str = field(default="", repr=False)
    """For HTTP."""
