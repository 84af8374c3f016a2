"""Gives messages of the invented district in which the readings see what a test says."""

import msgspec

from bot.message import Message, PlaceId, PostId, Where, Words
from bot.people import AccountId
from bot.platform import Post, Readers
from bot.readings.labels import Clue, Floor, Label
from bot.readings.signs import Sign, Slow
from tests import district


def sign(label: Label, *words: str, text: str = "", sure: bool = True) -> Sign:
    """See a label in a text, with the words that speak for it."""
    found = ((each, text.index(each)) for each in words)
    clues = tuple(Clue(label, "any", start, start + len(each), each, 0.9) for each, start in found)
    return Sign(label, 0.9 if sure else 0.4, sure, clues)


def own(label: Label) -> Sign:
    """See a label that the district's own words ask a look for, and nothing else speaks for."""
    return Sign(label, 0.4, sure=False, clues=(Clue(label, "ours", 0, 4, "word", 0.9, floor=Floor.REVIEW),))


def seen(
    text: str,
    *signs: Sign,
    by: str = "coach",
    to: tuple[str, ...] = ("s1",),
    place: str = "p",
    leak: bool = False,
    pair: int = 0,
    unread: frozenset[Slow] = frozenset(),
) -> Message:
    """Let somebody write to members of a place, and see in it what is there."""
    readers = frozenset(map(AccountId, to))
    post = Post(
        "replay",
        PlaceId(place),
        PostId("1"),
        AccountId(by),
        district.NOON,
        Readers(readers, readers),
        (Words(Where.BODY, text),),
    )
    message = district.reader().read(district.roster().recognise(post))
    readings = message.readings.seeing(signs, leak=leak)._replace(pair=pair, unread=unread)
    return msgspec.structs.replace(message, readings=readings)
