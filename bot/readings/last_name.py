"""Last names of the roster's students. Many are everyday words too, so their neighbours are asked. Pure."""

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from functools import cached_property
from itertools import takewhile
from string import ascii_lowercase
from typing import Final

from bot.patterns import Asked, Hit, Literals
from bot.readings import beside
from bot.readings.everyday_names import EVERYDAY_NAMES
from bot.readings.found import Kind, Spot
from bot.readings.given_names import GIVEN_NAMES
from bot.readings.tables import one_of, words
from bot.text import Folded, fold, loosen, read_signs

_TITLE: Final = re.compile(
    r"\b"
    + one_of(
        """
        mr, mrs, ms, miss, mx, dr, coach, prof, professor, principal, officer, sr, sra, senor, senora, sir, madame,
        nurse, judge, president
        """
    )
    + r"\.? $"
)
_NAMED: Final = re.compile(
    r"(?:\b(?:last|full|family|sur) ?names?(?: is|'s| are)?:? (?:[a-z]+ )?|\bapellido (?:es )?|\bsobrenome (?:e )?"
    r"|\b(?:my|his|her|your|ur) name(?: is|'s) [a-z'-]+ |\bfamily of |\b[a-z]\. )$"
)
_NAMED_AFTER: Final = re.compile(
    r"(?:'s|s')? (?:family|twins|brothers|sisters|siblings|kid|household)\b"
    r"| is (?:my|his|her|their|the) (?:last|sur|family) ?name"
)
_DOES: Final = re.compile(
    r"(?:'s (?:mom|dad|house|brother|sister|phone|locker|serve|goal|time|shot|grade|birthday|team|kid|parents)| "
    + one_of(
        """
        scored, said, says, texted, told, passed, plays, played, missed, broke, got hurt, is out, is in goal,
        is absent, is late, was late, won, pinned, serves, starts, started, has the ball, saved, tripped, cried,
        dropped, hit a, ran a, got a, went to, lives, left early, caught, didn't, isn't, wasn't, can't, never, owes,
        asked, called, yelled, forgot, is starting, is benched, is injured, is sick, and i
        """
    )
    + r"\b)"
)
"""What people do and have, and meals, places and adjectives do not."""

_RUNS_ON: Final = frozenset("-_@#/")
_DETERMINED: Final = re.compile(
    r"\b(?:the|a|an|this|that|these|those|our|your|some|any|no|of|more|every|each|white|fried|track|home) $"
)
"""What stands before a thing and not before a name, where the name is typed small."""
_ALSO_VERBS: Final = words(
    "will may mark bill art sue drew chase grant hope faith grace jay rob pat skip dean gene jack"
)
_NO_THINGS: Final = words(
    """
    daniel francis george henry james jordan joseph kelly lawrence lucas luna norman oliver owen ryan simon thomas
    tyler
    """
)
"""Everyday names that are no everyday words."""

_OF_A_PLACE: Final = re.compile(
    r" (?:elementary|middle school|high school|school|street|st|avenue|ave|road|rd|boardwalk|stadium|library|hospital"
    r"|college|university|center|county|cooler|tacos?|halls?|auditorium|gym|park|field|building|cent(?:er|re))\b"
)
_IN_A_PLACE: Final = re.compile(r"\b(?:santa|san|saint|st\.?|fort|mount|mt\.?|lake|port|new) $")
"""What stands beside the name of a place, a street, a brand."""

