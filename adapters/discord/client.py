"""The connection to Discord: what happens there comes in here, each kind of event at its own door."""

import asyncio
import sys
from collections import Counter, defaultdict
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Final, Self

import aiohttp
import discord
import structlog
from discord.abc import GuildChannel

from adapters.discord import telling
from adapters.discord.answering import Waiter, Waiting, begin_answer
from adapters.discord.audience import VOICE, Audiences, Place
from adapters.discord.automod import keep_in_step, to_blocked
from adapters.discord.buttons import NoteButton
from adapters.discord.commands import COMMANDS, Tree
from adapters.discord.failures import FAILURES
from adapters.discord.forms import CodeButton
from adapters.discord.pictures import Pictures
from adapters.discord.pins import Pins
from adapters.discord.setup import Setup
from adapters.discord.telling import place_of
from adapters.discord.versions import PLATFORM
from adapters.notebook import Notebook
from adapters.wording import WE_HAVE_IT
from bot.directory import Directory
from bot.guard import Guard
from bot.message import PlaceId, PostId, Where, Words
from bot.people import AccountId, TeamId
from bot.platform import UNKNOWN_READERS, Deletion, Heard, Order, Readers, SpaceSeen
from bot.texts import Text

if TYPE_CHECKING:
    from bot.registrar import Registrar

LOG: Final = structlog.get_logger("chaperone.discord")

INTENTS: Final = discord.Intents(
    guilds=True,
    members=True,
    moderation=True,
    voice_states=True,
    messages=True,
    message_content=True,
    guild_reactions=True,
    emojis_and_stickers=True,
    guild_scheduled_events=True,
    auto_moderation=True,
    guild_polls=True,
)
"""What we ask Discord to tell us. `members` and `message_content` are the two it gives only where they are allowed."""


REFUSED: Final = "refused"
"""Stands in the notebook beside what we took in a place where Discord refused us something; not tried again before a
start."""

ONE_TALK: Final = timedelta(minutes=10)
"""What somebody writes to us within so long is one case."""

MOST_TALKS: Final = 1_000
"""With so many we talk alone at once; of more the one that has been silent longest is let go."""

BY_DISCORD: Final = frozenset({discord.MessageType.poll_result, discord.MessageType.thread_starter_message})
"""What Discord itself writes under somebody's name: how a poll ended, and what a thread hangs on."""

MEMBERS_WITHIN: Final = 10.0
"""Seconds in which the members of a server usually come. Later they are taken in all the same."""

CONNECTION: Final = frozenset({"connect", "disconnect", "resumed"})
"""What the library calls a connection that began anew, one that broke, and one that goes on where it broke."""


