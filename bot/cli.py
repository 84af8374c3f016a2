"""The command line: what the district's IT person types, and the tables people read."""

import asyncio
import getpass
import os
import re
import shlex
import shutil
import sys
import unicodedata
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, NoReturn

import structlog
import typer
from rich.console import Console
from rich.progress import BarColumn, DownloadColumn, Progress, TextColumn, TimeRemainingColumn
from rich.table import Table
from rich.text import Text

from bot.config import Configuration, default_configuration, read_configuration
from bot.errors import ConfigurationError
from bot.people import PersonId

if TYPE_CHECKING:
    from bot.census import Changes
    from bot.console import Sitting
    from bot.desk import Declined
    from bot.house import HouseFiles
    from bot.stand import LivePlan
    from bot.store.audit import Audit
    from bot.summary import Summary
    from bot.wiring import Ran

BROKEN = 2
"""The exit code when something has to be mended before anything can be done."""

UNSURE = 1
"""The exit code when it was done, but something in it needs a look."""

NO_SETTINGS = "There is no config.toml here. Name one with --config, or copy config.example.toml."

RULINGS = ("uphold", "not-a-problem", "escalate", "skip", "undo", "reverse")
"""What can be decided about a case, as it is typed."""

app = typer.Typer(
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    help="Keeps a school district's group-messaging rule, and carries the copies it asks for.",
)
roster_app = typer.Typer(no_args_is_help=True, help="The district's people.")
audit_app = typer.Typer(no_args_is_help=True, help="The ledger, and whether it still proves itself.")
app.add_typer(roster_app, name="roster")
copies_app = typer.Typer(no_args_is_help=True, help="The numbered copies, for who receives them.")
app.add_typer(audit_app, name="audit")
app.add_typer(copies_app, name="copies")
case_app = typer.Typer(no_args_is_help=True, help="What waits for a person: list it, look at one, decide.")
app.add_typer(case_app, name="case")
exemption_app = typer.Typer(no_args_is_help=True, help="Standing exceptions that people grant, each with an end.")
app.add_typer(exemption_app, name="exemption")
rule_app = typer.Typer(no_args_is_help=True, help="The rules, and what one would have done on past messages.")
app.add_typer(rule_app, name="rule")

OUT = Console(highlight=False, emoji=False)
ERR = Console(stderr=True, highlight=False, emoji=False)

ConfigOption = Annotated[
    Path | None,
    typer.Option("--config", envvar="CHAPERONE_CONFIG", help="The settings. Else config.toml here, else the example."),
]
RosterOption = Annotated[Path | None, typer.Option("--roster", help="A OneRoster bulk export and our lists beside it.")]
PersonOption = Annotated[str, typer.Option("--as", help="Who you are: a person of the roster, by sourcedId.")]
PurposeOption = Annotated[
    str, typer.Option("--purpose", help="Why you look. It is kept, sealed, with who looked; the reader sees it too.")
]
CaseArgument = Annotated[str, typer.Argument(help="The case's name: F-0123.")]
DatabaseOption = Annotated[
    Path | None, typer.Option("--database", help="The database, where it is not the configured one.")
]


def main() -> None:
    """Run a command. What a person has to mend is one plain sentence and exit code 2, never a traceback."""
    os.umask(0o077)  # what is kept is for the account that keeps it
    structlog.configure(logger_factory=lambda *_: structlog.PrintLogger(sys.stderr))
    try:
        app()
    except* ConfigurationError as group:
        _refuse(_first(group))


def _first(group: BaseExceptionGroup[ConfigurationError]) -> ConfigurationError:
    """Pick one: when the disk is full, every post on its way says the same."""
    error: BaseException = group
    while isinstance(error, BaseExceptionGroup):
        error = error.exceptions[0]
    return error if isinstance(error, ConfigurationError) else ConfigurationError(str(error))


def _refuse(error: ConfigurationError) -> NoReturn:
    ERR.print(str(error), markup=False, soft_wrap=True)
    sys.exit(BROKEN)


