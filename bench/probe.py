"""What the disk can do at this moment: a durable number means nothing without it."""

import os
import tempfile
from dataclasses import dataclass
from pathlib import Path
from statistics import quantiles
from time import perf_counter
from typing import Final

TIMES: Final = 200
BLOCK: Final = bytes(4096)
DRIFT: Final = 2.0
"""A section whose probes lie further apart than this was measured on two different disks."""


@dataclass(frozen=True, slots=True)
class Probe:
    """How long a write of 4 KiB takes to be durable, in microseconds."""

    p50: float
    p99: float

    def drifted_from(self, before: "Probe") -> bool:
        """Say whether the disk changed its regime in between."""
        return max(self.p50, before.p50) > DRIFT * min(self.p50, before.p50)


def probe(folder: Path, times: int = TIMES) -> Probe:
    """Write and `fdatasync` 4 KiB again and again, into a file that grows."""
    took: list[float] = []
    with tempfile.TemporaryFile(dir=folder, buffering=0) as file:
        for _ in range(times):
            start = perf_counter()
            file.write(BLOCK)
            os.fdatasync(file.fileno())
            took.append((perf_counter() - start) * 1e6)
    cuts = quantiles(took, n=100)
    return Probe(cuts[49], cuts[98])
