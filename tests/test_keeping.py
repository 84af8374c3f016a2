"""What is taken away leaves its files as evidence; a picture that may be sexual never does."""

import asyncio
import json
import sqlite3
from contextlib import closing
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

import pytest

from adapters.keeping import Keeping
from bot.actions import Deed, DeedId, Remove
from bot.exhibit import MOST, Exhibit, NotKept
from bot.medium import Medium, medium_of
from bot.message import Attached, PlaceId, PostId
from bot.platform import Outcome, Receipt
from bot.readings.picture import LARGEST, Band, Examined, Unreadable
from bot.store import files
from bot.store.draft import Draft, Planned
from bot.store.record import Recorder
from bot.store.vault import Scope
from tests.district import NOON
from tests.store.history import DAY, District, settle
from tests.store.house import audited, house, place, post
from tests.test_looking import Eyes, files_of
from tests.test_moderator import Stage, entries, moderator_of

ROSTER_FILE = b"CANARY-FILE"
PICTURE = b"CANARY-PIXELS"
SHEET = Attached("f1", 11, Medium.OTHER, "canary plan.PDF")
PHOTO = Attached("f2", 13, Medium.PICTURE, "canary.png")


class Whole(Eyes):
    """Looks, and lets the whole file be kept where it says nothing."""

    async def examine(self, content: bytes) -> Examined:
        found = await super().examine(content)
        return replace(found, pieces=((0, len(content)),))


async def kept(
    folder: Path, *attached: Attached, eyes: Eyes | None = None, stage: Stage | None = None, patience: float = 5.0
) -> list[files.FileTold]:
    """Let a coach send files to one student, and say what became of each."""
    stage = stage or Stage(pictures={"f1": ROSTER_FILE, "f2": PICTURE})
    stage.heard = [replace(post(), attached=attached)]
    async with house(folder) as opened:
        recorder = Recorder(opened.database.master)

        async def keep(removal: Deed, exhibit: Exhibit) -> None:
            await opened.ledger.write(recorder.kept(removal, exhibit, NOON))

        stage.looks = lambda: len(entries(folder, "kept"))
        door = Keeping(stage, eyes, keep, patience)
        await moderator_of(opened).follow(door, opened.tasks, asyncio.Event())
        return await opened.ledger.read(partial(files.told, platform="replay", post="p1"))


async def test_files_are_kept_before_their_post_goes(tmp_path: Path) -> None:
    """Sealed and chained, with no word of them to be read in the database."""
    stage = Stage(pictures={"f1": ROSTER_FILE, "f2": PICTURE})
    told = await kept(tmp_path, SHEET, PHOTO, eyes=Whole(), stage=stage)
    async with house(tmp_path) as opened:
        found = [await opened.ledger.read(partial(files.opened, seq=each.seq)) for each in told]

    assert [(each.number, each.size, each.not_kept) for each in told] == [(1, 11, ""), (2, 13, "")]
    assert [(each.attached, each.content) for each in found if each] == [(SHEET, ROSTER_FILE), (PHOTO, PICTURE)]
    assert dict(zip(stage.performed, stage.seen[1:], strict=True))["remove"] == 2
    assert all(b"CANARY" not in each and b"canary" not in each for each in files_of(tmp_path))
    assert (await audited(tmp_path)).faults == []


@pytest.mark.parametrize(
    ("attached", "eyes", "why"),
    [
        (PHOTO, Whole({PICTURE: Band.ASK}), "may be sexual"),
        (PHOTO, Whole({PICTURE: Band.HIDE}), "may be sexual"),
        (PHOTO, Whole({PICTURE: Unreadable.BROKEN}), "may be sexual"),
        (PHOTO, None, "may be sexual"),
        (PHOTO._replace(medium=Medium.FILM), Whole(), "film"),
        (SHEET._replace(size=LARGEST + 1), Whole(), "too large"),
        (SHEET._replace(file="gone"), Whole(), "gone"),
    ],
    ids=["may be", "probably", "broken", "nobody looks", "film", "too large", "gone"],
)
async def test_what_must_not_or_cannot_be_kept_is_said(
    tmp_path: Path, attached: Attached, eyes: Eyes | None, why: str
) -> None:
    """Its post goes all the same, and nothing of the file stays."""
    stage = Stage(pictures={"f1": ROSTER_FILE, "f2": PICTURE})
    (told,) = await kept(tmp_path, attached, eyes=eyes, stage=stage)

    assert why in told.not_kept
    assert told.size == 0
    assert "remove" in stage.performed
    assert all(b"CANARY" not in each for each in files_of(tmp_path))


@dataclass
class Flaky(Stage):
    """Gives no file for a while: so many times."""

    fails: int = 1
    asked: int = 0

    async def fetch(self, picture: Attached, /) -> bytes | None:
        self.asked += 1
        if self.asked <= self.fails:
            await asyncio.sleep(0.02)
            raise TimeoutError
        return await super().fetch(picture)


async def test_a_network_that_hangs_does_not_leave_the_post_to_be_read(tmp_path: Path) -> None:
    """What is found cannot wait for a file: once the time is over, no other is even asked for."""
    stage = Flaky(fails=9)
    told = await kept(tmp_path, *(SHEET._replace(file=f"f{each}") for each in range(3)), stage=stage, patience=0.0)

    assert [each.not_kept for each in told] == ["not fetched"] * 3
    assert stage.asked == 1
    assert "remove" in stage.performed


