"""The command line: what the district's IT person types. What people who decide type stands in `desk_commands`."""

import asyncio
import os
import sys
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, NoReturn

import structlog
import typer

from bot.config import Configuration
from bot.desk_commands import case_app, copies_app, exemption_app, notices
from bot.disk import quoted
from bot.errors import ConfigurationError
from bot.outcome import audit_line, show_outcome, skipped_line
from bot.terminal import (
    BROKEN,
    ERR,
    NO_SETTINGS,
    OUT,
    UNSURE,
    ConfigOption,
    DatabaseOption,
    escape_what_cannot_be_printed,
    key_beside,
    place_of,
    print_lines,
    printing,
    progress_bar,
    read_settings,
    settings_file,
)

if TYPE_CHECKING:
    from bot.census import Changes
    from bot.house import HouseFiles
    from bot.stand import LivePlan


app = typer.Typer(
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    help="Keeps a school district's group-messaging rule, and carries the copies it asks for.",
)
roster_app = typer.Typer(no_args_is_help=True, help="The district's people.")
audit_app = typer.Typer(no_args_is_help=True, help="The ledger, and whether it still proves itself.")
rule_app = typer.Typer(no_args_is_help=True, help="The rules, and what one would have done on past messages.")
app.add_typer(roster_app, name="roster")
app.add_typer(audit_app, name="audit")
app.add_typer(copies_app, name="copies")
app.add_typer(case_app, name="case")
app.add_typer(exemption_app, name="exemption")
app.add_typer(rule_app, name="rule")

RosterOption = Annotated[Path | None, typer.Option("--roster", help="A OneRoster bulk export and our lists beside it.")]


def main() -> None:
    """Run a command. What a person has to mend is one plain sentence and exit code 2, never a traceback."""
    os.umask(0o077)  # what is kept is for the account that keeps it
    escape_what_cannot_be_printed()
    structlog.configure(logger_factory=lambda *_: structlog.PrintLogger(sys.stderr))
    try:
        with printing():
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
    from bot.replay import ReplayPlan, replay
    from bot.wiring import mail_server

    configuration = read_settings(config)
    settings = configuration.settings
    place = place_of(configuration)
    OUT.print(f"Settings: {configuration.path}", markup=False, soft_wrap=True)
    configuration.refuse_to_run()
    if configuration.is_live:
        _run_live(configuration, place)
        return
    if mail_server(configuration) is None:
        OUT.print(
            "Mail: no server is configured, so copies are kept and nobody is told of them by mail.", soft_wrap=True
        )
    with progress_bar() as progress:
        plan = ReplayPlan(
            place,
            [configuration.resolve(path) for path in settings.replay.files],
            None if settings.roster.path is None else configuration.resolve(settings.roster.path),
            configuration,
            datetime.now(UTC),
            progress,
        )
        outcome = asyncio.run(replay(plan))
    which = "" if config is None else f"--config {quoted(config)} "
    show_outcome(outcome, place, settings.district.name, f"notices {which}--purpose 'why I look'")


def _run_live(configuration: Configuration, place: "HouseFiles") -> None:
    """Run on the district's live platforms until told to stop."""
    from bot.live import run
    from bot.stand import LivePlan

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

    told = 0
    for line in classify_file(path, roster, read_settings(config), datetime.now(UTC), wrong):
        told += 1
        sys.stdout.write(f"{line}\n")
    sys.stdout.flush()
    if not told:
        ERR.print(f"Note: {path} is empty.", markup=False, soft_wrap=True)
    raise typer.Exit(UNSURE if skipped else 0)


