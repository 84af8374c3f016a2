"""A small Discord of our own on loopback, to which the unmodified discord.py connects.

It is there for what no other test peer does: 429 with its wait, a RESUME that succeeds and one that does not, sockets
that are lost with events under way, answers that are lost after the work was done, and a ledger of what people see.

    async with open_server() as server:
        guild, coach = server.guild("Riverside High"), server.user("coach rivera")
        guild.member(coach, [guild.role("Coach")])
        team = guild.text_channel("team")
        async with running(client, server):
            server.faults.refuse("POST", "/channels/*/messages", 502, applied=True)
            team.say(coach, "Bus leaves at 4.")
            await until(lambda: server.seen(channel=team, author=server.bot))

It checks no permissions: what the bot may not do is injected. People act through it whether or not a client is there.
"""

import asyncio
import json
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any
from urllib.parse import unquote

import discord
import yarl
from aiohttp import web
from discord.gateway import DiscordWebSocket
from discord.http import Route

from tests.discord import application_routes, channel_routes, guild_routes, message_routes
from tests.discord.calls import Answer, Call, Refusal, find
from tests.discord.channels import Channel
from tests.discord.faults import Fault, Faults, Request, hang_up
from tests.discord.gateway import PRIVILEGED, Gateway
from tests.discord.guilds import ADMINISTRATOR, Guild, open_direct, open_guild
from tests.discord.interactions import Interactions
from tests.discord.messages import Message
from tests.discord.world import User, World

TOKEN = "a-token.for.tests"
ROUTES_OF = (application_routes, channel_routes, guild_routes, message_routes)
"""Loading these makes their routes known."""
VERSION = "/api/v10"


@dataclass(frozen=True, slots=True)
class Address:
    """Where discord.py has to look, in this process or, handed over as two words, in another."""

    rest: str
    gateway: str


@dataclass(slots=True, eq=False)
class Server:
    """The whole peer: its state, its gateway, what goes wrong, and what was asked of it."""

    world: World
    gateway: Gateway
    interactions: Interactions
    faults: Faults = field(default_factory=Faults)
    requests: list[Request] = field(default_factory=list)
    """Every REST request, in the order of arrival."""
    unknown: list[str] = field(default_factory=list)
    """Requests for which this peer has no route."""
    broken: list[Exception] = field(default_factory=list)
    """Errors in the peer itself, raised when it stops."""
    rest: str = ""
    """The base of the REST routes."""

    @property
    def address(self) -> Address:
        """Where it listens."""
        return Address(self.rest, self.gateway.url)

    @property
    def bot(self) -> User:
        """The account that the token belongs to."""
        return self.world.bot

    @property
    def ledger(self) -> list[Message]:
        """Every message that was ever created."""
        return self.world.ledger

    def user(self, name: str) -> User:
        """Open a person's account."""
        return self.world.user(name)

    def guild(self, name: str, *, owner: User | None = None, permissions: int = ADMINISTRATOR) -> Guild:
        """Open a guild with the bot in it, whose role has these permissions."""
        return open_guild(self.world, name, owner=owner, permissions=permissions)

    def direct(self, user: User) -> Channel:
        """Open somebody's direct messages with the bot."""
        return open_direct(self.world, user)

    def seen(
        self, *, author: User | None = None, channel: Channel | None = None, text: str | None = None
    ) -> list[Message]:
        """Find what people can read now, by author, place, and a part of the text."""
        return [
            message
            for message in self.ledger
            if message.visible
            and author in {None, message.author}
            and channel in {None, message.channel}
            and (text is None or text in message.content)
        ]

    def calls(self, method: str, pattern: str) -> list[Request]:
        """Find the requests of one kind, * in the path standing for one part."""
        return [request for request in self.requests if request.fits(method, pattern)]

    def impatient_calls(self) -> list[Request]:
        """Find the requests that came while Discord had asked to wait."""
        return [
            request
            for wait in self.faults.waits
            for request in self.requests
            if wait.since < request.at < wait.until and (wait.globally or request.fits(wait.method, wait.pattern))
        ]

    async def answer(self, web_request: web.Request) -> web.StreamResponse:
        """Answer a REST request, or let it go wrong as planned."""
        request = await _read(web_request)
        self.requests.append(request)
        fault, headers = self.faults.meet(request)
        answer = web.Response(status=204)
        if fault is None or fault.applied:
            answer = await self._carry_out(web_request, request)
        if fault is not None:
            answer = await _spoil(web_request, answer, fault)
        answer.headers.update(headers)
        request.status = None if fault is not None and fault.cuts else answer.status
        return answer

    async def _carry_out(self, web_request: web.Request, request: Request) -> web.Response:
        known = find(request.method, request.path)
        if known is None:
            self.unknown.append(f"{request.method} {request.path}")
            return _say(501, {"code": 0, "message": f"This peer knows no {request.method} {request.path}"})
        open_to_all = request.path.startswith(("/webhooks/", "/interactions/"))
        if not open_to_all and web_request.headers.get("Authorization") != f"Bot {self.gateway.token}":
            return _say(401, {"code": 0, "message": "401: Unauthorized"})
        handler, named = known
        files, reason = web_request.get("files", {}), request.reason
        call = Call(self.world, self.interactions, named, request.query, request.body, files, reason)
        try:
            given = handler(call)
        except Refusal as refusal:
            return _say(refusal.status, refusal.body)
        except Exception as error:  # noqa: BLE001 (kept, and raised when the server stops)
            self.broken.append(error)
            return _say(400, {"code": 0, "message": f"The peer itself broke: {error!r}"})
        request.applied = True
        return web.Response(status=204) if given is None else _say(200, given)

    async def give_file(self, web_request: web.Request) -> web.StreamResponse:
        """Give what was attached to a message."""
        data = self.world.files.get(web_request.path)
        return web.Response(status=404) if data is None else web.Response(body=data)


