"""The benchmark's own parts. Nothing here is timed: a test that measures speed fails on a busy machine."""

import json
from collections.abc import Sequence
from functools import partial
from pathlib import Path

import pytest
from sqlalchemy import select

from adapters.oneroster import read_lists
from adapters.replay.line_reader import LineReader
from bench import corpus, mail, scan, verify, workspace
from bench.journey import Day, Depth, carry, every_rule, place, reading_alone
from bench.probe import Probe, probe
from bench.references import naive_pipeline, raw_sqlite
from bench.report import Report, number, table
from bench.scorecard import Bound, Result, Target, gate
from bench.section import Measured, Section, Spread, measure, turns
from bench.sections import shares
from bot.judge import found_in, judge
from bot.platform import Post
from bot.readings.labels import Clue, Scores, Setting
from bot.readings.topics import Topics
from bot.store.database import read_database
from bot.store.tables import ENTRY

QUIET, SLOW = Probe(100.0, 300.0), Probe(900.0, 2_000.0)
RATIO = Target("T1", "ours beside theirs", Bound.AT_LEAST, 2.0)
SECONDS = Target("T9", "start", Bound.AT_MOST, 3.0, "s")


def measured(before: Probe = QUIET, after: Probe = QUIET) -> Measured:
    return Measured("Journey", "a second", {"ours": [30.0, 10.0, 20.0], "theirs": [10.0, 10.0, 10.0]}, before, after)


def test_the_corpus_is_the_same_every_time() -> None:
    """Two runs can be compared only when they measured with the same texts."""
    assert corpus.checksum(corpus.day(200)) == corpus.checksum(corpus.day(200)) == "64371a0fa174"


def test_another_seed_makes_another_corpus() -> None:
    """A checksum that never changes would prove nothing."""
    assert corpus.checksum(corpus.day(50, seed=1)) != corpus.checksum(corpus.day(50, seed=2))


def test_a_longer_day_begins_like_a_shorter_one() -> None:
    """The quick and the full run measure with the same posts."""
    assert list(corpus.day(60))[:90] == list(corpus.day(50))


def test_every_line_of_the_day_is_read() -> None:
    """The day is in the format that the replay reads."""
    reader = LineReader()
    heard = [reader.read(line) for line in corpus.day(100)]

    assert sum(isinstance(each, Post) for each in heard) == 100


def test_the_roster_is_read_without_a_missing_person(tmp_path: Path) -> None:
    """The journey counts the people of the roster, so they have to be there."""
    lists = read_lists(corpus.write_roster(tmp_path / "roster"), None, frozenset()).lists

    assert len(lists.people) == corpus.TEAMS * (corpus.STUDENTS + 1) + 2
    assert len(lists.accounts) == len(lists.teams) == corpus.TEAMS * (corpus.STUDENTS + 1)


def test_about_one_post_in_ten_is_flagged(tmp_path: Path) -> None:
    """The report says how many, so that nobody takes an idle journey for a fast one."""
    told = shares(Day.of(1_000, tmp_path))

    assert "by Employee Guidelines 4" in told
    assert "by General Guidelines 9" in told


def test_rules_alone_find_on_the_day_what_clues_find_too(tmp_path: Path) -> None:
    """What the two journeys are measured with differs by what is read, not by what there is to do."""
    day, every = Day.of(300, tmp_path), every_rule()
    ways = [(day.roster(), day.reader(depth)) for depth in (Depth.RULES, Depth.CLUES)]
    plain, whole = (
        [judge(reader.read(roster.recognise(post)), every) for post in day.posts] for roster, reader in ways
    )

    assert not any(each.subject.readings.scores.clues for each in plain)
    assert any(each.subject.readings.scores.clues for each in whole)
    assert [found_in(each) for each in plain] == [found_in(each) for each in whole]


