from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Annotated, ClassVar, Final, Literal

from annotated_types import Ge, Le

from bot.message import Message
from bot.people import Office, PersonId, Role
from bot.readings.found import Trace
from bot.readings.labels import Label
from bot.readings.setting import CLOSE, pair_of
from bot.rule import Clause, Finding, LooksAt, Measure, words_of
from bot.texts import N_, Text

SIGNS_OF_CLOSENESS: Final = Trace(labels=CLOSE)

SecondOffice = Literal["superintendent_designee", "athletic_director", "counselor"]

TOO_CLOSE = N_("What an adult of the school writes to a student may be too close or too private. It may not fit.")
FROM_A_STUDENT = N_("What a student writes to an adult of the school may show that the two are too close.")
AGAIN = N_("Small signs came up more than once that an adult of the school and one student may be too close.")
READ_IT = N_("Read it today, and talk with the other person who got this note. The adult has not been told.")
HELP_THE_STUDENT = N_("Read it today, and see that the student is safe. Nothing here is held against the student.")
ASKS_ALONE = N_("An adult asks a student for a phone number or an address. A person will look at it.")


@dataclass(frozen=True, slots=True)
class InappropriateContact:
    """What passes between an adult of the school and a student may be too close: secrets, gifts, flattery, rides alone.

    A sure sign is for a person, and the principal and a second person are alerted, never whom it is about. Nothing is
    taken away, nobody is told they did wrong, and the author is told nothing: a child may be in danger, and only people
    can tell. When a person has decided, a person says so. The words are kept for them. A sign that is not sure is only
    counted, for 14 days. The sign with which the count for the same two people reaches the setting is treated like a
    sure one; the count stands nowhere else. What a student writes to an adult counts as well, is never held against
    the student, and is kept from that adult. An adult of the school who asks one student alone for a number or an
    address is for a person, and so is somebody nobody knows who asks any student.
    """

    name: ClassVar[str] = "inappropriate-contact"
    clause: ClassVar[Clause] = Clause(
        "General Guidelines", 1, "Inappropriate contact via e-mail, phone or other social media is prohibited."
    )
    looks_at: ClassVar[LooksAt] = (Message,)
    trace: ClassVar[Trace | None] = SIGNS_OF_CLOSENESS

    pair_signals: Annotated[
        Annotated[int, Ge(2), Le(100)],
        "How many signs between the same two people within 14 days count like a sure one.",
    ] = 3
    second_office: Annotated[
        SecondOffice,
        "Which office is alerted beside the principal: superintendent_designee, athletic_director or counselor.",
    ] = "superintendent_designee"

    def check(self, message: Message) -> Iterator[Finding]:
        """Find at most once: what is sure, else what came again and again, else an adult's question to a student."""
        readings = message.readings
        if is_surely_close(message):
            yield self._alerts(message, FROM_A_STUDENT if message.author.has(Role.STUDENT) else TOO_CLOSE)
        elif _may_be_close(message) and readings.pair >= self.pair_signals:
            yield self._alerts(message, AGAIN)
        elif readings.is_sure(Label.PII_SOLICIT) and _asks_a_student(message):
            yield self._finds(message, ASKS_ALONE, Measure.REVIEW)

    def _alerts(self, message: Message, because: Text) -> Finding:
        found = self._finds(message, because, Measure.REVIEW, Measure.ALERT)
        offices = frozenset({Office.PRINCIPAL, Office(self.second_office)})
        adults = _adults_who_read(message) if message.author.has(Role.STUDENT) else frozenset()
        remedy = HELP_THE_STUDENT if adults else READ_IT
        return replace(found, remedy=remedy, copy_to=offices, also_about=adults, fewest_alerted=2)

    def _finds(self, message: Message, because: Text, *measures: Measure) -> Finding:
        """No standing exception excuses it."""
        evidence = words_of(message, *(message.readings.sign(each) for each in CLOSE))
        return Finding(
            self.name, self.clause, frozenset(measures), because, evidence=evidence, excusable=False, discreet=True
        )


def is_surely_close(message: Message) -> bool:
    """Say whether this rule alerts people of these words at once, so that no other rule may warn their author."""
    return message.readings.is_sure(Label.BOUNDARY) and _may_be_close(message)


def _adults_who_read(message: Message) -> frozenset[PersonId]:
    """Name the adults of the school in a place; those who only may look in belong to it where nobody else does."""
    audience = message.audience
    adults = frozenset(each.id for each in audience.readers if each.is_staff)
    return adults & audience.members or adults


def _may_be_close(message: Message) -> bool:
    """Say whether a student writes to an adult of the school, or such an adult, of earlier too, to a student."""
    author = message.author
    if author.has(Role.STUDENT):
        return bool(_adults_who_read(message))
    return (author.is_staff or bool(author.once_led)) and _may_reach_a_student(message)


def _asks_a_student(message: Message) -> bool:
    """Say whether an adult writes to one student alone, or somebody nobody knows to any."""
    if message.author.has(Role.STRANGER):
        return _may_reach_a_student(message)
    return message.author.is_staff and pair_of(message) is not None


def _may_reach_a_student(message: Message) -> bool:
    audience = message.audience
    return bool(audience.students or audience.unlinked or not audience.known)
