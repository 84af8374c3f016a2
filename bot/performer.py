"""Doing deeds: each is begun, done and closed; what waits is done later, what is held after a copy, nothing twice."""

import asyncio
from collections import defaultdict
from collections.abc import Awaitable, Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Final

import structlog

from bot.actions import (
    Alert,
    Ask,
    Close,
    Copy,
    Deed,
    DeedId,
    Lift,
    Relieve,
    Remove,
    Restore,
    Restrict,
    Resume,
    Show,
    Suspend,
    Tell,
)
from bot.agenda import Agenda
from bot.compose import held, not_shown
from bot.fault import point
from bot.meanwhile import Meanwhile
from bot.platform import Outcome, Platform, Receipt, carrier
from bot.standing import NOT_SHOWN, Standing
from bot.store import memory
from bot.store.copies import ACCEPTED
from bot.store.draft import Draft
from bot.store.ledger import Ledger
from bot.store.record import Recorder
from bot.succession import Succession

TRIES: Final = 2
"""How often a deed is tried before a person is asked, when the platform says for certain it was not done."""

SOON: Final = timedelta(minutes=5)
LATER: Final = timedelta(hours=1)
OFTEN: Final = 12
"""A copy's note that was not accepted is tried again soon, so often; then less often, for as long as it takes."""

LONG_AGO: Final = datetime.min.replace(tzinfo=UTC)

GONE: Final = Receipt(Outcome.MOOT, "it is gone")
"""How a deed ends that was to take a post away later, or to tell of that."""

DECIDED: Final = Receipt(Outcome.MOOT, "a person decided it")
"""How a deed ends that waited for an answer while a person decided about its post."""

LOG = structlog.get_logger("chaperone.performer")


@dataclass(slots=True)
class Progress:
    """How far a deed is that has not ended."""

    begun: bool = False
    """It was due, and is written as begun already."""
    left: bool = False
    """An earlier run planned it: nobody remembers which posts were edited then, so the record is asked."""
    doubtful: bool = False
    """It is a copy that an earlier run left begun: its note may have been accepted."""
    rehearsed: bool = False
    """An earlier run only rehearsed what was planned with it: nobody was told of that, so it is not done either."""
    failed: int = 0
    """How often the note of a copy was not accepted."""


