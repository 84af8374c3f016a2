"""The database's history: up, down, up again; never over something that is not ours, never without a copy."""

import os
import resource
import shutil
import sqlite3
import stat
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from datetime import timedelta
from pathlib import Path

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, create_engine

import migrations
from bot.errors import ConfigurationError
from bot.store.audit import verify
from bot.store.database import copies_of, read_database
from bot.store.tables import METADATA
from tests.district import NOON
from tests.store.house import chat, draft, faults, house, place, post, rows, words_of
from tests.store.next_release import FOLLOWING, NEXT

SCHEMA = "SELECT type, name, tbl_name, sql FROM sqlite_master WHERE tbl_name NOT LIKE 'alembic%' ORDER BY name"
NOW = migrations.HEAD
FAILING = NEXT.replace(
    "    op.add_column",
    '    op.execute("CREATE TABLE half (a)")\n    raise RuntimeError("half way")\n    op.add_column',
)


def configuration(connection: Connection) -> Config:
    """Say where the steps are, as the house does."""
    config = Config()
    config.set_main_option("script_location", str(Path(migrations.__file__).parent))
    config.set_main_option("path_separator", "os")
    config.attributes["connection"] = connection
    return config


def with_connection(file: Path, work: Callable[[Connection], object]) -> None:
    """Do something within one transaction on a file."""
    engine = create_engine(f"sqlite:///{file}")
    with engine.begin() as connection:
        work(connection)
    engine.dispose()


def next_release(folder: Path, monkeypatch: pytest.MonkeyPatch, step: str = NEXT) -> None:
    """Let a later release stand in place of this one: its steps are ours and one more."""
    steps = folder / "next" / "migrations"
    shutil.copytree(Path(migrations.__file__).parent, steps, ignore=shutil.ignore_patterns("__pycache__"))
    (steps / "versions" / f"{FOLLOWING}_next.py").write_text(step, encoding="utf-8")
    monkeypatch.setattr(migrations, "HEAD", FOLLOWING)
    monkeypatch.setattr(migrations, "__file__", str(steps / "__init__.py"))


async def refusal(folder: Path) -> str:
    """Open what must not be opened, and give the reason."""
    with pytest.raises(ConfigurationError) as refused:
        async with house(folder):
            pass
    return str(refused.value)


async def test_from_nothing_the_steps_make_exactly_our_tables(tmp_path: Path) -> None:
    """What the code believes and what the database has are the same; comments aside, which SQLite does not keep."""
    differences: list[object] = []

    def compare(connection: Connection) -> None:
        options = {"compare_type": True, "compare_server_default": True}
        differences.extend(compare_metadata(MigrationContext.configure(connection, opts=options), METADATA))

    async with house(tmp_path):
        pass
    with_connection(place(tmp_path).database, compare)

    assert differences == []


def test_the_steps_are_one_line_each_with_its_reason() -> None:
    """Linear, numbered, ending where the code says, and none without a why."""
    config = Config()
    config.set_main_option("script_location", str(Path(migrations.__file__).parent))
    config.set_main_option("path_separator", "os")
    steps = list(ScriptDirectory.from_config(config).walk_revisions())

    assert [each.revision for each in steps][::-1] == [f"{number:04}" for number in range(1, len(steps) + 1)]
    assert steps[0].revision == migrations.HEAD
    assert all(each.doc and "Why:" in (each.module.__doc__ or "") for each in steps)
    assert all(Path(each.path).name.startswith(f"{each.revision}_") for each in steps)


def test_down_and_up_again_comes_to_the_same(tmp_path: Path) -> None:
    """Nothing is left behind on the way down, the refusals included."""
    file = tmp_path / "c.sqlite"
    with_connection(file, lambda connection: command.upgrade(configuration(connection), "head"))
    up = rows(file, SCHEMA)
    with_connection(file, lambda connection: command.downgrade(configuration(connection), "base"))
    down = rows(file, SCHEMA)
    with_connection(file, lambda connection: command.upgrade(configuration(connection), "head"))

    assert down == []
    assert rows(file, SCHEMA) == up
    assert rows(file, "SELECT chain, seq, hash FROM head") == [(1, 0, bytes(32))]


async def test_a_house_opens_what_was_taken_down(tmp_path: Path) -> None:
    """An empty database that went down is like none at all, and no copy of it is needed."""
    async with house(tmp_path):
        pass
    fresh = tmp_path / "fresh"
    fresh.mkdir()
    with_connection(place(fresh).database, lambda connection: command.upgrade(configuration(connection), "head"))
    with_connection(place(fresh).database, lambda connection: command.downgrade(configuration(connection), "base"))
    shutil.copy2(place(tmp_path).key_file, place(fresh).key_file)
    async with house(fresh) as open_:
        assert await open_.ledger.write(draft(open_, chat()))

    assert copies_of(place(fresh).database) == []


