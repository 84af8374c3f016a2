"""The door to mail: one letter in, one receipt out, through the district's own mail server.

Nothing a server says is passed on but its three digits: its sentences may repeat an address.
"""

import asyncio
import contextlib
import ssl
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime
from email import policy
from email.message import EmailMessage
from email.utils import format_datetime
from typing import Final, Literal

import aiosmtplib

from bot.address import is_address, is_loopback
from bot.errors import ConfigurationError
from bot.letter import Letter
from bot.platform import Outcome, Receipt

CONNECTIONS: Final = 4
"""So many letters are on their way at once. School servers slow down whoever opens many connections."""

LETTERS_A_CONNECTION: Final = 100
"""After so many letters a connection is made anew: servers count, and some refuse from a hundred on."""

FAILURES: Final = (aiosmtplib.SMTPException, OSError, ValueError)
"""What speaking to a server can raise. TimeoutError and every failure of TLS are an OSError."""

LOGIN_WANTED: Final = 530
LONG_LINES: Final = policy.SMTP.clone(max_line_length=998)
"""Some servers lose a Message-ID that is folded onto a second line."""

Security = Literal["starttls", "tls", "none"]


@dataclass(frozen=True, slots=True)
class Server:
    """The district's mail server. Raises `ConfigurationError` where mail would leave the machine unsealed."""

    host: str
    port: int
    sender: str = field(repr=False)
    """The address that letters come from, and that failures are returned to."""
    security: Security = "starttls"
    username: str = field(default="", repr=False)
    """Empty where the server asks for no login."""
    password: str = field(default="", repr=False)
    timeout: float = 30.0
    """Seconds that each answer may take."""

    def __post_init__(self) -> None:
        """Hold what the settings hold too: this is the last place before the network."""
        if self.security == "none" and not is_loopback(self.host):
            raise ConfigurationError("Mail may go without TLS only to this very machine.")
        if not is_address(self.sender):
            raise ConfigurationError("The address that mail comes from is no mail address.")

    @property
    def domain(self) -> str:
        """The domain that we greet with; the machine's own name is nobody's business."""
        return self.sender.rpartition("@")[2]


@dataclass(slots=True)
class Line:
    """One open connection, and how many letters it has carried."""

    smtp: aiosmtplib.SMTP
    letters: int = 0


class Mail:
    """Sends letters over a few connections, which it keeps for the next ones. Opened by `open_mail`."""

    def __init__(self, server: Server, now: Callable[[], datetime], tls: ssl.SSLContext) -> None:
        """Connect to nobody yet."""
        self._server = server
        self._now = now
        self._tls = tls
        self._turns = asyncio.Semaphore(CONNECTIONS)
        self._idle: list[Line] = []

    async def send(self, letter: Letter) -> Receipt:
        """Hand one letter to the server. Whatever goes wrong is a receipt.

        DONE: the server took it upon itself. NOT_DONE: certainly not, and another try may help. REFUSED: it never will.
        UNKNOWN: it may have; then the same letter is sent again, and its Message-ID tells that it is the same.
        """
        message = self._message(letter)
        async with self._turns:
            try:
                line = await self._line()
            except FAILURES as error:
                return Receipt(Outcome.NOT_DONE, _reason(error))
            receipt = Receipt(Outcome.UNKNOWN)
            try:
                receipt = await _hand_over(line.smtp, self._server.sender, letter.to, message)
            finally:
                self._put_back(line, receipt)
            return receipt

    async def close(self) -> None:
        """Take leave of the server on every connection that is open."""
        while self._idle:
            await _leave(self._idle.pop())

    def _message(self, letter: Letter) -> bytes:
        message = EmailMessage(policy.SMTP)
        message["From"] = self._server.sender
        message["To"] = letter.to
        message["Subject"] = letter.subject
        message["Date"] = format_datetime(self._now())
        message["Message-ID"] = letter.message_id
        message["Auto-Submitted"] = "auto-generated"  # asks machines not to answer (RFC 3834)
        message.set_content(letter.text, cte="quoted-printable")
        return message.as_bytes(policy=LONG_LINES)

    async def _line(self) -> Line:
        """Take a connection that still answers, else make one."""
        while self._idle:
            line = self._idle.pop()
            if line.letters >= LETTERS_A_CONNECTION:
                await _leave(line)
            elif await _answers(line):
                return line
        return await self._connect()

    async def _connect(self) -> Line:
        server = self._server
        smtp = aiosmtplib.SMTP(
            hostname=server.host,
            port=server.port,
            username=server.username or None,
            password=server.password or None,
            local_hostname=server.domain,
            timeout=server.timeout,
            use_tls=server.security == "tls",
            start_tls=server.security == "starttls",
            tls_context=self._tls,
        )
        await smtp.connect()
        return Line(smtp)

    def _put_back(self, line: Line, receipt: Receipt) -> None:
        """Keep a connection only after an accepted letter: anything else may have left it in an unknown state."""
        line.letters += 1
        if receipt.outcome is Outcome.DONE:
            self._idle.append(line)
        else:
            line.smtp.close()


