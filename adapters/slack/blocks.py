"""Blocks of any kind, walked to the last text in them. Pure."""

from collections.abc import Iterator
from typing import NamedTuple

from adapters.slack.markup import Record, bare_words, held, link, say, typed
from bot.message import Where, Words

DEEPEST = 40
"""How deep blocks may nest before they are read without regard to their form."""


class _Piece(NamedTuple):
    """One line of a block, as shown and without its mentions; or, with `where`, a link or a picture's text."""

    shown: str
    bare: str
    where: Where | None = None


def new_in_blocks(where: Where, blocks: object, said: list[str]) -> Iterator[Words]:
    """Give the lines of blocks that nothing said so far holds word for word, and all their links."""
    if not isinstance(blocks, (list, dict)):
        return
    pieces = list(_block(blocks, 0))
    lines = [each for each in pieces if each.where is None and each.shown.strip() and each.shown not in said]
    heard = bare_words(" ".join(said)) if lines else ""
    yield from say(where, "\n".join(line.shown for line in lines if not held(line.bare, heard, said)))
    for piece in pieces:
        if piece.where is not None:
            yield from say(piece.where, piece.shown)


_LINES = frozenset({"rich_text_section", "rich_text_quote", "rich_text_preformatted"})
_ADDRESSES = frozenset({"url", "title_url", "video_url"})
_BARE_TEXTS = frozenset({"title", "description", "label", "fallback", "author_name", "provider_name"})


def _block(node: object, depth: int) -> Iterator[_Piece]:
    """Walk blocks of any kind, known to us or not."""
    if depth > DEEPEST:
        yield from _flat(node)
    elif isinstance(node, list):
        for each in node:
            yield from _block(each, depth + 1)
    elif isinstance(node, dict) and _kind(node) in _LINES and isinstance(node.get("elements"), list):
        yield from _line(node["elements"], depth)
    elif isinstance(node, dict):
        for key, inner in node.items():
            yield from _part(key, inner, depth)


def _part(key: str, inner: object, depth: int) -> Iterator[_Piece]:
    if isinstance(inner, (dict, list)):
        yield from _block(inner, depth + 1)
    elif not isinstance(inner, str):
        return
    elif key == "text" or key in _BARE_TEXTS:
        for words in typed(Where.BODY, inner):
            yield _Piece(words.text, bare_words(inner), None if words.where is Where.BODY else words.where)
    elif key == "alt_text":
        yield _Piece(inner, "", Where.ALT_TEXT)
    elif key in _ADDRESSES:
        yield _Piece(inner, "", Where.LINK_TARGET)


def _line(elements: list[object], depth: int) -> Iterator[_Piece]:
    """Join what stands in one line of rich text; what we do not know there follows it as a block."""
    inline = [each for each in elements if isinstance(each, dict) and _kind(each) in _INLINE]
    yield _Piece("".join(_inline(each) for each in inline), "".join(_inline(each, mentions=False) for each in inline))
    for each in inline:
        if _kind(each) == "link":
            label = each.get("text")
            yield from (_Piece(words.text, "", words.where) for words in link(label, each.get("url")))
    for other in elements:
        if not (isinstance(other, dict) and _kind(other) in _INLINE):
            yield from _block(other, depth + 1)


def _kind(node: Record) -> str:
    kind = node.get("type")
    return kind if isinstance(kind, str) else ""


def _inline(element: Record, *, mentions: bool = True) -> str:
    sign, key = _SIGNS.get(_kind(element), ("", ""))
    if sign:
        return f"{sign}{element.get(key)}" if mentions else " "
    for field in ("text", "fallback", "url", "value"):
        shown = element.get(field)
        if isinstance(shown, str) and shown:
            return shown
    name = element.get("name")
    return f":{name}:" if isinstance(name, str) else ""


_SIGNS = {
    "user": ("@", "user_id"),
    "usergroup": ("@", "usergroup_id"),
    "broadcast": ("@", "range"),
    "channel": ("#", "channel_id"),
    "team": ("@", "team_id"),
}
_INLINE = frozenset({"text", "link", "emoji", "date", "color", *_SIGNS})


def _flat(node: object) -> Iterator[_Piece]:
    """Read every text below a node in any order, without recursion."""
    waiting = [node]
    while waiting:
        inner = waiting.pop()
        if isinstance(inner, list):
            waiting += inner
        elif isinstance(inner, dict):
            waiting += (each for each in inner.values() if isinstance(each, (dict, list)))
            texts = [each for key, each in inner.items() if isinstance(each, str) and (key in _BARE_TEXTS | {"text"})]
            yield from (_Piece(text, text) for text in texts)
            yield from (
                _Piece(inner[key], "", Where.LINK_TARGET) for key in _ADDRESSES if isinstance(inner.get(key), str)
            )
