"""REST about guilds: members, roles, channels, AutoMod rules, the audit log."""

from tests.discord.calls import Answer, Call, Refusal, route
from tests.discord.channels import Kind, to_overwrite
from tests.discord.guilds import Member, Role
from tests.discord.world import Body


def _member(call: Call) -> Member:
    member = call.guild.members.get(call.user.id)
    if member is None:
        raise Refusal(404, 10007, "Unknown Member")
    return member


@route("GET", "/guilds/{guild}")
def get_guild(call: Call) -> Answer:
    return call.guild.summary | {"approximate_member_count": len(call.guild.members)}


@route("PATCH", "/guilds/{guild}")
def edit_guild(call: Call) -> Answer:
    guild, changed = call.guild, dict(call.body)
    guild.name = changed.pop("name", guild.name)
    guild.settings |= changed
    guild.emit("GUILD_UPDATE", guild.summary)
    guild.note(1, call.world.bot, guild.id, reason=call.reason)
    return guild.summary


@route("PUT", "/guilds/{guild}/incident-actions")
def edit_incidents(call: Call) -> Answer:
    """Switch invitations or direct messages off until a time."""
    guild = call.guild
    guild.incidents |= call.body
    guild.emit("GUILD_UPDATE", guild.summary)
    return guild.incidents


@route("GET", "/guilds/{guild}/channels")
def list_channels(call: Call) -> Answer:
    threads = set(call.guild.threads)
    return [channel.body for channel in call.guild.channels.values() if channel not in threads]


@route("POST", "/guilds/{guild}/channels")
def create_channel(call: Call) -> Answer:
    body, parent = call.body, call.body.get("parent_id")
    made = call.guild.channel(
        Kind(body.get("type", Kind.TEXT)),
        body["name"],
        parent=call.world.channels[int(parent)] if parent else None,
        topic=body.get("topic"),
        written_overwrites=[to_overwrite(each) for each in body.get("permission_overwrites") or ()],
    )
    call.guild.note(10, call.world.bot, made.id, reason=call.reason)
    return made.body


@route("GET", "/guilds/{guild}/roles")
def list_roles(call: Call) -> Answer:
    return [role.body for role in call.guild.roles.values()]


@route("POST", "/guilds/{guild}/roles")
def create_role(call: Call) -> Answer:
    return call.guild.role(call.body.get("name", "new role"), int(call.body.get("permissions", 0))).body


@route("GET", "/guilds/{guild}/members")
def list_members(call: Call) -> Answer:
    after, limit = int(call.query.get("after", 0)), int(call.query.get("limit", 1))
    found = sorted((each for each in call.guild.members.values() if each.user.id > after), key=lambda m: m.user.id)
    return [member.body for member in found[:limit]]


@route("GET", "/guilds/{guild}/members/{user}")
def get_member(call: Call) -> Answer:
    return _member(call).body


@route("PATCH", "/guilds/{guild}/members/{user}")
def edit_member(call: Call) -> Answer:
    """Time out, rename, give roles, or put out of a voice channel."""
    member, body = _member(call), call.body
    if "nick" in body:
        member.nick = body["nick"] or None
    if "communication_disabled_until" in body:
        member.timed_out_until = body["communication_disabled_until"]
    if "roles" in body:
        member.roles = [call.guild.roles[int(each)] for each in body["roles"]]
    if "channel_id" in body:
        if member.voice is None:
            raise Refusal(400, 40032, "Target user is not connected to voice.")
        member.speak_in(call.world.channels[int(body["channel_id"])] if body["channel_id"] else None)
    member.tell()
    changes = [{"key": key, "new_value": body[key]} for key in ("nick", "communication_disabled_until") if key in body]
    call.guild.note(24, call.world.bot, member.user.id, reason=call.reason, changes=changes)
    return member.body


