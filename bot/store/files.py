"""The files of posts that were taken away: which are kept, and why others are not; and one, opened."""

from dataclasses import dataclass

from sqlalchemy import Connection, select

from bot.exhibit import MOST
from bot.store.memory import data_key
from bot.store.record import KeptFile, file_key
from bot.store.sealed import decode, decode_as
from bot.store.tables import ENTRY, EXCERPT
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
    """List the files of a post, in their order. Each has a key of its own, so they are found without searching."""
    keys = [file_key(master, platform, post, number) for number in range(1, MOST + 1)]
    query = select(ENTRY.c.seq, ENTRY.c.body).where(ENTRY.c.key.in_(keys)).order_by(ENTRY.c.seq)
    found = ((seq, decode(body)) for seq, body in connection.execute(query).all())
    return [FileTold(seq, each["file"], each.get("bytes", 0), each.get("not_kept", "")) for seq, each in found]


def opened(connection: Connection, master: MasterKey, seq: int) -> KeptFile | None:
    """Open what an entry keeps of a file; None where it is forgotten."""
    row = connection.execute(select(EXCERPT.c.data_key, EXCERPT.c.sealed).where(EXCERPT.c.seq == seq)).one()
    key = data_key(connection, master, row.data_key)
    return None if key is None else decode_as(KeptFile, key.open(row.sealed, b"entry %d" % seq))
