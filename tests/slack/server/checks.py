"""Whether Slack would take blocks and views: by their shapes, and by the lengths and numbers it allows.

The lengths and numbers are those that Slack's own package of types gives in its comments.
"""

from collections.abc import Iterator, Mapping
from typing import Any, Final

from tests.slack.server.shapes import block_fault, view_fault
from tests.slack.server.world import Body

MOST_BLOCKS: Final = {"message": 50, "modal": 100, "home": 100}
LENGTHS: Final[Mapping[str, Mapping[str, int]]] = {
    "header": {"text": 150},
    "mrkdwn": {"text": 3000},
    "plain_text": {"text": 3000},
    "input": {"label": 2000, "hint": 2000},
    "image": {"alt_text": 2000, "image_url": 3000, "title": 2000},
    "button": {"text": 75, "value": 2000, "url": 3000, "accessibility_label": 75},
    "modal": {"title": 24, "close": 24, "submit": 24, "private_metadata": 3000, "callback_id": 255},
    "home": {"private_metadata": 3000, "callback_id": 255},
}
"""The most characters of each text, by the type it belongs to."""
EVERYWHERE: Final = {"block_id": 255, "action_id": 255, "placeholder": 150}
COUNTS: Final[Mapping[str, Mapping[str, int]]] = {
    "section": {"fields": 10},
    "context": {"elements": 10},
    "actions": {"elements": 25},
    "overflow": {"options": 5},
    "checkboxes": {"options": 10},
    "radio_buttons": {"options": 10},
}
"""The most parts of each list, by the type it belongs to; any other list of options takes 100."""
MOST_OPTIONS: Final = 100
OPTION: Final = {"text": 75, "value": 75, "description": 75}
CONFIRMATION: Final = {"title": 100, "text": 300, "confirm": 30, "deny": 30}


def faults_of_blocks(blocks: list[Body], where: str = "message") -> list[str]:
    """Say everything for which Slack would refuse blocks."""
    found = [f"{where}: no more than {MOST_BLOCKS[where]} blocks"] if len(blocks) > MOST_BLOCKS[where] else []
    ids = [block["block_id"] for block in blocks if "block_id" in block]
    found += ["blocks: a block_id is there twice"] if len(ids) != len(set(ids)) else []
    for number, block in enumerate(blocks):
        wrong = block_fault(block)
        found += [f"[{number}] {wrong}"] if wrong else []
        found += [f"[{number}] {each}" for each in _too_long(block)]
    return found + list(_twice(blocks))


def faults_of_view(view: Body) -> list[str]:
    """Say everything for which Slack would refuse a view."""
    wrong = view_fault(view)
    if wrong:
        return [wrong]
    blocks, kind = view["blocks"], view["type"]
    found = [*_lengths(view, LENGTHS[kind]), *faults_of_blocks(blocks, kind)]
    asks = any(block.get("type") == "input" for block in blocks)
    return found + (
        ["submit: a modal with inputs needs it"] if kind == "modal" and asks and "submit" not in view else []
    )


def faults_of_options(answer: Body) -> list[str]:
    """Say everything for which Slack would offer nothing of what an app answered to what somebody typed."""
    options = answer.get("options")
    if not isinstance(options, list) or len(options) > MOST_OPTIONS:
        return [f"options: a list of no more than {MOST_OPTIONS} is needed"]
    return [fault for each in options for fault in _lengths(each, OPTION)]


def _too_long(part: Any) -> Iterator[str]:  # noqa: ANN401 (JSON)
    """Go through a block and all in it."""
    if isinstance(part, list):
        for each in part:
            yield from _too_long(each)
    if not isinstance(part, dict):
        return
    kind = str(part.get("type", ""))
    yield from _lengths(part, {**EVERYWHERE, **LENGTHS.get(kind, {})})
    yield from _counts(part, kind)
    for each in part.get("options", ()):
        yield from _lengths(each, OPTION)
    yield from _lengths(part.get("confirm") if isinstance(part.get("confirm"), dict) else {}, CONFIRMATION)
    for each in part.values():
        yield from _too_long(each)


def _lengths(part: Body | None, most: Mapping[str, int]) -> Iterator[str]:
    for key, limit in most.items():
        given = (part or {}).get(key)
        text = given.get("text") if isinstance(given, dict) else given
        if isinstance(text, str) and len(text) > limit:
            yield f"{key}: {len(text)} characters, and no more than {limit} are allowed"
        if key == "text" and text == "":
            yield "text: it is empty"


def _counts(part: Body, kind: str) -> Iterator[str]:
    for key, limit in {"options": MOST_OPTIONS, **COUNTS.get(kind, {})}.items():
        given = part.get(key)
        if isinstance(given, list) and not 1 <= len(given) <= limit:
            yield f"{key}: {len(given)} parts, and 1 to {limit} are allowed"


def _twice(blocks: list[Body]) -> Iterator[str]:
    """Find names that two elements of one block share."""
    for block in blocks:
        names = [
            each["action_id"] for each in block.get("elements", ()) if isinstance(each, dict) and "action_id" in each
        ]
        if len(names) != len(set(names)):
            yield "elements: an action_id is there twice"
