"""The ledger is written once, in order, and only what is durable counts."""

import asyncio
import json
import shutil
import sqlite3
import subprocess
import sys
import time
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import event, text

from bot.actions import Alert, Copy, Deed, DeedId, Remove, Tell
from bot.errors import ConfigurationError
from bot.house import House
from bot.judge import Verdict, judge
from bot.letter import Letterhead
from bot.message import MatterKind, Where
from bot.notice import write_notice
from bot.plan import plan
from bot.platform import Deletion, Outcome, Receipt, SpaceSeen
from bot.rule import Clause, Evidence, Finding, Measure
from bot.store import past
from bot.store.draft import Draft, Written
from bot.store.memory import deeds
from bot.store.record import Recorder
from bot.texts import N_
from bot.wiring import letters
from tests.district import NOON, SOCCER, ZONE, lists
from tests.store.house import A_MINUTE, ROSTER, RULES, audited, chat, draft, faults, house, place, post, rows, tamper

COUNT = "SELECT count(*) FROM entry"
COPY_OF_THE_LAST = "SELECT {seq}, kind, key, digest, body, hash FROM entry ORDER BY seq DESC LIMIT 1"


async def written(house_: House, draft_: Draft) -> Written:
    """Write what must be new."""
    result = await house_.ledger.write(draft_)
    assert result is not None
    return result


async def removal(house_: House) -> tuple[Deed, ...]:
    """Write down a message to one student: a Remove, a Tell, and later an Alert."""
    return (await written(house_, draft(house_, post()))).deeds


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE entry SET kind = 'other' WHERE seq = 2",
        "UPDATE OR REPLACE entry SET seq = 1 WHERE seq = 2",
        "DELETE FROM entry WHERE seq = 2",
        "DELETE FROM entry",
        f"INSERT OR REPLACE INTO entry {COPY_OF_THE_LAST.format(seq='seq')}",
        f"INSERT OR REPLACE INTO entry {COPY_OF_THE_LAST.format(seq='seq + 1')}",
        "INSERT OR REPLACE INTO entry SELECT seq, kind, NULL, digest, body, hash FROM entry WHERE seq = 2",
        f"REPLACE INTO entry {COPY_OF_THE_LAST.format(seq='seq')}",
    ],
)
async def test_the_database_itself_refuses_to_change_an_entry(tmp_path: Path, statement: str) -> None:
    """Whoever opens the file with another program is refused too."""
    async with house(tmp_path) as open_:
        await open_.ledger.write(draft(open_, chat()))
    before = rows(place(tmp_path).database, "SELECT * FROM entry")
    with closing(sqlite3.connect(place(tmp_path).database)) as connection, pytest.raises(sqlite3.IntegrityError) as no:
        connection.execute(statement)

    assert "the ledger is never" in str(no.value)
    assert rows(place(tmp_path).database, "SELECT * FROM entry") == before


async def test_the_last_key_cannot_be_taken_by_a_replacement(tmp_path: Path) -> None:
    """REPLACE deletes what stands in its way without asking; the same key with a fresh number must not do so."""
    async with house(tmp_path) as open_:
        await open_.ledger.write(draft(open_, chat()))
    with closing(sqlite3.connect(place(tmp_path).database)) as connection, pytest.raises(sqlite3.IntegrityError):
        connection.execute("INSERT OR REPLACE INTO entry SELECT 99, kind, key, digest, body, hash FROM entry LIMIT 1")

    assert rows(place(tmp_path).database, COUNT) == [(2,)]


async def test_every_connection_is_durable_and_forgetful(tmp_path: Path) -> None:
    """FULL survives a power cut; secure_delete leaves no dropped key on the disk. Pooled connections count too."""
    wanted = {"synchronous": 2, "journal_mode": "wal", "secure_delete": 1}
    async with house(tmp_path) as open_:
        engines = (open_.database.engine, open_.database.reading())
        async with engines[1].connect() as one, engines[1].connect() as two, engines[0].connect() as three:
            found = [{name: await each.scalar(text(f"PRAGMA {name}")) for name in wanted} for each in (one, two, three)]

    assert found == [wanted] * 3


