from pathlib import Path

import pytest
from pydantic import TypeAdapter

import rules
from bot.judge import judge
from bot.message import PlaceId, PostId, Where, Words
from bot.people import AccountId
from bot.platform import Post, Readers
from bot.rule import Rule
from tests import district
from tests.rules.tables import Row, label, tables

FOLDER = Path(__file__).parent
TEAM = Readers(frozenset(map(AccountId, ("s1", "s2", "s3", "coach"))))


def examples() -> list[tuple[type[Rule], Row]]:
    """Find every row of a page whose rows are a text and where it stands."""
    pages = {rule: FOLDER / f"{rule.__module__.removeprefix('rules.')}.md" for rule in rules.every()}
    return [(rule, row) for rule, page in pages.items() for row in tables(page)[0] if {"where", "text"} <= row.keys()]


def settings(cell: str) -> dict[str, list[str]]:
    """Read a cell like `also=a.example`."""
    name, _, value = cell.partition("=")
    return {name: [value]} if name else {}


@pytest.mark.parametrize(
    ("rule", "row"), examples(), ids=lambda each: label(each) if isinstance(each, dict) else each.name
)
def test_words_are_found_as_the_page_says(rule: type[Rule], row: Row) -> None:
    """The page is what a principal reads; it must be true."""
    built = TypeAdapter(rule).validate_python(settings(row["settings"]))
    words = (Words(Where(row["where"]), row["text"]),)
    post = Post("replay", PlaceId("p"), PostId("1"), AccountId("s4"), district.NOON, TEAM, words)

    verdict = judge(district.roster().recognise(post), [built])

    assert ", ".join(sorted(verdict.measures)) == row["found"]
