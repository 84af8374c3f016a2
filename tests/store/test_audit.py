"""Whoever changes one thing in the record is found out, and the entry is named."""

import asyncio
import hashlib
import re
import sqlite3
from collections.abc import Callable, Mapping
from contextlib import closing
from datetime import datetime
from pathlib import Path

import pytest
from sqlalchemy import Connection, event

from bot.errors import ConfigurationError
from bot.message import MatterKind
from bot.platform import Outcome, Receipt
from bot.store import chain
from bot.store.audit import verify
from bot.store.checkpoint import Checkpoint
from bot.store.database import read_database
from bot.store.record import Recorder
from bot.wiring import look
from tests.district import DAY, NOON
from tests.store.house import audited, chat, draft, faults, house, place, post, rows, tamper

Facts = Mapping[str, object]
Columns = tuple[int, str, bytes | None, bytes | None, bytes, bytes]


async def a_record(folder: Path) -> None:
    """Write chat, a removal that is done, a matter with two copies, and an emergency whose deeds are still open."""
    async with house(folder) as open_:
        recorder = Recorder(open_.database.master)
        await open_.ledger.write(draft(open_, chat()))
        removal = await open_.ledger.write(draft(open_, post("p2")))
        assert removal is not None
        remove, tell, _ = removal.deeds
        for step in (
            recorder.begun(remove, NOON),
            recorder.closed(remove, Receipt(Outcome.DONE), NOON),
            recorder.begun(tell, NOON),
            recorder.closed(tell, Receipt(Outcome.REFUSED, "gone"), NOON),
        ):
            await open_.ledger.write(step)
        await open_.ledger.write(draft(open_, post("p3", matter=MatterKind.MEDICAL)))
        await open_.ledger.write(draft(open_, post("p4", emergency=True)))
        await open_.ledger.write(draft(open_, post("p5", by="nobody")))


@pytest.fixture
async def record(tmp_path: Path) -> Path:
    """Give the folder of a record of everything."""
    await a_record(tmp_path)
    return tmp_path


def number(folder: Path, what: str) -> int:
    """Find the first entry of which something is true."""
    ((seq,),) = rows(place(folder).database, f"SELECT min(seq) FROM entry WHERE {what}")
    assert isinstance(seq, int)
    return seq


def change(folder: Path, *statements: str) -> None:
    """Tamper with a record."""
    tamper(place(folder).database, *statements)


def rewrite(folder: Path, alter: Callable[[list[Columns]], list[Columns]]) -> None:
    """Write the whole ledger anew as somebody would who knows how: numbered, chained and with its head moved."""
    file = place(folder).database
    entries = alter(rows(file, "SELECT seq, kind, key, digest, body, hash FROM entry ORDER BY seq"))
    change(folder, "DELETE FROM entry")
    before = chain.FIRST
    with closing(sqlite3.connect(file)) as connection, connection:
        for seq, (_, kind, key, digest, body, _) in enumerate(entries, 1):
            numbered = re.sub(rb'^{"seq":\d+', b'{"seq":%d' % seq, body)
            before = chain.link(before, numbered)
            connection.execute(
                "INSERT INTO entry VALUES (?, ?, ?, ?, ?, ?)", (seq, kind, key, digest, numbered, before)
            )
        connection.execute("UPDATE head SET seq = ?, hash = ?", (len(entries), before))


async def test_an_untouched_record_proves_itself(record: Path) -> None:
    """It counts what it looked at, so that an empty look is not taken for a clean one."""
    audit = await audited(record)

    assert audit.faults == []
    assert audit.entries == rows(place(record).database, "SELECT count(*) FROM entry")[0][0]
    sealed = rows(place(record).database, "SELECT (SELECT count(*) FROM excerpt) + (SELECT count(*) FROM deed)")
    assert audit.excerpts == sealed[0][0]
    assert audit.deeds == 12
    assert audit.open_cases == 2


async def test_an_empty_record_proves_itself(tmp_path: Path) -> None:
    """On the first day."""
    async with house(tmp_path):
        pass

    assert await faults(tmp_path) == []


