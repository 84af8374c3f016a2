"""The files of posts that were taken away: which are kept, and why others are not; and one, opened."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, select

from bot.actions import Remove
from bot.exhibit import Exhibit
from bot.message import Attached
from bot.store.memory import data_key
from bot.store.record import file_key
from bot.store.sealed import decode, decode_action, decode_as
from bot.store.tables import DEED, ENTRY, EXCERPT
from bot.store.vault import MasterKey


@dataclass(frozen=True, slots=True)
class FileTold:
    """What the ledger tells of one file, without opening it."""

    seq: int
    number: int
    """Which file of the post it is, from 1 on."""
    size: int
    """Bytes that are kept; 0 where none are."""
    not_kept: str
    """Why not; empty where it is kept."""


def told(connection: Connection, master: MasterKey, platform: str, post: str) -> list[FileTold]:
    """List the files that were to be taken away with a post, in their order, as far as anything became of them."""
    attached = dict.fromkeys(each.file for each in _attached(connection, master, platform, post))
    found = (_became(connection, master, platform, post, each) for each in attached)
    return [
        FileTold(seq, number, facts.get("bytes", 0), facts.get("not_kept", ""))
        for number, (seq, facts) in enumerate(filter(None, found), 1)
    ]


def opened(connection: Connection, master: MasterKey, seq: int) -> Exhibit | None:
    """Open what an entry keeps of a file; None where it is forgotten."""
    row = connection.execute(select(EXCERPT.c.data_key, EXCERPT.c.sealed).where(EXCERPT.c.seq == seq)).one()
    key = data_key(connection, master, row.data_key)
    return None if key is None else decode_as(Exhibit, key.open(row.sealed, b"entry %d" % seq))


def _attached(connection: Connection, master: MasterKey, platform: str, post: str) -> Iterator[Attached]:
    """Name the files of every removal of a post, as far as they are not forgotten."""
    about = master.index("about", platform, post)
    removals = select(DEED).where(DEED.c.about == about, DEED.c.kind == Remove.kind).order_by(DEED.c.seq)
    for row in connection.execute(removals).all():
        key = data_key(connection, master, row.data_key)
        action = None if key is None else decode_action(row.kind, key.open(row.sealed, row.id.encode()))[0]
        if isinstance(action, Remove):
            yield from action.attached


def _became(
    connection: Connection, master: MasterKey, platform: str, post: str, file: str
) -> tuple[int, dict[str, Any]] | None:
    """Find what became of a file; that it is kept counts for more than that it once was not."""
    keys = [file_key(master, platform, post, file, is_kept=each) for each in (True, False)]
    query = select(ENTRY.c.seq, ENTRY.c.body).where(ENTRY.c.key.in_(keys))
    rows = [(seq, decode(body)) for seq, body in connection.execute(query).all()]
    return max(rows, key=lambda row: "bytes" in row[1], default=None)
