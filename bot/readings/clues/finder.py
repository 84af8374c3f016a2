"""Every cue in one look. Built once; pure."""

import re
from collections.abc import Iterable, Iterator
from itertools import islice
from typing import Final

from bot.patterns import Hit, Patterns
from bot.readings.clues.cue import Cue
from bot.readings.clues.meant import Meant, Names
from bot.readings.clues.passage import Passage
from bot.readings.labels import Clue, Label, Setting
from bot.text import Folded, join_letters, loosen, part_contractions, read_signs

_MOST: Final = 4
"""How many clues of one cue are told; one more would say nothing new."""

_SHORT: Final = re.compile(r"(?<![\w'])[\w']{1,7}(?![\w'])")
"""What is too short to be several words glued together: "app" is no "a pp"."""
_LONG: Final = re.compile(r"[a-z0-9']{8,}")


_SENTENCE: Final = re.compile(r"[a-z0-9']{14}")
"""What is long enough to be a whole sentence glued together."""
_LONGEST_CHANCE: Final = 7
"""A shorter piece within a long word stands there by chance."""


class Cues:
    """Looks for many cues in one pass; most texts have none and are let go after it."""

    def __init__(self, cues: Iterable[Cue], names: Names) -> None:
        """Take the cues, and the names that tell of a person."""
        self._cues = tuple(cues)
        self._names = names
        self._patterns = Patterns({str(number): cue.pattern for number, cue in enumerate(self._cues)})
        glued = {str(number): cue.glued for number, cue in enumerate(self._cues) if cue.glued}
        self._glued = Patterns({number: rf"\b{pattern}\b" for number, pattern in glued.items()})
        self._within = Patterns(glued)

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
        if not words:
            return ()
        long = view._replace(text=_SHORT.sub(_blank, view.text)) if self._may_be_glued(words) else None
        if long is None:
            return ()
        within = (hit for hit in self._within.scan(long) if hit.end - hit.start >= _LONGEST_CHANCE)
        return (*self._glued.scan(long), *(within if _SENTENCE.search(words) else ()))

    def _may_be_glued(self, words: str) -> bool:
        glued = Folded(words, words)
        return bool(self._glued.named(glued) or (_SENTENCE.search(words) and self._within.named(glued)))


def _views(folded: Folded) -> Iterator[Folded]:
    """Give the text as it reads, then the guesses at its disguise that read otherwise."""
    view = part_contractions(folded)
    yield view
    loose = part_contractions(loosen(join_letters(folded)))
    if loose.text != view.text:
        yield loose
    for one in "il":
        read = part_contractions(loosen(read_signs(folded, one)))
        if read.text not in {loose.text, view.text}:
            yield read


def _blank(word: re.Match[str]) -> str:
    return " " * len(word[0])


def _weighed(cue: Cue, places: Iterable[Hit], view: Folded, meant: Meant) -> Iterator[Clue]:
    for hit in places:
        passage = Passage(view, hit.start, hit.end, meant.setting, meant)
        if strength := cue.weigh(passage):
            start, end = view.span(hit.start, hit.end)
            yield Clue(cue.label, cue.name, start, end, view.raw[start:end], strength)
