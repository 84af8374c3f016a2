"""Teaches the heads of private facts on what ships: `python -m models.private` does it anew.

`make models` does it when the encoder is tuned. They have lines of their own, which nothing else learns from, and a
small layer of their own beside the others', whose numbers stay as they are (decision 32). Alone it is for a change of
those lines: it takes some minutes, tuning an hour.
"""

import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Final

import numpy as np

from bot.readings import artefacts
from bot.readings.heads import Arrays, read_arrays
from bot.readings.models import open_parts
from bot.readings.networks import Networks
from models import choosing, expand, families, learn, making, public
from models.families import Family
from models.features import Readers
from models.samples import HEADS, PRIVATE, TUNED, Sample

FILES: Final = ("given_", "round_the_filter")
"""How files of lines begin that only these heads learn from."""
HIDDEN: Final = 64
"""Numbers of their hidden layer, in each of the networks that are taught."""
EACH: Final = 5
"""They learn from one in so many of the other texts. Four are made of each line, so every way to type comes."""


def parted(written: Sequence[Family]) -> tuple[list[Family], list[Family]]:
    """Part what everything learns from, and what these heads alone do."""
    others, own = ([each for each in written if _is_own(each.name) is which] for which in (False, True))
    return others, own


def _is_own(name: str) -> bool:
    """Say whether a file of lines, or a family in it, is for these heads alone."""
    return name.startswith(FILES)


def main() -> None:
    """Teach them by the networks that ship, beside the other heads as they stand, and choose all points anew."""
    networks, _ = open_parts()
    told, path = artefacts.manifest(), artefacts.FOLDER / "heads.npz"
    written, own = parted(families.read_families())
    texts = [*expand.expand(written, making.SEED, making.VARIANTS), *public.read_public()]
    heads = beside(_others(path), taught(networks, told["encoder"]["compact"], own, texts))
    making.write_arrays(path, heads._asdict())
    changed = {
        "files": told["files"] | {path.name: making.digest(path.read_bytes())},
        "heads": list(HEADS),
        "points": choosing.choose(networks, making.read_heads(path)),
        "data": told["data"] | making.digests(each for each in families.FOLDER.glob("*.toml") if _is_own(each.name)),
        "lists": told["lists"] | {"private_taught_with": choosing.lists(), "chosen_with": choosing.lists()},
    }
    choosing.write_manifest(told | changed)
    sys.stderr.write("built: bot/readings/model/heads.npz. Figures: python -m models.score\n")


def taught(networks: Networks, version: str, own: Sequence[Family], others: Sequence[Sample]) -> Arrays:
    """Teach them from lines of their own, and from some of all others; then stretch their margins by the dev set.

    `version` changes when the networks do.
    """
    texts = [*expand.expand(own, making.SEED, making.VARIANTS), *others[::EACH]]
    rows = making.rows_of(texts, Readers(networks, version).read, networks.parting)
    heads = [*map(str, PRIVATE)]
    return making.stretched(learn.teach(learn.lesson(texts, rows, heads), making.SEED, HIDDEN), networks, heads)


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


def _others(path: Path) -> Arrays:
    """Read the heads beside which they stand."""
    inner, inner_bias, weights, bias = read_arrays(path.read_bytes())
    heads, hidden = len(TUNED), learn.TAUGHT * learn.HIDDEN
    return Arrays(inner[:hidden], inner_bias[:hidden], weights[:heads, :hidden], bias[:heads])


if __name__ == "__main__":
    main()
