"""Operating points: from which probability on a label may hold (review), and from which it is taken to hold (act)."""

from collections.abc import Mapping
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from bot.readings.heads import Floats
from bot.readings.labels import Label
from models.samples import CONFIDENTIAL, Kind


class Ceiling(NamedTuple):
    """How many false alarms are borne: of everyday texts, and of baits."""

    everyday: float
    bait: float


STRICT: Final = Ceiling(0.003, 0.03)
"""For what may lead to consequences."""
ROUTING: Final = Ceiling(0.01, 0.06)
"""For what is only routed, without blame, and for what a person looks at."""
WIDE: Final = Ceiling(0.02, 0.15)
"""For what a person looks at where a miss costs most."""

COPIED: Final = (0.25, 0.5)
"""Review and act where a miss breaks the policy and a false copy leaks an ordinary chat: by probability alone."""

CEILINGS: Final[Mapping[str, tuple[Ceiling, Ceiling]]] = {
    Label.HARASSMENT: (ROUTING, STRICT),
    Label.PROFANITY: (ROUTING, STRICT),
    Label.SEXUAL: (ROUTING, STRICT),
    Label.SUBSTANCES: (ROUTING, STRICT),
    Label.BOUNDARY: (ROUTING, STRICT),
    Label.OFFPLATFORM: (ROUTING, STRICT),
    Label.SELF_HARM: (WIDE, ROUTING),
    Label.THREAT: (WIDE, ROUTING),
    Label.REPORT: (WIDE, ROUTING),
    CONFIDENTIAL: (ROUTING, STRICT),
}
"""For each head the ceilings of review and of act."""


def point(head: str, sure: Floats, answers: NDArray[np.bool_], kinds: NDArray[np.str_]) -> tuple[float, float]:
    """Choose review and act of a head by what it said across families: shape (samples,), NaN where it was not asked."""
    if head in (Label.MEDICAL, Label.ACADEMIC):
        return COPIED
    review, act = (_lowest(ceiling, sure, answers, kinds) for ceiling in CEILINGS[head])
    return round(min(review, act), 4), round(act, 4)


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
