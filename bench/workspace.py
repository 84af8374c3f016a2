"""What hearing on Slack costs beside bare Bolt: twenty kinds of events, through one door."""

import asyncio
import json
import re
import tempfile
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, date, datetime
from functools import partial
from pathlib import Path
from time import perf_counter
from typing import Any, Final

from slack_bolt.app.async_app import AsyncApp
from slack_bolt.authorization import AuthorizeResult
from slack_bolt.request.async_request import AsyncBoltRequest
from slack_sdk.web.async_client import AsyncWebClient

from adapters.notebook import Notebook
from adapters.slack.audience import Audiences
from adapters.slack.door import Reply, open_app
from adapters.slack.hearing import Ears
from adapters.slack.pins import Pins
from adapters.slack.setup import Setup
from adapters.slack.telling import Told
from adapters.slack.web import SILENT, Web
from bench.journey import ZONE
from bot.directory import Directory
from bot.lists import Lists
from bot.people import TeamId
from bot.platform import Heard
from bot.roster import Roster

CHANNEL, TEAM, BOT = "C0000000001", "T0000000001", "U0000000BOT"
MEMBERS: Final = 100
AT: Final = 1_795_000_000

Envelope = dict[str, Any]


def envelopes(texts: Sequence[str]) -> list[str]:
    """Write what Slack sends, of twenty kinds by turns; fourteen of them are messages of one kind or another."""
    kinds = [*_kinds()]
    return [
        json.dumps(
            {
                "type": "event_callback",
                "team_id": TEAM,
                "event_id": f"Ev{number:010}",
                "authorizations": [{"team_id": TEAM, "user_id": BOT, "is_bot": True}],
                "event": kinds[number % len(kinds)](number, text),
            }
        )
        for number, text in enumerate(texts)
    ]


def _kinds() -> Iterator[Callable[[int, str], Envelope]]:
    for subtype in ("", "", "", "", "", "me_message", "file_share", "thread_broadcast"):
        yield partial(_said, subtype=subtype)
    yield lambda number, text: _said(number, text, "bot_message") | {"bot_id": "B00000001", "username": "Reminders"}
    yield lambda number, text: _said(number, "") | {"attachments": [{"title": text, "text": text}]}
    yield lambda number, text: _said(number, "") | {"blocks": [_block(text)]}
    yield lambda number, text: _changed(number, text, edited=True)
    yield lambda number, text: _changed(number, text, edited=False)
    yield lambda number, _: _said(number, "", "message_deleted") | {"deleted_ts": _ts(number - 1)}
    for kind in ("member_joined_channel", "member_left_channel"):
        yield partial(_moved, kind=kind)
    yield lambda number, text: {"type": "user_change", "user": _account(number, text)}
    yield lambda number, _: {"type": "emoji_changed", "subtype": "add", "name": f"emoji_{number}"}
    yield lambda number, text: {
        "type": "pin_added",
        "user": _who(number),
        "channel_id": CHANNEL,
        "event_ts": _ts(number),
        "item": {"type": "message", "channel": CHANNEL, "message": _said(number, text)},
    }
    yield lambda _, text: {"type": "channel_rename", "channel": {"id": CHANNEL, "name": text[:20]}}


def _ts(number: int) -> str:
    return f"{AT + number}.000100"


def _who(number: int) -> str:
    return f"U{number % MEMBERS:010}"


def _said(number: int, text: str, subtype: str = "") -> Envelope:
    kind = {"subtype": subtype} if subtype else {}
    event = {"type": "message", "channel": CHANNEL, "channel_type": "channel", "user": _who(number), "text": text}
    return {**event, "ts": _ts(number), "event_ts": _ts(number), "team": TEAM, **kind}


def _moved(number: int, _: str, kind: str) -> Envelope:
    return {"type": kind, "user": _who(number), "channel": CHANNEL}


def _block(text: str) -> Envelope:
    line = {"type": "rich_text_section", "elements": [{"type": "text", "text": text}]}
    return {"type": "rich_text", "block_id": "b", "elements": [line]}


