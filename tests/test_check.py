"""`chaperone check`: everything the settings say and name is read, plainly judged, and left as it is."""

import json
import os
import re
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from bot.config import default_configuration, read_configuration, read_settings
from bot.disk import others_may_read
from bot.errors import ConfigurationError
from tests.journeys import ROOT
from tests.open_folder import open_folder
from tests.roster_files import USERS_1_1, V1_1, changed
from tests.scorers import write_folder
from tests.store.history import SETTINGS, District, settle
from tests.test_cli import Command, chaperone, plain

__all__ = ["chaperone", "open_folder"]

GOOD = """
[[reading.patterns]]
label = "harassment"
name = "the nickname"
phrases = ["mop head"]
patterns = [
  'gr[ae]y goose',
  'PATTERN',
]
"""
BAD = GOOD.replace("PATTERN", "mop(?=head)")


def check(chaperone: Command, folder: Path, text: str) -> tuple[int, str]:
    """Write settings and check them; with a history to run where they have nothing to run."""
    if "[replay]" not in text:
        text += "\n[replay]\nfiles = ['day.jsonl']\n"
        (folder / "day.jsonl").touch()
    (folder / "config.toml").write_text(text, "utf-8")
    ended = chaperone("check")
    assert ended.err == ""
    assert plain(ended.out)
    return ended.code, ended.out


def everything(folder: Path) -> dict[str, bytes]:
    return {str(each.relative_to(folder)): each.read_bytes() for each in folder.rglob("*") if each.is_file()}


def test_what_is_sound_says_so(chaperone: Command, tmp_path: Path) -> None:
    """Zero, for whoever asks by a script."""
    assert check(chaperone, tmp_path, GOOD) == (
        0,
        "Settings: config.toml\nNothing has to be mended before it can start.\n",
    )


def test_a_pattern_that_cannot_be_looked_for_is_told_with_its_line(chaperone: Command, tmp_path: Path) -> None:
    """Which one, and how to mend it; the words themselves are not repeated."""
    code, said = check(chaperone, tmp_path, BAD)

    assert code == 2
    assert "config.toml, line 8: reading.patterns, entry 1: of its patterns, number 2 cannot be used" in said
    assert "looks ahead or behind. Write what must be there" in said
    assert "keeps Chaperone from starting, or from taking the roster. One that runs goes on with what it read" in said
    assert "mop" not in said


def test_everything_that_is_wrong_is_told_at_once(chaperone: Command, tmp_path: Path) -> None:
    """Not one finding a try."""
    wrong = """
        [rules.respekt]
        [roster]
        path = "nowhere"
        [replay]
        files = ["no.jsonl"]
        [mail]
        host = "mail.example.org"
        from_address = "chaperone@example.org"
        username = "chaperone"
        [discord]
        servers = [1180000000000000001]
        [slack]
        workspace = "T0123ABCD"
        [reading.scorer]
        folder = "own"
    """

    code, said = check(chaperone, tmp_path, wrong + BAD)

    assert code == 2
    for each in ("respekt", "nowhere", "no.jsonl", "mail.password", "discord.token", "slack.token", "slack.app-token"):
        assert each in said
    assert "model.onnx" in said
    assert "names a live platform, under [discord] or [slack], and files under [replay]." in said
    assert said.count("broken  ") == 10


@pytest.mark.parametrize(
    ("text", "wrong"),
    [
        ("[reading", "is not TOML"),
        ("[reading]\nmodel = true", "Did you mean 'models'"),
        (GOOD.replace("harassment", "harasment"), "line 3: reading.patterns.0.label"),
        (GOOD.replace("phrases", "phrase"), "Did you mean 'phrases'"),
        (GOOD.replace("]\n", 'x"]\nstrength = "maybe"\n', 1).replace('harassment"', 'threat"'), "is not TOML"),
        (GOOD + 'strength = "maybe"', "strength"),
        ('[[reading.patterns]]\nlabel = "threat"\nname = "x"', "name phrases or patterns"),
        ('[[reading.patterns]]\nlabel = "threat"\nname = ""\nphrases = ["x"]', "line 3"),
    ],
)
def test_what_is_not_understood_is_told_alone(text: str, wrong: str, chaperone: Command, tmp_path: Path) -> None:
    """The rest cannot be read then."""
    code, said = check(chaperone, tmp_path, text)

    assert code == 2
    assert wrong in said
    assert said.count("broken  ") == 1


