"""The sample day: what came of every line, and that the day is as large and as varied as it says."""

import csv
import json
import re
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from itertools import combinations
from pathlib import Path
from typing import Any

from adapters.oneroster import read_lists
from adapters.replay.line_reader import LineReader
from bot.platform import OrderKind, Ruling
from bot.rule import Choice
from tests.journeys import DISTRICT, Told, example_configuration, place_in, replayed

EXPECTED = DISTRICT / "expected.tsv"
DAY = DISTRICT / "day.jsonl"
LINES: list[dict[str, Any]] = [json.loads(line) for line in DAY.read_bytes().splitlines()]
RUN = 6
"""How many words in a row no two messages may share."""


def expected() -> list[dict[str, str]]:
    """Read the reviewed expectations, one for each line of the day."""
    with EXPECTED.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file, delimiter="\t"))


def called(line: dict[str, Any]) -> str:
    """Name a line as the expectations do: by its own id, else by what it is about."""
    return str(next((line[key] for key in ("id", "post", "place", "account") if key in line), line["type"]))


def of_type(*types: str) -> list[dict[str, Any]]:
    """Pick the lines of some types."""
    return [line for line in LINES if line["type"] in types]


def runs(text: str) -> Iterator[tuple[str, ...]]:
    """Give every run of words, as long as no two messages may share one."""
    words = re.findall(r"[\w']+", text.lower())
    yield from (tuple(words[start : start + RUN]) for start in range(len(words) - RUN + 1))


async def test_the_sample_day_ends_as_people_reviewed_it(tmp_path: Path) -> None:
    """The expectations were written from the policy, not from the program, so that each can correct the other.

    Where words are misread, the page says what should come of them, and beside it what does.
    """
    place = place_in(tmp_path)
    await replayed(place, [DAY], DISTRICT / "roster", example_configuration())
    told, reader = Told(place), LineReader()
    heard = [reader.read(line) for line in DAY.read_bytes().splitlines()]
    wanted = [(row["id"], " ".join(sorted((row["misread"] or row["expected"]).split()))) for row in expected()]

    came = [(row["id"], " ".join(told.outcome(each))) for row, each in zip(expected(), heard, strict=True)]

    assert came == wanted


async def test_a_second_run_of_the_day_writes_nothing(tmp_path: Path) -> None:
    """`make run` may be typed twice: what was heard, decided and done stays as it is."""
    place, configuration = place_in(tmp_path), example_configuration()
    first = await replayed(place, [DAY], DISTRICT / "roster", configuration)
    with closing(sqlite3.connect(place.database)) as connection:
        before = connection.execute("SELECT seq, body FROM entry ORDER BY seq").fetchall()

    second = await replayed(place, [DAY], DISTRICT / "roster", configuration)

    with closing(sqlite3.connect(place.database)) as connection:
        assert connection.execute("SELECT seq, body FROM entry ORDER BY seq").fetchall() == before
    assert second.summary == first.summary


def test_every_line_has_its_expectation_in_the_same_order() -> None:
    """Or a reader would compare a line with what belongs to another."""
    assert [(row["id"], row["what"]) for row in expected()] == [(called(line), line["type"]) for line in LINES]


def test_no_line_is_older_than_the_one_before() -> None:
    """A history is told in the order it happened, and a line has a name of its own."""
    times = [line["at"] for line in LINES]
    names = [line["id"] for line in LINES if "id" in line]

    assert times == sorted(times)
    assert len(names) == len(set(names))


def test_the_roster_is_read_without_a_note() -> None:
    """Whoever copies it begins with files that are right."""
    reading = read_lists(DISTRICT / "roster")

    assert reading.notes == ()


def test_the_district_has_three_schools_eight_teams_and_about_sixty_people() -> None:
    """Large enough that schools, offices and teams differ from each other."""
    lists = read_lists(DISTRICT / "roster").lists

    assert len({each.school for each in lists.offices}) == 3
    assert len({each.team for each in lists.teams}) == 8
    assert 55 <= len(lists.people) <= 65


def test_the_day_has_three_hundred_posts_and_most_of_them_are_fine() -> None:
    """A filter that finds too much shows itself only among ordinary talk."""
    posts = [row for row in expected() if row["what"] == "post"]
    fine = [row for row in posts if not row["expected"]]

    assert len(posts) >= 300
    assert len(fine) / len(posts) > 0.75


def test_no_two_messages_share_a_run_of_six_words() -> None:
    """The day was written by hand, as people talk, and holds no filler."""
    written = {line["id"]: set(runs(line.get("text", ""))) for line in of_type("post", "order")}

    shared = [(one, other) for one, other in combinations(written, 2) if written[one] & written[other]]

    assert shared == []


def test_few_lines_of_the_day_are_misread() -> None:
    """The day is full of baits; whoever makes reading better takes lines out of the column, and lowers this."""
    assert sum(bool(row["misread"]) for row in expected()) <= 8


def test_every_team_and_club_is_heard() -> None:
    """Each has a channel of its own, and its people write there."""
    teams = {each.team for each in read_lists(DISTRICT / "roster").lists.teams}
    channels = {line["place"]: line["team"] for line in of_type("space") if line.get("team")}

    assert {channels[line["place"]] for line in of_type("post") if line["place"] in channels} == teams


def test_everything_that_can_be_ordered_answered_and_decided_happens() -> None:
    """Whoever looks for an example finds one."""
    orders = of_type("order")

    assert {line["order"] for line in orders} == {str(each) for each in OrderKind}
    assert {line["choice"] for line in of_type("answer")} == {str(each) for each in Choice}
    assert {line["ruling"] for line in of_type("decide")} == {str(each) for each in Ruling}
    assert {bool(line.get("concerns_copied")) for line in orders if line["order"] == "private"} == {True, False}
    assert any(line.get("skip_coach") for line in of_type("report"))
    assert of_type("appeal", "tick", "delete", "profile")


def test_what_waited_came_or_was_spared_and_one_silence_still_climbs() -> None:
    """Somebody does not answer and an office is asked; somebody answers and nobody is. The next offices come later."""
    outcomes = {outcome for row in expected() for outcome in row["expected"].split()}

    assert {"later:alert:athletic_director", "dropped:alert:athletic_director"} <= outcomes
    assert {"later:suspend", "later:resume", "later:restore"} <= outcomes
    waiting = {row["id"] for row in expected() if "waiting:" in row["expected"]}
    assert waiting == {"o06"}
