"""Swear words and vulgar words, plain or masked, whoever they are aimed at."""

from typing import Final

from bot.readings.clues.cue import cues
from bot.readings.labels import Label

CUES: Final = cues(Label.PROFANITY, {})
