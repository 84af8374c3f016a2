"""Something confidential about a student, told to a group: who is meant, and what it is. Pure."""

import re
from typing import Final

from bot.patterns import Asked
from bot.readings.clues.meant import Names
from bot.readings.labels import Label, Listeners, Scores, Setting
from bot.text import Folded

SURELY: Final = 0.5
"""How sure the health or schooling of somebody has to be."""

POSSIBLE: Final = 0.01
"""Below it the models know better than a word that tells of conduct or of a home: "Jada stole the ball"."""
CONFIDENT: Final = 0.7
"""From here on the models alone say that something confidential about a person meant is told."""

_OTHER: Final = Asked(
    r"\b(?:suspended|suspension|detention|expelled|expulsion|disciplin(?:e|ary|ed)|in trouble (?:for|with)|kicked off"
    r"|dismissed from the team|violat(?:ed|ion)|write[- ]?up|written up|isn't allowed on|not allowed on campus"
    r"|restraining order|custody|divorc(?:e|ed|ing)|foster (?:care|home|kid|parents?)|dcf|cps|child services"
    r"|social worker|homeless(?:ness)?|shelter|evicted|eviction|immigration|deport(?:ed|ation)|incarcerated|in jail"
    r"|in prison|arrested|probation officer|domestic|abus(?:e|ed|ive)|rehab|drunk|parents are (?:separat|split)"
    r"|mom (?:left|kicked|lost)|dad (?:left|lost|drinks)|(?:family|home) (?:situation|trouble|problems|issues)"
    r"|free (?:or reduced )?lunch|reduced lunch|financial aid|fee waiver|can't afford|cannot afford|couldn't afford"
    r"|owes?|unpaid|still hasn't paid|hasn't paid|haven't paid|past due|balance of|behind on (?:fees|dues|payments)"
    r"|scholarship fund|food stamps|snap benefits|waive(?:d)? (?:her|his|their) fee|student id(?: number)? is"
    r"|id number|social security|lunch (?:pin|number|balance|debt)|ssn|caught (?:cheating|vaping|drinking|stealing"
    r"|with)|cheat(?:ed|ing)|stole|failed (?:a|the|his|her) drug test|drug test|counsel(?:or|ing) (?:for|about|every)"
    r"|fight(?:ing)? (?:in|at|with)|benched for (?:his|her|their) (?:behavior|attitude)|behavior (?:plan|contract))\b"
)
_PUBLIC: Final = re.compile(
    r"\b(?:congrat\w*|honor roll|all[- ](?:star|state|conference)|player of the|mvp|happy birthday|welcome back"
    r"|scored|goals?|pr\b|personal record|award|shout ?out|well deserved)\b"
)
_POINTS: Final = re.compile(
    r"\b(?:he|she|him|her|his|hers|he's|she's|hes|shes|himself|herself"
    r"|(?:one|a) (?:of (?:our|my|your) )?(?:player|student|kid|teammate|senior|junior|freshman|sophomore|girl|boy)"
    r"s? (?:on|in|from)|(?:our|my|the) (?:goalie|pitcher|captain|quarterback|setter|keeper|point guard|catcher"
    r"|center|kicker|lead|drummer|treasurer|president|secretary|soloist))\b"
)


_OF_THE_AUTHOR: Final = re.compile(
    r"\b(?:i(?:'?m|'?ve|'?ll|'?d)?(?! (?:just )?(?:heard|hear|saw|know|think|bet|guess|swear)\b)|me|mine|myself"
    r"|my(?! (?:best )?(?:friend|bestie|teammate|classmate|partner)\b))\b"
)
"""Who tells of themselves or their own family. Who only says how they know it does not."""


def tells_a_fact(folded: Folded) -> bool:
    """Say whether words speak of discipline, family or money: what no label is about."""
    return _OTHER.search(folded.text)


def facts(folded: Folded) -> list[tuple[int, int]]:
    """List where words speak of discipline, family or money, half-open, in what was typed."""
    return [folded.span(*each) for each in _OTHER.spans(folded.text)]


def is_leak(folded: Folded, scores: Scores, setting: Setting, names: Names) -> bool:
    """Say whether many readers are told what is confidential about a student.

    Staff name a student or point at one. What others tell counts only with a name of the roster, and never where they
    tell of themselves: that is for them to tell. Whether the author is staff is for the rules.
    """
    if setting.audience not in {Listeners.GROUP, Listeners.ANNOUNCEMENT}:
        return False
    if scores.confidential is not None and scores.confidential >= CONFIDENT:
        return True
    private = max(scores.of(Label.MEDICAL), scores.of(Label.ACADEMIC)) >= SURELY
    told = tells_a_fact(folded) and (scores.confidential is None or scores.confidential >= POSSIBLE)
    if not private and (not told or _PUBLIC.search(folded.text)):
        return False
    if not setting.is_staff:
        return _OF_THE_AUTHOR.search(folded.text) is None and names.of_the_roster(folded)
    return names.stand_in(folded) or _POINTS.search(folded.text) is not None
