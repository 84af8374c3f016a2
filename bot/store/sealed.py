"""How values that hold private words become bytes before they are sealed, and values again."""

import json
from typing import Any, Final, TypeVar, get_args

import msgspec

from bot.actions import Action
from bot.message import PostId

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


def encode_action(action: Action, post: PostId) -> bytes:
    """Write an action with the post it is about."""
    return encode({"action": action, "post": post})


def decode_action(kind: str, stored: bytes) -> tuple[Action, PostId]:
    """Read an action back, with the post it is about: none where it was written before posts were kept with it."""
    told = decode(stored)
    action: Action = msgspec.convert(told.get("action", told), KINDS[kind], strict=False)
    return action, PostId(told.get("post", "") if "action" in told else "")
