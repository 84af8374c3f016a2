"""Writes invented exports of a Slack workspace, as a folder or a zip. Nobody in them exists."""

import json
import zipfile
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

Record = Mapping[str, Any]

COACH, STUDENT, CAPTAIN, NEWCOMER, GRADUATE, BOT = "U0COACH", "U0STUDENT", "U0CAPTAIN", "U0NEW", "U0GRADUATE", "U0BOT"
GUEST, VISITOR = "U0GUEST", "W0VISITOR"

USERS: tuple[Record, ...] = (
    {"id": COACH, "team_id": "T1", "name": "r.okafor", "deleted": False, "is_bot": False},
    {"id": STUDENT, "team_id": "T1", "name": "mina", "deleted": False, "is_bot": False},
    {"id": CAPTAIN, "team_id": "T1", "name": "tomas", "deleted": False, "is_bot": False},
    {"id": NEWCOMER, "team_id": "T1", "name": "ada", "deleted": False, "is_bot": False},
    {"id": GUEST, "team_id": "T1", "name": "guest", "deleted": False, "is_bot": False, "is_restricted": True},
    {"id": VISITOR, "team_id": "T9", "name": "visitor", "deleted": False, "is_bot": False, "is_stranger": True},
    {"id": GRADUATE, "team_id": "T1", "name": "lee", "deleted": True},
    {"id": BOT, "team_id": "T1", "name": "reminders", "deleted": False, "is_bot": True},
    {"id": "USLACKBOT", "team_id": "T1", "name": "slackbot", "deleted": False, "is_bot": False},
)

START = 1_700_000_000


def ts(second: int) -> str:
    """Give a Slack time, some seconds into the story."""
    return f"{START + second}.000100"


def said(second: int, text: str = "Bus leaves at 4.", by: str = COACH, **more: object) -> dict[str, Any]:
    """Write one plain message."""
    return {"type": "message", "ts": ts(second), "user": by, "text": text, **more}


def noted(second: int, subtype: str, by: str = COACH, **more: object) -> dict[str, Any]:
    """Write one record of a subtype."""
    return said(second, by=by) | {"subtype": subtype} | more


def section(*elements: Record) -> dict[str, Any]:
    """Write blocks of one line of rich text, as the message box of Slack does."""
    return {"type": "rich_text", "elements": [{"type": "rich_text_section", "elements": list(elements)}]}


@dataclass
class Export:
    """An export to be written. The keys of `days` are folders; every inner list is one day file."""

    channels: list[Record] = field(default_factory=list)
    groups: list[Record] = field(default_factory=list)
    dms: list[Record] = field(default_factory=list)
    mpims: list[Record] = field(default_factory=list)
    users: list[Record] = field(default_factory=lambda: list(USERS))
    days: Mapping[str, Sequence[Sequence[object]]] = field(default_factory=dict)
    raw: dict[str, bytes] = field(default_factory=dict)
    """Files written byte for byte, besides or instead of the others."""

    def files(self) -> dict[str, bytes]:
        """Give every file of the export by its name."""
        lists = {"users": self.users, "channels": self.channels}
        lists |= {name: each for name in ("groups", "dms", "mpims") if (each := getattr(self, name))}
        files = {f"{name}.json": json.dumps(each).encode() for name, each in lists.items()}
        for folder, days in self.days.items():
            files |= {
                f"{folder}/2023-11-{14 + number}.json": json.dumps(day).encode() for number, day in enumerate(days)
            }
        return files | self.raw

    def folder(self, path: Path) -> Path:
        """Write it as a folder."""
        for name, data in self.files().items():
            target = path / name
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(data)
        return path

    def zip(self, path: Path) -> Path:
        """Write it as a zip, as Slack does."""
        with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
            for name, data in self.files().items():
                archive.writestr(name, data)
        return path


def team(*days: Sequence[object], members: Iterable[str] | None = (COACH, STUDENT, CAPTAIN)) -> Export:
    """Write an export of one channel, `track`."""
    listed: dict[str, Any] = {"id": "C0TRACK", "name": "track"}
    if members is not None:
        listed["members"] = list(members)
    return Export(channels=[listed], days={"track": days})
