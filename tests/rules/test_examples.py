from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import msgspec
import pytest
from pydantic import TypeAdapter

import rules
from bot.judge import judge
from bot.message import Message, PlaceId, PostId, Told, Where, Words
from bot.people import AccountId, TeamId
from bot.platform import UNKNOWN_READERS, Post, Readers
from bot.readings.labels import Label
from bot.readings.signs import Sign
from bot.rule import Rule, Subject
from tests import district
from tests.rules.tables import Row, label, tables

FOLDER = Path(__file__).parent
TEAM = "s1, s2, s3, coach"


def examples() -> list[tuple[type[Rule], Row]]:
    """Find every row of a page whose rows are a text and where it stands."""
    pages = {rule: FOLDER / f"{rule.__module__.removeprefix('rules.')}.md" for rule in rules.every()}
    return [(rule, row) for rule, page in pages.items() for row in tables(page)[0] if {"where", "text"} <= row.keys()]


def settings(cell: str) -> dict[str, list[str] | str]:
    """Read a cell like `also=a.example` or `days=7`."""
    name, _, value = cell.partition("=")
    return {name: value if value.isdecimal() else [value]} if name else {}


def readers(cell: str) -> Readers:
    """Read a cell of accounts. Left empty it is the team; `?` is somebody nobody knows, `(server)` no member."""
    if cell == "unknown":
        return UNKNOWN_READERS
    names = [each.strip() for each in (cell or TEAM).split(",")]
    everybody = frozenset(AccountId(each.removesuffix(" (server)")) for each in names)
    return Readers(everybody, everybody & frozenset(map(AccountId, names)))


def signs(cell: str) -> Iterator[Sign]:
    """Read a cell like `medical, boundary?`: what the words are about; with a question mark, what they may be about."""
    for name in filter(None, (each.strip() for each in cell.split(","))):
        if name != "leak" and not name.startswith("pair"):
            yield Sign(Label(name.removesuffix("?")), 0.4 if name.endswith("?") else 0.9, not name.endswith("?"))


def read(message: Message, cell: str) -> Message:
    """Read a message as the reader does, and see in it what a row says that is there."""
    found = district.reader().read(message)
    told = [each.strip() for each in cell.split(",")]
    pair = next((int(each.removeprefix("pair ")) for each in told if each.startswith("pair ")), 0)
    readings = found.readings.seeing(tuple(signs(cell)), leak="leak" in told)._replace(pair=pair)
    return msgspec.structs.replace(found, readings=readings)


def recognised(row: Row, rule: type[Rule]) -> Subject:
    """Turn a row into the message a rule is handed, read and with what its author was told."""
    post = Post(
        "replay",
        PlaceId("p"),
        PostId("1"),
        AccountId(row.get("author") or "s4"),
        district.NOON,
        readers(row.get("readers", "")),
        (Words(Where(row["where"]), row["text"]),),
        team=TeamId(row["team"]) if row.get("team") else None,
        emergency=row.get("declared") == "emergency",
    )
    message = district.roster().recognise(post)
    if told := row.get("told"):
        before = message.sent_at - timedelta(days=int(told.removesuffix(" days ago")))
        message = msgspec.structs.replace(message, told=(Told(before, str(rule.clause), "replay", PostId("0")),))
    return read(message, row.get("read", ""))


@pytest.mark.parametrize(
    ("rule", "row"), examples(), ids=lambda each: label(each) if isinstance(each, dict) else each.name
)
def test_nothing_is_found_where_a_trace_is_missing(rule: type[Rule], row: Row) -> None:
    """Whether a rule is asked may only spare time: asked or not, the verdict is the same."""
    built = TypeAdapter(rule).validate_python(settings(row["settings"]))
    message = recognised(row, rule)
    assert isinstance(message, Message)
    asked = msgspec.structs.replace(message, readings=message.readings._replace(lacks=frozenset()))

    assert judge(message, [built]).standing == judge(asked, [built]).standing


@pytest.mark.parametrize(
    ("rule", "row"), examples(), ids=lambda each: label(each) if isinstance(each, dict) else each.name
)
def test_words_are_found_as_the_page_says(rule: type[Rule], row: Row) -> None:
    """The page is what a principal reads; it must be true."""
    built = TypeAdapter(rule).validate_python(settings(row["settings"]))

    verdict = judge(recognised(row, rule), [built])

    assert isinstance(verdict.subject, Message)
    assert ", ".join(sorted(verdict.measures)) == row["found"]
