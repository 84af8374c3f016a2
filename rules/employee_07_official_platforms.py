from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import Annotated, ClassVar, Final

from annotated_types import Ge, Le

from bot.message import Message
from bot.readings.found import Trace
from bot.readings.labels import Label
from bot.rule import Choice, Clause, Finding, LooksAt, Measure, words_of
from bot.texts import N_
from rules.employee_05_friends_and_followers import befriends, measures_for

ELSEWHERE: Final = Trace(labels=(Label.OFFPLATFORM,))

MOVES_AWAY = N_("Your message asks people to write, call or meet somewhere else. It may not fit.")
MAY_MOVE_AWAY = N_("This may ask people to write, call or meet somewhere else. A person will look at it.")
THE_OFFICIAL_WAY = N_("Write to the team here. For one person use school mail, or the phone of the office.")


@dataclass(frozen=True, slots=True)
class OfficialPlatforms:
    """Somebody on staff moves talk to another platform, a private phone or a meeting link of their own.

    The author is told, alone, and shown the official way. Who was told before and does it again is for a person, and so
    is what is not sure; where one student alone reads, that person looks before anybody is told again, the first time
    already where the words may be too close. Among staff alone nothing is looked at, and in an emergency any way is
    fine. What a student asks is never found here. Asking to follow or friend a student is for Employee Guidelines 5.
    Where the words are surely too close besides, General Guidelines 1 alone has them, and nobody is told.
    """

    name: ClassVar[str] = "official-platforms"
    clause: ClassVar[Clause] = Clause(
        "Employee Guidelines",
        7,
        "Official business of the school should occur through existing school provided platforms",
    )
    looks_at: ClassVar[LooksAt] = (Message,)
    trace: ClassVar[Trace | None] = ELSEWHERE

    repeated_within_days: Annotated[
        Annotated[int, Ge(0), Le(90)],
        "Somebody told within so many days before is for a person when it happens again.",
    ] = 30

    def check(self, message: Message) -> Iterator[Finding]:
        """Find at most once."""
        sign = message.readings.sign(Label.OFFPLATFORM)
        if sign is None or not _is_for_this_rule(message):
            return
        evidence, choices = words_of(message, sign), (Choice.DELETE,)
        if not sign.sure:
            yield Finding(self.name, self.clause, frozenset({Measure.REVIEW}), MAY_MOVE_AWAY, evidence=evidence)
            return
        again = message.was_told(str(self.clause), timedelta(days=self.repeated_within_days))
        measures = measures_for(message, again=again)
        yield Finding(self.name, self.clause, measures, MOVES_AWAY, THE_OFFICIAL_WAY, evidence, choices=choices)


def _is_for_this_rule(message: Message) -> bool:
    if not message.author.is_staff or message.audience.is_staff_alone or message.emergency:
        return False
    return not message.readings.is_sure(Label.BOUNDARY) and not befriends(message)
