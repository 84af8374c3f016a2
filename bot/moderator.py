"""The journey of one message, from the platform to the record and back."""

import asyncio
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from datetime import datetime
from typing import Final

import msgspec
import structlog

from bot.actions import (
    Actions,
    Copy,
    Deed,
    DeedId,
    Lift,
    ReadLater,
    Restrict,
    Show,
    Tell,
    Waiting,
    concerned_in,
    plan,
)
from bot.compose import (
    Earlier,
    as_it_stands,
    broken,
    compose,
    copied_elsewhere,
    owed_copies,
    reorder,
    says_who_is_shown,
    sent_before,
    settles,
    take_away,
    unfulfilled,
    we_heard,
)
from bot.docket import Docket
from bot.errors import ConfigurationError
from bot.fault import point
from bot.hall import Hall, listen, mind
from bot.judge import Exemption, Rulebook, Verdict, added_to, found_in, judge, secondhand, unhurried
from bot.message import Message, MessageId, Told, Where
from bot.people import AccountId, PersonId
from bot.performer import Performer
from bot.platform import (
    Answer,
    Appeal,
    Decision,
    Deletion,
    Heard,
    Order,
    OrderKind,
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
from bot.readings.found import PICTURE
from bot.readings.labels import Label
from bot.readings.reader import Reader
from bot.readings.setting import closeness, pair_of
from bot.readings.signs import Slow
from bot.roster import Day, Roster
from bot.rounds import ANSWERED, ROUND, ReadingRoom, ReadSlowly, Rounds, only_new, read_later
from bot.rule import Choice, Measure, Rule, Subject
from bot.space import Space
from bot.standing import Standing
from bot.store import memory
from bot.store.draft import Draft, Written
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

Read = Mapping[int, Message]
"""What was read beforehand, by the identity of the post."""

NO_ROOM: Final = ReadingRoom()

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
        room: ReadingRoom = NO_ROOM,
    ) -> None:
        """Take everything the journey needs; the moderator makes nothing itself."""
        self._roster = roster
        self._reader = reader
        self._rules = Rulebook(rules)
        self._exemptions = tuple(exemptions)
        self._standing = standing
        self._ledger = ledger
        self._recorder = recorder
        self._now = now
        self._study = room.study
        self._rounds = Rounds({**self._slow_readings(), **room.slow})
        self._docket = Docket(roster, (each.clause for each in self._rules), ledger, recorder)
        self._room = asyncio.Semaphore(IN_FLIGHT)
        self._acting: set[asyncio.Task[None]] = set()
        self.performer = Performer(standing, ledger, recorder, now)
        """Does what was decided."""

    async def moderate(self, group: Sequence[Heard], platform: Platform, by: float | None = None) -> list[Deed]:
        """Read, decide, record, acknowledge: nothing is done that was not first written. Give back what is to be done.

        What came at once is written at once, in the order it came. A decision stands alone: it may be about what came
        before it, and what comes after it may be too late to undo it. `by` is when reading has to end, on the loop's
        clock; what was not read by then is judged as far as it is, and read later.
        """
        performer, batch = self.performer, Batch()
        read = await self._read(group, by)
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
            batch.add(heard, await self._answer(heard) if isinstance(heard, Answer) else self._decide(heard, read))
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
        return [deed for deed in deeds if not self._lay_aside(deed)]

    async def take_up(self, left: Sequence[tuple[Deed, str]], copied: frozenset[int], platform: Platform) -> None:
        """Go on with what an earlier run left open: what was to be read later, and the deeds."""
        for deed, _ in left:
            if isinstance(deed.action, ReadLater):
                self._rounds.put(deed)
        others = [each for each in left if not isinstance(each[0].action, ReadLater)]
        await self.performer.take_up(others, copied, platform)

    def _lay_aside(self, deed: Deed) -> bool:
        """Say whether a deed is not to be done at once on the platform, and remember it until then."""
        if isinstance(deed.action, ReadLater):
            self._rounds.put(deed)
            return True
        return self.performer.lay_aside(deed)

    def _take_back(self, draft: Draft) -> None:
        """Forget what was planned for something that had been written before: nothing of it will be done."""
        for planned in draft.deeds:
            self._standing.ended(Deed(DeedId(""), planned.platform, planned.action), Outcome.NOT_DONE)

    async def _read(self, group: Sequence[Heard], by: float | None) -> Read:
        """Read what people wrote, by models as well as far as there is time for.

        Clues are looked for in the whole group before the first of it is judged: a processor that does one thing a
        hundred times over has its code at hand, and the journey takes a quarter less (docs/speed.md).
        """
        known = self._recognised([each for each in group if isinstance(each, Post)])
        ordered = self._recognised([each.post for each in group if isinstance(each, Order)])
        if self._study is None:
            return {**known, **ordered}
        new = await self._not_judged(known)
        read = dict(zip(new, await self._study.read([*new.values()], by), strict=True))
        return {**known, **read, **dict(zip(ordered, await self._study.read([*ordered.values()]), strict=True))}

    def _recognised(self, posts: Sequence[Post]) -> Read:
        recognised: dict[int, Message] = {}
        for post in posts:
            with suppress(Exception):  # who decides on it comes upon the same fault, and hands it to a person
                recognised[id(post)] = self._reader.read(self._roster.recognise(post))
        return recognised

    async def _not_judged(self, recognised: Read) -> Read:
        """Leave out what was judged before: a history that is told again costs no reading."""
        keys = {key: self._recorder.judgement(each.sent_at, each.id) for key, each in recognised.items()}
        if not keys:
            return {}
        judged = await self._ledger.read(lambda connection, _: memory.which_written(connection, [*keys.values()]))
        return {key: each for key, each in recognised.items() if keys[key] not in judged}

    def _decide(self, heard: Unanswered, read: Read) -> list[Draft]:
        """Say what is to be written about something heard. A fault of our own ends before a person, not in silence."""
        try:
            match heard:
                case Post() | SpaceSeen() | ProfileSeen():
                    return [self._judge(heard, read)]
                case Deletion():
                    return [self._recorder.deleted(heard)]
                case Report():
                    return [self._recorder.reported(heard)]
                case Order():
                    return [self._order(heard, read)]
                case Tick() | Appeal() | Decision():
                    return []
        except Exception as error:  # noqa: BLE001 (whatever it is, the others go on, and a person looks at this one)
            return self._stumble(heard, error)

    def _stumble(self, heard: Heard, error: Exception) -> list[Draft]:
        LOG.warning("something heard could not be judged", fault=type(error).__name__)
        tells = [broken(heard)] if isinstance(heard, Order) else []
        return [self._recorder.stumbled(heard, self._now(), tells)]

    def _judge(self, heard: Post | SpaceSeen | ProfileSeen, read: Read) -> Draft:
        """Recognise, read, judge, plan: the four pure steps. From most messages nothing follows."""
        subject = self._recognise(heard, read)
        verdict = unhurried(judge(subject, self._rules, self._exemptions))
        later = read_later(heard, verdict, self._unread(subject)) if isinstance(heard, Post) else ()
        if isinstance(subject, Message) and not verdict.standing:
            self._standing.note(subject, ())
            return self._recorder.judged(verdict, later)
        return self._follow_from(verdict, heard.platform, later)

    def _follow_from(self, verdict: Verdict, platform: str, later: Actions = (), *, opens: bool = True) -> Draft:
        """Plan what follows from a verdict. `opens` says whether it may open a case.

        Of what is found at a place again and again, people hear once: until it is mended, or something else is found.
        """
        subject, day = verdict.subject, self._roster.on(verdict.subject.day)
        restricted = self._standing.restricted(platform) if isinstance(subject, Space) else frozenset()
        actions = plan(verdict, day.offices, restricted, day.names)
        if isinstance(subject, Space) and self._standing.is_late(subject):
            actions = tuple(each for each in actions if not isinstance(each, Restrict | Lift))
        known = self._standing.found_before(verdict)
        if known:
            told = {str(each.clause) for each in known}
            actions = tuple(each for each in actions if not (isinstance(each, Tell) and each.clause in told))
            opens = opens and any(Measure.REVIEW in each.measures for each in verdict.standing if each not in known)
        self._standing.note(subject, actions, calls_for_help=verdict.calls_for_help)
        drafted = self._recorder.judged(verdict, actions + later, concerned_in(verdict, day.offices))
        return drafted if opens else msgspec.structs.replace(drafted, case=None)

    def _order(self, order: Order, read: Read, once: bytes | None = None) -> Draft:
        """Judge what somebody asks us to send as the message it would become, and say what follows.

        `once` is a key for what is sent once only; what is not sent may be asked for again.
        """
        message, verdict = self._judge_order(order, read)
        day = self._roster.on(message.day)
        suspended = (order.platform, order.post.author) in self._standing.suspended
        actions = compose(order, message, verdict, day, suspended=suspended)
        sent = any(isinstance(each, Waiting | Show) for each in actions)
        if sent:
            self._standing.note(message, ())
        later = read_later(order.post, verdict, self._beside_the_meaning(message) if sent else [])
        return self._ordered(order, verdict, actions + later, once if sent else None)

    def _ordered(self, order: Order, verdict: Verdict, actions: Actions, once: bytes | None = None) -> Draft:
        message, day = verdict.subject, self._roster.on(verdict.subject.day)
        reached = owed_copies(order, message, verdict, day) if isinstance(message, Message) else ()
        return self._recorder.ordered(order, verdict, actions, reached, concerned_in(verdict, day.offices), once)

    def _judge_order(self, order: Order, read: Read) -> tuple[Message, Verdict]:
        message = self._recognise_post(order.post, read)
        if order.kind is OrderKind.PHOTO:  # whoever orders a picture is asked by the order itself
            message = self._picturing(message, order.pictured or ())
        return message, judge(message, self._rules, self._exemptions)

    def _picturing(self, message: Message, accounts: Iterable[AccountId]) -> Message:
        """Add who is in the pictures of a message."""
        pictured = self._roster.pictured(message.id.platform, accounts, message.day)
        return msgspec.structs.replace(message, pictured=pictured)

    def _slow_readings(self) -> dict[Slow, ReadSlowly]:
        """Name what can be read later here."""
        readings: dict[Slow, ReadSlowly] = {Slow.PAIR: self._count_signals}
        if self._study is not None:
            readings[Slow.MEANING] = _as_read
        return readings

    async def _count_signals(self, messages: Sequence[Message], _: Platform) -> list[Message]:
        """Give messages with how many signs of closeness came between the same two people."""
        pairs = [(pair_of(each), each.day) for each in messages]
        asked = [(self._recorder.pair(pair), day) for pair, day in pairs if pair is not None]
        counts = iter(await self._ledger.read(lambda open_, _: [memory.signals(open_, *each) for each in asked]))
        found = [0 if pair is None else next(counts) for pair, _ in pairs]
        return [
            msgspec.structs.replace(message, readings=message.readings._replace(pair=count))
            for message, count in zip(messages, found, strict=True)
        ]

    def _unread(self, subject: Subject) -> list[Slow]:
        """Name what is to be read later: the meaning first, and what is beside it once that is known."""
        if not isinstance(subject, Message):
            return []
        if Slow.MEANING in subject.readings.unread and self._rounds.makes(Slow.MEANING):
            return [Slow.MEANING]
        return self._beside_the_meaning(subject)

    def _beside_the_meaning(self, message: Message) -> list[Slow]:
        """Name what is to be read later, whatever the words mean. Of most messages there is nothing more to read."""
        if not message.readings.signs and not message.attached:
            return []
        wanted = {
            Slow.LANDING: message.readings.sign(Label.LINK_SHORTENER) is not None,
            Slow.PICTURE: any(each.medium.may_be_picture for each in message.attached),
            Slow.PAIR: bool(closeness(message)),
        }
        return [each for each, is_there in wanted.items() if is_there and self._rounds.makes(each)]

    async def recognise_again(self, posts: Sequence[tuple[Post, ReadLater]]) -> Sequence[Message]:
        """Say who and where, as it was when each post was heard, and read its words, however long it takes."""
        known = (self._roster.recognise(post, later.matter) for post, later in posts)
        return await self._read_whole([self._standing.remind(each) for each in known])

    async def _read_whole(self, messages: Sequence[Message]) -> Sequence[Message]:
        read = [self._reader.read(each) for each in messages]
        return read if self._study is None else await self._study.read(read)

    async def judge_again(self, message: Message, post: Post, later: ReadLater) -> Draft | None:
        """Judge a message once more. None where nothing is found that was not found before, nor more is to be read.

        A case that somebody has said something about is not opened again: it would undo what they decided.
        """
        seen = await self._with_words_of_pictures(message)
        verdict = only_new(judge(seen, self._rules, self._exemptions, ROUND[later.what]), later)
        if later.what is Slow.PICTURE:
            verdict = secondhand(verdict, [each.name for each in self._rules if each.trace is PICTURE])
        beside = self._beside_the_meaning(message) if later.what is Slow.MEANING else []
        more = read_later(post, verdict, beside, later.found)
        if not verdict.standing:
            return self._recorder.judged(verdict, more) if more else None
        first_paper = self._recorder.paper(self._recorder.case(verdict), 1)
        decided = await self._ledger.read(lambda connection, _: memory.written(connection, first_paper))
        return self._follow_from(verdict, message.id.platform, more, opens=not decided)

    async def _with_words_of_pictures(self, message: Message) -> Message:
        """Read what stands in pictures as well, if anything was made out there."""
        if not any(words.where is Where.PICTURE_TEXT for words in message.words):
            return message
        (read,) = await self._read_whole([message])
        return msgspec.structs.replace(read, readings=read.readings.showing(message.readings.pictures))

    async def write(self, drafts: Sequence[Draft]) -> list[Written | None]:
        """Write drafts together, durably."""
        return await self._ledger.write_all(drafts)

    def closed(self, deed: Deed, receipt: Receipt) -> Draft:
        """Say what is written when a deed ends."""
        return self._recorder.closed(deed, receipt, self._now())

    def close(self) -> None:
        """Let go of what reads in a thread of its own."""
        if self._study is not None:
            self._study.close()

    def renew(self, reader: Reader, exemptions: Iterable[Exemption]) -> None:
        """Go on with what was changed beside us: another roster was read, an exception granted or ended."""
        self._reader = reader
        self._exemptions = tuple(exemptions)
        if self._study is not None:
            self._study.renew(reader.clues)

    def copied(self, order: Order) -> tuple[str, ...]:
        """Name who would receive a copy of an order, by office and name: whoever writes has to know it before."""
        message, verdict = self._judge_order(order, {})
        day = self._roster.on(message.day)
        owed = owed_copies(order, message, verdict, day)
        return tuple(day.title(each.to, each.office) for each in owed if isinstance(each, Copy))

    def told(self, person: PersonId) -> tuple[Told, ...]:
        """Say what somebody was told in the last months, oldest first."""
        return self._standing.told.get(person, ())

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
        if earlier is not None and says_who_is_shown(answer, earlier, day):
            return self._say_who_is_shown(answer, earlier, day)
        order = None if earlier is None else reorder(answer, earlier, day, self._standing.team_places(answer.platform))
        if earlier is None or order is None:
            settled = earlier is not None and settles(answer, earlier, day)
            return [self._recorder.answered(answer, unfulfilled(answer, earlier, day), settled=settled)]
        if answer.choice is Choice.CONCERNS_COPIED:
            return await self._copy_elsewhere(answer, order, day)
        once = self._recorder.sent_on_answer(answer)
        if await self._ledger.read(lambda connection, _: memory.written(connection, once)):
            return [self._recorder.answered(answer, sent_before(answer, earlier))]
        ordered = self._order(order, await self._read([order], None), once)
        sent = ordered.key == once
        away = take_away(answer, earlier) if sent and earlier.stands else ()
        return [self._recorder.answered(answer, away, settled=sent), ordered]

    def _say_who_is_shown(self, answer: Answer, earlier: Earlier, day: Day) -> list[Draft]:
        """Judge a post that stands once more, now that it is known who is in its pictures: what that adds follows."""
        message = self._recognise_post(as_it_stands(answer, earlier, day), {})
        without = judge(message, self._rules, self._exemptions)
        knowing = judge(self._picturing(message, answer.pictured), self._rules, self._exemptions, ANSWERED)
        added, answered = added_to(found_in(without), knowing), self._recorder.answered(answer, settled=True)
        return [answered, self._follow_from(added, answer.platform)] if added.standing else [answered]

    async def _copy_elsewhere(self, answer: Answer, order: Order, day: Day) -> list[Draft]:
        """Copy another office from now on, and stop every note that is still tried."""
        about = self._recorder.about(MessageId(answer.platform, answer.about))
        is_held = await self._ledger.read(lambda connection, _: memory.holds(connection, about))
        message, verdict = self._judge_order(order, await self._read([order], None))
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
        if not seen:
            return None
        gone = self._recorder.deletion(answer.platform, answer.about)
        stands = await self._ledger.read(lambda connection, _: memory.stands(connection, about, gone))
        return replace(msgspec.convert(seen[-1], Earlier), stands=stands)

    async def _put_to_its_case(self, said: Report | Appeal | Decision) -> tuple[Deed, ...]:
        """Give what somebody said about a case to the docket. A fault of our own is a case, as in `_decide`."""
        try:
            return (await self._docket.take(said)).deeds
        except ConfigurationError:
            raise
        except Exception as error:  # noqa: BLE001 (a report or an objection must reach a person even so)
            await self._ledger.write_all(self._stumble(said, error))
            return ()

    def _recognise(self, heard: Post | SpaceSeen | ProfileSeen, read: Read) -> Subject:
        """Say who and where, and read the words."""
        match heard:
            case Post():
                return self._recognise_post(heard, read)
            case SpaceSeen():
                was_overseen = (heard.platform, heard.place) in self._standing.overseen
                return self._reader.read(self._roster.recognise_space(heard, was_overseen=was_overseen))
            case ProfileSeen():
                return self._reader.read(self._roster.recognise_profile(heard))

    def _recognise_post(self, post: Post, read: Read) -> Message:
        """Say who wrote and who reads, with what stands about the place and what its author was told."""
        inherited, known = self._standing.inherited(post), read.get(id(post))
        message = known if known is not None and inherited is None else self._roster.recognise(post, inherited)
        if known is None:
            message = self._reader.read(message)
        elif message is not known:
            message = msgspec.structs.replace(message, readings=known.readings)
        return self._standing.remind(message)

    async def follow(
        self, platform: Platform, tasks: asyncio.TaskGroup, stop: asyncio.Event, in_flight: int = IN_FLIGHT
    ) -> None:
        """Carry what a platform tells until it ends or `stop` is set; then finish what is on its way."""
        hall = Hall(in_flight)
        listening = tasks.create_task(listen(platform, hall, stop))
        minding = tasks.create_task(mind(stop, listening))
        reading_on = [tasks.create_task(self._read_on(each, platform, tasks, stop)) for each in Slow]
        while group := await hall.next_group():
            deeds = await self.moderate(group, platform, self._by(hall.came_at))
            await self._set_about(deeds, platform, tasks, stop)
            hall.leave(len(group))
        minding.cancel()
        await self._rounds.rest(platform.name, stop)
        for each in reading_on:
            each.cancel()
        await self._farewell(stop)

    async def _read_on(self, what: Slow, platform: Platform, tasks: asyncio.TaskGroup, stop: asyncio.Event) -> None:
        """Make one kind of slow reading, whenever there is time, and do what follows."""
        while True:
            read, deeds = await self._rounds.next(what, platform, self)
            await self._set_about([each for each in deeds if not self._lay_aside(each)], platform, tasks, stop)
            self._rounds.done(platform.name, read)

    def _by(self, came_at: float) -> float | None:
        """Say when reading what came then has to end, on the loop's clock; never where nobody waits for it."""
        patience = None if self._study is None else self._study.patience
        return None if patience is None else came_at + patience

    async def _set_about(
        self, deeds: Sequence[Deed], platform: Platform, tasks: asyncio.TaskGroup, stop: asyncio.Event
    ) -> None:
        """Do what is to be done beside the journey of what comes next."""
        for deed in deeds:
            if not await self._has_room(stop):
                return  # they are written as planned: the next start takes them up
            acting = tasks.create_task(self._act(deed, platform))
            self._acting.add(acting)
            acting.add_done_callback(self._acting.discard)

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


async def _as_read(messages: Sequence[Message], _: Platform) -> Sequence[Message]:
    """Give messages as they are: the models read them when they were recognised again, or say that they failed."""
    return messages
