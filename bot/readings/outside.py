"""A scorer of the district's own choosing, beside ours: off by default, in rehearsal first, and never waited for long.

It is asked only where ours are undecided about a label that it knows. It may raise or lower that label, but never
lowers self-harm, a threat or a report of harm: a second opinion must not quiet an alarm.
"""

from collections import OrderedDict
from collections.abc import Callable, Collection, Mapping, Sequence
from concurrent.futures import Future
from dataclasses import dataclass, field
from threading import Thread
from typing import Final, NamedTuple, Protocol

from bot.checkup import Remark, Weight
from bot.readings.labels import Label, Scores, Speaker
from bot.readings.signs import Point, floored

LIMIT: Final = 0.3
"""Seconds after which an answer is no longer waited for."""
STRIKES: Final = 3
"""After so many failures in a row it is left alone for a while."""
REST: Final = 60.0
"""Seconds for which it is left alone; then one question tries again."""
NEVER_LOWERED: Final = (Label.SELF_HARM, Label.THREAT, Label.REPORT)
"""A call for help that is talked away loses its shield, and nobody hears it."""
REMEMBERED: Final = 4_096
"""So many answers are remembered: the same is written again and again."""

REHEARSING: Final = "It is rehearsed: what it says is counted in the log, and changes nothing."
IN_FORCE: Final = "What it says counts where ours are undecided."
LEAVING: Final = "Such texts leave the district's own machines."
RESTING: Final = "It does not answer within {limit:.0f} ms, so it rests: it is asked again after {rest:.0f} s."
START_IT: Final = "Start it, or mend it. Until then texts read as they would without it. Without need of it, take out "

Answers = Sequence[Mapping[Label, float]]


class Question(NamedTuple):
    """What is asked: a text, what its author quotes beside it, and who wrote it."""

    text: str
    earlier: tuple[str, ...]
    role: Speaker

    def __repr__(self) -> str:
        """Show the role only: words stay out of logs and tracebacks."""
        return f"Question({self.role.value})"


TRIAL: Final = Question("Practice is at four today.", (), Speaker.COACH)
"""What a scorer is tried out with: nobody's words."""


class ScorerError(Exception):
    """A scorer did not answer, or not in its form. The message holds no words of a text."""


class Scorer(Protocol):
    """The port. A scorer is asked in a thread of its own; it may be slow, but does not have to be waited for."""

    name: str
    version: str
    licence: str
    leaves_premises: bool
    """Whether texts leave the district's own machines when it is asked."""

    @property
    def labels(self) -> Collection[Label]:
        """What it knows: it is asked about nothing else."""
        ...

    def score(self, batch: Sequence[Question]) -> Answers:
        """Give for each text the probabilities of the labels it knows. Raises `ScorerError`."""
        ...


@dataclass(slots=True)
class Tally:
    """What came of the questions, for whoever decides whether rehearsal may end. Counts only."""

    asked: int = 0
    answered: int = 0
    failed: int = 0
    """Questions that got no answer in time or none at all, those spared while it was left alone among them."""
    differed: int = 0
    """Texts that read otherwise by the answer, or would: a label may hold, or is taken to hold, or no longer."""


