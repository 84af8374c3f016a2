"""Reads the Markdown tables of examples beside the rules' tests."""

from pathlib import Path

Row = dict[str, str]


def tables(path: Path) -> list[list[Row]]:
    """Read every table of a Markdown file: a list of rows, each a mapping of heading to cell."""
    found: list[list[Row]] = []
    headings: list[str] = []
    for line in path.read_text(encoding="utf-8").splitlines():
        if not line.startswith("|"):
            headings = []
            continue
        cells = [cell.strip() for cell in line.strip().strip("|").split("|")]
        if not headings:
            headings = cells
            found.append([])
        elif not set("".join(cells)) <= set("-: "):
            found[-1].append(dict(zip(headings, cells, strict=True)))
    return found


def label(row: Row) -> str:
    """Name a row so that a failing test can be found on the page."""
    return " / ".join(cell for cell in row.values() if cell)
