"""The Web API and what lies beside it: every request is answered here, or goes wrong as planned."""

import asyncio
import base64
import json
from dataclasses import dataclass, field

from aiohttp import web

from tests.slack.server import (
    app_methods,
    chat_methods,
    conversation_methods,
    file_methods,
    people_methods,
    view_methods,
)
from tests.slack.server.calls import HANDLERS, Call, Desk, Refusal, unpack
from tests.slack.server.faults import Fault, Faults, Request, hang_up
from tests.slack.server.interactions import MINUTES, USES
from tests.slack.server.scopes import METHODS, Terms
from tests.slack.server.tokens import Token
from tests.slack.server.world import Body

METHODS_OF = (app_methods, chat_methods, conversation_methods, file_methods, people_methods, view_methods)
"""Loading these makes their methods known."""
SIGN_IN_PAGE = "<!DOCTYPE html><html><head><title>Sign in | Slack</title></head><body>Sign in</body></html>"
"""What Slack gives, with status 200, to whoever asks for a file without the right token."""


@dataclass(slots=True, eq=False)
class Api:
    """All that can be asked over HTTP."""

    desk: Desk
    faults: Faults = field(default_factory=Faults)
    requests: list[Request] = field(default_factory=list)
    """Every call of the Web API, in the order of arrival."""
    unknown: list[str] = field(default_factory=list)
    """Methods that were called and that this peer does not know."""
    broken: list[Exception] = field(default_factory=list)
    """Errors in the peer itself, raised when it stops."""

    def serve(self, app: web.Application) -> None:
        """Add the routes."""
        app.router.add_route("*", "/api/{method}", self.answer)
        app.router.add_get("/files-pri/{id}/{name}", self.give_file)
        app.router.add_get("/files-pri/download/{id}/{name}", self.give_file)
        app.router.add_post("/upload/v1/{ticket}", self.take_upload)
        app.router.add_post("/actions/{team}/{token}", self.take_response)

    async def answer(self, web_request: web.Request) -> web.StreamResponse:
        """Answer a call of the Web API, or let it go wrong as planned."""
        request = await _read(web_request)
        self.requests.append(request)
        fault = self.faults.meet(request)
        answer: Body = {"ok": False, "error": "unspoken"}
        if fault is None or fault.applied:
            answer = self._carry_out(request)
        if fault is not None:
            return await _spoil(web_request, request, answer, fault)
        request.error = answer.get("error")
        return _say(200, answer, self._scopes_of(request), request)

    async def give_file(self, web_request: web.Request) -> web.StreamResponse:
        """Give a file to whoever has a token that may see it, and else a page to sign in on."""
        token = self.desk.installation.tokens.get(_bearer(web_request))
        file = self.desk.world.files.get(web_request.match_info["id"].partition("-")[2])
        allowed = token is not None and not token.revoked and "files:read" in token.scopes
        if file is None or file.deleted or token is None or not allowed or not file.seen_by(token.user):
            return web.Response(text=SIGN_IN_PAGE, content_type="text/html")
        return web.Response(body=file.upload.data, content_type=file.mimetype)

    async def take_upload(self, web_request: web.Request) -> web.StreamResponse:
        """Take the bytes of a file."""
        ticket = web_request.match_info["ticket"]
        if ticket not in self.desk.uploads:
            return web.Response(status=404)
        name, data = self.desk.uploads[ticket][0], await web_request.read()
        self.desk.uploads[ticket] = (name, data)
        return web.Response(text=f"OK - {len(data)}")

    async def take_response(self, web_request: web.Request) -> web.StreamResponse:
        """Take what the app answers at a response_url: five times, for half an hour."""
        found = self.desk.interactions.by_token.get(web_request.match_info["token"])
        if found is None:
            return web.json_response({"ok": False, "error": "invalid_url"}, status=404)
        age = asyncio.get_running_loop().time() - found.begun
        if found.uses == USES or age > MINUTES * 60:
            return web.json_response(
                {"ok": False, "error": "used_url" if found.uses == USES else "expired_url"}, status=404
            )
        found.uses += 1
        self.desk.interactions.respond(found, await web_request.json())
        return web.Response(text="ok")

    def _carry_out(self, request: Request) -> Body:
        handler, terms = HANDLERS.get(request.method), METHODS.get(request.method)
        if handler is None or terms is None:
            self.unknown.append(request.method)
            return {"ok": False, "error": "unknown_method", "req_method": request.method}
        try:
            call = Call(self.desk, request.method, unpack(request.args), self._admit(request, terms))
            if terms.scope(call.token.kind):
                call.need_any()
            given = handler(call)
        except Refusal as refusal:
            return refusal.body
        except Exception as error:  # noqa: BLE001 (kept, and raised when the server stops)
            self.broken.append(error)
            return {"ok": False, "error": "fatal_error", "about": repr(error)}
        request.applied = True
        return {"ok": True, **given}

    def _admit(self, request: Request, terms: Terms) -> Token:
        """Find the token of a call, and refuse one that does not hold."""
        if terms == Terms(each_minute=terms.each_minute):
            return self.desk.installation.bot  # oauth.v2.access takes the app's secret instead
        token = self.desk.installation.tokens.get(request.token)
        if token is None:
            raise Refusal("invalid_auth" if request.token else "not_authed")
        if token.revoked:
            raise Refusal("token_revoked")
        if token.user.deleted:
            raise Refusal("account_inactive")
        if terms.scope(token.kind) is None:
            raise Refusal("not_allowed_token_type")
        return token

    def _scopes_of(self, request: Request) -> dict[str, str]:
        token = self.desk.installation.tokens.get(request.token)
        return {} if token is None else {"X-OAuth-Scopes": ",".join(sorted(token.scopes))}


async def _read(web_request: web.Request) -> Request:
    args: Body = dict(web_request.query)
    if web_request.content_type == "application/json":
        args |= await web_request.json()
    elif web_request.can_read_body:
        args |= {key: value for key, value in (await web_request.post()).items() if isinstance(value, str)}
    authorization = web_request.headers.get("Authorization", "")
    if authorization.startswith("Basic "):
        name, _, secret = base64.b64decode(authorization.removeprefix("Basic ")).decode().partition(":")
        args |= {"client_id": name, "client_secret": secret}
    token = str(args.pop("token", "")) or _bearer(web_request)
    return Request(web_request.match_info["method"], args, token, asyncio.get_running_loop().time())


async def _spoil(web_request: web.Request, request: Request, answer: Body, fault: Fault) -> web.Response:
    await asyncio.sleep(fault.delay)
    if fault.cuts:
        hang_up(web_request)
        return web.Response(status=500)  # nobody reads it
    told = answer if fault.status is None else fault.body
    request.error = told.get("error")
    return _say(fault.status or 200, told, fault.headers, request)


def _say(status: int, body: Body, headers: dict[str, str], request: Request) -> web.Response:
    request.status = status
    return web.Response(text=json.dumps(body), content_type="application/json", status=status, headers=headers)


def _bearer(web_request: web.Request) -> str:
    return web_request.headers.get("Authorization", "").removeprefix("Bearer ")
