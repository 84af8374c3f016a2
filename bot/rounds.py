"""Further rounds: what there was no time for is read when there is, and the post is judged again. A round only adds."""

import asyncio
from collections import defaultdict
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

import msgspec
import structlog

from bot.actions import Deed, ReadLater
from bot.clerk import Clerk, read_later
from bot.errors import ConfigurationError
from bot.hall import wait_unless
from bot.judge import Verdict, added_to, outdated, secondhand, unhurried
from bot.message import Message, Where, Words
from bot.platform import Outcome, Platform, Post, Receipt, carrier
from bot.readings.found import PICTURE
from bot.readings.setting import pair_of
from bot.readings.signs import Slow
from bot.rule import Rule
from bot.standing import Standing
from bot.store import past
from bot.store.draft import Draft
from bot.store.ledger import Ledger
from bot.store.record import Recorder
from bot.store.sealed import decode_as
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

    @property
    def makes(self) -> frozenset[Slow]:
        """Name what can be read later here: how often signs come between two people, always."""
        meaning = frozenset() if self.study is None else {Slow.MEANING}
        return frozenset({Slow.PAIR, *meaning, *self.slow})


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
    """The posts that are read later, how each slow reading is made, and what follows when it is there."""

    def __init__(
        self,
        room: ReadingRoom,
        clerk: Clerk,
        rules: Iterable[Rule],
        standing: Standing,
        ledger: Ledger,
        recorder: Recorder,
        now: Callable[[], datetime],
    ) -> None:
        """Take what reads, who judges, what stands, and where it is written."""
        self._study = room.study
        self._readings = {Slow.PAIR: self._count_signals, Slow.MEANING: _as_read, **room.slow}
        self._makes = room.makes
        self._clerk = clerk
        self._about_pictures = frozenset(each.name for each in rules if each.trace is PICTURE)
        self._standing = standing
        self._ledger = ledger
        self._recorder = recorder
        self._now = now
        self._shelves: defaultdict[str, Shelf] = defaultdict(Shelf)
        """What waits to be read, by the door that is asked for it."""

    def put(self, deed: Deed, platform: Platform) -> None:
        """Remember something to be read later."""
        self._shelves[carrier(deed, platform)].put(deed)

    async def rest(self, platform: str, stop: asyncio.Event) -> None:
        """Wait until all of a platform is read; not once we are told to stop: what is planned is taken up again."""
        await wait_unless(stop, self._shelves[platform].read_all.wait())

    async def next(self, what: Slow, platform: Platform) -> tuple[int, list[Deed]]:
        """Wait for something of a platform that needs a reading, and read it together with what waits beside it.

        Give back how many were read, and the deeds that follow; `done` is to be told once they are set about.
        """
        deeds = await self._shelves[platform.name].some(what)
        drafts: list[Draft] = []
        for deed, (post, message) in zip(deeds, await self._recognised(deeds, what, platform), strict=True):
            drafts += await self._drafts(deed, post, message)
        written = await self._ledger.write_all(drafts)
        return len(deeds), [each for one in written if one is not None for each in one.deeds]

    def done(self, platform: str, number: int) -> None:
        """Know that so many were read, and what follows was set about."""
        self._shelves[platform].take_off(number)

    # Read

    async def _recognised(
        self, deeds: Sequence[Deed], what: Slow, platform: Platform
    ) -> Sequence[tuple[Post | None, Message | None]]:
        """Give each post as it was told, with its message and the slow reading. A fault is a person's, never a stop."""
        try:
            told = [(decode_as(Post, _later(each).told), _later(each)) for each in deeds]
            again = await self._read_whole([self._clerk.recognise_again(*each) for each in told])
            found = await self._made(what, again, platform)
        except ConfigurationError:
            raise
        except Exception as error:  # noqa: BLE001 (whatever it is, a person looks at the post)
            LOG.warning("a post could not be read again", what=what, number=len(deeds), fault=type(error).__name__)
            if len(deeds) == 1:
                return [(None, None)]
            singly = [await self._recognised([each], what, platform) for each in deeds]  # one may spoil all
            return [found for (found,) in singly]
        return [(post, message) for (post, _), message in zip(told, found, strict=True)]

    async def _read_whole(self, messages: Sequence[Message]) -> Sequence[Message]:
        """Read messages by lists, patterns and models, however long it takes."""
        read = [self._clerk.read(each) for each in messages]
        return read if self._study is None else await self._study.read(read)

    async def _made(self, what: Slow, messages: Sequence[Message], platform: Platform) -> Sequence[Message | None]:
        """Make a slow reading. Where it cannot be made, what was held back for it must be told all the same."""
        if what not in self._makes:
            return [_without(each, what) for each in messages]
        try:
            return await self._readings[what](messages, platform)
        except Exception as error:  # noqa: BLE001 (whatever breaks in a reading, a person looks at the post)
            LOG.warning(
                "something could not be read later", what=what, number=len(messages), fault=type(error).__name__
            )
            return [_without(each, what) for each in messages]

    async def _count_signals(self, messages: Sequence[Message], _: Platform) -> list[Message]:
        """Give messages with how many signs of closeness came between the same two people."""
        pairs = [(pair_of(each), each.day) for each in messages]
        asked = [(self._recorder.pair(pair), day) for pair, day in pairs if pair is not None]
        counts = iter(await self._ledger.ask(lambda open_: [past.signals(open_, *each) for each in asked]))
        found = [0 if pair is None else next(counts) for pair, _ in pairs]
        return [
            msgspec.structs.replace(message, readings=message.readings._replace(pair=count))
            for message, count in zip(messages, found, strict=True)
        ]

    # Judge

    async def _drafts(self, deed: Deed, post: Post | None, message: Message | None) -> list[Draft]:
        """Say what is written about one post: what was found, and whether it was read. Else it is a case."""
        if message is None or post is None:
            return [self._closed(deed, Receipt(Outcome.REFUSED, "not read"))]
        try:
            judged = await self._judge_again(message, post, _later(deed))
        except ConfigurationError:
            raise
        except Exception as error:  # noqa: BLE001 (whatever it is, a person looks at the post)
            LOG.warning("a post could not be judged again", deed=deed.id, fault=type(error).__name__)
            return [self._closed(deed, Receipt(Outcome.REFUSED, "not judged"))]
        is_read = _later(deed).what not in message.readings.unread
        receipt = Receipt(Outcome.DONE) if is_read else Receipt(Outcome.REFUSED, "not read")
        return [*([] if judged is None else [judged]), self._closed(deed, receipt)]

    def _closed(self, deed: Deed, receipt: Receipt) -> Draft:
        return self._recorder.closed(deed, receipt, self._now())

    async def _judge_again(self, message: Message, post: Post, later: ReadLater) -> Draft | None:
        """Judge a message once more. None where nothing is found that was not found before, nor more is to be read.

        A case that somebody has said something about is not opened again: it would undo what they decided.
        """
        found = await self._found_in(message, ROUND[later.what])
        beside = self._clerk.beside_the_meaning(found)
        to_come = [each for each in beside if each is not later.what]
        verdict = added_to(later.found, unhurried(found, to_come))
        if self._standing.is_outdated(post):
            verdict = outdated(verdict)
        if later.what is Slow.PICTURE:
            verdict = secondhand(verdict, self._about_pictures)
        more = read_later(post, verdict, beside if later.what is Slow.MEANING else [], later.found)
        if not verdict.standing:
            return self._recorder.judged(verdict, more) if more else None
        first_paper = self._recorder.paper(self._recorder.case(verdict), 1)
        decided = await self._ledger.ask(past.written, first_paper)
        return self._clerk.follow_from(verdict, message.id.platform, more, opens=not decided)

    async def _found_in(self, message: Message, in_round: int) -> Verdict:
        """Judge a message with where its links lead and what stands in its pictures.

        Where a link leads nobody wrote: it stays in the evidence, and is neither given back nor posted again with the
        rest.
        """
        seen = self._standing.as_known_now(await self._with_new_words(with_targets(message)))
        verdict = self._clerk.judge(seen, in_round)
        return msgspec.structs.replace(verdict, subject=msgspec.structs.replace(seen, words=message.words))

    async def _with_new_words(self, message: Message) -> Message:
        """Read what stands in pictures and where links lead as well, if there is any of it."""
        landings, pictures = message.readings.landings, message.readings.pictures
        if not landings and not any(words.where is Where.PICTURE_TEXT for words in message.words):
            return message
        (read,) = await self._read_whole([message])
        return msgspec.structs.replace(read, readings=read.readings.led(landings).showing(pictures))


def with_targets(message: Message) -> Message:
    """Add where the shortened links of a message lead to its words, as if that had been posted as well."""
    targets = dict.fromkeys(Words(Where.LINK_TARGET, each.landing.url) for each in message.readings.landings)
    return msgspec.structs.replace(message, words=(*message.words, *targets)) if targets else message


def _without(message: Message, what: Slow) -> Message:
    """Say that a reading of a message could not be made."""
    unread = message.readings.unread | {what}
    return msgspec.structs.replace(message, readings=message.readings._replace(unread=unread))


def _later(deed: Deed) -> ReadLater:
    if not isinstance(deed.action, ReadLater):
        raise TypeError(f"deed {deed.id} is to be done on a platform, not read")
    return deed.action


async def _as_read(messages: Sequence[Message], _: Platform) -> Sequence[Message]:
    """Give messages as they are: the models read them when they were recognised again, or say that they failed."""
    return messages
