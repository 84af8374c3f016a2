"""Between one adult of the school and one student, from either side: secrecy, gifts, being alone, romantic talk."""

from typing import Final

from bot.readings.clues.cue import cues
from bot.readings.clues.passage import Passage
from bot.readings.labels import Label, Listeners, Setting

_CLOSENESS: Final = {
    (True, Listeners.DM_TO_STUDENT): 1.0,
    (False, Listeners.DM_TO_STAFF): 1.0,
    (True, Listeners.GROUP): 0.4,
}
"""Whether the author is staff, and who reads. Between students, or between adults, nothing here is a boundary."""


def is_between_adult_and_student(setting: Setting) -> bool:
    """Say whether an adult of the school writes to one student, or a student to one adult."""
    return _CLOSENESS.get((setting.is_staff, setting.audience)) == 1.0


def alone(passage: Passage) -> float:
    """Weigh whether an adult and a student are alone there."""
    return _CLOSENESS.get((passage.setting.is_staff, passage.setting.audience), 0.0)


CUES: Final = cues(Label.BOUNDARY, {"alone": alone})
