"""Links in a text, also those dressed up so that no filter sees them. Pure: nothing is opened or looked up."""

import re
from bisect import bisect_left
from collections.abc import Container, Iterator
from dataclasses import dataclass, field
from itertools import chain
from typing import Final
from urllib.parse import unquote

from bot.text import Folded, fold, join_spaced, read_signs

SLASHES: Final = ("/", "slash")
"""One of them stands in every folded text that has a link."""


@dataclass(frozen=True, slots=True)
class Link:
    """A link and its place in the text as typed, half-open. `host` is lower case, in its ASCII (punycode) form."""

    target: str = field(repr=False)
    host: str
    label: str = field(repr=False)
    """The words shown instead of the target, in Slack's and Markdown's forms; else empty."""
    start: int
    end: int


def find_links(text: str, known_hosts: Container[str] = ()) -> tuple[Link, ...]:
    """Find the links of a text, in order.

    A link has a scheme or a host with a path; a bare host is none. Forms that ordinary sentences may have too
    ("bit . ly / abc", "bit dot ly slash abc") count only when their host, or a parent of it, is in `known_hosts`;
    then that known host is given.
    """
    if "/" not in text and "%" not in text and text.isascii() and "slash" not in text.lower():
        return ()
    folded = fold(text)
    if "/" not in folded.text and "slash" not in folded.text:
        return ()
    taken = bytearray(len(text))
    found: list[Link] = []
    for link in chain(
        _signed(folded, known_hosts),
        _spelled(folded, known_hosts),
        _voiced(folded, known_hosts),
        _typed(folded, known_hosts),
        _unfolded(folded, known_hosts),
        _joined(folded, known_hosts),
    ):
        if taken.find(1, link.start, link.end) < 0:
            taken[link.start : link.end] = b"\1" * (link.end - link.start)
            found.append(link)
    return tuple(sorted(found, key=lambda link: link.start))


def host_matches(host: str, hosts: Container[str]) -> str | None:
    """Give the host or the nearest parent domain of it that is among `hosts`; None if there is none."""
    while host:
        if host in hosts:
            return host
        _, _, host = host.partition(".")
    return None


_SCHEME = r"h(?:tt|xx)ps?(?::|\[:\]|\(:\))//"
_BRACKETED_DOT = r"[\[({](?:\.|dot)[\])}]"
_LABEL = r"[^\W_](?:[^\W_]|-){0,62}"
_ADDRESS = re.compile(
    rf"""(?xi)
      <(?P<slack>https?://[^\s<>|]+)(?:\|(?P<name>[^<>\n]*))?>
    | \[(?P<label>[^\[\]\n]*)\]\(\s?<?(?P<markdown>https?://(?:[^\s<>()]|\([^\s<>()]*\))+)>?\s?\)
    | (?P<url>{_SCHEME}[^\s<>|"`]+)
    | (?<![\w.@%-])(?P<bare>(?P<host>(?:{_LABEL}(?:\.|{_BRACKETED_DOT})){{1,9}}{_LABEL})(?::\d{{1,5}})?/[^\s<>|"`]+)
    """
)
_DOTS = re.compile(rf"(?i)[\u3002\uff0e\uff61\u2024]|{_BRACKETED_DOT}")  # dots that browsers or readers take for one
_SCHEME_AHEAD = re.compile(rf"(?i){_SCHEME}")
_PARTS = re.compile(rf"(?i)(?P<scheme>{_SCHEME}/*)?(?P<authority>[^/?#\\]*)")
_PORT = re.compile(r":\d*$")
LONGEST_HOST = 253
_TRAILING = ".,;:!?'\"*~`"
_PAIRS = ("()", "[]", "{}")


def _words(table: str) -> frozenset[str]:
    return frozenset(table.split())


