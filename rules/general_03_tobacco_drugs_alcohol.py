from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import ClassVar, Final

from bot.message import Message
from bot.people import Role
from bot.profile import Profile
from bot.readings.found import Trace
from bot.readings.labels import Label
from bot.rule import Choice, Clause, Finding, LooksAt, Measure, words_of
from bot.space import Space
from bot.texts import N_

QUOTE: Final = (
    "It is inappropriate to post items exhibiting or advocating use of tobacco products, drugs, and/or alcohol."
)
MAY_PROMOTE = N_("Your message may be about the use of tobacco, vapes, drugs or alcohol. It may not fit.")
DELETE_IT = N_("Delete it. If you worry about it, for you or a friend, an adult at school will listen.")


@dataclass(frozen=True, slots=True)
class TobaccoDrugsAlcohol:
    """Somebody shows, praises, offers, asks for or plans the use of tobacco, vapes, alcohol or drugs.

    Talk about them is let be: prevention, news, a lesson, medicine taken as a doctor said. A student is told where it
    is sure, and a person looks; where only adults read it, a person looks and the student gets no note, since it may be
    a call for help. What an adult wrote, and what is not sure, is for a person alone.
    """

    name: ClassVar[str] = "tobacco-drugs-alcohol"
    clause: ClassVar[Clause] = Clause("General Guidelines", 3, QUOTE)
    looks_at: ClassVar[LooksAt] = (Message, Space, Profile)
    trace: ClassVar[Trace | None] = Trace(labels=(Label.SUBSTANCES,))

    def check(self, subject: Message | Space | Profile) -> Iterator[Finding]:
        """Ask a person each time; tell a student whose words others read than adults alone."""
        sign = subject.readings.sign(Label.SUBSTANCES)
        if sign is None:
            return
        evidence = words_of(subject, sign)
        found = Finding(self.name, self.clause, frozenset({Measure.REVIEW}), MAY_PROMOTE, DELETE_IT, evidence)
        if sign.sure and isinstance(subject, Message) and _is_told(subject):
            yield replace(found, measures=frozenset({Measure.TELL, Measure.REVIEW}), choices=(Choice.DELETE,))
        else:
            yield found


def _is_told(message: Message) -> bool:
    return message.author.has(Role.STUDENT) and not message.audience.is_adults_alone
