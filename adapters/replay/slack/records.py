"""JSON as exports hold it: fast where it is sound, patient where it is not."""

import json
import re
from collections.abc import Iterator
from types import GenericAlias
from typing import TypeVar

import msgspec

from adapters.mending import mended, value_of

_PIECES = msgspec.json.Decoder(list[msgspec.Raw])
_TIME = re.compile(r"\d{1,10}(?:\.\d{1,9})?")
_LATEST = 7_258_118_400
"""The year 2200: a larger number is not a time in seconds."""

Narrow = TypeVar("Narrow", bound=msgspec.Struct)


def records(data: bytes) -> Iterator[object]:
    """Read an array one value at a time, as small as bytes until then.

    Raises `ValueError` with what is wrong and where, never with words of it.
    """
    try:
        pieces = _PIECES.decode(_unmarked(data))
    except (ValueError, RecursionError):
        yield from _array(data)
        return
    for piece in pieces:
        yield value_of(piece)


def narrowed(data: bytes, narrow: type[Narrow]) -> list[Narrow | None]:
    """Read an array of objects, a few fields of each; None for what is no object. Raises as `records` does."""
    try:
        found: list[Narrow | None] = msgspec.json.decode(_unmarked(data), type=GenericAlias(list, (narrow,)))
    except (ValueError, RecursionError):
        fields = narrow.__struct_fields__
        found = [
            narrow(**{key: each[key] for key in fields if key in each}) if isinstance(each, dict) else None
            for each in records(data)
        ]
    return found


def moment_of(ts: object) -> float | None:
    """Read a Slack time as seconds since 1970, exact to the microsecond; None for what is no time."""
    match ts:
        case str() if _TIME.fullmatch(ts):
            seconds = float(ts)
        case float() | int() if not isinstance(ts, bool):
            seconds = float(ts) if abs(ts) < _LATEST else 0.0
        case _:
            return None
    return seconds if 0 < seconds < _LATEST else None


def _unmarked(data: bytes) -> bytes:
    """Take off the mark that some editors put before UTF-8."""
    return data.removeprefix(b"\xef\xbb\xbf")


def _array(data: bytes) -> list[object]:
    try:
        value = mended(data)
    except json.JSONDecodeError as error:
        raise ValueError(f"not JSON, line {error.lineno}, column {error.colno}") from None
    except RecursionError:
        raise ValueError("nested too deeply") from None
    match value:
        case list():
            return value
    raise ValueError("not a JSON array")
