"""The district's own scorer on the journey: asked about what is undecided, never waited for beyond the deadline."""

import asyncio
from collections.abc import Mapping, Sequence
from pathlib import Path
from time import monotonic

import pytest

from adapters.scorers.folder import FolderScorer
from adapters.scorers.http import HttpScorer, Told
from bot.checkup import Weight
from bot.config import Configuration, read_configuration
from bot.errors import ConfigurationError
from bot.judge import judge
from bot.message import Message, Where
from bot.readings.labels import Clue, Label, Setting
from bot.readings.outside import LIMIT, Outside, Scorer
from bot.readings.reader import Reader
from bot.readings.signs import POINTS, Point
from bot.readings.topics import Topics
from bot.rule import Evidence, traces
from bot.study import Study
from bot.what_reads import how_it_reads, open_scorer
from rules.student_01_respect import Respect
from tests.district import KNOWN, roster
from tests.scorers import served, write_folder
from tests.store.house import chat
from tests.test_cli import Command, chaperone, line, refused

__all__ = ["chaperone"]

READER = Reader(KNOWN, traces([Respect()]))
SERVER = Told("local", "2", "MIT", (Label.HARASSMENT,))
SERVED = """
[reading]
models = false
[reading.scorer]
url = "{url}"
name = "local"
version = "2"
licence = "MIT"
labels = ["harassment"]
"""


class Unsure:
    """Stands in for the models: whatever says "mean" or "kind" may be harassment, and nobody knows."""

    points: Mapping[Label, Point] = POINTS

    def __call__(
        self, texts: Sequence[str], settings: Sequence[Setting], clues: Sequence[tuple[Clue, ...]]
    ) -> list[dict[str, float]]:
        return [{Label.HARASSMENT: 0.7 if "mean" in text or "kind" in text else 0.1} for text in texts]


async def read(
    scorer: Scorer | None, *texts: str, rehearse: bool = False, within: float | None = 5.0, times: int = 1
) -> tuple[list[Message], Outside | None]:
    """Read what students wrote, with a scorer and in so many seconds."""
    outside = None if scorer is None else Outside(scorer, monotonic, rehearse)
    study = Study(Topics(READER.clues, Unsure()), within, outside)
    messages = [READER.read(roster().recognise(chat(f"p{place}", text))) for place, text in enumerate(texts)]
    for _ in range(times):
        now = asyncio.get_running_loop().time()
        found = await study.read(messages, None if within is None else now + within)
    study.close()
    return found, outside


async def test_a_folder_decides_what_was_undecided(tmp_path: Path) -> None:
    """Both directions: sure now, and let be now; the finding names whose opinion it was."""
    write_folder(tmp_path)

    (mean, kind), _ = await read(FolderScorer(tmp_path), "mean words", "kind words")

    assert mean.readings.is_sure(Label.HARASSMENT)
    assert kind.readings.sign(Label.HARASSMENT) is None
    (found,) = judge(mean, [Respect()], []).standing
    assert found.evidence == (Evidence(Where.BODY, "", "tiny 1"),)


async def test_only_undecided_texts_are_sent() -> None:
    """What is plain stays here."""
    with served({"scores": [{"harassment": 1.0}]}) as (address, bodies):
        (plain, mean), _ = await read(HttpScorer(address, SERVER), "see you at four", "mean words")

    assert bodies == [{"texts": [{"text": "mean words", "earlier": [], "role": "student"}]}]
    assert mean.readings.is_sure(Label.HARASSMENT)
    assert plain.readings.sign(Label.HARASSMENT) is None


@pytest.mark.parametrize("within", [5.0, None])
async def test_in_rehearsal_it_changes_nothing_and_is_counted(within: float | None, tmp_path: Path) -> None:
    """The district sees first what would change."""
    write_folder(tmp_path)
    ours, _ = await read(None, "mean words", "kind words")

    found, outside = await read(FolderScorer(tmp_path), "mean words", "kind words", rehearse=True, within=within)
    assert outside is not None
    for _ in range(500):
        if outside.tally.answered < 2:
            await asyncio.sleep(0.01)

    assert found == ours
    assert (outside.tally.asked, outside.tally.answered, outside.tally.differed) == (2, 2, 2)


async def test_in_rehearsal_nobody_waits_for_it() -> None:
    """It changes nothing, so it need not even cost its 300 ms."""
    ours, _ = await read(None, "mean words")
    with served({"scores": [{"harassment": 1.0}]}, after=0.25) as (address, _):
        start = monotonic()
        found, _ = await read(HttpScorer(address, SERVER), "mean words", rehearse=True)
        took = monotonic() - start

    assert found == ours
    assert took < 0.2


@pytest.mark.parametrize("within", [0.1, 5.0, None])
async def test_a_slow_one_costs_no_reading_and_no_deadline(within: float | None) -> None:
    """The texts read as they would without it, and at most 300 ms later."""
    ours, _ = await read(None, "mean words", "kind words")
    with served({"scores": [{"harassment": 1.0}] * 2}, after=1.0) as (address, _):
        start = monotonic()
        found, _ = await read(HttpScorer(address, SERVER), "mean words", "kind words", within=within)
        took = monotonic() - start

    assert found == ours
    assert took < min(LIMIT, within or LIMIT) + 0.25


@pytest.mark.parametrize(("answer", "status"), [({"scores": []}, 200), ({"scores": 3}, 200), ({}, 500)])
async def test_a_broken_one_costs_no_reading(answer: object, status: int) -> None:
    """Whatever it answers."""
    ours, _ = await read(None, "mean words")
    with served(answer, status) as (address, _):
        found, outside = await read(HttpScorer(address, SERVER), "mean words", times=5)

    assert found == ours
    assert outside is not None
    assert outside.is_resting
    assert outside.tally.failed == outside.tally.asked == 5


