"""A message of an export in the shape of Discord's own message object, so that one translation reads both. Pure."""

from typing import Any

from adapters.replay.discord.records import Record, Told, object_of, objects, text_of

Shape = dict[str, Any]


def message_object(record: Record) -> Shape:
    """Give what can be read in a message, by the names Discord's documentation has for it. No address of a file.

    What is embedded counts where an app wrote it: beneath what people post it is the preview of a link. Who wrote what
    is forwarded no export says, so there it counts.
    """
    by_app = object_of(record.author).get("isBot") is True
    told = {
        "content": record.content,
        "attachments": record.attachments,
        "embeds": record.embeds if by_app else (),
        "stickers": record.stickers,
    }
    return {
        **_shown(told),
        "message_snapshots": [{"message": _shown(each)} for each in objects(record.forwarded_message)],
        "poll": _poll(object_of(record.poll)),
    }


def _shown(told: Told) -> Shape:
    """Give what a message shows, its own or forwarded."""
    return {
        "content": text_of(told.get("content")),
        "attachments": [_file(each) for each in objects(told.get("attachments"))],
        "embeds": [_embed(each) for each in objects(told.get("embeds"))],
        "sticker_items": [{"name": text_of(each.get("name"))} for each in objects(told.get("stickers"))],
    }


def _file(file: Told) -> Shape:
    return {"filename": text_of(file.get("fileName")), "description": text_of(file.get("description"))}


def _embed(embed: Told) -> Shape:
    author, footer, provider = (object_of(embed.get(part)) for part in ("author", "footer", "provider"))
    return {
        "title": text_of(embed.get("title")),
        "url": text_of(embed.get("url")),
        "description": text_of(embed.get("description")),
        "author": {"name": text_of(author.get("name")), "url": text_of(author.get("url"))},
        "provider": {"name": text_of(provider.get("name"))},
        "footer": {"text": text_of(footer.get("text"))},
        "fields": [
            {"name": text_of(each.get("name")), "value": text_of(each.get("value"))}
            for each in objects(embed.get("fields"))
        ],
    }


def _poll(poll: Told) -> Shape:
    """Give a poll, whether its texts stand bare or in objects of their own."""
    answers = [_media(each) for each in (*_many(poll.get("answers")), *_many(poll.get("options")))]
    return {"question": {"text": _bare(poll.get("question"))}, "answers": [{"poll_media": each} for each in answers]}


def _media(answer: object) -> Shape:
    told = object_of(answer)
    inner = next((told[key] for key in ("pollMedia", "poll_media", "media", "answer") if key in told), answer)
    emoji = object_of(object_of(inner).get("emoji") or told.get("emoji"))
    return {"text": _bare(inner), "emoji": {"name": text_of(emoji.get("name"))}}


def _bare(value: object) -> str:
    return text_of(value) or text_of(object_of(value).get("text"))


def _many(value: object) -> list[object]:
    return value if isinstance(value, list) else []
