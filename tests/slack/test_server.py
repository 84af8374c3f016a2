"""The peer itself, met by the unmodified slack_sdk and slack-bolt."""

import asyncio
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

import aiohttp
import pytest
from aiohttp import web
from slack_bolt.adapter.socket_mode.aiohttp import AsyncSocketModeHandler
from slack_bolt.async_app import AsyncApp
from slack_bolt.context.ack.async_ack import AsyncAck
from slack_bolt.context.respond.async_respond import AsyncRespond
from slack_sdk.errors import SlackApiError
from slack_sdk.http_retry.builtin_async_handlers import AsyncRateLimitErrorRetryHandler
from slack_sdk.signature import SignatureVerifier
from slack_sdk.web.async_client import AsyncWebClient

from tests.slack.server.channels import Channel
from tests.slack.server.files import Upload
from tests.slack.server.people import User
from tests.slack.server.scopes import COACH_SCOPES, METHODS, needed
from tests.slack.server.server import Server, open_server, until
from tests.slack.server.tokens import Setup
from tests.slack.server.world import Body

SECTION: Body = {"type": "section", "block_id": "s", "text": {"type": "mrkdwn", "text": "Reach a student?"}}
BUTTON: Body = {
    "type": "actions",
    "block_id": "a",
    "elements": [
        {"type": "button", "action_id": "write", "text": {"type": "plain_text", "text": "Write"}, "value": "7"}
    ],
}
FORM: Body = {
    "type": "modal",
    "callback_id": "form",
    "title": {"type": "plain_text", "text": "Write"},
    "submit": {"type": "plain_text", "text": "Send"},
    "blocks": [
        {
            "type": "input",
            "block_id": "who",
            "label": {"type": "plain_text", "text": "Student"},
            "element": {"type": "users_select", "action_id": "student"},
        },
        {
            "type": "input",
            "block_id": "what",
            "label": {"type": "plain_text", "text": "Text"},
            "element": {"type": "plain_text_input", "action_id": "words", "max_length": 20},
        },
    ],
}
HOME: Body = {"type": "home", "blocks": [SECTION]}


@dataclass
class Listener:
    """A bare Bolt app that writes down what it hears, and acknowledges it unless it is told not to."""

    app: AsyncApp
    heard: list[tuple[Body, dict[str, Any]]] = field(default_factory=list)
    """Each event's envelope, and the headers that came with it."""
    silent: int = 0
    """How many events it fails on."""

    def __post_init__(self) -> None:
        self.app.event({"type": re.compile(".*")})(self.hear)  # type: ignore[dict-item]  # Bolt matches patterns, too

    async def hear(self, body: Body, request: Any) -> None:  # noqa: ANN401 (Bolt hands it by its name)
        """Write an event down."""
        self.heard.append((body, request.headers))
        if self.silent:
            self.silent -= 1
            raise RuntimeError

    @property
    def texts(self) -> list[str]:
        """The texts of the messages, in the order of arrival."""
        return [body["event"].get("text", "") for body, _ in self.heard]


@dataclass
class School:
    """A coach, two students and their channel."""

    slack: Server
    coach: User
    ana: User
    ben: User
    team: Channel
    client: AsyncWebClient


@pytest.fixture
async def school() -> AsyncIterator[School]:
    async with open_server(retries=(0.0, 0.5), ack_seconds=20.0, trigger_seconds=20.0) as slack:
        coach, ana, ben = slack.user("coach rivera"), slack.user("ana"), slack.user("ben")
        yield School(slack, coach, ana, ben, slack.channel("team", [coach, ana, ben]), client_of(slack, slack.token))


def client_of(slack: Server, token: str, **more: Any) -> AsyncWebClient:  # noqa: ANN401 (what the SDK takes)
    """Make a client that repeats nothing by itself."""
    return AsyncWebClient(token, base_url=slack.api_url, **{"retry_handlers": [], **more})


def bolt(slack: Server) -> AsyncApp:
    """Make a Bolt app that acknowledges what its listener has done, and not before."""
    client = client_of(slack, slack.token)
    return AsyncApp(client=client, signing_secret=slack.signing_secret, process_before_response=True)


@asynccontextmanager
async def connected(slack: Server, app: AsyncApp) -> AsyncIterator[AsyncApp]:
    """Connect an app by Socket Mode."""
    handler = AsyncSocketModeHandler(app, slack.app_token, ping_interval=0.3)
    await handler.connect_async()
    try:
        await until(lambda: slack.sockets.count)
        yield app
    finally:
        await handler.close_async()