SLIPS = """
rooster = "x"
[store]
databse = "x"
[roster]
stale_after_days = 0
[discord]
token = "rosebud"
[mail]
port = 70000
"""
SLIPS_IN_RULES = """
[roster]
path = "no/where"
[rules.respekt]
[rules.group-messages]
fewest = 2
answer_within_hours = "soon"
[rules.respect]
seting = 1
"""
SLIPS_IN_EXCEPTIONS = """
[[exemptions]]
rule = "group-messages"
approved_by = "p"
reason = "rosebud"
person = "c1"
until = 2026-09-01
since = 2026-11-01
[[exemptions]]
approved_by = "p"
reason = "rosebud"
team = "rowing"
rule = "group-mesages"
until = 2026-11-01
[[exemptions]]
rule = "group-messages"
approved_by = "p"
reason = "rosebud"
until = 2026-09-01
"""
SLIPS_OF_FILES = """
[store]
database = "one"
key_file = "one"
[discord]
token_file = "one"
[mail]
password_file = "x/../one"
"""


@pytest.mark.parametrize(
    ("text", "told"),
    [
        (SLIPS, ["line 2: the file", "line 4: store", "line 6: roster", "line 8: discord.token", "line 10: mail"]),
        (SLIPS_IN_EXCEPTIONS, [f"line {number}:" for number in (7, 13, 15)]),
        (SLIPS_OF_FILES, [f"line {number}:" for number in (4, 6, 8)]),
        (SLIPS_IN_RULES, ["line 3: roster.path: there is no no/where.", "line 4:", "line 6:", "line 7:", "line 9:"]),
    ],
)
def test_every_mistake_of_the_file_is_told_with_its_line(
    text: str, told: list[str], chaperone: Command, tmp_path: Path
) -> None:
    """Nobody should have to start five times to find five slips."""
    code, said = check(chaperone, tmp_path, text)

    assert code == 2
    assert sorted(each for each in told if f"broken  config.toml, {each}" in said) == sorted(told)
    assert said.count("broken  ") == len(told)
    assert "rosebud" not in said


def test_words_that_no_rule_looks_at_are_named(chaperone: Command, tmp_path: Path) -> None:
    """Better than to hope for something that never comes."""
    code, said = check(chaperone, tmp_path, GOOD.replace("harassment", "pii_phone"))

    assert code == 0
    assert "no rule asks whether a text is about pii_phone" in said


def test_nothing_is_changed(chaperone: Command, tmp_path: Path) -> None:
    """Neither beside a record that is there, nor where there is none yet."""
    settle(tmp_path)
    before = everything(tmp_path)
    assert check(chaperone, tmp_path, SETTINGS)[0] == 0
    assert everything(tmp_path) == before
    assert District(tmp_path).run().returncode == 0
    recorded = everything(tmp_path)

    assert check(chaperone, tmp_path, SETTINGS)[0] == 0
    assert everything(tmp_path) == recorded


