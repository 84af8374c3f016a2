"""Codes, pins and logins given away or asked for, as against codes of games and rooms."""

from typing import Final

from bot.readings.clues.cue import cues
from bot.readings.labels import Label

CUES: Final = cues(Label.PII_PASSWORD, {})
