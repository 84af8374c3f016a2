"""What came of a run, as it is printed: a table for a principal, then what was odd, for whoever ran it."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

import typer
from rich.table import Table
from rich.text import Text

from bot.terminal import BROKEN, OUT, UNSURE, own_name

if TYPE_CHECKING:
    from bot.house import HouseFiles
    from bot.replay import Ran
    from bot.store.audit import Audit
    from bot.summary import Summary


def show_outcome(outcome: "Ran", place: "HouseFiles", whose: str, after: str) -> None:
    """Print what came of a run, for a principal; then what was odd, for whoever ran it."""
    if outcome.audit.faults:
        OUT.print("What came of it is not counted, because the ledger does not hold.", markup=False)
    else:
        OUT.print(_table(outcome.summary, whose))
    OUT.print(audit_line(outcome.audit), markup=False, soft_wrap=True)
    OUT.print(f"Database: {place.database}", markup=False, soft_wrap=True)
    for note in outcome.notes:
        OUT.print(f"Note: {note}", markup=False, soft_wrap=True)
    if outcome.skipped:
        OUT.print(skipped_line(outcome.skipped), markup=False)
    if outcome.stopped:
        OUT.print("Stopped before the end, with nothing half done. Run it again to go on.", markup=False)
    OUT.print(f"Next: {own_name()} {after}", markup=False, soft_wrap=True)
    if outcome.audit.faults:
        raise typer.Exit(BROKEN)
    if outcome.skipped:
        raise typer.Exit(UNSURE)


def audit_line(audit: "Audit") -> str:
    """Say in one line that everything holds, or name what does not."""
    if audit.faults:
        return "\n".join(["The ledger does not hold:", *audit.faults])
    return (
        f"The ledger holds: {audit.entries:,} entries chained, {audit.excerpts:,} sealed words, "
        f"{audit.deeds:,} deeds and {audit.open_cases:,} open cases as the ledger tells them."
    )


def skipped_line(skipped: int) -> str:
    """Count what could not be read, or not in order."""
    return f"{skipped:,} lines or records could not be read, or not in order; the rest was."


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
