"""Teaches the heads. The same texts and seed give the same heads; a family never straddles folds."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray
from sklearn.linear_model import LogisticRegression

from bot.readings.heads import Arrays, Floats
from models.public import yardstick
from models.samples import FOLDS, HEADS, Sample, fold_of

LOOSENESS: Final = 0.001
"""How freely a head may follow its lesson (the inverse of what its weights cost)."""
MOST_TIMES: Final = 8.0
"""How many times more than a no a yes may weigh, where it is rare."""


@dataclass(frozen=True, slots=True)
class Lesson:
    """What one head learns from: features, answers, weights, folds."""

    rows: Floats
    answers: NDArray[np.bool_]
    weights: NDArray[np.float64]
    folds: NDArray[np.int_]

    def of(self, which: NDArray[np.bool_]) -> "Lesson":
        """Pick some rows."""
        return Lesson(self.rows[which], self.answers[which], self.weights[which], self.folds[which])


class Learned(NamedTuple):
    """One head: a weight for each feature, and a bias."""

    weights: Floats
    bias: float

    def margins(self, rows: Floats) -> Floats:
        """Give how far each row is on the yes side."""
        margins: Floats = rows @ self.weights + np.float32(self.bias)
        return margins


class Taught(NamedTuple):
    """A head when it is done."""

    name: str
    head: Learned
    """Its margins are the logits of probabilities."""
    across: Floats
    """For each sample the probability by a head that learned from none of its family; NaN where none was asked."""


def lesson(samples: Sequence[Sample], rows: Floats, head: str) -> tuple[Lesson, NDArray[np.bool_]]:
    """Give what a head learns from, and which samples those are."""
    taught = np.array([head not in sample.silent for sample in samples])
    answers = np.array([head in sample.holds for sample in samples])
    weights = np.array([sample.weight for sample in samples])
    folds = np.array([fold_of(sample.family) for sample in samples])
    return Lesson(rows, answers, weights, folds).of(taught), taught


def balanced(each: Lesson) -> NDArray[np.float64]:
    """Weigh yes up where it is rare."""
    yes, no = each.weights[each.answers].sum(), each.weights[~each.answers].sum()
    factor = min(float(np.sqrt(no / max(yes, 1e-9))), MOST_TIMES)
    weighed = np.where(each.answers, each.weights * factor, each.weights)
    scaled: NDArray[np.float64] = weighed * len(weighed) / weighed.sum()
    return scaled


def learn(each: Lesson) -> Learned:
    """Teach one head on features of equal size, and write it down for features as they are."""
    middle, size = each.rows.mean(axis=0), each.rows.std(axis=0) + 1e-6
    model = LogisticRegression(C=LOOSENESS, max_iter=200)
    model.fit((each.rows - middle) / size, each.answers, sample_weight=balanced(each))
    weights = (model.coef_[0] / size).astype(np.float32)
    return Learned(weights, float(model.intercept_[0] - weights @ middle))


def across(each: Lesson) -> Floats:
    """Give for each row the margin of a head that learned from none of its family."""
    margins = np.zeros(len(each.rows), np.float32)
    for fold in range(FOLDS):
        held = each.folds == fold
        if held.any():
            margins[held] = learn(each.of(~held)).margins(each.rows[held])
    return margins


def stretch(margins: Floats, each: Lesson) -> tuple[float, float]:
    """Find Platt's slope and shift, by what is like chat: yes as often as it is there."""
    platt = LogisticRegression(C=1e6)
    platt.fit(margins[:, None], each.answers, sample_weight=each.weights)
    return float(platt.coef_[0, 0]), float(platt.intercept_[0])


def teach(samples: Sequence[Sample], rows: Floats) -> Iterator[Taught]:
    """Teach every head, and stretch its margins to probabilities by what it said across families."""
    for name in HEADS:
        each, taught = lesson(samples, rows, name)
        margins = across(each)
        chat = np.array([bool(yardstick(sample)) for sample in samples])[taught]
        slope, shift = stretch(margins[chat], each.of(chat))
        head = learn(each)
        whole = np.full(len(samples), np.nan, np.float32)
        whole[taught] = 1 / (1 + np.exp(-np.clip(margins * slope + shift, -30, 30)))
        yield Taught(name, Learned(head.weights * np.float32(slope), head.bias * slope + shift), whole)


def joined(taught: Sequence[Taught]) -> Arrays:
    """Put the heads into the arrays that are written down."""
    return Arrays(
        np.stack([each.head.weights for each in taught]), np.array([each.head.bias for each in taught], np.float32)
    )
