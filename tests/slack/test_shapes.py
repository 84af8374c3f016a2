"""Every event of the peer has the shape that Slack publishes for it.

Where Slack's own events depart from Slack's own types, that is named here, and nothing else may depart.
"""

import copy
from collections.abc import Iterator, Mapping
from typing import Any, Final

import pytest
from jsonschema import Draft7Validator

from tests.slack.server.channels import Channel
from tests.slack.server.files import Upload
from tests.slack.server.scopes import BOT_EVENTS
from tests.slack.server.server import Server, open_server
from tests.slack.server.shapes import definitions, event_shapes
from tests.slack.server.world import Body

THREAD: Final = frozenset(
    {"thread_ts", "reply_count", "reply_users", "reply_users_count", "latest_reply", "is_locked", "subscribed"}
)
WRITTEN: Final = frozenset({"edited", "files", "upload", "display_as_bot", "subtype", "username", "icons"})
SHARED: Final = frozenset({"author_id", "channel_id", "is_msg_unfurl", "is_share", "message_blocks"})
BEYOND: Final[Mapping[str, frozenset[str]]] = {
    "GenericMessageEvent": frozenset({"app_id"}) | THREAD,
    "BotMessageEvent": THREAD,
    "ThreadBroadcastMessageEvent": frozenset({"parent_user_id", "team"}),
    "FileShareMessageEvent": frozenset({"team"}),
    "PinAddedEvent/item/message": THREAD | WRITTEN,
    "PinRemovedEvent/item/message": THREAD | WRITTEN,
    "ThreadBroadcastMessageEvent/root": THREAD,
    "MessageAttachment": frozenset({"id", "from_url", "original_url"}) | SHARED,
}
"""What Slack sends although its types do not say so: the marks of a thread, the app, previews and shared messages."""
UNPUBLISHED: Final = frozenset({("message", "bookmark_add")})
"""What has no published shape at all."""
LEFT_OUT_WHEN_DEACTIVATED: Final = {
    "color": "",
    "tz": "",
    "tz_label": "",
    "tz_offset": 0,
    "is_admin": False,
    "is_owner": False,
    "is_primary_owner": False,
    "is_restricted": False,
    "is_ultra_restricted": False,
}


def kind_of(event: Body) -> tuple[str, str | None]:
    """Tell events apart as Slack's types do: only a message's subtype counts."""
    return event["type"], event.get("subtype") if event["type"] == "message" else None


def completed(event: Body) -> Body:
    """Add what Slack's types ask for and Slack itself leaves out."""
    full = copy.deepcopy(event)
    if full["type"] == "user_change" and full["user"]["deleted"]:
        full["user"] |= LEFT_OUT_WHEN_DEACTIVATED
    if full.get("subtype") == "channel_join":
        full.setdefault("inviter", "")  # nobody, where somebody came by themselves
    for message in _messages(full):
        _complete(message, full)
    return full


def _messages(body: Body) -> Iterator[Body]:
    """Give a message and those inside it; an event about another matter has none."""
    if body.get("type") == "message":
        yield body
    for key in {"message", "previous_message", "root"} & set(body):
        yield from _messages(body[key])


def _complete(message: Body, event: Body) -> None:
    for key in ("channel", "channel_type", "event_ts"):
        message.setdefault(key, event[key])  # a message inside another says not again where it stands
    if message.get("subtype") == "tombstone":
        del message["subtype"], message["hidden"]  # no shape is published; for the rest it is an ordinary message
    for file in message.get("files", ()):
        file |= {"channels": [], "groups": []}  # files.info alone says where a file is
        for key in ("alt_txt", "file_access", "timestamp", "user_team"):
            file.pop(key, None)  # in the type of app_mention, not in that of messages


def shapes_with_departures() -> Body:
    """Write Slack's shapes with what it sends beyond them."""
    shapes = copy.deepcopy(definitions())
    for path, keys in BEYOND.items():
        for each in _found(shapes, *path.split("/")):
            each["properties"] |= {key: {} for key in keys - set(each["properties"])}
    return shapes


def _found(shapes: Body, name: str, *inside: str) -> list[Body]:
    """Find a shape, or those that something inside it may have."""
    shape = shapes[name]
    for key in inside:
        shape = shape["properties"][key]
    return list(shape.get("anyOf", [shape]))