@app.callback(invoke_without_command=True)
def chaperone(
    show_version: Annotated[bool, typer.Option("--version", help="Print the version.", is_eager=True)] = False,
) -> None:
    """Keep a school district's group-messaging rule, and carry the copies it asks for."""
    if show_version:
        OUT.print(f"chaperone {version('chaperone')}")
        raise typer.Exit


@app.command()
def run(config: ConfigOption = None) -> None:
    """Start with the settings given: migrate, read the roster, and carry every message through the house."""
    from bot.wiring import ReplayPlan, mail_server, replay

    configuration = _configuration(config)
    settings = configuration.settings
    place = _place(configuration)
    OUT.print(f"Settings: {configuration.path}", markup=False)
    if settings.discord.servers or settings.slack.workspace:
        _run_live(configuration, place)
        return
    if not settings.replay.files:
        raise ConfigurationError(
            f"{configuration.path} names nothing to run: list servers under [discord], name the workspace under "
            "[slack], or list files under [replay]."
        )
    if mail_server(configuration) is None:
        OUT.print(
            "Mail: no server is configured, so copies are kept and nobody is told of them by mail.", soft_wrap=True
        )
    with _progress("Replaying") as progress:
        plan = ReplayPlan(
            place,
            [configuration.resolve(path) for path in settings.replay.files],
            None if settings.roster.path is None else configuration.resolve(settings.roster.path),
            configuration,
            datetime.now(UTC),
            progress,
        )
        outcome = asyncio.run(replay(plan))
    which = "" if config is None else f"--config {_quoted(config)} "
    _show(outcome, place, settings.district.name, f"notices {which}--purpose 'why I look'")


def _run_live(configuration: Configuration, place: "HouseFiles") -> None:
    """Run on the district's live platforms until told to stop."""
    from bot.live import run
    from bot.stand import LivePlan

    if configuration.settings.replay.files:
        raise ConfigurationError(
            f"{configuration.path} names a live platform, under [discord] or [slack], and files under [replay]. A live "
            "record is no place for a history: take one of them out, or use `chaperone replay`."
        )
    asyncio.run(run(LivePlan(place, configuration, lambda note: OUT.print(note, markup=False, soft_wrap=True))))
    OUT.print("Stopped. What was on its way is finished.")


@app.command()
def classify(
    path: Annotated[Path, typer.Argument(help="JSON Lines: id, text, author_role, audience.")],
    roster: Annotated[
        Path | None, typer.Option("--roster", help="The students' full names, one a line, for last names.")
    ] = None,
    config: ConfigOption = None,
) -> None:
    """Say what each message of a file is about, by the readings and thresholds that the rules use. Keeps nothing."""
    from bot.classify import classify_file

    skipped = 0

    def wrong(problem: str) -> None:
        nonlocal skipped
        skipped += 1
        ERR.print(problem, markup=False, soft_wrap=True)

    for line in classify_file(path, roster, _configuration(config), datetime.now(UTC), wrong):
        sys.stdout.write(f"{line}\n")
    sys.stdout.flush()
    raise typer.Exit(UNSURE if skipped else 0)


@app.command()
def check(config: ConfigOption = None) -> None:
    """Read the settings and everything they name, and say what has to be mended. Changes nothing, asks nobody."""
    from bot.checking import check as look_through
    from bot.checkup import is_sound, lines

    path = _settings_file(config)
    if path is None:
        raise ConfigurationError(NO_SETTINGS)
    remarks = look_through(path, datetime.now(UTC))
    OUT.print(f"Settings: {path}", markup=False)
    for line in lines(remarks):
        OUT.print(line, markup=False, soft_wrap=True)
    if not is_sound(remarks):
        OUT.print(
            "What is broken keeps Chaperone from starting. One that runs goes on with what it read at its start.",
            soft_wrap=True,
        )
        raise typer.Exit(BROKEN)
    OUT.print("Nothing has to be mended before it can start.")


@app.command()
def doctor(config: ConfigOption = None) -> None:
    """Look at the live platforms: what is missing there, and how to mend it. Changes nothing."""
    from bot.checkup import is_sound, lines
    from bot.examining import examine

    sections = asyncio.run(examine(_live_plan(config)))
    for name, remarks in sections:
        OUT.print(f"\n{name}", style="bold", markup=False)
        for line in lines(remarks):
            OUT.print(line, markup=False, soft_wrap=True)
    sound = all(is_sound(remarks) for _, remarks in sections)
    raise typer.Exit(0 if sound else UNSURE)


