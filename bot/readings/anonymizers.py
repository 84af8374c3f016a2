"""What hides who or where somebody is, offered, asked for or praised: a VPN, a proxy, an app for anonymous messages."""

import re
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from string import ascii_lowercase, digits
from typing import Final

from bot.links import SLASHES, Link, find_links, host_matches
from bot.patterns import Literals
from bot.readings.hosts import known_anonymizers
from bot.readings.tables import read_words, spaced
from bot.text import Folded

NAMED: Final = "anonymizer"
"""What a clue is called that one of these hosts or names gave."""

TOOLS: Final = (
    *("vpn", "vpns", "proxy", "proxies", "web proxy", "unblocker", "unblockers", "proxy site", "proxy server"),
    *("nordvpn", "expressvpn", "protonvpn", "proton vpn", "surfshark", "windscribe", "tunnelbear", "hotspot shield"),
    *("cyberghost", "mullvad", "zenmate", "betternet", "turbo vpn", "super vpn", "urban vpn"),
    *("psiphon", "ultrasurf", "hola vpn", "opera vpn", "tor browser", "onion browser", "orbot", "lantern vpn"),
    *("croxyproxy", "croxy proxy", "kproxy", "hide.me", "hidester", "proxysite", "holy unblocker", "node unblocker"),
    *("interstellar proxy", "ultraviolet proxy", "rammerhead", "titanium network", "utopia unblocker"),
    *("doge unblocker", "1.1.1.1", "warp vpn", "shadowsocks", "wireguard", "openvpn"),
    *("virtual private network", "virtual private networks", "v p n", "v.p.n", "v-p-n", "vee pee en", "veepeen"),
    *("ipvanish", "purevpn", "privadovpn", "vyprvpn", "strongvpn", "pia vpn", "nord vpn", "express vpn", "veepn"),
    *("vpnbook", "vpngate", "vpnify", "x-vpn", "thunder vpn", "touch vpn", "secure vpn", "planet vpn", "itop vpn"),
    *("hidemyass", "browsec", "setupvpn", "hoxx", "anonymox", "anonytun", "cloudflare warp", "v2ray", "ultra surf"),
    *("freegate vpn", "freegate app", "psiphon3", "psiphon pro", "aloha browser", "tor bundle", "brave tor"),
    *("4everproxy", "proxyium", "blockaway", "filterbypass", "proxfree", "croxy", "kazwire", "hypertabs"),
    *("nebula proxy", "shuttle proxy", "incog proxy", "alloy proxy"),
)
"""Names and words for what hides where somebody is. Alone they are talk."""

MASKS: Final = (
    *("ngl.link", "ngl link", "my ngl", "ngl app", "sendit app", "my sendit", "on sendit"),
    *("tellonym", "sarahah", "curiouscat", "curious cat link", "yik yak", "yikyak", "whisper app", "ask.fm", "askfm"),
    *("fizz app", "sidechat", "lipsi", "connected2.me", "anon box", "anonbox", "yik yack", "yikyack", "sarahah app"),
    *("jodel app", "jodel link", "on jodel", "my jodel", "retrospring", "formspring", "qooh.me", "antiland"),
    *("anonchat", "anonymous messages", "anonymous message", "anonymous questions", "anonymous confessions"),
    "anon messages",
)
"""Names and words for what hides who somebody is."""

