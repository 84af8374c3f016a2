from collections.abc import Iterator
from dataclasses import dataclass
from typing import Annotated, ClassVar

from annotated_types import MinLen

from bot.message import Message
from bot.people import Office
from bot.readings.found import Trace
from bot.readings.labels import Label
from bot.rule import SAFETY, Clause, Finding, LooksAt, Measure, words_of
from bot.texts import N_

MAY_BE_IN_DANGER = N_("A message may be about somebody who wants to hurt themselves, or is told to.")
SEE_THEM = N_("See them now, in person. If they may be in danger, call 911 or 988.")


@dataclass(frozen=True, slots=True)
class SelfHarm:
    """Somebody may want to hurt or kill themselves, or is told to.

    The offices named here are alerted at once, the counselor first; also where it is not sure, because a person can
    tell and a program cannot. The message stays where it is, its author gets no note, and no other rule may take it
    away or send one. A counselor hears of students alone; of an adult, the principal does.
    """

    name: ClassVar[str] = "self-harm"
    clause: ClassVar[Clause] = SAFETY
    looks_at: ClassVar[LooksAt] = (Message,)
    trace: ClassVar[Trace | None] = Trace(labels=(Label.SELF_HARM,))

    alert: Annotated[Annotated[tuple[Office, ...], MinLen(1)], "Which offices are alerted at once."] = (
        Office.COUNSELOR,
        Office.PRINCIPAL,
    )

    def check(self, message: Message) -> Iterator[Finding]:
        """Alert people about every sign of it."""
        sign = message.readings.sign(Label.SELF_HARM)
        if sign is not None:
            yield Finding(
                self.name,
                self.clause,
                frozenset({Measure.ALERT, Measure.REVIEW}),
                MAY_BE_IN_DANGER,
                SEE_THEM,
                words_of(message, sign),
                copy_to=frozenset(self.alert),
                safety=True,
                sure=sign.sure,
            )
