"""The step between recognising and judging: what takes work to know about the words is read once, for every rule."""

from dataclasses import replace
from typing import TypeVar

import msgspec

from bot.message import Message
from bot.profile import Profile
from bot.readings.found import Readings, Spot
from bot.readings.personal import Known, PersonalData
from bot.space import Space

Subject = TypeVar("Subject", bound=Message | Space | Profile)


class Reader:
    """Reads the words of whatever a rule can look at. Never waits; asks nothing but what it was built from."""

    def __init__(self, known: Known) -> None:
        """Take what the district knows; a new roster needs a new reader."""
        self._personal = PersonalData(known)

    def read(self, subject: Subject) -> Subject:
        """Give the same subject with its readings; the very same object when there is nothing to tell."""
        found: list[Spot] = []
        for part, words in enumerate(subject.words):
            found += (spot._replace(part=part) for spot in self._personal.find(words.text, subject.day.year))
        return _with(subject, Readings(tuple(found))) if found else subject


def _with(subject: Subject, readings: Readings) -> Subject:
    if isinstance(subject, Message):
        return msgspec.structs.replace(subject, readings=readings)
    return replace(subject, readings=readings)
