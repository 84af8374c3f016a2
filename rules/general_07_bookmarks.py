from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar, Final

from bot.message import Message, Where
from bot.readings.found import Trace
from bot.readings.labels import Label
from bot.rule import Clause, Finding, LooksAt, Measure, words_in
from bot.space import Space
from bot.texts import N_

LABELS: Final = (
    Label.HARASSMENT,
    Label.PROFANITY,
    Label.SEXUAL,
    Label.SUBSTANCES,
    Label.SELF_HARM,
    Label.THREAT,
)
"""What must not stand where all can see it for long."""

PINNED_HERE = N_("What is pinned or saved here for all to see may not fit. A person will look at it.")


@dataclass(frozen=True, slots=True)
class Bookmarks:
    """What is pinned to a place, or saved there as a bookmark, may not fit.

    It stands there longer than any message and is seen by whoever comes, so it is looked at as a thing of its own: for
    insults and threats, swearing, sexual talk, drugs and self-harm, sure or not. A person
    looks; nothing is taken away. What somebody saves for themselves alone cannot be seen.
    """

    name: ClassVar[str] = "bookmarks"
    clause: ClassVar[Clause] = Clause(
        "General Guidelines", 7, "Be aware that others can view the sites that you bookmark."
    )
    looks_at: ClassVar[LooksAt] = (Message, Space)
    trace: ClassVar[Trace | None] = Trace(labels=LABELS)

    def check(self, subject: Message | Space) -> Iterator[Finding]:
        """Look at pins wherever they are told of, and at a place's own links; find at most once."""
        places = {Where.PIN} if isinstance(subject, Message) else {Where.PIN, Where.LINK_TEXT, Where.LINK_TARGET}
        evidence = words_in(subject, places, *map(subject.readings.sign, LABELS))
        if evidence:
            yield Finding(self.name, self.clause, frozenset({Measure.REVIEW}), PINNED_HERE, evidence=evidence)