@route("DELETE", "/guilds/{guild}/members/{user}")
def remove_member(call: Call) -> Answer:
    _member(call).leave()
    call.guild.note(20, call.world.bot, call.user.id, reason=call.reason)
    return None


def _role(call: Call) -> Role:
    role = call.guild.roles.get(int(call.named["role"]))
    if role is None:
        raise Refusal(404, 10011, "Unknown Role")
    return role


@route("PUT", "/guilds/{guild}/members/{user}/roles/{role}")
def give_role(call: Call) -> Answer:
    member, role = _member(call), _role(call)
    member.change(roles=[*(each for each in member.roles if each is not role), role])
    return None


@route("DELETE", "/guilds/{guild}/members/{user}/roles/{role}")
def take_role(call: Call) -> Answer:
    member, role = _member(call), _role(call)
    member.change(roles=[each for each in member.roles if each is not role])
    return None


def _rule(call: Call) -> Body:
    rule = call.guild.rules.get(int(call.named["rule"]))
    if rule is None:
        raise Refusal(404, 10066, "Unknown Auto Moderation Rule")
    return rule


@route("GET", "/guilds/{guild}/auto-moderation/rules")
def list_rules(call: Call) -> Answer:
    return list(call.guild.rules.values())


@route("GET", "/guilds/{guild}/auto-moderation/rules/{rule}")
def get_rule(call: Call) -> Answer:
    return _rule(call)


@route("POST", "/guilds/{guild}/auto-moderation/rules")
def create_rule(call: Call) -> Answer:
    guild, number = call.guild, call.world.new_id()
    given = {"trigger_metadata": {}, "enabled": False, "exempt_roles": [], "exempt_channels": [], **call.body}
    same = [rule for rule in guild.rules.values() if rule["trigger_type"] == given["trigger_type"]]
    if len(same) >= (6 if given["trigger_type"] == 1 else 1):
        raise Refusal(400, 30035, "Maximum number of auto moderation rules reached")
    made = given | {"id": str(number), "guild_id": str(guild.id), "creator_id": str(call.world.bot.id)}
    guild.rules[number] = made
    guild.emit("AUTO_MODERATION_RULE_CREATE", made)
    guild.note(140, call.world.bot, number, reason=call.reason)
    return made


@route("PATCH", "/guilds/{guild}/auto-moderation/rules/{rule}")
def edit_rule(call: Call) -> Answer:
    rule = _rule(call)
    rule |= call.body
    call.guild.emit("AUTO_MODERATION_RULE_UPDATE", rule)
    call.guild.note(141, call.world.bot, int(rule["id"]), reason=call.reason)
    return rule


@route("DELETE", "/guilds/{guild}/auto-moderation/rules/{rule}")
def delete_rule(call: Call) -> Answer:
    rule = _rule(call)
    del call.guild.rules[int(rule["id"])]
    call.guild.emit("AUTO_MODERATION_RULE_DELETE", rule)
    call.guild.note(142, call.world.bot, int(rule["id"]), reason=call.reason)
    return None


@route("GET", "/guilds/{guild}/audit-logs")
def list_audit(call: Call) -> Answer:
    """Give entries, the newest first, or the oldest first after an id."""
    query, limit = call.query, int(call.query.get("limit", 50))
    before, after = int(query.get("before", 1 << 63)), int(query.get("after", 0))
    found = [
        entry
        for entry in call.guild.audit
        if after < int(entry["id"]) < before
        and query.get("user_id", entry["user_id"]) == entry["user_id"]
        and query.get("action_type", str(entry["action_type"])) == str(entry["action_type"])
    ]
    shown = (found if "after" in query else found[::-1])[:limit]
    lists = ("application_commands", "guild_scheduled_events", "integrations", "threads", "webhooks")
    return {
        "audit_log_entries": shown,
        "users": [call.world.users[user].body for user in sorted({int(each["user_id"]) for each in shown})],
        "auto_moderation_rules": list(call.guild.rules.values()),
        **{name: [] for name in lists},
    }
