"""Lets encoder and heads learn on from talk: `python -m models.further` does it anew, with PyTorch.

They begin where templates left them (`models/begun/`), and learn on several times, each time beside other ones of the
templates' texts. The mean of what they learned ships: it is right more often than any of them (decision 38).
`make models` does it when the encoder is tuned. Alone (`make talk`) it is for a change of the talk.
"""

import sys
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from importlib.metadata import version
from multiprocessing import get_context
from pathlib import Path
from typing import Any, Final, NamedTuple

import numpy as np
import torch

from bot.readings import artefacts
from bot.readings.compact import DEPTHS, Encoder, compact
from bot.readings.heads import Arrays, read_arrays
from bot.readings.meaning import Meaning
from bot.readings.models import open_parts
from bot.readings.networks import Networks
from bot.readings.tuning import Array, LowRank, Tuning, read_tuning
from models import choosing, expand, families, heads, learn, private, public, talk
from models.features import Readers
from models.lots import checked
from models.making import SEED, VARIANTS, digest, digests, rows_of, write_arrays
from models.samples import TUNED, Sample
from models.tune import FURTHER, Tuned, said, tune

BEGUN: Final = Path(__file__).parent / "begun"
RUNS: Final = range(1, 6)
EACH: Final = 10
"""A run learns from all talk, and from one in so many of the other texts."""
NEAR: Final = 0.9
"""The least cosine at any depth between what the encoder says as it was tuned, and as it reads, which rounds."""
LARGEST: Final = 16.0
"""What sums of products of the tuning's tables stay under, so that none is rounded (`LowRank.product`)."""


class Built(NamedTuple):
    """What reads from now on."""

    networks: Networks
    changes: dict[str, Any]
    """What the manifest says of it."""


def main() -> None:
    """Build by the networks that ship, but for what they learned; heads of private facts and points follow."""
    networks, _ = open_parts()
    written, own = private.parted(families.read_families())
    texts = [*expand.expand(written, SEED, VARIANTS), *public.read_public()]
    built, told = build(networks, texts), artefacts.manifest()
    told["data"] = {name: each for name, each in told["data"].items() if not name.startswith("talk/")}
    heads.write(choosing.changed(told, built.changes), built.networks, own, texts)


def keep(begun: Tuned) -> None:
    """Keep what templates and public sets taught, so that learning on does not need the hour that came before."""
    BEGUN.mkdir(exist_ok=True)
    write_arrays(BEGUN / "tuning.npz", begun.encoder_arrays())
    write_arrays(BEGUN / "heads.npz", begun.heads._asdict())


def kept() -> Tuned:
    """Read what was kept."""
    files = [(BEGUN / name).read_bytes() for name in ("tuning.npz", "heads.npz")]
    return Tuned(read_tuning(files[0]), Arrays(*read_arrays(files[1])))


def build(networks: Networks, texts: Sequence[Sample]) -> Built:
    """Learn on from what was kept, and write what ships. `texts` is what the encoder was tuned by."""
    shipped = artefacts.encoder_path().read_bytes()
    taught_with = choosing.lists()
    begun = kept().encoder
    readers = Readers(networks._replace(meaning=meaning(shipped, begun)), digest(compact(shipped, begun)))
    lessons = [_lesson(number, readers, texts) for number in RUNS]
    with ProcessPoolExecutor(mp_context=get_context("spawn")) as pool:
        mean = _mean([*pool.map(_learned_on, RUNS, *zip(*lessons, strict=True))])
    networks = networks._replace(meaning=meaning(shipped, mean.encoder))
    _check(mean, Encoder(shipped, {}), networks, [texts[place].text for place in checked(len(texts))])
    tuning = artefacts.FOLDER / "tuning.npz"
    write_arrays(tuning, mean.encoder_arrays())
    write_arrays(heads.TUNED_HEADS, mean.heads._asdict())
    changes = {
        "encoder": {"compact": digest(compact(shipped, mean.encoder))},
        "files": {tuning.name: digest(tuning.read_bytes())},
        "tuned_with": f"PyTorch {version('torch')}",
        "data": digests([*talk.FOLDER.glob("*.jsonl"), *BEGUN.glob("*.npz")]),
        "lists": {"taught_further_with": taught_with},
    }
    return Built(networks, changes)


def _lesson(number: int, readers: Readers, texts: Sequence[Sample]) -> tuple[list[list[int]], learn.Lesson]:
    """Give what a run learns from: texts as the encoder is fed them, and what heads should say of each."""
    networks, samples = readers.networks, [*texts[number::EACH], *talk.read_talk()]
    rows = rows_of(samples, readers.read, networks.parting)
    sys.stderr.write(f"learning on: {number} of {len(RUNS)}, from {len(samples)} texts\n")
    return [networks.meaning.words(networks.view(each.text)) for each in samples], learn.lesson(samples, rows, TUNED)


def _learned_on(number: int, fed: Sequence[Sequence[int]], lesson: learn.Lesson) -> Tuned:
    """Learn on once, on a processor of its own: so it comes out alike, however many there are."""
    torch.set_num_threads(1)
    return tune(Encoder(artefacts.encoder_path().read_bytes(), {}), kept(), fed, lesson, FURTHER, SEED + number)


def _mean(runs: Sequence[Tuned]) -> Tuned:
    """Give the mean of every number (Wortsman and others, 2022): all began at one place, and are still near."""
    encoder = {step: LowRank(*_middle([run.encoder[step] for run in runs])) for step in runs[0].encoder}
    return Tuned(encoder, Arrays(*_middle([run.heads for run in runs])))


def _middle(many: Sequence[Sequence[Array]]) -> Iterator[Array]:
    """Give the mean of each of their arrays."""
    return (np.mean(each, axis=0) for each in zip(*many, strict=True))


def meaning(shipped: bytes, tuning: Tuning) -> Meaning:
    """Open the encoder with what was learned, as it will read."""
    return Meaning(compact(shipped, tuning), (artefacts.FOLDER / "tokenizer.json").read_bytes())


def _check(tuned: Tuned, encoder: Encoder, networks: Networks, texts: Sequence[str]) -> None:
    """Hold what reads against what was tuned: added, in halves and rounded, it says nearly the same."""
    tables = [LowRank(*(np.abs(table, dtype=np.float64) for table in each)) for each in tuned.encoder.values()]
    largest = max(float(each.product().max()) for each in tables)
    views = [*map(networks.view, texts)]
    pairs = networks.meaning.encode(views) * said(encoder, tuned.encoder, [*map(networks.meaning.words, views)])
    near = float(pairs.reshape(len(texts), len(DEPTHS), -1).sum(axis=-1).min())
    if not (largest < LARGEST and near > NEAR):  # nor where either is no number
        raise SystemExit(
            f"What was tuned is not what reads: a cosine of {near:.3f}, a sum of {largest:.1f}. Nothing more was built."
        )
    sys.stderr.write(f"encoder: a cosine of {near:.3f} at least between what was tuned and what reads\n")


if __name__ == "__main__":
    main()
