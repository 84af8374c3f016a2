"""Helps tests to let people report, disagree and decide, on a real house with a small platform in front of it."""

import asyncio
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from pathlib import Path

from adapters.rehearsal import Rehearsal
from bot.actions import Action, Tell
from bot.case import Case
from bot.docket import Docket
from bot.house import House
from bot.lists import Lists
from bot.message import PlaceId, PostId, Where, Words
from bot.moderator import Moderator
from bot.people import AccountId, Office, PersonId, TeamId
from bot.platform import Appeal, Decision, Heard, Outcome, Platform, Receipt, Report, Ruling, Tick
from bot.readings.reader import Reader
from bot.roster import Roster
from bot.rule import Rule
from bot.standing import Standing
from bot.store import memory
from bot.store.record import Recorder
from bot.store.sealed import KINDS
from rules.employee_04_group_messages import GroupMessages
from rules.general_09_link_shorteners import LinkShorteners
from tests.district import NOON, lists, reader, roster
from tests.store.house import house
from tests.test_moderator import Stage

RULES: tuple[Rule, ...] = (GroupMessages(), LinkShorteners())


def after(seconds: float) -> datetime:
    """Give a moment after noon."""
    return NOON + timedelta(seconds=seconds)


def report(
    id_: str = "r1",
    by: str = "s2",
    post: str = "p1",
    *,
    at: float = 10,
    team: str | None = None,
    adult: str | None = None,
    office: Office | None = None,
    skip_coach: bool = False,
    author: str | None = None,
) -> Report:
    """Let somebody tell an adult about a post."""
    return Report(
        "replay",
        id_,
        PostId(post),
        PlaceId("room"),
        AccountId(by),
        after(at),
        (Words(Where.BODY, "canary: it made me cry"),),
        AccountId(author) if author else None,
        TeamId(team) if team else None,
        AccountId(adult) if adult else None,
        office,
        skip_coach,
    )


def appeal(id_: str = "a1", by: str = "coach", post: str = "p1", *, at: float = 20) -> Appeal:
    """Let the author of a post disagree."""
    return Appeal("replay", id_, PostId(post), AccountId(by), after(at), (Words(Where.BODY, "I was not alone"),))


def decision(
    ruling: Ruling,
    by: str = "principal",
    id_: str = "",
    *,
    post: str = "p1",
    at: float = 100,
    reason: str = "I have read it.",
    until: date | None = None,
) -> Decision:
    """Let somebody decide."""
    name = id_ or f"{ruling} {by} {at}"
    return Decision(
        "replay",
        name,
        PersonId(by),
        after(at),
        ruling,
        post=PostId(post),
        reason=reason,
        suspend_until=until,
    )


def tick(at: float) -> Tick:
    """Let time pass."""
    return Tick("replay", after(at))


def roster_of(district: Lists | None) -> Roster:
    """Take the invented district's people, or others."""
    return roster(district or lists())


def docket_of(opened: House, district: Lists | None = None) -> Docket:
    """Give the docket of an open house."""
    return Docket(roster_of(district), (each.clause for each in RULES), opened.ledger, Recorder(opened.database.master))


@dataclass
class Came:
    """What came of it."""

    performed: list[str] = field(default_factory=list)
    deeds: list[tuple[str, Action, str]] = field(default_factory=list)
    """Kind, action, and outcome or state."""
    cases: list[Case] = field(default_factory=list)
    """What waits."""

    def told(self, person: str) -> list[str]:
        """Give the first part of every note a person got."""
        notes = (action for _, action, outcome in self.deeds if outcome == Outcome.DONE and isinstance(action, Tell))
        return [each.notice.saw for each in notes if each.to == person]

    def done(self, kind: str) -> list[Action]:
        """Give the deeds of a kind that were done."""
        return [action for each, action, outcome in self.deeds if each == kind and outcome == Outcome.DONE]

    def asked(self) -> list[str]:
        """Name whom somebody asked to look."""
        return [str(getattr(each, "to", "")) for each in self.done("alert")]


async def happen(
    folder: Path,
    *heard: Heard,
    district: Lists | None = None,
    now: datetime = NOON,
    rehearse: bool = False,
    answers: Mapping[str, Receipt | Exception] | None = None,
    rules: tuple[Rule, ...] = RULES,
    reads: Reader | None = None,
    standing: Standing | None = None,
) -> Came:
    """Let things happen one after the other, and say what came of it. May be called again for what follows."""
    stage = Stage(heard, answers or {})
    door: Platform = Rehearsal(stage) if rehearse else stage
    async with house(folder, now) as opened:
        recorder = Recorder(opened.database.master)
        people = roster_of(district)
        known = standing or Standing()
        moderator = Moderator(people, reads or reader(), rules, [], known, opened.ledger, recorder, lambda: now)
        async with opened.database.reading().connect() as connection:
            left = await connection.run_sync(lambda sync: list(memory.deeds(sync, opened.database.master)))
        await moderator.performer.take_up([(deed, state) for deed, state, _ in left], frozenset(), door)
        await moderator.follow(door, opened.tasks, asyncio.Event())
        async with opened.database.reading().connect() as connection:
            kinds = tuple(KINDS)
            every = await connection.run_sync(
                lambda sync: list(memory.deeds(sync, opened.database.master, kinds=kinds))
            )
        waiting = await docket_of(opened, district).waiting()
    deeds = [(deed.action.kind, deed.action, outcome or state) for deed, state, outcome in every]
    return Came(stage.performed, deeds, waiting)


def kinds(actions: Iterable[tuple[str, Action, str]]) -> list[str]:
    """Say what was planned and how it ended."""
    return sorted(f"{kind} {ended}" for kind, _, ended in actions)
