"""Talk that teaches: whole messages, as people would type them, by many hands and from no template (decision 35)."""

from pathlib import Path
from typing import Final

from models.labelled import read
from models.making import sample
from models.samples import Sample

FOLDER: Final = Path(__file__).parent / "talk"
WEIGHT: Final = 15.0
"""How many times more than a text from a template a message weighs: there are fewer, and they are what chat is like."""


def read_talk() -> list[Sample]:
    """Read all of it, in the order of its files."""
    return [sample(row, WEIGHT) for row in read(sorted(FOLDER.glob("*.jsonl")))]
