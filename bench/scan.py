"""How fast texts are folded and searched, beside the usual way: one big regular expression of a guild's words."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from random import Random
from time import perf_counter
from typing import Final

from bench import corpus
from bot.patterns import Patterns
from bot.text import fold

LISTED: Final = 300
MANY: Final = 10_000


def red_filter(words: Sequence[str]) -> re.Pattern[str]:
    r"""Build what Red-DiscordBot's filter builds: the escaped words between `\b`, one alternation, case ignored."""
    return re.compile("|".join(rf"\b{re.escape(word)}\b" for word in words), re.IGNORECASE)


def whole_words(words: Sequence[str]) -> Patterns:
    """Build ours for the same words."""
    return Patterns({word: rf"\b{re.escape(word)}\b" for word in words})


def disguises(words: Sequence[str]) -> dict[str, str]:
    """Write for each word the pattern that finds it with digits and signs for letters, those letters stretched."""
    return {word: r"\b" + "".join(map(_dressed, word)) for word in words}


def _dressed(letter: str) -> str:
    return f"[{letter}{corpus.LEET[letter]}]+" if letter in corpus.LEET else letter


@dataclass(frozen=True, slots=True)
class Texts:
    """Texts that both ways search: so many a second."""

    all: Sequence[str]

    def ours(self, patterns: Patterns) -> float:
        """Fold and scan."""
        start = perf_counter()
        for text in self.all:
            patterns.scan(fold(text))
        return len(self.all) / (perf_counter() - start)

    def red(self, pattern: re.Pattern[str]) -> float:
        """Search as Red does: every hit, as a set."""
        start = perf_counter()
        for text in self.all:
            set(pattern.findall(text))
        return len(self.all) / (perf_counter() - start)


def missed(texts: Sequence[str], patterns: Patterns, pattern: re.Pattern[str]) -> int:
    """Count the hits of Red's filter that ours has not. There should be none."""
    return sum(
        len({hit.lower() for hit in pattern.findall(text)} - {hit.name for hit in patterns.scan(fold(text))})
        for text in texts
    )


def load(patterns: dict[str, str]) -> float:
    """Build all patterns anew, as after a change of settings: seconds."""
    start = perf_counter()
    Patterns(patterns)
    return perf_counter() - start


def cold(patterns: dict[str, str], texts: Sequence[str]) -> float:
    """Scan texts that a new set has never seen: microseconds a text."""
    new = Patterns(patterns)
    return 1e6 / Texts(texts).ours(new)


def hostile(count: int) -> tuple[str, ...]:
    """Write noise that fits the beginnings of many patterns."""
    chance = Random(corpus.SEED)
    return tuple(corpus.noise(chance, 60) for _ in range(count))
