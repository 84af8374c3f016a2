"""Prints the JSON Schema of our history format: `python -m adapters.replay.schema > docs/replay.schema.json`."""

import ast
import inspect
import json
import sys
from collections.abc import Iterator
from itertools import pairwise
from typing import Any

import msgspec

from adapters.replay import lines

TITLE = "One line of a Chaperone history"
DESCRIPTION = (
    "A history is a file of JSON Lines: one JSON object a line, in UTF-8, in the order of time. "
    "Each line says something that happened in a chat. docs/replay.md explains it."
)


def schema() -> dict[str, Any]:
    """Describe a line: its types as the reader checks them, and the sentence that stands beside each field."""
    head = {"$schema": "https://json-schema.org/draft/2020-12/schema", "title": TITLE, "description": DESCRIPTION}
    described: dict[str, Any] = head | msgspec.json.schema(lines.AnyLine)
    sentences = dict(_sentences())
    for name, definition in described["$defs"].items():
        bases = [each.__name__ for each in getattr(lines, name).__mro__]
        for field, told in definition["properties"].items():
            sentence = next((sentences[base, field] for base in bases if (base, field) in sentences), None)
            if sentence is not None:
                told["description"] = sentence
        if "at" in definition["properties"]:
            definition["properties"]["at"]["format"] = "date-time"  # the reader refuses a time without an offset
    return described


def _sentences() -> Iterator[tuple[tuple[str, str], str]]:
    """Find the sentence under each field; nothing at run time keeps it, so it is read from the source."""
    for kind in ast.parse(inspect.getsource(lines)).body:
        if not isinstance(kind, ast.ClassDef):
            continue
        for statement, following in pairwise(kind.body):
            match statement, following:
                case ast.AnnAssign(target=ast.Name(id=field)), ast.Expr(value=ast.Constant(value=str(sentence))):
                    yield (kind.name, field), sentence
                case _:
                    pass


def text() -> str:
    """Write the schema as the file holds it."""
    return json.dumps(schema(), indent=2) + "\n"


if __name__ == "__main__":
    sys.stdout.write(text())
