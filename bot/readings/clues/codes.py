"""Passwords and codes that somebody gives or asks for, as against dress codes, talk about passwords, and warnings."""

import re
from typing import Final

from bot.readings.clues.cue import cues
from bot.readings.clues.passage import Passage
from bot.readings.labels import Label
from bot.readings.password import is_against, is_secret

_OWN_TROUBLE: Final = re.compile(
    r"\b(?:my|a|an|new|strong|better|longer|own|forgot|forgotten|lost|reset|changed?|if|when|how|no"
    r"|makes?)\b|\b(?:know|have|remember|got|find) (?:your|ur|yr)\b|\bto (?:log|sign)\b"
)
"""Words in a question that make it one about passwords, or about the author's own."""
_GOES_ON: Final = re.compile(
    r" ?-?(?:rules?|prompts?|polic(?:y|ies)|requirements?|resets?|hints?|managers?|pages?|screens?|box|field|buttons?"
    r"|working|works?|doesn'?t|won'?t|isn'?t|expires?|changes?|changed|protected|strength|length|problems?|issues?"
    r"|errors?|help|cracked|stolen|leaked|hacked|supposed|even|again|reminder|sheets?|times|attempts?"
    r"|(?:for|in) (?:the|our|a|this) (?:story|skit|game|play|book|movie|scene))\b"
)
"""What makes a password the subject of talk instead of what is asked for."""


def _told(passage: Passage) -> float:
    return 0.0 if is_against(passage.before) else 1.0


def _given(passage: Passage) -> float:
    """Weigh by the last word of the hit: a secret, or only how a sentence goes on."""
    how, _, said = passage.hit.strip().rpartition(" ")
    return _told(passage) if is_secret(passage.before, how.rstrip(), said, passage.after) else 0.0


def _asked(passage: Passage) -> float:
    if _OWN_TROUBLE.search(passage.hit) or _GOES_ON.match(passage.after):
        return 0.0
    return _told(passage)


CUES: Final = cues(Label.PII_PASSWORD, {"told": _told, "given": _given, "asked": _asked})
