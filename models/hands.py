"""The ways in which people type: in a hurry, young, on a phone; and the ways in which they hide words from a filter."""

import re
from collections.abc import Callable
from random import Random
from typing import Final

_SHORT: Final = {
    "you": "u",
    "are": "r",
    "your": "ur",
    "because": "bc",
    "please": "pls",
    "tomorrow": "tmrw",
    "though": "tho",
    "people": "ppl",
    "about": "abt",
    "really": "rly",
    "okay": "ok",
    "with": "w",
    "going to": "gonna",
    "want to": "wanna",
    "i don't know": "idk",
    "right now": "rn",
    "i swear": "istg",
    "before": "b4",
    "thanks": "thx",
    "to be honest": "tbh",
    "someone": "sm1",
    "something": "smth",
    "probably": "prob",
    "practice": "prac",
    "don't": "dont",
    "i'm": "im",
    "can't": "cant",
    "didn't": "didnt",
    "that's": "thats",
    "won't": "wont",
}
_SHORTENED: Final = re.compile(
    r"\b(?:" + "|".join(map(re.escape, sorted(_SHORT, key=len, reverse=True))) + r")\b", re.IGNORECASE
)
_SLOT_OR_WORD: Final = re.compile(r"\{\w+\}|[A-Za-z]{4,}")
_BEFORE: Final = (
    "hey ",
    "hey, ",
    "yo ",
    "ok so ",
    "um ",
    "hi coach, ",
    "Hi, ",
    "Hello, ",
    "so ",
    "btw ",
    "wait ",
    "lol ",
    "Also, ",
)
_AFTER: Final = (
    " lol",
    " haha",
    " thx",
    " 😭",
    " 🙏",
    " lmk",
    " tho",
    " fr",
    " ...",
    "!!",
    " ok?",
    " Thanks.",
    " 😅",
    " smh",
    " ngl",
)
_BESIDE: Final = {
    "a": "sq",
    "b": "vn",
    "c": "xv",
    "d": "sf",
    "e": "wr",
    "f": "dg",
    "g": "fh",
    "h": "gj",
    "i": "uo",
    "k": "jl",
}
_BESIDE_TOO: Final = {
    "l": "k",
    "m": "n",
    "n": "bm",
    "o": "ip",
    "p": "o",
    "r": "et",
    "s": "ad",
    "t": "ry",
    "u": "yi",
    "w": "qe",
}
_NEIGHBOURS: Final = _BESIDE | _BESIDE_TOO


def typed(text: str, chance: Random, *, young: bool) -> str:
    """Type a text as somebody else would. Slots stay as they are."""
    if chance.random() < (0.55 if young else 0.2):
        text = _lowered(text)
    if chance.random() < (0.4 if young else 0.1):
        text = _SHORTENED.sub(lambda match: _SHORT[match[0].lower()] if chance.random() < 0.7 else match[0], text)
    if chance.random() < 0.25:
        text = _mistyped(text, chance)
    if chance.random() < (0.5 if young else 0.15):
        text = text.rstrip(".")
    if chance.random() < 0.12:
        text = chance.choice(_BEFORE) + text
    if chance.random() < 0.12:
        text = text.rstrip(".") + chance.choice(_AFTER)
    if chance.random() < 0.03:
        text = re.sub(r"\{\w+\}|[^{}]+", lambda part: part[0] if part[0][0] == "{" else part[0].upper(), text)
    return text


def _lowered(text: str) -> str:
    return re.sub(r"\{\w+\}|[^{}]+", lambda part: part[0] if part[0].startswith("{") else part[0].lower(), text)


def _mistyped(text: str, chance: Random) -> str:
    """Mistype one word: letters swapped, left out, doubled, or the key beside."""
    words = [word for word in _SLOT_OR_WORD.finditer(text) if not word[0].startswith("{")]
    if not words:
        return text
    word = chance.choice(words)
    return text[: word.start()] + _slip(word[0], chance) + text[word.end() :]


def _slip(word: str, chance: Random) -> str:
    place = chance.randrange(1, len(word) - 1)
    match chance.randrange(4):
        case 0:
            return word[:place] + word[place + 1] + word[place] + word[place + 2 :]
        case 1:
            return word[:place] + word[place + 1 :]
        case 2:
            return word[:place] + word[place] + word[place:]
        case _:
            return word[:place] + chance.choice(_NEIGHBOURS.get(word[place].lower(), word[place])) + word[place + 1 :]


_LEET: Final = {"a": "4@", "e": "3", "i": "1!", "o": "0", "s": "5$", "t": "7"}
_ALIKE: Final = {
    "a": "\u0430\u0251",
    "c": "\u0441",
    "e": "\u0435\u03b5",
    "i": "\u0456\u00ed",
    "k": "\u043a",
    "o": "\u043e\u03bf",
    "p": "\u0440",
    "s": "\u0455",
    "u": "\u057d",
    "x": "\u0445",
    "y": "\u0443",
}
_UNSEEN: Final = ("\u200b", "\u200c", "\u2060", "\u00ad")
_MARKS: Final = ("**", "*", "||", "~~")
_LETTERS: Final = re.compile(r"[A-Za-z]{3,}")


def disguised(text: str, chance: Random) -> str:
    """Hide the words of a text from a filter, in one of the usual ways."""
    return chance.choice(WAYS)(text, chance)


def leet(text: str, chance: Random) -> str:
    """Write figures and signs for letters, in most words."""
    return _each_word(text, chance, 0.7, lambda word: _swap(word, _LEET, chance, 0.7))


def look_alikes(text: str, chance: Random) -> str:
    """Write letters of other scripts that look the same."""
    return _each_word(text, chance, 0.8, lambda word: _swap(word, _ALIKE, chance, 0.7))


def unseen(text: str, chance: Random) -> str:
    """Put characters between the letters that nobody sees."""
    return _each_word(text, chance, 0.8, chance.choice(_UNSEEN).join)


def spaced(text: str, chance: Random) -> str:
    """Part the letters of some words by blanks or dots."""
    gap = chance.choice(" .-_")
    return _each_word(text, chance, 0.4, gap.join)


def marked(text: str, chance: Random) -> str:
    """Put marks of emphasis around parts of words."""
    mark = chance.choice(_MARKS)
    return _each_word(text, chance, 0.5, lambda word: f"{mark}{word[:2]}{mark}{word[2:]}")


def glued(text: str, chance: Random) -> str:
    """Leave out the blanks between some words."""
    return re.sub(r" (?=\w)", lambda blank: "" if chance.random() < 0.35 else blank[0], text)


WAYS: Final[tuple[Callable[[str, Random], str], ...]] = (leet, look_alikes, unseen, spaced, marked, glued)


def _each_word(text: str, chance: Random, share: float, change: Callable[[str], str]) -> str:
    return _LETTERS.sub(lambda word: change(word[0]) if chance.random() < share else word[0], text)


def _swap(word: str, table: dict[str, str], chance: Random, share: float) -> str:
    return "".join(
        chance.choice(table[letter]) if letter in table and chance.random() < share else letter
        for letter in word.lower()
    )
