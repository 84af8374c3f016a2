from collections.abc import Iterator
from dataclasses import dataclass
from typing import Annotated, ClassVar

from annotated_types import MinLen

from bot.desk_notices import TELL_AN_ADULT
from bot.message import Message
from bot.people import Office
from bot.readings.found import Trace
from bot.readings.labels import Label
from bot.rule import Clause, Finding, LooksAt, Measure, words_of
from bot.texts import N_

MAY_NEED_HELP = N_("A message may tell an adult of harm, or ask for help.")
LISTEN = N_("See whoever wrote it today, and listen. Tell nobody whom it may be about.")


@dataclass(frozen=True, slots=True)
class TellAnAdult:
    """Somebody tells an adult in a message that a student is being harmed, or asks how to tell.

    It counts as much as what is told with `/report`. Where it is sure, the offices named here are alerted at once, the
    counselor first; otherwise a person looks. Help is never blocked: the message stays where it is, its author gets no
    note, and no other rule may take it away or send one.
    """

    name: ClassVar[str] = "tell-an-adult"
    clause: ClassVar[Clause] = TELL_AN_ADULT
    looks_at: ClassVar[LooksAt] = (Message,)
    trace: ClassVar[Trace | None] = Trace(labels=(Label.REPORT,))

    alert: Annotated[Annotated[tuple[Office, ...], MinLen(1)], "Which offices are alerted at once."] = (
        Office.COUNSELOR,
        Office.PRINCIPAL,
    )

    def check(self, message: Message) -> Iterator[Finding]:
        """Alert people where it is sure; else ask a person."""
        sign = message.readings.sign(Label.REPORT)
        if sign is not None:
            yield Finding(
                self.name,
                self.clause,
                frozenset({Measure.ALERT, Measure.REVIEW} if sign.sure else {Measure.REVIEW}),
                MAY_NEED_HELP,
                LISTEN,
                words_of(message, sign),
                copy_to=frozenset(self.alert),
                safety=True,
                sure=sign.sure,
            )
