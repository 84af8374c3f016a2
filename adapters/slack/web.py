"""Asks Slack's Web API, with manners: no faster than it allows, and nothing that people see is ever sent again blindly.

The library's own retries are all off. Asked too often, Slack says when to ask again, and until then nobody asks. What
cannot have arrived, because no connection came about, is tried again; what only reads is, too.
"""

import asyncio
import json
import logging
from collections import defaultdict
from collections.abc import AsyncIterator, Mapping
from typing import Any, Final

import aiohttp
import structlog
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient
from yarl import URL

from adapters.slack.failures import FAILURES, code_of, is_final, retry_after
from adapters.slack.renames import Renames
from bot.message import Attached
from bot.platform import NotOursError
from bot.readings.picture import LARGEST

LOG: Final = structlog.get_logger("chaperone.slack")

ANSWERED_WITHIN: Final = 30.0
"""Seconds."""

A_POST_EVERY: Final = 1.0
"""Seconds between two posts in one channel; Slack allows about as much."""

PAUSES: Final = (1.0, 2.0, 5.0, 15.0, 30.0)
"""Seconds before Slack is asked again that could not be reached; the last again and again."""

READINGS: Final = 3
"""How often what only reads is tried."""

A_PAGE: Final = 200
"""How many of a list are asked for at once."""

READS: Final = ("info", "members", "history", "replies", "list", "test", "conversations")
"""How the methods are called that only read."""

GONE_FILES: Final = frozenset({"file_deleted"})
"""Answers that say that nobody can be shown a file any more; one that is not found may only be hidden from us."""

OK: Final = 200
GONE: Final = (404, 410)
"""What the machine that keeps files answers: here it is; it is gone."""

Answer = Mapping[str, Any]
"""What Slack answers."""

SILENT: Final = logging.getLogger("chaperone.slack.library")
"""The library writes into its log whatever it was told. Ours says what failed instead."""
SILENT.setLevel(logging.CRITICAL + 1)