async def test_many_writes_at_once_share_few_commits_and_all_become_durable(tmp_path: Path) -> None:
    """One sync carries hundreds of entries; a caller that was answered finds its entry in the file."""
    commits: list[object] = []
    async with house(tmp_path) as open_:
        event.listen(open_.database.engine.sync_engine, "commit", commits.append)
        drafts = [draft(open_, chat(f"p{number}")) for number in range(1200)]
        results = await asyncio.gather(*(open_.ledger.write(each) for each in drafts))
        durable = rows(place(tmp_path).database, "SELECT key FROM entry WHERE kind = 'judged' ORDER BY seq")

    assert durable == [(each.key,) for each in drafts]
    assert [each.seq for each in results if each] == list(range(2, 1202))
    assert len(commits) <= 4
    assert await faults(tmp_path) == []


async def test_a_lone_write_waits_for_nobody(tmp_path: Path) -> None:
    """A group is what waits already, never a delay."""
    async with house(tmp_path) as open_:
        started = time.monotonic()
        await open_.ledger.write(draft(open_, chat()))

    assert time.monotonic() - started < 1


async def test_what_was_written_before_is_written_no_more(tmp_path: Path) -> None:
    """Platforms tell things twice: the second time nothing is written and nothing is to be done."""
    async with house(tmp_path) as open_:
        first = await open_.ledger.write(draft(open_, post()))
        second = await open_.ledger.write(draft(open_, post()))
    async with house(tmp_path) as open_:
        third = await open_.ledger.write(draft(open_, post()))

    assert first is not None
    assert [type(deed.action) for deed in first.deeds] == [Remove, Tell, Alert]
    assert second is None
    assert third is None
    assert rows(place(tmp_path).database, "SELECT count(*) FROM entry WHERE kind = 'judged'") == [(1,)]


async def test_twice_in_one_group_is_once(tmp_path: Path) -> None:
    """Both tellings may wait for the same commit: the index would refuse the whole group."""
    async with house(tmp_path) as open_:
        drafts = [draft(open_, post()) for _ in range(3)] + [draft(open_, chat("p2"))]
        results = await asyncio.gather(*(open_.ledger.write(each) for each in drafts))

    assert [each and each.seq for each in results] == [2, None, None, 6]
    assert rows(place(tmp_path).database, "SELECT count(*) FROM deed") == [(3,)]
    assert await faults(tmp_path) == []


async def test_an_edit_that_keeps_the_match_tells_nobody_twice(tmp_path: Path) -> None:
    """The edit is judged and written; its deeds are the ones planned before."""
    async with house(tmp_path) as open_:
        await open_.ledger.write(draft(open_, post()))
        edit = await open_.ledger.write(draft(open_, post(text="Stay after class!", revision="2")))

    assert edit is not None
    assert edit.deeds == ()
    assert rows(place(tmp_path).database, "SELECT kind FROM deed ORDER BY kind") == [("alert",), ("remove",), ("tell",)]


async def test_a_deed_planned_by_two_drafts_of_one_group_is_one_deed(tmp_path: Path) -> None:
    """Post and edit may be committed together."""
    async with house(tmp_path) as open_:
        drafts = [draft(open_, post()), draft(open_, post(revision="2"))]
        results = await asyncio.gather(*(open_.ledger.write(each) for each in drafts))

    assert [len(each.deeds) for each in results if each] == [3, 0]


async def test_each_revision_is_a_copy_of_its_own(tmp_path: Path) -> None:
    """Changed words are a new copy with a new number; the author is told once."""
    async with house(tmp_path) as open_:
        versions = [post(text=f"Your knee, {each}", matter=MatterKind.MEDICAL, revision=each) for each in ("", "2")]
        results = [await written(open_, draft(open_, each)) for each in versions]

    assert [[deed.action.kind for deed in each.deeds] for each in results] == [["copy", "copy", "tell"], ["copy"] * 2]
    assert rows(place(tmp_path).database, "SELECT number, seq FROM copy") == [(1, results[0].seq), (2, results[1].seq)]


async def test_copies_are_numbered_without_gaps_or_repeats_also_after_a_restart(tmp_path: Path) -> None:
    """CP-0042 is named in mail and on paper: the same number never means two copies."""
    matters = [post(f"m{number}", matter=MatterKind.ACADEMIC) for number in range(6)]
    async with house(tmp_path) as open_:
        await asyncio.gather(*(open_.ledger.write(draft(open_, each)) for each in (*matters[:3], matters[0])))
    async with house(tmp_path) as open_:
        await asyncio.gather(*(open_.ledger.write(draft(open_, each)) for each in (*matters[3:], matters[1])))
    told = [
        json.loads(body)["copy"]
        for (body,) in rows(place(tmp_path).database, "SELECT body FROM entry WHERE kind = 'judged' ORDER BY seq")
    ]

    assert told == [1, 2, 3, 4, 5, 6]
    assert [number for (number,) in rows(place(tmp_path).database, "SELECT number FROM copy")] == told


