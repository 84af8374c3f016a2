"""Values as nobody would write them, in every place of a value."""

from collections.abc import Iterator
from typing import Any

ODD: tuple[object, ...] = (None, True, 7, -1.5, "", "x", [], [[]], {}, {"x": 1}, [None, 3, "x", {"y": {}}])


def spoilt(value: object) -> Iterator[Any]:
    """Give a value with each part of it in turn replaced by something odd."""
    yield from ODD
    if isinstance(value, dict):
        yield from ({**value, key: odd} for key, inner in value.items() for odd in spoilt(inner))
    if isinstance(value, list):
        yield from ([odd] for inner in value for odd in spoilt(inner))