async def test_going_down_is_refused_once_something_was_written(tmp_path: Path) -> None:
    """The ledger is never taken away."""
    async with house(tmp_path):
        pass
    before = rows(place(tmp_path).database, SCHEMA), rows(place(tmp_path).database, "SELECT * FROM entry")
    with pytest.raises(RuntimeError, match="Restore a backup instead"):
        with_connection(
            place(tmp_path).database, lambda connection: command.downgrade(configuration(connection), "base")
        )

    assert before == (
        rows(place(tmp_path).database, SCHEMA),
        rows(place(tmp_path).database, "SELECT * FROM entry"),
    )


async def test_a_newer_database_is_refused_and_left_alone(tmp_path: Path) -> None:
    """An older program would write what a newer one does not expect."""
    async with house(tmp_path):
        pass
    with closing(sqlite3.connect(place(tmp_path).database)) as connection, connection:
        connection.execute("UPDATE alembic_version SET version_num = '0099'")
    before = place(tmp_path).database.read_bytes()
    writing = await refusal(tmp_path)
    with pytest.raises(ConfigurationError) as reading, read_database(place(tmp_path).database):
        pass

    assert writing == str(reading.value)
    assert "was made by a newer Chaperone (step 0099; this one knows" in writing
    assert place(tmp_path).database.read_bytes() == before


