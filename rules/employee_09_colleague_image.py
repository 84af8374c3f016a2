from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar

from bot.message import Message
from bot.readings.found import FILE, Trace
from bot.rule import Clause, Finding, LooksAt, Measure
from bot.texts import N_

NO_YES = N_("The office has no yes from a colleague in your picture. It may not fit.")
ASK_THEM = N_("Ask them, and let the office know. Then post it again.")


@dataclass(frozen=True, slots=True)
class ColleagueImage:
    """Somebody on staff posts a picture of a colleague who has not agreed to be shown.

    The author is asked once, under Employee Guidelines 8, who is in it. The consent register holds colleagues beside
    students; where it has no yes, the message is taken away and its author told. Nobody's face is ever analysed, and
    nobody needs leave to show themselves.
    """

    name: ClassVar[str] = "colleague-image"
    clause: ClassVar[Clause] = Clause(
        "Employee Guidelines", 9, "Authorization to utilize a colleague's image must also be sought."
    )
    looks_at: ClassVar[LooksAt] = (Message,)
    trace: ClassVar[Trace | None] = FILE

    def check(self, message: Message) -> Iterator[Finding]:
        """Look whether every colleague in it may be shown, once it is known who is."""
        if not message.author.is_staff or not message.pictured:
            return
        colleagues = (each for each in message.pictured if each.person.is_staff and each.person != message.author)
        if any(not each.allowed for each in colleagues):
            yield Finding(self.name, self.clause, frozenset({Measure.REMOVE, Measure.TELL}), NO_YES, ASK_THEM)
