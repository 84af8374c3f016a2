"""Slack behind our door: what is heard waits here, what is decided is done, what was missed is read."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any, Final, cast

import structlog
from aiohttp import web as http

from adapters.inbox import Inbox
from adapters.mending import sound_through
from adapters.notebook import Notebook
from adapters.slack.alarms import Alarms
from adapters.slack.audience import Audiences, Conversation
from adapters.slack.catching_up import CatchingUp
from adapters.slack.door import Reply, Socket, open_app, site
from adapters.slack.failures import FAILURES, TOKEN_LOST, code_of, pause_after
from adapters.slack.grants import Grants
from adapters.slack.hands import Hands
from adapters.slack.hearing import Ears
from adapters.slack.home import Home
from adapters.slack.landing import Landing
from adapters.slack.looks import Looks
from adapters.slack.overhearing import Overhearing
from adapters.slack.pins import Pins
from adapters.slack.reception import Reception
from adapters.slack.renames import Renames
from adapters.slack.setup import Secrets, Setup
from adapters.slack.telling import Told
from adapters.slack.versions import PLATFORM
from adapters.slack.watch import Watch
from adapters.slack.web import Answer, Web
from bot.actions import Deed
from bot.directory import Directory
from bot.errors import ConfigurationError
from bot.message import Attached
from bot.notice import Notice
from bot.platform import Heard, Post, Receipt, Report, Tick

LOG: Final = structlog.get_logger("chaperone.slack")

TICK: Final = 1.0
"""Seconds between two looks at the clock: what waits for a moment, and which places to look at again."""

NOTED_EVERY: Final = timedelta(seconds=10)
"""How often it is written down how far each place is read."""

AFTER_A_LIMIT: Final = timedelta(minutes=1)
"""How long after Slack held back events, or could not be read, everything is read again."""

AT_MOST: Final = timedelta(minutes=15)
"""The longest pause before everything is read again that could not be; each one is twice as long as that before."""

LONG_ALONE: Final = timedelta(minutes=1)
"""How long there may be no socket before that is said."""

READ_EVERY: Final = timedelta(days=1)
"""How often everything is read again though nothing can have been missed."""

AGAIN_BY_HTTP: Final = timedelta(hours=1)
"""How often everything is read again where no socket tells that something may have been missed."""

OURS: Final = "public_channel,private_channel,mpim,im"
"""The kinds of places that we are in."""


@dataclass(frozen=True, slots=True)
class Kept:
    """What an adapter keeps between two runs, each in a file of its own."""

    notebook: Notebook
    inbox: Inbox
    grants: Grants


Doing = Callable[[], Coroutine[Any, Any, object]]


class Slack:
    """The district's Slack workspace."""

    name = PLATFORM
    carries_all = False

    def __init__(
        self,
        setup: Setup,
        secrets: Secrets,
        directory: Directory,
        kept: Kept,
        mark: Callable[[Deed], str],
        notice_of: Callable[[Deed], Notice | None],
        now: Callable[[], datetime],
        *,
        first: bool = False,
    ) -> None:
        """Take where we stand and who is who; connect to nothing yet.

        `first` says whether nothing was ever heard here: then what was written before we came is not read.
        """
        renames = Renames(kept.notebook.renamed)
        self.setup = setup = replace(setup, teams=renames.teams(setup.teams))
        self._secrets = secrets
        self._now = now
        self._notebook, self._grants = kept.notebook, kept.grants
        self.web = Web(secrets.bot_token, setup.api_base, renames)
        self.landing = Landing(kept.inbox)
        self.audiences = Audiences(self.web)
        self.ears = Ears(setup, kept.notebook, directory, self.audiences, Pins(self.web), self.landing.tell, now)
        self._looks = Looks(self.ears, kept.notebook, now)
        self.hands = Hands(self.web, self.ears, kept.notebook, kept.grants, directory, mark, notice_of, now)
        self.reception = Reception(self.web, self.ears, directory, self.landing.tell, now)
        self.home = Home(self.web, directory)
        self.catching_up = CatchingUp(self.web, self.ears, kept.notebook, now, first=first)
        watch = Watch(kept.notebook, kept.grants, directory, self.hands.inform, now)
        self._overhearing, self._alarms = Overhearing(self.ears, watch), Alarms(setup, watch)
        self._tell_each_other()
        self._noted_at = now()
        self._socket: Socket | None = None
        self._server: http.AppRunner | None = None
        self._begun = asyncio.Event()
        """Set when a connection begins or begins anew, or something may have been missed."""
        self._again_at: datetime | None = None
        """When to read again what Slack held back."""
        self._read_at = now()
        """When everything was last read, or begun to be."""
        self._in_vain = 0
        """How often everything was to be read, and could not be."""
        self._alone_since: datetime | None = None
        """Since when there is no socket."""
        self._beside: dict[Doing, asyncio.Task[object]] = {}
        """What is done beside hearing, each once at a time."""
        self._grants_unread = False
        """Whether it was said that the grants cannot be read."""
        self.caught_up = False
        """Whether everything is read that happened before this connection."""

    def _tell_each_other(self) -> None:
        """Let each part hear from the others what concerns it."""
        ears = self.ears
        ears.can_remove = self._can_remove
        ears.when_let_in = self._let_in
        ears.when_put_out = self._put_out
        ears.when_renamed = self._renamed
        ears.when_changed = self.hands.know_changed
        ears.when_home = self._show_home
        ears.when_overheard = self._overhearing.hear
        ears.when_revoked = self._revoked
        ears.when_limited = self._limited
        self.hands.when_lost = self._overhearing.when_lost = self._lost
        self.reception.when_linked = self.look_again

    # The door

    async def hear(self) -> AsyncIterator[Heard]:
        """Bring what happens; it never ends."""
        while True:
            yield await self.landing.heard.get()

    async def acknowledge(self, heard: Heard) -> None:
        """Know that something is written down: Slack may be told that we have it."""
        if isinstance(heard, Post | Report):
            self.catching_up.written(heard)
        await self.landing.written(heard)

    async def perform(self, deed: Deed) -> Receipt:
        """Do one deed."""
        return await self.hands.perform(deed)

    async def fetch(self, file: Attached, /) -> bytes | None:
        """Give a file."""
        return await self.web.file(file)

    async def find(self, deed: Deed) -> Receipt:
        """Look a deed up."""
        return await self.hands.find(deed)

    # Tokens

    async def _can_remove(self, channel: str, within: float | None) -> bool:
        """Say whether what others write in a place can be taken away: by an administrator's token, if they see it."""
        remover = self.setup.remover
        if channel in self.hands.kept_in or self._grants.of(remover, "chat:write") is None:
            return False
        return await self.audiences.sees(channel, str(remover), within)

    async def _show_home(self, account: str) -> None:
        """Draw somebody's page beside everything else: Slack need not wait for it, nor tell it again."""
        self.reception.later(_tried("drawing a page", self.home.opened(account)))

    async def _revoked(self, people: tuple[str, ...], ours: bool) -> None:
        for each in people:
            await self._lost(each)
        if ours:
            await self._alarms.taken_off()

    async def _lost(self, account: str) -> None:
        """Know that somebody's grant has ended."""
        self._overhearing.forget(account)
        await self._alarms.lapsed(account)

    def _let_in(self, channel: str) -> None:
        self._notebook.put_out.pop(channel, None)
        self.catching_up.came_to(channel)

    async def _put_out(self, channel: str) -> None:
        """Know that we are in a place no more. Of a team's, and of one that we opened, that is said."""
        if channel in self.setup.teams or channel in self._notebook.threads:
            await self._alarms.put_out(channel)

    def _renamed(self, old: str, new: str) -> str:
        """Know a place under its first id, durably: what was written there under another is never found again."""
        first = self.web.renames.take(old, new)
        self._notebook.write()
        return first

    def _limited(self) -> None:
        self._again_at = self._now() + AFTER_A_LIMIT

    # The connection

    async def connect(self) -> None:
        """Say who we are, and open the door.

        Raises:
            ConfigurationError: Slack does not know a token.
        """
        await self._identify()
        app = open_app(self.web, self._secrets.signing_secret, self.take)
        self.landing.take_up()
        self._alarms.take_up()
        if self.setup.socket:
            self._socket = Socket(app, self.web, self._secrets.app_token, self._said)
            await self._socket.open(await self._address())
            return
        self._server = http.AppRunner(site(app), access_log=None)
        await self._server.setup()
        await http.TCPSite(self._server, self.setup.host, self.setup.port).start()
        self._begun.set()

    async def _identify(self) -> None:
        told = await identify(self.web, self.setup.workspace)
        try:
            bot = await self.web.ask("bots.info", bot=told["bot_id"])
        except FAILURES as error:
            raise refusal(error, "bot token", "OAuth & Permissions") from None
        self.ears.us, self.ears.our_app = str(told["user_id"]), str(told["bot_id"])
        self.ears.app_id = str((bot.get("bot") or {}).get("app_id") or "")
        self.audiences.team = str(told["team_id"])

    async def _address(self) -> str:
        """Ask where to connect to; Slack gives this out once a minute or so."""
        try:
            return str((await self.web.ask("apps.connections.open", self._secrets.app_token))["url"])
        except FAILURES as error:
            raise refusal(error, "app-level token", "Basic Information") from None

    def _said(self, gapless: bool) -> None:
        """Know that there is a socket. Where there was one until then nothing was missed; once a day it is read anyway.

        Slack may lose an event on its own side.
        """
        if not gapless or self._now() >= self._read_at + READ_EVERY:
            self.catching_up.begin()  # at once: what was missed before this socket must not be passed by a mark
            self._begun.set()

    async def take(self, body: Told) -> Reply:
        """Take whatever Slack sends."""
        body = self.web.renames.known(body)
        if body.get("type") in {"event_callback", "app_rate_limited"}:
            await self.ears.hear_once(body)
            return None
        return await self.reception.take(cast("Told", sound_through(body)))

    async def stay_connected(self) -> None:
        """Hold the connection, and read what was missed whenever it began anew."""
        await self.connect()
        async with asyncio.TaskGroup() as tasks:
            ticking = tasks.create_task(self._tick_on())
            try:
                while True:
                    await self._begun.wait()
                    self._begun.clear()
                    await self._begin()
            finally:
                ticking.cancel()

    async def _begin(self) -> None:
        """Look at every place as it is, then at what happened while we were away."""
        self.caught_up = False
        self._read_at = self._now()
        self.catching_up.begin()
        self.audiences.forget_members()
        self.ears.pins.begin()
        await _tried("reading accounts", self.audiences.list_accounts())  # what was missed is judged by who is here now
        if await _tried("reading places", self._read_places()):
            self.caught_up = not self._begun.is_set()
            self._in_vain, self._again_at = 0, None if self.setup.socket else self._now() + AGAIN_BY_HTTP
        else:
            self._again_at = self._now() + pause_after(self._in_vain, AFTER_A_LIMIT, AT_MOST)
            self._in_vain += 1

    async def _read_places(self) -> None:
        """Look at the places that we are in; then read what was missed there, the most urgent first."""
        pages = self.web.pages("users.conversations", "channels", types=OURS)
        found = [self.audiences.take_place({**each, "is_member": True}) async for each in pages]
        places = sorted(found, key=self._urgency)
        for each in places:
            await self._looks.at(self.ears.place(each.id))
        self._looks.keep({each.id for each in found})
        await self._compare({each.id for each in found})
        await self.catching_up.run(places)

    def _urgency(self, place: Conversation) -> tuple[bool, ...]:
        """Say how late a place is read: after who has told us something before, and may need help; after the teams.

        Those who only ever got notes from us are many, and last.
        """
        alone = place.kind == "im"
        talks = alone and place.id in self._notebook.marks
        return place.archived, not talks, alone, place.id not in self.setup.teams

    async def _compare(self, found: set[str]) -> None:
        """Know of which places we were put out, or into which we were let again, while nobody listened."""
        for channel in found & self._notebook.put_out.keys():
            del self._notebook.put_out[channel]
        ours = (self.setup.teams.keys() & self._notebook.marks.keys()) | self._notebook.threads.keys()
        for channel in sorted(ours - found):
            await self._alarms.put_out(channel)

    def look_again(self) -> None:
        """Look at every place again: somebody's account is another person's now."""
        for each in self.audiences.known_places():
            self.ears.guard.changed(self.ears.place(each.id), self._now())

    async def close(self) -> None:
        """Take leave, and remember how far everything is read."""
        if self._socket is not None:
            await self._socket.close()
        if self._server is not None:
            await self._server.cleanup()
        self.reception.close()
        await self._note()
        await self.web.close()
        self.landing.inbox.close()

    # The clock

    async def _tick_on(self) -> None:
        while True:
            await self.tick()
            await asyncio.sleep(TICK)

    async def tick(self) -> None:
        """Do what is due, and let the house know that time has passed. Whatever fails is tried again.

        Whatever asks Slack is done beside it: letters of copies are tried on while Slack cannot be reached.
        """
        now = self._now()
        if self._again_at is not None and now >= self._again_at:
            self._again_at = None
            self._begun.set()
        self._refresh_grants()
        self._watch_socket(now)
        for doing in (self._looks.at_what_changed, self._read_pins, *((self.catching_up.read_due,) * self.caught_up)):
            if not self.is_doing(doing):
                self._beside[doing] = self.reception.later(doing())
        if now - self._noted_at >= NOTED_EVERY:
            self._noted_at = now
            await _tried("noting", self._note())
            self.reception.later(_tried("telling of an alarm", self._alarms.tell_on()))
        self.landing.heard.put_nowait(Tick(PLATFORM, now))

    def is_doing(self, doing: Doing) -> bool:
        """Say whether something is under way beside hearing."""
        return doing in self._beside and not self._beside[doing].done()

    async def _read_pins(self) -> None:
        if not await _tried("reading pins", self.ears.read_pins()):
            await asyncio.sleep(AFTER_A_LIMIT.total_seconds())

    def _refresh_grants(self) -> None:
        """Take up what was granted meanwhile. A file that cannot be read is said once, until it can be again."""
        try:
            self._grants.refresh()
        except Exception as error:  # noqa: BLE001 (whatever stands in the file, it never ends the bot)
            if not self._grants_unread:
                self._grants_unread = True
                self.reception.later(self._alarms.unreadable(type(error).__name__))
        else:
            self._grants_unread = False

    def _watch_socket(self, now: datetime) -> None:
        """Say it, once, when there has been no socket for long: the library tries on, and says nothing."""
        if self._socket is None or self._socket.is_open:
            self._alone_since = None
        elif self._alone_since is None:
            self._alone_since = now
        elif self._alone_since <= now - LONG_ALONE:
            self._alone_since = datetime.max.replace(tzinfo=now.tzinfo)
            LOG.error("there is no socket to Slack: nothing is heard until there is")

    async def _note(self) -> None:
        self.catching_up.note()
        self._notebook.write()


