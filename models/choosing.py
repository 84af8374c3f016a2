"""Chooses the points on the dev set, by what the product makes of it: `python -m models.choosing` does it anew.

`make models` does it when it has built the rest. Alone it is for a change of the lists of phrases
(`bot/readings/data/`): they decide beside the heads, and choosing takes a minute, teaching an hour. The manifest says
with which lists heads were taught, and points chosen.
"""

import json
import sys
from collections.abc import Mapping
from hashlib import sha256
from pathlib import Path
from typing import Any, Final

from bot.classify import read_people
from bot.readings import artefacts
from bot.readings.clues import Clues
from bot.readings.heads import Heads
from bot.readings.labels import CONFIDENTIAL
from bot.readings.models import Models, open_parts
from bot.readings.networks import Networks
from bot.readings.personal import Known
from bot.readings.signs import POINTS, Point
from bot.readings.topics import Topics
from models import points
from models.clues import YEAR
from models.labelled import read
from models.samples import LEARNED

DEV: Final = Path(__file__).parent / "dev"
STRETCHED_ON: Final = (
    *read(
        DEV / f"{name}.jsonl"
        for name in (
            *("hallway", "office", "lockers", "weekday"),
            *("courtyard", "stairs", "bleachers", "cafeteria", "bandroom"),
            *("fieldtrip", "homeroom"),
        )
    ),
)
"""By these margins are stretched. They are denser than weeks: by weeks too, what is rare seems rarer still."""
CHOSEN_ON: Final = (
    *STRETCHED_ON,
    *read(DEV / f"{name}.jsonl" for name in ("ferry", "greenhouse", "lantern", "orchard", "quarry", "meadow")),
)
"""By these points are chosen. The other files choose no point."""
LISTS: Final = artefacts.FOLDER.parent / "data"


def main() -> None:
    """Choose by the networks and heads that ship, and write the points into their manifest."""
    told = artefacts.manifest()
    chosen = {"points": choose(*open_parts()), "lists": told["lists"] | {"chosen_with": lists()}}
    write_manifest(told | chosen)
    for name, point in chosen["points"].items():
        sys.stdout.write(f"{name}: {told['points'][name]} -> {[*point]}\n")


def choose(networks: Networks, heads: Heads) -> dict[str, Point]:
    """Choose the points of every label that has a head."""
    clues = Clues(Known(read_people(DEV / "roster.txt")), parting=networks.parting)
    topics = Topics(clues, Models(networks, heads, POINTS))
    scores = topics.read([row.text for row in CHOSEN_ON], [row.setting for row in CHOSEN_ON], YEAR)
    scored = [*zip(CHOSEN_ON, scores, strict=True)]
    found = {str(label): points.point(label, scored) for label in LEARNED}
    return found | {CONFIDENTIAL: Point(points.EVEN, points.EVEN)}


def lists() -> str:
    """Give the SHA-256 of all lists of phrases as they stand."""
    paths = sorted(LISTS.glob("*.toml"))
    return sha256(b"".join(path.name.encode() + path.read_bytes() for path in paths)).hexdigest()


def changed(manifest: Mapping[str, Any], changes: Mapping[str, Any]) -> dict[str, Any]:
    """Change a manifest: of its tables, what is named."""
    return {
        **manifest,
        **{key: {**manifest.get(key, {}), **each} if isinstance(each, dict) else each for key, each in changes.items()},
    }


def write_manifest(manifest: Mapping[str, Any]) -> None:
    """Put it in the place of the one before, whole or not at all."""
    path = artefacts.FOLDER / "manifest.json"
    beside = path.with_suffix(".new")
    beside.write_text(json.dumps(manifest, indent=2) + "\n", encoding="utf-8")
    beside.replace(path)


if __name__ == "__main__":
    main()
