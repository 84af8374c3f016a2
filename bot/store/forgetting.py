"""Forgetting is final: keys that were dropped stay dropped, in backups and copies too."""

import json
import os
import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import closing
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Final

import structlog
from sqlalchemy import Connection, select

from bot.disk import unreadable, unwritable
from bot.errors import ConfigurationError
from bot.store import chain
from bot.store.tables import DATA_KEY, ENTRY, HEAD

WRITE_ANEW: Final = (
    "CREATE TEMP TABLE kept AS SELECT * FROM data_key",
    "DELETE FROM data_key",
    "INSERT INTO data_key SELECT * FROM kept",
    "DROP TABLE temp.kept",
)
"""Writes the keys that stay anew, in the transaction that drops the others.

`secure_delete` overwrites a row that is deleted, and a page that is let go. It does not overwrite what is left of a row
in the gaps of its old page when the tree is balanced, and such a row may be the next to be dropped. Emptying the table
lets every page go, whatever stands in its gaps. A table made for this moment is held in memory (`temp_store`).
"""

AWAITED: Final = 1.0
"""Seconds for which a copy that another program holds is waited for."""

LOG = structlog.get_logger("chaperone.forgetting")

DAMAGED: Final = frozenset({sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB})
"""What SQLite answers where a file is no database, or no whole one."""

BESIDE: Final = ("-journal", "-wal", "-shm", "")
"""The endings of SQLite's own files beside a copy, in which keys may stand, too; the copy is last. It alone is listed:
what stands beside one that is gone would be found no more."""


@dataclass(frozen=True, slots=True)
class Tombstones:
    """The ids of dropped keys, one a line, in a file beside the master key.

    The ledger holds them too, but a restored backup brings an older ledger; this file does not come back with it.
    """

    path: Path

    def add(self, keys: Iterable[str]) -> None:
        """Write ids down, durably. A line that a crash cut short is ended first.

        Raises:
            ConfigurationError: it could not be written. The ledger knows the ids, and the next start adds them.
        """
        try:
            with self.path.open("a", encoding="ascii") as file:
                file.write("\n".join(("", *keys, "")))
                file.flush()
                os.fsync(file.fileno())
            self.path.chmod(0o600)
        except OSError as error:
            raise unwritable(self.path, error) from error

    def read(self) -> frozenset[str]:
        """Read all ids. A last line cut short by a crash names no key, which is harmless.

        Raises:
            ConfigurationError: it could not be read, or is no list of ids.
        """
        try:
            return frozenset(self.path.read_text(encoding="ascii").split())
        except FileNotFoundError:
            return frozenset()
        except OSError as error:
            raise unreadable(self.path, error) from error
        except UnicodeDecodeError as error:
            raise ConfigurationError(
                f"{self.path} holds no list of dropped keys: it should be plain text, an id a line. Put back your "
                "newest copy of it."
            ) from error

    def returned(self, connection: Connection) -> list[str]:
        """Find the keys that were dropped before and are here again: the first thing done to a possible backup.

        The ledger may know of keys that a crash kept out of the file; they are added to it.
        """
        known = self.read()
        told = {key for body in _forgot(connection) for key in json.loads(body)["keys"]}
        if told - known:
            self.add(sorted(told - known))
        present = set(connection.scalars(select(DATA_KEY.c.id)))
        return sorted(present & (known | told))


def _forgot(connection: Connection) -> Iterator[bytes]:
    """Read the entries that tell of forgetting, of those alone that stand in the chain.

    Dropping a key destroys evidence, so it is not done for a row that somebody put into the file: one that is not
    linked both to the entry before and to the entry after it, or to the head, is left to `audit verify`.
    """
    before, after = ENTRY.alias("before"), ENTRY.alias("after")
    told = select(ENTRY.c.seq, ENTRY.c.body, ENTRY.c.hash, before.c.hash, after.c.body, after.c.hash)
    told = told.outerjoin(before, before.c.seq == ENTRY.c.seq - 1).outerjoin(after, after.c.seq == ENTRY.c.seq + 1)
    head = connection.execute(select(HEAD.c.seq, HEAD.c.hash)).one_or_none()
    for seq, body, hash_, hash_before, body_after, hash_after in connection.execute(
        told.where(ENTRY.c.kind == "forgot")
    ):
        is_linked = _links(chain.FIRST if seq == 1 else hash_before, body, hash_)
        goes_on = _links(hash_, body_after, hash_after) if body_after is not None else (seq, hash_) == head
        if is_linked and goes_on:
            yield body


def _links(before: object, body: object, hash_: object) -> bool:
    """Say whether an entry's bytes are chained to a hash, whatever somebody may have put into the columns."""
    return isinstance(before, bytes) and isinstance(body, bytes) and chain.link(before, body) == hash_


def forget_in_copy(copy: Path, keys: Iterable[str]) -> None:
    """Drop keys in a copy taken before a migration, whatever release its tables are of. Its age stays what it was.

    A copy that is no database, or a damaged one, is deleted: nothing in it could ever be forgotten. One that is held by
    another program, or on a full disk, is told of and stays as it is: whoever calls tries again later.
    """
    try:
        made = copy.stat()
        _drop_in_copy(copy, frozenset(keys))
        os.utime(copy, (made.st_atime, made.st_mtime))
    except (sqlite3.Error, OSError) as error:
        if not _is_damage(error):
            LOG.warning("a copy could not be made to forget; it is tried again", copy=copy.name, why=str(error))
            return
        LOG.warning("a copy is damaged and could never forget, so it is deleted", copy=copy.name, why=str(error))
        delete_copy(copy)


def _is_damage(error: Exception) -> bool:
    """Tell damage, in its many kinds, from what only is in the way now."""
    return getattr(error, "sqlite_errorcode", 0) & 0xFF in DAMAGED


def delete_copy(copy: Path) -> None:
    """Delete a copy and what stands beside it. One that cannot be is told of: whoever calls tries again later."""
    try:
        for ending in BESIDE:
            copy.with_name(f"{copy.name}{ending}").unlink(missing_ok=True)
    except OSError as error:
        LOG.warning("a copy could not be deleted; it is tried again", copy=copy.name, why=error.strerror)


def _drop_in_copy(copy: Path, keys: frozenset[str]) -> None:
    with closing(sqlite3.connect(copy, timeout=AWAITED)) as connection:
        for pragma in ("secure_delete=ON", "temp_store=MEMORY"):
            connection.execute(f"PRAGMA {pragma}")
        dropped = [(key,) for (key,) in connection.execute("SELECT id FROM data_key").fetchall() if key in keys]
        if dropped:
            with connection:
                connection.executemany("DELETE FROM data_key WHERE id = ?", dropped)
                for statement in WRITE_ANEW:
                    connection.execute(statement)
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")  # somebody may have put it into that mode


def due(connection: Connection, today: date) -> list[str]:
    """List the keys whose last day has passed."""
    return list(connection.scalars(select(DATA_KEY.c.id).where(DATA_KEY.c.forget_after < today)))
