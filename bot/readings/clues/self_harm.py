"""Somebody means to hurt or kill themselves, or is told to, or is feared for. Rather one too many."""

from collections.abc import Callable
from typing import Final

from bot.readings.clues.cue import cues, veto
from bot.readings.clues.passage import Passage
from bot.readings.labels import Label

DOUBTFUL: Final = 0.65
"""What a figure of speech still weighs: it is doubtful, not nothing."""


def _doubted_by(table: str) -> Callable[[Passage], float]:
    """Weigh words as doubtful where something of an `[around]` table stands beside them."""
    beside = veto(Label.SELF_HARM, table)
    return lambda passage: DOUBTFUL if beside.search(passage.sentence) else 1.0


CUES: Final = cues(
    Label.SELF_HARM,
    {
        "in earnest": _doubted_by("joke"),  # laughter, or what people die of every day: homework, practice
        "without a laugh": _doubted_by("laughter"),
    },
)
