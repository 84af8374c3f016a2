"""Methods about messages, and what hangs on them."""

import json
from typing import Final

from tests.slack.server.calls import Call, Refusal, method
from tests.slack.server.channels import Channel, open_conversation
from tests.slack.server.messages import Message
from tests.slack.server.people import User
from tests.slack.server.world import Body

LONGEST: Final = 40_000
"""The most characters of a text."""
LARGEST_METADATA: Final = 16_000
MOST_ATTACHMENTS: Final = 100


@method("chat.postMessage")
def post_message(call: Call) -> Body:
    """Write a message, in the bot's name or in a person's."""
    channel = _place(call)
    _must_be_able_to_write(call, channel)
    text, blocks, attachments = _content(call)
    thread_ts = call.args.get("thread_ts")
    root = channel.messages.get(str(thread_ts)) if thread_ts else None
    if thread_ts and root is None:
        raise Refusal("thread_not_found")
    made = channel.say(
        call.caller,
        text,
        blocks=blocks or (),
        attachments=attachments,
        thread=root,
        broadcast=call.flag("reply_broadcast"),
        by_app=True,
        metadata=_metadata(call),
    )
    return {"channel": channel.id, "ts": made.ts, "message": made.body}


@method("chat.postEphemeral")
def post_ephemeral(call: Call) -> Body:
    """Write a message that one person alone sees."""
    channel, user = call.channel, call.user(call.text("user"))
    _must_be_able_to_write(call, channel)
    if user not in channel.members:
        raise Refusal("user_not_in_channel")
    text, blocks, attachments = _content(call)
    root = channel.messages.get(str(call.args.get("thread_ts")))
    made = channel.say(
        call.caller, text, blocks=blocks or (), attachments=attachments, thread=root, by_app=True, seen_by=user
    )
    return {"message_ts": made.ts}


@method("chat.update")
def update(call: Call) -> Body:
    """Change a message that the caller wrote."""
    channel = call.channel
    message = call.message_in(channel)
    if message.author is not call.caller or (message.subtype and message.subtype != "thread_broadcast"):
        raise Refusal("cant_update_message")
    if not (message.by_app or call.world.rules.members_edit):
        raise Refusal("edit_window_closed")
    text, blocks, attachments = _content(call)
    message.edit(text, by=call.caller, blocks=blocks, attachments=attachments if "attachments" in call.args else None)
    message.metadata = _metadata(call) or message.metadata
    return {"channel": channel.id, "ts": message.ts, "text": message.text, "message": message.body}


@method("chat.delete")
def delete(call: Call) -> Body:
    """Take a message away: a bot its own, a person their own, an admin or owner anybody's."""
    channel = call.channel
    message, rules, caller = call.message_in(channel), call.world.rules, call.caller
    if rules.held_for_compliance:
        raise Refusal("compliance_exports_prevent_deletion")
    own = message.author is caller
    may = own and (message.by_app or rules.members_delete)
    may = may or (call.token.kind == "user" and caller.runs_the_workspace and rules.admins_delete)
    if not may:
        raise Refusal("cant_delete_message")
    message.delete(caller)
    return {"channel": channel.id, "ts": message.ts}


@method("chat.getPermalink")
def get_permalink(call: Call) -> Body:
    channel = call.channel
    return {"channel": channel.id, "permalink": call.message_in(channel, "message_ts").permalink}


@method("reactions.get")
def get_reactions(call: Call) -> Body:
    channel = call.channel
    message = call.message_in(channel, "timestamp")
    return {"type": "message", "channel": channel.id, "message": message.body | {"permalink": message.permalink}}


@method("pins.list")
def list_pins(call: Call) -> Body:
    """List everything that is pinned in a place, in one page, to who is in it."""
    channel = call.channel
    _must_be_in(call, channel)
    return {"items": [each.pinned_item for each in channel.pinned]}


@method("pins.remove")
def remove_pin(call: Call) -> Body:
    channel = call.channel
    message = call.message_in(channel, "timestamp")
    if message.pinned_by is None:
        raise Refusal("no_pin")
    message.unpin(call.caller)
    return {}


@method("bookmarks.list")
def list_bookmarks(call: Call) -> Body:
    return {"bookmarks": call.place(call.text("channel_id")).bookmarks}


@method("bookmarks.remove")
def remove_bookmark(call: Call) -> Body:
    channel, name = call.place(call.text("channel_id")), call.text("bookmark_id")
    found = next((each for each in channel.bookmarks if each["id"] == name), None)
    if found is None:
        raise Refusal("not_found")
    channel.bookmarks.remove(found)
    return {}


def _place(call: Call) -> Channel:
    """Find where to write: a place, or the direct messages with somebody who is named instead of one."""
    named = call.text("channel")
    user = call.world.users.get(named)
    if user is None:
        return call.place(named)
    _must_be_reachable(user)
    return open_conversation(call.world, [user, call.caller])


def _must_be_reachable(user: User) -> None:
    if user.bot:
        raise Refusal("cannot_dm_bot")
    if user.deleted or user.stranger:
        raise Refusal("channel_not_found")


def _must_be_in(call: Call, channel: Channel) -> None:
    if call.caller not in channel.members:
        raise Refusal("not_in_channel")


def _must_be_able_to_write(call: Call, channel: Channel) -> None:
    if not (channel.public and "chat:write.public" in call.token.scopes):
        _must_be_in(call, channel)
    if channel.archived:
        raise Refusal("is_archived")


def _content(call: Call) -> tuple[str, list[Body] | None, list[Body]]:
    """Read what a message is to say: there must be something, and not too much."""
    text, blocks = str(call.args.get("text") or ""), call.blocks()
    attachments: list[Body] = call.args.get("attachments") or []
    if not (text or blocks or attachments):
        raise Refusal("no_text")
    if len(text) > LONGEST:
        raise Refusal("msg_too_long")
    if len(attachments) > MOST_ATTACHMENTS:
        raise Refusal("too_many_attachments")
    return text, blocks, attachments


def _metadata(call: Call) -> Body | None:
    given: Body | None = call.args.get("metadata")
    if given is None:
        return None
    if not (isinstance(given.get("event_type"), str) and isinstance(given.get("event_payload"), dict)):
        raise Refusal("invalid_metadata_format")
    if len(json.dumps(given)) > LARGEST_METADATA:
        raise Refusal("metadata_too_large")
    return given


def shown(message: Message, *, with_metadata: bool) -> Body:
    """Write a message as history gives it, its metadata only to who asks for it."""
    kept = with_metadata and message.metadata is not None and not message.deleted
    return message.body | ({"metadata": message.metadata} if kept else {})
