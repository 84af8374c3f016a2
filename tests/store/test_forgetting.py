"""Forgetting is final: in the database, its log, restored backups and the copies taken before a migration."""

import asyncio
import json
import os
import resource
import secrets
import shutil
import sqlite3
import time
from collections.abc import Iterator
from contextlib import closing
from datetime import date, datetime, timedelta
from pathlib import Path

import pytest

from bot.errors import ConfigurationError
from bot.house import HouseFiles, open_house
from bot.store import chain
from bot.store.database import copies_of
from bot.store.forgetting import delete_copy, forget_in_copy
from tests.district import DAY, NOON
from tests.store.house import chat, draft, faults, house, place, post, rows, tamper, words_of

WEEK = timedelta(days=7)
LATER = NOON + WEEK + timedelta(days=1)
LAST_DAY, DAY_AFTER = DAY + WEEK, DAY + WEEK + timedelta(days=1)
CHAT_KEY = "SELECT id, wrapped FROM data_key WHERE forget_after IS NOT NULL"


def tombstones(folder: Path) -> list[str]:
    """Read the file beside the master key."""
    file = folder / "c.key.forgotten"
    return file.read_text(encoding="ascii").split() if file.exists() else []


def holding(folder: Path, secret: bytes) -> list[str]:
    """Name the files of a folder that hold some bytes."""
    return sorted(each.name for each in folder.iterdir() if each.is_file() and secret in each.read_bytes())


async def chatted(folder: Path) -> tuple[str, bytes, int]:
    """Write some chat and a removal; give the chat's key and the number of its entry."""
    async with house(folder) as open_:
        written = await open_.ledger.write(draft(open_, chat()))
        await open_.ledger.write(draft(open_, post("p2")))
    assert written is not None
    ((name, wrapped),) = rows(place(folder).database, CHAT_KEY)
    return name, wrapped, written.seq


async def test_words_are_kept_to_the_end_of_the_seventh_day_and_gone_the_day_after(tmp_path: Path) -> None:
    """Whole days, both ends included. What has no last day stays."""
    name, _, seq = await chatted(tmp_path)
    async with house(tmp_path) as open_:
        too_early = await open_.ledger.forget(LAST_DAY, NOON)
        still = await words_of(open_, seq)
        forgot = await open_.ledger.forget(DAY_AFTER, LATER)
        gone = await words_of(open_, seq)
        case = await words_of(open_, seq + 1)
        again = await open_.ledger.forget(DAY_AFTER, LATER)

    assert (too_early, forgot, again) == (0, 1, 0)
    assert still is not None
    assert gone is None
    assert case is not None
    assert tombstones(tmp_path) == [name]


async def test_the_ledger_names_what_was_forgotten_and_still_proves_itself(tmp_path: Path) -> None:
    """That something was forgotten, and when, is on record; what it said is not."""
    name, _, _ = await chatted(tmp_path)
    async with house(tmp_path) as open_:
        await open_.ledger.forget(DAY_AFTER, LATER)
    ((body,),) = rows(place(tmp_path).database, "SELECT body FROM entry WHERE kind = 'forgot'")

    assert json.loads(body)["keys"] == [name]
    assert datetime.fromisoformat(json.loads(body)["at"]) == LATER
    assert await faults(tmp_path) == []


async def test_writing_goes_on_after_forgetting(tmp_path: Path) -> None:
    """Late words of a forgotten day get a new key, and go with the next forgetting."""
    name, _, _ = await chatted(tmp_path)
    async with house(tmp_path) as open_:
        await open_.ledger.forget(DAY_AFTER, LATER)
        late = await open_.ledger.write(draft(open_, chat("late")))
        assert late is not None
        words = await words_of(open_, late.seq)
        forgot = await open_.ledger.forget(DAY_AFTER, LATER)

    assert words is not None
    assert forgot == 1
    assert tombstones(tmp_path)[0] == name
    assert len(set(tombstones(tmp_path))) == 2
    assert await faults(tmp_path) == []


