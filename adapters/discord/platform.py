"""Discord behind our door: what is heard waits here, what is decided is done, and a broken connection is made anew."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
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
from adapters.discord.talks import Talks
from adapters.discord.versions import PLATFORM
from adapters.notebook import Notebook
from bot.actions import Deed
from bot.directory import Directory
from bot.errors import ConfigurationError
from bot.message import Attached, PlaceId
from bot.notice import Notice
from bot.platform import Answer, Appeal, Decision, Heard, Order, Outcome, Post, Receipt, Report, Tick

LOG: Final = structlog.get_logger("chaperone.discord")

FETCHED_WITHIN: Final = 20.0
"""Seconds in which a file has to come; Discord takes up to 500 MB, we 10."""

TICK: Final = 1.0
"""Seconds between two looks at the clock: what waits for a moment, which places to look at again, what to renew."""

NOTED_EVERY: Final = timedelta(seconds=10)
"""How often it is written down how far each place is read."""

RENEWED_EVERY: Final = timedelta(hours=1)
"""How often it is seen to what Discord lets end by itself."""

TRIED_AGAIN: Final = timedelta(minutes=1)
"""How soon what failed is tried again: renewing, and asking for the members of a server."""

STEP: Final = 0.25
"""Seconds between two looks at whether Discord can be asked again."""

PAUSES: Final = (1.0, 5.0, 15.0, 60.0)
"""Seconds before a connection that broke is made anew; the last again and again."""


class Discord:
    """The district's Discord servers."""

    name = PLATFORM
    carries_all = False

    def __init__(
        self,
        setup: Setup,
        directory: Directory,
        notebook: Notebook,
        mark: Callable[[Deed], str],
        notice_of: Callable[[Deed], Notice | None],
        now: Callable[[], datetime],
        *,
        first: bool = False,
    ) -> None:
        """Take where we stand and who is who; connect to nothing yet.

        `first` says whether nothing was ever heard here: then what was written before we came is not read.
        """
        self._now = now
        self._heard: asyncio.Queue[Heard] = asyncio.Queue()
        self._notebook = notebook
        self._noted_at = self._renew_at = now()
        self.breaker = Breaker()
        self.client = Client(setup, notebook, directory, self._heard.put_nowait, listening(self.breaker))
        self.catching_up = CatchingUp(self.client, notebook, now, self._calm, first=first)
        self.client.when_ready, self.client.when_here = self._ready, self._came
        self.client.when_gone, self.client.when_connection = self._went, self._changed
        self.client.when_sight = self.catching_up.see
        self._talks = Talks(self.client, self._calm)
        self._hands = Hands(self.client, directory, mark, notice_of, now)
        self._known = asyncio.Event()
        """Set while the servers are known: before that, and once a connection has ended, nothing can be found."""
        self._known_in = -1
        """The session in which they came to be known."""
        self._begun: set[int] = set()
        """The servers begun on in this session."""
        self._asked: dict[int, datetime] = {}
        """The servers whose members are not known, and when they are asked for again."""
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
            case Report():
                self._talks.written(heard)
                self.client.waiting.confirm(heard.id)
            case Order() | Answer() | Appeal() | Decision():
                self.client.waiting.confirm(heard.post.id if isinstance(heard, Order) else heard.id)
            case _:
                pass

    async def perform(self, deed: Deed) -> Receipt:
        """Do one deed, once Discord can be asked. If the connection ends meanwhile, see what became of it."""
        while True:
            receipt = await self._asked_in_one_session(self._hands.perform, deed)
            if receipt is not None:
                return receipt
            found = await self.find(deed)
            if found.outcome is not Outcome.NOT_DONE:
                return found

    async def fetch(self, file: Attached, /) -> bytes | None:
        """Give a file, once Discord can be asked."""
        await self._connected()
        async with asyncio.timeout(FETCHED_WITHIN):
            return await self._hands.fetch(file)

    async def find(self, deed: Deed) -> Receipt:
        """Look a deed up, once Discord can be asked; anew if the connection ends meanwhile."""
        while True:
            receipt = await self._asked_in_one_session(self._hands.find, deed)
            if receipt is not None:
                return receipt

    async def _asked_in_one_session(self, ask: Callable[[Deed], Awaitable[Receipt]], deed: Deed) -> Receipt | None:
        """Ask while the servers are known. None if the connection ended and the answer says nothing."""
        await self._connected()
        session = self.client.session
        try:
            receipt = await ask(deed)
        except Exception as error:  # whatever it is, a connection that ends under a deed may be why
            if not self._is_lost(session):
                raise
            LOG.warning("the connection ended during a deed", fault=type(error).__name__, deed=deed.id)
            return None
        return receipt if receipt.outcome is Outcome.DONE or not self._is_lost(session) else None

    def _is_lost(self, session: int) -> bool:
        return session != self.client.session or self.client.is_closed()

    async def _connected(self) -> None:
        """Wait until the servers are known, and Discord does not refuse too much."""
        while True:
            await self._known.wait()
            if not self.client.is_closed() and not self.breaker.is_open(self._now()):
                return
            await asyncio.sleep(STEP)

    async def _calm(self) -> None:
        """Wait while Discord refuses too much."""
        while self.breaker.is_open(self._now()):  # noqa: ASYNC110 (time alone closes the breaker)
            await asyncio.sleep(STEP)

    # The connection

    async def stay_connected(self, token: str) -> None:
        """Hold the connection, and make it anew whenever it breaks: one malformed event never ends the bot.

        Raises:
            ConfigurationError: Discord does not know the token, or does not grant what we have to see.
        """
        point_at_proxy(self.client.setup)
        async with asyncio.TaskGroup() as tasks:
            doing = (self.tick, self.look_due, self.read_talks, self.keep_up)
            loops = [tasks.create_task(_again_and_again(each)) for each in doing]
            try:
                await self._supervise(token)
            finally:
                for each in loops:
                    each.cancel()

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
            self.client.session += 1
            self._begin_anew()
            failed = 0 if self._now() - began > timedelta(minutes=5) else failed + 1
            await self._close()
            await asyncio.sleep(PAUSES[min(failed, len(PAUSES) - 1)])

    async def _close(self) -> None:
        """Close the connection so that it can be made anew: the library leaves two things behind that are closed."""
        await _tried("closing", self.client.close())
        self.client.clear()
        self.client.http.connector = discord.utils.MISSING
        self.client.loop = asyncio.get_running_loop()

    async def close(self) -> None:
        """Take leave, and remember how far everything is read."""
        self.catching_up.note()
        self._notebook.write()
        if not self.client.is_closed():
            await self.client.close()

    def _changed(self, event: str) -> None:
        """Know how the connection is. One that is resumed brings all that happened; one begun anew knows nobody."""
        match event:
            case "connect":
                self._begin_anew()
            case "resumed" if self._known_in == self.client.session:
                self._known.set()
            case _:
                self._known.clear()

    def _begin_anew(self) -> None:
        self.caught_up = False
        self._known.clear()
        self._begun.clear()
        self.catching_up.begin()
        self._talks.begin()

    async def _ready(self) -> None:
        """Tell of every place as it is, then of what happened while we were away; everybody is known."""
        session = self._known_in = self.client.session
        self._say_what_is_missing()
        guilds = [each for each in self.client.served if not each.unavailable]
        self._begun |= {each.id for each in guilds}
        self._known.set()
        await self._begin_on(guilds)
        self.caught_up = session == self.client.session

    async def _came(self, guild: discord.Guild) -> None:
        """Begin on a server that comes later. The library tells of those that were there from the start, too."""
        await self._known.wait()
        if guild.id in self._begun:
            return
        self._begun.add(guild.id)
        await self.client.know_everybody(guild)
        await self._begin_on([guild])

    def _went(self, guild: discord.Guild) -> None:
        self._begun.discard(guild.id)
        self.catching_up.lose(guild.id)
        self._say_what_is_missing()

    def _say_what_is_missing(self) -> None:
        """Write down on which of the district's servers we are not: nothing is heard there, and nobody would notice."""
        for server in sorted(self.client.setup.servers - {each.id for each in self.client.guilds}):
            LOG.error("we are not on a server", server=server)

    async def _begin_on(self, guilds: list[discord.Guild]) -> None:
        """Look at servers, catch up on them, and offer the commands there. Whatever fails, the next is done."""
        await self._calm()
        for guild in guilds:
            self.client.attend_rooms(guild)
            for each in guild.text_channels:
                self.client.pins.changed(each.id)
            threads = [each for each in guild.threads if each.is_private()]
            for place in [self.client.place(each) for each in (*guild.channels, *threads)]:
                await self._look(place)
        for guild in guilds:
            await _tried("catching up", self.catching_up.run(guild))
        await self._calm()
        for guild in guilds:
            await _tried("offering commands", self.client.offer_commands(guild))

    # The clock

    async def tick(self) -> None:
        """Let the house know that time has passed, whatever Discord lets us wait for: nothing is asked of it here."""
        now = self._now()
        self.client.pictures.drop_old(now)
        if now - self._noted_at >= NOTED_EVERY:
            self._noted_at = now
            await _tried("noting", self._note())
        self._heard.put_nowait(Tick(PLATFORM, now))

    async def look_due(self) -> None:
        """Look at the places that changed."""
        now = self._now()
        if self._may_ask(now):
            for place in self.client.guard.take_due(now):
                await self._look(place)

    async def read_talks(self) -> None:
        """Read what was written to us alone while we did not hear it, whatever else takes long meanwhile."""
        now = self._now()
        if self._may_ask(now):
            await _tried("reading direct messages", self._talks.read_due(now))

    async def keep_up(self) -> None:
        """Do what may take long, for Discord may let us wait for minutes. Whatever fails is tried again."""
        now = self._now()
        if self._may_ask(now):
            await self._renew_due(now)
            await _tried("asking for members", self._ask_for_members(now))
            await _tried("catching up", self.catching_up.read_again())
            await _tried("reading pins", self.client.read_pins())

    def _may_ask(self, now: datetime) -> bool:
        return self._known.is_set() and not self.breaker.is_open(now)

    async def _renew_due(self, now: datetime) -> None:
        if now >= self._renew_at:
            done = await _tried("renewing", renew(self.client, now))
            self._renew_at = now + (RENEWED_EVERY if done else TRIED_AGAIN)

    async def _look(self, place: PlaceId) -> None:
        if not await _tried("looking at a place", self.client.look(place)):
            self.client.guard.changed(place, self._now())

    async def _note(self) -> None:
        self.catching_up.note()
        self._notebook.write()

    async def _ask_for_members(self, now: datetime) -> None:
        """Ask again for the members of a server that did not come; once they are here, look at its places again."""
        for guild in self.client.served:
            if guild.chunked:
                if self._asked.pop(guild.id, None) is not None:
                    self.client.look_again(guild)
            elif not guild.unavailable and now >= self._asked.setdefault(guild.id, now + TRIED_AGAIN):
                self._asked[guild.id] = now + TRIED_AGAIN
                await self.client.ask_for_everybody(guild)


async def _again_and_again(do: Callable[[], Awaitable[None]]) -> None:
    """Do something at each look at the clock; what takes long holds up nothing else."""
    while True:
        await do()
        await asyncio.sleep(TICK)


async def _tried(what: str, doing: Awaitable[None]) -> bool:
    """Do something, and say whether it could be done: one request that fails never ends the bot."""
    try:
        await doing
    except Exception as error:  # noqa: BLE001 (whatever fails, it is tried again)
        LOG.warning("something on Discord failed", what=what, fault=type(error).__name__)
        return False
    return True


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
