"""Reads the app's manifest: as much of YAML as stands in it."""

from typing import Any

from adapters.slack.doctor import MANIFEST
from tests.slack.server.tokens import Setup

Value = dict[str, Any] | list[Any] | str | bool
"""What stands in a manifest."""

Line = tuple[int, str]
"""A line's indent, and what stands on it without its remark."""


def manifest() -> dict[str, Any]:
    """Read the manifest."""
    lines = [_line(each) for each in MANIFEST.read_text("utf-8").splitlines()]
    read = _block([each for each in lines if each[1]])
    assert isinstance(read, dict)
    return read


def as_manifested() -> Setup:
    """Set the app up as its manifest says."""
    return Setup.of_manifest(manifest())


def _line(line: str) -> Line:
    text = "" if line.lstrip().startswith("#") else line.partition(" # ")[0].rstrip()
    return len(text) - len(text.lstrip()), text.strip()


def _block(lines: list[Line]) -> Value:
    if lines[0][1].startswith("- "):
        return [_item(each) for each in _cut(lines, "- ")]
    found: dict[str, Any] = {}
    for (_, head), *rest in _cut(lines, ""):
        key, _, value = head.partition(":")
        found[key] = _block(rest) if rest else _scalar(value.strip())
    return found


def _cut(lines: list[Line], begins: str) -> list[list[Line]]:
    """Cut lines at those of the outermost indent."""
    outer, parts = lines[0][0], list[list[Line]]()
    for each in lines:
        if each[0] == outer and each[1].startswith(begins):
            parts.append([])
        parts[-1].append(each)
    return parts


def _item(lines: list[Line]) -> Value:
    (indent, head), *rest = lines
    if ": " not in head:
        return _scalar(head.removeprefix("- "))
    return _block([(indent + 2, head.removeprefix("- ")), *rest])


def _scalar(text: str) -> Value:
    return text == "true" if text in {"true", "false"} else text.strip('"')
