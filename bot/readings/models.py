"""What the networks and heads make of a text, together with the clues that were found in it. Opens no connection."""

from collections.abc import Iterable, Mapping, Sequence
from itertools import islice
from math import sqrt
from pathlib import Path
from types import MappingProxyType
from typing import Final, NamedTuple

import numpy as np

from bot.checkup import Remark, Weight
from bot.errors import ConfigurationError
from bot.patterns import Asked
from bot.readings.abuse import Abuse
from bot.readings.artefacts import FOLDER, artefact, encoder, manifest
from bot.readings.birth_date import is_of_a_thing_alone
from bot.readings.clues.cue import veto
from bot.readings.compact import compact
from bot.readings.heads import Floats, Heads, features
from bot.readings.labels import DECIDES, URGENT, Clue, Label, Scores, Setting, weigh
from bot.readings.meaning import WINDOW, Meaning, windows
from bot.readings.networks import Networks
from bot.readings.session import multiply_with_one_thread
from bot.readings.signs import POINTS, Point
from bot.readings.tuning import read_tuning
from bot.readings.unglue import Parting
from bot.text import fold

ALONE: Final = frozenset({Label.MEDICAL, Label.ACADEMIC, Label.HARASSMENT, Label.BOUNDARY})
"""Labels for which the head alone decides: clues only speak to it."""

LED: Final = frozenset({Label.PII_ADDRESS, Label.PII_BIRTHDATE, Label.PII_PASSWORD, Label.ANONYMIZER})
"""Labels that patterns know by their looks: the surer of clue and head counts."""


POSSIBLE: Final = 0.05
"""Below it nothing has to speak against a head."""


class Doubt(NamedTuple):
    """Words of a label that mean something else. They speak against its head, as far as nothing speaks for it."""

    words: Asked
    share: float
    """What is left of how sure the head was."""
    but: Asked | None = None
    """What speaks for the label all the same."""
    beside_clues: bool = False
    """Whether they count where clues of the label stand, too."""
    believed: float = 2.0
    """A head that is so sure is believed all the same."""


DOUBTS: Final[Mapping[Label, Doubt]] = MappingProxyType(
    {
        Label.SUBSTANCES: Doubt(veto(Label.SUBSTANCES, "innocent"), 1 / 2, believed=0.8),
        Label.HARASSMENT: Doubt(veto(Label.HARASSMENT, "kindly"), 1 / 2),
        Label.OFFPLATFORM: Doubt(veto(Label.OFFPLATFORM, "not to be done"), 1 / 2),
        Label.THREAT: Doubt(veto(Label.THREAT, "errand"), 1 / 5, but=veto(Label.THREAT, "armed")),
        Label.MEDICAL: Doubt(
            veto(Label.MEDICAL, "of_kin"), 1 / 4, but=veto(Label.MEDICAL, "of_the_reader"), beside_clues=True
        ),
    }
)
"""The coke machine, behind which somebody may sell something all the same; what nobody wants somebody to lose;
strangers whom nobody should add; what somebody is going to do at the gym; the knee of a grandmother, beside which
nothing is said of whoever reads it."""

MOST_PASSAGES: Final = 4
"""So many passages of a long text are read by themselves for each label that cannot wait."""
BESIDE: Final = 12
"""So many characters are read on either side where people write without a stop."""
UNSURE: Final = 0.99
"""What no model reads stays below this share of where a label is taken to hold."""
_ENDS: Final = (". ", "! ", "? ", "\n")


class Models:
    """Says how probable labels are. Never waits for anything; a batch and its order change nothing."""

    def __init__(self, networks: Networks, heads: Heads, points: Mapping[Label, Point]) -> None:
        """Take networks and heads, and the thresholds that were measured with them."""
        self.points = points
        self._networks = networks
        self._heads = heads

    def __call__(
        self, texts: Sequence[str], settings: Sequence[Setting], clues: Sequence[tuple[Clue, ...]]
    ) -> list[dict[str, float]]:
        """Give for each text the probabilities of the labels that have a head, and of `CONFIDENTIAL`."""
        by_clues = [weigh(each) for each in clues]
        most = self._surest([windows(self._networks.view(text)) for text in texts], settings, by_clues)
        alone = [passages(*each) for each in zip(texts, clues, strict=True)]
        if any(alone):  # what cannot wait is read once more by itself: the rest of a long text would drown it out
            again = self._surest([[*map(self._networks.view, each)] for each in alone], settings, by_clues)
            urgent = [self._heads.names.index(label) for label in URGENT]
            most[:, urgent] = np.maximum(most, again)[:, urgent]
        sure = (dict(zip(self._heads.names, row, strict=True)) for row in most.tolist())
        doubted = (_doubted(*each) for each in zip(sure, texts, clues, strict=True))
        return [self._fused(*each) for each in zip(doubted, clues, strict=True)]

    def _surest(
        self, parted: Sequence[Sequence[str]], settings: Sequence[Setting], by_clues: Sequence[Scores]
    ) -> Floats:
        """Give for each text, in parts, the probabilities of its surest part: (texts, heads), 0 where there is none."""
        owners = [place for place, parts in enumerate(parted) for _ in parts]
        most = np.zeros((len(parted), len(self._heads.names)), np.float32)
        if owners:
            scores = np.array([by_clues[owner].values for owner in owners], np.float32)
            read = self._networks.read([part for parts in parted for part in parts])
            rows = features(*read, scores, [settings[owner] for owner in owners])
            np.maximum.at(most, owners, self._heads.probabilities(rows))
        return most

    def _fused(self, sure: Mapping[str, float], clues: Sequence[Clue]) -> dict[str, float]:
        """Join what the heads say with the clues: those may raise a label as far as its head thinks it possible.

        How far is in `_heard`. What the models do not read speaks for itself, and is never sure.
        """
        heard, unheard = (weigh(clue for clue in clues if clue.unheard is each) for each in (False, True))
        joined = dict(sure)
        for label in Label:
            if label in sure:
                head = sure[label]
                unread = min(unheard.of(label), self.points[label].act * UNSURE)
                joined[label] = max(head, _heard(label, head, heard.of(label)), unread)
        return joined


