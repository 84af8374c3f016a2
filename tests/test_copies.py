"""The copies, as who receives them sees them through the command line."""

import asyncio
import json
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from bot.house import AUDIT, HouseFiles
from bot.sheets import copy_lines
from bot.store.copies import Kept
from tests.district import NOON, ZONE
from tests.journeys import DISTRICT, example_configuration, replayed
from tests.test_cli import CANARY, Command, chaperone, plain, refused

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
        (("show", "CP-0001", "--as", "nobody", "--purpose", "x"), "has no 'nobody'. Name a person by sourcedId."),
        (("show", "CP-0001", "--as", "t-lindqvist", "--purpose", " "), "Say why, in 4,000 characters"),
        (("list", "--as", "t-lindqvist", "--purpose", "x" * 100_000), "Say why, in 4,000 characters"),
        (
            ("show", "the first", "--as", "t-lindqvist", "--purpose", "x"),
            "is no number of a copy. Write it like CP-0042.",
        ),
        (("list", "--as", "nobody", "--purpose", "x"), "has no 'nobody'. Name a person by sourcedId."),
    ],
)
def test_nobody_else_opens_a_copy(day: Path, chaperone: Command, words: tuple[str, ...], says: str) -> None:
    """Neither another school's principal nor the writer; and nothing tells whether there is such a copy."""
    before = kinds(day)

    ended = chaperone("copies", *words, *DATABASE)

    assert says in refused(ended)
    assert kinds(day) == before


def test_a_copy_keeps_its_words_out_of_the_ledger(day: Path) -> None:
    """They stand in the excerpt alone, sealed."""
    with closing(sqlite3.connect(day)) as connection:
        bodies = b"".join(body for (body,) in connection.execute("SELECT body FROM entry"))

    assert b"dizzy" not in bodies
    assert b"dizzy" not in day.read_bytes()
    assert json.loads(bodies[: bodies.index(b"}") + 1])["kind"] == "opened"