_GIVEN_AFTER: Final = re.compile(r", ([a-z'-]{1,30})")
_LISTED: Final = re.compile(r"(?:^|\n)[ \t>*\u2022-]*(?:[0-9]{1,2}[.)]? )?$")
"""How a line or an item of a list begins: "Rice, Brianna"."""
_DRESSED: Final = Asked(
    "|".join(
        (
            "[a-z][0-9@$]|[0-9@$!][a-z]",
            *(rf"\b[a-z]{gap}[a-z]{gap}[a-z]\b" for gap in (" ", "[.]", "-")),
            *(3 * letter for letter in ascii_lowercase),
        )
    )
)
"""A digit or sign among letters, letters that stand apart, or stretched ones."""
_TALL: Final = re.compile(r"(?<=[a-z])I(?=[a-z])")
"""A capital I within small letters: it is seen as an l."""
_LEADING: Final = words(
    "abu al bin da das de del della den der di do dos du el ibn la las le los mac mc o saint san st van von"
)
"""Words that begin a last name: a roster of one name a line has them among the given names."""
_SHORTEST_GLUED: Final = 8
"""Letters of a given and a last name together: fewer could be any word."""
_SHORTEST_HALF: Final = 4
"""Letters of one half of a hyphened last name."""
_JOINED: Final = re.compile(r"(?<![a-z0-9@])([a-z'-]+?)[_-]$")
_HOST_BEHIND: Final = re.compile(r"[a-z0-9._-]*(?:@|\.[a-z])")
_LONG: Final = 6
"""Letters of a last name that is no word, to be known by itself behind a disguise."""


@dataclass(frozen=True)
class LastNames:
    """The last names that are looked for, and the people who bear them."""

    people: frozenset[tuple[str, str]] = field(repr=False)
    """First given name and family name of each student, folded."""

    @classmethod
    def of(cls, people: Iterable[tuple[str, str]]) -> "LastNames":
        """Take given and family names of students, in every form they are typed in. A single letter is no name."""
        folded = ((_fold(given).split(), _fold(family)) for given, family in people)
        pairs = {(given[0] if given else "", form) for given, family in folded for form in _forms(given, family)}
        return cls(frozenset(pair for pair in pairs if len(pair[1]) > 1))

    @cached_property
    def _literals(self) -> Literals:
        names = {family for _, family in self.people}
        return Literals(sorted(names | {f"{name}s" for name in names if name not in EVERYDAY_NAMES} | {*self._glued}))

    @cached_property
    def _glued(self) -> dict[str, str]:
        """Whole names without a blank between, and their last part: "jadacoleman"."""
        whole = {f"{given}{family}": family for given, family in self.people if given}
        return {glued: family for glued, family in whole.items() if len(glued) >= _SHORTEST_GLUED}

    @cached_property
    def _first(self) -> frozenset[str]:
        return frozenset(given for given, _ in self.people if given)

    def find(self, folded: Folded) -> tuple[Spot, ...]:
        """Find last names in a folded text, in order."""
        hits = self._literals.scan(folded)
        found = tuple(self._meant(folded, hits, self._is_meant)) if hits else ()
        return found or self._disguised(folded)

    def _disguised(self, folded: Folded) -> tuple[Spot, ...]:
        """Find whole names with their letters hidden or apart: "tyler b1shop", "nadia p e t r o v"."""
        views = (self._meant(view, self._literals.scan(view), self._is_hidden) for view in _guesses(folded))
        return next((found for view in views if (found := tuple(view))), ())

    def _meant(self, folded: Folded, hits: tuple[Hit, ...], is_meant: Callable[[Folded, Hit], bool]) -> Iterator[Spot]:
        done = 0
        for hit in sorted(hits, key=lambda hit: (hit.start, -hit.end)):
            if hit.start >= done and is_meant(folded, hit):
                start, end = folded.span(hit.start, hit.end)
                yield Spot(Kind.LAST_NAME, start, end, folded.raw[start:end], self._glued.get(hit.name, hit.name))
                done = hit.end

    @cached_property
    def _words(self) -> frozenset[str]:
        """Last names that say nothing alone."""
        return EVERYDAY_NAMES | self._first

    def _is_hidden(self, guessed: Folded, hit: Hit) -> bool:
        """Say whether a name's own letters are hidden, and it is long and no word, or stands behind a given name."""
        start, end = guessed.span(hit.start, hit.end)
        before = beside.before(guessed.text, hit.start)
        shown = guessed.raw[start:end]
        dressed = shown.casefold() != guessed.text[hit.start : hit.end] or _TALL.search(shown) is not None
        if not dressed or _runs_on(guessed.text, hit):
            return False
        if hit.name in self._glued or (_last_word(before), hit.name) in self.people:
            return True
        return len(hit.name) >= _LONG and hit.name not in self._words

    def _is_meant(self, folded: Folded, hit: Hit) -> bool:
        before, after = beside.before(folded.text, hit.start), beside.behind(folded.text, hit.end)
        if _TITLE.search(before):
            return False
        if _runs_on(folded.text, hit):
            return self._is_a_handle(before, after, hit)
        if hit.name in self._glued or _NAMED.search(before):
            return True
        if _OF_A_PLACE.match(after) or _IN_A_PLACE.search(before):
            return False
        if _DETERMINED.search(before) and not _is_capital(folded, hit.start):
            return False
        if not {hit.name, hit.name.removesuffix("s")} & self._words:
            return True
        return (
            self._goes_with(_last_word(before), folded, hit)
            or self._stands_first(before, folded, hit)
            or (hit.name not in self._first and _is_used_as_a_name(folded, hit, after))
        )

    def _is_a_handle(self, before: str, after: str, hit: Hit) -> bool:
        """Say whether a given and a last name are joined by a sign, and are no mail address: jada_coleman."""
        given = _JOINED.search(before)
        return given is not None and (given[1], hit.name) in self.people and _HOST_BEHIND.match(after) is None

    def _stands_first(self, before: str, folded: Folded, hit: Hit) -> bool:
        """Say whether a whole name is written as in a list, its last part first: "Rice, Brianna"."""
        after = _GIVEN_AFTER.match(folded.text, hit.end)
        if after is None or (after[1], hit.name) not in self.people or not _LISTED.search(before):
            return False
        return _is_capital(folded, hit.start) and _is_capital(folded, after.start(1))

    def _goes_with(self, word: str, folded: Folded, hit: Hit) -> bool:
        """Say whether the word before is a first name. A name that is a word too then has to be written as one."""
        written = _is_capital(folded, hit.start)
        if (word, hit.name) in self.people:
            small = not _is_capital(folded, folded.text.rindex(word, 0, hit.start))
            if not written and folded.text[hit.start - 2] == ",":
                return hit.name not in EVERYDAY_NAMES
            return written or (small and word not in (EVERYDAY_NAMES - _NO_THINGS) | _ALSO_VERBS)
        return written and not folded.raw.isupper() and (word in self._first or word in GIVEN_NAMES)


