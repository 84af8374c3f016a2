"""Operating points: from which probability on a label may hold (review), and from which it is taken to hold (act)."""

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


HELD: Final = Ceiling(0.001, 0.008)
"""For what a person looks at: a label holds from here on."""
SURE: Final = Ceiling(0.0003, 0.003)
"""For what may lead to consequences."""
WIDE: Final = Ceiling(0.004, 0.03)
"""For what a person looks at where a miss costs most."""

COPIED: Final = (0.25, 0.5)
"""Review and act where a miss breaks the policy and a false copy leaks an ordinary chat: by probability alone."""

COSTLY: Final = (Label.SELF_HARM, Label.THREAT)


def point(head: str, sure: Floats, answers: NDArray[np.bool_], kinds: NDArray[np.str_]) -> tuple[float, float]:
    """Choose review and act of a head by what it said across families: shape (samples,), NaN where it was not asked.

    `kinds` has each sample's kind, and "" for what is no yardstick.
    """
    if head in (Label.MEDICAL, Label.ACADEMIC):
        return COPIED
    review = _lowest(WIDE if head in COSTLY else HELD, sure, answers, kinds)
    act = max(review, _lowest(SURE, sure, answers, kinds))
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