async def test_a_dropped_key_is_in_no_file_any_more(tmp_path: Path) -> None:
    """Neither in a freed page nor in the log, while the house is open and after it is closed."""
    _, wrapped, _ = await chatted(tmp_path)
    before = holding(tmp_path, wrapped)
    async with house(tmp_path) as open_:
        await open_.ledger.write(draft(open_, chat("p3")))
        await open_.ledger.forget(DAY_AFTER, LATER)
        while_open = holding(tmp_path, wrapped)

    assert before == ["c.sqlite"]
    assert while_open == []
    assert holding(tmp_path, wrapped) == []


def made_keys(folder: Path, last_day: date) -> dict[str, bytes]:
    """Put a school day's keys into the file: most of them last a week, some among them stay."""
    keys = {secrets.token_hex(8): os.urandom(60) for _ in range(69)}
    days = [None if number % 7 == 0 and number < 63 else last_day.isoformat() for number in range(69)]
    with closing(sqlite3.connect(place(folder).database)) as connection, connection:
        rows_of_keys = [(name, os.urandom(16), keys[name], day) for name, day in zip(keys, days, strict=True)]
        connection.executemany("INSERT INTO data_key VALUES (?, ?, ?, ?)", rows_of_keys)
    return keys


async def test_no_dropped_key_is_left_in_the_gaps_of_a_page(tmp_path: Path) -> None:
    """SQLite moves rows between pages as others go, and does not clear where they stood."""
    made: dict[str, bytes] = {}
    async with house(tmp_path) as open_:
        for day in range(25):
            made |= made_keys(tmp_path, DAY + timedelta(days=day + 7))
            await open_.ledger.forget(DAY + timedelta(days=day), NOON)
    stays = {name for (name,) in rows(place(tmp_path).database, "SELECT id FROM data_key")}
    gone, held = [wrapped for name, wrapped in made.items() if name not in stays], place(tmp_path).database.read_bytes()

    assert len(gone) == 17 * 60
    assert [wrapped for wrapped in gone if wrapped in held] == []
    assert rows(place(tmp_path).database, "PRAGMA integrity_check") == [("ok",)]


async def test_keys_that_stay_are_the_same_after_others_were_dropped(tmp_path: Path) -> None:
    """They are written anew each time, with their scope and their last day."""
    await chatted(tmp_path)
    made_keys(tmp_path, LAST_DAY + WEEK)
    stay = "SELECT * FROM data_key WHERE forget_after IS NULL OR forget_after > ? ORDER BY id"
    before = rows(place(tmp_path).database, stay, DAY_AFTER.isoformat())
    async with house(tmp_path) as open_:
        await open_.ledger.forget(DAY_AFTER, LATER)

    assert len(before) > 69
    assert rows(place(tmp_path).database, "SELECT * FROM data_key ORDER BY id") == before


