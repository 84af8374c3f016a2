"""Which events the app hears of, and in what state they arrive: twice, late, out of order, or never."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from tests.slack.server.channels import Channel
from tests.slack.server.deliveries import EVENT, Courier, Delivery
from tests.slack.server.scopes import EVENT_SCOPES, for_place
from tests.slack.server.tokens import Installation, Token
from tests.slack.server.world import Body, Event, World


@dataclass(slots=True, eq=False)
class Events:
    """Everything that the app was, is, or should have been told."""

    world: World
    installation: Installation
    courier: Courier
    sent: list[Delivery] = field(default_factory=list)
    """What was sent, in this order."""
    missed: list[Delivery] = field(default_factory=list)
    """What was made while events were lost."""
    names_people: bool = False
    """Whether an event names somebody who granted their direct messages, where the bot sees it as well."""
    times: int = 1
    """How often every event is sent, each time without a mark that it was sent before."""
    delay: float = 0.0
    """How many seconds late events are."""
    heard_by: dict[str, list[Token]] = field(default_factory=dict)
    """Which tokens would have heard an event, by its `event_context`."""
    _held: list[Delivery] | None = None
    _lost: bool = False

    def __post_init__(self) -> None:
        self.world.listeners.append(self.hear)

    @contextmanager
    def held(self) -> Iterator[list[Delivery]]:
        """Hold back what happens meanwhile; a test may reorder, repeat or empty the list, which is then sent."""
        held: list[Delivery] = []
        self._held = held
        try:
            yield held
        finally:
            self._held = None
            for delivery in held:
                self._dispatch(delivery)

    @contextmanager
    def lost(self) -> Iterator[None]:
        """Never tell what happens meanwhile."""
        self._lost = True
        try:
            yield
        finally:
            self._lost = False

    def again(self, delivery: Delivery, retry: int = 1, reason: str = "http_timeout") -> None:
        """Bring something once more, marked as a retry, or with retry=0 unmarked."""
        self.courier.send(delivery, retry=retry, reason=reason)

    def send(self, event: Body, channel: Channel | None = None) -> Delivery:
        """Send any event, right or wrong, to the bot."""
        made = self._envelope(Event(event, event["type"], channel=channel), [self.installation.bot])
        self._dispatch(made)
        return made

    def rate_limit(self) -> Delivery:
        """Tell that there were too many events, which comes without the envelope of an event."""
        minute = self.world.seconds() // 60 * 60
        body = {"token": "a-token", "type": "app_rate_limited", "team_id": self.world.team.id}
        made = Delivery(EVENT, body | {"minute_rate_limited": minute, "api_app_id": self.world.app_id})
        self._dispatch(made)
        return made

    def hear(self, event: Event) -> None:
        """Hear of an event, and tell the app if one of its installations may know of it."""
        tokens = self._hearers(event)
        if not tokens:
            return
        made = self._envelope(event, tokens)
        if self._lost:
            self.missed.append(made)
        elif self._held is not None:
            self._held.append(made)
        else:
            self._dispatch(made)

    def _dispatch(self, delivery: Delivery) -> None:
        self.sent.append(delivery)
        for _ in range(self.times):
            self.courier.send(delivery, delay=self.delay)

    def _hearers(self, event: Event) -> list[Token]:
        setup, bot = self.installation.setup, self.installation.bot
        candidates = [bot] if event.subscription in setup.bot_events and not bot.revoked else []
        if event.subscription in setup.user_events and event.audience is not None:
            candidates += self.installation.grants
        family = "" if event.channel is None else event.channel.family
        scope = for_place(EVENT_SCOPES[event.subscription], "bot", family)
        return [
            token
            for token in candidates
            if scope in {"", *token.scopes} and (event.audience is None or token.user in event.audience)
        ]

    def _envelope(self, event: Event, tokens: list[Token]) -> Delivery:
        """Write an event as it is sent; it names one installation of those that may hear of it: the bot, as a rule."""
        context = f"4-{self.world.new_id('')}"
        self.heard_by[context] = tokens
        shared = event.channel is not None and event.channel.shared
        named = tokens[-1 if self.names_people else 0]
        return Delivery(
            EVENT,
            {
                "token": "a-token",
                "team_id": self.world.team.id,
                "context_team_id": self.world.team.id,
                "context_enterprise_id": None,
                "api_app_id": self.world.app_id,
                "event": self._shown(event.data, named),
                "type": "event_callback",
                "event_id": self.world.new_id("Ev"),
                "event_time": self.world.seconds(),
                "authorizations": [authorization(self.world, named)],
                "is_ext_shared_channel": shared,
                "event_context": context,
            },
        )

    def _shown(self, data: Body, token: Token) -> Body:
        """Leave mail addresses out of accounts for whoever may not read them."""
        user = data.get("user")
        if not isinstance(user, dict) or "users:read.email" in token.scopes:
            return data
        profile = {key: value for key, value in user["profile"].items() if key != "email"}
        return data | {"user": user | {"profile": profile}}


def authorization(world: World, token: Token) -> Body:
    """Write for whom an event came."""
    told = {"enterprise_id": None, "team_id": world.team.id, "user_id": token.user.id}
    return told | {"is_bot": token.kind == "bot", "is_enterprise_install": False}
