"""E-mail addresses, also with "at" and "dot" in words. Pure."""

import re
from collections.abc import Iterator
from typing import Final

from bot.readings import beside
from bot.readings.found import Kind, Spot
from bot.readings.tables import words
from bot.text import Folded, join_spaced

_PARTED: Final = ("g mail", "hot mail", "i cloud", "out look", "proton mail", "y mail", "fast mail", "rocket mail")
"""Hosts of mail that a telephone parts when they are spoken to it."""

_BIG: Final = "|".join(("gee mail", "googlemail", "yahoo", "aol", *(each.replace(" ", "[ -]?") for each in _PARTED)))
"""Hosts of mail that need no ending."""

_SMALL: Final = "live|msn|me|mac|proton|pm|gmx|zoho|yandex|mail|comcast|verizon|charter|cox|att|sbcglobal|tutanota"
"""Hosts of mail that do need one."""

_ENDING: Final = "com|net|org|edu|gov|us|io|info|me|co|app|dev|example|mx|br|es|pt|uk|ca|email|school|club|tv|biz"
_AROUND: Final = r"[-_~*|/.'\"<>]"
"""What a word for a sign is dressed up with: -at-, _at_, "at"."""

_OPEN: Final = r"[\[({<]{1,2} ?"
_CLOSE: Final = r" ?[\])}>]{1,2}"
_SIGN_WORD: Final = r"(?:the )?(?:at|arroba)(?:[ -]sign| symbol)?"
_DOT_WORD: Final = "(?:d[o0]t|punto|ponto|period)"
_POINT: Final = "[.\u00b7\u2022]"
_ENVELOPES: Final = (
    "\N{E-MAIL SYMBOL}\N{ENVELOPE}\N{INCOMING ENVELOPE}\N{ENVELOPE WITH DOWNWARDS ARROW ABOVE}\N{CYCLONE}"
)
"""Pictures that stand for the sign."""

_PICTURE: Final = "[\u2190-\u2bff\U0001f000-\U0001faff]"
"""Any picture: it stands for the sign where a name and a well-known host of mail touch it."""

_AT: Final = (
    rf"(?:['\"]?\s?@(?:t\s)?\s?| ?{_OPEN}(?:at|@|arroba){_CLOSE} ?| ?[\[({{]a[\])}}] ?| ?[{_ENVELOPES}] ?"
    rf"|['\"]?[\s,]{{1,4}}{_SIGN_WORD}[\s,]{{1,4}}| ?{_AROUND}(?:at|arroba){_AROUND} ?|{_PICTURE}(?=(?:{_BIG})\b))"
)
_DOT: Final = (
    rf"(?:{_POINT}| ?{_OPEN}(?:{_DOT_WORD}|\.){_CLOSE} ?|[\s,]{{1,4}}{_DOT_WORD}[\s,]{{1,4}}"
    rf"| ?{_AROUND}{_DOT_WORD}{_AROUND} ?| ?\. ?)"
)
_LABEL: Final = rf"(?:[a-z0-9-]{{1,63}}|gee mail|{'|'.join(_PARTED)})"
_SAID: Final = "(?:dot|punto|ponto|period|underscore|dash|hyphen|plus)"
_LOCAL: Final = rf"[a-z0-9][a-z0-9._+-]{{0,63}}(?: {{1,3}}{_SAID} {{1,3}}[a-z0-9]{{1,30}}){{0,3}}"

_OWNER: Final = "(?:my|mi|his|her|mom'?s|dad'?s|personal|private|new|other)"

PATTERN: Final = (
    rf"[@{_ENVELOPES}]|\b(?:at|arroba) *[\])}}>]|[\[({{]a[\])}}]"
    rf"|(?:^|[^a-z0-9])(?:at|arroba)(?:[ -]sign| symbol)?[^a-z0-9]{{1,5}}(?:{_LABEL}{_DOT}|(?:{_BIG})\b)"
    rf"|{_PICTURE}(?:{_BIG})\b"
    r"|(?:at|arroba) +(?:[a-z0-9] +){3}"
    rf"|at(?:{_BIG})(?:dot|\.)|[0-9a-z][ ,]{{0,2}}(?:{_BIG}){_DOT}com\b"
    rf"|{_OWNER} (?:{_BIG})(?: address| addy)?(?: is|'?s|:| =| es) (?:[a-z._-]{{3,30}}[0-9]|[a-z-]{{1,30}}[._][a-z])"
)
"""For RE2: the sign, or a word for it before something like a host."""

