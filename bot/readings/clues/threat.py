"""Violence against people or the school, announced or hinted at, as against sport, games, films and drills."""

from typing import Final

from bot.readings.clues.cue import cues, veto
from bot.readings.clues.passage import Passage
from bot.readings.labels import Label

_LAUGH: Final = veto(Label.THREAT, "laugh")


def in_earnest(passage: Passage) -> float:
    """Weigh what is said with a laugh as doubtful."""
    return 0.4 if _LAUGH.search(passage.folded.text[:600]) else 1.0


CUES: Final = cues(Label.THREAT, {"in earnest": in_earnest})