@pytest.mark.parametrize("depth", Depth)
async def test_every_depth_carries_the_day(tmp_path: Path, depth: Depth, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each journey ends with everything written, and only the deepest asks the models."""
    asked: list[int] = []
    score = Topics.score

    def count(
        topics: Topics, texts: Sequence[str], settings: Sequence[Setting], clues: Sequence[tuple[Clue, ...]]
    ) -> tuple[Scores, ...]:
        asked.append(len(texts))
        return score(topics, texts, settings, clues)

    monkeypatch.setattr(Topics, "score", count)
    await carry(Day.of(40, tmp_path), tmp_path, depth)

    with read_database(place(tmp_path).database) as connection:
        kinds = connection.execute(select(ENTRY.c.kind)).scalars().all()
    assert kinds.count("judged") == 40
    assert kinds.count("planned") == kinds.count("closed")
    assert bool(asked) is (depth is Depth.MODELS)


def test_reading_alone_reads_the_same_posts(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The whole journey with models is held against it."""
    day, read = Day.of(20, tmp_path), list[str]()
    monkeypatch.setattr(Topics, "read", lambda _, texts, *__: read.extend(texts))

    reading_alone(day)

    assert read == [post.words[0].text for post in day.posts]


def test_events_of_slack_are_told_without_a_slack() -> None:
    """Everybody is known beforehand, so nobody is asked for and nothing is waited for."""
    some = workspace.envelopes(corpus.texts(corpus.listed_words(scan.LISTED), 60))

    assert workspace.ours(some) > 0  # raises where they are not told


def test_contenders_take_turns() -> None:
    """A drift of the machine favours nobody: A-B, B-A, A-B."""
    assert list(turns(("a", "b"), 3)) == [("a", "b"), ("b", "a"), ("a", "b")]


def test_a_section_measures_every_contender_in_every_pass(tmp_path: Path) -> None:
    """The numbers stand in the order of the passes, so that they can be compared pair by pair."""
    seen: list[str] = []

    def run(name: str) -> float:
        seen.append(name)
        return 1.0

    section = Section("Any", "x", {name: partial(run, name) for name in ("a", "b")})
    found = measure(section, 2, tmp_path)

    assert seen[:4] == ["a", "b", "b", "a"]
    assert found.values == {"a": [1.0, 1.0], "b": [1.0, 1.0]}


def test_ratios_are_taken_pass_by_pass() -> None:
    """What slows both sides of a pass slows neither."""
    assert measured().ratio("ours", "theirs") == Spread(2.0, 1.0, 3.0)


def test_a_disk_that_changes_makes_a_section_unstable() -> None:
    """A section between two different disks says so."""
    assert measured(QUIET, SLOW).unstable
    assert measured(SLOW, QUIET).unstable
    assert not measured(QUIET, QUIET).unstable


def test_the_probe_measures_the_disk(tmp_path: Path) -> None:
    """The probe writes for real and leaves nothing."""
    found = probe(tmp_path, times=5)

    assert 0 < found.p50 <= found.p99
    assert not list(tmp_path.iterdir())


def test_only_ratios_are_gated() -> None:
    """An absolute number belongs to a machine, and a ratio is allowed its margin."""
    near, far = Result(RATIO, Spread(1.5, 1.0, 2.0)), Result(RATIO, Spread(1.3, 1.0, 2.0))
    late = Result(SECONDS, Spread(9.0, 9.0, 9.0))

    assert not near.passed
    assert gate([near, far, late]) == [far]


def test_a_table_is_drawn() -> None:
    """The columns stand under each other, for people who read the text itself."""
    assert list(table(("", "rate"), [("ours", "84,100"), ("x", "1")])) == [
        "|      | rate   |",
        "| ---- | ------ |",
        "| ours | 84,100 |",
        "| x    | 1      |",
    ]


@pytest.mark.parametrize(("value", "told"), [(84_123.4, "84,123"), (12.34, "12.3"), (0.2312, "0.231"), (0.0, "0.000")])
def test_numbers_keep_three_digits(value: float, told: str) -> None:
    """More digits would claim more than a shared machine can hold."""
    assert number(value) == told


def test_the_report_ends_with_the_scorecard() -> None:
    """People read the last lines; machines read every measurement."""
    report = Report("Speed", "abc", ("A note.",), (measured(),), (Result(RATIO, Spread(2.5, 2.0, 3.0)),), "2 cores")
    told = json.loads(report.json())

    assert report.markdown().splitlines()[-1].endswith("| PASS |")
    assert told["sections"][0]["values"]["ours"] == [30.0, 10.0, 20.0]
    assert told["results"][0]["passed"] is True


def test_ours_finds_whatever_red_finds() -> None:
    """The faster search is no poorer one."""
    listed = corpus.listed_words(20)
    texts = corpus.texts(listed, 200)

    assert any(scan.red_filter(listed).findall(text) for text in texts)
    assert scan.missed(texts, scan.whole_words(listed), scan.red_filter(listed)) == 0


def test_product_and_references_run(tmp_path: Path) -> None:
    """Every contender does its work on a small day, and the ledger it leaves is proved."""
    day = Day.of(40, tmp_path)
    database = verify.write_ledger(day, tmp_path / "ledger")

    assert verify.ours(database) > 0
    assert verify.bare_chain(database) > 0
    assert raw_sqlite(day, tmp_path, 10) > 0
    assert naive_pipeline(day, tmp_path) > 0


def test_every_way_to_send_letters_runs() -> None:
    """Each hands all its letters to the same server."""
    some = mail.letters(5)
    with mail.sink() as port:
        rates = [send(port, some) for send in (mail.ours, mail.one_by_one, mail.over_one_connection)]

    assert all(rate > 0 for rate in rates)
    assert len({each.message_id for each in some}) == 5
