import bz2
import gzip
import json
import lzma
import sqlite3
import time
from collections.abc import Iterator, Sequence
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from adapters.replay import Board, Replay, as_one, open_history
from adapters.replay.lately import Lately
from adapters.replay.line_reader import LineReader
from adapters.replay.names import Names, by_ids
from bot.actions import Deed, DeedId, Remove
from bot.errors import ConfigurationError
from bot.house import AUDIT, LIVE, open_house
from bot.message import MatterKind, PlaceId, PostId, Where, Words
from bot.platform import (
    UNKNOWN_READERS,
    Answer,
    Appeal,
    Decision,
    Deletion,
    Heard,
    Order,
    Outcome,
    Post,
    ProfileSeen,
    Readers,
    Report,
    SpaceSeen,
)
from bot.replay import ReplayPlan, replay
from bot.store import memory
from tests.discord_export_files import channel, packed
from tests.discord_export_files import said as posted
from tests.journeys import DISTRICT, Told, example_configuration, place_in, replayed
from tests.roster_files import V1_1, changed, folder
from tests.slack_export_files import CAPTAIN, COACH, GRADUATE, NEWCOMER, STUDENT, Export, noted, said, team, ts

AT = "2026-11-18T15:04:00-05:00"
MOMENT = datetime.fromisoformat(AT)
MOMENT_IN_UTC = MOMENT.astimezone(UTC).isoformat()
CANARY = "rosebud"
HOMOGLYPH = "\N{CYRILLIC SMALL LETTER A}"


def line(type_: str = "post", **fields: object) -> bytes:
    """Write one line. A post needs no more to be one."""
    usual = {"type": type_, "at": AT, "place": "gym", "id": "m1", "by": "coach"} if type_ == "post" else {"type": type_}
    return json.dumps({"at": AT, **usual, **fields}).encode()


def history(folder: Path, *lines: bytes, name: str = "day.jsonl", end: bytes = b"\n") -> Path:
    """Write lines into a file."""
    path = folder / name
    path.write_bytes(b"".join(each + end for each in lines))
    return path


def read(*lines: bytes) -> list[Heard]:
    """Read lines one after the other."""
    reader = LineReader()
    return [reader.read(each) for each in lines]


def posts(heard: Sequence[Heard]) -> list[Post]:
    """Pick the posts."""
    return [each for each in heard if isinstance(each, Post)]


def texts(path: Path) -> list[str]:
    """Read a file's posts, and give their bodies."""
    return [words.text for each in posts(list(open_history(path).hear())) for words in each.words]


def entries(place: Path) -> int:
    """Count the entries of a ledger."""
    with closing(sqlite3.connect(place)) as connection:
        count: int = connection.execute("SELECT count(*) FROM entry").fetchone()[0]
    return count


def readers(*names: str, members: Sequence[str] | None = None) -> Readers:
    """Name who reads a place; all as members unless said otherwise."""
    return Readers(frozenset(names), frozenset(names if members is None else members))  # type: ignore[arg-type]


GYM = line("space", place="gym", team="soccer", readers=["coach", "s1", "s2"], members=["coach", "s1"])
GYM_READERS = readers("coach", "s1", "s2", members=["coach", "s1"])


def test_what_stands_at_a_place_is_read_each_with_where_it_stands() -> None:
    """Pins, bookmarks and tags are published as names are."""
    saved = [{"text": "form", "target": "https://bit.ly/af-camp"}]
    told = line("space", place="gym", name="#gym", topic="hoops", tags=["jv"], pins=["bus at 4"], bookmarks=saved)

    (seen,) = read(told)

    assert isinstance(seen, SpaceSeen)
    assert [(each.where, each.text) for each in seen.words] == [
        (Where.CHANNEL_NAME, "#gym"),
        (Where.TOPIC, "hoops"),
        (Where.TAG, "jv"),
        (Where.PIN, "bus at 4"),
        (Where.LINK_TEXT, "form"),
        (Where.LINK_TARGET, "https://bit.ly/af-camp"),
    ]


def test_a_post_may_be_as_short_as_its_five_fields() -> None:
    """Whoever writes a history by hand should not have to write what is usual."""
    heard = read(line(text="Bus leaves at 4."))

    body = (Words(Where.BODY, "Bus leaves at 4."),)
    assert heard == [Post("replay", PlaceId("gym"), PostId("gym/m1"), "coach", MOMENT, UNKNOWN_READERS, body)]  # type: ignore[arg-type]


def test_every_kind_of_words_has_its_place() -> None:
    """A rule about text looks at all of them; a caption is as much a message as a body."""
    full = line(
        text="a",
        forward="b",
        quote="c",
        embed="d",
        sticker="e",
        thread="f",
        poll={"question": "g", "options": ["h", "i"]},
        files=[{"name": "j", "alt": "k"}],
        links=[{"text": "l", "target": "m"}],
    )

    words = posts(read(full))[0].words

    assert [(str(where), text) for where, text in words] == [
        ("body", "a"),
        ("forward", "b"),
        ("quote", "c"),
        ("embed", "d"),
        ("sticker", "e"),
        ("thread name", "f"),
        ("poll", "g"),
        ("poll", "h"),
        ("poll", "i"),
        ("file name", "j"),
        ("alt text", "k"),
        ("link text", "l"),
        ("link target", "m"),
    ]


def test_a_post_is_read_by_whom_the_places_last_line_named() -> None:
    """What is said once of a place need not be said again with every post."""
    later = line("space", place="gym", readers=["coach"])

    first, second = posts(read(GYM, line(), later, line(id="m2")))

    assert (first.readers, first.team) == (GYM_READERS, "soccer")
    assert (second.readers, second.team) == (readers("coach"), None)


@pytest.mark.parametrize(
    ("told", "expected"),
    [
        ({"readers": ["s1"]}, readers("s1")),
        ({"readers": []}, readers()),
        ({"readers": None}, UNKNOWN_READERS),
        ({"readers": ["s1", "s1"], "members": []}, readers("s1", members=[])),
        ({"readers": ["s1"], "members": ["s1", "s9"]}, readers("s1")),
    ],
)
def test_a_post_may_say_itself_who_reads_it(told: dict[str, Any], expected: Readers) -> None:
    """A null says that nobody can tell, which is another thing than nobody."""
    assert posts(read(GYM, line(**told)))[0].readers == expected


def edit(text: str, at: str = AT, **fields: object) -> bytes:
    """Write one edit of the usual post."""
    return line("edit", at=at, place="gym", post="m1", by="coach", text=text, **fields)