@app.command()
def coverage(config: ConfigOption = None) -> None:
    """List every channel of the live platforms, and say what can be seen there and what never can."""
    from bot.examining import cover

    for name, lines in asyncio.run(cover(_live_plan(config))):
        OUT.print(f"\n{name}", style="bold", markup=False)
        for line in lines:
            OUT.print(line, markup=False, soft_wrap=True)


@app.command("slack-install")
def slack_install(config: ConfigOption = None) -> None:
    """Keep the Slack app's own tokens and secrets, sealed: typed unseen, or one a line from standard input."""
    from adapters.slack.installation import FORMS
    from bot.looking_at_slack import install
    from bot.slack_secrets import set_aside

    plan = _live_plan(config)
    slack = plan.configuration.settings.slack
    if not slack.workspace:
        raise ConfigurationError(f"{plan.configuration.path} names no slack.workspace. Write its id there, T… .")
    names = ["token", "app_token" if slack.transport == "socket" else "signing_secret"]
    names += ["client_secret"] if slack.client_id else []
    told = {name: FORMS[name].check(_typed_unseen(FORMS[name].what)) for name in names}
    path = asyncio.run(install(plan, told))
    kept = ", ".join(FORMS[name].what for name in names)
    OUT.print(f"Kept, sealed, in {path}: {kept}.", markup=False, soft_wrap=True)
    for note in set_aside(plan.configuration, told):
        OUT.print(f"Note: {note}", markup=False, soft_wrap=True)
    OUT.print("A Chaperone that runs takes them up at its next start.", soft_wrap=True)


def _typed_unseen(what: str) -> str:
    """Ask for a secret on a terminal, where it is not shown; else take the next line of standard input."""
    if sys.stdin.isatty():
        return str(typer.prompt(f"The {what} (it is not shown)", hide_input=True))
    try:
        line = sys.stdin.readline()
    except UnicodeDecodeError:
        line = ""
    if not line.strip():
        raise ConfigurationError(f"Standard input has no line with the {what}. Give one for each. Nothing was kept.")
    return line


@app.command("slack-grant")
def slack_grant(
    account: Annotated[str, typer.Argument(help="Whose account on Slack: U and what follows.")],
    to: Annotated[str, typer.Option(help="What for: remove (others' messages) or read (their direct messages).")],
    config: ConfigOption = None,
) -> None:
    """Let somebody grant Chaperone to act as they could on Slack: an administrator to remove, a coach to be read."""
    from adapters.slack.granting import TO_READ, TO_REMOVE, Request
    from bot.examining import lists_of
    from bot.looking_at_slack import check_may_be_read, keep_grant
    from bot.people import AccountId

    plan = _live_plan(config)
    told, wanted = plan.configuration.settings.slack, {"remove": TO_REMOVE, "read": TO_READ}
    if to not in wanted:
        raise ConfigurationError(f"--to takes remove or read, not '{to}'.")
    if not told.client_id:
        raise ConfigurationError(f"{plan.configuration.path} names no slack.client_id. It stands on the app's page.")
    if to == "read":
        if not told.read_direct_messages:
            raise ConfigurationError(
                f"{plan.configuration.path} does not turn slack.read_direct_messages on, so nobody is asked for "
                "theirs. See docs/slack.md, step 7."
            )
        check_may_be_read(plan, lists_of(plan), AccountId(account))
    request = Request(told.client_id, wanted[to], told.api_base)
    OUT.print(f"Let {account} open this page, signed in to Slack, and agree:", markup=False)
    OUT.print(request.address, markup=False, soft_wrap=True)
    OUT.print("The page it leads to does not open. Copy its address from the browser.", markup=False)
    asyncio.run(keep_grant(plan, AccountId(account), request, typer.prompt("The address")))
    OUT.print(f"{account} has granted it. It is kept sealed, and in force at once.", markup=False)


