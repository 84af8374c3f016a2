"""The files of posts that were taken away: which are kept, and why others are not; and one, opened."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, select

from bot.actions import Remove
from bot.exhibit import Exhibit
from bot.message import Attached
from bot.store.record import Recorder
from bot.store.sealed import decode, open_action, open_words
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
    row = connection.execute(select(EXCERPT).where(EXCERPT.c.seq == seq)).one()
    return open_words(connection, master, row, Exhibit)


def _attached(connection: Connection, master: MasterKey, platform: str, post: str) -> Iterator[Attached]:
    """Name the files of every removal of a post, as far as they are not forgotten."""
    about = Recorder(master).about(platform, post)
    removals = select(DEED).where(DEED.c.about == about, DEED.c.kind == Remove.kind).order_by(DEED.c.seq)
    for row in connection.execute(removals).all():
        match open_action(connection, master, row):
            case Remove(attached=attached), _:
                yield from attached


def _became(
    connection: Connection, master: MasterKey, platform: str, post: str, file: str
) -> tuple[int, dict[str, Any]] | None:
    """Find what became of a file; that it is kept counts for more than that it once was not."""
    keys = [Recorder(master).file(platform, post, file, is_kept=each) for each in (True, False)]
    query = select(ENTRY.c.seq, ENTRY.c.body).where(ENTRY.c.key.in_(keys))
    rows = [(seq, decode(body)) for seq, body in connection.execute(query).all()]
    return max(rows, key=lambda row: "bytes" in row[1], default=None)