async def _read(web_request: web.Request) -> Request:
    body: Any = None
    if web_request.content_type == "multipart/form-data":
        parts = await web_request.post()
        given = [part for name, part in parts.items() if name.startswith("files[")]
        found = [part for part in given if isinstance(part, web.FileField)]
        web_request["files"] = {part.filename: part.file.read() for part in found}
        body = json.loads(str(parts["payload_json"]))
    elif web_request.can_read_body:
        body = await web_request.json()
    return Request(
        web_request.method,
        web_request.path.removeprefix(VERSION),
        asyncio.get_running_loop().time(),
        dict(web_request.query),
        body,
        unquote(web_request.headers.get("X-Audit-Log-Reason", "")) or None,
    )


async def _spoil(web_request: web.Request, answer: web.Response, fault: Fault) -> web.Response:
    await asyncio.sleep(fault.delay)
    if fault.cuts:
        hang_up(web_request)
    return answer if fault.status is None else _say(fault.status, fault.body, fault.headers)


def _say(status: int, body: Answer, headers: dict[str, str] | None = None) -> web.Response:
    """Answer JSON; discord.py reads it only where the type is exactly this, without a charset."""
    text = json.dumps(body).encode()
    return web.Response(body=text, content_type="application/json", status=status, headers=headers)


@asynccontextmanager
async def open_server(
    *,
    token: str = TOKEN,
    approved: int = PRIVILEGED,
    heartbeat: float = 40.0,
    now: Callable[[], datetime] = lambda: datetime.now(UTC),
) -> AsyncIterator[Server]:
    """Start it on a free port of 127.0.0.1, and stop it; errors of its own are raised then.

    `approved` are the bits of the privileged intents that the application may ask for.
    """
    world = World(now)
    gateway = Gateway(world, token, heartbeat, approved=approved)
    server = Server(world, gateway, Interactions(world))
    app = web.Application(client_max_size=32 << 20)
    app.router.add_get("/gateway/", gateway.connect)
    app.router.add_get("/attachments/{path:.+}", server.give_file)
    app.router.add_route("*", VERSION + "/{path:.+}", server.answer)
    runner = web.AppRunner(app, access_log=None, handler_cancellation=True, shutdown_timeout=0.1)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    port = runner.addresses[0][1]
    world.base = f"http://127.0.0.1:{port}"
    server.rest = world.base + VERSION
    gateway.url = f"ws://127.0.0.1:{port}/gateway/"
    try:
        yield server
    finally:
        await gateway.stop()
        await runner.cleanup()
    if server.broken:
        raise ExceptionGroup("the peer itself broke", server.broken)
    assert not server.unknown, f"No route for {server.unknown}"


@contextmanager
def point_at(address: Address) -> Iterator[None]:
    """Point discord.py somewhere: where its REST routes begin, and which gateway it first connects to.

    discord.Client asks nobody for the gateway; only AutoShardedClient reads what GET /gateway/bot answers.
    """
    base, default = Route.BASE, DiscordWebSocket.DEFAULT_GATEWAY
    Route.BASE, DiscordWebSocket.DEFAULT_GATEWAY = address.rest, yarl.URL(address.gateway)
    try:
        yield
    finally:
        Route.BASE, DiscordWebSocket.DEFAULT_GATEWAY = base, default


async def until(condition: Callable[[], object], seconds: float = 30.0) -> None:
    """Wait until something is so, by the loop's clock; a TimeoutError says that it never was."""
    async with asyncio.timeout(seconds):
        while not condition():  # noqa: ASYNC110 (a condition may be about anything)
            await asyncio.sleep(0.02)


@asynccontextmanager
async def running(client: discord.Client, server: Server, token: str = TOKEN) -> AsyncIterator[discord.Client]:
    """Run a client against a server until it is ready, and close it; its own error, if any, is raised."""
    with point_at(server.address):
        task = asyncio.create_task(client.start(token))
        try:
            await until(lambda: client.is_ready() or task.done())
            if not task.done():
                yield client
        finally:
            await client.close()
            await task
