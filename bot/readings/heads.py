"""One small head a label: from what was read of a text to how sure the label is. Plain arrays, pure."""

from collections.abc import Iterable, Sequence
from io import BytesIO
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from bot.readings.labels import Listeners, Setting, Speaker

Floats = NDArray[np.float32]

_FAR: Final = np.float32(1e-4)
ROLES: Final = tuple(Speaker)
AUDIENCES: Final = tuple(Listeners)


def features(meaning: Floats, abuse: Floats, clues: Floats, settings: Iterable[Setting]) -> Floats:
    """Join what was read: (n, 1152) meaning, (n, 6) abuse, (n, 20) scores by clues, who to whom: (n, 1186)."""
    odds = np.log(np.clip(abuse, _FAR, 1 - _FAR) / np.clip(1 - abuse, _FAR, 1))
    joined: Floats = np.concatenate([meaning, odds, clues, _bits(settings)], axis=1)
    return joined.astype(np.float32, copy=False)


def _bits(settings: Iterable[Setting]) -> Floats:
    rows = [
        [*(setting.role is each for each in ROLES), *(setting.audience is each for each in AUDIENCES)]
        for setting in settings
    ]
    return np.array(rows, np.float32).reshape(-1, len(ROLES) + len(AUDIENCES))


class Arrays(NamedTuple):
    """The heads' numbers, one row a head."""

    weights: Floats
    """(heads, features)."""
    bias: Floats
    """(heads,)."""


class Heads:
    """All heads at once."""

    def __init__(self, names: Sequence[str], arrays: Arrays) -> None:
        """Take the heads' names in the order of the rows."""
        self.names = tuple(names)
        self._weights = np.ascontiguousarray(arrays.weights.T)
        self._bias = arrays.bias

    @classmethod
    def read(cls, names: Sequence[str], content: bytes) -> "Heads":
        """Read the arrays from an npz file. No pickles."""
        with np.load(BytesIO(content), allow_pickle=False) as file:
            return cls(names, Arrays(*(file[name].astype(np.float32) for name in Arrays._fields)))

    def probabilities(self, rows: Floats) -> Floats:
        """Give how sure each head is of each text (n, features): (n, heads) from 0 to 1."""
        margins = np.clip(rows @ self._weights + self._bias, -30, 30)
        sure: Floats = 1 / (1 + np.exp(-margins))
        return sure
