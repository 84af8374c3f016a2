"""Builds the heads on what the tuned encoder says: `python -m models.heads` does it anew.

Those that were tuned together with the encoder (`tuned.npz`) learn on from talk; those of private facts are taught
beside them, and have a part in no other's hidden layer (decisions 32 and 35). `make models` does it when the encoder is
tuned. Alone it is for a change of the talk, or of the lines of private facts: it takes some minutes, tuning an hour.
"""

import sys
from collections.abc import Sequence
from itertools import chain
from pathlib import Path
from typing import Final

from bot.readings import artefacts
from bot.readings.heads import Arrays, read_arrays
from bot.readings.models import open_parts
from bot.readings.networks import Networks
from models import choosing, expand, families, learn, making, private, public, talk
from models.families import Family
from models.features import Readers
from models.samples import HEADS, PRIVATE, TUNED, Sample

TUNED_HEADS: Final = Path(__file__).parent / "tuned.npz"
EACH: Final = 5
"""They learn from one in so many of the texts that the encoder was tuned by. Four are made of each line, so every way
to type comes."""


def main() -> None:
    """Build them by the networks that ship, and choose all points anew."""
    networks, _ = open_parts()
    told, path, lists = artefacts.manifest(), artefacts.FOLDER / "heads.npz", choosing.lists()
    written, own = private.parted(families.read_families())
    texts = [*expand.expand(written, making.SEED, making.VARIANTS), *public.read_public()]
    making.write_arrays(path, build(networks, told["encoder"]["compact"], own, texts)._asdict())
    changed = {
        "files": told["files"] | {path.name: making.digest(path.read_bytes())},
        "heads": list(HEADS),
        "points": choosing.choose(networks, making.read_heads(path)),
        "data": {name: digest for name, digest in told["data"].items() if not name.startswith("talk/")}
        | making.digests(chain(private.files(), talk.FOLDER.glob("*.jsonl"), (TUNED_HEADS,))),
        "lists": {"taught_with": told["lists"]["taught_with"], "heads_taught_with": lists, "chosen_with": lists},
    }
    choosing.write_manifest(told | changed)
    sys.stderr.write("built: bot/readings/model/heads.npz. Figures: python -m models.score\n")


def build(networks: Networks, version: str, own: Sequence[Family], texts: Sequence[Sample]) -> Arrays:
    """Teach all of them, and stretch their margins by the dev set.

    `own` is what those of private facts alone learn from, `texts` what the encoder was tuned by; `version` changes when
    the networks do.
    """
    given = [*expand.expand(own, making.SEED, making.VARIANTS)]
    others = [*texts[::EACH], *talk.read_talk()]
    rows = making.rows_of([*given, *others], Readers(networks, version).read, networks.parting)
    further = learn.lesson(others, rows[len(given) :], TUNED)
    tuned = learn.teach_further(Arrays(*read_arrays(TUNED_HEADS.read_bytes())), further, making.SEED)
    alone = private.taught([*given, *others], rows)
    return private.beside(
        making.stretched(tuned, networks, TUNED), making.stretched(alone, networks, [*map(str, PRIVATE)])
    )


if __name__ == "__main__":
    main()
