"""A scorer behind HTTP, on this machine or the district's own network. A batch is one POST; no redirects, no proxies.

    {"texts": [{"text": "...", "earlier": ["..."], "role": "student"}]}  ->  {"scores": [{"harassment": 0.7}]}

Labels that it is not known for are passed over. An address anywhere else is refused, unless the settings say that texts
may leave the premises; then it has to be https.
"""

import ssl
from collections.abc import Collection, Mapping, Sequence
from contextlib import closing
from http.client import HTTPConnection, HTTPException, HTTPResponse, HTTPSConnection
from ipaddress import ip_address, ip_network
from time import monotonic
from typing import Final, NamedTuple
from urllib.parse import urlsplit

import msgspec

from bot.address import is_loopback
from bot.errors import ConfigurationError
from bot.readings.labels import Label
from bot.readings.outside import LIMIT, Question, ScorerError

MOST_BYTES: Final = 1_000_000
PIECE: Final = 65_536
OWN_NETWORKS: Final = tuple(map(ip_network, ("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "fc00::/7")))
"""Addresses that lead nowhere outside (RFC 1918, RFC 4193)."""


class _Answer(msgspec.Struct, frozen=True):
    scores: list[dict[str, float]]


class Told(NamedTuple):
    """What the settings say of a server: it cannot be asked."""

    name: str
    version: str
    licence: str
    labels: Collection[Label] = tuple(Label)


class _Address(NamedTuple):
    host: str
    port: int
    path: str
    is_sealed: bool
    """Whether it is https."""
    is_own: bool
    """Whether it is this machine or the district's network."""


class HttpScorer:
    """Fits the port `Scorer`."""

    def __init__(self, url: str, told: Told, *, may_leave: bool = False) -> None:
        """Take where it listens, for example `http://127.0.0.1:8100/score`. Raises `ConfigurationError`."""
        self.name, self.version, self.licence, self.labels = told
        self._address = _address(url, may_leave=may_leave)
        self._tls = ssl.create_default_context() if self._address.is_sealed else None
        self.leaves_premises = not self._address.is_own

    def score(self, batch: Sequence[Question]) -> list[Mapping[Label, float]]:
        """Ask for a batch. Raises `ScorerError` where no proper answer comes."""
        asked = [
            {"text": _whole(each.text), "earlier": [*map(_whole, each.earlier)], "role": each.role.value}
            for each in batch
        ]
        content = self._post(msgspec.json.encode({"texts": asked}))
        try:
            answer = msgspec.json.decode(content, type=_Answer)
        except (msgspec.MsgspecError, UnicodeDecodeError) as error:
            raise ScorerError(f"{self.name}: the answer is not in its form") from error
        return [{label: each[label] for label in self.labels if label in each} for each in answer.scores]

    def _post(self, body: bytes) -> bytes:
        try:
            with closing(self._connection()) as connection:
                connection.request("POST", self._address.path, body, {"Content-Type": "application/json"})
                with closing(connection.getresponse()) as response:
                    content = _read(response, monotonic() + LIMIT)
        except (OSError, HTTPException) as error:
            raise ScorerError(f"{self.name}: no answer") from error
        if response.status != 200 or len(content) > MOST_BYTES:
            raise ScorerError(f"{self.name}: answered {response.status} with {len(content)} bytes")
        return content

    def _connection(self) -> HTTPConnection:
        host, port, *_ = self._address
        if self._tls is not None:
            return HTTPSConnection(host, port, timeout=LIMIT, context=self._tls)
        return HTTPConnection(host, port, timeout=LIMIT)


def _read(response: HTTPResponse, by: float) -> bytes:
    """Read an answer, as far as there is time: one that drips is none."""
    content = b""
    while len(content) <= MOST_BYTES and (piece := response.read1(PIECE)):
        content += piece
        if monotonic() > by:
            raise TimeoutError
    return content


def _whole(text: str) -> str:
    """Put a question mark for half a pair of surrogates, which some clients leave of an emoji: it cannot be sent."""
    return text.encode("utf-8", "replace").decode()


def _address(url: str, *, may_leave: bool) -> _Address:
    """Take an address apart. Raises `ConfigurationError` unless texts may go there."""
    try:
        parts = urlsplit(url)
        host, port, is_sealed = parts.hostname or "", parts.port, parts.scheme == "https"
    except ValueError:
        host, port, is_sealed = "", None, False
    if not host or parts.scheme not in {"http", "https"} or parts.username or parts.query or parts.fragment:
        raise ConfigurationError(f"{SETTING} is no such address. Give it as http://127.0.0.1:PORT/PATH.")
    is_own = is_loopback(host) or _is_on_own_network(host)
    if not is_own and not may_leave:
        raise ConfigurationError(
            f"{SETTING} is neither on this machine nor an address of the district's own network, and texts may not "
            "leave it. Give it as http://127.0.0.1:PORT/PATH, or set may_leave_premises = true once that is agreed."
        )
    if not is_own and not is_sealed:
        raise ConfigurationError(f"{SETTING} leads out of the district's network, so it has to be https.")
    return _Address(host, port or (443 if is_sealed else 80), parts.path or "/", is_sealed, is_own)


SETTING: Final = "reading.scorer.url"


def _is_on_own_network(host: str) -> bool:
    try:
        address = ip_address(host)
    except ValueError:
        return False
    return any(address in each for each in OWN_NETWORKS)
