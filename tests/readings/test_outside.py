"""The outside scorer: asked rarely, never waited for long, never allowed to quiet an alarm."""

import hashlib
import json
import threading
from collections.abc import Collection, Mapping, Sequence
from pathlib import Path
from time import monotonic

import pytest

from adapters.scorers.folder import FolderScorer
from adapters.scorers.http import HttpScorer, Told
from bot.checkup import Weight
from bot.errors import ConfigurationError
from bot.readings.labels import Clue, Floor, Label, Scores, Speaker
from bot.readings.outside import (
    IN_FORCE,
    LEAVING,
    LIMIT,
    REHEARSING,
    REST,
    STRIKES,
    Outside,
    Question,
    ScorerError,
    Tally,
)
from bot.readings.signs import POINTS, Point, signs_of
from tests.scorers import dripping, served, write_folder

LOCAL = Told("local", "2", "MIT")
QUESTION = Question("some words", (), Speaker.STUDENT)
UNDECIDED = Scores(tuple(0.6 if label in (Label.HARASSMENT, Label.SELF_HARM) else 0.0 for label in Label))
ABSENT = Scores()


class Says:
    """A scorer that answers at once, always the same."""

    name, version, licence, leaves_premises = "says", "1", "Apache-2.0", False

    def __init__(self, answer: Mapping[Label, float], labels: Collection[Label] = tuple(Label)) -> None:
        self.answer = answer
        self.labels = labels
        self.asked = 0

    def score(self, batch: Sequence[Question]) -> Sequence[Mapping[Label, float]]:
        self.asked += len(batch)
        return [self.answer] * len(batch)


class Fails(Says):
    """A scorer that breaks."""

    def score(self, batch: Sequence[Question]) -> Sequence[Mapping[Label, float]]:
        super().score(batch)
        raise ScorerError("broken")


class Hangs(Says):
    """A scorer that takes its time."""

    def __init__(self) -> None:
        super().__init__({})
        self.go_on = threading.Event()

    def score(self, batch: Sequence[Question]) -> Sequence[Mapping[Label, float]]:
        super().score(batch)
        self.go_on.wait(10)
        return [{}] * len(batch)


def consider(outside: Outside, scores: Scores = UNDECIDED) -> Scores:
    return outside.consider([QUESTION], [scores], POINTS)[0]


def test_its_opinion_is_joined_with_ours() -> None:
    """The mean of both: neither alone decides."""
    outside = Outside(Says({Label.HARASSMENT: 1.0}), monotonic, rehearse=False)

    assert consider(outside).of(Label.HARASSMENT) == pytest.approx(0.8)


@pytest.mark.parametrize("label", [Label.SELF_HARM, Label.THREAT, Label.REPORT])
def test_it_never_lowers_an_alarm(label: Label) -> None:
    """A second opinion must not quiet self-harm, a threat or a report of harm; it may lower the rest."""
    outside = Outside(Says({label: 0.0, Label.HARASSMENT: 0.0}), monotonic, rehearse=False)
    unsure = Scores(tuple(0.6 if each in (label, Label.HARASSMENT) else 0.0 for each in Label))

    assert consider(outside, unsure).of(label) == 0.6
    assert consider(outside, unsure).of(Label.HARASSMENT) == pytest.approx(0.3)


def test_in_rehearsal_it_is_asked_and_counted_but_changes_nothing() -> None:
    """A district sees first what would change."""
    outside = Outside(Says({Label.HARASSMENT: 0.0}), monotonic)

    assert consider(outside) == UNDECIDED
    assert outside.tally == Tally(asked=1, answered=1, failed=0, differed=1)


def test_what_is_plain_is_not_asked() -> None:
    """Most texts are plainly about nothing."""
    scorer = Says({})

    consider(Outside(scorer, monotonic), ABSENT)

    assert scorer.asked == 0


def test_what_it_does_not_know_is_not_asked() -> None:
    """A scorer for harassment is not shown what may be about self-harm alone."""
    scorer = Says({Label.HARASSMENT: 1.0}, [Label.HARASSMENT])
    alarm = Scores(tuple(0.6 if label is Label.SELF_HARM else 0.0 for label in Label))

    assert consider(Outside(scorer, monotonic, rehearse=False), alarm) == alarm
    assert scorer.asked == 0


def test_what_is_sure_is_not_asked() -> None:
    """From the act point on nothing is undecided; a label below its review point beside it is not raised either."""
    scorer = Says(dict.fromkeys(Label, 1.0))
    sure = Scores(tuple(0.9 if label is Label.HARASSMENT else 0.4 for label in Label))._replace(confidential=0.0)
    points = {label: Point(0.5, 0.8) for label in Label}

    assert Outside(scorer, monotonic, rehearse=False).consider([QUESTION], [sure], points) == [sure]
    assert scorer.asked == 0