PIECES: Final = (*(f".{each}" for each in f"{ascii_lowercase}{digits}-"), *SLASHES, *TOOLS, *MASKS)
"""One of them stands in every folded text in which something could be found."""

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
    r"|baja|descarga|funciona"
    r"|anyone needs?|needs?|pls|plz|please|recs?|saved|goated|clutch|lets|trust me|grab|switch|running|runs?|on a usb"
    r"|on (?:a |my |ur |your |the )?(?:flash|thumb|usb) ?(?:drives?|sticks?)?|dropping|sell(?:ing)?|made an?|still up"
    r"|back up|is back|is up"
    r"|alguien|tienen?|tienes|necesito|ocupo|p[aá]same|pasen|manden?|m[aá]ndame|descargu?en?|instalen?|jalan?|sirven?"
    r"|bajen|c[oó]mo (?:uso|pongo|instalo)|mejor|algu[eé]m|preciso|baixa|baixem|usem|usa o|passa)\b"
)
_ACCUSED: Final = spaced(read_words("anonymizer.toml")["accused"])
"""Who is blamed or punished for it tells of it: the same words for names and for phrases."""
_DISCUSSES: Final = re.compile(
    rf"\b(?:{_ACCUSED}"
    r"|don'?t|do not|never|not (?:allowed|ok|okay|supposed|use)|isn'?t (?:allowed|ok)|aren'?t allowed|against"
    r"|banned|bans?"
    r"|(?:said|says|saying|thinks?|thought|claims?|claimed|told) (?:that )?(?:him |her |them |my mom |my dad )?"
    r"(?:i|we|me)(?:'?m| was| were| am| had| have| used| use| got| been)?"
    r"|what (?:an? |the )?(?:vpns?|prox(?:y|ies)|virtual private networks?) (?:is|are|does|do|hides?|can)"
    r"|encrypt(?:s|ion)|networking|slides?|lecture|variables?|in the (?:model|experiment|study)"
    r"|textbook|chapter|companies|employees|teleworkers?"
    r"|no (?:vpns?|prox(?:y|ies)|anonymous|more)|policy|rules?|handbook|report(?:ed)?"
    r"|block(?:s|ed|ing)? (?:all |any |every |most |the |known )?(?:vpns?|prox(?:y|ies)|unblockers?|tor|anonymous)"
    r"|(?:vpns?|prox(?:y|ies)|unblockers?|it|they|that|apps?) (?:is|are|was|were|gets?|got|been) (?:all |now )?blocked"
    r"|reporting|essay"
    r"|history|project|presentation|research|article|debate|cyber ?security|homework|lesson|class|unit|quiz|vocab"
    r"|definition"
    r"|what (?:is|are|does)|what'?s a|for (?:her|his|their|my) (?:job|work)|works? (?:remotely|from home)"
    r"|work laptop|at work"
    r"|(?:mom|dad|mother|father|parent)'?s? (?:work|job|uses|has)|district(?:'s)?|school(?:'s)? vpn|staff vpn"
    r"|allowed|legal|illegal"
    r"|safe\?|sketchy|scam|virus|hack(?:ed|s)?|stop|deleted?|uninstall(?:ed)?|suspended|detention"
    r"|shut down"
    r"|by proxy|proxy (?:votes?|voting|war|wars|fight|statement|server error)|approved|bullying|mean|hurt(?:ful)?"
    r"|creepy|gross)\b"
)
_VOTES: Final = re.compile(r"\b(?:votes?|voting|voters?|ballots?|quorum|bylaws)\b")
"""Where people vote a proxy is somebody."""
_SOMEBODY: Final = frozenset({"proxy", "proxies"})
_SENTENCE: Final = re.compile(r"[.!?]\s|\n|\b(?:also|btw|anyways?)\b")
_FAR: Final = 200
"""How many characters of a sentence are looked at on each side: a hostile text has no full stop."""


@cache
def known_names() -> Literals:
    """Build the search for names and words once."""
    return Literals((*TOOLS, *MASKS))


@dataclass(frozen=True, slots=True)
class Anonymizers:
    """Which hosts count, beside the lists, and which the district allows."""

    also: tuple[str, ...] = ()
    allowed: tuple[str, ...] = ()

    def find(self, folded: Folded) -> Iterator[tuple[int, int, str]]:
        """Give links, hosts and names: the place in what was typed, half-open, and the words or the target there."""
        names = known_names().scan(folded)
        if not names and not _may_have_a_host(folded.text):
            return
        links = find_links(folded.raw, known_anonymizers())
        yield from ((link.start, link.end, link.target) for link in links if self.hides(link.host))
        yield from self._bare_hosts(folded)
        for hit in names:
            start, end = folded.span(hit.start, hit.end)
            if not _is_within(links, start) and _is_offered(folded.text, hit.start, hit.end):
                yield start, end, folded.raw[start:end]

    def _bare_hosts(self, folded: Folded) -> Iterator[tuple[int, int, str]]:
        for match in _BARE_HOST.finditer(folded.text):
            if self.hides(match[0]) and _is_offered(folded.text, *match.span()):
                yield *folded.span(*match.span()), match[0]

    def hides(self, host: str) -> bool:
        """Say whether a host hides who or where somebody is, by the lists or by its name."""
        if host_matches(host, self.allowed) is not None:
            return False
        listed = host_matches(host, known_anonymizers()) or host_matches(host, self.also)
        return listed is not None or HOST_WORDS.search(host) is not None


def _is_within(links: Sequence[Link], start: int) -> bool:
    """Say whether a place is within one of the links, which stand in order and apart."""
    before = bisect_right(links, start, key=lambda link: link.start)
    return before > 0 and start < links[before - 1].end


def _may_have_a_host(text: str) -> bool:
    """Let most texts go: a host has a dot, or a slash behind it that is spelled."""
    return "." in text.rstrip(".") or "slash" in text


def _is_offered(text: str, start: int, end: int) -> bool:
    """Say whether a name is offered, asked for or praised in its sentence, rather than talked about."""
    first, last = max(0, start - _FAR), end + _FAR
    begins = max((match.end() for match in _SENTENCE.finditer(text, first, start)), default=first)
    following = _SENTENCE.search(text, end, last)
    sentence = text[begins : following.start() if following else last]
    if text[start:end] in _SOMEBODY and _VOTES.search(sentence):
        return False
    return _PROMOTES.search(sentence) is not None and _DISCUSSES.search(sentence) is None
