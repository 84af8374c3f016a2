"""Every word a person can read in a message, from Discord's own message object: the gateway, REST and an export alike.

Shapes are those of Discord's documentation, "Message Object", API version 10.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, Final

from bot.message import Where, Words

Told = Mapping[str, Any]
"""An object as Discord tells it."""

DEEPEST: Final = 8
"""How deep components may stand in each other. Discord allows three; anything else is read no further."""


def words_of(message: Told) -> tuple[Words, ...]:
    """List what can be read in a message: its text, then whatever is forwarded, quoted, embedded, asked or attached."""
    return tuple(each for each in _words(message) if each.text)


def _words(message: Told) -> Iterator[Words]:
    yield Words(Where.BODY, message.get("content") or "")
    yield from _beside(message)
    for snapshot in message.get("message_snapshots") or ():
        forwarded = snapshot.get("message") or {}
        yield Words(Where.FORWARD, forwarded.get("content") or "")
        yield from _beside(forwarded)


def _beside(message: Told) -> Iterator[Words]:
    """List what stands beside a text, forwarded or not."""
    yield from files_of(message.get("attachments") or ())
    for embed in message.get("embeds") or ():
        yield from embed_of(embed)
    yield from components_of(message.get("components") or ())
    for sticker in message.get("sticker_items") or ():
        yield Words(Where.STICKER, sticker.get("name") or "")
    if poll := message.get("poll"):
        yield from poll_of(poll)
    if thread := message.get("thread"):
        yield Words(Where.THREAD_NAME, thread.get("name") or "")


def files_of(files: Iterable[Told]) -> Iterator[Words]:
    """List the names of files, their titles, and the texts for those who cannot see them. Never an address."""
    for file in files:
        yield Words(Where.FILE_NAME, file.get("title") or "")
        yield Words(Where.FILE_NAME, file.get("filename") or "")
        yield Words(Where.ALT_TEXT, file.get("description") or "")


def is_own(kind: object, *, by_app: bool) -> bool:
    """Say whether an embed of some kind holds its author's words. What stands under a link is a stranger's page.

    Only apps can write an embed, and theirs are called rich; so is the preview of some pages under what people write.
    """
    return by_app and kind in {None, "rich"}


def embed_of(embed: Told) -> Iterator[Words]:
    """List what can be read in an embed."""
    author, footer, provider = (embed.get(part) or {} for part in ("author", "footer", "provider"))
    texts = [provider.get("name"), author.get("name"), embed.get("title"), embed.get("description")]
    for field in embed.get("fields") or ():
        texts += [field.get("name"), field.get("value")]
    yield from (Words(Where.EMBED, text) for text in (*texts, footer.get("text")) if text)
    yield from (Words(Where.LINK_TARGET, part["url"]) for part in (embed, author) if part.get("url"))


def components_of(components: Sequence[Told], depth: int = 0) -> Iterator[Words]:
    """List what can be read in buttons, menus and text that stand in each other."""
    if depth > DEEPEST:
        return
    for each in components:
        texts = [each.get(part) for part in ("content", "label", "placeholder", "description")]
        for option in each.get("options") or ():
            texts += [option.get("label"), option.get("description")]
        yield from (Words(Where.EMBED, text) for text in texts if text)
        if each.get("url"):
            yield Words(Where.LINK_TARGET, each["url"])
        for item in each.get("items") or ():
            yield Words(Where.ALT_TEXT, item.get("description") or "")
        inner = [*(each.get("components") or ()), *(each[one] for one in ("accessory", "component") if each.get(one))]
        yield from components_of(inner, depth + 1)


def poll_of(poll: Told) -> Iterator[Words]:
    """List a poll's question and the answers one can pick."""
    yield Words(Where.POLL, (poll.get("question") or {}).get("text") or "")
    for answer in poll.get("answers") or ():
        media = answer.get("poll_media") or {}
        yield Words(Where.POLL, media.get("text") or "")
        yield Words(Where.TAG, (media.get("emoji") or {}).get("name") or "")
