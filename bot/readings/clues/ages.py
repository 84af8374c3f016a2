"""An age and a date that together give the year somebody was born."""

from typing import Final

from bot.readings.clues.cue import cues
from bot.readings.labels import Label

CUES: Final = cues(Label.PII_BIRTHDATE, {})