_ADDRESS: Final = re.compile(
    rf"(?<![a-z0-9._+/@-])(?P<local>{_LOCAL})(?P<at>{_AT})"
    rf"(?P<host>(?:{_LABEL}{_DOT}){{1,3}}(?:{_ENDING})|[a-z0-9-]{{1,63}}(?:\.[a-z0-9-]{{1,63}}){{0,5}}\.[a-z]{{2,10}}"
    rf"|(?:{_BIG})(?:com)?)\b(?![a-z0-9._-]*@)"
)
_GLUED: Final = re.compile(
    rf"(?<![a-z0-9._+/@-])(?P<local>[a-z0-9._+-]{{2,40}}?)at(?P<host>(?:{_BIG})(?:dot|\.)(?:{_ENDING}))(?![a-z0-9-])"
)
"""Everything in one word: kitatgmaildotcom."""

_NO_SIGN: Final = re.compile(
    rf"(?<![a-z0-9._+/@-])(?P<local>[a-z][a-z._-]{{1,30}}[0-9]{{1,6}})(?P<gap>[ ,]{{0,2}})"
    rf"(?P<host>(?:{_BIG})(?:(?P<plain> ?\. ?)|{_DOT})com)(?![a-z0-9@-])"
)
"""A name that ends in figures, right before a big host: kit77gmail.com, kit77 gmail dot com."""

_MAIL_IS: Final = re.compile(r"\b(?:(?:e-?)?mail|correo|address|addy)(?: me)?(?: at| is|'?s| es)?[ :=]*$")
"""What makes a name and a host one that stand apart. Else they are mostly two: lincoln12 gmail.com is blocked."""

_GIVEN: Final = re.compile(
    r"(?:(?:^|\n)|\b(?:add|hmu|contact|write|send(?: it| them| that)? to|i'?m|it'?s|mine(?: is|'?s)?)"
    r"(?: me| us)?(?: at| on)?)[ :=]*$"
)
"""What makes them one where nothing goes on behind: add me kit77 gmail.com."""
_GIVEN_ENDS: Final = re.compile(
    r" *(?:$|[.,!?;)\n]|(?:hmu|lol|pls|plz|please|btw|thx|thanks|ok|is (?:me|mine)|that'?s me)\b)"
)
_NUMBERED: Final = words(
    """
    android block bus ch chapter chrome chromebook class classof cycle day episode game gen grade group hour hw ios
    ipad iphone lab laptop lesson level line lunch mac module of page part per period pixel pod problem q quarter
    question quiz rm room school season section semester slide station step table team term test tier tv unit ver
    version wave week win windows year
    """
)
"""What figures number, and nobody's name."""

_ACCOUNT: Final = re.compile(
    rf"\b{_OWNER} (?P<host>{_BIG})(?: address| addy)?(?: is|'?s| es|(?P<sign>:| =)) "
    r"(?P<local>(?=[a-z-]{0,30}[._][a-z0-9]|[a-z-]{3,31}[0-9]{2})[a-z][a-z._-]{2,30}(?(sign)[0-9]{0,6}|[0-9]{1,6}))"
    r"(?![a-z0-9@%])"
)
"""The name alone, after whose mail it is: my gmail is kit77."""

_AN_OUTLOOK: Final = re.compile(r"out[ -]?look")
_SAYS_HOW: Final = re.compile(
    r"(?:[a-z]{2,}(?:able|llent|est|ful|ible|tic|ing|ious|ish|ive|less|ous|ted|ved|zed)"
    r"|above|about|almost|amazing|around|at|awful|bad|below|better|bleak|blocked|bright|broke|broken|clean|clear|closed"
    r"|cool|crazy|dead|decent|done|down|dry|dull|easy|empty|fast|fine|fire|fixed|free|full|fully|fun|glitchy|gone|good"
    r"|great|grim|hacked|happy|hard|high|hot|huge|insane|just|laggy|lame|legit|like|limited|locked|lost|low|mad|maxed"
    r"|messed|mid|near|nearly|new|nice|normal|off|ok|okay|old|on|only|open|out|over|packed|perfect|poor|pretty|private"
    r"|public|quick|quiet|ready|real|rosy|sad|safe|same|since|sick|slow|small|so|solid|spam|still|stormy|strong|stuck"
    r"|sunny|super|sus|temp|too|totally|trash|ugly|under|until|up|using|version|very|warm|weak|weird|wild|worse|wrong"
    r"|year)"
)
"""What tells how a mailbox, or somebody's outlook, is: my icloud is full100."""

_ENDS_LIKE_A_HOST: Final = re.compile(rf"\.(?:{_ENDING})$")
_A_DOT: Final = re.compile(rf"[^a-z0-9]*(?:(?<![a-z0-9])(?:d[o0]t|punto|ponto|period)(?![a-z0-9])|{_POINT})[^a-z0-9]*")
_A_TIME: Final = re.compile(r"[0-9:.-]+(?:am|pm|a|p|st|nd|rd|th|k)?")
_CUE: Final = re.compile(r"\b(?:e-?mails?|mail|correo|reach|contact|write|address|addy|account|send)\b")
_BIG_HOST: Final = re.compile(_BIG)
_MAIL_HOST: Final = re.compile(rf"(?:{_SMALL}|{_BIG})(?:\.|$)")
_ENDS_A_SENTENCE: Final = re.compile(r"[a-z0-9]\.\s")