def _live_plan(config: Path | None) -> "LivePlan":
    """Say which live platforms the settings name."""
    from bot.stand import LivePlan

    configuration = _configuration(config)
    if not (configuration.settings.discord.servers or configuration.settings.slack.workspace):
        raise ConfigurationError(
            f"{configuration.path} names no live platform: list servers under [discord], or name the workspace under "
            "[slack]."
        )
    return LivePlan(_place(configuration), configuration, lambda _: None)


@app.command("replay")
def replay_command(
    files: Annotated[list[Path], typer.Argument(help="JSON Lines, or an export of Slack or DiscordChatExporter.")],
    roster: RosterOption = None,
    database: DatabaseOption = None,
    config: ConfigOption = None,
) -> None:
    """Audit a history without a live bot: into a file of its own, touching nobody, sending nothing."""
    from bot.house import AUDIT, HouseFiles
    from bot.wiring import ReplayPlan, replay

    configuration = _configuration(config, needed=False)
    OUT.print(f"Settings: {configuration.path if configuration.text else 'the defaults'}", markup=False)
    into = database or Path(f"{files[0].stem}.audit.sqlite")
    place = HouseFiles(into, into.with_name(f"{into.name}.key"), AUDIT)
    with _progress("Replaying") as progress:
        plan = ReplayPlan(place, files, roster, configuration, datetime.now(UTC), progress)
        outcome = asyncio.run(replay(plan))
    after = f"notices --database {_quoted(into)} --purpose 'why I look'"
    _show(outcome, place, f"audit of {', '.join(file.name for file in files)}", after)


@rule_app.command("test")
def rule_test(
    rule: Annotated[str, typer.Argument(help="The rule's name, as under [rules] in the settings.")],
    files: Annotated[list[Path], typer.Argument(help="JSON Lines, or an export of Slack or DiscordChatExporter.")],
    roster: RosterOption = None,
    config: ConfigOption = None,
) -> None:
    """Say what a rule, as it is set, would have done on past messages. Writes nothing and tells nobody."""
    from bot.backtest import Would, try_rule

    configuration = _configuration(config, needed=False)
    zone = configuration.settings.zone

    def show(would: Would) -> None:
        measures = ", ".join(would.measures) + (" (excused)" if would.excused else "")
        OUT.print(
            f"{would.at.astimezone(zone):%Y-%m-%d %H:%M}  {would.what}  {measures}: {would.because}", markup=False
        )

    tried = asyncio.run(try_rule(configuration, rule, files, roster, show))
    looked_at = ", ".join(f"{number:,} {kind}s" for kind, number in sorted(tried.looked_at.items()) if number)
    told = ", ".join(f"{measure} {number:,}" for measure, number in sorted(tried.measures.items())) or "nothing"
    for line in (
        *(f"Note: {note}" for note in tried.notes),
        f"'{tried.rule}' looked at {looked_at or 'nothing'}, and would have found something in {tried.found:,}.",
        f"What it would have asked for: {told}. Nothing was written, and nobody was told.",
    ):
        OUT.print(line, markup=False, soft_wrap=True)


@roster_app.command("import")
def roster_import(
    path: Annotated[Path, typer.Argument(help="A OneRoster 1.1 or 1.2 bulk export with our lists, folder or zip.")],
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only say what would change.")] = False,
    allow_large_change: Annotated[
        bool, typer.Option("--allow-large-change", help="Accept a drop of over 10 %.")
    ] = False,
    config: ConfigOption = None,
) -> None:
    """Say what a new roster adds, changes and lets depart; then apply it. Nobody is ever deleted."""
    from bot.wiring import import_into

    configuration = _configuration(config)
    place = _place(configuration)

    def tell(changes: "Changes", notes: tuple[str, ...]) -> None:
        for line in (*(f"note: {note}" for note in notes), *changes.lines()):
            OUT.print(line, markup=False, soft_wrap=True)

    now = datetime.now(UTC)
    day = now.astimezone(configuration.settings.zone).date()
    changes = asyncio.run(import_into(place, path, now, day, tell, allow_large=allow_large_change, dry_run=dry_run))
    OUT.print("Nothing was changed (--dry-run)." if dry_run else "Applied." if changes.any else "Nothing differs.")


