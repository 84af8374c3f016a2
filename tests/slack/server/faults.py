"""What can go wrong on the way to Slack's Web API and back, and the record of every request."""

import math
import struct
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from socket import SO_LINGER, SOL_SOCKET

from aiohttp import web

from tests.slack.server.scopes import METHODS
from tests.slack.server.world import Body

EACH_SECOND = "chat.postMessage"
"""The method that Slack lets through once a second for each place."""


@dataclass(slots=True, eq=False)
class Request:
    """One call of the Web API as it arrived, and what became of it."""

    method: str
    """chat.postMessage."""
    args: Body
    token: str = field(repr=False)
    at: float
    """By the loop's clock."""
    status: int | None = None
    """What was answered; None where the connection was cut instead."""
    error: str | None = None
    """Slack's word for what was wrong; None where nothing was."""
    applied: bool = False
    """Whether it did what it asked for."""

    def fits(self, pattern: str, where: str | None = None) -> bool:
        """Tell whether it is of a kind: "chat.postMessage", "conversations.*", "*"; and, maybe, about one place."""
        return fnmatchcase(self.method, pattern) and where in {None, self.args.get("channel")}


@dataclass(frozen=True, slots=True)
class Wait:
    """A stretch of time in which Slack asked for no more such calls."""

    since: float
    until: float
    pattern: str
    where: str | None
    token: str = field(repr=False)

    def broken_by(self, request: Request) -> bool:
        """Tell whether a call came although it was asked to wait."""
        between = self.since < request.at < self.until
        return between and request.token == self.token and request.fits(self.pattern, self.where)


@dataclass(slots=True, eq=False)
class Fault:
    """One thing that goes wrong, with calls of one kind."""

    pattern: str
    where: str | None
    times: int | None
    """How often it happens; None means always."""
    spared: int
    """How many calls get through first."""
    status: int | None = None
    """What is answered; None cuts the connection, or is merely late."""
    body: Body = field(default_factory=dict)
    headers: dict[str, str] = field(default_factory=dict)
    applied: bool = False
    """Whether the call does its work first."""
    delay: float = 0.0
    cuts: bool = False
    retry_after: int | None = None

    def takes(self, request: Request) -> bool:
        """Take part in a call: count it, and say whether this goes wrong with it."""
        if self.times == 0 or not request.fits(self.pattern, self.where):
            return False
        if self.spared:
            self.spared -= 1
            return False
        if self.times is not None:
            self.times -= 1
        return True


@dataclass(slots=True, eq=False)
class Quota:
    """How many calls of one kind are let through in a stretch of time, to each token by itself."""

    pattern: str
    limit: int
    per: float
    """Seconds."""
    by_place: bool = False
    windows: dict[tuple[str, str, str | None], tuple[float, int]] = field(default_factory=dict)
    """When each one's stretch ends, and how many are left in it."""

    def wait_for(self, request: Request) -> float:
        """Count a call; give the seconds to wait if it was one too many, else 0."""
        where = request.args.get("channel") if self.by_place else None
        key = (request.token, request.method, where)
        ends, left = self.windows.get(key, (0.0, 0))
        if ends <= request.at:
            ends, left = request.at + self.per, self.limit
        self.windows[key] = (ends, max(left - 1, 0))
        return 0.0 if left else ends - request.at


@dataclass(slots=True, eq=False)
class Faults:
    """What shall go wrong, in the order in which it was asked for; the first that fits a call happens to it."""

    planned: list[Fault] = field(default_factory=list)
    quotas: list[Quota] = field(default_factory=list)
    waits: list[Wait] = field(default_factory=list)
    """Every 429 that was given."""

    def refuse(
        self,
        pattern: str,
        error: str,
        *,
        times: int | None = 1,
        spared: int = 0,
        where: str | None = None,
        applied: bool = False,
        **more: object,
    ) -> None:
        """Answer ok:false with Slack's word for it; `more` stands beside it in the answer."""
        body = {"ok": False, "error": error, **more}
        self.planned.append(Fault(pattern, where, times, spared, 200, body, applied=applied))

    def fail(
        self,
        pattern: str,
        status: int,
        *,
        times: int | None = 1,
        spared: int = 0,
        where: str | None = None,
        applied: bool = False,
    ) -> None:
        """Answer 5xx; `applied` does what was asked before it answers so."""
        body = {"ok": False, "error": "internal_error"}
        self.planned.append(Fault(pattern, where, times, spared, status, body, applied=applied))

    def limit(
        self,
        pattern: str,
        retry_after: int,
        *,
        times: int | None = 1,
        spared: int = 0,
        where: str | None = None,
    ) -> None:
        """Answer 429: wait so many seconds before such a call."""
        self.planned.append(_too_many(pattern, where, times, spared, retry_after))

    def cut(
        self,
        pattern: str,
        *,
        times: int | None = 1,
        spared: int = 0,
        where: str | None = None,
        applied: bool = False,
    ) -> None:
        """Reset the connection, before anything was done or after all of it was."""
        self.planned.append(Fault(pattern, where, times, spared, cuts=True, applied=applied))

    def delay(
        self,
        pattern: str,
        seconds: float,
        *,
        times: int | None = 1,
        spared: int = 0,
        where: str | None = None,
    ) -> None:
        """Do what is asked, and answer late."""
        self.planned.append(Fault(pattern, where, times, spared, applied=True, delay=seconds))

    def ration(self, pattern: str, limit: int, per: float, *, by_place: bool = False) -> None:
        """Let so many calls of each method through in so many seconds."""
        self.quotas.append(Quota(pattern, limit, per, by_place))

    def obey_tiers(self) -> None:
        """Ration every method as Slack publishes it, and postings to one a second for each place."""
        self.ration(EACH_SECOND, 1, 1.0, by_place=True)
        for name, terms in METHODS.items():
            if name != EACH_SECOND:
                self.ration(name, terms.each_minute, 60.0)

    def meet(self, request: Request) -> Fault | None:
        """Find what happens to a call, and remember what it is told to wait for."""
        fault = next((each for each in self.planned if each.takes(request)), None)
        quota = next((each for each in self.quotas if fnmatchcase(request.method, each.pattern)), None)
        wait = 0.0 if quota is None else quota.wait_for(request)
        if quota is not None and wait and fault is None:
            where = request.args.get("channel") if quota.by_place else None
            fault = _too_many(request.method, where, 0, 0, math.ceil(wait))
            self.waits.append(Wait(request.at, request.at + wait, fault.pattern, where, request.token))
        elif fault is not None and fault.retry_after is not None:
            until = request.at + fault.retry_after
            self.waits.append(Wait(request.at, until, fault.pattern, fault.where, request.token))
        return fault

    def clear(self) -> None:
        """Let everything go well again."""
        self.planned.clear()
        self.quotas.clear()


def _too_many(pattern: str, where: str | None, times: int | None, spared: int, retry_after: int) -> Fault:
    body, headers = {"ok": False, "error": "ratelimited"}, {"Retry-After": str(retry_after)}
    return Fault(pattern, where, times, spared, 429, body, headers, retry_after=retry_after)


def hang_up(request: web.Request) -> None:
    """Cut a connection at once, so that the other side reads a reset instead of an end."""
    if request.transport is None:
        return
    socket = request.transport.get_extra_info("socket")
    socket.setsockopt(SOL_SOCKET, SO_LINGER, struct.pack("ii", 1, 0))
    request.transport.abort()
