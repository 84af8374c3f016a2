"""The clues of each sample, as scores by label: the heads learn how far to trust them."""

from collections.abc import Sequence

import numpy as np

from bot.readings.clues import academic, boundary, harassment, medical, offplatform, profanity, report
from bot.readings.clues import self_harm, sexual, solicit, substances, threat
from bot.readings.clues.finder import Cues
from bot.readings.clues.meant import Names
from bot.readings.heads import Floats
from bot.readings.labels import weigh
from bot.text import fold
from models.samples import Sample

_EVERY = (academic, boundary, harassment, medical, offplatform, profanity, report)
_ALL = (*_EVERY, self_harm, sexual, solicit, substances, threat)


def scores(samples: Sequence[Sample]) -> Floats:
    """Give the score by clues alone for each label: shape (samples, 20)."""
    cues = Cues((cue for module in _ALL for cue in module.CUES), Names(()))
    return np.array([weigh(cues.find(fold(each.text), each.setting)).values for each in samples], np.float32)
