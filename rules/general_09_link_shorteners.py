from collections.abc import Iterator
from dataclasses import dataclass
from typing import Annotated, ClassVar, Final

from bot.links import SLASHES, find_links, host_matches
from bot.message import Message, Where
from bot.readings.found import Trace
from bot.readings.hosts import known_shorteners
from bot.rule import Clause, Evidence, Finding, LooksAt, Measure
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
    district lets the service be asked and it has said where the one link leads, the note names the place; and the place
    is looked at by the other rules about links, as if it had been posted itself. By default nobody is asked.
    """

    name: ClassVar[str] = "link-shorteners"
    clause: ClassVar[Clause] = Clause("General Guidelines", 9, "Be aware of URL shortening services.")
    looks_at: ClassVar[LooksAt] = (Message, Space)
    trace: ClassVar[Trace | None] = A_SLASH

    also: Annotated[tuple[str, ...], "Further hosts that shorten links."] = ()
    allowed: Annotated[tuple[str, ...], "Hosts on the lists that the district allows."] = ()

    def check(self, subject: Message | Space) -> Iterator[Finding]:
        """Look at every link, wherever it stands; find at most once, with all of them as evidence."""
        evidence = tuple(self._shortened(subject))
        if evidence:
            measures = frozenset({Measure.TELL if isinstance(subject, Message) else Measure.REVIEW})
            yield Finding(self.name, self.clause, measures, _because(subject, evidence), USE_THE_ORIGINAL, evidence)

    def _shortened(self, subject: Message | Space) -> Iterator[Evidence]:
        shorteners = known_shorteners()
        for where, text in subject.words:
            for link in find_links(text, shorteners):
                host = host_matches(link.host, shorteners) or host_matches(link.host, self.also)
                if host is not None and host_matches(link.host, self.allowed) is None:
                    yield Evidence(Where(where), link.target)


def _because(subject: Message | Space, shortened: tuple[Evidence, ...]) -> Text:
    """Name the place that the one link leads to. One that leads to the next shortened link leads nobody knows where."""
    hosts = [each.landing.host for each in subject.readings.landings if each.link == shortened[0].text]
    if len(shortened) != 1 or len(hosts) != 1 or host_matches(hosts[0], known_shorteners()) is not None:
        return SHORTENED
    return LEADS_TO.filled(host=hosts[0])
