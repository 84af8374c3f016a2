from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import Annotated, ClassVar

from annotated_types import Ge, Le

from bot.message import Message
from bot.readings.found import FILE, Trace
from bot.rule import Choice, Clause, Finding, LooksAt, Measure
from bot.texts import N_

QUOTE = "Before posting photos and videos, parental authorization to utilize a student's image must be sought."
WHO_IS_IT = N_("You posted a picture or a film. We do not look at faces, so we ask you who is in it.")
TELL_US = N_("Answer who is in it: nobody, or these people. If it may not be shown, delete it.")
NOT_ALL_MAY = N_("The office has no yes for somebody in your picture. It may not fit.")
ASK_FIRST = N_("Use another picture. Or ask the office first, and post it then.")


@dataclass(frozen=True, slots=True)
class PhotoConsent:
    """Somebody on staff posts a picture or a film.

    They are asked who is in it; the answer is kept, and the consent register says who may be shown. Where it has no yes
    for a student, or for anybody else who is not on staff, the message is taken away and its author told, without a
    name. Whoever does not answer is asked about. Nobody's face is ever analysed. Who orders a picture with the command
    has said so before it is posted, and is not asked again. Nothing is asked about an emergency, a private matter, or
    where staff are among themselves.
    """

    name: ClassVar[str] = "photo-consent"
    clause: ClassVar[Clause] = Clause("Employee Guidelines", 8, QUOTE)
    looks_at: ClassVar[LooksAt] = (Message,)
    trace: ClassVar[Trace | None] = FILE

    answer_within_hours: Annotated[
        Annotated[int, Ge(1), Le(720)], "After how many hours without an answer an office is asked to look."
    ] = 24

    def check(self, message: Message) -> Iterator[Finding]:
        """Ask who is in a picture; once that is known, look whether they may be shown."""
        if not message.author.is_staff or not message.pictures:
            return
        if message.pictured is None:
            if not _is_spared(message):
                yield self._asks()
        elif any(not each.allowed for each in message.pictured if not each.person.is_staff):
            measures = frozenset({Measure.REMOVE, Measure.TELL})
            yield Finding(self.name, self.clause, measures, NOT_ALL_MAY, ASK_FIRST)

    def _asks(self) -> Finding:
        return Finding(
            self.name,
            self.clause,
            frozenset({Measure.TELL}),
            WHO_IS_IT,
            TELL_US,
            choices=(Choice.PICTURED, Choice.DELETE),
            answer_within=timedelta(hours=self.answer_within_hours),
        )


def _is_spared(message: Message) -> bool:
    among_staff = message.audience.is_staff_alone
    return message.relayed or message.emergency or message.matter is not None or among_staff
