"""Bolt with one door: everything Slack sends comes through it, and is acknowledged by what it gives back.

The door is a global middleware, so no listener is looked for: Bolt compares what came with each listener in turn, at
nine microseconds apiece. And Bolt acknowledges an event before a listener runs; what a middleware gives back is the
acknowledgement itself, so it comes when we have written what we heard. A fault is answered with 500: Slack tells again.
"""

import asyncio
import json
from collections.abc import Awaitable, Callable
from typing import Any, Final

import structlog
from aiohttp import web as http
from slack_bolt import BoltResponse
from slack_bolt.adapter.aiohttp import to_aiohttp_response, to_bolt_request
from slack_bolt.adapter.socket_mode.aiohttp import AsyncSocketModeHandler
from slack_bolt.app.async_app import AsyncApp
from slack_bolt.authorization import AuthorizeResult
from slack_sdk.socket_mode.aiohttp import SocketModeClient

from adapters.slack.failures import FAILURES
from adapters.slack.telling import Told
from adapters.slack.web import SILENT, Web

LOG: Final = structlog.get_logger("chaperone.slack")

PATH: Final = "/slack/events"
"""Where Slack sends to, by HTTP."""

PING_EVERY: Final = 5.0
"""Seconds between two pings on a socket; one that answers none of four is made anew."""

RENEWED_WITHIN: Final = 60.0
"""Seconds. Slack gives out an address once a minute or so, and ends the old socket by itself before long."""

UNDER_WAY: Final = 5.0
"""Seconds that an old socket is left, for what is under way on it."""

Reply = dict[str, Any] | None
"""What goes back with an acknowledgement; None: nothing."""

Take = Callable[[Told], Awaitable[Reply]]
"""Takes what Slack sent, and says what to answer."""


def open_app(web: Web, signing_secret: str, take: Take) -> AsyncApp:
    """Put the door into Bolt. Signatures are Bolt's to check; who is who is ours."""
    app = AsyncApp(
        name="chaperone",
        client=web.client(),
        signing_secret=signing_secret or "none",
        authorize=_authorize,
        ignoring_self_events_enabled=False,
        ssl_check_enabled=False,
        attaching_function_token_enabled=False,
        attaching_conversation_kwargs_enabled=False,
        logger=SILENT,
    )

    async def door(body: dict[str, Any]) -> BoltResponse:
        return await _answer(take, body)

    app.use(door)
    return app


def site(app: AsyncApp) -> http.Application:
    """Take what Slack posts, and nothing else. Bolt's own site would let anybody install, were it told a client id."""

    async def posted(request: http.Request) -> http.Response:
        return await to_aiohttp_response(await app.async_dispatch(await to_bolt_request(request)))

    made = http.Application()
    made.router.add_post(PATH, posted)
    return made


async def _authorize(enterprise_id: str | None, team_id: str | None) -> AuthorizeResult:
    """Let everything in: by whose grant we see it stands in the event, and no token hangs on what Bolt makes of it."""
    return AuthorizeResult(enterprise_id=enterprise_id, team_id=team_id)


async def _answer(take: Take, body: Told) -> BoltResponse:
    try:
        reply = await take(body)
    except Exception as error:  # noqa: BLE001 (Slack is to tell it again; the traceback may hold words)
        LOG.error("an event could not be heard", kind=_kind(body), fault=type(error).__name__)  # noqa: TRY400
        return BoltResponse(status=500)
    if reply is None:
        return BoltResponse(status=200)
    return BoltResponse(status=200, body=json.dumps(reply), headers={"content-type": "application/json"})


def _kind(body: Told) -> str:
    event = body.get("event")
    kind = event.get("type") if isinstance(event, dict) else body.get("type")
    return kind if isinstance(kind, str) else ""


class Socket:
    """A socket to Slack. One that Slack wants renewed ends only once another is there: nothing is missed in between."""

    def __init__(self, app: AsyncApp, web: Web, app_token: str, said: Callable[[bool], None]) -> None:
        """Take the door, and whom to tell that a connection is made, and whether there was one all the time until then.

        While there is none, whatever happens is told nobody.
        """
        self._app = app
        self._web = web
        self._token = app_token
        self._said = said
        self._handlers: list[AsyncSocketModeHandler] = []
        """The newest last; any other is about to end."""

    async def open(self, address: str) -> None:
        """Connect to an address that Slack gave out; the library makes a connection anew that breaks."""
        handler = self._new()
        handler.client.wss_uri = address
        await handler.connect_async()

    def _new(self) -> AsyncSocketModeHandler:
        """Prepare a socket. By force the library makes one anew that is there still: Slack wants it renewed."""
        handler = AsyncSocketModeHandler(
            self._app, self._token, logger=SILENT, web_client=self._web.client(), ping_interval=PING_EVERY
        )
        client = handler.client
        by_library = client.connect_to_new_endpoint

        async def connect_anew(force: bool = False) -> None:
            if not (force and await self._is_renewed(handler)):
                await by_library(force)

        client.connect_to_new_endpoint = connect_anew  # type: ignore[method-assign]
        client.message_listeners.append(self._hear)  # type: ignore[arg-type]
        self._handlers.append(handler)
        return handler

    async def _is_renewed(self, old: AsyncSocketModeHandler) -> bool:
        """Open another socket, then end the old one. The library would end it first, and does so where this fails."""
        if old not in self._handlers[-1:]:
            return True
        new = self._new()
        try:
            async with asyncio.timeout(RENEWED_WITHIN):
                await new.connect_async()
        except FAILURES as error:
            LOG.warning("a socket to Slack could not be renewed beside the old one", fault=type(error).__name__)
            await self._end(new)
            return False
        await asyncio.sleep(UNDER_WAY)
        await self._end(old)
        return True

    async def _end(self, handler: AsyncSocketModeHandler) -> None:
        if handler in self._handlers:
            self._handlers.remove(handler)
            await handler.close_async()

    async def _hear(self, client: SocketModeClient, message: dict[str, Any], _: str | None) -> None:
        if message.get("type") == "hello":
            self._said(any(_is_open(each) for each in self._handlers if each.client is not client))

    @property
    def is_open(self) -> bool:
        """Say whether there is a connection now."""
        return any(map(_is_open, self._handlers))

    async def close(self) -> None:
        """Let go."""
        for each in [*self._handlers]:
            await self._end(each)


def _is_open(handler: AsyncSocketModeHandler) -> bool:
    session = handler.client.current_session
    return session is not None and not session.closed
