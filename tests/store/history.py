"""A small day with something of everything, its roster and settings; and the real command line to run it with."""

import json
import os
import subprocess
import sys
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from bot.house import HouseFiles
from tests.roster_files import V1_1, changed, folder

ACCOUNTS = """\
platform,account,person,age_band
replay,cora,c1,adult
replay,pia,p1,adult
replay,kim,k1,
replay,lee,k2,
"""
TEAMS = """\
team,school,season,person,role,until
rowing,s1,fall,c1,coach,
rowing,s1,fall,k1,captain,
rowing,s1,fall,k2,member,
"""
OFFICES = """\
school,office,person,deputy,from,until
s1,principal,p1,,2025-07-01,
"""
EVERYBODY = ["cora", "kim", "lee"]
PAIR = ["cora", "kim"]
Line = dict[str, object]


def at(minute: int, day: int = 18) -> str:
    """Give a time of the day, so many minutes after three."""
    return f"2025-11-{day}T{15 + minute // 60}:{minute % 60:02}:00-05:00"


DAY: tuple[Line, ...] = (
    {"type": "space", "at": at(0), "place": "boathouse", "name": "#rowing", "team": "rowing", "readers": EVERYBODY},
    {"type": "profile", "at": at(1), "account": "kim", "name": "Kim, bow seat"},
    {"type": "post", "at": at(2), "id": "p1", "place": "boathouse", "by": "cora", "text": "Practice is at four."},
    {"type": "post", "at": at(3), "id": "p2", "place": "dm", "by": "cora", "text": "Stay after.", "readers": PAIR},
    {"type": "edit", "at": at(4), "post": "p2", "place": "dm", "by": "cora", "text": "Stay, please.", "readers": PAIR},
    {
        "type": "post",
        "at": at(5),
        "id": "p3",
        "place": "dm",
        "by": "cora",
        "text": "The doctor has cleared your wrist.",
        "readers": PAIR,
        "matter": "medical",
    },
    {"type": "post", "at": at(6), "id": "p4", "place": "dm", "by": "kim", "text": "thank you!!", "readers": PAIR},
    {"type": "order", "at": at(7), "id": "o1", "by": "cora", "order": "emergency", "to": "boathouse", "text": "Wait."},
    {"type": "post", "at": at(8), "id": "p5", "place": "boathouse", "by": "kim", "text": "see you at the dock"},
    {"type": "report", "at": at(9), "id": "r1", "by": "lee", "place": "boathouse", "post": "p5", "reason": "not kind"},
    {"type": "delete", "at": at(10), "place": "boathouse", "post": "p5"},
    {"type": "space", "at": at(11), "place": "thread", "team": "rowing", "readers": PAIR},
    {"type": "post", "at": at(12), "id": "p6", "place": "thread", "by": "r-5517", "text": "hello?", "readers": ["kim"]},
    {"type": "space", "at": at(13), "place": "thread", "team": "rowing", "readers": EVERYBODY},
    {"type": "decide", "at": at(14), "id": "d1", "person": "p1", "post": "p5", "ruling": "uphold", "reason": "unkind"},
    {"type": "appeal", "at": at(16), "id": "a1", "by": "kim", "post": "p5", "reason": "it was about the boat"},
    {"type": "appeal", "at": at(17), "id": "a2", "by": "cora", "post": "p2", "reason": "her mother was there"},
    {"type": "profile", "at": at(18), "account": "kim", "name": "Kim"},
)
"""A removal, an edit, two copies, an answer, an ask, a report, a deletion, a stranger, a place closed and opened; a
decision whose note waits half a minute, an appeal against it, and one against a removal."""

TEN_DAYS_LATER: Line = {
    "type": "post",
    "at": at(0, 28),
    "id": "p9",
    "place": "boathouse",
    "by": "kim",
    "text": "brr",
    "readers": EVERYBODY,
}
"""By then the chat of the day has had its seven days; all of it lies in the past by any clock."""

SETTINGS = """\
[store]
database = "c.sqlite"
key_file = "c.key"

[roster]
path = "roster"

[replay]
files = ["day.jsonl"]
"""

UNDER_A_LIMIT = (
    "import resource, runpy, sys; limit = int(sys.argv.pop(1)); "
    "resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit)); runpy.run_module('bot', run_name='__main__')"
)


@dataclass(frozen=True)
class District:
    """A folder with a roster, a history and settings, and what the program makes of them."""

    path: Path

    @property
    def place(self) -> HouseFiles:
        """Name database and key."""
        return HouseFiles(self.path / "c.sqlite", self.path / "c.key")

    def tell(self, *lines: Line) -> None:
        """Write the history anew."""
        text = "".join(f"{json.dumps(each)}\n" for each in lines)
        (self.path / "day.jsonl").write_text(text, encoding="utf-8")

    def arguments(self, command: Iterable[str] = ("run",), file_limit: int | None = None) -> list[str]:
        """Spell a command line for this district, at most `file_limit` bytes a file."""
        start = ["-m", "bot"] if file_limit is None else ["-c", UNDER_A_LIMIT, str(file_limit)]
        return [sys.executable, *start, *command, "--config", str(self.path / "config.toml")]

    def environment(self, crash_at: str = "") -> dict[str, str]:
        """Give a child's environment: ours, without our settings, with a crash where one is wanted."""
        ours = {name: value for name, value in os.environ.items() if not name.startswith("CHAPERONE_")}
        return {**ours, "CHAPERONE_CRASH_AT": crash_at}

    def run(
        self, crash_at: str = "", *, command: Iterable[str] = ("run",), file_limit: int | None = None
    ) -> subprocess.CompletedProcess[str]:
        """Run the program as somebody would, in this folder."""
        return subprocess.run(
            self.arguments(command, file_limit),
            cwd=self.path,
            env=self.environment(crash_at),
            capture_output=True,
            text=True,
            check=False,
            timeout=60,
        )


def settle(path: Path, lines: Iterable[Line] = DAY, roster: Mapping[str, str] = V1_1) -> District:
    """Lay a district out in a folder."""
    district = District(path)
    folder(path, changed(roster, accounts=ACCOUNTS, offices=OFFICES, teams=TEAMS))
    (path / "config.toml").write_text(SETTINGS, encoding="utf-8")
    district.tell(*lines)
    return district