@audit_app.command("verify")
def audit_verify(database: DatabaseOption = None, config: ConfigOption = None) -> None:
    """Check the chain, the index beside it, the sealed words, the working table and the open cases."""
    from bot.wiring import look

    _, audit = asyncio.run(look(_place(_configuration(config, needed=False), database)))
    OUT.print(_verified(audit), markup=False, soft_wrap=True)
    raise typer.Exit(BROKEN if audit.faults else 0)


@app.command()
def notices(
    purpose: Annotated[str, typer.Option("--purpose", help="Why you look. It is kept, sealed, with who looked.")],
    database: DatabaseOption = None,
    config: ConfigOption = None,
) -> None:
    """Show the private notes that were kept, words and all. That you looked, and why, is written down first."""
    from bot.wiring import read_notices

    place = _place(_configuration(config, needed=False), database)
    account = _account()
    found = asyncio.run(read_notices(place, account, purpose, datetime.now(UTC)))
    for notice in found:
        OUT.print(f"{_harmless(notice)}\n", markup=False, soft_wrap=True)
    OUT.print(f"{len(found)} notes. It is on record that {account} looked.", markup=False, soft_wrap=True)


@copies_app.command("list")
def copies_list(
    person: PersonOption, purpose: PurposeOption, database: DatabaseOption = None, config: ConfigOption = None
) -> None:
    """List the copies that somebody receives, and whether each note was accepted. Shows no words."""
    from bot.sheets import copy_lines
    from bot.wiring import Looker, list_copies

    configuration = _configuration(config, needed=False)
    looker = Looker(PersonId(person), _account(), purpose)
    found, names = asyncio.run(list_copies(_place(configuration, database), looker, datetime.now(UTC)))
    _print(copy_lines(found, names, configuration.settings.zone))
    OUT.print(f"{len(found)} copies. It is on record that {looker.account} looked.", markup=False, soft_wrap=True)


@copies_app.command("show")
def copies_show(
    copy: Annotated[str, typer.Argument(help="Its number: CP-0042.")],
    person: PersonOption,
    purpose: PurposeOption,
    database: DatabaseOption = None,
    config: ConfigOption = None,
) -> None:
    """Show one copy, words and all, to who receives it. That you looked, and why, is written down first."""
    from bot.sheets import copy_sheet
    from bot.wiring import Looker, show_copy

    configuration = _configuration(config, needed=False)
    looker = Looker(PersonId(person), _account(), purpose)
    shown = show_copy(_place(configuration, database), _number(copy), looker, datetime.now(UTC))
    opened, names = asyncio.run(shown)
    _print(copy_sheet(opened, names, configuration.settings.zone))


def _print(lines: Iterable[str]) -> None:
    for line in lines:
        OUT.print(_harmless(line), markup=False, soft_wrap=True)


def _number(copy: str) -> int:
    """Read a copy's number as it stands on paper."""
    found = re.fullmatch(r"(?i)(?:CP-)?(\d{1,9})", copy.strip())
    if found is None:
        raise ConfigurationError(f"'{copy}' is no number of a copy. Write it like CP-0042.")
    return int(found[1])


@case_app.command("list")
def case_list(person: PersonOption, database: DatabaseOption = None, config: ConfigOption = None) -> None:
    """List the cases that wait and that you may see. Whatever concerns yourself is not among them."""
    from bot.console import list_cases
    from bot.sheets import case_rows

    found = asyncio.run(list_cases(_sitting(person, database, config)))
    table = Table(box=None, padding=(0, 2))
    for heading in ("case", "because of", "rule", "you"):
        table.add_column(heading)
    for row in case_rows(found):
        table.add_row(*row)
    OUT.print(table if found else "No case waits that you may see.")


