"""Asks a shortening service where one of its links leads. One question, to that service alone; nothing is followed.

It is off unless somebody builds it: asking tells the service that somebody looked, and when.
"""

import asyncio
import re
import ssl
from collections import OrderedDict
from collections.abc import Callable, Container
from contextlib import AsyncExitStack
from time import monotonic
from types import TracebackType
from typing import Final, Self

from aiohttp import (
    ClientConnectorCertificateError,
    ClientConnectorDNSError,
    ClientConnectorSSLError,
    ClientError,
    ClientResponse,
    ClientSession,
    ClientTimeout,
    DummyCookieJar,
)
from yarl import URL

from adapters.public import Address, HeardEnoughError, LookUp, NotPublicError, PublicConnector, is_public, look_up
from bot.links import LONGEST_HOST, Link, host_matches
from bot.readings.landing import Landing, Unknown

SECONDS: Final = 3.0
"""So long may a question take, from the name's look-up to the end of the answer's head."""

HEARD: Final = 64 * 1024
"""So many bytes of an answer are heard, the proof of who it is included. Its body is never read."""

AT_ONCE: Final = 4
"""So many questions are open at once."""

REMEMBERED: Final = 1024
"""So many answers are remembered; beyond that the one that was needed longest ago goes."""

KEPT: Final = 3600.0
"""Seconds that an answer is remembered. A service may change where a link leads."""

KEPT_FAILURE: Final = 60.0
"""Seconds that a failure is remembered, so that a service that is down is not asked at every post."""

WEB_PORTS: Final = frozenset({80, 443})

_FAILURES: Final = frozenset({Unknown.NO_SUCH_HOST, Unknown.NO_ANSWER, Unknown.NO_TRUST, Unknown.TOO_SLOW})
_GONE: Final = frozenset({404, 410})
_SENDS_ON: Final = frozenset({301, 302, 303, 307, 308})
_HEADERS: Final = {"User-Agent": "Chaperone", "Accept": "*/*", "Accept-Encoding": "identity"}

_SCHEME = re.compile(r"(?i)(?P<scheme>[a-z][a-z0-9+.-]*):")
_FANGLESS = re.compile(r"(?i)h(?:tt|xx)p(?P<secure>s?)(?::|\[:\]|\(:\))/+")
_UNSEEN = re.compile(r"[\t\r\n]")


