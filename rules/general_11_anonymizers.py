import re
from collections.abc import Container, Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from string import ascii_lowercase, digits
from typing import Annotated, ClassVar, Final

from bot.links import SLASHES, find_links, host_matches
from bot.message import Message, Where
from bot.patterns import Hit, Literals
from bot.readings.found import Trace
from bot.rule import Clause, Evidence, Finding, LooksAt, Measure
from bot.space import Space
from bot.text import Folded, fold
from bot.texts import N_

LISTS: Final = ("vpn_domains_ut1.txt", "doh_domains_ut1.txt")

HIDES = N_("Your message points to something that hides who or where a person is. It may not fit.")
TAKE_IT_OUT = N_("Take it out. If a site you need for school is blocked, ask a teacher to have it opened.")

NOBODY_KNOWN = N_("An app or a webhook posted this, so we do not know who is behind it. A person will look at it.")

TOOLS: Final = (
    *("vpn", "vpns", "proxy", "proxies", "web proxy", "unblocker", "unblockers", "proxy site", "proxy server"),
    *("nordvpn", "expressvpn", "protonvpn", "proton vpn", "surfshark", "windscribe", "tunnelbear", "hotspot shield"),
    *(
        "cyberghost",
        "private internet access",
        "mullvad",
        "zenmate",
        "betternet",
        "turbo vpn",
        "super vpn",
        "urban vpn",
    ),
    *("psiphon", "ultrasurf", "hola vpn", "opera vpn", "tor browser", "onion browser", "orbot", "lantern vpn"),
    *("croxyproxy", "croxy proxy", "kproxy", "hide.me", "hidester", "proxysite", "holy unblocker", "node unblocker"),
    *(
        "interstellar proxy",
        "ultraviolet proxy",
        "rammerhead",
        "titanium network",
        "utopia unblocker",
        "doge unblocker",
    ),
    *("1.1.1.1", "warp vpn", "shadowsocks", "wireguard", "openvpn"),
)
"""Names and words for what hides where somebody is. Alone they are talk."""

MASKS: Final = (
    *("ngl.link", "ngl link", "my ngl", "ngl app", "on ngl", "the ngl", "sendit app", "my sendit", "on sendit"),
    *("tellonym", "sarahah", "curiouscat", "curious cat", "yik yak", "yikyak", "whisper app", "ask.fm", "askfm"),
    *("fizz app", "sidechat", "lipsi", "lmk app", "saraha", "connected2.me", "anon box", "anonbox", "tbh app"),
    *("anonymous messages", "anonymous message", "anonymous questions", "anonymous confessions", "anon messages"),
)
"""Names and words for what hides who somebody is."""

A_HOST_OR_A_NAME: Final = Trace((*(f".{each}" for each in f"{ascii_lowercase}{digits}-"), *SLASHES, *TOOLS, *MASKS))

HOST_WORDS: Final = re.compile(
    r"(?:unblock|anonymi[sz]|anonymous|anonym|(?:web|free|best|my|croxy|k)-?prox(?:y|ies)|proxysite|vpn)"
)
_BARE_HOST: Final = re.compile(r"(?<![\w@./-])(?:[a-z0-9-]+\.){1,4}[a-z]{2,12}(?![\w@-])")

_PROMOTES: Final = re.compile(
    r"\b(?:use|using|try|get|got|gets|download|install|installed|join|turn on|switch to|works?|working|worked"
    r"|bypass(?:es)?"
    r"|get (?:around|past|through)|gets (?:around|past|through)|here'?s|here is|this is|link|free|send me|sends? me"
    r"|ask me"
    r"|tell me|dm me|add me|check out|just|best|good|better|fast|connect|how (?:do|to|can)|anyone (?:have|got|know)"
    r"|any"
    r"|who has|have a|need a?|want|recommend|go to|hop on|leave me|post|drop|do|unblocks?|my|lets you|you can|usa"
    r"|usen|prueba"
    r"|baja|descarga|funciona)\b"
)
_DISCUSSES: Final = re.compile(
    r"\b(?:don'?t|do not|never|not (?:allowed|ok|okay|supposed|use)|isn'?t (?:allowed|ok)|aren'?t allowed|against"
    r"|banned|bans?"
    r"|no (?:vpns?|prox(?:y|ies)|anonymous|more)|blocked|blocks|blocking|policy|rules?|handbook|report(?:ed)?"
    r"|reporting|essay"
    r"|history|project|presentation|research|article|debate|cyber ?security|homework|lesson|class|unit|quiz|vocab"
    r"|definition"
    r"|what (?:is|are|does)|what'?s a|for (?:her|his|their|my) (?:job|work)|works? (?:remotely|from home)"
    r"|work laptop|at work"
    r"|(?:mom|dad|mother|father|parent)'?s? (?:work|job|uses|has)|district(?:'s)?|school(?:'s)? vpn|staff vpn"
    r"|allowed|legal|illegal"
    r"|safe\?|sketchy|scam|virus|hack(?:ed|s)?|stop|deleted?|uninstall(?:ed)?|got in trouble|suspended|detention"
    r"|shut down"
    r"|by proxy|proxy (?:vote|voting|war|wars|fight|statement|server error)|approved|bullying|mean|hurt(?:ful)?"
    r"|creepy|gross)\b"
)
_SENTENCE: Final = re.compile(r"[.!?]\s|\n")