@case_app.command("show")
def case_show(
    name: CaseArgument,
    person: PersonOption,
    purpose: PurposeOption,
    database: DatabaseOption = None,
    config: ConfigOption = None,
) -> None:
    """Show a case, words and all. That you looked, and why, is written down first."""
    from bot.console import show_case
    from bot.desk import Declined
    from bot.sheets import case_sheet

    sitting = _sitting(person, database, config)
    shown = asyncio.run(show_case(sitting, name, purpose))
    if isinstance(shown, Declined):
        _decline(shown)
    _print(case_sheet(*shown))
    OUT.print(f"It is on record that {sitting.account} looked, as {person}.", markup=False, soft_wrap=True)


@case_app.command("files")
def case_files(
    name: CaseArgument,
    person: PersonOption,
    purpose: PurposeOption,
    to: Annotated[Path, typer.Option("--to", help="The folder to put them into.")],
    database: DatabaseOption = None,
    config: ConfigOption = None,
) -> None:
    """Put the files of a post that was taken away into a folder. That you looked, and why, is written down first."""
    from bot.console import hand_out_files
    from bot.desk import Declined

    sitting = _sitting(person, database, config)
    written = asyncio.run(hand_out_files(sitting, name, purpose, to))
    if isinstance(written, Declined):
        _decline(written)
    _print(map(str, written))
    OUT.print(f"Files: {len(written)}. It is on record that {sitting.account} looked, as {person}.", markup=False)


@case_app.command("decide")
def case_decide(
    name: CaseArgument,
    ruling: Annotated[str, typer.Argument(help=f"One of: {', '.join(RULINGS)}.")],
    person: PersonOption,
    reason: Annotated[str, typer.Option("--reason", help="Why. Owed to uphold about staff, and to reverse.")] = "",
    suspend_until: Annotated[
        datetime | None,
        typer.Option("--suspend-until", formats=["%Y-%m-%d"], help="With uphold: the last day without writing."),
    ] = None,
    database: DatabaseOption = None,
    config: ConfigOption = None,
) -> None:
    """Decide a case. What follows waits for 30 seconds, in which you can undo it."""
    from bot.config import nearest
    from bot.console import decide_case
    from bot.platform import Ruling

    if ruling not in RULINGS:
        raise ConfigurationError(f"There is no ruling '{ruling}'.{nearest(ruling, list(RULINGS))}")
    until = None if suspend_until is None else suspend_until.date()
    sitting = _sitting(person, database, config)
    declined = asyncio.run(decide_case(sitting, name, Ruling(ruling.replace("-", " ")), reason, until))
    if declined is not None:
        _decline(declined)
    OUT.print(f"{name}: {ruling}. It is written down.")
    if ruling in {"uphold", "not-a-problem", "escalate", "reverse"}:
        OUT.print(
            f"Undo within 30 seconds: {_own_name()} case decide {name} undo --as {person}\n"
            "After that, what follows is done by the next run.",
            markup=False,
            soft_wrap=True,
        )


@exemption_app.command("list")
def exemption_list(person: PersonOption, database: DatabaseOption = None, config: ConfigOption = None) -> None:
    """List the exceptions that people granted and that you may end. Those of the settings stand there."""
    from bot.console import list_exemptions
    from bot.sheets import exemption_rows

    found = asyncio.run(list_exemptions(_sitting(person, database, config)))
    table = Table(box=None, padding=(0, 2))
    for heading in ("exception", "rule", "for", "until", "ended"):
        table.add_column(heading)
    for row in exemption_rows(found):
        table.add_row(*row)
    OUT.print(table if found else "Nobody has granted an exception that you could end.")


@exemption_app.command("grant")
def exemption_grant(
    person: PersonOption,
    rule: Annotated[str, typer.Option("--rule", help="The rule it sets aside, by name.")],
    until: Annotated[datetime, typer.Option("--until", formats=["%Y-%m-%d"], help="Its last day.")],
    reason: Annotated[str, typer.Option("--reason", help="Why. It is kept, sealed.")],
    team: Annotated[str, typer.Option("--team", help="The team it is for.")] = "",
    excused: Annotated[str, typer.Option("--person", help="The coach or advisor it is for, by sourcedId.")] = "",
    database: DatabaseOption = None,
    config: ConfigOption = None,
) -> None:
    """Grant an exception from today on. Only who stands above everybody it would excuse can do so."""
    from bot.console import Wish, grant_exemption

    wish = Wish(rule, until.date(), reason, team, excused)
    name = asyncio.run(grant_exemption(_sitting(person, database, config), wish))
    OUT.print(f"{name} is granted from today until {wish.until}. It counts from the next start.", soft_wrap=True)


