"""Ways around the school's filter, and apps for anonymous messages, offered or asked for."""

from typing import Final

from bot.readings.clues.cue import cues
from bot.readings.labels import Label

CUES: Final = cues(Label.ANONYMIZER, {})