_NOT_A_NAME: Final = words(
    """
    a account all and anything apply are at available be buy deals donate drop else everything finance find form forms
    found get go going got gym he her here him home i i'm im in inbox info is it it's its jobs just live livestream log
    login look look-up looks mail me meet merch more news not now on one online only or order ordered out over page
    photos pics pictures posted practice read register registration results right sale sales schedule school she shop
    sign signed signing signups sold something spam sports starts stay still stop stream stuff team that the them there
    this tickets tix today tomorrow tonight up us video videos was watch we weather website work works you
    """
)
_NOBODY: Final = words(
    """
    admin athletics billing boosters boxoffice contact donotreply events feedback firstname.lastname git hello help info
    jobs membership name news no-reply noreply notification notifications office orders postmaster press registrar
    registration sales service support team tickets username webmaster yearbook your.name yourname
    """
)


def find_emails(folded: Folded) -> Iterator[Spot]:
    """Find the e-mail addresses of a folded text, in order. Addresses of nobody (info@, support@) are left out."""
    found = False
    for spot in _written(folded):
        found = True
        yield spot
    if not found:
        joined = join_spaced(folded)
        yield from _written(joined) if joined is not folded else ()
        yield from _in_one_word(folded)


def _written(folded: Folded) -> Iterator[Spot]:
    """Find what is written with a sign, or a word for it, between a name and a host."""
    for match in _ADDRESS.finditer(folded.text):
        local = _A_DOT.sub(".", match["local"])
        host = _A_DOT.sub(".", match["host"])
        if local not in _NOBODY and _is_address(folded.text, match, local, host):
            yield _spot(folded, match, local, host)


def _in_one_word(folded: Folded) -> Iterator[Spot]:
    """Find what stands in one word, or a name after whose mail it is."""
    for match in _GLUED.finditer(folded.text):
        if match["local"] not in _NOBODY:
            yield _spot(folded, match, match["local"], re.sub(r"dot|\.", ".", match["host"]))
    for match in _NO_SIGN.finditer(folded.text):
        if match["local"].rstrip("0123456789") not in _NOBODY and _belong_together(folded.text, match):
            yield _spot(folded, match, match["local"], _A_DOT.sub(".", match["host"]))
    for match in _ACCOUNT.finditer(folded.text):
        if not _says_how(match):
            yield _spot(folded, match, match["local"], match["host"])


def _belong_together(text: str, match: re.Match[str]) -> bool:
    """Say whether a name and a host touch, or the dot's own word or those around make them one."""
    if not match["gap"] or not match["plain"]:
        return True
    if match["local"].rstrip("0123456789") in _NUMBERED:
        return False
    before = beside.before(text, match.start())
    is_given = _GIVEN.search(before) is not None and _GIVEN_ENDS.match(text, match.end()) is not None
    return is_given or _MAIL_IS.search(before) is not None


def _says_how(match: re.Match[str]) -> bool:
    """Tell "my icloud is full100" from a name. An outlook may be anything: it takes a dot or an underscore."""
    name = match["local"].rstrip("0123456789")
    parted = "." in name or "_" in name
    if _AN_OUTLOOK.match(match["host"]) and (not parted or match[0].startswith("new")):
        return True
    return any(_SAYS_HOW.fullmatch(part) for part in re.split(r"[._-]", name))


def _spot(folded: Folded, match: re.Match[str], local: str, host: str) -> Spot:
    start, end = folded.span(*match.span())
    if _BIG_HOST.match(host):
        host = re.sub(r"[ -]", "", host.replace("gee mail", "gmail"))
        host = host if "." in host else host.removesuffix("com") + ".com"
    return Spot(Kind.EMAIL, start, end, folded.raw[start:end], f"{local}@{host}".replace(" ", ""))


def _is_address(text: str, match: re.Match[str], local: str, host: str) -> bool:
    """Say whether it is one. With "at" in words the name, the host or a word before has to speak for it."""
    at = match["at"].strip("'\"")
    if at == "@":
        return True
    mail = _MAIL_HOST.match(host) is not None
    if local in _NOT_A_NAME or (not mail and (_A_TIME.fullmatch(local) or _ENDS_A_SENTENCE.search(match["host"]))):
        return False
    if "." in host and not _ENDS_LIKE_A_HOST.search(host):
        return False
    if any(bracket in at for bracket in "([{<") and (at.strip() == at or at.strip("([{<>}]) ") != "a"):
        return True
    cued = _CUE.search(beside.before(text, match.start())) is not None
    speaks = cued or (re.search(r"[0-9._]", local) is not None and _A_TIME.fullmatch(local) is None)
    if "." in host and "@" in at:
        return speaks or mail or at[-1:] != "@"
    return speaks or ("." in host and mail)


def host_of(value: str) -> str:
    """Give the host of an address in its one form."""
    return value.rpartition("@")[2]
