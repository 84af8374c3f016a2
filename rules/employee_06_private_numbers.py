from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar

from bot.message import Message
from bot.readings.found import PERSONAL, Kind, Trace
from bot.rule import Clause, Finding, LooksAt, evidence_of, given_away
from bot.texts import N_

QUOTE = (
    "Teachers shall not give out their private cell phone or home phone numbers without prior approval of the district."
)
PRIVATE = N_("Your message has a phone number that is not on the district's list. It may not fit.")
GIVE_THE_OFFICE = N_("Give the office's number, or ask people to write here. If yours is approved, tell the office.")


@dataclass(frozen=True, slots=True)
class PrivateNumbers:
    """Somebody on staff gives out a phone number that is not one of the district's.

    Numbers count however they are written: in words, in Spanish, spaced, glued or dressed up. Free numbers, such as
    helplines, are fine, and so is a number that the message says is somebody else's: Employee Guidelines 15 looks at
    that one. Seven digits that nobody calls a number stay, and a person looks: they may be the number of a part. Among
    staff alone nothing is looked at. Approval is a standing exception for the person: it names who approved, why, and
    the last day. In an emergency the message stays, and its author is told.
    """

    name: ClassVar[str] = "private-numbers"
    clause: ClassVar[Clause] = Clause("Employee Guidelines", 6, QUOTE)
    looks_at: ClassVar[LooksAt] = (Message,)
    trace: ClassVar[Trace | None] = PERSONAL

    def check(self, message: Message) -> Iterator[Finding]:
        """Find at most once, with every number as evidence."""
        numbers = [spot for spot in message.readings.of(Kind.PHONE) if not spot.of_others]
        if not numbers or not message.author.is_staff or message.audience.is_staff_alone:
            return
        measures, evidence = given_away(message, numbers), evidence_of(message, numbers)
        yield Finding(self.name, self.clause, measures, PRIVATE, GIVE_THE_OFFICE, evidence)