# Endings of hosts that are taken without a scheme: all countries, and those that are no word of everyday English.
# Others count when the host is known or begins with www.
_ENDINGS = _words(
    """
    ac ad ae af ag ai al am ao aq ar as at au aw ax az ba bb bd be bf bg bh bi bj bm bn bo br bs bt bw by bz ca
    cc cd cf cg ch ci ck cl cm cn co cr cu cv cw cx cy cz de dj dk dm do dz ec ee eg er es et eu fi fj fk fm fo
    fr ga gd ge gf gg gh gi gl gm gn gp gq gr gs gt gu gw gy hk hm hn hr ht hu id ie il im in io iq ir is it je
    jm jo jp ke kg kh ki km kn kp kr kw ky kz la lb lc li lk lr ls lt lu lv ly ma mc md me mg mh mk ml mm mn mo
    mp mq mr ms mt mu mv mw mx my mz na nc ne nf ng ni nl no np nr nu nz om pa pe pf pg ph pk pl pm pn pr ps pt
    pw py qa re ro rs ru rw sa sb sc sd se sg sh si sk sl sm sn so sr ss st su sv sx sy sz tc td tf tg th tj tk
    tl tm tn to tr tt tv tw tz ua ug uk us uy uz va vc ve vg vi vn vu wf ws ye yt za zm zw com net org edu gov
    mil int info biz name pro mobi aero coop museum tel asia agency app bid bio blog cfd chat click cloud club
    codes company cyou design dev email events fyi gallery icu ink link lol ltd media moe monster network ninja
    online ooo page photos pics pub sbs site social software solutions stream studio tech tools vip wang website
    wiki wtf xin xyz zip zone
    """
)


def _plain(text: str, known_hosts: Container[str]) -> Iterator[Link]:
    """Find the forms that a browser or a platform knows, and the usual ways to take their edge off."""
    for match in _ADDRESS.finditer(text):
        link = _read(match, known_hosts)
        if link is not None:
            yield link


def _read(match: re.Match[str], known_hosts: Container[str]) -> Link | None:
    start, end = match.span()
    if target := match["slack"] or match["markdown"]:
        label = match["name"] or match["label"] or ""
    else:
        target, label = _trimmed(match[0], match.string[max(start - 1, 0) : start]), ""
        end = start + len(target)
    parts = _PARTS.match(target)
    if parts is None:
        return None
    host = _host(parts["authority"], known_hosts)
    if not parts["scheme"] and not (target[parts.end() + 1 :] and _ends_like_a_host(host, known_hosts)):
        return None
    if not host:
        return None
    target = target.replace("&amp;", "&") if match["slack"] else target
    return Link(_DOTS.sub(".", target), host, label, start, end)


def _trimmed(address: str, before: str) -> str:
    """Leave off what the sentence wrote behind the address, such as a full stop or a closing bracket."""
    closing = "".join(pair[1] for pair in _PAIRS if pair[0] not in address)
    return address.rstrip(_TRAILING + closing + ("_" if before == "_" else ""))


def _host(authority: str, known_hosts: Container[str]) -> str:
    """Read the host out of an authority, however it is dressed up. Empty when there is no host."""
    typed = _PORT.sub("", authority.rpartition("@")[2].lower()).rstrip(".")
    plain = _PORT.sub("", unquote(_DOTS.sub(".", typed))).strip(".[]")
    if len(plain) > LONGEST_HOST or not any(map(str.isalnum, plain)):
        return ""
    seen = fold(plain).text
    host = plain if plain.isascii() else _punycode(plain)
    if seen != host and host_matches(seen, known_hosts):
        return seen
    return _well_known(seen, known_hosts) or host


def _punycode(host: str) -> str:
    try:
        return host.encode("idna").decode()
    except UnicodeError:  # an empty or overlong label, half a character: no browser opens it
        return host


def _ends_like_a_host(host: str, known_hosts: Container[str]) -> bool:
    """Tell `bit.ly/abc` from `practice.water/snacks`."""
    if host.startswith("www.") or host_matches(host, known_hosts):
        return True
    return "." in host and host.rpartition(".")[2] in _ENDINGS


def _typed(folded: Folded, known_hosts: Container[str]) -> Iterator[Link]:
    """Find what stands there as it was typed, unless an unseen mark has cut the front off a host."""
    for link in _plain(folded.raw, known_hosts):
        if _SCHEME_AHEAD.match(link.target) or not _runs_in(folded, link.start):
            yield link


