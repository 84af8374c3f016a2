"""Using, offering, selling or praising tobacco, alcohol and other drugs, as against prevention and soft drinks."""

from typing import Final

from bot.readings.clues.cue import cues
from bot.readings.labels import Label

CUES: Final = cues(Label.SUBSTANCES, {})
