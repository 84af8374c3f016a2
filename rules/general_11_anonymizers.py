from collections.abc import Iterator
from dataclasses import dataclass
from typing import Annotated, ClassVar, Final

from bot.message import Message
from bot.readings import anonymizers
from bot.readings.found import Trace
from bot.readings.labels import Label
from bot.readings.signs import Sign
from bot.rule import Clause, Evidence, Finding, Host, LooksAt, Measure, words_of
from bot.space import Space
from bot.text import fold
from bot.texts import N_

HIDES = N_("Your message points to something that hides who or where a person is. It may not fit.")
TAKE_IT_OUT = N_("Take it out. If a site you need for school is blocked, ask a teacher to have it opened.")

NOBODY_KNOWN = N_("An app or a webhook posted this, so we do not know who is behind it. A person will look at it.")

A_HOST_OR_A_NAME: Final = Trace(anonymizers.PIECES, (Label.ANONYMIZER,))


@dataclass(frozen=True, slots=True)
class Anonymizers:
    """Somebody passes on a way to hide who or where they are: a VPN, a proxy, an unblocker, an anonymous-message app.

    Hosts are known by two public lists and by what they call themselves. A link to one is found, and a shortened link
    where it is known that it leads to one. A name, such as that of an app, is found only where it is offered, asked for
    or praised; talk about it, such as a rule, a lesson or a warning, is let be. A way that has no name is found where
    the words or the models are sure of it; where only the district's own words ask for a look, a person looks. Whether
    somebody uses one cannot be seen. A post by a webhook or an app hides who wrote it, so a person looks at the
    account.
    """

    name: ClassVar[str] = "anonymizers"
    clause: ClassVar[Clause] = Clause(
        "General Guidelines",
        11,
        "The use of anonymizing services, networks, plug-ins, or applications is prohibited.",
    )
    looks_at: ClassVar[LooksAt] = (Message, Space)
    trace: ClassVar[Trace | None] = A_HOST_OR_A_NAME

    also: Annotated[tuple[Host, ...], "Further hosts that hide who or where somebody is."] = ()
    allowed: Annotated[
        tuple[Host, ...], "Hosts on the lists that the district allows, its own way in from home among them."
    ] = ()

    def check(self, subject: Message | Space) -> Iterator[Finding]:
        """Look at links, hosts and names; find at most once, with all of them as evidence."""
        if isinstance(subject, Message) and subject.relayed:
            yield Finding(self.name, self.clause, frozenset({Measure.REVIEW}), NOBODY_KNOWN, about_author=True)
        known = anonymizers.Anonymizers(self.also, self.allowed)
        evidence = [Evidence(where, words) for where, text in subject.words for _, _, words in known.find(fold(text))]
        sign = _without_a_name(subject)
        if evidence or sign:
            is_told = isinstance(subject, Message) and (evidence or subject.readings.is_sure(Label.ANONYMIZER))
            measures = frozenset({Measure.TELL if is_told else Measure.REVIEW})
            yield Finding(self.name, self.clause, measures, HIDES, TAKE_IT_OUT, (*evidence, *words_of(subject, sign)))


def _without_a_name(subject: Message | Space) -> Sign | None:
    """Give the sign of a way that neither a host nor a name shows. Those are for the settings, also if allowed."""
    sign = subject.readings.sign(Label.ANONYMIZER)
    named = sign is not None and any(clue.name == anonymizers.NAMED for clue in sign.clues)
    return sign if sign is not None and (sign.sure or sign.asked_for) and not named else None