async def test_other_matched_words_are_another_deed(tmp_path: Path) -> None:
    """An edit that breaks the rule anew, with other words, is told anew; the same words are not."""
    async with house(tmp_path) as open_:
        recorder = Recorder(open_.database.master)

        async def told(revision: str, match: str) -> int:
            message = ROSTER.recognise(post(text=f"see {match}", to=("s1", "s2"), revision=revision))
            tell = Finding(
                "links", RULES[0].clause, frozenset({Measure.TELL}), N_("seen"), evidence=(Evidence(Where.BODY, match),)
            )
            verdict = Verdict(message, (tell,))
            deed = Tell(str(tell.clause), message.author.id, message.account, write_notice(tell))
            return len((await written(open_, recorder.judged(verdict, (deed,)))).deeds)

        counts = [await told("", "bit.ly/a"), await told("2", "bit.ly/a"), await told("3", "bit.ly/b")]

    assert counts == [1, 0, 1]


async def test_a_later_round_adds_and_never_takes_back(tmp_path: Path) -> None:
    """A slow reading finds more: round 0, its deeds and its case stay as they are."""
    more = Finding("slow-reading", Clause("General Guidelines", 5, ""), frozenset({Measure.REVIEW}), N_("seen"))
    async with house(tmp_path) as open_:
        recorder = Recorder(open_.database.master)
        message = ROSTER.recognise(post())
        first = await written(open_, draft(open_, post()))
        before = rows(place(tmp_path).database, "SELECT * FROM deed ORDER BY id")
        verdict = Verdict(message, (*judge(message, RULES).standing, more), round=1)
        actions = tuple(deed.action for deed in first.deeds)
        second = await written(open_, recorder.judged(verdict, actions))
        again = await open_.ledger.write(recorder.judged(verdict, actions))
        quiet = await open_.ledger.write(recorder.judged(Verdict(message, round=2), ()))

    assert second.deeds == ()
    assert again is None
    assert quiet is not None
    assert rows(place(tmp_path).database, "SELECT * FROM deed ORDER BY id") == before
    assert rows(place(tmp_path).database, "SELECT seq FROM open_case") == [(second.seq,)]
    assert await faults(tmp_path) == []


async def test_a_deed_may_begin_again_but_closes_once(tmp_path: Path) -> None:
    """What is closed stays closed, whoever comes late: within a group, after it, and after a restart."""
    async with house(tmp_path) as open_:
        recorder = Recorder(open_.database.master)
        deed, other, _ = await removal(open_)
        begun, closed = recorder.begun(deed, NOON), recorder.closed(deed, Receipt(Outcome.DONE), NOON)
        steps = [await open_.ledger.write(each) for each in (begun, begun, closed, closed, begun)]
        group = (recorder.begun(other, NOON), *[recorder.closed(other, Receipt(Outcome.MOOT), NOON)] * 2)
        together = await asyncio.gather(*(open_.ledger.write(each) for each in group))
    async with house(tmp_path) as open_:
        late = await open_.ledger.write(Recorder(open_.database.master).closed(deed, Receipt(Outcome.REFUSED), NOON))

    assert [each is not None for each in steps] == [True, True, True, False, False]
    assert [each is not None for each in together] == [True, True, False]
    assert late is None
    kept = rows(place(tmp_path).database, "SELECT state, outcome, tries FROM deed WHERE until IS NULL ORDER BY tries")
    assert kept == [("closed", "moot", 1), ("closed", "done", 2)]
    assert rows(place(tmp_path).database, "SELECT count(*) FROM open_case") == [(0,)]
    assert await faults(tmp_path) == []


async def test_a_step_of_an_unknown_deed_is_not_written(tmp_path: Path) -> None:
    """A deed nobody planned is nobody's to close."""
    async with house(tmp_path) as open_:
        recorder = Recorder(open_.database.master)
        deed, _, _ = await removal(open_)
        nobodys = await open_.ledger.write(recorder.begun(replace(deed, id=DeedId("f" * 16)), NOON))

    assert nobodys is None
    assert await faults(tmp_path) == []


