"""How fast a ledger is proved: every link of the chain, every sealed word, every deed."""

import asyncio
import hashlib
import sqlite3
from contextlib import closing
from pathlib import Path
from time import perf_counter
from typing import Final

from bench.journey import Day, carry, place
from bot.store.audit import verify
from bot.store.database import read_database

ROWS: Final = 10_000


def write_ledger(day: Day, folder: Path) -> Path:
    """Carry a day into a database that stays."""
    folder.mkdir()
    asyncio.run(carry(day, folder))
    return place(folder).database


def ours(database: Path) -> float:
    """Prove a ledger: entries a second."""
    with read_database(database) as connection:
        start = perf_counter()
        audit = verify(connection)
        took = perf_counter() - start
    if audit.faults:
        raise RuntimeError(f"the ledger that was just written does not hold: {audit.faults[0]}")
    return audit.entries / took


def bare_chain(database: Path) -> float:
    """Read the entries alone and hash them one after the other: what no proof can be faster than."""
    with closing(sqlite3.connect(f"file:{database}?mode=ro", uri=True)) as connection:
        start, before, count = perf_counter(), bytes(32), 0
        cursor = connection.execute("SELECT body, hash FROM entry ORDER BY seq")
        while rows := cursor.fetchmany(ROWS):
            for body, _ in rows:
                before = hashlib.sha256(before + body).digest()
            count += len(rows)
        return count / (perf_counter() - start)
