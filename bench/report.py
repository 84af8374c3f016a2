"""The report: Markdown for people, JSON for machines."""

import json
import os
import platform
import sqlite3
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass

from bench.scorecard import Result
from bench.section import Measured, Spread


@dataclass(frozen=True, slots=True)
class Report:
    """Everything one run came to."""

    title: str
    corpus: str
    notes: tuple[str, ...]
    sections: tuple[Measured, ...]
    results: tuple[Result, ...]
    machine: str

    def markdown(self) -> str:
        """Lay the run out, the scorecard last."""
        return "\n".join(self._lines())

    def json(self) -> str:
        """Write the run down with every single measurement."""
        facts = asdict(self)
        facts["results"] = [
            {
                "id": each.target.id,
                "says": each.target.says,
                "limit": each.target.limit,
                "unit": each.target.unit,
                "passed": each.passed,
                **asdict(each.measured),
            }
            for each in self.results
        ]
        for told, section in zip(facts["sections"], self.sections, strict=True):
            told["unstable"] = section.unstable
        return json.dumps(facts, indent=2, ensure_ascii=False)

    def _lines(self) -> Iterator[str]:
        yield f"# {self.title}\n"
        yield f"Corpus {self.corpus}; {self.machine}. Read the ratios: both sides of each took turns in this run."
        yield from (f"- {note}" for note in self.notes)
        for section in self.sections:
            yield from _section(section)
        yield "\n## Scorecard\n"
        yield from _scorecard(self.results)


def machine() -> str:
    """Say what kind of machine this is, without its name."""
    return f"{os.cpu_count()} cores, Python {platform.python_version()}, SQLite {sqlite3.sqlite_version}"


def _section(section: Measured) -> Iterator[str]:
    yield f"\n## {section.name}{' (unstable)' if section.unstable else ''}\n"
    headings = (f"median, {section.unit}", "lowest", "highest")
    rows = [(name, *_numbers(section.spread(name))) for name in section.values]
    yield from table(("", *headings), rows)
    before, after = section.before, section.after
    yield (
        f"\nA durable write of 4 KiB took {before.p50:,.0f} us (p99 {before.p99:,.0f}) before "
        f"and {after.p50:,.0f} us (p99 {after.p99:,.0f}) after."
    )


def _scorecard(results: Sequence[Result]) -> Iterator[str]:
    rows = []
    for each in results:
        target = each.target
        middle, low, high = _numbers(each.measured)
        limit = f"{target.bound.value} {number(target.limit)} {target.unit}"
        rows.append((target.id, target.says, limit, middle, f"{low} to {high}", "PASS" if each.passed else "FAIL"))
    yield from table(("", "what", "target", "median", "from, to", ""), rows)


def _numbers(spread: Spread) -> tuple[str, str, str]:
    return number(spread.median), number(spread.low), number(spread.high)


def number(value: float) -> str:
    """Write three digits that matter: 84,100 or 12.3 or 0.231."""
    if abs(value) >= 100:
        return f"{value:,.0f}"
    return f"{value:.1f}" if abs(value) >= 10 else f"{value:.3f}"


def table(headings: Sequence[str], rows: Sequence[Sequence[str]]) -> Iterator[str]:
    """Draw a Markdown table whose columns stand under each other."""
    widths = [max(map(len, column)) for column in zip(headings, *rows, strict=True)]
    yield _row(headings, widths)
    yield _row(["-" * width for width in widths], widths)
    yield from (_row(row, widths) for row in rows)


def _row(cells: Sequence[str], widths: Sequence[int]) -> str:
    return "| " + " | ".join(cell.ljust(width) for cell, width in zip(cells, widths, strict=True)) + " |"
