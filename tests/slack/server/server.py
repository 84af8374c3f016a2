"""A small Slack of our own on loopback, to which the unmodified slack_sdk and slack-bolt connect.

It is one workspace with one app in it: the Web API, Socket Mode over a real websocket, and signed HTTP.

    async with open_server() as slack:
        coach, ana, ben = slack.user("coach rivera"), slack.user("ana"), slack.user("ben")
        team = slack.channel("team", [coach, ana, ben])
        client = AsyncWebClient(slack.token, base_url=slack.api_url)
        slack.faults.cut("chat.postMessage", applied=True)
        team.say(coach, "Bus leaves at 4.")
        await slack.settled()
        slack.seen(channel=team, author=slack.bot)

Scopes, subscriptions and membership are enforced; people act whether or not the app is there.
"""

import asyncio
from collections.abc import AsyncIterator, Callable, Iterable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from urllib.parse import parse_qs, urlencode, urlsplit

import aiohttp
from aiohttp import web

from tests.slack.server.api import Api
from tests.slack.server.calls import Desk
from tests.slack.server.channels import Channel, open_channel, open_conversation
from tests.slack.server.deliveries import Courier, Delivery
from tests.slack.server.events import Events
from tests.slack.server.faults import Faults, Request
from tests.slack.server.hands import Hands
from tests.slack.server.interactions import Interactions
from tests.slack.server.messages import Message
from tests.slack.server.people import User, open_account
from tests.slack.server.posts import Posts
from tests.slack.server.sockets import Sockets
from tests.slack.server.tokens import Installation, Setup, Token
from tests.slack.server.views import View, Views
from tests.slack.server.world import Body, Event, Rules, Team, World


