"""What was begun with the database is finished before whoever asked is stopped."""

import asyncio
from pathlib import Path

from sqlalchemy import Connection, text

from tests.store.house import house


async def test_a_look_that_is_stopped_is_finished_first(tmp_path: Path) -> None:
    """A connection that is broken off half way would keep the process from ever ending."""
    began, finished = asyncio.Event(), []
    loop = asyncio.get_running_loop()

    def slow(connection: Connection, _: object) -> None:
        loop.call_soon_threadsafe(began.set)
        for _ in range(50):
            connection.execute(text("SELECT 1"))
        finished.append(True)

    async with house(tmp_path) as opened:
        asking = asyncio.create_task(opened.ledger.read(slow))
        await began.wait()
        asking.cancel()
        await asyncio.wait({asking})

    assert asking.cancelled()
    assert finished == [True]
