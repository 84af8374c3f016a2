"""JSON that is not quite sound, read all the same: what `msgspec` refuses is mended, so that no message is lost to it.

It refuses half a surrogate pair, bytes that are not UTF-8, a number too large. The standard library reads them.
"""

import json
import re

import msgspec

_HALF_PAIR = re.compile("[\ud800-\udfff]")


def sound(text: str) -> str:
    """Put U+FFFD where half of a surrogate pair stands, which no encoder downstream could write."""
    return text if text.isascii() else _HALF_PAIR.sub("\ufffd", text)


def value_of(piece: bytes | msgspec.Raw) -> object:
    """Read one JSON value, mended where it must be; None for what is no JSON."""
    try:
        return msgspec.json.decode(piece)
    except (ValueError, RecursionError):
        pass
    try:
        return mended(bytes(piece))
    except (ValueError, RecursionError):
        return None


def mended(data: bytes) -> object:
    """Read JSON with patience. Raises `json.JSONDecodeError` or `RecursionError` for what is none."""
    text = data.decode("utf-8-sig", "replace")
    return sound_through(json.loads(text, parse_int=_number, parse_constant=lambda _: None))


def _number(digits: str) -> int | float:
    return int(digits) if len(digits) < 20 else float(digits)


def sound_through(value: object) -> object:
    """Mend every text in a value; the very same value where there is nothing to mend."""
    try:
        msgspec.json.encode(value)
    except (UnicodeEncodeError, RecursionError):
        return _whole(value)
    return value


def _whole(value: object) -> object:
    match value:
        case str():
            return sound(value)
        case list():
            return [_whole(each) for each in value]
        case dict():
            return {sound(key): _whole(each) for key, each in value.items()}
    return value
