"""Helps tests to replay a history on a real database and to ask what came of each line."""

import json
import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

from bot.actions import ReadLater
from bot.config import Configuration, read_configuration
from bot.house import LIVE, HouseFiles
from bot.message import MessageId, PostId
from bot.platform import Answer, Appeal, Decision, Deletion, Heard, Order, Post, ProfileSeen, Report, SpaceSeen, Tick
from bot.replay import Ran, ReplayPlan, replay
from bot.rounds import ANSWERED
from bot.settings import Settings
from bot.store.record import Recorder
from bot.store.vault import MasterKey

ROOT = Path(__file__).parent.parent
DISTRICT = ROOT / "examples" / "district"
TODAY = datetime(2026, 11, 19, 12, 0, tzinfo=UTC)


LATER: Final = {"done": "later", "moot": "dropped"}
"""How what waited ended: it was done later, or dropped because somebody had answered or undone it."""


def place_in(folder: Path, purpose: str = LIVE) -> HouseFiles:
    """Name a house's files in a folder."""
    return HouseFiles(folder / "chaperone.sqlite", folder / "chaperone.key", purpose)


async def replayed(
    place: HouseFiles, files: Sequence[Path], roster: Path | None, configuration: Configuration | None = None
) -> Ran:
    """Replay histories through the real house."""
    settings = configuration or Configuration(Settings(), Path("config.toml"), "")
    return await replay(ReplayPlan(place, files, roster, settings, TODAY, lambda read, total: None))


def example_configuration() -> Configuration:
    """Read the example as it stands in the repository."""
    return read_configuration(ROOT / "config.example.toml")


def _named(planned: dict[str, str], ended: str) -> str:
    """Name a deed by kind and office. One that waited was done later, or dropped, or waits still."""
    named = f"{planned['does']}:{planned['office']}" if "office" in planned else planned["does"]
    if "until" not in planned:
        return named
    return f"{LATER.get(ended, 'waiting')}:{named}"


class Told:
    """What the ledger tells about each thing heard."""

    def __init__(self, place: HouseFiles) -> None:
        """Read every entry and every open case."""
        self._master = MasterKey(bytes.fromhex(place.key_file.read_text("ascii")))
        with closing(sqlite3.connect(place.database)) as connection:
            rows = connection.execute("SELECT key, body FROM entry ORDER BY seq").fetchall()
        self.entries = [json.loads(body) for _, body in rows]
        self._by_key = {key: json.loads(body) for key, body in rows if key is not None}
        self._ended = {each["deed"]: each["outcome"] for each in self.entries if each["kind"] == "closed"}

    def outcome(self, heard: Heard) -> list[str]:
        """List what came of one thing heard: deeds, with the office they go to, and whether a person looks."""
        entries = list(self._entries_of(heard))
        if not entries and not isinstance(heard, Tick):
            return ["nothing written"]
        causes = {each["seq"] for each in entries}
        planned = (each for each in self.entries if each["kind"] == "planned" and each["for"] in causes)
        deeds = [each for each in planned if each["does"] != ReadLater.kind]  # our own, and nobody notices it
        named = [_named(each, self._ended.get(each["deed"], "")) for each in deeds]
        return sorted([*named, *({"review"} if any("case" in each for each in entries) else ())])

    def _entries_of(self, heard: Heard) -> Iterator[dict[str, Any]]:
        """Find the entry of one thing heard, and what follows from it at once: an answer's order, a report's paper."""
        yield from self._found(self._key(heard))
        match heard:
            case Answer():
                recorder, ordered = Recorder(self._master), PostId(f"{heard.about}:{heard.id}")
                yield from self._found(recorder.order(heard.at, heard.platform, ordered))
                about = MessageId(heard.platform, heard.about, heard.id)
                yield from self._found(recorder.judgement(heard.at, about, ANSWERED))
                sent_on = recorder.sent_on_answer(heard.platform, heard.about, 0)
                once = (sent_on, recorder.copied_elsewhere(heard), recorder.refused_picture(heard))
                sent = (each for key in once for each in self._found(key))
                yield from (each for each in sent if datetime.fromisoformat(each["at"]) == heard.at)
            case Report() | Appeal() | Decision():
                case = Recorder(self._master).case_of(heard.platform, heard.post or "").hex()
                at, what = heard.at.isoformat(), type(heard).__name__.lower()
                yield from self._found(self._master.index("declined", what, heard.platform, heard.id))
                yield from (each for each in self.entries if each.get("of") == case and each["at"] == at)
            case _:
                return

    def _found(self, key: bytes) -> Iterator[dict[str, Any]]:
        if key in self._by_key:
            yield self._by_key[key]

    def _key(self, heard: Heard) -> bytes:
        index, judgement = self._master.index, Recorder(self._master).judgement
        match heard:
            case Post():
                return judgement(heard.sent_at, MessageId(heard.platform, heard.id, heard.revision))
            case SpaceSeen():
                return judgement(heard.at, MessageId(heard.platform, PostId(f"space:{heard.place}"), heard.change))
            case ProfileSeen():
                return judgement(heard.at, MessageId(heard.platform, PostId(f"profile:{heard.account}"), heard.change))
            case Deletion():
                return index("deleted", heard.platform, heard.id)
            case Report():
                return index("reported", heard.platform, heard.id)
            case Order():
                return Recorder(self._master).order(heard.at, heard.platform, heard.post.id)
            case Answer():
                return index("answered", heard.platform, heard.about, heard.id)
            case _:
                return b""