async def test_a_bit_flipped_anywhere_in_a_body_is_found_and_named(record: Path) -> None:
    """Every byte counts: the index it repeats, the time, the facts."""
    file = place(record).database
    seq = number(record, "kind = 'judged' AND digest IS NOT NULL")
    ((body,),) = rows(file, "SELECT body FROM entry WHERE seq = ?", seq)
    change(record)
    missed = []
    with closing(sqlite3.connect(file)) as connection:
        for each in range(len(body)):
            flipped = bytearray(body)
            flipped[each] ^= 1 << (each % 8)
            with connection:
                connection.execute("UPDATE entry SET body = ? WHERE seq = ?", (bytes(flipped), seq))
            found = await faults(record)
            if not found or not found[0].startswith(f"Entry {seq}: "):
                missed.append((each, found))
        with connection:
            connection.execute("UPDATE entry SET body = ? WHERE seq = ?", (body, seq))

    assert missed == []
    assert await faults(record) == []


@pytest.mark.parametrize("seq", [1, 2, 5])
@pytest.mark.parametrize(
    "change_to",
    [
        "body = CAST('{}' AS BLOB)",
        "body = x''",
        "body = CAST(replace(CAST(body AS TEXT), '2026', '2025') AS BLOB)",
        "hash = CAST(substr(hash, 2) || substr(hash, 1, 1) AS BLOB)",
        "kind = 'other'",
        "kind = 'jüdged'",
        "key = randomblob(16)",
        "key = 'text'",
        "key = NULL",
        "digest = randomblob(32)",
        "body = CAST(body AS TEXT)",
    ],
)
async def test_a_changed_column_is_found_and_named(record: Path, seq: int, change_to: str) -> None:
    """The index beside an entry is what people search by, so it is proved too. Nothing makes the look itself fail."""
    before = rows(place(record).database, "SELECT * FROM entry WHERE seq = ?", seq)
    change(record, f"UPDATE entry SET {change_to} WHERE seq = {seq}")
    found = await faults(record)

    if rows(place(record).database, "SELECT * FROM entry WHERE seq = ?", seq) != before:
        assert [each.partition(":")[0] for each in found][:1] == [f"Entry {seq}"]


async def test_the_command_names_the_entry_and_does_not_stumble_over_it(record: Path) -> None:
    """What cannot be read any more is exactly what the look is for."""
    change(record, "UPDATE entry SET body = x'' WHERE seq = 5")
    _, audit = await look(place(record))

    assert audit.faults[0].startswith("Entry 5: ")


async def test_a_removed_entry_is_found_and_named(record: Path) -> None:
    """At the beginning, in the middle; the end is for head and checkpoint."""
    change(record, "DELETE FROM entry WHERE seq = 4")
    middle = await faults(record)
    change(record, "DELETE FROM entry WHERE seq = 1")
    first = await faults(record)

    assert middle == ["Entry 4 is missing: entry 5 follows entry 3."]
    assert first == ["Entry 1 is missing: entry 2 follows entry 0."]


async def test_a_gap_that_was_closed_is_found(record: Path) -> None:
    """Moving the later entries down does not help: their numbers are in their bytes."""
    change(
        record,
        "DELETE FROM entry WHERE seq = 4",
        *(f"UPDATE entry SET seq = {n - 1} WHERE seq = {n}" for n in range(5, 30)),
    )

    assert (await faults(record))[0].startswith("Entry 4: ")


async def test_an_inserted_entry_is_found(record: Path) -> None:
    """In the middle it takes a number that is taken; at the end it hangs on no chain."""
    change(
        record, "INSERT INTO entry SELECT seq + 1, kind, NULL, digest, body, hash FROM entry ORDER BY seq DESC LIMIT 1"
    )
    last = rows(place(record).database, "SELECT max(seq) FROM entry")[0][0]

    assert (await faults(record))[0].startswith(f"Entry {last}: ")


@pytest.mark.parametrize("seq", [0, -1, -7, -(2**63)])
async def test_an_entry_before_the_first_is_found_and_named(record: Path, seq: int) -> None:
    """The walk begins at the first entry, but whoever asks for entries of a kind would find this one too."""
    change(record, f"INSERT INTO entry VALUES ({seq}, 'forgot', NULL, NULL, x'7b7d', zeroblob(32))")

    assert await faults(record) == [f"Entry {seq}: it stands before the first entry, so it hangs on no chain."]


