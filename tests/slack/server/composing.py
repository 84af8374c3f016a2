"""What Slack makes of the words that people type."""

import html
import re
from collections.abc import Iterable, Iterator

from tests.slack.server.world import Body, World

SPECIAL = re.compile(r"<([^<>]+)>")


def rich_text(text: str, block_id: str) -> list[Body]:
    """Write words as the block that Slack's own message box makes of them."""
    if not text:
        return []
    section = {"type": "rich_text_section", "elements": list(_elements(text))}
    return [{"type": "rich_text", "block_id": block_id, "elements": [section]}]


def _elements(text: str) -> Iterator[Body]:
    start = 0
    for found in SPECIAL.finditer(text):
        if found.start() > start:
            yield _plain(text[start : found.start()])
        yield _special(found[1])
        start = found.end()
    if start < len(text):
        yield _plain(text[start:])


def _plain(text: str) -> Body:
    return {"type": "text", "text": html.unescape(text)}


def _special(inside: str) -> Body:
    target, _, label = inside.partition("|")
    match target[0]:
        case "@":
            return {"type": "user", "user_id": target[1:]}
        case "#":
            return {"type": "channel", "channel_id": target[1:]}
        case "!":
            return {"type": "broadcast", "range": target[1:]}
        case _:
            return {"type": "link", "url": html.unescape(target)} | ({"text": html.unescape(label)} if label else {})


def numbered(world: World, blocks: Iterable[Body]) -> list[Body]:
    """Give blocks and what can be used in them the names that they lack."""
    return [_named(world, {"block_id": new_name(world), **block}) for block in blocks]


def new_name(world: World) -> str:
    """Make a name for a block, or for something in one."""
    return world.new_id("")[:5]


def _named(world: World, block: Body) -> Body:
    named = dict(block)
    for key in ("element", "accessory"):
        if key in named and named[key]["type"] != "image":
            named[key] = {"action_id": new_name(world), **named[key]}
    if block["type"] == "actions":
        named["elements"] = [{"action_id": new_name(world), **each} for each in block["elements"]]
    return named
