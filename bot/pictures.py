"""Pictures are looked at later: each is fetched, scored in memory and let go. What was seen goes with the message."""

import asyncio
from collections.abc import Sequence
from typing import Final

import msgspec
import structlog

from bot.medium import Medium, medium_in
from bot.message import Attached, Message, Where, Words
from bot.platform import Platform
from bot.readings.picture import LARGEST, Pictures, PictureSeen, PictureUnread, Unreadable
from bot.rounds import ReadSlowly

PAUSES: Final = (1.0, 5.0)
"""Seconds before a picture that could not be fetched is asked for again."""

LOG = structlog.get_logger("chaperone.pictures")


def look_at_pictures(pictures: Pictures, pauses: Sequence[float] = PAUSES) -> ReadSlowly:
    """Give the reading that looks at the pictures of messages. What cannot be fetched or looked at is a person's."""

    async def read(messages: Sequence[Message], platform: Platform) -> list[Message | None]:
        return [await _looked_at(each, pictures, platform, pauses) for each in messages]

    return read


async def _looked_at(
    message: Message, pictures: Pictures, platform: Platform, pauses: Sequence[float]
) -> Message | None:
    try:
        there = [each for each in message.attached if each.medium.may_be_picture]
        looks = [await _look(each, pictures, platform, pauses) for each in there]
    except Exception as error:  # noqa: BLE001 (whatever breaks on the way to a picture, a person looks at the post)
        LOG.warning("a picture could not be looked at", fault=type(error).__name__)
        return None
    seen = tuple(each for each in looks if each is not None)
    texts = (each.text for each in seen if isinstance(each, PictureSeen) and each.text)
    words = (*message.words, *(Words(Where.PICTURE_TEXT, text) for text in texts))
    return msgspec.structs.replace(message, words=words, readings=message.readings.showing(seen))


async def _look(
    picture: Attached, pictures: Pictures, platform: Platform, pauses: Sequence[float]
) -> PictureSeen | PictureUnread | None:
    """Look at one picture. None where it is gone, so that nobody can see it any more; or where it is no picture."""
    if picture.size > LARGEST:
        return PictureUnread("", Unreadable.TOO_LARGE)
    content = await _fetched(picture, platform, pauses)
    if content is None or (picture.medium is Medium.UNKNOWN and medium_in(content) is not Medium.PICTURE):
        return None
    return (await pictures.examine(content)).reading


async def _fetched(picture: Attached, platform: Platform, pauses: Sequence[float]) -> bytes | None:
    """Fetch a picture, again after a pause where the network fails. Raises what it raised the last time."""
    for pause in pauses:
        try:
            return await platform.fetch(picture)
        except Exception as error:  # noqa: BLE001 (whatever it was, it may be over)
            LOG.warning("a picture could not be fetched", fault=type(error).__name__)
            await asyncio.sleep(pause)
    return await platform.fetch(picture)