async def _tried(what: str, doing: Awaitable[None]) -> bool:
    """Do something, and say whether it could be done: one request that fails never ends the bot."""
    try:
        await doing
    except Exception as error:  # noqa: BLE001 (whatever fails, it is tried again)
        LOG.warning("something on Slack failed", what=what, fault=type(error).__name__)
        return False
    return True


async def identify(web: Web, workspace: str) -> Answer:
    """Ask Slack whose the bot token is.

    Raises:
        ConfigurationError: Slack does not know it or cannot be reached, or it is of another workspace.
    """
    try:
        told = await web.ask("auth.test")
    except FAILURES as error:
        raise refusal(error, "bot token", "OAuth & Permissions") from None
    if workspace not in {"", told["team_id"]}:
        raise ConfigurationError(
            "The bot token is of another workspace than slack.workspace says. Copy the token of the app there, or "
            "mend the id."
        )
    return told


def refusal(error: Exception, what: str, page: str) -> ConfigurationError:
    """Say in plain words what Slack refused for good, or that it could not be reached."""
    if code_of(error) in TOKEN_LOST:
        return ConfigurationError(f"Slack does not know this {what}. Copy it anew from the app's page, under {page}.")
    if code_of(error) in {"not_allowed_token_type", "missing_scope"}:
        return ConfigurationError(
            f"This is not the {what} that Chaperone needs. Copy it from the app's page, under {page}."
        )
    return ConfigurationError("Slack could not be reached. Look at the network, or at slack.api_base.")
