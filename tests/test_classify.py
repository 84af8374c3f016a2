"""`chaperone classify`: the readings and thresholds of the rules, on a file of messages."""

import json
import os
import subprocess
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest

from bot.readings.labels import Label
from tests.journeys import ROOT

ROW = {"id": "a", "text": "How is the knee?", "author_role": "coach", "audience": "dm_to_student"}
Classify = Callable[..., subprocess.CompletedProcess[bytes]]


@pytest.fixture
def classify(tmp_path: Path) -> Classify:
    """Give a way to type the command on lines, with the example's settings."""

    def typed(*lines: Mapping[str, Any] | bytes, options: tuple[str, ...] = ()) -> subprocess.CompletedProcess[bytes]:
        file = tmp_path / "messages.jsonl"
        file.write_bytes(
            b"".join((each if isinstance(each, bytes) else json.dumps(each).encode()) + b"\n" for each in lines)
        )
        command = [sys.executable, "-m", "bot", "classify", str(file), "--config", str(ROOT / "config.example.toml")]
        return subprocess.run([*command, *options], capture_output=True, check=False, env=dict(os.environ), timeout=60)

    return typed


def objects(ended: subprocess.CompletedProcess[bytes]) -> list[dict[str, Any]]:
    return [json.loads(line) for line in ended.stdout.splitlines()]


def test_each_message_is_answered_in_the_same_order(classify: Classify) -> None:
    """Whoever measures lays both files side by side."""
    ended = classify(*({**ROW, "id": number} for number in range(70)))

    assert [each["id"] for each in objects(ended)] == list(range(70))
    assert ended.returncode == 0


def test_an_answer_says_labels_scores_evidence_and_both_decisions(classify: Classify) -> None:
    """The form is what others read by machine."""
    (answer,) = objects(classify(ROW))

    assert answer["labels"] == ["medical"]
    assert answer["copy_to_principal"] is True
    assert answer["confidential_leak"] is False
    assert list(answer["scores"]) == [label.value for label in Label]
    assert answer["evidence"][0]["text"] == "How is the knee"


def test_what_is_told_confidentially_has_evidence_of_its_own(classify: Classify) -> None:
    """Whoever measures it has to see on what it rests; no label is about discipline, family or money."""
    text = "Heads up, our goalie was suspended and her mom lost the house."
    row = {**ROW, "text": text, "author_role": "coach", "audience": "group"}
    told, near = objects(classify(row, {**row, "text": "Bus at 4, bring water."}))

    found = [each for each in told["evidence"] if each["label"] == "confidential_leak"]
    assert (told["confidential_leak"], near["confidential_leak"]) == (True, False)
    assert [text[each["start"] : each["end"]] for each in found] == [each["text"] for each in found]
    assert "suspended" in [each["text"] for each in found]
    assert [each for each in near["evidence"] if each["label"] == "confidential_leak"] == []


@pytest.mark.parametrize("typed", ["bit dot ly/q7", "hxxps://bit[.]ly/q7", "bit.ly/q7"])
def test_the_evidence_is_what_was_typed(typed: str, classify: Classify) -> None:
    """Whoever checks an answer looks for it in the message."""
    (answer,) = objects(classify({**ROW, "text": f"Slides: {typed} thanks"}))
    (told,) = answer["evidence"]

    assert told["text"] == f"Slides: {typed} thanks"[told["start"] : told["end"]]
    assert told["text"] == typed


def test_a_line_that_cannot_be_read_is_named_and_the_others_are_answered(classify: Classify) -> None:
    """One slip in a file of thousands must not cost the rest, nor be passed over in silence."""
    ended = classify(ROW, b"{", {**ROW, "author_role": "boss"}, b"\xff", b"[]", b"", {**ROW, "id": "b"})

    assert [each["id"] for each in objects(ended)] == ["a", "b"]
    assert [line.split(b" is skipped")[0] for line in ended.stderr.splitlines()] == [
        b"messages.jsonl, line 2",
        b"messages.jsonl, line 3",
        b"messages.jsonl, line 4",
        b"messages.jsonl, line 5",
    ]
    assert ended.returncode == 1