async def test_entry_words_and_deeds_stand_or_fall_together(tmp_path: Path) -> None:
    """When one row is refused, nothing of the group is in the file, and every caller is told so, then and later."""
    results: list[object] = []
    async with house(tmp_path) as open_:
        async with open_.database.engine.begin() as connection:
            await connection.execute(
                text("CREATE TRIGGER no BEFORE INSERT ON deed BEGIN SELECT RAISE(FAIL, 'full'); END")
            )
        writes = [open_.ledger.write(draft(open_, each)) for each in (chat("a"), post("b"), chat("c"))]
        results += await asyncio.gather(*writes, return_exceptions=True)
        results += await asyncio.gather(open_.ledger.write(draft(open_, chat("d"))), return_exceptions=True)

    assert [type(each) for each in results] == [ConfigurationError] * 4
    assert "Nothing was half written" in str(results[0])
    for table, count in (("entry", 1), ("excerpt", 0), ("deed", 0)):
        assert rows(place(tmp_path).database, f"SELECT count(*) FROM {table}") == [(count,)]


async def test_the_order_of_entries_is_the_order_heard(tmp_path: Path) -> None:
    """Posts of one place stand in the ledger as they came; so do places beside each other."""
    async with house(tmp_path) as open_:
        recorder = Recorder(open_.database.master)
        drafts: list[Draft] = []
        for number in range(300):
            at = NOON + number * A_MINUTE
            heard = chat(f"p{number}", room=f"room {number % 3}", at=at)
            drafts.append(draft(open_, heard))
            if number % 7 == 0:
                drafts.append(recorder.deleted(Deletion("replay", heard.place, heard.id, at)))
        await asyncio.gather(*(open_.ledger.write(each) for each in drafts))

    found = rows(place(tmp_path).database, "SELECT key FROM entry WHERE kind != 'opened' ORDER BY seq")
    assert found == [(each.key,) for each in drafts]


async def test_a_restriction_is_lifted_and_made_again(tmp_path: Path) -> None:
    """The same place may be closed twice: a change of its own makes it another deed."""
    async with house(tmp_path) as open_:
        recorder = Recorder(open_.database.master)
        kinds = []
        for number, readers in enumerate((("coach", "s1"), ("coach", "s1", "s2"), ("coach", "s1"))):
            seen = post(to=readers).readers
            space = ROSTER.recognise_space(SpaceSeen("replay", post().place, str(number), NOON, seen, team=SOCCER))
            verdict = judge(space, RULES)
            restricted = frozenset({space.place}) if number == 1 else frozenset()
            actions = plan(verdict, ROSTER.on(space.day).offices, restricted)
            kinds += [deed.action.kind for deed in (await written(open_, recorder.judged(verdict, actions))).deeds]

    assert kinds == ["restrict", "lift", "restrict"]


async def test_a_second_house_on_the_same_file_is_refused_at_once(tmp_path: Path) -> None:
    """Two writers on one SQLite file starve each other."""
    async with house(tmp_path):
        started = time.monotonic()
        with pytest.raises(ConfigurationError) as refused:
            async with house(tmp_path):
                pass

    assert time.monotonic() - started < 1
    assert str(refused.value) == (
        f"{place(tmp_path).database} is in use by another Chaperone. Stop that one first, or give this one a database "
        "of its own."
    )


async def test_another_process_is_refused_too_and_the_next_may_have_it(tmp_path: Path) -> None:
    """The lock is the operating system's: it goes with its process and never has to be cleaned up."""
    command = (sys.executable, "-m", "bot", "notices", "--purpose", "test", "--database", str(place(tmp_path).database))
    place(tmp_path).key_file.symlink_to(tmp_path / "c.sqlite.key")
    async with house(tmp_path):
        refused = await asyncio.to_thread(subprocess.run, command, capture_output=True, text=True, check=False)
    async with house(tmp_path):
        pass

    assert refused.returncode == 2
    assert "is in use by another Chaperone" in refused.stderr
    assert "Traceback" not in refused.stderr


