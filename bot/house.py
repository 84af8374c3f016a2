"""A house that is open: its files, its database, its ledger at work, and the group that owns every task."""

import asyncio
import gc
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Final

from bot.config import Configuration
from bot.disk import is_empty, is_there
from bot.errors import ConfigurationError
from bot.store.checkpoint import Checkpoint
from bot.store.database import Database, open_database, purpose_of, refuse_what_is_no_record
from bot.store.draft import Draft
from bot.store.ledger import Ledger
from bot.store.whole import finish

LIVE: Final = "live"
AUDIT: Final = "audit"
"""What a database is for, as its first entry says: the district's own record, or the audit of a history."""


@dataclass(frozen=True, slots=True)
class HouseFiles:
    """Where a house keeps its things."""

    database: Path
    key_file: Path
    purpose: str = LIVE

    @property
    def checkpoint(self) -> Path:
        """The file that remembers the last entry outside the database, so that a shortened ledger is noticed."""
        return self.database.with_name(f"{self.database.name}.checkpoint")

    @property
    def tombstones(self) -> Path:
        """The file that remembers which keys were dropped, so that a restored backup brings none of them back."""
        return self.key_file.with_name(f"{self.key_file.name}.forgotten")

    @property
    def board(self) -> Path:
        """The file that stands in for a replayed platform's memory."""
        return self.database.with_name(f"{self.database.name}.board")


def live_files(configuration: Configuration) -> HouseFiles:
    """Say where the settings keep the district's own record, and its key."""
    store = configuration.settings.store
    return HouseFiles(configuration.resolve(store.database), configuration.resolve(store.key_file))


@dataclass(frozen=True, slots=True)
class House:
    """An open house: its database, its ledger at work, and the task group that owns every task."""

    place: HouseFiles
    database: Database
    ledger: Ledger
    tasks: asyncio.TaskGroup


@asynccontextmanager
async def open_house(place: HouseFiles, now: datetime, patience: float = 0.0) -> AsyncIterator[House]:
    """Open the database and set the ledger to work; at the end let it finish and remember the last entry.

    `patience` is how many seconds a Chaperone that runs for long is asked to lend its turn. Whoever has none is one
    that runs for long itself, and the only one.

    Raises:
        ConfigurationError: it cannot be opened; or the turn that was lent did not come back.
    """
    refuse_emptied(place)
    refuse_what_is_no_record(place.database)
    refuse_other_purpose(place)
    calm_collector()
    async with open_database(place.database, place.key_file, place.tombstones, now, patience) as database:
        earlier = Checkpoint.read(place.checkpoint)
        ledger = Ledger(database)
        async with asyncio.TaskGroup() as tasks:
            writer = tasks.create_task(ledger.run())
            try:
                await _dedicate(ledger, database, place.purpose, now)
                yield House(place, database, ledger, tasks)
            finally:
                writer.cancel()
        ledger.refuse_if_ended()
        await _remember(database, place, earlier)


def calm_collector() -> None:
    """Look for garbage cycles rarely: the values of the journey make none, and looking cost a quarter of the speed."""
    gc.freeze()
    gc.set_threshold(20_000, 20, 20)


def refuse_emptied(place: HouseFiles) -> None:
    """Never begin anew where a record was: a copy that failed leaves an empty file.

    A crash at the very first start leaves one, too, but no checkpoint.
    """
    if is_empty(place.database) and is_there(place.checkpoint):
        raise ConfigurationError(
            f"{place.database} is empty, but {place.checkpoint} knows of a record in it. Put the database back from a "
            "backup. To start afresh, move away every file beside it whose name begins with its name."
        )


def refuse_nothing(place: HouseFiles) -> None:
    """Refuse to look where no record is: looking begins none."""
    if not is_there(place.database) or is_empty(place.database):
        raise ConfigurationError(f"There is no database at {place.database}. Name one with --database.")


def refuse_other_purpose(place: HouseFiles) -> None:
    """Never mix the district's record with the audit of a history."""
    if purpose_of(place.database) in {None, place.purpose}:
        return
    held, wanted = ("an audit", "A live Chaperone") if place.purpose == LIVE else ("the live record", "A replay")
    raise ConfigurationError(f"{place.database} holds {held}. {wanted} needs a database of its own; name another file.")


async def _dedicate(ledger: Ledger, database: Database, purpose: str, now: datetime) -> None:
    """Write once, as the first entry, what the database is for."""
    await ledger.write(Draft("opened", now, {"purpose": purpose}, key=database.master.index("opened", purpose)))


async def keep_checkpoint(house: House) -> None:
    """Move the checkpoint on while the house is open; who has lent the turn waits until it is back."""
    async with house.ledger.still():
        await _remember(house.database, house.place, Checkpoint.read(house.place.checkpoint))


async def _remember(database: Database, place: HouseFiles, earlier: Checkpoint | None) -> None:
    """Move the checkpoint on, but never past an entry that has gone missing: that must still be told."""
    await finish(_move_on(database, place, earlier))


async def _move_on(database: Database, place: HouseFiles, earlier: Checkpoint | None) -> None:
    async with database.reading().connect() as connection:
        if earlier is None or await connection.run_sync(earlier.holds):
            now = await connection.run_sync(Checkpoint.of)
            now.write(place.checkpoint)
