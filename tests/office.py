"""A stage that keeps what it was asked to do, and what coaches order and answer there."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta

from bot.actions import Copy, Deed, Show, Tell
from bot.message import MatterKind, PlaceId, PostId
from bot.people import AccountId
from bot.platform import Answer, Heard, Order, OrderKind, Outcome, Readers, Receipt, SpaceSeen
from bot.rule import Choice
from tests.district import NOON, SOCCER
from tests.store.house import post
from tests.test_moderator import Stage

HOUR = timedelta(hours=1)
OVERDUE = NOON + 36 * HOUR
"""Midnight of the district, when the day is over on which the reason of an emergency at NOON is due."""
SOCCER_PLACE = SpaceSeen(
    "replay",
    PlaceId("soccer"),
    "1",
    NOON - HOUR,
    Readers(frozenset(map(AccountId, ("coach", "s1", "s2", "s3")))),
    team=SOCCER,
)


class Office(Stage):
    """A stage that keeps what it was asked to do."""

    def __init__(
        self, *heard: Heard, answers: dict[str, Receipt | Exception] | None = None, pause: float = 0.0
    ) -> None:
        super().__init__(heard, answers or {})
        self.pause = pause
        self.refuses = 0
        """So many notes of copies are not accepted at first."""
        self.accepted: list[str] = []
        self.done: list[Deed] = []

    async def hear(self) -> AsyncIterator[Heard]:
        for each in self.heard:
            yield each
            await asyncio.sleep(self.pause)

    async def perform(self, deed: Deed) -> Receipt:
        self.done.append(deed)
        if isinstance(deed.action, Copy):
            self.refuses -= 1
            if self.refuses >= 0:
                return Receipt(Outcome.NOT_DONE)
            self.accepted.append(deed.action.to)
        return await super().perform(deed)

    def shown(self) -> list[Show]:
        return [each.action for each in self.done if isinstance(each.action, Show)]

    def told(self) -> list[str]:
        return [each.action.notice.saw for each in self.done if isinstance(each.action, Tell)]

    def copied(self) -> list[str]:
        return [each.action.to for each in self.done if isinstance(each.action, Copy)]


def order(
    kind: OrderKind = OrderKind.PRIVATE,
    *,
    to: tuple[str, ...] = ("s1",),
    by: str = "coach",
    text: str = "Your physical.",
    matter: MatterKind | None = MatterKind.MEDICAL,
    concerns: bool = False,
    opens: bool = True,
    id_: str = "o1",
) -> Order:
    """Let a coach ask for something to be sent; as it stands, a private matter to a student of the team."""
    written = post(
        id_,
        text,
        by=by,
        to=to,
        room="private",
        matter=matter if kind is OrderKind.PRIVATE else None,
        emergency=kind is OrderKind.EMERGENCY,
    )
    return Order(kind, replace(written, concerns_copied=concerns), opens)


def answer(
    choice: Choice,
    *,
    about: str = "p1",
    by: str = "coach",
    after: timedelta = HOUR,
    matter: MatterKind | None = None,
    pictured: tuple[str, ...] = (),
) -> Answer:
    """Let somebody answer a notice, by default an hour later."""
    return Answer(
        "replay",
        f"{by} {choice} {about}",
        AccountId(by),
        NOON + after,
        PostId(about),
        choice,
        matter,
        tuple(map(AccountId, pictured)),
    )


class PowerCutError(Exception):
    """Ends a run where it stands."""
