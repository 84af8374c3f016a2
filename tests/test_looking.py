"""What pictures show, from the post to what follows: looked at later, never kept, and never in the way of words."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import timedelta
from pathlib import Path
from typing import ClassVar

import pytest

from adapters.pictures.examiner import Examiner, find_tesseract
from bot.message import Attached, Message, Where, Words
from bot.pictures import look_at_pictures
from bot.platform import Post
from bot.readings.found import Trace
from bot.readings.labels import Label
from bot.readings.picture import LARGEST, Band, Examined, PictureSeen, PictureUnread, Unreadable
from bot.readings.reader import Reader
from bot.readings.signs import Slow
from bot.rounds import ReadSlowly
from bot.rule import Clause, Finding, LooksAt, Measure, traces
from rules.general_02_sexual_pictures import SexualPictures
from rules.student_02_personal_data import PersonalData
from tests.district import KNOWN
from tests.pictures.made import SKIN, flat, shapes, sign, written
from tests.store.house import audited, chat, place, post, rows
from tests.test_moderator import Stage, entries, outcomes
from tests.test_rounds import MAY_HURT, Harsh, Respect, judged, run

RULES = (SexualPictures(), PersonalData(), Respect())
READER = Reader(KNOWN, traces(RULES))
CONTENT = b"CANARY-PIXELS"


@dataclass
class Eyes:
    """Stands in for what looks: each picture shows what its bytes are said to."""

    shows: Mapping[bytes, Band | Unreadable] = field(default_factory=dict)
    text: str = ""
    looked: list[bytes] = field(default_factory=list)

    async def examine(self, content: bytes) -> Examined:
        self.looked.append(content)
        found = self.shows.get(content, Band.SILENT)
        if isinstance(found, Unreadable):
            return Examined(PictureUnread("f" * 64, found))
        return Examined(PictureSeen("f" * 64, found, 10, 10, text=self.text if found is Band.SILENT else ""))


def files_of(folder: Path) -> list[bytes]:
    return [each.read_bytes() for each in folder.iterdir()]


def seen_by(eyes: Eyes | Examiner) -> dict[Slow, ReadSlowly]:
    return {Slow.PICTURE: look_at_pictures(eyes, pauses=(0.0,))}


def pictured(id_: str = "p1", text: str = "look", *, size: int = 0, by: Post | None = None) -> Post:
    """Let a student post a picture to others."""
    told = by or chat(id_, text)
    return replace(
        told, words=(*told.words, Words(Where.FILE_NAME, "a.png")), attached=(Attached(f"file-{id_}", size),)
    )


async def look(
    folder: Path,
    heard: Sequence[Post],
    eyes: Eyes | Examiner,
    content: Mapping[str, bytes] | None = None,
    model: Harsh | None = None,
    patience: float = 1.0,
) -> Stage:
    stage = Stage(pictures=content if content is not None else {f"file-{each.id}": CONTENT for each in heard})
    return await run(
        folder, heard, model or Harsh(), patience, stage=stage, rules=RULES, reader=READER, slow=seen_by(eyes)
    )


async def test_a_harmless_picture_is_let_be(tmp_path: Path) -> None:
    """Nothing follows, and it is not called harmless either."""
    eyes = Eyes()

    stage = await look(tmp_path, [pictured()], eyes)

    assert eyes.looked == [CONTENT]
    assert judged(tmp_path) == [(0, [])]
    assert (stage.performed, outcomes(tmp_path)) == ([], ["read done"])


@pytest.mark.parametrize("found", [Band.ASK, Unreadable.OTHER_KIND], ids=["it may be", "it cannot be looked at"])
async def test_a_doubtful_picture_is_for_a_person(tmp_path: Path, found: Band | Unreadable) -> None:
    """It stays where it is: a flat skin tone scores as much."""
    stage = await look(tmp_path, [pictured()], Eyes({CONTENT: found}))

    assert judged(tmp_path) == [(0, []), (3, ["sexual-pictures"])]
    assert stage.performed == []
    assert rows(place(tmp_path).database, "SELECT count(*) FROM open_case") == [(1,)]


async def test_what_is_probably_sexual_is_hidden_and_its_author_told(tmp_path: Path) -> None:
    """The principal hears of it; the picture stands nowhere of ours."""
    stage = await look(tmp_path, [pictured()], Eyes({CONTENT: Band.HIDE}))

    assert sorted(stage.performed) == ["alert", "remove", "tell"]
    assert (await audited(tmp_path)).faults == []
    assert all(CONTENT not in each for each in files_of(tmp_path))


async def test_words_in_a_picture_are_read_like_any_others(tmp_path: Path) -> None:
    """A telephone number on a photograph is given away all the same."""
    await look(tmp_path, [pictured()], Eyes(text="call me 978-555-0142"))

    assert judged(tmp_path) == [(0, []), (3, ["personal-data"])]


async def test_what_the_models_find_in_a_picture_counts(tmp_path: Path) -> None:
    """A chat that was photographed is a chat."""
    await look(tmp_path, [pictured()], Eyes(text="harsh words"))

    assert judged(tmp_path) == [(0, []), (3, ["respect"])]


async def test_nothing_follows_from_words_in_a_picture_for_whoever_shares_it(tmp_path: Path) -> None:
    """It may be the proof of what somebody else wrote: a person looks, and the author is told nothing."""
    stage = await look(tmp_path, [pictured()], Eyes(text="harsh words"))

    assert "tell" not in stage.performed
    (found,) = [each for each in entries(tmp_path, "judged") if each.get("round") == 3]
    assert found["found"][0]["measures"] == ["review"]


async def test_what_was_found_in_the_words_is_not_found_in_the_picture_again(tmp_path: Path) -> None:
    """Words that are read late come first; only then the picture, and nobody is told twice."""
    stage = await look(
        tmp_path, [pictured(text="harsh words")], Eyes({CONTENT: Band.ASK}), model=Harsh(0.2), patience=0.05
    )

    assert judged(tmp_path) == [(0, []), (1, ["respect"]), (3, ["sexual-pictures"])]
    assert stage.performed == ["tell"]


async def test_pictures_are_looked_at_where_no_model_reads(tmp_path: Path) -> None:
    """One broken part blinds no other."""
    await look(tmp_path, [pictured()], Eyes({CONTENT: Band.ASK}), model=Harsh(breaks=True))

    assert (3, ["sexual-pictures"]) in judged(tmp_path)
    assert sorted(outcomes(tmp_path)) == ["read done", "read refused"]


async def test_a_picture_that_is_gone_is_no_matter(tmp_path: Path) -> None:
    """Its author deleted it: nobody can see it any more."""
    eyes = Eyes({CONTENT: Band.HIDE})

    stage = await look(tmp_path, [pictured()], eyes, content={})

    assert (eyes.looked, stage.performed, outcomes(tmp_path)) == ([], [], ["read done"])


async def test_what_is_too_large_is_not_fetched(tmp_path: Path) -> None:
    """A file of a gigabyte must not come here at all."""
    eyes = Eyes()

    await look(tmp_path, [pictured(size=LARGEST + 1)], eyes)

    assert eyes.looked == []
    assert judged(tmp_path) == [(0, []), (3, ["sexual-pictures"])]


@dataclass
class Unreached(Stage):
    """A platform whose files cannot be fetched so many times."""

    fails: int = 0

    async def fetch(self, picture: Attached, /) -> bytes | None:
        self.fails -= 1
        if self.fails >= 0:
            raise ConnectionError("canary")
        return await super().fetch(picture)


@pytest.mark.parametrize(("fails", "ended"), [(1, "read done"), (2, "read refused")], ids=["once", "for good"])
async def test_a_picture_that_cannot_be_fetched_is_tried_again_and_then_a_persons(
    tmp_path: Path, fails: int, ended: str
) -> None:
    """Nothing goes by unseen because a network failed."""
    stage = Unreached(pictures={"file-p1": CONTENT}, fails=fails)

    await run(tmp_path, [pictured()], Harsh(), stage=stage, rules=RULES, reader=READER, slow=seen_by(Eyes()))

    assert outcomes(tmp_path) == [ended]
    assert rows(place(tmp_path).database, "SELECT count(*) FROM open_case") == [(int(ended == "read refused"),)]


async def test_where_nobody_looks_nothing_waits_for_it(tmp_path: Path) -> None:
    """A history has no files."""
    stage = await run(tmp_path, [pictured()], Harsh(), rules=RULES, reader=READER)

    assert (stage.performed, outcomes(tmp_path)) == ([], [])


@dataclass(frozen=True, slots=True)
class AsksWithinADay:
    """Asks about harsh words, and an office after a day; a rule like those that ask."""

    name: ClassVar[str] = "asks"
    clause: ClassVar[Clause] = Clause("Student Guidelines", 1, "do it in a respectful way")
    looks_at: ClassVar[LooksAt] = (Message,)
    trace: ClassVar[Trace | None] = Trace(labels=(Label.HARASSMENT,))

    def check(self, message: Message) -> Iterator[Finding]:
        if message.readings.sign(Label.HARASSMENT):
            measures = frozenset({Measure.TELL})
            yield Finding(self.name, self.clause, measures, MAY_HURT, answer_within=timedelta(days=1))


async def test_what_follows_later_waits_in_a_further_round_too(tmp_path: Path) -> None:
    """What an office is asked to do after a day without an answer is not asked at once."""
    late, rules = post("p1", "harsh words", to=("s1", "s2")), [AsksWithinADay()]

    stage = await run(tmp_path, [late], Harsh(0.2), 0.0, rules=rules, reader=Reader(KNOWN, traces(rules)))

    assert stage.performed == ["tell"]
    assert rows(place(tmp_path).database, "SELECT kind FROM deed WHERE until <> ''") == [("alert",)]


@pytest.mark.parametrize(
    ("content", "found"),
    [
        (written(shapes()), []),
        (written(flat(SKIN)), ["sexual-pictures"]),
        (written(sign("call me\n978-555-0142")), ["personal-data"]),
        (b"\x89PNG\r\n\x1a\nno picture", ["sexual-pictures"]),
    ],
    ids=["a pennant", "a skin tone", "a sign", "broken"],
)
async def test_real_eyes_see_through_the_whole_journey(tmp_path: Path, content: bytes, found: list[str]) -> None:
    """The real model, in its real process."""
    if "personal-data" in found and find_tesseract() is None:
        pytest.skip("tesseract is not installed")
    async with Examiner(find_tesseract()) as eyes:
        await look(tmp_path, [pictured()], eyes, content={"file-p1": content})

    assert [rules for number, rules in judged(tmp_path) if number == 3] == ([found] if found else [])
    assert "read done" in outcomes(tmp_path)
