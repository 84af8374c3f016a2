"""Letters through a real mail server on loopback: ours, and the ways one would write first."""

import asyncio
import smtplib
import socket
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from email.message import EmailMessage
from time import perf_counter, sleep
from typing import Final

from adapters.mail import Server, open_mail
from bench.journey import ZONE
from bot.letter import CopyNotice, Letter, Letterhead, write_letter
from bot.people import Office, PersonId
from bot.platform import Outcome
from bot.store.vault import MasterKey

HOST: Final = "127.0.0.1"
SENDER: Final = "chaperone@example.org"
MOMENT: Final = datetime(2026, 11, 18, 15, 4, tzinfo=UTC)
SECONDS_TO_START: Final = 10


@contextmanager
def sink() -> Iterator[int]:
    """Run a server that takes every letter and keeps none, in a process of its own; give its port."""
    with socket.create_server((HOST, 0)) as free:
        port = int(free.getsockname()[1])
    command = [sys.executable, "-m", "aiosmtpd", "--nosetuid", "--class", "aiosmtpd.handlers.Sink"]
    with subprocess.Popen([*command, "--listen", f"{HOST}:{port}"]) as server:
        try:
            _wait_for(port)
            yield port
        finally:
            server.terminate()


def _wait_for(port: int) -> None:
    until = perf_counter() + SECONDS_TO_START
    while perf_counter() < until:
        try:
            socket.create_connection((HOST, port)).close()
        except ConnectionRefusedError:
            sleep(0.05)
        else:
            return
    raise RuntimeError("the mail server did not start")


def letters(count: int) -> list[Letter]:
    """Write so many letters, each to a reader of its own."""
    head, index = Letterhead("example.org", ZONE), MasterKey(bytes(32)).index
    copies = (CopyNotice(number, MOMENT, PersonId(f"p{number}"), Office.PRINCIPAL) for number in range(1, count + 1))
    return [write_letter(head, each, f"{each.reader}@example.org", index) for each in copies]


def ours(port: int, some: Sequence[Letter]) -> float:
    """Send all letters at once, as the house would after a night without a server: letters a second."""
    start = perf_counter()
    asyncio.run(_send_all(port, some))
    return len(some) / (perf_counter() - start)


async def _send_all(port: int, some: Sequence[Letter]) -> None:
    async with open_mail(Server(HOST, port, SENDER, "none"), lambda: MOMENT) as mail:
        receipts = await asyncio.gather(*(mail.send(each) for each in some))
    if any(each.outcome is not Outcome.DONE for each in receipts):
        raise RuntimeError("a letter was not taken")


def one_by_one(port: int, some: Sequence[Letter]) -> float:
    """Send with bare `smtplib`, a connection for each letter: letters a second."""
    start = perf_counter()
    for each in some:
        with smtplib.SMTP(HOST, port, local_hostname="example.org") as server:
            server.send_message(_message(each))
    return len(some) / (perf_counter() - start)


def over_one_connection(port: int, some: Sequence[Letter]) -> float:
    """Send with bare `smtplib`, one after the other over one connection: letters a second."""
    start = perf_counter()
    with smtplib.SMTP(HOST, port, local_hostname="example.org") as server:
        for each in some:
            server.send_message(_message(each))
    return len(some) / (perf_counter() - start)


def _message(letter: Letter) -> EmailMessage:
    message = EmailMessage()
    headers = {"From": SENDER, "To": letter.to, "Subject": letter.subject, "Message-ID": letter.message_id}
    for name, value in headers.items():
        message[name] = value
    message.set_content(letter.text)
    return message
