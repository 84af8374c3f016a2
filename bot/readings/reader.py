"""The step between recognising and judging: what takes work to know about the words is read once, for every rule."""

from collections.abc import Iterable
from dataclasses import replace
from typing import Final, TypeVar

import msgspec

from bot.message import Message, Where
from bot.patterns import Pieces
from bot.profile import Profile
from bot.readings.clues import Clues
from bot.readings.clues.own import Own
from bot.readings.found import FILE, LEAK, PERSONAL, PICTURE, Readings, Spot, Trace
from bot.readings.labels import Clue, Listeners, Setting, Speaker, weigh
from bot.readings.leak import is_leak, tells_a_fact
from bot.readings.likeness import Names
from bot.readings.personal import Known, PersonalData
from bot.readings.phone import FEWEST_WORDS, SPELLED
from bot.readings.setting import setting_of
from bot.readings.signs import POINTS, floored
from bot.space import Space
from bot.text import fold

SHOWN: Final = Setting(Speaker.STUDENT, Listeners.GROUP)
"""How a name or a topic is read: nobody says it to anybody, and everybody sees it."""

Subject = TypeVar("Subject", bound=Message | Space | Profile)


class Reader:
    """Reads the words of whatever a rule can look at. Never waits; asks nothing but what it was built from."""

    def __init__(self, known: Known, traces: Iterable[Trace] = (), own: Iterable[Own] = ()) -> None:
        """Take what the district knows, what the rules have to see, and the district's own phrases and patterns.

        A new roster needs a new reader.
        """
        self._personal = PersonalData(known)
        self.clues = Clues(known, self._personal, own)
        self._names = Names(known.bearers)
        looked_for = (SPELLED, *traces)
        self._pieces = Pieces({each: each.pieces for each in looked_for if each.pieces})
        read = (each for each in looked_for if each.pieces or each.labels)
        self._nothing = Readings(lacks=frozenset({PERSONAL, FILE, PICTURE, LEAK, *read}))

    def read(self, subject: Subject) -> Subject:
        """Give the same subject with its readings."""
        spots: list[Spot] = []
        traces: list[Trace] = []
        clues: list[Clue] = []
        setting = setting_of(subject) if isinstance(subject, Message) else SHOWN
        facts = False
        for part, words in enumerate(subject.words):
            folded = fold(words.text)
            seen = self._pieces.scan(folded)
            spelled = len(seen) >= FEWEST_WORDS and seen.count(SPELLED) >= FEWEST_WORDS
            traces += seen
            if words.where is Where.FILE_NAME:
                traces.append(FILE)
            found = self._personal.find(folded, subject.day.year, spelled=spelled)
            spots += (spot._replace(part=part) for spot in found)
            if words.where is not Where.QUOTE:  # what somebody quotes is not what they say
                facts = facts or tells_a_fact(folded)
                clues += (clue._replace(part=part) for clue in self.clues.find(folded, setting, found))
        readings = self._readings(spots, traces) if spots or traces else self._nothing
        if clues or facts:
            readings = self._about(subject, setting, tuple(clues), readings)
        if isinstance(subject, Profile):
            shown = ((part, each.text) for part, each in enumerate(subject.words) if each.where is Where.DISPLAY_NAME)
            readings = readings._replace(likenesses=self._names.find_all(shown, subject.owner.id))
        return _with(subject, readings)

    def _readings(self, spots: list[Spot], traces: list[Trace]) -> Readings:
        lacks = self._nothing.lacks.difference(traces)
        return Readings(tuple(spots), lacks - {PERSONAL} if spots else lacks)

    def _about(self, subject: Subject, setting: Setting, clues: tuple[Clue, ...], readings: Readings) -> Readings:
        """Add what the words may be about, as far as clues alone tell."""
        scores, names = floored(weigh(clues), POINTS), self.clues.names
        said = (words for words in subject.words if words.where is not Where.QUOTE)
        leak = any(is_leak(fold(words.text), scores, setting, names) for words in said)
        return readings.scored(scores, POINTS, leak=leak)


def _with(subject: Subject, readings: Readings) -> Subject:
    if isinstance(subject, Message):
        return msgspec.structs.replace(subject, readings=readings)
    return replace(subject, readings=readings)
