from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from typing import Annotated, ClassVar, Final

from bot.message import Message
from bot.patterns import Literals
from bot.readings.found import Trace
from bot.readings.labels import Label
from bot.rule import Clause, Evidence, Finding, LooksAt, Measure
from bot.text import fold
from bot.texts import N_

QUOTE: Final = (
    "actions taken on social media platforms, whether school based or private, that impact the school environment, may "
    "lead to disciplinary action"
)
IT_COUNTS_TOO = N_("Your message may tell of something that was done to somebody online. A person will look at it.")

ELSEWHERE: Final = (
    *("instagram", "insta", "ig", "finsta", "snapchat", "snap", "snapped", "tiktok", "tik tok", "whatsapp", "facebook"),
    *("messenger", "twitter", "youtube", "reddit", "telegram", "kik", "bereal", "be real", "twitch", "roblox", "xbox"),
    *("fortnite", "minecraft", "imessage", "facetime", "group chat", "groupchat", "gc", "texts", "texted", "texting"),
    *("online", "her story", "his story", "their story", "the internet", "a website", "another server", "fake account"),
)
"""Names and words for places that are not the school's. Alone they are talk."""


@dataclass(frozen=True, slots=True)
class ConductOffPlatform:
    """Somebody tells an adult of harm that was done on another platform: a group chat, a picture in somebody's story.

    Other platforms are not watched, and should not be. What people tell of them counts as what was done here: a person
    looks, in the same kind of case. It can be told in a message, and with `/report` without any message, in words of
    one's own. Talk about other platforms, in which nobody tells of harm, is let be.
    """

    name: ClassVar[str] = "conduct-off-platform"
    clause: ClassVar[Clause] = Clause("Student Guidelines", 7, QUOTE)
    looks_at: ClassVar[LooksAt] = (Message,)
    trace: ClassVar[Trace | None] = Trace(labels=(Label.REPORT,))

    also: Annotated[tuple[str, ...], "Further names of places that are not the school's."] = ()

    def check(self, message: Message) -> Iterator[Finding]:
        """Ask a person where harm is told of, and another place is named."""
        if message.readings.sign(Label.REPORT) is None:
            return
        names = _names((*ELSEWHERE, *self.also))
        folded = ((where, fold(text)) for where, text in message.words)
        evidence = tuple(
            Evidence(where, text.raw[slice(*text.span(hit.start, hit.end))])
            for where, text in folded
            for hit in names.scan(text)
        )
        if evidence:
            yield Finding(self.name, self.clause, frozenset({Measure.REVIEW}), IT_COUNTS_TOO, evidence=evidence)


@cache
def _names(literals: tuple[str, ...]) -> Literals:
    return Literals(literals)
