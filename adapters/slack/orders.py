"""Writes down what somebody asks us to send, as the house takes it."""

from datetime import datetime

from adapters.slack.versions import PLATFORM
from bot.message import MatterKind, PlaceId, PostId, Where, Words
from bot.people import AccountId, TeamId
from bot.platform import Order, OrderKind, Post, Readers


def to_student(
    id_: str,
    by: AccountId,
    student: AccountId,
    kind: OrderKind,
    text: str,
    at: datetime,
    *,
    matter: MatterKind | None = None,
    concerns_copied: bool = False,
) -> Order:
    """Write an order to one student, in a place that is opened for it alone."""
    readers, place = Readers(frozenset({student}), frozenset({student})), PlaceId(f"private:{id_}")
    post = Post(
        PLATFORM,
        place,
        PostId(id_),
        by,
        at,
        readers,
        _words(text),
        matter=matter,
        emergency=kind is OrderKind.EMERGENCY,
        concerns_copied=concerns_copied,
    )
    return Order(kind, post, opens=True)


def to_team(
    id_: str, by: AccountId, place: PlaceId, team: TeamId, readers: Readers, kind: OrderKind, text: str, at: datetime
) -> Order:
    """Write an order to everybody in a team's channel."""
    urgent = kind is OrderKind.EMERGENCY
    return Order(kind, Post(PLATFORM, place, PostId(id_), by, at, readers, _words(text), team=team, emergency=urgent))


def _words(text: str) -> tuple[Words, ...]:
    return (Words(Where.BODY, text),) if text else ()
