from collections.abc import Iterator
from dataclasses import dataclass
from typing import Annotated, ClassVar

from bot.message import Message
from bot.readings.found import Trace
from bot.rule import Clause, Finding, LooksAt, Measure
from bot.texts import N_
from rules.employee_01_fraternizing import is_alone_with_a_student

NOT_SET_UP = N_("Somebody on staff writes to one student in a place the district has not set up. A person will look.")


@dataclass(frozen=True, slots=True)
class DistrictPlatforms:
    """Somebody on staff who coaches nothing writes to one student alone, in a place that is registered for no team.

    It is for a person, once for each account; nothing is taken away, and nobody is told. Emergencies are excepted, as
    the clause says. The registered places of teams and clubs are the district's own, and so is what stands in the
    settings, such as a help desk. What coaches and advisors write is for Employee Guidelines 4.
    """

    name: ClassVar[str] = "district-platforms"
    clause: ClassVar[Clause] = Clause(
        "Employee Guidelines",
        2,
        "All e-contacts with students should be through the district's email/telephone system or through a "
        "depersonalized social media platform, set up through the district's existing network, except in emergency "
        "situations.",
    )
    looks_at: ClassVar[LooksAt] = (Message,)
    trace: ClassVar[Trace | None] = None

    also_set_up: Annotated[
        tuple[str, ...], "Further places that the district has set up for staff and students, by the platform's id."
    ] = ()

    def check(self, message: Message) -> Iterator[Finding]:
        """Find at most once."""
        if message.team_place or message.place in self.also_set_up or not is_alone_with_a_student(message):
            return
        yield Finding(self.name, self.clause, frozenset({Measure.REVIEW}), NOT_SET_UP, about_author=True)
