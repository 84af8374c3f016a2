"""Socket Mode: the websockets of the app, and what one may suffer."""

import asyncio
import contextlib
import json
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from secrets import token_hex
from uuid import uuid4

from aiohttp import WSCloseCode, WSMsgType, web

from tests.slack.server.deliveries import EVENT, Delivery, Try
from tests.slack.server.faults import hang_up
from tests.slack.server.world import Body, World

MOST_SOCKETS = 10


@dataclass(slots=True, eq=False)
class Socket:
    """One websocket, and what was sent on it and is not acknowledged yet."""

    stream: web.WebSocketResponse
    request: web.Request
    pending: "dict[str, asyncio.Future[Body | None]]" = field(default_factory=dict)
    """By envelope; the result is the acknowledgement, or None where the socket was lost first."""
    outbox: "asyncio.Queue[Body | int]" = field(default_factory=asyncio.Queue)
    """Frames, or the code to close with."""

    async def write(self) -> None:
        """Send what is to be sent, until the socket is gone."""
        while not self.stream.closed:
            match await self.outbox.get():
                case int(code):
                    await self.stream.close(code=code)
                case frame:
                    with contextlib.suppress(ConnectionError):
                        await self.stream.send_str(json.dumps(frame))

    def lose(self) -> None:
        """Give up what is still to be acknowledged."""
        for future in self.pending.values():
            if not future.done():
                future.set_result(None)
        self.pending.clear()


@dataclass(slots=True, eq=False)
class Sockets:
    """All sockets of the app; every envelope goes to one of them."""

    world: World
    ack_seconds: float = 3.0
    url: str = ""
    open: list[Socket] = field(default_factory=list)
    tickets: set[str] = field(default_factory=set)
    counted: Counter[str] = field(default_factory=Counter)
    """How often the app did something: "CONNECT", "ACK", "STRAY" (acknowledged what nobody waits for)."""
    takes_connections: bool = True
    """False: whoever connects gets 503."""
    resends: bool = True
    """Whether what was under way on a lost socket comes again on the next one."""
    keeps: bool = False
    """Whether events wait for a socket while there is none; else they are lost, as with Slack."""
    _losing: bool = False
    _turn: int = 0
    _arrived: asyncio.Event = field(default_factory=asyncio.Event)

    @property
    def count(self) -> int:
        """How many sockets are open."""
        return len(self.open)

    def new_url(self) -> str:
        """Give the address for one connection."""
        ticket = token_hex(8)
        self.tickets.add(ticket)
        return f"{self.url}?ticket={ticket}&app_id={self.world.app_id}"

    def drop(self) -> None:
        """Cut every socket without a word."""
        for socket in list(self.open):
            hang_up(socket.request)
            self._leave(socket)

    def refresh(self, reason: str = "refresh_requested") -> None:
        """Ask for new connections, and close the old ones when the app has done so."""
        for socket in self.open:
            socket.outbox.put_nowait({"type": "disconnect", "reason": reason, "debug_info": {"host": "loopback"}})

    @contextmanager
    def losing(self) -> Iterator[None]:
        """Lose under way whatever is sent meanwhile, and cut the sockets at the end."""
        self._losing = True
        try:
            yield
        finally:
            self._losing = False
            self.drop()

    async def carry(self, delivery: Delivery, attempt: Try) -> Try:
        """Bring something on the next socket in turn, and wait for its acknowledgement."""
        if not self.open and attempt.retry == 0 and not self.keeps:
            attempt.no_retry = True
            return attempt.end(failure="no_socket")
        socket = await self._next()
        envelope = str(uuid4())
        future: asyncio.Future[Body | None] = asyncio.get_running_loop().create_future()
        socket.pending[envelope] = future
        if not self._losing:
            socket.outbox.put_nowait(_frame(envelope, delivery, attempt))
        try:
            async with asyncio.timeout(self.ack_seconds):
                answer = await future
        except TimeoutError:
            return attempt.end(failure="timeout")
        finally:
            socket.pending.pop(envelope, None)
        return self._ended(attempt, answer)

    async def connect(self, request: web.Request) -> web.StreamResponse:
        """Serve one websocket until it ends."""
        ticket = request.query.get("ticket", "")
        if not self.takes_connections or ticket not in self.tickets or len(self.open) == MOST_SOCKETS:
            return web.Response(status=503)
        self.tickets.discard(ticket)
        self.counted["CONNECT"] += 1
        made = web.WebSocketResponse(max_msg_size=0)
        await made.prepare(request)
        socket = Socket(made, request)
        self.open.append(socket)
        self._arrived.set()
        writer = asyncio.create_task(socket.write())
        try:
            await self._talk(socket)
        finally:
            self._leave(socket)
            writer.cancel()
            await asyncio.gather(writer, return_exceptions=True)
        return made

    async def stop(self) -> None:
        """Close every socket."""
        for socket in list(self.open):
            await socket.stream.close(code=WSCloseCode.GOING_AWAY)

    async def _talk(self, socket: Socket) -> None:
        hello = {"type": "hello", "num_connections": self.count, "connection_info": {"app_id": self.world.app_id}}
        about = {"host": "loopback", "build_number": 1, "approximate_connection_time": 18060}
        socket.outbox.put_nowait(hello | {"debug_info": about})
        async for message in socket.stream:
            if message.type is WSMsgType.TEXT:
                self._hear(socket, message.json())

    def _hear(self, socket: Socket, frame: Body) -> None:
        future = socket.pending.pop(frame.get("envelope_id", ""), None)
        if future is None or future.done():
            self.counted["STRAY"] += 1
            return
        self.counted["ACK"] += 1
        future.set_result(frame)

    def _ended(self, attempt: Try, answer: Body | None) -> Try:
        if answer is None:
            attempt.no_retry = not self.resends
            return attempt.end(failure="closed")
        attempt.answer = answer.get("payload")
        return attempt.end(acked=True)

    async def _next(self) -> Socket:
        while not self.open:
            self._arrived.clear()
            await self._arrived.wait()
        self._turn += 1
        return self.open[self._turn % len(self.open)]

    def _leave(self, socket: Socket) -> None:
        if socket in self.open:
            self.open.remove(socket)
        socket.lose()


def _frame(envelope: str, delivery: Delivery, attempt: Try) -> Body:
    """Write an envelope of Socket Mode; events alone say how often they were brought."""
    written: Body = {"envelope_id": envelope, "type": delivery.kind, "payload": delivery.body}
    if delivery.kind != EVENT:
        return written | {"accepts_response_payload": True}
    tried = {"retry_attempt": attempt.retry, "retry_reason": attempt.reason}
    return written | {"accepts_response_payload": False} | tried
