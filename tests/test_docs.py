"""What the documents say, held against what the program does."""

import asyncio
import json
import os
import re
import subprocess
import sys
import tomllib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import get_args

import msgspec
import pytest
import typer
from jsonschema import Draft202012Validator

from adapters.replay import schema
from adapters.replay.line_reader import LineReader
from adapters.replay.lines import AnyLine
from bot.cli import app
from bot.console import read_notices
from bot.settings import OwnScorer, OwnWords, Settings
from tests.journeys import DISTRICT, ROOT, TODAY, example_configuration, place_in, replayed

README = ROOT / "README.md"
RUNNING = ROOT / "docs" / "running.md"
DOCUMENTS = sorted([*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md"), *ROOT.glob("examples/**/*.md")])

FENCED = re.compile(r"^```.*?^```$", re.DOTALL | re.MULTILINE)
LINK = re.compile(r"\[[^\]]*\]\(([^)\s]+)\)")
HEADING = re.compile(r"^#+ (.+)$", re.MULTILINE)
LINES = (DISTRICT / "day.jsonl").read_bytes().splitlines()


def links(document: Path) -> list[str]:
    """Find every link to another document, or to a heading, outside blocks of output."""
    found = LINK.findall(FENCED.sub("", document.read_text("utf-8")))
    return [each for each in found if "://" not in each]


def anchors(document: Path) -> set[str]:
    """Name the headings of a document as links name them: small letters, hyphens for blanks, no punctuation."""
    headings = HEADING.findall(FENCED.sub("", document.read_text("utf-8")))
    return {re.sub(r"[^\w\- ]", "", each.lower()).replace(" ", "-") for each in headings}


def settings(table: Mapping[str, object], prefix: str = "") -> Iterator[str]:
    """Name every setting of a table with a dot, as `store.database`; one name for all tables of a list."""
    for name, value in table.items():
        match value:
            case (dict() as inner) | [dict() as inner]:
                yield from settings(inner, f"{prefix}{name}.")
            case _:
                yield f"{prefix}{name}"


def commands(command: object, name: str = "chaperone") -> Iterator[tuple[str, list[str]]]:
    """Name every command as it is typed, with its options."""
    inner = getattr(command, "commands", None)
    options = [option for each in getattr(command, "params", []) for option in each.opts if option.startswith("--")]
    if inner is None:
        yield name, options
        return
    for called, each in inner.items():
        yield from commands(each, f"{name} {called}")


def block_after(text: str, mark: str) -> list[str]:
    """Give the lines of the first block of output after a mark."""
    block = text.partition(mark)[2].partition("```text\n")[2].partition("\n```")[0]
    return block.splitlines()


def test_the_readme_says_what_it_is_and_how_to_run_it() -> None:
    """Whoever lands there has a minute."""
    text = README.read_text("utf-8")

    first = " ".join(text.splitlines()[:5])
    assert "moderation bot for a school district" in first
    assert "reaches more than one" in first
    assert "\n    make run\n" in text
    assert "\n    make test\n" in text


def test_the_readme_shows_what_a_run_prints(tmp_path: Path) -> None:
    """The table in the README is the output, not a memory of it."""
    ours = {name: value for name, value in os.environ.items() if not name.startswith("CHAPERONE_")}
    places = {"CHAPERONE_STORE__DATABASE": f"{tmp_path}/c.sqlite", "CHAPERONE_STORE__KEY_FILE": f"{tmp_path}/c.key"}
    command = [str(Path(sys.executable).with_name("chaperone")), "run"]
    ran = subprocess.run(
        command,
        cwd=ROOT,
        env={**ours, **places, "COLUMNS": "120", "PATH": "/usr/bin:/bin"},
        capture_output=True,
        text=True,
        check=True,
    )
    wide = [line.rstrip().replace(f"{tmp_path}/c.sqlite", "var/chaperone.sqlite") for line in ran.stdout.splitlines()]

    shown = block_after(README.read_text("utf-8"), "<!-- output of make run")

    assert shown[1:] == wide, "Run `make run` in a fresh copy, and paste what it prints into README.md."


def test_the_readme_shows_what_a_coach_sees(tmp_path: Path) -> None:
    """The note in the README is one that the sample day writes."""
    place = place_in(tmp_path)
    asyncio.run(replayed(place, [DISTRICT / "day.jsonl"], DISTRICT / "roster", example_configuration()))
    notes = asyncio.run(read_notices(place, "a test", "to compare", TODAY))

    shown = "\n".join(block_after(README.read_text("utf-8"), "<!-- a refused message"))

    assert any(shown in note for note in notes), "Paste a note of `chaperone notices` into README.md."


def test_the_schema_is_fresh() -> None:
    """`python -m adapters.replay.schema > docs/replay.schema.json` prints it anew."""
    assert (ROOT / "docs" / "replay.schema.json").read_text("utf-8") == schema.text()


def test_the_schema_is_a_schema_and_says_what_it_is_for() -> None:
    """An editor shows these sentences to whoever writes a history by hand."""
    told = schema.schema()

    Draft202012Validator.check_schema(told)
    assert told["title"]
    assert told["description"]


def test_the_sample_day_is_valid() -> None:
    """What we read and what we describe are the same."""
    check = Draft202012Validator(schema.schema())

    assert [number for number, line in enumerate(LINES, 1) if not check.is_valid(json.loads(line))] == []


@pytest.mark.parametrize(
    "line",
    [
        {"type": "post", "at": "2026-11-18T15:04:00-05:00", "id": "p", "place": "c", "by": "a", "txt": "misspelled"},
        {"type": "post", "at": "2026-11-18T15:04:00-05:00", "place": "c", "by": "a"},
        {"type": "pots", "at": "2026-11-18T15:04:00-05:00"},
        {"type": "order", "at": "2026-11-18T15:04:00-05:00", "id": "o", "by": "a", "order": "secret", "text": ""},
    ],
    ids=["a word we do not know", "no id", "no such type", "no such order"],
)
def test_the_schema_refuses_what_the_reader_refuses(line: dict[str, str]) -> None:
    """Or a file that was checked would be skipped all the same."""
    assert not Draft202012Validator(schema.schema()).is_valid(line)
    with pytest.raises(ValueError, match=r"\w"):
        LineReader().read(json.dumps(line).encode())


def test_the_examples_of_a_history_are_valid() -> None:
    """People copy what they see."""
    block = (ROOT / "docs" / "replay.md").read_text("utf-8").partition("```json\n")[2].partition("\n```")[0]
    reader = LineReader()

    heard = [reader.read(line.encode()) for line in block.splitlines()]

    assert len(heard) == 3


def test_every_type_of_line_is_explained_with_what_it_must_have() -> None:
    """Whoever writes a history by hand reads the table, not the schema."""
    rows = re.findall(
        r"^\| `(\w+)` \| [^|]+ \|([^|]*)\|$", (ROOT / "docs" / "replay.md").read_text("utf-8"), re.MULTILINE
    )
    told = {type_: set(re.findall(r"`(\w+)`", needed)) for type_, needed in rows}

    assert told == {
        str(line.__struct_config__.tag): {
            field.name for field in msgspec.structs.fields(line) if field.required and field.name != "at"
        }
        for line in get_args(AnyLine)
    }


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: str(path.relative_to(ROOT)))
def test_every_link_leads_somewhere(document: Path) -> None:
    """A link that leads nowhere costs more trust than no link."""
    for link in links(document):
        path, _, anchor = link.partition("#")
        target = (document.parent / path).resolve() if path else document
        assert target.exists(), link
        assert target.is_relative_to(ROOT.resolve()), link
        assert not anchor or anchor in anchors(target), link


def test_every_setting_is_explained() -> None:
    """A setting nobody explains is a setting nobody dares to change."""
    told = tomllib.loads((ROOT / "config.example.toml").read_text("utf-8"))
    rules = told.pop("rules")
    running, policy = RUNNING.read_text("utf-8"), (ROOT / "docs" / "policy.md").read_text("utf-8")

    unexplained = [name for name in settings(told) if f"`{name}`" not in running]
    unexplained += [name for rule in rules.values() for name in settings(rule) if f"`{name}`" not in policy]

    assert not unexplained


def test_every_part_of_a_standing_exception_is_explained() -> None:
    """The example has no room for those that exclude each other."""
    (line,) = Settings.model_fields["exemptions"].annotation.__args__[:1]  # type: ignore[union-attr]
    running = RUNNING.read_text("utf-8")

    assert [name for name in line.model_fields if f"`exemptions.{name}`" not in running] == []


def test_every_part_of_a_scorer_and_of_the_districts_own_words_is_explained() -> None:
    """The example has them behind a sign: there is none by default."""
    running = RUNNING.read_text("utf-8")

    assert [name for name in OwnScorer.model_fields if f"`reading.scorer.{name}`" not in running] == []
    assert [name for name in OwnWords.model_fields if f"`reading.patterns.{name}`" not in running] == []


def test_every_command_and_option_is_explained() -> None:
    """`--help` reminds; the page teaches."""
    running = RUNNING.read_text("utf-8")
    known = dict(commands(typer.main.get_command(app)))

    assert "chaperone run" in known
    assert [name for name in known if f"`{name}" not in running] == []
    assert [option for options in known.values() for option in options if f"`{option}" not in running] == []


@pytest.mark.parametrize("document", [ROOT / "docs" / "day.md", DISTRICT / "README.md"], ids=lambda path: path.name)
def test_every_line_a_story_names_is_in_the_sample_day(document: Path) -> None:
    """A story about lines that are not there is a tale."""
    known = {json.loads(line).get("id") for line in LINES}

    named = set(re.findall(r"\b[adnopr][0-9]{2,3}\b", document.read_text("utf-8")))

    assert len(named) > 40
    assert named - known == set()
