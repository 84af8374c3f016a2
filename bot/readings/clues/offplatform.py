"""Moving talk away from the school's platform, as against talk about apps and the team's public page."""

from typing import Final

from bot.readings.clues.cue import cues
from bot.readings.labels import Label

CUES: Final = cues(Label.OFFPLATFORM, {})
