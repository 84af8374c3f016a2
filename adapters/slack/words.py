"""The words of one Slack message, each with the place it stands in. Pure; an export and a live event look alike here.

What a person typed is the body: mentions and links as they were shown, `&amp;` as `&`. A link also gives its shown text
and its target beside the body. Blocks repeat the body; only the lines of theirs that the body lacks are added to it.
Addresses of files are never read, and what could open one (`?t=xoxe-…`) is cut out of every text.
"""

from collections.abc import Iterable, Iterator

from adapters.slack.blocks import DEEPEST, new_in_blocks
from adapters.slack.markup import Record, bare_words, held, say, typed
from bot.medium import Medium, medium_of
from bot.message import Attached, Where, Words


def words_of(message: Record) -> tuple[Words, ...]:
    """Read every place of a message where words hide: text, blocks, files, attachments, the name an app gave itself."""
    found = [
        *_body(message),
        *(words for each in _files(message) for words in _file(each)),
        *(words for each in _objects(message, "attachments") for words in _attachment(each)),
    ]
    if message.get("bot_id") or message.get("subtype") == "bot_message":
        found += say(Where.DISPLAY_NAME, message.get("username"))
    return _tidy(found)


def pinned_words(message: Record) -> tuple[Words, ...]:
    """Read what is pinned, from a list of pins or a notice of one, whose own text is Slack's.

    Only what is said there: everything else was looked at when it was written.
    """
    items = _objects(message, "item")
    inner = [each for item in items for key in ("message", "comment") for each in _objects(item, key)]
    shown = {"attachments": message.get("attachments")}
    found = (words for each in (shown, *items, *inner) for words in _pinned(each))
    return _tidy(words._replace(where=Where.PIN) for words in found if words.where in _SAID)


def comment_words(message: Record) -> tuple[Words, ...]:
    """Read an old comment on a file. The text of the notice itself is Slack's own."""
    said = (words for each in _objects(message, "comment") for words in typed(Where.BODY, each.get("comment")))
    return _tidy([*said, *(words for each in _files(message) for words in _file(each))])


def plain_words(where: Where, text: object) -> tuple[Words, ...]:
    """Read one bare text, such as a topic."""
    return _tidy(typed(where, text))


def files_of(message: Record) -> tuple[Attached, ...]:
    """Name the files of a message, shared ones among them, that Slack itself keeps and still has."""
    files = [*_files(message), *(file for each in _objects(message, "attachments") for file in _files(each))]
    return tuple(dict.fromkeys(_attached(each) for each in files if _is_hosted(each)))


def _is_hosted(file: Record) -> bool:
    hosted = file.get("mode", "hosted") == "hosted" and not file.get("is_external")
    return isinstance(file.get("id"), str) and hosted


def _attached(file: Record) -> Attached:
    """Take what an event says of a file; of one from elsewhere that is its id alone."""
    size, kind, name = file.get("size"), _text(file.get("mimetype")), _text(file.get("name"))
    is_told = file.get("file_access") != "check_file_info"
    medium = medium_of(kind, name) if is_told else Medium.UNKNOWN
    return Attached(str(file["id"]), size if isinstance(size, int) else 0, medium, name)


def _text(value: object) -> str:
    return value if isinstance(value, str) else ""


_SAID = frozenset({Where.BODY, Where.EMBED, Where.FORWARD})


def _tidy(found: Iterable[Words]) -> tuple[Words, ...]:
    """Leave out what is blank and what stands twice in the same place."""
    return tuple(dict.fromkeys(words for words in found if words.text.strip()))


def _objects(holder: Record, key: str) -> list[Record]:
    """Give the objects under a key, whether one stands there or a list of them."""
    inner = holder.get(key)
    many = inner if isinstance(inner, list) else [inner]
    return [each for each in many if isinstance(each, dict)]


def _files(holder: Record) -> list[Record]:
    """Give the files of a message, under the old key and the new."""
    return [*_objects(holder, "file"), *_objects(holder, "files")]


def _body(message: Record) -> Iterator[Words]:
    text = message.get("text")
    yield from typed(Where.BODY, text)
    yield from new_in_blocks(Where.BODY, message.get("blocks"), [text] if isinstance(text, str) else [])


def _attachment(attachment: Record, depth: int = 0) -> Iterator[Words]:
    """Read what an app attached, or a shared message. Slack's own summary is added where it says more.

    The preview of a link is a stranger's page, and nobody's words here: the link itself stands in the text.
    """
    shared = attachment.get("is_share") or attachment.get("is_msg_unfurl")
    if not shared and (attachment.get("from_url") or attachment.get("app_unfurl_url")):
        return
    where = Where.FORWARD if shared else Where.EMBED
    texts = [attachment.get(key) for key in ("pretext", "author_name", "title", "text")]
    texts += [each.get(key) for each in _objects(attachment, "fields") for key in ("title", "value")]
    texts.append(attachment.get("footer"))
    said = [text for text in texts if isinstance(text, str)]
    for text in said:
        yield from typed(where, text)
    for key in ("blocks", "message_blocks", "actions"):
        yield from new_in_blocks(where, attachment.get(key), said)
    fallback = attachment.get("fallback")
    if isinstance(fallback, str) and not held(bare_words(fallback), bare_words(" ".join(said)), said):
        yield from typed(where, fallback)
    for key in ("title_link", "author_link", "from_url"):
        yield from say(Where.LINK_TARGET, attachment.get(key))
    for file in _files(attachment):
        yield from _file(file)
    for inner in _objects(attachment, "attachments"):
        yield from _attachment(inner, depth + 1) if depth < DEEPEST else new_in_blocks(where, inner, [])


def _file(file: Record) -> Iterator[Words]:
    """Read a file's names, its text for those who cannot see it, and what Slack shows of its contents."""
    for key in ("name", "title"):
        yield from say(Where.FILE_NAME, file.get(key))
    for key in ("alt_txt", "alt_text"):
        yield from say(Where.ALT_TEXT, file.get(key))
    for key in ("subject", "preview", "plain_text"):
        yield from say(Where.EMBED, file.get(key))
    for comment in _objects(file, "initial_comment"):
        yield from typed(Where.BODY, comment.get("comment"))
    for spoken in _objects(file, "transcription"):
        for preview in _objects(spoken, "preview"):
            yield from say(Where.EMBED, preview.get("content"))


def _pinned(item: Record) -> Iterator[Words]:
    yield from _body(item)
    yield from typed(Where.BODY, item.get("comment"))
    for file in _files(item):
        yield from _file(file)
    for attachment in _objects(item, "attachments"):
        yield from _attachment(attachment)
