"""What the district has told us about its Discord servers."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta

from adapters.discord.automod import KeywordRule
from bot.people import SchoolId, TeamId


@dataclass(frozen=True, slots=True)
class Setup:
    """The district's servers, and what each place in them is for. Ids are Discord's own."""

    servers: frozenset[int]
    """The servers we stand in. What happens in any other is not heard."""
    teams: Mapping[int, TeamId] = field(default_factory=dict)
    """The channels registered for a team or club. Their threads belong to it, too."""
    private: Mapping[SchoolId, int] = field(default_factory=dict)
    """Each school's channel for private matters, under which their threads hang."""
    advisor_roles: frozenset[str] = frozenset({"Coach", "Advisor"})
    """The names of the roles that coaches and advisors hold."""
    trusted_apps: frozenset[int] = frozenset()
    """Bots and webhooks whose posts need no look: nobody hides behind them."""
    voice_grace: timedelta = timedelta(minutes=2)
    """How long a coach may be alone with one student in a voice room; the rule's own setting."""
    takes_out_of_voice: bool = False
    """Whether such a coach is then taken out of the room; the rule's own setting."""
    pause_direct_messages: bool = False
    """Whether direct messages between people of a server are kept paused."""
    denies_threads: bool = False
    """Whether private threads are denied in the teams' channels, and any writing in those for private matters."""
    automod: tuple[KeywordRule, ...] = ()
    """What Discord itself is to stop before anybody sees it."""
    api_base: str = ""
    """Where Discord's REST API is, if not where the library looks: a proxy. Without a slash at its end."""
    gateway: str = ""
    """Where Discord's gateway is, if it is not where the API says."""
