"""Does deeds on Slack: each ends as a receipt, and what may have been done is looked up before it is done again."""

from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from datetime import datetime
from typing import Final

import structlog

from adapters.notebook import Notebook
from adapters.slack.buttons import buttons, concern
from adapters.slack.digests import Digests
from adapters.slack.failures import FAILURES, TOKEN_LOST, code_of, is_final, reason_of
from adapters.slack.grants import Grant, Grants
from adapters.slack.hearing import Ears
from adapters.slack.note import Said, escaped, pieces, section, shown
from adapters.slack.rooms import Rooms
from adapters.slack.sending import Sending, marks_of
from adapters.slack.telling import Told, is_bookmark, subtype_of
from adapters.slack.versions import whereabouts
from adapters.slack.web import Web
from bot.actions import Alert, Ask, Close, Copy, Deed, Lift, Relieve, Remove, Restore, Show, Tell
from bot.directory import Directory
from bot.message import PlaceId, PostId
from bot.notice import Notice
from bot.people import AccountId, PersonId
from bot.platform import Outcome, Receipt
from bot.rule import Choice
from bot.texts import ENGLISH, N_

LOG: Final = structlog.get_logger("chaperone.slack")

DONE: Final = Receipt(Outcome.DONE)

MOST_SHOWN: Final = 5_000
"""So many messages that we posted for others are remembered as theirs."""

KEPT_FOR_NOW: Final = frozenset({"channel_not_found", "is_archived"})
KEPT_BY_SLACK: Final = frozenset({"cant_delete_message", "compliance_exports_prevent_deletion", *KEPT_FOR_NOW})
"""Answers after which nothing more is promised in a channel: what others wrote there stays. Some hold until it changes:
it is opened again, or somebody comes.
"""

LOOK_THERE: Final = N_("There is a note for you about a message here. It is in your messages with this app.")
GOES_ON_HERE: Final = N_("Please write here from now on.")