@dataclass(slots=True)
class Outside:
    """Asks a scorer about undecided texts, and joins its answers with ours."""

    scorer: Scorer
    now: Callable[[], float]
    """A clock that never goes back, in seconds."""
    rehearse: bool = True
    """Ask and count, but change nothing."""
    limit: float = LIMIT
    tally: Tally = field(default_factory=Tally)
    _strikes: int = 0
    _resting_until: float = 0.0
    _running: Future[Answers] | None = None
    _known: OrderedDict[Question, Mapping[Label, float]] = field(default_factory=OrderedDict)

    @property
    def name(self) -> str:
        """Name the scorer, as evidence does."""
        return f"{self.scorer.name} {self.scorer.version}".strip()

    @property
    def is_resting(self) -> bool:
        """Say whether it is left alone for now, because it failed."""
        return self.now() < self._resting_until

    def undecided(self, scores: Scores, points: Mapping[Label, Point]) -> tuple[Label, ...]:
        """Name the labels it knows that may hold for a text, and are not taken to hold."""
        return tuple(
            label for label in self.scorer.labels if points[label].review <= scores.of(label) < points[label].act
        )

    def consider(
        self, questions: Sequence[Question], ours: Sequence[Scores], points: Mapping[Label, Point]
    ) -> list[Scores]:
        """Give our scores, with the answer of the scorer where we were undecided and it came in time."""
        joined = list(ours)
        open_ones = [place for place, scores in enumerate(ours) if self.undecided(scores, points)]
        self._learn(list(dict.fromkeys(questions[place] for place in open_ones)))
        for place in open_ones:
            answer = self._known.get(questions[place])
            if answer is None:
                continue
            scores = self._with_answer(ours[place], answer, points)
            self.tally.differed += _read(scores, points) != _read(ours[place], points)
            joined[place] = ours[place] if self.rehearse else scores
        return joined

    def try_out(self) -> Remark:
        """Ask about an invented sentence, and say how it stands with the scorer."""
        for _ in range(STRIKES):
            if self._ask([TRIAL]) is not None:
                break
        told = [f"A scorer of the district's own is on: {self.name} ({self.scorer.licence})."]
        told += [LEAVING] if self.scorer.leaves_premises else []
        told += [REHEARSING if self.rehearse else IN_FORCE]
        if not self.is_resting:
            return Remark(Weight.FINE, " ".join(told))
        rests = RESTING.format(limit=1000 * self.limit, rest=REST)
        return Remark(Weight.WEAK, " ".join([*told, rests]), f"{START_IT}[reading.scorer].")

    def _learn(self, questions: Sequence[Question]) -> None:
        """Ask what is not known yet."""
        for each in questions:
            if each in self._known:
                self._known.move_to_end(each)
        new = [each for each in questions if each not in self._known]
        if not new:
            return
        self.tally.asked += len(new)
        answers = self._ask(new)
        if answers is None:
            self.tally.failed += len(new)
            return
        self.tally.answered += len(new)
        self._known |= zip(new, answers, strict=True)
        while len(self._known) > max(REMEMBERED, len(questions)):
            self._known.popitem(last=False)

    def _ask(self, questions: Sequence[Question]) -> Answers | None:
        """Ask, unless it is left alone. None where no proper answer came in time."""
        if self.is_resting:
            return None
        answers = self._answers(questions)
        if answers is not None and len(answers) == len(questions):
            self._strikes = 0
            return answers
        self._strikes += 1
        if self._strikes >= STRIKES:
            self._resting_until = self.now() + REST
            self._strikes = STRIKES - 1  # one more failure after the rest is enough
        return None

    def _answers(self, questions: Sequence[Question]) -> Answers | None:
        if self._running is not None and not self._running.done():
            return None  # it is still busy with an earlier question
        self._running = _begun(self.scorer, questions)
        try:
            return self._running.result(self.limit)
        except Exception:  # noqa: BLE001 (whatever breaks in a scorer of others, ours go on)
            return None

    def _with_answer(self, ours: Scores, answer: Mapping[Label, float], points: Mapping[Label, Point]) -> Scores:
        """Take the mean of both opinions where ours is undecided; a floor stays, and an alarm is never quieted."""
        spoken = {label: answer[label] for label in self.undecided(ours, points) if 0 <= answer.get(label, -1) <= 1}
        values = tuple(_joined(label, ours.of(label), spoken.get(label)) for label in Label)
        joined = floored(ours._replace(values=values), points)
        moved = frozenset(label for label in spoken if joined.of(label) != ours.of(label))
        return joined._replace(scorer=self.name, moved=moved) if moved else ours


def _begun(scorer: Scorer, questions: Sequence[Question]) -> Future[Answers]:
    """Ask in a thread that nobody waits for, not even the end of the program: a scorer may hang for ever."""
    answers: Future[Answers] = Future()

    def ask() -> None:
        try:
            answers.set_result(scorer.score(questions))
        except Exception as error:  # noqa: BLE001 (whoever waits gets it)
            answers.set_exception(error)

    Thread(target=ask, name="scorer", daemon=True).start()
    return answers


def _joined(label: Label, ours: float, theirs: float | None) -> float:
    if theirs is None:
        return ours
    mean = (ours + theirs) / 2
    return max(ours, mean) if label in NEVER_LOWERED else mean


def _read(scores: Scores, points: Mapping[Label, Point]) -> list[tuple[bool, bool]]:
    """Say of each label whether it may hold and whether it is taken to hold."""
    return [(scores.of(label) >= points[label].review, scores.of(label) >= points[label].act) for label in Label]
