"""How well texts that nobody learned from are read: counts, and how far chance could move them."""

import json
from collections.abc import Iterable, Sequence
from math import sqrt
from pathlib import Path
from typing import Any, Final, NamedTuple

from bot.readings.labels import Label, Listeners, Setting, Speaker
from models.samples import Kind

FOLDER: Final = Path(__file__).parent / "dev"
_Z: Final = 1.96


class Row(NamedTuple):
    """One labelled message of the dev set."""

    id: str
    text: str
    setting: Setting
    labels: frozenset[str]
    copied: bool
    leak: bool
    kind: Kind


class Rate(NamedTuple):
    """A share with its counts and its 95 % interval by Wilson."""

    hits: int
    of: int

    @property
    def share(self) -> float:
        """Give the share; 0 of 0 is 0."""
        return self.hits / self.of if self.of else 0.0

    @property
    def interval(self) -> tuple[float, float]:
        """Give the ends of the interval."""
        if not self.of:
            return 0.0, 1.0
        spread = _Z * sqrt(self.share * (1 - self.share) / self.of + _Z**2 / (4 * self.of**2))
        middle, scale = self.share + _Z**2 / (2 * self.of), 1 + _Z**2 / self.of
        return (middle - spread) / scale, (middle + spread) / scale

    def __str__(self) -> str:
        low, high = self.interval
        return f"{self.hits}/{self.of} = {self.share:.2f} ({low:.2f}-{high:.2f})"


class Figures(NamedTuple):
    """Precision and recall of one label."""

    precision: Rate
    recall: Rate

    def written(self) -> dict[str, Any]:
        """Give them for the manifest."""
        return {
            name: {
                "hits": rate.hits,
                "of": rate.of,
                "low": round(rate.interval[0], 3),
                "high": round(rate.interval[1], 3),
            }
            for name, rate in zip(self._fields, self, strict=True)
        }


def read_rows(folder: Path = FOLDER) -> list[Row]:
    """Read every file of the dev set, by name."""
    lines = (line for path in sorted(folder.glob("*.jsonl")) for line in path.read_text("utf-8").splitlines())
    return [_row(json.loads(line)) for line in lines if line.strip()]


def _row(told: dict[str, Any]) -> Row:
    setting = Setting(Speaker(told["author_role"]), Listeners(told["audience"]))
    labels = frozenset(map(str, map(Label, told["labels"])))
    copied, leak = bool(told.get("copy_to_principal")), bool(told.get("confidential_leak"))
    return Row(told["id"], told["text"], setting, labels, copied, leak, Kind(told["kind"]))


def compare(said: Sequence[bool], true: Sequence[bool]) -> Figures:
    """Compare what was said with what is so."""
    both = sum(map(bool.__and__, said, true))
    return Figures(Rate(both, sum(said)), Rate(both, sum(true)))


def table(found: Iterable[tuple[str, Figures]]) -> str:
    """Draw the figures for people."""
    lines = [f"{name:<16}{figures.precision!s:<32}{figures.recall!s}" for name, figures in found]
    return "\n".join([f"{'':<16}{'precision':<32}recall", *lines])