def _runs_in(folded: Folded, start: int) -> bool:
    if folded.offsets is None:
        return False
    place = bisect_left(folded.offsets, start)
    before = folded.text[max(place - 1, 0) : place]
    return before.isalnum() or before in {".", "@", "%", "-"}


def _unfolded(folded: Folded, known_hosts: Container[str]) -> Iterator[Link]:
    """Find what stands there only once the text is folded: invisible characters, percent signs, emphasis."""
    if folded.text == folded.raw.lower():
        return
    for link in _plain(folded.text, known_hosts):
        start, end = folded.span(link.start, link.end)
        target = link.target if link.label else _as_typed(folded, link.start, link.end)
        yield Link(target, link.host, link.label, start, end)


def _joined(folded: Folded, known_hosts: Container[str]) -> Iterator[Link]:
    """Find known hosts whose letters stand one by one."""
    view = join_spaced(folded)
    if view is not folded:
        yield from (link for link in _unfolded(view, known_hosts) if host_matches(link.host, known_hosts))


def _as_typed(folded: Folded, start: int, end: int) -> str:
    """Give a part of the folded text with its capitals: the path of a link depends on them."""
    places = folded.offsets or range(len(folded.raw))
    pairs = zip(folded.text[start:end], places[start:end], strict=True)
    return "".join(folded.raw[place] if folded.raw[place].lower() == letter else letter for letter, place in pairs)


_SPELLED_SCHEME = r"(?:h(?:tt|xx)ps?[ \t]?(?::|\[:\])[ \t]?/[ \t]?/[ \t]?)?"
_SPELLED_LABEL = r"[a-z0-9][a-z0-9-]{0,62}"
_SPELLED_DOT = (
    r"(?:[ \t]{0,3}(?:[.·•‧∙]|[\[({] ?(?:\.|dot) ?[\])}])[ \t]{0,3}"  # such dots are often drawn
    r"|[ \t\n,]{1,3}(?:dot|punto|ponto|period)[ \t\n,]{1,3}|[-_]dot[-_]|,(?=[a-z]))"
)
_SPELLED_SLASH = (
    r"(?:[ \t\n]{0,3}[\[({]?/{1,2}[\])}]?[ \t\n]{0,3}|[ \t\n,]{1,3}(?:(?:forward|fwd)[ \t])?slash[ \t\n,]{1,3}"
    r"|[ \t]{0,3}[\[({]slash[\])}][ \t]{0,3}|[-_]slash[-_])"
)
_SPELLED = re.compile(
    rf"(?<![a-z0-9-]){_SPELLED_SCHEME}(?P<host>{_SPELLED_LABEL}(?:{_SPELLED_DOT}{_SPELLED_LABEL}){{1,5}})"
    rf"{_SPELLED_SLASH}(?P<path>[^\s<>|\"`]+)"
)
_A_DOT = re.compile(_SPELLED_DOT)


def _spelled(folded: Folded, known_hosts: Container[str]) -> Iterator[Link]:
    """Find known hosts whose dots or slash are spaced or spelled out."""
    if not known_hosts:
        return
    for match in _SPELLED.finditer(folded.text):
        host = host_matches(_A_DOT.sub(".", match["host"]), known_hosts)
        path = _trimmed(match["path"], "")
        if not host or not path or match[0].startswith(f"{host}/{path}", match.end("host") - match.start() - len(host)):
            continue
        begins, ends = match.start("path"), match.start("path") + len(path)
        target = f"{host}/{_as_typed(folded, begins, ends)}"
        yield Link(target, host, "", *folded.span(match.start(), ends))


_VOICED_WORD = r"[a-z0-9]{1,20}"
_VOICED_ENDING = r"(?:[a-z](?:[ \t][a-z]){1,2}|[a-z]{2,10})"
_VOICED = re.compile(
    rf"(?<![a-z0-9-])(?P<name>{_VOICED_WORD}(?:[ \t-]{_VOICED_WORD}){{0,6}})"
    rf"(?:[ \t]{{1,3}}dot[ \t]{{1,3}}|(?P<dot>[ \t]{{0,2}}\.[ \t]{{0,2}}))(?P<ending>{_VOICED_ENDING})"
    rf"{_SPELLED_SLASH}(?P<path>[^\s<>|\"`]+)"
)
"""How a telephone writes a link that is spoken to it: tiny u r l dot com slash."""