class Hands:
    """Everything we do on Slack, one method a kind of deed."""

    def __init__(
        self,
        web: Web,
        ears: Ears,
        notebook: Notebook,
        grants: Grants,
        directory: Directory,
        mark: Callable[[Deed], str],
        notice_of: Callable[[Deed], Notice | None],
        now: Callable[[], datetime],
    ) -> None:
        """Take the way to Slack, who is who, how a deed is told from every other, and how a copy's note reads."""
        self._web = web
        self._ears = ears
        self._notebook = notebook
        self._grants = grants
        self._directory = directory
        self._mark = mark
        self._notice_of = notice_of
        self._now = now
        self._rooms = Rooms(web, ears, notebook, directory, now)
        self._digests = Digests(web)
        self._sending = Sending(web, ears)
        self._directs: dict[str, str] = {}
        """The conversation with each account that we have written to."""
        self.kept_in: dict[str, str] = {}
        """Channels in which Slack refused an administrator's removal, and how: there authors are asked from now on."""
        self.when_lost: Callable[[str], Awaitable[None]] | None = None
        """Told whose token opens nothing any more."""

    async def perform(self, deed: Deed) -> Receipt:
        """Do one deed."""
        if await self._is_answered(deed):
            return Receipt(Outcome.MOOT, "deleted while nobody listened")
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
        """Do what may be done twice without harm, as far as Slack lets anybody do it."""
        match deed.action:
            case Remove() as action:
                return await self._settled(self._remove(deed, action))
            case Close(place=place):
                return await self._settled(self._close(place))
            case Relieve() as action:
                return await self._settled(self._relieve(deed, action))
            case Lift():
                return Receipt(Outcome.DONE, "nothing was taken")
            case _:
                return Receipt(Outcome.REFUSED, "not done on Slack")

    async def find(self, deed: Deed) -> Receipt:
        """Look a deed up. What can be done twice without harm is simply done again."""
        try:
            match deed.action:
                case Tell() | Ask() | Alert() | Copy() as note:
                    found = await self._noted(deed, note.to, note.account)
                case Show() as action:
                    found = await self._is_shown(deed, action)
                case Restore() as action:
                    found = await self._is_there(deed, action.place, self._given_back(action), self._whose(action))
                case _:
                    found = False
        except FAILURES as error:
            return Receipt(Outcome.UNKNOWN, reason_of(error))
        return DONE if found else Receipt(Outcome.NOT_DONE, "not there")

    # Receipts

    async def _settled(self, doing: Awaitable[Receipt]) -> Receipt:
        """Answer for what may be done twice without harm: when nobody knows whether it was done, it was not."""
        try:
            return await doing
        except FAILURES as error:
            return Receipt(Outcome.REFUSED if is_final(error) else Outcome.NOT_DONE, reason_of(error))

    async def _posted(self, doing: Awaitable[Receipt]) -> Receipt:
        """Answer for what people would see twice."""
        try:
            return await doing
        except FAILURES as error:
            return Receipt(Outcome.REFUSED if is_final(error) else Outcome.UNKNOWN, reason_of(error))

    # Taking away

    async def _remove(self, deed: Deed, action: Remove) -> Receipt:
        """Take a message away: our own with our own token, anybody else's with an administrator's or their own."""
        where = whereabouts(action.post)
        if where is None or self._posted_as(action.post):
            return await self._remove_ours(action)
        channel, ts = where
        why = "no token can take it away"
        for token in await self._tokens_for(channel, ts, ordered=deed.ordered):
            try:
                await self._web.ask("chat.delete", token.token, channel=channel, ts=ts)
            except FAILURES as error:
                why = reason_of(error)
                if code_of(error) == "message_not_found":
                    return Receipt(Outcome.MOOT, why)
                await self._know_refused(channel, token, code_of(error))
                if not is_final(error):
                    raise
            else:
                return DONE
        return Receipt(Outcome.REFUSED, why)

    async def _know_refused(self, channel: str, token: Grant, code: str) -> None:
        """Know what a refusal says of the channel, or of the token. An author's says nothing of others' messages."""
        if code in KEPT_BY_SLACK and token.account == self._ears.setup.remover:
            self.kept_in[channel] = code
        if code in TOKEN_LOST and self.when_lost is not None:
            await self.when_lost(token.account)

    def know_changed(self, channel: str) -> None:
        """Know that a channel is another: what Slack kept there, it may not keep any more."""
        if self.kept_in.get(channel) in KEPT_FOR_NOW:
            del self.kept_in[channel]

    async def _remove_ours(self, action: Remove) -> Receipt:
        """Take back what we posted for somebody; and what was never posted needs no taking away."""
        posted = self._posted_as(action.post)
        for channel, ts in filter(None, map(whereabouts, posted)):
            try:
                await self._web.ask("chat.delete", channel=channel, ts=ts)
            except FAILURES as error:  # of several messages one may be gone, and the others still stand
                if code_of(error) != "message_not_found":
                    raise
        if posted:
            return DONE
        if is_bookmark(action.post):
            return Receipt(Outcome.REFUSED, "a bookmark stays")
        return Receipt(Outcome.MOOT, "nothing was posted")

    async def _tokens_for(self, channel: str, ts: str, *, ordered: bool) -> list[Grant]:
        """Find whose tokens may take a message away: its author's, if they asked for it; then the administrator's."""
        own = self._grants.of(await self._author_of(channel, ts), "chat:write") if ordered else None
        return [*dict.fromkeys(filter(None, (own, self._grants.of(self._ears.setup.remover, "chat:write"))))]

    async def _author_of(self, channel: str, ts: str) -> str | None:
        try:
            return (await self._message(channel, ts)).get("user")
        except FAILURES as error:
            if not is_final(error):
                raise
            return None

    async def _is_answered(self, deed: Deed) -> bool:
        """Say whether what a silence is about is surely gone, where its author alone can take it away.

        It may have been deleted while nobody listened. Where Slack says nothing of it, it stands.
        """
        where, is_due = whereabouts(deed.post), deed.until is not None and not deed.ordered
        if not is_due or where is None or not isinstance(deed.action, Alert | Tell):
            return False
        if await self._ears.can_remove(where[0], None):
            return False
        try:
            return subtype_of(await self._message(*where)) == "tombstone"
        except FAILURES as error:
            return code_of(error) in {"message_not_found", "thread_not_found"}

    async def _message(self, channel: str, ts: str) -> Told:
        """Ask for a message, also one in a thread; in direct messages with the token that shows them to us.

        Empty where it is not among what Slack gives. Raises what `FAILURES` names.
        """
        owner = self._notebook.informed.get(channel, "").partition("-")[0]
        shows = self._grants.of(owner, "im:history")
        token = "" if shows is None else shows.token
        answer = await self._web.ask("conversations.replies", token, channel=channel, ts=ts, limit=1)
        return next((each for each in answer.get("messages") or () if each.get("ts") == ts), {})

    # Telling

    async def _note(self, deed: Deed, to: PersonId, account: AccountId) -> Receipt:
        """Hand somebody a note in our own conversation with them; for speed, point at it where they wrote."""
        accounts, notice = self._accounts(to, account), self._notice_of(deed)
        if notice is None or not accounts:
            nobody = account.startswith(("B", "username:"))
            return Receipt(Outcome.MOOT if nobody else Outcome.REFUSED, "no account to write to")
        receipt = Receipt(Outcome.REFUSED)
        for each in accounts:
            receipt = await self._posted(self._hand_over(deed, each, notice))
            if receipt.outcome is not Outcome.REFUSED:
                break
        if receipt.outcome is Outcome.DONE and account:
            await self._point(deed, account)
        return receipt

    def _accounts(self, to: PersonId, account: AccountId) -> tuple[AccountId, ...]:
        """Say where somebody is written to: the account named, then theirs; at none that is deactivated."""
        named = dict.fromkeys((account, *self._directory.accounts(to)))
        return tuple(each for each in named if each.startswith(("U", "W")) and self._may_be_read(each))

    def _may_be_read(self, account: AccountId) -> bool:
        known = self._ears.audiences.known_account(account)
        return known is None or known.is_human

    async def _hand_over(self, deed: Deed, account: AccountId, notice: Notice) -> Receipt:
        direct, mark = await self._direct(account), self._mark(deed)
        if isinstance(deed.action, Copy):
            return await self._digests.hand_over(direct, mark, notice)
        *before, (text, blocks) = pieces(notice)
        below = buttons(notice, deed.post, await self._beyond_us(account, deed.post))
        await self._sending.send(direct, mark, [*before, (text, [*blocks, *below])], deed.planned)
        return DONE

    async def _beyond_us(self, account: AccountId, post: PostId) -> frozenset[Choice]:
        """Name the answers that we could not follow: to take away what stands, where no token reaches."""
        if await self._can_delete(account, post):
            return frozenset()
        stands = whereabouts(post) is not None or is_bookmark(post)
        return frozenset({Choice.DELETE, Choice.TAKE_BACK} if stands else {Choice.DELETE})

    async def _can_delete(self, account: AccountId, post: PostId) -> bool:
        """Say whether we could delete a post when its author asks for it: with their token, or an administrator's."""
        where = whereabouts(post)
        if where is None or self._posted_as(post):
            return bool(self._posted_as(post))
        return self._grants.of(account, "chat:write") is not None or await self._ears.can_remove(where[0], None)

    async def _direct(self, account: str) -> str:
        """Open our own conversation with somebody."""
        if account not in self._directs:
            answer = await self._web.ask("conversations.open", users=account)
            self._directs[account] = str(answer["channel"]["id"])
        return self._directs[account]

    async def inform(self, account: str, text: str, mark: str, since: datetime | None) -> str:
        """Tell somebody something beside all deeds, once, `since` a moment at most.

        Give the time of the message by Slack's clock; empty where they do not have it.
        """
        try:
            direct = await self._direct(account)
            times = [*(await self._sending.find(direct, (mark,), since)).values()] if direct else []
            if not times:
                await self._sending.send(direct, mark, [(text, [*section(escaped(text))])], since, times.append)
        except FAILURES as error:
            LOG.warning("somebody could not be told", reason=reason_of(error))
            return ""
        return times[-1]

    async def _point(self, deed: Deed, account: AccountId) -> None:
        """Point at a note where its message stands. Slack promises nothing of this, so nothing hangs on it."""
        where = whereabouts(deed.post)
        if where is not None and where[0].startswith(("C", "G")):
            with suppress(*FAILURES):
                text = ENGLISH.say(LOOK_THERE)
                await self._web.ask("chat.postEphemeral", channel=where[0], user=account, text=text)

    async def _noted(self, deed: Deed, to: PersonId, account: AccountId) -> bool:
        """Say whether a note is with any account of somebody's. Raises what `FAILURES` names where one cannot say."""
        doubt: Exception | None = None
        for each in self._accounts(to, account):
            try:
                if await self._has_mark(await self._opened(each), self._mark(deed), deed.planned):
                    return True
            except FAILURES as error:
                doubt = error
        if doubt is not None:
            raise doubt
        return False

    async def _opened(self, account: AccountId) -> str:
        """Open our own conversation with somebody; empty where Slack lets nobody open it: no note went there."""
        try:
            return await self._direct(account)
        except FAILURES as error:
            if not is_final(error) or code_of(error) in TOKEN_LOST:
                raise
            return ""

    async def _has_mark(self, channel: str, mark: str, since: datetime | None) -> bool:
        return bool(channel) and mark in await self._sending.find(channel, (mark,), since)

    # Posting for somebody

    async def _show(self, deed: Deed, show: Show) -> Receipt:
        """Post what a coach asked us to send, in its place, or in a conversation that is opened for it."""
        channel, why = self._rooms.find(show.place), "no such place"
        if show.picture is not None:
            return Receipt(Outcome.REFUSED, "pictures are not posted on Slack")
        if not channel and show.readers:
            channel, why = await self._rooms.open(show, self._mark(deed))
        if not channel:
            return Receipt(Outcome.REFUSED, why)
        (text, blocks), *more = self._messages(show)
        below = concern(deed.post) if show.readers and show.overseers else []
        messages = [(text, [*blocks, *below]), *more]
        await self._sending.send(
            channel, self._mark(deed), messages, deed.planned, self._remembering(channel, deed.post, show.account)
        )
        self._ears.guard.changed(show.place, self._now())
        if show.readers and show.urgent and not await self._rooms.is_overseen(channel, show):
            await self._rooms.close(show.place)
        return DONE

    def _messages(self, show: Show) -> tuple[Said, ...]:
        return shown(self._directory.name(show.by), show.text, show.told)

    async def _is_shown(self, deed: Deed, show: Show) -> bool:
        """Say whether the whole of it was posted; what is found there is remembered, as if we had heard that it was."""
        messages = self._messages(show)
        if len(self._posted_as(deed.post)) >= len(messages):
            return True
        return await self._is_there(deed, show.place, messages, (deed.post, show.account))

    async def _is_there(
        self, deed: Deed, place: PlaceId, messages: Sequence[Said], whose: tuple[PostId, AccountId]
    ) -> bool:
        """Look for what was posted for somebody, and remember it as theirs."""
        marks, channel = marks_of(self._mark(deed), len(messages)), self._rooms.find(place)
        there = await self._sending.find(channel, marks, deed.planned) if channel else {}
        for ts in there.values():
            self._remembering(channel, *whose)(ts)
        return self._mark(deed) in there

    def _posted_as(self, post: PostId) -> list[str]:
        """Name the messages of ours that stand for a post: what somebody ordered, or was given back."""
        return [each for each, (order, _) in self._notebook.shown.items() if order == post]

    def _remembering(self, channel: str, post: PostId, account: AccountId) -> Callable[[str], None]:
        """Remember whose message it is that stands there as ours: somebody may tell an adult about it."""

        def remember(ts: str) -> None:
            shown_ = self._notebook.shown
            shown_[f"{channel}/{ts}"] = [post, account]
            while len(shown_) > MOST_SHOWN:
                shown_.pop(next(iter(shown_)))
            self._notebook.write()

        return remember

    async def _restore(self, deed: Deed, action: Restore) -> Receipt:
        channel, messages = self._rooms.find(action.place), self._given_back(action)
        if not channel or not action.text:
            return Receipt(Outcome.REFUSED, "no such place")
        remember = self._remembering(channel, *self._whose(action))
        await self._sending.send(channel, self._mark(deed), messages, deed.planned, remember)
        return DONE

    def _given_back(self, restore: Restore) -> tuple[Said, ...]:
        return shown(self._directory.name(restore.by) if restore.by is not None else "", restore.text, "")

    def _whose(self, restore: Restore) -> tuple[PostId, AccountId]:
        """Say which post is given back, and by which account of its author's it is known."""
        accounts = self._directory.accounts(restore.by) if restore.by is not None else ()
        return restore.post, next(iter(accounts), AccountId(""))

    # Places

    async def _close(self, place: PlaceId) -> Receipt:
        if not self._rooms.find(place):
            return Receipt(Outcome.REFUSED, "no such place")
        closed = await self._rooms.close(place)
        return DONE if closed else Receipt(Outcome.REFUSED, "a group conversation cannot be closed")

    async def _relieve(self, deed: Deed, action: Relieve) -> Receipt:
        before = self._rooms.find(action.place)
        if not before:
            return Receipt(Outcome.REFUSED, "no such place")
        mark = self._mark(deed)
        after = await self._rooms.relieve(action.place, action.out, action.into, mark)
        if after and after != before:
            if not await self._has_mark(after, mark, deed.planned):
                text = ENGLISH.say(GOES_ON_HERE)
                await self._sending.send(after, mark, [(text, [*section(text)])], deed.planned)
            self._rooms.remember(after, action.place)  # last, so that whatever broke off is gone on with
        self._ears.guard.changed(action.place, self._now())
        return DONE if after else Receipt(Outcome.REFUSED, "nobody else could be let in")
