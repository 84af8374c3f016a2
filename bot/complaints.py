"""What is wrong with a setting, in plain words: where it was told, and what could be written instead."""

import dataclasses
import difflib
import json
import os
import re
import types
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Final, get_args, get_origin

from pydantic import BaseModel, ValidationError

from bot.settings import Settings

if TYPE_CHECKING:
    from pydantic.fields import FieldInfo
    from pydantic_core import ErrorDetails

PREFIX: Final = "CHAPERONE_"
"""What the name of every variable begins with that tells a setting."""

MOST_NAMED: Final = 50
"""Words that there are. Of more, none is named."""

HEADER = re.compile(r"\[\[?([^\]]+)\]")
"""A table's name, without the remark that may stand beside it."""

QUOTES = "\"'"
"""What may stand round a name."""


@dataclasses.dataclass(frozen=True, slots=True)
class Source:
    """The file that settings stand in, and what it says: nothing where all comes from the environment."""

    path: Path
    text: str = dataclasses.field(repr=False)

    def told(self, where: tuple[str, ...], wrong: str, word: str = "") -> str:
        """Say what is wrong with a setting, and where it was told: in a variable, or in the file."""
        named = variable_set(where)
        place = self.place(where, word) if named is None else f"{named} in the environment"
        return f"{place}: {wrong}"

    def complaint(self, where: tuple[str, ...], found: "list[ErrorDetails]") -> str:
        """Say what the library complains of: where nothing told the setting, of what was told beside it."""
        beside, wrong = variable_beside(where), _mistake(where, found)
        if beside is None or variable_set(where) is not None or line_of(self.text, where) is not None:
            return self.told(where, wrong)
        return f"{beside} in the environment: {wrong}"

    def place(self, where: tuple[str, ...], word: str = "") -> str:
        """Name the file and the line of a setting, if it has one: of a list over several lines, that with this word."""
        line = line_of(self.text, where)
        if line is None:
            return str(self.path)
        forms = (f"'{word}'", f'"{word}"', json.dumps(word))
        rest = enumerate(self.text.splitlines()[line - 1 :], line) if word else ()
        line = next((number for number, each in rest if any(form in each for form in forms)), line)
        return f"{self.path}, line {line}"


def variable_of(*where: str) -> str:
    """Name the environment variable that sets something."""
    return f"{PREFIX}{'__'.join(where)}".upper()


def variable_set(where: tuple[str, ...]) -> str | None:
    """Name the environment variable that a setting was taken from, if it was."""
    for length in (2, 1):
        for each in sorted(os.environ):
            told = len(where) >= length and each.upper() == variable_of(*where[:length])
            if told and _may_hold(os.environ[each], where[length:]):
                return each
    return None


def _may_hold(value: str, where: tuple[str, ...]) -> bool:
    """Say whether a variable's value may hold a setting: what a table there does not name comes from the file."""
    try:
        held = json.loads(value)
    except ValueError:
        return True
    return not where or not isinstance(held, dict) or where[0] in held


def variable_beside(where: tuple[str, ...]) -> str | None:
    """Name an environment variable of the same table: of a table that the file has not, all is told by them."""
    return next((each for each in sorted(os.environ) if each.upper().startswith(f"{variable_of(where[0])}__")), None)


def nearest(word: str, words: list[str]) -> str:
    """Suggest the word that was probably meant, as the end of a sentence; without one name all, if they are few."""
    close = difflib.get_close_matches(word, words, n=1)
    if close:
        return f" Did you mean '{close[0]}'?"
    return f" There are: {', '.join(sorted(words))}." if 0 < len(words) <= MOST_NAMED else ""


def _mistake(where: tuple[str, ...], found: "list[ErrorDetails]") -> str:
    if found[0]["type"] != "extra_forbidden":
        return f"{'.'.join(where)}: {why_not(where[-1], found, _notes(where))}"
    named = ".".join(each for each in where[:-1] if not each.isdecimal())
    return f"{named} has no setting '{where[-1]}'.{nearest(where[-1], fields_of(where[:-1]))}"


def unknown(kind: type[Any], settings: Mapping[str, Any]) -> Iterator[tuple[tuple[str, ...], list[str]]]:
    """Find settings that a dataclass does not have, however deep: the path to each, and what there is instead."""
    fields = {field.name: field.type for field in dataclasses.fields(kind)}
    for name, value in settings.items():
        if name not in fields:
            yield (name,), list(fields)
            continue
        inner = get_args(fields[name])[0] if get_origin(fields[name]) is Annotated else fields[name]
        if dataclasses.is_dataclass(inner) and isinstance(inner, type) and isinstance(value, Mapping):
            for path, allowed in unknown(inner, value):
                yield (name, *path), allowed


