"""Asking somebody for their number, address or other personal data, as against a jersey's or an office's number."""

from typing import Final

from bot.readings.clues.cue import cues
from bot.readings.labels import Label

CUES: Final = cues(Label.PII_SOLICIT, {})