def test_an_edit_is_told_apart_by_its_revision_where_it_says_one() -> None:
    """A platform that counts its edits knows best."""
    assert [each.revision for each in posts(read(edit("x", revision="7"), edit("x", revision="8")))] == ["7", "8"]


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        (edit("x"), edit("x"), True),
        (edit("x"), edit("x", at="2026-11-18T20:04:00Z"), True),
        (edit("x"), edit("x", at="2026-11-18T20:04:00+00:00", revision=""), True),
        (edit("x", files=[]), json.dumps(json.loads(edit("x")), indent=1, sort_keys=True).encode(), True),
        (edit("\ud83d"), edit("\ud83d"), True),
        (edit("x", readers=["s1", "coach"]), edit("x", readers=["coach", "s1"]), True),
        (edit("x"), edit("y"), False),
        (edit("\ud83d"), edit("\ud83c"), False),
        (edit("x"), edit("x", readers=["coach", "s1"]), False),
        (edit("x"), edit("x", at="2026-11-18T15:04:01-05:00"), False),
    ],
    ids=[
        "told twice",
        "by UTC",
        "UTC in numbers",
        "spelled otherwise",
        "half",
        "readers in another order",
        "words",
        "half words",
        "readers",
        "later",
    ],
)
def test_an_edit_without_a_revision_is_told_apart_by_its_time_and_what_it_says(
    one: bytes, other: bytes, *, same: bool
) -> None:
    """Two edits within a second are two; one that is written by two clocks is one."""
    first, second = posts(read(one, other))

    assert (first.revision == second.revision) is same


@pytest.mark.parametrize(
    ("one", "other"),
    [(("gym", "1"), ("dm", "1")), (("a/b", "c"), ("a", "b/c")), (("a", "b%2Fc"), ("a", "b/c")), (("", "1"), ("1", ""))],
)
def test_a_post_is_named_by_its_place_and_its_id(one: tuple[str, str], other: tuple[str, str]) -> None:
    """Two places may both count from one, and no name is made up of another's."""
    first, second = posts(read(*(line(place=place, id=id_) for place, id_ in (one, other))))

    assert first.id != second.id
    assert [first.id] == [each.id for each in posts(read(line("edit", place=one[0], post=one[1], by="coach")))]


SPOKEN = {
    "appeal": {"by": "coach"},
    "decide": {"person": "p1", "ruling": "uphold"},
    "answer": {"by": "coach", "choice": "seen"},
}
"""What is said about a post without having to say where it is."""


def spoken_of(type_: str, *before: bytes, post: str = "m1", reader: LineReader | None = None, **fields: str) -> str:
    """Name the post that somebody speaks of, after some lines were read."""
    reader = reader or LineReader()
    for each in before:
        reader.read(each)
    heard = reader.read(line(type_, id="x", post=post, **SPOKEN[type_], **fields))
    assert isinstance(heard, Appeal | Decision | Answer)
    return str(heard.about if isinstance(heard, Answer) else heard.post)


@pytest.mark.parametrize("type_", SPOKEN)
def test_who_speaks_of_a_post_need_not_say_where_it_is(type_: str) -> None:
    """Where its id was heard in one place only. What an answer led to is found by the first post."""
    private = line("order", id="o1", by="coach", order="private", to="s1", text="x", matter="medical")

    assert spoken_of(type_, line()) == "gym/m1"
    assert spoken_of(type_, line(), post="m1:a1:a2") == "gym/m1:a1:a2"
    assert spoken_of(type_, line(id="c1:7"), post="c1:7") == "gym/c1:7"
    assert spoken_of(type_, private, post="o1") == "private:coach:s1/o1"
    assert spoken_of(type_, post="space:gym") == "space:gym"
    assert spoken_of(type_, post="space:gym", place="gym") == "space:gym"
    assert spoken_of(type_, line(id="space:1"), post="space:1", place="gym") == "gym/space:1"


@pytest.mark.parametrize("type_", SPOKEN)
@pytest.mark.parametrize("place", ["", "gym"])
@pytest.mark.parametrize(("id_", "answer"), [("m1", "a/1%"), ("c1:7/8", "a1"), ("m1", "a/1%:2")])
def test_what_an_answer_led_to_is_found_whatever_the_ids_hold(type_: str, place: str, id_: str, answer: str) -> None:
    """It is named by the post and the answer, as the house names it."""
    reader = LineReader()
    for each in (line(id=id_), line("answer", id=answer, by="coach", post=id_, choice="private")):
        heard = reader.read(each)
    assert isinstance(heard, Answer)

    assert spoken_of(type_, post=f"{id_}:{answer}", place=place, reader=reader) == f"{heard.about}:{heard.id}"


@pytest.mark.parametrize("type_", SPOKEN)
def test_of_two_posts_of_one_id_it_has_to_be_said_which_is_meant(type_: str) -> None:
    """A decision about the wrong post would be worse than none."""
    both = (line(), line(place="dm"), line())

    with pytest.raises(ValueError, match="several places; say in 'place' which"):
        spoken_of(type_, *both)
    with pytest.raises(ValueError, match="several places; say in 'place' which"):
        spoken_of(type_, *both, post="m1:a1")
    assert spoken_of(type_, *both, place="dm") == "dm/m1"


@pytest.mark.parametrize("type_", SPOKEN)
def test_of_a_post_of_long_ago_it_has_to_be_said_where_it_is(type_: str) -> None:
    """Only so many are remembered; a case about a place or an account has none."""
    reader = LineReader(names=Names(Lately(at_least=2)))
    later = [line(id=str(each)) for each in range(4)]

    with pytest.raises(ValueError, match="more than 2 posts were heard"):
        spoken_of(type_, line(), *later, reader=reader)
    with pytest.raises(ValueError, match="more than 2 posts were heard"):
        spoken_of(type_, line(id="m1", place="dm"), reader=reader)
    assert spoken_of(type_, place="gym", reader=reader) == "gym/m1"
    assert spoken_of(type_, post="3", place="gym", reader=reader) == "gym/3"
    assert spoken_of(type_, post="space:gym", reader=reader) == "space:gym"


@pytest.mark.parametrize("type_", SPOKEN)
def test_who_speaks_of_a_post_of_an_earlier_run_need_not_say_where_it_is(type_: str) -> None:
    """Unless another of its id was heard since. What has no place is looked for by its own name."""
    earlier = [PostId(each) for each in ("gym/m1", "gym/c1:7%2F8", "a/1", "b/1", "a/b/2%252F", "space:gym")]

    def meant(post: str, *before: bytes) -> str:
        return spoken_of(type_, *before, post=post, reader=LineReader(names=Names(earlier=by_ids(earlier))))

    assert [meant("m1"), meant("m1", line())] == ["gym/m1"] * 2
    assert [meant("m1:a1"), meant("c1:7/8"), meant("2%2F")] == ["gym/m1:a1", "gym/c1:7%2F8", "a/b/2%252F"]
    assert [meant("space:gym"), meant("m2")] == ["space:gym", "m2"]
    with pytest.raises(ValueError, match="several places; say in 'place' which"):
        meant("1")
    with pytest.raises(ValueError, match="several places; say in 'place' which"):
        meant("m1", line(place="dm"))


