"""A house that stands live: what is changed beside it is gone on with, and what is being done is not begun again."""

import asyncio
import os
from collections import Counter
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path

import pytest

from bot.actions import Deed, DeedId
from bot.config import Configuration
from bot.house import House, open_house
from bot.live import LiveHouse
from bot.platform import Heard, Receipt
from bot.settings import RosterFiles, Settings
from bot.stand import Ground, LivePlan
from bot.wiring import PATIENCE
from tests.district import NOON, roster
from tests.roster_files import V1_1, folder
from tests.store.house import draft, faults, house, place, post
from tests.test_moderator import Stage, entries, moderator_of

A_DEED = 0.25
"""Seconds that the network takes for a deed."""


@dataclass
class Busy(Stage):
    """A platform on which one post comes after the other, and every deed takes its time."""

    begun: Counter[DeedId] = field(default_factory=Counter)
    changed: asyncio.Event = field(default_factory=asyncio.Event)
    """Set when something was changed beside us: then a last post comes."""

    async def hear(self) -> AsyncIterator[Heard]:
        number = 0
        while not self.changed.is_set():
            number += 1
            yield post(f"p{number}")
            await asyncio.sleep(0.06)
        yield post("last")

    async def perform(self, deed: Deed) -> Receipt:
        self.begun[deed.id] += 1
        await asyncio.sleep(A_DEED)
        return await super().perform(deed)


def live_house(opened: House, stage: Busy, files: Path | None = None) -> LiveHouse:
    """Let a house stand live on one platform."""
    settings = Settings() if files is None else Settings(roster=RosterFiles(path=files))
    plan = LivePlan(opened.place, Configuration(settings, Path("config.toml"), ""), lambda _: None)
    ground = Ground(opened, plan, roster(), moderator_of(opened), None)
    return LiveHouse(ground, (stage,), stage.changed.set)


def nothing_is_begun_twice(folder: Path, stage: Busy) -> None:
    """Hold the platform against the ledger: each deed was asked for once, begun once and closed once."""
    begun, closed = (Counter(each["deed"] for each in entries(folder, kind)) for kind in ("begun", "closed"))

    assert set(stage.begun.values()) == {1}
    assert begun == closed == stage.begun


async def borrow(files: Path) -> None:
    """Take the turn, as a command does, keep it for a while, and plan something."""
    async with open_house(place(files), NOON, PATIENCE) as borrowed:
        await asyncio.sleep(0.3)
        await borrowed.ledger.write(draft(borrowed, post("borrowed")))


async def test_what_is_being_done_while_the_turn_is_lent_is_done_once(tmp_path: Path) -> None:
    """Posts come all the while. What the command has planned is done too, and nobody is told anything twice."""
    stage = Busy()
    async with house(tmp_path) as opened:
        live = live_house(opened, stage)
        lending = opened.tasks.create_task(live.lend_turns())
        borrowing = opened.tasks.create_task(asyncio.to_thread(asyncio.run, borrow(tmp_path)))
        await live.ground.moderator.follow(stage, opened.tasks, asyncio.Event())
        await borrowing
        await asyncio.sleep(4 * A_DEED)
        lending.cancel()

    planned = [each["deed"] for each in entries(tmp_path, "planned") if "until" not in each]
    assert sorted(stage.begun) == sorted(planned)
    nothing_is_begun_twice(tmp_path, stage)
    assert await faults(tmp_path) == []


async def test_what_is_being_done_while_a_new_roster_is_read_is_done_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nothing is planned by reading it, so there is nothing to take up."""
    monkeypatch.setattr("bot.live.TIDY_EVERY", timedelta(seconds=0.3))
    stage, files = Busy(), folder(tmp_path, V1_1)
    async with house(tmp_path) as opened:
        live = live_house(opened, stage, files)
        keeping = opened.tasks.create_task(live.keep_house())
        await asyncio.sleep(0.1)
        os.utime(files / "users.csv", (NOON.timestamp(), NOON.timestamp() + 10**8))
        await live.ground.moderator.follow(stage, opened.tasks, asyncio.Event())
        keeping.cancel()

    assert len(stage.begun) > 2
    nothing_is_begun_twice(tmp_path, stage)
    assert await faults(tmp_path) == []
