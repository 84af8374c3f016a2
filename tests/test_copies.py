"""The copies, as who receives them sees them through the command line."""

import asyncio
import json
import sqlite3
from contextlib import closing
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Final

import pytest

from bot.answers import WE_HEARD
from bot.census import compare
from bot.console import Sitting, list_copies, read_notices, show_copy
from bot.errors import ConfigurationError
from bot.house import AUDIT, HouseFiles
from bot.lists import Lists
from bot.message import MatterKind
from bot.people import PersonId
from bot.platform import Heard, OrderKind, Outcome, Receipt
from bot.rule import Choice
from bot.sheets import copy_lines
from bot.store import copies
from bot.store.copies import Kept
from bot.store.database import read_database
from bot.store.people import import_lists
from bot.store.vault import read_master_key
from tests.district import NOON, ZONE, lists
from tests.journeys import DISTRICT, example_configuration, replayed
from tests.office import Office, answer, order
from tests.store.house import faults, house, place, post, tamper
from tests.test_cli import CANARY, Command, chaperone, plain, refused
from tests.test_moderator import run

__all__ = ["chaperone"]

DATABASE = ("--database", "chaperone.sqlite")
DEPUTY = ("--as", "t-lindqvist", "--purpose", "weekly look")


@pytest.fixture
def day(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Replay the sample day into a folder and stand in it."""
    place = HouseFiles(tmp_path / "chaperone.sqlite", tmp_path / "chaperone.sqlite.key", AUDIT)
    asyncio.run(replayed(place, [DISTRICT / "day.jsonl"], DISTRICT / "roster", example_configuration()))
    monkeypatch.chdir(tmp_path)
    return place.database


def kinds(database: Path) -> list[str]:
    """List the kinds of all entries."""
    with closing(sqlite3.connect(database)) as connection:
        return [kind for (kind,) in connection.execute("SELECT kind FROM entry ORDER BY seq")]


def test_who_receives_copies_sees_them_listed_without_words(day: Path, chaperone: Command) -> None:
    """Numbers, times and whether each note was accepted; that somebody looked is an entry."""
    ended = chaperone("copies", "list", *DEPUTY, *DATABASE)

    assert ended.code == 0
    assert ended.out.startswith("CP-0001  Wed 18 Nov 2026, 10:20  ")
    assert "copies. It is on record that" in ended.out
    assert "dizzy" not in ended.out
    assert kinds(day)[-1] == "viewed"


def test_what_is_marked_for_the_weekly_look_says_so_in_the_list() -> None:
    """Whoever goes through the copies once a week sees where to begin."""
    kept = [Kept(number, number, NOON, (), number == 2) for number in (1, 2)]

    assert [line.endswith("(weekly look)") for line in copy_lines(kept, {}, ZONE)] == [False, True]


def test_a_copy_is_shown_whole_and_tells_who_has_looked(day: Path, chaperone: Command) -> None:
    """The reader sees their own look, the account's name and the purpose, as everybody after them will."""
    first = chaperone("copies", "show", "CP-0001", *DEPUTY, *DATABASE)
    again = chaperone("copies", "show", "1", "--as", "t-delgado", "--purpose", CANARY, *DATABASE)

    assert (first.code, again.code) == (0, 0)
    assert "From: Dana Marino\nTo: Luz Reyes\nKind: medical\nLuz, the trainer told me" in first.out
    assert first.out.count("Seen ") == 1
    assert again.out.count("Seen ") == 2
    assert "by Karin Lindqvist, account " in again.out
    assert CANARY in again.out
    assert CANARY.encode() not in day.read_bytes()
    assert plain(again.out)


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (("show", "CP-0001", "--as", "t-sok", "--purpose", "x"), "There is no CP-0001 that goes to 't-sok'."),
        (("show", "CP-0001", "--as", "t-marino", "--purpose", "x"), "There is no CP-0001 that goes to 't-marino'."),
        (("show", "CP-9999", "--as", "t-sok", "--purpose", "x"), "There is no CP-9999 that goes to 't-sok'."),
        (("show", "CP-0001", "--as", "nobody", "--purpose", "x"), "has no 'nobody' today. Name a person by sourcedId."),
        (("show", "CP-0001", "--as", "t-lindqvist", "--purpose", " "), "Say why, in 4,000 characters"),
        (("list", "--as", "t-lindqvist", "--purpose", "x" * 100_000), "Say why, in 4,000 characters"),
        (
            ("show", "the first", "--as", "t-lindqvist", "--purpose", "x"),
            "is no number of a copy. Write it like CP-0042.",
        ),
        (("list", "--as", "nobody", "--purpose", "x"), "has no 'nobody' today. Name a person by sourcedId."),
    ],
)
def test_nobody_else_opens_a_copy(day: Path, chaperone: Command, words: tuple[str, ...], says: str) -> None:
    """Neither another school's principal nor the writer; and nothing tells whether there is such a copy."""
    before = kinds(day)

    ended = chaperone("copies", *words, *DATABASE)

    assert says in refused(ended)
    assert kinds(day) == before


PRIVATE, EMERGENCY = order(text="He hurt me."), order(OrderKind.EMERGENCY, text="He hurt me.")
SECONDS = timedelta(seconds=5)
EDITED = replace(
    post(revision="2", matter=MatterKind.MEDICAL, at=NOON + SECONDS), concerns_copied=True, words=post("x", "No.").words
)


