"""The commands of people who decide: notes that were kept, copies, cases, exceptions."""

import asyncio
import re
from collections.abc import Iterable, Sequence
from datetime import UTC, date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, NoReturn

import typer
from rich.table import Column, Table

from bot.errors import ConfigurationError
from bot.people import PersonId
from bot.terminal import (
    BROKEN,
    ERR,
    OUT,
    ConfigOption,
    DatabaseOption,
    day,
    harmless,
    own_account,
    own_name,
    place_of,
    print_lines,
    read_settings,
)

if TYPE_CHECKING:
    from bot.console import Sitting
    from bot.desk import Declined

RULINGS = ("uphold", "not-a-problem", "escalate", "skip", "undo", "reverse")
"""What can be decided about a case, as it is typed."""

COUNTS = "It counts at once where Chaperone stands on a live platform, else from the next run."
"""From when on an exception, or its end, is heeded."""

copies_app = typer.Typer(no_args_is_help=True, help="The numbered copies, for who receives them.")
case_app = typer.Typer(no_args_is_help=True, help="What waits for a person: list it, look at one, decide.")
exemption_app = typer.Typer(no_args_is_help=True, help="Standing exceptions that people grant, each with an end.")

PersonOption = Annotated[str, typer.Option("--as", help="Who you are: a person of the roster, by sourcedId.")]
PurposeOption = Annotated[
    str, typer.Option("--purpose", help="Why you look. It is kept, sealed, with who looked; the reader sees it too.")
]
CaseArgument = Annotated[str, typer.Argument(help="The case's name: F-0123.")]


def notices(
    purpose: Annotated[str, typer.Option("--purpose", help="Why you look. It is kept, sealed, with who looked.")],
    database: DatabaseOption = None,
    config: ConfigOption = None,
) -> None:
    """Show the private notes that were kept, words and all. That you looked, and why, is written down first."""
    from bot.console import read_notices

    place = place_of(read_settings(config, needed=False), database)
    account = own_account()
    found = asyncio.run(read_notices(place, account, purpose, datetime.now(UTC)))
    for notice in found:
        OUT.print(f"{harmless(notice)}\n", markup=False, soft_wrap=True)
    OUT.print(f"{len(found)} notes. It is on record that {account} looked.", markup=False, soft_wrap=True)


@copies_app.command("list")
def copies_list(
    person: PersonOption, purpose: PurposeOption, database: DatabaseOption = None, config: ConfigOption = None
) -> None:
    """List the copies that somebody receives, and whether each note was accepted. Shows no words."""
    from bot.console import list_copies
    from bot.sheets import copy_lines

    sitting = _sitting(person, database, config)
    found, names = asyncio.run(list_copies(sitting, purpose))
    print_lines(copy_lines(found, names, sitting.zone))
    OUT.print(f"{len(found)} copies. It is on record that {sitting.account} looked.", markup=False, soft_wrap=True)


@copies_app.command("show")
def copies_show(
    copy: Annotated[str, typer.Argument(help="Its number: CP-0042.")],
    person: PersonOption,
    purpose: PurposeOption,
    database: DatabaseOption = None,
    config: ConfigOption = None,
) -> None:
    """Show one copy, words and all, to who receives it. That you looked, and why, is written down first."""
    from bot.console import show_copy
    from bot.sheets import copy_sheet

    sitting = _sitting(person, database, config)
    opened, names = asyncio.run(show_copy(sitting, _number(copy), purpose))
    print_lines(copy_sheet(opened, names, sitting.zone))


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
    _print_table(("case", "because of", "rule", "you"), case_rows(found), "No case waits that you may see.")


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
    case, desk, files = shown
    print_lines(case_sheet(case, desk, sitting.person, files))
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
    print_lines(map(str, written))
    OUT.print(f"Files: {len(written)}. It is on record that {sitting.account} looked, as {person}.", markup=False)


