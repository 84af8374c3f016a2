from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar

from bot.message import Message
from bot.profile import Profile
from bot.readings.found import PERSONAL, Kind, Spot, Trace
from bot.rule import Clause, Finding, LooksAt, Measure, Subject, evidence_of, given_away
from bot.space import Space
from bot.texts import N_

STANDS_THERE = N_("Your message has a street address or a phone number. It may not fit.")
TAKE_IT_OUT = N_("Take it out and send the rest again. If it is a place you play at, ask the office to list it.")
SEEN_THERE = N_("A street address or a phone number stands here. A person will look at it.")


@dataclass(frozen=True, slots=True)
class AddressesAndNumbers:
    """Somebody on staff posts a street address, or a phone number of somebody else.

    The district's own numbers and the places of the schedule are fine, as they stand in the settings. A number of the
    author's own is for Employee Guidelines 6, so nobody is told twice about one number. Among staff alone nothing is
    looked at. In the name or topic of a team's place, and in a staff profile, it is for a person to look at. In an
    emergency the message stays, and its author is told. Seven digits that nobody calls a number stay, and a person
    looks. E-mail addresses are for other clauses.
    """

    name: ClassVar[str] = "addresses-and-numbers"
    clause: ClassVar[Clause] = Clause(
        "Employee Guidelines", 15, "No addresses or phone numbers should appear on school-based social media."
    )
    looks_at: ClassVar[LooksAt] = (Message, Space, Profile)
    trace: ClassVar[Trace | None] = PERSONAL

    def check(self, subject: Subject) -> Iterator[Finding]:
        """Find at most once, with everything that stands there as evidence."""
        spots = subject.readings.of(Kind.ADDRESS, Kind.PHONE)
        match subject:
            case Message() as message:
                yield from self._message(message, [spot for spot in spots if _is_for_this_rule(spot)])
            case Space(team=team) if spots and team is not None:
                yield self._review(subject, spots)
            case Profile(owner=owner) if spots and owner.is_staff:
                yield self._review(subject, spots)
            case _:
                return

    def _message(self, message: Message, spots: list[Spot]) -> Iterator[Finding]:
        if not spots or not message.author.is_staff or message.audience.is_staff_alone:
            return
        measures, evidence = given_away(message, spots), evidence_of(message, spots)
        yield Finding(self.name, self.clause, measures, STANDS_THERE, TAKE_IT_OUT, evidence)

    def _review(self, subject: Subject, spots: tuple[Spot, ...]) -> Finding:
        evidence = evidence_of(subject, spots)
        return Finding(self.name, self.clause, frozenset({Measure.REVIEW}), SEEN_THERE, evidence=evidence)


def _is_for_this_rule(spot: Spot) -> bool:
    return spot.kind is Kind.ADDRESS or spot.of_others
