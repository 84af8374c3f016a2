"""Every cue in one look. Built once; pure."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from itertools import islice
from typing import Final

from bot.patterns import Hit, Patterns
from bot.readings.clues.cue import Cue
from bot.readings.clues.meant import Meant, Names
from bot.readings.clues.passage import Passage
from bot.readings.labels import Clue, Label, Setting
from bot.readings.unglue import Parting
from bot.text import GUESSABLE, Folded, join_letters, loosen, part_contractions, read_signs

_MOST: Final = 4
"""How many clues of one cue are told; one more would say nothing new."""

_GUESSES: Final = Patterns({"guessable": GUESSABLE})
"""Most texts have nothing to guess at, and are looked through once."""


_PARTS: Final = 3
"""With more of them a text like others before it takes longer, with fewer one that is new."""


class Cues:
    """Looks for many cues in one pass; most texts have none and are let go after it."""

    def __init__(self, cues: Iterable[Cue], names: Names, parting: Parting) -> None:
        """Take the cues, the names that tell of a person, and what knows words that may be glued together."""
        self._cues = tuple(cues)
        self._names = names
        self._parting = parting
        self._patterns = _looked_for(self._cues)

    def find(self, folded: Folded, setting: Setting) -> tuple[Clue, ...]:
        """Find the clues of a folded text, and those that only a guess at its disguise shows.

        What words around a place let be in one reading of it, no other makes something of: a 1 is an i and an l.
        """
        found: dict[tuple[Label, str], list[Clue]] = {}
        let_be: defaultdict[int, set[int]] = defaultdict(set)
        for view in _views(folded, self._parting):
            for clue in self._in(view, setting, found.keys(), let_be):
                found.setdefault((clue.label, clue.name), []).append(clue)
        return tuple(clue for clues in found.values() for clue in clues)

    def _in(
        self, view: Folded, setting: Setting, known: Iterable[tuple[Label, str]], let_be: Mapping[int, set[int]]
    ) -> tuple[Clue, ...]:
        hits = self._patterns.scan(view)
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
            for clue in islice(_weighed(self._cues[number], places, view, meant, let_be[number]), _MOST)
        )

    def _key(self, number: int) -> tuple[Label, str]:
        return self._cues[number].label, self._cues[number].name


@cache
def _looked_for(cues: tuple[Cue, ...]) -> Patterns:
    """Build the patterns of all cues. A quarter of a second, so once."""
    return Patterns({str(number): cue.pattern for number, cue in enumerate(cues)}, _PARTS)


def _views(folded: Folded, parting: Parting) -> Iterator[Folded]:
    """Give the text as it reads, then the guesses at its disguise that read otherwise."""
    if not _GUESSES.any(folded):
        yield folded
        parted = parting.part(folded)
        if parted is not folded:
            yield part_contractions(parted)
        return
    seen: set[str] = set()
    for guess in _guesses(folded):
        is_mail = "@" in folded.text and "@" not in guess.text  # read as a letter, it glues an address together
        for each in (guess, guess if is_mail else parting.part(guess)):
            view = part_contractions(each)
            if view.text not in seen:
                seen.add(view.text)
                yield view


def _guesses(folded: Folded) -> Iterator[Folded]:
    """Guess further and further at what letters mean."""
    yield folded
    joined = join_letters(folded)
    yield loosen(joined)
    for one in "il":
        signs = read_signs(folded, one)
        if signs is folded:  # most texts have no sign in the midst of a word
            return
        if signs.text != folded.text or joined is not folded:
            yield loosen(signs)


def _weighed(cue: Cue, places: Iterable[Hit], view: Folded, meant: Meant, let_be: set[int]) -> Iterator[Clue]:
    """Weigh each place. `let_be` are where those begin and end, in what was typed, that another reading let be."""
    for hit in places:
        passage = Passage(view, hit.start, hit.end, meant)
        start, end = view.span(*_without_blanks(passage))
        if cue.lets_be(passage):
            let_be.update((start, end))
        elif let_be.isdisjoint((start, end)) and (strength := cue.weigh(passage)):
            yield Clue(cue.label, cue.name, start, end, view.raw[start:end], strength, unheard=cue.foreign)


def _without_blanks(passage: Passage) -> tuple[int, int]:
    """Leave out blanks at either end: where a view has one that nobody typed, it would stand for the letter behind."""
    left, right = len(passage.hit) - len(passage.hit.lstrip()), len(passage.hit) - len(passage.hit.rstrip())
    return passage.start + left, passage.end - right