async def test_what_could_not_be_kept_is_kept_when_the_removal_is_tried_again(tmp_path: Path) -> None:
    """The first try failed as a whole: neither was the file fetched nor the post taken away."""
    stage = Flaky(pictures={"f1": ROSTER_FILE}, answers={"remove": Receipt(Outcome.NOT_DONE)})
    told = await kept(tmp_path, SHEET, stage=stage)

    assert [(each.number, each.size, each.not_kept) for each in told] == [(1, 11, "")]
    assert len(entries(tmp_path, "kept")) == 2


async def test_of_very_many_files_it_is_said_that_the_rest_is_not_kept(tmp_path: Path) -> None:
    """A list that breaks off looks whole."""
    many = [SHEET._replace(file=f"f{each}") for each in range(MOST + 1)]
    told = await kept(tmp_path, *many, stage=Stage(pictures={each.file: ROSTER_FILE for each in many}))

    assert [each.not_kept for each in told] == [""] * MOST + ["too many"]


@pytest.mark.parametrize(
    ("content", "why"),
    [(b"\xff\xd8\xff CANARY", "may be sexual"), (b"....ftypmp42 CANARY", "film"), (b"%PDF- CANARY", "")],
    ids=["picture", "film", "paper"],
)
async def test_what_a_file_is_called_hides_nothing(tmp_path: Path, content: bytes, why: str) -> None:
    """Whoever calls a photograph a text does not get it kept."""
    (told,) = await kept(tmp_path, SHEET, stage=Stage(pictures={"f1": content}))

    assert why in told.not_kept
    assert bool(told.size) is not bool(why)


@pytest.mark.parametrize(
    ("kind", "name", "medium"),
    [
        ("image/png", "a", Medium.PICTURE),
        ("application/octet-stream", "a.JPG", Medium.PICTURE),
        ("text/plain", "a.mp4", Medium.FILM),
        ("video/mp4", "a", Medium.FILM),
        ("application/pdf", "plan.pdf", Medium.OTHER),
        ("", "", Medium.OTHER),
    ],
)
def test_a_picture_is_known_by_its_kind_or_by_its_name(kind: str, name: str, medium: Medium) -> None:
    """Who uploads a file chooses both."""
    assert medium_of(kind, name) is medium


async def test_a_file_is_kept_once(tmp_path: Path) -> None:
    """However often the removal is tried."""
    removal = Deed(DeedId("1"), "replay", Remove("", PlaceId("room"), PostId("p1"), (SHEET,)), post=PostId("p1"))
    async with house(tmp_path) as opened:
        recorder = Recorder(opened.database.master)
        draft = recorder.kept(removal, Exhibit(SHEET, ROSTER_FILE), NOON)
        written = [await opened.ledger.write(draft) is not None for _ in range(2)]

    assert written == [True, False]


async def evidence(district: District) -> str:
    """Keep two files of the reported post of a day that has been run, and name its case."""
    with closing(sqlite3.connect(district.place.database)) as connection:
        ((seq,),) = connection.execute("SELECT seq FROM entry WHERE kind = 'reported'").fetchall()
    reported = next(PostId(f"{each['place']}/{each['post']}") for each in DAY if each["type"] == "report")
    action = Remove("", PlaceId("room"), reported, (SHEET, PHOTO))
    removal = Deed(DeedId("1"), "replay", action, post=reported)
    async with house(district.path) as opened:
        recorder = Recorder(opened.database.master)
        about = recorder.about("replay", reported)
        planned = (Planned(action, "replay", about, ("remove",)),)
        scope = Scope(f"case replay {reported}")
        await opened.ledger.write(Draft("answered", NOON, {"about": about.hex()}, scope=scope, deeds=planned))
        await opened.ledger.write(recorder.kept(removal, Exhibit(SHEET, ROSTER_FILE), NOON))
        await opened.ledger.write(recorder.kept(removal, Exhibit(PHOTO, why_not=NotKept.MAY_BE_SEXUAL), NOON))
    return f"F-{seq:04}"


def test_who_decides_a_case_gets_its_files_and_nobody_else_does(tmp_path: Path) -> None:
    """Into a folder, for them alone, once, and on record."""
    district = settle(tmp_path, [each for each in DAY if each["type"] not in {"decide", "appeal"}])
    assert district.run().returncode == 0
    name = asyncio.run(evidence(district))
    ask = ("case", "files", name, "--purpose", "I decide it", "--to", str(tmp_path / "out"))

    shown = district.run(command=("case", "show", name, "--as", "p1", "--purpose", "I decide it"))
    refused = district.run(command=(*ask, "--as", "k1"))
    given = district.run(command=(*ask, "--as", "p1"))
    again = district.run(command=(*ask, "--as", "p1"))

    (file,) = (tmp_path / "out").iterdir()
    assert "file 1: kept, 11 bytes" in shown.stdout
    assert "file 2: not kept: it may be sexual, or nobody could look" in shown.stdout
    assert (refused.returncode, given.returncode, again.returncode) == (2, 0, 2)
    assert "Files: 1. It is on record" in given.stdout
    assert (file.name, file.read_bytes(), file.stat().st_mode & 0o777) == (f"{name}-1.pdf", ROSTER_FILE, 0o600)
    assert "is there already" in again.stderr
    assert [each["what"] for each in entries_of(district)] == [name, f"files of {name}", f"files of {name}"]


def entries_of(district: District) -> list[dict[str, object]]:
    """Read who looked, as far as the ledger tells."""
    with closing(sqlite3.connect(place(district.path).database)) as connection:
        found = connection.execute("SELECT body FROM entry WHERE kind = 'viewed' ORDER BY seq").fetchall()
    return [json.loads(body) for (body,) in found]
