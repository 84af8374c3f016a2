"""The outside scorer: asked rarely, never waited for long, never allowed to quiet an alarm."""

import json
import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from time import monotonic

import numpy as np
import onnx
import pytest
from onnx import TensorProto, helper, numpy_helper
from tokenizers import Tokenizer
from tokenizers.models import WordLevel
from tokenizers.pre_tokenizers import Whitespace

from adapters.scorers.folder import FolderScorer
from adapters.scorers.http import HttpScorer
from bot.errors import ConfigurationError
from bot.readings.labels import Label, Scores, Speaker
from bot.readings.outside import LIMIT, REST, STRIKES, NoScorer, Outside, Question, ScorerError, Tally
from bot.readings.signs import POINTS

QUESTION = Question("some words", (), Speaker.STUDENT)
UNDECIDED = Scores(tuple(0.6 if label in (Label.HARASSMENT, Label.SELF_HARM) else 0.0 for label in Label))
ABSENT = Scores()


class Says:
    """A scorer that answers at once, always the same."""

    name, version, licence, leaves_premises = "says", "1", "Apache-2.0", False

    def __init__(self, answer: Mapping[Label, float]) -> None:
        self.answer = answer
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


def test_it_never_lowers_an_alarm() -> None:
    """A second opinion must not quiet self-harm or a threat; it may lower the rest."""
    outside = Outside(Says({Label.SELF_HARM: 0.0, Label.HARASSMENT: 0.0}), monotonic, rehearse=False)

    assert consider(outside).of(Label.SELF_HARM) == 0.6
    assert consider(outside).of(Label.HARASSMENT) == pytest.approx(0.3)


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


def test_by_default_nobody_is_asked() -> None:
    """Off until a district turns it on."""
    outside = Outside(NoScorer(), monotonic, rehearse=False)

    assert consider(outside) == UNDECIDED
    assert outside.tally == Tally()


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
    outside.close()

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
        scorer = HttpScorer(address, "local", "2", "MIT")
        answer = scorer.score([Question("words", ("earlier",), Speaker.COACH)])

    assert answer == [{Label.HARASSMENT: 0.7}]
    assert bodies == [{"texts": [{"text": "words", "earlier": ["earlier"], "role": "coach"}]}]


@pytest.mark.parametrize(("answer", "status"), [({"scores": 3}, 200), ({"scores": []}, 500), ("x" * 1_000_001, 200)])
def test_an_answer_that_is_none_is_a_failure(answer: object, status: int) -> None:
    """And its message tells no words."""
    with served(answer, status) as (address, _):
        scorer = HttpScorer(address, "local", "2", "MIT")
        with pytest.raises(ScorerError, match="local") as failure:
            scorer.score([QUESTION])

    assert QUESTION.text not in str(failure.value)


def test_nobody_listening_is_a_failure() -> None:
    """As when the server was not started."""
    with served({}) as (address, _):
        pass

    with pytest.raises(ScorerError, match="no answer"):
        HttpScorer(address, "local", "2", "MIT").score([QUESTION])


@pytest.mark.parametrize(
    "address", ["http://192.0.2.7/score", "https://127.0.0.1/", "http://scores.example/", "127.0.0.1:80", "http://[::1"]
)
def test_another_machine_is_refused(address: str) -> None:
    """So that no text of a student leaves this one."""
    with pytest.raises(ConfigurationError, match="on this machine only"):
        HttpScorer(address, "far", "1", "MIT")


def write_folder(folder: Path) -> None:
    """Write a model that finds the word "mean"."""
    tokenizer = Tokenizer(WordLevel({"[UNK]": 0, "mean": 1, "[PAD]": 2}, unk_token="[UNK]"))
    tokenizer.pre_tokenizer = Whitespace()
    tokenizer.save(str(folder / "tokenizer.json"))
    table = numpy_helper.from_array(np.array([[-4.0, 0.0], [4.0, 0.0], [-4.0, 0.0]], np.float32), "table")
    steps = [
        helper.make_node("Gather", ["table", "input_ids"], ["each"]),
        helper.make_node("ReduceMax", ["each"], ["scores"], axes=[1], keepdims=0),
    ]
    graph = helper.make_graph(
        steps,
        "tiny",
        [helper.make_tensor_value_info("input_ids", TensorProto.INT64, ["texts", "length"])],
        [helper.make_tensor_value_info("scores", TensorProto.FLOAT, ["texts", 2])],
        [table],
    )
    onnx.save(
        helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8), folder / "model.onnx"
    )
    told = {"name": "tiny", "version": "1", "licence": "MIT", "labels": ["harassment", None]}
    (folder / "labels.json").write_text(json.dumps(told), "utf-8")


@contextmanager
def served(answer: object, status: int = 200) -> Iterator[tuple[str, list[object]]]:
    """Serve one answer on loopback, on a free port, until the end of the block."""
    bodies: list[object] = []

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            bodies.append(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))
            content = json.dumps(answer).encode()
            self.send_response(status)
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, *_: object) -> None:
            """Keep quiet."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}/score", bodies
        finally:
            server.shutdown()
            thread.join()