@dataclass(slots=True, eq=False)
class Server:
    """The whole peer: its workspace, the app in it, what goes wrong, and what was asked of it."""

    world: World
    installation: Installation
    events: Events
    courier: Courier
    sockets: Sockets
    posts: Posts
    views: Views
    interactions: Interactions
    hands: Hands
    api: Api

    @property
    def faults(self) -> Faults:
        """What shall go wrong with calls of the Web API."""
        return self.api.faults

    @property
    def requests(self) -> list[Request]:
        """Every call of the Web API, in the order of arrival."""
        return self.api.requests

    @property
    def api_url(self) -> str:
        """The base of the Web API."""
        return f"{self.world.base}/api/"

    @property
    def authorize_url(self) -> str:
        """The page on which people agree to grant something; `consent` is what they do there."""
        return f"{self.world.base}/oauth/v2/authorize"

    @property
    def token(self) -> str:
        """The bot's token."""
        return self.installation.bot.text

    @property
    def app_token(self) -> str:
        """The app's own token, for Socket Mode."""
        return self.installation.app.text

    @property
    def signing_secret(self) -> str:
        """What requests to the app are signed with."""
        return self.installation.signing_secret

    @property
    def client_id(self) -> str:
        """The app's name on Slack's page."""
        return self.installation.client_id

    @property
    def client_secret(self) -> str:
        """What the app needs to trade a code."""
        return self.installation.client_secret

    @property
    def setup(self) -> Setup:
        """What the app's page says; a test may change it."""
        return self.installation.setup

    @property
    def rules(self) -> Rules:
        """What the workspace allows people to do; a test may change it."""
        return self.world.rules

    @property
    def team(self) -> Team:
        """The workspace."""
        return self.world.team

    @property
    def bot(self) -> User:
        """The account of the app's bot."""
        return self.world.bot

    @property
    def ledger(self) -> list[Message]:
        """Every message that was ever written."""
        return self.world.ledger

    def user(
        self, name: str, *, admin: bool = False, owner: bool = False, email: str | None = None, joins: bool = False
    ) -> User:
        """Open a full member's account; `joins` tells the app of it."""
        made = open_account(self.world, name, email=email)
        made.admin, made.owner = admin, owner
        if joins:
            made.tell("team_join")
        return made

    def guest(self, name: str, *, single: bool = False) -> User:
        """Open a guest's account, for some channels or for a single one."""
        made = open_account(self.world, name)
        made.restricted, made.ultra_restricted = True, single
        return made

    def bot_user(self, name: str) -> User:
        """Open the account of another app's bot."""
        made = open_account(self.world, name, email="")
        made.bot = True
        return made

    def stranger(self, name: str, team: str = "Other High") -> User:
        """Find somebody in another workspace, who can be met over Slack Connect."""
        return open_account(self.world, name, team=self.world.other_team(team), email="")

    def channel(
        self,
        name: str,
        members: Sequence[User] = (),
        *,
        private: bool = False,
        topic: str = "",
        purpose: str = "",
        with_bot: bool = True,
        shared: bool = False,
        told: bool = False,
    ) -> Channel:
        """Open a channel with people in it; it was always there, unless `told` says that it was made just now."""
        people = [*members, *([self.bot] if with_bot else [])]
        creator = people[0] if people else self.world.users["USLACKBOT"]
        made = open_channel(self.world, name, creator, people, private=private, told=told)
        made.topic["value"], made.purpose["value"], made.shared = topic, purpose, shared
        return made

    def group_direct(self, members: Iterable[User], *, with_bot: bool = True) -> Channel:
        """Open a group conversation, or find it open."""
        return open_conversation(self.world, [*members, *([self.bot] if with_bot else [])])

    def direct(self, user: User, other: User | None = None) -> Channel:
        """Open the direct messages of two, the bot being the second unless another is named."""
        return open_conversation(self.world, [user, other or self.bot])

    def add_emoji(self, name: str) -> None:
        """Add a picture of the workspace's own."""
        self.world.emoji[name] = f"https://emoji.example/{name}.png"
        self._tell_emoji({"subtype": "add", "name": name, "value": self.world.emoji[name]})

    def rename_emoji(self, name: str, new_name: str) -> None:
        """Give one of the workspace's own pictures another name."""
        self.world.emoji[new_name] = value = self.world.emoji.pop(name)
        self._tell_emoji({"subtype": "rename", "old_name": name, "new_name": new_name, "value": value})

    def remove_emoji(self, name: str) -> None:
        """Take one of the workspace's own pictures away."""
        del self.world.emoji[name]
        self._tell_emoji({"subtype": "remove", "names": [name]})

    def grant(self, user: User, scopes: Iterable[str]) -> Token:
        """Let somebody grant the app scopes."""
        return self.installation.grant(user, scopes)

    def revoke(self, *tokens: Token) -> None:
        """Take grants back, and tell the app."""
        self.installation.revoke(*tokens)

    def uninstall(self) -> None:
        """Take the app out of the workspace."""
        self.installation.uninstall()

    def rate_limit(self) -> Delivery:
        """Tell the app that there were too many events."""
        return self.events.rate_limit()

    def consent(self, user: User, url: str) -> str:
        """Let somebody agree on the page that the app sent them to; give where they are sent back to."""
        asked = {key: values[0] for key, values in parse_qs(urlsplit(url).query).items()}
        if asked.get("client_id") != self.client_id:
            raise LookupError("That page belongs to another app.")
        code = self.installation.agree(user, filter(None, asked.get("user_scope", "").split(",")))
        return f"{asked['redirect_uri']}?{urlencode({'code': code, 'state': asked.get('state', '')})}"

    def decline(self, user: User, url: str) -> str:
        """Let somebody decline on the page that the app sent them to; give where they are sent back to."""
        asked = {key: values[0] for key, values in parse_qs(urlsplit(url).query).items()}
        return f"{asked['redirect_uri']}?{urlencode({'error': 'access_denied', 'state': asked.get('state', '')})}"

    def seen(
        self,
        *,
        author: User | None = None,
        channel: Channel | None = None,
        text: str | None = None,
        by: User | None = None,
    ) -> list[Message]:
        """Find what can be read now, by author, place, a part of the text, and who reads it."""
        return [
            message
            for message in self.ledger
            if not message.deleted
            and author in {None, message.author}
            and channel in {None, message.channel}
            and (text is None or text in message.text)
            and (by is None or message.visible_to(by))
        ]

    def directs(self, user: User) -> list[Message]:
        """Find what the bot wrote somebody in direct messages, so far as it can be read now."""
        return self.seen(channel=self.direct(user), author=self.bot)

    def home(self, user: User) -> View | None:
        """Give the Home tab that somebody sees; None where the app never published one."""
        return self.views.homes.get(user)

    def modals(self, user: User) -> list[View]:
        """Give the modals that somebody sees, the topmost last."""
        return self.views.modals(user)

    def calls(self, pattern: str, where: Channel | None = None) -> list[Request]:
        """Find the calls of one kind: "chat.postMessage", "conversations.*"."""
        place = None if where is None else where.id
        return [each for each in self.requests if each.fits(pattern, place)]

    def impatient_calls(self) -> list[Request]:
        """Find the calls that came while Slack had asked to wait."""
        return [each for each in self.requests if any(wait.broken_by(each) for wait in self.faults.waits)]

    async def post_to(self, url: str) -> bool:
        """Send everything to an address from now on; give whether it answered the challenge."""
        self.posts.url = url
        self.courier.route = self.posts
        return await self.posts.shake_hands()

    async def settled(self) -> None:
        """Wait until everything so far is acknowledged or given up."""
        await self.courier.settle()

    def _tell_emoji(self, told: Body) -> None:
        data = {"type": "emoji_changed", **told, "event_ts": self.world.new_ts()}
        self.world.emit(Event(data, "emoji_changed"))