class AskedLandings:
    """Asks shortening services, with nothing of ours in the question: no cookie, no sign-in, no page it stood on."""

    def __init__(
        self,
        shorteners: Container[str],
        *,
        ports: Container[int] = WEB_PORTS,
        passes: Callable[[Address], bool] = is_public,
        names: LookUp = look_up,
        trust: ssl.SSLContext | None = None,
        seconds: float = SECONDS,
        remembered: int = REMEMBERED,
        now: Callable[[], float] = monotonic,
    ) -> None:
        """Take the hosts that may be asked; the rest is for tests on this machine, where other ports are free."""
        self._shorteners = shorteners
        self._ports = ports
        self._passes = passes
        self._names = names
        self._trust: ssl.SSLContext | bool = trust or True
        self._seconds = seconds
        self._turn = asyncio.Semaphore(AT_ONCE)
        self._answers = _Answers(remembered, now)
        self._open = AsyncExitStack()

    async def __aenter__(self) -> Self:
        """Open the door; nothing is connected yet."""
        self._session = await self._open.enter_async_context(
            ClientSession(
                connector=PublicConnector(HEARD, self._passes, self._names),
                cookie_jar=DummyCookieJar(),
                timeout=ClientTimeout(total=self._seconds),
                headers=_HEADERS,
                auto_decompress=False,
                trust_env=False,
            )
        )
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Close every connection."""
        await self._open.aclose()

    async def of(self, link: Link) -> Landing | Unknown:
        """Say where a link leads, or why that is unknown. A service is asked about the same link once an hour."""
        question = self._question(link)
        if isinstance(question, Unknown):
            return question
        async with self._turn:
            if (answer := self._answers.find(question)) is None:
                answer = await self._ask(question)
                self._answers.keep(question, answer)
        return answer

    def _question(self, link: Link) -> URL | Unknown:
        if host_matches(link.host, self._shorteners) is None:
            return Unknown.NO_SHORTENER
        url = _readable(link.target)
        if url is None or _host(url) != link.host:
            return Unknown.DISGUISED
        if url.scheme == "http" and url.explicit_port is None:
            url = url.with_scheme("https")
        return url.with_user(None).with_fragment(None) if url.port in self._ports else Unknown.PORT

    async def _ask(self, question: URL) -> Landing | Unknown:
        try:
            async with self._session.get(question, allow_redirects=False, ssl=self._trust) as answer:
                landing = _landing(answer)
                answer.close()
                return landing
        except TimeoutError:
            return Unknown.TOO_SLOW
        except (ClientError, OSError, ValueError) as error:
            return _why(error)


class _Answers:
    """What services said, for a while."""

    def __init__(self, most: int, now: Callable[[], float]) -> None:
        self._most = most
        self._now = now
        self._held: OrderedDict[URL, tuple[float, Landing | Unknown]] = OrderedDict()

    def find(self, question: URL) -> Landing | Unknown | None:
        until, answer = self._held.get(question, (0.0, None))
        if answer is None or self._now() >= until:
            return None
        self._held.move_to_end(question)
        return answer

    def keep(self, question: URL, answer: Landing | Unknown) -> None:
        self._held[question] = self._now() + (KEPT_FAILURE if answer in _FAILURES else KEPT), answer
        self._held.move_to_end(question)
        while len(self._held) > self._most:
            self._held.popitem(last=False)


def _landing(answer: ClientResponse) -> Landing | Unknown:
    if answer.status in _GONE:
        return Unknown.NO_LINK
    if answer.status not in _SENDS_ON:
        return Unknown.PAGE if answer.status < 400 else Unknown.NO_ANSWER
    locations = answer.headers.getall("Location", [])
    return _target(answer.url, locations[0]) if len(set(locations)) == 1 else Unknown.UNREADABLE


def _target(asked: URL, location: str) -> Landing | Unknown:
    """Read where an answer leads as a browser would, which forgives much."""
    location = _as_a_browser(location)
    scheme = _SCHEME.match(location)
    if scheme and scheme["scheme"].lower() not in {"http", "https"}:
        return Unknown.OTHER_SCHEME
    try:
        url = asked.join(URL(location))
        host = _host(url)
    except ValueError:
        return Unknown.UNREADABLE
    if not host or len(host) > LONGEST_HOST or not host.isascii():
        return Unknown.UNREADABLE
    return Unknown.STAYS if host == asked.raw_host else Landing(host, str(url))


def _as_a_browser(location: str) -> str:
    """Put right what every browser puts right: unseen marks, backslashes, one slash too few or too many."""
    location = _UNSEEN.sub("", location).strip("".join(map(chr, range(33))))
    start = next((place for place, letter in enumerate(location) if letter in "?#"), len(location))
    address = location[:start].replace("\\", "/")
    address = re.sub(r"(?i)^(https?):/*", r"\1://", address)
    return re.sub(r"^//+", "//", address) + location[start:]


def _readable(target: str) -> URL | None:
    """Read what somebody typed, with or without a scheme, or with a broken one."""
    typed = _FANGLESS.sub(r"http\g<secure>://", target, count=1)
    try:
        return URL(_as_a_browser(typed if _FANGLESS.match(target) else f"https://{target}"))
    except ValueError:
        return None


def _host(url: URL) -> str:
    return (url.raw_host or "").lower().rstrip(".")


def _why(error: Exception) -> Unknown:
    causes = list(_causes(error))
    if any(isinstance(each, NotPublicError) for each in causes):
        return Unknown.NOT_PUBLIC
    if any(isinstance(each, HeardEnoughError) for each in causes):
        return Unknown.TOO_LONG
    match error:
        case ClientConnectorDNSError():
            return Unknown.NO_SUCH_HOST
        case ClientConnectorCertificateError() | ClientConnectorSSLError():
            return Unknown.NO_TRUST
        case ClientError() | OSError():
            return Unknown.NO_ANSWER
        case _:
            return Unknown.UNREADABLE


def _causes(error: BaseException | None) -> list[BaseException]:
    found: list[BaseException] = []
    while error is not None and error not in found:
        found.append(error)
        error = error.__cause__ or error.__context__
    return found
