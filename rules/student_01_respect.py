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
    "It is acceptable to disagree with someone else's opinions, however, do it in a respectful way. Make sure that "
    "criticism is constructive and not hurtful."
)
MAY_HURT = N_("Your message may hurt somebody. It may not fit.")
SAY_IT_KINDLY = N_("You may disagree. Say it in a kind way, with your reasons. Delete this, and write it again.")


@dataclass(frozen=True, slots=True)
class Respect:
    """A student demeans, mocks, threatens to shame or shuts out somebody, or a group of people.

    Where it is sure, the student is told and a person looks; otherwise a person looks. Nothing is ever taken away by
    itself: who jokes with whom, and in whose words, only people can tell. Joking about oneself, teasing that both
    enjoy, criticism of play or work, and quoting to report are let be. What a student writes where only adults read is
    for a person alone.
    """

    name: ClassVar[str] = "respect"
    clause: ClassVar[Clause] = Clause("Student Guidelines", 1, QUOTE)
    looks_at: ClassVar[LooksAt] = (Message, Space, Profile)
    trace: ClassVar[Trace | None] = Trace(labels=(Label.HARASSMENT,))

    def check(self, subject: Message | Space | Profile) -> Iterator[Finding]:
        """Ask a person each time; tell the student where it is sure."""
        sign = subject.readings.sign(Label.HARASSMENT)
        if sign is None or not _may_be_a_students(subject):
            return
        evidence = words_of(subject, sign)
        found = Finding(self.name, self.clause, frozenset({Measure.REVIEW}), MAY_HURT, SAY_IT_KINDLY, evidence)
        if sign.sure and isinstance(subject, Message) and not subject.audience.is_adults_alone:
            yield replace(found, measures=frozenset({Measure.TELL, Measure.REVIEW}), choices=(Choice.DELETE,))
        else:
            yield found


def _may_be_a_students(subject: Message | Space | Profile) -> bool:
    """Say whether a student wrote it; of a place's name nobody knows who did."""
    match subject:
        case Message(author=person) | Profile(owner=person):
            return person.has(Role.STUDENT)
        case _:
            return True
