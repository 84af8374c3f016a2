"""Methods about places, who is in them, and what was said there."""

import re
from collections.abc import Callable
from typing import Final

from tests.slack.server.calls import Call, Refusal, method, next_page, write_cursor
from tests.slack.server.channels import FAMILY, Channel, Kind, find_conversation, open_channel, open_conversation
from tests.slack.server.chat_methods import shown
from tests.slack.server.messages import Message
from tests.slack.server.people import User
from tests.slack.server.world import Body

KINDS: Final = {
    "public_channel": Kind.PUBLIC,
    "private_channel": Kind.PRIVATE,
    "mpim": Kind.MPIM,
    "im": Kind.IM,
}
NAME: Final = re.compile(r"[a-z0-9_-]{1,80}")
MOST_PEOPLE: Final = 8
"""How many others conversations.open takes."""


@method("conversations.list")
def list_conversations(call: Call) -> Body:
    """Give the places of some kinds that the caller knows of."""
    return _listed(call, call.sees)


@method("users.conversations")
def list_own_conversations(call: Call) -> Body:
    """Give the places of some kinds that somebody is in, so far as the caller knows of them."""
    user = call.user(str(call.args.get("user") or call.caller.id))
    return _listed(call, lambda channel: user in channel.members and call.sees(channel))


@method("conversations.info")
def get_conversation(call: Call) -> Body:
    channel = call.channel
    counted = {"num_members": len(channel.members)} if call.flag("include_num_members") else {}
    return {"channel": channel.described_to(call.caller) | counted}


@method("conversations.members")
def list_members(call: Call) -> Body:
    found, cursor = call.page(call.channel.members)
    return {"members": [user.id for user in found], **next_page(cursor)}


@method("conversations.history")
def read_history(call: Call) -> Body:
    """Give what was said in a place, the newest first, replies left out unless they were sent to the place too."""
    channel = _open_to(call)
    messages = [each for each in channel.messages.values() if each.root is None or each.broadcast]
    found = [each for each in _between(call, messages) if not each.deleted or each.buried]
    return _told(call, sorted(found, key=_moment, reverse=True), newest_first=True)


@method("conversations.replies")
def read_replies(call: Call) -> Body:
    """Give a thread, its root first and then the replies as they came."""
    channel = _open_to(call)
    root = channel.messages.get(call.text("ts"))
    if root is None or (root.deleted and not root.buried):
        raise Refusal("thread_not_found")
    if root.root is not None:
        return _told(call, [root])
    return _told(call, [root, *sorted(_between(call, root.standing_replies), key=_moment)])


@method("conversations.open")
def open_direct(call: Call) -> Body:
    """Open direct messages with one person, or a group conversation with up to eight."""
    if call.args.get("channel"):
        return {"channel": _described(call, call.channel)}
    users = [call.user(each) for each in call.words("users")]
    if not users:
        raise Refusal("users_list_not_supplied")
    if len(users) > MOST_PEOPLE:
        raise Refusal("too_many_users")
    call.need("im" if len(users) == 1 else "mpim")
    for user in users:
        _must_be_reachable(user)
    people = [*users, call.caller]
    known = find_conversation(call.world, people)
    if known is None and call.flag("prevent_creation"):
        raise Refusal("channel_not_found")
    opened = open_conversation(call.world, people)
    told = {"no_op": True, "already_open": True} if known is not None else {}
    return told | {"channel": _described(call, opened)}


@method("conversations.close")
def close_direct(call: Call) -> Body:
    _must_be_one_of(call.channel, Kind.IM, Kind.MPIM)
    return {}


@method("conversations.create")
def create(call: Call) -> Body:
    """Open a channel with the caller alone in it."""
    name, private = call.text("name"), call.flag("is_private")
    call.need("groups" if private else "channels")
    _must_be_free(call, name)
    made = open_channel(call.world, name, call.caller, [call.caller], private=private)
    return {"channel": made.described_to(call.caller)}


@method("conversations.invite")
def invite(call: Call) -> Body:
    """Bring people in; if one of them cannot be, none is."""
    channel = _manageable(call)
    users = [call.user(each) for each in call.words("users")]
    if not users:
        raise Refusal("no_user")
    for user in users:
        _must_be_invitable(call, channel, user)
    for user in users:
        channel.invite(user, call.caller)
    return {"channel": channel.described_to(call.caller)}


@method("conversations.kick")
def kick(call: Call) -> Body:
    channel, user = _manageable(call), call.user(call.text("user"))
    if user is call.caller:
        raise Refusal("cant_kick_self")
    if user not in channel.members:
        raise Refusal("not_in_channel")
    channel.kick(user, call.caller)
    return {}


@method("conversations.join")
def join(call: Call) -> Body:
    channel = call.channel
    _must_be_one_of(channel, Kind.PUBLIC)
    if channel.archived:
        raise Refusal("is_archived")
    known = call.caller in channel.members
    channel.join(call.caller)
    return {"channel": channel.described_to(call.caller)} | ({"warning": "already_in_channel"} if known else {})


