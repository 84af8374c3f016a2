"""How lists of words are written down in this folder."""

import re
import tomllib
from collections.abc import Mapping
from importlib.resources import files
from typing import Final

GAP: Final = r"[ ,.'\"*_-]{1,3}"
"""What may stand between two words of a phrase."""
PERHAPS_A_GAP: Final = r"[ ,.'\"*_-]{0,3}"
"""The same, where they may be glued together."""
_BLANK: Final = re.compile(r" (\?)?")


def words(table: str) -> frozenset[str]:
    """Read words parted by blanks and new lines."""
    return frozenset(table.split())


def one_of(table: str) -> str:
    """Write a pattern that matches one of several phrases, parted by commas. Each may be a pattern itself."""
    phrases = (phrase.strip() for phrase in " ".join(table.split()).split(","))
    return f"(?:{'|'.join(phrase for phrase in phrases if phrase)})"


def spaced(phrases: str) -> str:
    """Put for each blank of a pattern what may stand between two words of a phrase; for ` ?`, perhaps nothing."""
    return _BLANK.sub(lambda blank: PERHAPS_A_GAP if blank[1] else GAP, phrases)


def read_words(name: str) -> Mapping[str, str]:
    """Read the table `[words]` of a label's file in `bot/readings/data`: patterns with blanks for `spaced`."""
    book = tomllib.loads((files("bot.readings") / "data" / name).read_text("utf-8"))
    return {each: one_of_lines(table) for each, table in book["words"].items()}


def one_of_lines(table: str) -> str:
    """Write a pattern that matches one of several, one a line."""
    return f"(?:{'|'.join(line.strip() for line in table.splitlines() if line.strip())})"


def read_lists(name: str) -> tuple[Mapping[str, str], Mapping[str, frozenset[str]]]:
    """Read a file of lists in `bot/readings/data`: phrases as patterns, and words, each by the name of its list."""
    book = tomllib.loads((files("bot.readings") / "data" / name).read_text("utf-8"))
    phrases = {name: one_of(table) for name, table in book["phrases"].items()}
    return phrases, {name: words(table) for name, table in book["words"].items()}
