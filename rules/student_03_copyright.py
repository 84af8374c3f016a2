from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import Annotated, ClassVar, Final

from annotated_types import Ge, Le

from bot.message import Message, Where
from bot.people import Role
from bot.readings.found import FILE, Trace
from bot.rule import Choice, Clause, Finding, LooksAt, Measure
from bot.texts import N_

QUOTE = "Be aware that pictures may also be protected under copyright laws. Verify you have permission to use the image"
VOICE_MESSAGE: Final = "voice-message"
"""How a platform calls what somebody has just spoken: that is their own."""

MAY_BE_SOMEBODYS = N_("You posted a picture or a file. Pictures and films belong to who made them.")
WHERE_IS_IT_FROM = N_("Did you make it, or may you use it? Say where it is from. If you may not use it, delete it.")


@dataclass(frozen=True, slots=True)
class Copyright:
    """A student posts a picture or a file.

    Once a term the student is asked whether it is their own, free to use or used with leave. The answer is kept;
    nothing else follows, and no answer is fine too: whose a picture is, no program can tell. What they speak themselves
    is not asked about, nor what only staff and guardians read.
    """

    name: ClassVar[str] = "copyright"
    clause: ClassVar[Clause] = Clause("Student Guidelines", 3, QUOTE)
    looks_at: ClassVar[LooksAt] = (Message,)
    trace: ClassVar[Trace | None] = FILE

    once_in_days: Annotated[Annotated[int, Ge(1), Le(120)], "No student is asked more than once in so many days."] = 120

    def check(self, message: Message) -> Iterator[Finding]:
        """Ask, unless the student was asked this term."""
        if _has_file(message) and message.author.has(Role.STUDENT) and not _only_adults_read(message):
            before = message.told_before(str(self.clause))
            if before is None or message.sent_at - before >= timedelta(days=self.once_in_days):
                measures, choices = frozenset({Measure.TELL}), (Choice.SOURCE, Choice.DELETE)
                yield Finding(self.name, self.clause, measures, MAY_BE_SOMEBODYS, WHERE_IS_IT_FROM, choices=choices)


def _has_file(message: Message) -> bool:
    named = (each.text for each in message.words if each.where is Where.FILE_NAME)
    return any(not each.startswith(VOICE_MESSAGE) for each in named)


def _only_adults_read(message: Message) -> bool:
    """Say whether, for certain, nobody reads but staff and guardians."""
    audience = message.audience
    return audience.known and not audience.unlinked and not audience.students