async def test_a_log_that_somebody_reads_is_emptied_at_a_later_tidy(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """A backup, or `audit verify`, holds what is older in the log and the file; nothing may be due the next time."""
    _, wrapped, _ = await chatted(tmp_path)
    async with house(tmp_path) as open_:
        with closing(sqlite3.connect(place(tmp_path).database, isolation_level=None)) as reader:
            reader.execute("BEGIN")
            reader.execute("SELECT count(*) FROM entry").fetchone()
            await open_.ledger.forget(DAY_AFTER, LATER)
            meanwhile, told = holding(tmp_path, wrapped), capsys.readouterr().out
        again = await open_.ledger.forget(DAY_AFTER, LATER)
        later, told_later = holding(tmp_path, wrapped), capsys.readouterr().out

    assert again == 0
    assert meanwhile != []
    assert "may hold what was forgotten" in told
    assert later == []
    assert told_later == ""


async def test_a_log_that_somebody_reads_holds_nobody_up_for_long(tmp_path: Path) -> None:
    """Nobody writes while it is emptied, and told to stop we have 5 seconds."""
    await chatted(tmp_path)
    async with house(tmp_path) as open_:
        with closing(sqlite3.connect(place(tmp_path).database, isolation_level=None)) as reader:
            reader.execute("BEGIN")
            reader.execute("SELECT count(*) FROM entry").fetchone()
            began = time.monotonic()
            forgetting = asyncio.create_task(open_.ledger.forget(DAY_AFTER, LATER))
            await asyncio.sleep(0.1)
            await open_.ledger.write(draft(open_, chat("p9", at=LATER)))
            await forgetting
            took = time.monotonic() - began

    assert took < 4


async def test_a_log_that_a_crash_left_is_emptied_at_the_next_start(tmp_path: Path) -> None:
    """The key was dropped in the log alone, and still stood in the file; nothing was due any more."""
    _, wrapped, _ = await chatted(tmp_path)
    crashed = tmp_path / "crashed"
    crashed.mkdir()
    async with house(tmp_path) as open_:
        with closing(sqlite3.connect(place(tmp_path).database, isolation_level=None)) as reader:
            reader.execute("BEGIN")
            reader.execute("SELECT count(*) FROM entry").fetchone()
            await open_.ledger.forget(DAY_AFTER, LATER)
            for each in ("c.sqlite", "c.sqlite-wal", "c.key", "c.key.forgotten"):
                shutil.copy2(tmp_path / each, crashed / each)
    left = holding(crashed, wrapped)
    async with house(crashed):
        while_open = holding(crashed, wrapped)

    assert left != []
    assert while_open == []


async def test_a_key_of_the_same_run_is_in_no_file_any_more(tmp_path: Path) -> None:
    """It had only reached the log."""
    async with house(tmp_path) as open_:
        await open_.ledger.write(draft(open_, chat()))
        ((_, wrapped),) = rows(place(tmp_path).database, CHAT_KEY)
        await open_.ledger.forget(DAY_AFTER, LATER)
        while_open = holding(tmp_path, wrapped)

    assert while_open == []


async def test_more_keys_than_one_entry_names_are_all_forgotten(tmp_path: Path) -> None:
    """A summer's worth at once."""
    async with house(tmp_path) as open_:
        for number in range(0, 1100, 100):
            drafts = (draft(open_, chat(f"p{each}", room=f"room {each}")) for each in range(number, number + 100))
            for each in drafts:
                await open_.ledger.write(each)
        forgot = await open_.ledger.forget(DAY_AFTER, LATER)

    assert forgot == 1100
    assert len(set(tombstones(tmp_path))) == 1100
    assert rows(place(tmp_path).database, "SELECT count(*) FROM data_key WHERE forget_after IS NOT NULL") == [(0,)]
    assert await faults(tmp_path) == []


async def test_a_restored_backup_forgets_again_before_anyone_may_read(tmp_path: Path) -> None:
    """The backup has the key and an older ledger; the file beside the master key did not come back with it."""
    _, wrapped, seq = await chatted(tmp_path)
    backup = shutil.copy2(place(tmp_path).database, tmp_path.with_suffix(".backup"))
    async with house(tmp_path) as open_:
        await open_.ledger.forget(DAY_AFTER, LATER)
    shutil.copy2(backup, place(tmp_path).database)
    async with house(tmp_path) as open_:
        words = await words_of(open_, seq)
        while_open = holding(tmp_path, wrapped)

    assert words is None
    assert holding(tmp_path, wrapped) == []
    assert while_open == []


async def test_a_restored_backup_and_an_older_list_together_forget_what_the_ledger_tells(tmp_path: Path) -> None:
    """Either of the two is enough: without the list the ledger tells, and the list is written anew."""
    name, _, _ = await chatted(tmp_path)
    async with house(tmp_path) as open_:
        await open_.ledger.forget(DAY_AFTER, LATER)
    (tmp_path / "c.key.forgotten").unlink()
    async with house(tmp_path):
        pass

    assert tombstones(tmp_path) == [name]


async def test_a_list_that_cannot_be_written_is_told_and_healed_later(tmp_path: Path) -> None:
    """The ledger has told which keys are gone, so nothing is lost by it."""
    name, _, _ = await chatted(tmp_path)
    in_the_way = tmp_path / "c.key.forgotten"
    async with house(tmp_path) as open_:
        in_the_way.mkdir()
        with pytest.raises(ConfigurationError) as refused:
            await open_.ledger.forget(DAY_AFTER, LATER)
    in_the_way.rmdir()
    async with house(tmp_path):
        pass

    assert str(refused.value).startswith(f"{in_the_way} could not be written (")
    assert tombstones(tmp_path) == [name]


async def test_a_list_that_is_none_is_refused(tmp_path: Path) -> None:
    """Passing over it could let forgotten keys come back with a backup."""
    await chatted(tmp_path)
    (tmp_path / "c.key.forgotten").write_bytes(b"\xff\xfe")
    with pytest.raises(ConfigurationError) as refused:
        async with house(tmp_path):
            pass

    assert "c.key.forgotten holds no list of dropped keys" in str(refused.value)


async def test_a_crash_between_the_ledger_and_the_list_is_healed(tmp_path: Path) -> None:
    """The line was cut short: opening names the key whole, so that a backup restored next forgets it too."""
    name, _, seq = await chatted(tmp_path)
    backup = shutil.copy2(place(tmp_path).database, tmp_path.with_suffix(".backup"))
    async with house(tmp_path) as open_:
        await open_.ledger.forget(DAY_AFTER, LATER)
    (tmp_path / "c.key.forgotten").write_text(name[:5], encoding="ascii")
    async with house(tmp_path):
        pass
    healed = tombstones(tmp_path)
    shutil.copy2(backup, place(tmp_path).database)
    async with house(tmp_path) as open_:
        words = await words_of(open_, seq)

    assert name in healed
    assert words is None


def copied(folder: Path, made: datetime) -> Path:
    """Put a copy beside the database, as a migration makes one, as old as said."""
    copy = folder / f"c.sqlite.before-0002-{made:%Y%m%d}"
    shutil.copy2(place(folder).database, copy)
    os.utime(copy, (made.timestamp(), made.timestamp()))
    return copy


async def test_forgetting_reaches_the_copy_taken_before_a_migration(tmp_path: Path) -> None:
    """The copy is a second place where the key could be found."""
    _, wrapped, _ = await chatted(tmp_path)
    copy = copied(tmp_path, NOON)
    async with house(tmp_path, LATER) as open_:
        before = holding(tmp_path, wrapped)
        await open_.ledger.forget(DAY_AFTER, LATER)

    assert copy.name in before
    assert holding(tmp_path, wrapped) == []
    assert rows(copy, "SELECT count(*) FROM entry") == [(6,)]


async def test_no_dropped_key_is_left_in_the_gaps_of_a_copys_page(tmp_path: Path) -> None:
    """A copy forgets day after day as the database does."""
    made: dict[str, bytes] = {}
    async with house(tmp_path):
        for day in range(25):
            made |= made_keys(tmp_path, DAY + timedelta(days=day + 7))
    copy = copied(tmp_path, NOON)
    for day in range(25):
        last_day = (DAY + timedelta(days=day + 7)).isoformat()
        due = rows(place(tmp_path).database, "SELECT id FROM data_key WHERE forget_after = ?", last_day)
        forget_in_copy(copy, [name for (name,) in due])
    stays = {name for (name,) in rows(copy, "SELECT id FROM data_key")}
    gone, held = [wrapped for name, wrapped in made.items() if name not in stays], copy.read_bytes()

    assert len(gone) == 25 * 60
    assert [wrapped for wrapped in gone if wrapped in held] == []


async def test_a_copy_put_back_beside_the_database_forgets_at_the_next_start(tmp_path: Path) -> None:
    """Somebody kept the copy elsewhere."""
    _, wrapped, _ = await chatted(tmp_path)
    away = shutil.copy2(copied(tmp_path, NOON), tmp_path.with_suffix(".away"))
    async with house(tmp_path, LATER) as open_:
        await open_.ledger.forget(DAY_AFTER, LATER)
    shutil.copy2(away, copies_of(place(tmp_path).database)[0])
    async with house(tmp_path, LATER):
        pass

    assert holding(tmp_path, wrapped) == []


async def test_copies_go_after_fourteen_days_also_when_words_in_them_were_forgotten(tmp_path: Path) -> None:
    """Forgetting in a copy must not make it young again (rule 14)."""
    await chatted(tmp_path)
    copy = copied(tmp_path, NOON)
    async with house(tmp_path, NOON + timedelta(days=14)) as open_:
        await open_.ledger.forget(DAY_AFTER, LATER)
        on_the_last_day = copy.exists()
    async with house(tmp_path, NOON + timedelta(days=14, hours=25)):
        pass

    assert on_the_last_day
    assert not copy.exists()


def test_of_a_copy_whose_deletion_is_cut_short_nothing_stays_for_ever(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Wherever it is killed, the copy itself is still listed, and the next start deletes what is left."""
    copy, delete = tmp_path / "c.sqlite.before-0005-20260101", Path.unlink
    for allowed in range(4):
        for ending in ("", "-journal", "-wal", "-shm"):
            copy.with_name(f"{copy.name}{ending}").write_bytes(b"wrapped")
        left = iter(range(allowed))

        def killed(path: Path, missing_ok: bool = False, left: Iterator[int] = left) -> None:
            if next(left, None) is None:
                raise KeyboardInterrupt
            delete(path, missing_ok)

        with monkeypatch.context() as patched:
            patched.setattr(Path, "unlink", killed)
            with pytest.raises(KeyboardInterrupt):
                delete_copy(copy)
        for each in copies_of(tmp_path / "c.sqlite"):
            delete_copy(each)

        assert list(tmp_path.iterdir()) == []


async def test_copies_go_after_fourteen_days_also_while_the_house_stays_open(tmp_path: Path) -> None:
    """A bot may run for months without a start."""
    await chatted(tmp_path)
    copy = copied(tmp_path, NOON)
    async with house(tmp_path, LATER) as open_:
        await open_.ledger.forget(DAY_AFTER, NOON + timedelta(days=14))
        on_the_last_day = copy.exists()
        await open_.ledger.forget(DAY_AFTER, NOON + timedelta(days=14, hours=1))
        after = copy.exists()

    assert on_the_last_day
    assert not after


async def test_a_copy_that_another_program_holds_stays_and_forgets_later(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """It is whole, and may be needed: only what could never forget is deleted."""
    _, wrapped, _ = await chatted(tmp_path)
    copy = copied(tmp_path, NOON)
    async with house(tmp_path, LATER) as open_:
        with closing(sqlite3.connect(copy, isolation_level=None)) as holder:
            holder.execute("BEGIN IMMEDIATE")
            await open_.ledger.forget(DAY_AFTER, LATER)
            meanwhile, told = holding(tmp_path, wrapped), capsys.readouterr().out
        await open_.ledger.forget(DAY_AFTER, LATER)

    assert meanwhile == [copy.name]
    assert copy.name in told
    assert "database is locked" in told
    assert rows(copy, "SELECT count(*) FROM entry") == [(6,)]
    assert holding(tmp_path, wrapped) == []


async def test_a_copy_on_a_full_disk_stays(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A full disk is no reason to lose it."""
    name, _, _ = await chatted(tmp_path)
    with closing(sqlite3.connect(place(tmp_path).database)) as connection:
        connection.execute("VACUUM INTO ?", (str(tmp_path / "c.sqlite.before-0002-20261118"),))
    (copy,) = copies_of(place(tmp_path).database)
    before, most = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (100, most))
    try:
        forget_in_copy(copy, [name])
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (before, most))
    told = capsys.readouterr().out
    forget_in_copy(copy, [name])

    assert "a copy could not be made to forget" in told
    assert rows(copy, CHAT_KEY) == []


