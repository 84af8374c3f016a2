"""How lists of words are written down in this folder."""

import tomllib
from collections.abc import Mapping
from importlib.resources import files


def words(table: str) -> frozenset[str]:
    """Read words parted by blanks and new lines."""
    return frozenset(table.split())


def one_of(table: str) -> str:
    """Write a pattern that matches one of several phrases, parted by commas. Each may be a pattern itself."""
    phrases = (phrase.strip() for phrase in " ".join(table.split()).split(","))
    return f"(?:{'|'.join(phrase for phrase in phrases if phrase)})"


def read_lists(name: str) -> tuple[Mapping[str, str], Mapping[str, frozenset[str]]]:
    """Read a file of lists in `bot/readings/data`: phrases as patterns, and words, each by the name of its list."""
    book = tomllib.loads((files("bot.readings") / "data" / name).read_text("utf-8"))
    phrases = {name: one_of(table) for name, table in book["phrases"].items()}
    return phrases, {name: words(table) for name, table in book["words"].items()}
