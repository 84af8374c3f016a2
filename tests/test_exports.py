"""What waits in the audit of an export is done when its time comes, read at the end, and taken up after a kill."""

import signal
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests import discord_export_files as discord
from tests import slack_export_files as slack
from tests.roster_files import V1_1, changed
from tests.store.history import ACCOUNTS, DAY, OFFICES, SETTINGS, District, Line, at, settle
from tests.store.house import rows

ACROSS = ACCOUNTS + "".join(
    f"{platform},{account},{person},\n"
    for platform, of in (("slack", slack), ("discord", discord))
    for account, person in ((of.COACH, "c1"), (of.STUDENT, "k1"))
)
LONG_HELD = OFFICES.replace("2025-07-01", "2020-07-01")
PRIVATE = "How was the doctor today?"
CLOSE = "I love you. This stays between us, our secret."
LATE = 5 * 60 * 60
"""Seconds after which nobody has answered the notes."""


def a_slack_export(path: Path) -> str:
    """A coach writes to a student alone: one message owes a copy, one shows closeness, to the last nobody answers."""
    said = [slack.said(0, PRIVATE), slack.said(60, CLOSE), slack.said(120, "ok", by=slack.STUDENT)]
    members = [slack.COACH, slack.STUDENT]
    days = {"D1": [[*said, slack.said(LATE, "See you all.")]]}
    slack.Export(dms=[{"id": "D1", "members": members}], days=days).folder(path / "slack")
    return '"slack"'


def a_discord_export(path: Path) -> str:
    """Tell the same on Discord, where it is known who reads once both have written."""
    said = [discord.said(0, "hi", by=discord.STUDENT), discord.said(1, "Hello."), discord.said(2, PRIVATE)]
    said += [discord.said(60, CLOSE), discord.said(120, "ok", by=discord.STUDENT), discord.said(LATE, "See you all.")]
    discord.written(path / "discord.json", discord.channel(*said, kind="DirectTextChat"))
    return '"discord.json"'


def our_own(path: Path) -> str:
    """Tell the same in lines of our own, which have always been done."""
    told = (("cora", PRIVATE, 0), ("cora", CLOSE, 1), ("kim", "ok", 2), ("cora", "See you all.", 300))
    readers: Line = {"readers": ["cora", "kim"]}
    lines = [
        {"type": "post", "at": at(minute), "id": f"p{minute}", "place": "dm", "by": by, "text": text, **readers}
        for by, text, minute in told
    ]
    District(path).tell(*lines)
    return '"day.jsonl"'


def all_together(path: Path) -> str:
    """Tell of every platform in one audit."""
    return ", ".join(each(path) for each in (a_slack_export, a_discord_export, our_own))


HISTORIES = (our_own, a_slack_export, a_discord_export, all_together)


def laid_out(path: Path, write: Callable[[Path], str]) -> District:
    """Lay out a district with a history of some kind."""
    district = settle(path, DAY, changed(V1_1, accounts=ACROSS))
    for name, text in (("accounts", ACROSS), ("offices", LONG_HELD)):
        (path / "roster" / f"{name}.csv").write_text(text, encoding="utf-8")
    (path / "config.toml").write_text(SETTINGS.replace('"day.jsonl"', write(path)), encoding="utf-8")
    return district


def deeds(district: District) -> Counter[tuple[str, ...]]:
    """Count deeds by platform, kind, state, outcome, and what each waits for."""
    return Counter(rows(district.place.database, "SELECT platform, kind, state, outcome, until FROM deed"))


@dataclass(frozen=True)
class Ended:
    """A district whose history was replayed in peace, and how it is written."""

    district: District
    write: Callable[[Path], str]


@pytest.fixture(scope="module", params=HISTORIES)
def peaceful(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Ended:
    """Replay each history once, in peace."""
    district = laid_out(tmp_path_factory.mktemp("peaceful"), request.param)
    assert district.run().returncode == 0
    return Ended(district, request.param)


def test_what_waits_in_an_export_is_done_when_its_time_comes(peaceful: Ended) -> None:
    """What waits carries its platform's name, and is asked of the one door through which the history comes."""
    found = deeds(peaceful.district)

    assert {kind for _, kind, *_ in found} >= {"read", "copy", "remove", "tell", "alert"}
    assert [kind for _, kind, state, *_ in found.elements() if state != "closed"] == ["alert"]
    assert {outcome for *_, state, outcome, _ in found if state == "closed"} == {"done"}


def test_a_second_run_takes_up_what_a_killed_one_left(peaceful: Ended, tmp_path: Path) -> None:
    """Copies that were never tried, what was to be read, and what waits: all of it is gone on with."""
    killed = laid_out(tmp_path, peaceful.write)
    died, last = killed.run("recorded:2"), killed.run()

    assert died.returncode == -signal.SIGKILL, died.stderr
    assert last.returncode == 0, last.stderr
    assert deeds(killed) == deeds(peaceful.district)
