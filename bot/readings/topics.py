"""What texts are about: one function for every rule, for `chaperone classify`, and for whoever measures them. Pure."""

from collections.abc import Mapping, Sequence
from typing import Final, NamedTuple, Protocol

from bot.readings.clues import Clues
from bot.readings.labels import CONFIDENTIAL, Clue, Label, Listeners, Scores, Setting, weigh
from bot.readings.leak import is_leak
from bot.readings.signs import POINTS, Point, floored
from bot.text import fold

COPIED: Final = (Label.MEDICAL, Label.ACADEMIC)
"""What staff may write to one student only with a copy (Employee Guidelines 4)."""


class Models(Protocol):
    """What models make of texts, in one batch."""

    points: Mapping[Label, Point]
    """The thresholds that were measured with them."""

    def __call__(
        self, texts: Sequence[str], settings: Sequence[Setting], clues: Sequence[tuple[Clue, ...]]
    ) -> Sequence[Mapping[str, float]]:
        """Give for each text the probabilities of the labels that the models know; others keep what the clues say.

        A name that is no label is `CONFIDENTIAL`.
        """
        ...


class Topic(NamedTuple):
    """What one text is about, and what follows from it at the thresholds."""

    scores: Scores
    labels: tuple[Label, ...]
    """The labels that hold."""
    copy_to_principal: bool
    confidential_leak: bool
    """Whether staff tell a group what is confidential about a student."""


class Topics:
    """Reads what texts are about. Built once."""

    def __init__(self, clues: Clues, models: Models | None = None) -> None:
        """Take the clues, and the models if there are any: without them the clues alone decide."""
        self._clues = clues
        self._models = models
        self.points = POINTS if models is None else models.points

    def read(self, texts: Sequence[str], settings: Sequence[Setting], this_year: int) -> tuple[Scores, ...]:
        """Score each text, said by somebody to somebody, with every clue that was found."""
        folded = [fold(text) for text in texts]
        clues = [self._clues.read(*each, this_year) for each in zip(folded, settings, strict=True)]
        return self.score(texts, settings, clues)

    def score(
        self, texts: Sequence[str], settings: Sequence[Setting], clues: Sequence[tuple[Clue, ...]]
    ) -> tuple[Scores, ...]:
        """Score each text whose clues are found already."""
        scores = tuple(map(weigh, clues))
        if self._models is not None:
            modelled = self._models(texts, settings, clues)
            scores = tuple(_joined(score, more) for score, more in zip(scores, modelled, strict=True))
        return tuple(floored(each, self.points) for each in scores)

    def leaks(self, text: str, scores: Scores, setting: Setting) -> bool:
        """Say whether a text tells a group what is confidential about a student."""
        return is_leak(fold(text), scores, setting, self._clues.names)

    def judge(self, text: str, scores: Scores, setting: Setting) -> Topic:
        """Say what holds at the thresholds."""
        held = holding(scores, self.points)
        leak = setting.is_staff and self.leaks(text, scores, setting)
        return Topic(scores, held, is_copied(held, setting), leak)

    def knowing(self, clues: Clues) -> "Topics":
        """Give the same with the clues of another roster."""
        return Topics(clues, self._models)


def holding(scores: Scores, points: Mapping[Label, Point]) -> tuple[Label, ...]:
    """List the labels that hold, in the order of `Label`.

    A label holds where something follows from it without asking the author: a copy from `act` on, a look by a person
    from `review` on.
    """
    return tuple(label for label in Label if scores.of(label) >= _from(label, points[label]))


def is_copied(labels: Sequence[Label], setting: Setting) -> bool:
    """Say whether a text is owed a copy: staff to one student about a medical or academic matter."""
    private = setting.is_staff and setting.audience is Listeners.DM_TO_STUDENT
    return private and not frozenset(COPIED).isdisjoint(labels)


def _from(label: Label, point: Point) -> float:
    return point.act if label in COPIED else point.review


def _joined(scores: Scores, more: Mapping[str, float]) -> Scores:
    values = tuple(more.get(label, scores.of(label)) for label in Label)
    return scores._replace(values=values, confidential=more.get(CONFIDENTIAL))