async def opening(folder: Path) -> dict[str, list[str]]:
    """Name the copies that each office is listed. All others are refused when asked for by number."""
    async with house(folder) as opened, opened.database.engine.begin() as connection:
        await connection.run_sync(import_lists, opened.database.master, lists(), compare(Lists(), lists()), NOON)
    able: dict[str, list[str]] = {}
    for person in ("director", "principal", "designee"):
        sitting = Sitting(place(folder), ZONE, PersonId(person), "a test", NOON)
        listed, _ = await list_copies(sitting, "weekly look")
        able[person] = [each.name for each in listed]
        for number in {1, 2} - {each.number for each in listed}:
            with pytest.RaisesGroup(pytest.RaisesExc(ConfigurationError, match="There is no CP-")):
                await show_copy(sitting, number, "weekly look")
    return able


CONCERNING: Final[tuple[tuple[Heard, ...], ...]] = (
    (PRIVATE, answer(Choice.CONCERNS_COPIED, about="o1", by="s1", after=SECONDS)),
    (EMERGENCY, answer(Choice.CONCERNS_COPIED, about="o1", after=SECONDS)),
    (post(matter=MatterKind.MEDICAL), EDITED),
)
"""Somebody says in three ways that a matter concerns who would be copied."""
EITHER: Final[tuple[dict[str, Receipt | Exception], ...]] = ({}, {"copy": Receipt(Outcome.NOT_DONE)})


@pytest.mark.parametrize("answers", EITHER)
@pytest.mark.parametrize("heard", CONCERNING)
async def test_no_note_says_that_a_copy_is_kept_from_somebody(
    tmp_path: Path, heard: tuple[Heard, ...], answers: dict[str, Receipt | Exception]
) -> None:
    """Whom it concerns is told nothing, and may be who reads the notes that were kept."""
    await run(tmp_path, Office(*heard, answers=answers, pause=0.1))

    notes = await read_notices(place(tmp_path), "a test", "annual review", NOON)

    of_copies = [each for each in notes if "] copy to " in each]
    assert not [each for each in of_copies if "designee" in each or "moot" in each]
    assert not [each for each in notes if WE_HEARD.english in each]


@pytest.mark.parametrize("answers", EITHER)
@pytest.mark.parametrize("heard", CONCERNING)
async def test_whom_a_copy_concerns_opens_it_no_more(
    tmp_path: Path, heard: tuple[Heard, ...], answers: dict[str, Receipt | Exception]
) -> None:
    """Whether their notes were accepted before somebody said so, or are stopped: now it is another's."""
    await run(tmp_path, Office(*heard, answers=answers, pause=0.1))

    assert await opening(tmp_path) == {"director": [], "principal": [], "designee": ["CP-0002"]}
    assert await faults(tmp_path) == []


async def test_what_somebody_else_says_of_a_copy_takes_it_from_nobody(tmp_path: Path) -> None:
    """Only its writer and the student can say whom it concerns; and of another message it says nothing."""
    by_another = answer(Choice.CONCERNS_COPIED, about="o1", by="s2", after=SECONDS)
    of_another = order(id_="o10", concerns=True, to=("s2",))
    await run(tmp_path, Office(PRIVATE, by_another, of_another, pause=0.1))

    assert await opening(tmp_path) == {"director": ["CP-0001"], "principal": ["CP-0001"], "designee": ["CP-0002"]}


SPOIL: Final = "UPDATE excerpt SET sealed = x'00' WHERE seq"
"""Whoever opens such words is refused."""


async def test_one_copy_is_shown_without_a_look_into_another(tmp_path: Path) -> None:
    """Reading one costs the same, however many others there are."""
    await run(tmp_path, Office(PRIVATE, order(id_="o2", text="He hurt me.", to=("s2",)), pause=0.1))
    tamper(place(tmp_path).database, f"{SPOIL} IN (SELECT seq FROM copy WHERE number = 2)")

    with read_database(place(tmp_path).database) as connection:
        master = read_master_key(place(tmp_path).key_file, place(tmp_path).database)
        (found,) = copies.kept(connection, master, 1)
        shown = copies.opened(connection, master, found)

    assert shown.words is not None
    assert shown.words.id[1] == "o1"


async def test_a_list_of_copies_opens_no_order_that_owes_none(tmp_path: Path) -> None:
    """It names nobody whom a copy concerns."""
    fine = order(OrderKind.TEAM, id_="o2", text="Bus at 4.", to=("s1", "s2"), opens=False)
    await run(tmp_path, Office(post(matter=MatterKind.MEDICAL), fine, pause=0.1))
    tamper(
        place(tmp_path).database,
        f"{SPOIL} IN (SELECT seq FROM entry WHERE kind = 'ordered') AND seq NOT IN (SELECT seq FROM copy)",
    )

    with read_database(place(tmp_path).database) as connection:
        master = read_master_key(place(tmp_path).key_file, place(tmp_path).database)

        assert [each.name for each in copies.kept(connection, master)] == ["CP-0001"]


async def test_a_note_that_was_stopped_opens_nothing(tmp_path: Path) -> None:
    """Not even when the words are forgotten in which somebody said whom it concerns."""
    said = answer(Choice.CONCERNS_COPIED, about="o1", after=SECONDS)
    await run(tmp_path, Office(EMERGENCY, said, answers={"copy": Receipt(Outcome.NOT_DONE)}, pause=0.1))
    tamper(
        place(tmp_path).database,
        "DELETE FROM data_key WHERE id IN (SELECT data_key FROM excerpt JOIN copy USING (seq) WHERE number = 2)",
    )

    assert await opening(tmp_path) == {"director": [], "principal": [], "designee": []}


def test_a_copy_keeps_its_words_out_of_the_ledger(day: Path) -> None:
    """They stand in the excerpt alone, sealed."""
    with closing(sqlite3.connect(day)) as connection:
        bodies = b"".join(body for (body,) in connection.execute("SELECT body FROM entry"))

    assert b"dizzy" not in bodies
    assert b"dizzy" not in day.read_bytes()
    assert json.loads(bodies[: bodies.index(b"}") + 1])["kind"] == "opened"
