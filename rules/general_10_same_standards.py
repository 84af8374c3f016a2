from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Annotated, ClassVar

from annotated_types import Ge, Le

from bot.desk_notices import SAME_STANDARDS
from bot.message import Message
from bot.people import Person, Role
from bot.profile import Profile
from bot.readings.found import Trace
from bot.readings.labels import Label
from bot.readings.signs import Sign
from bot.rule import Choice, Clause, Finding, LooksAt, Measure, words_of
from bot.space import Space
from bot.texts import N_

MAY_BE_VULGAR = N_("Your message may have a swear word in it. It may not fit.")
AS_IN_CLASS = N_("Write here as you would talk in class. You can delete your message.")
MAY_HURT = N_("Your message may hurt somebody. It may not fit here.")
SAY_IT_KINDLY = N_("You may disagree. Say it in a kind way, with your reasons.")


@dataclass(frozen=True, slots=True)
class SameStandards:
    """Somebody swears, or somebody who is no student and works for no school demeans others.

    It is the frame for Student Guidelines 1 and Employee Guidelines 18, which look at students and at staff. Whoever
    swears is told gently, alone; who was told before and does it again is for a person to look at. Words that only
    adults read are let be, and so is what is not sure, unless the district's own words ask for a look. A guardian or a
    stranger who demeans somebody is for a person.
    """

    name: ClassVar[str] = "same-standards"
    clause: ClassVar[Clause] = SAME_STANDARDS
    looks_at: ClassVar[LooksAt] = (Message, Space, Profile)
    trace: ClassVar[Trace | None] = Trace(labels=(Label.PROFANITY, Label.HARASSMENT))

    repeated_within_days: Annotated[
        Annotated[int, Ge(0), Le(90)],
        "Who was told within so many days before is for a person when it happens again.",
    ] = 30

    def check(self, subject: Message | Space | Profile) -> Iterator[Finding]:
        """Look at hurt first: where somebody is hurt, swearing needs no note of its own."""
        author = _author(subject)
        hurts, swears = subject.readings.sign(Label.HARASSMENT), subject.readings.sign(Label.PROFANITY)
        if hurts is not None and author is not None and not (author.is_staff or author.has(Role.STUDENT)):
            yield replace(self._finds(subject, hurts, Measure.REVIEW), because=MAY_HURT, remedy=SAY_IT_KINDLY)
        elif swears is not None and (swears.sure or swears.asked_for) and (author is None or not author.is_staff):
            yield from self._swearing(subject, swears)

    def _swearing(self, subject: Message | Space | Profile, sign: Sign) -> Iterator[Finding]:
        if not isinstance(subject, Message):
            yield self._finds(subject, sign, Measure.REVIEW)
        elif subject.audience.is_adults_alone or subject.readings.is_sure(Label.HARASSMENT):
            return
        elif sign.asked_for:
            yield self._finds(subject, sign, Measure.REVIEW)
        else:
            again = subject.was_told(str(self.clause), timedelta(days=self.repeated_within_days))
            found = self._finds(subject, sign, Measure.TELL, *([Measure.REVIEW] if again else []))
            yield replace(found, choices=(Choice.DELETE,))

    def _finds(self, subject: Message | Space | Profile, sign: Sign, *measures: Measure) -> Finding:
        evidence = words_of(subject, sign)
        return Finding(self.name, self.clause, frozenset(measures), MAY_BE_VULGAR, AS_IN_CLASS, evidence)


def _author(subject: Message | Space | Profile) -> Person | None:
    """Name who wrote it; of a place's name nobody knows who did."""
    match subject:
        case Message(author=person) | Profile(owner=person):
            return person
        case _:
            return None