@asynccontextmanager
async def open_mail(
    server: Server, now: Callable[[], datetime], tls: ssl.SSLContext | None = None
) -> AsyncIterator[Mail]:
    """Give the way to a server, and close it at the end. Without `tls`, the system says whose certificates count."""
    mail = Mail(server, now, tls or ssl.create_default_context())
    try:
        yield mail
    finally:
        await mail.close()


async def _hand_over(smtp: aiosmtplib.SMTP, sender: str, to: str, message: bytes) -> Receipt:
    """Name sender and receiver, then give the message. Until DATA nothing can have been delivered."""
    try:
        await smtp.mail(sender)
        await smtp.rcpt(to)
    except aiosmtplib.SMTPRecipientRefused as error:
        return _answered(error, Outcome.NOT_DONE)
    except FAILURES as error:
        return Receipt(Outcome.NOT_DONE, _reason(error))
    try:
        await smtp.data(message)
    except aiosmtplib.SMTPDataError as error:
        return _answered(error, Outcome.UNKNOWN)
    except FAILURES as error:
        return Receipt(Outcome.UNKNOWN, _reason(error))
    return Receipt(Outcome.DONE)


def _answered(error: aiosmtplib.SMTPResponseException, otherwise: Outcome) -> Receipt:
    """Read the first digit: 4 for now, 5 for good, anything else is no answer. 530 is about us, so it can be mended."""
    for_now, for_good = 400 <= error.code < 500 or error.code == LOGIN_WANTED, 500 <= error.code < 600
    outcome = Outcome.NOT_DONE if for_now else Outcome.REFUSED if for_good else otherwise
    return Receipt(outcome, _reason(error))


def _reason(error: Exception) -> str:
    """Say in a word or two what failed: about the machine, never in the server's words."""
    match error:
        case aiosmtplib.SMTPAuthenticationError():
            return f"login refused ({error.code})"
        case aiosmtplib.SMTPResponseException() if 100 <= error.code < 600:
            return f"answered {error.code}"
        case aiosmtplib.SMTPResponseException():
            return "answered nonsense"
        case TimeoutError():
            return "no answer in time"
        case _ if _is_about_certificate(error):
            return "certificate refused"
        case OSError():
            return "connection lost"
        case ValueError():
            return "settings not usable"
        case _:
            return "no TLS or login offered"


def _is_about_certificate(error: BaseException | None) -> bool:
    """Look for the certificate's failure also behind the library's own errors."""
    return error is not None and (
        isinstance(error, ssl.SSLCertVerificationError) or _is_about_certificate(error.__cause__)
    )


async def _answers(line: Line) -> bool:
    """Say whether a connection still answers. RSET leaves nothing of the letter before. One that does not is closed."""
    answered = False
    with contextlib.suppress(*FAILURES):
        try:
            await line.smtp.rset()
            answered = True
        finally:
            if not answered:
                line.smtp.close()
    return answered


async def _leave(line: Line) -> None:
    with contextlib.suppress(*FAILURES):
        try:
            await line.smtp.quit()
        finally:
            line.smtp.close()
