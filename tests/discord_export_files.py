"""Writes invented files as DiscordChatExporter does. Nobody in them exists."""

import json
import zipfile
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

Record = dict[str, Any]

COACH, STUDENT, CAPTAIN, BOT, HOOK = "118000000000001001", "118000000000001002", "118000000000001003", "1900", "1901"
NAMES = {COACH: "r.okafor", STUDENT: "mina", CAPTAIN: "tomas", BOT: "reminders", HOOK: "Coach Rivera"}

START = datetime(2026, 11, 16, 15, 0, tzinfo=UTC)
KEY = f"ex=65a1b2c3&is=6591b2c3&hm={'0123456789abcdef' * 4}&"
"""What Discord puts behind the address of a file."""


def at(second: float) -> str:
    """Give a time as the exporter writes it, some seconds into the story."""
    return (START + timedelta(seconds=second)).isoformat()


def author(who: str = COACH, *, app: bool = False, discriminator: str = "0000") -> Record:
    """Write who wrote something, with what the exporter adds about them."""
    return {
        "id": who,
        "name": NAMES.get(who, "somebody"),
        "discriminator": discriminator,
        "nickname": NAMES.get(who, "somebody"),
        "color": None,
        "isBot": app,
        "roles": [{"id": "77", "name": "Team [A]", "color": "#2ECC71", "position": 3}],
        "avatarUrl": f"https://cdn.discordapp.com/avatars/{who}/a.png?size=512",
    }


def said(second: float, text: str = "Bus leaves at 4.", by: str = COACH, **more: object) -> Record:
    """Write one message in full. Its id follows its time; `id` gives another."""
    return {
        "id": str(9_000_000 + round(second * 10)),
        "type": "Default",
        "timestamp": at(second),
        "timestampEdited": None,
        "callEndedTimestamp": None,
        "isPinned": False,
        "content": text,
        "author": author(by),
        "attachments": [],
        "embeds": [],
        "stickers": [],
        "reactions": [],
        "mentions": [],
        "inlineEmojis": [],
        **more,
    }


def noted(second: float, kind: object, by: str = COACH, **more: object) -> Record:
    """Write one message of another type."""
    return said(second, by=by) | {"type": kind} | more


def channel(*messages: object, id_: str = "555", kind: str = "GuildTextChat", **more: object) -> Record:
    """Write the object of one channel."""
    return {
        "guild": {"id": "1", "name": "Rowan High", "iconUrl": "https://cdn.discordapp.com/icons/1/a.png?size=512"},
        "channel": {
            "id": id_,
            "type": kind,
            "categoryId": "50",
            "category": "Athletics",
            "name": "track",
            "topic": "Relays and hurdles",
            **more,
        },
        "dateRange": {"after": None, "before": None},
        "exportedAt": at(10_000_000),
        "messages": list(messages),
        "messageCount": len(messages),
    }


def written(path: Path, told: object) -> Path:
    """Write a file as the exporter does, spread over lines."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(told, indent=2), encoding="utf-8")
    return path


def folder(path: Path, files: Mapping[str, object]) -> Path:
    """Write several files into a folder."""
    for name, told in files.items():
        written(path / name, told)
    return path


def packed(path: Path, files: Mapping[str, object], compression: int = zipfile.ZIP_DEFLATED) -> Path:
    """Write several files into a zip."""
    with zipfile.ZipFile(path, "w", compression) as archive:
        for name, told in files.items():
            archive.writestr(name, json.dumps(told, indent=2))
    return path
