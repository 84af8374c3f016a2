"""What was heard and cannot be judged at once: kept, sealed and durable, so that a platform may be told we have it.

The ledger writes what is judged. When many posts wait to be judged, a platform that waits three seconds for an answer
would tell everything again, and at last give up. So what has waited too long is put here, and taken out once it is in
the ledger. What is left at a start is heard again.
"""

import asyncio
import sqlite3
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path
from typing import Final, cast

import msgspec

from adapters.sealing import Sealing
from bot.platform import Answer, Appeal, Deletion, Heard, Order, Post, ProfileSeen, Report, SpaceSeen

KINDS: Final = {each.__name__: each for each in (Post, Deletion, SpaceSeen, ProfileSeen, Report, Appeal, Order, Answer)}
"""What can be kept, by name."""

TABLE: Final = "CREATE TABLE IF NOT EXISTS heard (number INTEGER PRIMARY KEY, sealed BLOB NOT NULL)"


class Inbox:
    """A small database beside the ledger's. One thread of its own writes it; what comes at once is written at once."""

    def __init__(self, path: Path, sealing: Sealing) -> None:
        """Take where it is; it is opened when first needed."""
        self._path = path
        self._sealing = sealing
        self._thread = ThreadPoolExecutor(1, "inbox")
        self._waiting: list[tuple[int, bytes]] = []
        self._writing: asyncio.Future[None] | None = None
        self._kept: set[int] = set()
        self._number = _last(path)

    def left(self) -> Iterator[tuple[int, Heard]]:
        """Give what an earlier run left, in the order it was heard, each with its number."""
        if not self._path.exists():
            return
        with closing(sqlite3.connect(self._path)) as connection:
            rows = connection.execute("SELECT number, sealed FROM heard ORDER BY number").fetchall()
        for number, sealed in rows:
            self._kept.add(number)
            yield number, _read(self._sealing.open(sealed, b"heard %d" % number))

    async def keep(self, heard: Heard) -> int:
        """Keep something, and return once it is on disk; give the number by which it is dropped.

        Raises `OSError` or `sqlite3.Error` where it cannot be written: then nobody may be told that we have it.
        """
        self._number += 1
        number = self._number
        self._kept.add(number)
        self._waiting.append((number, self._sealing.seal(_written(heard), b"heard %d" % number)))
        loop = asyncio.get_running_loop()
        while any(each[0] == number for each in self._waiting):
            if self._writing is None:
                self._writing = asyncio.ensure_future(self._write(loop))
            await asyncio.shield(self._writing)
        return number

    async def _write(self, loop: asyncio.AbstractEventLoop) -> None:
        group = list(self._waiting)
        try:
            await loop.run_in_executor(self._thread, self._insert, group)
        finally:
            self._waiting = self._waiting[len(group) :]
            self._writing = None

    def _insert(self, rows: list[tuple[int, bytes]]) -> None:
        with closing(self._connect()) as connection, connection:
            connection.executemany("INSERT INTO heard VALUES (?, ?)", rows)

    async def drop(self, number: int) -> None:
        """Let something go that is in the ledger."""
        if number in self._kept:
            self._kept.discard(number)
            await asyncio.get_running_loop().run_in_executor(self._thread, self._delete, number)

    def _delete(self, number: int) -> None:
        with closing(self._connect()) as connection, connection:
            connection.execute("DELETE FROM heard WHERE number = ?", (number,))

    def _connect(self) -> sqlite3.Connection:
        connection = sqlite3.connect(self._path)
        connection.execute("PRAGMA synchronous = FULL")
        connection.execute("PRAGMA secure_delete = ON")
        connection.execute(TABLE)
        return connection

    def close(self) -> None:
        """Finish what is being written."""
        self._thread.shutdown()


def _last(path: Path) -> int:
    if not path.exists():
        return 0
    with closing(sqlite3.connect(path)) as connection:
        connection.execute(TABLE)
        return int(connection.execute("SELECT coalesce(max(number), 0) FROM heard").fetchone()[0])


def _written(heard: Heard) -> bytes:
    return msgspec.json.encode([type(heard).__name__, heard])


def _read(data: bytes) -> Heard:
    kind, body = msgspec.json.decode(data, type=tuple[str, msgspec.Raw])
    return cast("Heard", msgspec.json.decode(body, type=KINDS[kind]))