def test_no_words_are_told_of_a_line_that_cannot_be_read(classify: Classify) -> None:
    """Errors end up in logs."""
    ended = classify({**ROW, "text": 5, "author_role": "rosebud"}, b'{"text": "rosebud"')

    assert b"rosebud" not in ended.stderr


@pytest.mark.parametrize(
    ("field", "value", "needs"),
    [
        ("id", 1.5, b"an 'id', a text or a whole number"),
        ("text", None, b"a 'text' in quotation marks"),
        ("author_role", "`id`", b"an 'author_role': coach, teacher, administration, student"),
        ("audience", 7, b"an 'audience': group, announcement, dm_to_student, dm_to_staff"),
    ],
)
def test_the_field_that_is_wrong_is_named(field: str, value: object, needs: bytes, classify: Classify) -> None:
    """With what it has to be; missing or of another kind."""
    lacks = {name: each for name, each in ROW.items() if name != field}
    ended = classify(ROW, {**ROW, field: value}, lacks)

    assert ended.stderr.splitlines() == [
        b"messages.jsonl, line 2 is skipped: it needs " + needs + b".",
        b"messages.jsonl, line 3 is skipped: it needs " + needs + b".",
    ]


def test_after_ten_lines_that_cannot_be_read_they_are_counted(classify: Classify) -> None:
    """Ten are enough to see why."""
    ended = classify(*[b"{"] * 1_500, ROW)

    assert len(objects(ended)) == 1
    assert len(ended.stderr.splitlines()) == 11
    assert ended.stderr.splitlines()[-1] == b"messages.jsonl: 1,490 further lines are skipped, too."
    assert ended.returncode == 1


def test_a_file_of_another_kind_is_refused(classify: Classify) -> None:
    """Nothing in it was answered, so nothing was done."""
    ended = classify(b"id,text,author_role,audience", b"1,hi,coach,group")

    assert ended.stdout == b""
    assert ended.returncode == 2
    assert b"messages.jsonl has no line that could be read. Give JSON Lines: id, text," in ended.stderr


def test_that_a_file_is_empty_is_told(classify: Classify) -> None:
    """An export that failed leaves such a file, too."""
    ended = classify(b"", b" ")

    assert (ended.returncode, ended.stdout) == (0, b"")
    assert ended.stderr.replace(b"\n", b"").endswith(b"messages.jsonl is empty.")


def test_half_a_character_is_read_and_told_again(classify: Classify) -> None:
    """Some clients cut an emoji in two."""
    (answer,) = objects(
        classify(b'{"id": "\\ud83d", "text": "kys \\ud83d", "author_role": "student", "audience": "group"}')
    )

    assert answer["id"] == "\ud83d"
    assert "self_harm" in answer["labels"]


def test_last_names_come_from_the_roster(classify: Classify, tmp_path: Path) -> None:
    """Only names of the district's students are looked for."""
    roster = tmp_path / "roster.txt"
    roster.write_text("Nadia Petrov\n\nMaya Green\n", "utf-8")
    row = {**ROW, "text": "is petrov coming", "author_role": "student", "audience": "group"}

    (without,), (with_it,) = objects(classify(row)), objects(classify(row, options=("--roster", str(roster))))

    assert without["labels"] == []
    assert with_it["labels"] == ["pii_lastname"]


def test_an_address_of_the_district_is_nobodys_private_data(classify: Classify) -> None:
    """The guide to the labels names example.org; the example's settings know it beside the sample district's."""
    hosts = ["example.org", "staff.example.org", "alderbrook.example", "gmail.com"]

    answers = objects(classify(*({**ROW, "text": f"send it to kit.reyes@{host}"} for host in hosts)))

    assert [each["labels"] for each in answers] == [[], [], [], ["pii_email"]]


def test_a_file_that_is_not_there_is_told_in_a_sentence(classify: Classify, tmp_path: Path) -> None:
    """A slip in a name is the usual one."""
    ended = classify(ROW, options=("--roster", str(tmp_path / "nobody.txt")))

    assert ended.returncode == 2
    assert b"nobody.txt cannot be read as a roster" in ended.stderr.replace(b"\n", b" ")
