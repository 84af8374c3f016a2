"""REST about messages and their reactions."""

from datetime import timedelta
from urllib.parse import unquote

from tests.discord.calls import Answer, Call, Refusal, route


@route("GET", "/channels/{channel}/messages")
def list_messages(call: Call) -> Answer:
    """Give messages, the newest first: those right after an id, or the last ones before one."""
    limit, after = int(call.query.get("limit", 50)), call.query.get("after")
    before = int(call.query.get("before", 1 << 63))
    standing = sorted((each for each in call.channel.messages.values() if not each.deleted), key=lambda each: each.id)
    if "around" in call.query:
        middle = int(call.query["around"])
        nearest = sorted(standing, key=lambda each: abs(each.id - middle))[:limit]
        chosen = sorted(nearest, key=lambda each: each.id)
    elif after is not None:
        chosen = [each for each in standing if each.id > int(after)][:limit]
    else:
        chosen = [each for each in standing if each.id < before][-limit:]
    return [each.body for each in reversed(chosen)]


@route("POST", "/channels/{channel}/messages")
def create_message(call: Call) -> Answer:
    return call.write(call.channel, call.body).body


@route("GET", "/channels/{channel}/messages/pins")
def list_pins(call: Call) -> Answer:
    pinned = [each for each in call.channel.messages.values() if each.pinned and not each.deleted]
    return {"items": [{"pinned_at": call.world.stamp(), "message": each.body} for each in pinned], "has_more": False}


@route("PUT", "/channels/{channel}/messages/pins/{message}")
def pin_message(call: Call) -> Answer:
    call.message.pinned = True
    return None


@route("DELETE", "/channels/{channel}/messages/pins/{message}")
def unpin_message(call: Call) -> Answer:
    call.message.pinned = False
    return None


@route("POST", "/channels/{channel}/messages/bulk-delete")
def delete_messages(call: Call) -> Answer:
    """Take away 2 to 100 messages, none twice and none older than 14 days; ids unknown here do not matter."""
    ids = [int(each) for each in call.body["messages"]]
    if not 2 <= len(ids) <= 100 or len(set(ids)) < len(ids):
        raise Refusal(400, 50016, "Provided too few or too many messages to delete")
    found = [call.channel.messages[each] for each in ids if each in call.channel.messages]
    if any(each.sent_at < call.world.now() - timedelta(days=14) for each in found):
        raise Refusal(400, 50034, "A message provided was too old to bulk delete")
    call.channel.delete_many(found, call.world.bot, call.reason)
    return None


@route("GET", "/channels/{channel}/messages/{message}")
def get_message(call: Call) -> Answer:
    return call.message.body


@route("PATCH", "/channels/{channel}/messages/{message}")
def edit_message(call: Call) -> Answer:
    """Change the bot's own message: nobody changes another's."""
    message = call.message
    if message.author is not call.world.bot:
        raise Refusal(403, 50005, "Cannot edit a message authored by another user")
    return call.rewrite(message).body


@route("DELETE", "/channels/{channel}/messages/{message}")
def delete_message(call: Call) -> Answer:
    call.message.delete(call.world.bot, call.reason)
    return None


@route("PUT", "/channels/{channel}/messages/{message}/reactions/{emoji}/@me")
def add_reaction(call: Call) -> Answer:
    call.message.react(call.world.bot, unquote(call.named["emoji"]))
    return None


@route("DELETE", "/channels/{channel}/messages/{message}/reactions/{emoji}/{user}")
def delete_reaction(call: Call) -> Answer:
    message, emoji, user = call.message, unquote(call.named["emoji"]), call.user
    if user not in message.reactions.get(emoji, ()):
        raise Refusal(404, 10014, "Unknown Emoji")
    message.unreact(user, emoji)
    return None


@route("GET", "/channels/{channel}/messages/{message}/reactions/{emoji}")
def list_reactions(call: Call) -> Answer:
    return [user.body for user in call.message.reactions.get(unquote(call.named["emoji"]), ())]


@route("DELETE", "/channels/{channel}/messages/{message}/reactions/{emoji}")
def delete_emoji(call: Call) -> Answer:
    call.message.clear_reactions(unquote(call.named["emoji"]))
    return None


@route("DELETE", "/channels/{channel}/messages/{message}/reactions")
def delete_reactions(call: Call) -> Answer:
    call.message.clear_reactions()
    return None


@route("POST", "/channels/{channel}/typing")
def type_there(call: Call) -> Answer:
    assert call.channel
    return None
