"""Builds the heads on what the encoder says: `python -m models.heads` does it anew.

Those that learned together with the encoder (`tuned.npz`) are stretched by the dev set; those of private facts are
taught beside them, and have a part in no other's hidden layer (decision 32). `make models` and `make talk` do it last.
Alone it is for a change of the lines of private facts.
"""

import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Final

from bot.readings import artefacts
from bot.readings.heads import Arrays, read_arrays
from bot.readings.models import open_parts
from bot.readings.networks import Networks
from models import choosing, expand, families, making, private, public, talk
from models.families import Family
from models.features import Readers
from models.samples import HEADS, PRIVATE, TUNED, Sample

TUNED_HEADS: Final = Path(__file__).parent / "tuned.npz"
EACH: Final = 5
"""Those of private facts learn from one in so many of the texts that the encoder was tuned by. Four are made of each
line, so every way to type comes."""


def main() -> None:
    """Build them by the networks that ship, and choose all points anew."""
    networks, _ = open_parts()
    written, own = private.parted(families.read_families())
    texts = [*expand.expand(written, making.SEED, making.VARIANTS), *public.read_public()]
    write(artefacts.manifest(), networks, own, texts)


def write(told: Mapping[str, Any], networks: Networks, own: Sequence[Family], texts: Sequence[Sample]) -> None:
    """Write heads, and the manifest with all points chosen anew; `told` is what it says of the networks.

    `own` is what those of private facts alone learn from, `texts` what the encoder was tuned by.
    """
    path, lists = artefacts.FOLDER / "heads.npz", choosing.lists()
    making.write_arrays(path, _built(networks, told["encoder"]["compact"], own, texts)._asdict())
    changes = {
        "files": {path.name: making.digest(path.read_bytes())},
        "heads": list(HEADS),
        "points": choosing.choose(networks, making.read_heads(path)),
        "data": making.digests([*private.files(), TUNED_HEADS]),
        "lists": {"heads_taught_with": lists, "chosen_with": lists},
    }
    choosing.write_manifest(choosing.changed(told, changes))
    sys.stderr.write("built: bot/readings/model. Figures: python -m models.score\n")


def _built(networks: Networks, version: str, own: Sequence[Family], texts: Sequence[Sample]) -> Arrays:
    """Teach those of private facts, and stretch all. `version` changes when the networks do."""
    samples = [*expand.expand(own, making.SEED, making.VARIANTS), *texts[::EACH], *talk.read_talk()]
    rows = making.rows_of(samples, Readers(networks, version).read, networks.parting)
    tuned, alone = Arrays(*read_arrays(TUNED_HEADS.read_bytes())), private.taught(samples, rows)
    return private.beside(
        making.stretched(tuned, networks, TUNED), making.stretched(alone, networks, [*map(str, PRIVATE)])
    )


if __name__ == "__main__":
    main()
