"""An age and a date that together give the year somebody was born."""

from typing import Final

from bot.readings.birth_date import is_of_a_thing
from bot.readings.clues.cue import cues
from bot.readings.clues.passage import Passage
from bot.readings.labels import Label


def _of_a_person(passage: Passage) -> float:
    return 0.0 if is_of_a_thing(passage.sentence) else 1.0


CUES: Final = cues(Label.PII_BIRTHDATE, {"of a person": _of_a_person})
