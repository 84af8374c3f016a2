"""Somebody means to hurt or kill themselves, or is told to, or is feared for. Rather one too many."""

from typing import Final

from bot.readings.clues.cue import cues, veto
from bot.readings.clues.passage import Passage
from bot.readings.labels import Label

_JOKE: Final = veto(Label.SELF_HARM, "joke")
_LAUGHTER: Final = veto(Label.SELF_HARM, "laughter")


def in_earnest(passage: Passage) -> float:
    """Weigh a figure of speech about homework or practice as doubtful, not as nothing."""
    return 0.65 if _JOKE.search(passage.sentence) else 1.0


def without_a_laugh(passage: Passage) -> float:
    """Weigh what nobody says of homework: only laughter beside it makes it doubtful."""
    return 0.65 if _LAUGHTER.search(passage.sentence) else 1.0


CUES: Final = cues(Label.SELF_HARM, {"in earnest": in_earnest, "without a laugh": without_a_laugh})
