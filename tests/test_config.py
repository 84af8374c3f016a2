import traceback
from collections.abc import Callable
from datetime import date
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

import rules
from adapters.mail import Server
from bot.complaints import line_of
from bot.config import Configuration, read_configuration
from bot.errors import ConfigurationError
from bot.judge import Exemption
from bot.people import PersonId, TeamId
from bot.wiring import letterhead, mail_server
from rules.employee_04_group_messages import CopiesByTeam, GroupMessages
from rules.general_09_link_shorteners import LinkShorteners
from tests.journeys import ROOT

EVERY = rules.every()
EXAMPLE = (ROOT / "config.example.toml").read_text("utf-8")
SECRET = "rosebud"


@pytest.fixture
def write(tmp_path: Path) -> Callable[[str], Path]:
    """Give a way to write a file of settings."""

    def written(text: str) -> Path:
        path = tmp_path / "config.toml"
        path.write_text(text, encoding="utf-8")
        return path

    return written


def told(path: Path) -> str:
    """Read settings to the end, as a run would, and give the refusal."""
    with pytest.raises(ConfigurationError) as refusal:
        read_to_the_end(path)
    return str(refusal.value)


def read_to_the_end(path: Path) -> Configuration:
    """Read the file, its rules and its exceptions."""
    configuration = read_configuration(path)
    configuration.rules(EVERY)
    configuration.exemptions(EVERY)
    return configuration


def test_an_empty_file_is_all_defaults(write: Callable[[str], Path]) -> None:
    """Nobody has to write what is usual."""
    configuration = read_configuration(write(""))

    assert configuration.rules(EVERY) == tuple(rule() for rule in EVERY)
    assert configuration.exemptions(EVERY) == ()
    assert configuration.settings.zone == ZoneInfo("America/New_York")


def test_what_the_file_says_is_taken(write: Callable[[str], Path]) -> None:
    """A sister district words the rule otherwise."""
    configuration = read_configuration(
        write(
            """
            [district]
            time_zone = "America/Chicago"
            [roster]
            path = "people"
            stale_after_days = 3
            [replay]
            files = ["a.jsonl", "b.zip"]
            rehearse = true
            [rules.group-messages]
            fewest_students = "all"
            require_administrator = true
            copy_to.clubs = "both"
            [rules.link-shorteners]
            also = ["Sho.rt"]
            """
        )
    )

    settings = configuration.settings
    assert settings.zone == ZoneInfo("America/Chicago")
    assert (settings.roster.path, settings.roster.stale_after_days) == (Path("people"), 3)
    assert (settings.replay.files, settings.replay.rehearse) == ((Path("a.jsonl"), Path("b.zip")), True)
    rules = configuration.rules(EVERY)
    assert GroupMessages("all", True, CopiesByTeam("both", "both")) in rules
    assert LinkShorteners(also=("sho.rt",)) in rules


def test_paths_are_seen_from_the_files_own_folder(write: Callable[[str], Path]) -> None:
    """A service is started from anywhere."""
    path = write("")

    configuration = read_configuration(path)

    assert configuration.resolve(Path("var/c.sqlite")) == path.parent / "var" / "c.sqlite"
    assert configuration.resolve(Path("/srv/c.sqlite")) == Path("/srv/c.sqlite")
    assert configuration.resolve(Path("~/c.sqlite")) == Path("~/c.sqlite").expanduser()


