"""Reads the families of templates in `models/templates/*.toml`: what people would type, and what it is about."""

import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from bot.errors import ConfigurationError
from bot.readings.labels import Label, Listeners, Speaker
from models.samples import Kind, holding

FOLDER: Final = Path(__file__).parent / "templates"


@dataclass(frozen=True, slots=True)
class Family:
    """Lines of one meaning. `name` is unique among all files."""

    name: str
    lines: tuple[str, ...]
    labels: frozenset[Label]
    leak: bool
    """Whether it is confidential about a person meant when it is told to a group."""
    authors: tuple[Speaker, ...]
    audiences: tuple[Listeners, ...]
    kind: Kind

    @property
    def holds(self) -> frozenset[str]:
        """Give the heads that should say yes."""
        return holding(self.labels, leak=self.leak)


def read_families(folder: Path = FOLDER) -> tuple[Family, ...]:
    """Read every file, by name. Raises `ConfigurationError` where a family does not fit."""
    found = [family for path in sorted(folder.glob("*.toml")) for family in _read(path)]
    names = [family.name for family in found]
    if twice := {name for name in names if names.count(name) > 1}:
        raise ConfigurationError(f"{folder}: several families are called {min(twice)!r}. Give each its own name.")
    return tuple(found)


def _read(path: Path) -> Iterator[Family]:
    for table in tomllib.loads(path.read_text("utf-8")).get("family", ()):
        name = f"{path.stem}/{table.get('name', '?')}"
        try:
            yield _family(name, table)
        except (KeyError, ValueError, TypeError) as error:
            raise ConfigurationError(
                f"{path}: the family {name!r} does not fit: {error}. See docs/labelling.md."
            ) from error


def _family(name: str, table: dict[str, Any]) -> Family:
    lines = tuple(line.strip() for line in table["lines"])
    if not lines or not all(lines):
        raise ValueError("a line is empty")
    return Family(
        name,
        lines,
        frozenset(map(Label, table["labels"])),
        bool(table.get("leak", False)),
        tuple(map(Speaker, table["authors"])),
        tuple(map(Listeners, table["audiences"])),
        Kind(table["kind"]),
    )