@exemption_app.command("end")
def exemption_end(
    name: Annotated[str, typer.Argument(help="The exception's name: E-0042.")],
    person: PersonOption,
    reason: Annotated[str, typer.Option("--reason", help="Why. It is kept, sealed.")],
    database: DatabaseOption = None,
    config: ConfigOption = None,
) -> None:
    """End an exception before its time."""
    from bot.console import end_exemption

    asyncio.run(end_exemption(_sitting(person, database, config), name, reason))
    OUT.print(f"{name} is ended. It counts from the next start.", markup=False, soft_wrap=True)


def _sitting(person: str, database: Path | None, config: Path | None) -> "Sitting":
    from bot.console import Sitting

    configuration = _configuration(config, needed=False)
    place, zone = _place(configuration, database), configuration.settings.zone
    return Sitting(place, zone, PersonId(person), _account(), datetime.now(UTC))


def _decline(declined: "Declined") -> NoReturn:
    """Say in plain words why not. It is an answer to whoever asked, so it may name a case and a person."""
    from bot.sheets import declined_line

    ERR.print(_harmless(declined_line(declined)), markup=False, soft_wrap=True)
    raise typer.Exit(BROKEN)


def _account() -> str:
    """Name the account of this process; in a container it may be a bare number."""
    try:
        return getpass.getuser()
    except (KeyError, OSError):
        return f"account {os.getuid()}"


def _harmless(text: str) -> str:
    """Show what would drive a terminal as escapes; everything else as it was written."""
    return "".join(
        each if each == "\n" or unicodedata.category(each) not in {"Cc", "Cs"} else ascii(each)[1:-1] for each in text
    )


@app.command()
def policy() -> None:
    """Print the policy page: every clause, the rule that keeps it and its settings, or why no rule does."""
    from bot.pages import policy_page

    sys.stdout.write(policy_page())


def _configuration(path: Path | None, *, needed: bool = True) -> Configuration:
    """Find the settings: the file named, else config.toml here, else the example; else defaults, if those will do."""
    found = _settings_file(path)
    if found is not None:
        return read_configuration(found)
    if needed:
        raise ConfigurationError(NO_SETTINGS)
    return default_configuration()


def _settings_file(path: Path | None) -> Path | None:
    """Name the file of settings: the one named, else config.toml here, else the example; None where there is none."""
    here = (Path(name) for name in ("config.toml", "config.example.toml"))
    return path or next((each for each in here if each.exists()), None)


def _place(configuration: Configuration, database: Path | None = None) -> "HouseFiles":
    """Find database and key: the configured ones, or the named database with the key beside it."""
    from bot.house import AUDIT, HouseFiles
    from bot.store.database import purpose_of

    store = configuration.settings.store
    live = HouseFiles(configuration.resolve(store.database), configuration.resolve(store.key_file))
    if database is None or database.resolve() == live.database.resolve():
        return live
    return HouseFiles(database, database.with_name(f"{database.name}.key"), purpose_of(database) or AUDIT)


def _quoted(path: Path) -> str:
    return shlex.quote(str(path))


@contextmanager
def _progress(what: str) -> Iterator[Callable[[int, int], None]]:
    """Show a bar on a terminal, and nothing in a log file."""
    columns = (TextColumn("{task.description}"), BarColumn(), DownloadColumn(), TimeRemainingColumn())
    with Progress(*columns, console=ERR, transient=True, disable=not ERR.is_terminal) as progress:
        task = progress.add_task(what, total=None)
        yield lambda read, total: progress.update(task, completed=read, total=total)


def _verified(audit: "Audit") -> str:
    """Say in one line that everything holds, or name what does not."""
    if audit.faults:
        return "\n".join(["The ledger does not hold:", *audit.faults])
    return (
        f"The ledger holds: {audit.entries:,} entries chained, {audit.excerpts:,} sealed words, "
        f"{audit.deeds:,} deeds and {audit.open_cases:,} open cases as the ledger tells them."
    )


