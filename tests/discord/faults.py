"""What can go wrong on the way to Discord and back, and the record of every request."""

import re
import struct
from dataclasses import dataclass, field
from socket import SO_LINGER, SOL_SOCKET
from typing import Any

from aiohttp import web

from tests.discord.world import Body


@dataclass(slots=True, eq=False)
class Request:
    """One REST request as it arrived, and what became of it."""

    method: str
    path: str
    """Without the version: /channels/12/messages."""
    at: float
    """By the loop's clock."""
    query: dict[str, str] = field(default_factory=dict)
    body: Any = None
    reason: str | None = None
    """What it said for the audit log."""
    status: int | None = None
    """What was answered; None where the connection was cut instead."""
    applied: bool = False
    """Whether it did what it asked for."""

    def fits(self, method: str, pattern: str) -> bool:
        """Tell whether it is of a kind: a method or *, and a path in which * stands for one part of it."""
        parts = (re.escape(part) if part != "*" else "[^/]+" for part in pattern.split("/"))
        return method in {"*", self.method} and re.fullmatch("/".join(parts), self.path) is not None


@dataclass(frozen=True, slots=True)
class Wait:
    """A stretch of time in which Discord asked for no more such calls."""

    since: float
    until: float
    method: str
    pattern: str
    globally: bool


@dataclass(slots=True, eq=False)
class Fault:
    """One thing that goes wrong, with requests of one kind."""

    method: str
    pattern: str
    times: int | None
    """How often it happens; None means always."""
    spared: int
    """How many requests get through first."""
    status: int | None = None
    """What is answered; None cuts the connection, or is merely late."""
    body: Body = field(default_factory=dict)
    headers: dict[str, str] = field(default_factory=dict)
    applied: bool = False
    """Whether the request does its work first."""
    delay: float = 0.0
    cuts: bool = False
    retry_after: float | None = None

    def takes(self, request: Request) -> bool:
        """Take part in a request: count it, and say whether this goes wrong with it."""
        if self.times == 0 or not request.fits(self.method, self.pattern):
            return False
        if self.spared:
            self.spared -= 1
            return False
        if self.times is not None:
            self.times -= 1
        return True


@dataclass(slots=True, eq=False)
class Quota:
    """How many requests of one kind are let through in a stretch of time, for each channel or guild by itself."""

    method: str
    pattern: str
    limit: int
    per: float
    """Seconds."""
    windows: dict[str, tuple[float, int]] = field(default_factory=dict)
    """When each one's stretch ends, and how many are left in it."""

    def spend(self, request: Request) -> tuple[dict[str, str], bool]:
        """Count a request; give the headers that tell of it, and whether it was one too many."""
        key = "/".join(request.path.split("/")[:3])
        ends, left = self.windows.get(key, (0.0, 0))
        if ends <= request.at:
            ends, left = request.at + self.per, self.limit
        self.windows[key] = (ends, max(left - 1, 0))
        headers = {
            "X-RateLimit-Limit": str(self.limit),
            "X-RateLimit-Remaining": str(max(left - 1, 0)),
            "X-RateLimit-Reset-After": str(ends - request.at),
            "X-RateLimit-Bucket": f"{self.method}-{self.pattern}",
        }
        return headers, left == 0


@dataclass(slots=True, eq=False)
class Faults:
    """What shall go wrong, in the order in which it was asked for; the first that fits a request happens to it."""

    planned: list[Fault] = field(default_factory=list)
    quotas: list[Quota] = field(default_factory=list)
    waits: list[Wait] = field(default_factory=list)
    """Every 429 that was given."""

    def refuse(
        self,
        method: str,
        pattern: str,
        status: int,
        code: int = 0,
        *,
        times: int | None = 1,
        spared: int = 0,
        applied: bool = False,
    ) -> None:
        """Answer with a status and a JSON code; `applied` does what was asked before it answers so."""
        body = {"code": code, "message": f"Injected {status}"}
        self.planned.append(Fault(method, pattern, times, spared, status, body, applied=applied))

    def limit(
        self,
        method: str,
        pattern: str,
        retry_after: float,
        *,
        globally: bool = False,
        times: int | None = 1,
        spared: int = 0,
    ) -> None:
        """Answer 429: wait so many seconds before such a call, or before any."""
        self.planned.append(_too_many(method, pattern, times, spared, retry_after, globally=globally))

    def ration(self, method: str, pattern: str, limit: int, per: float) -> None:
        """Let so many requests through in so many seconds, and say how many are left, as Discord always does."""
        self.quotas.append(Quota(method, pattern, limit, per))

    def cut(self, method: str, pattern: str, *, times: int | None = 1, spared: int = 0, applied: bool = False) -> None:
        """Reset the connection, before anything was done or after all of it was."""
        self.planned.append(Fault(method, pattern, times, spared, cuts=True, applied=applied))

    def delay(self, method: str, pattern: str, seconds: float, *, times: int | None = 1, spared: int = 0) -> None:
        """Do what is asked, and answer late."""
        self.planned.append(Fault(method, pattern, times, spared, applied=True, delay=seconds))

    def meet(self, request: Request) -> tuple[Fault | None, dict[str, str]]:
        """Find what happens to a request and which headers tell of its quota; remember what it is told to wait for."""
        fault = next((each for each in self.planned if each.takes(request)), None)
        quota = next((each for each in self.quotas if request.fits(each.method, each.pattern)), None)
        headers, exceeded = ({}, False) if quota is None else quota.spend(request)
        if quota is not None and exceeded and fault is None:
            after = float(headers["X-RateLimit-Reset-After"])
            fault = _too_many(quota.method, quota.pattern, 0, 0, after, globally=False)
        if fault is not None and fault.retry_after is not None:
            until, globally = request.at + fault.retry_after, fault.body["global"]
            self.waits.append(Wait(request.at, until, fault.method, fault.pattern, globally))
        return fault, headers

    def clear(self) -> None:
        """Let everything go well again."""
        self.planned.clear()
        self.quotas.clear()


def _too_many(
    method: str, pattern: str, times: int | None, spared: int, retry_after: float, *, globally: bool
) -> Fault:
    body = {"message": "You are being rate limited.", "retry_after": retry_after, "global": globally}
    headers = {"Retry-After": str(retry_after), "X-RateLimit-Scope": "global" if globally else "user"}
    headers |= {"X-RateLimit-Global": "true"} if globally else {}
    headers |= {"Via": "1.1 peer"}  # without it discord.py takes the answer for a ban, and gives up
    return Fault(method, pattern, times, spared, 429, body, headers, retry_after=retry_after)


def hang_up(request: web.Request) -> None:
    """Cut a connection at once, so that the other side reads a reset instead of an end."""
    if request.transport is None:
        return
    socket = request.transport.get_extra_info("socket")
    socket.setsockopt(SOL_SOCKET, SO_LINGER, struct.pack("ii", 1, 0))
    request.transport.abort()