class Client(discord.Client):
    """Hears what happens on the district's servers and hands it on, in the order it happened in each place."""

    when_ready: Callable[[], Awaitable[None]] | None = None
    """Told that everybody is known."""
    when_here: Callable[[discord.Guild], Awaitable[None]] | None = None
    """Told of a server that comes, or is back, or of which more is known."""
    when_gone: Callable[[discord.Guild], None] | None = None
    """Told of a server that Discord cannot serve for now."""
    when_sight: Callable[[GuildChannel], None] | None = None
    """Told of a channel that may have been closed to us, or opened."""
    when_connection: Callable[[str], None] | None = None
    """Told that the connection began anew, broke, or was resumed."""

    def __init__(
        self,
        setup: Setup,
        notebook: Notebook,
        directory: Directory,
        tell: Callable[[Heard], None],
        http_trace: aiohttp.TraceConfig | None = None,
    ) -> None:
        """Take where we stand, what we remember, who is who, and whom to tell what is heard."""
        super().__init__(
            intents=INTENTS,
            max_messages=None,
            allowed_mentions=discord.AllowedMentions.none(),
            http_trace=http_trace or aiohttp.TraceConfig(),
        )
        self.setup = setup
        self.notebook = notebook
        self.audiences = Audiences()
        self.guard = Guard(setup.voice_grace)
        for taken in notebook.taken.values():
            taken.pop(REFUSED, None)
        self.directory = directory
        self.waiting = Waiting()
        """Who waits to hear that we have what they said."""
        self.tree = Tree(self)
        for each in COMMANDS:
            self.tree.add_command(each)
        self.copied: Callable[[Order], tuple[str, ...]] = lambda _: ()
        """Names who would receive a copy of an order."""
        self.registrar: Registrar | None = None
        """Links accounts to people."""
        self.policy: Mapping[str, tuple[str, ...]] = {}
        """The district's words by section, in pieces that fit."""
        self.pictures = Pictures()
        self.pins = Pins()
        self._talks: dict[int, tuple[datetime, int]] = {}
        """For everybody who wrote to us: when they last began to, and with which message."""
        self.session = 0
        """Counts how often the library began anew, knowing nobody: what was asked of an earlier one says nothing."""
        self._tell = tell
        self._turns: defaultdict[int, asyncio.Lock] = defaultdict(asyncio.Lock)
        """Where hearing has to ask Discord first, what comes in one place waits its turn."""
        self.last_heard = 0
        """The last message that came by the gateway; its id tells when it was written."""
        self._departures: Counter[int] = Counter()
        """How often somebody left each server."""

    def dispatch(self, event: str, /, *args: object, **kwargs: object) -> None:
        """Say at once how the connection is: nobody may ask the library meanwhile for what it has just forgotten."""
        if event in CONNECTION:
            self.session += event == "connect"
            if self.when_connection is not None:
                self.when_connection(event)
        super().dispatch(event, *args, **kwargs)

    async def on_ready(self) -> None:
        """Begin once everybody is known; also after a connection that had to be made anew."""
        session = self.session
        for guild in self.served:
            await self.know_everybody(guild)
        if self.when_ready is not None and session == self.session:
            await self.when_ready()

    async def on_guild_join(self, guild: discord.Guild) -> None:
        """Begin on a server that comes later."""
        if self.serves(guild) and self.when_here is not None:
            await self.when_here(guild)

    async def on_guild_available(self, guild: discord.Guild) -> None:
        """Begin on a server that Discord could not serve until now."""
        await self.on_guild_join(guild)

    async def on_guild_unavailable(self, guild: discord.Guild) -> None:
        """Know that what happens on a server is not told."""
        if self.serves(guild) and self.when_gone is not None:
            self.when_gone(guild)

    async def on_guild_remove(self, guild: discord.Guild) -> None:
        """Know that we are on a server no more; we may be asked in again."""
        await self.on_guild_unavailable(guild)

    async def know_everybody(self, guild: discord.Guild) -> None:
        """Fetch the members of a server that the library does not know yet: without them nobody can say who reads."""
        if not guild.chunked and not guild.unavailable:
            try:
                async with asyncio.timeout(MEMBERS_WITHIN):
                    await guild.chunk()
            except Exception as error:  # noqa: BLE001 (whatever fails, the other servers are still to be known)
                LOG.warning("the members of a server are not known", server=guild.id, fault=type(error).__name__)
        self.audiences.forget(guild.id)

    async def ask_for_everybody(self, guild: discord.Guild) -> None:
        """Ask anew for the members of a server, and wait for nobody: they are taken in when they come."""
        # It would wait for the answer that did not come; clearing all requests would end another server's half-way.
        self._connection._chunk_requests.pop(guild.id, None)  # noqa: SLF001
        known, departures = {each.id for each in guild.members}, self._departures[guild.id]

        def take_in(coming: asyncio.Future[list[discord.Member]]) -> None:
            gone = known - {each.id for each in coming.result()}
            let_go(guild, gone, is_settled=departures == self._departures[guild.id])

        (await self._connection.chunk_guild(guild, wait=False)).add_done_callback(take_in)

    # Where something is

    def serves(self, guild: discord.Guild | None) -> bool:
        """Say whether a server is one of the district's."""
        return guild is not None and guild.id in self.setup.servers

    @property
    def served(self) -> list[discord.Guild]:
        """List the district's servers that we are on."""
        return [each for each in self.guilds if self.serves(each)]

    def team_of(self, channel: Place) -> TeamId | None:
        """Name the team that a channel, or a thread's channel, is registered for."""
        above = channel.parent_id if isinstance(channel, discord.Thread) else channel.id
        return self.setup.teams.get(channel.id) or self.setup.teams.get(above)

    def place(self, channel: Place) -> PlaceId:
        """Name a place: a thread that we opened by what it was opened as, any other by Discord's own id."""
        return self._opened_as(channel.id)

    def _opened_as(self, id_: int) -> PlaceId:
        return PlaceId(self.notebook.threads.get(str(id_), str(id_)))

    def channel_of(self, place: PlaceId) -> Place | None:
        """Find a place that we can see; of several threads that were opened as it the newest."""
        opened = [int(thread) for thread, opened_as in self.notebook.threads.items() if opened_as == place]
        ids = opened or ([int(place)] if place.isdecimal() else [])
        found = (self.get_channel(each) for each in sorted(ids, reverse=True))
        return next((each for each in found if isinstance(each, GuildChannel | discord.Thread)), None)

    def members(self, account: AccountId) -> list[discord.Member]:
        """Find somebody on each of our servers."""
        if not account.isdecimal():
            return []
        found = (each.get_member(int(account)) for each in self.served)
        return [each for each in found if each is not None]

    async def readers(self, channel: Place) -> Readers:
        """Say who can read a place now. Discord is asked for who was added to a private thread."""
        if not (isinstance(channel, discord.Thread) and channel.is_private()):
            return self.audiences.of(channel)
        try:
            added = {each.id for each in await channel.fetch_members()}
        except FAILURES:
            return UNKNOWN_READERS
        return self.audiences.of_private(channel, added)

    # What people press and fill in

    async def setup_hook(self) -> None:
        """Know the buttons again that an earlier run drew."""
        self.add_dynamic_items(NoteButton, CodeButton)

    async def offer_commands(self, guild: discord.Guild) -> None:
        """Put the commands on a server; there they are to be had at once."""
        self.tree.copy_global_to(guild=guild)
        try:
            await self.tree.sync(guild=guild)
        except FAILURES as error:
            LOG.warning("the commands could not be put on a server", server=guild.id, fault=type(error).__name__)

    def tell(self, said: Heard) -> None:
        """Hand on something that was said."""
        self._tell(said)

    def expect(self, interaction: "discord.Interaction[Self]", id_: str, answer: Text = WE_HAVE_IT) -> Waiter:
        """Remember who waits to hear that we have what they said."""
        return self.waiting.expect(interaction, id_, answer)

    def origin(self, message: discord.Message) -> tuple[PostId, AccountId]:
        """Say which post a message is, and whose: what we posted for somebody is theirs."""
        shown = self.notebook.shown.get(str(message.id))
        if shown is not None:
            return PostId(shown[0]), AccountId(shown[1])
        return PostId(str(message.id)), telling.account_of(message)

    def messages_of(self, post: PostId) -> list[int]:
        """Name the messages that a post stands in: what we posted for somebody, by the order it was; else itself."""
        shown = [int(message) for message, (order, _) in self.notebook.shown.items() if order == post]
        return shown or ([int(post)] if post.isdecimal() else [])

    async def take(self, interaction: "discord.Interaction[Self]", id_: str, said: Heard) -> None:
        """Hand on what somebody said, before anything can fail; then say that we are at it."""
        waiter = self.expect(interaction, id_)
        self._tell(said)
        try:
            await begin_answer(interaction)
        finally:
            waiter.begun.set()

    async def close(self) -> None:
        """Close the connection; who has not been told by then is not told any more."""
        self.waiting.close()
        await super().close()

    # Messages

    async def on_message(self, message: discord.Message) -> None:
        """Hear a message."""
        self.last_heard = message.id
        if isinstance(message.channel, discord.DMChannel):
            self.tell_direct(message)
        else:
            await self.hear(message)

    def tell_direct(self, message: discord.Message) -> bool:
        """Let an adult look at what somebody writes to us alone: nobody else reads it, and it may be a cry for help.

        What they go on to write belongs to the case that they began. Say whether it was told.
        """
        if message.author.bot or message.is_system():
            return False
        self.remember_talk(message.channel.id, message.id - 1)
        began, about = self._talks.get(message.author.id, (message.created_at, message.id))
        if message.created_at - began >= ONE_TALK:
            began, about = message.created_at, message.id
        self._talks[message.author.id] = began, about
        try:
            words = telling.words_in(message)
        except Exception as error:  # noqa: BLE001 (whatever stands in it, it must not be passed over)
            LOG.warning("a direct message could not be read whole", fault=type(error).__name__)
            words = (Words(Where.BODY, message.content),)
        self._tell(telling.to_report(message, about, words))
        return True

    def remember_talk(self, channel: int, message: int) -> None:
        """Remember where we talk with somebody alone; `message` is the last before what is still to be heard.

        A talk that is new is written down at once: nobody could tell a later start of it.
        """
        talks = self.notebook.talks
        is_new = str(channel) not in talks
        talks[str(channel)] = talks.pop(str(channel), str(message))
        while len(talks) > MOST_TALKS:
            talks.pop(next(iter(talks)))
        if is_new:
            self.notebook.write()

    async def on_raw_message_edit(self, edit: discord.RawMessageUpdateEvent) -> None:
        """Hear a message as it reads now, however old it is. With the preview of a link it reads as before."""
        if self.pins.holds(edit.channel_id, edit.message_id):
            self.pins.changed(edit.channel_id)
        if not isinstance(edit.message.channel, discord.DMChannel):
            if not self._stood_before_us(edit.message):
                await self.hear(edit.message)
        elif edit.message.edited_at is not None:
            self.tell_direct(edit.message)

    def _stood_before_us(self, message: discord.Message) -> bool:
        """Say whether a message reads as it did before we came: it is pinned now, or a thread hangs on it."""
        if message.guild is None:
            return False
        last = self.last_before_us(message.guild, PlaceId(str(message.channel.id)))
        return discord.utils.time_snowflake(message.edited_at or message.created_at) <= last

    def last_before_us(self, guild: discord.Guild, place: PlaceId) -> int:
        """Name the last message of a place that was there before us; where nobody told us of it, any until we came."""
        began = self.notebook.began
        return int(began.get(place) or began.get(server_name(guild), "0"))

    async def hear(self, message: discord.Message, *, late: bool = False) -> bool:
        """Tell of a message, unless it is our own or says nothing. Say whether it was told."""
        if not self.serves(message.guild) or (self.user is not None and message.author.id == self.user.id):
            return False
        if (message.is_system() or message.type in BY_DISCORD) and not telling.words_in(message):
            return False
        where = message.channel
        channel = where if isinstance(where, GuildChannel | discord.Thread) else await self._fetched(where.id)
        if isinstance(channel, discord.Thread) and channel.is_private():
            async with self._turns[channel.id]:
                self._tell_post(message, channel, await self.readers(channel), late=late)
        else:
            readers = UNKNOWN_READERS if channel is None else self.audiences.of(channel)
            self._tell_post(message, channel, readers, late=late)
        return True

    async def _fetched(self, id_: int) -> Place | None:
        """Ask Discord for a place that the library does not know: a thread that was put away, or that came just now."""
        try:
            found = await self.fetch_channel(id_)
        except FAILURES:
            return None
        return found if isinstance(found, GuildChannel | discord.Thread) else None

    def _tell_post(self, message: discord.Message, channel: Place | None, readers: Readers, *, late: bool) -> None:
        """Tell of a message. One that we cannot read whole is told as far as we can: a person looks at it.

        `channel` is None where Discord does not say what it is. What it was opened as is known all the same, and who
        wrote: what belongs to a private matter is copied.
        """
        place = self._opened_as(message.channel.id)
        team = self.setup.teams.get(message.channel.id) if channel is None else self.team_of(channel)
        try:
            relayed = telling.is_relayed(message, self.setup.trusted_apps)
            post = telling.to_post(message, place, readers, team, relayed=relayed, late=late)
        except Exception as error:  # noqa: BLE001 (whatever stands in it, it must not be passed over)
            LOG.warning("a message could not be read whole", fault=type(error).__name__)
            post = telling.to_bare_post(message, place, team, late=late)
        self._tell(post)

    async def on_raw_message_delete(self, deletion: discord.RawMessageDeleteEvent) -> None:
        """Hear that a message is gone."""
        self._tell_deletion(deletion.guild_id, deletion.channel_id, deletion.message_id)

    async def on_raw_bulk_message_delete(self, deletion: discord.RawBulkMessageDeleteEvent) -> None:
        """Hear that many messages are gone."""
        for each in sorted(deletion.message_ids):
            self._tell_deletion(deletion.guild_id, deletion.channel_id, each)

    def _tell_deletion(self, server: int | None, channel: int, message: int) -> None:
        """Tell that a message is gone; one that we posted for somebody, by the order it was."""
        if self.pins.holds(channel, message):
            self.pins.changed(channel)
        if server in self.setup.servers:
            place = self._opened_as(channel)
            order, *_ = self.notebook.shown.get(str(message), (str(message),))
            self._tell(Deletion(PLATFORM, place, PostId(order), datetime.now(UTC)))

    async def on_raw_reaction_add(self, reaction: discord.RawReactionActionEvent) -> None:
        """Hear a reaction whose emoji somebody here has named."""
        channel = self.get_channel(reaction.channel_id)
        if reaction.emoji.id is None or not isinstance(channel, GuildChannel | discord.Thread):
            return
        if self.serves(channel.guild) and not (self.user is not None and reaction.user_id == self.user.id):
            readers, team = await self.readers(channel), self.team_of(channel)
            self._tell(telling.to_reaction(reaction, self.place(channel), readers, team, datetime.now(UTC)))

    async def on_automod_action(self, execution: discord.AutoModAction) -> None:
        """Hear what Discord itself has stopped: nobody has read it, and it may be a cry for help all the same."""
        if not self.serves(execution.guild):
            return
        channel = execution.channel
        if not isinstance(channel, GuildChannel | discord.Thread) and execution.channel_id is not None:
            channel = await self._fetched(execution.channel_id)
        if isinstance(channel, GuildChannel | discord.Thread):
            place, readers, team = self.place(channel), await self.readers(channel), self.team_of(channel)
        else:
            place, readers, team = PlaceId(str(execution.channel_id)), UNKNOWN_READERS, None
        post = to_blocked(execution, place, readers, team, datetime.now(UTC))
        if post is not None:
            self._tell(post)

    async def keep_automod_in_step(self, guild: discord.Guild) -> None:
        """Put our rules for AutoMod on a server, and mend what has changed; `chaperone doctor` tells what could not."""
        if self.setup.automod:
            await keep_in_step(guild, self.setup.automod)

    # Places

    def attend_rooms(self, guild: discord.Guild) -> None:
        """Count from now how long people are together who were so when we came: nobody comes or goes for that."""
        for room in [each for each in guild.channels if isinstance(each, VOICE) and len(each.voice_states) > 1]:
            self.guard.gathered(place_of(room), datetime.now(UTC), several=True)

    async def look(self, place: PlaceId) -> None:
        """Tell of a place as it is now, if we can still see it."""
        channel = self.channel_of(place)
        if channel is None or isinstance(channel, discord.CategoryChannel):
            return
        await self.look_at(channel)

    async def look_at(self, channel: Place) -> None:
        """Tell of a place as it is now, which the library need not know."""
        self._tell(await self._seen(channel, datetime.now(UTC)))

    async def _seen(self, channel: Place, at: datetime) -> SpaceSeen:
        readers, team, place = await self.readers(channel), self.team_of(channel), self.place(channel)
        speaks, slips = (False, False) if _follows_parent(channel) else self.may_speak(channel, readers)
        together, pins = self.guard.together(place, at), self.pins.of(channel)
        return telling.to_space(
            channel, place, readers, team, at, together, pins, advisor_may_speak=speaks, slips=slips
        )

    async def read_pins(self) -> None:
        """Read what is pinned in one place where that is not known, or may be otherwise; if it is, look there again."""
        due = self.pins.next_due()
        if due is None:
            return
        channel = self.get_channel(due)
        if not isinstance(channel, discord.TextChannel):
            self.pins.drop(due)
        elif await self.pins.read(channel):
            self.guard.changed(self.place(channel), datetime.now(UTC))

    def may_speak(self, channel: Place, readers: Readers) -> tuple[bool, bool]:
        """Say whether a coach or advisor can write here but for us, and whether one can although we took it away."""
        writers = [each for each in self._advisors(channel.guild, readers) if can_write(channel, each)]
        held = [each for each in writers if not is_beyond_us(each)]
        taken = self.notebook.taken.get(str(channel.id))
        slips = taken is not None and REFUSED not in taken and bool(held)
        return bool(writers) or taken is not None, slips

    def _advisors(self, guild: discord.Guild, readers: Readers) -> list[discord.Member]:
        """Find the coaches and advisors among the readers: by who they are, and by the role they hold."""
        members = (guild.get_member(int(each)) for each in readers.accounts)
        return [each for each in members if each is not None and self.is_advisor(each)]

    def is_advisor(self, member: discord.Member) -> bool:
        """Say whether somebody is a coach or advisor on the roster, or holds the role of one."""
        by_role = any(role.name in self.setup.advisor_roles for role in member.roles)
        return by_role or self.directory.leads(AccountId(str(member.id)))

    def look_again(self, guild: discord.Guild, only: Place | None = None) -> None:
        """Count anew who can read what, and look at the registered places, and the private threads, of a server."""
        self.audiences.forget(guild.id)
        now = datetime.now(UTC)
        for channel in (*guild.channels, *guild.threads):
            registered = self.team_of(channel) is not None and not _follows_parent(channel)
            ours = str(channel.id) in self.notebook.threads or str(channel.id) in self.notebook.taken
            if registered or ours or channel == only:
                self.guard.changed(self.place(channel), now)

    def look_at_servers_again(self) -> None:
        """Look at everything again: somebody's account is another person's now."""
        for guild in self.served:
            self.look_again(guild)

    async def on_guild_channel_create(self, channel: GuildChannel) -> None:
        """Look at a new channel."""
        self._changed(channel.guild, channel)
        self._see([channel])

    async def on_guild_channel_update(self, _: GuildChannel, channel: GuildChannel) -> None:
        """Look at a channel that has another name, topic or permissions."""
        self._changed(channel.guild, channel)
        self._see([channel])

    async def on_guild_channel_delete(self, channel: GuildChannel) -> None:
        """Forget a channel that is gone."""
        self._changed(channel.guild)

    async def on_guild_channel_pins_update(self, channel: GuildChannel | discord.Thread, _: datetime | None) -> None:
        """Read anew what is pinned."""
        if self.serves(channel.guild):
            self.pins.changed(channel.id)

    async def on_guild_emojis_update(
        self, guild: discord.Guild, before: Sequence[discord.Emoji], after: Sequence[discord.Emoji]
    ) -> None:
        """Hear what new emoji are called, and those that have another name."""
        known = {each.id: each.name for each in before}
        if self.serves(guild):
            for emoji in [each for each in after if known.get(each.id) != each.name]:
                self._tell(telling.to_emoji(emoji, datetime.now(UTC)))

    async def on_thread_create(self, thread: discord.Thread) -> None:
        """Look at a new thread."""
        self._changed(thread.guild, thread)

    async def on_thread_join(self, thread: discord.Thread) -> None:
        """Look at a thread that comes out of the archive, or that we were added to."""
        self._thread_changed(thread.id)

    async def on_thread_update(self, _: discord.Thread, thread: discord.Thread) -> None:
        """Look at a thread that has another title or tags."""
        self._changed(thread.guild, thread)

    async def on_raw_thread_member_remove(self, event: discord.RawThreadMembersUpdate) -> None:
        """Look at a thread that somebody left."""
        self._thread_changed(event.thread_id)

    async def on_thread_member_join(self, member: discord.ThreadMember) -> None:
        """Look at a thread that somebody was added to."""
        self._thread_changed(member.thread_id)

    def _thread_changed(self, thread: int) -> None:
        found = self.get_channel(thread)
        if isinstance(found, discord.Thread) and self.serves(found.guild):
            self.guard.changed(self.place(found), datetime.now(UTC))

    async def on_guild_role_create(self, role: discord.Role) -> None:
        """Look again: roles decide who reads what."""
        self._changed(role.guild)

    async def on_guild_role_update(self, _: discord.Role, role: discord.Role) -> None:
        """Look again: a role has other permissions."""
        self._changed(role.guild)
        self._see(role.guild.channels)

    async def on_guild_role_delete(self, role: discord.Role) -> None:
        """Look again: a role is gone. By now the library does not tell whose it was: it may have been ours."""
        self._changed(role.guild)
        self._see(role.guild.channels)

    async def on_guild_update(self, _: discord.Guild, guild: discord.Guild) -> None:
        """Look again: the server may have another owner."""
        self._changed(guild)

    def _see(self, channels: Iterable[GuildChannel]) -> None:
        """Let it be known what we may read now."""
        for each in channels:
            if self.when_sight is not None and self.serves(each.guild):
                self.when_sight(each)

    def _changed(self, guild: discord.Guild, channel: Place | None = None) -> None:
        if self.serves(guild):
            self.look_again(guild, channel)

    async def on_voice_state_update(
        self, _: discord.Member, before: discord.VoiceState, after: discord.VoiceState
    ) -> None:
        """Look at a room whose people stay together; muting and the like change nobody."""
        if before.channel == after.channel:
            return
        for room in (before.channel, after.channel):
            if isinstance(room, VOICE) and self.serves(room.guild):
                self.guard.gathered(place_of(room), datetime.now(UTC), several=len(room.voice_states) > 1)

    async def on_scheduled_event_create(self, event: discord.ScheduledEvent) -> None:
        """Hear what an event is called."""
        self._tell_event(event)

    async def on_scheduled_event_update(self, _: discord.ScheduledEvent, event: discord.ScheduledEvent) -> None:
        """Hear what an event is called now."""
        self._tell_event(event)

    def tell_names(self, guild: discord.Guild, since: datetime) -> None:
        """Tell what the events and emoji of a server are called that were made since then."""
        for event in guild.scheduled_events:
            if discord.utils.snowflake_time(event.id) > since:
                self._tell_event(event)
        for emoji in guild.emojis:
            if emoji.created_at > since:
                self._tell(telling.to_emoji(emoji, datetime.now(UTC)))

    def _tell_event(self, event: discord.ScheduledEvent) -> None:
        if event.guild is not None and self.serves(event.guild):
            channel = event.channel
            readers = self.audiences.of(channel) if channel is not None else UNKNOWN_READERS
            self._tell(telling.to_event(event, readers, datetime.now(UTC)))

    # People

    async def on_member_join(self, member: discord.Member) -> None:
        """Look again, and at how somebody new shows up."""
        self._changed(member.guild)
        self._tell_profile(member.guild, member)

    async def on_raw_member_remove(self, event: discord.RawMemberRemoveEvent) -> None:
        """Look again: somebody left, or was made to."""
        self._departures[event.guild_id] += 1
        guild = self.get_guild(event.guild_id)
        if guild is not None:
            self._changed(guild)

    async def on_member_update(self, before: discord.Member, member: discord.Member) -> None:
        """Look again where somebody's roles are others; and at how they show up."""
        if before.roles != member.roles or before.timed_out_until != member.timed_out_until:
            self._changed(member.guild)
            if member == member.guild.me:
                self._see(member.guild.channels)
        if (before.nick, before.guild_avatar) != (member.nick, member.guild_avatar):
            self._tell_profile(member.guild, member, new_picture=before.guild_avatar != member.guild_avatar)

    async def on_user_update(self, before: discord.User, user: discord.User) -> None:
        """Look at how somebody shows up everywhere."""
        member = next((found for each in user.mutual_guilds if (found := each.get_member(user.id))), None)
        if member is not None:
            self._tell_profile(member.guild, member, new_picture=before.avatar != user.avatar)

    def _tell_profile(self, guild: discord.Guild, member: discord.Member, *, new_picture: bool = False) -> None:
        if self.serves(guild) and not member.bot:
            self._tell(telling.to_profile(member, datetime.now(UTC), new_picture=new_picture))

    async def on_error(self, event_method: str, /, *args: object, **kwargs: object) -> None:  # noqa: ARG002
        """Say which kind of event failed; never what was in it."""
        fault = sys.exc_info()[0]
        LOG.error("an event could not be heard", kind=event_method, fault=fault.__name__ if fault else "")


