"""The promise about every registered place, whatever happens on the server, in whatever order.

Once our deeds for all past events are done, a coach can speak in a registered place only if at least two students can
read it; in a private matter we opened only if somebody who gets the copies can read it.
"""

import asyncio
import os
import tempfile
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final

import discord
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from adapters.discord.client import can_write
from bot.platform import Heard
from tests.discord.stage import School, moderated, open_school
from tests.discord.test_drawing import ask_privately
from tests.test_moderator import entries

EXAMPLES: Final = int(os.environ.get("CHAPERONE_EXAMPLES", "12"))
LONG: Final = 120.0
"""Seconds after which what does not come to rest never will."""
STUDENTS: Final = ("s1", "s2", "s3")
OVERSEERS: Final = ("principal", "director")

Step = tuple[str, str]
STEPS: Final = st.lists(
    st.one_of(
        st.tuples(
            st.sampled_from(["leave", "join", "drop role", "give role", "hide from", "show to"]),
            st.sampled_from(STUDENTS),
        ),
        st.tuples(st.sampled_from(["drop coach role", "give coach role", "let coaches write"]), st.just("coach")),
        st.tuples(
            st.sampled_from(["open thread", "add to thread", "take from thread"]), st.sampled_from((*STUDENTS, "coach"))
        ),
        st.tuples(st.sampled_from(["leave", "join", "take from matter"]), st.sampled_from(OVERSEERS)),
        st.tuples(st.sampled_from(["hide from all", "show to all", "let the team write", "open matter"]), st.just("")),
    ),
    min_size=1,
    max_size=8,
)


class Doing:
    """Does to a server what a step says; what makes no sense now is passed over."""

    def __init__(self, stage: School) -> None:
        self.stage = stage
        self.there = set(stage.people)
        self.thread: discord.Thread | None = None

    @property
    def guild(self) -> discord.Guild:
        return self.stage.discord.client.guilds[0]

    @property
    def channel(self) -> discord.TextChannel:
        found = self.guild.get_channel(self.stage.team.id)
        assert isinstance(found, discord.TextChannel)
        return found

    def role(self, name: str) -> discord.Role:
        found = self.guild.get_role(self.stage.roles[name].id)
        assert found is not None
        return found

    async def do(self, step: Step) -> None:
        what, who = step
        doing: dict[str, Callable[[str], Awaitable[None]]] = {
            "leave": self._leave,
            "join": self._join,
            "drop role": lambda each: self._change_role(each, "Soccer", gains=False),
            "give role": lambda each: self._change_role(each, "Soccer", gains=True),
            "drop coach role": lambda each: self._change_role(each, "Coach", gains=False),
            "give coach role": lambda each: self._change_role(each, "Coach", gains=True),
            "hide from": lambda each: self._see(each, sees=False),
            "show to": lambda each: self._see(each, sees=True),
            "hide from all": lambda _: self._see_all(sees=False),
            "show to all": lambda _: self._see_all(sees=True),
            "let coaches write": lambda _: self._let_write("Coach"),
            "let the team write": lambda _: self._let_write("Soccer"),
            "open thread": lambda _: self._open_thread(),
            "add to thread": lambda each: self._in_thread(each, comes=True),
            "take from thread": lambda each: self._in_thread(each, comes=False),
            "open matter": lambda _: self._open_matter(),
            "take from matter": self._take_from_matter,
        }
        await doing[what](who)
        await self.stage.env.settle()

    async def _leave(self, name: str) -> None:
        if name in self.there:
            self.there.discard(name)
            self.stage.guild.remove_member(self.stage.people[name])

    async def _join(self, name: str) -> None:
        if name not in self.there:
            self.there.add(name)
            role = "Office" if name in OVERSEERS else "Soccer"
            self.stage.guild.add_member(self.stage.people[name].user, roles=[self.stage.roles[role]])

    def _member(self, name: str) -> discord.Member | None:
        return self.guild.get_member(self.stage.people[name].id)

    async def _change_role(self, name: str, role: str, *, gains: bool) -> None:
        member = self._member(name)
        if member is not None:
            await (member.add_roles if gains else member.remove_roles)(self.role(role))

    async def _see(self, name: str, *, sees: bool) -> None:
        member = self._member(name)
        if member is not None:
            await self.channel.set_permissions(member, view_channel=sees)

    async def _see_all(self, *, sees: bool) -> None:
        await self.channel.set_permissions(self.role("Soccer"), view_channel=sees)

    async def _let_write(self, role: str) -> None:
        sees = self.channel.overwrites_for(self.role(role)).view_channel
        await self.channel.set_permissions(self.role(role), view_channel=sees, send_messages=True)

    async def _open_thread(self) -> None:
        if self.thread is None:
            kind = discord.ChannelType.private_thread
            self.thread = await self.channel.create_thread(name="captains", type=kind)

    async def _in_thread(self, name: str, *, comes: bool) -> None:
        member = self._member(name)
        if self.thread is not None and member is not None and not self.thread.archived:
            await (self.thread.add_user if comes else self.thread.remove_user)(member)

    async def _open_matter(self) -> None:
        sees = self._member("s1") is not None and self._member("coach") is not None
        if sees and self.channel.permissions_for(self.guild.get_member(self.stage.people["coach"].id)).view_channel:  # type: ignore[arg-type]
            await ask_privately(self.stage)

    async def _take_from_matter(self, name: str) -> None:
        for handle in self.stage.private.threads:
            thread = self.guild.get_thread(handle.id)
            if thread is not None and not thread.archived:
                await thread.remove_user(discord.Object(self.stage.people[name].id))