async def test_two_swapped_entries_are_found(record: Path) -> None:
    """The order is part of what is proved."""
    columns = ("kind", "key", "digest", "body", "hash")
    change(
        record,
        "CREATE TEMPORARY TABLE two AS SELECT * FROM entry WHERE seq IN (3, 4)",
        "DELETE FROM entry WHERE seq IN (3, 4)",
        f"INSERT INTO entry SELECT 7 - seq, {', '.join(columns)} FROM two",
    )

    assert (await faults(record))[0].startswith("Entry 3: ")


async def test_a_shortened_ledger_is_found_by_its_head(record: Path) -> None:
    """Somebody deleted the last entries and nothing else."""
    last = rows(place(record).database, "SELECT max(seq) FROM entry")[0][0]
    place(record).checkpoint.unlink()
    change(record, f"DELETE FROM entry WHERE seq > {last - 2}")

    assert await faults(record) == [f"The ledger ends at entry {last - 2}, but its head says entry {last}."]


async def test_a_ledger_shortened_with_its_head_is_found_by_the_checkpoint(record: Path) -> None:
    """Somebody knew about the head as well; the checkpoint file stands outside the database."""
    last = rows(place(record).database, "SELECT max(seq) FROM entry")[0][0]
    rewrite(record, lambda entries: entries[:4])
    change(record, "DELETE FROM deed", "DELETE FROM open_case")

    assert await faults(record) == [f"The ledger ends at entry 4, but the checkpoint file knows entry {last}."]


async def test_a_ledger_rewritten_with_a_valid_chain_is_found_by_the_checkpoint(record: Path) -> None:
    """Everything inside agrees with itself, and only the world outside knows better."""
    last = rows(place(record).database, "SELECT max(seq) FROM entry")[0][0]

    def another_year(entries: list[Columns]) -> list[Columns]:
        return [(*each[:4], each[4].replace(b'"at":"2026', b'"at":"2025'), each[5]) for each in entries]

    rewrite(record, another_year)
    with_checkpoint = await faults(record)
    place(record).checkpoint.unlink()

    assert with_checkpoint == [f"Entry {last}: the chain was rewritten. The checkpoint file knows another entry."]
    assert await faults(record) == []


@pytest.mark.parametrize(
    ("own", "forged"),
    [(b'"deed":"', b'"deed":5,"was":"'), (b'"does":"', b'"did":"')],
    ids=["a number for a name", "no kind"],
)
async def test_facts_that_no_entry_of_ours_tells_are_a_sentence_too(record: Path, own: bytes, forged: bytes) -> None:
    """Whoever chains anew may write anything; the proof says which entry, and never falls over it."""
    seq = rows(place(record).database, "SELECT min(seq) FROM entry WHERE kind = 'planned'")[0][0]
    rewrite(
        record, lambda entries: [(*e[:4], e[4].replace(own, forged) if e[0] == seq else e[4], e[5]) for e in entries]
    )

    assert any(each.startswith(f"Entry {seq}: ") for each in await faults(record))


async def test_a_rewritten_ledger_that_grew_on_is_found_by_the_checkpoint(record: Path) -> None:
    """The checkpoint is compared where it stands, not with the last entry only."""
    last = rows(place(record).database, "SELECT max(seq) FROM entry")[0][0]
    rewrite(record, lambda entries: [entries[0], *entries[2:], *[each for each in entries if each[1] == "begun"]])

    assert f"Entry {last}: the chain was rewritten. The checkpoint file knows another entry." in await faults(record)


async def test_opening_the_house_does_not_make_a_shortened_ledger_whole(record: Path) -> None:
    """The next run goes on from the shorter chain; that something is missing must still be told after it."""
    rewrite(record, lambda entries: entries[:2])
    change(record, *(f"DELETE FROM {each}" for each in ("deed", "open_case", "copy", "excerpt WHERE seq > 2")))
    async with house(record) as open_:
        await open_.ledger.write(draft(open_, chat("p9")))

    assert await faults(record) != []


