"""Which texts the encoder is tuned on, in what order, and by which it is checked. Seeded: the same again."""

from collections.abc import Iterator, Sequence
from itertools import groupby
from typing import Final

import numpy as np
from numpy.random import Generator

AT_ONCE: Final = 128
"""Texts that are learned from together; all are of one length, so that none is filled up."""
CHECKED: Final = 500
"""Texts on which what was tuned is compared with what reads."""


def lots(lengths: Sequence[int], passes: int, chance: Generator) -> Iterator[list[int]]:
    """Give the places of all texts, in lots of one length each, in any order, and that so many times."""
    for _ in range(passes):
        yield from _passed(lengths, chance)


def _passed(lengths: Sequence[int], chance: Generator) -> Iterator[list[int]]:
    shuffled = chance.permutation(len(lengths)).tolist()
    alike = (list(group) for _, group in groupby(sorted(shuffled, key=lengths.__getitem__), key=lengths.__getitem__))
    parted = [group[start : start + AT_ONCE] for group in alike for start in range(0, len(group), AT_ONCE)]
    yield from (parted[place] for place in chance.permutation(len(parted)))


def checked(texts: int) -> list[int]:
    """Give places of some texts, from all over."""
    places: list[int] = np.linspace(0, texts - 1, min(CHECKED, texts), dtype=int).tolist()
    return places
