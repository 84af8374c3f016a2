from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import ClassVar

from bot.desk_notices import SAME_STANDARDS
from bot.message import Message
from bot.people import Office, Person, Role
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
NO_STUDENT_WROTE_IT = N_("A message may have sexual content. Whoever wrote it is no student that we know.")
LOOK_FIRST = N_("Look at it today, and decide. Talk with them after that.")
NOT_TOLD = N_("Look at it today, and decide. Whoever wrote it has not been told of this.")
TOLD_OF_LITTLE = N_("Look at it today, and decide. Whoever wrote it learns that it is taken away, and not why.")
MAY_NOT_FIT = N_("Your message may not fit here.")
MAY_NEED_AN_ADULT = N_("You can write again in other words. If something is wrong, you can tell an adult.")


@dataclass(frozen=True, slots=True)
class SexualContent:
    """Somebody writes something with sexual content.

    Where it is sure and an adult of the district wrote it, it is taken away, its author is told, and the principal is
    alerted. The same follows where a student can read what anybody else wrote who is no student: a guardian is told,
    too. A stranger and whoever has left the staff get their text back with a note that does not say what was found or
    who looks: it may be a student whose account is not linked, and may be somebody whom it would warn. No other rule
    tells them anything. A webhook and an app get no note. Nothing is done before the models have read it, where they
    will. A student is told, and a person looks; where only adults read it, a person looks and the student gets no note,
    since it may be a question they need an answer to. What is not sure is for a person alone, and so are the names of
    places and accounts. In an emergency, in a private matter and in what is surely medical nothing is taken away and
    nobody is told, nor where no word can be shown that an adult wrote: a person looks, and of what an adult wrote the
    principal hears.

    Where the words are surely too close besides, this rule tells nobody, and General Guidelines 1 alerts the principal
    and a second person of what staff wrote. Nor are they taken away: who loses a message gets it back with a note, and
    would see that it is gone without one. Either would warn an adult before anybody has seen to the child. The words
    stand, and are kept as evidence for those who decide. Only what a stranger wrote goes all the same: the students who
    read it come first. Health and biology class are let be; pictures have a rule of their own.
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
        elif subject.author.has(Role.STUDENT):
            yield self._of_a_student(subject, sign)
        elif subject.author.is_staff or not subject.audience.is_adults_alone:
            yield from self._of_another(subject, sign)
        else:
            yield self._finds(subject, sign, Measure.REVIEW)

    def _of_a_student(self, message: Message, sign: Sign) -> Finding:
        if message.audience.is_adults_alone or _may_be_needed(message):
            return self._finds(message, sign, Measure.REVIEW)
        told = self._finds(message, sign, Measure.TELL, Measure.REVIEW)
        return replace(told, remedy=DELETE_IT, choices=(Choice.DELETE,))

    def _of_another(self, message: Message, sign: Sign) -> Iterator[Finding]:
        """Find what follows for its author, and that the principal is alerted."""
        discreet = not _is_spoken_to(message.author) or _is_too_close(message)
        taken = () if _may_be_needed(message) or not sign.clues else _taken(message)
        # The models may read that it is too close, or a call for help: what was done before that could not be undone.
        found = self._finds(message, sign, Measure.REVIEW, *taken)
        yield replace(found, discreet=discreet, awaits=Slow.MEANING)
        says_little = discreet and Measure.REMOVE in taken and message.removable and not message.relayed
        if says_little:
            told = replace(self._finds(message, sign, Measure.TELL), clause=SAME_STANDARDS, awaits=Slow.MEANING)
            yield replace(told, because=MAY_NOT_FIT, remedy=MAY_NEED_AN_ADULT)
        because = STAFF_WROTE_IT if message.author.is_staff else NO_STUDENT_WROTE_IT
        alert = replace(self._finds(message, sign, Measure.ALERT), because=because, discreet=discreet)
        remedy = TOLD_OF_LITTLE if says_little else NOT_TOLD if discreet else LOOK_FIRST
        yield replace(alert, remedy=remedy, copy_to=frozenset({Office.PRINCIPAL}))

    def _finds(self, subject: Message | Space | Profile, sign: Sign, *measures: Measure) -> Finding:
        evidence = words_of(subject, sign)
        return Finding(self.name, self.clause, frozenset(measures), MAY_BE_SEXUAL, LEAVE_IT_OUT, evidence)


def _is_spoken_to(author: Person) -> bool:
    """Say whether a note may go to an author that says what was found: to staff and guardians.

    A guardian is told as one, whatever they led before; who has left the staff is told as a stranger is.
    """
    return author.is_staff or author.has(Role.GUARDIAN)


def _is_too_close(message: Message) -> bool:
    """Say whether it is surely too close besides, to a student, be it by somebody whom no other rule looks at."""
    return message.readings.is_sure(Label.BOUNDARY) and not message.audience.is_adults_alone


def _taken(message: Message) -> tuple[Measure, ...]:
    """Say what is done to whoever is no student. Whom we speak to, loses nothing without the whole note."""
    if not _is_spoken_to(message.author):
        return (Measure.REMOVE,)
    return () if _is_too_close(message) else (Measure.REMOVE, Measure.TELL)


def _may_be_needed(message: Message) -> bool:
    """Say whether it may be what somebody has to be told: about a body, or about what was done to somebody."""
    return message.emergency or message.matter is not None or message.readings.is_sure(Label.MEDICAL)
