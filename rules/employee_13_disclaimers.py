from collections.abc import Iterator
from dataclasses import dataclass
from typing import Annotated, ClassVar, Final

from bot.message import Where
from bot.readings.found import Trace
from bot.rule import Clause, Finding, LooksAt, Measure
from bot.space import Space
from bot.text import fold
from bot.texts import N_

NOT_THERE = N_("Your team's place here does not have the school's note in its topic, or pinned.")
PUT_IT_THERE = N_("Put it in the topic, or pin it. The office can give you the words.")
PUBLISHED: Final = frozenset({Where.TOPIC, Where.PIN})


@dataclass(frozen=True, slots=True)
class Disclaimers:
    """A team's or club's place does not show the district's disclaimer, in its topic or pinned.

    Only the district knows its words, so nothing is asked before they stand in the settings: the whole text, or a few
    words of it that must be there. Capital letters, marks of emphasis and line breaks do not matter. The coaches and
    advisors who read the place are told, and a person hears of it: once, until it is mended. Threads and voice rooms
    belong to their channel, and a place whose pins could not be read is let be.
    """

    name: ClassVar[str] = "disclaimers"
    clause: ClassVar[Clause] = Clause(
        "Employee Guidelines", 13, "Disclaimers should be placed on school-based social media."
    )
    looks_at: ClassVar[LooksAt] = (Space,)
    trace: ClassVar[Trace | None] = None

    must_say: Annotated[
        tuple[str, ...], "What the topic or the pins of every team's place must say, each; empty: nothing is asked."
    ] = ()

    def check(self, space: Space) -> Iterator[Finding]:
        """Compare what is published there with what must be."""
        if not self.must_say or space.team is None or space.connected is not None or not space.pins_known:
            return
        if any(each.where is Where.THREAD_NAME for each in space.words):
            return
        said = [_plain(each.text) for each in space.words if each.where in PUBLISHED]
        if not all(any(_plain(wanted) in each for each in said) for wanted in self.must_say):
            measures = frozenset({Measure.TELL, Measure.REVIEW})
            yield Finding(self.name, self.clause, measures, NOT_THERE, PUT_IT_THERE)


def _plain(text: str) -> str:
    return " ".join(fold(text).text.split())