@pytest.mark.parametrize("size", [5000, 20_000])
@pytest.mark.parametrize("rubbish", [False, True])
async def test_a_copy_that_can_never_forget_is_deleted_and_told(
    tmp_path: Path, size: int, rubbish: bool, capsys: pytest.CaptureFixture[str]
) -> None:
    """It was cut short, or is no database; what stands beside it goes with it."""
    name, _, _ = await chatted(tmp_path)
    copy = copied(tmp_path, NOON)
    copy.write_bytes(b"rubbish" * size if rubbish else copy.read_bytes()[:size])
    copy.with_name(f"{copy.name}-journal").write_bytes(b"half a journal")
    forget_in_copy(copy, [name])

    assert copies_of(place(tmp_path).database) == []
    assert holding(tmp_path, b"half a journal") == []
    assert copy.name in capsys.readouterr().out


@pytest.mark.parametrize(
    "left", ["c.sqlite.before-0002-20261118-journal", "c.sqlite.before-0002-20261118"], ids=["journal", "half a copy"]
)
async def test_what_a_crash_left_of_a_copy_does_not_keep_the_house_shut(tmp_path: Path, left: str) -> None:
    """A power cut may strike while a copy is made, or while something is forgotten in it."""
    await chatted(tmp_path)
    async with house(tmp_path) as open_:
        await open_.ledger.forget(DAY_AFTER, LATER)
    (tmp_path / left).write_bytes(place(tmp_path).database.read_bytes()[:5000])
    async with house(tmp_path) as open_:
        assert await open_.ledger.write(draft(open_, chat("p9")))


