"""How well texts are read: `python -m models.score FILES...` prints the figures, with counts and 95 % intervals.

`--roster FILE` names the students. `--wrong LABEL` lists what went wrong for one label, by id, to look at kinds of
failure. Nobody tunes to a message of the dev set. `--benign` takes files of rows with a `text` only, none of which is
about anything, and gives the share that has a label; `--speed` gives messages a second.
"""

import argparse
import json
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import partial
from pathlib import Path
from time import perf_counter
from typing import Final, NamedTuple

from bot.classify import read_people
from bot.readings.clues import Clues
from bot.readings.labels import Label, Listeners, Setting, Speaker
from bot.readings.models import open_models
from bot.readings.personal import Known
from bot.readings.topics import Topic, Topics
from models.intervals import Share
from models.labelled import Labelled, read

YEAR: Final = 2026
MAIL: Final = ("example.org",)
CLEAN: Final = ("everyday", "bait")
"""Kinds of rows that have no label, as a rule."""
GROUP: Final = Setting(Speaker.STUDENT, Listeners.GROUP)


class Judged(NamedTuple):
    """A row, and what was made of it."""

    row: Labelled
    topic: Topic


class Figures(NamedTuple):
    """How often something was found where it holds, and where it does not."""

    precision: Share
    recall: Share
    clean: Share
    """False alarms on rows of kind `everyday` and `bait`."""


def build(roster: Path | None, *, with_models: bool = True) -> Topics:
    """Build the readings as the product does, for the district of the example."""
    people = frozenset[tuple[str, str]]() if roster is None else read_people(roster)
    return Topics(Clues(Known(people, MAIL)), open_models().models if with_models else None)


def judge(rows: Sequence[Labelled], topics: Topics) -> list[Judged]:
    """Read every row."""
    scores = topics.read([row.text for row in rows], [row.setting for row in rows], YEAR)
    return [Judged(row, topics.judge(row.text, score, row.setting)) for row, score in zip(rows, scores, strict=True)]


def figures(judged: Iterable[Judged], holds: Callable[[Labelled], bool], found: Callable[[Topic], bool]) -> Figures:
    """Count for one label or decision."""
    pairs = [(each.row.kind in CLEAN, holds(each.row), found(each.topic)) for each in judged]
    right = sum(held and hit for _, held, hit in pairs)
    clean = [hit for is_clean, held, hit in pairs if is_clean and not held]
    return Figures(
        Share(right, sum(hit for _, _, hit in pairs)),
        Share(right, sum(held for _, held, _ in pairs)),
        Share(sum(clean), len(clean)),
    )


def table(judged: Sequence[Judged]) -> Iterator[str]:
    """Write the figures, one line a label and decision."""
    yield f"{'':18}{'precision':34}{'recall':34}false alarms on everyday and bait"
    for label in Label:
        yield _line(label.value, figures(judged, partial(_has, label), partial(_has, label)))
    yield _line("copy_to_principal", figures(judged, _copied, lambda topic: topic.copy_to_principal))
    yield _line("confidential_leak", figures(judged, _leaks, lambda topic: topic.confidential_leak))
    for kind in CLEAN:
        clean = [each for each in judged if each.row.kind == kind and not each.row.labels]
        yield f"any label on clean rows, {kind}: {Share(sum(bool(each.topic.labels) for each in clean), len(clean))}"
    disguised = [each for each in judged if each.row.kind == "disguised"]
    whole = sum(each.row.labels <= frozenset(each.topic.labels) for each in disguised)
    yield f"disguised rows with every label found: {Share(whole, len(disguised))}"


def wrong(judged: Iterable[Judged], label: Label) -> Iterator[str]:
    """List misses and false alarms of one label."""
    for each in judged:
        held, found = label in each.row.labels, label in each.topic.labels
        if held is not found:
            yield f"{'missed' if held else 'false alarm'}\t{each.row.id}\t{each.row.kind}\t{each.row.text}"


def benign(paths: Iterable[Path], topics: Topics) -> Iterator[str]:
    """Give the share of texts with any label, file by file, written by a student to a group, and which labels."""
    for path in paths:
        texts = [json.loads(line)["text"] for line in path.read_text("utf-8").splitlines()]
        scores = topics.read(texts, [GROUP] * len(texts), YEAR)
        held = [topics.judge(text, score, GROUP).labels for text, score in zip(texts, scores, strict=True)]
        by_label = {label.value: sum(label in each for each in held) for label in Label}
        told = ", ".join(f"{name} {count}" for name, count in by_label.items() if count)
        yield f"{path.name}: any label on {Share(sum(map(bool, held)), len(held))}: {told}"


def speed(texts: Sequence[str], topics: Topics) -> str:
    """Read all texts one by one, twice, and time the second time."""
    for text in texts:
        topics.read([text], [GROUP], YEAR)
    start = perf_counter()
    for text in texts:
        topics.read([text], [GROUP], YEAR)
    return f"{len(texts) / (perf_counter() - start):,.0f} messages a second, one at a time, one thread"


def main() -> int:
    """Print what was asked for."""
    parser = argparse.ArgumentParser(prog="python -m models.score", description=__doc__)
    parser.add_argument("files", nargs="*", type=Path)
    parser.add_argument("--roster", type=Path)
    parser.add_argument("--wrong", type=Label, choices=list(Label))
    parser.add_argument("--benign", nargs="+", type=Path, default=[])
    parser.add_argument("--speed", action="store_true")
    parser.add_argument("--clues-alone", action="store_true", help="as if the models could not be opened")
    asked = parser.parse_args()
    topics = build(asked.roster, with_models=not asked.clues_alone)
    judged = judge(list(read(asked.files)), topics)
    lines = [*table(judged)] if judged else []
    lines += wrong(judged, asked.wrong) if asked.wrong is not None else []
    lines += benign(asked.benign, topics)
    if asked.speed:
        lines.append(speed([each.row.text for each in judged], topics))
    sys.stdout.write("".join(f"{line}\n" for line in lines))
    return 0


def _line(name: str, counted: Figures) -> str:
    return f"{name:18}{counted.precision!s:34}{counted.recall!s:34}{counted.clean}"


def _has(label: Label, either: Labelled | Topic) -> bool:
    return label in either.labels


def _copied(row: Labelled) -> bool:
    return row.copy_to_principal


def _leaks(row: Labelled) -> bool:
    return row.confidential_leak


if __name__ == "__main__":
    sys.exit(main())
