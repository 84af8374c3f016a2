"""Parts words that were glued together to slip past a filter: "addmeonsnap". Only suggests. Pure."""

import re
from collections.abc import Iterable, Iterator, Sequence
from functools import cache, lru_cache
from itertools import pairwise
from math import log
from typing import Final, NamedTuple

from bot.errors import ConfigurationError
from bot.readings.artefacts import artefact
from bot.readings.tables import words
from bot.text import Folded, with_blanks

_LONG: Final = re.compile(r"[a-z][a-z']{2,}[a-z]")
"""Shorter ones are rarely several words."""
_FIGURES_BEFORE: Final = re.compile(r"(?:[0-9]|(?<![a-z]))[0-9]$")
_FIGURES_BEHIND: Final = re.compile(r"[0-9](?:[0-9]|(?![a-z]))")
"""What is no letter in disguise: "numb3r" is one word."""
_MAIL: Final = re.compile(r"[\w.+-]{0,64}@")
"""What makes the letters before it an address of mail. A handle has the sign before it."""
_COMMON: Final = 13_000
"""A word may be a part if it is as frequent as this: rank at most. Rarer ones are so at a price."""
_COMMON_OF_THREE: Final = 3_000
"""The same for words of three letters: rare ones are mostly scraps."""
_OF_TWO: Final = words(
    """
    af am an as at be by dm do fr go he hi id if ig im in is it me my no of oh ok on or rn sc so tf to tv up ur us we ya
    yo
    """
)
_OF_ONE: Final = words("a i u")
_NO_PART: Final = words(
    """
    anal ass asses chink cock cocks coon coons cum dick dicks dyke dykes fag fags fap hoe hoes nig nigs puta slut spic
    spics tit tits turd wank theresa
    """
)
"""Never a part: they stand by chance in names and in words of other languages (Cockburn, Fagan, "assim", "disputa"), or
are a name that other words make by chance: "theres a bomb"."""
_WHOLE: Final = words(
    """
    addyson andreasson beerman bitchfield bluntson bongiorno brewer castellanos cumberland cummings deadmon drinkwater
    fuchs gayman gunderson gunn gunnar gunther highfill killebrew killian killington killingsworth kuntz matsushita
    mishita sexsmith shitanda skilling takeshita weeden weedman weedmark weedon

    assabet assisi highgate scituate templeton

    anda apunalar arma armas assumpta bomba bombilla bombillas bombon bombones consigo novela novelas partido partidos
    pensa pensado penso pistola planeando preferia quando saida sexto shita shitake tengo tenia tocar

    bindweed bombpop bombsquad chickweed deadinside deadpool dieroll hangout hangouts hardonhim hitbox hitboxes hotdog
    hotdogs instacart instapot knapweed longsnap longsnapper milkweed pigweed plugin plugins ragweed snapfish snapmap
    teamsnap
    """
)
"""Names, places, words of other languages and compounds that are no words glued together."""

_SOUGHT: Final = words(
    """
    kms kys unalive urself yourself bleach nude nudes noods
    addys adderall carts edibles smoking vape vapes weed xans zyn zyns buying selling
    """
)
"""Words that count as frequent, for they mean trouble."""

_LONGEST: Final = 16
"""Letters of the longest word that is looked for inside."""
_RARE: Final = 6.0
"""What a part costs more that is known, but rare."""
_REST, _REST_LETTER, _LONGEST_REST = 12.0, 8.0, 10
"""What letters cost, together and each, that are left over at the beginning or the end: "killyourselfbrxnden"."""
_FEWEST_SOUND: Final = 8
"""So many letters have to stand in words where some are left over."""
_LIKELY: Final = 2_000
"""Two words in one are mostly a compound or a name ("pinecrest"), unless both are as frequent as this."""
_EVERYWHERE: Final = 150
"""Or one of them stands everywhere: "avape", "cartsout"."""
_SCRAP: Final = 2
"""Letters of a scrap. More than half of a word stands in longer parts: "okafor" is no "ok a for"."""
_UNKNOWN: Final = 1e9

_LOOKED_AT: Final = 240
"""Letters of one run that are looked at."""
_MOST: Final = 3_000
"""Letters of unknown words in one text that are: each takes some twenty microseconds."""
_REMEMBERED: Final = 16_384


class _Part(NamedTuple):
    """A piece of a word."""

    end: int
    cost: float
    is_word: bool


