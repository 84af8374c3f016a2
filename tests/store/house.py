"""A real house on real files, the invented district's posts, and a plain SQLite door for looking and tampering."""

import sqlite3
from collections.abc import Iterable
from contextlib import AbstractAsyncContextManager, closing
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import Connection

from bot.house import House, HouseFiles, open_house
from bot.judge import judge
from bot.message import MatterKind, PlaceId, PostId, PrivacyMatter, Where, Words
from bot.people import AccountId
from bot.plan import plan
from bot.platform import Post, Readers
from bot.store.audit import Audit, verify
from bot.store.checkpoint import Checkpoint
from bot.store.database import read_database
from bot.store.draft import Draft
from bot.store.record import Recorder
from bot.store.sealed import data_key
from rules.employee_04_group_messages import GroupMessages
from tests.district import NOON, roster

ROSTER = roster()
RULES = (GroupMessages(),)
A_MINUTE = timedelta(minutes=1)


def place(folder: Path) -> HouseFiles:
    """Name a database and its key file in a folder."""
    return HouseFiles(folder / "c.sqlite", folder / "c.key")


def house(folder: Path, now: datetime = NOON) -> AbstractAsyncContextManager[House]:
    """Open the house in a folder, as the wiring does."""
    return open_house(place(folder), now)


def post(
    id_: str = "p1",
    text: str = "Stay after class.",
    *,
    by: str = "coach",
    to: Iterable[str] = ("s1",),
    room: str = "room",
    revision: str = "",
    matter: MatterKind | None = None,
    emergency: bool = False,
    at: datetime = NOON,
) -> Post:
    """Let somebody write. As it stands, a coach writes to one student: the message is removed and the coach told."""
    readers = frozenset(AccountId(each) for each in to)
    return Post(
        "replay",
        PlaceId(room),
        PostId(id_),
        AccountId(by),
        at,
        Readers(readers, readers),
        (Words(Where.BODY, text),),
        revision,
        matter=matter,
        emergency=emergency,
    )


def chat(id_: str = "p1", text: str = "see you there", *, room: str = "room", at: datetime = NOON) -> Post:
    """Let a student write to others: nothing is found."""
    return post(id_, text, by="s1", to=("s2", "s3"), room=room, at=at)


def draft(house: House, heard: Post, inherited: PrivacyMatter | None = None, in_round: int = 0) -> Draft:
    """Take a post through the pure part of the journey."""
    message = ROSTER.recognise(heard, inherited)
    verdict = judge(message, RULES, in_round=in_round)
    lasting = None if message.matter is None else (message.matter, message.sent_at)
    return Recorder(house.database.master).judged(
        verdict, plan(verdict, ROSTER.on(message.day).offices), lasting=lasting
    )


def rows(path: Path, sql: str, *values: object) -> list[tuple[Any, ...]]:
    """Ask the file itself."""
    with closing(sqlite3.connect(path)) as connection:
        return connection.execute(sql, values).fetchall()


def tamper(path: Path, *statements: str) -> None:
    """Change the file behind everybody's back: the refusals are dropped first."""
    with closing(sqlite3.connect(path)) as connection, connection:
        triggers = connection.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall()
        for (name,) in triggers:
            connection.execute(f"DROP TRIGGER {name}")
        for statement in statements:
            connection.execute(statement)


async def faults(folder: Path) -> list[str]:
    """Verify the ledger in a folder, and give what does not hold."""
    return (await audited(folder)).faults


async def audited(folder: Path) -> Audit:
    """Verify the ledger in a folder, with the checkpoint beside it."""
    checkpoint = Checkpoint.read(place(folder).checkpoint)
    with read_database(place(folder).database) as connection:
        return verify(connection, checkpoint)


async def words_of(house: House, seq: int) -> bytes | None:
    """Read the words of an entry with the key; None when their key was dropped."""
    async with house.database.reading().connect() as connection:
        return await connection.run_sync(_words_of, house, seq)


def _words_of(connection: Connection, house: House, seq: int) -> bytes | None:
    """Open one excerpt."""
    name, sealed = connection.exec_driver_sql("SELECT data_key, sealed FROM excerpt WHERE seq = ?", (seq,)).one()
    key = data_key(connection, house.database.master, name)
    return None if key is None else key.open(sealed, b"entry %d" % seq)