def _is_used_as_a_name(folded: Folded, hit: Hit, after: str) -> bool:
    if not _is_capital(folded, hit.start) or folded.raw.isupper() or hit.name in GIVEN_NAMES:
        return False
    return _NAMED_AFTER.match(after) is not None or _DOES.match(after) is not None


def _forms(given: list[str], family: str) -> Iterator[str]:
    """Give a last name as it may be typed: with its leading words or without, glued, parted, or one half of two."""
    leading = list(takewhile(lambda word: word.rstrip(".") in _LEADING, reversed(given[1:])))[::-1]
    parts = re.findall(r"[^ .'-]+", " ".join((*leading, family)))
    yield family
    if len(parts) > 1:  # a dot at the end makes it short, and "al" and "st" are words
        yield "".join(parts)
    if len(parts) > 1 and len(parts[0]) > 1:
        yield " ".join(parts)
    yield from (half for half in family.split("-") if len(half) >= _SHORTEST_HALF)


def _guesses(folded: Folded) -> Iterator[Folded]:
    """Guess at what hides letters: figures and gaps, a 1 for an l, a capital I for an l."""
    if _DRESSED.search(folded.text):
        yield loosen(folded)
        yield read_signs(folded, "l")
    if folded.offsets is None and _TALL.search(folded.raw):
        yield folded._replace(text=_TALL.sub("l", folded.raw).lower())


def _last_word(before: str) -> str:
    """Give the word right before a place, if only a blank parts both."""
    return before[:-1].rpartition(" ")[2].strip("\"'(,.") if before.endswith(" ") else ""


def _fold(name: str) -> str:
    return fold(name).text.strip()


def _runs_on(text: str, hit: Hit) -> bool:
    """Say whether the word runs on as a host or a handle does: park.example, @maya_park."""
    before, after = text[hit.start - 1 : hit.start], text[hit.end : hit.end + 2]
    return before in _RUNS_ON or after[:1] in _RUNS_ON or (after[:1] == "." and after[1:].isalnum())


def _is_capital(folded: Folded, place: int) -> bool:
    start, _ = folded.span(place, place + 1)
    return folded.raw[start : start + 1].isupper()
