from collections.abc import Iterator
from dataclasses import dataclass
from typing import Annotated, ClassVar, Final

from bot.links import SLASHES, find_links, host_matches
from bot.message import Message, Where
from bot.readings.found import Trace
from bot.readings.hosts import known_shorteners
from bot.readings.signs import Slow
from bot.rule import Clause, Evidence, Finding, Host, LooksAt, Measure
from bot.space import Space
from bot.texts import N_, Text

A_SLASH: Final = Trace(SLASHES)

SHORTENED = N_("Your message has a shortened link. Nobody can see where it leads before they open it.")
LEADS_TO = N_("Your message has a shortened link. It leads to {host}, and nobody can see that before they open it.")
USE_THE_ORIGINAL = N_("Look where it leads. Then post the full link instead.")


@dataclass(frozen=True, slots=True)
class LinkShorteners:
    """A link goes through a shortening service, so nobody can see where it leads.

    The services are known by two public lists. Spaced, spelled-out and otherwise disguised links count too. Where the
    district lets the service be asked, the note waits for its answer; if it has said where the one link leads, the note
    names the place, and the place is looked at by the other rules about links, as if it had been posted itself. By
    default nobody is asked.
    """

    name: ClassVar[str] = "link-shorteners"
    clause: ClassVar[Clause] = Clause("General Guidelines", 9, "Be aware of URL shortening services.")
    looks_at: ClassVar[LooksAt] = (Message, Space)
    trace: ClassVar[Trace | None] = A_SLASH

    also: Annotated[tuple[Host, ...], "Further hosts that shorten links."] = ()
    allowed: Annotated[tuple[Host, ...], "Hosts on the lists that the district allows."] = ()

    def check(self, subject: Message | Space) -> Iterator[Finding]:
        """Look at every link, wherever it stands; find at most once, with all of them as evidence."""
        evidence = tuple(self._shortened(subject))
        if evidence:
            measures = frozenset({Measure.TELL if isinstance(subject, Message) else Measure.REVIEW})
            because, awaits = self._because(subject, evidence), _awaits(evidence)
            yield Finding(self.name, self.clause, measures, because, USE_THE_ORIGINAL, evidence, awaits=awaits)

    def _shortened(self, subject: Message | Space) -> Iterator[Evidence]:
        shorteners = known_shorteners(self.also)
        for where, text in subject.words:
            for link in find_links(text, shorteners):
                host = host_matches(link.host, shorteners)
                if host is not None and host_matches(link.host, self.allowed) is None:
                    yield Evidence(Where(where), link.target)

    def _because(self, subject: Message | Space, shortened: tuple[Evidence, ...]) -> Text:
        """Name the place that the one link leads to. One that leads to the next such link leads nobody knows where."""
        led = {each.link: each.landing.host for each in subject.readings.landings}
        host, *others = {led.get(each.text) for each in shortened}  # a platform may tell one link in two ways
        if host is None or others or host_matches(host, known_shorteners(self.also)) is not None:
            return SHORTENED
        return LEADS_TO.filled(host=host)


def _awaits(shortened: tuple[Evidence, ...]) -> Slow | None:
    """Wait for where it leads. Of what stands in a picture only, nobody is asked: it is read too late for that."""
    in_pictures_only = all(each.where is Where.PICTURE_TEXT for each in shortened)
    return None if in_pictures_only else Slow.LANDING
