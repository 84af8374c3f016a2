"""A shortening service on this machine: a socket that says, byte for byte, what a test wants it to say."""

import asyncio
import ssl
from collections.abc import AsyncIterator, Iterable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from adapters.public import Address
from bot.links import Link

HOST = "short.example"


@dataclass
class Shortener:
    """Answers by path, and remembers what was asked and how many connections there were."""

    answers: Mapping[str, bytes]
    port: int = 0
    asked: list[str] = field(default_factory=list)
    """The heads of the questions."""
    connections: int = 0
    open_now: int = 0
    most_open: int = 0
    told: int = 0
    """Bytes that somebody took."""
    pause: float = 0.0
    """Seconds before an answer."""
    step: int = 4096
    pace: float = 0.0
    """Seconds after each step of so many bytes."""
    serving: set[asyncio.Task[None]] = field(default_factory=set)

    def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.serving.add(asyncio.create_task(self._serve(reader, writer)))

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections += 1
        self.open_now += 1
        self.most_open = max(self.most_open, self.open_now)
        try:
            await self._answer(reader, writer)
        except (ConnectionError, asyncio.IncompleteReadError, ssl.SSLError):
            pass
        finally:
            self.open_now -= 1
            writer.close()

    async def _answer(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = (await reader.readuntil(b"\r\n\r\n")).decode()
        self.asked.append(head)
        await asyncio.sleep(self.pause)
        answer = self.answers.get(head.split()[1], b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n")
        for start in range(0, len(answer), self.step):
            writer.write(answer[start : start + self.step])
            await writer.drain()
            self.told += len(answer[start : start + self.step])
            await asyncio.sleep(self.pace)

    def link(self, path: str = "/abc", host: str = HOST) -> Link:
        """Give a link to this service, as it stands in a text."""
        return link(f"http://{host}:{self.port}{path}", host)


def link(target: str, host: str = HOST) -> Link:
    return Link(target, host, "", 0, len(target))


def sends_to(target: str, status: str = "302 Found", more: str = "") -> bytes:
    """Write the answer of a service that sends on."""
    return f"HTTP/1.1 {status}\r\nLocation: {target}\r\n{more}Content-Length: 0\r\n\r\n".encode()


@asynccontextmanager
async def shortener(answers: Mapping[str, bytes], trust: ssl.SSLContext | None = None) -> AsyncIterator[Shortener]:
    """Run a service on a free port."""
    service = Shortener(answers)
    server = await asyncio.start_server(service.serve, "127.0.0.1", 0, ssl=trust)
    service.port = server.sockets[0].getsockname()[1]
    try:
        yield service
    finally:
        server.close()
        for each in service.serving:
            each.cancel()
        await asyncio.gather(*service.serving, return_exceptions=True)


def is_here(address: Address) -> bool:
    """Let through this machine alone."""
    return address.is_loopback


async def leads_here(_host: str) -> Iterable[str]:
    """Say that every name leads to this machine."""
    return ["127.0.0.1"]


def certificate(folder: Path, host: str = HOST) -> tuple[ssl.SSLContext, ssl.SSLContext]:
    """Make a certificate for a host; give what proves it and what trusts it."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, host)])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(host)]), critical=False)
        .sign(key, hashes.SHA256())
    )
    pem = made.public_bytes(serialization.Encoding.PEM)
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    (folder / "pair.pem").write_bytes(private + pem)
    proves = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    proves.load_cert_chain(folder / "pair.pem")
    return proves, ssl.create_default_context(cadata=pem.decode())
