"""What tuning and teaching the heads share: features of samples, and heads stretched and written."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from hashlib import sha256
from io import BytesIO
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from bot.readings.heads import Arrays, Floats, Heads, features
from bot.readings.networks import Networks
from bot.readings.unglue import Parting
from models import choosing, clues, learn
from models.labelled import Labelled
from models.samples import HEADS, Kind, Sample, holding

SEED: Final = 7
VARIANTS: Final = 4
"""Texts from each line of a template."""


def rows_of(
    samples: Sequence[Sample], read: Callable[[Sequence[str]], tuple[Floats, Floats]], parting: Parting
) -> Floats:
    """Give the features of samples: (n, 1186)."""
    settings = [each.setting for each in samples]
    return features(*read([each.text for each in samples]), clues.scores(samples, parting), settings)


def stretched(arrays: Arrays, networks: Networks, heads: Sequence[str]) -> Arrays:
    """Stretch the margins of some heads by the dev set."""
    dev = [sample(each) for each in choosing.STRETCHED_ON]
    answers = np.array([[head in each.holds for head in heads] for each in dev], np.float32)
    rows = rows_of(dev, lambda texts: networks.read([*map(networks.view, texts)]), networks.parting)
    return learn.stretched(arrays, rows, answers)


def sample(row: Labelled, weight: float = 1.0) -> Sample:
    """Take a labelled message as the heads see it."""
    holds = holding(row.labels, leak=row.confidential_leak)
    return Sample(row.text, row.setting, holds, frozenset(), Kind(row.kind), row.id, weight)


def write_arrays(path: Path, arrays: Mapping[str, NDArray[Any]]) -> None:
    """Write arrays in half precision: the same bytes for the same numbers."""
    content = BytesIO()
    halves: dict[str, Any] = {name: array.astype(np.float16) for name, array in arrays.items()}
    np.savez_compressed(content, **halves)
    path.write_bytes(content.getvalue())


def read_heads(path: Path) -> Heads:
    """Read them back as the product does, so that points are chosen on what it will say."""
    return Heads.read(HEADS, path.read_bytes())


def digests(paths: Iterable[Path]) -> dict[str, str]:
    """Give the SHA-256 of each file that is learned from, by its path from here."""
    return {path.relative_to(Path(__file__).parent).as_posix(): digest(path.read_bytes()) for path in sorted(paths)}


def digest(content: bytes) -> str:
    """Give its SHA-256."""
    return sha256(content).hexdigest()
