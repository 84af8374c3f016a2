"""Whole journeys through the real house, each ending in what a person would see."""

import json
from datetime import UTC, datetime
from pathlib import Path

from bot.config import Configuration
from bot.console import read_notices
from bot.house import AUDIT
from bot.message import PlaceId, PostId, Where, Words
from bot.people import AccountId
from bot.platform import Post, Readers
from bot.settings import Settings
from bot.store.record import Recorder
from bot.store.sealed import decode
from bot.store.vault import MasterKey
from tests.journeys import DISTRICT, TODAY, example_configuration, place_in, replayed

ROSTER = DISTRICT / "roster"
COACH, TESS, LUZ, MADDIE = "coachmarino", "luz.reyes", "hodan.yusuf", "maddie_k"


def history(folder: Path, *lines: dict[str, object]) -> Path:
    """Write a history of looks at one place of the soccer team."""
    path = folder / "looks.jsonl"
    fixed = {"type": "space", "place": "film", "team": "girls-soccer"}
    path.write_text("".join(json.dumps(fixed | line) + "\n" for line in lines))
    return path


def test_what_stumbled_keeps_its_words_and_the_same_name_in_every_run() -> None:
    """A person who looks needs the words; a second run must not open a second case."""
    at = datetime(2026, 1, 1, tzinfo=UTC)
    readers = Readers(frozenset(AccountId(each) for each in "dcba"))
    post = Post("replay", PlaceId("x"), PostId("1"), AccountId("a"), at, readers, (Words(Where.BODY, "Stay late."),))

    draft = Recorder(MasterKey(bytes(32))).stumbled(post, at)

    assert decode(draft.words)["words"] == [["body", "Stay late."]]
    assert decode(draft.words)["readers"]["accounts"] == ["a", "b", "c", "d"]


async def test_another_meeting_in_the_same_room_is_alerted_again(tmp_path: Path) -> None:
    """The room stays the same for ever; who is alone in it does not."""
    both = {"readers": [COACH, LUZ, MADDIE], "connected_for": 300}
    path = history(
        tmp_path,
        both | {"at": "2026-11-18T10:00:00-05:00", "connected": [COACH, MADDIE]},
        both | {"at": "2026-11-18T10:01:00-05:00", "connected": [COACH, MADDIE]},
        both | {"at": "2026-11-19T10:00:00-05:00", "connected": [COACH, MADDIE]},
    )

    outcome = await replayed(place_in(tmp_path), [path], ROSTER)

    assert outcome.summary.done["alert"] == 4


async def test_two_looks_within_one_second_are_both_judged(tmp_path: Path) -> None:
    """Two students may leave within one second."""
    at = {"at": "2026-11-18T10:00:00-05:00"}
    path = history(tmp_path, at | {"readers": [COACH, TESS, MADDIE]}, at | {"readers": [COACH, MADDIE]})

    outcome = await replayed(place_in(tmp_path), [path], ROSTER)

    assert outcome.summary.done["restrict"] == 1


async def test_what_was_only_rehearsed_is_done_when_the_rehearsal_is_over(tmp_path: Path) -> None:
    """A place that was never closed must be closed, and never opened by us, once it counts."""
    few = {"readers": [COACH, MADDIE]}
    rehearsal = Configuration(Settings(replay={"rehearse": True}), Path("config.toml"), "")
    path = history(tmp_path, few | {"at": "2026-11-18T10:00:00-05:00"})
    await replayed(place_in(tmp_path), [path], ROSTER, rehearsal)
    path = history(tmp_path, few | {"at": "2026-11-18T11:00:00-05:00"})

    outcome = await replayed(place_in(tmp_path), [path], ROSTER)

    assert outcome.summary.done["restrict"] == 1


async def test_notices_name_copies_and_the_day_an_answer_is_due(tmp_path: Path) -> None:
    """An office sees which copy waits; a coach sees until when."""
    await replayed(place_in(tmp_path), [DISTRICT / "day.jsonl"], ROSTER)

    notes = await read_notices(place_in(tmp_path), "me", "test", TODAY)

    assert any("copy to" in each and "CP-0001" in each for each in notes)
    assert any("Please answer by Thursday, November 19." in each for each in notes)
    assert all("taken away" in each or "given back" in each for each in notes if "Your text:" in each)


async def test_an_audit_does_not_take_the_age_of_another_roster(tmp_path: Path) -> None:
    """The settings say from which day the configured roster is, not the one an audit names."""
    later = tmp_path / "later.jsonl"
    later.write_text((DISTRICT / "day.jsonl").read_text("utf-8").replace("2026-11-18", "2026-11-28"), "utf-8")

    outcome = await replayed(place_in(tmp_path, AUDIT), [later], ROSTER, example_configuration())

    assert outcome.summary.done["remove"]


async def test_half_an_emoji_hides_no_message(tmp_path: Path) -> None:
    """A coach's message to one student counts, however broken its text is."""
    path = tmp_path / "odd.jsonl"
    line = {"type": "post", "at": "2026-11-18T10:00:00-05:00", "id": "1", "place": "x", "by": COACH, "text": "a \ud83d"}
    path.write_text(json.dumps(line | {"readers": [MADDIE]}) + "\n")

    outcome = await replayed(place_in(tmp_path), [path], ROSTER)

    assert (outcome.skipped, outcome.summary.done["remove"]) == (0, 1)
