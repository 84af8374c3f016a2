"""The clues of each sample, as scores by label: the heads learn how far to trust them."""

from collections.abc import Sequence
from typing import Final

import numpy as np

from bot.readings.clues import Clues
from bot.readings.heads import Floats
from bot.readings.labels import weigh
from bot.readings.personal import Known
from bot.readings.unglue import Parting
from bot.text import fold
from models.samples import Sample

YEAR: Final = 2026
"""When the samples were written, for birth dates."""


def scores(samples: Sequence[Sample], parting: Parting) -> Floats:
    """Give the score by clues alone for each label: shape (samples, 20)."""
    clues = Clues(Known(), parting=parting)
    return np.array([weigh(clues.read(fold(each.text), each.setting, YEAR)).values for each in samples], np.float32)