def test_only_the_undecided_label_is_joined() -> None:
    """What is plainly absent stays so, whatever it says."""
    joined = consider(Outside(Says(dict.fromkeys(Label, 1.0)), monotonic, rehearse=False))

    assert joined.moved == {Label.HARASSMENT, Label.SELF_HARM}
    assert joined.of(Label.SEXUAL) == 0.0


def test_scores_name_the_scorer_that_moved_them() -> None:
    """Whoever decides sees whose opinion it was."""
    joined = consider(Outside(Says({Label.HARASSMENT: 1.0}), monotonic, rehearse=False))
    signs = {each.label: each.scorer for each in signs_of(joined, POINTS)}

    assert (joined.scorer, joined.moved) == ("says 1", frozenset({Label.HARASSMENT}))
    assert signs == {Label.HARASSMENT: "says 1", Label.SELF_HARM: ""}


def test_it_lowers_nothing_below_a_floor() -> None:
    """What a pattern of the district's own says stands, whatever a scorer thinks of it."""
    clue = Clue(Label.HARASSMENT, "own", 0, 4, "word", 1.0, floor=Floor.REVIEW)
    joined = consider(
        Outside(Says({Label.HARASSMENT: 0.0}), monotonic, rehearse=False), UNDECIDED._replace(clues=(clue,))
    )

    assert joined.of(Label.HARASSMENT) == POINTS[Label.HARASSMENT].review


def test_the_same_question_is_asked_once() -> None:
    """The same is written again and again; asking costs up to 300 ms."""
    scorer = Says({Label.HARASSMENT: 1.0})
    outside = Outside(scorer, monotonic, rehearse=False)

    assert consider(outside) == consider(outside)
    assert scorer.asked == 1


def test_trying_it_out_says_how_it_stands() -> None:
    """For the start and for the doctor: on, rehearsed, or left alone."""
    on, rehearsed = Outside(Says({}), monotonic, rehearse=False), Outside(Says({}), monotonic)
    resting = Outside(Fails({}), monotonic)

    assert on.try_out().what.endswith(IN_FORCE)
    assert rehearsed.try_out().what.endswith(REHEARSING)
    assert resting.try_out().weight is Weight.WEAK
    assert "so it rests" in resting.try_out().what
    assert on.try_out().weight is rehearsed.try_out().weight is Weight.FINE


@pytest.mark.parametrize("value", [float("nan"), -1.0, 2.0])
def test_a_number_that_is_no_probability_is_passed_over(value: float) -> None:
    """Whatever a scorer of others says, our scores stay scores."""
    outside = Outside(Says({Label.HARASSMENT: value}), monotonic, rehearse=False)

    assert consider(outside) == UNDECIDED


def test_after_some_failures_it_is_left_alone_and_then_tried_once() -> None:
    """A broken scorer costs nothing after a moment, and is found again when it is mended."""
    now = [0.0]
    scorer = Fails({})
    outside = Outside(scorer, lambda: now[0])

    for _ in range(STRIKES + 5):
        assert consider(outside) == UNDECIDED
    assert scorer.asked == STRIKES
    now[0] += REST + 1
    consider(outside)
    consider(outside)

    assert scorer.asked == STRIKES + 1
    assert outside.tally.failed == outside.tally.asked == STRIKES + 7


def test_a_slow_one_is_not_waited_for() -> None:
    """Reading has a deadline of a second for everything."""
    scorer = Hangs()
    outside = Outside(scorer, monotonic)
    start = monotonic()

    assert consider(outside) == UNDECIDED
    assert consider(outside) == UNDECIDED
    took = monotonic() - start
    scorer.go_on.set()

    assert took < 2 * LIMIT
    assert scorer.asked == 1  # it is not asked again while it is busy


def test_a_folder_is_a_scorer(tmp_path: Path) -> None:
    """A model of the district's own, as ONNX with its tokenizer and what its columns mean."""
    write_folder(tmp_path)
    scorer = FolderScorer(tmp_path)

    mean, kind = scorer.score([Question("mean words", (), Speaker.STUDENT), Question("kind", (), Speaker.STUDENT)])

    assert (scorer.name, scorer.version, scorer.licence) == ("tiny", "1", "MIT")
    assert not scorer.leaves_premises
    assert mean[Label.HARASSMENT] > 0.9
    assert kind[Label.HARASSMENT] < 0.1
    assert set(mean) == {Label.HARASSMENT}


@pytest.mark.parametrize("name", ["model.onnx", "tokenizer.json", "labels.json"])
def test_a_folder_that_lacks_a_part_is_refused(name: str, tmp_path: Path) -> None:
    """Before anything starts, with what it needs."""
    write_folder(tmp_path)
    (tmp_path / name).unlink()

    with pytest.raises(ConfigurationError, match=r"needs model\.onnx, tokenizer\.json, labels\.json"):
        FolderScorer(tmp_path)


