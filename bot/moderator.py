"""The journey of one message, from the platform to the record and back."""

import asyncio
from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from typing import Final

import msgspec
import structlog

from bot.actions import Actions, Copy, Deed, DeedId, Lift, Restrict, Show, Waiting, concerned_in, plan
from bot.compose import (
    Earlier,
    broken,
    compose,
    copied_elsewhere,
    owed_copies,
    reorder,
    sent_before,
    settles,
    unfulfilled,
    we_heard,
)
from bot.docket import Docket
from bot.errors import ConfigurationError
from bot.fault import point
from bot.hall import Hall, listen, mind
from bot.judge import Exemption, Verdict, judge
from bot.message import Message, MessageId
from bot.performer import Performer
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
    Report,
    SpaceSeen,
    Tick,
    moment,
)
from bot.readings.reader import Reader
from bot.roster import Day, Roster
from bot.rule import Choice, Rule, Subject
from bot.space import Space
from bot.standing import Standing
from bot.store import memory
from bot.store.draft import Draft
from bot.store.ledger import Ledger
from bot.store.record import Recorder

IN_FLIGHT: Final = 200
"""How many posts, and how many deeds, may be on their way at once. More wait at the door, so memory is bounded."""

PATIENCE: Final = 1.0
"""How many seconds an answer waits for deeds that are being done: it may be about them. A slow platform holds up no
more than that."""

