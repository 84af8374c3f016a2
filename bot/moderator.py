"""The journey of one message, from the platform to the record and back."""

import asyncio
from collections import Counter, defaultdict
from collections.abc import Awaitable, Callable, Iterable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Final

import msgspec
import structlog

from bot.actions import Copy, Deed, DeedId, Lift, Restrict, Show, Waiting, plan
from bot.agenda import Agenda
from bot.compose import Earlier, compose, copied_elsewhere, held, reorder, unfulfilled
from bot.docket import Docket
from bot.errors import ConfigurationError
from bot.fault import point
from bot.judge import Exemption, Verdict, judge
from bot.message import Message, MessageId
from bot.platform import (
    Answer,
    Appeal,
    Decision,
    Deletion,
    Heard,
    Order,
    Outcome,
    Platform,
    Post,
    ProfileSeen,
    Receipt,
    Report,
    SpaceSeen,
    Tick,
    moment,
)
from bot.readings.reader import Reader
from bot.roster import Roster
from bot.rule import Choice, Rule, Subject
from bot.space import Space
from bot.standing import Standing
from bot.store.draft import Draft
from bot.store.ledger import Ledger
from bot.store.record import Recorder

IN_FLIGHT: Final = 200
"""How many posts, and how many deeds, may be on their way at once. More wait at the door, so memory is bounded."""

TRIES: Final = 2
"""How often a deed is tried before a person is asked, when the platform says for certain it was not done."""

SOON: Final = timedelta(minutes=5)
LATER: Final = timedelta(hours=1)
OFTEN: Final = 12
"""A copy's note that was not accepted is tried again soon, so often; then less often, for as long as it takes."""

ANSWERABLE: Final = timedelta(days=14)
"""How long after a post its notice can be answered."""

RELEASING: Final = (Outcome.DONE, Outcome.REHEARSED)
"""How a copy ends that lets go what was held until it."""

Unanswered = Post | SpaceSeen | ProfileSeen | Deletion | Report | Appeal | Decision | Order | Tick
"""What can be decided without reading what is kept."""

