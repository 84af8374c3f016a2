"""What a rule would have done on past messages, and that asking changes nothing."""

import json
from pathlib import Path

import pytest

from bot.backtest import Tried, Would, try_rule
from bot.config import Configuration
from bot.errors import ConfigurationError
from bot.settings import Settings
from tests.journeys import DISTRICT, ROOT, example_configuration
from tests.slack_export_files import Export, said
from tests.store.history import settle
from tests.test_cli import Command, chaperone

__all__ = ["chaperone"]

DAY = DISTRICT / "day.jsonl"
ROSTER = DISTRICT / "roster"
DEFAULTS = Configuration(Settings(), Path("config.toml"), "")


async def tried(rule: str, *files: Path, roster: Path | None = ROSTER) -> tuple[Tried, list[Would]]:
    """Try a rule on files with the example's settings."""
    shown: list[Would] = []
    return await try_rule(example_configuration(), rule, files, roster, shown.append), shown


async def test_a_rule_finds_what_it_finds_on_the_journey() -> None:
    """A backtest that differs from what happens would be worth nothing: seven links on the sample day."""
    came_of_it, shown = await tried("link-shorteners", DAY)

    assert came_of_it.found == 7
    assert len(shown) == 7
    assert came_of_it.looked_at["message"] > 300
    assert came_of_it.measures["tell"] == 7


async def test_it_remembers_who_was_told_before() -> None:
    """A second time within thirty days is for a person, as on the journey."""
    _, shown = await tried("personal-data", DAY)

    assert {each.measures for each in shown} == {("tell",), ("review", "tell")}


CALL = {
    "type": "post",
    "at": "2026-11-18T12:00:00-05:00",
    "id": "call",
    "place": "girls-soccer-chat",
    "by": "tess.oc",
    "readers": ["coachmarino", "tess.oc", "maddie_k", "ayla.bennett"],
    "text": "i want to kill myself. pls call me 978-555-0147",
}
ANSWER = CALL | {
    "at": "2026-11-18T12:10:00-05:00",
    "id": "answer",
    "place": "dm-marino-tess",
    "by": "coachmarino",
    "readers": ["coachmarino", "tess.oc"],
    "text": "I am here. Where are you?",
}


async def test_what_shields_on_the_journey_shields_here(tmp_path: Path) -> None:
    """Who asks for help is told nothing by another rule, and the adult's answer stands: a trial must say the same."""
    history = tmp_path / "help.jsonl"
    history.write_text("".join(f"{json.dumps(line)}\n" for line in (CALL, ANSWER)), encoding="utf-8")

    came_of_it, called = await tried("personal-data", history)
    _, answered = await tried("group-messages", history)

    assert [(each.what, each.measures) for each in called] == [("girls-soccer-chat/call", ("review",))]
    assert came_of_it.measures == {"review": 1}
    assert [(each.what, "remove" in each.measures, "copy" in each.measures) for each in answered] == [
        ("dm-marino-tess/answer", False, True)
    ]


async def test_what_goes_on_in_a_private_matter_is_copied_here_too(tmp_path: Path) -> None:
    """The next words of a coach whose first were declared are no fault of theirs, though both are read together."""
    declared = ANSWER | {"id": "first", "text": "How is your knee?", "matter": "medical"}
    goes_on = ANSWER | {"at": "2026-11-18T12:20:00-05:00", "id": "next", "text": "See you at two then."}
    history = tmp_path / "matter.jsonl"
    history.write_text("".join(f"{json.dumps(line)}\n" for line in (declared, goes_on)), encoding="utf-8")
    _, shown = await tried("group-messages", history)

    assert ["copy" in each.measures for each in shown] == [True, True]
    assert not any("remove" in each.measures for each in shown)


async def test_a_version_that_is_told_after_the_one_that_stands_is_let_be(tmp_path: Path) -> None:
    """As on the journey: its author has changed it since, so nothing is done or said about what it was."""
    history = tmp_path / "late.jsonl"
    changed = {name: each for name, each in ANSWER.items() if name != "id"}
    changed |= {"type": "edit", "post": "answer", "at": "2026-11-18T12:20:00-05:00", "text": "Never mind."}
    history.write_text("".join(f"{json.dumps(line)}\n" for line in (changed, ANSWER)), encoding="utf-8")

    _, shown = await tried("group-messages", history)

    assert [(each.at.minute, "remove" in each.measures) for each in shown] == [(20, True)]