STORES = {
    "nothing to run": ("[replay]", "config.toml names nothing to run: list servers under [discord]"),
    "one file for two": (
        f"{SETTINGS}[discord]\ntoken_file = 'c.key'",
        "discord.token_file names the same file as store.key_file. Give each a file of its own.",
    ),
    "a key over the database": (SETTINGS.replace("c.key", "x/../c.sqlite"), "names the same file as store.database"),
    "a key over SQLite's own": (
        SETTINGS.replace("c.key", "c.sqlite-wal"),
        "line 3: store.key_file names a file that Chaperone makes beside store.database. Name another.",
    ),
    "a token over the tombstones": (
        f"{SETTINGS}[discord]\ntoken_file = 'c.key.forgotten'",
        "discord.token_file names a file that Chaperone makes beside store.key_file. Name another.",
    ),
    "the database as a history": (
        SETTINGS.replace('"day.jsonl"', '"day.jsonl", "c.sqlite"'),
        "line 9: replay.files names the same file as store.database. Give each a file of its own.",
    ),
    "SQLite's own as a history": (
        SETTINGS.replace("day.jsonl", "c.sqlite-wal"),
        "line 9: replay.files names a file that Chaperone makes beside store.database. Name another.",
    ),
    "the key as a history": (
        SETTINGS.replace("day.jsonl", "x/../c.key"),
        "line 9: replay.files names the same file as store.key_file.",
    ),
    "the database as the roster": (
        SETTINGS.replace('"roster"', '"c.sqlite"'),
        "line 6: roster.path names the same file as store.database.",
    ),
    "the settings as a key": (
        SETTINGS.replace("c.key", "config.toml"),
        "line 3: store.key_file names the file of the settings itself. Name another.",
    ),
    "no name": (SETTINGS.replace("c.sqlite", ""), "store.database: it names no file. Write a path"),
    "a folder": (SETTINGS.replace("c.sqlite", "."), "store.database: it names a folder."),
    "no history": ("[replay]\nfiles = ['']", "replay.files: it names no file. Write a path"),
}


@pytest.mark.parametrize(("text", "why"), STORES.values(), ids=STORES.keys())
def test_what_a_start_refuses_is_told(text: str, why: str, chaperone: Command, tmp_path: Path) -> None:
    """And the start refuses it: nothing is made, above all no key where the database is to be."""
    settle(tmp_path)

    code, said = check(chaperone, tmp_path, text)
    before = everything(tmp_path)
    ended = chaperone("run")

    assert code == ended.code == 2
    assert why in said
    assert why in ended.err
    assert everything(tmp_path) == before


def test_files_that_are_only_read_may_be_one(tmp_path: Path) -> None:
    """Nothing is written over."""
    config = tmp_path / "config.toml"
    config.write_text("[roster]\npath = 'a.zip'\n[replay]\nfiles = ['a.zip', 'a.zip', 'config.toml']\n", "utf-8")

    assert [*read_settings(config).refused_files()] == []


def test_every_file_that_is_made_beside_the_record_may_be_named_by_no_setting(tmp_path: Path) -> None:
    """All that the page lists, and no more: a key may well be called after the database."""
    running = (ROOT / "docs" / "running.md").read_text("utf-8").replace("NNNN", "0012").replace("DATE", "20261118")
    made = re.findall(r"^\| `chaperone\.sqlite([^`]+)`(?:, `([^`]+)`)?", running, re.MULTILINE)
    config, refused = tmp_path / "config.toml", {}
    for each in [ending for both in made for ending in both if ending] + [".key", ".slack.token", "-2"]:
        config.write_text(SETTINGS.replace('"c.key"', f'"c.sqlite{each}"'), "utf-8")
        refused[each] = [*read_settings(config).refused_files()] != []

    assert [each for each, is_refused in refused.items() if not is_refused] == [".key", ".slack.token", "-2"]
    assert len(refused) > 15


def test_a_record_that_was_emptied_is_not_begun_anew(chaperone: Command, tmp_path: Path) -> None:
    """A copy that failed leaves an empty file. A crash at the first start leaves one, too, but no checkpoint."""
    district = settle(tmp_path)
    (tmp_path / "c.sqlite").touch()
    (tmp_path / "c.key").write_text("ab" * 32, encoding="ascii")
    code, said = check(chaperone, tmp_path, SETTINGS)
    assert code == 0
    assert "c.sqlite is empty: a start begins a new record." in said
    assert district.run().returncode == 0
    for each in tmp_path.glob("c.sqlite-*"):
        each.unlink()
    (tmp_path / "c.sqlite").write_bytes(b"")

    code, said = check(chaperone, tmp_path, SETTINGS)

    assert code == 2
    assert "c.sqlite is empty, but c.sqlite.checkpoint knows of a record in it." in said
    assert said.count("c.sqlite is empty") == 1
    assert "Put the database back from a backup." in district.run().stderr
    assert (tmp_path / "c.sqlite").read_bytes() == b""