@asynccontextmanager
async def served(slack: Server, app: AsyncApp) -> AsyncIterator[bool]:
    """Serve an app at an address of its own; give whether Slack's challenge was met."""
    runner = web.AppRunner(app.web_app("/slack/events"), access_log=None, shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    try:
        yield await slack.post_to(f"http://127.0.0.1:{runner.addresses[0][1]}/slack/events")
    finally:
        await runner.cleanup()


async def refused(call: Any) -> str:  # noqa: ANN401 (a coroutine of the SDK)
    """Give Slack's word for why it refuses a call."""
    with pytest.raises(SlackApiError) as error:
        await call
    return str(error.value.response["error"])


# How events arrive.


async def test_an_event_comes_once_and_is_acknowledged(school: School) -> None:
    listener = Listener(bolt(school.slack))
    async with connected(school.slack, listener.app):
        school.team.say(school.coach, "Bus leaves at 4.")
        await school.slack.settled()

    assert listener.texts == ["Bus leaves at 4."]
    assert school.slack.events.sent[0].acked
    assert listener.heard[0][0]["authorizations"][0]["is_bot"] is True


async def test_what_is_not_acknowledged_comes_again_and_says_so(school: School) -> None:
    listener = Listener(bolt(school.slack), silent=1)
    school.slack.sockets.ack_seconds = 2.0
    async with connected(school.slack, listener.app):
        school.team.say(school.coach, "Bus leaves at 4.")
        await school.slack.settled()

    assert [body["event_id"] for body, _ in listener.heard] == [school.slack.events.sent[0].event_id] * 2
    assert [headers.get("x-slack-retry-num") for _, headers in listener.heard] == [["0"], ["1"]]
    assert listener.heard[1][1]["x-slack-retry-reason"] == ["timeout"]


async def test_what_is_never_acknowledged_is_given_up(school: School) -> None:
    listener = Listener(bolt(school.slack), silent=9)
    school.slack.sockets.ack_seconds = 2.0
    async with connected(school.slack, listener.app):
        school.team.say(school.coach, "Bus leaves at 4.")
        await school.slack.settled()

    assert len(listener.heard) == 3
    assert school.slack.events.sent[0].given_up


async def test_an_event_can_come_twice_without_a_mark(school: School) -> None:
    listener = Listener(bolt(school.slack))
    school.slack.events.times = 2
    async with connected(school.slack, listener.app):
        school.team.say(school.coach, "Bus leaves at 4.")
        await school.slack.settled()

    assert len({body["event_id"] for body, _ in listener.heard}) == 1
    assert [headers["x-slack-retry-num"] for _, headers in listener.heard] == [["0"], ["0"]]


async def test_events_can_come_out_of_order_late_or_not_at_all(school: School) -> None:
    listener, events = Listener(bolt(school.slack)), school.slack.events
    async with connected(school.slack, listener.app):
        with events.held() as held:
            for number in range(3):
                school.team.say(school.coach, f"line {number}")
            held.reverse()
        with events.lost():
            school.team.say(school.coach, "unheard")
        events.delay = 0.2
        school.team.say(school.coach, "late")
        await school.slack.settled()
        events.again(events.sent[0], retry=2, reason="http_error")
        await school.slack.settled()

    assert listener.texts == ["line 2", "line 1", "line 0", "late", "line 2"]
    assert listener.heard[-1][1]["x-slack-retry-num"] == ["2"]
    assert events.missed[0].event["text"] == "unheard"


@pytest.mark.parametrize("resends", [True, False])
async def test_a_socket_is_lost_with_events_under_way(school: School, resends: bool) -> None:
    """They come again on the next socket, marked, or never."""
    listener, sockets = Listener(bolt(school.slack)), school.slack.sockets
    sockets.resends = resends
    async with connected(school.slack, listener.app):
        with sockets.losing():
            school.team.say(school.coach, "under way")
            await asyncio.sleep(0.1)
        await until(lambda: sockets.counted["CONNECT"] == 2)
        school.team.say(school.coach, "after")
        await school.slack.settled()

    assert sorted(listener.texts) == ["after", "under way"] if resends else ["after"]
    assert [each.failure for each in school.slack.events.sent[0].tries][:1] == ["closed"]


async def test_a_new_connection_is_asked_for_and_nothing_is_lost(school: School) -> None:
    listener, sockets = Listener(bolt(school.slack)), school.slack.sockets
    async with connected(school.slack, listener.app):
        sockets.refresh("warning")
        await until(lambda: sockets.counted["CONNECT"] == 2 and sockets.count == 1)
        school.team.say(school.coach, "after")
        await school.slack.settled()

    assert listener.texts == ["after"]


@pytest.mark.parametrize("keeps", [True, False])
async def test_without_a_socket_events_are_lost_or_wait(school: School, keeps: bool) -> None:
    school.slack.sockets.keeps = keeps
    school.team.say(school.coach, "nobody listens")
    await asyncio.sleep(0.05)
    listener = Listener(bolt(school.slack))
    async with connected(school.slack, listener.app):
        await school.slack.settled()

    assert listener.texts == (["nobody listens"] if keeps else [])


async def test_no_socket_opens_while_connections_are_refused(school: School) -> None:
    school.slack.sockets.takes_connections = False
    opened = await client_of(school.slack, school.slack.app_token).apps_connections_open(
        app_token=school.slack.app_token
    )
    async with aiohttp.ClientSession() as session:
        with pytest.raises(aiohttp.WSServerHandshakeError) as answer:
            await session.ws_connect(opened["url"])

    assert answer.value.status == 503


async def test_signed_posts_are_taken_and_others_are_not(school: School) -> None:
    """A wrong secret and an old timestamp are both refused by Bolt, and come again as Slack does it."""
    listener, posts = Listener(bolt(school.slack)), school.slack.posts
    async with served(school.slack, listener.app) as met:
        school.team.say(school.coach, "signed")
        await school.slack.settled()
        posts.secret = "another"
        school.team.say(school.coach, "forged")
        await school.slack.settled()
        posts.secret, posts.skew = school.slack.signing_secret, -600
        school.team.say(school.coach, "old")
        await school.slack.settled()

    assert met
    assert listener.texts == ["signed"]
    assert [[each.status for each in sent.tries] for sent in school.slack.events.sent] == [[200], [401] * 3, [401] * 3]


async def test_posts_are_repeated_with_their_marks(school: School) -> None:
    listener = Listener(bolt(school.slack), silent=1)
    async with served(school.slack, listener.app):
        school.team.say(school.coach, "once more")
        await school.slack.settled()

    assert [headers.get("x-slack-retry-num") for _, headers in listener.heard] == [None, ["1"]]
    assert listener.heard[1][1]["x-slack-retry-reason"] == ["http_error"]


async def test_signatures_are_those_that_the_sdk_makes(school: School) -> None:
    headers = school.slack.posts.sign(b"payload")

    assert SignatureVerifier(school.slack.signing_secret).is_valid_request(b"payload", headers)


# Who hears what.


async def test_a_direct_message_is_heard_with_the_token_of_one_of_the_two(school: School) -> None:
    listener = Listener(bolt(school.slack))
    between = school.slack.direct(school.coach, school.ana)
    async with connected(school.slack, listener.app):
        between.say(school.coach, "before the grant")
        grant = school.slack.grant(school.coach, COACH_SCOPES)
        between.say(school.coach, "with the grant")
        school.slack.revoke(grant)
        between.say(school.coach, "after the grant")
        await school.slack.settled()

    told = {body["event"]["type"]: body for body, _ in listener.heard}
    assert sorted(listener.texts) == ["", "with the grant"]
    granted = told["message"]["authorizations"][0]
    assert (granted["user_id"], granted["is_bot"]) == (school.coach.id, False)
    assert told["tokens_revoked"]["event"]["tokens"] == {"oauth": [school.coach.id], "bot": []}


async def test_an_event_names_one_installation_and_all_can_be_asked_for(school: School) -> None:
    grants = [school.slack.grant(each, {"channels:history"}) for each in (school.coach, school.ana)]
    school.team.say(school.ben, "Hello")
    body = school.slack.events.sent[0].body
    client = client_of(school.slack, school.slack.app_token)
    found = await client.apps_event_authorizations_list(event_context=body["event_context"])

    assert [each["is_bot"] for each in body["authorizations"]] == [True]
    assert [each["user_id"] for each in found["authorizations"]] == [
        school.slack.bot.id,
        *(each.user.id for each in grants),
    ]


async def test_nothing_is_heard_without_scope_subscription_or_membership(school: School) -> None:
    slack, setup = school.slack, school.slack.setup
    slack.channel("staff", [school.coach], private=True, with_bot=False).say(school.coach, "not in it")
    slack.group_direct([school.coach, school.ana], with_bot=False).say(school.coach, "not in it")
    setup.bot_scopes.discard("channels:history")
    school.team.say(school.coach, "no scope")
    setup.bot_scopes.add("channels:history")
    setup.bot_events.discard("message.channels")
    school.team.say(school.coach, "no subscription")

    assert slack.events.sent == []


async def test_a_root_with_replies_becomes_a_tombstone(school: School) -> None:
    """Slack tells of it as a change, not as a deletion."""
    root = school.team.say(school.coach, "Stay after class.")
    reply = school.team.say(school.ana, "Why?", thread=root)
    root.delete()
    reply.delete()
    told = [each.event for each in school.slack.events.sent][2:]

    assert [each["subtype"] for each in told] == ["message_changed", "message_deleted", "message_deleted"]
    assert told[0]["message"]["subtype"] == "tombstone"
    assert told[0]["previous_message"]["text"] == "Stay after class."


# What tokens may do.


@pytest.mark.parametrize("method", sorted(name for name, terms in METHODS.items() if terms.bot))
async def test_every_method_asks_for_its_scope(school: School, method: str) -> None:
    scopes = school.slack.setup.bot_scopes
    scopes -= needed(method)
    with pytest.raises(SlackApiError) as error:
        await school.client.api_call(method)

    assert error.value.response["error"] == "missing_scope"
    assert error.value.response["needed"] in needed(method)
    assert error.value.response["provided"] == ",".join(sorted(scopes))


async def test_a_scope_covers_one_kind_of_place(school: School) -> None:
    school.slack.setup.bot_scopes.discard("groups:read")
    office = school.slack.channel("office", [school.coach], private=True)
    found = await school.client.conversations_members(channel=school.team.id)

    assert len(found["members"]) == 4
    assert await refused(school.client.conversations_members(channel=office.id)) == "missing_scope"
    assert await refused(school.client.conversations_list(types="public_channel,private_channel")) == "missing_scope"


async def test_tokens_that_do_not_hold_are_refused(school: School) -> None:
    slack = school.slack
    grant = slack.grant(school.coach, {"chat:write"})
    slack.revoke(grant)

    assert await refused(client_of(slack, "xoxb-unknown").auth_test()) == "invalid_auth"
    assert await refused(client_of(slack, grant.text).auth_test()) == "token_revoked"
    assert await refused(client_of(slack, slack.app_token).team_info()) == "not_allowed_token_type"
    assert (await school.client.auth_test()).headers["X-OAuth-Scopes"] == ",".join(sorted(slack.setup.bot_scopes))
    slack.uninstall()
    assert await refused(school.client.auth_test()) == "token_revoked"


async def test_a_bot_deletes_its_own_and_an_administrator_everything(school: School) -> None:
    slack, said = school.slack, school.team.say(school.ana, "Call me at 555-0134.")
    posted = await school.client.chat_postMessage(channel=school.team.id, text="A word from the app.")
    await school.client.chat_delete(channel=school.team.id, ts=posted["ts"])
    coach = client_of(slack, slack.grant(school.coach, {"chat:write"}).text)
    head = client_of(slack, slack.grant(slack.user("principal", admin=True), {"chat:write"}).text)
    words = [await refused(each.chat_delete(channel=school.team.id, ts=said.ts)) for each in (school.client, coach)]
    slack.rules.held_for_compliance = True
    words.append(await refused(head.chat_delete(channel=school.team.id, ts=said.ts)))
    slack.rules.held_for_compliance = False
    await head.chat_delete(channel=school.team.id, ts=said.ts)

    assert words == ["cant_delete_message", "cant_delete_message", "compliance_exports_prevent_deletion"]
    assert said.deleted_by is not None
    assert said.deleted_by.name == "principal"
    assert slack.seen(channel=school.team) == []


async def test_a_coach_grants_on_slacks_page(school: School) -> None:
    slack = school.slack
    page = f"{slack.authorize_url}?client_id={slack.client_id}&user_scope=im:history,im:read&state=7&redirect_uri="
    back = slack.consent(school.coach, page + "https://riverside.example/back")
    code = back.partition("code=")[2].partition("&")[0]
    asked = {"client_id": slack.client_id, "client_secret": slack.client_secret, "code": code}
    got = await client_of(slack, "").api_call("oauth.v2.access", data=asked)

    assert back.endswith("&state=7")
    assert "error=access_denied" in slack.decline(school.coach, page + "https://riverside.example/back")
    assert got["authed_user"]["scope"] == "im:history,im:read"
    assert [each.user for each in slack.installation.grants] == [school.coach]
    assert await refused(client_of(slack, "").api_call("oauth.v2.access", data=asked)) == "invalid_code"


# The Web API.


async def test_members_come_in_pages_with_what_they_are(school: School) -> None:
    slack, team = school.slack, school.team
    for user in (slack.guest("aunt"), slack.bot_user("reminders"), slack.stranger("kim")):
        team.join(user)
    school.ben.deactivate()
    pages = [page["members"] async for page in await school.client.conversations_members(channel=team.id, limit=3)]
    people = [(await school.client.users_info(user=each))["user"] for page in pages for each in page]

    assert [len(page) for page in pages] == [3, 3, 1]
    marks = ("is_bot", "deleted", "is_restricted", "is_stranger")
    assert [[mark for mark in marks if each.get(mark)] for each in people] == [
        *([], [], ["deleted"]),
        *(["is_bot"], ["is_restricted"], ["is_bot"], ["is_stranger"]),
    ]
    assert people[-1]["team_id"] != slack.team.id


async def test_mail_addresses_need_their_own_scope(school: School) -> None:
    found = await school.client.users_lookupByEmail(email="ana@riverside.example")
    school.slack.setup.bot_scopes.discard("users:read.email")
    shown = await school.client.users_info(user=school.ana.id)
    school.ana.change(title="Captain")

    assert found["user"]["id"] == school.ana.id
    assert "email" not in shown["user"]["profile"]
    assert "email" not in school.slack.events.sent[-1].event["user"]["profile"]


async def test_history_pages_backwards_and_new_messages_move_nothing(school: School) -> None:
    said = [school.team.say(school.coach, f"line {number}") for number in range(25)]
    said[20].delete()
    found: list[str] = []
    async for page in await school.client.conversations_history(channel=school.team.id, oldest=said[4].ts, limit=8):
        found += [each["text"] for each in page["messages"]]
        school.team.say(school.coach, "meanwhile")

    assert found == [f"line {number}" for number in range(24, 4, -1) if number != 20]


async def test_replies_stand_in_their_thread_alone(school: School) -> None:
    root = school.team.say(school.coach, "Who comes?")
    for number in range(5):
        school.team.say(school.ana, f"reply {number}", thread=root, broadcast=number == 4)
    history = await school.client.conversations_history(channel=school.team.id)
    replies = [
        each["text"]
        async for page in await school.client.conversations_replies(channel=school.team.id, ts=root.ts, limit=4)
        for each in page["messages"]
    ]

    assert [each["text"] for each in history["messages"]] == ["reply 4", "Who comes?"]
    assert history["messages"][1]["reply_count"] == 5
    assert replies == ["Who comes?", *(f"reply {number}" for number in range(5))]


async def test_a_bot_reads_where_it_is(school: School) -> None:
    slack = school.slack
    open_one = slack.channel("chess", [school.coach], with_bot=False)
    closed = slack.channel("staff", [school.coach], with_bot=False, private=True)
    words = [await refused(school.client.conversations_history(channel=each.id)) for each in (open_one, closed)]
    await school.client.conversations_join(channel=open_one.id)
    found = await school.client.conversations_history(channel=open_one.id)

    assert words == ["not_in_channel", "channel_not_found"]
    assert [each["subtype"] for each in found["messages"]] == ["channel_join"]


async def test_metadata_is_kept_and_shown_to_who_asks(school: School) -> None:
    mark = {"event_type": "chaperone_deed", "event_payload": {"key": "00ab"}}
    await school.client.chat_postMessage(channel=school.team.id, text="Hello", metadata=mark)
    plain = await school.client.conversations_history(channel=school.team.id)
    full = await school.client.conversations_history(channel=school.team.id, include_all_metadata=True)

    assert "metadata" not in plain["messages"][0]
    assert full["messages"][0]["metadata"] == mark
    assert (
        await refused(school.client.chat_postMessage(channel=school.team.id, text="x", metadata={"event_type": "y"}))
        == "invalid_metadata_format"
    )


async def test_conversations_are_opened_once_for_the_same_people(school: School) -> None:
    users = [school.coach.id, school.ana.id, school.slack.user("principal").id]
    first = await school.client.conversations_open(users=users)
    again = await school.client.conversations_open(users=list(reversed(users)))
    opened = school.slack.world.channels[first["channel"]["id"]]
    direct = await school.client.conversations_open(users=[school.ana.id])

    assert (first.get("already_open"), again["already_open"]) == (None, True)
    assert school.slack.bot in opened.members
    assert direct["channel"]["id"] == school.slack.direct(school.ana).id
    assert await refused(school.client.conversations_open(users=[])) == "users_list_not_supplied"
    assert await refused(school.client.conversations_open(users=["U1"])) == "user_not_found"
    assert await refused(school.client.conversations_invite(channel=opened.id, users=[school.ben.id])) == (
        "method_not_supported_for_channel_type"
    )


async def test_a_private_channel_is_made_filled_and_closed(school: School) -> None:
    made = await school.client.conversations_create(name="matter-12", is_private=True)
    channel = school.slack.world.channels[made["channel"]["id"]]
    await school.client.conversations_invite(channel=channel.id, users=[school.coach.id, school.ana.id])
    await school.client.conversations_kick(channel=channel.id, user=school.ana.id)
    await school.client.conversations_archive(channel=channel.id)

    assert channel.members == [school.slack.bot, school.coach]
    assert not channel.visible_to(school.ana)
    assert await refused(school.client.conversations_create(name="matter-12")) == "name_taken"
    assert await refused(school.client.chat_postMessage(channel=channel.id, text="late")) == "is_archived"
    kinds = [each.event["type"] for each in school.slack.events.sent]
    assert kinds.count("member_joined_channel") == 2
    assert kinds.count("member_left_channel") == 1


async def test_a_channel_is_renamed_described_left_and_opened_again(school: School) -> None:
    client, team = school.client, school.team
    await client.conversations_rename(channel=team.id, name="track")
    await client.conversations_setTopic(channel=team.id, topic="State finals")
    await client.conversations_setPurpose(channel=team.id, purpose="Practice")
    await client.conversations_archive(channel=team.id)
    await client.conversations_unarchive(channel=team.id)
    shown = (await client.conversations_info(channel=team.id, include_num_members=True))["channel"]
    await client.conversations_leave(channel=team.id)
    subtypes = [each.event["subtype"] for each in school.slack.events.sent if "subtype" in each.event]

    assert (shown["name"], shown["topic"]["value"], shown["purpose"]["value"]) == ("track", "State finals", "Practice")
    assert shown["num_members"] == 4
    assert subtypes == [
        *("channel_name", "channel_topic", "channel_purpose", "channel_archive", "channel_unarchive"),
        "channel_leave",
    ]
    assert (await client.users_conversations())["channels"] == []


async def test_what_a_bot_wrote_it_may_change_and_nothing_else(school: School) -> None:
    said, posted = (
        school.team.say(school.coach, "mine"),
        await school.client.chat_postMessage(channel=school.team.id, text="one"),
    )
    await school.client.chat_update(channel=school.team.id, ts=posted["ts"], text="two")
    call = school.client.chat_update(channel=school.team.id, ts=said.ts, text="yours")

    assert await refused(call) == "cant_update_message"
    assert school.team.messages[posted["ts"]].versions == ["one", "two"]
    assert school.slack.events.sent[-1].event["message"]["edited"]["user"] == school.slack.bot.id


async def test_pins_bookmarks_and_files_are_taken_away_by_who_may(school: School) -> None:
    slack, head = school.slack, school.slack.user("principal", owner=True)
    said = school.team.say(school.coach, files={"plan.txt": b"Bus at 4."})
    said.pin(school.coach)
    mark = school.team.bookmark(school.coach, "Plan", "https://maps.example")
    scopes = {"files:write", "pins:write", "bookmarks:write"}
    client = client_of(slack, slack.grant(head, scopes).text)
    school.slack.setup.bot_scopes.add("files:write")
    word = await refused(school.client.files_delete(file=said.files[0].id))
    await client.files_delete(file=said.files[0].id)
    await client.pins_remove(channel=school.team.id, timestamp=said.ts)
    await client.bookmarks_remove(channel_id=school.team.id, bookmark_id=mark["id"])

    assert word == "cant_delete_file"
    assert said.body["files"] == [{"id": said.files[0].id, "mode": "tombstone"}]
    assert (said.pinned_by, school.team.bookmarks) == (None, [])


async def test_people_become_guests_leave_and_come_back(school: School) -> None:
    school.ana.become(single=True)
    school.ana.deactivate()
    school.ana.reactivate()
    told = [each.event["user"] for each in school.slack.events.sent]
    everybody = [each["id"] async for page in await school.client.users_list(limit=2) for each in page["members"]]

    assert [each.get("is_ultra_restricted") for each in told] == [True, None, True]
    assert [each["deleted"] for each in told] == [False, True, False]
    assert everybody == list(school.slack.world.users)


async def test_an_ephemeral_is_for_one_pair_of_eyes(school: School) -> None:
    await school.client.chat_postEphemeral(channel=school.team.id, user=school.coach.id, text="It may not fit.")
    outsider = school.slack.user("outsider")
    call = school.client.chat_postEphemeral(channel=school.team.id, user=outsider.id, text="It may not fit.")

    assert [each.ephemeral for each in school.slack.seen(by=school.coach)] == [True]
    assert school.slack.seen(by=school.ana) == []
    assert await refused(call) == "user_not_in_channel"
    assert (await school.client.conversations_history(channel=school.team.id))["messages"] == []


async def test_what_hangs_on_messages_is_listed(school: School) -> None:
    said = school.team.say(school.coach, "Plan")
    said.react(school.ana, "wave")
    said.pin(school.coach)
    school.team.bookmark(school.coach, "Plan", "https://maps.example")
    school.slack.add_emoji("rams")
    reactions = await school.client.reactions_get(channel=school.team.id, timestamp=said.ts)
    pins = await school.client.pins_list(channel=school.team.id)
    bookmarks = await school.client.bookmarks_list(channel_id=school.team.id)
    emoji = await school.client.emoji_list()

    assert reactions["message"]["reactions"] == [{"name": "wave", "users": [school.ana.id], "count": 1}]
    assert pins["items"][0]["message"]["text"] == "Plan"
    assert bookmarks["bookmarks"][0]["link"] == "https://maps.example"
    assert "rams" in emoji["emoji"]
    link = (await school.client.chat_getPermalink(channel=school.team.id, message_ts=said.ts))["permalink"]
    assert link.endswith(said.ts.replace(".", ""))


async def test_pins_are_listed_whole_the_newest_first_to_who_is_there_and_may(school: School) -> None:
    """A hundred at most, so there is no second page."""
    said = [school.team.say(school.coach, str(number)) for number in range(100)]
    for each in said:
        each.pin(school.ana)
    said[0].delete()
    said[1].unpin(school.coach)
    elsewhere = school.slack.channel("chess", [school.coach], with_bot=False)
    listed = (await school.client.pins_list(channel=school.team.id))["items"]
    word = await refused(school.client.pins_list(channel=elsewhere.id))
    school.slack.installation.bot.scopes -= {"pins:read"}
    other = await refused(school.client.pins_list(channel=school.team.id))

    assert [each["message"]["text"] for each in listed] == [str(number) for number in range(99, 1, -1)]
    assert {each["created_by"] for each in listed} == {school.ana.id}
    assert (word, other) == ("not_in_channel", "missing_scope")


async def test_files_are_read_with_a_token_and_are_else_a_page(school: School) -> None:
    """Slack answers 200 with a page to sign in on, which is easily taken for the file."""
    said = school.team.say(school.coach, files={"plan.txt": Upload(b"Bus at 4.", title="Plan")})
    said.files[0].needs_a_look = True
    (shown,) = said.event["files"]
    full = (await school.client.files_info(file=shown["id"]))["file"]
    async with aiohttp.ClientSession() as session:
        key = {"Authorization": f"Bearer {school.slack.token}"}
        answers = [await session.get(full["url_private"], headers=each) for each in (key, {})]
        read = [(answer.status, answer.content_type, (await answer.read())[:9]) for answer in answers]

    assert (shown["file_access"], full["title"]) == ("check_file_info", "Plan")
    assert read == [(200, "text/plain", b"Bus at 4."), (200, "text/html", b"<!DOCTYPE")]


async def test_files_are_uploaded_in_three_steps(school: School) -> None:
    school.slack.setup.bot_scopes.add("files:write")
    await school.client.files_upload_v2(
        channel=school.team.id, content="a,b", filename="roster.csv", title="Roster", initial_comment="Here."
    )
    (said,) = school.slack.seen(text="Here.")

    assert (said.files[0].name, said.files[0].upload.data) == ("roster.csv", b"a,b")
    assert school.slack.events.sent[-1].event["subtype"] == "file_share"


async def test_blocks_that_slack_does_not_know_are_refused(school: School) -> None:
    wrong: list[Body] = [
        {"type": "sectoin"},
        {**SECTION, "colour": "red"},
        {**SECTION, "text": {"type": "mrkdwn", "text": "x" * 3001}},
        {**SECTION, "text": {"type": "mrkdwn", "text": ""}},
        {"type": "header", "text": {"type": "mrkdwn", "text": "only plain text"}},
    ]
    words = [
        await refused(school.client.chat_postMessage(channel=school.team.id, text="x", blocks=[each])) for each in wrong
    ]
    twice = school.client.chat_postMessage(channel=school.team.id, text="x", blocks=[SECTION, SECTION])

    assert words == ["invalid_blocks"] * 5
    assert await refused(twice) == "invalid_blocks"


# What goes wrong.


async def test_a_post_is_made_although_its_answer_is_lost(school: School) -> None:
    faults = school.slack.faults
    faults.cut("chat.postMessage", applied=True)
    with pytest.raises(aiohttp.ClientError):
        await school.client.chat_postMessage(channel=school.team.id, text="cut off")
    faults.delay("chat.postMessage", 2.0)
    with pytest.raises(TimeoutError):
        await client_of(school.slack, school.slack.token, timeout=0.05).chat_postMessage(
            channel=school.team.id, text="timed out"
        )
    faults.fail("chat.postMessage", 503, applied=True)
    with pytest.raises(SlackApiError):
        await school.client.chat_postMessage(channel=school.team.id, text="broke")
    faults.cut("chat.*")
    with pytest.raises(aiohttp.ClientError):
        await school.client.chat_postMessage(channel=school.team.id, text="never made")

    assert [each.text for each in school.slack.seen()] == ["cut off", "timed out", "broke"]
    assert [each.status for each in school.slack.calls("chat.postMessage")] == [None, None, 503, None]


async def test_a_refusal_is_ordered_for_one_place(school: School) -> None:
    other = school.slack.channel("chess", [school.coach])
    school.slack.faults.refuse("chat.*", "not_in_channel", where=other.id, times=None)
    await school.client.chat_postMessage(channel=school.team.id, text="here")

    assert await refused(school.client.chat_postMessage(channel=other.id, text="there")) == "not_in_channel"
    assert len(school.slack.calls("chat.*", other)) == 1


async def test_who_does_not_wait_is_found_out(school: School) -> None:
    """The SDK's own handler waits as long as it is asked to; whoever asks again at once does not."""
    handler = AsyncRateLimitErrorRetryHandler(max_retry_count=1)
    patient = client_of(school.slack, school.slack.token, retry_handlers=[handler])
    school.slack.faults.limit("team.info", 3)
    school.slack.faults.limit("emoji.list", 3)
    await patient.team_info()
    before = school.slack.impatient_calls()
    await refused(school.client.emoji_list())
    await school.client.emoji_list()

    assert before == []
    assert [each.status for each in school.slack.requests] == [429, 200, 429, 200]
    assert school.slack.impatient_calls() == school.slack.calls("emoji.list")[1:]


async def test_slacks_tiers_are_kept_when_told_so(school: School) -> None:
    other = school.slack.channel("chess", [school.coach])
    school.slack.faults.obey_tiers()
    await school.client.chat_postMessage(channel=school.team.id, text="one")
    await school.client.chat_postMessage(channel=other.id, text="elsewhere")
    with pytest.raises(SlackApiError) as error:
        await school.client.chat_postMessage(channel=school.team.id, text="two at once")
    for _ in range(20):
        await school.client.conversations_list()

    assert error.value.response.status_code == 429
    assert error.value.response.headers["Retry-After"] == "1"
    assert await refused(school.client.conversations_list()) == "ratelimited"


# What people do.


async def test_a_command_opens_a_form_which_is_filled_in_and_sent(school: School) -> None:
    slack, app, got = school.slack, bolt(school.slack), []

    @app.command("/chaperone")
    async def ask(ack: AsyncAck, body: Body, client: AsyncWebClient) -> None:
        await ack()
        await client.views_open(trigger_id=body["trigger_id"], view=FORM)

    @app.view("form")
    async def take(ack: AsyncAck, view: Body) -> None:
        got.append(view["state"]["values"])
        if len(got) == 1:
            await ack(response_action="errors", errors={"what": "Too short."})
        else:
            await ack()

    async with connected(slack, app):
        asked = await slack.hands.answered(slack.hands.command(school.coach, school.team, "/chaperone", "private"))
        assert asked.view is not None
        with pytest.raises(ValueError, match="words is empty"):
            slack.hands.submit(school.coach, asked.view, {"student": school.ana})
        with pytest.raises(LookupError, match="nothing named"):
            slack.hands.submit(school.coach, asked.view, {"reason": "x"})
        first = await slack.hands.answered(slack.hands.submit(school.coach, asked.view, {"words": "Hi"}))
        still_there = list(slack.modals(school.coach))
        await slack.hands.answered(slack.hands.submit(school.coach, asked.view, {"words": "See me."}))

    assert first.errors == {"what": "Too short."}
    assert still_there == [asked.view]
    assert slack.modals(school.coach) == []
    assert got[1]["who"]["student"] == {"type": "users_select", "selected_user": school.ana.id}
    assert got[1]["what"]["words"]["value"] == "See me."


async def test_commands_buttons_and_forms_come_by_signed_posts_too(school: School) -> None:
    slack, app = school.slack, bolt(school.slack)

    @app.command("/chaperone")
    async def ask(ack: AsyncAck, command: Body) -> None:
        await ack(f"You asked for {command['text']}.", blocks=[SECTION, BUTTON])

    @app.action("write")
    async def write(ack: AsyncAck, body: Body, client: AsyncWebClient) -> None:
        await ack()
        await client.views_open(trigger_id=body["trigger_id"], view=FORM)

    @app.view("form")
    async def take(ack: AsyncAck) -> None:
        await ack(response_action="update", view=FORM | {"title": {"type": "plain_text", "text": "Once more"}})

    async with served(slack, app):
        asked = await slack.hands.answered(slack.hands.command(school.coach, school.team, "/chaperone", "private"))
        pressed = await slack.hands.answered(slack.hands.press(school.coach, asked.messages[0], "write"))
        assert pressed.view is not None
        sent = slack.hands.submit(school.coach, pressed.view, {"student": school.ana, "words": "See me."})
        await slack.hands.answered(sent)

    assert (asked.messages[0].text, asked.messages[0].seen_by) == ("You asked for private.", school.coach)
    assert [view.title for view in slack.modals(school.coach)] == ["Once more"]


async def test_a_button_is_answered_at_its_response_url(school: School) -> None:
    slack, app = school.slack, bolt(school.slack)

    @app.action("write")
    async def write(ack: AsyncAck, respond: AsyncRespond, action: Body) -> None:
        await ack()
        await respond(text=f"You pressed {action['value']}.", replace_original=True)
        await respond(text="For you alone.")
        await respond(text="For all.", response_type="in_channel")

    posted = await school.client.chat_postMessage(channel=school.team.id, text="?", blocks=[SECTION, BUTTON])
    message = school.team.messages[posted["ts"]]
    async with connected(slack, app):
        pressed = await slack.hands.answered(slack.hands.press(school.coach, message, "write"))
        await until(lambda: slack.seen(text="For all."))
        url = pressed.delivery.body["response_url"]
        async with aiohttp.ClientSession() as session:
            answers = [(await session.post(url, json={"text": "more"})).status for _ in range(3)]

    assert message.text == "You pressed 7."
    assert slack.seen(text="For you alone.", by=school.ana) == []
    assert slack.seen(text="For all.", by=school.ana) != []
    assert answers == [200, 200, 404]


async def test_nobody_uses_what_they_do_not_see(school: School) -> None:
    hands, outsider = school.slack.hands, school.slack.guest("outsider")
    said = school.team.say(school.slack.bot, "?", by_app=True, blocks=[SECTION, BUTTON])

    with pytest.raises(LookupError, match="does not see that message"):
        hands.press(outsider, said, "write")
    with pytest.raises(LookupError, match="does not see team"):
        hands.command(outsider, school.team, "/chaperone")
    with pytest.raises(LookupError, match="no 'erase'"):
        hands.press(school.coach, said, "erase")


async def test_shortcuts_and_the_home_tab_are_used(school: School) -> None:
    slack, listener = school.slack, Listener(bolt(school.slack))
    app, got = listener.app, []

    @app.shortcut("tell_teacher")
    async def tell(ack: AsyncAck, shortcut: Body) -> None:
        await ack()
        got.append(shortcut["message"]["text"])

    @app.shortcut("private_message")
    async def begin(ack: AsyncAck, body: Body, client: AsyncWebClient) -> None:
        await ack()
        await client.views_open(trigger_id=body["trigger_id"], view=FORM)
        got.append(body["type"])

    said = school.team.say(school.coach, "Stay after class.")
    async with connected(slack, app):
        await slack.hands.answered(slack.hands.message_shortcut(school.ana, said, "tell_teacher"))
        await slack.hands.answered(slack.hands.shortcut(school.coach, "private_message"))
        slack.hands.open_home(school.coach)
        await slack.settled()
        await school.client.views_publish(user_id=school.coach.id, view=HOME)

    assert got == ["Stay after class.", "shortcut"]
    assert listener.heard[-1][0]["event"]["tab"] == "home"
    assert slack.modals(school.coach)[0].title == "Write"
    home = slack.home(school.coach)
    assert home is not None
    assert home.blocks[0]["text"]["text"] == "Reach a student?"


async def test_a_field_asks_the_app_what_it_offers(school: School) -> None:
    slack, app = school.slack, bolt(school.slack)

    @app.options("student")
    async def offer(ack: AsyncAck, payload: Body) -> None:
        await ack(options=[{"text": {"type": "plain_text", "text": f"{payload['value']}na"}, "value": "7"}])

    asks = {"type": "external_select", "action_id": "student", "min_query_length": 1}
    form = FORM | {"blocks": [FORM["blocks"][0] | {"element": asks}]}
    trigger = slack.hands.shortcut(school.coach, "x").trigger_id
    await school.client.views_open(trigger_id=trigger, view=form)
    (view,) = slack.modals(school.coach)
    async with connected(slack, app):
        typed = await slack.hands.answered(slack.hands.options(school.coach, view, "student", "a"))

    assert [each["text"]["text"] for each in typed.options] == ["ana"]


async def test_any_event_can_be_sent_even_one_that_slack_never_sends(school: School) -> None:
    listener = Listener(bolt(school.slack))
    async with connected(school.slack, listener.app):
        school.slack.events.send({"type": "message", "subtype": "ekm_access_denied"}, school.team)
        school.slack.events.send({"type": "unheard_of"})
        await school.slack.settled()

    assert sorted(body["event"]["type"] for body, _ in listener.heard) == ["message", "unheard_of"]


async def test_a_trigger_is_good_once_and_soon(school: School) -> None:
    slack = school.slack
    used = slack.hands.shortcut(school.coach, "x")
    await school.client.views_open(trigger_id=used.trigger_id, view=FORM)
    slack.interactions.trigger_seconds = 0.0
    late = slack.hands.shortcut(school.coach, "x")
    await asyncio.sleep(0.05)

    assert await refused(school.client.views_open(trigger_id=used.trigger_id, view=FORM)) == "exchanged_trigger_id"
    assert await refused(school.client.views_open(trigger_id=late.trigger_id, view=FORM)) == "expired_trigger_id"
    assert await refused(school.client.views_open(trigger_id="1", view=FORM)) == "invalid_trigger_id"


async def test_views_are_laid_on_each_other_changed_and_closed(school: School) -> None:
    slack, client = school.slack, school.client
    views = [await client.views_open(trigger_id=slack.hands.shortcut(school.coach, "x").trigger_id, view=FORM)]
    for _ in range(2):
        trigger = slack.hands.shortcut(school.coach, "x").trigger_id
        views.append(await client.views_push(trigger_id=trigger, view=FORM | {"notify_on_close": True}))
    over = client.views_push(trigger_id=slack.hands.shortcut(school.coach, "x").trigger_id, view=FORM)
    top, old = slack.modals(school.coach)[-1], views[-1]["view"]["hash"]
    title = {"type": "plain_text", "text": "Other"}
    await client.views_update(view_id=top.id, hash=old, view=FORM | {"title": title, "notify_on_close": True})
    stale = client.views_update(view_id=top.id, hash=old, view=FORM)

    assert await refused(over) == "push_limit_reached"
    assert await refused(stale) == "hash_conflict"
    assert top.title == "Other"
    closed = slack.hands.dismiss(school.coach, top)
    assert closed is not None
    assert closed.delivery.body["type"] == "view_closed"
    assert await refused(client.views_update(view_id=top.id, view=FORM)) == "not_found"
    long = FORM | {"title": {"type": "plain_text", "text": "x" * 25}}
    assert await refused(client.views_publish(user_id=school.coach.id, view=long)) == "invalid_arguments"


async def test_what_nobody_acknowledges_has_failed_before_the_person(school: School) -> None:
    asked = await school.slack.hands.answered(school.slack.hands.command(school.coach, school.team, "/chaperone"))

    assert asked.failed


async def test_the_app_is_set_up_by_its_manifest() -> None:
    manifest = {
        "features": {
            "slash_commands": [{"command": "/chaperone"}],
            "shortcuts": [{"name": "Tell a teacher", "type": "message", "callback_id": "tell_teacher"}],
            "app_home": {"home_tab_enabled": False},
        },
        "oauth_config": {"scopes": {"bot": ["chat:write", "users:read"]}},
        "settings": {"event_subscriptions": {"bot_events": ["user_change"]}, "interactivity": {"is_enabled": True}},
    }
    async with open_server(setup=Setup.of_manifest(manifest)) as slack:
        coach = slack.user("coach rivera")
        team = slack.channel("team", [coach])
        team.say(coach, "unheard")
        coach.change(title="Coach")
        client = client_of(slack, slack.token)
        with pytest.raises(LookupError, match="no command /other"):
            slack.hands.command(coach, team, "/other")
        with pytest.raises(LookupError, match="no global shortcut"):
            slack.hands.shortcut(coach, "tell_teacher")

        assert [each.event["type"] for each in slack.events.sent] == ["user_change"]
        assert await refused(client.views_publish(user_id=coach.id, view=HOME)) == "not_enabled"
        assert await refused(client_of(slack, slack.app_token).apps_connections_open(app_token=slack.app_token)) == (
            "forbidden_team"
        )


# The peer as such.


async def test_nothing_outlives_the_peer() -> None:
    """Not even where an answer or an acknowledgement is still due."""
    before = asyncio.all_tasks()
    async with aiohttp.ClientSession() as session, open_server() as slack:
        coach = slack.user("coach rivera")
        slack.faults.delay("auth.test", 60.0)
        waiting = asyncio.create_task(session.post(f"{slack.api_url}auth.test"))
        opened = await client_of(slack, slack.app_token).apps_connections_open(app_token=slack.app_token)
        await session.ws_connect(opened["url"])
        slack.channel("team", [coach]).say(coach, "never acknowledged")
        await until(lambda: slack.events.sent[0].tries and slack.calls("auth.test"))
    await asyncio.wait({waiting}, timeout=1.0)

    assert asyncio.all_tasks() - before == set()


async def test_a_method_that_is_missing_is_named() -> None:
    with pytest.raises(AssertionError, match=r"usergroups\.list"):
        async with open_server() as slack:
            await refused(client_of(slack, slack.token).api_call("usergroups.list"))
