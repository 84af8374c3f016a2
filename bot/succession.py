"""Whom something goes to that waited while offices changed hands: a copy's note, and what is shown once it is told."""

import asyncio
from dataclasses import replace
from datetime import datetime
from typing import NamedTuple

from bot.actions import Copy, Deed, Show
from bot.compose import overseen_by
from bot.copying import heirs, is_theirs, readdressed
from bot.lists import Day
from bot.people import PersonId
from bot.roster import Roster
from bot.store import copies
from bot.store.ledger import Ledger
from bot.store.record import Recorder


class HandedOn(NamedTuple):
    """What became of the note of a copy that is not for whom it names any more."""

    notes: tuple[Deed, ...] = ()
    """Those for who holds its office by now; none where they have one already."""
    waits: bool = False
    """Whether it is nobody's, until somebody comes."""


class Succession:
    """Reads to whom copies are addressed, and says whose they are by the roster in force."""

    def __init__(self, roster: Roster, ledger: Ledger, recorder: Recorder) -> None:
        """Take who holds which office, and what is kept."""
        self._roster = roster
        self._ledger = ledger
        self._recorder = recorder
        self._handing_on = asyncio.Lock()
        """Whoever comes after two others, or has one of their offices already, is told once."""

    def is_theirs(self, deed: Deed, now: datetime) -> bool:
        """Say whether a deed is for whom it names still; anything but a copy's note always is."""
        copy, today = deed.action, self._day(now)
        return not isinstance(copy, Copy) or copy.read_in_place or is_theirs(copy, today.day, today.offices)

    async def hand_on(self, deed: Deed, now: datetime) -> HandedOn | None:
        """Plan the note of a copy for whoever holds its office now; None while it is theirs."""
        copy, today = deed.action, self._day(now)
        if not isinstance(copy, Copy):
            return None
        async with self._handing_on:
            beside = [each for each in await self._addressed(deed) if each.to != copy.to]
            found = heirs(copy, beside, await self._concerned(deed), today.day, today.offices)
            if not found:
                return None if found is None else HandedOn(waits=True)
            told = {each.to for each in beside if is_theirs(each, today.day, today.offices)}
            anew = [each for each in found if each.to not in told]
            written = await self._ledger.write(self._recorder.handed_on(deed, anew, now))
            return HandedOn(() if written is None else written.deeds)

    async def as_offices_stand(self, deed: Deed, now: datetime) -> Deed:
        """Let in where a message is shown who receives its copies by now, and nobody who did before.

        An emergency waits for nobody. All that follows is copied where the message was for some readers alone.
        """
        show, today = deed.action, self._day(now)
        if not isinstance(show, Show) or not show.overseers or show.urgent:
            return deed
        copied = await self._addressed(deed)
        as_planned = {*show.overseers} == {each.to for each in copied}
        if not copied or (as_planned and all(is_theirs(each, today.day, today.offices) for each in copied)):
            return deed
        current = readdressed(copied, await self._concerned(deed), today.day, today.offices)
        return replace(deed, action=overseen_by(current, show, today, of_all=bool(show.readers)))

    def _day(self, now: datetime) -> Day:
        return self._roster.on(self._roster.day_of(now))

    async def _addressed(self, deed: Deed) -> list[Copy]:
        """Read the copies that follow from the same entry as a deed."""
        found = await self._ledger.read(lambda connection, master: [*copies.receivers(connection, master, deed.cause)])
        return [each.copy for each in found]

    async def _concerned(self, deed: Deed) -> frozenset[PersonId]:
        return await self._ledger.read(copies.concerned, self._recorder.about(deed.platform, deed.post))
