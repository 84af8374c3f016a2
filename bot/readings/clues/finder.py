"""Every cue in one look. Built once; pure."""

import re
from collections.abc import Iterable, Iterator
from functools import cache
from itertools import islice
from typing import Final

from bot.patterns import Hit, Patterns
from bot.readings.clues.cue import Cue
from bot.readings.clues.meant import Meant, Names
from bot.readings.clues.passage import Passage
from bot.readings.labels import Clue, Label, Setting
from bot.text import GUESSABLE, Folded, join_letters, loosen, part_contractions, read_signs

_MOST: Final = 4
"""How many clues of one cue are told; one more would say nothing new."""

_SHORT: Final = re.compile(r"(?<![\w'])[\w']{1,7}(?![\w'])")
"""What is too short to be several words glued together: "app" is no "a pp"."""
_LONG: Final = re.compile(r"[a-z0-9']{8,}")


_SENTENCE: Final = re.compile(r"[a-z0-9']{14}")
"""What is long enough to be a whole sentence glued together."""
_LONGEST_CHANCE: Final = 7
"""A shorter piece within a long word stands there by chance."""


_GUESSES: Final = Patterns({"guessable": GUESSABLE})
"""Most texts have nothing to guess at, and are looked through once."""


_PARTS: Final = 3
"""With more of them a text like others before it takes longer, with fewer one that is new."""


class Cues:
    """Looks for many cues in one pass; most texts have none and are let go after it."""

    def __init__(self, cues: Iterable[Cue], names: Names) -> None:
        """Take the cues, and the names that tell of a person."""
        self._cues = tuple(cues)
        self._names = names
        self._patterns, self._glued, self._within = _looked_for(self._cues)

    def find(self, folded: Folded, setting: Setting) -> tuple[Clue, ...]:
        """Find the clues of a folded text, and those that only a guess at its disguise shows."""
        found: dict[tuple[Label, str], list[Clue]] = {}
        for view in _views(folded):
            for clue in self._in(view, setting, found.keys()):
                found.setdefault((clue.label, clue.name), []).append(clue)
        return tuple(clue for clues in found.values() for clue in clues)

    def _in(self, view: Folded, setting: Setting, known: Iterable[tuple[Label, str]]) -> tuple[Clue, ...]:
        hits = (*self._patterns.scan(view), *self._together(view))
        if not hits:
            return ()
        meant = Meant(view, setting, self._names)
        by_sign: dict[int, list[Hit]] = {}
        for hit in hits:
            by_sign.setdefault(int(hit.name), []).append(hit)
        new = {number: places for number, places in by_sign.items() if self._key(number) not in known}
        return tuple(
            clue
            for number, places in new.items()
            for clue in islice(_weighed(self._cues[number], places, view, meant), _MOST)
        )

    def _key(self, number: int) -> tuple[Label, str]:
        return self._cues[number].label, self._cues[number].name

    def _together(self, view: Folded) -> tuple[Hit, ...]:
        """Find phrases whose words are glued together."""
        words = " ".join(_LONG.findall(view.text))
        if not words or not self._may_be_glued(words):
            return ()
        long = view._replace(text=_SHORT.sub(_blank, view.text))
        within = (hit for hit in self._within.scan(long) if hit.end - hit.start >= _LONGEST_CHANCE)
        return (*self._glued.scan(long), *(within if _SENTENCE.search(words) else ()))

    def _may_be_glued(self, words: str) -> bool:
        glued = Folded(words, words)
        return self._glued.any(glued) or (_SENTENCE.search(words) is not None and self._within.any(glued))


@cache
def _looked_for(cues: tuple[Cue, ...]) -> tuple[Patterns, Patterns, Patterns]:
    """Build the patterns: as they read, glued together, and glued within a longer word. Half a second, so once."""
    glued = {str(number): cue.glued for number, cue in enumerate(cues) if cue.glued}
    return (
        Patterns({str(number): cue.pattern for number, cue in enumerate(cues)}, _PARTS),
        Patterns({number: rf"\b{pattern}\b" for number, pattern in glued.items()}),
        Patterns(glued, _PARTS),
    )


def _views(folded: Folded) -> Iterator[Folded]:
    """Give the text as it reads, then the guesses at its disguise that read otherwise."""
    if not _GUESSES.any(folded):
        yield folded
        return
    view = part_contractions(folded)
    yield view
    joined = join_letters(folded)
    loosened = loosen(joined)
    loose = view if loosened is folded else part_contractions(loosened)
    if loose.text != view.text:
        yield loose
    seen = {view.text, loose.text}
    for one in "il":
        signs = read_signs(folded, one)
        if signs is folded:  # most texts have no sign in the midst of a word
            return
        if signs.text == folded.text and joined is folded:
            continue
        read = part_contractions(loosen(signs))
        if read.text not in seen:
            seen.add(read.text)
            yield read


def _blank(word: re.Match[str]) -> str:
    return " " * len(word[0])


def _weighed(cue: Cue, places: Iterable[Hit], view: Folded, meant: Meant) -> Iterator[Clue]:
    for hit in places:
        passage = Passage(view, hit.start, hit.end, meant)
        if strength := cue.weigh(passage):
            start, end = view.span(hit.start, hit.end)
            yield Clue(cue.label, cue.name, start, end, view.raw[start:end], strength)