class Performer:
    """Carries deeds out, one after the other or beside each other, and remembers those that wait."""

    def __init__(
        self,
        standing: Standing,
        ledger: Ledger,
        recorder: Recorder,
        now: Callable[[], datetime],
        succession: Succession,
    ) -> None:
        """Take what tells of places, what is written to, the platform's clock, and what tells who holds an office."""
        self._standing = standing
        self._ledger = ledger
        self._recorder = recorder
        self._now = now
        self._succession = succession
        self._meanwhile = Meanwhile(standing, ledger, recorder, now)
        self._doors: defaultdict[tuple[str, str], asyncio.Lock] = defaultdict(asyncio.Lock)
        """A place is closed, opened and watched over in the order that was decided, however long the platform takes.

        So is an account suspended and freed.
        """
        self._agendas: defaultdict[str, Agenda] = defaultdict(Agenda)
        """What waits, by the door that will do it."""
        self._held: defaultdict[tuple[str, int], list[Deed]] = defaultdict(list)
        """Deeds that wait for a copy, by the entry they follow from."""
        self._open: defaultdict[DeedId, Progress] = defaultdict(Progress)
        """What is remembered of each deed until it has ended."""
        self._not_shown: set[int] = set()
        """Entries whose message could not be posted."""
        self._ending: dict[tuple[str, str] | int, asyncio.Event] = {}
        """Set when the removal of a post, or giving it back, has ended: until then nobody is told that it is done.

        So it is with the closing of a place, which stands under the entry that it follows from.
        """

    def know_not_shown(self, failed: Iterable[int]) -> None:
        """Know of which entries an earlier run could not post the message, or cannot tell whether it was posted."""
        self._not_shown |= {*failed}

    def lay_aside(self, deed: Deed, platform: Platform) -> bool:
        """Say whether a deed is not to be done yet, and remember it until then."""
        if deed.held:
            self._held[deed.platform, deed.cause].append(deed)
        elif deed.until is not None:
            self._agendas[carrier(deed, platform)].put(deed.until, deed)
        return deed.waits

    def due(self, platform: str, now: datetime) -> bool:
        """Say whether something on a platform has waited long enough."""
        return self._agendas[platform].due(now)

    async def begin_due(self, platform: str, now: datetime) -> list[Deed]:
        """Write that what has waited long enough begins, before anything that comes later can settle it."""
        agenda = self._agendas[platform]
        due: list[Deed] = []
        while agenda.due(now):
            deed = agenda.take()
            if await self._meanwhile.is_decided(deed):
                await self._ledger.write(self._recorder.closed(deed, DECIDED, now))
            elif await self._ledger.write(self._recorder.begun(deed, now)) is not None:
                self._open[deed.id].begun = True
                due.append(deed)
            elif isinstance(deed.action, Remove):  # settled before, and closed by that; else its post is gone
                await self._ledger.write(self._recorder.closed(deed, GONE, now))
        return due

    async def carry_out(self, deed: Deed, platform: Platform) -> None:
        """Do one deed: write that it begins, do it, write how it ended; then do what was held until it."""
        if not isinstance(deed.action, Remove | Restore | Close):
            await self._carry_out(deed, platform)
            return
        about = deed.cause if isinstance(deed.action, Close) else (deed.platform, deed.post)
        ended = self._ending[about] = asyncio.Event()
        try:
            await self._carry_out(deed, platform)
        finally:
            if self._ending[about] is ended:  # an edit of it may be being taken away by now
                del self._ending[about]
            ended.set()

    async def _carry_out(self, deed: Deed, platform: Platform) -> None:
        only_rehearsed = self._open[deed.id].rehearsed
        if not only_rehearsed and await self._is_handed_on(deed, platform):
            return
        receipt = Receipt(Outcome.REHEARSED) if only_rehearsed else await self._answered(deed, platform)
        if receipt.outcome is Outcome.NOT_DONE:
            await self._delay(deed, platform, receipt.reason)
            return
        await self._close(deed, receipt, platform)

    async def _is_handed_on(self, deed: Deed, platform: Platform) -> bool:
        """Say whether a copy's note is not for whom it is addressed to any more, and let whose it is have it.

        One that an earlier run left begun may have been accepted: then it was theirs. While it is nobody's, it waits.
        """
        if self._succession.is_theirs(deed, self._now()) or await self._is_accepted(deed, platform):
            return False
        handed_on = await self._succession.hand_on(deed, self._now())
        if handed_on is None:
            return False
        if handed_on.waits:
            self._open[deed.id].begun = False
            await self._delay(deed, platform, "nobody holds the office")
        else:
            del self._open[deed.id]
        for each in handed_on.notes:
            await self.carry_out(each, platform)
        return True

    async def _is_accepted(self, deed: Deed, platform: Platform) -> bool:
        """Say whether a note that an earlier run left begun came through."""
        return self._open[deed.id].doubtful and (await _answer(platform.find, deed)).outcome in ACCEPTED

    async def _close(self, deed: Deed, receipt: Receipt, platform: Platform) -> None:
        """Write how a deed ended, and do what follows from that."""
        self._standing.ended(deed, receipt.outcome)
        self._open.pop(deed.id, None)
        given_back = self._give_back(deed, receipt)
        written = await self._ledger.write_all([self._recorder.closed(deed, receipt, self._now()), *given_back])
        point("closed")
        for each in written:
            for tell in each.deeds if each is not None else ():
                await self.carry_out(tell, platform)
        await self._release(deed, receipt, platform)

    def _give_back(self, deed: Deed, receipt: Receipt) -> list[Draft]:
        """Say what tells a writer that nobody saw their message; what would tell them otherwise is not told.

        It is written together with how the posting ended: a power cut in between would lose their text.
        """
        if not isinstance(deed.action, Show) or receipt.outcome not in NOT_SHOWN:
            return []
        self._not_shown.add(deed.cause)
        tell = not_shown(deed.action, certain=receipt.outcome is Outcome.REFUSED)
        return [self._recorder.returned(deed, tell, self._now())]

    async def _release(self, deed: Deed, receipt: Receipt, platform: Platform) -> None:
        """Do what was held until a copy was accepted, in the order it was planned."""
        if not isinstance(deed.action, Copy) or receipt.outcome not in ACCEPTED:
            return
        for each in self._held.pop((deed.platform, deed.cause), []):
            await self.carry_out(each, platform)

    async def _answered(self, deed: Deed, platform: Platform) -> Receipt:
        """Ask for a deed. A copy read in place needs no asking; what is closed and opened is so in order."""
        match deed.action:
            case Copy(read_in_place=True):
                return Receipt(Outcome.DONE, "read in place")
            case Copy():
                return await self._try_copy(deed, platform)
            case Tell() | Ask() if deed.cause in self._not_shown:
                return Receipt(Outcome.MOOT, "it was not shown")
            case Tell():
                return await self._try_note(deed, platform)
            case Alert() if deed.until is not None:
                return await self._try_note(deed, platform)
            case Restrict(place=place) | Lift(place=place) | Show(place=place) | Relieve(place=place):
                async with self._doors[deed.platform, place]:
                    return await self._try(await self._succession.as_offices_stand(deed, self._now()), platform)
            case Suspend(account=account) | Resume(account=account):
                async with self._doors[deed.platform, account]:
                    return await self._try(deed, platform)
            case _:
                return await self._try(deed, platform)

    async def _try_note(self, deed: Deed, platform: Platform) -> Receipt:
        """Tell somebody, once what a note may tell of has ended: a removal, giving back, the closing of a place."""
        for ending in (self._ending.get((deed.platform, deed.post)), self._ending.get(deed.cause)):
            if ending is not None:
                await ending.wait()
        if await self._meanwhile.is_pointless(deed):
            return GONE
        return await self._try(await self._meanwhile.as_it_is(deed, is_left=self._open[deed.id].left), platform)

    async def _try(self, deed: Deed, platform: Platform) -> Receipt:
        """Try until the platform gives a certain answer; after an unknown one it is asked, never told again blindly."""
        receipt = Receipt(Outcome.NOT_DONE)
        for _ in range(TRIES):
            if not await self._begin(deed):
                return Receipt(Outcome.MOOT, "nothing left to do it to")
            point("begun")
            receipt = await _answer(platform.perform, deed)
            point("performed")
            if receipt.outcome is Outcome.UNKNOWN:
                receipt = await _look_up(platform, deed)
            if receipt.outcome is not Outcome.NOT_DONE:
                return receipt
        return Receipt(Outcome.REFUSED, receipt.reason or "not done")

    async def _try_copy(self, deed: Deed, platform: Platform) -> Receipt:
        """Try a copy's note once. It is never given up: whatever else comes of it, it is tried again later.

        One that an earlier run left begun is looked up first.
        """
        if not await self._begin(deed):
            return Receipt(Outcome.MOOT, "copied elsewhere")
        point("begun")
        progress = self._open[deed.id]
        ask = platform.find if progress.doubtful else platform.perform
        progress.doubtful = False
        receipt = await _answer(ask, deed)
        if ask == platform.find and receipt.outcome is Outcome.NOT_DONE:
            receipt = await _answer(platform.perform, deed)
        point("performed")
        if receipt.outcome is Outcome.UNKNOWN:
            receipt = await _answer(platform.find, deed)
        return receipt if receipt.outcome in ACCEPTED else Receipt(Outcome.NOT_DONE, receipt.reason)

    async def _begin(self, deed: Deed) -> bool:
        """Write that a deed begins, unless that was written when it was due."""
        progress = self._open[deed.id]
        if progress.begun:
            progress.begun = False
            return True
        return await self._ledger.write(self._recorder.begun(deed, self._now())) is not None

    async def _delay(self, deed: Deed, platform: Platform, why: str) -> None:
        """Try a copy's note again later, and alarm whoever reads the log."""
        self._agendas[carrier(deed, platform)].put(self._now() + self._pause(deed), deed)
        tries = self._open[deed.id].failed
        LOG.warning("the note of a copy was not accepted", deed=deed.id, tries=tries, reason=why)
        await self._tell_who_waits(deed, platform)

    async def _tell_who_waits(self, deed: Deed, platform: Platform) -> None:
        """Tell, once, whoever's message is held until a copy is accepted."""
        waiting = [
            each.action for each in self._held.get((deed.platform, deed.cause), []) if isinstance(each.action, Show)
        ]
        delayed = self._recorder.delayed(deed, [held(each) for each in waiting], self._now())
        written = await self._ledger.write(delayed)
        for tell in written.deeds if written is not None else ():
            await self.carry_out(tell, platform)

    def _pause(self, deed: Deed) -> timedelta:
        """Say how long to wait before a copy's note is tried again: minutes at first, then an hour."""
        progress = self._open[deed.id]
        progress.failed += 1
        return SOON if progress.failed < OFTEN else LATER

    async def take_up(self, left: Sequence[tuple[Deed, str]], copied: frozenset[int], platform: Platform) -> None:
        """Go on with the deeds an earlier run left open, each with its state; `copied` names entries copied already."""
        rehearsed = await self._ledger.ask(memory.rehearsed)
        for deed, _ in left:
            only_rehearsed = deed.cause in rehearsed and not deed.is_owed
            self._open[deed.id] = Progress(left=True, rehearsed=only_rehearsed)
        ready = []
        for deed, state in left:
            if isinstance(deed.action, Copy) and not deed.action.read_in_place:
                self._wait_no_more(deed, state, platform)
            elif deed.held and deed.cause in copied:
                ready.append((replace(deed, held=False), state))
            elif state != "planned" or not self.lay_aside(deed, platform):
                ready.append((deed, state))
        for deed, state in ready:
            await self.resume(deed, begun=state == "begun", platform=platform)

    def _wait_no_more(self, copy: Deed, state: str, platform: Platform) -> None:
        """Let a copy be tried as soon as anything is heard, beside everything else: a server may be slow to refuse."""
        if state == "begun":
            self._open[copy.id].doubtful = True
        self._agendas[carrier(copy, platform)].put(LONG_AGO, copy)

    async def resume(self, deed: Deed, *, begun: bool, platform: Platform) -> None:
        """Take up a deed that an earlier run left open. One that had begun is looked up before anything is done."""
        if begun and not self._open[deed.id].rehearsed:
            receipt = await _look_up(platform, deed)
            if receipt.outcome is not Outcome.NOT_DONE:
                await self._close(deed, receipt, platform)
                return
        await self.carry_out(deed, platform)


async def _look_up(platform: Platform, deed: Deed) -> Receipt:
    """Look a deed up whose end nobody knows. A post that is gone by then may be gone by us, or by somebody else."""
    receipt = await _answer(platform.find, deed)
    is_gone = isinstance(deed.action, Remove) and receipt.outcome is Outcome.MOOT
    return Receipt(Outcome.UNKNOWN, receipt.reason) if is_gone else receipt


async def _answer(ask: Callable[[Deed], Awaitable[Receipt]], deed: Deed) -> Receipt:
    """Ask a platform. A fault of its own means that nobody knows what became of the deed."""
    try:
        return await ask(deed)
    except Exception as error:  # noqa: BLE001 (whatever breaks in a platform's library, the outcome is unknown)
        LOG.warning("a platform failed", fault=type(error).__name__, deed=deed.id)
        return Receipt(Outcome.UNKNOWN, type(error).__name__)
