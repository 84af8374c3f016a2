"""Say what the messages of a file are about, by the very readings and thresholds that the rules use."""

import json
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import datetime
from itertools import islice
from pathlib import Path
from typing import Any, BinaryIO, Final, NamedTuple

import msgspec

from bot.checkup import Weight
from bot.config import Configuration
from bot.errors import ConfigurationError
from bot.readings.clues import Clues
from bot.readings.labels import Label, Listeners, Scores, Setting, Speaker
from bot.readings.leak import facts
from bot.readings.outside import Outside, Question
from bot.readings.personal import Known
from bot.readings.topics import Topic, Topics
from bot.text import fold
from bot.what_reads import models_of, open_scorer

_AT_ONCE: Final = 32
"""How many lines are read together: enough for models to be quick, few enough to stream."""

_PLACES: Final = 6


class _Line(msgspec.Struct, frozen=True):
    id: str | int
    text: str
    author_role: Speaker
    audience: Listeners


_NEEDED: Final = {
    "id": "an 'id', a text or a whole number",
    "text": "a 'text' in quotation marks",
    "author_role": f"an 'author_role': {', '.join(Speaker)}",
    "audience": f"an 'audience': {', '.join(Listeners)}",
}
_FIELD: Final = re.compile(rf"`(?:\$\.)?({'|'.join(_NEEDED)})`")
"""How the library names a field that is missing or holds something else."""

_MOST_NAMED: Final = 10
"""Further lines that cannot be read are counted only."""


class Row(NamedTuple):
    """One line: a message, who wrote it and who reads it."""

    id: str | int
    text: str
    setting: Setting

    def __repr__(self) -> str:
        """Show the id only: words stay out of logs and tracebacks."""
        return f"Row({self.id!r})"


def classify_file(
    path: Path, roster: Path | None, configuration: Configuration, now: datetime, wrong: Callable[[str], None]
) -> Iterator[str]:
    """Read a file of messages and give one line of JSON for each, in the same order, as it goes."""
    own = configuration.settings.district
    people = frozenset[tuple[str, str]]() if roster is None else read_people(roster)
    models, remark = models_of(configuration)
    if remark.weight is Weight.BROKEN:
        wrong(f"{remark.what} {remark.mend}")
    outside = open_scorer(configuration)
    if outside is not None and (scorer := outside.try_out()).weight is not Weight.FINE:
        wrong(f"{scorer.what} {scorer.mend}")
    known = Known(people, own.mail_domains, own.phone_numbers, own.venues)
    topics = Topics(Clues(known, own=configuration.own_words()), models)
    this_year = now.astimezone(configuration.settings.zone).year
    with _opened(path) as lines:
        for told in classify(rows(path.name, lines, wrong), topics, this_year, outside):
            yield json.dumps(told)


def rows(name: str, lines: Iterable[bytes], wrong: Callable[[str], None]) -> Iterator[Row]:
    """Read the lines of a file. One that cannot be read is told by `wrong`, and left out; an empty one is passed.

    Raises:
        ConfigurationError: there were lines, and none of them could be read.
    """
    read = skipped = 0
    for number, line in enumerate(lines, start=1):
        if not line.strip():
            continue
        try:
            row = _row(line)
        except ValueError as problem:
            skipped += 1
            if skipped <= _MOST_NAMED:
                wrong(f"{name}, line {number} is skipped: {problem}.")
        else:
            read += 1
            yield row
    if skipped > _MOST_NAMED:
        wrong(f"{name}: {skipped - _MOST_NAMED:,} further lines are skipped, too.")
    if skipped and not read:
        raise ConfigurationError(f"{name} has no line that could be read. Give JSON Lines: {', '.join(_NEEDED)}.")


def classify(
    rows: Iterable[Row], topics: Topics, this_year: int, outside: Outside | None = None
) -> Iterator[dict[str, Any]]:
    """Say of each row what it is about, in the same order, a few rows at a time."""
    rest = iter(rows)
    while batch := list(islice(rest, _AT_ONCE)):
        scored: Sequence[Scores] = topics.read([row.text for row in batch], [row.setting for row in batch], this_year)
        if outside is not None:
            questions = [Question(row.text, (), row.setting.role) for row in batch]
            scored = outside.consider(questions, scored, topics.points)
        for row, scores in zip(batch, scored, strict=True):
            yield _told(row, topics.judge(row.text, scores, row.setting))


def read_people(path: Path) -> frozenset[tuple[str, str]]:
    """Read a roster of one full name a line: given and family names. The family name is the last word."""
    try:
        lines = path.read_text("utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as problem:
        raise ConfigurationError(f"{path} cannot be read as a roster. Give a UTF-8 text file of names.") from problem
    names = (line.split() for line in lines if line.strip())
    return frozenset((" ".join(parts[:-1]), parts[-1]) for parts in names)


def _opened(path: Path) -> BinaryIO:
    try:
        return path.open("rb")
    except OSError as problem:
        raise ConfigurationError(f"{path} cannot be read: {problem.strerror}. Name a file of JSON Lines.") from problem


def _told(row: Row, topic: Topic) -> dict[str, Any]:
    scores = zip(Label, topic.scores.values, strict=True)
    return {
        "id": row.id,
        "labels": [label.value for label in topic.labels],
        "copy_to_principal": topic.copy_to_principal,
        "confidential_leak": topic.confidential_leak,
        "scores": {label.value: round(score, _PLACES) for label, score in scores},
        "evidence": [
            {"label": clue.label.value, "clue": clue.name, "start": clue.start, "end": clue.end, "text": clue.text}
            for clue in topic.scores.clues
        ]
        + [
            {"label": label.value, "clue": f"scorer {topic.scores.scorer}", "start": 0, "end": 0, "text": ""}
            for label in Label
            if label in topic.scores.moved
        ]
        + (_facts(row.text) if topic.confidential_leak else []),
    }


def _facts(text: str) -> list[dict[str, Any]]:
    """Give what is told of somebody, where that is confidential, as evidence; health and schooling have labels."""
    found = facts(fold(text))
    told = {"label": "confidential_leak", "clue": "discipline, family or money"}
    return [{**told, "start": start, "end": end, "text": text[start:end]} for start, end in found]


def _row(line: bytes) -> Row:
    """Read one line. Raises ValueError with what is wrong, and none of its words."""
    try:
        value = msgspec.convert(json.loads(line), _Line)
    except UnicodeDecodeError:
        raise ValueError("it is not UTF-8") from None
    except msgspec.ValidationError as error:
        raise ValueError(_missing(str(error))) from None
    except (ValueError, RecursionError):
        raise ValueError("it is not JSON") from None
    return Row(value.id, value.text, Setting(value.author_role, value.audience))


def _missing(told: str) -> str:
    """Name the field that is wrong, and what it has to be; nothing else of what the library says: it quotes words."""
    fields = _FIELD.findall(told)
    return f"it needs {_NEEDED[fields[-1]]}" if fields else "it is no object in braces"
