import json
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import suppress
from datetime import datetime, timedelta
from pathlib import Path
from typing import NamedTuple

import pytest

from tests.journeys import ROOT
from tests.roster_files import OWN, USERS_1_1_HEADER, V1_1, folder

POSTS = 100_000
TEAMS, MEMBERS = 40, 14
MORNING = datetime.fromisoformat("2026-11-18T07:00:00-05:00")
KIB = 1024
MIB = 1024 * KIB


class Sample(NamedTuple):
    """How far a run had read, in bytes, and how much memory it had needed at most until then."""

    read: int
    memory: int


def roster(path: Path) -> Path:
    """Write a school of forty teams, a coach and fourteen students each."""
    people = [(f"c{team}", "teacher", team) for team in range(TEAMS)]
    people += [(f"k{team}-{each}", "student", team) for team in range(TEAMS) for each in range(MEMBERS)]
    users = "".join(f"{who},,,true,s1,{role},{who},,Sam,Sample,,,,,,,,\n" for who, role, _ in people)
    users += "p1,,,true,s1,administrator,p1,,Pat,Sample,,,,,,,,\n"
    parts = {"teacher": "coach", "student": "member"}
    own = {
        "accounts.csv": "".join(f"replay,{who},{who},\n" for who, _, _ in people),
        "teams.csv": "".join(f"t{team},s1,fall,{who},{parts[role]},\n" for who, role, team in people),
        "offices.csv": "s1,principal,p1,,,\n",
        "consent.csv": "",
    }
    headed = {name: OWN[name].splitlines()[0] + "\n" + text for name, text in own.items()}
    return folder(path, {**V1_1, **headed, "users.csv": USERS_1_1_HEADER + users})


def lines() -> Iterator[str]:
    """Write a busy day: mostly chat, a third from coaches, and one in twenty to one student or with a short link."""
    for team in range(TEAMS):
        readers = [f"c{team}", *(f"k{team}-{each}" for each in range(MEMBERS))]
        place = {"type": "space", "place": f"t{team}", "team": f"t{team}", "readers": readers}
        yield json.dumps({**place, "at": MORNING.isoformat()}) + "\n"
    for number in range(POSTS):
        team, each = number % TEAMS, number // TEAMS % MEMBERS
        by = f"c{team}" if number % 3 == 0 else f"k{team}-{each}"
        post: dict[str, object] = {"type": "post", "id": f"m{number}", "place": f"t{team}", "by": by}
        post["at"] = (MORNING + number * timedelta(milliseconds=300)).isoformat()
        post["text"] = f"bring water and the blue pinnies, we leave at {number % 12 + 1} sharp, number {number}"
        if number % 60 == 0:
            post |= {"place": f"dm{team}-{each}", "readers": [f"k{team}-{each}"]}
        if number % 40 == 1:
            post["text"] = f"see https://bit.ly/{number}"
        yield json.dumps(post) + "\n"


@pytest.mark.skipif(not Path("/proc/self/fdinfo").exists(), reason="needs Linux to look into a running process")
def test_a_long_history_is_replayed_in_little_memory(tmp_path: Path) -> None:
    """A district audits years of chat on an office machine: what is read, written and checked streams by.

    The models are left out: opening them takes more memory than all the rest, and would hide what streams badly.
    """
    settings = tmp_path / "config.toml"
    settings.write_text("[reading]\nmodels = false\n", encoding="utf-8")
    day = tmp_path / "day.jsonl"
    with day.open("w", encoding="utf-8") as file:
        file.writelines(lines())
    command = [sys.executable, "-m", "bot", "replay", str(day), "--roster", str(roster(tmp_path))]
    command += ["--database", str(tmp_path / "audit.sqlite"), "--config", str(settings)]

    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as process:
        samples = list(watched(process, day))
        printed = process.communicate()[0]

    fifth = next(each for each in samples if each.read >= day.stat().st_size // 5)
    reading = [each for each in samples if each.read]
    assert process.returncode == 0
    assert f"{POSTS:,}" in printed[printed.index("What came of it") :].splitlines()[1]
    assert reading[-1].memory - fifth.memory < 30 * MIB
    assert samples[-1].memory - reading[-1].memory < 40 * MIB
    assert max(each.memory for each in samples) < 200 * MIB


def watched(process: subprocess.Popen[str], day: Path) -> Iterator[Sample]:
    """Look at a process while it reads a file, until it ends."""
    while process.poll() is None:
        with suppress(OSError, KeyError):  # it may end between two looks
            yield Sample(behind(process.pid, day), peak(process.pid))
        time.sleep(0.05)


def behind(pid: int, day: Path) -> int:
    """Say how many bytes of a file a process has read; 0 when it does not have it open."""
    for descriptor in Path(f"/proc/{pid}/fd").iterdir():
        if descriptor.exists() and descriptor.samefile(day):
            fields = Path(f"/proc/{pid}/fdinfo/{descriptor.name}").read_text("ascii").split()
            return int(fields[fields.index("pos:") + 1])
    return 0


def peak(pid: int) -> int:
    """Give the most memory a process has held so far, in bytes."""
    status = dict(each.split(":", 1) for each in Path(f"/proc/{pid}/status").read_text("ascii").splitlines())
    return int(status["VmHWM"].split()[0]) * KIB
