"""The usual ways to hide letters from a filter."""

from collections.abc import Callable, Mapping
from typing import Final

_LEET: Final = str.maketrans({"a": "4", "e": "3", "i": "1", "o": "0", "s": "$"})
_ALIKE: Final = str.maketrans({"a": "а", "c": "с", "e": "е", "o": "о", "p": "р", "x": "х", "y": "у"})  # noqa: RUF001 (Cyrillic)


def _leet(text: str) -> str:
    return text.lower().translate(_LEET)


def _alike(text: str) -> str:
    return text.translate(_ALIKE)


def _unseen(text: str) -> str:
    return "\u200b".join(text)


def _spaced(text: str) -> str:
    return "   ".join(" ".join(word) for word in text.split())


def _dotted(text: str) -> str:
    return " ".join(".".join(word) if len(word) > 2 else word for word in text.split())


def _marked(text: str) -> str:
    return " ".join(f"{word[:2]}**{word[2:]}**" if len(word) > 3 else word for word in text.split())


def _glued(text: str) -> str:
    return "".join(text.split())


def _wide(text: str) -> str:
    return "".join(chr(ord(letter) + 0xFEE0) if "!" <= letter <= "~" else letter for letter in text)


DISGUISES: Final[Mapping[str, Callable[[str], str]]] = {
    "leet": _leet,
    "look-alikes": _alike,
    "zero width": _unseen,
    "spaced letters": _spaced,
    "dotted letters": _dotted,
    "markdown": _marked,
    "glued words": _glued,
    "wide letters": _wide,
    "shouted": str.upper,
}
