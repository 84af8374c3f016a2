"""Sexual talk, remarks and pictures, as against lessons, biology and crushes."""

from typing import Final

from bot.readings.clues.cue import cues
from bot.readings.labels import Label

CUES: Final = cues(Label.SEXUAL, {})
