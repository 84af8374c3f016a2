"""How sure a proportion is: Wilson's interval, which stays within 0 and 1 also for few and for all of them."""

from math import sqrt
from typing import Final, NamedTuple

_Z: Final = 1.959964
"""Two-sided 95 %."""


class Share(NamedTuple):
    """Some of all."""

    some: int
    all: int

    @property
    def value(self) -> float:
        """Give the proportion; nought of nought counts as 1: nothing went wrong."""
        return self.some / self.all if self.all else 1.0

    @property
    def interval(self) -> tuple[float, float]:
        """Give the 95 % interval (Wilson 1927)."""
        if not self.all:
            return 0.0, 1.0
        share, count = self.value, self.all
        middle = share + _Z**2 / (2 * count)
        spread = _Z * sqrt(share * (1 - share) / count + _Z**2 / (4 * count**2))
        whole = 1 + _Z**2 / count
        return max(0.0, (middle - spread) / whole), min(1.0, (middle + spread) / whole)

    def __str__(self) -> str:
        """Write it as in a table."""
        low, high = self.interval
        return f"{self.value:.3f} ({self.some}/{self.all}; {low:.2f}-{high:.2f})"
