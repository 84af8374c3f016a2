import csv
from pathlib import Path

from adapters.oneroster import read_lists
from adapters.replay.lines import LineReader
from tests.journeys import DISTRICT, Told, example_configuration, place_in, replayed

EXPECTED = DISTRICT / "expected.tsv"
DAY = DISTRICT / "day.jsonl"


def expected() -> list[dict[str, str]]:
    """Read the reviewed expectations, one for each line of the day."""
    with EXPECTED.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file, delimiter="\t"))


async def test_the_sample_day_ends_as_people_reviewed_it(tmp_path: Path) -> None:
    """The expectations were written from the policy, not from the program, so that each can correct the other."""
    place = place_in(tmp_path)
    await replayed(place, [DAY], DISTRICT / "roster", example_configuration())
    told, reader = Told(place), LineReader()
    heard = [reader.read(line) for line in DAY.read_bytes().splitlines()]
    wanted = [(row["id"], " ".join(sorted(row["expected"].split()))) for row in expected()]

    came = [(row["id"], " ".join(told.outcome(each))) for row, each in zip(expected(), heard, strict=True)]

    assert came == wanted


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
