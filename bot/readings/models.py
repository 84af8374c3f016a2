"""What the networks and heads make of a text, together with the clues that were found in it. Opens no connection."""

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Final, NamedTuple, Protocol

import numpy as np

from bot.checkup import Remark, Weight
from bot.errors import ConfigurationError
from bot.readings.abuse import Abuse
from bot.readings.artefacts import FOLDER, artefact, encoder, manifest
from bot.readings.compact import compact
from bot.readings.heads import Floats, Heads, features
from bot.readings.labels import Clue, Label, Scores, Setting, weigh
from bot.readings.meaning import Meaning, windows
from bot.readings.signs import POINTS, Point
from bot.text import fold, loosen

CONFIDENTIAL: Final = "confidential"
"""The head that is no label: something confidential about a person meant."""

ALONE: Final = frozenset({Label.MEDICAL, Label.ACADEMIC, Label.HARASSMENT, Label.BOUNDARY})
"""Labels for which the head alone decides: clues only speak to it. For the others the surer of both does."""

SAME: Final = 0.9
"""How near the rounded encoder must come to the exact one (cosine); where it does not, the exact one serves."""
WITNESS: Final = "Your ankle is swollen, so the trainer wants you to sit out until Thursday."


class Text(Protocol):
    """A text to be read."""

    @property
    def text(self) -> str:
        """What was typed."""
        ...

    @property
    def setting(self) -> Setting:
        """Who speaks to whom."""
        ...

    @property
    def clues(self) -> tuple[Clue, ...]:
        """What speaks for which label."""
        ...


class Networks(NamedTuple):
    """Everything that was built, opened."""

    abuse: Abuse
    meaning: Meaning
    heads: Heads

    def sure(self, asked: Sequence[Text], by_clues: Sequence[Scores]) -> list[dict[str, float]]:
        """Say for each text how sure each head is, by the surest of its windows."""
        windowed = [windows(view(each.text)) for each in asked]
        owners = [place for place, parts in enumerate(windowed) for _ in parts]
        most = np.zeros((len(asked), len(self.heads.names)), np.float32)
        np.maximum.at(
            most, owners, self._parts([part for parts in windowed for part in parts], owners, asked, by_clues)
        )
        return [dict(zip(self.heads.names, row, strict=True)) for row in most.tolist()]

    def _parts(self, parts: list[str], owners: list[int], asked: Sequence[Text], by_clues: Sequence[Scores]) -> Floats:
        """Ask the heads about each part of each text."""
        clues = np.array([by_clues[owner].values for owner in owners], np.float32)
        settings = [asked[owner].setting for owner in owners]
        rows = features(self.meaning.encode(parts), self.abuse.scores(parts), clues, settings)
        return self.heads.probabilities(rows)


class Models:
    """Scores texts. Without networks it scores by clues alone, and says what is blind."""

    def __init__(self, networks: Networks | None, points: Mapping[Label, Point], blind: Iterable[Remark] = ()) -> None:
        """Take what could be opened, the operating points that belong to it, and what a doctor should tell."""
        self.points = points
        self.blind = tuple(blind)
        self._networks = networks

    def score(self, asked: Sequence[Text]) -> list[Scores]:
        """Score each text, in order. Neither batch nor order changes a score."""
        by_clues = [weigh(each.clues) for each in asked]
        if self._networks is None or not asked:
            return by_clues
        sure = self._networks.sure(asked, by_clues)
        return [_fused(*each) for each in zip(asked, by_clues, sure, strict=True)]


def _fused(asked: Text, by_clues: Scores, sure: Mapping[str, float]) -> Scores:
    if not asked.text.strip():
        return by_clues
    values = tuple(_fuse(label, by_clues.of(label), sure.get(label)) for label in Label)
    return Scores(values, by_clues.clues, sure[CONFIDENTIAL])


def _fuse(label: Label, by_clues: float, head: float | None) -> float:
    if head is None:
        return by_clues
    return head if label in ALONE else max(head, by_clues)


def view(text: str) -> str:
    """Give a text as the networks read it: folded, disguises undone as far as can be guessed."""
    return loosen(fold(text)).text


def open_models(folder: Path = FOLDER) -> Models:
    """Open what was built. Where a part is missing or altered, clues alone score, and `blind` says so."""
    try:
        return Models(_open(folder), _points())
    except ConfigurationError as error:
        return Models(None, POINTS, [Remark(Weight.BROKEN, BLIND, str(error))])


BLIND: Final = (
    "Words are read by lists and patterns alone. What is medical or academic, harassment, threats and closeness between"
    " staff and students are mostly not seen."
)


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
