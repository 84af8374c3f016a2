"""Opens the district's database: one writer, locked; migrated, and a copy made before; the right key in hand."""

import asyncio
import json
import os
import re
import sqlite3
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, closing, contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from glob import escape
from pathlib import Path
from typing import Any, Final
from urllib.parse import quote

from sqlalchemy import Connection, Engine, create_engine, event, inspect, text
from sqlalchemy.engine import URL
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine

import migrations
from bot.disk import is_there, unwritable
from bot.errors import ConfigurationError
from bot.fault import point
from bot.people import PersonId
from bot.store.draft import Draft
from bot.store.forgetting import AWAITED, Tombstones, delete_copy, forget_in_copy
from bot.store.page import Page
from bot.store.turn import Turn
from bot.store.vault import KeyRing, MasterKey, read_master_key

COPY_NAME: Final = re.compile(r"\.before-\d+-\d{8}$")
"""The end of a whole copy's name; what a crash left of one has another."""

DRAFT_ENDING: Final = re.compile(r"\.before-\d+-\d{8}\.part(-journal|-wal|-shm)?")
"""What follows a database's name in that of a copy that was not finished, and of SQLite's own files beside it."""

DAMAGED: Final = re.compile(r"malformed|no such (table|column)")
"""What SQLite says of a database that was cut short, written over, or changed by somebody's hand."""

NO_DATABASE: Final = "not a database"
"""What SQLite says of another kind of file."""

COPIES_KEPT: Final = timedelta(days=14)
"""How long the copy taken before a migration stays (rule 14)."""


@dataclass(frozen=True, slots=True)
class Database:
    """An open database, its master key, and the list of keys that must never come back."""

    path: Path
    engine: AsyncEngine
    writing: Engine
    """For the ledger alone: it writes from a thread of its own, one hop for a whole group of entries."""
    master: MasterKey = field(repr=False)
    tombstones: Tombstones
    turn: Turn
    """The right to write."""

    def reading(self) -> AsyncEngine:
        """Give an engine for reading what is committed, beside the one connection that writes."""
        return self.engine.execution_options(reads_only=True)

    def truncate(self) -> bool:
        """Empty the write-ahead log into the database, so that nothing forgotten is left in it.

        Say whether it went through: it cannot while somebody reads what is older, or the disk is full. Nobody can write
        while it waits for them, so it waits briefly, over a connection of its own.
        """
        with closing(sqlite3.connect(self.path, timeout=AWAITED)) as connection:
            try:
                (busy, *_) = connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
            except sqlite3.Error:
                return False  # whoever writes finds out what is wrong
        return not busy

    def tend_copies(self, now: datetime) -> None:
        """Delete the copies that have had their time, and drop in the others whatever was dropped before.

        One of them may not have let it be done then.
        """
        drop_old_copies(self.path, now)
        copies = copies_of(self.path)
        keys = self.tombstones.read() if copies else frozenset()
        for copy in copies:
            forget_in_copy(copy, keys)


@asynccontextmanager
async def open_database(
    path: Path, key_file: Path, tombstones: Path, now: datetime, patience: float = 0.0
) -> AsyncIterator[Database]:
    """Open for writing. `now` only dates the copies taken before a migration: the new one, and those to be deleted.

    `patience` is how many seconds another process is asked to lend its turn. Whoever has none stays for long.

    Raises:
        ConfigurationError: another process has it, its key is missing or wrong, or it is newer than this program.
    """
    turn, dropped = Turn(path), Tombstones(tombstones)
    with _taken(turn, patience):
        _drop_drafts(path)
        master = read_master_key(key_file, path)
        engine = create_async_engine(URL.create("sqlite+aiosqlite", database=str(path)))
        writing = create_engine(URL.create("sqlite", database=str(path)))
        for each in (engine.sync_engine, writing):
            event.listen(each, "connect", _set_up)
            event.listen(each, "begin", _begin)
        try:
            await asyncio.to_thread(_prepare, writing, path, now)
            async with engine.begin() as connection:
                await connection.run_sync(_check_key, master)
                await connection.run_sync(_forget_again, master, dropped, now)
            database = Database(path, engine, writing, master, dropped, turn)
            await asyncio.to_thread(database.tend_copies, now)
            await asyncio.to_thread(database.truncate)  # a crash or a reader may have kept it from being emptied
            yield database
        except DBAPIError as error:
            raise plain_fault(error, path) from error
        except ExceptionGroup as group:  # whoever works in an open house does so in a task group
            faults, others = group.split(DBAPIError)
            if faults is None:
                raise
            told: list[Exception] = [plain_fault(_first(faults), path), *([] if others is None else [others])]
            raise ExceptionGroup(group.message, told) from group
        finally:
            writing.dispose()
            await engine.dispose()


