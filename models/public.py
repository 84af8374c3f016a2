"""Public sets that the heads learn from: which rows, and what each can say. See `models/public/NOTICE.md`.

`python -m models.public FOLDER` picks the rows anew from a folder with the whole sets; the picked ones stand in
`models/public/`, compressed, so that `make models` needs nothing else.
"""

import gzip
import json
import sys
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from random import Random
from typing import Any, Final, NamedTuple

from bot.readings.labels import Label, Listeners, Setting, Speaker
from models.samples import HEADS, Kind, Sample

FOLDER: Final = Path(__file__).parent / "public"
SEED: Final = 5
HELD: Final = "held/bias_madlibs.jsonl.gz"
HELD_ROWS: Final = 2_500
LONGEST: Final = 400
"""Characters: what is longer is no chat."""

Row = dict[str, Any]
ABUSE: Final = frozenset(
    map(str, (Label.HARASSMENT, Label.SEXUAL, Label.SELF_HARM, Label.THREAT, Label.BOUNDARY, Label.REPORT))
)
SCHOOL: Final = frozenset(map(str, (Label.ACADEMIC, Label.REPORT, Label.SELF_HARM, Label.THREAT)))
UNSURE: Final = frozenset(map(str, (Label.MEDICAL, Label.PII_PASSWORD)))
"""What somebody who tells a machine what to do may do all the same: "change my pin to the one of my wife"."""


class Source(NamedTuple):
    """One set: how many rows are used, which heads it says something about, and how much each row weighs."""

    file: str
    rows: int
    weight: float
    says: frozenset[str]
    holds: Callable[[Row], frozenset[str] | None]
    """Which heads should say yes; None leaves the row out."""
    kind: Kind = Kind.BAIT


_HARASSMENT: Final = frozenset({str(Label.HARASSMENT)})
_NONE: Final[frozenset[str]] = frozenset()


def _by_label(row: Row) -> frozenset[str]:
    return _HARASSMENT if row["label"] else _NONE


def _positives(row: Row) -> frozenset[str] | None:
    return _HARASSMENT if row["label"] else None


def _davidson(row: Row) -> frozenset[str] | None:
    """Take hate and clean tweets; "offensive" ones are mostly no more than a swear word."""
    return {0: _HARASSMENT, 2: _NONE}.get(row["cls"])


def _moderation(row: Row) -> frozenset[str] | None:
    rated = row["labels"]
    heads = {Label.SEXUAL: ("S", "S3"), Label.HARASSMENT: ("H", "HR", "H2"), Label.SELF_HARM: ("SH",)}
    held = frozenset(str(head) for head, keys in heads.items() if any(rated.get(key) == 1 for key in keys))
    unknown = any(rated.get(key) is None for keys in heads.values() for key in keys) and not held
    return None if unknown else held


def _benign(_: Row) -> frozenset[str]:
    return _NONE


def _ham(row: Row) -> frozenset[str] | None:
    return _NONE if row["cls"] == "ham" else None


SOURCES: Final = (
    Source("davidson_part", 2500, 0.15, _HARASSMENT, _davidson),
    Source("edos_train_dev", 1500, 0.25, _HARASSMENT, _positives),
    Source("hatemoji_train", 2000, 0.25, _HARASSMENT, _by_label),
    Source("toxigen_prompts", 600, 0.25, _HARASSMENT, _by_label),
    Source("oai_moderation_part", 600, 0.5, _HARASSMENT | {str(Label.SEXUAL), str(Label.SELF_HARM)}, _moderation),
    Source("bias_madlibs_6k", 3000, 2.0, _HARASSMENT, _by_label),
    Source("clinc_train_val", 4000, 0.5, frozenset(HEADS) - UNSURE, _benign, Kind.EVERYDAY),
    Source("sms_part", 2500, 0.5, SCHOOL, _ham, Kind.EVERYDAY),
)


def read_public(folder: Path = FOLDER) -> Iterator[Sample]:
    """Give the picked rows as samples. Nobody knows who wrote them to whom: each gets some setting."""
    chance = Random(SEED)
    settings = [Setting(role, audience) for role in Speaker for audience in Listeners]
    for source in SOURCES:
        for row in _rows(folder / f"{source.file}.jsonl.gz"):
            held = source.holds(row)
            if held is not None:
                silent = frozenset(HEADS) - source.says
                place = chance.choice(settings)
                yield Sample(row["text"], place, held, silent, source.kind, f"public/{row['id']}", source.weight)


def yardstick(sample: Sample) -> str:
    """Give the kind by which false alarms are counted; "" for public texts about abuse: chat has no such baits."""
    return "" if sample.family.startswith("public/") and sample.kind is Kind.BAIT else sample.kind


def read_held() -> list[Row]:
    """Give the rows of bias_madlibs that nothing learns from, as they are."""
    return list(_rows(FOLDER / HELD))


def _rows(path: Path) -> Iterator[Row]:
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        yield from map(json.loads, lines)


def pick(whole: Path, folder: Path = FOLDER) -> None:
    """Pick rows from the whole sets, and write them: the same bytes again."""
    folder.mkdir(exist_ok=True)
    for source in SOURCES:
        rows = [json.loads(line) for line in (whole / f"{source.file}.jsonl").read_text("utf-8").splitlines()]
        fitting = [row for row in rows if len(row["text"]) <= LONGEST and source.holds(row) is not None]
        picked = Random(SEED).sample(fitting, min(source.rows, len(fitting)))
        _write(folder / f"{source.file}.jsonl.gz", picked)
        if source.file == "bias_madlibs_6k":
            known = {row["id"] for row in picked}
            rest = [row for row in rows if row["id"] not in known]
            _write(folder / HELD, Random(SEED).sample(rest, HELD_ROWS))


def _write(path: Path, rows: Sequence[Row]) -> None:
    lines = "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in sorted(rows, key=lambda row: str(row["id"])))
    path.write_bytes(gzip.compress(lines.encode(), mtime=0))


if __name__ == "__main__":
    pick(Path(sys.argv[1]))