_WELL_KNOWN = {"bit ly": "bit.ly", "tiny url": "tinyurl.com", "cutt ly": "cutt.ly", "rebrand ly": "rebrand.ly"}
_UNDOTTED_HOST = "|".join(name.replace(" ", " ?") for name in _WELL_KNOWN)
_UNDOTTED = re.compile(
    rf"(?<![a-z0-9.-])(?P<name>{_UNDOTTED_HOST})(?!\s{{1,3}}[\[({{]?/{{1,2}}[\])}}]?\s)"
    rf"{_SPELLED_SLASH}(?!(?:{_UNDOTTED_HOST})[0-9]?(?![a-z0-9]))(?P<path>(?=[a-z_-]{{0,40}}[0-9])[^\s<>|\"`]+)"
)
"""Well-known hosts whose dot was left out, before what can only be the rest of a link: no slash between two words."""

_BY_NAME = {name.replace(" ", ""): host for name, host in _WELL_KNOWN.items()}

_SIGNED = re.compile(
    rf"(?<![a-z0-9.@%!/-])(?:{_SCHEME})?(?P<host>(?:www\.)?[a-z0-9]{{1,20}}![a-z0-9!]{{1,20}}\.[a-z]{{2,10}})"
    r"/(?P<path>[^\s<>|\"`]+)"
)
"""A host whose name has a sign within, behind which another could begin: t.ly in b!t.ly."""


def _signed(folded: Folded, known_hosts: Container[str]) -> Iterator[Link]:
    """Find well-known hosts with a sign for a letter of their names."""
    for match in _SIGNED.finditer(folded.text):
        if host := _well_known(match["host"], known_hosts):
            yield _said(folded, match, match.start(), host)


def _well_known(host: str, known_hosts: Container[str]) -> str:
    """Give the well-known host that figures or signs stand for: b1t.ly, bit.1y. Empty where one stands as typed."""
    if host_matches(host, known_hosts):
        return ""
    guesses = (host_matches(read_signs(fold(host), one).text, _WELL_KNOWN.values()) for one in "il")
    return next((known for known in guesses if known is not None and known in known_hosts), "")


def _voiced(folded: Folded, known_hosts: Container[str]) -> Iterator[Link]:
    """Find known hosts that are spoken: their names in several words or letters, their endings spelled."""
    if not known_hosts:
        return
    for match in _VOICED.finditer(folded.text):
        begins, host = _glued(match, known_hosts)
        if host:
            yield _said(folded, match, begins, host)
    for match in _UNDOTTED.finditer(folded.text):
        host = _BY_NAME[match["name"].replace(" ", "")]
        if host in known_hosts:
            yield _said(folded, match, match.start(), host)


def _glued(match: re.Match[str], known_hosts: Container[str]) -> tuple[int, str]:
    """Try the words before the dot as one, most of them first. A mere dot is enough for well-known hosts only."""
    ending = "".join(match["ending"].split())
    words = list(re.finditer(_VOICED_WORD, match["name"]))
    for place, word in enumerate(words):
        host = "".join(each[0] for each in words[place:]) + "." + ending
        parted = (len(words) - place > 1 or ending != match["ending"]) and len(match["path"]) > 1
        if host in known_hosts and (match["dot"] is None or (parted and host in _WELL_KNOWN.values())):
            return match.start("name") + word.start(), host
    return match.start(), ""


def _said(folded: Folded, match: re.Match[str], start: int, host: str) -> Link:
    path = _trimmed(match["path"], "")
    begins, end = match.start("path"), match.start("path") + len(path)
    target = f"{host}/{_as_typed(folded, begins, end)}"
    return Link(target, host, "", *folded.span(start, end))
