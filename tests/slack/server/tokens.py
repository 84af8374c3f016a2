"""The app as it is set up and installed: its secrets, its tokens, and what each may do."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from secrets import token_hex
from typing import Any, Self

from tests.slack.server.people import User
from tests.slack.server.scopes import APP_SCOPES, BOT_EVENTS, BOT_SCOPES, USER_EVENTS
from tests.slack.server.world import Body, Event, World


@dataclass(slots=True, eq=False)
class Token:
    """One token: the bot's, the app's own, or somebody's."""

    text: str = field(repr=False)
    kind: str
    """ "bot", "user" or "app"."""
    user: User
    """Whose it is; the bot for the first two."""
    scopes: set[str]
    revoked: bool = False


@dataclass(slots=True)
class Setup:
    """What the app's page says; by default all that this peer knows."""

    bot_scopes: set[str] = field(default_factory=lambda: set(BOT_SCOPES))
    bot_events: set[str] = field(default_factory=lambda: set(BOT_EVENTS))
    user_events: set[str] = field(default_factory=lambda: set(USER_EVENTS))
    commands: set[str] | None = None
    """Slash commands; None allows any."""
    shortcuts: dict[str, str] | None = None
    """"global" or "message" by callback id; None allows any."""
    home_tab: bool = True
    interactive: bool = True
    socket_mode: bool = True

    @classmethod
    def of_manifest(cls, manifest: Mapping[str, Any]) -> Self:
        """Set the app up as its manifest says, once that has been read from YAML."""
        features, settings = manifest.get("features", {}), manifest.get("settings", {})
        subscribed = settings.get("event_subscriptions", {})
        return cls(
            bot_scopes=set(manifest["oauth_config"]["scopes"].get("bot", ())),
            bot_events=set(subscribed.get("bot_events", ())),
            user_events=set(subscribed.get("user_events", ())),
            commands={each["command"] for each in features.get("slash_commands", ())},
            shortcuts={each["callback_id"]: each["type"] for each in features.get("shortcuts", ())},
            home_tab=features.get("app_home", {}).get("home_tab_enabled", False),
            interactive=settings.get("interactivity", {}).get("is_enabled", False),
            socket_mode=settings.get("socket_mode_enabled", False),
        )


@dataclass(slots=True, eq=False)
class Installation:
    """The app in our workspace, and everybody who has granted it something."""

    world: World
    setup: Setup
    signing_secret: str = field(default_factory=lambda: token_hex(16), repr=False)
    client_id: str = "1111.2222"
    client_secret: str = field(default_factory=lambda: token_hex(16), repr=False)
    tokens: dict[str, Token] = field(default_factory=dict, repr=False)
    codes: dict[str, tuple[User, set[str]]] = field(default_factory=dict, repr=False)
    """Who agreed to which scopes, by the code that can be traded for a token once."""
    bot: Token = field(init=False)
    app: Token = field(init=False)

    def __post_init__(self) -> None:
        bot = self.world.bot
        self.bot = self._keep(Token(f"xoxb-{token_hex(12)}", "bot", bot, self.setup.bot_scopes))
        self.app = self._keep(Token(f"xapp-1-{token_hex(12)}", "app", bot, set(APP_SCOPES)))

    @property
    def grants(self) -> list[Token]:
        """The tokens of people that still hold."""
        return [token for token in self.tokens.values() if token.kind == "user" and not token.revoked]

    def grant(self, user: User, scopes: Iterable[str]) -> Token:
        """Let somebody grant the app scopes; whoever granted some before adds to them, as Slack does."""
        known = next((token for token in self.grants if token.user is user), None)
        if known is not None:
            known.scopes.update(scopes)
            return known
        return self._keep(Token(f"xoxp-{token_hex(12)}", "user", user, set(scopes)))

    def revoke(self, *tokens: Token) -> None:
        """Take tokens back, and tell the app whose they were."""
        self.tell_revoked(tokens)
        for token in tokens:
            token.revoked = True

    def tell_revoked(self, tokens: Collection[Token]) -> None:
        """Tell that tokens were revoked, each by the account it belonged to."""
        oauth = [token.user.id for token in tokens if token.kind == "user"]
        bot = [token.user.id for token in tokens if token.kind == "bot"]
        told: Body = {"type": "tokens_revoked", "tokens": {"oauth": oauth, "bot": bot}}
        self.world.emit(Event(told, "tokens_revoked"))

    def uninstall(self) -> None:
        """Take the app out of the workspace: it is told, and no token holds any more."""
        self.world.emit(Event({"type": "app_uninstalled"}, "app_uninstalled"))
        self.revoke(*self.grants, self.bot)

    def agree(self, user: User, scopes: Iterable[str]) -> str:
        """Let somebody agree on Slack's page; give the code that the page hands over."""
        code = token_hex(10)
        self.codes[code] = (user, set(scopes))
        return code

    def _keep(self, token: Token) -> Token:
        self.tokens[token.text] = token
        return token
