from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar

from bot.message import Message
from bot.people import Role
from bot.readings.found import LEAK, Trace
from bot.readings.labels import Label
from bot.rule import Choice, Clause, Finding, LooksAt, Measure, words_of
from bot.texts import N_

TELLS_OTHERS = N_("Your message may tell others private facts about a student, like their health or grades.")
MOVE_IT = N_("Move it to a private message to that student. The office gets a copy of it, and it is taken away here.")
DELETE_IT = N_("Delete it here. Then tell that student in person, or by school mail.")


@dataclass(frozen=True, slots=True)
class ConfidentialInformation:
    """Somebody on staff tells a group what is confidential about a student: health, grades, discipline, family, money.

    The author is told, alone. A coach or advisor can move it with one answer: it is taken away from the group, sent to
    that student as a private message, and copied. Where the readings are sure of a medical or academic matter, a person
    looks, too. Good news that everybody saw is fine, and so is a rule told to all. What one student reads, and at most
    their family, is for Employee Guidelines 4. Among staff alone nothing is looked at, and in an emergency nothing is
    held up.
    """

    name: ClassVar[str] = "confidential-information"
    clause: ClassVar[Clause] = Clause(
        "Employee Guidelines", 12, "When contributing online, do not post confidential student information."
    )
    looks_at: ClassVar[LooksAt] = (Message,)
    trace: ClassVar[Trace | None] = LEAK

    def check(self, message: Message) -> Iterator[Finding]:
        """Find at most once; who may write privately to a student is offered to move it."""
        if not message.readings.leak or not message.author.is_staff or message.emergency or not is_a_group(message):
            return
        sure = any(message.readings.is_sure(label) for label in (Label.MEDICAL, Label.ACADEMIC))
        measures = {Measure.TELL, Measure.REVIEW} if sure else {Measure.TELL}
        moves = message.author.has(Role.ADVISOR)
        yield Finding(
            self.name,
            self.clause,
            frozenset(measures),
            TELLS_OTHERS,
            MOVE_IT if moves else DELETE_IT,
            words_of(message, message.readings.sign(Label.MEDICAL), message.readings.sign(Label.ACADEMIC)),
            choices=(Choice.PRIVATE, Choice.DELETE) if moves else (Choice.DELETE,),
            of_readers=True,
        )


def is_a_group(message: Message) -> bool:
    """Say whether several families may read a message: two students, a team's place, strangers, or nobody can tell."""
    audience = message.audience
    if not audience.known or audience.unlinked or len(audience.students) > 1 or audience.is_crowd:
        return True
    return not audience.students and message.team_place and any(not each.is_staff for each in audience.readers)
