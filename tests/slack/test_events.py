"""Whatever Slack may send, by its own published types, is heard or let be, and breaks neither hearing nor writing."""

import json
import random
from pathlib import Path
from typing import Any, Final

import pytest

from adapters.inbox import _written
from bot.platform import Post
from tests.slack.server.shapes import definitions, event_shapes
from tests.slack.stage import Stage, open_school

DEEPEST: Final = 6


def made(shape: dict[str, Any], dice: random.Random, depth: int = 0) -> Any:  # noqa: ANN401 (any JSON)
    """Make up a value of a shape: what it must have, and some of what it may."""
    if "$ref" in shape:
        return made(definitions()[shape["$ref"].rpartition("/")[2]], dice, depth + 1)
    if "const" in shape:
        return shape["const"]
    if "enum" in shape:
        return dice.choice(shape["enum"])
    for many in ("anyOf", "oneOf"):
        if many in shape:
            return made(dice.choice(shape[many]) if depth < DEEPEST else shape[many][0], dice, depth + 1)
    if "allOf" in shape:
        parts = [made(each, dice, depth + 1) for each in shape["allOf"]]
        return {name: value for part in parts if isinstance(part, dict) for name, value in part.items()}
    kind = shape.get("type")
    return _of_kind(dice.choice(kind) if isinstance(kind, list) else kind, shape, dice, depth)


def _of_kind(kind: str | None, shape: dict[str, Any], dice: random.Random, depth: int) -> Any:  # noqa: ANN401
    match kind:
        case "object":
            wanted = set(shape.get("required", ()))
            names = [each for each in shape.get("properties", {}) if each in wanted or _takes(dice, depth)]
            return {name: made(shape["properties"][name], dice, depth + 1) for name in names}
        case "array":
            items = shape.get("items", {})
            number = dice.randint(0, 2) if depth < DEEPEST else 0
            return [made(items, dice, depth + 1) for _ in range(number)] if isinstance(items, dict) else []
        case "string":
            return dice.choice(["", "words", "1795000000.000100", "\ud83d", "<@U1|x> &amp; <http://a.example|b>"])
        case "number" | "integer":
            return dice.choice([0, 1, 1_795_000_000])
        case "boolean":
            return dice.random() < 0.5
        case "null":
            return None
        case _:
            return dice.choice(["words", {}, [], None])


def _takes(dice: random.Random, depth: int) -> bool:
    return depth < DEEPEST and dice.random() < 0.5


async def told(stage: Stage, event: Any, number: int) -> str:  # noqa: ANN401
    """Let the adapter hear an event; say what broke, if anything did."""
    body = {"type": "event_callback", "event_id": f"Ev{number}", "event": event}
    try:
        await stage.slack.ears.hear(body)
    except Exception as error:  # noqa: BLE001 (a test names what broke)
        return f"{event.get('type')} {event.get('subtype')}: {type(error).__name__}: {error}"
    return ""


@pytest.mark.parametrize("seed", range(6))
async def test_no_event_that_slack_publishes_breaks_the_hearing(tmp_path: Path, seed: int) -> None:
    """A hundred kinds, with what they must have and some of what they may, the strangest strings among it."""
    dice, broken, number = random.Random(seed), list[str](), 0
    async with open_school(tmp_path) as stage:
        for (kind, subtype), name in sorted(event_shapes().items(), key=str):
            for _ in range(3):
                event = made(definitions()[name], dice) | {"type": kind, "channel": stage.team.id}
                event |= {"subtype": subtype} if subtype else {}
                number += 1
                broken.append(await told(stage, event, number))
        for each in await stage.heard():
            _written(each)

    assert number > 250
    assert [each for each in broken if each] == []


@pytest.mark.parametrize("seed", range(6))
async def test_no_nonsense_breaks_it_either(tmp_path: Path, seed: int) -> None:
    """The same with parts of another kind than they should be, as a fault of Slack's or a forger would send."""
    dice, broken, number = random.Random(seed), list[str](), 0
    async with open_school(tmp_path) as stage:
        for name in sorted({*event_shapes().values()}):
            event = made(definitions()[name], dice)
            for part in list(event):
                if part != "type" and dice.random() < 0.3:
                    event[part] = dice.choice([None, 0, "x", [], {}, [1], {"id": 1}])
            number += 1
            broken.append(await told(stage, event, number))
        for each in await stage.heard():
            _written(each)

    assert [each for each in broken if each] == []


@pytest.mark.parametrize("seed", range(4))
async def test_the_words_of_every_kind_of_message_are_heard(tmp_path: Path, seed: int) -> None:
    dice, missed = random.Random(seed), list[str]()
    async with open_school(tmp_path) as stage:
        for number, kind in enumerate((None, "me_message", "file_share", "thread_broadcast", "bot_message")):
            name = event_shapes()["message", kind]
            event = json.loads(json.dumps(made(definitions()[name], dice)).replace("\\ud83d", ""))
            event |= {"channel": stage.team.id, "channel_type": "channel", "ts": f"179500000{number}.000100"}
            event |= {"user": stage.people["s1"].id, "text": "canary", "app_id": "A0OTHER", "bot_id": "B0OTHER"}
            await stage.slack.ears.hear({"event": event, "event_id": f"Ev{number}"})
            found = [stage.slack.landing.heard.get_nowait() for _ in range(stage.slack.landing.heard.qsize())]
            posts = [each for each in found if isinstance(each, Post)]
            if not any("canary" in word.text for post in posts for word in post.words):
                missed.append(str(kind))

    assert missed == []
