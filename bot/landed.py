"""Where shortened links lead is read later: the message is judged again as if the true targets stood in it."""

import asyncio
from collections.abc import Callable, Collection, Iterator, Sequence

import msgspec

from bot.links import Link, find_links, host_matches
from bot.message import Message, Where, Words
from bot.readings.landing import Landing, Landings
from bot.readings.reader import Reader
from bot.rounds import ReadSlowly


def read_landings(landings: Landings, shorteners: Collection[str], reader: Callable[[], Reader]) -> ReadSlowly:
    """Give the reading that asks where the shortened links of messages lead."""

    async def read(messages: Sequence[Message]) -> list[Message | None]:
        return [await _landed(each, landings, shorteners, reader()) for each in messages]

    return read


async def _landed(message: Message, landings: Landings, shorteners: Collection[str], reader: Reader) -> Message:
    """Add the targets that are known to what stands in a message. A link that leads nowhere known is let be."""
    answers = await asyncio.gather(*(landings.of(each) for each in _shortened(message, shorteners)))
    targets = tuple(Words(Where.LINK_TARGET, each.url) for each in answers if isinstance(each, Landing))
    if not targets:
        return message
    read = reader.read(msgspec.structs.replace(message, words=message.words + targets))
    told = sorted((*read.readings.signs, *message.readings.signs), key=lambda sign: sign.score)
    signs = {each.label: each for each in told}  # the surer one of each
    return msgspec.structs.replace(
        read, readings=read.readings.seeing(tuple(signs.values()), leak=message.readings.leak)
    )


def _shortened(message: Message, shorteners: Collection[str]) -> Iterator[Link]:
    for words in message.words:
        yield from (each for each in find_links(words.text, shorteners) if host_matches(each.host, shorteners))
