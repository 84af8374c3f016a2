from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Annotated, ClassVar, Final

from annotated_types import Ge, Le

from bot.links import find_links
from bot.message import Message, Where
from bot.people import Role
from bot.readings.found import Trace
from bot.readings.labels import Label
from bot.readings.signs import Slow
from bot.rule import Choice, Clause, Finding, LooksAt, Measure
from bot.texts import N_

QUOTE: Final = "What you contribute leaves a digital footprint for all to see."
SAFETY_CUES: Final = (Label.SELF_HARM, Label.THREAT, Label.REPORT)
HEATED: Final = (Label.HARASSMENT, Label.PROFANITY)

LOOK_AGAIN = N_("Many people may see what you just posted, and it may stay online for a long time.")
READ_IT_ONCE_MORE = N_("Read it once more. If you still want it there, leave it. If not, delete it.")


@dataclass(frozen=True, slots=True)
class ThinkBeforePosting:
    """Somebody posts at a moment when people often wish later that they had not.

    Such moments are: a link and a picture in one message; a very long message that may be an angry one; and, late at
    night by the district's clock, a link, a picture or a very long message. The author alone gets a gentle note, and
    not again for some days. It is never a case, and nothing is taken away. It gives way: there is no nudge where the
    author gets any other note about the message, or where that is taken away. Whoever may be in danger or asks for help
    is never nudged. Nor is anybody in an emergency or a private matter, or where nobody else but staff reads.
    """

    name: ClassVar[str] = "think-before-posting"
    clause: ClassVar[Clause] = Clause("General Guidelines", 5, QUOTE)
    looks_at: ClassVar[LooksAt] = (Message,)
    trace: ClassVar[Trace | None] = None

    once_in_days: Annotated[Annotated[int, Ge(1), Le(120)], "Nobody is nudged more than once in so many days."] = 14
    long_message: Annotated[Annotated[int, Ge(1)], "From how many characters on a message is very long."] = 600
    night_from: Annotated[Annotated[int, Ge(0), Le(23)], "The hour at which it is late at night."] = 22
    night_until: Annotated[Annotated[int, Ge(0), Le(23)], "The hour at which the night is over."] = 5

    def check(self, message: Message) -> Iterator[Finding]:
        """Nudge the author, unless they were nudged not long ago."""
        if self._is_risky(message) and not self._is_spared(message):
            found = Finding(self.name, self.clause, frozenset({Measure.TELL}), LOOK_AGAIN, READ_IT_ONCE_MORE)
            # The models may find something that it has to give way to.
            yield replace(found, choices=(Choice.DELETE, Choice.SEEN), gives_way=True, awaits=Slow.MEANING)

    def _is_risky(self, message: Message) -> bool:
        at_night = self._is_night(message.hour)
        is_long = sum([len(each.text) for each in message.words if each.where is Where.BODY]) >= self.long_message
        if is_long and (at_night or _is_any(message, HEATED)):
            return True
        if at_night:
            return bool(message.pictures) or _has_link(message)
        return len(message.words) > 1 and bool(message.pictures) and _has_link(message)

    def _is_night(self, hour: int) -> bool:
        """Say whether an hour is of the night, which may run over midnight."""
        if self.night_from <= self.night_until:
            return self.night_from <= hour < self.night_until
        return hour >= self.night_from or hour < self.night_until

    def _is_spared(self, message: Message) -> bool:
        if message.relayed or message.emergency or message.matter is not None or message.author.has(Role.STRANGER):
            return True
        if message.audience.is_staff_alone or _is_any(message, SAFETY_CUES):
            return True
        before = message.told_before(str(self.clause))
        return before is not None and message.sent_at - before < timedelta(days=self.once_in_days)


def _is_any(message: Message, labels: tuple[Label, ...]) -> bool:
    return any(message.readings.sign(each) is not None for each in labels)


def _has_link(message: Message) -> bool:
    return any(each.where is Where.LINK_TARGET or find_links(each.text) for each in message.words)