async def test_the_ledger_names_the_posts_that_somebody_may_speak_of(tmp_path: Path) -> None:
    """What was found, and what it led to; not what nobody was told of, and nothing of another platform."""
    place = place_in(tmp_path, AUDIT)
    told = [line(id=each, place=f"dm-{each}", text="Stay.", readers=["s1"]) for each in ("1", "2")]
    told += [GYM, line(id="3", text="Bus leaves at 4."), line("report", id="r", by="s1", place="gym", post="3")]
    told += [line(id="4", text="Bus leaves at 5.")]
    await replayed(place, [history(tmp_path, *told)], to_one_student(tmp_path))

    async with open_house(place, MOMENT) as house:
        ours = await house.ledger.read(memory.spoken_of, "replay")
        others = await house.ledger.read(memory.spoken_of, "slack")

    assert sorted(ours) == ["dm-1/1", "dm-2/2", "gym/3"]
    assert not others


def test_what_was_told_lately_is_bounded() -> None:
    """A history may have a million posts."""
    lately: Lately[int, int] = Lately(at_least=10)
    for each in range(1000):
        lately.put(each, each)

    assert [lately.get(each) for each in range(990, 1000)] == [*range(990, 1000)]
    assert lately.get(900) is None
    assert len(lately.newer) + len(lately.older) <= 20
    assert not lately.is_complete


def test_the_other_kinds_are_what_they_say() -> None:
    """A deletion, a report, a look at a profile and at a voice room."""
    gone, told, profile, room = read(
        line("delete", place="gym", post="m1"),
        line("report", id="r1", by="s2", place="gym", post="m1", reason="unkind"),
        line("profile", account="s1", name="Sam", about="goalie"),
        line("space", place="v", readers=[], connected=["coach", "s1"], connected_for=90.5, advisor_may_speak=False),
    )

    assert gone == Deletion("replay", PlaceId("gym"), PostId("gym/m1"), MOMENT)
    assert isinstance(told, Report)
    assert (told.id, told.reporter, told.words) == ("gym/m1:r1", "s2", (Words(Where.BODY, "unkind"),))
    assert isinstance(profile, ProfileSeen)
    assert [text for _, text in profile.words] == ["Sam", "goalie"]
    assert isinstance(room, SpaceSeen)
    assert (room.connected, room.connected_for) == (readers("coach", "s1"), timedelta(seconds=90.5))
    assert not room.advisor_may_speak


@pytest.mark.parametrize(
    ("order", "place", "read_by"),
    [
        ({"order": "private", "to": "s1", "matter": "medical"}, "private:coach:s1", readers("s1")),
        ({"order": "emergency", "to": "s1"}, "private:coach:s1", readers("s1")),
        ({"order": "emergency", "to": "gym"}, "gym", GYM_READERS),
        ({"order": "team", "to": "gym"}, "gym", GYM_READERS),
    ],
)
def test_an_order_is_the_coachs_own_message(order: dict[str, str], place: str, read_by: Readers) -> None:
    """What is sent on a coach's behalf is judged as theirs."""
    heard = read(GYM, line("order", id="o1", by="coach", text="x", **order))
    (given,) = (each for each in heard if isinstance(each, Order))
    post = given.post

    assert (str(given.kind), given.opens) == (order["order"], place != "gym")
    assert (post.author, post.place, post.readers) == ("coach", place, read_by)
    assert post.emergency is (order["order"] == "emergency")
    assert post.matter is (MatterKind.MEDICAL if "matter" in order else None)


@pytest.mark.parametrize("kind", ["team", "photo"])
def test_what_is_ordered_to_a_place_that_nobody_named_is_told_as_skipped(kind: str, tmp_path: Path) -> None:
    """A platform lets a coach choose among the places there are: this one is misspelt, or was never told of."""
    ordered = line("order", id="o1", by="coach", order=kind, to=f"{CANARY}1", text=CANARY)
    lines = open_history(history(tmp_path, GYM, ordered, line(id="m2")))

    assert not any(isinstance(each, Order) for each in lines.hear())
    assert lines.skipped == 1
    assert lines.notes[0].startswith("day.jsonl, line 2 is skipped: its 'to' is no place that a `space` line before it")
    assert CANARY not in lines.notes[0]


@pytest.mark.parametrize("kind", ["private", "emergency"])
@pytest.mark.parametrize(("to", "is_skipped"), [("s1", False), ("gym", False), (CANARY, True)])
async def test_what_is_ordered_to_nobody_is_told_as_skipped_and_nothing_is_copied(
    kind: str, to: str, tmp_path: Path, *, is_skipped: bool
) -> None:
    """Or it would count as sent, and offices would hear of it, though there is nobody whom it could have reached."""
    ordered = line("order", id="o1", by="coach", order=kind, to=to, text="Your physical.", matter="medical")
    path = history(tmp_path, line("space", place="gym", readers=["coach", "s1", "s2"]), ordered)

    outcome = await replayed(place_in(tmp_path, AUDIT), [path], to_one_student(tmp_path))

    named = [each for each in outcome.notes if "line 2 is skipped: its 'to' is neither an account that" in each]
    assert (outcome.skipped, len(named), outcome.summary.orders.total()) == (is_skipped, is_skipped, not is_skipped)
    assert not any(CANARY in each for each in outcome.notes)


def test_without_a_roster_nobody_knows_which_accounts_there_are(tmp_path: Path) -> None:
    """Then every author is a stranger, and the order is given back for that."""
    ordered = line("order", id="o1", by="coach", order="emergency", to="s1", text="Stay inside.")
    lines = open_history(history(tmp_path, ordered))

    assert (len(list(lines.hear())), lines.skipped) == (1, 0)


async def test_a_team_that_the_roster_has_not_is_told_once(tmp_path: Path) -> None:
    """Misspelt, it makes a place no team's own, so that the place is never closed to its coaches."""
    told = [("gym", "soccer-girls"), ("pool", "soccer-girls"), ("hall", "\n" + CANARY), ("field", known := "soccer")]
    path = history(tmp_path, *(line("space", place=place, team=team) for place, team in told))
    teams = f"team,school,season,person,role,until\n{known},s1,fall,c1,coach,\n"

    outcome = await replayed(place_in(tmp_path, AUDIT), [path], folder(tmp_path, changed(V1_1, teams=teams)))

    notes = [each for each in outcome.notes if each.startswith("day.jsonl")]
    assert [each.partition(", which the roster does not have: ")[0] for each in notes] == [
        "day.jsonl, line 1 names 'soccer-girls'",
        "day.jsonl, line 3 names a team",
    ]
    assert outcome.skipped == 0


BAD = {
    "no JSON": b"Dear diary, " + CANARY.encode(),
    "cut off": line(text=CANARY)[:-2],
    "no object": json.dumps([CANARY]).encode(),
    "nothing": b"null",
    "an unknown type": line(CANARY),
    "a misspelt type": line("pots", text=CANARY),
    "a number as text": line(text=5, by=CANARY),
    "a text as readers": line(readers=CANARY),
    "a matter there is not": line(matter=CANARY),
    "an order there is not": line("order", id="o", by="c", order=CANARY, text=CANARY),
    "an unknown field": line(txt=CANARY),
    "words as a field": line("post", **{f"dear {CANARY}, you failed": ""}),
    "no time": line(at=None, text=CANARY),
    "a time of no kind": line(at=CANARY),
    "a time without an offset": line(at="2026-11-18T15:04:00", text=CANARY),
    "a day that never was": line(at="2026-02-30T15:04:00-05:00", text=CANARY),
    "no author": json.dumps({"type": "post", "at": AT, "id": "1", "place": "p", "text": CANARY}).encode(),
    "no UTF-8": line(text=CANARY).replace(b'"text": "', b'"text": "\xff'),
    "another encoding": line(text=CANARY).decode().encode("utf-16-le"),
    "a time too long to count": line("space", place=CANARY, connected_for=1e300),
    "brackets without end": b'{"' + CANARY.encode() + b'":' + b"[" * 100_000,
    "brackets in a field": line(text=CANARY)[:-1] + b',"readers":' + b"[" * 100_000,
    "a number without end": b'{"type":' + b"9" * 10_000 + b"}",
}


