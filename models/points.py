"""Operating points: from which probability on a label may hold (review), and from which it is taken to hold (act)."""

from collections.abc import Mapping
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from bot.readings.heads import Floats
from bot.readings.labels import Label
from models.samples import Kind


class Ceiling(NamedTuple):
    """How many false alarms are borne: of everyday texts, and of baits."""

    everyday: float
    bait: float


HELD: Final = Ceiling(0.003, 0.03)
"""For what a person looks at: a label holds from here on."""
WIDE: Final = Ceiling(0.01, 0.06)
"""The same where a miss costs most."""
SURE: Final = Ceiling(0.0005, 0.004)
"""For what may lead to consequences."""

EVEN: Final = 0.5
"""A label that is less likely than not holds only where a miss costs most."""
LOW: Final = 0.35
ASKED: Final = 0.25
MEASURED: Final[Mapping[str, float]] = {Label.HARASSMENT: 0.35, Label.SUBSTANCES: 0.6, Label.OFFPLATFORM: 0.8}
"""Chosen on the dev set as a whole, where they keep under the ceilings: across families those are harder to keep."""
COSTLY: Final = (Label.SELF_HARM, Label.THREAT, Label.REPORT)
COPIED: Final = (Label.MEDICAL, Label.ACADEMIC)
"""A miss breaks the policy and a false copy leaks an ordinary chat. In between, the author is asked."""


def point(head: str, sure: Floats, answers: NDArray[np.bool_], kinds: NDArray[np.str_]) -> tuple[float, float]:
    """Choose review and act of a head by what it said across families: shape (samples,), NaN where it was not asked.

    `kinds` has each sample's kind, and "" for what is no yardstick.
    """
    if head in COPIED:
        return ASKED, EVEN
    ceiling, least = (WIDE, LOW) if head in COSTLY else (HELD, EVEN)
    review = MEASURED.get(head) or max(least, _lowest(ceiling, sure, answers, kinds))
    act = max(review, EVEN, _lowest(SURE, sure, answers, kinds))
    return round(review, 4), round(act, 4)


def _lowest(ceiling: Ceiling, sure: Floats, answers: NDArray[np.bool_], kinds: NDArray[np.str_]) -> float:
    """Find the lowest probability that keeps under both ceilings."""
    asked = ~np.isnan(sure) & ~answers
    return max(
        _quantile(sure[asked & (kinds == Kind.EVERYDAY)], ceiling.everyday),
        _quantile(sure[asked & (kinds == Kind.BAIT)], ceiling.bait),
    )


def _quantile(wrong: Floats, share: float) -> float:
    """Find the value that only such a share of the wrong ones exceeds."""
    return float(np.quantile(wrong, 1 - share)) if len(wrong) else 0.5
