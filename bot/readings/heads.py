"""One small head a label: from what was read of a text to how sure the label is. Plain arrays, pure."""

from collections.abc import Iterable, Sequence
from io import BytesIO
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from bot.errors import ConfigurationError
from bot.readings.artefacts import FOLDER, REBUILD
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
    """The heads' numbers: a hidden layer that all of them share, and one row a head."""

    inner: Floats
    """(hidden, features)."""
    inner_bias: Floats
    """(hidden,)."""
    weights: Floats
    """(heads, hidden)."""
    bias: Floats
    """(heads,)."""


def read_arrays(content: bytes) -> Arrays:
    """Read the arrays from an npz file. No pickles."""
    with np.load(BytesIO(content), allow_pickle=False) as file:
        return Arrays(*(file[name].astype(np.float32) for name in Arrays._fields))


def margins(arrays: Arrays, rows: Floats) -> Floats:
    """Give how far each text (n, features) is on the yes side of each head: (n, heads)."""
    hidden: Floats = np.maximum(rows @ arrays.inner.T + arrays.inner_bias, np.float32(0))
    sides: Floats = hidden @ arrays.weights.T + arrays.bias
    return sides


class Heads:
    """All heads at once."""

    def __init__(self, names: Sequence[str], arrays: Arrays) -> None:
        """Take the heads' names in the order of the rows."""
        self.names = tuple(names)
        self._arrays = arrays

    @classmethod
    def read(cls, names: Sequence[str], content: bytes) -> "Heads":
        """Read the arrays from an npz file. Raises `ConfigurationError` where names and rows differ."""
        arrays = read_arrays(content)
        if len(names) != len(arrays.bias):
            wrong = f"it names {len(names)} heads, where {len(arrays.bias)} were built"
            raise ConfigurationError(f"{FOLDER / 'manifest.json'}: {wrong}. Build it anew: {REBUILD}")
        return cls(names, arrays)

    def probabilities(self, rows: Floats) -> Floats:
        """Give how sure each head is of each text (n, features): (n, heads) from 0 to 1."""
        sides = np.clip(margins(self._arrays, rows), -30, 30)
        sure: Floats = np.float32(1) / (np.float32(1) + np.exp(-sides))
        return sure
