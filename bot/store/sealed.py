"""How values that hold private words become bytes before they are sealed, and values again once they are opened."""

import json
from typing import Any, Final, TypeVar, get_args

import msgspec
from sqlalchemy import Connection, Row, select

from bot.actions import Action
from bot.message import PostId
from bot.store.tables import DATA_KEY, EXCERPT
from bot.store.vault import DataKey, MasterKey

T = TypeVar("T")
AnyRow = Row[*tuple[Any, ...]]

KINDS: Final[dict[str, type[Action]]] = {each.kind: each for each in get_args(Action)}

OF_ENTRY: Final = b"entry %d"
"""What the words of an entry are bound to when they are sealed; a deed's are bound to its id."""


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


def data_key(connection: Connection, master: MasterKey, name: str) -> DataKey | None:
    """Fetch a data key by its id; None when it was dropped, and everything sealed with it is forgotten."""
    wrapped = connection.scalar(select(DATA_KEY.c.wrapped).where(DATA_KEY.c.id == name))
    return None if wrapped is None else master.unwrap(name, wrapped)


def open_words(connection: Connection, master: MasterKey, row: AnyRow, kind: type[T]) -> T | None:
    """Open the words of an entry, given its number, data key and sealed words; None when they are forgotten."""
    key = data_key(connection, master, row.data_key)
    return None if key is None else decode_as(kind, key.open(row.sealed, OF_ENTRY % row.seq))


def open_excerpt(connection: Connection, master: MasterKey, seq: int) -> Any | None:  # noqa: ANN401 (as in `decode`)
    """Open the words of the entry of a number; None when it has none, or they are forgotten."""
    row = connection.execute(select(EXCERPT).where(EXCERPT.c.seq == seq)).one_or_none()
    return None if row is None else open_words(connection, master, row, dict)


def open_action(connection: Connection, master: MasterKey, row: AnyRow) -> tuple[Action, PostId] | None:
    """Open what a row of the deeds is to do, with the post it is about; None when it is forgotten."""
    key = data_key(connection, master, row.data_key)
    return None if key is None else decode_action(row.kind, key.open(row.sealed, row.id.encode()))
