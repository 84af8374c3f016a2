"""Tunes the encoder to what a school talks about. What is learned is small, and added to its weights when it is opened.

Beside each linear step stands a product of two small tables (LoRA, Hu and others, 2021), which begins as nothing; the
weights of the package stay. The heads that were taught on the encoder as it comes learn on together with it. PyTorch
does the reckoning; nothing that runs needs it.
"""

import sys
from collections.abc import Sequence
from math import cos, pi
from typing import Final, NamedTuple

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional

from bot.readings.compact import ATTENTION_HEADS, DEPTHS, LAYER_WIDTH, LAYERS, Encoder, Linear
from bot.readings.heads import Arrays, Floats
from bot.readings.tuning import STEPS, Array, LowRank, Tuning
from models.learn import SMALLEST, Lesson
from models.lots import AT_ONCE, lots

RANK: Final = 64
"""Columns of the first table, rows of the second: 2.4 million numbers in all, where the steps have 10 million."""
STEEPEST: Final = 1.0
"""A step in a steeper place goes no further."""
LEFT_OUT: Final = 0.1
"""Share of numbers that each step does without, inside the encoder."""
LEFT_OUT_OF_HEADS: Final = (0.15, 0.3)
"""The same for features and hidden numbers."""
TOLD: Final = 100
"""Steps between two lines about how it goes."""
_EPSILON: Final = 1e-12


class Course(NamedTuple):
    """How often all texts are gone through, and how."""

    passes: int
    pace: float
    """How far a step goes at most; it grows over the first steps, and shrinks to nothing along a cosine."""
    pace_of_heads: float
    """The same for the heads, which know much already."""
    first_steps: int


ANEW: Final = Course(2, 1e-3, 3e-4, 150)
FURTHER: Final = Course(3, 3e-4, 1e-4, 50)
"""For an encoder that was tuned before."""


class _Step(nn.Module):
    """A linear step whose own weights stay."""

    weights: Tensor
    bias: Tensor

    def __init__(self, step: Linear, begun: LowRank) -> None:
        super().__init__()
        for name, array in step._asdict().items():
            self.register_buffer(name, torch.tensor(array, dtype=torch.bfloat16))
        self.down, self.up = (nn.Parameter(torch.tensor(table, dtype=torch.float32)) for table in begun)

    def forward(self, value: Tensor) -> Tensor:
        learned = value @ self.down.to(value.dtype) @ self.up.to(value.dtype)
        return torch.addmm(self.bias, value, self.weights) + learned

    def learned(self) -> LowRank:
        return LowRank(*(each.detach().numpy().astype(np.float16) for each in (self.down, self.up)))


class _Settled(nn.Module):
    """Evens numbers out."""

    gain: Tensor
    bias: Tensor

    def __init__(self, numbers: tuple[Floats, Floats]) -> None:
        super().__init__()
        for name, array in zip(("gain", "bias"), numbers, strict=True):
            self.register_buffer(name, torch.tensor(array))

    def forward(self, value: Tensor) -> Tensor:
        return functional.layer_norm(value.float(), (LAYER_WIDTH,), self.gain, self.bias, _EPSILON)


