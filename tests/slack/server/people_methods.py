"""Methods about accounts."""

from tests.slack.server.calls import Call, Refusal, method, next_page
from tests.slack.server.world import Body


@method("users.info")
def get_user(call: Call) -> Body:
    return {"user": call.described(call.user(call.text("user")))}


@method("users.list")
def list_users(call: Call) -> Body:
    found, cursor = call.page(list(call.world.users.values()), default=1000)
    return {"members": [call.described(each) for each in found], "cache_ts": call.world.seconds(), **next_page(cursor)}


@method("users.lookupByEmail")
def find_user(call: Call) -> Body:
    address = call.text("email").lower()
    for user in call.world.users.values():
        if user.email == address and not user.deleted and not user.stranger:
            return {"user": user.body}
    raise Refusal("users_not_found")


@method("bots.info")
def get_bot(call: Call) -> Body:
    world = call.world
    if call.args.get("bot", world.bot_id) != world.bot_id:
        raise Refusal("bot_not_found")
    told = {"id": world.bot_id, "name": world.bot.name, "user_id": world.bot.id, "app_id": world.app_id}
    return {"bot": told | {"deleted": False, "updated": world.bot.updated, "icons": {}}}