@contextmanager
def read_database(path: Path) -> Iterator[Connection]:
    """Look at a database beside a running process: no lock, no migration, no key, and no loop; it may take seconds."""
    engine = create_engine(_read_only(path), execution_options={"reads_only": True})
    event.listen(engine, "connect", _begin_ourselves)
    event.listen(engine, "begin", _begin)
    try:
        with engine.connect() as connection:
            revision = _revision(connection)
            if revision != migrations.HEAD:
                raise _other_version(path, revision)
            yield connection
    except DBAPIError as error:
        raise plain_fault(error, path) from error
    finally:
        engine.dispose()


def purpose_of(path: Path) -> str | None:
    """Read from the first entry what a database is for, without its key; None when it does not say."""
    try:
        found = [json.loads(body) for (body,) in _asked(path, "SELECT body FROM entry WHERE seq = 1")]
    except ValueError:
        return None
    return str(found[0].get("purpose", "")) or None if found else None


def people_of(path: Path) -> frozenset[PersonId]:
    """Read who was ever imported, without the key; nobody where there is no record yet."""
    return frozenset(PersonId(each) for (each,) in _asked(path, "SELECT id FROM person"))


def refuse_what_is_no_record(path: Path) -> None:
    """Refuse a file that is none of ours, before its key is asked for and anything is made beside it.

    One that holds no table of its own may be what a crash left of the very first start.
    """
    try:
        with closing(sqlite3.connect(f"{_address(path)}?mode=ro", uri=True)) as connection:
            tables = {name for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
    except sqlite3.Error as error:
        if NO_DATABASE in str(error):
            raise _no_database(path) from error
        return  # whoever opens it says better what is wrong with it
    if tables - {"alembic_version"} and "entry" not in tables:
        raise _other_version(path, None)


def is_older(path: Path) -> bool:
    """Say whether a start would first bring a database forward, from an older release."""
    steps = [revision for (revision,) in _asked(path, "SELECT version_num FROM alembic_version")]
    return any(_is_ours(each) and each < migrations.HEAD for each in steps)


def _asked(path: Path, query: str) -> list[tuple[Any, ...]]:
    """Ask a database of any release, beside whoever writes it. Without one, or its table, nothing is answered."""
    try:
        with closing(sqlite3.connect(f"{_address(path)}?mode=ro", uri=True)) as connection:
            return connection.execute(query).fetchall()
    except sqlite3.Error:
        return []  # whoever opens it says better what is wrong with it


def _read_only(path: Path) -> URL:
    if not is_there(path):
        raise ConfigurationError(f"There is no database at {path}. Run `chaperone run` first, or name another file.")
    if path.is_dir():
        raise ConfigurationError(f"{path} is a folder. Name a database file.")
    return URL.create("sqlite", database=_address(path), query={"mode": "ro", "uri": "true"})


def _address(path: Path) -> str:
    """Write a file as SQLite's own kind of address, byte by byte: its name may be no text."""
    return f"file:{quote(os.fsencode(path.resolve()))}"


@contextmanager
def _taken(turn: Turn, patience: float) -> Iterator[None]:
    """Hold the turn: SQLite alone would let two writers starve each other."""
    if patience:
        turn.take(patience)
    else:
        turn.stay()
    try:
        yield
    finally:
        turn.give_up()


def _set_up(connection: Any, _record: object) -> None:  # noqa: ANN401 (SQLAlchemy's adapted driver connection has no type)
    """Make every connection durable and forgetful. Transactions are begun by `_begin` alone."""
    _begin_ourselves(connection, _record)
    cursor = connection.cursor()
    for pragma in (
        "journal_mode=WAL",
        "synchronous=FULL",
        "secure_delete=ON",
        "busy_timeout=5000",
        "temp_store=MEMORY",
    ):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


def _begin_ourselves(connection: Any, _record: object) -> None:  # noqa: ANN401
    """Keep the driver from beginning transactions: left to itself it begins none for reading, and sees many moments."""
    connection.isolation_level = None


def _begin(connection: Connection) -> None:
    """Take the write lock at once: a transaction that starts by reading could otherwise fail half-way."""
    reads_only = connection.get_execution_options().get("reads_only", False)
    connection.exec_driver_sql("BEGIN" if reads_only else "BEGIN IMMEDIATE")


def _prepare(engine: Engine, path: Path, now: datetime) -> None:
    with engine.connect() as connection:
        revision = _revision(connection)
        foreign = revision is None and bool({*inspect(connection).get_table_names()} - {"alembic_version"})
    if revision == migrations.HEAD:
        return
    if foreign or (revision is not None and not _is_ours(revision)) or (revision or "") > migrations.HEAD:
        raise _other_version(path, revision)
    if revision is not None:
        _copy_first(engine, path, now)
    with engine.begin() as connection:
        _migrate(connection)
    point("migrated")


def _is_ours(revision: str) -> bool:
    """Tell our numbered steps from other programs', who keep theirs in a table of the same name."""
    return re.fullmatch(r"\d{4}", revision) is not None and revision >= "0001"


def _revision(connection: Connection) -> str | None:
    if not inspect(connection).has_table("alembic_version"):
        return None
    found: str | None = connection.scalar(text("SELECT version_num FROM alembic_version"))
    return found


def _migrate(connection: Connection) -> None:
    from alembic import command  # noqa: PLC0415 (slow to load, and needed only when there is something to migrate)
    from alembic.config import Config  # noqa: PLC0415

    config = Config()
    config.set_main_option("script_location", str(Path(migrations.__file__).parent).replace("%", "%%"))
    config.set_main_option("path_separator", "os")
    config.attributes["connection"] = connection
    command.upgrade(config, "head")


def _copy_first(engine: Engine, path: Path, now: datetime) -> None:
    """Copy the database before it is changed: consistent, complete, and under its name only when it is whole.

    Raises:
        ConfigurationError: there was no room for it. Nothing is left of it.
    """
    copy = path.with_name(f"{path.name}.before-{migrations.HEAD}-{now:%Y%m%d}")
    draft = copy.with_name(f"{copy.name}.part")
    try:
        with engine.connect() as connection, closing(connection.connection.cursor()) as cursor:
            cursor.execute("VACUUM INTO ?", (str(draft),))
        draft.chmod(0o600)
        draft.replace(copy)
    except (sqlite3.Error, OSError) as error:
        _drop_drafts(path)
        raise unwritable(copy, error) from error
    point("copied before migrating")


def _drop_drafts(path: Path) -> None:
    """Delete what broke off while a copy was made, on whatever day: nothing in it would ever be forgotten.

    Only whoever holds the turn may do so, since nobody else can be making a copy then.
    """
    for each in path.parent.glob(f"{escape(path.name)}.before-*"):
        if DRAFT_ENDING.fullmatch(each.name.removeprefix(path.name)):
            _drop_draft(each)


def _drop_draft(draft: Path) -> None:
    try:
        draft.unlink(missing_ok=True)
    except OSError as error:
        raise ConfigurationError(
            f"{draft} could not be deleted ({error.strerror}). It is what broke off while a copy was made, and nothing "
            "in it can be forgotten. Delete it, and start again."
        ) from error


def copies_of(path: Path) -> list[Path]:
    """List the copies taken before migrations, oldest first."""
    copies = (each for each in path.parent.glob(f"{escape(path.name)}.before-*") if COPY_NAME.search(each.name))
    return sorted(copies, key=lambda copy: copy.stat().st_mtime)


def drop_old_copies(path: Path, now: datetime) -> None:
    """Delete the copies that have had their time."""
    for copy in copies_of(path):
        if now.timestamp() - copy.stat().st_mtime > COPIES_KEPT.total_seconds():
            delete_copy(copy)


CHECK: Final = "0" * 16
"""The id of a data key that seals nothing. Unwrapping it proves that the master key is the right one."""


def _check_key(connection: Connection, master: MasterKey) -> None:
    wrapped = connection.scalar(text("SELECT wrapped FROM data_key WHERE id = :id"), {"id": CHECK})
    if wrapped is not None:
        master.unwrap(CHECK, wrapped)
        return
    statement = text("INSERT INTO data_key (id, scope, wrapped) VALUES (:id, :scope, :wrapped)")
    connection.execute(statement, {"id": CHECK, "scope": bytes(16), "wrapped": master.wrap(CHECK, bytes(32))})


def _forget_again(connection: Connection, master: MasterKey, tombstones: Tombstones, now: datetime) -> None:
    """Drop what was dropped before, and let the ledger tell it: a restored backup brings an older ledger."""
    keys = tombstones.returned(connection)
    if keys:
        page = Page(connection, master, KeyRing())
        page.add(Draft("forgot", now, {"keys": keys}, drops=tuple(keys)))
        page.write()


def _other_version(path: Path, revision: str | None) -> ConfigurationError:
    if revision is None or not _is_ours(revision):
        return ConfigurationError(f"{path} is not a Chaperone database: it has no ledger. Name another file.")
    if revision > migrations.HEAD:
        return ConfigurationError(
            f"{path} was made by a newer Chaperone (step {revision}; this one knows {migrations.HEAD}). "
            "Install that release, or restore a backup."
        )
    return ConfigurationError(
        f"{path} was made by an older Chaperone. Bring it forward first: the district's own record by `chaperone run`, "
        "an audit by `chaperone notices` with its --database."
    )


def _no_database(path: Path) -> ConfigurationError:
    return ConfigurationError(f"{path} is not a database. Name another file, or restore a backup.")


def _first(group: ExceptionGroup[DBAPIError]) -> DBAPIError:
    """Pick one: when the disk is full, all of them say the same."""
    error = group.exceptions[0]
    return _first(error) if isinstance(error, ExceptionGroup) else error


def plain_fault(error: DBAPIError, path: Path) -> ConfigurationError:
    """Say what a failing database means, without the statement and its values: those are private."""
    if isinstance(error.orig, sqlite3.DatabaseError) and NO_DATABASE in str(error.orig):
        return _no_database(path)
    if isinstance(error.orig, sqlite3.DatabaseError) and DAMAGED.search(str(error.orig)):
        return ConfigurationError(
            f"{path} is damaged ({error.orig}). Keep a copy of it as it is, and restore a backup, see docs/running.md."
        )
    if isinstance(error.orig, sqlite3.IntegrityError):
        return ConfigurationError(
            f"{path} refused what was to be written ({error.orig}): it would change or repeat what stands there. "
            "Nothing was half written, and the disk is not the reason. Run `chaperone audit verify`. If all holds "
            "there, this is a fault of Chaperone: report it with this sentence."
        )
    return ConfigurationError(
        f"{path} could not be read or written ({error.orig}). Look whether the disk is full and whether this account "
        "may write there. Nothing was half written; start again when it is mended."
    )