class _Layer(nn.Module):
    """One of the encoder's layers."""

    def __init__(self, encoder: Encoder, number: int, begun: Tuning) -> None:
        super().__init__()
        self.steps = nn.ModuleDict(
            {name: _Step(encoder.linear(number, name), begun[f"{number}.{name}"]) for name in STEPS}
        )
        self.attended, self.settled = (_Settled(encoder.settled(number, attended=each)) for each in (True, False))
        self.left_out = nn.Dropout(LEFT_OUT)

    def forward(self, value: Tensor) -> Tensor:
        """Take (texts, words, 384) and give the same."""
        texts, words, _ = value.shape
        rows = value.flatten(0, 1).bfloat16()
        parts = self.steps["attention"](rows).view(texts, words, 3, ATTENTION_HEADS, LAYER_WIDTH // ATTENTION_HEADS)
        query, key, said = parts.permute(2, 0, 3, 1, 4)
        shares = torch.softmax((query @ key.transpose(-1, -2)).float() * (LAYER_WIDTH // ATTENTION_HEADS) ** -0.5, -1)
        heard = (shares.bfloat16() @ said).transpose(1, 2).flatten(0, 1).flatten(1)
        value = self.attended(self.left_out(self.steps["attended"](heard)).view_as(value) + value)
        wide = functional.gelu(self.steps["wide"](value.flatten(0, 1).bfloat16()))
        settled: Tensor = self.settled(self.left_out(self.steps["narrow"](wide)).view_as(value) + value)
        return settled


class _Encoder(nn.Module):
    """The encoder as `compact` writes it, in numbers that can be learned."""

    table: Tensor
    places: Tensor

    def __init__(self, encoder: Encoder, begun: Tuning) -> None:
        super().__init__()
        words, scale = encoder.words()
        self.register_buffer("table", torch.tensor(words * scale))
        self.register_buffer("places", torch.tensor(encoder.places()))
        self.begun = _Settled(encoder.begun())
        self.layers = nn.ModuleList(_Layer(encoder, number, begun) for number in range(LAYERS))

    def forward(self, words: Tensor) -> Tensor:
        """Give the meaning (texts, 1152) of words (texts, length)."""
        value = self.begun(self.table[words] + self.places[: words.shape[1]])
        means = []
        for number, layer in enumerate(self.layers, 1):
            value = layer(value)
            if number in DEPTHS:
                means.append(functional.normalize(value.mean(1), dim=-1))
        return torch.cat(means, 1)

    def learned(self) -> Tuning:
        return {
            f"{number}.{name}": step.learned()
            for number, layer in enumerate(self.layers)
            for name, step in layer.steps.items()
        }


class _Heads(nn.Module):
    """The heads, over features of equal size: a step then changes all of them alike."""

    middle: Tensor
    size: Tensor

    def __init__(self, arrays: Arrays, middle: Floats, size: Floats) -> None:
        super().__init__()
        self.register_buffer("middle", torch.tensor(middle))
        self.register_buffer("size", torch.tensor(size))
        inner, inner_bias, weights, bias = map(torch.tensor, arrays)
        self.inner, self.inner_bias = nn.Parameter(inner * self.size), nn.Parameter(inner_bias + inner @ self.middle)
        self.weights, self.bias = nn.Parameter(weights), nn.Parameter(bias)

    def learned(self) -> Arrays:
        """Give them for features as they are."""
        inner = self.inner / self.size
        arrays = inner, self.inner_bias - inner @ self.middle, self.weights, self.bias
        return Arrays(*(each.detach().numpy() for each in arrays))

    def forward(self, features: Tensor) -> Tensor:
        """Give margins (texts, heads)."""
        of_features, of_hidden = LEFT_OUT_OF_HEADS
        even = functional.dropout((features - self.middle) / self.size, of_features, self.training)
        hidden = functional.relu(functional.linear(even, self.inner, self.inner_bias))
        kept = functional.dropout(hidden, of_hidden, self.training)
        return functional.linear(kept, self.weights, self.bias)


class Tuned(NamedTuple):
    """What was learned."""

    encoder: Tuning
    heads: Arrays

    def encoder_arrays(self) -> dict[str, Array]:
        """Name every table as it is written."""
        return {
            f"{step}.{name}": table for step, each in self.encoder.items() for name, table in each._asdict().items()
        }


def nothing(encoder: Encoder, seed: int) -> Tuning:
    """Give tables to begin with, whose products are nothing."""
    draws = torch.Generator().manual_seed(seed)
    return {
        f"{number}.{name}": _nothing(encoder.linear(number, name), draws) for number in range(LAYERS) for name in STEPS
    }


def _nothing(step: Linear, draws: torch.Generator) -> LowRank:
    rows, columns = step.weights.shape
    down = torch.randn(rows, RANK, generator=draws) / rows**0.5
    return LowRank(down.numpy(), np.zeros((RANK, columns), np.float32))


def tune(
    encoder: Encoder, begun: Tuned, texts: Sequence[Sequence[int]], lesson: Lesson, course: Course, seed: int
) -> Tuned:
    """Learn what to add to the encoder, from texts as it is fed them, and from what heads should say of each.

    The lesson's rows are the features by the encoder as it begins, and the heads those that were taught on them.
    """
    torch.manual_seed(seed)
    network = _Encoder(encoder, begun.encoder)
    taught = _Heads(begun.heads, lesson.rows.mean(axis=0), np.maximum(lesson.rows.std(axis=0), SMALLEST))
    drawn = [*lots([*map(len, texts)], course.passes, np.random.default_rng(seed))]
    _learn(network, taught, texts, lesson, drawn, course)
    return Tuned(network.learned(), taught.learned())


def said(encoder: Encoder, tuning: Tuning, texts: Sequence[Sequence[int]]) -> Floats:
    """Give the meaning of texts (texts, 1152), one by one, as the network says it that learned."""
    network = _Encoder(encoder, tuning).eval()
    with torch.no_grad():
        return np.concatenate([network(torch.tensor([each])).numpy() for each in texts])


def _learn(
    network: _Encoder,
    taught: _Heads,
    texts: Sequence[Sequence[int]],
    lesson: Lesson,
    drawn: Sequence[Sequence[int]],
    course: Course,
) -> None:
    """Go through the lots once, and change what can be learned."""
    small = [*network.parameters()]
    adam = torch.optim.AdamW([{"params": small, "weight_decay": 0.0}, {"params": taught.parameters()}])
    beside, answers, weights = map(torch.from_numpy, (lesson.rows[:, LAYER_WIDTH * len(DEPTHS) :], *lesson[1:]))
    told = 0.0
    for number, lot in enumerate(drawn, 1):
        share = min(1.0, number / course.first_steps) * (1 + cos(pi * number / len(drawn))) / 2
        for group, most in zip(adam.param_groups, (course.pace, course.pace_of_heads), strict=True):
            group["lr"] = most * share
        meaning = network(torch.tensor([texts[place] for place in lot]))
        margins = taught(torch.cat([meaning, beside[lot]], 1))
        loss = functional.binary_cross_entropy_with_logits(margins, answers[lot], weights[lot], reduction="sum")
        adam.zero_grad()
        (loss / AT_ONCE).backward()
        nn.utils.clip_grad_norm_(small, STEEPEST)
        adam.step()
        told += loss.item() / len(lot) / TOLD
        if number % TOLD == 0:
            sys.stderr.write(f"tuning: {number} of {len(drawn)} steps, a loss of {told:.3f} a text\n")
            told = 0.0