def test_a_key_or_token_that_others_may_read_is_told(chaperone: Command, tmp_path: Path, open_folder: Path) -> None:
    """A copy of a key by another account brings it along so; everything private hangs on it."""
    settle(tmp_path)
    (open_folder / "the keys").mkdir()
    key, token, password = (open_folder / "the keys" / each for each in ("c.key", "discord.token", "mail.password"))
    for file, mode in ((key, 0o644), (token, 0o640), (password, 0o600)):
        file.write_text("ab" * 32)
        file.chmod(mode)
    places = f"[discord]\ntoken_file = '{token}'\n[mail]\npassword_file = '{password}'\n"
    settings = SETTINGS.replace('"c.key"', f"'{key}'") + places

    code, said = check(chaperone, tmp_path, settings)
    open_folder.chmod(0o700)
    closed, said_of_closed = check(chaperone, tmp_path, settings)

    assert code == closed == 0
    assert f"store.key_file: other accounts of this machine may read {key}, or write it." in said
    assert f"To mend it: chmod 600 '{key}'" in said
    assert f"discord.token_file: other accounts of this machine may read {token}, or write it." in said
    assert "mail.password" not in said
    assert "other accounts" not in said_of_closed


def test_a_record_that_others_may_read_is_told(chaperone: Command, tmp_path: Path, open_folder: Path) -> None:
    """A backup that was put back has the rights of whoever copied it; ids, roles and schools stand there unsealed."""
    settle(tmp_path)
    record = open_folder / "c.sqlite"
    record.touch()
    record.chmod(0o644)

    _, said = check(chaperone, tmp_path, SETTINGS.replace('"c.sqlite"', f"'{record}'"))

    assert f"store.database: other accounts of this machine may read {record}, or write it." in said
    assert f"To mend it: chmod 600 {record}" in said


@pytest.mark.parametrize(("owner", "told"), [(0, False), (1000, True)])
def test_a_closed_folder_of_another_account_lets_that_account_in(owner: int, told: bool, open_folder: Path) -> None:
    """Whoever owns it comes in, and so does root; nobody else."""
    if os.geteuid() != 0:
        pytest.skip("only root may give a folder to another account")
    key = open_folder / "keys" / "c.key"
    key.parent.mkdir()
    key.touch()
    key.chmod(0o644)
    key.parent.chmod(0o700)
    os.chown(key.parent, owner, owner)

    assert others_may_read(key) is told

    os.chown(key, 1000, 1000)
    assert not others_may_read(key)


def test_a_lost_key_is_told(chaperone: Command, tmp_path: Path) -> None:
    """Without it nothing private can be read, and a start would be refused."""
    settle(tmp_path)
    assert District(tmp_path).run().returncode == 0
    (tmp_path / "c.key").unlink()

    code, said = check(chaperone, tmp_path, SETTINGS)

    assert code == 2
    assert "Put the key file back" in said
    assert not (tmp_path / "c.key").exists()


def test_a_key_that_cannot_be_read_is_told(chaperone: Command, tmp_path: Path) -> None:
    """As a start would tell it."""
    settle(tmp_path)
    assert District(tmp_path).run().returncode == 0
    (tmp_path / "c.key").unlink()
    (tmp_path / "c.key").mkdir()

    code, said = check(chaperone, tmp_path, SETTINGS)

    assert code == 2
    assert "c.key could not be read (Is a directory)" in said


@pytest.mark.parametrize(
    ("name", "why"),
    [
        ("c.sqlite.checkpoint", "c.sqlite.checkpoint holds no checkpoint: it should be one line"),
        ("c.key.forgotten", "c.key.forgotten holds no list of dropped keys: it should be plain text"),
    ],
)
def test_a_damaged_file_beside_the_record_is_told(name: str, why: str, chaperone: Command, tmp_path: Path) -> None:
    """A start reads it before anything is heard."""
    district = settle(tmp_path)
    assert district.run().returncode == 0
    (tmp_path / name).write_bytes(b"\xff")

    code, said = check(chaperone, tmp_path, SETTINGS)

    assert code == 2
    assert why in said
    assert why in district.run().stderr