@pytest.mark.parametrize("bad", BAD.values(), ids=BAD.keys())
def test_a_line_that_cannot_be_read_is_told_of_and_the_rest_is_read(bad: bytes, tmp_path: Path) -> None:
    """With its file and number, and with none of its words."""
    path = history(tmp_path, line(text="before"), bad, line(id="m2", text="after"))
    lines = open_history(path)

    heard = posts(list(lines.hear()))

    assert [each.words[0].text for each in heard] == ["before", "after"]
    assert lines.skipped == 1
    assert len(lines.notes) == 1
    assert "day.jsonl, line 2 " in lines.notes[0]
    assert CANARY not in lines.notes[0]
    assert lines.notes[0].isprintable()
    assert len(lines.notes[0]) < 300


@pytest.mark.parametrize(
    ("bad", "why"),
    [
        (line("posts"), "its 'type' is none of: post, edit, delete, "),
        (line(matter=CANARY), "its 'matter' is none of: medical, academic."),
        (line("answer", id="a", by="b", post="c", choice=CANARY), "its 'choice' is none of: team, captain, private, "),
    ],
)
def test_a_word_that_a_line_may_not_hold_is_told_with_those_that_it_may(bad: bytes, why: str, tmp_path: Path) -> None:
    """Whoever writes histories by a script mends it without looking the words up."""
    lines = open_history(history(tmp_path, bad))

    assert list(lines.hear()) == []
    assert lines.notes[0].startswith(f"day.jsonl, line 1 is skipped: {why}")
    assert CANARY not in lines.notes[0]


def test_a_line_far_too_long_is_one_line(tmp_path: Path) -> None:
    """It is passed over without being held in memory, and the lines after it keep their numbers."""
    path = history(tmp_path, line(text="before"), line(text="x" * 9_000_000), b"bad", line(id="m2", text="after"))
    lines = open_history(path)

    assert [each.words[0].text for each in posts(list(lines.hear()))] == ["before", "after"]
    assert lines.skipped == 2
    assert [note.split(" is skipped")[0] for note in lines.notes] == ["day.jsonl, line 2", "day.jsonl, line 3"]


def test_what_stands_behind_a_line_far_too_long_is_not_a_line(tmp_path: Path) -> None:
    """Or whoever writes long enough could put words into another mouth."""
    forged = line(text="x" * 4 * 1024 * 1024)[: 4 * 1024 * 1024] + line(by="principal", text="forged")

    assert texts(history(tmp_path, forged, line(id="m2", text="after"))) == ["after"]


def test_many_lines_that_cannot_be_read_are_counted(tmp_path: Path) -> None:
    """A wrong file is wrong in every line; ten are enough to see why."""
    lines = open_history(history(tmp_path, *[b"bad"] * 1000, line(id="m2", text="after")))

    assert len(list(lines.hear())) == 1
    assert lines.skipped == 1000
    assert len(lines.notes) == 11


@pytest.mark.parametrize(
    ("before", "end"),
    [(b"", b"\n"), (b"", b"\r\n"), (b"\xef\xbb\xbf", b"\r\n"), (b"\n\n", b"\n\n \t\n"), (b"", b"  \n")],
    ids=["plain", "Windows", "byte order mark", "blank lines", "blanks"],
)
def test_what_an_editor_does_to_a_file_says_nothing(before: bytes, end: bytes, tmp_path: Path) -> None:
    """The first line is most often the one that says who reads the place: to lose it would lose the day."""
    path = history(tmp_path, line(text="one"), line(id="m2", text="two"), end=end)
    path.write_bytes(before + path.read_bytes())
    lines = open_history(path)

    assert [each.words[0].text for each in posts(list(lines.hear()))] == ["one", "two"]
    assert lines.notes == []


def test_an_empty_file_is_an_empty_history(tmp_path: Path) -> None:
    """A day without a word is no fault."""
    path = history(tmp_path)

    assert list(open_history(path).hear()) == []


@pytest.mark.parametrize("blank", [b"", b"\n\n \t\n", b"\xef\xbb\xbf"], ids=["nothing", "blank lines", "a mark"])
def test_that_a_file_is_empty_is_told(blank: bytes, tmp_path: Path) -> None:
    """An export that failed leaves such a file, too."""
    path = tmp_path / "day.jsonl"
    path.write_bytes(blank)
    opened = open_history(path)

    assert list(opened.hear()) == []
    assert opened.notes == ["day.jsonl is empty."]
    assert opened.skipped == 0


@pytest.mark.parametrize(
    "text", ["at,by,text\n2026-11-18,coach,hi\n", "<html>\n<p>hi</p>\n", "Stay after class.", "7\nnull\n[]\n"]
)
def test_a_text_without_a_line_of_ours_is_refused(text: str, tmp_path: Path) -> None:
    """CSV, HTML, plain text: nothing in it could be judged, so nothing is made for it."""
    path = tmp_path / "day.jsonl"
    path.write_text(text, "utf-8")

    with pytest.raises(ConfigurationError, match=r"day\.jsonl holds no line that is a JSON object\. What is read:"):
        open_history(path)


@pytest.mark.parametrize("bad", [line(txt=CANARY), line(text="a").replace(b'"a"', b'"\xe4"'), b"{}"])
def test_one_object_is_enough_to_be_told_what_is_wrong_with_it(bad: bytes, tmp_path: Path) -> None:
    """Somebody means it to be ours, and a line with its number says more than a refusal."""
    opened = open_history(history(tmp_path, b"bad", bad))

    assert list(opened.hear()) == []
    assert opened.skipped == 2


def test_the_last_line_needs_no_end(tmp_path: Path) -> None:
    """Not every program writes one."""
    assert texts(history(tmp_path, line(text="one"), line(id="m2", text="two"), end=b"\n")) == ["one", "two"]
    path = tmp_path / "cut.jsonl"
    path.write_bytes(line(text="one") + b"\n" + line(id="m2", text="two"))

    assert texts(path) == ["one", "two"]


@pytest.mark.parametrize("text", ["a\0b", "x" * 100_000, "\x1b[31m", HOMOGLYPH, "\U0001f9d1\u200d\U0001f680", ""])
def test_any_text_is_read_as_it_was_written(text: str, tmp_path: Path) -> None:
    """A rule may find something in it; the reader does not."""
    assert texts(history(tmp_path, line(text=text))) == ([text] if text else [])


