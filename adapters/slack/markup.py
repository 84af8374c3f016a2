"""A text with Slack's markup, read as it was typed; and the doors every text goes through. Pure."""

import re
from collections.abc import Iterator, Mapping
from typing import Any

from adapters.mending import sound
from bot.message import Where, Words

Record = Mapping[str, Any]
"""A JSON object as Slack writes it: nothing about its values can be relied on."""

_TOKEN = re.compile(r"xox[a-z](?:\.xox[a-z])?(?:-|%2D)[\w%.-]+")
_SLACK_ADDRESS = re.compile(
    r"(https?://(?:[\w-]+\.)*(?:slack|slack-files|slack-edge)\.com(?:/[^\s<>|?\"]*)?)(?:\?[^\s<>|\"]*)?", re.IGNORECASE
)
"""With what follows a question mark apart. That part is optional, or a row of addresses would take square time."""
_MARKUP = re.compile(r"<([^<>]+)>")
_MENTION = re.compile(r"<[@#!][^<>]*>")
_SCHEME = re.compile(r"[a-z][a-z0-9+.-]*:", re.IGNORECASE)
_WORD = re.compile(r"\w+")


def say(where: Where, text: object) -> Iterator[Words]:
    """Give a text as it stands, unless it is none. Every text that leaves here came through this door."""
    if isinstance(text, str):
        yield Words(where, _without_tokens(sound(text)))


def _without_tokens(text: str) -> str:
    text = _SLACK_ADDRESS.sub(r"\1", text) if "://" in text else text
    return _TOKEN.sub("…", text) if "xox" in text else text


def typed(where: Where, text: object) -> Iterator[Words]:
    """Give a text as it was typed, and its links."""
    if not isinstance(text, str):
        return
    links: list[Words] = []
    shown = _MARKUP.sub(lambda match: _shown(match, links), text) if "<" in text else text
    yield from say(where, _unescaped(shown))
    yield from links


def _shown(match: re.Match[str], links: list[Words]) -> str:
    target, _, label = match[1].partition("|")
    match target[:1]:
        case "@" | "#" as sign:
            return sign + (label.lstrip(sign) or target[1:])
        case "!":
            return label or "@" + target[1:].rpartition("^")[2]
    if not _SCHEME.match(target):
        return match[0]
    links += link(_unescaped(label), _unescaped(target))
    return label or target


def _unescaped(text: str) -> str:
    return text.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&") if "&" in text else text


def link(text: object, target: object) -> Iterator[Words]:
    """Give what a link shows and where it leads."""
    yield from say(Where.LINK_TEXT, text)
    yield from say(Where.LINK_TARGET, target)


def bare_words(text: str) -> str:
    """Give the words of a marked-up text between blanks, mentions and the targets of labelled links left out."""
    without = _MENTION.sub(" ", text) if "<" in text else text
    labelled = _MARKUP.sub(lambda match: match[1].partition("|")[2] or match[1], without) if "<" in without else without
    return _spaced(_unescaped(labelled))


def _spaced(text: str) -> str:
    return f" {' '.join(_WORD.findall(text))} "


def held(bare: str, heard: str, said: list[str]) -> bool:
    """Say whether a line stands word for word in what was said. `heard` is the `bare_words` of all of `said`."""
    spaced = _spaced(bare)
    if spaced.strip():
        return spaced in heard
    return any(bare.strip() in each for each in said)
