"""Parts words that were glued together to slip past a filter: "addmeonsnap". Only suggests. Pure."""

import re
from collections.abc import Iterable, Sequence
from itertools import pairwise
from math import log
from typing import Final

_LONG: Final = re.compile(r"[a-z']{5,40}")
"""Shorter ones are rarely several words; what is longer than any is noise."""
_LONGEST: Final = 16
"""Letters of the longest word that is looked for inside."""
_ALONE: Final = frozenset("aiu")
"""Single letters that are words in chat."""
_SHORT: Final = {2: 150, 3: 3_000}
"""How frequent a word of so few letters has to be: rank at most. Rare ones are mostly scraps."""
_LIKELY: Final = 1_500
"""Two words in one are mostly a compound ("cockpit"), unless both are as frequent as this: "killyourself"."""
_UNKNOWN: Final = 1e9


class Parting:
    """Knows words by how frequent they are."""

    def __init__(self, words: Sequence[str], others: Iterable[str] = ()) -> None:
        """Take words, the most frequent first, and others that are words as well."""
        plain = [word for word in words if word.isalpha() and word.isascii()]
        whole = log(len(plain) + 1)
        self._known = frozenset(plain).union(others)
        self._likely = log(_LIKELY) + whole
        # Zipf: the cost of a word is the logarithm of its rank, and of many short ones more than of one long one.
        self._cost = {
            word: log(rank) + whole for rank, word in enumerate(plain, start=2) if rank <= _SHORT.get(len(word), rank)
        }

    def part(self, text: str) -> str:
        """Put blanks into long words that are none, where they are made of words."""
        return _LONG.sub(self._parted, text)

    def _parted(self, found: re.Match[str]) -> str:
        word = found[0]
        if word in self._known or word.rstrip("s'") in self._known:
            return word
        ends = self._best(word)
        parts = [word[start:end] for start, end in pairwise(ends)]
        return " ".join(parts) if len(parts) > 2 or self._are_likely(parts) else word

    def _are_likely(self, parts: Sequence[str]) -> bool:
        return len(parts) == 2 and all(self._cost[part] <= self._likely for part in parts)

    def _best(self, word: str) -> list[int]:
        """Find the cheapest way to part a word: where its parts begin and end. One part when there is none."""
        costs, begins = [0.0], [0]
        for end in range(1, len(word) + 1):
            options = (
                (costs[start] + self._price(word[start:end]), start) for start in range(max(0, end - _LONGEST), end)
            )
            cost, start = min(options)
            costs.append(cost)
            begins.append(start)
        if costs[-1] >= _UNKNOWN:
            return [0, len(word)]
        ends = [len(word)]
        while ends[-1]:
            ends.append(begins[ends[-1]])
        return ends[::-1]

    def _price(self, part: str) -> float:
        if len(part) == 1 and part not in _ALONE:
            return _UNKNOWN
        return self._cost.get(part, _UNKNOWN)
