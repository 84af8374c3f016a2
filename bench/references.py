"""What the product is compared with, measured in the same run: bare SQLite, and the pipeline one would write first."""

import asyncio
import sqlite3
import tempfile
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path
from time import perf_counter
from typing import Any, Final

from sqlalchemy import BigInteger, Column, Integer, MetaData, String, Table, UniqueConstraint, event, insert
from sqlalchemy.engine import URL
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine

from bench.journey import Day, every_rule
from bot.judge import Verdict, judge

PRAGMAS: Final = ("PRAGMA journal_mode=WAL", "PRAGMA synchronous=FULL")
PLAIN: Final = """CREATE TABLE message (
    id INTEGER PRIMARY KEY, platform TEXT NOT NULL, channel TEXT NOT NULL, post TEXT NOT NULL, body BLOB NOT NULL,
    UNIQUE (platform, channel, post)
)"""
INSERT: Final = "INSERT INTO message (platform, channel, post, body) VALUES (?, ?, ?, ?)"


def raw_sqlite(day: Day, folder: Path, group: int) -> float:
    """Put the posts as they came into one plain table with a unique key, so many a transaction: rows a second."""
    rows = [(each.platform, each.place, each.id, line) for each, line in zip(day.posts, day.lines, strict=True)]
    with (
        tempfile.TemporaryDirectory(dir=folder) as name,
        closing(sqlite3.connect(Path(name) / "raw.sqlite", isolation_level=None)) as connection,
    ):
        for statement in (*PRAGMAS, PLAIN):
            connection.execute(statement)
        start = perf_counter()
        for first in range(0, len(rows), group):
            _commit(connection, rows[first : first + group])
        return len(rows) / (perf_counter() - start)


def _commit(connection: sqlite3.Connection, rows: Sequence[tuple[str, str, str, bytes]]) -> None:
    connection.execute("BEGIN IMMEDIATE")
    connection.executemany(INSERT, rows)
    connection.execute("COMMIT")


METADATA = MetaData()
MESSAGE = Table(
    "message",
    METADATA,
    Column("id", BigInteger().with_variant(Integer, "sqlite"), primary_key=True),
    Column("platform", String, nullable=False),
    Column("channel", String, nullable=False),
    Column("post", String, nullable=False),
    Column("author", String, nullable=False),
    Column("text", String, nullable=False),
    UniqueConstraint("platform", "channel", "post"),
)
VERDICT = Table(
    "verdict",
    METADATA,
    Column("id", Integer, primary_key=True),
    Column("post", String, nullable=False),
    Column("measures", String, nullable=False),
)
AUDIT = Table(
    "audit",
    METADATA,
    Column("id", Integer, primary_key=True),
    Column("at", String, nullable=False),
    Column("what", String, nullable=False),
)


def naive_pipeline(day: Day, folder: Path) -> float:
    """Judge with the same rules, but open a transaction a message, one after the other: messages a second.

    No encryption, no chain and no deeds: message, verdict and audit row are plain inserts.
    """
    with tempfile.TemporaryDirectory(dir=folder) as name:
        return asyncio.run(_naive(day, Path(name) / "naive.sqlite"))


async def _naive(day: Day, path: Path) -> float:
    engine = create_async_engine(URL.create("sqlite+aiosqlite", database=str(path)))
    event.listen(engine.sync_engine, "connect", _set_up)
    roster, rules = day.roster(), every_rule()
    try:
        async with engine.begin() as connection:
            await connection.run_sync(METADATA.create_all)
        start = perf_counter()
        for post in day.posts:
            await _write(engine, judge(roster.recognise(post), rules), post.sent_at.isoformat())
        return len(day.posts) / (perf_counter() - start)
    finally:
        await engine.dispose()


async def _write(engine: AsyncEngine, verdict: Verdict, at: str) -> None:
    message = verdict.subject
    text = "\n".join(words.text for words in message.words)
    channel, author = getattr(message, "place", ""), getattr(message, "account", "")
    row = {"platform": message.id.platform, "channel": channel, "post": message.id.post, "author": author, "text": text}
    async with engine.begin() as connection:
        await connection.execute(insert(MESSAGE), row)
        await connection.execute(insert(VERDICT), {"post": message.id.post, "measures": " ".join(verdict.measures)})
        await connection.execute(insert(AUDIT), {"at": at, "what": f"judged {message.id.post}"})


def _set_up(connection: Any, _record: object) -> None:  # noqa: ANN401 (SQLAlchemy's adapted driver connection has no type)
    cursor = connection.cursor()
    for pragma in PRAGMAS:
        cursor.execute(pragma)
    cursor.close()
