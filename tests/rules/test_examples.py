from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, time, timedelta
from pathlib import Path

import msgspec
import pytest
from pydantic import TypeAdapter

import rules
from bot.judge import judge
from bot.links import find_links
from bot.message import MatterKind, Message, Pictured, PlaceId, PostId, Told, Where, Words
from bot.people import AccountId, PersonId, TeamId, stranger
from bot.platform import UNKNOWN_READERS, Post, ProfileSeen, Readers, SpaceSeen
from bot.readings.found import Landed, Readings
from bot.readings.hosts import known_shorteners
from bot.readings.labels import Clue, Label
from bot.readings.landing import Landing
from bot.readings.picture import Band, PictureSeen, PictureUnread, Unreadable
from bot.readings.signs import Sign
from bot.rounds import with_targets
from bot.rule import Rule, Subject
from tests import district
from tests.rules.tables import Row, label, tables

FOLDER = Path(__file__).parent
SHORTENERS = known_shorteners()
TEAM = "s1, s2, s3, coach"


def examples() -> list[tuple[type[Rule], Row]]:
    """Find every row of a page whose rows are a text and where it stands."""
    pages = {rule: FOLDER / f"{rule.__module__.removeprefix('rules.')}.md" for rule in rules.every()}
    return [(rule, row) for rule, page in pages.items() for row in tables(page)[0] if {"where", "text"} <= row.keys()]


def settings(cell: str) -> dict[str, list[str] | str]:
    """Read a cell like `also=a.example`, `days=7` or `unlinked=false`."""
    name, _, value = cell.partition("=")
    return {name: value if value.isdecimal() or value in {"true", "false"} else [value]} if name else {}


def readers(cell: str) -> Readers:
    """Read a cell of accounts. Left empty it is the team; `?` is somebody nobody knows, `(server)` no member."""
    if cell == "unknown":
        return UNKNOWN_READERS
    names = [each.strip() for each in (cell or TEAM).split(",")]
    everybody = frozenset(AccountId(each.removesuffix(" (server)")) for each in names)
    return Readers(everybody, everybody & frozenset(map(AccountId, names)))


def signs(cell: str, text: str) -> Iterator[Sign]:
    """Read a cell like `medical, boundary?`: what the words are about; with a question mark, what they may be about.

    `sexual (joke)` names the word that speaks for it; without one only a model does.
    """
    for told in filter(None, (each.strip() for each in cell.split(","))):
        if told != "leak" and not told.startswith("pair"):
            name, _, word = told.removesuffix(")").partition(" (")
            found, sure = Label(name.removesuffix("?")), not name.endswith("?")
            start = text.index(word)
            clues = (Clue(found, "any", start, start + len(word), word, 0.9),) if word else ()
            yield Sign(found, 0.9 if sure else 0.4, sure, clues)


def with_readings(subject: Subject, readings: Readings) -> Subject:
    """Give the same subject with other readings."""
    if isinstance(subject, Message):
        return msgspec.structs.replace(subject, readings=readings)
    return replace(subject, readings=readings)


def read(subject: Subject, cell: str) -> Subject:
    """Read a subject as the reader does, and see in it what a row says that is there."""
    found = district.reader().read(subject)
    told, text = [each.strip() for each in cell.split(",")], subject.words[0].text if subject.words else ""
    pair = next((int(each.removeprefix("pair ")) for each in told if each.startswith("pair ")), 0)
    readings = found.readings.seeing(tuple(signs(cell, text)), leak="leak" in told)._replace(pair=pair)
    return with_readings(found, readings)


def moment(cell: str) -> datetime:
    """Read a cell like `23:30`, by the district's clock; left empty it is noon."""
    return datetime.combine(district.DAY, time.fromisoformat(cell), district.ZONE) if cell else district.NOON


def said(row: Row) -> tuple[Words, ...]:
    """Read the words of a row, and the name of a file beside them."""
    text = row["text"].replace("(long)", "and so it goes on, and on, and on " * 20)
    words = (Words(Where(row["where"]), text),) if text else ()
    return (*words, Words(Where.FILE_NAME, row["file"])) if row.get("file") else words


def space(row: Row) -> Subject:
    """Turn a row into a place that was looked at."""
    team = TeamId(row["team"]) if row.get("team") else None
    seen = SpaceSeen("replay", PlaceId("p"), "1", district.NOON, readers(row.get("readers", "")), said(row), team)
    return district.roster().recognise_space(seen)


