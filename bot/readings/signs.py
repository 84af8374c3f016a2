"""What readings say a text is about, as far as a rule needs it: a sign where a label may hold. Values only."""

from collections.abc import Iterable, Mapping
from enum import StrEnum
from typing import Final, NamedTuple

from bot.readings.labels import Clue, Floor, Label, Scores


class Point(NamedTuple):
    """From which probability on a label may hold, and from which it is taken to hold."""

    review: float
    act: float


POINTS: Final[Mapping[Label, Point]] = {label: Point(0.5, 0.8) for label in Label} | {
    Label.MEDICAL: Point(0.25, 0.5),
    Label.ACADEMIC: Point(0.25, 0.5),
}
"""Where no models are, these hold. The models bring their own, measured when they were built."""


SHOWN: Final = frozenset(
    {Label.SUBSTANCES, Label.SEXUAL, Label.SELF_HARM, Label.THREAT, Label.OFFPLATFORM, Label.PROFANITY}
)
"""Labels that have words of their own. Where a text has none of them, a model's guess is never taken to hold without
a person: there would be nothing to show."""


class Sign(NamedTuple):
    """A label that may hold, and why."""

    label: Label
    score: float
    """How probable it is, 0 to 1."""
    sure: bool
    """Whether it is taken to hold; otherwise a person is asked before anything follows."""
    clues: tuple[Clue, ...] = ()
    scorer: str = ""
    """The scorer of the district's own that made it more or less sure, if one did."""

    @property
    def asked_for(self) -> bool:
        """Say whether the district's own words ask for a look at what is not taken to hold."""
        return not self.sure and any(clue.floor is not None for clue in self.clues)

    def __repr__(self) -> str:
        """Show the label only: words stay out of logs and tracebacks."""
        return f"Sign({self.label.value}, sure={self.sure})"


class Slow(StrEnum):
    """What may be read later than at once, in a further round."""

    MEANING = "meaning"
    """What the models make of the words."""
    LANDING = "landing"
    """Where a shortened link leads."""
    PICTURE = "picture"
    """What a picture may show."""
    PAIR = "pair signals"
    """How often such signs came between the same two people."""


def signs_of(scores: Scores, points: Mapping[Label, Point]) -> tuple[Sign, ...]:
    """Pick the labels that may hold, in the order of `Label`."""
    by_label = {label: tuple(each for each in scores.clues if each.label is label) for label in Label}
    told = ((label, scores.of(label), points[label], by_label[label]) for label in Label)
    return tuple(
        Sign(
            label,
            score,
            score >= point.act and _is_spoken_for(label, clues),
            clues,
            scores.scorer if label in scores.moved else "",
        )
        for label, score, point, clues in told
        if score >= point.review
    )


def _is_spoken_for(label: Label, clues: Iterable[Clue]) -> bool:
    """Say whether there is something to show: words that the models could weigh, or the district's own."""
    return label not in SHOWN or any(clue.floor is not None or not clue.unheard for clue in clues)


def floored(scores: Scores, points: Mapping[Label, Point]) -> Scores:
    """Raise each label to what it reads at least: by a pattern of the district's own, by plain words."""
    floors: dict[Label, float] = {}
    for clue in scores.clues:
        floor = Floor.REVIEW if clue.floor is None and clue.plain else clue.floor
        if floor is not None:
            least = points[clue.label].act if floor is Floor.ACT else points[clue.label].review
            floors[clue.label] = max(least, floors.get(clue.label, 0.0))
    if not floors:
        return scores
    return scores._replace(values=tuple(max(scores.of(label), floors.get(label, 0.0)) for label in Label))