def test_a_file_that_is_not_there_is_refused(tmp_path: Path) -> None:
    """Before anything is made."""
    with pytest.raises(ConfigurationError, match=r"none\.jsonl"):
        open_history(tmp_path / "none.jsonl")


@pytest.mark.parametrize("name", ["export", "export.zip.1", "export.jsonl"])
def test_a_zip_is_one_whatever_it_is_called(name: str, tmp_path: Path) -> None:
    """A browser or a mail program may have taken its ending."""
    on_slack = team([said(0, "Bus at 4.")]).zip(tmp_path / name)
    on_discord = packed(tmp_path / f"discord-{name}", {"a.json": channel(posted(0, "Bus at 5."))})

    assert [texts(each) for each in (on_slack, on_discord)] == [["Bus at 4."], ["Bus at 5."]]


FOREIGN = {
    "a mailbox": (b"From coach@school.example Mon Nov 16\nDelivered-To: x@y\n", "mailbox"),
    "gzip": (gzip.compress(line(text=CANARY)), r"\.gz file: unpack it first"),
    "bzip2": (bz2.compress(line(text=CANARY)), r"\.bz2 file: unpack it first"),
    "xz": (lzma.compress(line(text=CANARY)), r"\.xz file: unpack it first"),
    "zstd": (b"\x28\xb5\x2f\xfd\x24", r"\.zst file: unpack it first"),
    "a database": (b"SQLite format 3\0", "a database"),
    "plain text of Discord": (b"Guild: rosebud\nChannel: track\n", "Discord export of a kind"),
    "Teams": (b'{"userId": "8:x", "conversations": []}', "Microsoft Teams"),
    "UTF-16": (line(text=CANARY).decode().encode("utf-16"), "UTF-16.*save it as UTF-8 first"),
    "UTF-16 without a mark": (line(text=CANARY).decode().encode("utf-16-le"), "UTF-16.*save it as UTF-8 first"),
    "UTF-16 the other way round": (line(text=CANARY).decode().encode("utf-16-be"), "UTF-16.*save it as UTF-8 first"),
}


@pytest.mark.parametrize(("data", "told"), FOREIGN.values(), ids=FOREIGN.keys())
async def test_what_is_of_another_kind_is_refused_by_its_name(data: bytes, told: str, tmp_path: Path) -> None:
    """Read as lines of ours it would pass for a history of which nothing could be read, and leave an audit of that."""
    path = tmp_path / "day.jsonl"
    path.write_bytes(data)

    with pytest.raises(ConfigurationError, match=rf"day\.jsonl looks like .*{told}.*What is read") as refused:
        await replayed(place_in(tmp_path / "new", AUDIT), [path], None)

    assert CANARY not in str(refused.value)
    assert not (tmp_path / "new").exists()


@pytest.mark.parametrize("text", ["see cdn.discordapp.com", '"guild"', "Delivered-To: you", '"conversations"'])
def test_words_of_another_kind_make_no_line_anything_else(text: str, tmp_path: Path) -> None:
    """People write about other programs, and copy from them."""
    assert texts(history(tmp_path, b"bad " + text.encode(), line(text=text))) == [text]


async def hear(*paths: Path, board: Path) -> tuple[list[Heard], Replay, list[int]]:
    """Hear several histories as one."""
    progress: list[int] = []
    platform = Replay([open_history(each) for each in paths], Board(board), progress.append)
    return [each async for each in platform.hear()], platform, progress


async def test_histories_are_merged_by_time(tmp_path: Path) -> None:
    """Two halves of a day, or two platforms; what is of one moment comes in the order of the files."""
    moments = [(MOMENT + timedelta(minutes=each)).isoformat() for each in range(4)]
    odd = history(tmp_path, line(id="0", at=moments[0]), line(id="2", at=moments[2]), name="odd.jsonl")
    even = history(tmp_path, *(line(id=f"{each}b", at=moments[each]) for each in (1, 2, 3)), name="even.jsonl")

    heard, platform, progress = await hear(odd, even, board=tmp_path / "board")

    assert [each.id for each in posts(heard)] == ["gym/0", "gym/1b", "gym/2", "gym/2b", "gym/3b"]
    assert platform.heard == 5
    assert platform.now() == datetime.fromisoformat(moments[3])
    assert progress[-1] == odd.stat().st_size + even.stat().st_size


async def test_lines_that_are_not_in_order_of_time_are_told(tmp_path: Path) -> None:
    """They are heard as they stand: who could read a place may then be who could at another time."""
    moments = [(MOMENT + timedelta(minutes=each)).isoformat() for each in (3, 2, 1, 1, 4)]
    turned = open_history(history(tmp_path, *(line(id=f"{n}", at=at) for n, at in enumerate(moments))))

    assert len(list(turned.hear())) == 5
    assert turned.skipped == 2
    (note,) = turned.notes
    assert note.startswith("day.jsonl, line 2 is earlier than the line before it: the file is heard as it stands")
    assert note.endswith(". Sort its lines by 'at'.")


async def test_what_stands_in_order_in_each_file_is_in_order(tmp_path: Path) -> None:
    """Whichever of two files is named first; and one moment in two time zones is one moment."""
    later = (MOMENT + timedelta(minutes=1)).isoformat()
    paths = [history(tmp_path, line(id=at, at=at), name=f"{n}.jsonl") for n, at in enumerate((later, AT))]
    zones = history(tmp_path, line(at=MOMENT_IN_UTC), line(id="m2"), line(id="m3", at=MOMENT_IN_UTC), name="2.jsonl")
    files = [open_history(each) for each in (*paths, zones)]

    assert len(list(as_one(files))) == 5
    assert [(each.skipped, list(each.notes)) for each in files] == [(0, [])] * 3


async def test_a_history_split_by_day_is_heard_as_one_file_is(tmp_path: Path) -> None:
    """What is said of a place on one day holds on the next, and in a file that is heard beside it."""
    monday, tuesday, wednesday = ((MOMENT + timedelta(days=each)).isoformat() for each in range(3))
    days = [
        [line("space", place="gym", team="soccer", readers=["coach", "s1", "s2"], at=monday)],
        [
            line(id="1", at=tuesday),
            line("report", id="r1", by="s1", place="gym", post="1", at=tuesday),
            line("order", id="o1", by="coach", order="team", to="gym", text="x", at=tuesday),
            line("space", place="gym", readers=["coach", "s1"], at=tuesday),
        ],
        [line(id="2", at=wednesday)],
    ]
    whole = history(tmp_path, *(each for told in days for each in told), name="whole.jsonl")
    split = [history(tmp_path, *told, name=f"{number}.jsonl") for number, told in enumerate(days)]

    heard, _, _ = await hear(*reversed(split), board=tmp_path / "board")

    assert heard == list(open_history(whole).hear())
    assert [each.readers for each in posts(heard)] == [readers("coach", "s1", "s2"), readers("coach", "s1")]


