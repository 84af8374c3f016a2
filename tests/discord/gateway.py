"""The gateway: sessions that outlive their sockets, and what a socket may suffer."""

import asyncio
import contextlib
import json
import zlib
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from enum import IntEnum
from secrets import token_hex
from typing import Any

from aiohttp import WSCloseCode, WSMsgType, web

from tests.discord.faults import hang_up
from tests.discord.world import Body, Event, World


class Op(IntEnum):
    """What a frame is about."""

    DISPATCH = 0
    HEARTBEAT = 1
    IDENTIFY = 2
    PRESENCE = 3
    VOICE_STATE = 4
    RESUME = 6
    RECONNECT = 7
    REQUEST_MEMBERS = 8
    INVALID_SESSION = 9
    HELLO = 10
    HEARTBEAT_ACK = 11


MEMBERS, PRESENCES, MESSAGE_CONTENT = 1 << 1, 1 << 8, 1 << 15
KNOWS_ALL = MEMBERS | PRESENCES
"""What GUILD_CREATE needs to bring all members; with MEMBERS alone they have to be asked for."""
PRIVILEGED = MEMBERS | PRESENCES | MESSAGE_CONTENT
SUBSCRIPTIONS = (
    ("GUILD_MEMBER_", MEMBERS, 0),
    ("THREAD_MEMBERS_UPDATE", MEMBERS, 0),
    ("GUILD_AUDIT_LOG_ENTRY_", 1 << 2, 0),
    ("VOICE_STATE_", 1 << 7, 0),
    ("MESSAGE_REACTION_", 1 << 10, 1 << 13),
    ("MESSAGE_", 1 << 9, 1 << 12),
    ("AUTO_MODERATION_RULE_", 1 << 20, 0),
    ("AUTO_MODERATION_ACTION_", 1 << 21, 0),
    ("INTERACTION_", 0, 0),
    ("", 1 << 0, 0),
)
"""The intent that each event needs, in a guild and in direct messages; the first prefix that fits counts."""

HIDDEN_WITHOUT_CONTENT: Body = {"content": "", "embeds": [], "attachments": [], "components": []}


@dataclass(slots=True, eq=False)
class Socket:
    """One websocket, what is still to be sent on it, and how it is packed."""

    stream: web.WebSocketResponse
    request: web.Request
    packer: Any
    """A zlib stream, where the client asked for one."""
    outbox: "asyncio.Queue[str | int]" = field(default_factory=asyncio.Queue)
    """Frames, or the code to close with."""

    def put(self, op: Op, data: object, **more: object) -> None:
        """Send a frame, soon."""
        self.outbox.put_nowait(json.dumps({"op": op, "d": data, "s": None, "t": None} | more))

    async def write(self) -> None:
        """Send what is to be sent, until the socket is gone."""
        while not self.stream.closed:
            match await self.outbox.get():
                case int(code):
                    await self.stream.close(code=code)
                case frame:
                    with contextlib.suppress(ConnectionError):
                        await self._send(frame)

    async def _send(self, frame: str) -> None:
        if self.packer is None:
            await self.stream.send_str(frame)
        else:
            await self.stream.send_bytes(self.packer.compress(frame.encode()) + self.packer.flush(zlib.Z_SYNC_FLUSH))


@dataclass(slots=True, eq=False)
class Session:
    """What one IDENTIFY began; it lives on without a socket, so that it can be resumed."""

    id: str
    intents: int
    socket: Socket | None
    sent: list[Body] = field(default_factory=list)
    """Every dispatch of the session, numbered from 1."""

    def wants(self, event: Event) -> bool:
        """Tell whether its intents ask for an event."""
        in_guild, in_private = next(bits for prefix, *bits in SUBSCRIPTIONS if event.name.startswith(prefix))
        asked = in_guild if event.guild is not None else in_private
        return not asked or bool(self.intents & asked)

    def push(self, name: str, data: object, *, lost: bool = False) -> None:
        """Number a dispatch and send it, unless it gets lost under way or there is no socket."""
        self.sent.append({"t": name, "s": len(self.sent) + 1, "d": data})
        if self.socket is not None and not lost:
            self.socket.put(Op.DISPATCH, data, t=name, s=len(self.sent))


