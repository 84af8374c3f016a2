"""REST about channels, threads and direct messages."""

from collections.abc import Callable
from datetime import datetime

from tests.discord.calls import Answer, Call, Refusal, route
from tests.discord.channels import Channel, Kind, Overwrite, Thread, to_overwrite
from tests.discord.guilds import open_direct
from tests.discord.world import Body


@route("GET", "/channels/{channel}")
def get_channel(call: Call) -> Answer:
    return call.channel.body


@route("PATCH", "/channels/{channel}")
def edit_channel(call: Call) -> Answer:
    channel = call.channel
    channel.change(call.body)
    if channel.guild is not None:
        action = 111 if isinstance(channel, Thread) else 11
        changes = [{"key": key, "new_value": value} for key, value in call.body.items() if isinstance(value, str)]
        channel.guild.note(action, call.world.bot, channel.id, reason=call.reason, changes=changes)
    return channel.body


@route("DELETE", "/channels/{channel}")
def delete_channel(call: Call) -> Answer:
    channel = call.channel
    channel.delete()
    return channel.body


@route("PUT", "/channels/{channel}/permissions/{target}")
def set_overwrite(call: Call) -> Answer:
    channel = call.channel
    made = to_overwrite(call.body | {"id": call.named["target"]})
    action = 14 if made.target in channel.overwrites else 13
    channel.set_overwrites(*channel.overwrites.values(), made)
    _note_overwrite(call, channel, action, made)
    return None


@route("DELETE", "/channels/{channel}/permissions/{target}")
def delete_overwrite(call: Call) -> Answer:
    channel, target = call.channel, int(call.named["target"])
    if target not in channel.overwrites:
        raise Refusal(404, 10009, "Unknown Overwrite")
    gone = channel.overwrites[target]
    channel.set_overwrites(*(each for each in channel.overwrites.values() if each is not gone))
    _note_overwrite(call, channel, 15, gone)
    return None


def _note_overwrite(call: Call, channel: Channel, action: int, overwrite: Overwrite) -> None:
    assert channel.guild is not None
    options = {"id": str(overwrite.target), "type": str(int(overwrite.is_member)), "role_name": "?"}
    channel.guild.note(action, call.world.bot, channel.id, reason=call.reason, options=options)


@route("POST", "/users/@me/channels")
def open_direct_messages(call: Call) -> Answer:
    user = call.world.users.get(int(call.body["recipient_id"]))
    if user is None:
        raise Refusal(400, 50033, "Invalid Recipient(s)")
    return open_direct(call.world, user).body


@route("POST", "/channels/{channel}/messages/{message}/threads")
def open_thread_from_message(call: Call) -> Answer:
    message = call.message
    kind = Kind.ANNOUNCEMENT_THREAD if message.channel.kind is Kind.ANNOUNCEMENT else Kind.PUBLIC_THREAD
    return message.channel.open_thread(kind, call.world.bot, call.body["name"], message.id).body


@route("POST", "/channels/{channel}/threads")
def open_thread(call: Call) -> Answer:
    """Open a thread, which in a forum brings its first message along."""
    channel, body = call.channel, call.body
    kind = Kind(body.get("type", Kind.PUBLIC_THREAD))
    if kind is Kind.PRIVATE_THREAD and channel.kind is not Kind.TEXT:
        raise Refusal(400, 50024, "Cannot execute action on this channel type")
    made = channel.open_thread(kind, call.world.bot, body["name"])
    made.invitable = body.get("invitable", True)
    made.minutes = body.get("auto_archive_duration") or made.minutes
    if channel.kind is not Kind.FORUM:
        return made.body
    written = body["message"]
    first = made.say(call.world.bot, written.get("content") or "", files=call.files, known_id=made.id)
    return made.body | {"message": first.body}


@route("GET", "/channels/{channel}/thread-members")
def list_thread_members(call: Call) -> Answer:
    return [call.thread.entry(user) for user in call.thread.members]


@route("GET", "/channels/{channel}/thread-members/{user}")
def get_thread_member(call: Call) -> Answer:
    if call.user.id not in call.thread.members:
        raise Refusal(404, 10007, "Unknown Member")
    return call.thread.entry(call.user.id)


@route("PUT", "/channels/{channel}/thread-members/{user}")
def add_thread_member(call: Call) -> Answer:
    """Bring somebody in, who must be in the guild."""
    thread = call.thread
    if thread.archived:
        raise Refusal(400, 50083, "Thread is archived")
    if thread.guild is None or call.user.id not in thread.guild.members:
        raise Refusal(403, 50001, "Missing Access")
    thread.add(call.user)
    return None


@route("DELETE", "/channels/{channel}/thread-members/{user}")
def remove_thread_member(call: Call) -> Answer:
    call.thread.remove(call.user)
    return None


@route("GET", "/guilds/{guild}/threads/active")
def list_active_threads(call: Call) -> Answer:
    return _threads(call, [thread for thread in call.guild.threads if not thread.archived])


@route("GET", "/channels/{channel}/threads/archived/public")
def list_archived_threads(call: Call) -> Answer:
    return _archived(call, lambda thread: thread.kind is not Kind.PRIVATE_THREAD)


@route("GET", "/channels/{channel}/threads/archived/private")
def list_private_archived_threads(call: Call) -> Answer:
    return _archived(call, lambda thread: thread.kind is Kind.PRIVATE_THREAD)


@route("GET", "/channels/{channel}/users/@me/threads/archived/private")
def list_joined_archived_threads(call: Call) -> Answer:
    bot = call.world.bot.id
    before = int(call.query.get("before", 1 << 63))
    found = _of_parent(call, lambda thread: thread.kind is Kind.PRIVATE_THREAD and bot in thread.members)
    found = sorted((thread for thread in found if thread.id < before), key=lambda thread: -thread.id)
    return _page(call, found)


def _archived(call: Call, chosen: Callable[[Thread], bool]) -> Body:
    before = call.query.get("before")
    found = _of_parent(call, chosen)
    if before is not None:
        found = [thread for thread in found if thread.archived_at < datetime.fromisoformat(before)]
    return _page(call, sorted(found, key=lambda thread: thread.archived_at, reverse=True))


def _of_parent(call: Call, chosen: Callable[[Thread], bool]) -> list[Thread]:
    channel = call.channel
    assert channel.guild is not None
    return [each for each in channel.guild.threads if each.parent is channel and each.archived and chosen(each)]


def _page(call: Call, found: list[Thread]) -> Body:
    limit = int(call.query.get("limit", 50))
    return _threads(call, found[:limit]) | {"has_more": len(found) > limit}


def _threads(call: Call, found: list[Thread]) -> Body:
    bot = call.world.bot.id
    own = [thread.entry(bot) for thread in found if bot in thread.members]
    return {"threads": [thread.body for thread in found], "members": own}