MAIL = "[mail]\nfrom_address = 'chaperone@example.org'\n"
MISTAKES = {
    "a misspelt section": ("[rooster]", 1, "has no setting 'rooster'. Did you mean 'roster'?"),
    "a misspelt setting": ("[store]\ndatabse = 'x'", 2, "store has no setting 'databse'. Did you mean 'database'?"),
    "a setting like nothing": ("[store]\nzebra = 1", 2, "There are: database, key_file."),
    "a word that would steer the library": (
        "[store]\n[_env_file]\n",
        2,
        "the file has no setting '_env_file'. There are:",
    ),
    "another": ("_case_sensitive = true", 1, "the file has no setting '_case_sensitive'."),
    "one that would print its help": ("_cli_parse_args = ['--help']", 1, "the file has no setting '_cli_parse_args'."),
    "one that it is called by": ("__pydantic_self__ = 1", 1, "the file has no setting '__pydantic_self__'."),
    "a zero byte in a path": ('[store]\ndatabase = "a\\u0000b"', 2, "store.database: a zero byte stands in it"),
    "a zero byte in one of several": ("[replay]\nfiles = ['a', \"b\\u0000\"]", 2, "replay.files: a zero byte"),
    "somebody's home there is not": ("[roster]\npath = '~nobody-here/r'", 2, "no home folder for ~nobody-here; write"),
    "a number as words": ("\n\n[roster]\nstale_after_days = 'soon'", 4, "write a whole number."),
    "a number too small": ("[roster]\nstale_after_days = 0", 2, "write a number from 1 to 3650."),
    "a number too small of any": ("[rules.think-before-posting]\nlong_message = 0", 2, "write a number from 1 up."),
    "more days than a calendar has": ("[roster]\nstale_after_days = 10000000000", 2, "write a number from 1 to 3650."),
    "more hours than a calendar has": (
        "[rules.group-messages]\nanswer_within_hours = 99999999",
        2,
        "write a number from 1 to 720.",
    ),
    "a path as a number": ("[store]\ndatabase = 5", 2, "path"),
    "a section as a value": ("store = 5", 1, "store"),
    "a list as a word": (
        "[replay]\nfiles = 'day.jsonl'",
        2,
        "replay.files: write a list, in square brackets: files = […].",
    ),
    "an address as a host": (
        "[rules.link-shorteners]\nalso = ['sho.rt', 'https://go.example.org/']",
        2,
        "rules.link-shorteners.also.1: write the host alone, like links.example.org",
    ),
    "a pattern as a host": ("[rules.anonymizers]\nallowed = ['*.example.org']", 2, "write the host alone"),
    "a team's channel for private matters": (
        "[discord]\nteams = { diving = [1180000000000000001] }\nprivate = { high = 1180000000000000001 }",
        3,
        "discord.private: channel 1180000000000000001 is one of diving's. Make one for private matters alone.",
    ),
    "a time zone there is not": ("[district]\ntime_zone = 'Mars/Olympus'", 2, "no time zone 'Mars/Olympus'"),
    "a time zone that is a folder": ("[district]\ntime_zone = 'America'", 2, "no time zone 'America'"),
    "a time zone that is a path": ("[district]\ntime_zone = '../../etc/passwd'", 2, "no time zone"),
    "no time zone": ("[district]\ntime_zone = ''", 2, "no time zone ''"),
    "an unknown rule": ("[rules.group-message]\n", 1, "no rule 'group-message'. Did you mean 'group-messages'?"),
    "an unknown rule, remarked": ("\n[rules.group-message] # E4\n", 2, "Did you mean 'group-messages'?"),
    "a misspelt setting of a rule": (
        "[rules.group-messages] # E4\nrequire_administrator = true\nfewest_student = 2",
        3,
        "rules.group-messages has no setting 'fewest_student'. Did you mean 'fewest_students'?",
    ),
    "a misspelt setting in a rule": (
        "[rules.group-messages.copy_to] # who\natletics = 'both'",
        2,
        "rules.group-messages.copy_to has no setting 'atletics'. Did you mean 'athletics'?",
    ),
    "an office there is not": ("[rules.group-messages]\ncopy_to.clubs = 'coach'", 2, "'principal'"),
    "a word there is not for a number": (
        "[rules.group-messages]\nfewest_students = 'alle'",
        2,
        "fewest_students: write a whole number or 'all'.",
    ),
    "nobody to alert": ("[rules.self-harm]\nalert = []", 2, "alert: it needs 1 at the least."),
    "too few to be a group": ("[rules.group-messages]\nfewest_students = 0", 2, "write a number from 2 up or 'all'."),
    "fewer than none": ("[rules.group-messages]\nfewest_students = -2", 2, ""),
    "a rule as a word": ("rules.group-messages = 'off'", 1, "dictionary"),
    "a mail server that is none": (f"{MAIL}host = 'smtp://x'", 3, "the server's name alone, like mail.example.org"),
    "mail from nobody": ("[mail]\nhost = 'mail.example.org'", 1, "the one plain address that letters come from"),
    "mail from a name": ("[mail]\nfrom_address = 'The Office <a@example.org>'", 2, "the one plain address"),
    "mail without TLS": (f"{MAIL}host = 'mail.example.org'\nsecurity = 'none'", 4, "Write 'starttls' or 'tls'"),
    "mail in a way there is not": (f"{MAIL}security = 'ssl'", 3, "'starttls', 'tls' or 'none'"),
    "a port there is not": (f"{MAIL}port = 70000", 3, "mail.port: write a number from 1 to 65535."),
    "no port": ("[slack]\nport = 0", 2, "slack.port: write a number from 1 to 65535."),
    "too late at night": (
        "[rules.think-before-posting]\nnight_from = 24",
        2,
        "night_from: write a number from 0 to 23.",
    ),
    "half a student": ("[rules.group-messages]\nfewest_students = 2.5", 2, "write a whole number or 'all'."),
    "letters named after nothing": (f"{MAIL}message_id_domain = 'mail'", 3, "a domain of the district's own"),
    "no time at all": (f"{MAIL}timeout_seconds = 0", 3, "write a number above 0, up to 600."),
    "a time that is no number": (f"{MAIL}timeout_seconds = nan", 3, "write a number above 0, up to 600."),
    "a time without end": (f"{MAIL}timeout_seconds = inf", 3, "write a number above 0, up to 600."),
    "a time as words": (f"{MAIL}timeout_seconds = 'long'", 3, "timeout_seconds: write a number."),
    "neither yes nor no": ("[discord]\nrehearse = 'maybe'", 2, "discord.rehearse: write true or false."),
    "a password in the file": (
        f"{MAIL}username = 'c'\npassword = '{SECRET}'",
        4,
        "mail.password is a secret, so not for this file. Take it out. Set CHAPERONE_MAIL__PASSWORD, or write it to "
        "the file that mail.password_file names.",
    ),
}
MISTAKES |= {
    f"a password in the file, under {text.partition(' ')[0]}": (text, line, "mail.password is a secret")
    for text, line in (
        (f"['mail']\npassword = '{SECRET}'", 2),
        (f"[ \"mail\" ]\n'password' = '{SECRET}'", 2),
        (f"mail = {{ password = '{SECRET}' }}", 1),
    )
}
EXCEPTION = "[[exemptions]]\nrule = 'group-messages'\nuntil = 2026-11-01\napproved_by = 'p'\nreason = 'rosebud'\n"
MISTAKES |= {
    "an exception for everybody": (EXCEPTION, 1, "a team, a person or both"),
    "an exception without an end": (EXCEPTION.replace("until = 2026-11-01\n", "team = 's'\n"), 1, "until"),
    "an exception from no rule": (
        EXCEPTION.replace("messages", "message") + "team = 's'",
        2,
        "Did you mean 'group-messages'?",
    ),
    "an exception until no day": (EXCEPTION.replace("2026-11-01", "'next spring'"), 3, "date"),
    "an exception until a day of another form": (
        EXCEPTION.replace("2026-11-01", "'11/01/2026'"),
        3,
        "exemptions.0.until: write a date like 2026-11-01.",
    ),
    "an exception nobody granted": (EXCEPTION.replace("approved_by = 'p'\n", "team = 's'\n"), 1, "approved_by"),
    "a misspelt setting of an exception": (f"{EXCEPTION}tem = 's'", 6, "Did you mean 'team'?"),
    "an exception in quotes": (f"{EXCEPTION.replace('exemptions', repr('exemptions'))}tem = 's'", 6, "Did you mean"),
    "the second exception": (f"{EXCEPTION}team = 's'\n{EXCEPTION}tem = 's'", 12, "Did you mean 'team'?"),
    "an exception that ends before it begins": (f"{EXCEPTION}team = 's'\nsince = 2026-11-02", 3, ""),
}


