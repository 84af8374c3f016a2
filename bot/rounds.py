"""Further rounds: what there was no time for is read when there is, and the post is judged again. A round only adds."""

import asyncio
from collections import defaultdict
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final, Protocol

import structlog

from bot.actions import Deed, ReadLater
from bot.errors import ConfigurationError
from bot.judge import Found, Verdict, added_to, found_in
from bot.message import Message
from bot.platform import Outcome, Platform, Post, Receipt
from bot.readings.signs import Slow
from bot.store.draft import Draft, Written
from bot.store.sealed import decode_as, encode
from bot.study import Study

ROUND: Final = {Slow.MEANING: 1, Slow.LANDING: 2, Slow.PICTURE: 3, Slow.PAIR: 4}
"""Which round a slow reading opens. A post is judged once in each, however often the reading arrives."""

ANSWERED: Final = 5
"""The round in which a post is judged again once its author has said something about it. Each answer is its own."""

MOST: Final = 16
"""How many are read together. What comes live goes first, so none of it waits longer than for these."""

TOGETHER: Final = {Slow.PICTURE: 1}
"""How many of a kind are read together where it is not `MOST`: what one picture shows need not wait for the next."""

LOG = structlog.get_logger("chaperone.rounds")

ReadSlowly = Callable[[Sequence[Message], Platform], Awaitable[Sequence[Message | None]]]
"""Gives messages of a platform with a slow reading; None where it could not be made."""


@dataclass(frozen=True, slots=True)
class ReadingRoom:
    """What takes its time to read."""

    study: Study | None = None
    """What asks the models; without it none reads."""
    slow: Mapping[Slow, ReadSlowly] = field(default_factory=dict)
    """Further readings, each for a round of its own."""


class Judges(Protocol):
    """What rounds need of the moderator, who alone knows who is who and what stands."""

    async def recognise_again(self, posts: Sequence[tuple[Post, ReadLater]]) -> Sequence[Message]:
        """Say who and where, as it was when each post was heard, and read its words."""
        ...

    async def judge_again(self, message: Message, post: Post, later: ReadLater) -> Draft | None:
        """Judge once more. None where nothing is found that was not found before, and nothing more is to be read."""
        ...

    async def write(self, drafts: Sequence[Draft]) -> Sequence[Written | None]:
        """Write drafts together, durably."""
        ...

    def closed(self, deed: Deed, receipt: Receipt) -> Draft:
        """Say what is written when a deed ends."""
        ...


class Shelf:
    """What waits to be read of one platform, each kind of reading apart: a picture holds up no words."""

    def __init__(self) -> None:
        """Start empty."""
        self._waiting: dict[Slow, asyncio.Queue[Deed]] = {each: asyncio.Queue() for each in Slow}
        self._open = 0
        self.read_all = asyncio.Event()
        self.read_all.set()

    def put(self, deed: Deed) -> None:
        """Put something here."""
        self._open += 1
        self.read_all.clear()
        self._waiting[_later(deed).what].put_nowait(deed)

    async def some(self, what: Slow) -> list[Deed]:
        """Wait for something that needs such a reading, and give it with what waits beside it."""
        waiting, most = self._waiting[what], TOGETHER.get(what, MOST)
        deeds = [await waiting.get()]
        while len(deeds) < most and not waiting.empty():
            deeds.append(waiting.get_nowait())
        return deeds

    def take_off(self, number: int) -> None:
        """Know that so many are read."""
        self._open -= number
        if not self._open:
            self.read_all.set()