@dataclass(slots=True, eq=False)
class Gateway:
    """All sessions, and what a test can do to them."""

    world: World
    token: str
    heartbeat: float
    """Seconds between two heartbeats, as HELLO asks for."""
    url: str = ""
    approved: int = PRIVILEGED
    """The privileged intents that may be asked for; others close the socket with 4014."""
    chunk: int = 1000
    """How many members go into one GUILD_MEMBERS_CHUNK."""
    takes_connections: bool = True
    """False: whoever connects gets 503."""
    resumes: bool = True
    """False: RESUME is answered with INVALID_SESSION."""
    overlap: int = 0
    """How many events a RESUME brings that were already brought."""
    acknowledges: bool = True
    """False: heartbeats stay unanswered."""
    away: set[int] = field(default_factory=set)
    """Guilds that Discord cannot serve for now: READY names them, and GUILD_CREATE does not follow."""
    answers_chunks: bool = True
    """False: REQUEST_GUILD_MEMBERS stays unanswered."""
    between_chunks: Callable[[], None] = lambda: None
    """What happens after the first GUILD_MEMBERS_CHUNK of several, once; the later ones know nothing of it."""
    counted: Counter[str] = field(default_factory=Counter)
    """How many frames of each kind arrived, and "CONNECT"."""
    received: list[tuple[Op, Any]] = field(default_factory=list)
    """Every frame that arrived but heartbeats."""
    sessions: dict[str, Session] = field(default_factory=dict)
    sockets: list[Socket] = field(default_factory=list)
    _losing: bool = False

    def __post_init__(self) -> None:
        self.world.listeners.append(self.emit)

    def emit(self, event: Event) -> None:
        """Tell every session that wants to know."""
        if event.channel is not None and event.channel.hidden:
            return
        for session in self.sessions.values():
            if session.wants(event):
                session.push(event.name, self._shown(event, session), lost=self._losing)

    def dispatch(self, name: str, data: object) -> None:
        """Send any dispatch, right or wrong, whatever the intents."""
        for session in self.sessions.values():
            session.push(name, data, lost=self._losing)

    def send_text(self, text: str) -> None:
        """Send these characters as a frame, JSON or not."""
        for socket in self.sockets:
            socket.outbox.put_nowait(text)

    def reconnect(self) -> None:
        """Ask for a new connection (op 7); the session can be resumed."""
        for socket in self.sockets:
            socket.put(Op.RECONNECT, None)

    def invalidate(self, *, resumable: bool = False) -> None:
        """Say INVALID_SESSION (op 9), and forget the sessions unless they may be resumed."""
        if not resumable:
            self.sessions.clear()
        for socket in self.sockets:
            socket.put(Op.INVALID_SESSION, resumable)

    def drop(self) -> None:
        """Cut every socket without a word; the sessions stay."""
        for session in self.sessions.values():
            session.socket = None
        for socket in self.sockets:
            hang_up(socket.request)

    def close(self, code: int) -> None:
        """Close every socket with a code; the sessions stay."""
        for socket in self.sockets:
            socket.outbox.put_nowait(code)

    @contextmanager
    def losing(self) -> Iterator[None]:
        """Lose under way whatever happens meanwhile, and cut the sockets at the end: RESUME brings it."""
        self._losing = True
        try:
            yield
        finally:
            self._losing = False
            self.drop()

    async def connect(self, request: web.Request) -> web.StreamResponse:
        """Serve one websocket until it ends."""
        if not self.takes_connections:
            return web.Response(status=503)
        self.counted["CONNECT"] += 1
        made = web.WebSocketResponse(compress=False, max_msg_size=0)
        await made.prepare(request)
        packs = request.query.get("compress") == "zlib-stream"
        socket = Socket(made, request, zlib.compressobj() if packs else None)
        self.sockets.append(socket)
        writer = asyncio.create_task(socket.write())
        try:
            await self._talk(socket)
        finally:
            self._leave(socket)
            writer.cancel()
            await asyncio.gather(writer, return_exceptions=True)
        return made

    async def stop(self) -> None:
        """Close every socket and forget all."""
        self.sessions.clear()
        for socket in list(self.sockets):
            await socket.stream.close(code=WSCloseCode.GOING_AWAY)

    async def _talk(self, socket: Socket) -> None:
        socket.put(Op.HELLO, {"heartbeat_interval": self.heartbeat * 1000})
        async for message in socket.stream:
            if message.type is WSMsgType.TEXT:
                frame = message.json()
                self._hear(socket, Op(frame["op"]), frame["d"])

    def _hear(self, socket: Socket, op: Op, data: Any) -> None:  # noqa: ANN401 (whatever a client may send)
        self.counted[op.name] += 1
        if op is not Op.HEARTBEAT:
            self.received.append((op, data))
        match op:
            case Op.HEARTBEAT if self.acknowledges:
                socket.put(Op.HEARTBEAT_ACK, None)
            case Op.IDENTIFY:
                self._identify(socket, data)
            case Op.RESUME:
                self._resume(socket, data)
            case Op.REQUEST_MEMBERS if self.answers_chunks:
                self._give_members(socket, data)
            case _:
                pass

    def _identify(self, socket: Socket, data: Body) -> None:
        if data["token"] != self.token:
            return socket.outbox.put_nowait(4004)
        if data["intents"] & PRIVILEGED & ~self.approved:
            return socket.outbox.put_nowait(4014)
        session = Session(token_hex(8), data["intents"], socket)
        self.sessions[session.id] = session
        guilds = list(self.world.guilds.values())
        session.push(
            "READY",
            {
                "v": 10,
                "user": self.world.bot.body,
                "guilds": [{"id": str(guild.id), "unavailable": True} for guild in guilds],
                "session_id": session.id,
                "resume_gateway_url": self.url,
                "application": {"id": str(self.world.bot.id), "flags": 0},
            },
        )
        for guild in guilds:
            if guild.id not in self.away:
                self._bring(guild.id, session)
        return None

    def come_back(self, guild: int) -> None:
        """Serve a guild again."""
        self.away.remove(guild)
        for session in self.sessions.values():
            self._bring(guild, session)

    def _bring(self, guild: int, session: Session) -> None:
        event = Event("GUILD_CREATE", {}, guild)
        session.push(event.name, self._shown(event, session))

    def _resume(self, socket: Socket, data: Body) -> None:
        session = self.sessions.get(data["session_id"] or "")
        if session is None or not self.resumes or data["token"] != self.token:
            self.sessions.pop(data["session_id"] or "", None)
            return socket.put(Op.INVALID_SESSION, False)
        session.socket = socket
        for missed in session.sent[max(data["seq"] - self.overlap, 0) :]:
            socket.put(Op.DISPATCH, missed["d"], t=missed["t"], s=missed["s"])
        return session.push("RESUMED", {})

    def _give_members(self, socket: Socket, data: Body) -> None:
        session = next(each for each in self.sessions.values() if each.socket is socket)
        guild = self.world.guilds[int(data["guild_id"])]
        wanted = {int(user) for user in data.get("user_ids", ())}
        query = data.get("query", "").lower()
        found = [
            member.body
            for member in guild.members.values()
            if (member.user.id in wanted if wanted else member.user.name.lower().startswith(query))
        ][: data["limit"] or None]
        parts = [found[start : start + self.chunk] for start in range(0, len(found), self.chunk)] or [[]]
        for index, part in enumerate(parts):
            told = {"guild_id": str(guild.id), "members": part, "chunk_index": index, "chunk_count": len(parts)}
            session.push("GUILD_MEMBERS_CHUNK", told | {"nonce": data.get("nonce"), "not_found": []})
            if index + 1 < len(parts):
                happens, self.between_chunks = self.between_chunks, lambda: None
                happens()

    def _shown(self, event: Event, session: Session) -> Body:
        if event.name == "GUILD_CREATE":
            assert event.guild is not None
            return self.world.guilds[event.guild].described_to(everybody=session.intents & KNOWS_ALL == KNOWS_ALL)
        if event.name not in {"MESSAGE_CREATE", "MESSAGE_UPDATE"} or session.intents & MESSAGE_CONTENT:
            return event.data
        bot = self.world.bot.id
        named = {int(user["id"]) for user in (event.data["author"], *event.data["mentions"])}
        return event.data if event.guild is None or bot in named else event.data | HIDDEN_WITHOUT_CONTENT

    def _leave(self, socket: Socket) -> None:
        self.sockets.remove(socket)
        for session in self.sessions.values():
            if session.socket is socket:
                session.socket = None
