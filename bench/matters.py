"""Private matters as coaches would order them: judged, recorded, copied by mail, shown, and every deed closed."""

import asyncio
import tempfile
from collections.abc import AsyncIterator, Sequence
from pathlib import Path
from time import perf_counter

from adapters.mail import Server, open_mail
from adapters.postal import Postal
from adapters.replay import Replay
from bench import corpus
from bench.journey import ZONE, Day, at_work
from bench.mail import HOST, MOMENT, SENDER
from bot.actions import Copy, Deed
from bot.letter import CopyNotice, Letter, Letterhead, write_letter
from bot.message import MatterKind, PlaceId, PostId, Where, Words
from bot.people import AccountId
from bot.platform import Heard, Order, OrderKind, Post, Readers
from bot.store.vault import MasterKey


class Ordered(Replay):
    """A replay in which coaches order one private message after the other."""

    def __init__(self, orders: Sequence[Order], board: Replay) -> None:
        """Take the orders, in their order."""
        super().__init__([], board.board, lambda _: None)
        self._orders = orders

    async def hear(self) -> AsyncIterator[Heard]:
        """Bring every order."""
        for order in self._orders:
            yield order


def orders(count: int) -> list[Order]:
    """Write so many private matters, each to a student of the coach's team."""
    return [_order(number) for number in range(count)]


def _order(number: int) -> Order:
    team, student = number % corpus.TEAMS, number % corpus.STUDENTS
    reader = Readers(frozenset({AccountId(f"student-{team}-{student}")}))
    post = Post(
        "replay",
        PlaceId(f"private-{team}-{student}"),
        PostId(f"o{number}"),
        AccountId(f"coach-{team}"),
        corpus.MORNING + corpus.BETWEEN * number,
        reader,
        (Words(Where.BODY, f"The nurse has a slot for you, number {number}."),),
        matter=MatterKind.MEDICAL,
    )
    return Order(OrderKind.PRIVATE, post, opens=True)


def a_minute(day: Day, port: int, count: int, folder: Path) -> float:
    """Carry private matters through the house until every deed is closed: so many a minute."""
    with tempfile.TemporaryDirectory(dir=folder) as name:
        return asyncio.run(_carry(day, port, count, Path(name)))


async def _carry(day: Day, port: int, count: int, folder: Path) -> float:
    given, head, master = orders(count), Letterhead("example.org", ZONE), MasterKey(bytes(32))

    def write(deed: Deed) -> Letter | None:
        if not isinstance(deed.action, Copy) or deed.copy is None:
            return None
        notice = CopyNotice(deed.copy, MOMENT, deed.action.to, deed.action.office, deed=deed.id)
        return write_letter(head, notice, f"{deed.action.to}@example.org", master.index)

    async with (
        at_work(day, folder) as (moderator, platform),
        open_mail(Server(HOST, port, SENDER, "none"), lambda: MOMENT) as mail,
    ):
        start = perf_counter()
        async with asyncio.TaskGroup() as tasks:
            door = Postal(Ordered(given, platform), mail, write, notes=False)
            await moderator.follow(door, tasks, asyncio.Event())
        took = perf_counter() - start
    if platform.board.done < count:
        raise RuntimeError("a private matter was not shown")
    return 60 * count / took