def _own_name() -> str:
    """Give the command as it can be typed here: by its name, or by the path it was started with."""
    if shutil.which("chaperone"):
        return "chaperone"
    if Path(sys.argv[0]).name == "__main__.py":
        return "python -m bot"
    return _quoted(Path(os.path.relpath(sys.argv[0])))


def _show(outcome: "Ran", place: "HouseFiles", whose: str, after: str) -> None:
    """Print what came of a run, for a principal; then what was odd, for whoever ran it."""
    OUT.print(_table(outcome.summary, whose))
    OUT.print(_verified(outcome.audit), markup=False, soft_wrap=True)
    OUT.print(f"Database: {place.database}", markup=False, soft_wrap=True)
    for note in outcome.notes:
        OUT.print(f"Note: {note}", markup=False, soft_wrap=True)
    if outcome.skipped:
        OUT.print(f"{outcome.skipped:,} lines or records could not be read; the rest was.", markup=False)
    if outcome.stopped:
        OUT.print("Stopped before the end, with nothing half done. Run it again to go on.", markup=False)
    OUT.print(f"Next: {_own_name()} {after}", markup=False, soft_wrap=True)
    if outcome.audit.faults:
        raise typer.Exit(BROKEN)
    if outcome.skipped:
        raise typer.Exit(UNSURE)


def _table(summary: "Summary", whose: str) -> Table:
    title = Text(f"What came of it: {whose}")
    table = Table(title=title, title_justify="left", box=None, show_header=False, padding=(0, 2))
    table.add_column()
    table.add_column(justify="right")
    for what, count in _rows(summary):
        table.add_row(what, f"{count:,}")
    return table


def _rows(summary: "Summary") -> Iterator[tuple[str, int]]:
    """List the counts in the order a principal asks for them. What never happened is left out."""
    yield "Messages seen (edits count again)", summary.messages
    yield "  let be", summary.let_be
    yield "Spaces and profiles looked at", summary.spaces + summary.profiles
    yield from ((f"Flagged: {clause}", count) for clause, count in sorted(summary.flagged.items()))
    told = (
        ("Set aside by a standing exception", summary.excused),
        ("Messages removed", summary.done["remove"]),
        ("Already deleted before we could remove them", summary.moot),
        ("Notes to authors and reporters", summary.done["tell"]),
        ("Authors asked for an answer", summary.done["ask"]),
        ("Spaces closed to coaches while too few students read", summary.done["restrict"]),
        ("Spaces opened to them again", summary.done["lift"]),
        *((f"Asked to send: {kind}", count) for kind, count in sorted(summary.orders.items())),
        ("Sent for somebody", summary.done["show"]),
        ("Notices answered", summary.answers),
        ("Messages given back", summary.done["restore"]),
        ("Authors suspended", summary.done["suspend"]),
        ("Suspensions ended", summary.done["resume"]),
        ("Adults alerted", summary.done["alert"]),
        ("Copies kept", summary.copies),
        *((f"  for: {office.replace('_', ' ')}", count) for office, count in sorted(summary.notes.items())),
        ("Only rehearsed, not done", summary.rehearsed),
        ("Told an adult", summary.reports),
        ("Authors who disagreed", summary.appeals),
        *((f"Decided: {ruling}", count) for ruling, count in sorted(summary.decided.items())),
        *((f"Upheld: {rule}", count) for rule, count in sorted(summary.upheld.items())),
        *((f"Found to be no problem: {rule}", count) for rule, count in sorted(summary.cleared.items())),
        ("Messages by accounts nobody is linked to", summary.strangers),
        ("Messages whose audience is unknown", summary.audience_unknown),
    )
    yield from ((what, count) for what, count in told if count)
    yield "Waiting for a person", summary.cases
    yield from ((f"  because of: {why}", count) for why, count in sorted(summary.waiting.items()))
    if summary.later:
        yield "To be done later, unless it is answered before", summary.later
    if summary.open_deeds:
        yield "Still to be done", summary.open_deeds