@pytest.mark.parametrize("ending", ["", "-journal", "-wal"])
async def test_a_copy_that_broke_off_does_not_outlive_the_next_start(tmp_path: Path, ending: str) -> None:
    """The disk was full on some other day: it holds keys, and no forgetting would ever reach it."""
    _, wrapped, _ = await chatted(tmp_path)
    draft_of_a_copy = tmp_path / f"c.sqlite.before-0004-20261101.part{ending}"
    shutil.copy2(place(tmp_path).database, draft_of_a_copy)
    async with house(tmp_path, LATER) as open_:
        at_once = not draft_of_a_copy.exists()
        await open_.ledger.forget(DAY_AFTER, LATER)

    assert at_once
    assert holding(tmp_path, wrapped) == []


async def test_a_copy_that_broke_off_goes_before_anything_else(tmp_path: Path) -> None:
    """Also where the house stays shut: a lost key may be looked for a long time."""
    await chatted(tmp_path)
    draft_of_a_copy = tmp_path / "c.sqlite.before-0004-20261101.part"
    shutil.copy2(place(tmp_path).database, draft_of_a_copy)
    place(tmp_path).key_file.rename(tmp_path / "elsewhere")
    with pytest.raises(ConfigurationError):
        async with house(tmp_path):
            pass

    assert not draft_of_a_copy.exists()


