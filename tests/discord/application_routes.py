"""REST about the bot itself, its commands, and its answers to interactions."""

from tests.discord.calls import Answer, Call, Refusal, route
from tests.discord.interactions import Interaction
from tests.discord.messages import EPHEMERAL, Message
from tests.discord.world import Body, User

MESSAGE, DEFERRED_MESSAGE, DEFERRED_UPDATE, UPDATE = 4, 5, 6, 7
LOADING = 1 << 7


@route("GET", "/users/@me")
def get_own_user(call: Call) -> Answer:
    return call.world.bot.body | {"verified": True, "mfa_enabled": True, "locale": "en-US", "flags": 0}


@route("GET", "/users/{user}")
def get_user(call: Call) -> Answer:
    return call.user.body


@route("GET", "/gateway")
@route("GET", "/gateway/bot")
def get_gateway(call: Call) -> Answer:
    limit = {"total": 1000, "remaining": 1000, "reset_after": 0, "max_concurrency": 1}
    return {"url": call.world.base.replace("http", "ws", 1) + "/gateway/", "shards": 1, "session_start_limit": limit}


@route("GET", "/applications/@me")
@route("GET", "/oauth2/applications/@me")
def get_application(call: Call) -> Answer:
    bot = call.world.bot
    return {
        "id": str(bot.id),
        "name": bot.name,
        "description": "",
        "icon": None,
        "bot_public": False,
        "bot_require_code_grant": False,
        "owner": User(bot.id - 1, "district").body,
        "verify_key": "0" * 64,
        "flags": 0,
        "team": None,
    }


def _sync(call: Call, guild: int | None) -> Answer:
    at = {} if guild is None else {"guild_id": str(guild)}
    placed = {"application_id": str(call.world.bot.id), "version": "1", **at}
    known = {(each["name"], each["type"]): each["id"] for each in call.world.commands.get(guild, ())}
    made = [
        {"type": 1, "description": "", "default_member_permissions": None, **each, **placed}
        | {"id": known.get((each["name"], each.get("type", 1)), str(call.world.new_id()))}
        for each in call.body
    ]
    call.world.commands[guild] = made
    return made


@route("GET", "/applications/{application}/commands")
def list_commands(call: Call) -> Answer:
    return call.world.commands.get(None, [])


@route("PUT", "/applications/{application}/commands")
def sync_commands(call: Call) -> Answer:
    return _sync(call, None)


@route("GET", "/applications/{application}/guilds/{guild}/commands")
def list_guild_commands(call: Call) -> Answer:
    return call.world.commands.get(call.guild.id, [])


@route("PUT", "/applications/{application}/guilds/{guild}/commands")
def sync_guild_commands(call: Call) -> Answer:
    return _sync(call, call.guild.id)


@route("POST", "/interactions/{interaction}/{token}/callback")
def answer_interaction(call: Call) -> Answer:
    """Take the first answer, and no second one."""
    interaction, body = call.interaction, call.body
    if interaction.answer is not None:
        raise Refusal(400, 40060, "Interaction has already been acknowledged.")
    data = body.get("data") or {}
    shown = None
    match body["type"]:
        case 4:
            shown = interaction.message = call.write(interaction.channel, data, interaction)
        case 5:
            interaction.loading = interaction.kind != 3
            shown = interaction.message = _think(call, interaction, data.get("flags") or 0)
        case 7:
            assert interaction.message is not None
            call.body = data
            shown = call.rewrite(interaction.message)
        case _:
            pass
    interaction.answer = body
    return _receipt(interaction, body["type"], shown)


def _think(call: Call, interaction: Interaction, flags: int) -> Message:
    seen_by = interaction.user if flags & EPHEMERAL else None
    told = interaction.metadata
    return interaction.channel.say(call.world.bot, flags=flags | LOADING, interaction=told, seen_by=seen_by)


def _receipt(interaction: Interaction, kind: int, shown: Message | None) -> Body:
    told: Body = {"id": str(interaction.id), "type": interaction.kind, "response_message_loading": interaction.loading}
    if shown is None:
        return {"interaction": told}
    told |= {"response_message_id": str(shown.id), "response_message_ephemeral": shown.seen_by is not None}
    return {"interaction": told, "resource": {"type": kind, "message": shown.body}}


@route("POST", "/webhooks/{application}/{token}")
def follow_up(call: Call) -> Answer:
    """Say more; the first thing said after a "thinking" takes its place."""
    interaction = call.interaction
    if interaction.loading:
        return _replace(call, interaction).body
    return call.write(interaction.channel, call.body, interaction).body


def _replace(call: Call, interaction: Interaction) -> Message:
    assert interaction.message is not None
    interaction.loading = False
    interaction.message.flags &= ~LOADING
    return call.rewrite(interaction.message)


def _answered(call: Call) -> Message:
    interaction, name = call.interaction, call.named["message"]
    own = (each for each in call.world.ledger if name == str(each.id))
    message = interaction.message if name == "@original" else next(own, None)
    if message is None or message.deleted:
        raise Refusal(404, 10008, "Unknown Message")
    return message


@route("GET", "/webhooks/{application}/{token}/messages/{message}")
def get_answer(call: Call) -> Answer:
    return _answered(call).body


@route("PATCH", "/webhooks/{application}/{token}/messages/{message}")
def edit_answer(call: Call) -> Answer:
    message, interaction = _answered(call), call.interaction
    if interaction.loading and message is interaction.message:
        return _replace(call, interaction).body
    return call.rewrite(message).body


@route("DELETE", "/webhooks/{application}/{token}/messages/{message}")
def delete_answer(call: Call) -> Answer:
    _answered(call).delete()
    return None
