"""Operating points: from which probability on a label may hold (review), and from which it is taken to hold (act).

They are chosen on seventeen files of the dev set. The others say how they hold.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Final, NamedTuple

from bot.readings.labels import URGENT, Label, Scores
from bot.readings.signs import Point
from models.labelled import Labelled
from models.samples import PRIVATE, Kind


class Aim(NamedTuple):
    """How many of the texts in which a label holds should be right, and how many of the right ones be found."""

    precision: float
    recall: float


class Ceiling(NamedTuple):
    """How many false alarms are borne: of everyday texts, and of baits."""

    everyday: float
    bait: float


class Tried(NamedTuple):
    """What comes of one probability."""

    at: float
    precision: float
    recall: float
    everyday: float
    """False alarms, of all such texts."""
    bait: float

    def keeps(self, ceiling: Ceiling) -> bool:
        """Say whether no more false alarms come than are borne."""
        return self.everyday <= ceiling.everyday and self.bait <= ceiling.bait

    def beside(self, aim: Aim) -> float:
        """Say how near the worse of precision and recall comes to what is aimed at: 1 where it is reached."""
        return min(self.precision / aim.precision, self.recall / aim.recall)


AIMS: Final[Mapping[Label, Aim]] = {
    Label.MEDICAL: Aim(0.85, 0.90),
    Label.ACADEMIC: Aim(0.80, 0.87),
    Label.HARASSMENT: Aim(0.75, 0.65),
    Label.PROFANITY: Aim(0.95, 0.95),
    Label.SEXUAL: Aim(0.80, 0.75),
    Label.SUBSTANCES: Aim(0.85, 0.80),
    Label.OFFPLATFORM: Aim(0.90, 0.90),
    Label.BOUNDARY: Aim(0.80, 0.75),
    Label.SELF_HARM: Aim(0.60, 0.90),
    Label.THREAT: Aim(0.60, 0.90),
    Label.REPORT: Aim(0.75, 0.90),
    Label.PII_ADDRESS: Aim(0.95, 0.95),
    Label.PII_BIRTHDATE: Aim(0.95, 0.95),
    Label.PII_PASSWORD: Aim(0.95, 0.95),
    Label.ANONYMIZER: Aim(0.95, 0.95),
}
"""What docs/reading.md aims at."""

HELD: Final = Ceiling(0.001, 0.01)
"""For what a person looks at: a label holds from here on. A third of what one label may cost, for several share it."""
WIDE: Final = Ceiling(0.003, 0.03)
"""The same where a miss costs most."""
SURE: Final = Ceiling(0.0005, 0.004)
"""For what may lead to consequences."""

TO_SPARE: Final = 1.1
"""Where precision and recall are this much better than is aimed at, the rest goes to fewer false alarms."""
LITTLE_TO_SPARE: Final = 1.03
"""The same where a miss costs most. Half of the rest goes to fewer misses there: other texts have more of them than
those that chose."""

EVEN: Final = 0.5
"""A label that is less likely than not holds only where a miss costs most."""
TAKEN: Final = 0.6
"""Nothing is taken to hold below it, however few texts say otherwise."""
LIKELY: Final = 0.8
"""The same where no words speak for it, but a head alone."""
MEANT: Final = (Label.HARASSMENT, Label.BOUNDARY)
"""Labels that a head alone decides, whatever the words."""
COPIED: Final = (Label.MEDICAL, Label.ACADEMIC)
"""A miss breaks the policy and a false copy leaks an ordinary chat."""
HAIR: Final = 0.001
"""What is taken to hold lies at least so far above what may."""
ASKED: Final = 2 / 3
"""From this share of the point on the author is asked: below it hardly anything is a matter of either."""
TRIED: Final = tuple(each / 100 for each in range(20, 100, 5))
"""Below the lowest nothing is copied, and nobody alarmed."""


def point(label: Label, scored: Sequence[tuple[Labelled, Scores]]) -> Point:
    """Choose the points of a label by labelled texts and what was made of them."""
    tried, aim = [_try(label, scored, each) for each in TRIED], AIMS[label]
    if label in COPIED:
        act = where_a_miss_costs_most(tried, aim)
        return Point(round(act * ASKED, 3), act)
    likely = [each for each in tried if each.at >= (TAKEN if label in PRIVATE else EVEN)]
    review = where_a_miss_costs_most(tried, aim) if label in URGENT else balanced(likely, aim, HELD)
    if label in PRIVATE:  # its author is told, and nobody looks: it holds, or nothing follows
        return _parted(review, review)
    certain = LIKELY if label in MEANT else TAKEN
    sure = (each.at for each in tried if each.at >= certain and each.precision >= aim.precision and each.keeps(SURE))
    return _parted(review, next(sure, TRIED[-1]))


def _parted(review: float, act: float) -> Point:
    """Let what is taken to hold lie above what may, if by a hair: a district's own words may raise a label to that."""
    return Point(review, max(act, round(review + HAIR, 3)))


def where_a_miss_costs_most(tried: Sequence[Tried], aim: Aim) -> float:
    """Bear more false alarms, and take the middle. Where none keeps the ceiling, what is likely must hold even so."""
    return min(balanced(tried, aim, WIDE, LITTLE_TO_SPARE, middle), EVEN)


def balanced(
    tried: Sequence[Tried],
    aim: Aim,
    ceiling: Ceiling,
    to_spare: float = TO_SPARE,
    at_ease: Callable[[Sequence[float]], float] = max,
) -> float:
    """Choose where precision and recall come nearest to what is aimed at: the worse of them is best there.

    Of those where both are reached with something to spare, the one `at_ease` takes; else the middle of all that are
    alike, for what holds at its edge on these texts would not on others. The highest probability of all only where no
    other keeps the ceiling: hardly anything is surer than that.
    """
    kept = [each for each in tried if each.keeps(ceiling) and each.at < TRIED[-1]]
    if reached := [each.at for each in kept if each.beside(aim) >= to_spare]:
        return at_ease(reached)
    most = max((each.beside(aim) for each in kept), default=0.0)
    alike = [each.at for each in kept if each.beside(aim) == most]
    return middle(alike) if alike else TRIED[-1]


def middle(points: Sequence[float]) -> float:
    """Take the middle one, of two the lower."""
    return sorted(points)[(len(points) - 1) // 2]


def _try(label: Label, scored: Sequence[tuple[Labelled, Scores]], at: float) -> Tried:
    rows = [row for row, _ in scored]
    held = [row for row, scores in scored if scores.of(label) >= at]
    right, all_right = (sum(label in row.labels for row in some) for some in (held, rows))
    wrong = [row for row in held if label not in row.labels]
    everyday, bait = (_count(wrong, kind) / max(1, _count(rows, kind)) for kind in (Kind.EVERYDAY, Kind.BAIT))
    return Tried(at, right / len(held) if held else 1.0, right / all_right if all_right else 1.0, everyday, bait)


def _count(rows: Sequence[Labelled], kind: Kind) -> int:
    return sum(row.kind == kind for row in rows)