class Web:
    """Slack's Web API, asked with the app's own token or with somebody's."""

    def __init__(self, token: str, api_base: str = "", renames: Renames | None = None, *, patient: bool = True) -> None:
        """Take the app's own token, where the API is, and which places have another id by now.

        `patient` says whether to wait for Slack where it cannot be reached.
        """
        self._token = token
        self.renames = renames or Renames({})
        self._patient = patient
        self._base = f"{api_base.rstrip('/')}/" if api_base else AsyncWebClient.BASE_URL
        self._session: aiohttp.ClientSession | None = None
        self._clients: dict[str, AsyncWebClient] = {}
        self._open_at: defaultdict[tuple[str, str], float] = defaultdict(float)
        """When a method may be asked again, by token."""
        self._turns: defaultdict[str, asyncio.Lock] = defaultdict(asyncio.Lock)
        self._next_post: defaultdict[str, float] = defaultdict(float)

    def client(self, token: str = "") -> AsyncWebClient:
        """Give the library's client of a token; all of them share one connection pool."""
        used, session = token or self._token, self._pool()
        if used not in self._clients:
            self._clients[used] = AsyncWebClient(
                token=used,
                base_url=self._base,
                timeout=int(ANSWERED_WITHIN),
                session=session,
                retry_handlers=[],
                logger=SILENT,
            )
        return self._clients[used]

    def _pool(self) -> aiohttp.ClientSession:
        if self._session is None or self._session.closed:
            self._session = aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=ANSWERED_WITHIN))
            self._clients.clear()
        return self._session

    async def close(self) -> None:
        """Let go of all connections."""
        if self._session is not None:
            await self._session.close()

    async def ask(self, method: str, token: str = "", /, **args: object) -> Answer:
        """Ask for something. It waits while Slack wants to be left alone, or cannot be reached.

        Raises what `FAILURES` names.
        """
        if isinstance(channel := args.get("channel"), str):
            args["channel"] = self.renames.today(channel)
        data = {name: _written(value) for name, value in args.items() if value is not None}
        reads, tries, unreached = method.rpartition(".")[2] in READS, 0, 0
        while True:
            await self._wait_for(method, token)
            try:
                return self._answer(await self.client(token).api_call(method, data=dict(data)))
            except aiohttp.ClientConnectorError as error:
                if not self._patient:
                    raise
                LOG.warning("Slack cannot be reached", method=method, fault=type(error).__name__)
                await asyncio.sleep(PAUSES[min(unreached, len(PAUSES) - 1)])
                unreached += 1
            except FAILURES as error:
                pause = retry_after(error)
                tries += pause is None
                if pause is not None:
                    self._leave_alone(method, token, pause)
                elif not reads or is_final(error) or tries >= READINGS:
                    raise
                else:
                    await asyncio.sleep(PAUSES[tries - 1])

    def _answer(self, response: Any) -> Answer:  # noqa: ANN401 (the library's own answer, whose data may be bytes)
        if not isinstance(response.data, dict):
            raise SlackApiError("not understood", response)
        told: Answer = self.renames.known(response.data)
        return told

    async def scopes(self) -> frozenset[str]:
        """Say what the bot's token allows, as Slack tells with every answer. Raises what `FAILURES` names."""
        answer = await self.client().auth_test()
        told = {name.lower(): value for name, value in answer.headers.items()}.get("x-oauth-scopes", "")
        return frozenset(each.strip() for each in str(told).split(",") if each.strip())

    async def pages(self, method: str, field: str, token: str = "", /, **args: object) -> AsyncIterator[Any]:
        """Go through a list that Slack gives in pages."""
        cursor: str | None = None
        while True:
            answer = await self.ask(method, token, limit=A_PAGE, cursor=cursor, **args)
            for each in answer.get(field) or ():
                yield each
            cursor = (answer.get("response_metadata") or {}).get("next_cursor") or None
            if cursor is None:
                return

    async def post(self, channel: str, text: str, **more: object) -> str:
        """Post in a channel, no faster than one a second; give the time of the message, which names it."""
        async with self._turns[channel]:
            await self._sleep_until(self._next_post[channel])
            try:
                answer = await self.ask("chat.postMessage", channel=channel, text=text, unfurl_links=False, **more)
            finally:
                self._next_post[channel] = asyncio.get_running_loop().time() + A_POST_EVERY
        return str(answer["ts"])

    async def file(self, attached: Attached) -> bytes | None:
        """Give what is in a file, as far as one byte too many; None where it is gone.

        The token goes to Slack alone. Raises what `FAILURES` names, and `NotOursError`.
        """
        try:
            told = (await self.ask("files.info", file=attached.file)).get("file") or {}
        except SlackApiError as error:
            if code_of(error) in GONE_FILES:
                return None
            raise
        address = URL(str(told.get("url_private_download") or told.get("url_private") or ""))
        if not self._is_slacks(address):
            raise NotOursError("a file does not stand on Slack's own machines")
        headers = {"Authorization": f"Bearer {self._token}"}
        proxy = self.client().proxy  # the library takes it from the environment; this is not asked by way of it
        async with self._pool().get(address, headers=headers, proxy=proxy, allow_redirects=False) as answer:
            if answer.status in GONE:
                return None
            if answer.status != OK or answer.content_type == "text/html":  # who may not see it is asked to sign in
                raise NotOursError(f"a file was answered with {answer.status}, {answer.content_type}")
            content = bytearray()
            async for piece in answer.content.iter_any():
                content += piece
                if len(content) > LARGEST:
                    break
            return bytes(content[: LARGEST + 1])

    def _is_slacks(self, address: URL) -> bool:
        own = URL(self._base)
        at_home = (address.scheme, address.host, address.port) == (own.scheme, own.host, own.port)
        return at_home or (address.scheme == "https" and str(address.host).endswith((".slack.com", ".slack-gov.com")))

    async def _wait_for(self, method: str, token: str) -> None:
        """Wait until a method may be asked; while somebody waits, another answer may have moved that on."""
        moment = 0.0
        while moment != self._open_at[method, token]:
            moment = self._open_at[method, token]
            await self._sleep_until(moment)

    async def _sleep_until(self, moment: float) -> None:
        left = moment - asyncio.get_running_loop().time()
        if left > 0:
            await asyncio.sleep(left)

    def _leave_alone(self, method: str, token: str, pause: float) -> None:
        LOG.warning("Slack was asked too often", method=method, seconds=pause)
        moment = asyncio.get_running_loop().time() + pause
        self._open_at[method, token] = max(moment, self._open_at[method, token])


def _written(value: object) -> object:
    """Write an argument as a form holds it."""
    return json.dumps(value) if isinstance(value, dict | list | tuple) else value
