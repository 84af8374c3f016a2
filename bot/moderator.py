"""The journey of one message, from the platform to the record and back."""

import asyncio
from collections.abc import Awaitable, Callable, Iterable, Sequence
from contextlib import suppress
from datetime import datetime
from functools import partial
from typing import Final, NamedTuple

import structlog

from bot.actions import Deed, ReadLater
from bot.clerk import Clerk, Read
from bot.docket import Docket
from bot.errors import ConfigurationError
from bot.fault import point
from bot.hall import Hall, listen, mind, wait_unless
from bot.judge import Exemption, Rulebook
from bot.message import PrivacyMatter, Told
from bot.people import PersonId
from bot.performer import Performer
from bot.platform import Answer, Appeal, Decision, Heard, Order, Platform, Post, Report, moment
from bot.readings.reader import Reader
from bot.readings.signs import Slow
from bot.replies import Replies
from bot.roster import Roster
from bot.rounds import ReadingRoom, Rounds
from bot.rule import Rule
from bot.standing import Standing
from bot.store import past
from bot.store.draft import Draft
from bot.store.ledger import Ledger
from bot.store.record import Recorder
from bot.study import studied
from bot.succession import Succession

IN_FLIGHT: Final = 200
"""How many posts, and how many deeds, may be on their way at once. More wait at the door, so memory is bounded."""

PATIENCE: Final = 1.0
"""How many seconds an answer waits for deeds that are being done: it may be about them. A slow platform holds up no
more than that."""

FAREWELL: Final = 4.0
"""How many seconds deeds have to end once we are told to stop. Who runs us waits five, as a rule."""

NO_ROOM: Final = ReadingRoom()

Finish = Callable[[Sequence[Deed]], Awaitable[None]]
"""Sets about what was decided, and lets it be done as far as it is quick."""

LOG = structlog.get_logger("chaperone.moderator")


class Followed(NamedTuple):
    """A platform that is followed, the group that owns its tasks, and the wish to stop."""

    platform: Platform
    tasks: asyncio.TaskGroup
    stop: asyncio.Event


class Batch:
    """What is written together, in the order it came."""

    def __init__(self) -> None:
        """Start empty."""
        self.heard: list[Heard] = []
        self.drafts: list[Draft] = []
        self._soonest: datetime | None = None

    def add(self, heard: Heard, drafts: Sequence[Draft]) -> None:
        """Put in something heard, and what is to be written about it."""
        self.heard.append(heard)
        self.drafts += drafts
        for draft in drafts:
            for planned in draft.deeds:
                if planned.until is not None and (self._soonest is None or planned.until < self._soonest):
                    self._soonest = planned.until

    def due(self, now: datetime) -> bool:
        """Say whether something that is not even written yet has waited long enough."""
        return self._soonest is not None and self._soonest <= now


