"""Phrases and patterns of the district's own, as cues beside ours: what they find is a floor.

Their names and phrases may be private, so no error repeats them: it says where they stand.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from typing import Any, Final, NamedTuple

import re2

from bot.patterns import PatternError, Patterns, advice
from bot.readings.clues.cue import Cue
from bot.readings.clues.finder import Cues
from bot.readings.clues.meant import Names
from bot.readings.labels import Clue, Floor, Label, Setting
from bot.readings.tables import GAP, PERHAPS_A_GAP
from bot.readings.unglue import Parting
from bot.text import Folded, fold, part_contractions

_STRENGTH: Final = {Floor.ACT: 1.0, Floor.REVIEW: 0.5}
_FLOOR: Final = {strength: floor for floor, strength in _STRENGTH.items()}
_LONG: Final = 8
"""Letters of a phrase whose words may be glued together: a shorter one would be another word."""
_PARTS: Final = re.compile(rf"(?<=\w){GAP}(?=\w)|\s+")
_SPECIAL: Final = re.compile(r"[!-/:-@\[-^`{-~]")
_ASCII: Final = re.compile(r"[a-z0-9]")
_LARGEST: Final = 256 * 1024
"""What one pattern may use, in bytes: some ten thousand steps. A pattern that people write by hand has a hundred."""
_MOST: Final = 100_000
"""Steps of all patterns together. With five times as many, a text that is made for it is looked at for seconds."""
_PLAIN: Final = "a b, see you at 4."
"""A text in which a pattern that finds no signs at all would find them."""


class Own(NamedTuple):
    """One entry of `[[reading.patterns]]`."""

    label: Label
    name: str
    """What evidence calls it."""
    phrases: tuple[str, ...] = ()
    """Plain phrases, found whole, also disguised."""
    patterns: tuple[str, ...] = ()
    """For RE2, in folded text."""
    floor: Floor = Floor.REVIEW


class OwnCues:
    """Looks for all of the district's own in one pass. Built once."""

    def __init__(self, every: Iterable[Own], names: Names, parting: Parting) -> None:
        """Take what the district wrote, and what parts glued words.

        Raises `PatternError`; `wrong_in` says beforehand which entry it is.
        """
        cues = tuple(cue for each in every for cue in _cues(each))
        words = (word for each in every for phrase in each.phrases for word in _folded(phrase).split())
        self._cues = Cues(cues, names, parting.knowing(words)) if cues else None

    def find(self, folded: Folded, setting: Setting) -> Iterator[Clue]:
        """Find clues that bear the district's names, each with the floor that it is."""
        for clue in () if self._cues is None else self._cues.find(folded, setting):
            yield clue._replace(floor=_FLOOR[clue.strength])


class Wrong(NamedTuple):
    """What cannot be looked for."""

    key: str
    """`phrases` or `patterns`."""
    number: int
    """Which of them, from 1."""
    text: str
    """What stands there."""
    why: str
    """What is wrong with it and how to mend it, as the rest of a sentence. No words."""

    def __repr__(self) -> str:
        """Show the place only: words stay out of logs and tracebacks."""
        return f"Wrong({self.key}, {self.number})"


def wrong_in(own: Own) -> Iterator[Wrong]:
    """Say of one entry what cannot be looked for, each with its place."""
    for number, phrase in enumerate(own.phrases, start=1):
        if not _folded(phrase):
            yield Wrong("phrases", number, phrase, "has no character that can be seen. Leave it out.")
    for number, pattern in enumerate(own.patterns, start=1):
        try:
            steps = _compiled(pattern)
            Patterns({"": pattern})
        except PatternError as error:
            yield Wrong("patterns", number, pattern, str(error).removeprefix("The pattern '' "))
            continue
        if any(match.start() == match.end() for match in steps.finditer(_PLAIN)):
            yield Wrong("patterns", number, pattern, "finds places without a single sign. Make a part needed.")


def too_much(every: Sequence[Own]) -> str:
    """Say what is wrong with all entries together, each of which can be looked for; empty where nothing is."""
    try:
        if sum(_compiled(pattern).programsize for each in every for pattern in each.patterns) <= _MOST:
            OwnCues(every, Names(), Parting(()))
            return ""
    except PatternError:
        pass
    return "together they are too large to be looked for at once. Leave some out, or shorten them."


def _compiled(pattern: str) -> Any:  # noqa: ANN401 (the library has no types)
    """Compile a pattern that is small enough. Raises `PatternError` where it is not, or cannot be looked for."""
    options: Any = re2.Options()
    options.max_mem, options.case_sensitive, options.log_errors = _LARGEST, False, False
    try:
        return re2.compile(pattern, options)
    except (re2.error, UnicodeEncodeError) as error:
        raise PatternError(f"The pattern '' cannot be used: {advice(pattern, error)}") from error


def _cues(own: Own) -> Iterator[Cue]:
    """Write one cue for all phrases, and one for each pattern, under the same name."""
    strength = _STRENGTH[own.floor]
    if own.phrases:
        yield Cue(own.label, own.name, _any_of(_spaced(_folded(each)) for each in own.phrases), strength)
    for pattern in own.patterns:
        yield Cue(own.label, own.name, f"(?:{pattern})", strength)


def _folded(phrase: str) -> str:
    """Read a phrase as texts are read. What may part two words is one blank."""
    return _PARTS.sub(" ", part_contractions(fold(phrase)).text).strip()


def _spaced(phrase: str) -> str:
    """Write a pattern for a phrase as a whole: RE2 knows the edges of words in plain letters only."""
    first, last = (r"\b" if _ASCII.match(sign) else "" for sign in (phrase[0], phrase[-1]))
    gap = PERHAPS_A_GAP if len(phrase.replace(" ", "")) >= _LONG else GAP
    return f"{first}{gap.join(map(_escaped, phrase.split(' ')))}{last}"


def _escaped(text: str) -> str:
    return _SPECIAL.sub(r"\\\g<0>", text)


def _any_of(patterns: Iterable[str]) -> str:
    return f"(?:{'|'.join(patterns)})"