@pytest.mark.parametrize(("text", "line", "why"), MISTAKES.values(), ids=MISTAKES.keys())
def test_a_mistake_is_told_with_its_line_and_the_right_word(
    text: str, line: int, why: str, write: Callable[[str], Path]
) -> None:
    """An error tells its reader how to mend it, and repeats no reason somebody gave."""
    path = write(text)

    refusal = told(path)

    assert refusal.startswith(f"{path}, line {line}: ")
    assert why in refusal
    assert SECRET not in refusal
    assert "\n" not in refusal


@pytest.mark.parametrize("text", ["[store", "a = ", "= 1", f"[store]\nreason = '{SECRET}", "a = 1\na = 2", "\x01"])
def test_what_is_not_toml_is_told_with_its_line(text: str, write: Callable[[str], Path]) -> None:
    """The library says where; the words of the file stay in the file."""
    refusal = told(write(text))

    assert "is not TOML" in refusal
    assert "line" in refusal or "end of document" in refusal
    assert SECRET not in refusal


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("[district]\n[store]\n[district]", "the table [district] stands twice; keep one of the two (at line 3,"),
        ("[rules.tags]\n[rules.tags]", "the table [rules.tags] stands twice; keep one of the two (at line 2,"),
        ("[store]\ndatabase = 'a'\ndatabase = 'b'\n", "a setting stands twice; keep one of the two (at line 3,"),
    ],
)
def test_what_stands_twice_is_named_as_it_looks(text: str, said: str, write: Callable[[str], Path]) -> None:
    """Nobody declares anything in a file of settings."""
    assert said in told(write(text))


