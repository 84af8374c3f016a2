"""Teaches the heads: one small network for all of them, then what its margins mean. The same texts give the same heads.

A network of one hidden layer learns every head at once, so that a label with few texts of its own learns from others'.
It is written out here, for half of the answers are unknown: a public set rates some labels and says nothing of others.
"""

from collections.abc import Iterator, Sequence
from math import cos, pi
from typing import Final, NamedTuple

import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

from bot.readings.heads import Arrays, Floats, margins
from models.samples import Sample

HIDDEN: Final = 256
"""Numbers of the hidden layer."""
TAUGHT: Final = 3
"""So many networks are taught, each from another beginning, and their mean is what counts: less is left to chance."""
EPOCHS: Final = 10
"""So often all texts are gone through."""
PACE: Final = 1e-3
"""How far a step goes at most; it grows over the first steps, and shrinks to nothing along a cosine."""
FIRST_STEPS: Final = 200
AT_ONCE: Final = 256
"""Texts that are learned from together."""
LEFT_OUT: Final = 0.3
"""Share of the hidden numbers that each step does without, and twice the share of features: no clue is leant on."""
SHRINKING: Final = 1e-3
"""What weights lose of themselves at a full step."""
NEWTON: Final = 50
"""Steps to a slope and a shift; a dozen are enough."""
SMALLEST: Final = 0.01
"""A feature that varies less is not blown up to the size of the others."""
MOST_TIMES: Final = 8.0
"""How many times more than a no a yes may weigh, where it is rare."""


class Lesson(NamedTuple):
    """What the heads learn from, a row for each text."""

    rows: Floats
    """(texts, features)."""
    answers: Floats
    """(texts, heads), 1 for yes."""
    weights: Floats
    """(texts, heads); 0 where the answer is unknown, and 1 in the mean of the others."""


class _Layers(NamedTuple):
    """The network's numbers, for features of equal size."""

    inner: Floats
    inner_bias: Floats
    outer: Floats
    outer_bias: Floats


def lesson(samples: Sequence[Sample], rows: Floats, heads: Sequence[str]) -> Lesson:
    """Give what some heads learn from. Yes is weighed up where it is rare."""
    answers = np.array([[head in each.holds for head in heads] for each in samples], np.float32)
    known = np.array([[head not in each.silent for head in heads] for each in samples], np.float32)
    weights = known * np.array([[each.weight] for each in samples], np.float32)
    yes, no = (weights * answers).sum(axis=0), (weights * (1 - answers)).sum(axis=0)
    weights = weights * np.where(answers > 0, np.minimum(np.sqrt(no / np.maximum(yes, 1e-9)), MOST_TIMES), 1)
    return Lesson(rows, answers, (weights / weights.sum(axis=0) * known.sum(axis=0)).astype(np.float32))


def teach(each: Lesson, seed: int, hidden: int = HIDDEN) -> Arrays:
    """Teach heads, and write them down for features as they are: several networks beside each other are one."""
    taught = [_taught(each, seed + number, hidden) for number in range(TAUGHT)]
    inner, inner_bias, outer, outer_bias = zip(*taught, strict=True)
    mean = np.float32(1 / TAUGHT)
    return Arrays(
        np.concatenate(inner),
        np.concatenate(inner_bias),
        np.concatenate(outer, axis=1) * mean,
        np.sum(outer_bias, axis=0) * mean,
    )


def _taught(each: Lesson, seed: int, hidden: int) -> Arrays:
    chance = np.random.default_rng(seed)
    return _learned(_begun(each.rows.shape[1], hidden, each.answers.shape[1], chance), each, chance)


def _learned(layers: _Layers, each: Lesson, chance: Generator) -> Arrays:
    """Go through all texts, and give the heads for features as they are."""
    middle, size = _spread(each.rows)
    even = each._replace(rows=(each.rows - middle) / size)
    means, squares = _Layers(*map(np.zeros_like, layers)), _Layers(*map(np.zeros_like, layers))
    steps = EPOCHS * _lots(even)
    for number, lot in enumerate(_shuffled(even, chance), 1):
        pace = PACE * min(1.0, number / FIRST_STEPS) * (1 + cos(pi * number / steps)) / 2
        slopes = _slopes(layers, lot, chance)
        means = _Layers(*(0.9 * mean + 0.1 * slope for mean, slope in zip(means, slopes, strict=True)))
        squares = _Layers(*(0.999 * one + 0.001 * slope**2 for one, slope in zip(squares, slopes, strict=True)))
        even_mean, even_square = 1 - 0.9**number, 1 - 0.999**number
        layers = _Layers(
            *(
                layer - pace * (mean / even_mean / (_root(square / even_square) + 1e-8) + _shrinking(layer))  # Adam
                for layer, mean, square in zip(layers, means, squares, strict=True)
            )
        )
    inner = layers.inner / size[:, None]
    return Arrays(inner.T, layers.inner_bias - middle @ inner, layers.outer.T, layers.outer_bias)


