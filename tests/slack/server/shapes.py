"""The shapes that Slack publishes for its events, blocks and views, and whether something has one."""

import json
from functools import cache
from pathlib import Path
from typing import Any, Final

from jsonschema import Draft7Validator
from jsonschema.exceptions import best_match

from tests.slack.server.world import Body

FILE: Final = Path(__file__).parent.parent / "shapes" / "slack_types.json"
UNIONS: Final = frozenset({"AllMessageEvents", "MessageEvent", "SlackEvent"})
FORMS: Final = {"home": "HomeView", "modal": "ModalView"}


def fault(name: str, value: object) -> str:
    """Say what keeps something from having a shape; "" where nothing does."""
    error = best_match(_validator(name).iter_errors(value))
    return "" if error is None else f"{error.json_path}: {error.message}"[:300]


def block_fault(block: Body) -> str:
    """Say what keeps something from being a block that Slack knows; "" where nothing does."""
    name = _blocks().get(block.get("type", ""))
    return f"unsupported type: {block.get('type')}" if name is None else fault(name, block)


def view_fault(view: Body) -> str:
    """Say what keeps something from being a view that Slack knows, its blocks left aside; "" where nothing does."""
    name = FORMS.get(view.get("type", ""))
    return f"unsupported type: {view.get('type')}" if name is None else fault(name, view | {"blocks": []})


@cache
def event_shapes() -> dict[tuple[str, str | None], str]:
    """Name the shape of each event, by its type and subtype."""
    found = {}
    for name, shape in definitions().items():
        properties = shape.get("properties", {})
        if name.endswith("Event") and name not in UNIONS and "const" in properties.get("type", {}):
            kinds: dict[str, Any] = properties.get("subtype", {})
            subtype = kinds.get("const") if properties["type"]["const"] == "message" else None
            found[properties["type"]["const"], subtype] = name
    return found


@cache
def _blocks() -> dict[str, str]:
    """Name the shape of each block, by its type."""
    names = (each["$ref"].rpartition("/")[2] for each in definitions()["KnownBlock"]["anyOf"])
    return {_first(definitions()[name])["properties"]["type"]["const"]: name for name in names}


def _first(shape: Body) -> Body:
    """Give a shape, or the first of those that it may have."""
    first: Body = shape.get("anyOf", [shape])[0]
    return first


@cache
def _validator(name: str) -> Draft7Validator:
    return Draft7Validator({"$ref": f"#/definitions/{name}", "definitions": definitions()})


@cache
def definitions() -> dict[str, Any]:
    """Give every shape, by its name."""
    read: dict[str, Any] = json.loads(FILE.read_text(encoding="utf-8"))["definitions"]
    return read
