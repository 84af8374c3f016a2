from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar

from bot.message import Message
from bot.people import Role
from bot.readings.found import Trace
from bot.rule import Clause, Finding, LooksAt, Measure
from bot.texts import N_

ALONE = N_("Somebody on staff who coaches nothing writes to one student alone. A person will look at it.")
WHO_READS = N_("Somebody on staff writes here, and we could not tell which students read it. A person will look at it.")


@dataclass(frozen=True, slots=True)
class Fraternizing:
    """Somebody on staff who coaches and advises nothing writes to one student, and nobody else belongs to the place.

    It is for a person, once for each account. Nothing is taken away, and nobody is told: most such words are help.
    Another adult who belongs to the place is enough, and so is a second student; who only may look in is not. Private
    matters, emergencies, and what answers a student who asked for help are copied by Employee Guidelines 4, so they are
    fine; in a private matter administrators are who looks after it. What coaches and advisors write is for Employee
    Guidelines 4, and what may be too close for General Guidelines 1. Whose work it is to talk with students alone, such
    as a counselor or a nurse, gets a standing exception.
    """

    name: ClassVar[str] = "fraternizing"
    clause: ClassVar[Clause] = Clause(
        "Employee Guidelines",
        1,
        "It is improper to fraternize with students using social media/networks, or via cell phone, texting, or "
        "telephone.",
    )
    looks_at: ClassVar[LooksAt] = (Message,)
    trace: ClassVar[Trace | None] = None

    def check(self, message: Message) -> Iterator[Finding]:
        """Find at most once."""
        unknown = is_for_this_clause(message) and not message.audience.known
        if unknown or is_alone_with_a_student(message):
            because = WHO_READS if unknown else ALONE
            yield Finding(self.name, self.clause, frozenset({Measure.REVIEW}), because, about_author=True)


def is_for_this_clause(message: Message) -> bool:
    """Say whether somebody on staff writes who coaches nothing, and it is no emergency, private matter or help."""
    author, excepted = message.author, message.emergency or message.answers_help or message.matter is not None
    return author.is_staff and not author.has(Role.ADVISOR) and not excepted


def is_alone_with_a_student(message: Message) -> bool:
    """Say whether such a person writes to one student, and no other adult belongs to the place."""
    audience = message.audience
    if not is_for_this_clause(message) or len(audience.students) != 1:
        return False
    return not any(each.id in audience.members for each in audience.readers - audience.students)
