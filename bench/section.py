"""A section: contenders that take turns, between two looks at the disk."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import Final

from bench.probe import Probe, probe

Contender = Callable[[], float]
"""Runs once and says how fast it was: so many a second, or how long it took, as its section says."""

ATTEMPTS: Final = 2
"""A section that was unstable is repeated once."""


@dataclass(frozen=True, slots=True)
class Spread:
    """The middle of some measurements, and how far they lie apart."""

    median: float
    low: float
    high: float

    @classmethod
    def of(cls, values: Sequence[float]) -> "Spread":
        """Sum up measurements."""
        return cls(median(values), min(values), max(values))


@dataclass(frozen=True, slots=True)
class Section:
    """What takes turns, and in which unit it is measured."""

    name: str
    unit: str
    contenders: Mapping[str, Contender]


@dataclass(frozen=True, slots=True)
class Measured:
    """A section's measurements, in the order of the passes."""

    name: str
    unit: str
    values: dict[str, list[float]]
    before: Probe
    after: Probe

    @property
    def unstable(self) -> bool:
        """Say whether the disk changed under it."""
        return self.after.drifted_from(self.before)

    def spread(self, contender: str) -> Spread:
        """Sum up one contender."""
        return Spread.of(self.values[contender])

    def ratio(self, product: str, reference: str) -> Spread:
        """Compare two contenders pass by pass, so that what slows both slows neither."""
        pairs = zip(self.values[product], self.values[reference], strict=True)
        return Spread.of([ours / theirs for ours, theirs in pairs])


def turns(names: Sequence[str], passes: int) -> Iterator[tuple[str, ...]]:
    """Order the contenders A-B, B-A, A-B and so on, so that a drift favours nobody."""
    for number in range(passes):
        yield tuple(names) if number % 2 == 0 else tuple(reversed(names))


def measure(section: Section, passes: int, folder: Path) -> Measured:
    """Measure a section; once more when the disk changed its regime meanwhile."""
    for _ in range(ATTEMPTS):
        measured = _once(section, passes, folder)
        if not measured.unstable:
            break
    return measured


def _once(section: Section, passes: int, folder: Path) -> Measured:
    before = probe(folder)
    values: dict[str, list[float]] = {name: [] for name in section.contenders}
    for order in turns(tuple(section.contenders), passes):
        for name in order:
            values[name].append(section.contenders[name]())
    return Measured(section.name, section.unit, values, before, probe(folder))