def test_a_file_that_is_not_there_is_told_with_what_to_copy(tmp_path: Path) -> None:
    """The example is beside it."""
    assert "Copy config.example.toml" in told(tmp_path / "config.toml")


def test_a_file_in_another_encoding_is_refused(tmp_path: Path) -> None:
    """Notepad once saved so."""
    path = tmp_path / "config.toml"
    path.write_bytes("[store]".encode("utf-16"))

    assert "UTF-8" in told(path)

    path.write_bytes("[store]\n# Bärch".encode("latin-1"))
    assert told(path) == f"{path}, line 2: it is not UTF-8. Save the file as UTF-8."


def test_a_folder_is_no_file(tmp_path: Path) -> None:
    """A slip of the tab key."""
    assert "could not be read (Is a directory)" in told(tmp_path)


def test_a_mark_that_an_editor_puts_first_says_nothing(tmp_path: Path) -> None:
    """Notepad saves UTF-8 with a byte order mark."""
    path = tmp_path / "config.toml"
    path.write_bytes(b"\xef\xbb\xbf[roster]\r\nstale_after_days = 3\r\n")

    assert read_configuration(path).settings.roster.stale_after_days == 3


def test_an_exception_is_read_whole(write: Callable[[str], Path]) -> None:
    """It names a rule, for whom, and from when until when."""
    text = f"{EXCEPTION}team = 'diving'\nperson = 'c1'\nsince = 2026-09-01\n"

    exemptions = read_configuration(write(text)).exemptions(EVERY)

    assert exemptions == (
        Exemption(
            "group-messages diving c1 2026-09-01 2026-11-01",
            "group-messages",
            date(2026, 11, 1),
            date(2026, 9, 1),
            TeamId("diving"),
            PersonId("c1"),
            "p",
            "rosebud",
        ),
    )


def test_reasons_stay_out_of_what_is_printed(write: Callable[[str], Path]) -> None:
    """Why somebody was excused is nobody's business in a log."""
    configuration = read_configuration(write(f"{EXCEPTION}team = 's'"))

    assert SECRET not in repr(configuration)


def test_the_environment_wins_over_the_file(write: Callable[[str], Path], monkeypatch: pytest.MonkeyPatch) -> None:
    """One file for all machines, and what differs beside it; the rest of the section stays."""
    monkeypatch.setenv("CHAPERONE_STORE__DATABASE", "elsewhere/c.sqlite")
    monkeypatch.setenv("CHAPERONE_DISTRICT__TIME_ZONE", "Pacific/Honolulu")

    settings = read_configuration(write("[store]\ndatabase = 'd'\nkey_file = 'k'")).settings

    assert (settings.store.database, settings.store.key_file) == (Path("elsewhere/c.sqlite"), Path("k"))
    assert settings.zone == ZoneInfo("Pacific/Honolulu")