async def test_an_older_database_is_not_read_before_it_is_brought_forward(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Looking never migrates."""
    async with house(tmp_path):
        pass
    next_release(tmp_path, monkeypatch)
    older = pytest.raises(ConfigurationError, match=r"made by an older Chaperone.* an audit by `chaperone notices`")
    with older, read_database(place(tmp_path).database):
        pass

    assert rows(place(tmp_path).database, "SELECT version_num FROM alembic_version") == [(NOW,)]


@pytest.mark.parametrize("content", [b"no database\n" * 500, b"PK\x03\x04" + bytes(2000), b"SQLite format 2\x00" * 100])
async def test_a_file_that_is_no_database_is_refused_and_left_alone(tmp_path: Path, content: bytes) -> None:
    """Named by mistake, for writing or for reading."""
    place(tmp_path).database.write_bytes(content)
    place(tmp_path).key_file.write_text("ab" * 32, encoding="ascii")
    writing = await refusal(tmp_path)
    with pytest.raises(ConfigurationError) as reading, read_database(place(tmp_path).database):
        pass

    assert writing == str(reading.value)
    assert writing == f"{place(tmp_path).database} is not a database. Name another file, or restore a backup."
    assert place(tmp_path).database.read_bytes() == content


async def test_a_database_that_was_cut_short_is_said_to_be_damaged(tmp_path: Path) -> None:
    """For writing or for reading: it is no full disk, and to go on writing would damage it more."""
    file = place(tmp_path).database
    async with house(tmp_path):
        pass
    os.truncate(file, file.stat().st_size // 2)
    with pytest.raises(ConfigurationError) as reading, read_database(file) as connection:
        verify(connection, None)
    writing = await refusal(tmp_path)

    assert writing == str(reading.value)
    assert writing.startswith(f"{file} is damaged (database disk image is malformed). Keep a copy of it as it is, and")


async def test_a_database_without_one_of_our_tables_is_said_to_be_damaged(tmp_path: Path) -> None:
    """Somebody took it out; whoever looks for a full disk instead finds none."""
    file = place(tmp_path).database
    async with house(tmp_path):
        pass
    with closing(sqlite3.connect(file)) as somebody, somebody:
        somebody.execute("DROP TABLE open_case")
    with pytest.raises(ConfigurationError) as reading, read_database(file) as connection:
        verify(connection, None)

    assert str(reading.value).startswith(f"{file} is damaged (no such table: open_case).")


async def test_somebody_elses_database_is_refused_and_left_alone(tmp_path: Path) -> None:
    """Our tables have no business in it."""
    with closing(sqlite3.connect(place(tmp_path).database)) as connection, connection:
        connection.execute("CREATE TABLE grades (student, grade)")
    place(tmp_path).key_file.write_text("ab" * 32, encoding="ascii")
    with pytest.raises(ConfigurationError) as reading, read_database(place(tmp_path).database):
        pass
    writing = await refusal(tmp_path)

    assert "is not a Chaperone database: it has no ledger." in str(reading.value)
    assert "is not a Chaperone database" in writing
    assert [name for _, name, *_ in rows(place(tmp_path).database, SCHEMA)] == ["grades"]


@pytest.mark.parametrize("step", ["ae1027a6acf", "00012ab34c", "0000"])
async def test_somebody_elses_alembic_database_is_refused_and_left_alone(tmp_path: Path, step: str) -> None:
    """Other programs keep their steps in a table of the same name."""
    with closing(sqlite3.connect(place(tmp_path).database)) as connection, connection:
        connection.execute("CREATE TABLE alembic_version (version_num VARCHAR(32) NOT NULL)")
        connection.execute("INSERT INTO alembic_version VALUES (?)", (step,))
        connection.execute("CREATE TABLE grades (student, grade)")
    place(tmp_path).key_file.write_text("ab" * 32, encoding="ascii")
    reason = await refusal(tmp_path)

    assert str(place(tmp_path).database) in reason
    assert [name for _, name, *_ in rows(place(tmp_path).database, SCHEMA)] == ["grades"]


async def test_an_empty_file_with_its_key_becomes_a_database(tmp_path: Path) -> None:
    """A crash may leave it before the first step; without its key it is refused like any other."""
    place(tmp_path).database.touch()
    without = await refusal(tmp_path)
    place(tmp_path).key_file.write_text("ab" * 32, encoding="ascii")
    async with house(tmp_path) as open_:
        written = await open_.ledger.write(draft(open_, chat()))

    assert "its key file" in without
    assert written is not None
    assert await faults(tmp_path) == []


async def test_before_a_step_the_database_is_copied_whole(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The way back is a file beside it, for its owner alone; the words in it open with the same key."""
    async with house(tmp_path) as open_:
        written = await open_.ledger.write(draft(open_, post(text="kumquat")))
    assert written is not None
    entries = rows(place(tmp_path).database, "SELECT * FROM entry")
    next_release(tmp_path, monkeypatch)
    async with house(tmp_path) as open_:
        again = await open_.ledger.write(draft(open_, post(text="kumquat")))
        going_on = await open_.ledger.write(draft(open_, chat("p2")))
    (copy,) = copies_of(place(tmp_path).database)

    assert copy.name == f"c.sqlite.before-{FOLLOWING}-20261118"
    assert stat.S_IMODE(copy.stat().st_mode) == 0o600
    assert rows(copy, "SELECT version_num FROM alembic_version") == [(NOW,)]
    assert rows(copy, "SELECT * FROM entry") == entries
    assert rows(place(tmp_path).database, "SELECT version_num FROM alembic_version") == [(FOLLOWING,)]
    assert rows(place(tmp_path).database, "SELECT witness FROM entry LIMIT 1") == [(None,)]
    assert again is None
    assert going_on is not None
    assert b"kumquat" not in copy.read_bytes()
    assert await faults(tmp_path) == []


async def test_the_copy_put_back_is_the_record_as_it_was(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Going back to the release before is: stop, put the copy back, start."""
    async with house(tmp_path) as open_:
        written = await open_.ledger.write(draft(open_, post()))
    assert written is not None
    with monkeypatch.context() as later:
        next_release(tmp_path, later)
        async with house(tmp_path):
            pass
    (copy,) = copies_of(place(tmp_path).database)
    for each in ("-wal", "-shm"):
        (tmp_path / f"c.sqlite{each}").unlink(missing_ok=True)
    copy.replace(place(tmp_path).database)
    async with house(tmp_path) as open_:
        words = await words_of(open_, written.seq)

    assert words is not None
    assert await faults(tmp_path) == []


def copies_and_drafts(folder: Path) -> list[str]:
    """Name what was made before a step, whole or not."""
    return sorted(each.name for each in folder.iterdir() if ".before-" in each.name)


@contextmanager
def little_room(size: int) -> Iterator[None]:
    """Let no file grow beyond a size, as on a full disk."""
    before, most = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, most))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (before, most))


async def test_a_disk_too_full_for_the_copy_is_told_and_nothing_is_left_of_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One plain sentence; the database is as it was, and no half copy keeps keys and room."""
    async with house(tmp_path):
        pass
    next_release(tmp_path, monkeypatch)
    with little_room(place(tmp_path).database.stat().st_size // 2):
        told = await refusal(tmp_path)

    assert told.startswith(f"{tmp_path / f'c.sqlite.before-{FOLLOWING}-20261118'} could not be written (")
    assert copies_and_drafts(tmp_path) == []
    assert rows(place(tmp_path).database, "SELECT version_num FROM alembic_version") == [(NOW,)]


async def test_a_step_that_fails_is_not_half_taken(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """It is one transaction; the copy is there all the same."""
    async with house(tmp_path):
        pass
    before = rows(place(tmp_path).database, SCHEMA)
    next_release(tmp_path, monkeypatch, FAILING)
    with pytest.raises(RuntimeError, match="half way"):
        async with house(tmp_path):
            pass

    assert rows(place(tmp_path).database, SCHEMA) == before
    assert rows(place(tmp_path).database, "SELECT version_num FROM alembic_version") == [(NOW,)]
    assert len(copies_of(place(tmp_path).database)) == 1


async def test_a_copy_is_kept_for_fourteen_days(tmp_path: Path) -> None:
    """Long enough to notice that a release is wrong, not longer than words may be kept (rule 14)."""
    async with house(tmp_path):
        pass
    copy = tmp_path / f"c.sqlite.before-{FOLLOWING}-20261118"
    shutil.copy(place(tmp_path).database, copy)
    os.utime(copy, (NOON.timestamp(), NOON.timestamp()))
    for days, there in ((13, True), (15, False)):
        async with house(tmp_path, NOON + timedelta(days=days)):
            pass

        assert copy.exists() is there
