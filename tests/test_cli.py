import asyncio
import gzip
import json
import os
import shutil
import sqlite3
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime
from importlib.metadata import version
from pathlib import Path

import pytest
import structlog
import typer
from rich.text import Text

from adapters.replay import open_history
from bot.cli import app, main
from bot.disk import quoted
from bot.errors import ConfigurationError
from bot.house import HouseFiles, open_house
from bot.pages import policy_page
from bot.terminal import printing
from tests.district import NOON
from tests.journeys import DISTRICT, ROOT
from tests.roster_files import OWN, USERS_1_1, USERS_1_1_HEADER, V1_1, changed, folder
from tests.slack_export_files import COACH, STUDENT, Export, said
from tests.store.house import draft, post, tamper

CANARY = "rosebud"
AT = "2026-11-18T15:04:00-05:00"
DAY = f"""
[store]
database = "kept/c.sqlite"
key_file = "kept/c.key"
[roster]
path = {json.dumps(str(DISTRICT / "roster"))}
[replay]
files = [{json.dumps(str(DISTRICT / "day.jsonl"))}]
"""


@dataclass(frozen=True)
class Ended:
    """How a command ended."""

    code: int
    out: str
    err: str

    @property
    def told(self) -> str:
        """Give everything that was printed."""
        return self.out + self.err


Command = Callable[..., Ended]


@pytest.fixture
def chaperone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Iterator[Command]:
    """Give a way to type a command, in a folder of its own. What it sets for its whole process ends with the test."""
    mask = os.umask(0o022)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "100")

    def typed(*words: object) -> Ended:
        monkeypatch.setattr(sys, "argv", ["chaperone", *map(str, words)])
        with pytest.raises(SystemExit) as end:
            main()
        for thread in threading.enumerate():
            if thread is not threading.current_thread():
                thread.join(5)
        printed = capsys.readouterr()
        return Ended(int(end.value.code or 0), printed.out, printed.err)

    yield typed
    structlog.reset_defaults()
    os.umask(mask)


def refused(ended: Ended) -> str:
    """Hold that a command refused as it should, and give what it said: a sentence for each thing to mend."""
    assert ended.code == 2
    assert "Traceback" not in ended.told
    assert CANARY not in ended.told
    assert 1 <= len(ended.err.splitlines()) <= 3
    assert all(each.endswith((".", "?")) for each in ended.err.splitlines())
    assert plain(ended.told)
    return ended.err


def plain(text: str) -> bool:
    """Say whether a text has no control characters but line ends."""
    return all(each.isprintable() or each == "\n" for each in text)


def settings(path: Path, text: str = DAY) -> Path:
    """Write a file of settings."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    return path


def line(text: str, type_: str = "post", **fields: object) -> str:
    """Write one line of a history: a stranger's post, as it stands."""
    usual = {"type": type_, "at": AT, "place": "gym", "id": "m1", "by": "somebody", "text": text}
    return json.dumps(usual | fields) + "\n"


def asked(database: Path, sql: str) -> list[tuple[object, ...]]:
    """Ask a database file."""
    with closing(sqlite3.connect(database)) as connection:
        return connection.execute(sql).fetchall()


def entries(database: Path) -> int:
    """Count the entries of a ledger."""
    return int(str(asked(database, "SELECT count(*) FROM entry")[0][0]))


def made(path: Path) -> set[str]:
    """List every file in a folder."""
    return {str(each.relative_to(path)) for each in path.rglob("*") if each.is_file()}


def test_help_names_every_command(chaperone: Command) -> None:
    """What cannot be found is not there."""
    ended = chaperone("--help")

    assert ended.code == 0
    assert all(each in ended.out for each in ("run", "replay", "roster", "audit", "notices", "policy"))
    assert plain(ended.told)


def helps(command: object) -> Iterator[str]:
    """Give the help of a command, of what can be typed with it, and of the commands in it."""
    for each in (command, *getattr(command, "params", ())):
        yield getattr(each, "help", None) or ""
    for each in getattr(command, "commands", {}).values():
        yield from helps(each)


def test_help_shows_what_stands_in_brackets() -> None:
    """Rather than taking it for a colour."""
    told = [*helps(typer.main.get_command(app))]

    assert any("[rules]" in each for each in told)
    assert [Text.from_markup(each).plain for each in told] == [each.replace("\\[", "[") for each in told]


@pytest.mark.parametrize("words", [[], ["roster"], ["audit"]])
def test_a_command_cut_short_says_what_there_is(words: list[str], chaperone: Command) -> None:
    """Rather than nothing."""
    ended = chaperone(*words)

    assert "Usage:" in ended.told
    assert plain(ended.told)


def test_the_version_is_the_packages(chaperone: Command) -> None:
    """The first thing asked of whoever reports a fault."""
    assert chaperone("--version") == Ended(0, f"chaperone {version('chaperone')}\n", "")


