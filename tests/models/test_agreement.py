import json
from pathlib import Path

import pytest

from models.agreement import DEV, SECOND, Agreement, agreement, pairs, table

ROW = {
    "text": "anyone got a vape",
    "author_role": "student",
    "audience": "group",
    "copy_to_principal": False,
    "kind": "hit",
}


def written(path: Path, *rows: dict[str, object]) -> Path:
    path.write_text("".join(f"{json.dumps(row)}\n" for row in rows), "utf-8")
    return path


def row(name: str, *labels: str, leak: bool = False) -> dict[str, object]:
    return {"id": name, "labels": labels, "confidential_leak": leak}


def test_kappa_is_one_for_the_same_and_nought_for_chance() -> None:
    """By hand: 20 and 25 of 50 with 15 in common agree in .7, by chance in .5, so kappa is .4 (Cohen 1960)."""
    assert Agreement(20, 25, 15, 50).kappa == pytest.approx(0.4)
    assert Agreement(7, 7, 7, 100).kappa == 1
    assert Agreement(50, 50, 25, 100).kappa == 0
    assert Agreement(0, 0, 0, 9).kappa == 1


def test_two_hands_are_counted(tmp_path: Path) -> None:
    """A label that only one of them gives is counted for that one; a leak counts like a label."""
    first = written(tmp_path / "a.jsonl", {**ROW, **row("1", "substances")}, {**ROW, **row("2", leak=True)})
    second = written(tmp_path / "b.jsonl", row("2", leak=True), row("1", "substances", "threat"))

    both = pairs(first, second)

    assert agreement("substances", both) == Agreement(1, 1, 1, 2)
    assert agreement("threat", both) == Agreement(0, 1, 0, 2)
    assert agreement("confidential", both) == Agreement(1, 1, 1, 2)
    assert "messages labelled alike: 0.500 (1/2" in table(both)


def test_other_messages_are_refused(tmp_path: Path) -> None:
    """A message left out would look like agreement."""
    first = written(tmp_path / "a.jsonl", {**ROW, **row("1")})

    with pytest.raises(ValueError, match=r"b\.jsonl holds other messages than a\.jsonl"):
        pairs(first, written(tmp_path / "b.jsonl", row("2")))


@pytest.mark.parametrize("second", sorted(SECOND.glob("*.jsonl")), ids=lambda path: path.stem)
def test_two_hands_follow_the_same_guide(second: Path) -> None:
    """Below .8 the guide, not the people, would have to be better (Landis and Koch: almost perfect from .81 on)."""
    both = pairs(DEV / second.name, second)

    assert all(agreement(name, both).kappa > 0.8 for name in {each for pair in both for held in pair for each in held})