@asynccontextmanager
async def open_server(
    *,
    setup: Setup | None = None,
    retries: Sequence[float] = (0.0, 60.0, 300.0),
    ack_seconds: float = 3.0,
    trigger_seconds: float = 3.0,
    now: Callable[[], datetime] = lambda: datetime.now(UTC),
) -> AsyncIterator[Server]:
    """Start it on a free port of 127.0.0.1, and stop it; errors of its own are raised then.

    Raises:
        ExceptionGroup: The peer itself broke.
        AssertionError: A method was called that it does not know.
    """
    world = World(now)
    world.bot = open_account(world, "chaperone", email="")
    world.bot.bot = True
    slackbot = open_account(world, "slackbot", email="")
    del world.users[slackbot.id]
    slackbot.id = "USLACKBOT"
    world.users[slackbot.id] = slackbot
    async with aiohttp.ClientSession() as session:
        server = _assemble(world, setup or Setup(), session, retries, ack_seconds, trigger_seconds)
        runner = web.AppRunner(_site(server), access_log=None, handler_cancellation=True, shutdown_timeout=0.1)
        await runner.setup()
        site = web.TCPSite(runner, "127.0.0.1", 0)
        await site.start()
        address = f"127.0.0.1:{runner.addresses[0][1]}"
        world.base, server.sockets.url = f"http://{address}", f"ws://{address}/link/"
        try:
            yield server
        finally:
            await server.courier.stop()
            await server.sockets.stop()
            await runner.cleanup()
    broken = [*server.api.broken, *server.courier.broken]
    if broken:
        raise ExceptionGroup("the peer itself broke", broken)
    assert not server.api.unknown, f"No such method: {server.api.unknown}"


def _assemble(
    world: World,
    setup: Setup,
    session: aiohttp.ClientSession,
    retries: Sequence[float],
    ack_seconds: float,
    trigger_seconds: float,
) -> Server:
    installation, sockets = Installation(world, setup), Sockets(world, ack_seconds)
    courier = Courier(sockets, retries)
    posts = Posts(session, installation.signing_secret, ack_seconds)
    views, interactions = Views(world), Interactions(world, trigger_seconds)
    events = Events(world, installation, courier)
    hands = Hands(world, setup, courier, views, interactions)
    api = Api(Desk(world, installation, events, sockets, views, interactions))
    return Server(world, installation, events, courier, sockets, posts, views, interactions, hands, api)


def _site(server: Server) -> web.Application:
    app = web.Application(client_max_size=32 << 20)
    app.router.add_get("/link/", server.sockets.connect)
    server.api.serve(app)
    return app


async def until(condition: Callable[[], object], seconds: float = 30.0) -> None:
    """Wait until something is so, by the loop's clock; a TimeoutError says that it never was."""
    async with asyncio.timeout(seconds):
        while not condition():  # noqa: ASYNC110 (a condition may be about anything)
            await asyncio.sleep(0.02)
