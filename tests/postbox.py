"""A real mail server on loopback, for tests to send to: it keeps what it accepts, and can be told to misbehave."""

import asyncio
import contextlib
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email import message_from_bytes, policy
from email.message import EmailMessage
from ipaddress import ip_address
from pathlib import Path

from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

LOGIN, PASSWORD = "chaperone", "rosebud"

Step = Callable[["Session", str], Awaitable[str | None]]
"""What happens at one step of the conversation; an answer ends the step, None lets it go on as usual."""


@dataclass(frozen=True, slots=True)
class Kept:
    """One letter as it arrived."""

    sender: str
    receivers: tuple[str, ...]
    raw: bytes

    @property
    def message(self) -> EmailMessage:
        """The letter, read again."""
        found = message_from_bytes(self.raw, policy=policy.default)
        assert isinstance(found, EmailMessage)
        return found

    @property
    def text(self) -> str:
        """What stands in it, with plain line ends."""
        return str(self.message.get_content()).replace("\r\n", "\n")


@dataclass(slots=True)
class Postbox:
    """What a server does at each step, and what came of it."""

    port: int = 0
    steps: dict[str, Step] = field(default_factory=dict)
    """By name: MAIL, RCPT, RSET, GO (asked for the letter), DATA (the letter is here), ANSWER (the letter is kept)."""
    arrived: list[Kept] = field(default_factory=list)
    """Every letter that was taken, in order."""
    envelopes: list[str] = field(default_factory=list)
    """Every receiver that was named."""
    connections: int = 0
    logins: int = 0
    transports: list[asyncio.BaseTransport] = field(default_factory=list)

    @property
    def by_id(self) -> dict[str, Kept]:
        """What somebody holds who tells letters apart by their Message-ID."""
        return {str(each.message["Message-ID"]): each for each in self.arrived}

    async def handle_MAIL(self, server: SMTP, session: Session, envelope: Envelope, address: str, _: list[str]) -> str:
        """Take the sender."""
        envelope.mail_from = address
        return await self.step("MAIL", session, address) or "250 OK"

    async def handle_RCPT(self, server: SMTP, session: Session, envelope: Envelope, address: str, _: list[str]) -> str:
        """Take the receiver."""
        self.envelopes.append(address)
        answer = await self.step("RCPT", session, address)
        if answer is None:
            envelope.rcpt_tos.append(address)
        return answer or "250 OK"

    async def handle_RSET(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        """Forget the letter that was begun."""
        return await self.step("RSET", session, "") or "250 OK"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        """Take the letter, unless the step says otherwise."""
        receivers = tuple(map(str, envelope.rcpt_tos))
        refusal = await self.step("DATA", session, receivers[0])
        if refusal is not None:
            return refusal
        assert isinstance(envelope.content, bytes)
        self.arrived.append(Kept(envelope.mail_from or "", receivers, envelope.content))
        return await self.step("ANSWER", session, receivers[0]) or "250 OK"

    async def step(self, name: str, session: Session, address: str) -> str | None:
        """Do what was told to do at a step."""
        step = self.steps.get(name)
        return None if step is None else await step(session, address)

    def authenticate(
        self, server: SMTP, session: Session, envelope: Envelope, mechanism: str, given: object
    ) -> AuthResult:
        """Let one login in."""
        right = isinstance(given, LoginPassword) and (given.login, given.password) == (
            LOGIN.encode(),
            PASSWORD.encode(),
        )
        self.logins += right
        return AuthResult(success=right, handled=False)


class Server(SMTP):
    """aiosmtpd, told which transport to cut."""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Count connections, not the handshakes within them."""
        if self.session is None:
            self.event_handler.connections += 1
        super().connection_made(transport)
        self.event_handler.transports.append(transport)
        assert self.session is not None
        self.session.transport = transport  # type: ignore[attr-defined]

    async def smtp_DATA(self, arg: str) -> None:
        """Answer a letter's announcement otherwise than with 354, where a step says so."""
        assert self.session is not None
        assert self.envelope is not None
        answer = await self.event_handler.step("GO", self.session, self.envelope.rcpt_tos[0])
        if answer is None:
            await super().smtp_DATA(arg)
        elif answer:
            await self.push(answer)


def answers(text: str, times: int | None = None) -> Step:
    """Answer so, always or so many times."""
    left = [times]

    async def step(session: Session, address: str) -> str | None:
        if left[0] is not None:
            left[0] -= 1
            if left[0] < 0:
                return None
        return text

    return step


def hangs_up(said: bytes = b"", times: int = 1) -> Step:
    """Say some bytes, or none, and close the connection, so many times."""
    left = [times]

    async def step(session: Session, address: str) -> str | None:
        left[0] -= 1
        if left[0] < 0:
            return None
        session.transport.write(said)  # type: ignore[attr-defined]
        session.transport.close()  # type: ignore[attr-defined]
        return ""

    return step


def waits(seconds: float) -> Step:
    """Let so much time pass before going on."""

    async def step(session: Session, address: str) -> str | None:
        await asyncio.sleep(seconds)
        return None

    return step


@asynccontextmanager
async def open_postbox(
    tls: ssl.SSLContext | None = None, *, implicit: bool = False, login: bool = False
) -> AsyncIterator[Postbox]:
    """Start a server on a free port of 127.0.0.1, and stop it."""
    box, loop = Postbox(), asyncio.get_running_loop()

    def server() -> Server:
        return Server(
            box,
            loop=loop,
            hostname="localhost",
            tls_context=None if implicit else tls,
            auth_required=login,
            auth_require_tls=login and not implicit,
            authenticator=box.authenticate if login else None,
        )

    listening = await loop.create_server(server, "127.0.0.1", 0, ssl=tls if implicit else None)
    box.port = listening.sockets[0].getsockname()[1]
    try:
        yield box
    finally:
        listening.close()
        for transport in box.transports:
            transport.close()
        await asyncio.sleep(0.01)


@asynccontextmanager
async def open_mute(said: bytes = b"") -> AsyncIterator[int]:
    """Start a server that says these bytes to whoever connects, and then nothing; give its port."""
    talks: list[asyncio.Task[None] | None] = []

    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        talks.append(asyncio.current_task())
        writer.write(said)
        with contextlib.suppress(ConnectionError):
            while await reader.read(1024):
                pass
        writer.close()
        await writer.wait_closed()

    listening = await asyncio.start_server(talk, "127.0.0.1", 0)
    try:
        yield listening.sockets[0].getsockname()[1]
    finally:
        listening.close()
        await asyncio.gather(*filter(None, talks))


@dataclass(frozen=True, slots=True)
class Certificate:
    """A certificate made for one test: what the server shows, and what a client has to trust."""

    server: ssl.SSLContext
    client: ssl.SSLContext


def certificate(folder: Path, host: str = "127.0.0.1") -> Certificate:
    """Make a key and a certificate for a host, signed by itself."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "a test")])
    now = datetime.now(UTC)
    place: x509.GeneralName = x509.IPAddress(ip_address(host)) if host[0].isdigit() else x509.DNSName(host)
    made = (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
        .not_valid_before(now - timedelta(hours=1))
        .not_valid_after(now + timedelta(hours=1))
        .add_extension(x509.SubjectAlternativeName([place]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .sign(key, hashes.SHA256())
    )
    file = folder / "server.pem"
    secret = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    file.write_bytes(secret + made.public_bytes(serialization.Encoding.PEM))
    server = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    server.load_cert_chain(file)
    return Certificate(server, ssl.create_default_context(cafile=file))