def line_of(text: str, where: tuple[str, ...]) -> int | None:
    """Find the line of a TOML file that a setting stands on, else that of its table; None where it has neither."""
    table: tuple[str, ...] = ()
    counts: dict[str, int] = {}
    best, line_found = 0, None
    for number, line in enumerate(text.splitlines(), 1):
        stripped = line.strip()
        header = HEADER.match(stripped)
        if header and stripped.startswith("[["):
            name = header[1].strip().strip(QUOTES)
            counts[name] = counts.get(name, -1) + 1
            table = (*name.split("."), str(counts[name]))
            here = table
        elif header:
            here = table = tuple(part.strip().strip(QUOTES) for part in header[1].split("."))
        elif "=" in stripped and not stripped.startswith("#"):
            here = (*table, *(part.strip().strip(QUOTES) for part in stripped.partition("=")[0].split(".")))
        else:
            continue
        if where[: len(here)] == here and len(here) > best:
            best, line_found = len(here), number
    return line_found


def by_place(error: ValidationError) -> "dict[tuple[str, ...], list[ErrorDetails]]":
    """Sort complaints by the setting they are about; pydantic adds the branch of a union, which is no part of it."""
    branches, found = {"int", "constrained-int"}, defaultdict(list)
    for each in error.errors():
        if each["type"] == "too_short" and len(each["input"]) >= each["ctx"]["min_length"]:
            continue  # those in it that are wrong are told, and were not counted
        found[tuple(str(part) for part in each["loc"] if "[" not in str(part) and part not in branches)].append(each)
    return found


def why_not(name: str, found: "list[ErrorDetails]", notes: Iterable[object]) -> str:
    """Say in plain words why a setting of this name cannot be taken: in the library's own where those are plain.

    `notes` are those of its type: the library names only the end that a number is beyond.
    """
    first = found[0]
    match first["type"].partition("_")[0], first["type"]:
        case "date", _:
            said = "write a date like 2026-11-01"
        case "int", _:
            said = "write a whole number"
        case "float", _:
            said = "write a number"
        case "bool", _:
            said = "write true or false"
        case _, "greater_than" | "greater_than_equal" | "less_than_equal":
            ends = {end: getattr(each, end) for each in notes for end in ("gt", "ge", "le") if hasattr(each, end)}
            said = f"write a number {_within({**ends, **first['ctx']})}"
        case _, "missing":
            said = "it is missing"
        case _, "tuple_type":
            said = f"write a list, in square brackets: {name} = […]"
        case _, "too_short":
            said = f"it needs {first['ctx']['min_length']} at the least"
        case _:
            said = first["msg"].removeprefix("Value error, ").partition(", unable to ")[0]
    words = (each["ctx"]["expected"] for each in found[1:] if each["type"] == "literal_error")
    return f"{' or '.join([said, *words])}."


def _within(ends: Mapping[str, float]) -> str:
    """Say which numbers may be written, by the ends as the library calls them."""
    said = {end: f"{each:g}" if isinstance(each, float) else str(each) for end, each in ends.items()}
    match said:
        case {"ge": least, "le": most}:
            return f"from {least} to {most}"
        case {"gt": below, "le": most}:
            return f"above {below}, up to {most}"
        case {"ge": least}:
            return f"from {least} up"
        case {"gt": below}:
            return f"above {below}"
        case _:
            return f"up to {said['le']}"


def notes_in(rule: type[Any], path: tuple[str, ...]) -> Iterator[object]:
    """Give what is noted beside the type of a rule's own setting."""
    for each in dataclasses.fields(rule):
        if path == (each.name,):
            yield from get_args(each.type)[1:]


def _notes(where: tuple[str, ...]) -> list[Any]:
    """Give what is noted beside the type of the setting a path leads to."""
    field = _table(where[:-1]).get(where[-1])
    return [] if field is None else field.metadata


def fields_of(where: tuple[str, ...]) -> list[str]:
    """List the settings of the table a path leads to."""
    return [*_table(where)]


def _table(where: tuple[str, ...]) -> "dict[str, FieldInfo]":
    """Find the settings of the table a path leads to; none where it leads to no table."""
    model: type[BaseModel] = Settings
    for each in where:
        if each.isdecimal():
            continue
        annotation = model.model_fields[each].annotation
        inner = get_args(annotation)[0] if get_origin(annotation) in {tuple, types.UnionType} else annotation
        if not (isinstance(inner, type) and issubclass(inner, BaseModel)):
            return {}
        model = inner
    return model.model_fields