@pytest.mark.parametrize("turned", [False, True], ids=["the place first", "the post first"])
async def test_of_one_moment_who_can_read_is_heard_first(tmp_path: Path, *, turned: bool) -> None:
    """The order in which files are named says nothing of who could read."""
    paths = [history(tmp_path, GYM, name="places.jsonl"), history(tmp_path, line(), name="posts.jsonl")]

    heard, _, _ = await hear(*(paths[::-1] if turned else paths), board=tmp_path / "board")

    assert [each.readers for each in posts(heard)] == [GYM_READERS]


def test_who_is_named_in_another_order_is_nothing_else(tmp_path: Path) -> None:
    """A tool that lists a set writes it in any order."""
    orders = (["s1", "coach"], ["coach", "s1"])
    written = [line(readers=each, members=each) for each in orders]
    looks = [line("space", place="v", readers=each, members=each, connected=each) for each in orders]
    opened = open_history(history(tmp_path, *written, *looks))

    heard = list(opened.hear())

    assert (len(posts(heard)), opened.skipped) == (1, 0)
    assert len({each.change for each in heard if isinstance(each, SpaceSeen)}) == 1


async def test_what_is_wrong_with_a_line_beside_others_is_told_with_its_own_file(tmp_path: Path) -> None:
    """Also where that shows only once the line is understood."""
    good = history(tmp_path, line(), line(id="m2"), name="good.jsonl")
    bad = history(tmp_path, line(id="m3"), line(id="m4", members=["s1"]), name="bad.jsonl")
    files = [open_history(each) for each in (good, bad)]

    assert len(list(as_one(files))) == 3
    assert [each.skipped for each in files] == [0, 1]
    assert "bad.jsonl, line 2 is skipped: 'members'" in files[1].notes[0]


async def test_our_own_lines_and_a_slack_export_are_one_story(tmp_path: Path) -> None:
    """A district may have both; whose account is whose is said by platform."""
    export = team([said(0), said(20)]).folder(tmp_path / "export")
    own = history(tmp_path, line(at=datetime.fromtimestamp(1_700_000_010, UTC).isoformat()))

    heard, _, _ = await hear(own, export, board=tmp_path / "board")

    assert [each.platform for each in posts(heard)] == ["slack", "replay", "slack"]


@pytest.mark.parametrize("turned", [False, True])
@pytest.mark.parametrize(
    ("older", "newer", "surely", "perhaps"),
    [
        ([COACH, STUDENT, GRADUATE], [COACH, STUDENT, GRADUATE], {COACH, STUDENT, GRADUATE}, set()),
        ([COACH, STUDENT, NEWCOMER], [COACH, STUDENT], {COACH, STUDENT}, {NEWCOMER}),
        ([COACH, STUDENT], None, {COACH, STUDENT}, set()),
    ],
)
def test_two_exports_of_one_post_say_together_who_could_read_it(
    older: list[str], newer: list[str] | None, surely: set[str], perhaps: set[str], turned: bool, tmp_path: Path
) -> None:
    """Somebody went without a record in between; which is named first must not decide.

    And who has been deactivated since was there for certain while the older one was made.
    """
    exports = [team([said(0)], members=older), team([said(0)], [said(90_000)], members=newer)]
    exports[0].users = [{**each, "deleted": False} for each in exports[0].users]
    opened = [open_history(each.folder(tmp_path / str(number))) for number, each in enumerate(exports)]

    first, second, _ = posts(list(as_one(opened[::-1] if turned else opened)))

    assert first.readers == second.readers
    assert set(first.readers.accounts) == surely
    assert set(first.readers.perhaps) == perhaps


@pytest.mark.parametrize("turned", [False, True])
def test_an_export_of_a_later_time_says_who_was_not_there_before(turned: bool, tmp_path: Path) -> None:
    """Slack exports a period with the lists of today: who joined since did not read what went to one student then.

    Nor is a coach told of one student where another has left since.
    """
    moves = [noted(60, "channel_join", NEWCOMER), noted(70, "channel_leave", CAPTAIN)]
    periods = [team([said(0)], members=[COACH, STUDENT, NEWCOMER]), team(moves, members=[COACH, STUDENT, NEWCOMER])]
    opened = [open_history(each.folder(tmp_path / str(number))) for number, each in enumerate(periods)]
    (post,) = posts(list(as_one(opened[::-1] if turned else opened)))

    assert set(post.readers.accounts) == {COACH, STUDENT}
    assert set(post.readers.perhaps) == {NEWCOMER, CAPTAIN}


@pytest.mark.parametrize("turned", [False, True])
def test_what_an_older_export_shows_comes_before_what_a_newer_one_does(turned: bool, tmp_path: Path) -> None:
    """Neither the words before an edit, nor a message before it was deleted, nor another topic is passed over."""
    older = team([said(0, "one"), said(5, "gone")])
    newer = team([said(0, "two", edited={"ts": ts(9)}), noted(5, "tombstone", "USLACKBOT")])
    for export, topic in ((older, "practice"), (newer, "regatta")):
        export.channels[0] = {**export.channels[0], "topic": {"value": topic}}
    exports = [each.folder(tmp_path / name) for name, each in (("older", older), ("newer", newer))]
    heard = list(as_one([open_history(each) for each in (exports[::-1] if turned else exports)]))

    looks = {(each.change, each.words) for each in heard if isinstance(each, SpaceSeen)}
    assert [words.text for each in posts(heard) for words in each.words] == ["one", "two", "gone"]
    assert isinstance(heard[-1], Deletion)
    assert len({change for change, _ in looks}) == 2


async def test_what_was_performed_is_found_on_the_board(tmp_path: Path) -> None:
    """After a crash the board answers as a platform would, from the file alone."""
    deeds = [Deed(DeedId(each), "replay", Remove("c", PlaceId("p"), PostId("1"))) for each in ("aa", "aaa", "b")]
    _, platform, _ = await hear(board=tmp_path / "board")

    assert (await platform.find(deeds[0])).outcome is Outcome.NOT_DONE
    assert (await platform.perform(deeds[1])).outcome is Outcome.DONE
    _, again, _ = await hear(board=tmp_path / "board")
    assert [(await again.find(each)).outcome for each in deeds] == [Outcome.NOT_DONE, Outcome.DONE, Outcome.NOT_DONE]


async def test_bad_lines_are_counted_and_the_others_judged(tmp_path: Path) -> None:
    """An audit tells how much of the history it could not see."""
    path = history(tmp_path, line(text="one"), b"bad", line(id="m2", text="two"), line(at="2026-11-18"))

    outcome = await replayed(place_in(tmp_path, AUDIT), [path], None)

    assert (outcome.summary.messages, outcome.skipped) == (2, 2)
    assert sum("day.jsonl, line" in note for note in outcome.notes) == 2
    assert outcome.audit.faults == []