async def test_opening_the_house_does_not_make_a_rewritten_ledger_true(record: Path) -> None:
    """Nor does a run on a chain that was made anew."""
    rewrite(record, lambda entries: [(*e[:4], e[4].replace(b'"at":"2026', b'"at":"2025'), e[5]) for e in entries])
    async with house(record) as open_:
        await open_.ledger.write(draft(open_, chat("p9")))

    assert await faults(record) != []


@pytest.mark.parametrize("rubbish", ["", "\n", "7", "7 zz", "seven 00", "7 00\n8 00"])
async def test_a_spoilt_checkpoint_file_is_told_in_plain_words(record: Path, rubbish: str) -> None:
    """A power cut, or somebody, may have emptied it: that is for a person to see, and no reason to stop looking."""
    place(record).checkpoint.write_text(rubbish, encoding="ascii")

    try:
        told = await faults(record)
    except ConfigurationError as error:
        told = [str(error)]

    assert any("checkpoint" in each for each in told)


@pytest.mark.parametrize(
    "statement", ["seq = seq - 1", "seq = seq + 1", "hash = randomblob(32)", "seq = 0, hash = zeroblob(32)"]
)
async def test_a_moved_head_is_found(record: Path, statement: str) -> None:
    """The next entry would hang on it."""
    last = rows(place(record).database, "SELECT max(seq) FROM entry")[0][0]
    change(record, f"UPDATE head SET {statement}")
    found = await faults(record)

    assert len(found) == 1
    assert found[0].startswith(f"The ledger ends at entry {last}, but its head says entry ")


async def test_a_head_that_is_gone_is_found(record: Path) -> None:
    """Without one nothing more can be written."""
    change(record, "DELETE FROM head")

    assert await faults(record) != []


@pytest.mark.parametrize(("table", "what"), [("excerpt", "excerpt"), ("deed", "deed")])
@pytest.mark.parametrize(
    "statement",
    [
        "sealed = CAST(substr(sealed, 2) || substr(sealed, 1, 1) AS BLOB)",  # a byte set to another may be that already
        "sealed = substr(sealed, 1, length(sealed) - 1)",
        "sealed = CAST(sealed || x'00' AS BLOB)",
        "sealed = x''",
        "sealed = CAST('words' AS TEXT)",
    ],
)
async def test_altered_sealed_words_are_found_and_named(record: Path, table: str, what: str, statement: str) -> None:
    """Without the key: the ledger holds the hash of the very bytes."""
    seq = rows(place(record).database, f"SELECT max(seq) FROM {table}")[0][0]
    change(record, f"UPDATE {table} SET {statement} WHERE seq = {seq}")

    assert await faults(record) == [
        f"Entry {seq}: the sealed words of its {what} are not the ones it was written with."
    ]


async def test_words_put_under_another_entry_are_found(record: Path) -> None:
    """Two excerpts changed places."""
    first, second = (seq for (seq,) in rows(place(record).database, "SELECT seq FROM excerpt ORDER BY seq LIMIT 2"))
    change(
        record,
        f"UPDATE excerpt SET seq = -1 WHERE seq = {first}",
        f"UPDATE excerpt SET seq = {first} WHERE seq = {second}",
        f"UPDATE excerpt SET seq = {second} WHERE seq = -1",
    )

    assert {each.partition(":")[0] for each in await faults(record)} == {f"Entry {first}", f"Entry {second}"}


@pytest.mark.parametrize("statement", ["DELETE FROM excerpt", "UPDATE excerpt SET seq = seq + 1000"])
async def test_words_that_are_gone_or_hang_on_no_entry_are_found(record: Path, statement: str) -> None:
    """Forgetting drops a key and never an excerpt: whoever deletes one destroys evidence."""
    seq = rows(place(record).database, "SELECT max(seq) FROM excerpt")[0][0]
    change(record, f"{statement} WHERE seq = {seq}")

    assert any(f"Entry {seq}" in each for each in await faults(record))


