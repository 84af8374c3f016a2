"""A scorer of the district's own choosing, beside ours: off by default, in rehearsal first, and never waited for long.

It is asked only where ours are undecided. It may raise or lower what a text is about, but never lowers self-harm or a
threat: a second opinion must not quiet an alarm.
"""

from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Final, NamedTuple, Protocol

from bot.readings.labels import Label, Scores, Speaker
from bot.readings.signs import Point

LIMIT: Final = 0.3
"""Seconds after which an answer is no longer waited for."""
STRIKES: Final = 3
"""After so many failures in a row it is left alone for a while."""
REST: Final = 60.0
"""Seconds for which it is left alone; then one question tries again."""
NEVER_LOWERED: Final = (Label.SELF_HARM, Label.THREAT)
BELOW: Final = 0.5
"""From this share of a label's review threshold on, ours are undecided about it."""


class Question(NamedTuple):
    """What is asked: a text, what was written before it in the same place, and who wrote it."""

    text: str
    earlier: tuple[str, ...]
    role: Speaker

    def __repr__(self) -> str:
        """Show the role only: words stay out of logs and tracebacks."""
        return f"Question({self.role.value})"


class ScorerError(Exception):
    """A scorer did not answer, or not in its form. The message holds no words of a text."""


class Scorer(Protocol):
    """The port. A scorer is asked in a thread of its own; it may be slow, but does not have to be waited for."""

    name: str
    version: str
    licence: str
    leaves_premises: bool
    """Whether texts leave the district's own machines when it is asked."""

    def score(self, batch: Sequence[Question]) -> Sequence[Mapping[Label, float]]:
        """Give for each text the probabilities of the labels it knows. Raises `ScorerError`."""
        ...


class NoScorer:
    """The default: nobody is asked, and it knows no label."""

    name = "none"
    version = "0"
    licence = "Apache-2.0"
    leaves_premises = False

    def score(self, batch: Sequence[Question]) -> Sequence[Mapping[Label, float]]:
        """Know nothing."""
        return [{} for _ in batch]


@dataclass(slots=True)
class Tally:
    """What came of the questions, for whoever decides whether rehearsal may end. Counts only."""

    asked: int = 0
    answered: int = 0
    failed: int = 0
    """Questions that got no answer in time or none at all, those spared while it was left alone among them."""
    differed: int = 0
    """Texts that would have a label more or less by the answer."""


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
    _running: Future[Sequence[Mapping[Label, float]]] | None = None
    _thread: ThreadPoolExecutor = field(
        default_factory=lambda: ThreadPoolExecutor(max_workers=1, thread_name_prefix="outside")
    )

    def consider(
        self, questions: Sequence[Question], ours: Sequence[Scores], points: Mapping[Label, Point]
    ) -> list[Scores]:
        """Give our scores, with the answer of the scorer where we were undecided and it came in time."""
        joined = list(ours)
        open_ones = [place for place, scores in enumerate(ours) if is_undecided(scores, points)]
        if not open_ones or isinstance(self.scorer, NoScorer):
            return joined
        self.tally.asked += len(open_ones)
        answers = self._ask([questions[place] for place in open_ones])
        if answers is None:
            self.tally.failed += len(open_ones)
            return joined
        self.tally.answered += len(open_ones)
        for place, answer in zip(open_ones, answers, strict=True):
            scores = with_answer(ours[place], answer)
            self.tally.differed += _held(scores, points) != _held(ours[place], points)
            joined[place] = ours[place] if self.rehearse else scores
        return joined

    def close(self) -> None:
        """Wait for nothing more."""
        self._thread.shutdown(wait=False, cancel_futures=True)

    def _ask(self, questions: Sequence[Question]) -> Sequence[Mapping[Label, float]] | None:
        """Ask, unless it is left alone. None where no proper answer came in time."""
        if self.now() < self._resting_until:
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

    def _answers(self, questions: Sequence[Question]) -> Sequence[Mapping[Label, float]] | None:
        if self._running is not None and not self._running.done():
            return None  # it is still busy with an earlier question
        self._running = self._thread.submit(self.scorer.score, questions)
        try:
            return self._running.result(self.limit)
        except Exception:  # noqa: BLE001 (whatever breaks in a scorer of others, ours go on)
            return None


def is_undecided(scores: Scores, points: Mapping[Label, Point]) -> bool:
    """Say whether some label is neither plainly absent nor surely there."""
    return any(BELOW * points[label].review <= scores.of(label) < points[label].act for label in Label)


def with_answer(ours: Scores, answer: Mapping[Label, float]) -> Scores:
    """Take the mean of both opinions, and never less than ours where that could quiet an alarm."""
    values = tuple(_joined(label, ours.of(label), answer.get(label)) for label in Label)
    return ours._replace(values=values)


def _joined(label: Label, ours: float, theirs: float | None) -> float:
    if theirs is None or not 0 <= theirs <= 1:
        return ours
    mean = (ours + theirs) / 2
    return max(ours, mean) if label in NEVER_LOWERED else mean


def _held(scores: Scores, points: Mapping[Label, Point]) -> list[Label]:
    return [label for label in Label if scores.of(label) >= points[label].review]
