from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import ClassVar

from bot.message import Message
from bot.people import Office
from bot.profile import Profile
from bot.readings.found import Trace
from bot.readings.labels import Label
from bot.readings.signs import Sign, Slow
from bot.rule import Choice, Clause, Finding, LooksAt, Measure, words_of
from bot.space import Space
from bot.texts import N_
from rules.general_01_inappropriate_contact import is_surely_close

MAY_BE_SEXUAL = N_("Your message may have sexual content. It may not fit.")
LEAVE_IT_OUT = N_("Leave that part out. You can write the rest again.")
DELETE_IT = N_("Delete it. If somebody makes you feel unsafe, you can tell an adult.")
STAFF_WROTE_IT = N_("A message by somebody of the staff may have sexual content.")
LOOK_FIRST = N_("Look at it today, and decide. Talk with them after that.")


@dataclass(frozen=True, slots=True)
class SexualContent:
    """Somebody writes something with sexual content.

    Where it is sure and an adult of the district wrote it, it is taken away, its author is told, and the principal is
    alerted; nothing is done to them before the models have read it, where they will. A student is told, and a person
    looks; where only adults read it, a person looks and the student gets no note, since it may be a question they need
    an answer to. What is not sure is for a person alone, and so are the names of places and accounts. In an emergency,
    in a private matter and in what is surely medical nothing is taken away and nobody is told, nor where no word can be
    shown that an adult wrote: a person looks, and of what an adult wrote the principal hears.

    Where the words are surely too close besides, General Guidelines 1 alerts the principal and a second person, and
    this rule tells nobody. Nor does it take them away: who loses a message gets it back with a note, and would see that
    it is gone without one. Either would warn an adult before anybody has seen to the child. The words stand, and are
    kept as evidence for those two, who decide. Health and biology class are let be; pictures have a rule of their own.
    """

    name: ClassVar[str] = "sexual-content"
    clause: ClassVar[Clause] = Clause("General Guidelines", 2, "It is inappropriate to post items with sexual content.")
    looks_at: ClassVar[LooksAt] = (Message, Space, Profile)
    trace: ClassVar[Trace | None] = Trace(labels=(Label.SEXUAL,))

    def check(self, subject: Message | Space | Profile) -> Iterator[Finding]:
        """Find by who wrote it, and how sure it is."""
        sign = subject.readings.sign(Label.SEXUAL)
        if sign is None:
            return
        if not isinstance(subject, Message) or not sign.sure:
            yield self._finds(subject, sign, Measure.REVIEW)
        elif is_surely_close(subject):
            yield replace(self._finds(subject, sign, Measure.REVIEW), discreet=True)
        elif subject.author.is_staff:
            taken = () if _may_be_needed(subject) or not sign.clues else (Measure.REMOVE, Measure.TELL)
            # The models may read that it is too close besides: a note before that would have warned its author.
            yield replace(self._finds(subject, sign, Measure.REVIEW, *taken), awaits=Slow.MEANING)
            alert = self._finds(subject, sign, Measure.ALERT)
            offices = frozenset({Office.PRINCIPAL})
            yield replace(alert, because=STAFF_WROTE_IT, remedy=LOOK_FIRST, copy_to=offices)
        elif subject.audience.is_adults_alone or _may_be_needed(subject):
            yield self._finds(subject, sign, Measure.REVIEW)
        else:
            told = self._finds(subject, sign, Measure.TELL, Measure.REVIEW)
            yield replace(told, remedy=DELETE_IT, choices=(Choice.DELETE,))

    def _finds(self, subject: Message | Space | Profile, sign: Sign, *measures: Measure) -> Finding:
        evidence = words_of(subject, sign)
        return Finding(self.name, self.clause, frozenset(measures), MAY_BE_SEXUAL, LEAVE_IT_OUT, evidence)


def _may_be_needed(message: Message) -> bool:
    """Say whether it may be what somebody has to be told: about a body, or about what was done to somebody."""
    return message.emergency or message.matter is not None or message.readings.is_sure(Label.MEDICAL)
