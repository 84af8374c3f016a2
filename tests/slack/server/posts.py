"""Signed HTTP: what the app gets at the address that it gave."""

import asyncio
import hashlib
import hmac
import json
import time
from dataclasses import dataclass, field
from secrets import token_hex
from urllib.parse import urlencode

import aiohttp

from tests.slack.server.deliveries import COMMAND, EVENT, Delivery, Try
from tests.slack.server.world import Body

REASONS = {"timeout": "http_timeout", "error": "http_error", "unreachable": "connection_failed"}


@dataclass(slots=True, eq=False)
class Posts:
    """The way to an app that has an address."""

    session: aiohttp.ClientSession
    secret: str = field(repr=False)
    """What requests are signed with."""
    ack_seconds: float = 3.0
    url: str = ""
    skew: float = 0.0
    """Seconds that are added to the timestamp."""

    async def carry(self, delivery: Delivery, attempt: Try) -> Try:
        """Post something, and read the answer as its acknowledgement."""
        data, kind = _packed(delivery)
        headers = self.sign(data) | {"Content-Type": kind}
        if attempt.retry:
            headers |= {"X-Slack-Retry-Num": str(attempt.retry), "X-Slack-Retry-Reason": attempt.reason}
        try:
            async with asyncio.timeout(self.ack_seconds):
                return await self._post(data, headers, attempt)
        except TimeoutError:
            return attempt.end(failure=REASONS["timeout"])
        except aiohttp.ClientError:
            return attempt.end(failure=REASONS["unreachable"])

    async def shake_hands(self) -> bool:
        """Ask the app for the challenge, as Slack does when an address is entered."""
        challenge = token_hex(16)
        body = json.dumps({"type": "url_verification", "token": "a-token", "challenge": challenge}).encode()
        headers = self.sign(body) | {"Content-Type": "application/json"}
        async with self.session.post(self.url, data=body, headers=headers) as answer:
            text = await answer.text()
        given = json.loads(text)["challenge"] if text.startswith("{") else text
        return answer.status == 200 and given == challenge

    def sign(self, data: bytes) -> dict[str, str]:
        """Give the headers that prove where a request comes from."""
        stamp = str(int(time.time() + self.skew))
        digest = hmac.new(self.secret.encode(), f"v0:{stamp}:".encode() + data, hashlib.sha256).hexdigest()
        return {"X-Slack-Request-Timestamp": stamp, "X-Slack-Signature": f"v0={digest}"}

    async def _post(self, data: bytes, headers: dict[str, str], attempt: Try) -> Try:
        async with self.session.post(self.url, data=data, headers=headers) as answer:
            text = await answer.text()
        attempt.status = answer.status
        attempt.no_retry = answer.headers.get("X-Slack-No-Retry") == "1"
        attempt.answer = _unpacked(text)
        acked = 200 <= answer.status < 300
        return attempt.end(acked=acked, failure="" if acked else REASONS["error"])


def _packed(delivery: Delivery) -> tuple[bytes, str]:
    """Write it as Slack posts it: events as JSON, interactions as JSON in a form, commands as a form."""
    if delivery.kind == EVENT:
        return json.dumps(delivery.body).encode(), "application/json"
    form = delivery.body if delivery.kind == COMMAND else {"payload": json.dumps(delivery.body)}
    return urlencode(form).encode(), "application/x-www-form-urlencoded"


def _unpacked(text: str) -> Body | None:
    """Read an answer: JSON, words for whoever gave a command, or nothing."""
    if text.startswith("{"):
        answer: Body = json.loads(text)
        return answer
    return {"text": text} if text else None
