"""How alike two people label the dev set: `python -m models.agreement` prints it, label by label.

The second hand's labels stand in `models/dev/second/`, a file for each it has labelled; it saw the text, who wrote and
who reads, and the guide. Cohen's kappa is 1 where both always agree, and 0 where they agree as often as by chance.
"""

import json
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Final, NamedTuple

from bot.readings.labels import CONFIDENTIAL, Label
from models.intervals import Share
from models.labelled import read
from models.samples import holding

DEV: Final = Path(__file__).parent / "dev"
SECOND: Final = DEV / "second"
NAMES: Final = (*map(str, Label), CONFIDENTIAL)

Pair = tuple[frozenset[str], frozenset[str]]
"""What holds of one message as the first hand has it, and as the second."""


class Agreement(NamedTuple):
    """How often each hand says that a label holds, and both."""

    first: int
    second: int
    both: int
    of: int

    @property
    def kappa(self) -> float:
        """Give Cohen's kappa; 1 where both always say the same, be it never."""
        alike = (self.of - self.first - self.second + 2 * self.both) / self.of
        chance = (self.first * self.second + (self.of - self.first) * (self.of - self.second)) / self.of**2
        return 1.0 if chance == 1 else (alike - chance) / (1 - chance)


def pairs(first: Path, second: Path) -> list[Pair]:
    """Give what both hands say of each message of a file. Raises ValueError where they are not the same messages."""
    told = {row.id: holding(row.labels, leak=row.confidential_leak) for row in read((first,))}
    with second.open(encoding="utf-8") as lines:
        rows = [*map(json.loads, lines)]
    again = {row["id"]: holding(map(Label, row["labels"]), leak=row["confidential_leak"]) for row in rows}
    if told.keys() != again.keys():
        raise ValueError(f"{second.name} holds other messages than {first.name}. Label the same ones.")
    return [(said, again[id_]) for id_, said in told.items()]


def agreement(name: str, both: Sequence[Pair]) -> Agreement:
    """Count one label."""
    return Agreement(
        sum(name in first for first, _ in both),
        sum(name in second for _, second in both),
        sum(name in first and name in second for first, second in both),
        len(both),
    )


def table(both: Sequence[Pair]) -> str:
    """Write every label, and how many messages both label wholly alike."""
    counted = ((name, agreement(name, both)) for name in NAMES)
    lines = [f"{'':<18}first  second  both  kappa"]
    lines += [
        f"{name:<18}{each.first:>5}  {each.second:>6}  {each.both:>4}  {each.kappa:.3f}" for name, each in counted
    ]
    return "\n".join([*lines, f"messages labelled alike: {Share(sum(one == two for one, two in both), len(both))}"])


def main() -> None:
    """Print each file that two hands have labelled."""
    for second in sorted(SECOND.glob("*.jsonl")):
        sys.stdout.write(f"{second.stem}\n{table(pairs(DEV / second.name, second))}\n\n")


if __name__ == "__main__":
    main()
