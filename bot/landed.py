"""Where shortened links lead is read later: the message is judged again as if the true targets had been posted."""

import asyncio
from collections.abc import Collection, Iterator, Sequence

import msgspec

from bot.links import Link, find_links, host_matches
from bot.message import Message
from bot.platform import Platform
from bot.readings.found import Landed
from bot.readings.landing import Landing, Landings
from bot.rounds import ReadSlowly


def read_landings(landings: Landings, shorteners: Collection[str]) -> ReadSlowly:
    """Give the reading that asks where the shortened links of messages lead."""

    async def read(messages: Sequence[Message], _: Platform) -> list[Message | None]:
        return [await _landed(each, landings, shorteners) for each in messages]

    return read


async def _landed(message: Message, landings: Landings, shorteners: Collection[str]) -> Message:
    """Add where the links of a message lead. One that leads nowhere known is let be."""
    links = [*_shortened(message, shorteners)]
    answers = await asyncio.gather(*map(landings.of, links))
    led = tuple(
        Landed(link.target, answer) for link, answer in zip(links, answers, strict=True) if isinstance(answer, Landing)
    )
    return msgspec.structs.replace(message, readings=message.readings.led(led))


def _shortened(message: Message, shorteners: Collection[str]) -> Iterator[Link]:
    for words in message.words:
        links = find_links(words.text, shorteners)
        yield from (each for each in links if host_matches(each.host, shorteners) is not None)