class Watch:
    """Counts what the house was told and what of it it has written: only then is nothing under way any more.

    How long nothing happens says nothing of that. On a busy machine a look may be a second on its way.
    """

    def __init__(self, stage: School, folder: Path) -> None:
        self.stage, self.folder = stage, folder
        self.told = self.written = 0
        self._tell, self._acknowledge = stage.discord.client._tell, stage.discord.acknowledge
        stage.discord.client._tell = self._count
        stage.discord.acknowledge = self._count_written  # type: ignore[method-assign]

    def _count(self, heard: Heard) -> None:
        self.told += 1
        self._tell(heard)

    async def _count_written(self, heard: Heard) -> None:
        await self._acknowledge(heard)
        self.written += 1

    async def rest(self) -> None:
        """Wait until every look is taken, all is written, every deed is done, and nothing more comes of that."""
        async with asyncio.timeout(LONG):
            while not await self._nothing_comes():  # noqa: ASYNC110 (what is to come is written by others)
                await asyncio.sleep(0.02)

    async def _nothing_comes(self) -> bool:
        """Let happen what follows of what is done, look where that is due, and say whether anything came of it."""
        before = self.told if self._is_done() else None
        await self.stage.env.settle()
        for place in self.stage.discord.client.guard.take_due(datetime.now(UTC) + timedelta(minutes=5)):
            await self.stage.discord.client.look(place)
        return self.told == before and self._is_done()

    def _is_done(self) -> bool:
        planned, closed = (len(entries(self.folder, kind)) for kind in ("planned", "closed"))
        return self.told == self.written and planned == closed


def students_in(stage: School, members: list[discord.Member]) -> int:
    """Count students by the roster, in a way of its own."""
    ids = {stage.people[each].id for each in STUDENTS}
    return sum(each.id in ids for each in members)


async def broken(stage: School) -> list[str]:
    """Name the places where a coach can speak and should not."""
    return [each async for each in _broken(stage)]


async def _broken(stage: School) -> AsyncIterator[str]:
    guild = stage.discord.client.guilds[0]
    coach = guild.get_member(stage.people["coach"].id)
    channel = guild.get_channel(stage.team.id)
    if coach is None or not isinstance(channel, discord.TextChannel):
        return
    readers = [each for each in guild.members if channel.permissions_for(each).view_channel]
    if coach in readers and can_write(channel, coach) and students_in(stage, readers) < 2:
        yield "the team's channel"
    for thread in guild.threads:
        ids = {each.id for each in await thread.fetch_members()}
        present = [each for each in _above(thread) if each.id in ids]
        if coach not in present or not can_write(thread, coach) or thread.archived:
            continue
        overseen = {each.id for each in present} & {stage.people[each].id for each in OVERSEERS}
        if thread.parent_id == stage.private.id and not overseen:
            yield "a private matter"
        if thread.parent_id == stage.team.id and students_in(stage, present) < 2:
            yield "a private thread"


def _above(thread: discord.Thread) -> Iterator[discord.Member]:
    parent = thread.parent
    if parent is not None:
        yield from (each for each in thread.guild.members if parent.permissions_for(each).view_channel)


@settings(max_examples=EXAMPLES, deadline=None, suppress_health_check=list(HealthCheck), print_blob=True)
@given(STEPS)
@example([("open matter", ""), ("take from matter", "principal"), ("take from matter", "director")])
@example([("open matter", ""), ("leave", "principal"), ("leave", "director")])
@example([("open thread", ""), ("add to thread", "coach"), ("add to thread", "s1")])
@example([("let the team write", ""), ("hide from", "s1"), ("hide from", "s2")])
@example([("hide from", "s1"), ("hide from", "s2"), ("let coaches write", "coach")])
def test_no_coach_can_speak_where_too_few_students_read(steps: list[Step]) -> None:
    async def live() -> list[str]:
        with tempfile.TemporaryDirectory() as name:
            folder = Path(name)
            async with open_school(folder) as stage, moderated(stage, folder):
                doing, watch = Doing(stage), Watch(stage, folder)
                for step in steps:
                    await doing.do(step)
                await watch.rest()
                return await broken(stage)

    assert asyncio.run(live()) == []
