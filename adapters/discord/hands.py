"""Does deeds on Discord: each ends as a receipt, and what may have been done is looked up before it is done again."""

import asyncio
from collections.abc import Awaitable, Callable, Collection, Mapping, Sequence
from datetime import datetime, time, timedelta
from io import BytesIO
from typing import Any, Final

import discord

from adapters.discord.audience import Place
from adapters.discord.buttons import buttons, concern
from adapters.discord.client import Client
from adapters.discord.failures import FAILURES, is_final, reason_of
from adapters.discord.note import WHOLE, mark_line, mark_of, numbers, pieces, shown
from adapters.discord.pictures import Picture
from adapters.discord.renewing import hold, is_by_hand
from adapters.discord.restricting import give_back, take_away
from adapters.discord.telling import attached_to, whereabouts
from adapters.discord.threads import PrivateThreads, wake
from bot.actions import (
    Alert,
    Ask,
    Close,
    Copy,
    Deed,
    Disconnect,
    Lift,
    Relieve,
    Remove,
    Restore,
    Restrict,
    Resume,
    Show,
    Suspend,
    Tell,
)
from bot.directory import Directory
from bot.message import Attached, PlaceId, PostId
from bot.notice import Notice
from bot.people import AccountId, PersonId
from bot.platform import CLOCKS, NotOursError, Outcome, Receipt
from bot.texts import ENGLISH, N_

DONE: Final = Receipt(Outcome.DONE)
CANNOT_BE_WRITTEN_TO: Final = 50007
"""Discord's code for somebody who takes no direct messages from us."""

NOTES: Final = N_("Notes for you")
"""What the thread is called in which somebody reads our notes who takes no direct messages."""

MOST_SHOWN: Final = 5_000
"""So many messages that we posted for others are remembered as theirs."""

Messageable = discord.DMChannel | discord.TextChannel | discord.Thread | discord.VoiceChannel | discord.StageChannel
"""A place we can write to."""