def let_go(guild: discord.Guild, gone: Iterable[int], *, is_settled: bool) -> None:
    """Forget whoever is not on the whole list of a server's members: they left before their piece of an earlier one.

    The library keeps those for good, and goes on miscounting if they come back. Where nobody left while the list came,
    it `is_settled` who is there.
    """
    for each in gone:
        guild._remove_member(discord.Object(each))  # noqa: SLF001 (the library asks for this nowhere)
    if is_settled:
        guild._member_count = len(guild.members)  # noqa: SLF001 (the library counts on from what it was once told)


def server_name(guild: discord.Guild) -> str:
    """Name a server in the notebook, beside its places: one of them may have the same id."""
    return f"server:{guild.id}"


def is_beyond_us(member: discord.Member) -> bool:
    """Say whether nothing on a channel holds somebody: the owner and administrators."""
    return member.guild_permissions.administrator or member.id == member.guild.owner_id


def can_write(channel: Place, member: discord.Member) -> bool:
    """Say whether somebody can write in a place, or speak in a voice room."""
    allowed = channel.permissions_for(member)
    if isinstance(channel, discord.Thread):
        return allowed.send_messages_in_threads and not (channel.locked and not allowed.manage_threads)
    return allowed.send_messages or allowed.send_messages_in_threads or (isinstance(channel, VOICE) and allowed.speak)


def _follows_parent(channel: Place) -> bool:
    """Say whether a place is a thread that everybody reads who reads its channel: the channel stands for it.

    So it is never closed by itself. Locking it would keep its students from writing, too.
    """
    return isinstance(channel, discord.Thread) and not channel.is_private()