def _root(squares: Floats) -> Floats:
    root: Floats = np.sqrt(squares)
    return root


def _spread(rows: Floats) -> tuple[Floats, Floats]:
    """Give the middle of each feature, and how far it varies."""
    return rows.mean(axis=0), np.maximum(rows.std(axis=0), SMALLEST)


def stretched(arrays: Arrays, rows: Floats, answers: Floats) -> Arrays:
    """Stretch each head's margins to the logits of probabilities (Platt), by texts that were not learned from."""
    said = margins(arrays, rows)
    platts = np.array([_platt(*each) for each in zip(said.T, answers.T, strict=True)], np.float32)
    slopes, shifts = platts.T
    return arrays._replace(weights=arrays.weights * slopes[:, None], bias=arrays.bias * slopes + shifts)


def _platt(said: Floats, answers: Floats) -> tuple[float, float]:
    """Find slope and shift by which margins are the logits that fit the answers best: Newton's way, never uphill."""
    rows, yes = np.stack([said, np.ones_like(said)], axis=1).astype(np.float64), answers.astype(np.float64)

    def loss(at: NDArray[np.float64]) -> float:
        sides = rows @ at
        return float(np.logaddexp(0, sides).sum() - sides @ yes)

    found = np.array([1.0, 0.0])
    for _ in range(NEWTON):
        sure = 1 / (1 + np.exp(-np.clip(rows @ found, -30, 30)))
        curve = (rows * (sure * (1 - sure))[:, None]).T @ rows + 1e-9 * np.eye(2)
        step = np.linalg.solve(curve, rows.T @ (sure - yes))
        while loss(found - step) > loss(found) and np.abs(step).max() > 1e-9:
            step = step / 2
        found = found - step
    return float(found[0]), float(found[1])


def _begun(features: int, hidden: int, heads: int, chance: Generator) -> _Layers:
    inner = chance.standard_normal((features, hidden)) / np.sqrt(features)
    outer = chance.standard_normal((hidden, heads)) / np.sqrt(hidden)
    layers = inner, np.zeros(hidden), outer, np.full(heads, -2.0)  # most answers are no
    return _Layers(*(each.astype(np.float32) for each in layers))


def _shrinking(layer: Floats) -> Floats:
    return np.float32(SHRINKING) * layer if layer.ndim > 1 else np.zeros_like(layer)


def _lots(each: Lesson) -> int:
    return max(1, len(each.rows) // AT_ONCE)


def _shuffled(each: Lesson, chance: Generator) -> Iterator[Lesson]:
    """Give the texts of every epoch in lots, in another order each time."""
    for _ in range(EPOCHS):
        for lot in np.array_split(chance.permutation(len(each.rows)), _lots(each)):
            yield Lesson(each.rows[lot], each.answers[lot], each.weights[lot])


def _slopes(layers: _Layers, lot: Lesson, chance: Generator) -> _Layers:
    """Say which way each number of the network makes the answers of a lot worse."""
    rows = lot.rows * _kept(lot.rows, LEFT_OUT / 2, chance)
    before = (rows @ layers.inner + layers.inner_bias).astype(np.float32, copy=False)
    kept = _kept(before, LEFT_OUT, chance)
    hidden = np.maximum(before, 0) * kept
    sure = 1 / (1 + np.exp(-np.clip(hidden @ layers.outer + layers.outer_bias, -30, 30)))
    wrong = (sure - lot.answers) * lot.weights / len(rows)
    back = wrong @ layers.outer.T * kept * (before > 0)
    return _Layers(rows.T @ back, back.sum(axis=0), hidden.T @ wrong, wrong.sum(axis=0))


def _kept(like: Floats, left_out: float, chance: Generator) -> Floats:
    """Give factors that leave some numbers out, and make up for it by the others."""
    kept = chance.random(like.shape, np.float32) >= left_out
    return kept.astype(np.float32) / np.float32(1 - left_out)
