"""How whoever presses, fills in or asks for something is answered: at once, and again once it is written down."""

import asyncio
import contextlib
from collections.abc import Awaitable, Callable, Coroutine
from dataclasses import dataclass, field
from functools import wraps
from typing import Any, Final, TypeVar

import discord
import structlog
from discord import app_commands

from adapters.discord.failures import FAILURES
from adapters.wording import WE_FAILED
from bot.texts import ENGLISH, Text

LOG: Final = structlog.get_logger("chaperone.discord")


Asked = discord.Interaction[Any]
"""Somebody pressed, filled in or asked for something; its client is ours."""

Item = TypeVar("Item")


@dataclass(slots=True, eq=False)
class Waiter:
    """Somebody who waits to hear that we have what they said."""

    interaction: Asked
    answer: Text
    begun: asyncio.Event = field(default_factory=asyncio.Event)
    """Set once they were told that we are at it, or could not be: before that there is nothing to put an answer to."""


class Waiting:
    """Everybody who waits to hear that we have what they said. Nobody else ever waits for them to be told."""

    def __init__(self) -> None:
        """Begin with nobody."""
        self._waiters: dict[str, Waiter] = {}
        self._tasks: set[asyncio.Task[Any]] = set()

    def expect(self, interaction: Asked, id_: str, answer: Text) -> Waiter:
        """Remember who waits, and for what."""
        waiter = self._waiters[id_] = Waiter(interaction, answer)
        if interaction.response.is_done():
            waiter.begun.set()
        return waiter

    def confirm(self, id_: str) -> None:
        """Tell whoever said it that it is written down, beside whatever else goes on."""
        waiter = self._waiters.pop(id_, None)
        if waiter is not None:
            self.begin(_tell(waiter))

    def begin(self, doing: Coroutine[Any, Any, object]) -> asyncio.Task[Any]:
        """Do something beside everything else, for as long as the connection lasts."""
        task = asyncio.create_task(doing)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        return task

    def close(self) -> None:
        """Give up whatever is not done yet."""
        for each in self._tasks:
            each.cancel()


async def _tell(waiter: Waiter) -> None:
    await waiter.begun.wait()
    try:
        await waiter.interaction.edit_original_response(content=ENGLISH.say(waiter.answer))
    except FAILURES as error:
        LOG.warning("somebody was not told that we have it", fault=type(error).__name__)


async def begin_answer(interaction: Asked) -> None:
    """Say that we are at it: Discord waits for three seconds. Where that fails, only the answer is lost."""
    if interaction.response.is_done():
        return
    try:
        await interaction.response.defer(ephemeral=True, thinking=True)
    except FAILURES as error:
        LOG.warning("somebody could not be answered", fault=type(error).__name__)


async def apologise(interaction: Asked, error: Exception) -> None:
    """Say which kind of fault it was, never what was in it; and tell whoever asked, as long as that is possible."""
    cause = error.original if isinstance(error, app_commands.CommandInvokeError) else error
    LOG.error("what somebody asked for failed", fault=type(cause).__name__)
    with contextlib.suppress(discord.DiscordException, *FAILURES):
        if interaction.response.is_done():
            await interaction.followup.send(ENGLISH.say(WE_FAILED), ephemeral=True)
        else:
            await interaction.response.send_message(ENGLISH.say(WE_FAILED), ephemeral=True)


def guarded(
    callback: Callable[[Item, Asked], Awaitable[None]],
) -> Callable[[Item, Asked], Coroutine[Any, Any, None]]:
    """Keep a fault from the library, which would write down all there is to a button of an earlier run."""

    @wraps(callback)
    async def kept(item: Item, interaction: Asked) -> None:
        try:
            await callback(item, interaction)
        except Exception as error:  # noqa: BLE001 (whatever it is, whoever pressed hears of it)
            await apologise(interaction, error)

    return kept
