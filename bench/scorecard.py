"""The targets, and whether a run reaches them."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum
from typing import Final

from bench.section import Spread

MARGIN: Final = 0.30
"""What a gate allows a ratio to lie short of its target: a shared machine is never quiet."""


class Bound(Enum):
    """On which side of its limit a value should lie."""

    AT_LEAST = "≥"
    AT_MOST = "≤"


@dataclass(frozen=True, slots=True)
class Target:
    """One line of the scorecard. Only a ratio can be gated: an absolute number belongs to a machine."""

    id: str
    says: str
    bound: Bound
    limit: float
    unit: str = "x"

    @property
    def is_ratio(self) -> bool:
        """Say whether both sides were measured in the same run."""
        return self.unit == "x"

    def reached_by(self, value: float, margin: float = 0.0) -> bool:
        """Compare a value with the limit, so much margin allowed."""
        if self.bound is Bound.AT_LEAST:
            return value >= self.limit * (1 - margin)
        return value <= self.limit * (1 + margin)


@dataclass(frozen=True, slots=True)
class Result:
    """A target and what was measured."""

    target: Target
    measured: Spread

    @property
    def passed(self) -> bool:
        """Say whether the median reaches the target."""
        return self.target.reached_by(self.measured.median)


def gate(results: Sequence[Result]) -> list[Result]:
    """Pick the ratios that miss their target by more than the margin."""
    return [
        each for each in results if each.target.is_ratio and not each.target.reached_by(each.measured.median, MARGIN)
    ]
