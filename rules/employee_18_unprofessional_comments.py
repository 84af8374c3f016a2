from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar, Final

from bot.message import Message
from bot.profile import Profile
from bot.readings.found import Trace
from bot.readings.labels import Label
from bot.rule import Clause, Finding, LooksAt, Measure, words_of
from bot.texts import N_

QUOTE: Final = (
    "Employees should be aware of the public and widespread nature of such media and again refrain from any comment "
    "that could be deemed unprofessional including personal views and beliefs."
)
MAY_BE_UNPROFESSIONAL = N_("Your message may hurt somebody, or has a swear word in it. It may not fit.")
AS_AT_SCHOOL = N_("Write here as you would talk at school.")


@dataclass(frozen=True, slots=True)
class UnprofessionalComments:
    """An adult of the district demeans somebody, or swears where others than staff can read.

    It weighs little: only what is sure is found, nothing is taken away, no note goes out, and a person above them
    looks when there is time. The clause also names personal views and beliefs. These are never looked for: politics is
    no case, and what a program made of it would be worth nothing.
    """

    name: ClassVar[str] = "unprofessional-comments"
    clause: ClassVar[Clause] = Clause("Employee Guidelines", 18, QUOTE)
    looks_at: ClassVar[LooksAt] = (Message, Profile)
    trace: ClassVar[Trace | None] = Trace(labels=(Label.HARASSMENT, Label.PROFANITY))

    def check(self, subject: Message | Profile) -> Iterator[Finding]:
        """Ask a person about what is sure, or what the district's own words ask for."""
        author = subject.author if isinstance(subject, Message) else subject.owner
        among_staff = isinstance(subject, Message) and subject.audience.is_staff_alone
        looked_for = (Label.HARASSMENT,) if among_staff else (Label.HARASSMENT, Label.PROFANITY)
        signs = [each for each in subject.readings.signs if (each.sure or each.asked_for) and each.label in looked_for]
        if signs and author.is_staff:
            evidence = words_of(subject, *signs)
            measures = frozenset({Measure.REVIEW})
            yield Finding(self.name, self.clause, measures, MAY_BE_UNPROFESSIONAL, AS_AT_SCHOOL, evidence)
