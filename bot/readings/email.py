"""E-mail addresses, also with "at" and "dot" in words. Pure."""

import re
from collections.abc import Iterator
from typing import Final

from bot.readings.found import Kind, Spot
from bot.readings.tables import words
from bot.text import Folded

_HOSTS: Final = (
    "gmail|googlemail|yahoo|ymail|hotmail|outlook|live|msn|icloud|me|mac|aol|proton|protonmail|pm|gmx|zoho|yandex|mail"
    "|comcast|verizon|charter|cox|att|sbcglobal|rocketmail|fastmail|tutanota"
)
_BIG: Final = "gmail|googlemail|yahoo|ymail|hotmail|icloud|aol|protonmail|outlook"
_ENDING: Final = "com|net|org|edu|gov|us|io|info|me|co|app|dev|example|mx|br|es|pt|uk|ca|email|school|club|tv|biz"
_AT: Final = r"(?: ?@ ?| ?[\[({<] ?(?:at|@|arroba) ?[\])}>] ?| +(?:at|arroba) +)"
_DOT: Final = r"(?:\.| ?[\[({<] ?(?:dot|\.|punto|ponto) ?[\])}>] ?| +(?:dot|punto|ponto) +| ?\. ?)"
_LOCAL: Final = r"[a-z0-9][a-z0-9._+-]*(?: +(?:dot|punto|ponto|underscore|dash) +[a-z0-9]+){0,3}"

PATTERN: Final = rf"@|\b(?:at|arroba) *[\])}}>]|\b(?:at|arroba) +(?:[a-z0-9-]+{_DOT}|(?:{_BIG})\b)"
"""For RE2: the sign, or a word for it before something like a host."""

_ADDRESS: Final = re.compile(
    rf"(?<![a-z0-9._+/@-])(?P<local>{_LOCAL})(?P<at>{_AT})"
    rf"(?P<host>(?:[a-z0-9-]+{_DOT}){{1,3}}(?:{_ENDING})|[a-z0-9-]+(?:\.[a-z0-9-]+)*\.[a-z]{{2,10}}"
    rf"|(?:{_BIG}))\b(?![a-z0-9._-]*@)"
)
_ENDS_LIKE_A_HOST: Final = re.compile(rf"\.(?:{_ENDING})$")
_A_DOT: Final = re.compile(r"[^a-z0-9-]*(?:\b(?:dot|punto|ponto)\b|\.)[^a-z0-9-]*")
_CUE: Final = re.compile(r"\b(?:e-?mails?|mail|correo|reach|contact|write|address|addy|account|send)\b")
_NOT_A_NAME: Final = words(
    """
    a account all and are at available be buy everything find found get go going got her here him in is it it's its
    just live log login look look-up looks me meet not now on one online only or order out over practice read register
    shop sign signed signing sold starts that the them there this tickets up us was watch work works you
    """
)
_NOBODY: Final = words(
    "info help support contact office noreply no-reply donotreply admin sales press hello team news git service"
)


def find_emails(folded: Folded) -> Iterator[Spot]:
    """Find the e-mail addresses of a folded text, in order. Addresses of nobody (info@, support@) are left out."""
    for match in _ADDRESS.finditer(folded.text):
        local = _A_DOT.sub(".", match["local"])
        host = _A_DOT.sub(".", match["host"])
        if local in _NOBODY or not _is_address(folded.text, match, local, host):
            continue
        start, end = folded.span(*match.span())
        value = f"{local}@{host if '.' in host else f'{host}.com'}".replace(" ", "")
        yield Spot(Kind.EMAIL, start, end, folded.raw[start:end], value)


def _is_address(text: str, match: re.Match[str], local: str, host: str) -> bool:
    """Say whether it is one. With "at" in words the name, the host or a word before has to speak for it."""
    if "@" in match["at"]:
        return "." in host or bool(re.search(r"[0-9._]", local)) or match["at"] == "@"
    if local in _NOT_A_NAME or ("." in host and not _ENDS_LIKE_A_HOST.search(host)):
        return False
    if "(" in match["at"] or "[" in match["at"] or "{" in match["at"] or "<" in match["at"]:
        return True
    cued = _CUE.search(text, max(0, match.start() - 40), match.start()) is not None
    speaks = re.search(r"[0-9._]", local) is not None
    if "." not in host:
        return speaks or cued
    return cued or speaks or re.match(rf"(?:{_HOSTS})\.", host) is not None


def host_of(value: str) -> str:
    """Give the host of an address in its one form."""
    return value.rpartition("@")[2]
