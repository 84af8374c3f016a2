"""A coach's own direct messages, where the coach has granted it and the district's counsel has agreed to it.

Whoever leads no team today is not read, whatever they granted. Of a conversation without a rostered student nothing is
read: it is dropped before anybody looks at its words. Before anything of any other is kept, the student has been told,
in a message of their own.
"""

import asyncio
from collections import defaultdict
from datetime import datetime
from typing import TYPE_CHECKING, Final

import structlog

from adapters.slack.author import author_of
from adapters.slack.failures import FAILURES, TOKEN_LOST, code_of
from adapters.slack.grants import Grant
from adapters.slack.hearing import Ears, Wait
from adapters.slack.telling import Told
from adapters.slack.versions import moment_of
from adapters.slack.watch import Watch
from bot.people import AccountId
from bot.texts import ENGLISH, N_

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

LOG: Final = structlog.get_logger("chaperone.slack")

SCOPE: Final = "im:history"

YOU_ARE_READ: Final = N_(
    "Your school keeps a record of the messages that you and {name} send each other here. No adult should write to a "
    "student alone. A program checks them. A person looks only if a message may not fit the rules. You can still write "
    "to {name}. If you want to talk about this, ask an adult at your school."
)
"""Told to a student before anything is kept."""


class Overhearing:
    """Lets in what a grant shows, and nothing else."""

    def __init__(self, ears: Ears, watch: Watch) -> None:
        """Take what hears, and who has granted what."""
        self._ears = ears
        self._watch = watch
        self._turns: defaultdict[str, asyncio.Lock] = defaultdict(asyncio.Lock)
        """Where a student is being told, whatever else comes waits."""
        self.when_lost: Callable[[str], Awaitable[None]] | None = None

    async def hear(self, event: Told, owner: str) -> list[Wait]:
        """Hear what somebody's grant shows us; nothing unless the district has turned that on."""
        channel, grant = event.get("channel"), self._watch.grants.of(owner, SCOPE)
        is_direct = event.get("type") == "message" and event.get("channel_type") == "im"
        if self._ears.setup.counsel is None or grant is None or not is_direct or not isinstance(channel, str):
            return []
        if not self._watch.directory.leads(grant.account):
            return []
        try:
            members = await self._ears.audiences.members(channel, grant.token)
        except FAILURES as error:
            if code_of(error) in TOKEN_LOST and self.when_lost is not None:
                await self.when_lost(owner)
                return []
            raise
        students = [each for each in sorted(members - {owner}) if self._watch.directory.is_student(AccountId(each))]
        if not students or self._ears.us in members or not await self._are_told(students, grant, channel):
            return []
        if _author(event) in students and _written(event) <= self._watch.notebook.told_at.get(channel, 0.0):
            return []
        return await self._ears.hear_message(event, channel)

    async def _are_told(self, students: list[str], grant: Grant, channel: str) -> bool:
        """Tell the students, once for each grant, that they are read. Say whether all of them know."""
        async with self._turns[channel]:
            known = self._watch.notebook.informed.get(channel) == _named(grant)
            return known or await self._tell(students, grant, channel)

    async def _tell(self, students: list[str], grant: Grant, channel: str) -> bool:
        person = self._watch.directory.person(grant.account)
        name = self._watch.directory.name(person) if person is not None else grant.account
        text = ENGLISH.say(YOU_ARE_READ.filled(name=name))
        told_at = 0.0
        for each in students:
            ts = await self._watch.inform(each, text, f"informed-{channel}-{_named(grant)}", _granted_at(grant))
            if not ts:
                LOG.error("a student could not be told that direct messages are read, so they are not", place=channel)
                return False
            told_at = max(told_at, float(ts))  # by Slack's clock, as what they write is
        self._watch.notebook.informed[channel] = _named(grant)
        self._watch.notebook.told_at[channel] = told_at
        self._watch.notebook.write()
        return True

    def forget(self, owner: str) -> None:
        """Know that a grant has ended: who grants again, of whom the students are told again."""
        ended = [channel for channel, its in self._watch.notebook.informed.items() if its.partition("-")[0] == owner]
        for each in ended:
            del self._watch.notebook.informed[each]
            self._watch.notebook.told_at.pop(each, None)


def _named(grant: Grant) -> str:
    """Tell a grant from an earlier or later one of the same person."""
    return f"{grant.account}-{grant.at}" if grant.at else str(grant.account)


def _granted_at(grant: Grant) -> datetime | None:
    """Say when it was granted; None where that is not known, so that everything is looked through."""
    try:
        return datetime.fromisoformat(grant.at)
    except ValueError:
        return None


def _message(event: Told) -> Told:
    """Give the message of an event: its own, or the one that it changes or takes away."""
    inner = event.get("message") or event.get("previous_message")
    return inner if isinstance(inner, dict) else event


def _author(event: Told) -> str:
    return author_of(_message(event))[0]


def _written(event: Told) -> float:
    """Say when a message was first written; at the beginning of time where it does not say."""
    at = moment_of(_message(event).get("ts"))
    return 0.0 if at is None else at.timestamp()
