"""Methods about the app itself, its workspace, and who granted it what."""

from tests.slack.server.calls import Call, Refusal, method
from tests.slack.server.events import authorization
from tests.slack.server.world import Body


@method("api.test")
def test_api(call: Call) -> Body:
    return {"args": call.args}


@method("auth.test")
def test_auth(call: Call) -> Body:
    world, token = call.world, call.token
    if token.kind == "app":
        return {"app_name": "Chaperone", "app_id": world.app_id}
    told = {"url": f"https://{world.team.domain}.slack.example/", "team": world.team.name, "team_id": world.team.id}
    told |= {"user": token.user.name, "user_id": token.user.id}
    bot = {"bot_id": world.bot_id} if token.kind == "bot" else {}
    return {**told, **bot, "is_enterprise_install": False}


@method("auth.revoke")
def revoke(call: Call) -> Body:
    """Take back the token that it is called with."""
    if not call.flag("test"):
        call.desk.installation.revoke(call.token)
    return {"revoked": not call.flag("test")}


@method("apps.connections.open")
def open_connection(call: Call) -> Body:
    if not call.desk.installation.setup.socket_mode:
        raise Refusal("forbidden_team")
    return {"url": call.desk.sockets.new_url()}


@method("apps.event.authorizations.list")
def list_authorizations(call: Call) -> Body:
    """Give every installation that heard an event."""
    tokens = call.desk.events.heard_by.get(call.text("event_context"))
    if tokens is None:
        raise Refusal("invalid_event_context")
    return {"authorizations": [authorization(call.world, token) for token in tokens]}


@method("team.info")
def team_info(call: Call) -> Body:
    team = call.world.team
    return {"team": {"id": team.id, "name": team.name, "domain": team.domain, "email_domain": "riverside.example"}}


@method("emoji.list")
def list_emoji(call: Call) -> Body:
    return {"emoji": call.world.emoji, "cache_ts": call.world.new_ts()}


@method("oauth.v2.access")
def trade_code(call: Call) -> Body:
    """Give the token of whoever agreed, for the code that Slack's page gave out; each code is good once."""
    installation, world = call.desk.installation, call.world
    secrets = (call.args.get("client_id"), call.args.get("client_secret"))
    if secrets != (installation.client_id, installation.client_secret):
        raise Refusal("bad_client_secret")
    agreed = installation.codes.pop(call.text("code"), None)
    if agreed is None:
        raise Refusal("invalid_code")
    user, scopes = agreed
    granted = installation.grant(user, scopes)
    person: Body = {"id": user.id, "scope": ",".join(sorted(granted.scopes)), "access_token": granted.text}
    return {
        "app_id": world.app_id,
        "authed_user": person | {"token_type": "user"},
        "team": {"id": world.team.id, "name": world.team.name},
        "enterprise": None,
        "is_enterprise_install": False,
        "access_token": installation.bot.text,
        "token_type": "bot",
        "scope": ",".join(sorted(installation.bot.scopes)),
        "bot_user_id": world.bot.id,
    }
