"""How a clue is written down: a pattern, how much it says, and what around it says the opposite."""

import re
import tomllib
from collections.abc import Callable, Mapping
from functools import cache
from importlib.resources import files
from typing import Any, Final, NamedTuple

from bot.patterns import Asked
from bot.readings.clues.passage import Passage
from bot.readings.labels import Label
from bot.readings.tables import one_of_lines, spaced

_SPECIAL: Final = re.compile(r"[^\w\s]")
_WORD: Final = re.compile(r"(?<!\(\?)<[a-z_]+>")

Weighs = Callable[[Passage], float]


class Cue(NamedTuple):
    """One pattern that speaks for a label."""

    label: Label
    name: str
    pattern: str
    """For RE2. Short gaps only: thousands of characters between two words would cost memory."""
    strength: float
    needs: Asked | None = None
    """What has to stand in the same sentence."""
    unless: Asked | None = None
    """What must not stand in the same sentence: "shoot the ball"."""
    weighs: Weighs | None = None
    """Gives a factor for the strength, 0 to 1, from who speaks to whom and who is meant."""
    foreign: bool = False
    """Whether it is of a language that the models do not read."""

    def lets_be(self, passage: Passage) -> bool:
        """Say whether something stands around this place that makes nothing of it."""
        return self.unless is not None and self.unless.search(passage.sentence)

    def weigh(self, passage: Passage) -> float:
        """Say how much a place that is not let be says for the label; 0 when nothing."""
        if self.needs is not None and not self.needs.search(passage.sentence):
            return 0.0
        return self.strength if self.weighs is None else self.strength * self.weighs(passage)


def cues(label: Label, weighs: Mapping[str, Weighs]) -> tuple[Cue, ...]:
    """Read the cues of a label from its file in `bot/readings/data`; the README there tells its form."""
    book = _book(label)
    words = _words(book)
    around = {name: _phrases(table, words) for name, table in book.get("around", {}).items()}
    return tuple(_cue(label, name, cue, words, around, weighs) for name, cue in book["cues"].items())


def veto(label: Label, name: str) -> Asked:
    """Read one table of words around a hit from a label's file."""
    book = _book(label)
    return _phrases(book["around"][name], _words(book))


@cache
def _book(label: Label) -> Mapping[str, Any]:
    return tomllib.loads((files("bot.readings") / "data" / f"{label.value}.toml").read_text("utf-8"))


def _words(book: Mapping[str, Any]) -> dict[str, str]:
    tables = {**_SHARED, **book.get("words", {}), **book.get("around", {})}
    return {f"<{name}>": one_of_lines(table) for name, table in tables.items()}


def _cue(
    label: Label,
    name: str,
    cue: Mapping[str, Any],
    words: Mapping[str, str],
    around: Mapping[str, Asked],
    weighs: Mapping[str, Weighs],
) -> Cue:
    return Cue(
        label,
        name,
        _pattern(cue, words),
        cue["strength"],
        around[cue["needs"]] if "needs" in cue else None,
        around[cue["unless"]] if "unless" in cue else None,
        weighs[cue["weighs"]] if "weighs" in cue else None,
        cue.get("foreign", False),
    )


def _pattern(cue: Mapping[str, Any], words: Mapping[str, str]) -> str:
    """Write the pattern of a cue: of phrases, of raw patterns, or of a list of words."""
    if "patterns" in cue:
        return _filled(one_of_lines(cue["patterns"]), words)
    if "list" in cue:
        return rf"\b{_listed(cue['list'])}\b"
    return rf"\b{spaced(_filled(one_of_lines(cue['phrases']), words))}\b"


def _listed(name: str) -> str:
    lines = (files("bot.readings") / "data" / name).read_text("utf-8").splitlines()
    literal = (_SPECIAL.sub(r"\\\g<0>", line) for line in lines if not line.startswith("#"))
    return one_of_lines("\n".join(literal))


def _phrases(table: str, words: Mapping[str, str]) -> Asked:
    """Write a pattern that matches one of several phrases, one a line, each whole."""
    return Asked(spaced(_filled(rf"\b{one_of_lines(table)}\b", words)))


def _filled(pattern: str, words: Mapping[str, str]) -> str:
    """Put the meaning for each `<word>`, until none is left: words may name one another."""
    while "<" in pattern and (more := _WORD.sub(lambda word: words.get(word[0], word[0]), pattern)) != pattern:
        pattern = more
    return pattern


_SHARED: Final[Mapping[str, str]] = {
    "your": "your|ur|yr|you re|youre",
    "you": "you|u|ya|y all|yall",
    "my": "my|his|her|their|your|ur|yr|our",
    "the": "the|that|this|my|his|her|their|your|ur|yr|our|a|an|some",
    "he": "he|she|they|you|u|i|we",
    "him": "him|her|them|you|u|me",
    "is": "is|was|are|were|s|re|been|being|be|gets?|got|getting|looks?|feels?|seems?",
    "im": "i am|i m",
    "youre": "you are|you re|ur|u r|u are|your|y all are|yall are",
    "hes": "he s|she s|they re|he is|she is|they are",
    "will": "will|ll|gonna|going to|gunna|boutta|about to|finna|tryna|trying to|wanna|want to|need to",
    "app": "snap(?:chat)?|sc|insta(?:gram)?|ig|discord|disc|whats ?app|telegram|signal|kik|wechat|messenger|fb"
    "|facebook|tiktok|tik tok|twitter|bereal|imessage|face ?time|viber|line|gc|groupme|group me|skype|twitch|ps ?n"
    "|xbox|steam|roblox|google chat|hangouts|email|tele|wickr|threema|reddit|x",
}
"""Words that any file may use."""