async def test_what_broke_off_beside_another_database_is_not_touched(tmp_path: Path) -> None:
    """Another Chaperone may be making that copy right now; and people name files as they like."""
    others = [
        "b.sqlite.before-0004-20261101.part",
        "cc.sqlite.before-0004-20261101.part",
        "c.sqlite2.before-0004-20261101.part",
        "c.sqlite.before-0003-20261101.before-0004-20261118.part",
        "c.sqlite.before-the-move.part",
        "c.sqlite.part",
    ]
    for each in others:
        (tmp_path / each).write_bytes(b"theirs")
    await chatted(tmp_path)

    assert [(tmp_path / each).read_bytes() for each in others] == [b"theirs"] * len(others)


async def test_a_databases_name_is_no_pattern(tmp_path: Path) -> None:
    """Brackets in it name neither more files nor fewer."""
    odd = HouseFiles(tmp_path / "c[1].sqlite", tmp_path / "c.key")
    own, another = (tmp_path / f"{each}.sqlite.before-0004-20261101.part" for each in ("c[1]", "c1"))
    for each in (own, another):
        each.write_bytes(b"half")
    async with open_house(odd, NOON):
        pass

    assert (own.exists(), another.exists()) == (False, True)


def test_the_copies_of_a_database_are_its_own_whatever_its_name(tmp_path: Path) -> None:
    """Else those of another would be deleted with it, and nothing would ever be forgotten in its own."""
    own, another = (tmp_path / f"{each}.sqlite.before-0004-20261101" for each in ("c[1]", "c1"))
    for each in (own, another):
        each.write_bytes(b"a copy")

    assert copies_of(tmp_path / "c[1].sqlite") == [own]


