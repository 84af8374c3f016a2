"""Words that demean, mock, shut out or pester somebody, as against swearing, teasing, quoting and self-mockery."""

from typing import Final

from bot.patterns import Asked
from bot.readings.clues.cue import cues, veto
from bot.readings.clues.passage import Passage
from bot.readings.labels import Label, Listeners

_TEASING: Final = veto(Label.HARASSMENT, "teasing")
_QUOTED: Final = veto(Label.HARASSMENT, "quoted")
_GAME: Final = veto(Label.HARASSMENT, "game")
_SELF: Final = Asked(
    r"\b(?:i am|i'?m|i feel|i felt|i looke?d?|i was|am i|my (?:dumb|stupid|fat|ugly|lazy|broke) (?:ass|self|butt)"
    r"|makes? me (?:feel|look)|me being|i'?ve been)\b"
)
_ANOTHER: Final = Asked(r"\b(?:you|u|ur|you're|youre|she|he|they|your|she's|he's|shes|hes|they're|theyre)\b")
_THING: Final = Asked(
    r"\b(?:homework|hw|test|quiz|class|math|chem|game|ref|refs|referee|calls?|plays?|practice|schedule|bus|food|lunch"
    r"|wifi|app|song|movie|show|weather|rules?|idea|question|assignment|project|essay|drill|uniforms?|jerseys?|shoes"
    r"|printer|phone|chromebook|season|traffic|alarm|mondays?|hair day|locker|field|court|gym|bathroom|socks|cleats)\b"
)


def _is_turned_away(passage: Passage) -> bool:
    """Say whether it is said of oneself, or told of what somebody else said."""
    near = f"{passage.before[-40:]}{passage.hit}"
    own = _SELF.search(near) and not _ANOTHER.search(near)
    return own or _QUOTED.search(passage.before[-56:])


def aimed(passage: Passage) -> float:
    """Weigh whether it is aimed at somebody. A student who tells an adult of it reports it."""
    if _is_turned_away(passage) or passage.setting.audience is Listeners.DM_TO_STAFF:
        return 0.0
    return 0.4 if _TEASING.search(passage.folded.text[:600]) else 1.0


def aimed_mildly(passage: Passage) -> float:
    """Weigh a word that is said of things and games as often."""
    if _THING.search(passage.sentence) or _GAME.search(passage.sentence):
        return 0.0
    return aimed(passage)


def aimed_at_a_person(passage: Passage) -> float:
    """Weigh what may be said of anything: somebody has to be named, pointed at or spoken to."""
    return aimed_mildly(passage) if passage.meant.third or passage.meant.you else 0.0


CUES: Final = cues(
    Label.HARASSMENT,
    {"aimed": aimed, "aimed mildly": aimed_mildly, "told to staff": aimed, "aimed at a person": aimed_at_a_person},
)