def test_a_database_at_which_nobody_can_look_is_told(chaperone: Command, tmp_path: Path) -> None:
    """It is no reason to say that there is none yet."""
    settle(tmp_path)
    code, said = check(chaperone, tmp_path, SETTINGS.replace("c.sqlite", f"{'n' * 300}.sqlite"))

    assert code == 2
    assert "could not be read (File name too long)" in said


CROWD = "".join(f"k{number},,,true,s1,student,k{number},,Ann,Sedge,,,,,,,09,\n" for number in range(10, 30))


def settle_and_run(folder: Path) -> District:
    """Let a district have imported its people, one of whom has left users.csv since, and is in accounts.csv still."""
    district = settle(folder, roster=changed(V1_1, users=USERS_1_1 + CROWD))
    assert district.run().returncode == 0
    users = folder / "roster" / "users.csv"
    users.write_text(
        "".join(each for each in users.read_text().splitlines(keepends=True) if not each.startswith("k2,"))
    )
    return district


STRANGERS = """
[discord.teams]
rowng = [1180000000000000001]
[discord.private]
s1 = 1180000000000000003
s9 = 1180000000000000002
[slack]
teams = { roing = ["C0123ABCD"] }
[[exemptions]]
rule = "group-messages"
team = "rowing"
person = "cc1"
until = 2026-11-01
approved_by = "t-nobody"
reason = "rosebud"
"""


@pytest.mark.parametrize(
    ("offices", "told"),
    [
        ("", "School 's1': nobody gets copies, so no private matter of its students can be sent."),
        ("s1,principal,p1,,2020-08-01,2021-06-30\n", "School 's1': nobody gets copies"),
        (
            "s1,principal,p1,,,\n",
            "School 's1' has no superintendent's designee, and no other school has one: nobody may",
        ),
        ("s1,principal,p1,,,\ns2,superintendent_designee,c1,,,\n", "has no superintendent's designee. What concerns"),
        ("s1,superintendent_designee,p1,,,\n", ""),
    ],
)
def test_a_school_without_offices_is_told(offices: str, told: str, chaperone: Command, tmp_path: Path) -> None:
    """Else the first to hear of it is a coach whose private matter is refused."""
    settle(tmp_path)
    (tmp_path / "roster" / "offices.csv").write_text(f"school,office,person,deputy,from,until\n{offices}")

    code, said = check(chaperone, tmp_path, SETTINGS)

    assert code == 0
    assert told in said
    assert said.count("in offices.csv") == bool(told)


def end_rowing(folder: Path) -> None:
    """Let every line of a team have ended."""
    teams = folder / "roster" / "teams.csv"
    header, *lines = teams.read_text().splitlines()
    ended = [f"{each.rpartition(',')[0]},2025-06-30" if each.startswith("rowing,") else each for each in lines]
    teams.write_text("\n".join([header, *ended, ""]))


def test_a_name_that_the_roster_has_not_is_told_with_its_line(chaperone: Command, tmp_path: Path) -> None:
    """Nothing would come of what stands under it, and nobody would know."""
    settle(tmp_path)

    code, said = check(chaperone, tmp_path, SETTINGS + STRANGERS)

    assert code == 0
    for each in (
        "config.toml, line 12: discord.teams.rowng: the roster has no team 'rowng'. Did you mean 'rowing'?",
        "config.toml, line 15: discord.private.s9: the roster has no school 's9'. There are: s1, s2.",
        "config.toml, line 17: slack.teams.roing: the roster has no team 'roing'. Did you mean 'rowing'?",
        "config.toml, line 21: exemptions.0.person: the roster has no person 'cc1'. Did you mean 'c1'?",
        "config.toml, line 23: exemptions.0.approved_by: 't-nobody' is not on the roster. The exception holds all",
    ):
        assert each in said
    assert said.count("weak    config.toml") == 5
    assert "rosebud" not in said