def profile(row: Row) -> Subject:
    """Turn a row into a profile that was looked at."""
    account, new_picture = AccountId(row.get("author") or "s4"), row.get("picture") == "new"
    seen = ProfileSeen("replay", account, "1", district.NOON, said(row), new_picture)
    return district.roster().recognise_profile(seen)


def pictured(cell: str) -> tuple[Pictured, ...] | None:
    """Read a cell like `s1 yes, coach-b no`, or `nobody`; left empty, nobody has said who is in a picture."""
    people, named = district.roster().on(district.DAY).people, [each.split() for each in cell.split(",") if each]
    if cell == "nobody":
        return ()
    known = ((people.get(PersonId(who)) or stranger("replay", AccountId(who)), said) for who, said in named)
    return tuple(Pictured(person, said == "yes") for person, said in known) or None


def message(row: Row, rule: type[Rule]) -> Subject:
    """Turn a row into a message, with what its author was told."""
    post = Post(
        "replay",
        PlaceId("p"),
        PostId("1"),
        AccountId(row.get("author") or "s4"),
        moment(row.get("at", "")),
        readers(row.get("readers", "")),
        said(row),
        team=TeamId(row["team"]) if row.get("team") else None,
        matter=MatterKind(row["matter"]) if row.get("matter") else None,
        emergency=row.get("declared") == "emergency",
    )
    found = msgspec.structs.replace(district.roster().recognise(post), pictured=pictured(row.get("pictured", "")))
    if told := row.get("told"):
        before = found.sent_at - timedelta(days=int(told.removesuffix(" days ago")))
        return msgspec.structs.replace(found, told=(Told(before, str(rule.clause), "replay", PostId("0")),))
    return found


def landed(subject: Subject, host: str) -> Subject:
    """Let every shortened link of a row lead to a host."""
    assert isinstance(subject, Message)
    landing = Landing(host, f"https://{host}/")
    links = (link for words in subject.words for link in find_links(words.text, SHORTENERS))
    found = tuple(Landed(link.target, landing) for link in links)
    seen = with_targets(msgspec.structs.replace(subject, readings=subject.readings.led(found)))
    return msgspec.structs.replace(seen, readings=district.reader().read(seen).readings.led(found))


SHOWN: dict[str, PictureSeen | PictureUnread] = {
    "silent": PictureSeen("0" * 64, Band.SILENT, 10, 10),
    "ask": PictureSeen("1" * 64, Band.ASK, 10, 10),
    "hide": PictureSeen("2" * 64, Band.HIDE, 10, 10),
    "unread": PictureUnread("3" * 64, Unreadable.OTHER_KIND),
}


def looked_at(subject: Subject, cell: str) -> Subject:
    """Let pictures show what a row says."""
    seen = tuple(SHOWN[each.strip()] for each in cell.split(","))
    return with_readings(subject, subject.readings.showing(seen))


def recognised(row: Row, rule: type[Rule]) -> Subject:
    """Turn a row into what a rule is handed, read: a message, or what its column `what` says."""
    match row.get("what"):
        case "space":
            subject = space(row)
        case "profile":
            subject = profile(row)
        case _:
            subject = message(row, rule)
    found = read(subject, row.get("read", ""))
    found = looked_at(found, row["shows"]) if row.get("shows") else found
    return landed(found, row["lands"]) if row.get("lands") else found


@pytest.mark.parametrize(
    ("rule", "row"), examples(), ids=lambda each: label(each) if isinstance(each, dict) else each.name
)
def test_nothing_is_found_where_a_trace_is_missing(rule: type[Rule], row: Row) -> None:
    """Whether a rule is asked may only spare time: asked or not, the verdict is the same."""
    built = TypeAdapter(rule).validate_python(settings(row["settings"]))
    subject = recognised(row, rule)
    asked = with_readings(subject, subject.readings._replace(lacks=frozenset()))

    assert judge(subject, [built]).standing == judge(asked, [built]).standing


@pytest.mark.parametrize(
    ("rule", "row"), examples(), ids=lambda each: label(each) if isinstance(each, dict) else each.name
)
def test_words_are_found_as_the_page_says(rule: type[Rule], row: Row) -> None:
    """The page is what a principal reads; it must be true."""
    built = TypeAdapter(rule).validate_python(settings(row["settings"]))

    verdict = judge(recognised(row, rule), [built])

    assert ", ".join(sorted(verdict.measures)) == row["found"]