@pytest.mark.parametrize(
    ("variable", "value"),
    [
        ("CHAPERONE_ROSTER__STALE_AFTER_DAYS", SECRET),
        ("CHAPERONE_DISTRICT__TIME_ZONE", "Mars/Olympus"),
        ("CHAPERONE_STORE__DATABSE", SECRET),
        ("CHAPERONE_REPLAY__FILES", SECRET),
        ("CHAPERONE_RULES", SECRET),
        ("CHAPERONE_STORE", SECRET),
        ("CHAPERONE_EXEMPTIONS", f'[{{"rule": "{SECRET}"}}]'),
        ("CHAPERONE_MAIL__FROM_ADDRESS", SECRET),
        ("CHAPERONE_MAIL__SECURITY", SECRET),
        ("CHAPERONE_MAIL__HOST", f"{SECRET} {SECRET}"),
        ("CHAPERONE_RULES__GROUP-MESSAGES", f'{{"fewest_students": "{SECRET}"}}'),
        ("CHAPERONE_RULES__GROUP-MESSAGES", f'{{"{SECRET}": 1}}'.replace(SECRET, "fewest")),
        ("CHAPERONE_RULES__GROUP-MESSAGE", "{}"),
        ("CHAPERONE_EXEMPTIONS", '[{"rule": "x", "until": "2026-11-01", "approved_by": "p", "reason": "r"}]'),
    ],
)
def test_a_mistake_in_the_environment_is_told_by_the_variables_name(
    variable: str, value: str, write: Callable[[str], Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whoever looks for it in the file would look for long. A variable may hold a secret, so it is not repeated."""
    monkeypatch.setenv(variable, value)

    refusal = told(write(EXAMPLE))

    assert variable in refusal
    assert SECRET not in refusal


@pytest.mark.parametrize(
    ("variable", "wrong"),
    [
        (
            "CHAPERONE_DISCORD_REHEARSE",
            "sets nothing. Did you mean CHAPERONE_DISCORD__REHEARSE, with two underscores?",
        ),
        ("CHAPERONE_STOR__DATABASE", ": the file has no setting 'stor'. Did you mean 'store'?"),
    ],
)
def test_a_variable_that_reaches_no_setting_is_refused(
    variable: str, wrong: str, write: Callable[[str], Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Passed over in silence, somebody takes for a rehearsal what is none."""
    monkeypatch.setenv(variable, "true")

    assert wrong in told(write(EXAMPLE))
    assert variable in told(write(EXAMPLE))


def test_a_variable_that_was_never_meant_for_a_setting_is_let_be(
    write: Callable[[str], Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    """What starts a container names variables after it."""
    monkeypatch.setenv("CHAPERONE_PORT_443_TCP", "tcp://10.0.0.1:443")

    assert read_configuration(write(EXAMPLE)).settings.store.database.name == "chaperone.sqlite"


def test_a_mistake_across_variables_is_told_by_a_variables_name(
    write: Callable[[str], Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The file says nothing of the table, so it has no line to name."""
    monkeypatch.setenv("CHAPERONE_MAIL__HOST", "mail.example.org")
    refusal = told(write("[roster]\nstale_after_days = 3"))

    assert refusal.startswith("CHAPERONE_MAIL__HOST in the environment: mail.from_address: write the one plain address")


def test_a_mistake_in_the_file_is_told_with_its_line_whatever_the_environment_adds(
    write: Callable[[str], Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A variable that holds a part of a table is not to blame for the rest of it."""
    monkeypatch.setenv("CHAPERONE_RULES__GROUP-MESSAGES", '{"require_administrator": true}')
    path = write("[rules.group-messages]\nfewest_students = 0")

    assert told(path).startswith(f"{path}, line 2: rules.group-messages.fewest_students: ")


SAME = "Give each a file of its own."


@pytest.mark.parametrize(
    ("text", "variables", "said"),
    [
        (
            "[store]\nkey_file = 'var/discord.token'",
            {"DISCORD__TOKEN": SECRET},
            f"{{path}}, line 2: store.key_file names the same file as discord.token_file. {SAME}",
        ),
        (
            "[discord]\ntoken_file = 'var/chaperone.key'",
            {"STORE__DATABASE": "c.sqlite"},
            f"{{path}}, line 2: discord.token_file names the same file as store.key_file. {SAME}",
        ),
        (
            "",
            {"STORE__KEY_FILE": "var/discord.token", "DISCORD__TOKEN": SECRET},
            "CHAPERONE_STORE__KEY_FILE in the environment: store.key_file names the same file as discord.token_file. "
            f"{SAME}",
        ),
        (
            "[store]\nkey_file = 'k'\n[discord]\ntoken_file = 'x/../k'",
            {},
            f"{{path}}, line 4: discord.token_file names the same file as store.key_file. {SAME}",
        ),
    ],
)
def test_of_two_settings_that_name_one_file_the_one_that_was_told_is_blamed(
    text: str, variables: dict[str, str], said: str, write: Callable[[str], Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The other may be a mere default, and a variable that only stands beside it has nothing to do with it."""
    for name, value in variables.items():
        monkeypatch.setenv(f"CHAPERONE_{name}", value)
    path = write(text)

    assert told(path) == said.format(path=path)


SERVER = f"{MAIL}host = 'mail.example.org'\nusername = 'chaperone'\n"


def test_without_a_mail_server_there_is_none(write: Callable[[str], Path]) -> None:
    """A district may begin without one: the copies are kept all the same."""
    assert mail_server(read_configuration(write(""))) is None
    assert mail_server(read_configuration(write(MAIL))) is None


def test_a_mail_server_is_taken_with_its_password_from_the_environment(
    write: Callable[[str], Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A password is taken as it is, also where it looks like JSON."""
    for password in (SECRET, "1234", "[1]", '{"a": 1}', " two words "):
        monkeypatch.setenv("CHAPERONE_MAIL__PASSWORD", password)
        server = mail_server(read_configuration(write(f"{SERVER}port = 465\nsecurity = 'tls'\ntimeout_seconds = 5")))

        assert server == Server(
            "mail.example.org", 465, "chaperone@example.org", "tls", "chaperone", password, timeout=5.0
        )


@pytest.mark.parametrize("end", ["", "\n", "\r\n"])
def test_a_password_may_stand_in_a_file_of_its_own(
    end: str, write: Callable[[str], Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Services are handed secrets so. The file is seen from the settings' folder; an editor ends its line."""
    path = write(SERVER)
    (path.parent / "secret").write_bytes(f"{SECRET}{end}".encode())
    monkeypatch.setenv("CHAPERONE_MAIL__PASSWORD_FILE", "secret")

    assert read_configuration(path).mail_password() == SECRET


@pytest.mark.parametrize(
    "held", [None, b"", b"\n", f"{SECRET}\n{SECRET}".encode(), b"rose\xffbud", b"\xff\xfe\0"], ids=repr
)
def test_a_password_that_is_not_there_is_told_at_start(held: bytes | None, write: Callable[[str], Path]) -> None:
    """Better than at the first copy, at night. What stands in the file is not repeated."""
    path = write(f"{SERVER}password_file = 'secret'")
    if held is not None:
        (path.parent / "secret").write_bytes(held)

    with pytest.raises(ConfigurationError, match="or set CHAPERONE_MAIL__PASSWORD") as refusal:
        mail_server(read_configuration(path))
    assert str(path.parent / "secret") in str(refusal.value)
    assert SECRET not in str(refusal.value)


def test_without_a_login_no_password_is_looked_for(write: Callable[[str], Path]) -> None:
    """Servers inside a district often ask for none."""
    server = mail_server(read_configuration(write(f"{MAIL}host = '127.0.0.1'\nsecurity = 'none'")))

    assert server == Server("127.0.0.1", 587, "chaperone@example.org", "none")


def test_a_password_is_printed_nowhere(write: Callable[[str], Path], monkeypatch: pytest.MonkeyPatch) -> None:
    """Not as a setting, and not in an error about another one, however much of it is shown."""
    monkeypatch.setenv("CHAPERONE_MAIL__PASSWORD", SECRET)
    right = read_configuration(write(SERVER))
    with pytest.raises(ConfigurationError) as refusal:
        read_configuration(write(f"{SERVER}port = 0"))

    assert SECRET not in repr(right)
    assert SECRET not in repr(mail_server(right))
    assert SECRET not in "".join(traceback.format_exception(refusal.value))


def test_letters_are_named_after_the_district(write: Callable[[str], Path]) -> None:
    """Their domain is the sender's, unless the district says another."""
    own = letterhead(read_configuration(write(MAIL)))
    other = letterhead(read_configuration(write(f"{MAIL}message_id_domain = 'k12.example.org'")))

    assert (own.domain, other.domain) == ("example.org", "k12.example.org")
    assert own.zone == ZoneInfo("America/New_York")


LINES = """\
a = 1
[b] # the second
c = 2
# d = 3
[[e]]
f = 4
[[e]] # again
f = 5
["g-h".i]
j = 6
k.l = 7
"""


@pytest.mark.parametrize(
    ("where", "line"),
    [
        (("a",), 1),
        (("b",), 2),
        (("b", "c"), 3),
        (("b", "d"), 2),
        (("e", "0", "f"), 6),
        (("e", "1", "f"), 8),
        (("e", "1", "d"), 7),
        (("g-h", "i", "j"), 10),
        (("g-h", "i", "k", "l"), 11),
        (("nowhere",), None),
    ],
)
def test_a_settings_line_is_found(where: tuple[str, ...], line: int | None) -> None:
    """A setting without a line of its own is looked for at its table, whatever remark stands beside it.

    One of a table that the file has not has no line.
    """
    assert line_of(LINES, where) == line