def test_a_live_platform_without_a_roster_of_known_age_is_told(chaperone: Command, tmp_path: Path) -> None:
    """A history may be of any time, and counts no age unless it is told one."""
    weak = "weak    roster.path names no files. Nobody knows how old the roster is, so a person is asked"

    assert weak not in check(chaperone, tmp_path, "")[1]
    assert weak in check(chaperone, tmp_path, "[discord]\nservers = [1180000000000000001]\n[replay]\n")[1]


def test_what_a_rule_is_told_of_places_that_are_none_is_told(chaperone: Command, tmp_path: Path) -> None:
    """A misspelt team would have its list of last names refused, and nobody would know why."""
    settle(tmp_path)
    rules = """
[rules.personal-data]
last_names_allowed_in = [
  "rowing", "roing",
  "C0123ABCD", "GIRLSSOCCER"]
[rules.district-platforms]
also_set_up = ["1180000000000000001", "rowing"]
"""
    live = SETTINGS.replace("[replay]", "[discord]\nservers = [1180000000000000001]\n[replay]")

    said = check(chaperone, tmp_path, live + rules)[1]

    assert (
        "rules.personal-data.last_names_allowed_in: 'roing' is no id of a place, and the roster has no such team. "
        "Did you mean 'rowing'?"
    ) in said
    assert "rules.district-platforms.also_set_up: 'rowing' is no id of a place.\n" in said
    assert "'GIRLSSOCCER' is no id of a place, and the roster has no such team." in said
    assert said.count("is no id of a place") == 3
    assert "is no id of a place" not in check(chaperone, tmp_path, SETTINGS + rules)[1]


def test_a_team_that_has_ended_is_a_hint(chaperone: Command, tmp_path: Path) -> None:
    """Each summer it comes for every team: nothing is misspelt, and one that is is still told which it may be."""
    settle(tmp_path)
    end_rowing(tmp_path)

    code, said = check(chaperone, tmp_path, SETTINGS + STRANGERS)

    assert code == 0
    assert (
        "fine    config.toml, line 20: exemptions.0.team: team 'rowing' has ended on the roster (its last line ran "
        "until 2025-06-30). Take out what is said of it here, or give it its new lines."
    ) in said
    assert "line 17: slack.teams.roing: the roster has no team 'roing'. Did you mean 'rowing'?" in said
    assert "no team 'rowing'" not in said


def test_a_replay_tells_of_an_exception_for_nobody_as_the_check_does(chaperone: Command, tmp_path: Path) -> None:
    """Whoever it should have excused was judged. A history may be of a time when a team ran that has ended."""
    settle(tmp_path)
    end_rowing(tmp_path)
    (tmp_path / "config.toml").write_text(SETTINGS + STRANGERS, "utf-8")

    said = chaperone("replay", "day.jsonl", "--roster", "roster", "--database", "audit.sqlite").out

    assert "config.toml, line 21: exemptions.0.person: the roster has no person 'cc1'. Did you mean 'c1'?" in said
    assert "Write it as the roster does: until then nothing comes of it." in said
    assert "The exception holds all the same. Name whoever granted it by sourcedId." in said
    assert "rowng" not in said
    assert "has ended" not in said


def test_who_has_departed_is_judged_as_the_start_judges_it(chaperone: Command, tmp_path: Path) -> None:
    """An office takes a line out later; a start passes it over, with a note. Without a record nobody was ever known."""
    district = settle_and_run(tmp_path)
    before = everything(tmp_path)

    code, said = check(chaperone, tmp_path, SETTINGS)

    assert code == 0
    assert "Roster: accounts.csv, line 5: its person has departed. The line can be taken out." in said
    assert everything(tmp_path) == before
    assert district.run().returncode == 0

    code, said = check(chaperone, tmp_path, SETTINGS.replace("c.sqlite", "none.sqlite"))
    assert code == 2
    assert "accounts.csv, line 5: its person is not in users.csv." in said
    assert not [*tmp_path.glob("none*")]


