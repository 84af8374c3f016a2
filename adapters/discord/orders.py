"""Writes down what somebody asks us to send, as the house takes it."""

from dataclasses import replace
from datetime import UTC, datetime

import discord
from discord.abc import GuildChannel

from adapters.discord.answering import Asked
from adapters.discord.versions import PLATFORM
from bot.message import PlaceId, PostId, Where, Words
from bot.people import AccountId
from bot.platform import Order, OrderKind, Post, Readers


def account(interaction: Asked) -> AccountId:
    """Name who asks."""
    return AccountId(str(interaction.user.id))


def to_student(interaction: Asked, student: AccountId, kind: OrderKind, text: str) -> Order:
    """Write an order to one student, in a place that is opened for it alone."""
    readers = Readers(frozenset({student}), frozenset({student}))
    words = (Words(Where.BODY, text),) if text else ()
    place = PlaceId(f"private:{interaction.id}")
    post = _post(interaction, place, readers, words)
    return Order(kind, replace(post, emergency=kind is OrderKind.EMERGENCY), opens=True)


async def in_channel(
    interaction: Asked, channel: GuildChannel | discord.Thread, kind: OrderKind, words: tuple[Words, ...]
) -> Order:
    """Write an order to everybody who can read a channel."""
    client = interaction.client
    readers, team = await client.readers(channel), client.team_of(channel)
    post = _post(interaction, client.place(channel), readers, words)
    return Order(kind, replace(post, team=team, emergency=kind is OrderKind.EMERGENCY))


def _post(interaction: Asked, place: PlaceId, readers: Readers, words: tuple[Words, ...]) -> Post:
    by, id_ = account(interaction), PostId(str(interaction.id))
    return Post(PLATFORM, place, id_, by, datetime.now(UTC), readers, words)
