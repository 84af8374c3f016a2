"""The product itself: the whole journey of posts that are already in memory, from recognising to the last deed."""

import asyncio
import tempfile
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from enum import Enum
from pathlib import Path
from time import perf_counter
from typing import Final
from zoneinfo import ZoneInfo

import rules
from adapters.oneroster import read_lists
from adapters.replay import Board, Replay
from adapters.replay.line_reader import LineReader
from bench import corpus
from bench.reading import BATCH, YEAR, models
from bot.house import AUDIT, HouseFiles, open_house
from bot.lists import Lists
from bot.moderator import Moderator
from bot.platform import Heard, Post
from bot.readings.clues import Clues
from bot.readings.found import Spot
from bot.readings.labels import Clue, Setting
from bot.readings.personal import Known
from bot.readings.reader import Reader
from bot.readings.setting import setting_of
from bot.readings.topics import Topics
from bot.roster import Roster
from bot.rounds import ReadingRoom
from bot.rule import Rule, traces
from bot.standing import Standing
from bot.store.record import Recorder
from bot.study import Study
from bot.text import Folded

IN_FLIGHT: Final = 100
ZONE: Final = ZoneInfo("America/New_York")


class Depth(Enum):
    """How far the words are read on the way."""

    RULES = "rules only"
    """Who, where, links, personal data, listed pieces: every rule is asked, but nobody reads what the words mean."""
    CLUES = "clues too"
    """What a post waits for when there are too many for the models."""
    MODELS = "models too"


class NoClues(Clues):
    """Finds no clue of what a text is about."""

    def find(self, folded: Folded, setting: Setting, spots: Sequence[Spot]) -> tuple[Clue, ...]:  # noqa: ARG002
        """Give none."""
        return ()


@dataclass(frozen=True, slots=True)
class Day:
    """A school day, read beforehand: what is measured is the journey, not the reading of a file."""

    lines: tuple[bytes, ...]
    posts: tuple[Post, ...]
    lists: Lists

    @classmethod
    def of(cls, posts: int, folder: Path, shares: Mapping[str, float] = corpus.HARD) -> "Day":
        """Make up a day of so many posts; its roster files go through `folder`."""
        lines = tuple(corpus.day(posts, shares=shares))
        reader = LineReader()
        heard = [reader.read(line) for line in lines]
        with tempfile.TemporaryDirectory(dir=folder) as name:
            lists = read_lists(corpus.write_roster(Path(name) / "roster"), None, frozenset()).lists
        own = tuple(line for line, each in zip(lines, heard, strict=True) if isinstance(each, Post))
        return cls(own, tuple(each for each in heard if isinstance(each, Post)), lists)

    def roster(self) -> Roster:
        """Give the district's roster, with nothing remembered yet."""
        return Roster(self.lists, ZONE)

    def reader(self, depth: Depth = Depth.CLUES) -> Reader:
        """Give what reads the words, with the district's last names."""
        known = Known(frozenset((each.given_name, each.family_name) for each in self.lists.people))
        reader = Reader(known, traces(every_rule()))
        if depth is Depth.RULES:
            reader.clues = NoClues(known)
        return reader


class Told(Replay):
    """A replay that tells posts which are in memory already, and performs on another's board."""

    def __init__(self, posts: Sequence[Post], board: Replay) -> None:
        """Take the posts, in their order."""
        super().__init__([], board.board, lambda _: None)
        self._posts = posts

    async def hear(self) -> AsyncIterator[Heard]:
        """Bring every post."""
        for post in self._posts:
            yield post


def every_rule() -> tuple[Rule, ...]:
    """Build every rule at its defaults."""
    return tuple(rule() for rule in rules.every())


def place(folder: Path) -> HouseFiles:
    """Name a database of its own in a folder."""
    return HouseFiles(folder / "bench.sqlite", folder / "bench.key", AUDIT)


@asynccontextmanager
async def at_work(day: Day, folder: Path, depth: Depth = Depth.CLUES) -> AsyncIterator[tuple[Moderator, Replay]]:
    """Open a house on a real file, with everything on: encryption, chain, durable commits."""
    platform = Replay([], Board(place(folder).board), lambda _: None)
    async with open_house(place(folder), corpus.MORNING) as house:
        roster, reader, recorder = day.roster(), day.reader(depth), Recorder(house.database.master)
        study = Study(Topics(reader.clues, models()), None) if depth is Depth.MODELS else None
        rules, now, room = every_rule(), lambda: corpus.MORNING, ReadingRoom(study)
        moderator = Moderator(roster, reader, rules, (), Standing(), house.ledger, recorder, now, room)
        try:
            yield moderator, platform
        finally:
            moderator.close()


def journey(day: Day, folder: Path, depth: Depth = Depth.CLUES) -> float:
    """Carry a day through the house, a hundred posts in flight: posts a second, every deed done."""
    with tempfile.TemporaryDirectory(dir=folder) as name:
        return asyncio.run(carry(day, Path(name), depth))


async def carry(day: Day, folder: Path, depth: Depth = Depth.CLUES) -> float:
    """Carry a day into a database that stays in `folder`: posts a second."""
    async with at_work(day, folder, depth) as (moderator, platform):
        start = perf_counter()
        async with asyncio.TaskGroup() as tasks:
            await moderator.follow(Told(day.posts, platform), tasks, asyncio.Event(), IN_FLIGHT)
        return len(day.posts) / (perf_counter() - start)


def reading_alone(day: Day) -> float:
    """Read what the same posts say, models too, and do nothing else: posts a second."""
    roster, topics = day.roster(), Topics(day.reader().clues, models())
    messages = [*map(roster.recognise, day.posts)]
    texts, settings = [each.words[0].text for each in messages], [*map(setting_of, messages)]
    start = perf_counter()
    for first in range(0, len(texts), BATCH):
        topics.read(texts[first : first + BATCH], settings[first : first + BATCH], YEAR)
    return len(texts) / (perf_counter() - start)


async def open_loop(day: Day, folder: Path, rate: int) -> Sequence[float]:
    """Post at a steady rate, however far behind the house may be: for each post the milliseconds since it was due."""
    late: list[float] = []
    async with at_work(day, folder) as (moderator, platform):

        async def one(post: Post, due: float) -> None:
            for deed in await moderator.moderate([post], platform):
                await moderator.performer.carry_out(deed, platform)
            late.append((perf_counter() - due) * 1e3)

        start = perf_counter()
        async with asyncio.TaskGroup() as tasks:
            for number, post in enumerate(day.posts):
                due = start + number / rate
                await asyncio.sleep(max(0.0, due - perf_counter()))
                tasks.create_task(one(post, due))
    return late