def test_the_package_can_be_run_by_its_name() -> None:
    """For a machine on which the command is not on the path."""
    ended = subprocess.run(
        [sys.executable, "-m", "bot", "--version"], cwd=ROOT, capture_output=True, text=True, check=True
    )

    assert ended.stdout.startswith("chaperone ")


def test_the_policy_page_is_printed(chaperone: Command) -> None:
    """`make policy` writes it to its file as it is."""
    assert chaperone("policy") == Ended(0, policy_page(), "")


@pytest.mark.parametrize("words", ["--help", "policy", "replay day.jsonl"])
def test_an_output_that_cannot_be_written_is_one_sentence(
    words: str, chaperone: Command, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A full disk must not look as if all was told."""
    (tmp_path / "day.jsonl").write_text(line("hi"))
    settings(tmp_path / "config.toml")
    with Path("/dev/full").open("w") as full:
        monkeypatch.setattr(sys, "stdout", full)
        ended = chaperone(*words.split())

    assert "Standard output could not be written (No space left on device)" in refused(ended)


def test_a_file_that_cannot_be_opened_adds_no_line_to_what_is_printed(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Whoever reads it by a script takes every line of it for something."""
    with pytest.raises(FileNotFoundError), printing():
        (tmp_path / "none").read_bytes()

    assert capsys.readouterr().out == ""


@pytest.mark.parametrize("words", ["--help", "policy"])
def test_a_reader_that_has_gone_is_no_fault(words: str) -> None:
    """As `head` does once it has its lines."""
    read, write = os.pipe()
    os.close(read)
    with os.fdopen(write, "w") as gone:
        ended = subprocess.run(
            [sys.executable, "-m", "bot", *words.split()], cwd=ROOT, stdout=gone, stderr=subprocess.PIPE, check=False
        )

    assert ended.stderr == b""


def test_a_run_from_another_folder_keeps_everything_beside_its_settings(chaperone: Command, tmp_path: Path) -> None:
    """A service is started from anywhere, and a folder may have a space in its name."""
    config = settings(tmp_path / "our district" / "config.toml")

    ended = chaperone("run", "--config", config)

    database = config.parent / "kept" / "c.sqlite"
    assert ended.code == 0
    assert database.exists()
    assert {each.partition("/")[0] for each in made(tmp_path)} == {"our district"}
    assert f"Database: {database}" in ended.out
    assert f"notices --config '{config}' --purpose" in ended.out
    assert "The ledger holds" in ended.out
    assert ended.err == ""


def test_a_second_run_tells_the_same_and_writes_nothing(chaperone: Command, tmp_path: Path) -> None:
    """Whoever is unsure runs it again."""
    settings(tmp_path / "config.toml")
    first = chaperone("run")
    before = entries(tmp_path / "kept" / "c.sqlite")

    assert chaperone("run") == first
    assert entries(tmp_path / "kept" / "c.sqlite") == before


@pytest.mark.parametrize("environment", [{}, {"NO_COLOR": "1"}, {"TERM": "dumb"}])
def test_what_is_printed_into_a_file_is_plain(
    environment: Mapping[str, str], chaperone: Command, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """No colours, no bars, no cursor: a log is read with other tools, or aloud."""
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    (tmp_path / "day.jsonl").write_text(line("hi") + "bad\n")

    ended = chaperone("replay", "day.jsonl")

    assert ended.code == 1
    assert plain(ended.told)
    assert "1 lines or records could not be read" in ended.out


def test_the_environment_may_name_the_settings_and_the_database(
    chaperone: Command, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As a service manager does."""
    monkeypatch.setenv("CHAPERONE_CONFIG", str(settings(tmp_path / "a" / "config.toml")))
    monkeypatch.setenv("CHAPERONE_STORE__DATABASE", "other/d.sqlite")

    assert chaperone("run").code == 0
    assert (tmp_path / "a" / "other" / "d.sqlite").exists()
    assert not (tmp_path / "a" / "kept" / "c.sqlite").exists()


MAIL = "[mail]\nhost = 'mail.example.org'\nfrom_address = 'chaperone@example.org'\n"


@pytest.mark.parametrize(("mail", "where"), [("", [1]), (MAIL, [])], ids=["none", "configured"])
def test_a_run_without_a_mail_server_says_so_once_at_its_start(
    mail: str, where: list[int], chaperone: Command, tmp_path: Path
) -> None:
    """Nobody should find out from an office that was never told."""
    ended = chaperone("run", "--config", settings(tmp_path / "config.toml", DAY + mail))
    told = "Mail: no server is configured, so copies are kept and nobody is told of them by mail."

    assert ended.code == 0
    assert [number for number, line in enumerate(ended.out.splitlines()) if line == told] == where


def test_a_long_path_is_told_in_one_line(chaperone: Command, tmp_path: Path) -> None:
    """Or whoever copies it from a window that is narrow gets half of it."""
    path = settings(tmp_path / ("long" * 30) / "config.toml")

    for command in ("run", "check"):
        assert f"Settings: {path}" in chaperone(command, "--config", path).out.splitlines()


def test_a_run_that_could_not_log_in_to_its_mail_server_does_not_begin(chaperone: Command, tmp_path: Path) -> None:
    """A password that is missing is found before the first message, not at the first copy."""
    path = settings(tmp_path / "config.toml", f"{DAY}{MAIL}username = '{CANARY}'\n")

    assert "mail.password could not be read" in refused(chaperone("run", "--config", path))
    assert made(tmp_path) == {"config.toml"}


def test_without_settings_a_run_says_what_to_do(chaperone: Command, tmp_path: Path) -> None:
    """A new folder, and nothing in it but hope."""
    assert "copy config.example.toml" in refused(chaperone("run"))
    assert made(tmp_path) == set()


WRONG = {
    "a misspelt setting": ("[store]\ndatabse = 'x'\n", "line 2: store has no setting 'databse'. Did you mean"),
    "a wrong value": (f"[roster]\nstale_after_days = '{CANARY}'\n", "line 2"),
    "no TOML": (f"[store\n{CANARY}", "is not TOML"),
    "an unknown time zone": ("[district]\ntime_zone = 'Mars'\n", "no time zone 'Mars'"),
    "nothing to run": ("", "names nothing to run"),
    "a history that is not there": ("[replay]\nfiles = ['none.jsonl']\n", "none.jsonl"),
    "a roster that is not there": (DAY.replace("roster", "rooster").replace("[rooster]", "[roster]"), "rooster"),
    "an unknown rule": (f"{DAY}[rules.group-message]\n", "no rule 'group-message'. Did you mean 'group-messages'?"),
    "a misspelt setting of a rule": (f"{DAY}[rules.group-messages]\nfewest = 2\n", "no setting 'fewest'"),
    "an exception for everybody": (
        f"{DAY}[[exemptions]]\nrule = 'group-messages'\nuntil = 2026-11-01\napproved_by = 'p'\nreason = '{CANARY}'\n",
        "a team, a person or both",
    ),
}


@pytest.mark.parametrize(("text", "why"), WRONG.values(), ids=WRONG.keys())
def test_what_has_to_be_mended_is_one_sentence_and_nothing_is_begun(
    text: str, why: str, chaperone: Command, tmp_path: Path
) -> None:
    """A house that cannot start leaves no half-made database for the next try to stumble over."""
    settings(tmp_path / "config.toml", text)

    assert why in refused(chaperone("run"))
    assert made(tmp_path) == {"config.toml"}


@pytest.mark.parametrize(
    ("variable", "value"),
    [
        ("CHAPERONE_ROSTER__STALE_AFTER_DAYS", CANARY),
        ("CHAPERONE_REPLAY__FILES", CANARY),
        ("CHAPERONE_STORE__DATABSE", CANARY),
    ],
)
@pytest.mark.parametrize("command", [["run"], ["audit", "verify"], ["replay", "day.jsonl"]], ids=" ".join)
def test_a_mistake_in_the_environment_is_one_sentence(
    variable: str, value: str, command: list[str], chaperone: Command, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With a file of settings or without one."""
    (tmp_path / "day.jsonl").write_text(line("hi"))
    if command == ["run"]:
        settings(tmp_path / "config.toml")
    monkeypatch.setenv(variable, value)

    refused(chaperone(*command))


@pytest.mark.parametrize(
    "words",
    [
        ["audit", "verify", "--database", "none.sqlite"],
        ["audit", "verify", "--database", "folder"],
        ["audit", "verify", "--database", "."],
        ["audit", "verify", "--database", "day.jsonl"],
        ["notices", "--purpose", "review", "--database", "none.sqlite"],
        ["notices", "--purpose", " ", "--database", "audit.sqlite"],
        ["replay", "none.jsonl"],
        ["replay", "folder"],
        ["replay", "day.jsonl", "--roster", "none"],
        ["replay", "day.jsonl", "--roster", "folder"],
        ["replay", "day.jsonl", "--database", "day.jsonl"],
        ["replay", "day.jsonl", "--database", "folder"],
        ["replay", "day.jsonl", "--database", "."],
        ["replay", "day.jsonl", "--database", "day.jsonl/audit.sqlite"],
        ["replay", "day.jsonl", "--config", "none.toml"],
        ["replay", "day.jsonl", "--config", "folder"],
        ["roster", "import", "none", "--config", "config.toml"],
    ],
    ids=" ".join,
)
def test_a_wrong_name_is_one_sentence(words: list[str], chaperone: Command, tmp_path: Path) -> None:
    """Files that are not there, folders that are no files, and files that are something else."""
    (tmp_path / "folder").mkdir()
    (tmp_path / "day.jsonl").write_text(line(CANARY))
    settings(tmp_path / "config.toml", "")
    if "audit.sqlite" in words:
        assert chaperone("replay", "day.jsonl", "--database", "audit.sqlite").code == 0

    refused(chaperone(*words))


@pytest.mark.parametrize("name", ["audit.sqlite.key", "audit.sqlite.checkpoint", "audit.sqlite.key.forgotten"])
def test_a_file_that_cannot_be_read_is_one_sentence(name: str, chaperone: Command, tmp_path: Path) -> None:
    """Owned by another account, or a folder: exit code 1 would say that the rest was done."""
    (tmp_path / "day.jsonl").write_text(line(CANARY))
    assert chaperone("replay", "day.jsonl", "--database", "audit.sqlite").code == 0
    (tmp_path / name).unlink(missing_ok=True)
    (tmp_path / name).mkdir()

    assert f"{name} could not be read (Is a directory)" in refused(
        chaperone("replay", "day.jsonl", "--database", "audit.sqlite")
    )


@pytest.mark.parametrize("command", ["audit verify", "notices --purpose review", "replay day.jsonl"])
def test_a_name_at_which_nobody_can_look_is_one_sentence(command: str, chaperone: Command, tmp_path: Path) -> None:
    """It is too long for the disk; in a folder that is closed to this account it is the same."""
    (tmp_path / "day.jsonl").write_text(line(CANARY))

    refused(chaperone(*command.split(), "--database", f"{'n' * 300}.sqlite"))


ODD = "caf\udce9"
"""The name of a file as older programs write it: its last byte is no UTF-8."""


def test_a_name_that_is_no_text_is_printed_as_an_escape(chaperone: Command, tmp_path: Path) -> None:
    """An audit is not to end in a traceback because of what its file is called; what is to be typed can be typed."""
    (tmp_path / f"{ODD}.jsonl").write_text(line(CANARY))

    ended = chaperone("replay", f"{ODD}.jsonl")

    assert ended.code == 0
    assert r"Database: caf\udce9.audit.sqlite" in ended.out
    assert r"--database $'caf\351.audit.sqlite' --purpose" in ended.out
    assert "The ledger holds" in chaperone("audit", "verify", "--database", f"{ODD}.audit.sqlite").out


@pytest.mark.parametrize("command", ["replay", "run --config", "notices --purpose review --database"])
def test_a_missing_name_that_is_no_text_is_one_sentence(command: str, chaperone: Command) -> None:
    """Somebody has to see which one is meant."""
    assert r"caf\udce9" in refused(chaperone(*command.split(), ODD))


@pytest.mark.parametrize("name", ["day.sqlite", "our day's.sqlite", f"{ODD} it's \\ 7\n.sqlite", "\N{NO-BREAK SPACE}é"])
def test_a_path_is_written_as_it_can_be_typed(name: str) -> None:
    """The line is copied into a shell."""
    typed = ["bash", "-c", f"printf %s {quoted(Path(name))}"]

    assert quoted(Path(name)).isprintable()
    assert subprocess.run(typed, capture_output=True, check=True).stdout == os.fsencode(name)


@pytest.mark.parametrize(
    "command",
    ["replay {name}.jsonl", "replay day.jsonl --roster {name}", "rule test tags {name}.jsonl --roster {name}"],
)
def test_a_history_or_roster_at_which_nobody_can_look_is_one_sentence(
    command: str, chaperone: Command, tmp_path: Path
) -> None:
    """The same goes for what is only read."""
    (tmp_path / "day.jsonl").write_text(line(CANARY))

    ended = chaperone(*command.format(name="n" * 300).split())

    assert "could not be read (File name too long)" in refused(ended)
    assert made(tmp_path) == {"day.jsonl"}


def test_a_look_at_a_database_that_is_not_there_makes_none(chaperone: Command, tmp_path: Path) -> None:
    """A mistyped name is no new ledger."""
    chaperone("audit", "verify", "--database", "none.sqlite")
    chaperone("notices", "--purpose", "review", "--database", "none.sqlite")

    assert made(tmp_path) == set()


@pytest.mark.parametrize(
    "command",
    ["notices --purpose review", "case list --as p1", "copies list --as p1 --purpose review", "replay day.jsonl"],
)
@pytest.mark.parametrize("name", ["notes.txt", "other.sqlite"])
def test_a_file_that_is_no_record_is_not_taken_for_one_without_its_key(
    name: str, command: str, chaperone: Command, tmp_path: Path
) -> None:
    """Whoever is told to look for a key would look for long. Nothing is made beside the file."""
    (tmp_path / "day.jsonl").write_text(line(CANARY))
    (tmp_path / "notes.txt").write_text("none")
    with closing(sqlite3.connect(tmp_path / "other.sqlite")) as other:
        other.execute("CREATE TABLE none (none)")
    before = made(tmp_path)

    ended = chaperone(*command.split(), "--database", name)

    assert "is not a " in refused(ended)
    assert made(tmp_path) == before


def test_an_empty_file_is_no_record_to_look_at(chaperone: Command, tmp_path: Path) -> None:
    """A copy that failed leaves one."""
    (tmp_path / "empty.sqlite").touch()

    told = refused(chaperone("notices", "--purpose", "review", "--database", "empty.sqlite"))

    assert told == "There is no database at empty.sqlite. Name one with --database.\n"
    assert made(tmp_path) == {"empty.sqlite"}


def test_an_audit_of_a_slack_export_says_what_it_could_not_tell(chaperone: Command, tmp_path: Path) -> None:
    """Without a roster, and with a place whose members are not told: nobody may take that for all well."""
    export = Export(
        channels=[{"id": "C1", "name": "track", "members": [COACH, STUDENT]}, {"id": "C2", "name": "old"}],
        days={"track": [[said(0, CANARY), said(1)]], "old": [[said(2)]]},
    )

    ended = chaperone("replay", export.zip(tmp_path / "our export.zip"))

    counts = {row.strip(): row.rstrip().rpartition(" ")[2] for row in ended.out.splitlines()}
    told = {name.rstrip("0123456789 "): count for name, count in counts.items()}
    assert ended.code == 0
    assert told["Messages seen (edits count again)"] == "3"
    assert told["Messages by accounts nobody is linked to"] == "3"
    assert told["Messages whose audience is unknown"] == "1"
    assert "every author is a stranger" in ended.out
    assert "chaperone notices --database 'our export.audit.sqlite'" in ended.out
    assert CANARY not in ended.told


def test_a_history_of_another_kind_is_refused_before_anything_is_made(chaperone: Command, tmp_path: Path) -> None:
    """An audit of which nothing could be read would stand there like one that found nothing."""
    (tmp_path / "day.jsonl.gz").write_bytes(gzip.compress(line(CANARY).encode()))

    assert "unpack it first" in refused(chaperone("replay", "day.jsonl.gz"))
    assert made(tmp_path) == {"day.jsonl.gz"}


def test_a_history_that_is_no_file_is_refused_before_anything_is_made(chaperone: Command, tmp_path: Path) -> None:
    """Nobody may ever write into a pipe, and while its first byte is waited for no signal ends that."""
    os.mkfifo(tmp_path / "pipe")
    with pytest.raises(ConfigurationError, match="neither a file nor a folder"):
        open_history(tmp_path / "pipe")

    assert "save what comes from it to a file" in refused(chaperone("replay", "/dev/null"))
    assert made(tmp_path) == set()


def test_lines_that_cannot_be_read_are_told_without_their_words(chaperone: Command, tmp_path: Path) -> None:
    """The rest is judged, and the exit code says that something needs a look."""
    bad = [f"{CANARY}\n", line("x", CANARY), line("x", matter=CANARY), line("x", "post", **{f"dear {CANARY}": 1})]
    (tmp_path / "day.jsonl").write_text(line("one") + "".join(bad) + line("two", id="m2"))

    ended = chaperone("replay", "day.jsonl")

    assert ended.code == 1
    assert all(f"day.jsonl, line {number} " in ended.out for number in (2, 3, 4, 5))
    assert "4 lines or records could not be read" in ended.out
    assert CANARY not in ended.told


def two_of_one_name(tmp_path: Path) -> tuple[Path, Path]:
    """Write the histories of two schools, each in a folder of its own, under one name."""
    histories = tmp_path / "north" / "day.jsonl", tmp_path / "south" / "day.jsonl"
    for each in histories:
        each.parent.mkdir()
        each.write_text(line("hi", id="m1", place=each.parent.name) + line("ho", id="m2", place=each.parent.name))
    return histories


def test_another_history_of_the_same_name_is_refused(chaperone: Command, tmp_path: Path) -> None:
    """Or it would be mixed into the audit of the first, and be told as its own."""
    north, south = two_of_one_name(tmp_path)
    assert chaperone("replay", north).code == 0
    before = entries(tmp_path / "day.audit.sqlite")

    told = refused(chaperone("replay", south))

    assert told.startswith("day.audit.sqlite holds another history")
    assert str(south) in told
    assert "--database" in told
    assert entries(tmp_path / "day.audit.sqlite") == before


def test_whoever_names_the_database_goes_on_in_it(chaperone: Command, tmp_path: Path) -> None:
    """As they do who replay a history beside one that is known there, the same again, or more of it."""
    north, south = two_of_one_name(tmp_path)
    chaperone("replay", north)
    before = entries(tmp_path / "day.audit.sqlite")

    assert chaperone("replay", north).code == 0
    assert entries(tmp_path / "day.audit.sqlite") == before
    north.write_text(north.read_text() + line("more", id="m3", place="north"))
    assert chaperone("replay", north).code == 0
    assert entries(tmp_path / "day.audit.sqlite") == before + 1
    assert chaperone("replay", south, "--database", "day.audit.sqlite").code == 0
    assert chaperone("replay", south, north).code == 0
    assert entries(tmp_path / "day.audit.sqlite") == before + 3


OLD = "kept/c.sqlite"
"""The database that the settings name."""


async def judged_by_an_earlier_release(folder: Path) -> None:
    """Write down a post as it was named before: by its id alone."""
    written = post("a/m%1", "hi", room="gym", at=datetime.fromisoformat(AT))
    async with open_house(HouseFiles(folder / OLD, folder / "kept" / "c.key"), NOON) as opened:
        await opened.ledger.write(draft(opened, written))


@pytest.mark.parametrize("others", [(), ("new.jsonl",)])
def test_a_record_is_not_judged_a_second_time_under_new_names(
    chaperone: Command, tmp_path: Path, others: tuple[str, ...]
) -> None:
    """Every note and copy would go out again. Whoever leaves out what was replayed goes on."""
    asyncio.run(judged_by_an_earlier_release(tmp_path))
    (tmp_path / "day.jsonl").write_text(line("hi", id="a/m%1"))
    (tmp_path / "new.jsonl").write_text(line("ho", id="m2"))
    before, path = entries(tmp_path / OLD), tmp_path / "config.toml"
    files, roster = [*others, "day.jsonl"], str(DISTRICT / "roster")
    config = '[store]\ndatabase = "{}"\nkey_file = "kept/c.key"\n[roster]\npath = "{}"\n[replay]\nfiles = {}\n'
    told = refused(chaperone("run", "--config", settings(path, config.format(OLD, roster, json.dumps(files)))))

    assert "what an earlier Chaperone judged of" in told
    assert "day.jsonl" in told
    assert "new.jsonl" not in told
    assert "store.database" in told
    assert entries(tmp_path / OLD) == before
    assert chaperone("run", "--config", settings(path, config.format(OLD, roster, '["new.jsonl"]'))).code == 0
    assert chaperone("run", "--config", settings(path, config.format("new.sqlite", roster, '["day.jsonl"]'))).code == 0
    assert chaperone("run", "--config", path).code == 0


def test_a_history_of_no_messages_is_gone_on_with(chaperone: Command, tmp_path: Path) -> None:
    """A day on which nobody wrote has nothing to be known by."""
    space = json.dumps({"type": "space", "at": AT, "place": "gym", "readers": []}) + "\n"
    (tmp_path / "day.jsonl").write_text(space)
    chaperone("replay", "day.jsonl")
    (tmp_path / "day.jsonl").write_text(space + line("hi"))

    assert chaperone("replay", "day.jsonl").code == 0


def test_a_replay_into_the_live_record_is_refused(chaperone: Command, tmp_path: Path) -> None:
    """However the database is named."""
    settings(tmp_path / "config.toml")
    chaperone("run")
    database = tmp_path / "kept" / "c.sqlite"
    before = entries(database)
    (tmp_path / "day.jsonl").write_text(line("hi"))

    refused(chaperone("replay", "day.jsonl", "--database", database))
    shutil.copy(tmp_path / "kept" / "c.key", tmp_path / "kept" / "c.sqlite.key")

    assert "live record" in refused(chaperone("replay", "day.jsonl", "--database", database))
    assert entries(database) == before


def test_an_audit_whose_roster_loses_many_is_refused(chaperone: Command, tmp_path: Path) -> None:
    """Another roster, or one cut short, would make strangers of people in all that is judged from then on."""
    (tmp_path / "day.jsonl").write_text(line("Practice at 4."))
    fewer = tmp_path / "fewer"
    fewer.mkdir()
    assert chaperone("replay", "day.jsonl", "--roster", folder(tmp_path, many(20))).code == 0
    before = entries(tmp_path / "day.audit.sqlite")

    said = refused(chaperone("replay", "day.jsonl", "--roster", folder(fewer, many(10))))

    assert "10 of 21 active people would depart" in said
    assert "If this is right, begin a new audit: name another file with --database." in said
    assert entries(tmp_path / "day.audit.sqlite") == before


def test_a_run_into_an_audit_is_refused(chaperone: Command, tmp_path: Path) -> None:
    """The district's record begins with the district's own first entry."""
    (tmp_path / "day.jsonl").write_text(line("hi"))
    chaperone("replay", "day.jsonl", "--database", "c.sqlite")
    before = entries(tmp_path / "c.sqlite")
    kept = DAY.replace("kept/c.sqlite", "c.sqlite").replace("kept/c.key", "c.sqlite.key")
    settings(tmp_path / "config.toml", kept)

    assert "holds an audit" in chaperone("run").err
    assert entries(tmp_path / "c.sqlite") == before


def test_a_ledger_that_holds_says_so(chaperone: Command, tmp_path: Path) -> None:
    """One line, and the exit code for a script."""
    (tmp_path / "day.jsonl").write_text(line("hi"))
    chaperone("replay", "day.jsonl")

    ended = chaperone("audit", "verify", "--database", "day.audit.sqlite")

    assert ended.code == 0
    assert ended.out.startswith("The ledger holds: ")


def test_what_came_of_it_is_not_counted_where_the_ledger_does_not_hold(chaperone: Command, tmp_path: Path) -> None:
    """A table of zeros would be false, and it is made for a principal."""
    (tmp_path / "day.jsonl").write_text(line("hi"))
    chaperone("replay", "day.jsonl")
    tamper(tmp_path / "day.audit.sqlite", "UPDATE entry SET body = x'' WHERE seq = 2")

    ended = chaperone("replay", "day.jsonl", "--database", "day.audit.sqlite")

    assert ended.code == 2
    assert "What came of it is not counted, because the ledger does not hold." in ended.out
    assert "The ledger does not hold:" in ended.out
    assert "Messages seen" not in ended.out


TEXTS = {
    "marks of a markup": "see https://bit.ly/abc [bold]not bold[/bold] [/] [red]",
    "a name of an emoji": "see https://bit.ly/abc :fire: :100:",
    "a long line": "see https://bit.ly/abc " + "word " * 100,
}


@pytest.mark.parametrize("text", TEXTS.values(), ids=TEXTS.keys())
def test_notes_are_shown_as_they_were_written(text: str, chaperone: Command, tmp_path: Path) -> None:
    """An appeal rests on the very words."""
    roster = folder(
        tmp_path, V1_1 | {"accounts.csv": "platform,account,person,age_band\nreplay,cora,c1,\nreplay,kim,k1,\n"}
    )
    (tmp_path / "day.jsonl").write_text(line(text, readers=["kim"], by="cora"))
    chaperone("replay", "day.jsonl", "--roster", roster)

    ended = chaperone("notices", "--database", "day.audit.sqlite", "--purpose", "appeal")

    assert ended.code == 0
    assert f"Your text: {text}".rstrip() in ended.out


def test_notes_cannot_drive_the_terminal_of_who_reads_them(chaperone: Command, tmp_path: Path) -> None:
    """A message with an escape sequence could otherwise hide lines, or type into the shell."""
    roster = folder(
        tmp_path, V1_1 | {"accounts.csv": "platform,account,person,age_band\nreplay,cora,c1,\nreplay,kim,k1,\n"}
    )
    (tmp_path / "day.jsonl").write_text(line("a\x1b[2Jb\x9b31mc\x07d\re", readers=["kim"], by="cora"))
    chaperone("replay", "day.jsonl", "--roster", roster)

    ended = chaperone("notices", "--database", "day.audit.sqlite", "--purpose", "appeal")

    assert "Your text: " in ended.out
    assert plain(ended.told)


def test_a_look_at_notes_is_on_record_with_its_purpose_sealed(chaperone: Command, tmp_path: Path) -> None:
    """Every view of private words leaves an entry; why somebody looked is private too."""
    (tmp_path / "day.jsonl").write_text(line("see https://bit.ly/abc"))
    chaperone("replay", "day.jsonl")
    database = tmp_path / "day.audit.sqlite"
    before = entries(database)

    ended = chaperone("notices", "--database", "day.audit.sqlite", "--purpose", CANARY)

    assert ended.code == 0
    assert "1 notes. It is on record" in ended.out
    assert entries(database) == before + 1
    assert asked(database, "SELECT kind FROM entry ORDER BY seq DESC LIMIT 1") == [("viewed",)]
    assert CANARY.encode() not in database.read_bytes()
    assert chaperone("notices", "--database", "day.audit.sqlite").code == 2
    assert entries(database) == before + 1


def test_an_account_without_a_name_is_still_on_record(
    chaperone: Command, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """In a container the account is often a bare number."""
    for name in ("LOGNAME", "USER", "LNAME", "USERNAME"):
        monkeypatch.delenv(name, raising=False)
    (tmp_path / "day.jsonl").write_text(line("see https://bit.ly/abc"))
    chaperone("replay", "day.jsonl")
    monkeypatch.setattr(os, "getuid", lambda: 987_654)

    ended = chaperone("notices", "--database", "day.audit.sqlite", "--purpose", "review")

    assert ended.code == 0
    assert "987654" in ended.out


def test_what_the_machine_remarks_stays_out_of_the_report(chaperone: Command, tmp_path: Path) -> None:
    """The report may be piped into a file for a principal."""
    (tmp_path / "day.jsonl").write_text(line(CANARY, at="0001-01-01T00:00:00+00:00"))

    ended = chaperone("replay", "day.jsonl")

    assert ended.out.startswith("Settings: the defaults\nWhat came of it")
    assert CANARY not in ended.told


def many(count: int) -> dict[str, str]:
    """Write a roster of so many students, and one coach."""
    users = [f"k{number},,,true,s1,student,k{number},,Kim,{CANARY}{number},,,,,,,09,\n" for number in range(count)]
    coach = 'c1,,,true,"s1,s2",teacher,cora,,Cora,Quill,,,,,,,,\n'
    none = {name: text.splitlines()[0] + "\n" for name, text in OWN.items()}
    return V1_1 | none | {"users.csv": USERS_1_1_HEADER + coach + "".join(users)}


@pytest.fixture
def district(tmp_path: Path) -> Callable[[Mapping[str, str]], Path]:
    """Give a way to put roster files into place, instead of those before."""
    settings(tmp_path / "config.toml", "[store]\ndatabase = 'c.sqlite'\nkey_file = 'c.key'\n")

    def put(files: Mapping[str, str]) -> Path:
        shutil.rmtree(tmp_path / "roster", ignore_errors=True)
        return folder(tmp_path, files)

    return put


Put = Callable[[Mapping[str, str]], Path]


def test_an_import_says_what_it_changes_without_names(chaperone: Command, district: Put, tmp_path: Path) -> None:
    """Ids and counts: the terminal's history is no place for children's names."""
    ended = chaperone("roster", "import", district(many(3)))

    lines = ended.out.splitlines()
    assert ended.code == 0
    assert [each for each in lines if each.startswith("added: ")] == [
        f"added: {who}" for who in ("c1", "k0", "k1", "k2")
    ]
    assert "people: 4 added, 0 changed, 0 departed" in lines
    assert lines[-1] == "Applied."
    assert CANARY not in ended.told
    assert chaperone("roster", "import", tmp_path / "roster").out.splitlines()[-1] == "Nothing differs."


def test_an_import_prints_what_it_changes_before_it_is_applied(district: Put, tmp_path: Path) -> None:
    """Whoever watches can stop it; and after a power cut there is something to compare with."""
    words = ["roster", "import", str(district(many(3)))]
    environment = os.environ | {"CHAPERONE_CRASH_AT": "imported"}

    ended = subprocess.run(
        [sys.executable, "-m", "bot", *words, "--config", str(tmp_path / "config.toml")],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )

    assert ended.returncode < 0
    assert "added: k2" in ended.stdout
    assert "Applied." not in ended.stdout


def test_a_dry_run_makes_nothing(chaperone: Command, district: Put, tmp_path: Path) -> None:
    """Where there is no database yet, it makes none."""
    roster = district(many(3))
    before = made(tmp_path)

    ended = chaperone("roster", "import", roster, "--dry-run")

    assert ended.code == 0
    assert "people: 4 added" in ended.out
    assert ended.out.splitlines()[-1] == "Nothing was changed (--dry-run)."
    assert made(tmp_path) == before


def test_a_dry_run_changes_nothing(chaperone: Command, district: Put, tmp_path: Path) -> None:
    """Where there is a database, it stays as it is."""
    chaperone("roster", "import", district(many(20)))
    before = entries(tmp_path / "c.sqlite"), asked(tmp_path / "c.sqlite", "SELECT * FROM person")

    ended = chaperone("roster", "import", district(many(19)), "--dry-run")

    assert "departed: k19" in ended.out
    assert (entries(tmp_path / "c.sqlite"), asked(tmp_path / "c.sqlite", "SELECT * FROM person")) == before


def test_a_large_drop_is_refused_until_somebody_says_so(chaperone: Command, district: Put, tmp_path: Path) -> None:
    """A file cut in half is more often a slip than half a school that left. Whoever leaves stays on record."""
    chaperone("roster", "import", district(many(20)))
    database, fewer = tmp_path / "c.sqlite", district(many(10))
    before = entries(database)

    ended = chaperone("roster", "import", fewer)

    assert ended.code == 2
    assert "departed: k19" in ended.out
    assert "10 of 21 active people would depart" in ended.err
    assert "--allow-large-change" in ended.err
    assert "Traceback" not in ended.told
    assert entries(database) == before
    assert asked(database, "SELECT count(*) FROM person WHERE active") == [(21,)]

    assert chaperone("roster", "import", fewer, "--allow-large-change").code == 0
    assert asked(database, "SELECT active, count(*) FROM person GROUP BY active ORDER BY active") == [(0, 10), (1, 11)]


def test_an_import_of_other_files_than_a_start_reads_says_so(chaperone: Command, district: Put, tmp_path: Path) -> None:
    """The next start would put the people of before in their place, and say nothing."""
    files = district(many(3))
    with (tmp_path / "config.toml").open("a") as settings:
        settings.write("[roster]\npath = 'nightly'\n")

    told = chaperone("roster", "import", files).out
    files.rename(tmp_path / "nightly")

    assert "Note: the next start reads nightly again, as roster.path says" in told
    assert "Note:" not in chaperone("roster", "import", tmp_path / "nightly").out


def test_a_list_of_changes_is_refused(chaperone: Command, district: Put, tmp_path: Path) -> None:
    """Taken for a whole list, it would let nearly everybody depart."""
    delta = district(changed(V1_1, manifest=V1_1["manifest.csv"].replace("users,bulk", "users,delta")))
    before = made(tmp_path)

    assert "delta" in refused(chaperone("roster", "import", delta))
    assert made(tmp_path) - before <= {"c.sqlite", "c.sqlite.lock", "c.sqlite.checkpoint", "c.key"}


def test_a_row_that_cannot_be_right_applies_nothing(chaperone: Command, district: Put, tmp_path: Path) -> None:
    """With its file and line, and without what stands in it."""
    wrong = USERS_1_1.replace("Kim,Vale", f"Kim,{CANARY}").replace("student,kim", f"{CANARY},kim")

    ended = chaperone("roster", "import", district(changed(V1_1, users=wrong)))

    assert "users.csv" in refused(ended)
    assert asked(tmp_path / "c.sqlite", "SELECT count(*) FROM person") == [(0,)]
