from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar

from bot.message import Message
from bot.readings.found import LEAK, Trace
from bot.readings.labels import Label
from bot.rule import Choice, Clause, Finding, LooksAt, Measure, words_of
from bot.texts import N_
from rules.employee_12_confidential_information import is_a_group

TELLS_OTHERS = N_("Your message may tell others something private about a student. It may not fit.")
ASK_FIRST = N_("Ask them first if it is fine with them. If you are not sure, delete it.")


@dataclass(frozen=True, slots=True)
class PrivacyLaws:
    """Somebody who is no staff tells a group what is confidential about a student, such as health, grades or money.

    Only they are told, and nothing is taken away. It has to name a student of the roster; who tells of themselves or of
    their own family is let be, for that is theirs to tell. What staff tell a group is for Employee Guidelines 12.
    Whether a law was kept is for people to judge; how records are sealed, who looked at them, and how they are
    forgotten is written down for them.
    """

    name: ClassVar[str] = "privacy-laws"
    clause: ClassVar[Clause] = Clause(
        "General Guidelines",
        4,
        "Adherence to all applicable privacy laws and regulations must be followed at all times.",
    )
    looks_at: ClassVar[LooksAt] = (Message,)
    trace: ClassVar[Trace | None] = LEAK

    def check(self, message: Message) -> Iterator[Finding]:
        """Find at most once."""
        if not message.readings.leak or message.author.is_staff or not is_a_group(message):
            return
        signs = (message.readings.sign(label) for label in (Label.MEDICAL, Label.ACADEMIC))
        evidence, choices = words_of(message, *signs), (Choice.DELETE,)
        measures = frozenset({Measure.TELL})
        yield Finding(self.name, self.clause, measures, TELLS_OTHERS, ASK_FIRST, evidence, choices=choices)
