"""What the encoder learned of a school's own topics: small, and added to its weights when it is written anew."""

from collections.abc import Mapping, Sequence
from io import BytesIO
from typing import Any, Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from bot.errors import ConfigurationError

Array = NDArray[Any]

STEPS: Final[Mapping[str, Sequence[str]]] = {
    "attention": ("attention.self.query", "attention.self.key", "attention.self.value"),
    "attended": ("attention.output.dense",),
    "wide": ("intermediate.dense",),
    "narrow": ("output.dense",),
}
"""The linear steps of a layer, in order, and what the package calls them. What reads the same stands side by side."""


class LowRank(NamedTuple):
    """What is added to the weights of a linear step: the product of two small tables (LoRA)."""

    down: Array
    """float16 (in, rank)."""
    up: Array
    """float16 (rank, out)."""

    def product(self) -> Array:
        """Multiply, in double precision.

        Products of halves are multiples of 2**-48. While their sums stay under 32, which the build checks, none
        is rounded, in whichever order they are added, and every machine gets the same.
        """
        product: Array = self.down.astype(np.float64) @ self.up.astype(np.float64)
        return product


Tuning = Mapping[str, LowRank]
"""By layer and step: `0.attention`. What is not named stays as it is."""


def read_tuning(content: bytes) -> Tuning:
    """Read what was learned from an npz file: two arrays a step, as `0.attention.down`. No pickles.

    Raises:
        ConfigurationError: it names a step that the encoder does not have.
    """
    with np.load(BytesIO(content), allow_pickle=False) as file:
        names = sorted({name.rpartition(".")[0] for name in file.files})
        if odd := [name for name in names if name.partition(".")[2] not in STEPS]:
            raise ConfigurationError(f"What the encoder learned names a step that there is not: {odd[0]}.")
        return {name: LowRank(file[f"{name}.down"], file[f"{name}.up"]) for name in names}
