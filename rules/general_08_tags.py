from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar, Final

from bot.profile import Profile
from bot.readings.found import Trace
from bot.readings.labels import Label
from bot.rule import NAMES, Clause, Finding, LooksAt, Measure, words_in
from bot.space import Space
from bot.texts import N_

LABELS: Final = (Label.HARASSMENT, Label.PROFANITY, Label.SEXUAL, Label.SUBSTANCES)
"""What must not be in a name. Self-harm and threats are looked for there by the rules about safety."""

NAMED_SO = N_("A name, a topic or a tag has words that may not fit. A person will look at it.")


@dataclass(frozen=True, slots=True)
class Tags:
    """The name of a place, its topic, a tag, an event, an emoji, or how somebody is called, may not fit.

    Such words are seen by all, all the time, and no message carries them; so they are looked at for what messages are:
    insults, swearing, sexual talk and drugs, sure or not. A person looks; nothing is renamed. Threats and self-harm in
    them are for the rules about safety, which may alert people. The names of files and threads in a message are looked
    at with the message.
    """

    name: ClassVar[str] = "tags"
    clause: ClassVar[Clause] = Clause(
        "General Guidelines", 8, "Be aware of words used to tag or describe the bookmark."
    )
    looks_at: ClassVar[LooksAt] = (Space, Profile)
    trace: ClassVar[Trace | None] = Trace(labels=LABELS)

    def check(self, subject: Space | Profile) -> Iterator[Finding]:
        """Look at everything that names or describes; find at most once."""
        evidence = words_in(subject, NAMES, *map(subject.readings.sign, LABELS))
        if evidence:
            yield Finding(self.name, self.clause, frozenset({Measure.REVIEW}), NAMED_SO, evidence=evidence)