class Rounds:
    """The posts that are read later, and how each slow reading is made."""

    def __init__(self, readings: Mapping[Slow, ReadSlowly]) -> None:
        """Take the slow readings there are."""
        self._readings = readings
        self._shelves: defaultdict[str, Shelf] = defaultdict(Shelf)

    def makes(self, what: Slow) -> bool:
        """Say whether there is such a reading here."""
        return what in self._readings

    def put(self, deed: Deed) -> None:
        """Remember something to be read later."""
        self._shelves[deed.platform].put(deed)

    async def rest(self, platform: str, stop: asyncio.Event) -> None:
        """Wait until all of a platform is read; not once we are told to stop: what is planned is taken up again."""
        read_all = self._shelves[platform].read_all
        stopping, reading = asyncio.ensure_future(stop.wait()), asyncio.ensure_future(read_all.wait())
        await asyncio.wait({stopping, reading}, return_when=asyncio.FIRST_COMPLETED)
        stopping.cancel()
        reading.cancel()

    async def next(self, what: Slow, platform: Platform, judges: Judges) -> tuple[int, list[Deed]]:
        """Wait for something of a platform that needs a reading, and read it together with what waits beside it.

        Give back how many were read, and the deeds that follow; `done` is to be told once they are set about.
        """
        deeds = await self._shelves[platform.name].some(what)
        drafts: list[Draft] = []
        for deed, (post, message) in zip(deeds, await self._recognised(deeds, what, platform, judges), strict=True):
            drafts += await _drafts(deed, post, message, judges)
        written = await judges.write(drafts)
        return len(deeds), [each for one in written if one is not None for each in one.deeds]

    def done(self, platform: str, number: int) -> None:
        """Know that so many were read, and what follows was set about."""
        self._shelves[platform].take_off(number)

    async def _recognised(
        self, deeds: Sequence[Deed], what: Slow, platform: Platform, judges: Judges
    ) -> Sequence[tuple[Post | None, Message | None]]:
        """Give each post as it was told, with its message and the slow reading. A fault is a person's, never a stop."""
        try:
            told = [(decode_as(Post, _later(each).told), _later(each)) for each in deeds]
            found = await self._made(what, await judges.recognise_again(told), platform)
        except ConfigurationError:
            raise
        except Exception as error:  # noqa: BLE001 (whatever it is, a person looks at the post)
            LOG.warning("a post could not be read again", what=what, number=len(deeds), fault=type(error).__name__)
            if len(deeds) == 1:
                return [(None, None)]
            singly = [await self._recognised([each], what, platform, judges) for each in deeds]  # one may spoil all
            return [found for (found,) in singly]
        return [(post, message) for (post, _), message in zip(told, found, strict=True)]

    async def _made(self, what: Slow, messages: Sequence[Message], platform: Platform) -> Sequence[Message | None]:
        if what not in self._readings:
            return [None] * len(messages)
        try:
            return await self._readings[what](messages, platform)
        except Exception as error:  # noqa: BLE001 (whatever breaks in a reading, a person looks at the post)
            LOG.warning(
                "something could not be read later", what=what, number=len(messages), fault=type(error).__name__
            )
            return [None] * len(messages)


async def _drafts(deed: Deed, post: Post | None, message: Message | None, judges: Judges) -> list[Draft]:
    """Say what is written about one post: what was found, and whether it was read. What could not be read is a case."""
    if message is None or post is None:
        return [judges.closed(deed, Receipt(Outcome.REFUSED, "not read"))]
    try:
        judged = await judges.judge_again(message, post, _later(deed))
    except ConfigurationError:
        raise
    except Exception as error:  # noqa: BLE001 (whatever it is, a person looks at the post)
        LOG.warning("a post could not be judged again", deed=deed.id, fault=type(error).__name__)
        return [judges.closed(deed, Receipt(Outcome.REFUSED, "not judged"))]
    is_read = _later(deed).what not in message.readings.unread
    receipt = Receipt(Outcome.DONE) if is_read else Receipt(Outcome.REFUSED, "not read")
    return [*([] if judged is None else [judged]), judges.closed(deed, receipt)]


def _later(deed: Deed) -> ReadLater:
    if not isinstance(deed.action, ReadLater):
        raise TypeError(f"deed {deed.id} is to be done on a platform, not read")
    return deed.action


def read_later(post: Post, verdict: Verdict, whats: Sequence[Slow], found: Found = ()) -> tuple[ReadLater, ...]:
    """Write down what is to be read later about a post, with everything needed to judge it again.

    `found` is what rounds before this verdict's have found.
    """
    if not whats or not isinstance(verdict.subject, Message):
        return ()
    told, matter, so_far = encode(post), verdict.subject.matter, found + found_in(verdict)
    return tuple(ReadLater("", each, told, matter, so_far) for each in whats)


def only_new(verdict: Verdict, later: ReadLater) -> Verdict:
    """Leave out of a further round what was found before."""
    return added_to(later.found, verdict)
