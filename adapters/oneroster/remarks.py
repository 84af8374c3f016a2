"""What is wrong or merely odd about the files, and the row that says it of itself.

No sentence here repeats a cell, save one that nearly is a word we know: a cell in the wrong column may be a name.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from difflib import get_close_matches
from functools import lru_cache
from typing import TypeVar

from bot.days import iso_day
from bot.errors import ConfigurationError

MOST_SHOWN = 50

Value = TypeVar("Value")


@dataclass(slots=True)
class Remarks:
    """What is wrong and what is merely odd about a bundle, in the order it was met."""

    problems: list[str] = field(default_factory=list)
    oddities: dict[tuple[str, str], list[int]] = field(default_factory=dict)
    incomplete: bool = False
    """Rows are missing, so what refers to them cannot be judged."""

    def wrong(self, file: str, what: str, line: int | None = None) -> None:
        """Add a problem: what is wrong, and how to mend it."""
        self.problems.append(f"{file}, line {line}: {what}" if line else f"{file}: {what}")

    def unreadable(self, file: str, what: str, line: int | None = None) -> None:
        """Add a problem that leaves rows unread."""
        self.incomplete = True
        self.wrong(file, what, line)

    def odd(self, file: str, what: str, line: int | None = None) -> None:
        """Add something tolerated. The same oddity on many lines becomes one note."""
        self.oddities.setdefault((file, what), []).extend([line] if line else [])

    def stop(self) -> None:
        """Raise every problem met so far as one `ConfigurationError`; do nothing when there is none."""
        if not self.problems:
            return
        more = len(self.problems) - MOST_SHOWN
        tail = [f"And {more} more. Mend these first, then read the files again."] if more > 0 else []
        raise ConfigurationError(*self.problems[:MOST_SHOWN], *tail)

    def notes(self) -> tuple[str, ...]:
        """Say every oddity in one sentence."""
        return tuple(f"{file}{_where(lines)}: {what}" for (file, what), lines in self.oddities.items())


def _where(lines: list[int]) -> str:
    match lines:
        case []:
            return ""
        case [line]:
            return f", line {line}"
        case _:
            return f", line {lines[0]} and {len(lines) - 1} more"


@dataclass(frozen=True, slots=True)
class Row:
    """The cells we read of one row, and where it stands."""

    file: str
    line: int
    cells: Mapping[str, str] = field(repr=False)
    remarks: Remarks = field(repr=False)

    def get(self, column: str) -> str:
        """Give a cell without the blanks around it; empty when the file has no such column."""
        return self.cells.get(column, "")

    def needed(self, column: str) -> str:
        """Give a cell that must say something printable, since it is an id or a key."""
        cell = self.get(column)
        if not cell:
            self.wrong(f"it has no {column}. Fill it in.")
        elif not cell.isprintable():
            self.wrong(f"its {column} holds a line break or an invisible character. Type it again.")
        return cell

    def day(self, column: str) -> date | None:
        """Give a date, or None where there is none."""
        cell = self.get(column)
        found = iso_day(cell)
        if cell and found is None:
            self.wrong(f"its {column} is no date. Write it like 2027-06-30.")
        return found

    def choice(self, column: str, choices: Mapping[str, Value]) -> Value | None:
        """Give what a cell's word stands for, or None once it was told that there is no such word."""
        cell = self.get(column)
        if cell in choices:
            return choices[cell]
        near = nearest(cell, tuple(choices))
        hint = f"there is no {column} {cell!r}. Did you mean {near!r}?" if near else f"its {column} is unknown."
        self.wrong(hint if near else f"{hint} Write one of: {', '.join(choices)}.")
        return None

    def wrong(self, what: str) -> None:
        """Say what is wrong with this row."""
        self.remarks.wrong(self.file, what, self.line)

    def odd(self, what: str) -> None:
        """Say what is odd about this row."""
        self.remarks.odd(self.file, what, self.line)


@dataclass(slots=True)
class Once:
    """Holds that a key stands on one line of a file only."""

    what: str
    lines: dict[object, int] = field(default_factory=dict)

    def repeats(self, row: Row, key: object) -> bool:
        """Say whether the key stood on an earlier line, and if so report it."""
        first = self.lines.setdefault(key, row.line)
        if first == row.line:
            return False
        row.wrong(f"{self.what} stands on line {first} already. Keep one of the two lines.")
        return True


@lru_cache(maxsize=1024)
def nearest(word: str, words: tuple[str, ...]) -> str | None:
    """Find the word somebody probably meant."""
    folded = {each.casefold(): each for each in words}
    found = get_close_matches(word[:40].casefold(), folded, n=1, cutoff=0.7)
    return folded[found[0]] if found else None