async def test_one_whose_answer_makes_no_sense_costs_no_reading(tmp_path: Path) -> None:
    """Not even one that breaks the port."""

    class Odd(FolderScorer):
        def score(self, batch: object) -> list[Mapping[Label, float]]:
            return [None]  # type: ignore[list-item]

    write_folder(tmp_path)
    ours, _ = await read(None, "mean words")
    odd = Odd.__new__(Odd)
    odd.name, odd.version, odd.licence, odd.labels = "odd", "1", "MIT", frozenset({Label.HARASSMENT})

    found, _ = await read(odd, "mean words")

    assert found == ours


async def test_its_counts_are_logged_and_no_words(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    """They are how a district knows whether rehearsal may end."""
    write_folder(tmp_path)

    await read(FolderScorer(tmp_path), "mean rosebud", rehearse=True, within=None)
    said = capsys.readouterr()

    assert "answered=1" in said.out + said.err
    assert "differed=1" in said.out + said.err
    assert "rosebud" not in said.out + said.err


def configured(folder: Path, text: str) -> Configuration:
    path = folder / "config.toml"
    path.write_text(text, "utf-8")
    return read_configuration(path)


def test_by_default_there_is_none(tmp_path: Path) -> None:
    """Off until a district turns it on."""
    assert open_scorer(configured(tmp_path, "")) is None


def test_a_folder_is_seen_from_the_settings(tmp_path: Path) -> None:
    """And rehearsed until the district says otherwise."""
    (tmp_path / "own").mkdir()
    write_folder(tmp_path / "own")

    outside = open_scorer(configured(tmp_path, '[reading.scorer]\nfolder = "own"'))

    assert outside is not None
    assert outside.name == "tiny 1"
    assert outside.rehearse


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("", "name a folder or a url, exactly one"),
        ('folder = "own"\nurl = "http://127.0.0.1:1/"', "name a folder or a url, exactly one"),
        ('url = "http://127.0.0.1:1/"', "needs name, licence and labels"),
        ('folder = "own"\nname = "x"', "name is for a url"),
        ('folder = "own"\nmay_leave_premises = true', "may_leave_premises is for a url"),
        ('folder = "own"\nsha256 = "12"', "64 hexadecimal digits"),
        ('folder = "own"\nrehears = false', "Did you mean 'rehearse'"),
        ('url = "http://127.0.0.1:1/"\nname = "x"\nlicence = "MIT"\nlabels = ["mean"]', "reading.scorer.labels"),
        ('folder = "own"', "line 2: .*model.onnx cannot be read"),
        (
            'url = "http://scores.example/"\nname = "x"\nlicence = "MIT"\nlabels = ["threat"]',
            "line 2: .*neither on this machine",
        ),
        ('url = "smb://scores/"\nname = "x"\nlicence = "MIT"\nlabels = ["threat"]', "line 2: .*no such address"),
    ],
)
def test_what_cannot_work_is_refused_before_anything_starts(text: str, why: str, tmp_path: Path) -> None:
    """With the file, the line, and how to mend it."""
    with pytest.raises(ConfigurationError, match=why) as refusal:
        open_scorer(configured(tmp_path, f"[reading.scorer]\n{text}"))

    assert "config.toml, line " in str(refusal.value)


def test_the_doctor_says_how_it_stands(tmp_path: Path) -> None:
    """On and rehearsed while it answers; resting when it does not."""
    with served({"scores": [{}]}) as (address, _):
        settings = configured(tmp_path, SERVED.format(url=address))
        _, answering = how_it_reads(settings)
    _, silent = how_it_reads(settings)

    assert answering.weight is Weight.FINE
    assert "local 2 (MIT)" in answering.what
    assert "It is rehearsed" in answering.what
    assert silent.weight is Weight.WEAK
    assert "so it rests" in silent.what
    assert "[reading.scorer]" in silent.mend


def test_a_run_says_that_it_is_on(chaperone: Command, tmp_path: Path) -> None:
    """Nobody should have to guess whose opinion counts."""
    (tmp_path / "day.jsonl").write_text(line("See you at four."), "utf-8")
    with served({"scores": [{}]}) as (address, _):
        (tmp_path / "config.toml").write_text(f'[replay]\nfiles = ["day.jsonl"]\n{SERVED.format(url=address)}', "utf-8")
        ended = chaperone("run")

    assert ended.code == 0
    assert "A scorer of the district's own is on: local 2 (MIT). It is rehearsed" in " ".join(ended.out.split())


def test_a_run_whose_scorer_is_incomplete_does_not_begin(chaperone: Command, tmp_path: Path) -> None:
    """Nothing is made before everything that is needed is there."""
    (tmp_path / "day.jsonl").write_text(line("See you at four."), "utf-8")
    (tmp_path / "config.toml").write_text('[replay]\nfiles = ["day.jsonl"]\n[reading.scorer]\nfolder = "own"', "utf-8")

    assert "model.onnx cannot be read" in refused(chaperone("run"))
    assert not (tmp_path / "var").exists()


def test_classify_asks_it_too(chaperone: Command, tmp_path: Path) -> None:
    """It measures the very readings that the rules use, and names the scorer as evidence."""
    text = '{"id": 1, "text": "u smell like gym socks", "author_role": "student", "audience": "group"}'
    (tmp_path / "texts.jsonl").write_text(text, "utf-8")
    with served({"scores": [{"harassment": 1.0}]}) as (address, bodies):
        (tmp_path / "config.toml").write_text(SERVED.format(url=address) + "rehearse = false\n", "utf-8")
        ended = chaperone("classify", "texts.jsonl")

    assert ended.code == 0
    assert len(bodies) == 2  # it is tried out first
    assert '"scorer local 2"' in ended.out