def _heard(label: Label, head: float, clue: float) -> float:
    """Say how far a clue makes a label probable that its head finds so probable.

    Mostly it is their geometric mean: a clue in harmless talk does little, and one that the head half believes in does
    much (decision 26).
    """
    if label in ALONE:
        return 0.0
    return clue if label in LED else sqrt(head * clue)


def _doubted(sure: Mapping[str, float], text: str, clues: Iterable[Clue]) -> Mapping[str, float]:
    """Halve what a head only thinks likely where innocent words of its label stand alone: it stumbled over those.

    Nor is it believed that the birth of an animal or a thing is somebody's, where nothing else is told. In a text of
    several parts such words may stand far from what the head is about.
    """
    if len(text) > WINDOW:
        return sure
    spoken = {each.label for each in clues}
    asked = {
        label: doubt
        for label, doubt in DOUBTS.items()
        if POSSIBLE <= sure.get(label, 0) < doubt.believed and (doubt.beside_clues or label not in spoken)
    }
    doubted: dict[str, float] = {
        label: sure[label] * doubt.share for label, doubt in asked.items() if _holds(doubt, text)
    }
    birth = sure.get(Label.PII_BIRTHDATE, 0) >= DECIDES and Label.PII_BIRTHDATE not in spoken
    if birth and is_of_a_thing_alone(fold(text).text):
        doubted[Label.PII_BIRTHDATE] = 0.0
    return {**sure, **doubted} if doubted else sure


def _holds(doubt: Doubt, text: str) -> bool:
    folded = fold(text).text
    return doubt.words.search(folded) and not (doubt.but is not None and doubt.but.search(folded))


def passages(text: str, clues: Iterable[Clue]) -> tuple[str, ...]:
    """Give what stands around the strongest clues for what cannot wait in a long text, a few for each label."""
    if len(text) <= WINDOW:
        return ()
    found: dict[Label, dict[str, None]] = {label: {} for label in URGENT}
    for clue in sorted(clues, key=lambda each: -each.strength):
        at = text.find(clue.text)
        if clue.label in URGENT and clue.strength >= DECIDES and not clue.unheard and at >= 0:
            found[clue.label].setdefault(_around(text, at, at + len(clue.text)))
    return tuple(passage for each in found.values() for passage in islice(each, MOST_PASSAGES))


def _around(text: str, start: int, end: int) -> str:
    """Cut out the sentence around a place; a few words on either side, where no sentence ends within half a window."""
    before, after = text[max(0, start - WINDOW // 2) : start], text[end : end + WINDOW // 2]
    begun = max(before.rfind(sign) for sign in _ENDS)
    ended = min((place for sign in _ENDS if (place := after.find(sign)) >= 0), default=-1)
    head = before[begun + 1 :] if begun >= 0 else before[-BESIDE:].partition(" ")[2]
    tail = after[:ended] if ended >= 0 else after[:BESIDE].rpartition(" ")[0]
    return head + text[start:end] + tail


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
        return Opened(Models(*open_parts(folder), _points()), Remark(Weight.FINE, SEEING))
    except ConfigurationError as error:
        return Opened(None, Remark(Weight.BROKEN, BLIND, str(error)))


def open_parts(folder: Path = FOLDER) -> tuple[Networks, Heads]:
    """Open what models are made of, but for the thresholds. Raises `ConfigurationError` as `artefact` does."""
    multiply_with_one_thread()
    tokenizer = artefact("tokenizer.json", folder)
    abuse = Abuse(artefact("abuse.onnx", folder), artefact("abuse.txt", folder))
    ranked = artefact("words.txt", folder).decode().splitlines()
    heads = Heads.read(manifest()["heads"], artefact("heads.npz", folder))
    tuning = read_tuning(artefact("tuning.npz", folder))
    meaning = Meaning(compact(encoder(), tuning), tokenizer)
    return Networks(abuse, meaning, Parting(ranked)), heads


def _points() -> dict[Label, Point]:
    points: dict[str, list[float]] = manifest()["points"]
    return {label: Point(*points[label]) if label in points else POINTS[label] for label in Label}