@pytest.mark.parametrize("kind", ["opened", "planned"])
async def test_words_put_beside_an_entry_that_has_none_are_found(record: Path, kind: str) -> None:
    """A deed's words stand with the deed; an excerpt beside its entry was put there by somebody."""
    seq = rows(place(record).database, f"SELECT min(seq) FROM entry WHERE kind = '{kind}'")[0][0]
    change(record, f"INSERT INTO excerpt SELECT {seq}, data_key, sealed FROM excerpt LIMIT 1")

    assert [each.partition(":")[0] for each in await faults(record)] == [f"Entry {seq}"]


async def test_a_key_dropped_without_an_entry_is_found(record: Path) -> None:
    """Forgetting is told by the ledger; dropping a key in silence makes evidence unreadable."""
    dropped = rows(place(record).database, "SELECT data_key FROM excerpt ORDER BY seq DESC LIMIT 1")[0][0]
    change(record, f"DELETE FROM data_key WHERE id = '{dropped}'")

    assert await faults(record) != []


async def test_words_whose_key_never_was_are_found(record: Path) -> None:
    """They would pass for forgotten."""
    change(record, "UPDATE excerpt SET data_key = 'ffffffffffffffff' WHERE seq = (SELECT max(seq) FROM excerpt)")

    assert await faults(record) != []


async def forgotten(folder: Path) -> str:
    """Forget the week's chat, in order, and give its key."""
    chat_key = rows(place(folder).database, "SELECT id FROM data_key WHERE forget_after IS NOT NULL")[0][0]
    async with house(folder) as open_:
        await open_.ledger.forget(DAY.replace(month=12), NOON)
    assert isinstance(chat_key, str)
    return chat_key


async def test_kept_words_that_pass_for_forgotten_are_found(record: Path) -> None:
    """What has no last day tells its key, so nobody can put a dropped one in its place."""
    dropped = await forgotten(record)
    seq = rows(place(record).database, "SELECT max(seq) FROM excerpt")[0][0]
    change(record, f"UPDATE excerpt SET data_key = '{dropped}' WHERE seq = {seq}")

    assert await faults(record) == [
        f"Entry {seq}: its words pass for forgotten, but it tells another key than the dropped one."
    ]


@pytest.mark.parametrize(
    "statement",
    [
        "DELETE FROM matter",
        "UPDATE matter SET data_key = '0000000000000000'",
        "UPDATE matter SET sealed = randomblob(60)",
        "UPDATE matter SET place = randomblob(16)",
    ],
)
async def test_a_private_matter_taken_from_its_place_is_found(record: Path, statement: str) -> None:
    """What is written there later would be copied to nobody."""
    change(record, statement)

    assert [each.partition(" of place ")[0] for each in await faults(record)] == ["The private matter"]


async def test_a_place_whose_matter_follows_another_proves_itself(tmp_path: Path) -> None:
    """The later one holds, also where both are written together."""
    async with house(tmp_path) as open_:
        first, second, third = (draft(open_, post(each, matter=MatterKind.MEDICAL)) for each in ("p1", "p2", "p3"))
        await open_.ledger.write(first)
        await open_.ledger.write_all([second, third])

    assert await faults(tmp_path) == []


