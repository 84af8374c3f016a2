"""Operating points: from which probability on a label may hold (review), and from which it is taken to hold (act).

They are chosen on two files of the dev set. The third one says how they hold.
"""

from collections.abc import Mapping, Sequence
from typing import Final, NamedTuple

from bot.readings.labels import Label, Scores
from bot.readings.signs import Point, may_hold_from
from models.labelled import Labelled
from models.samples import Kind


class Ceiling(NamedTuple):
    """How many false alarms are borne: of everyday texts, and of baits."""

    everyday: float
    bait: float


HELD: Final = Ceiling(0.003, 0.03)
"""For what a person looks at: a label holds from here on."""
WIDE: Final = Ceiling(0.01, 0.06)
"""The same where a miss costs most."""
SURE: Final = Ceiling(0.0005, 0.004)
"""For what may lead to consequences."""

EVEN: Final = 0.5
"""A label that is less likely than not holds only where a miss costs most."""
LOW: Final = 0.35
LOWEST: Final = 0.2
"""Below it nothing is copied."""
PRECISE: Final[Mapping[Label, float]] = {
    Label.MEDICAL: 0.88,
    Label.ACADEMIC: 0.83,
    Label.HARASSMENT: 0.8,
    Label.PROFANITY: 0.88,
    Label.SEXUAL: 0.85,
    Label.SUBSTANCES: 0.88,
    Label.OFFPLATFORM: 0.66,
    Label.BOUNDARY: 0.84,
    Label.SELF_HARM: 0.65,
    Label.THREAT: 0.65,
    Label.REPORT: 0.75,
}
"""How many of the texts in which a label holds should be right: mostly a little more than is aimed at. For offplatform
precision costs recall steeply, and what is taken for it wrongly is mostly about contact, too: recall goes first."""
COSTLY: Final = (Label.SELF_HARM, Label.THREAT, Label.REPORT)
COPIED: Final = (Label.MEDICAL, Label.ACADEMIC)
"""A miss breaks the policy and a false copy leaks an ordinary chat. From half the point on, the author is asked."""
HIGHER: Final = 2
"""So many steps higher at most: what loses nothing among some dozen texts would lose something among more."""
TRIED: Final = tuple(each / 100 for each in range(20, 100, 5))


def point(label: Label, scored: Sequence[tuple[Labelled, Scores]]) -> Point:
    """Choose the points of a label by labelled texts and what was made of them: the lowest that keep every bound.

    Where none does, the highest of those tried.
    """
    if label in COPIED:
        act = _lowest(label, scored, WIDE, LOWEST)
        return Point(act / 2, act)
    ceiling, least = (WIDE, LOW) if label in COSTLY else (HELD, EVEN)
    review = _lowest(label, scored, ceiling, least)
    return Point(review, max(review, _lowest(label, scored, SURE, EVEN)))


def _lowest(label: Label, scored: Sequence[tuple[Labelled, Scores]], ceiling: Ceiling, least: float) -> float:
    """Find the lowest probability that keeps the bounds, and go a little higher where that loses nothing right."""
    rows, best, most, steps = [row for row, _ in scored], TRIED[-1], 0, HIGHER
    for tried in (each for each in TRIED if each >= least):
        held = [row for row, scores in scored if _holds(label, scores, tried)]
        right = sum(label in row.labels for row in held)
        keeps = right >= PRECISE[label] * len(held) and _keeps(label, held, rows, ceiling)
        if most and (right < most or not steps):
            break
        if keeps:
            steps -= bool(most)
            best, most = tried, right
    return best


def _holds(label: Label, scores: Scores, tried: float) -> bool:
    has_words = any(clue.label is label for clue in scores.clues)
    return scores.of(label) >= may_hold_from(label, Point(tried, tried), has_words=has_words)


def _keeps(label: Label, held: Sequence[Labelled], rows: Sequence[Labelled], ceiling: Ceiling) -> bool:
    """Say whether few enough of the texts that are about nothing are among those held."""
    shares = {Kind.EVERYDAY: ceiling.everyday, Kind.BAIT: ceiling.bait}
    wrong = [row for row in held if label not in row.labels]
    return all(_count(wrong, kind) <= share * _count(rows, kind) for kind, share in shares.items())


def _count(rows: Sequence[Labelled], kind: Kind) -> int:
    return sum(row.kind == kind for row in rows)