@pytest.mark.parametrize("at", ["0001-01-01T00:00:00+05:00", "9999-12-31T23:59:59-05:00", "9999-12-31T23:59:59+00:00"])
@pytest.mark.parametrize("kind", ["post", "delete", "report", "space", "profile"])
async def test_no_time_stops_the_others(kind: str, at: str, tmp_path: Path) -> None:
    """The first and the last day there is are read by people's mistakes, and have no neighbour in some time zones."""
    fields = {"id": "o", "place": "gym", "post": "m9", "by": "s1", "account": "s1", "name": "Sam"}
    needed = {"post": "id place by", "delete": "place post", "report": "id by place post", "space": "place"}
    chosen = {each: fields[each] for each in needed.get(kind, "account name").split()}
    odd = history(tmp_path, line(kind, **{**chosen, "at": at}), name="odd.jsonl")
    path = history(tmp_path, GYM, line(text="one"), line(id="m2", text="two"))

    outcome = await replayed(place_in(tmp_path, AUDIT), [odd, path], None)

    assert outcome.summary.messages + (kind == "post") >= 2
    assert outcome.audit.faults == []


def to_one_student(tmp_path: Path) -> Path:
    """Write a roster in which what a coach writes to one student is taken away."""
    accounts = "platform,account,person,age_band\nreplay,coach,c1,adult\nreplay,s1,k1,\nreplay,s2,k2,\n"
    return folder(tmp_path, changed(V1_1, accounts=accounts))


@pytest.mark.parametrize("minutes", [0, 60], ids=["in the same second", "an hour later"])
async def test_one_id_in_two_places_hides_no_message(minutes: int, tmp_path: Path) -> None:
    """Two tools may both count from one. What reached one student is taken away in either place."""
    moments = [(MOMENT + timedelta(minutes=each)).isoformat() for each in (0, minutes)]
    told = zip(("dm-1", "dm-2"), moments, ("s1", "s2"), strict=True)
    files = [
        history(tmp_path, line(id="1", place=place, at=at, text="Stay.", readers=[student]), name=f"{place}.jsonl")
        for place, at, student in told
    ]

    outcome = await replayed(place_in(tmp_path, AUDIT), files, to_one_student(tmp_path))

    assert (outcome.summary.messages, outcome.summary.done["remove"], outcome.skipped) == (2, 2, 0)


REPORT = {"id": "r1", "by": "s1", "place": "gym", "post": "m1"}


@pytest.mark.parametrize(
    ("one", "other", "mend"),
    [
        (line(text="a"), line(text="b"), "give this one an id of its own, or make it an `edit`"),
        (line(text="a"), line(text="a", readers=["s1"]), "give this one an id of its own, or make it an `edit`"),
        (edit("a", revision="2"), edit("b", revision="2"), "give this one a revision of its own"),
        (line("report", **REPORT), line("report", **REPORT, reason="b"), "give this `report` an id of its own"),
    ],
    ids=["a post", "its readers", "a revision", "a report"],
)
async def test_what_says_something_else_under_one_name_is_told_as_skipped(
    one: bytes, other: bytes, mend: str, tmp_path: Path
) -> None:
    """Or it would be lost, and nobody would know. The file, the line and how to mend it are named, and no word."""
    first = history(tmp_path, one, one, name="first.jsonl")
    second = history(tmp_path, line(id="m0"), other, name="second.jsonl")

    heard, platform, _ = await hear(first, second, board=tmp_path / "board")

    skipped = [open_history(each) for each in (first, second)]
    assert len(heard) == platform.heard == 2
    assert list(as_one(skipped)) == heard
    assert [each.skipped for each in skipped] == [0, 1]
    assert skipped[1].notes[0].startswith("second.jsonl, line 2 is skipped: ")
    assert mend in skipped[1].notes[0]


@pytest.mark.parametrize("type_", ["report", *SPOKEN])
async def test_what_is_said_of_two_posts_may_both_count_from_one(type_: str, tmp_path: Path) -> None:
    """Two tools write the files. What is said twice of one post is passed over, also where one says the place."""
    fields = SPOKEN.get(type_, {"by": "s1"})
    told = [line(type_, id="1", post="m1", place=each, **fields) for each in ("gym", "dm")]
    last = told[0] if type_ == "report" else line(type_, id="1", post="m2", **fields)
    first = history(tmp_path, line(id="m2"), line(place="dm"), line(), told[0], name="first.jsonl")
    second = history(
        tmp_path, told[1], line(type_, id="1", post="m2", place="gym", **fields), last, name="second.jsonl"
    )
    opened = [open_history(each) for each in (first, second)]

    heard = list(as_one(opened))

    assert [each.notes for each in opened] == [[], []]
    assert len(heard) == 6


async def test_two_children_whose_reports_and_answers_are_called_the_same_are_heard(tmp_path: Path) -> None:
    """Two tools may both count from one; the ledger tells apart what they told."""
    told = [line(place=each, id="1", text="Stay.", readers=[who]) for each, who in (("dm-1", "s1"), ("dm-2", "s2"))]
    told += [line("report", id="1", by=who, place=each, post="1") for each, who in (("dm-1", "s1"), ("dm-2", "s2"))]
    told += [line("answer", id="1", by="coach", place=each, post="1", choice="seen") for each in ("dm-1", "dm-2")]
    path = history(tmp_path, *told)

    outcome = await replayed(place_in(tmp_path, AUDIT), [path], to_one_student(tmp_path))

    assert (outcome.skipped, outcome.summary.reports, outcome.summary.answers) == (0, 2, 2)


@pytest.mark.parametrize("told", [{}, {"type_": "edit", "post": "m1", "revision": "2"}], ids=["a post", "an edit"])
async def test_one_version_told_at_two_times_is_one(told: dict[str, Any], tmp_path: Path) -> None:
    """Two exports may not agree on the minute. It is judged at the time that is heard first."""
    fields = {"place": "gym", "by": "coach", "text": "see https://bit.ly/abc", **told}
    path = history(tmp_path, *(line(**fields, at=each) for each in (AT, "2026-11-18T15:05:00-05:00")))

    outcome = await replayed(place_in(tmp_path, AUDIT), [path], None)

    assert (outcome.summary.messages, outcome.skipped) == (1, 0)
    assert outcome.summary.flagged == {"General Guidelines 9": 1}


async def test_a_line_that_says_something_else_is_counted_and_the_others_judged(tmp_path: Path) -> None:
    """The exit code is that of any line that could not be read."""
    path = history(tmp_path, line(text="one"), line(text="two"), line(id="m2", text="three"))

    outcome = await replayed(place_in(tmp_path, AUDIT), [path], None)

    assert (outcome.summary.messages, outcome.skipped) == (2, 1)


async def test_of_two_edits_in_one_second_both_are_judged(tmp_path: Path) -> None:
    """The second may be the one with the link."""
    told = [GYM, line(text="hi"), edit("hi all"), edit("hi all https://bit.ly/abc"), edit("hi all", at=MOMENT_IN_UTC)]

    outcome = await replayed(place_in(tmp_path, AUDIT), [history(tmp_path, *told)], None)

    assert outcome.summary.messages == 3
    assert outcome.summary.flagged == {"General Guidelines 9": 1}