class Hands:
    """Everything we do on Discord, one method a kind of deed."""

    def __init__(
        self,
        client: Client,
        directory: Directory,
        mark: Callable[[Deed], str],
        notice_of: Callable[[Deed], Notice | None],
        now: Callable[[], datetime],
    ) -> None:
        """Take the connection, who is who, how a deed is told from every other, and how a copy's note reads."""
        self._client = client
        self._directory = directory
        self._mark = mark
        self._notice_of = notice_of
        self._now = now
        self._threads = PrivateThreads(client, directory, now)

    async def perform(self, deed: Deed) -> Receipt:
        """Do one deed."""
        match deed.action:
            case Tell() | Ask() | Alert() | Copy() as note:
                return await self._note(deed, note.to, note.account)
            case Show() as action:
                return await self._posted(self._show(deed, action))
            case Restore() as action:
                return await self._posted(self._restore(deed, action))
            case _:
                return await self._change(deed)

    async def _change(self, deed: Deed) -> Receipt:
        """Do what may be done twice without harm."""
        match deed.action:
            case Remove() as action:
                return await self._settled(self._remove(action), gone=Outcome.MOOT)
            case Restrict(place=place):
                return await self._settled(self._restrict(deed, place))
            case Lift(place=place):
                return await self._settled(self._lift(place))
            case Close(place=place):
                return await self._settled(self._close(place), gone=Outcome.MOOT)
            case Relieve() as action:
                return await self._settled(self._relieve(action))
            case _:
                return await self._change_somebody(deed)

    async def _change_somebody(self, deed: Deed) -> Receipt:
        """Do to one person what may be done twice without harm."""
        match deed.action:
            case Disconnect(place=place, who=who):
                return await self._settled(self._disconnect(place, who), gone=Outcome.MOOT)
            case Suspend(account=account, until=until):
                ends = datetime.combine(until + timedelta(days=1), time.min, self._directory.roster.zone)
                return await self._settled(self._suspend(account, ends))
            case Resume(account=account):
                return await self._settled(self._resume(account))
            case _:
                return Receipt(Outcome.REFUSED, "not done on Discord")

    async def find(self, deed: Deed) -> Receipt:
        """Look a deed up. What can be done twice without harm is simply done again."""
        try:
            match deed.action:
                case Tell() | Ask() | Alert() | Copy() as note:
                    found = await self._noted(deed, note.to, note.account)
                case Show() as action:
                    found = await self._shown(deed, action)
                case Restore(place=place):
                    found = await self._is_whole(await self._place(place), deed)
                case _:
                    found = False
        except FAILURES as error:
            return Receipt(Outcome.UNKNOWN, reason_of(error))
        return DONE if found else Receipt(Outcome.NOT_DONE, "not there")

    # Receipts

    async def _settled(self, doing: Awaitable[Receipt], gone: Outcome = Outcome.REFUSED) -> Receipt:
        """Answer for what may be done twice without harm: when nobody knows whether it was done, it was not."""
        try:
            return await doing
        except discord.NotFound as error:
            return Receipt(gone, reason_of(error))
        except FAILURES as error:
            return Receipt(Outcome.REFUSED if is_final(error) else Outcome.NOT_DONE, reason_of(error))

    async def _posted(self, doing: Awaitable[Receipt]) -> Receipt:
        """Answer for what people would see twice."""
        try:
            return await doing
        except FAILURES as error:
            return Receipt(Outcome.REFUSED if is_final(error) else Outcome.UNKNOWN, reason_of(error))

    # Taking away

    async def _remove(self, action: Remove) -> Receipt:
        first, *reaction = action.post.split(":")
        channel = self._client.get_partial_messageable(await self._id_of(action.place))
        if len(reaction) == 3 and first.isdecimal():
            person, name, emoji = reaction
            shown = discord.PartialEmoji(name=name, id=int(emoji))
            await channel.get_partial_message(int(first)).remove_reaction(shown, discord.Object(int(person)))
            return DONE
        receipts = [await self._taken(channel, each) for each in self._client.messages_of(action.post)]
        moot = receipts[-1] if receipts else Receipt(Outcome.MOOT, "nothing was posted")
        return DONE if DONE in receipts else moot

    async def _id_of(self, place: PlaceId) -> int:
        if place.isdecimal():
            return int(place)
        channel = await self._place(place)
        return 0 if channel is None else channel.id

    async def _taken(self, channel: discord.PartialMessageable, message: int) -> Receipt:
        """Take one message away. Of several that make a post one may be gone, and the others still stand."""
        try:
            await channel.get_partial_message(message).delete()
        except discord.NotFound as error:
            return Receipt(Outcome.MOOT, reason_of(error))
        return DONE

    # Files

    async def fetch(self, attached: Attached) -> bytes | None:
        """Give a file: of an order as we hold it, else from its message, at the address of today."""
        if (where := whereabouts(attached)) is None:
            order = attached.file.split(":")[0]
            held = self._client.pictures.find(order)
            if held is None and any(order == each for each, _ in self._client.notebook.shown.values()):
                raise NotOursError("a picture that was posted for somebody is not held any more")
            return None if held is None else held.content
        channel, message, file = where
        try:
            found = await self._client.get_partial_messageable(channel).fetch_message(message)
        except discord.NotFound:
            return None
        files = (each for each in attached_to(found) if each.id == file)
        there = next(files, None)
        return None if there is None else await there.read()

    # Telling

    async def _note(self, deed: Deed, to: PersonId, account: AccountId) -> Receipt:
        """Hand somebody a note: by direct message; where they take none, in a thread of their own."""
        accounts = self._accounts(to, account)
        notice = self._notice_of(deed)
        if notice is None or not accounts:
            nobody = account.startswith("webhook:")
            return Receipt(Outcome.MOOT if nobody else Outcome.REFUSED, "no account to write to")
        receipt = Receipt(Outcome.REFUSED)
        for each in accounts:
            receipt = await self._posted(self._hand_over(deed, int(each), notice))
            if receipt.outcome is not Outcome.REFUSED:
                break
        return receipt

    def _accounts(self, to: PersonId, account: AccountId) -> tuple[AccountId, ...]:
        """Say where somebody is written to: the account named, else theirs, those on our servers first."""
        named = [account] if account else [*self._directory.accounts(to)]
        known = [each for each in named if each.isdecimal()]
        return tuple(sorted(known, key=lambda each: not self._client.members(each)))

    async def _hand_over(self, deed: Deed, account: int, notice: Notice) -> Receipt:
        user = self._client.get_user(account) or await self._client.fetch_user(account)
        try:
            await self._write(await user.create_dm(), deed, notice)
        except discord.Forbidden as error:
            if error.code != CANNOT_BE_WRITTEN_TO:
                raise
            thread = await self._notes_of(account)
            if thread is None:
                return Receipt(Outcome.REFUSED, "takes no direct messages")
            await self._write(thread, deed, notice)
        return DONE

    async def _write(self, channel: Messageable, deed: Deed, notice: Notice) -> None:
        """Send the pieces of a note that are not there yet, the note itself with its buttons last."""
        mark = self._mark(deed)
        texts = pieces(notice, mark)
        there = await self._there(channel, deed, texts)
        for number, text in zip(numbers(len(texts)), texts, strict=True):
            if mark_line(mark, number) not in there:
                view = buttons(notice, deed.post) if number == WHOLE else None
                sent = await send(channel, text, f"{mark}{number}", view)
                if isinstance(channel, discord.DMChannel):
                    self._client.remember_talk(channel.id, sent.id)

    async def _notes_of(self, account: int) -> discord.Thread | None:
        """Find or open the thread in which somebody alone reads our notes. Whoever left it is let in again."""
        thread = await self._known_notes(account)
        for channel in self._threads.channels():
            member = channel.guild.get_member(account)
            if member is None or not channel.permissions_for(member).view_channel:
                continue
            if thread is None or thread.parent_id != channel.id:
                thread = await self._open_notes(channel, account)
            await wake(thread)
            await thread.add_user(member)
            return thread
        return None

    async def _known_notes(self, account: int) -> discord.Thread | None:
        """Find the thread of somebody's notes if it is still there, also where it was put away."""
        known = self._client.notebook.notes.get(str(account))
        if known is None:
            return None
        try:
            found = self._client.get_channel(int(known)) or await self._client.fetch_channel(int(known))
        except (discord.NotFound, discord.Forbidden):
            return None
        return found if isinstance(found, discord.Thread) else None

    async def _open_notes(self, channel: discord.TextChannel, account: int) -> discord.Thread:
        thread = await channel.create_thread(
            name=ENGLISH.say(NOTES), type=discord.ChannelType.private_thread, invitable=False
        )
        self._client.notebook.notes[str(account)] = str(thread.id)
        self._client.notebook.write()
        return thread

    async def _noted(self, deed: Deed, to: PersonId, account: AccountId) -> bool:
        for each in self._accounts(to, account):
            user = self._client.get_user(int(each)) or await self._client.fetch_user(int(each))
            channels: list[Messageable | None] = [await user.create_dm()]
            channels.append(await self._known_notes(int(each)))
            for channel in channels:
                if await self._is_whole(channel, deed):
                    return True
        return False

    async def _is_whole(self, channel: object, deed: Deed) -> bool:
        """Say whether everything that a deed says stands in a place: the mark of the whole is at its last message."""
        whole = mark_line(self._mark(deed), WHOLE)
        return isinstance(channel, Messageable) and bool(await self._marked(channel, deed, {whole}))

    async def _there(self, channel: Messageable, deed: Deed, texts: Sequence[str]) -> Mapping[str, int]:
        """Say which of several messages of a deed stand in a place; a single one was looked up before."""
        return await self._marked(channel, deed, {mark_of(each) for each in texts}) if len(texts) > 1 else {}

    async def _marked(self, channel: Messageable, deed: Deed, marks: Collection[str]) -> Mapping[str, int]:
        """Find our own messages by their marks, from when the deed was planned until all are found or no more come."""
        since = None if deed.planned is None else deed.planned - CLOCKS
        found: dict[str, int] = {}
        async for each in channel.history(limit=None, after=since, oldest_first=False):
            if each.author == self._client.user and mark_of(each.content) in marks:
                found[mark_of(each.content)] = each.id
            if len(found) == len(marks):
                break
        return found

    # Posting for somebody

    async def _show(self, deed: Deed, show: Show) -> Receipt:
        """Post what a coach asked us to send, in its place, or in a private thread that is opened for it."""
        channel = await (self._threads.open(show) if show.readers else self._place(show.place))
        if isinstance(channel, str):
            return Receipt(Outcome.REFUSED, channel)
        if not isinstance(channel, Messageable):
            return Receipt(Outcome.REFUSED, "no such place")
        picture = self._client.pictures.find(show.picture.split(":")[0]) if show.picture is not None else None
        if show.picture is not None and picture is None:
            return Receipt(Outcome.REFUSED, "the picture is not held any more")
        view = concern(deed.post) if show.readers and show.overseers else None
        posted = await self._post(channel, deed, self._signed(show), show.told, picture, view)
        self._remember(posted, deed.post, show.account)
        await self._watch_over(channel, show)
        return DONE

    async def _watch_over(self, channel: Messageable, show: Show) -> None:
        """Look at a new thread; one that nobody watches over is for the one message alone."""
        if not show.readers or not isinstance(channel, discord.Thread):
            return
        self._client.guard.changed(show.place, self._now())
        if show.urgent and show.overseers:
            present = {str(each.id) for each in await channel.fetch_members()}
            overseers = {account for each in show.overseers for account in self._directory.accounts(each)}
            if not present & overseers:
                await channel.edit(locked=True)

    async def _place(self, place: PlaceId) -> Place | None:
        """Find a place that we can see, a thread also where it was put away: then the library does not know it."""
        found = await self._threads.find(place) or self._client.channel_of(place)
        if found is not None or not place.isdecimal():
            return found
        try:
            fetched = await self._client.fetch_channel(int(place))
        except discord.NotFound:
            return None
        return fetched if isinstance(fetched, discord.Thread) and not fetched.guild.unavailable else None

    def _remember(self, posted: Sequence[int], post: PostId, account: AccountId) -> None:
        """Remember whose message it is that stands there as ours: somebody may tell an adult about it."""
        shown = self._client.notebook.shown
        shown.update({str(each): [post, account] for each in posted})
        while len(shown) > MOST_SHOWN:
            shown.pop(next(iter(shown)))
        self._client.notebook.write()

    def _signed(self, show: Show) -> str:
        return f"**{self._directory.name(show.by)}:**\n{show.text}"

    async def _post(
        self,
        channel: Messageable,
        deed: Deed,
        text: str,
        told: str = "",
        picture: Picture | None = None,
        view: discord.ui.View | None = None,
    ) -> list[int]:
        """Post the pieces of a text that are not there yet, with what belongs under the first. Give the ids of all."""
        mark = self._mark(deed)
        texts, posted = shown(text, told, mark), list[int]()
        there = await self._there(channel, deed, texts)
        for number, each in zip(numbers(len(texts)), texts, strict=True):
            id_ = there.get(mark_of(each))
            if id_ is None:
                file = None if picture is None else discord.File(BytesIO(picture.content), picture.name)
                under = (None, None) if posted else (view, file)
                id_ = (await send(channel, each, f"{mark}{number}", *under)).id
            posted.append(id_)
        return posted

    async def _shown(self, deed: Deed, show: Show) -> bool:
        """Say whether a text stands whole where it should, and remember whose it is."""
        if any(order == deed.post for order, _ in self._client.notebook.shown.values()):
            return True
        channel, texts = await self._place(show.place), shown(self._signed(show), show.told, self._mark(deed))
        if not isinstance(channel, Messageable):
            return False
        there = await self._marked(channel, deed, {mark_of(each) for each in texts})
        if len(there) < len(texts):
            return False
        self._remember([*there.values()], deed.post, show.account)
        return True

    async def _restore(self, deed: Deed, action: Restore) -> Receipt:
        channel = await self._place(action.place)
        if not isinstance(channel, Messageable) or not action.text:
            return Receipt(Outcome.REFUSED, "no such place")
        name = self._directory.name(action.by) if action.by is not None else ""
        posted = await self._post(channel, deed, f"**{name}:**\n{action.text}" if name else action.text)
        accounts = self._directory.accounts(action.by) if action.by is not None else ()
        self._remember(posted, action.post, next(iter(accounts), AccountId("")))
        return DONE

    # Places

    async def _restrict(self, deed: Deed, place: PlaceId) -> Receipt:
        channel = await self._place(place)
        if channel is None:
            return self._not_there()
        return await take_away(self._client, channel, self._mark(deed))

    async def _lift(self, place: PlaceId) -> Receipt:
        channel = await self._place(place)
        if channel is None:
            return self._not_there()
        return await give_back(self._client, channel)

    def _not_there(self) -> Receipt:
        """Answer for a place that we do not find; while Discord cannot serve a server, it is looked at once it can."""
        if any(each.unavailable for each in self._client.served):
            return Receipt(Outcome.MOOT, "a server is away")
        return Receipt(Outcome.REFUSED, "no such place")

    async def _close(self, place: PlaceId) -> Receipt:
        channel = await self._place(place)
        if not isinstance(channel, discord.Thread):
            return Receipt(Outcome.REFUSED, "no such thread")
        await wake(channel)
        await channel.edit(archived=True, locked=True)
        return DONE

    async def _relieve(self, action: Relieve) -> Receipt:
        channel = await self._place(action.place)
        if not isinstance(channel, discord.Thread):
            return Receipt(Outcome.REFUSED, "no such thread")
        came = await self._threads.relieve(channel, action.out, action.into)
        self._client.guard.changed(action.place, self._now())
        return DONE if came else Receipt(Outcome.REFUSED, "nobody else could be let in")

    # People

    async def _disconnect(self, place: PlaceId, who: PersonId) -> Receipt:
        """Take somebody out of a voice room. Who has left it meanwhile stays where they are."""
        accounts = self._directory.accounts(who)
        members = [member for each in accounts for member in self._client.members(each)]
        inside = [each for each in members if each.voice and each.voice.channel and str(each.voice.channel.id) == place]
        for each in inside:
            await each.move_to(None, reason="alone with one student")
        return DONE if inside else Receipt(Outcome.MOOT, "not in the room any more")

    async def _suspend(self, account: AccountId, ends: datetime) -> Receipt:
        """Time somebody out everywhere, as a person decided; what is longer than Discord allows is renewed."""
        self._client.notebook.freed.pop(account, None)
        self._client.notebook.paused[account] = ends.isoformat()
        self._client.notebook.write()
        members, now = self._client.members(account), self._now()
        await every([hold(self._client, each, ends, now) for each in members])
        return DONE if members else Receipt(Outcome.REFUSED, "not on any of our servers")

    async def _resume(self, account: AccountId) -> Receipt:
        """End a timeout of ours, not one that a person set by hand and that lasts longer.

        Who has left a server meanwhile is freed there once they come back.
        """
        ends = self._client.notebook.paused.pop(account, None)  # first of all, for what is noted there is renewed
        held = self._client.notebook.timed_out.pop(account, ends)
        if ends is not None and held is not None:
            self._client.notebook.freed[account] = held
        self._client.notebook.write()
        members = self._client.members(account)
        await every([each.timeout(None) for each in members if held is None or not is_by_hand(each, held)])
        return DONE


async def every(doing: Sequence[Awaitable[object]]) -> None:
    """Do something on each server though it fails on one, and fail then as it first did."""
    for each in await asyncio.gather(*doing, return_exceptions=True):
        if isinstance(each, BaseException):
            raise each


async def send(
    channel: Messageable,
    text: str,
    nonce: str,
    view: discord.ui.View | None = None,
    file: discord.File | None = None,
) -> discord.Message:
    """Write to a place. The nonce lets Discord itself drop what the library sends again after a fault."""
    more: dict[str, Any] = {}
    if view is not None:
        more["view"] = view
    if file is not None:
        more["file"] = file
    sent: discord.Message = await channel.send(text, nonce=nonce, suppress_embeds=file is None, **more)
    return sent