LOG = structlog.get_logger("chaperone.moderator")


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
    ) -> None:
        """Take everything the journey needs; the moderator makes nothing itself."""
        self._roster = roster
        self._reader = reader
        self._rules = tuple(rules)
        self._exemptions = tuple(exemptions)
        self._standing = standing
        self._ledger = ledger
        self._recorder = recorder
        self._now = now
        self._docket = Docket(roster, (each.clause for each in self._rules), ledger, recorder)
        self._room = asyncio.Semaphore(IN_FLIGHT)
        self._doors: defaultdict[tuple[str, str], asyncio.Lock] = defaultdict(asyncio.Lock)
        """A place is closed and opened in the order that was decided, however long the platform takes."""
        self._agendas: defaultdict[str, Agenda] = defaultdict(Agenda)
        self._held: defaultdict[tuple[str, int], list[Deed]] = defaultdict(list)
        """Deeds that wait for a copy, by the entry they follow from."""
        self._begun: set[DeedId] = set()
        """Deeds that were due and are written as begun already."""
        self._failed: Counter[DeedId] = Counter()

    async def moderate(self, group: Sequence[Heard], platform: Platform) -> list[Deed]:
        """Decide, record, acknowledge: nothing is done that was not first written. Give back what is to be done.

        What came at once is written at once, in the order it came. A decision stands alone: it may be about what came
        before it, and what comes after it may be too late to undo it.
        """
        agenda, batch = self._agendas[platform.name], Batch()
        deeds: list[Deed] = []
        for heard in group:
            now, of_a_case = moment(heard), isinstance(heard, Appeal | Decision)
            if of_a_case or isinstance(heard, Answer) or agenda.due(now) or batch.due(now):
                deeds += await self._record(batch, platform)
                deeds += await self._begin_due(agenda, now)
                batch = Batch()
            batch.add(heard, await self._answer(heard) if isinstance(heard, Answer) else self._decide(heard))
            if of_a_case:
                deeds += await self._record(batch, platform)
                batch = Batch()
        return deeds + await self._record(batch, platform)

    async def _record(self, batch: Batch, platform: Platform) -> list[Deed]:
        """Write and acknowledge. Give back what is to be done now; the rest waits.

        What is said about a case is put to it once all before is written: it may be about that.
        """
        written = await self._ledger.write_all(batch.drafts)
        for draft, result in zip(batch.drafts, written, strict=True):
            if result is None:
                self._take_back(draft)
        deeds = [deed for each in written if each is not None for deed in each.deeds]
        for heard in batch.heard:
            point("recorded")
            if isinstance(heard, Report | Appeal | Decision):
                deeds += await self._put_to_its_case(heard)
            await _acknowledge(platform, heard)
            point("acknowledged")
        return [deed for deed in deeds if not self._must_wait(deed)]

    def _must_wait(self, deed: Deed) -> bool:
        """Lay aside what is not to be done yet."""
        if deed.held:
            self._held[deed.platform, deed.cause].append(deed)
        elif deed.until is not None:
            self._agendas[deed.platform].put(deed.until, deed)
        return deed.waits

    async def _begin_due(self, agenda: Agenda, now: datetime) -> list[Deed]:
        """Write that what has waited long enough begins, before anything that comes later can settle it."""
        due: list[Deed] = []
        while agenda.due(now):
            deed = agenda.take()
            if await self._ledger.write(self._recorder.begun(deed, now)) is not None:
                self._begun.add(deed.id)
                due.append(deed)
        return due

    def _take_back(self, draft: Draft) -> None:
        """Forget what was planned for something that had been written before: nothing of it will be done."""
        for planned in draft.deeds:
            self._standing.ended(Deed(DeedId(""), planned.platform, planned.action), Outcome.NOT_DONE)

    def _decide(self, heard: Unanswered) -> list[Draft]:
        """Say what is to be written about something heard. A fault of our own ends before a person, not in silence."""
        try:
            match heard:
                case Tick() | Appeal() | Decision():
                    return []
                case Deletion():
                    return [self._recorder.deleted(heard)]
                case Report():
                    return [self._recorder.reported(heard)]
                case Order():
                    return [self._order(heard)]
                case _:
                    return [self._judge(heard)]
        except Exception as error:  # noqa: BLE001 (whatever it is, the others go on, and a person looks at this one)
            return self._stumble(heard, error)

    def _stumble(self, heard: Heard, error: Exception) -> list[Draft]:
        LOG.warning("something heard could not be judged", fault=type(error).__name__)
        return [self._recorder.stumbled(heard, self._now())]

    def _judge(self, heard: Post | SpaceSeen | ProfileSeen) -> Draft:
        """Recognise, read, judge, plan: the four pure steps."""
        subject = self._recognise(heard)
        verdict = judge(subject, self._rules, self._exemptions)
        offices = self._roster.on(subject.day).offices
        restricted = self._standing.restricted(heard.platform) if isinstance(subject, Space) else frozenset()
        actions = plan(verdict, offices, restricted)
        if isinstance(subject, Space) and self._standing.is_late(subject):
            actions = tuple(each for each in actions if not isinstance(each, Restrict | Lift))
        self._standing.note(subject, actions)
        return self._recorder.judged(verdict, actions)

    def _order(self, order: Order) -> Draft:
        """Judge what somebody asks us to send as the message it would become, and say what follows."""
        message, verdict = self._judge_order(order)
        actions = compose(order, message, verdict, self._roster.on(message.day))
        if any(isinstance(each, Waiting | Show) for each in actions):
            self._standing.note(message, ())
        return self._recorder.ordered(order, verdict, actions)

    def _judge_order(self, order: Order) -> tuple[Message, Verdict]:
        message = self._recognise_post(order.post)
        return message, judge(message, self._rules, self._exemptions)

    async def _answer(self, answer: Answer) -> list[Draft]:
        """Say what follows from an answer to a notice. A fault of our own ends before a person, as in `_decide`."""
        try:
            return await self._follow_up(answer)
        except ConfigurationError:
            raise
        except Exception as error:  # noqa: BLE001 (as there)
            return self._stumble(answer, error)

    async def _follow_up(self, answer: Answer) -> list[Draft]:
        """Settle what waited for an answer, and perhaps send something."""
        day = self._roster.on(self._roster.day_of(answer.at))
        earlier = await self._earlier(answer)
        order = None if earlier is None else reorder(answer, earlier, day, self._standing.team_places(answer.platform))
        if order is None:
            return [self._recorder.answered(answer, unfulfilled(answer, earlier, day))]
        if answer.choice is not Choice.CONCERNS_COPIED:
            return [self._recorder.answered(answer), self._order(order)]
        message, verdict = self._judge_order(order)
        self._standing.note(message, ())
        again = copied_elsewhere(order, message, verdict, day)
        return [self._recorder.answered(answer), self._recorder.ordered(order, verdict, again)]

    async def _earlier(self, answer: Answer) -> Earlier | None:
        """Read what is kept of the post or order that is answered; nothing when it is forgotten already."""
        about = self._recorder.about(MessageId(answer.platform, answer.about))
        seen = await self._ledger.versions(about, answer.at - ANSWERABLE)
        return None if not seen else msgspec.convert(seen[-1], Earlier)

    async def _put_to_its_case(self, said: Report | Appeal | Decision) -> tuple[Deed, ...]:
        """Give what somebody said about a case to the docket. A fault of our own is a case, as in `_decide`."""
        try:
            return (await self._docket.take(said)).deeds
        except ConfigurationError:
            raise
        except Exception as error:  # noqa: BLE001 (as there)
            await self._ledger.write_all(self._stumble(said, error))
            return ()

    def _recognise(self, heard: Post | SpaceSeen | ProfileSeen) -> Subject:
        """Say who and where, and read the words."""
        match heard:
            case Post():
                return self._recognise_post(heard)
            case SpaceSeen():
                was_overseen = (heard.platform, heard.place) in self._standing.overseen
                return self._reader.read(self._roster.recognise_space(heard, was_overseen=was_overseen))
            case ProfileSeen():
                return self._reader.read(self._roster.recognise_profile(heard))

    def _recognise_post(self, post: Post) -> Message:
        message = self._roster.recognise(post, self._standing.inherited(post))
        return self._reader.read(self._standing.remind(message))

    async def carry_out(self, deed: Deed, platform: Platform) -> None:
        """Do one deed: write that it begins, do it, write how it ended; then do what was held until it."""
        receipt = await self._answered(deed, platform)
        if receipt.outcome is Outcome.NOT_DONE:
            await self._delay(deed, platform)
            return
        self._standing.ended(deed, receipt.outcome)
        await self._ledger.write(self._recorder.closed(deed, receipt, self._now()))
        point("closed")
        await self._release(deed, receipt, platform)

    async def _release(self, deed: Deed, receipt: Receipt, platform: Platform) -> None:
        """Do what was held until a copy was accepted, in the order it was planned."""
        if isinstance(deed.action, Copy) and receipt.outcome in RELEASING:
            for each in self._held.pop((deed.platform, deed.cause), []):
                await self.carry_out(each, platform)

    async def _answered(self, deed: Deed, platform: Platform) -> Receipt:
        """Ask for a deed. A copy read in place needs no asking; a place is opened and closed in the order decided."""
        match deed.action:
            case Copy(read_in_place=True):
                return Receipt(Outcome.DONE, "read in place")
            case Restrict(place=place) | Lift(place=place):
                async with self._doors[deed.platform, place]:
                    return await self._try(deed, platform)
            case _:
                return await self._try(deed, platform)

    async def _try(self, deed: Deed, platform: Platform) -> Receipt:
        """Try until the platform gives a certain answer; after an unknown one it is asked, never told again blindly.

        The note of a copy is never given up: it stays NOT_DONE, to be tried again later.
        """
        receipt = Receipt(Outcome.NOT_DONE)
        is_copy = isinstance(deed.action, Copy)
        for _ in range(1 if is_copy else TRIES):
            if not await self._begin(deed):
                return Receipt(Outcome.MOOT, "nothing left to do it to")
            point("begun")
            receipt = await _answer(platform.perform, deed)
            point("performed")
            if receipt.outcome is Outcome.UNKNOWN:
                receipt = await _answer(platform.find, deed)
            if receipt.outcome is not Outcome.NOT_DONE:
                return receipt
        return receipt if is_copy else Receipt(Outcome.REFUSED, receipt.reason or "not done")

    async def _begin(self, deed: Deed) -> bool:
        """Write that a deed begins, unless that was written when it was due."""
        if deed.id in self._begun:
            self._begun.discard(deed.id)
            return True
        return await self._ledger.write(self._recorder.begun(deed, self._now())) is not None

    async def _delay(self, deed: Deed, platform: Platform) -> None:
        """Try a copy's note again later; tell, once, whoever waits for it."""
        self._agendas[deed.platform].put(self._now() + self._pause(deed), deed)
        LOG.warning("the note of a copy was not accepted", deed=deed.id, tries=self._failed[deed.id])
        waiting = [each.action for each in self._held[deed.platform, deed.cause] if isinstance(each.action, Show)]
        delayed = self._recorder.delayed(deed, [held(each) for each in waiting], self._now())
        written = await self._ledger.write(delayed)
        for tell in written.deeds if written is not None else ():
            await self.carry_out(tell, platform)

    def _pause(self, deed: Deed) -> timedelta:
        """Say how long to wait before a copy's note is tried again: minutes at first, then an hour."""
        self._failed[deed.id] += 1
        return SOON if self._failed[deed.id] < OFTEN else LATER

    async def take_up(self, left: Sequence[tuple[Deed, str]], copied: frozenset[int], platform: Platform) -> None:
        """Go on with the deeds an earlier run left open, each with its state; `copied` names entries copied already."""
        ready = []
        for deed, state in left:
            if deed.held and deed.cause in copied:
                ready.append((replace(deed, held=False), state))
            elif state != "planned" or not self._must_wait(deed):
                ready.append((deed, state))
        for deed, state in ready:
            await self.resume(deed, begun=state == "begun", platform=platform)

    async def resume(self, deed: Deed, *, begun: bool, platform: Platform) -> None:
        """Take up a deed that an earlier run left open. One that had begun is looked up before anything is done."""
        if begun:
            receipt = await _answer(platform.find, deed)
            if receipt.outcome is not Outcome.NOT_DONE:
                self._standing.ended(deed, receipt.outcome)
                await self._ledger.write(self._recorder.closed(deed, receipt, self._now()))
                await self._release(deed, receipt, platform)
                return
        await self.carry_out(deed, platform)

    async def follow(
        self, platform: Platform, tasks: asyncio.TaskGroup, stop: asyncio.Event, in_flight: int = IN_FLIGHT
    ) -> None:
        """Carry what a platform tells until it ends or `stop` is set; then finish what is on its way."""
        hall = Hall(in_flight)
        listening = tasks.create_task(_listen(platform, hall, stop))
        minding = tasks.create_task(_mind(stop, listening))
        while group := await hall.next_group():
            for deed in await self.moderate(group, platform):
                await self._room.acquire()
                tasks.create_task(self._act(deed, platform))
            hall.leave(len(group))
        minding.cancel()
        for _ in range(IN_FLIGHT):
            await self._room.acquire()
        for _ in range(IN_FLIGHT):
            self._room.release()

    async def _act(self, deed: Deed, platform: Platform) -> None:
        """Carry a deed out beside the journey of the next posts: nobody waits for another's network."""
        try:
            await self.carry_out(deed, platform)
        finally:
            self._room.release()


