"""Discord behind our door: what is heard waits here, what is decided is done, and a broken connection is made anew."""

import asyncio
from collections.abc import AsyncIterator, Callable
from datetime import datetime, timedelta
from typing import Final

import discord
import structlog
import yarl

from adapters.discord.breaker import Breaker, listening
from adapters.discord.catching_up import CatchingUp
from adapters.discord.client import Client
from adapters.discord.hands import Hands
from adapters.discord.renewing import renew
from adapters.discord.setup import Setup
from adapters.discord.versions import PLATFORM
from adapters.notebook import Notebook
from bot.actions import Deed
from bot.directory import Directory
from bot.errors import ConfigurationError
from bot.notice import Notice
from bot.platform import Answer, Appeal, Decision, Heard, Order, Outcome, Post, Receipt, Report, Tick

LOG: Final = structlog.get_logger("chaperone.discord")

TICK: Final = 1.0
"""Seconds between two looks at the clock: what waits for a moment, and which places to look at again."""

NOTED_EVERY: Final = timedelta(seconds=10)
"""How often it is written down how far each place is read."""

RENEWED_EVERY: Final = timedelta(hours=1)
"""How often it is seen to what Discord lets end by itself."""

PAUSES: Final = (1.0, 5.0, 15.0, 60.0)
"""Seconds before a connection that broke is made anew; the last again and again."""

Asked = Order | Answer | Report | Appeal | Decision
"""What somebody waits to hear about."""


class Discord:
    """The district's Discord servers."""

    name = PLATFORM

    def __init__(
        self,
        setup: Setup,
        directory: Directory,
        notebook: Notebook,
        mark: Callable[[Deed], str],
        notice_of: Callable[[Deed], Notice | None],
        now: Callable[[], datetime],
    ) -> None:
        """Take where we stand and who is who; connect to nothing yet."""
        self._now = now
        self._heard: asyncio.Queue[Heard] = asyncio.Queue()
        self._notebook = notebook
        self._noted_at = self._renew_at = now()
        self.breaker = Breaker()
        self.client = Client(setup, notebook, directory, self._heard.put_nowait, listening(self.breaker))
        self.catching_up = CatchingUp(self.client, notebook, now)
        self.client.when_ready = self._ready
        self._hands = Hands(self.client, directory, mark, notice_of, now)
        self._ready_once = asyncio.Event()
        self.caught_up = False
        """Whether everything is read that happened before this connection."""

    # The door

    async def hear(self) -> AsyncIterator[Heard]:
        """Bring what happens; it never ends."""
        while True:
            yield await self._heard.get()

    async def acknowledge(self, heard: Heard) -> None:
        """Know how far a place is written down; and tell whoever waits that we have it."""
        match heard:
            case Post():
                self.catching_up.written(heard)
            case Order() | Answer() | Report() | Appeal() | Decision():
                await self.client.confirm(heard.post.id if isinstance(heard, Order) else heard.id)
            case _:
                pass

    async def perform(self, deed: Deed) -> Receipt:
        """Do one deed, as long as Discord is not refusing everything."""
        if self.breaker.is_open(self._now()):
            return Receipt(Outcome.NOT_DONE, "too much was refused")
        await self._connected()
        return await self._hands.perform(deed)

    async def find(self, deed: Deed) -> Receipt:
        """Look a deed up."""
        await self._connected()
        return await self._hands.find(deed)

    async def _connected(self) -> None:
        """Wait until the servers are known; before that nothing could be found."""
        await self._ready_once.wait()

    # The connection

    async def stay_connected(self, token: str) -> None:
        """Hold the connection, and make it anew whenever it breaks: one malformed event never ends the bot.

        Raises:
            ConfigurationError: Discord does not know the token, or does not grant what we have to see.
        """
        point_at_proxy(self.client.setup)
        async with asyncio.TaskGroup() as tasks:
            ticking = tasks.create_task(self._tick_on())
            try:
                await self._supervise(token)
            finally:
                ticking.cancel()

    async def _supervise(self, token: str) -> None:
        failed = 0
        while True:
            began = self._now()
            try:
                await self.client.start(token)
            except (discord.LoginFailure, discord.PrivilegedIntentsRequired) as error:
                raise refusal(error) from None
            except Exception as error:  # noqa: BLE001 (whatever a peer sends must not end the bot)
                LOG.warning("the connection to Discord broke", fault=type(error).__name__)
            self.caught_up = False
            failed = 0 if self._now() - began > timedelta(minutes=5) else failed + 1
            await self._close()
            await asyncio.sleep(PAUSES[min(failed, len(PAUSES) - 1)])

    async def _close(self) -> None:
        """Close the connection so that it can be made anew: the library leaves two things behind that are closed."""
        await self.client.close()
        self.client.clear()
        self.client.http.connector = discord.utils.MISSING
        self.client.loop = asyncio.get_running_loop()

    async def close(self) -> None:
        """Take leave, and remember how far everything is read."""
        self.catching_up.note()
        self._notebook.write()
        if not self.client.is_closed():
            await self.client.close()

    async def _ready(self) -> None:
        """Tell of every place as it is, then of what happened while we were away."""
        self._ready_once.set()
        for guild in [each for each in self.client.guilds if self.client.serves(each)]:
            await self.client.offer_commands(guild)
        await self.client.look_at_everything()
        await self.catching_up.run()
        self.caught_up = True

    async def _tick_on(self) -> None:
        while True:
            await self.tick()
            await asyncio.sleep(TICK)

    async def tick(self) -> None:
        """Look at what is due, and let the house know that time has passed."""
        now = self._now()
        if self._ready_once.is_set() and now >= self._renew_at:
            self._renew_at = now + RENEWED_EVERY
            await renew(self.client, now)
        if self._ready_once.is_set():
            for place in self.client.guard.take_due(now):
                await self.client.look(place)
        if now - self._noted_at >= NOTED_EVERY:
            self._noted_at = now
            self.catching_up.note()
            self._notebook.write()
        self._heard.put_nowait(Tick(PLATFORM, now))


def point_at_proxy(setup: Setup) -> None:
    """Go through the district's proxy, if it has one. The library keeps both addresses in classes of its own."""
    if setup.api_base:
        discord.http.Route.BASE = setup.api_base
    if setup.gateway:
        discord.gateway.DiscordWebSocket.DEFAULT_GATEWAY = yarl.URL(setup.gateway)


def refusal(error: discord.LoginFailure | discord.PrivilegedIntentsRequired) -> ConfigurationError:
    """Say in plain words what Discord refused for good."""
    if isinstance(error, discord.LoginFailure):
        return ConfigurationError(
            "Discord does not know this token. Copy it anew from the application's page, under Bot."
        )
    return ConfigurationError(
        "Discord does not grant what Chaperone has to see. Switch on Server Members Intent and Message Content Intent "
        "on the application's page, under Bot."
    )
