"""A student tells an adult that somebody is being harmed, or asks how to tell."""

from typing import Final

from bot.readings.clues.cue import cues
from bot.readings.clues.passage import Passage
from bot.readings.labels import Label, Listeners, Setting


def is_told_to_staff(setting: Setting) -> bool:
    """Say whether a student writes to an adult of the school."""
    return not setting.is_staff and setting.audience is Listeners.DM_TO_STAFF


def told(passage: Passage) -> float:
    """Weigh whether a student tells an adult: gossip between students is none."""
    if passage.setting.is_staff:
        return 0.0
    return 1.0 if passage.setting.audience is Listeners.DM_TO_STAFF else 0.25


def asked(passage: Passage) -> float:
    """Weigh asking how to tell, which a student may do in front of anybody."""
    if passage.setting.is_staff:
        return 0.0
    return 1.0 if passage.setting.audience is Listeners.DM_TO_STAFF else 0.55


CUES: Final = cues(Label.REPORT, {"told": told, "asked": asked})
