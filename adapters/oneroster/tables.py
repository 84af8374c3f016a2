"""Rows out of one CSV file: decoded, counted, their columns found by name."""

import csv
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import count
from typing import IO

from adapters.archive import BROKEN
from adapters.oneroster.files import Bundle
from adapters.oneroster.remarks import Remarks, Row, nearest
from bot.errors import ConfigurationError

LONGEST_LINE = 1024 * 1024
LONGEST_CELL = 8192
BYTE_ORDER_MARK = "\ufeff"


@dataclass(frozen=True, slots=True)
class Layout:
    """One file's columns. A column that is not `read` never leaves its row: a password, a telephone number."""

    file: str
    columns: tuple[str, ...]
    read: tuple[str, ...]
    spared: frozenset[str] = frozenset()
    """Columns we read where they are there."""


def rows(bundle: Bundle, layout: Layout, remarks: Remarks) -> Iterator[Row]:
    """Read a file row by row. What makes it unreadable is remarked, and ends the rows."""
    try:
        with bundle.sources[layout.file]() as stream:
            yield from _rows(_lines(stream, layout.file, remarks), layout, remarks)
    except ConfigurationError as problem:
        remarks.incomplete = True
        remarks.problems += problem.args
    except BROKEN:
        remarks.unreadable(layout.file, "it cannot be read to its end; it is damaged. Export it or copy it again.")


def header_of(bundle: Bundle, file: str) -> list[str]:
    """Peek at a file's header line; empty when it cannot be read, which `rows` will then say."""
    try:
        with bundle.sources[file]() as stream:
            return next(_numbered(_lines(stream, file, Remarks()), file), (0, []))[1]
    except (ConfigurationError, *BROKEN):
        return []


def _rows(lines: Iterator[str], layout: Layout, remarks: Remarks) -> Iterator[Row]:
    numbered = _numbered(lines, layout.file)
    _, header = next(numbered, (0, []))
    places = _places(header, layout)
    nameless = [place for place, name in enumerate(header) if not name.strip()]
    _remark_on_header(header, layout, remarks)
    for line, cells in numbered:
        if not any(cells):
            continue
        if len(cells) != len(header):
            what = f"it has {len(cells)} cells and the header line {len(header)}. Mend its commas or quotation marks."
            remarks.unreadable(layout.file, what, line)
        elif max(map(len, cells)) > LONGEST_CELL:
            remarks.unreadable(layout.file, f"a cell is over {LONGEST_CELL} characters. Shorten it.", line)
        else:
            if any(cells[place].strip() for place in nameless):
                remarks.odd(layout.file, "a cell stands in a column without a name. It was passed over.", line)
            yield Row(layout.file, line, {column: cells[place].strip() for column, place in places.items()}, remarks)


def _numbered(lines: Iterator[str], file: str) -> Iterator[tuple[int, list[str]]]:
    """Give each row with the line it starts on; a quoted cell may run over several lines."""
    reader = csv.reader(lines, strict=True)
    start = 1
    while True:
        try:
            cells = next(reader, None)
        except csv.Error as problem:
            what = "a quotation mark is wrong or never closed, a cell far too long, or the line ends are odd"
            raise ConfigurationError(f"{file}, line {start}: {what}. Save the file as CSV again.") from problem
        if cells is None:
            return
        yield start, cells
        start = reader.line_num + 1


def _lines(stream: IO[bytes], file: str, remarks: Remarks) -> Iterator[str]:
    offset = 0
    for number in count(1):
        raw = stream.readline(LONGEST_LINE + 1)
        if not raw:
            return
        text = _decoded(raw, file, number, offset)
        offset += len(raw)
        if number == 1 and text.startswith(BYTE_ORDER_MARK):
            remarks.odd(file, "it starts with a byte order mark, which the standard leaves out. It was passed over.")
            text = text.removeprefix(BYTE_ORDER_MARK)
        yield text


def _decoded(raw: bytes, file: str, line: int, offset: int) -> str:
    if len(raw) > LONGEST_LINE:
        raise ConfigurationError(f"{file}, line {line}: the line is over 1 MiB. Save the file as CSV again.")
    if b"\0" in raw:
        byte = offset + raw.index(b"\0") + 1
        raise ConfigurationError(f"{file}, line {line}: byte {byte} is a zero byte. Save the file as CSV in UTF-8.")
    try:
        return raw.decode("utf-8")
    except UnicodeDecodeError as problem:
        byte = offset + problem.start + 1
        raise ConfigurationError(f"{file}, line {line}: byte {byte} is not UTF-8. Save the file as UTF-8.") from problem


def _places(header: list[str], layout: Layout) -> dict[str, int]:
    """Find where each column we read stands. Raises `ConfigurationError` naming those that are missing."""
    file = layout.file
    if not header:
        raise ConfigurationError(f"{file}: it is empty. Give it the header line {','.join(layout.columns)}.")
    if not {each.strip().casefold() for each in header} & {each.casefold() for each in layout.columns}:
        what = f"this is no header line. Name the columns there, with commas between: {', '.join(layout.columns)}."
        raise ConfigurationError(f"{file}, line 1: {what}")
    twice = next((each for each in header if each.strip() and header.count(each) > 1), None)
    if twice is not None:
        what = f"the column {_listed([twice])!r} stands in the header line twice. Keep one of the two."
        raise ConfigurationError(f"{file}, line 1: {what}")
    missing = [each for each in layout.read if each not in header and each not in layout.spared]
    if missing:
        raise ConfigurationError(*(_missing(each, header, file) for each in missing))
    return {each: header.index(each) for each in layout.read if each in header}


def _missing(column: str, header: list[str], file: str) -> str:
    near = nearest(column, tuple(header))
    hint = f"Did you mean {column!r} by {near!r}?" if near else "Add it."
    return f"{file}, line 1: the column {column!r} is missing. {hint} The header line has: {_listed(header)}."


def _remark_on_header(header: list[str], layout: Layout, remarks: Remarks) -> None:
    extra = [each for each in header if each.strip() and each not in layout.columns]
    absent = [each for each in layout.columns if each not in header]
    usual = [each for each in layout.columns if each in header]
    if extra:
        remarks.odd(layout.file, f"columns nobody here reads were passed over: {_listed(extra)}.")
    if absent:
        remarks.odd(layout.file, f"it can be read without these columns, which it usually has: {_listed(absent)}.")
    if usual != [each for each in header if each in layout.columns]:
        remarks.odd(layout.file, "its columns stand in an unusual order. They were found by name.")


def _listed(columns: Iterable[str]) -> str:
    shown = [each[:40] if each.isprintable() else "?" for each in columns]
    return ", ".join(shown[:40])