@cache
def known_anonymizers() -> frozenset[str]:
    """Read the hosts of both public lists; `rules/data/NOTICE.md` names their source and licence."""
    lines = (line for name in LISTS for line in (Path(__file__).parent / "data" / name).read_text("utf-8").splitlines())
    return frozenset(line.strip().lower() for line in lines if line.strip() and not line.startswith("#"))


@cache
def known_names() -> Literals:
    """Build the search for names and words once."""
    return Literals((*TOOLS, *MASKS))


@dataclass(frozen=True, slots=True)
class Anonymizers:
    """Somebody passes on a way to hide who or where they are: a VPN, a proxy, an unblocker, an anonymous-message app.

    Hosts are known by two public lists and by what they call themselves. A link to one is found, and a shortened link
    where it is known that it leads to one. A name, such as that of an app, is found only where it is offered, asked for
    or praised; talk about it, such as a rule, a lesson or a warning, is let be. Whether somebody uses one cannot be
    seen. A post by a webhook or an app hides who wrote it, so a person looks at the account.
    """

    name: ClassVar[str] = "anonymizers"
    clause: ClassVar[Clause] = Clause(
        "General Guidelines",
        11,
        "The use of anonymizing services, networks, plug-ins, or applications is prohibited.",
    )
    looks_at: ClassVar[LooksAt] = (Message, Space)
    trace: ClassVar[Trace | None] = A_HOST_OR_A_NAME

    also: Annotated[tuple[str, ...], "Further hosts that hide who or where somebody is."] = ()
    allowed: Annotated[
        tuple[str, ...], "Hosts on the lists that the district allows, its own way in from home among them."
    ] = ()

    def check(self, subject: Message | Space) -> Iterator[Finding]:
        """Look at links, hosts and names; find at most once, with all of them as evidence."""
        if isinstance(subject, Message) and subject.relayed:
            yield Finding(self.name, self.clause, frozenset({Measure.REVIEW}), NOBODY_KNOWN, about_author=True)
        evidence: list[Evidence] = []
        for where, text in subject.words:
            folded = fold(text)
            names = known_names().scan(folded)
            if names or _may_have_a_host(folded.text):
                evidence += (Evidence(where, each) for each in self._offered(folded, names))
        evidence += self._landed(subject)
        if evidence:
            measures = frozenset({Measure.TELL if isinstance(subject, Message) else Measure.REVIEW})
            yield Finding(self.name, self.clause, measures, HIDES, TAKE_IT_OUT, tuple(evidence))

    def _landed(self, subject: Message | Space) -> Iterator[Evidence]:
        """Look at where shortened links lead, as if that had been posted."""
        for each in subject.readings.landings:
            if self._hides(each.landing.host, known_anonymizers()):
                yield Evidence(Where(subject.words[each.part].where), each.landing.host)

    def _offered(self, folded: Folded, names: tuple[Hit, ...]) -> Iterator[str]:
        hosts = known_anonymizers()
        links = find_links(folded.raw, hosts)
        yield from (link.target for link in links if self._hides(link.host, hosts))
        yield from self._bare_hosts(folded, hosts)
        for hit in names:
            start, end = folded.span(hit.start, hit.end)
            within = any(link.start <= start < link.end for link in links)
            if not within and _is_offered(folded.text, hit.start, hit.end):
                yield folded.raw[start:end]

    def _bare_hosts(self, folded: Folded, hosts: Container[str]) -> Iterator[str]:
        for match in _BARE_HOST.finditer(folded.text):
            if self._hides(match[0], hosts) and _is_offered(folded.text, *match.span()):
                yield match[0]

    def _hides(self, host: str, hosts: Container[str]) -> bool:
        if host_matches(host, self.allowed) is not None:
            return False
        listed = host_matches(host, hosts) or host_matches(host, self.also)
        return listed is not None or HOST_WORDS.search(host) is not None


def _may_have_a_host(text: str) -> bool:
    """Let most texts go: a host has a dot, or a slash behind it that is spelled."""
    return "." in text.rstrip(".") or "slash" in text


def _is_offered(text: str, start: int, end: int) -> bool:
    """Say whether a name is offered, asked for or praised in its sentence, rather than talked about."""
    begins = max((match.end() for match in _SENTENCE.finditer(text, 0, start)), default=0)
    following = _SENTENCE.search(text, end)
    sentence = text[begins : following.start() if following else len(text)]
    return _PROMOTES.search(sentence) is not None and _DISCUSSES.search(sentence) is None