async def test_what_is_told_twice_is_counted_once(tmp_path: Path) -> None:
    """An export and the folder it unpacks to tell the same; so does a file that is named twice."""
    export = Export(channels=[{"id": "C0TRACK", "name": "track"}], days={"track": [[said(0, "https://bit.ly/abc")]]})
    files = (export.zip(tmp_path / "export.zip"), export.folder(tmp_path / "export"))

    assert (await tried("link-shorteners", DAY, DAY))[0] == (await tried("link-shorteners", DAY))[0]
    assert (await tried("link-shorteners", *files))[0].found == 1


async def test_it_shows_no_words() -> None:
    """The list can be pasted into a ticket: ids, times, measures and our own sentences."""
    _, shown = await tried("private-numbers", DAY)

    assert shown
    assert all("555" not in f"{each.what} {each.because}" for each in shown)


async def test_an_unknown_rule_is_told_with_the_nearest_name() -> None:
    """A typing mistake costs one try."""
    with pytest.raises(ConfigurationError, match="Did you mean 'link-shorteners'"):
        await tried("link-shortener", DAY)


async def test_a_rule_about_pictures_says_that_a_history_holds_none() -> None:
    """Else nothing found would be taken for nothing there."""
    about_pictures, _ = await tried("sexual-pictures", DAY)
    about_words, _ = await tried("link-shorteners", DAY)

    assert "A history holds no pictures" in about_pictures.notes[0]
    assert not any("pictures" in each for each in about_words.notes)


async def test_without_a_roster_everybody_is_a_stranger() -> None:
    """It says so, instead of finding nothing in silence."""
    came_of_it, _ = await tried("link-shorteners", DAY, roster=None)

    assert came_of_it.notes[0] == "No roster was named, so every author is a stranger."


def test_at_the_command_line_nothing_is_written(chaperone: Command, tmp_path: Path) -> None:
    """No database, no note, no mail; the counts come last."""
    ended = chaperone("rule", "test", "link-shorteners", str(DAY), "--roster", str(ROSTER))

    assert ended.code == 0
    assert "would have found something in 7." in ended.out
    assert sum(each.startswith("2026-11-") and each.endswith(".") for each in ended.out.splitlines()) == 7
    assert [each for each in tmp_path.rglob("*") if each.suffix == ".sqlite"] == []
    assert not (ROOT / "var" / "link-shorteners").exists()


def test_lines_that_cannot_be_read_are_counted(chaperone: Command, tmp_path: Path) -> None:
    """As a replay counts them: a script would take the counts for whole."""
    (tmp_path / "day.jsonl").write_text(f"{json.dumps(CALL)}\n{{}}\n")

    ended = chaperone("rule", "test", "link-shorteners", "day.jsonl")

    assert ended.code == 1
    assert "day.jsonl, line 2 is skipped: Object missing required field `type`." in ended.out
    assert "1 lines or records could not be read, or not in order; the rest was." in ended.out
    assert "looked at 1 messages" in ended.out


def test_a_roster_may_name_who_has_departed(chaperone: Command, tmp_path: Path) -> None:
    """It is the roster that a start reads, and is judged as there."""
    settle(tmp_path)
    words = ("rule", "test", "link-shorteners", "day.jsonl", "--roster", "roster")
    with (tmp_path / "roster" / "accounts.csv").open("a") as accounts:
        accounts.write("replay,ann,k9,\n")
    assert "its person is not in users.csv" in chaperone(*words).err

    users = tmp_path / "roster" / "users.csv"
    shorter = users.read_text()
    users.write_text(shorter + "k9,,,true,s1,student,ann,,Ann,Sedge,,,,,,,09,\n")
    assert chaperone("roster", "import", "roster").code == 0
    users.write_text(shorter)

    assert chaperone(*words).code == 0