async def test_a_record_of_before_keys_and_platforms_were_told_holds(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its entries are never changed, and what they do not tell is not compared."""
    told = chain.body

    def as_before(seq: int, kind: str, key: bytes | None, digest: bytes | None, at: datetime, facts: Facts) -> bytes:
        new = {"data_key", "concerns", *(("about", "platform") if kind == "planned" else ())}
        return told(seq, kind, key, digest, at, {name: fact for name, fact in facts.items() if name not in new})

    with monkeypatch.context() as patched:
        patched.setattr(chain, "body", as_before)
        await a_record(tmp_path)
    await forgotten(tmp_path)
    async with house(tmp_path) as open_:
        await open_.ledger.write(draft(open_, post("p9", matter=MatterKind.MEDICAL)))

    assert b"data_key" not in rows(place(tmp_path).database, "SELECT body FROM entry WHERE kind = 'planned'")[0][0]
    assert await faults(tmp_path) == []


async def test_what_was_forgotten_in_order_is_no_fault_and_is_counted(record: Path) -> None:
    """A reader of the audit sees how much can no longer be read."""
    async with house(record) as open_:
        await open_.ledger.forget(DAY.replace(month=12), NOON)
    audit = await audited(record)

    assert audit.faults == []
    assert audit.forgotten == 1


OTHERWISE = "Deed {} stands otherwise in the working table than the ledger tells."


@pytest.mark.parametrize(
    "statement",
    [
        "state = 'closed', outcome = 'done' WHERE state = 'planned'",
        "state = 'begun' WHERE state = 'closed'",
        "state = 'planned' WHERE state = 'closed'",
        "outcome = 'moot' WHERE outcome = 'done'",
        "outcome = '' WHERE outcome = 'refused'",
        "outcome = 'done' WHERE outcome = 'refused'",
        "tries = tries + 1 WHERE state = 'closed'",
        "tries = 0 WHERE state = 'closed'",
        "kind = 'tell' WHERE kind = 'remove'",
        "key = randomblob(16) WHERE kind = 'remove'",
        "platform = 'nobody runs' WHERE kind = 'copy'",
        "about = randomblob(16) WHERE kind = 'copy'",
        "about = CAST(about AS TEXT) WHERE kind = 'copy'",
        "data_key = (SELECT min(data_key) FROM excerpt where excerpt.data_key <> deed.data_key) WHERE kind = 'copy'",
    ],
)
async def test_an_altered_deed_is_found_and_named(record: Path, statement: str) -> None:
    """A message that was never removed must not pass for removed, nor a deed for another."""
    condition = statement.partition(" WHERE ")[2]
    deed = rows(place(record).database, f"SELECT id FROM deed WHERE {condition} ORDER BY id")[0][0]
    change(record, f"UPDATE deed SET {statement.partition(' WHERE ')[0]} WHERE id = '{deed}'")

    assert OTHERWISE.format(deed) in await faults(record)


async def test_a_removed_deed_is_found_and_named(record: Path) -> None:
    """What is to be done cannot be made to vanish."""
    deed = rows(place(record).database, "SELECT id FROM deed WHERE state = 'planned'")[0][0]
    change(record, f"DELETE FROM deed WHERE id = '{deed}'")

    assert await faults(record) == [f"Deed {deed} is told of by the ledger, but is not in the working table."]


async def test_an_added_deed_is_found_and_named(record: Path) -> None:
    """Nothing is done that was not written."""
    change(
        record,
        "INSERT INTO deed SELECT 'ffffffffffffffff', randomblob(16), about, platform, kind, 'planned', '', 0, seq, "
        "data_key, sealed, cause, until FROM deed WHERE state = 'planned' LIMIT 1",
    )

    assert "Deed ffffffffffffffff stands in the working table, but no entry tells of it." in await faults(record)


async def test_an_added_deed_without_a_name_is_found(record: Path) -> None:
    """It sorts before every other."""
    columns = "about, platform, kind, 'planned', '', 0, seq, data_key, sealed, cause, until"
    change(record, f"INSERT INTO deed SELECT '', randomblob(16), {columns} FROM deed LIMIT 1")

    assert await faults(record) == ["A deed without a name stands in the working table, but no entry tells of it."]


async def test_a_deed_that_hangs_on_no_entry_is_found(record: Path) -> None:
    """Its sealed words could be anything."""
    change(record, "UPDATE deed SET seq = 999, sealed = x'00' WHERE kind = 'remove'")

    assert await faults(record) != []


async def test_a_removed_case_is_found_and_named(record: Path) -> None:
    """Nobody makes a case vanish."""
    case = rows(place(record).database, "SELECT lower(hex(id)) FROM open_case LIMIT 1")[0][0]
    change(record, f"DELETE FROM open_case WHERE id = x'{case}'")

    assert await faults(record) == [f"Case {case} is told of by the ledger, but is not in the working table."]


async def test_an_added_case_is_found_and_named(record: Path) -> None:
    """Nor makes one up: a case follows from the ledger."""
    change(record, "INSERT INTO open_case VALUES (x'00112233445566778899aabbccddeeff', 2)")

    assert await faults(record) == [
        "Case 00112233445566778899aabbccddeeff stands in the working table, but no entry tells of it."
    ]


async def test_a_case_that_points_to_another_entry_is_found(record: Path) -> None:
    """Whoever opens it would read about something else."""
    change(record, "UPDATE open_case SET seq = 1")

    assert await faults(record) != []


@pytest.mark.parametrize(
    "statement",
    [
        "DELETE FROM copy WHERE number = 2",
        "UPDATE copy SET number = 3 WHERE number = 2",
        "UPDATE copy SET seq = 1 WHERE number = 2",
        "INSERT INTO copy VALUES (3, 1)",
    ],
)
async def test_a_changed_number_of_a_copy_is_found(record: Path, statement: str) -> None:
    """CP-0002 is named on paper; the next copy would take its number, or the number would lead to other words."""
    change(record, statement)

    assert await faults(record) != []


async def test_looking_beside_a_running_house_sees_one_moment(record: Path) -> None:
    """What is written while the look goes on is not taken for tampering."""
    async with house(record) as open_:
        drafts = iter([draft(open_, post(f"late{each}", by="nobody", to=("s2",))) for each in range(50)])
        loop = asyncio.get_running_loop()

        def meanwhile(connection: Connection, cursor: object, statement: str, *rest: object) -> None:
            """Write something whenever the look turns to another table."""
            if "entry.hash" not in statement:
                asyncio.run_coroutine_threadsafe(open_.ledger.write(next(drafts)), loop).result(timeout=5)

        def looked() -> list[str]:
            with read_database(place(record).database) as connection:
                event.listen(connection.engine, "before_cursor_execute", meanwhile)
                return verify(connection).faults

        found = await asyncio.to_thread(looked)

    assert found == []
    assert len(list(drafts)) < 50


async def test_many_differences_are_not_all_listed(record: Path) -> None:
    """A person reads this."""
    change(record, "DELETE FROM deed")

    assert len(await faults(record)) == 5


async def test_batches_are_followed_across_their_borders(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A large ledger is read piece by piece; a fault on a border is still found."""
    monkeypatch.setattr("bot.store.audit.BATCH", 3)
    await a_record(tmp_path)
    clean = await audited(tmp_path)
    change(tmp_path, "UPDATE entry SET kind = 'other' WHERE seq = 7")

    assert clean.faults == []
    assert clean.entries > 9
    assert (await faults(tmp_path))[0].startswith("Entry 7: ")


def test_a_checkpoint_is_written_whole_and_read_back(tmp_path: Path) -> None:
    """A crash while it is written leaves the one before."""
    file = tmp_path / "c.checkpoint"
    for seq in (1, 2):
        Checkpoint(seq, hashlib.sha256(b"%d" % seq).digest()).write(file)

    assert Checkpoint.read(file) == Checkpoint(2, hashlib.sha256(b"2").digest())
    assert [each.name for each in tmp_path.iterdir()] == ["c.checkpoint"]
    assert Checkpoint.read(tmp_path / "none") is None


def test_a_checkpoint_that_cannot_be_written_is_told_and_the_one_before_stays(tmp_path: Path) -> None:
    """Where the disk is full, a person reads which file it was."""
    file = tmp_path / "c.checkpoint"
    before = Checkpoint(1, hashlib.sha256(b"1").digest())
    before.write(file)
    (tmp_path / "c.checkpoint.new").mkdir()
    with pytest.raises(ConfigurationError) as refused:
        Checkpoint(2, hashlib.sha256(b"2").digest()).write(file)

    assert str(refused.value).startswith(f"{file} could not be written (")
    assert Checkpoint.read(file) == before


def test_what_no_account_can_look_at_is_told(tmp_path: Path) -> None:
    """Below a file there is nothing to be read, whoever asks; a folder that is closed to us says much the same."""
    (tmp_path / "file").touch()
    with pytest.raises(ConfigurationError, match=r"file/c\.checkpoint could not be read \(Not a directory\)"):
        Checkpoint.read(tmp_path / "file" / "c.checkpoint")