@pytest.mark.parametrize("name", ["model.onnx", "tokenizer.json", "labels.json"])
def test_a_folder_with_a_broken_part_is_refused(name: str, tmp_path: Path) -> None:
    """The same for a download that was cut off."""
    write_folder(tmp_path)
    (tmp_path / name).write_bytes(b"{")

    with pytest.raises(ConfigurationError):
        FolderScorer(tmp_path)


def test_a_server_on_this_machine_is_a_scorer() -> None:
    """Asked over loopback, with what was written before and by whom."""
    with served({"scores": [{"harassment": 0.7, "weather": 1.0}]}) as (address, bodies):
        scorer = HttpScorer(address, LOCAL)
        answer = scorer.score([Question("words", ("earlier",), Speaker.COACH)])

    assert answer == [{Label.HARASSMENT: 0.7}]
    assert bodies == [{"texts": [{"text": "words", "earlier": ["earlier"], "role": "coach"}]}]


@pytest.mark.parametrize(("answer", "status"), [({"scores": 3}, 200), ({"scores": []}, 500), ("x" * 1_000_001, 200)])
def test_an_answer_that_is_none_is_a_failure(answer: object, status: int) -> None:
    """And its message tells no words."""
    with served(answer, status) as (address, _):
        scorer = HttpScorer(address, LOCAL)
        with pytest.raises(ScorerError, match="local") as failure:
            scorer.score([QUESTION])

    assert QUESTION.text not in str(failure.value)


def test_nobody_listening_is_a_failure() -> None:
    """As when the server was not started."""
    with served({}) as (address, _):
        pass

    with pytest.raises(ScorerError, match="no answer"):
        HttpScorer(address, LOCAL).score([QUESTION])


@pytest.mark.parametrize(
    ("address", "why"),
    [
        ("http://192.0.2.7/score", "neither on this machine"),
        ("http://scores.example/", "neither on this machine"),
        ("https://scores.example/", "neither on this machine"),
        ("ftp://127.0.0.1/", "is no such address"),
        ("127.0.0.1:80", "is no such address"),
        ("http://[::1", "is no such address"),
        ("http://127.0.0.1:port/", "is no such address"),
        ("http://name:secret@127.0.0.1/", "is no such address"),
    ],
)
def test_another_machine_is_refused(address: str, why: str) -> None:
    """So that no text of a student leaves this one. The address is not repeated: it may hold a secret."""
    with pytest.raises(ConfigurationError, match=why) as refusal:
        HttpScorer(address, LOCAL)

    assert address not in str(refusal.value)


@pytest.mark.parametrize("address", ["http://10.1.2.3:81/", "http://192.168.0.9/score", "http://[fd00::7]/"])
def test_the_districts_own_network_is_no_way_out(address: str) -> None:
    """A machine beside this one may do the scoring."""
    assert not HttpScorer(address, LOCAL).leaves_premises


def test_texts_leave_only_where_that_was_agreed_and_sealed() -> None:
    """Then everybody who looks at the start or the doctor reads that they do."""
    scorer = HttpScorer("https://scores.example/score", LOCAL, may_leave=True)

    assert scorer.leaves_premises
    assert LEAVING in Outside(scorer, monotonic).try_out().what
    with pytest.raises(ConfigurationError, match="has to be https"):
        HttpScorer("http://scores.example/score", LOCAL, may_leave=True)


def test_an_answer_that_drips_is_none() -> None:
    """Each piece comes in time, the whole never would."""
    with dripping() as address:
        start = monotonic()
        with pytest.raises(ScorerError, match="no answer"):
            HttpScorer(address, LOCAL).score([QUESTION])

    assert monotonic() - start < 2


def test_half_a_character_can_be_asked_about() -> None:
    """Some clients cut an emoji in two."""
    with served({"scores": [{"harassment": 0.7}]}) as (address, bodies):
        HttpScorer(address, LOCAL).score([Question("a \ud83d", ("\ude00",), Speaker.STUDENT)])

    assert bodies == [{"texts": [{"text": "a ?", "earlier": ["?"], "role": "student"}]}]


def test_another_model_than_the_one_agreed_is_refused(tmp_path: Path) -> None:
    """A folder that anybody can write to is no trusted place by itself."""
    write_folder(tmp_path)
    own = hashlib.sha256((tmp_path / "model.onnx").read_bytes()).hexdigest()

    assert FolderScorer(tmp_path, own.upper()).name == "tiny"
    with pytest.raises(ConfigurationError, match="SHA-256"):
        FolderScorer(tmp_path, "0" * 64)


@pytest.mark.parametrize("labels", [["harassment"], ["harassment", None, "threat"], [None, None]])
def test_labels_that_do_not_fit_the_model_are_refused(labels: list[str | None], tmp_path: Path) -> None:
    """At the start, not at the first text."""
    write_folder(tmp_path)
    told = {"name": "tiny", "version": "1", "licence": "MIT", "labels": labels}
    (tmp_path / "labels.json").write_text(json.dumps(told), "utf-8")

    with pytest.raises(ConfigurationError, match=r"labels\.json"):
        FolderScorer(tmp_path)
