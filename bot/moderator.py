"""The journey of one message, from the platform to the record and back."""

import asyncio
from collections import defaultdict
from collections.abc import Awaitable, Callable, Iterable
from datetime import datetime
from typing import Final

import structlog

from bot.actions import Copy, Deed, Lift, Restrict, plan
from bot.errors import ConfigurationError
from bot.fault import point
from bot.judge import Exemption, judge
from bot.platform import Deletion, Heard, Outcome, Platform, Post, ProfileSeen, Receipt, Report, SpaceSeen
from bot.roster import Roster
from bot.rule import Rule, Subject
from bot.space import Space
from bot.standing import Standing
from bot.store.ledger import Ledger
from bot.store.record import Recorder

IN_FLIGHT: Final = 200
"""How many posts may be on their way at once. More wait at the door, so memory stays bounded."""

TRIES: Final = 2
"""How often a deed is tried before a person is asked, when the platform says for certain it was not done."""

LOG = structlog.get_logger("chaperone.moderator")


class Moderator:
    """Carries what is heard through the house: recognise, judge, plan, record, acknowledge, act."""

    def __init__(
        self,
        roster: Roster,
        rules: Iterable[Rule],
        exemptions: Iterable[Exemption],
        standing: Standing,
        ledger: Ledger,
        recorder: Recorder,
        now: Callable[[], datetime],
    ) -> None:
        """Take everything the journey needs; the moderator makes nothing itself."""
        self._roster = roster
        self._rules = tuple(rules)
        self._exemptions = tuple(exemptions)
        self._standing = standing
        self._ledger = ledger
        self._recorder = recorder
        self._now = now
        self._room = asyncio.Semaphore(IN_FLIGHT)
        self._doors: defaultdict[tuple[str, str], asyncio.Lock] = defaultdict(asyncio.Lock)
        """A place is closed and opened in the order that was decided, however long the platform takes."""

    async def moderate(self, heard: Post | SpaceSeen | ProfileSeen, platform: Platform) -> None:
        """Recognise, judge, plan, record, acknowledge, then act: nothing is done that was not first written.

        Everything up to the record happens without a pause, so posts are judged and written in the order they came.
        """
        subject = self._recognise(heard)
        verdict = judge(subject, self._rules, self._exemptions)
        offices = self._roster.on(subject.day).offices
        actions = plan(verdict, offices, self._standing.restricted(heard.platform))
        if isinstance(subject, Space) and self._standing.is_late(subject):
            actions = tuple(each for each in actions if not isinstance(each, Restrict | Lift))
        self._standing.note(subject, actions)
        written = await self._ledger.write(self._recorder.judged(verdict, actions))
        point("recorded")
        await _acknowledge(platform, heard)
        point("acknowledged")
        if written is not None and written.deeds:
            await self._act(written.deeds, platform)

    async def _act(self, deeds: Iterable[Deed], platform: Platform) -> None:
        """Carry out what one message led to, beside each other: none of it waits for another's network."""
        ends = await asyncio.gather(*(self.carry_out(each, platform) for each in deeds), return_exceptions=True)
        for fault in ends:
            if fault is not None:
                raise fault

    def _recognise(self, heard: Post | SpaceSeen | ProfileSeen) -> Subject:
        match heard:
            case Post():
                return self._roster.recognise(heard, self._standing.inherited(heard))
            case SpaceSeen():
                return self._roster.recognise_space(heard)
            case ProfileSeen():
                return self._roster.recognise_profile(heard)

    async def carry_out(self, deed: Deed, platform: Platform) -> None:
        """Do one deed: write that it begins, do it, write how it ended. A copy read in place needs no doing."""
        match deed.action:
            case Copy(read_in_place=True):
                receipt = Receipt(Outcome.DONE, "read in place")
            case Restrict(place=place) | Lift(place=place):
                async with self._doors[deed.platform, place]:
                    receipt = await self._try(deed, platform)
            case _:
                receipt = await self._try(deed, platform)
        self._standing.ended(deed, receipt.outcome)
        await self._ledger.write(self._recorder.closed(deed, receipt, self._now()))
        point("closed")

    async def _try(self, deed: Deed, platform: Platform) -> Receipt:
        """Try until the platform gives a certain answer; after an unknown one it is asked, never told again blindly."""
        receipt = Receipt(Outcome.NOT_DONE)
        for _ in range(TRIES):
            if await self._ledger.write(self._recorder.begun(deed, self._now())) is None:
                return Receipt(Outcome.MOOT, "nothing left to do it to")
            point("begun")
            receipt = await _answer(platform.perform, deed)
            point("performed")
            if receipt.outcome is Outcome.UNKNOWN:
                receipt = await _answer(platform.find, deed)
            if receipt.outcome is not Outcome.NOT_DONE:
                return receipt
        return Receipt(Outcome.REFUSED, receipt.reason or "not done")

    async def resume(self, deed: Deed, *, begun: bool, platform: Platform) -> None:
        """Take up a deed that an earlier run left open. One that had begun is looked up before anything is done."""
        if begun:
            receipt = await _answer(platform.find, deed)
            if receipt.outcome is not Outcome.NOT_DONE:
                await self._ledger.write(self._recorder.closed(deed, receipt, self._now()))
                return
        await self.carry_out(deed, platform)

    async def _delete(self, deletion: Deletion, platform: Platform) -> None:
        """Write down that a post is gone. A Remove that still waits for it finds out by itself."""
        await self._ledger.write(self._recorder.deleted(deletion))
        await _acknowledge(platform, deletion)

    async def _report(self, report: Report, platform: Platform) -> None:
        """Write down that somebody told an adult: that opens a case, which keeps the post's words as we know them."""
        await self._ledger.write(self._recorder.reported(report))
        await _acknowledge(platform, report)

    async def follow(self, platform: Platform, tasks: asyncio.TaskGroup, stop: asyncio.Event) -> None:
        """Bring in what a platform tells until it ends or `stop` is set; then finish what is on its way."""
        async for heard in platform.hear():
            point("heard")
            await self._room.acquire()
            tasks.create_task(self._one(heard, platform))
            if stop.is_set():
                break
        for _ in range(IN_FLIGHT):
            await self._room.acquire()
        for _ in range(IN_FLIGHT):
            self._room.release()

    async def _one(self, heard: Heard, platform: Platform) -> None:
        try:
            match heard:
                case Deletion():
                    await self._delete(heard, platform)
                case Report():
                    await self._report(heard, platform)
                case _:
                    await self.moderate(heard, platform)
        except ConfigurationError:
            raise
        except Exception as error:  # noqa: BLE001 (our own fault must end before a person, and never stop the others)
            LOG.warning("a post could not be judged", fault=type(error).__name__)
            await self._ledger.write(self._recorder.stumbled(heard, self._now()))
            await _acknowledge(platform, heard)
        finally:
            self._room.release()


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