class Hall:
    """Where what was heard waits to be carried on, together with what came at the same time."""

    def __init__(self, room: int) -> None:
        """Make room for so many, waiting and being carried; more wait at the door."""
        self._room = room
        self._inside = 0
        self._waiting: list[Heard] = []
        self._closed = False
        self._came = asyncio.Event()
        self._left = asyncio.Event()

    async def enter(self, heard: Heard) -> None:
        """Come in, as soon as there is room."""
        while self._inside >= self._room:
            self._left.clear()
            await self._left.wait()
        self._inside += 1
        self._waiting.append(heard)
        self._came.set()

    async def next_group(self) -> list[Heard]:
        """Wait for the next to come, and give all who are there; none when nobody will come any more."""
        await self._came.wait()
        if not self._closed:
            self._came.clear()
        group, self._waiting = self._waiting, []
        return group

    def leave(self, number: int) -> None:
        """Make room: so many are written."""
        self._inside -= number
        self._left.set()

    def close(self) -> None:
        """Nobody comes any more."""
        self._closed = True
        self._came.set()


async def _listen(platform: Platform, hall: Hall, stop: asyncio.Event) -> None:
    """Bring in what a platform tells."""
    try:
        async for heard in platform.hear():
            point("heard")
            await hall.enter(heard)
            if stop.is_set():
                break
    finally:
        hall.close()


async def _mind(stop: asyncio.Event, listening: "asyncio.Task[None]") -> None:
    """Stop listening when told to, also while a platform is silent. What is not written yet will be told again."""
    await stop.wait()
    listening.cancel()


async def _answer(ask: Callable[[Deed], Awaitable[Receipt]], deed: Deed) -> Receipt:
    """Ask a platform. A fault of its own means that nobody knows what became of the deed."""
    try:
        return await ask(deed)
    except Exception as error:  # noqa: BLE001 (whatever breaks in a platform's library, the outcome is unknown)
        LOG.warning("a platform failed", fault=type(error).__name__, deed=deed.id)
        return Receipt(Outcome.UNKNOWN, type(error).__name__)


async def _acknowledge(platform: Platform, heard: Heard) -> None:
    """Tell a platform that something is written. If it cannot be told, it tells again, and nothing is written twice."""
    try:
        await platform.acknowledge(heard)
    except Exception as error:  # noqa: BLE001 (what is written is to be done, whatever breaks in a platform's library)
        LOG.warning("a platform could not be answered", fault=type(error).__name__)