async def test_after_a_restored_backup_no_deed_and_no_letter_is_taken_for_one_that_was_lost(tmp_path: Path) -> None:
    """Entries and copies are numbered again, for other words. What the lost deeds did still stands on the platforms."""
    people = {each.id: f"{each.id}@example.org" for each in lists().people}
    database, backup = place(tmp_path).database, tmp_path / "backup"
    told: list[tuple[Deed, str]] = []
    for each in ("p1", "p2"):
        async with house(tmp_path) as opened:
            if not backup.exists():
                opened.database.truncate()
                shutil.copy2(database, backup)
            planned = await written(
                opened, draft(opened, post(each, f"Of {each}.", matter=MatterKind.MEDICAL, room=each))
            )
            deed = next(each for each in planned.deeds if isinstance(each.action, Copy))
            letter = letters(lambda: people, Letterhead("example.org", ZONE), opened.database.master)(deed)
            assert letter is not None
            told.append((deed, letter.message_id))
        shutil.copy2(backup, database)
        place(tmp_path).checkpoint.unlink()

    (lost, lost_letter), (new, new_letter) = told
    assert (lost.copy, lost.cause, lost.action.kind) == (new.copy, new.cause, new.action.kind)
    assert lost.id != new.id
    assert lost_letter != new_letter


async def test_a_deed_keeps_its_name_when_the_house_is_opened_again(tmp_path: Path) -> None:
    """By it a deed is looked up that a crash has left begun; names sort in the order in which deeds were planned."""
    async with house(tmp_path) as opened:
        planned = [
            deed.id for each in ("p1", "p2") for deed in (await written(opened, draft(opened, post(each)))).deeds
        ]

    async with house(tmp_path) as opened:
        found = await opened.ledger.read(lambda connection, master: [each.id for each, *_ in deeds(connection, master)])
    assert found == planned == sorted(planned)
    assert {len(each) for each in found} == {16}


async def test_what_the_ledger_refuses_is_not_blamed_on_the_disk(tmp_path: Path) -> None:
    """Whoever reads it would look for room that is there; what helps is to prove the ledger and to report it."""
    async with house(tmp_path) as open_:
        await open_.ledger.write(draft(open_, chat("p1")))
        tamper(place(tmp_path).database, "UPDATE head SET seq = seq - 1")
        with pytest.raises(ConfigurationError) as told:
            await open_.ledger.write(draft(open_, chat("p2")))

    assert "refused what was to be written" in str(told.value)
    assert "chaperone audit verify" in str(told.value)
    assert "full" not in str(told.value)


async def test_a_draft_that_cannot_be_written_is_a_case_and_stops_nobody(tmp_path: Path) -> None:
    """A fault of our own in one entry must neither end the house nor lose the others of its group."""
    bad = Draft("judged", NOON, {"found": object()})
    async with house(tmp_path) as open_:
        written = await open_.ledger.write_all([draft(open_, chat("p1")), bad, draft(open_, chat("p2"))])
        later = await open_.ledger.write(draft(open_, chat("p3")))

    assert all(each is not None for each in (*written, later))
    kinds = [kind for (kind,) in rows(place(tmp_path).database, "SELECT kind FROM entry ORDER BY seq")]
    assert kinds == ["opened", "judged", "stumbled", "judged", "judged"]
    audit = await audited(tmp_path)
    assert audit.faults == []
    assert audit.open_cases == 1


async def test_versions_are_looked_for_between_two_moments_alone(tmp_path: Path) -> None:
    """Other keys are as good as random: without an end to the search it would read most of the ledger."""
    async with house(tmp_path) as open_:
        written_ = await written(open_, draft(open_, post()))
        about = Recorder(open_.database.master).about("replay", written_.deeds[0].post)
        asked: list[tuple[str, Any]] = []

        def note(*told: object) -> None:
            asked.append((str(told[2]), told[3]))

        event.listen(open_.database.engine.sync_engine, "before_cursor_execute", note)
        found = await open_.ledger.read(past.newest, about, NOON + A_MINUTE)
        statement, values = next(each for each in asked if "BETWEEN" in each[0])
    with closing(sqlite3.connect(place(tmp_path).database)) as connection:
        plan_ = " ".join(str(each) for each in connection.execute(f"EXPLAIN QUERY PLAN {statement}", values))

    assert found is not None
    assert "(key>? AND key<?)" in plan_
    assert "SCAN entry" not in plan_