FAREWELL: Final = 4.0
"""How many seconds deeds have to end once we are told to stop. Who runs us waits five, as a rule."""

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
        self._acting: set[asyncio.Task[None]] = set()
        self.performer = Performer(standing, ledger, recorder, now)
        """Does what was decided."""

    async def moderate(self, group: Sequence[Heard], platform: Platform) -> list[Deed]:
        """Decide, record, acknowledge: nothing is done that was not first written. Give back what is to be done.

        What came at once is written at once, in the order it came. A decision stands alone: it may be about what came
        before it, and what comes after it may be too late to undo it.
        """
        performer, batch = self.performer, Batch()
        deeds: list[Deed] = []
        for heard in group:
            now, of_a_case = moment(heard), isinstance(heard, Appeal | Decision)
            looks_back = of_a_case or isinstance(heard, Answer)
            if looks_back or performer.due(platform.name, now) or batch.due(now):
                deeds += await self._record(batch, platform)
                deeds += await performer.begin_due(platform.name, now)
                batch = Batch()
            if looks_back:
                await self._finish(deeds, platform)
                deeds = []
            batch.add(heard, await self._answer(heard) if isinstance(heard, Answer) else self._decide(heard))
            if of_a_case:
                deeds += await self._record(batch, platform)
                batch = Batch()
        return deeds + await self._record(batch, platform)

    async def _finish(self, deeds: Sequence[Deed], platform: Platform) -> None:
        """Let what was decided before be done, as far as it is quick: what is said now may be about it."""
        for deed in deeds:
            await self.performer.carry_out(deed, platform)
        if self._acting:
            await asyncio.wait(self._acting, timeout=PATIENCE)

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
        return [deed for deed in deeds if not self.performer.lay_aside(deed)]

    def _take_back(self, draft: Draft) -> None:
        """Forget what was planned for something that had been written before: nothing of it will be done."""
        for planned in draft.deeds:
            self._standing.ended(Deed(DeedId(""), planned.platform, planned.action), Outcome.NOT_DONE)

    def _decide(self, heard: Unanswered) -> list[Draft]:
        """Say what is to be written about something heard. A fault of our own ends before a person, not in silence."""
        try:
            match heard:
                case Post() | SpaceSeen() | ProfileSeen():
                    return [self._judge(heard)]
                case Deletion():
                    return [self._recorder.deleted(heard)]
                case Report():
                    return [self._recorder.reported(heard)]
                case Order():
                    return [self._order(heard)]
                case Tick() | Appeal() | Decision():
                    return []
        except Exception as error:  # noqa: BLE001 (whatever it is, the others go on, and a person looks at this one)
            return self._stumble(heard, error)

    def _stumble(self, heard: Heard, error: Exception) -> list[Draft]:
        LOG.warning("something heard could not be judged", fault=type(error).__name__)
        tells = [broken(heard)] if isinstance(heard, Order) else []
        return [self._recorder.stumbled(heard, self._now(), tells)]

    def _judge(self, heard: Post | SpaceSeen | ProfileSeen) -> Draft:
        """Recognise, read, judge, plan: the four pure steps. From most messages nothing follows."""
        subject = self._recognise(heard)
        verdict = judge(subject, self._rules, self._exemptions)
        if isinstance(subject, Message) and not verdict.standing:
            self._standing.note(subject, ())
            return self._recorder.judged(verdict, ())
        day = self._roster.on(subject.day)
        restricted = self._standing.restricted(heard.platform) if isinstance(subject, Space) else frozenset()
        actions = plan(verdict, day.offices, restricted, day.names)
        if isinstance(subject, Space) and self._standing.is_late(subject):
            actions = tuple(each for each in actions if not isinstance(each, Restrict | Lift))
        self._standing.note(subject, actions, safety=verdict.is_about_safety)
        return self._recorder.judged(verdict, actions, concerned_in(verdict, day.offices))

    def _order(self, order: Order, once: bytes | None = None) -> Draft:
        """Judge what somebody asks us to send as the message it would become, and say what follows.

        `once` is a key for what is sent once only; what is not sent may be asked for again.
        """
        message, verdict = self._judge_order(order)
        day = self._roster.on(message.day)
        suspended = (order.platform, order.post.author) in self._standing.suspended
        actions = compose(order, message, verdict, day, suspended=suspended)
        sent = any(isinstance(each, Waiting | Show) for each in actions)
        if sent:
            self._standing.note(message, ())
        return self._ordered(order, verdict, actions, once if sent else None)

    def _ordered(self, order: Order, verdict: Verdict, actions: Actions, once: bytes | None = None) -> Draft:
        message, day = verdict.subject, self._roster.on(verdict.subject.day)
        reached = owed_copies(order, message, verdict, day) if isinstance(message, Message) else ()
        return self._recorder.ordered(order, verdict, actions, reached, concerned_in(verdict, day.offices), once)

    def _judge_order(self, order: Order) -> tuple[Message, Verdict]:
        message = self._recognise_post(order.post)
        return message, judge(message, self._rules, self._exemptions)

    def renew(self, reader: Reader, exemptions: Iterable[Exemption]) -> None:
        """Go on with what was changed beside us: another roster was read, an exception granted or ended."""
        self._reader = reader
        self._exemptions = tuple(exemptions)

    def copied(self, order: Order) -> tuple[str, ...]:
        """Name who would receive a copy of an order, by office and name: whoever writes has to know it before."""
        message, verdict = self._judge_order(order)
        day = self._roster.on(message.day)
        owed = owed_copies(order, message, verdict, day)
        return tuple(day.title(each.to, each.office) for each in owed if isinstance(each, Copy))

    async def _answer(self, answer: Answer) -> list[Draft]:
        """Say what follows from an answer to a notice. A fault of our own ends before a person, as in `_decide`."""
        try:
            return await self._follow_up(answer)
        except ConfigurationError:
            raise
        except Exception as error:  # noqa: BLE001 (what somebody answered must end before a person, not in silence)
            return self._stumble(answer, error)

    async def _follow_up(self, answer: Answer) -> list[Draft]:
        """Settle what waited for an answer, and perhaps send something."""
        day = self._roster.on(self._roster.day_of(answer.at))
        earlier = await self._earlier(answer)
        order = None if earlier is None else reorder(answer, earlier, day, self._standing.team_places(answer.platform))
        if earlier is None or order is None:
            settled = earlier is not None and settles(answer, earlier, day)
            return [self._recorder.answered(answer, unfulfilled(answer, earlier, day), settled=settled)]
        if answer.choice is Choice.CONCERNS_COPIED:
            return await self._copy_elsewhere(answer, order, day)
        once = self._recorder.sent_on_answer(answer)
        if await self._ledger.read(lambda connection, _: memory.written(connection, once)):
            return [self._recorder.answered(answer, sent_before(answer, earlier))]
        ordered = self._order(order, once)
        return [self._recorder.answered(answer, settled=ordered.key == once), ordered]

    async def _copy_elsewhere(self, answer: Answer, order: Order, day: Day) -> list[Draft]:
        """Copy another office from now on, and stop every note that is still tried."""
        about = self._recorder.about(MessageId(answer.platform, answer.about))
        is_held = await self._ledger.read(lambda connection, _: memory.holds(connection, about))
        message, verdict = self._judge_order(order)
        self._standing.note(message, ())
        actions = copied_elsewhere(order, message, verdict, day, is_held=is_held)
        answered = self._recorder.answered(
            answer, we_heard(answer, day, actions), settled=message.emergency, revoked=True
        )
        return [answered, self._ordered(order, verdict, actions)]

    async def _earlier(self, answer: Answer) -> Earlier | None:
        """Read what is kept of the post or order that is answered; nothing when it is forgotten already."""
        about = self._recorder.about(MessageId(answer.platform, answer.about))
        seen = await self._ledger.noticed(about)
        return None if not seen else msgspec.convert(seen[-1], Earlier)

    async def _put_to_its_case(self, said: Report | Appeal | Decision) -> tuple[Deed, ...]:
        """Give what somebody said about a case to the docket. A fault of our own is a case, as in `_decide`."""
        try:
            return (await self._docket.take(said)).deeds
        except ConfigurationError:
            raise
        except Exception as error:  # noqa: BLE001 (a report or an objection must reach a person even so)
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

    async def follow(
        self, platform: Platform, tasks: asyncio.TaskGroup, stop: asyncio.Event, in_flight: int = IN_FLIGHT
    ) -> None:
        """Carry what a platform tells until it ends or `stop` is set; then finish what is on its way."""
        hall = Hall(in_flight)
        listening = tasks.create_task(listen(platform, hall, stop))
        minding = tasks.create_task(mind(stop, listening))
        while group := await hall.next_group():
            for deed in await self.moderate(group, platform):
                if not await self._has_room(stop):
                    break  # they are written as planned: the next start takes them up
                acting = tasks.create_task(self._act(deed, platform))
                self._acting.add(acting)
                acting.add_done_callback(self._acting.discard)
            hall.leave(len(group))
        minding.cancel()
        await self._farewell(stop)

    async def _has_room(self, stop: asyncio.Event) -> bool:
        """Wait for room to do one more deed. False where there is none and we are told to stop: all may wait."""
        if not self._room.locked():
            return await self._room.acquire()
        taking, stopping = asyncio.ensure_future(self._room.acquire()), asyncio.ensure_future(stop.wait())
        try:
            await asyncio.wait({taking, stopping}, return_when=asyncio.FIRST_COMPLETED)
            return taking.done()
        finally:
            stopping.cancel()
            if not taking.done():
                taking.cancel()

    async def _farewell(self, stop: asyncio.Event) -> None:
        """Let every deed end. Told to stop, wait a little: what is begun by then is looked up at the next start."""
        if self._acting:
            _, left = await asyncio.wait(self._acting, timeout=FAREWELL if stop.is_set() else None)
            for each in left:
                each.cancel()

    async def _act(self, deed: Deed, platform: Platform) -> None:
        """Carry a deed out beside the journey of the next posts: nobody waits for another's network."""
        try:
            await self.performer.carry_out(deed, platform)
        finally:
            self._room.release()


async def _acknowledge(platform: Platform, heard: Heard) -> None:
    """Tell a platform that something is written. If it cannot be told, it tells again, and nothing is written twice."""
    try:
        await platform.acknowledge(heard)
    except Exception as error:  # noqa: BLE001 (what is written is to be done, whatever breaks in a platform's library)
        LOG.warning("a platform could not be answered", fault=type(error).__name__)
