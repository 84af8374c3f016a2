import json
from pathlib import Path

import pytest

from bot.readings.labels import Label
from models.intervals import Share
from models.labelled import read
from models.score import build, figures, judge, table

ROW = {
    "id": "1",
    "text": "anyone got a vape",
    "author_role": "student",
    "audience": "group",
    "labels": ["substances"],
    "copy_to_principal": False,
    "confidential_leak": False,
    "kind": "hit",
}
FOLDER = Path(__file__).parents[2] / "models"
FILES = sorted(path for name in ("dev", "dev/personal", "talk") for path in (FOLDER / name).glob("*.jsonl"))


def written(folder: Path, *rows: dict[str, object]) -> Path:
    path = folder / "rows.jsonl"
    path.write_text("".join(f"{json.dumps(row)}\n" for row in rows), "utf-8")
    return path


def test_an_interval_stays_within_nought_and_one() -> None:
    """Few rows say little, all of them right say no certainty (Wilson 1927: 10 of 10 is .722 to 1)."""
    low, high = Share(10, 10).interval

    assert low == pytest.approx(0.722, abs=0.001)
    assert high == pytest.approx(1)
    assert Share(0, 10).interval[0] == 0
    assert Share(0, 0).interval == (0, 1)


def test_figures_count_what_is_found_missed_and_wrongly_found(tmp_path: Path) -> None:
    """Precision, recall and false alarms are what decides."""
    missed = {**ROW, "id": "2", "text": "the usual stuff behind the gym"}
    alarm = {**ROW, "id": "3", "text": "who has weed", "labels": [], "kind": "bait"}
    quiet = {**ROW, "id": "4", "text": "bus at 4", "labels": [], "kind": "everyday"}
    topics = build(None, with_models=False)
    judged = judge(list(read([written(tmp_path, ROW, missed, alarm, quiet)])), topics)

    counted = figures(
        judged, lambda row: Label.SUBSTANCES in row.labels, lambda topic: Label.SUBSTANCES in topic.labels
    )

    assert counted == (Share(1, 2), Share(1, 2), Share(1, 2))


def test_every_label_and_decision_has_its_line(tmp_path: Path) -> None:
    """A label nobody measures is a label nobody knows."""
    lines = list(table(judge(list(read([written(tmp_path, ROW)])), build(None))))

    assert [line.split()[0] for line in lines[1:23]] == [*Label, "copy_to_principal", "confidential_leak"]


def test_a_row_amiss_is_named_by_file_and_line(tmp_path: Path) -> None:
    """Whoever labels by hand slips."""
    with pytest.raises(ValueError, match=r"rows\.jsonl, line 2: .*bored"):
        list(read([written(tmp_path, ROW, {**ROW, "labels": ["bored"]})]))


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_the_labelled_rows_can_be_read(path: Path) -> None:
    """Each row has the form of docs/labelling.md, and an id of its own."""
    rows = list(read([path]))

    assert len({row.id for row in rows}) == len(rows)
    assert all(row.kind in {"everyday", "bait", "hit", "disguised"} for row in rows)