async def test_what_broke_off_and_cannot_be_deleted_is_told(tmp_path: Path) -> None:
    """It would hold keys for good, so a person has to see to it."""
    in_the_way = tmp_path / "c.sqlite.before-0004-20261101.part"
    in_the_way.mkdir()
    with pytest.raises(ConfigurationError) as refused:
        async with house(tmp_path):
            pass

    assert str(refused.value).startswith(f"{in_the_way} could not be deleted (")


FORGED = "CAST('{\"keys\":[\"' || (SELECT group_concat(id, '\",\"') FROM data_key) || '\"]}' AS BLOB)"
"""An entry's bytes that name every key there is."""


@pytest.mark.parametrize(
    "statement",
    [
        f"INSERT INTO entry VALUES (-7, 'forgot', NULL, NULL, {FORGED}, zeroblob(32))",
        f"INSERT INTO entry VALUES (0, 'forgot', NULL, NULL, {FORGED}, zeroblob(32))",
        f"INSERT INTO entry VALUES (999, 'forgot', NULL, NULL, {FORGED}, zeroblob(32))",
        f"UPDATE entry SET kind = 'forgot', key = NULL, digest = NULL, body = {FORGED} WHERE seq = 1",
        f"UPDATE entry SET kind = 'forgot', key = NULL, digest = NULL, body = {FORGED} WHERE seq = 3",
        "UPDATE entry SET kind = 'forgot', body = 'no bytes' WHERE seq = 3",
    ],
)
async def test_what_hangs_on_no_chain_makes_nobody_forget(tmp_path: Path, statement: str) -> None:
    """Somebody who can write the file and has no key must not get the program itself to destroy what it keeps."""
    await chatted(tmp_path)
    kept = rows(place(tmp_path).database, "SELECT id FROM data_key ORDER BY id")
    tamper(place(tmp_path).database, statement)
    async with house(tmp_path):
        pass

    assert rows(place(tmp_path).database, "SELECT id FROM data_key ORDER BY id") == kept
    assert tombstones(tmp_path) == []


async def test_a_forged_entry_linked_to_the_one_before_makes_nobody_forget(tmp_path: Path) -> None:
    """It must be linked to the entry after it, too: so whoever forges one has to write all the rest anew."""
    await chatted(tmp_path)
    file = place(tmp_path).database
    kept = rows(file, "SELECT id FROM data_key ORDER BY id")
    ((before,),) = rows(file, "SELECT hash FROM entry WHERE seq = 2")
    body = json.dumps({"keys": [name for (name,) in kept]}).encode()
    forged = f"kind = 'forgot', body = x'{body.hex()}', hash = x'{chain.link(before, body).hex()}'"
    tamper(file, f"UPDATE entry SET {forged} WHERE seq = 3")
    async with house(tmp_path):
        pass

    assert rows(file, "SELECT id FROM data_key ORDER BY id") == kept
