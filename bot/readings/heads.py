"""One small head a label: from what was read of a text to how sure the label is. Plain arrays, pure."""

from collections.abc import Iterable, Sequence
from io import BytesIO
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from bot.readings.labels import Label, Listeners, Setting, Speaker

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
    """The heads' numbers, one row a head: a straight one and a bent one, whose sum is stretched to a probability."""

    straight: Floats
    """(heads, features)."""
    inner: Floats
    """(heads, features, units)."""
    inner_bias: Floats
    """(heads, units)."""
    outer: Floats
    """(heads, units)."""
    bias: Floats
    """(heads,): of both together."""
    slope: Floats
    """(heads,): Platt's, learned where the head had not learned from the same family."""
    shift: Floats
    """(heads,)."""


class Heads:
    """All heads at once."""

    def __init__(self, names: Sequence[str], arrays: Arrays) -> None:
        """Take the heads' names in the order of the rows."""
        self.names = tuple(names)
        self._arrays = arrays
        count, width, units = arrays.inner.shape
        self._inner = np.ascontiguousarray(arrays.inner.transpose(1, 0, 2).reshape(width, count * units))

    @classmethod
    def read(cls, names: Sequence[str], content: bytes) -> "Heads":
        """Read the arrays from an npz file. No pickles."""
        with np.load(BytesIO(content), allow_pickle=False) as file:
            return cls(names, Arrays(*(file[name].astype(np.float32) for name in Arrays._fields)))

    def margins(self, rows: Floats) -> Floats:
        """Give how far each text (n, `WIDTH`) is on the yes side of each head, before stretching: (n, heads)."""
        arrays = self._arrays
        count, units = arrays.outer.shape
        active = np.maximum(rows @ self._inner + arrays.inner_bias.reshape(-1), 0).reshape(-1, count, units)
        margins: Floats = rows @ arrays.straight.T + (active * arrays.outer).sum(axis=2) + arrays.bias
        return margins

    def probabilities(self, rows: Floats) -> Floats:
        """Give how sure each head is: (n, heads) from 0 to 1."""
        stretched = np.clip(self.margins(rows) * self._arrays.slope + self._arrays.shift, -30, 30)
        sure: Floats = 1 / (1 + np.exp(-stretched))
        return sure
