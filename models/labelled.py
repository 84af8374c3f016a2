"""Labelled messages, as docs/labelling.md describes them."""

import json
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import NamedTuple

from bot.readings.labels import Label, Listeners, Setting, Speaker


class Labelled(NamedTuple):
    """One message, and what holds of it."""

    id: str
    text: str
    setting: Setting
    labels: frozenset[Label]
    copy_to_principal: bool
    confidential_leak: bool
    kind: str
    """`everyday`, `bait`, `hit` or `disguised`."""


def read(paths: Iterable[Path]) -> Iterator[Labelled]:
    """Read files of labelled messages. Raises ValueError that names the file and line of the first one amiss."""
    for path in paths:
        with path.open("rb") as lines:
            for number, line in enumerate(lines, start=1):
                try:
                    yield _labelled(json.loads(line))
                except (KeyError, ValueError, TypeError) as problem:
                    raise ValueError(f"{path.name}, line {number}: {problem}. Mend the line.") from problem


def _labelled(value: dict[str, object]) -> Labelled:
    labels = value["labels"]
    if not isinstance(labels, list):
        raise ValueError("'labels' is no list")  # noqa: TRY004 (a fault of the file like the others)
    return Labelled(
        str(value["id"]),
        str(value["text"]),
        Setting(Speaker(str(value["author_role"])), Listeners(str(value["audience"]))),
        frozenset(map(Label, labels)),
        bool(value["copy_to_principal"]),
        bool(value["confidential_leak"]),
        str(value["kind"]),
    )
