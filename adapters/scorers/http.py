"""A scorer behind HTTP on the same machine. Asked with one POST for a batch; no redirects, no proxies.

    {"texts": [{"text": "...", "earlier": ["..."], "role": "student"}]}  ->  {"scores": [{"harassment": 0.7}]}

Labels that are not ours are passed over. Another machine than this one is refused, so that no text leaves it.
"""

from collections.abc import Mapping, Sequence
from contextlib import closing
from http.client import HTTPConnection, HTTPException
from ipaddress import ip_address
from typing import Final
from urllib.parse import urlsplit

import msgspec

from bot.errors import ConfigurationError
from bot.readings.labels import Label
from bot.readings.outside import LIMIT, Question, ScorerError

MOST_BYTES: Final = 1_000_000
_LABELS: Final = frozenset(Label)


class _Answer(msgspec.Struct, frozen=True):
    scores: list[dict[str, float]]


class HttpScorer:
    """Fits the port `Scorer`."""

    leaves_premises = False

    def __init__(self, address: str, name: str, version: str, licence: str, limit: float = LIMIT) -> None:
        """Take where it listens, for example `http://127.0.0.1:8100/score`, and what it says of itself."""
        self.name, self.version, self.licence = name, version, licence
        self._limit = limit
        self._host, self._port, self._path = _local(address)

    def score(self, batch: Sequence[Question]) -> list[Mapping[Label, float]]:
        """Ask for a batch. Raises `ScorerError` where no proper answer comes."""
        asked = [{"text": each.text, "earlier": each.earlier, "role": each.role.value} for each in batch]
        content = self._post(msgspec.json.encode({"texts": asked}))
        try:
            answer = msgspec.json.decode(content, type=_Answer)
        except (msgspec.MsgspecError, UnicodeDecodeError) as error:
            raise ScorerError(f"{self.name}: the answer is not in its form") from error
        return [{Label(name): value for name, value in each.items() if name in _LABELS} for each in answer.scores]

    def _post(self, body: bytes) -> bytes:
        try:
            with closing(HTTPConnection(self._host, self._port, timeout=self._limit)) as connection:
                connection.request("POST", self._path, body, {"Content-Type": "application/json"})
                with closing(connection.getresponse()) as response:
                    content = response.read(MOST_BYTES + 1)
        except (OSError, HTTPException) as error:
            raise ScorerError(f"{self.name}: no answer") from error
        if response.status != 200 or len(content) > MOST_BYTES:
            raise ScorerError(f"{self.name}: answered {response.status} with {len(content)} bytes")
        return content


def _local(address: str) -> tuple[str, int, str]:
    """Take an address apart. Raises `ConfigurationError` unless it is plain HTTP on this machine."""
    try:
        parts = urlsplit(address)
        host, port = parts.hostname or "", parts.port or 80
        is_local = parts.scheme == "http" and ip_address(host).is_loopback
    except ValueError:
        is_local = False
    if not is_local:
        raise ConfigurationError(
            "An outside scorer listens on this machine only: give its address as http://127.0.0.1:PORT/PATH."
        )
    return host, port, parts.path or "/"
