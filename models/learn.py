"""Teaches the heads. Seeded; families never straddle folds."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from hashlib import sha256
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray
from sklearn.linear_model import LogisticRegression
from sklearn.neural_network import MLPClassifier

from bot.readings.heads import Arrays, Floats
from models.samples import HEADS, Sample

FOLDS: Final = 5
SEED: Final = 11
UNITS: Final = 16


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
    """One head as it was learned."""

    straight: Floats
    inner: Floats
    inner_bias: Floats
    outer: Floats
    bias: float

    def margins(self, rows: Floats) -> Floats:
        """Give how far each row is on the yes side."""
        bent = np.maximum(rows @ self.inner + self.inner_bias, 0) @ self.outer
        margins: Floats = rows @ self.straight + bent + self.bias
        return margins


def fold_of(family: str) -> int:
    """Give the fold of a family: by its name, so that one that is added moves no other."""
    return int.from_bytes(sha256(family.encode()).digest()[:4]) % FOLDS


def lesson(samples: Sequence[Sample], rows: Floats, head: str) -> tuple[Lesson, NDArray[np.bool_]]:
    """Give what a head learns from, and which samples those are."""
    taught = np.array([head not in sample.silent for sample in samples])
    answers = np.array([head in sample.holds for sample in samples])
    weights = np.array([sample.weight for sample in samples])
    folds = np.array([fold_of(sample.family) for sample in samples])
    return Lesson(rows, answers, weights, folds).of(taught), taught


def balanced(each: Lesson, most: float = 8.0) -> NDArray[np.float64]:
    """Weigh yes up, where it is rare, but no more than so many times."""
    yes, no = each.weights[each.answers].sum(), each.weights[~each.answers].sum()
    factor = min(np.sqrt(no / max(yes, 1e-9)), most)
    weighed = np.where(each.answers, each.weights * factor, each.weights)
    scaled: NDArray[np.float64] = weighed * len(weighed) / weighed.sum()
    return scaled


def learn(each: Lesson, seed: int) -> Learned:
    """Teach one head: a straight one and a bent one, whose margins are averaged."""
    weights = balanced(each)
    straight = LogisticRegression(C=0.01, max_iter=300)
    straight.fit(each.rows, each.answers, sample_weight=weights)
    bent = MLPClassifier(
        (UNITS,),
        alpha=3.0,
        batch_size=256,
        learning_rate_init=2e-3,
        max_iter=14,
        random_state=seed,
        early_stopping=False,
    )
    bent.fit(each.rows, each.answers, sample_weight=weights)
    return Learned(
        straight.coef_[0].astype(np.float32) / 2,
        bent.coefs_[0].astype(np.float32),
        bent.intercepts_[0].astype(np.float32),
        bent.coefs_[1][:, 0].astype(np.float32) / 2,
        float(straight.intercept_[0] + bent.intercepts_[1][0]) / 2,
    )


def across(each: Lesson, seed: int) -> Floats:
    """Give for each row the margin of a head that learned from none of its family."""
    margins = np.zeros(len(each.rows), np.float32)
    for fold in range(FOLDS):
        held = each.folds == fold
        margins[held] = learn(each.of(~held), seed).margins(each.rows[held])
    return margins


def stretch(margins: Floats, each: Lesson) -> tuple[float, float]:
    """Find Platt's slope and shift, as the samples weigh: yes as often as it is among them."""
    platt = LogisticRegression(C=1e6)
    platt.fit(margins[:, None], each.answers, sample_weight=each.weights)
    return float(platt.coef_[0, 0]), float(platt.intercept_[0])


def teach(samples: Sequence[Sample], rows: Floats) -> Iterator[tuple[str, Learned, tuple[float, float], Floats]]:
    """Teach every head. Gives its name, what it learned, its stretch, and for each sample the margin across families."""
    for head in HEADS:
        each, taught = lesson(samples, rows, head)
        margins = across(each, SEED)
        whole = np.full(len(samples), np.nan, np.float32)
        whole[taught] = margins
        yield head, learn(each, SEED), stretch(margins, each), whole


def joined(heads: Sequence[Learned], stretched: Sequence[tuple[float, float]]) -> Arrays:
    """Put the heads into the arrays that are written down."""
    slopes, shifts = zip(*stretched, strict=True)
    stacks = [np.stack([getattr(head, name) for head in heads]) for name in Learned._fields[:-1]]
    biases = np.array([head.bias for head in heads], np.float32)
    return Arrays(*stacks, biases, np.array(slopes, np.float32), np.array(shifts, np.float32))