def test_a_roster_whose_people_would_depart_is_told_as_the_start_refuses_it(chaperone: Command, tmp_path: Path) -> None:
    """Zero would be a promise that the start does not keep."""
    district = settle_and_run(tmp_path)
    (tmp_path / "roster" / "users.csv").write_text(USERS_1_1)

    code, said = check(chaperone, tmp_path, SETTINGS)

    assert code == 2
    assert "20 of 25 active people would depart, which is over 10 %." in said
    assert "20 of 25 active people would depart" in district.run().stderr


def test_a_record_of_an_older_release_is_no_fault(chaperone: Command, tmp_path: Path) -> None:
    """A start brings it forward; until then only who was known is asked of it."""
    settle_and_run(tmp_path)
    with closing(sqlite3.connect(tmp_path / "c.sqlite")) as connection, connection:
        connection.execute("UPDATE alembic_version SET version_num = '0001'")

    code, said = check(chaperone, tmp_path, SETTINGS)

    assert code == 0
    assert "its person has departed" in said


def test_what_is_no_record_is_told(chaperone: Command, tmp_path: Path) -> None:
    """A start could not open it either, though the key is in its place."""
    settle_and_run(tmp_path)
    for each in tmp_path.glob("c.sqlite-*"):
        each.unlink()
    (tmp_path / "c.sqlite").write_text("x" * 20_000)

    code, said = check(chaperone, tmp_path, SETTINGS)

    assert code == 2
    assert "c.sqlite is not a database." in said


def test_a_sound_scorer_is_no_finding(chaperone: Command, tmp_path: Path) -> None:
    """It is opened, as a start would."""
    (tmp_path / "own").mkdir()
    write_folder(tmp_path / "own")

    assert check(chaperone, tmp_path, '[reading.scorer]\nfolder = "own"')[0] == 0


def test_without_settings_it_says_what_to_do(chaperone: Command) -> None:
    """The same as a run."""
    ended = chaperone("check")

    assert ended.code == 2
    assert "There is no config.toml here" in ended.err


def test_a_start_with_refused_words_does_not_begin(tmp_path: Path) -> None:
    """Whoever reads settings is told the same, with the line."""
    (tmp_path / "config.toml").write_text(BAD, "utf-8")

    with pytest.raises(ConfigurationError, match=r"line 8: reading\.patterns, entry 1"):
        read_configuration(tmp_path / "config.toml")


def test_words_in_the_environment_are_refused_by_its_name(monkeypatch: pytest.MonkeyPatch) -> None:
    """There is no line to name."""
    told = [{"label": "threat", "name": "x", "patterns": [r"(a)\1"]}]
    monkeypatch.setenv("CHAPERONE_READING__PATTERNS", json.dumps(told))

    with pytest.raises(ConfigurationError, match=r"CHAPERONE_READING__PATTERNS in the environment: .* refers back"):
        default_configuration()


@pytest.mark.parametrize(
    ("rule", "whom", "does_nothing"),
    [
        ("self-harm", "team = 'rowing'", True),
        ("inappropriate-contact", "person = 'c1'", True),
        ("impersonation", "team = 'rowing'", True),
        ("group-messages", "team = 'rowing'", False),
        ("link-shorteners", "person = 'c1'", False),
    ],
)
def test_an_exception_that_sets_nothing_aside_is_told(
    rule: str, whom: str, chaperone: Command, tmp_path: Path, *, does_nothing: bool
) -> None:
    """Whoever wrote it counts on it; the command that grants one refuses it."""
    line = (
        f"[[exemptions]]\nrule = '{rule}'\n{whom}\nuntil = 2027-06-18\napproved_by = 't-haddad'\nreason = 'so it is'\n"
    )

    code, said = check(chaperone, tmp_path, line)

    assert code == 0
    assert (f"nothing that '{rule}' finds is set aside so. The exception does nothing." in said) == does_nothing