def everything_in(place: Channel, slack: Server) -> None:
    """Let everything happen that can happen to messages in a place."""
    author = place.members[0]
    said = place.say(author, "Bus at <https://maps.example|four> &amp; five, <@U1> <!here> <#C12>")
    said.edit("Bus at five")
    said.unfurl({"from_url": "https://maps.example", "title": "Maps", "fallback": "Maps", "id": 1})
    reply = place.say(author, "Fine.", thread=said)
    loud = place.say(author, "All of you!", thread=said, broadcast=True)
    place.say(author, "", files={"plan.png": Upload(b"...", title="Plan", alt="A plan of the gym")})
    place.me(author, "waves")
    place.webhook("Reminders", "Practice")
    place.share_message(author, said)
    place.say(
        slack.bot, "Hello", by_app=True, blocks=[{"type": "header", "text": {"type": "plain_text", "text": "Hi"}}]
    )
    said.react(author, "wave")
    said.unreact(author, "wave")
    said.pin(author)
    said.unpin(author)
    for each in (said, reply, loud):
        each.delete()


def everything_about(channel: Channel, slack: Server) -> None:
    """Let everything happen that can happen to a channel."""
    owner, guest = channel.members[0], slack.guest(f"guest of {channel.name}")
    channel.join(guest)
    channel.leave(guest)
    channel.invite(guest, owner)
    channel.kick(guest, owner)
    channel.rename(f"{channel.name}-2", owner)
    channel.set_topic("State finals", owner)
    channel.set_purpose("Everything about practice", owner)
    channel.bookmark(owner, "Plan", "https://maps.example")
    channel.archive(owner)
    channel.unarchive(owner)
    channel.share("Other High")
    channel.move()
    channel.kick(slack.bot, owner)


def everything_else(slack: Server) -> None:
    """Let everything happen that can happen to a workspace and to an app."""
    coach = slack.user("coach lee", joins=True)
    coach.change(title="Coach", status="At practice")
    coach.deactivate()
    slack.stranger("kim").tell()
    slack.add_emoji("rams")
    slack.rename_emoji("rams", "go-rams")
    slack.remove_emoji("go-rams")
    slack.hands.open_home(coach)
    slack.hands.open_home(coach, "messages")
    slack.events.rate_limit()
    slack.revoke(slack.grant(coach, {"im:history"}))
    slack.uninstall()


async def all_events() -> list[Body]:
    """Let everything happen once, and give every event that came of it."""
    async with open_server() as slack:
        coach, ana = slack.user("coach rivera"), slack.user("ana")
        channels = [slack.channel("team", [coach, ana], told=True), slack.channel("office", [coach], private=True)]
        for place in (*channels, slack.group_direct([coach, ana]), slack.direct(ana)):
            everything_in(place, slack)
        for channel in channels:
            everything_about(channel, slack)
        everything_else(slack)
        return [delivery.event for delivery in slack.events.sent]


async def test_every_event_has_the_published_shape() -> None:
    """Else the adapter would be tested against events that Slack never sends."""
    shapes, validators = shapes_with_departures(), dict[str, Draft7Validator]()
    faults = []
    for event in await all_events():
        if kind_of(event) in UNPUBLISHED:
            continue
        name = event_shapes()[kind_of(event)]
        shape = {"$ref": f"#/definitions/{name}", "definitions": shapes}
        validator = validators.setdefault(name, Draft7Validator(shape))
        faults += [f"{name} {error.json_path}: {error.message}" for error in validator.iter_errors(completed(event))]

    assert faults == []


async def test_everything_that_can_be_subscribed_to_happens() -> None:
    """Else a kind of event could go unchecked."""
    families = {"channel": "channels", "group": "groups", "mpim": "mpim", "im": "im"}
    heard = {
        f"message.{families[each['channel_type']]}" if each["type"] == "message" else each["type"]
        for each in await all_events()
    }

    assert heard == BOT_EVENTS


@pytest.mark.parametrize(
    ("name", "change"),
    [
        ("GenericMessageEvent", {"ts": 1700000000.0001}),
        ("GenericMessageEvent", {"channel_type": "dm"}),
        ("GenericMessageEvent", {"auther": "U1"}),
        ("MessageChangedEvent", {"hidden": False}),
    ],
)
async def test_a_wrong_event_would_be_found(name: str, change: Mapping[str, Any]) -> None:
    """The departures leave no hole through which a wrong type, a wrong word or a misspelt key could slip."""
    shape = {"$ref": f"#/definitions/{name}", "definitions": shapes_with_departures()}
    events = [each for each in await all_events() if event_shapes().get(kind_of(each)) == name]

    assert Draft7Validator(shape).is_valid(completed(events[0]))
    assert not Draft7Validator(shape).is_valid(completed(events[0]) | dict(change))