class Parting:
    """Knows words by how frequent they are."""

    def __init__(self, ranked: Sequence[str], more: Iterable[str] = (), whole: Iterable[str] = ()) -> None:
        """Take words, the most frequent first; `more` that may be parts as well, and others that stay `whole`."""
        self._ranked, self._more, self._whole = ranked, tuple(more), tuple(whole)
        self._known = frozenset(ranked) | _WHOLE | frozenset(self._whole)
        base = log(min(len(ranked), _COMMON) + 1)
        # Zipf: the cost of a word is the logarithm of its rank, and of many short ones more than of one long one.
        self._cost = {
            word: log(rank) + base + (_RARE if rank > _COMMON else 0.0)
            for rank, word in enumerate(ranked, start=2)
            if _may_be_part(word, rank)
        }
        self._everywhere, self._likely, self._common = (log(each) + base for each in (_EVERYWHERE, _LIKELY, _COMMON))
        self._cost |= dict.fromkeys((*_SOUGHT, *self._more), self._likely)
        self._ends = lru_cache(_REMEMBERED)(self._parted)

    def knowing(self, more: Iterable[str] = (), whole: Iterable[str] = ()) -> "Parting":
        """Know more words that may be parts, whatever their letters, or names that stay whole."""
        return Parting(self._ranked, (*self._more, *more), (*self._whole, *whole))

    def part(self, folded: Folded) -> Folded:
        """Put blanks into long words that are none, where they are made of words; else give the same object."""
        return with_blanks(folded, self._places(folded.text))

    def _places(self, text: str) -> Iterator[int]:
        """Say where blanks are missing: between the parts of a word that is none, and between words and figures."""
        left = _MOST
        for word in _LONG.finditer(text):
            start, end = word.span()
            if text[start - 1 : start] == "@" or _MAIL.match(text, end):
                continue
            ends: tuple[int, ...] = (end - start,)
            if not self._is_known(word[0]):
                left -= end - start
                ends = self._ends(word[0][:_LOOKED_AT]) if left >= 0 else ()
            if not ends:  # nobody knows what it is
                continue
            if _FIGURES_BEFORE.search(text, max(0, start - 2), start):
                yield start
            yield from (start + each for each in ends if start + each < end)
            if _FIGURES_BEHIND.match(text, end):
                yield end

    def _is_known(self, word: str) -> bool:
        bare = word.replace("'", "")
        return word in self._known or bare in self._known or any(stem in self._known for stem in _stems(bare))

    def _parted(self, word: str) -> tuple[int, ...]:
        """Say where the parts of a word end; nowhere if it is made of none."""
        parts = self._cheapest(word)
        return tuple(part.end for part in parts) if self._is_sound(word, parts) else ()

    def _is_sound(self, word: str, parts: Sequence[_Part]) -> bool:
        """Say whether parts are words that somebody glued together, rather than scraps of a name."""
        sizes = [end - start for start, end in pairwise((0, *(part.end for part in parts)))]
        sound = [size for size, part in zip(sizes, parts, strict=True) if part.is_word]
        if len(sound) < len(parts):
            return len(sound) > 1 and sum(sound) >= _FEWEST_SOUND and max(sound) > _SCRAP + 1
        if len(parts) == 2:
            one, other = sorted(part.cost for part in parts)
            return other <= self._likely or (one <= self._everywhere and other <= self._common)
        return len(parts) > 2 and 2 * sum(size for size in sizes if size > _SCRAP) > len(word)

    def _cheapest(self, word: str) -> list[_Part]:
        """Find the cheapest way to part a word."""
        best: list[tuple[float, int, _Part]] = [(0.0, 0, _Part(0, 0.0, is_word=True))]
        for end in range(1, len(word) + 1):
            options = (
                (best[start][0] + part.cost, start, part)
                for start in range(max(0, end - _LONGEST), end)
                for part in (self._priced(word, start, end),)
            )
            best.append(min(options, key=_total))
        if best[-1][0] >= _UNKNOWN:
            return []
        parts, end = [], len(word)
        while end:
            _, start, part = best[end]
            parts.append(part)
            end = start
        return parts[::-1]

    def _priced(self, word: str, start: int, end: int) -> _Part:
        """Give what a part costs; the plural of a word, and what is somebody's, costs a little more than the word."""
        text = word[start:end]
        cost = self._cost.get(text)
        if cost is None and text.endswith("s") and len(text) > _SCRAP + 1:
            singular = self._cost.get(text[:-1].removesuffix("'"))
            cost = None if singular is None else singular + 1
        if cost is not None:
            return _Part(end, cost, is_word=True)
        is_rest = (start == 0 or end == len(word)) and _SCRAP < end - start <= _LONGEST_REST
        return _Part(end, _REST + _REST_LETTER * (end - start) if is_rest else _UNKNOWN, is_word=False)


def _may_be_part(word: str, rank: int) -> bool:
    if word in _NO_PART:
        return False
    by_size = {1: word in _OF_ONE, 2: word in _OF_TWO, 3: rank <= _COMMON_OF_THREE}
    return by_size.get(len(word), True)


def _stems(word: str) -> Iterator[str]:
    """Give what a word may be a form of: "compasses" of "compass"."""
    yield from (
        word.removesuffix(ending) for ending in ("s", "es", "ed", "d", "ing", "er", "ly") if word.endswith(ending)
    )


def _total(option: tuple[float, int, _Part]) -> tuple[float, int]:
    return option[:2]


@cache
def words_of_chat() -> Parting:
    """Know the words of chat, as they were built; none where they are missing or altered, and nothing is parted."""
    try:
        return Parting(artefact("words.txt").decode().splitlines())
    except ConfigurationError:
        return Parting(())