async def test_a_slack_export_is_audited_from_end_to_end(tmp_path: Path) -> None:
    """Without a roster nobody is known; the report has to say so rather than that all was well."""
    known = {"id": "C0TRACK", "name": "track", "members": [COACH, STUDENT]}
    export = Export(
        channels=[known, {"id": "C0OLD", "name": "old"}],
        days={"track": [[said(0, "see https://bit.ly/abc"), said(1)]], "old": [[said(2)]]},
    )

    outcome = await replayed(place_in(tmp_path, AUDIT), [export.zip(tmp_path / "export.zip")], None)

    summary = outcome.summary
    assert (summary.messages, summary.strangers, summary.audience_unknown) == (3, 3, 1)
    assert summary.flagged == {"General Guidelines 9": 1}
    assert outcome.notes[0] == "No roster was named, so every author is a stranger."
    assert outcome.audit.faults == []


TO_ONE_STUDENT = {
    "You have a concussion. No practice until you are cleared.": ["copy:principal", "tell"],
    "Stay after class.": ["remove", "tell", "waiting:alert:principal"],
}
"""What a coach may have written to one student, and what came of it."""


async def test_what_is_plainly_medical_in_an_export_is_copied_though_nobody_declared_it(tmp_path: Path) -> None:
    """An export knows no private messages of ours; the words still say what was owed."""
    accounts = f"platform,account,person,age_band\nslack,{COACH},c1,adult\nslack,{STUDENT},k1,\n"
    offices = "school,office,person,deputy,from,until\ns1,principal,p1,,,\n"
    roster = folder(tmp_path, changed(V1_1, accounts=accounts, offices=offices))
    written = [said(number, text) for number, text in enumerate(TO_ONE_STUDENT)]
    export = Export(dms=[{"id": "D1", "members": [COACH, STUDENT]}], days={"D1": [written]}).folder(tmp_path / "export")
    place = place_in(tmp_path, AUDIT)

    await replayed(place, [export], roster)

    told = Told(place)
    assert [told.outcome(each) for each in posts(list(open_history(export).hear()))] == [*TO_ONE_STUDENT.values()]


async def test_nothing_is_held_against_a_coach_whose_second_student_may_have_read(tmp_path: Path) -> None:
    """One was deactivated since, the other went without a record; three others can still read, and one is a student."""
    accounts = f"platform,account,person,age_band\nslack,{COACH},c1,adult\nslack,{STUDENT},k1,\nslack,{GRADUATE},k2,\n"
    roster = folder(tmp_path, changed(V1_1, accounts=accounts))
    others, joined = [COACH, STUDENT, "U0TEACHER", "U0OFFICE"], noted(0, "group_join", NEWCOMER)
    export = Export(
        groups=[{"id": "G1", "members": [*others, GRADUATE]}, {"id": "G2", "members": others}],
        days={"G1": [[said(0)]], "G2": [[joined, said(1)]]},
    )
    place = place_in(tmp_path, AUDIT)

    outcome = await replayed(place, [export.folder(tmp_path / "export")], roster)

    told = Told(place)
    assert outcome.summary.audience_unknown == 2
    assert [told.outcome(each) for each in posts(list(open_history(tmp_path / "export").hear()))] == [["review"]] * 2


DAY_ONE = line(id="1", place="dm-1", text="Stay.", readers=["s1"])
ANSWERED = line(
    "answer", id="a1", by="coach", post="1", choice="private", matter="medical", at="2026-11-18T15:10:00-05:00"
)


@pytest.mark.parametrize("between", [(), (line(id="1", place="dm-2", text="Stay.", readers=["s2"]),)])
async def test_what_is_said_on_a_later_day_goes_to_no_other_post(between: tuple[bytes, ...], tmp_path: Path) -> None:
    """A history is gone on with in a database: the post of the day before is found, or the line is named."""
    place, roster = place_in(tmp_path, AUDIT), to_one_student(tmp_path)
    await replayed(place, [history(tmp_path, DAY_ONE)], roster)

    outcome = await replayed(place, [history(tmp_path, *between, ANSWERED, name="day2.jsonl")], roster)

    told = Told(place)
    (about,) = [each["about"] for each in told.entries if each["kind"] == "judged"][:1]
    answered = [each["about"] for each in told.entries if each["kind"] == "answered"]
    assert (answered, outcome.skipped) == (([], 1) if between else ([about], 0))


async def test_a_second_replay_writes_no_entry_and_tells_the_same(tmp_path: Path) -> None:
    """Whoever is unsure runs it again."""
    place = place_in(tmp_path)
    first = await replayed(place, [DISTRICT / "day.jsonl"], DISTRICT / "roster", example_configuration())
    written, performed = entries(place.database), place.board.read_bytes()

    second = await replayed(place, [DISTRICT / "day.jsonl"], DISTRICT / "roster", example_configuration())

    assert entries(place.database) == written
    assert place.board.read_bytes() == performed
    assert second.summary == first.summary


@pytest.fixture
def clock_of_another_place(monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest) -> Iterator[None]:
    """Set the machine's own clock to another part of the world."""
    monkeypatch.setenv("TZ", request.param)
    time.tzset()
    yield
    monkeypatch.undo()
    time.tzset()


@pytest.mark.parametrize("clock_of_another_place", ["Asia/Tokyo"], indirect=True)
@pytest.mark.usefixtures("clock_of_another_place")
async def test_a_day_has_one_outcome_wherever_and_whenever_it_is_replayed(tmp_path: Path) -> None:
    """The district's clock and the history's own time decide, never the machine's."""
    outcomes = []
    for name, now in (("a", datetime(2026, 11, 19, 12, tzinfo=UTC)), ("b", datetime(2041, 3, 2, 3, tzinfo=UTC))):
        (tmp_path / name).mkdir()
        place = place_in(tmp_path / name)
        plan = ReplayPlan(
            place, [DISTRICT / "day.jsonl"], DISTRICT / "roster", example_configuration(), now, lambda read, total: None
        )
        outcomes.append(await replay(plan))
    here = await replayed(place_in(tmp_path), [DISTRICT / "day.jsonl"], DISTRICT / "roster", example_configuration())

    assert outcomes[0].summary == outcomes[1].summary == here.summary
    assert here.summary.messages > 90
    assert here.summary.excused == 0


@pytest.mark.parametrize(("first", "second", "told"), [(LIVE, AUDIT, "live record"), (AUDIT, LIVE, "audit")])
async def test_the_live_record_and_an_audit_never_share_a_database(
    first: str, second: str, told: str, tmp_path: Path
) -> None:
    """An old history mixed into the district's record could not be taken out again."""
    path = history(tmp_path, line(text="one"))
    await replayed(place_in(tmp_path, first), [path], None)
    before = entries(place_in(tmp_path).database)

    with pytest.raises(ConfigurationError, match=told):
        await replayed(place_in(tmp_path, second), [path], None)

    assert entries(place_in(tmp_path).database) == before


async def test_what_cannot_be_opened_leaves_nothing_behind(tmp_path: Path) -> None:
    """A mistyped name must not make a database."""
    folder = tmp_path / "new"

    with pytest.raises(ConfigurationError):
        await replayed(place_in(folder, AUDIT), [tmp_path / "none.jsonl"], None)

    assert not folder.exists()
