from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Annotated, ClassVar

from annotated_types import MinLen

from bot.message import Message
from bot.people import Office
from bot.profile import Profile
from bot.readings.found import Trace
from bot.readings.labels import Label
from bot.rule import NAMES, SAFETY, Clause, Evidence, Finding, LooksAt, Measure, is_sure_in, words_in, words_of
from bot.space import Space
from bot.texts import N_, Text

MAY_BE_IN_DANGER = N_("A message may be about somebody who wants to hurt themselves, or is told to.")
NAMED_IN_DANGER = N_("A name or a topic may say that somebody wants to hurt themselves, or is told to.")
SEE_THEM = N_("See them now, in person. If they may be in danger, call 911 or 988.")


@dataclass(frozen=True, slots=True)
class SelfHarm:
    """Somebody may want to hurt or kill themselves, or is told to.

    The offices named here are alerted at once, the counselor first; also where it is not sure, because a person can
    tell and a program cannot. The message stays where it is, its author gets no note, and no other rule may take it
    away or send one. A counselor hears of students alone; of an adult, the principal does. How somebody is called or
    describes themselves, and the name or topic of a place, a tag and an event are looked at, too. There people are
    alerted only where that is sure without what is pinned there; otherwise a person looks. Nothing is renamed. Of a
    place nobody knows who named it, so an overseer always hears of it beside the counselor.
    """

    name: ClassVar[str] = "self-harm"
    clause: ClassVar[Clause] = SAFETY
    looks_at: ClassVar[LooksAt] = (Message, Space, Profile)
    trace: ClassVar[Trace | None] = Trace(labels=(Label.SELF_HARM,))

    alert: Annotated[Annotated[tuple[Office, ...], MinLen(1)], "Which offices are alerted at once."] = (
        Office.COUNSELOR,
        Office.PRINCIPAL,
    )

    def check(self, subject: Message | Space | Profile) -> Iterator[Finding]:
        """Alert people about every sign of it in a message, and about every sure one in what names or describes."""
        sign = subject.readings.sign(Label.SELF_HARM)
        if sign is None:
            return
        if isinstance(subject, Message):
            alerted = self._finds(MAY_BE_IN_DANGER, words_of(subject, sign), Measure.ALERT)
            yield replace(alerted, sure=sign.sure)
        elif evidence := words_in(subject, NAMES, sign):
            yield self._finds(
                NAMED_IN_DANGER, evidence, *((Measure.ALERT,) if is_sure_in(subject, NAMES, sign) else ())
            )

    def _finds(self, because: Text, evidence: tuple[Evidence, ...], *also: Measure) -> Finding:
        return Finding(
            self.name,
            self.clause,
            frozenset({Measure.REVIEW, *also}),
            because,
            SEE_THEM,
            evidence,
            copy_to=frozenset(self.alert),
            safety=True,
        )