@method("conversations.leave")
def leave(call: Call) -> Body:
    channel = call.channel
    _must_be_one_of(channel, Kind.PUBLIC, Kind.PRIVATE)
    if call.caller not in channel.members:
        return {"not_in_channel": True}
    channel.leave(call.caller)
    return {}


@method("conversations.archive")
def archive(call: Call) -> Body:
    channel = _manageable(call)
    channel.archive(call.caller)
    return {}


@method("conversations.unarchive")
def unarchive(call: Call) -> Body:
    channel = call.channel
    if not channel.archived:
        raise Refusal("not_archived")
    channel.unarchive(call.caller)
    return {}


@method("conversations.rename")
def rename(call: Call) -> Body:
    channel, name = _manageable(call), call.text("name")
    _must_be_free(call, name)
    channel.rename(name, call.caller)
    return {"channel": channel.described_to(call.caller)}


@method("conversations.setTopic")
def set_topic(call: Call) -> Body:
    channel = _manageable(call)
    channel.set_topic(str(call.args.get("topic") or ""), call.caller)
    return {"channel": channel.described_to(call.caller)}


@method("conversations.setPurpose")
def set_purpose(call: Call) -> Body:
    channel = _manageable(call)
    channel.set_purpose(str(call.args.get("purpose") or ""), call.caller)
    return {"channel": channel.described_to(call.caller)}


def _listed(call: Call, chosen: Callable[[Channel], bool]) -> Body:
    names = call.words("types") or ["public_channel"]
    if not set(names) <= set(KINDS):
        raise Refusal("invalid_types")
    kinds = {KINDS[name] for name in names}
    call.need(*(FAMILY[kind] for kind in kinds))
    skip_archived = call.flag("exclude_archived")
    found = [each for each in call.world.channels.values() if each.kind in kinds and chosen(each)]
    kept, cursor = call.page([each for each in found if not (skip_archived and each.archived)])
    return {"channels": [each.described_to(call.caller) | _size(each) for each in kept], **next_page(cursor)}


def _size(channel: Channel) -> Body:
    return {} if channel.kind in {Kind.IM, Kind.MPIM} else {"num_members": len(channel.members)}


def _described(call: Call, channel: Channel) -> Body:
    return channel.described_to(call.caller) if call.flag("return_im") else {"id": channel.id}


def _open_to(call: Call) -> Channel:
    """Find the place to be read: a bot has to be in it, a person has to see it."""
    channel = call.channel
    if call.caller not in channel.members and call.token.kind == "bot":
        raise Refusal("not_in_channel")
    return channel


def _manageable(call: Call) -> Channel:
    channel = call.channel
    _must_be_one_of(channel, Kind.PUBLIC, Kind.PRIVATE)
    if call.caller not in channel.members:
        raise Refusal("not_in_channel")
    if channel.archived:
        raise Refusal("already_archived" if call.method.endswith("archive") else "is_archived")
    return channel


def _must_be_one_of(channel: Channel, *kinds: Kind) -> None:
    if channel.kind not in kinds:
        raise Refusal("method_not_supported_for_channel_type")


def _must_be_reachable(user: User) -> None:
    if user.bot or user.stranger:
        raise Refusal("user_not_visible")
    if user.deleted:
        raise Refusal("user_disabled")


def _must_be_free(call: Call, name: str) -> None:
    if not NAME.fullmatch(name):
        raise Refusal("invalid_name_specials")
    if any(each.name == name for each in call.world.channels.values()):
        raise Refusal("name_taken")


def _must_be_invitable(call: Call, channel: Channel, user: User) -> None:
    if user is call.caller:
        raise Refusal("cant_invite_self")
    if user in channel.members:
        raise Refusal("already_in_channel")
    if user.ultra_restricted:
        raise Refusal("ura_max_channels")
    if user.deleted or user.stranger:
        raise Refusal("cant_invite")


def _between(call: Call, messages: list[Message]) -> list[Message]:
    """Keep what was said between two moments; the moments themselves belong to it only where it is asked so."""
    oldest, latest = _bound(call, "oldest", 0.0), _bound(call, "latest", float("inf"))
    if call.flag("inclusive"):
        return [each for each in messages if oldest <= _moment(each) <= latest]
    return [each for each in messages if oldest < _moment(each) < latest]


def _bound(call: Call, name: str, default: float) -> float:
    try:
        return float(call.args.get(name) or default)
    except ValueError:
        raise Refusal(f"invalid_ts_{name}") from None


def _moment(message: Message) -> float:
    return float(message.ts)


def _told(call: Call, messages: list[Message], *, newest_first: bool = False) -> Body:
    """Give one page of messages; its cursor names a moment, so that what is written meanwhile moves nothing."""
    limit, after = call.number("limit", 100, 999), call.cursor("next_ts")
    rest = [each for each in messages if not after or (_moment(each) < float(after)) is newest_first]
    rest = [each for each in rest if each.ts != after]
    found, all_of_it = rest[:limit], call.flag("include_all_metadata")
    told: Body = {"messages": [shown(each, with_metadata=all_of_it) for each in found], "has_more": len(rest) > limit}
    return told | (next_page(write_cursor("next_ts", found[-1].ts)) if told["has_more"] else {})