class Moderator:
    """Carries what is heard through the house: recognise, read, judge, plan, record, acknowledge, act."""

    def __init__(
        self,
        roster: Roster,
        reader: Reader,
        rules: Iterable[Rule],
        exemptions: Iterable[Exemption],
        standing: Standing,
        ledger: Ledger,
        recorder: Recorder,
        now: Callable[[], datetime],
        room: ReadingRoom = NO_ROOM,
    ) -> None:
        """Take everything the journey needs; the moderator makes nothing itself."""
        book = Rulebook(rules)
        self._standing = standing
        self._ledger = ledger
        self._recorder = recorder
        self._study = room.study
        self._clerk = Clerk(roster, reader, book, exemptions, standing, recorder, now, room.makes)
        self._replies = Replies(self._clerk, room.study, roster, standing, ledger, recorder)
        self._rounds = Rounds(room, self._clerk, book, standing, ledger, recorder, now)
        self._docket = Docket(roster, (each.clause for each in book), ledger, recorder)
        self._room = asyncio.Semaphore(IN_FLIGHT)
        self._acting: set[asyncio.Task[None]] = set()
        self._up_to_date: set[str] = set()
        """The platforms that told only what was new, the last time it was looked up."""
        self.performer = Performer(standing, ledger, recorder, now, Succession(roster, ledger, recorder))
        """Does what was decided."""

    async def follow(
        self, platform: Platform, tasks: asyncio.TaskGroup, stop: asyncio.Event, in_flight: int = IN_FLIGHT
    ) -> None:
        """Carry what a platform tells until it ends or `stop` is set; then finish what is on its way."""
        hall, followed = Hall(in_flight), Followed(platform, tasks, stop)
        listening = tasks.create_task(listen(platform, hall, stop))
        minding = tasks.create_task(mind(stop, listening))
        reading_on = [tasks.create_task(self._read_on(each, followed)) for each in Slow]
        finish = partial(self._finish, followed=followed)
        while group := await hall.next_group():
            deeds = await self.moderate(group, platform, self._by(hall.came_at), finish)
            await self._set_about(deeds, followed)
            hall.leave(len(group))
        minding.cancel()
        await self._rounds.rest(platform.name, stop)
        for each in reading_on:
            each.cancel()
        await self._farewell(stop)

    async def moderate(
        self, group: Sequence[Heard], platform: Platform, by: float | None = None, finish: Finish | None = None
    ) -> list[Deed]:
        """Read, decide, record, acknowledge: nothing is done that was not first written. Give back what is to be done.

        What came at once is written at once, in the order it came. A decision stands alone: it may be about what came
        before it, and what comes after it may be too late to undo it. `by` is when reading has to end, on the loop's
        clock; what was not read by then is judged as far as it is, and read later. `finish` does what was decided
        before an answer, an appeal or a decision; without it, that is given back with the rest.
        """
        performer, batch, written = self.performer, Batch(), await self._written(group, platform.name)
        read = await self._read([each for each in group if id(each) not in written], by)
        deeds: list[Deed] = []
        for heard in group:
            now, of_a_case = moment(heard), isinstance(heard, Appeal | Decision)
            looks_back = of_a_case or isinstance(heard, Answer)
            if looks_back or performer.due(platform.name, now) or batch.due(now):
                deeds += await self._record(batch, platform)
                deeds += await performer.begin_due(platform.name, now)
                batch = Batch()
            if looks_back and finish is not None:
                await finish(deeds)
                deeds = []
            batch.add(heard, [] if id(heard) in written else await self._decide(heard, read))
            if of_a_case:
                deeds += await self._record(batch, platform)
                batch = Batch()
        return deeds + await self._record(batch, platform)

    async def _written(self, group: Iterable[Heard], platform: str) -> set[int]:
        """Name what is written already: what is told again is only acknowledged.

        Looking it up costs an eighth of a journey. It ends once all was new; what comes late is always looked up. What
        comes twice all the same is refused by the ledger, and begins it again.
        """
        keys: dict[int, bytes] = {}
        for each in group:
            if platform in self._up_to_date and not (isinstance(each, Post) and each.late):
                continue
            with suppress(Exception):  # who decides on it comes upon the same fault, and hands it to a person
                if (key := self._recorder.once_heard(each)) is not None:
                    keys[id(each)] = key
        if not keys:
            return set()
        known = await self._ledger.ask(past.which_written, [*keys.values()])
        written = {each for each, key in keys.items() if key in known}
        if not written:
            self._up_to_date.add(platform)
        return written

    async def _read(self, group: Sequence[Heard], by: float | None) -> Read:
        """Read what people wrote, by models as well as far as there is time for."""
        heard = [each for each in group if isinstance(each, Post)]
        posts = self._clerk.read_all(heard, await self._own_matters(heard))
        ordered = self._clerk.read_all(each.post for each in group if isinstance(each, Order))
        return {**await studied(posts, self._study, by), **await studied(ordered, self._study)}

    async def _own_matters(self, posts: Iterable[Post]) -> dict[int, PrivacyMatter]:
        """Find the matter of each edit whose post was part of it, though its place has been idle too long since."""
        found: dict[int, PrivacyMatter] = {}
        for each in posts:
            matter = self._standing.inherited(each, however_idle=True) if each.revision else None
            if matter is not None and self._standing.inherited(each) is None:
                seen = await self._ledger.read(past.noticed, self._recorder.about(each.platform, each.id))
                if any(version.get("matter") for version in seen):
                    found[id(each)] = matter
        return found

    async def _decide(self, heard: Heard, read: Read) -> list[Draft]:
        """Say what is to be written about something heard. Only an answer has to be looked up first."""
        if isinstance(heard, Answer):
            return await self._replies.decide(heard)
        return self._clerk.decide(heard, read)

    async def _record(self, batch: Batch, platform: Platform) -> list[Deed]:
        """Write and acknowledge. Give back what is to be done now; the rest waits.

        What is said about a case is put to it once all before is written: it may be about that. A report that is told
        again was put to one before, which may be another than it would come to now.
        """
        written = await self._ledger.write_all(batch.drafts)
        new: set[bytes | None] = set()
        for draft, result in zip(batch.drafts, written, strict=True):
            if result is None:
                self._up_to_date.discard(platform.name)
                self._clerk.take_back(draft)
            else:
                new.add(draft.key)
        deeds = [deed for each in written if each is not None for deed in each.deeds]
        for heard in batch.heard:
            point("recorded")
            is_again = isinstance(heard, Report) and self._recorder.report(heard) not in new
            if isinstance(heard, Report | Appeal | Decision) and not is_again:
                deeds += await self._put_to_its_case(heard)
            await _acknowledge(platform, heard)
            point("acknowledged")
        return [deed for deed in deeds if not self._lay_aside(deed, platform)]

    async def _put_to_its_case(self, said: Report | Appeal | Decision) -> tuple[Deed, ...]:
        """Give what somebody said about a case to the docket. A fault of our own is a case, as for a post."""
        try:
            return (await self._docket.take(said)).deeds
        except ConfigurationError:
            raise
        except Exception as error:  # noqa: BLE001 (a report or an objection must reach a person even so)
            await self._ledger.write_all(self._clerk.stumble(said, error))
            return ()

    def _lay_aside(self, deed: Deed, platform: Platform) -> bool:
        """Say whether a deed is not to be done at once on the platform, and remember it until then."""
        if isinstance(deed.action, ReadLater):
            self._rounds.put(deed, platform)
            return True
        return self.performer.lay_aside(deed, platform)

    async def _finish(self, deeds: Sequence[Deed], followed: Followed) -> None:
        """Let what was decided before be done, as far as it is quick: what is said now may be about it.

        Once we are told to stop, nobody waits any more: the deeds go on, and have until the farewell.
        """
        await self._set_about(deeds, followed)
        if self._acting:
            await wait_unless(followed.stop, asyncio.wait({*self._acting}), PATIENCE)

    def _by(self, came_at: float) -> float | None:
        """Say when reading what came then has to end, on the loop's clock; never where nobody waits for it."""
        patience = None if self._study is None else self._study.patience
        return None if patience is None else came_at + patience

    async def _set_about(self, deeds: Sequence[Deed], followed: Followed) -> None:
        """Do what is to be done beside the journey of what comes next."""
        for deed in deeds:
            if not await self._has_room(followed.stop):
                return  # they are written as planned: the next start takes them up
            acting = followed.tasks.create_task(self._act(deed, followed.platform))
            self._acting.add(acting)
            acting.add_done_callback(self._acting.discard)

    async def _has_room(self, stop: asyncio.Event) -> bool:
        """Wait for room to do one more deed. False where there is none and we are told to stop: all may wait."""
        if not self._room.locked():
            return await self._room.acquire()
        return await wait_unless(stop, self._room.acquire())

    async def _act(self, deed: Deed, platform: Platform) -> None:
        """Carry a deed out beside the journey of the next posts: nobody waits for another's network."""
        try:
            await self.performer.carry_out(deed, platform)
        finally:
            self._room.release()

    async def _farewell(self, stop: asyncio.Event) -> None:
        """Let every deed end. Told to stop, wait a little: what is begun by then is looked up at the next start."""
        if self._acting:
            _, left = await asyncio.wait(self._acting, timeout=FAREWELL if stop.is_set() else None)
            for each in left:
                each.cancel()

    async def _read_on(self, what: Slow, followed: Followed) -> None:
        """Make one kind of slow reading, whenever there is time, and do what follows."""
        platform = followed.platform
        while True:
            read, deeds = await self._rounds.next(what, platform)
            await self._set_about([each for each in deeds if not self._lay_aside(each, platform)], followed)
            self._rounds.done(platform.name, read)

    async def take_up(
        self,
        left: Sequence[tuple[Deed, str]],
        copied: frozenset[int],
        platform: Platform,
        reports: Iterable[Report] = (),
    ) -> None:
        """Go on with what an earlier run left open: what was to be read later, reports without a paper, and deeds."""
        for deed, _ in left:
            if isinstance(deed.action, ReadLater):
                self._rounds.put(deed, platform)
        others = [each for each in left if not isinstance(each[0].action, ReadLater)]
        for report in reports:
            others += [(deed, "planned") for deed in await self._put_to_its_case(report)]
        await self.performer.take_up(others, copied, platform)

    def renew(self, reader: Reader, exemptions: Iterable[Exemption]) -> None:
        """Go on with what was changed beside us: another roster was read, an exception granted or ended."""
        self._clerk.renew(reader, exemptions)
        if self._study is not None:
            self._study.renew(reader.clues)

    def copied(self, order: Order) -> tuple[str, ...]:
        """Name who would receive a copy of an order, by office and name: whoever writes has to know it before."""
        return self._clerk.copied(order)

    def told(self, person: PersonId) -> tuple[Told, ...]:
        """Say what somebody was told in the last months, oldest first."""
        return self._standing.told.get(person, ())

    def close(self) -> None:
        """Let go of what reads in a thread of its own."""
        if self._study is not None:
            self._study.close()


async def _acknowledge(platform: Platform, heard: Heard) -> None:
    """Tell a platform that something is written. If it cannot be told, it tells again, and nothing is written twice."""
    try:
        await platform.acknowledge(heard)
    except Exception as error:  # noqa: BLE001 (what is written is to be done, whatever breaks in a platform's library)
        LOG.warning("a platform could not be answered", fault=type(error).__name__)
