"""Named points at which a test may end the process as a power cut would. Outside a test they do nothing."""

import os
import signal
from typing import Final

POINTS: Final = (
    "heard",
    "planned",
    "written",
    "recorded",
    "acknowledged",
    "begun",
    "performed",
    "closed",
    "copied before migrating",
    "migrated",
    "forgotten",
    "imported",
)
"""In the order a message, then the house itself, passes them."""

VARIABLE: Final = "CHAPERONE_CRASH_AT"
"""`name` or `name:N`: die at the N-th time the point is passed."""


class Faults:
    """Counts how often each point is passed and dies where the environment says."""

    def __init__(self, setting: str) -> None:
        """Read a setting like `recorded:3`; an empty one never dies."""
        name, _, nth = setting.partition(":")
        if name and name not in POINTS:
            raise ValueError(f"{VARIABLE} names no point called '{name}'")
        self._name = name
        self._left = int(nth or 1)

    def point(self, name: str) -> None:
        """Pass a point. SIGKILL leaves nothing a chance to tidy up, which is the purpose."""
        if name != self._name:
            return
        self._left -= 1
        if self._left == 0:
            os.kill(os.getpid(), signal.SIGKILL)


FAULTS: Final = Faults(os.environ.get(VARIABLE, ""))
point = FAULTS.point
