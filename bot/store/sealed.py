"""How values that hold private words become bytes before they are sealed, and values again."""

import json
from typing import Any, Final, TypeVar, get_args

import msgspec

from bot.actions import Action

T = TypeVar("T")

KINDS: Final[dict[str, type[Action]]] = {each.kind: each for each in get_args(Action)}


def encode(value: object) -> bytes:
    """Write a value as JSON. Text that is no valid Unicode is kept as escapes, so that nothing is lost."""
    try:
        return msgspec.json.encode(value)
    except UnicodeEncodeError:
        return json.dumps(msgspec.to_builtins(value), separators=(",", ":")).encode("ascii")


def decode(stored: bytes) -> Any:  # noqa: ANN401 (what it holds is whatever was written)
    """Read a value back as plain dicts, lists and texts."""
    return json.loads(stored)


def decode_as(kind: type[T], stored: bytes) -> T:
    """Read a value back as what it was. Words are read as they were written, also half a pair of surrogates."""
    return msgspec.convert(decode(stored), kind, strict=False)


def decode_action(kind: str, stored: bytes) -> Action:
    """Read an action back."""
    action: Action = msgspec.convert(decode(stored), KINDS[kind], strict=False)
    return action