def _changed(number: int, text: str, *, edited: bool) -> Envelope:
    before = _said(number, text)
    after = before | ({"text": f"{text}.", "edited": {"user": _who(number), "ts": _ts(number + 1)}} if edited else {})
    return _said(number, "", "message_changed") | {"message": after, "previous_message": before}


def _account(number: int, text: str) -> Envelope:
    profile = {"display_name": text[:20], "real_name": text[:20], "title": "", "avatar_hash": "a"}
    return {"id": _who(number), "team_id": TEAM, "name": "name", "profile": profile}


def bare(some: Sequence[str]) -> float:
    """Dispatch with Bolt alone, to one listener that does nothing: events a second."""
    return asyncio.run(_bare(some))


async def _bare(some: Sequence[str]) -> float:
    app = AsyncApp(client=AsyncWebClient("xoxb-none"), signing_secret="none", authorize=_authorize, logger=SILENT)

    async def listener() -> None:
        return

    app.event(re.compile(".*"))(listener)
    return await _run(app, some)


async def _authorize(enterprise_id: str | None, team_id: str | None) -> AuthorizeResult:
    return AuthorizeResult(enterprise_id=enterprise_id, team_id=team_id)


def empty(some: Sequence[str]) -> float:
    """The same with a door like ours that hears nothing: what is left of Bolt once no listener is looked for."""
    return asyncio.run(_empty(some))


async def _empty(some: Sequence[str]) -> float:
    web = Web("xoxb-none")

    async def take(_: Told) -> Reply:
        return None

    speed = await _run(open_app(web, "", take), some)
    await web.close()
    return speed


def ours(some: Sequence[str]) -> float:
    """The same through our door: every event told with its words, its team, and who is there."""
    return asyncio.run(_ours(some))


async def _ours(some: Sequence[str]) -> float:
    told: deque[Heard] = deque(maxlen=100)
    with tempfile.TemporaryDirectory() as name:
        web = Web("xoxb-none")
        directory = Directory("slack", Roster(Lists(), ZONE), lambda: date(2026, 11, 18))
        setup, notebook = Setup({CHANNEL: TeamId("soccer")}), Notebook(Path(name) / "notebook")
        ears = Ears(setup, notebook, directory, _known(web), Pins(web), _telling(told), lambda: datetime.now(UTC))

        async def take(body: Told) -> Reply:
            await ears.hear_once(body)
            return None

        app = open_app(web, "", take)
        speed = await _run(app, some)
        await web.close()
    if len(told) < min(len(some) // 2, 100):
        raise RuntimeError("events were not told")
    return speed


def _telling(told: "deque[Heard]") -> "Callable[[Heard], asyncio.Future[None]]":
    """Take what is heard as written at once: how long that takes is measured elsewhere."""
    written: asyncio.Future[None] = asyncio.get_running_loop().create_future()
    written.set_result(None)

    def tell(heard: Heard) -> "asyncio.Future[None]":
        told.append(heard)
        return written

    return tell


def _known(web: Web) -> Audiences:
    """Know everybody, as after the first messages."""
    audiences = Audiences(web, TEAM)
    for number in range(MEMBERS):
        audiences.take_account(_account(number, "somebody"))
    audiences.all_taken()
    audiences.take_members(CHANNEL, [_who(number) for number in range(MEMBERS)])
    return audiences


async def _run(app: AsyncApp, some: Sequence[str]) -> float:
    """Feed envelopes as the library's socket does once they are read."""
    await app.async_dispatch(AsyncBoltRequest(mode="socket_mode", body=json.loads(some[0])))
    start = perf_counter()
    for each in some:
        response = await app.async_dispatch(AsyncBoltRequest(mode="socket_mode", body=json.loads(each)))
        if response.status != 200:
            raise RuntimeError("an event was not acknowledged")
    return len(some) / (perf_counter() - start)