@app.command()
def check(config: ConfigOption = None) -> None:
    """Read the settings and everything they name, and say what has to be mended. Changes nothing, asks nobody."""
    from bot.checking import check as look_through
    from bot.checkup import is_sound, lines

    path = settings_file(config)
    if path is None:
        raise ConfigurationError(NO_SETTINGS)
    remarks = look_through(path, datetime.now(UTC))
    OUT.print(f"Settings: {path}", markup=False, soft_wrap=True)
    for line in lines(remarks):
        OUT.print(line, markup=False, soft_wrap=True)
    if not is_sound(remarks):
        OUT.print(
            "What is broken keeps Chaperone from starting, or from taking the roster. One that runs goes on with what "
            "it read at its start, and with the people of before.",
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

    configuration = read_settings(config)
    if not configuration.is_live:
        raise ConfigurationError(
            f"{configuration.path} names no live platform: list servers under [discord], or name the workspace under "
            "[slack]."
        )
    return LivePlan(place_of(configuration), configuration, lambda _: None)


@app.command("replay")
def replay_command(
    files: Annotated[list[Path], typer.Argument(help="JSON Lines, or an export of Slack or DiscordChatExporter.")],
    roster: RosterOption = None,
    database: DatabaseOption = None,
    config: ConfigOption = None,
) -> None:
    """Audit a history without a live bot: into a file of its own, touching nobody, sending nothing."""
    from bot.house import AUDIT, HouseFiles
    from bot.replay import ReplayPlan, replay

    configuration = read_settings(config, needed=False)
    OUT.print(f"Settings: {configuration.path if configuration.text else 'the defaults'}", markup=False, soft_wrap=True)
    into = database or Path(f"{files[0].stem}.audit.sqlite")
    place = HouseFiles(into, key_beside(into), AUDIT)
    with progress_bar() as progress:
        now, unnamed = datetime.now(UTC), database is None
        plan = ReplayPlan(place, files, roster, configuration, now, progress, named_by_file=unnamed)
        outcome = asyncio.run(replay(plan))
    after = f"notices --database {quoted(into)} --purpose 'why I look'"
    show_outcome(outcome, place, f"audit of {', '.join(file.name for file in files)}", after)


@rule_app.command("test")
def rule_test(
    rule: Annotated[str, typer.Argument(help=r"The rule's name, as under \[rules] in the settings.")],
    files: Annotated[list[Path], typer.Argument(help="JSON Lines, or an export of Slack or DiscordChatExporter.")],
    roster: RosterOption = None,
    config: ConfigOption = None,
) -> None:
    """Say what a rule, as it is set, would have done on past messages. Writes nothing and tells nobody."""
    from bot.backtest import Would, try_rule

    configuration = read_settings(config, needed=False)
    zone = configuration.settings.zone

    def show(would: Would) -> None:
        measures = ", ".join(would.measures) + (" (excused)" if would.excused else "")
        print_lines([f"{would.at.astimezone(zone):%Y-%m-%d %H:%M}  {would.what}  {measures}: {would.because}"])

    tried = asyncio.run(try_rule(configuration, rule, files, roster, show))
    looked_at = ", ".join(f"{number:,} {kind}s" for kind, number in sorted(tried.looked_at.items()) if number)
    told = ", ".join(f"{measure} {number:,}" for measure, number in sorted(tried.measures.items())) or "nothing"
    for line in (
        *(f"Note: {note}" for note in tried.notes),
        *([skipped_line(tried.skipped)] if tried.skipped else []),
        f"'{tried.rule}' looked at {looked_at or 'nothing'}, and would have found something in {tried.found:,}.",
        f"What it would have asked for: {told}. Nothing was written, and nobody was told.",
    ):
        OUT.print(line, markup=False, soft_wrap=True)
    raise typer.Exit(UNSURE if tried.skipped else 0)


@roster_app.command("import")
def roster_import(
    path: Annotated[Path, typer.Argument(help="A OneRoster 1.1 or 1.2 bulk export with our lists, folder or zip.")],
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only say what would change.")] = False,
    allow_large_change: Annotated[
        bool,
        typer.Option("--allow-large-change", help="Accept that over 10 % of a list goes, or that staff have new ids."),
    ] = False,
    config: ConfigOption = None,
) -> None:
    """Say what a new roster adds, changes and lets depart; then apply it. Nobody is ever deleted."""
    from bot.wiring import import_into

    configuration = read_settings(config)
    place = place_of(configuration)

    def tell(changes: "Changes", notes: tuple[str, ...]) -> None:
        for line in (*(f"note: {note}" for note in notes), *changes.lines()):
            OUT.print(line, markup=False, soft_wrap=True)

    now = datetime.now(UTC)
    day = now.astimezone(configuration.settings.zone).date()
    changes = asyncio.run(import_into(place, path, now, day, tell, allow_large=allow_large_change, dry_run=dry_run))
    OUT.print("Nothing was changed (--dry-run)." if dry_run else "Applied." if changes.any else "Nothing differs.")
    told = configuration.settings.roster.path
    if told is not None and configuration.resolve(told).resolve() != path.resolve():
        OUT.print(
            f"Note: the next start reads {configuration.resolve(told)} again, as roster.path says, and not {path}. Put "
            "these files there, or name them there.",
            markup=False,
            soft_wrap=True,
        )


@audit_app.command("verify")
def audit_verify(database: DatabaseOption = None, config: ConfigOption = None) -> None:
    """Check the chain, the index beside it, the sealed words, the working table and the open cases."""
    from bot.wiring import look

    _, audit = asyncio.run(look(place_of(read_settings(config, needed=False), database)))
    OUT.print(audit_line(audit), markup=False, soft_wrap=True)
    raise typer.Exit(BROKEN if audit.faults else 0)


app.command()(notices)  # stands beside the other commands of who looks and decides


@app.command()
def policy() -> None:
    """Print the policy page: every clause, the rule that keeps it and its settings, or why no rule does."""
    from bot.pages import policy_page

    sys.stdout.write(policy_page())
