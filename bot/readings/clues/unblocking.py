"""Ways around the school's filter, and apps for anonymous messages, offered or asked for."""

from typing import Final

from bot.readings.clues.cue import cues
from bot.readings.clues.passage import Passage
from bot.readings.labels import Label, Listeners


def _among_students(passage: Passage) -> float:
    """Weigh what staff may do, and what a student may ask of them: to turn the filter off for a page."""
    setting = passage.setting
    return float(not (setting.is_staff or setting.audience is Listeners.DM_TO_STAFF))


CUES: Final = cues(Label.ANONYMIZER, {"among students": _among_students})
