"""Further rounds: what there was no time for is read when there is, and the post is judged again. A round only adds."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Final, Protocol

import structlog

from bot.actions import Deed, ReadLater
from bot.judge import Verdict, added_to, found_in
from bot.message import Message
from bot.platform import Outcome, Post, Receipt
from bot.readings.signs import Slow
from bot.store.draft import Draft, Written
from bot.store.sealed import decode_as, encode

ROUND: Final = {Slow.MEANING: 1, Slow.LANDING: 2, Slow.PICTURE: 3, Slow.PAIR: 4}
"""Which round a slow reading opens. A post is judged once in each, however often the reading arrives."""

ANSWERED: Final = 5
"""The round in which a post is judged again once its author has said something about it. Each answer is its own."""

MOST: Final = 16
"""How many are read together. What comes live goes first, so none of it waits longer than for these."""

LOG = structlog.get_logger("chaperone.rounds")

ReadSlowly = Callable[[Sequence[Message]], Awaitable[Sequence[Message | None]]]
"""Gives messages with a slow reading; None where it could not be made."""


class Judges(Protocol):
    """What rounds need of the moderator, who alone knows who is who and what stands."""

    async def recognise_again(self, posts: Sequence[tuple[Post, ReadLater]]) -> Sequence[Message]:
        """Say who and where, as it was when each post was heard, and read its words."""
        ...

    async def judge_again(self, message: Message, later: ReadLater, in_round: int) -> Draft | None:
        """Judge once more. None where nothing is found that was not found before."""
        ...

    async def write(self, drafts: Sequence[Draft]) -> Sequence[Written | None]:
        """Write drafts together, durably."""
        ...

    def closed(self, deed: Deed, receipt: Receipt) -> Draft:
        """Say what is written when a deed ends."""
        ...


class Rounds:
    """The posts that are read later, and how each slow reading is made."""

    def __init__(self, readings: Mapping[Slow, ReadSlowly]) -> None:
        """Take the slow readings there are."""
        self._readings = readings
        self._waiting: asyncio.Queue[Deed] = asyncio.Queue()
        self._open = 0
        self._read_all = asyncio.Event()
        self._read_all.set()

    def makes(self, what: Slow) -> bool:
        """Say whether there is such a reading here."""
        return what in self._readings

    def put(self, deed: Deed) -> None:
        """Remember something to be read later."""
        self._open += 1
        self._read_all.clear()
        self._waiting.put_nowait(deed)

    async def rest(self, stop: asyncio.Event) -> None:
        """Wait until all is read; not once we are told to stop, for what is written as planned is taken up again."""
        stopping, reading = asyncio.ensure_future(stop.wait()), asyncio.ensure_future(self._read_all.wait())
        await asyncio.wait({stopping, reading}, return_when=asyncio.FIRST_COMPLETED)
        stopping.cancel()
        reading.cancel()

    async def next(self, judges: Judges) -> tuple[int, list[Deed]]:
        """Wait for something to read, and read it together with what waits beside it.

        Give back how many were read, and what is to be done now; `done` is to be told once that is set about.
        """
        deeds = [await self._waiting.get()]
        while len(deeds) < MOST and not self._waiting.empty():
            deeds.append(self._waiting.get_nowait())
        todo: list[Deed] = []
        for what in dict.fromkeys(_later(each).what for each in deeds):
            todo += await self._read([each for each in deeds if _later(each).what is what], what, judges)
        return len(deeds), todo

    def done(self, number: int) -> None:
        """Know that so many were read, and what follows was set about."""
        self._open -= number
        if not self._open:
            self._read_all.set()

    async def _read(self, deeds: Sequence[Deed], what: Slow, judges: Judges) -> list[Deed]:
        told = [(decode_as(Post, _later(each).told), _later(each)) for each in deeds]
        found = await self._made(what, await judges.recognise_again(told))
        drafts: list[Draft] = []
        for deed, message in zip(deeds, found, strict=True):
            drafts += await _drafts(deed, message, ROUND[what], judges)
        return [each for written in await judges.write(drafts) if written is not None for each in written.deeds]

    async def _made(self, what: Slow, messages: Sequence[Message]) -> Sequence[Message | None]:
        if what not in self._readings:
            return [None] * len(messages)
        try:
            return await self._readings[what](messages)
        except Exception as error:  # noqa: BLE001 (whatever breaks in a reading, a person looks at the post)
            LOG.warning(
                "something could not be read later", what=what, number=len(messages), fault=type(error).__name__
            )
            return [None] * len(messages)


async def _drafts(deed: Deed, message: Message | None, in_round: int, judges: Judges) -> list[Draft]:
    """Say what is written about one post: what was found, and that it was read. What could not be read is a case."""
    if message is None:
        return [judges.closed(deed, Receipt(Outcome.REFUSED, "not read"))]
    judged = await judges.judge_again(message, _later(deed), in_round)
    return [*([] if judged is None else [judged]), judges.closed(deed, Receipt(Outcome.DONE))]


def _later(deed: Deed) -> ReadLater:
    if not isinstance(deed.action, ReadLater):
        raise TypeError(f"deed {deed.id} is to be done on a platform, not read")
    return deed.action


def read_later(post: Post, verdict: Verdict, whats: Sequence[Slow]) -> tuple[ReadLater, ...]:
    """Write down what is to be read later about a post, with everything needed to judge it again."""
    if not whats or not isinstance(verdict.subject, Message):
        return ()
    told, matter, found = encode(post), verdict.subject.matter, found_in(verdict)
    return tuple(ReadLater("", each, told, matter, found) for each in whats)


def only_new(verdict: Verdict, later: ReadLater) -> Verdict:
    """Leave out of a further round what was found before."""
    return added_to(later.found, verdict)
