"""The heads of private facts, which have lines of their own that nothing else learns from (decision 32).

They stand beside the others with a small layer of their own, so that the others' numbers stay as they are.
"""

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Final

import numpy as np

from bot.readings.heads import Arrays, Floats
from models import families, learn, making
from models.families import Family
from models.samples import PRIVATE, Sample

FILES: Final = ("given_", "round_the_filter")
"""How files of lines begin that only these heads learn from."""
HIDDEN: Final = 64
"""Numbers of their hidden layer, in each of the networks that are taught."""


def parted(written: Sequence[Family]) -> tuple[list[Family], list[Family]]:
    """Part what everything learns from, and what these heads alone do."""
    others, own = ([each for each in written if each.name.startswith(FILES) is which] for which in (False, True))
    return others, own


def files() -> Iterator[Path]:
    """Give the files of lines for these heads alone."""
    return (path for path in families.FOLDER.glob("*.toml") if path.name.startswith(FILES))


def taught(texts: Sequence[Sample], rows: Floats) -> Arrays:
    """Teach them from features of texts, those of their own lines among them."""
    return learn.teach(learn.lesson(texts, rows, [*map(str, PRIVATE)]), making.SEED, HIDDEN)


def beside(one: Arrays, other: Arrays) -> Arrays:
    """Put heads beside others: neither has a part in the other's hidden layer."""
    (heads, hidden), (more, further) = one.weights.shape, other.weights.shape
    weights = np.zeros((heads + more, hidden + further), np.float32)
    weights[:heads, :hidden], weights[heads:, hidden:] = one.weights, other.weights
    return Arrays(
        np.concatenate([one.inner, other.inner]),
        np.concatenate([one.inner_bias, other.inner_bias]),
        weights,
        np.concatenate([one.bias, other.bias]),
    )
