"""What the networks and heads make of a text, together with the clues that were found in it. Opens no connection."""

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Final, NamedTuple

import numpy as np

from bot.checkup import Remark, Weight
from bot.errors import ConfigurationError
from bot.readings.abuse import Abuse
from bot.readings.artefacts import FOLDER, artefact, encoder, manifest
from bot.readings.compact import compact
from bot.readings.heads import Floats, Heads, features
from bot.readings.labels import CONFIDENTIAL, Clue, Label, Scores, Setting, weigh
from bot.readings.meaning import Meaning, windows
from bot.readings.signs import POINTS, Point
from bot.text import fold, loosen

ALONE: Final = frozenset({Label.MEDICAL, Label.ACADEMIC, Label.HARASSMENT, Label.BOUNDARY})
"""Labels for which the head alone decides: clues only speak to it. For the others the surer of both does."""

SAME: Final = 0.9
"""How near the rounded encoder must come to the exact one (cosine); where it does not, the exact one serves."""
WITNESS: Final = "Your ankle is swollen, so the trainer wants you to sit out until Thursday."


class Networks(NamedTuple):
    """Everything that was built, opened."""

    abuse: Abuse
    meaning: Meaning
    heads: Heads

    def sure(self, parts: Sequence[str], settings: Iterable[Setting], clues: Sequence[Scores]) -> Floats:
        """Say how sure each head is of each part: (parts, heads)."""
        scores = np.array([each.values for each in clues], np.float32)
        return self.heads.probabilities(
            features(self.meaning.encode(parts), self.abuse.scores(parts), scores, settings)
        )


class Models:
    """Says how probable labels are. Never waits for anything; a batch and its order change nothing."""

    def __init__(self, networks: Networks, points: Mapping[Label, Point]) -> None:
        """Take the networks, and the thresholds that were measured with them."""
        self.points = points
        self._networks = networks

    def __call__(
        self, texts: Sequence[str], settings: Sequence[Setting], clues: Sequence[tuple[Clue, ...]]
    ) -> list[dict[str, float]]:
        """Give for each text the probabilities of the labels that have a head, and of `CONFIDENTIAL`."""
        by_clues = [weigh(each) for each in clues]
        parted = [windows(view(text)) for text in texts]
        owners = [place for place, parts in enumerate(parted) for _ in parts]
        names = self._networks.heads.names
        most = np.zeros((len(texts), len(names)), np.float32)
        if owners:
            parts = [part for each in parted for part in each]
            sure = self._networks.sure(
                parts, [settings[owner] for owner in owners], [by_clues[owner] for owner in owners]
            )
            np.maximum.at(most, owners, sure)  # a text is as sure as its surest part
        return [
            _fused(dict(zip(names, row, strict=True)), own) for row, own in zip(most.tolist(), by_clues, strict=True)
        ]


def _fused(sure: Mapping[str, float], by_clues: Scores) -> dict[str, float]:
    """Let the surer of head and clues speak where both have a vote."""
    own = {label: by_clues.of(label) for label in Label if label not in ALONE}
    return {
        name: max(value, own.get(Label(name), 0.0)) if name != CONFIDENTIAL else value for name, value in sure.items()
    }


def view(text: str) -> str:
    """Give a text as the networks read it: folded, disguises undone as far as can be guessed."""
    return loosen(fold(text)).text


class Opened(NamedTuple):
    """What could be opened, and what a doctor should tell of it."""

    models: Models | None
    """None: lists and patterns go on alone."""
    remark: Remark


SEEING: Final = "Words are read by lists, patterns and models."
BLIND: Final = (
    "Words are read by lists and patterns alone. What is medical or academic, harassment and closeness between staff"
    " and students are mostly not seen."
)


def open_models(folder: Path = FOLDER) -> Opened:
    """Open what was built. A part that is missing or altered is refused, and the remark says how to bring it back."""
    try:
        return Opened(Models(_open(folder), _points()), Remark(Weight.FINE, SEEING))
    except ConfigurationError as error:
        return Opened(None, Remark(Weight.BROKEN, BLIND, str(error)))


def _open(folder: Path) -> Networks:
    tokenizer = artefact("tokenizer.json", folder)
    abuse = Abuse(artefact("abuse.onnx", folder), artefact("abuse.txt", folder))
    heads = Heads.read(manifest()["heads"], artefact("heads.npz", folder))
    return Networks(abuse, open_meaning(encoder(), tokenizer), heads)


def open_meaning(shipped: bytes, tokenizer: bytes) -> Meaning:
    """Open the encoder, rounded where this processor rounds well. Some older ones run over in sums of eight bits."""
    rounded = Meaning(compact(shipped), tokenizer)
    exact = Meaning(compact(shipped, rounded=False), tokenizer)
    one, other = rounded.encode([WITNESS])[0], exact.encode([WITNESS])[0]
    return rounded if one @ other >= SAME * np.linalg.norm(one) * np.linalg.norm(other) else exact


def _points() -> dict[Label, Point]:
    points: dict[str, list[float]] = manifest()["points"]
    return {label: Point(*points[label]) if label in points else POINTS[label] for label in Label}
