from collections.abc import Iterator
from dataclasses import dataclass
from typing import Annotated, ClassVar

from annotated_types import MinLen

from bot.message import Message
from bot.people import Office
from bot.profile import Profile
from bot.readings.found import Trace
from bot.readings.labels import Label
from bot.rule import NAMES, SAFETY, Clause, Finding, LooksAt, Measure, is_sure_in, words_in, words_of
from bot.space import Space
from bot.texts import N_

MAY_THREATEN = N_("A message may threaten people or the school.")
NAMED_THREAT = N_("A name or a topic may threaten people or the school.")
ACT_NOW = N_("Look at it now. If it may be real, follow the safety plan of your school.")


@dataclass(frozen=True, slots=True)
class Threats:
    """Somebody threatens people or the school with violence, or hints at it.

    Where it is sure, the offices named here are alerted at once; otherwise a person looks. The message stays where it
    is, so that nobody is warned off, its author gets no note, and no other rule may take it away or send one. Big words
    about a game are no threat. How somebody is called or describes themselves, and the name or topic of a place, a tag
    and an event are looked at in the same way, without what is pinned there. Nothing is renamed.
    """

    name: ClassVar[str] = "threats"
    clause: ClassVar[Clause] = SAFETY
    looks_at: ClassVar[LooksAt] = (Message, Space, Profile)
    trace: ClassVar[Trace | None] = Trace(labels=(Label.THREAT,))

    alert: Annotated[Annotated[tuple[Office, ...], MinLen(1)], "Which offices are alerted at once."] = (
        Office.COUNSELOR,
        Office.PRINCIPAL,
    )

    def check(self, subject: Message | Space | Profile) -> Iterator[Finding]:
        """Alert people where it is sure; else ask a person."""
        sign, is_said = subject.readings.sign(Label.THREAT), isinstance(subject, Message)
        evidence = words_of(subject, sign) if is_said else words_in(subject, NAMES, sign)
        if sign is not None and (is_said or evidence):
            sure = sign.sure if is_said else is_sure_in(subject, NAMES, sign)
            yield Finding(
                self.name,
                self.clause,
                frozenset({Measure.ALERT, Measure.REVIEW} if sure else {Measure.REVIEW}),
                MAY_THREATEN if is_said else NAMED_THREAT,
                ACT_NOW,
                evidence,
                copy_to=frozenset(self.alert),
                safety=True,
            )