@case_app.command("decide")
def case_decide(
    name: CaseArgument,
    ruling: Annotated[str, typer.Argument(help=f"One of: {', '.join(RULINGS)}.")],
    person: PersonOption,
    reason: Annotated[str, typer.Option("--reason", help="Why. Owed to uphold about staff, and to reverse.")] = "",
    suspend_until: Annotated[
        date | None,
        typer.Option("--suspend-until", parser=day, metavar="DATE", help="With uphold: the last day without writing."),
    ] = None,
    database: DatabaseOption = None,
    config: ConfigOption = None,
) -> None:
    """Decide a case. What follows waits for 30 seconds, in which you can undo it."""
    from bot.complaints import nearest
    from bot.console import decide_case
    from bot.platform import Ruling

    if ruling not in RULINGS:
        raise ConfigurationError(f"There is no ruling '{ruling}'.{nearest(ruling, list(RULINGS))}")
    sitting = _sitting(person, database, config)
    declined = asyncio.run(decide_case(sitting, name, Ruling(ruling.replace("-", " ")), reason, suspend_until))
    if declined is not None:
        _decline(declined)
    OUT.print(f"{name}: {ruling}. It is written down.")
    if ruling in {"uphold", "not-a-problem", "escalate", "reverse"}:
        OUT.print(
            f"Undo within 30 seconds: {own_name()} case decide {name} undo --as {person}\n"
            "After that, what follows is done: by the Chaperone that runs, or else by the next run.",
            markup=False,
            soft_wrap=True,
        )


@exemption_app.command("list")
def exemption_list(person: PersonOption, database: DatabaseOption = None, config: ConfigOption = None) -> None:
    """List the exceptions that people granted and that you may end. Those of the settings stand there."""
    from bot.console import list_exemptions
    from bot.sheets import exemption_rows

    sitting = _sitting(person, database, config)
    found = asyncio.run(list_exemptions(sitting))
    _print_table(
        ("exception", "rule", "for", "until", "ended"),
        exemption_rows(found, sitting.zone),
        "Nobody has granted an exception that you could end.",
    )


@exemption_app.command("grant")
def exemption_grant(
    person: PersonOption,
    rule: Annotated[str, typer.Option("--rule", help="The rule it sets aside, by name.")],
    until: Annotated[date, typer.Option("--until", parser=day, metavar="DATE", help="Its last day.")],
    reason: Annotated[str, typer.Option("--reason", help="Why. It is kept, sealed.")],
    team: Annotated[str, typer.Option("--team", help="The team it is for.")] = "",
    excused: Annotated[str, typer.Option("--person", help="The coach or advisor it is for, by sourcedId.")] = "",
    database: DatabaseOption = None,
    config: ConfigOption = None,
) -> None:
    """Grant an exception from today on. Only who stands above everybody it would excuse can do so."""
    from bot.console import Wish, grant_exemption

    wish = Wish(rule, until, reason, team, excused)
    name = asyncio.run(grant_exemption(_sitting(person, database, config), wish))
    OUT.print(f"{name} is granted from today until {wish.until}. {COUNTS}", soft_wrap=True)


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
    OUT.print(f"{name} is ended. {COUNTS}", markup=False, soft_wrap=True)


def _print_table(headings: Sequence[str], rows: Iterable[Sequence[str]], if_none: str) -> None:
    """Print rows below their headings, or say that there are none. What has no room goes on below: names are typed."""
    table = Table(*(Column(each, overflow="fold") for each in headings), box=None, padding=(0, 2))
    for row in rows:
        table.add_row(*row)
    OUT.print(table if table.row_count else if_none)


def _sitting(person: str, database: Path | None, config: Path | None) -> "Sitting":
    from bot.console import Sitting

    configuration = read_settings(config, needed=False)
    place, zone = place_of(configuration, database), configuration.settings.zone
    return Sitting(place, zone, PersonId(person), own_account(), datetime.now(UTC))


def _decline(declined: "Declined") -> NoReturn:
    """Say in plain words why not. It is an answer to whoever asked, so it may name a case and a person."""
    from bot.sheets import declined_line

    ERR.print(harmless(declined_line(declined)), markup=False, soft_wrap=True)
    raise typer.Exit(BROKEN)
