"""What became meanwhile of what a deed is about: a note says what holds when it goes, not when it was planned."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime

import msgspec

from bot.actions import Alert, Deed, Remove, Tell
from bot.desk import A_DAY
from bot.desk_notices import not_given_back
from bot.message import NO_POST, Words, text_of
from bot.notice import Notice, as_it_is, decided, gone_already, not_closed, still_there
from bot.platform import Ruling
from bot.standing import Standing
from bot.store import cases, past
from bot.store.ledger import Ledger
from bot.store.record import Recorder


class Meanwhile:
    """Reads what was decided, taken away or changed about a post since a deed about it was planned."""

    def __init__(self, standing: Standing, ledger: Ledger, recorder: Recorder, now: Callable[[], datetime]) -> None:
        """Take what knows which posts were edited, what is kept, and the platform's clock."""
        self._standing = standing
        self._ledger = ledger
        self._recorder = recorder
        self._now = now

    async def is_decided(self, deed: Deed) -> bool:
        """Say whether a person decided about what a deed would do for want of an answer.

        What was found fine is not taken away, nor is its author told so; once it is decided, nobody is asked to look.
        It is asked at that moment, because until then a decision can be undone or reversed.
        """
        if not isinstance(deed.action, Remove | Tell | Alert):
            return False
        stands = await self._stands(deed)
        return Ruling.NOT_A_PROBLEM in stands or (bool(stands) and isinstance(deed.action, Alert))

    async def is_pointless(self, deed: Deed) -> bool:
        """Say whether a note that waited tells its author of taking away what was surely gone before we tried.

        Whose message is taken away at once is told in any case, and so is who may have lost their text to us.
        """
        if not isinstance(deed.action, Tell) or deed.until is None or deed.ordered:
            return False
        return await self._ledger.ask(past.was_gone_before, *self._named(deed))

    async def as_it_is(self, deed: Deed, *, is_left: bool) -> Deed:
        """Let a note say what became of the message and of what was decided, once what it tells of has ended.

        `is_left` says that an earlier run planned it: nobody remembers which posts were edited then.
        """
        match deed.action:
            case Tell(notice=notice) as tell:
                ended = await self._as_it_ended(deed, await self._as_decided(deed, notice), is_left=is_left)
                given_back = await self._as_given_back(deed, await self._as_deleted(deed, ended))
                return replace(deed, action=replace(tell, notice=await self._as_closed(deed, given_back)))
            case Alert(notice=notice) as alert if deed.until is not None and deed.post != NO_POST:
                by_us = await self._ledger.ask(past.taken_by_us, *self._named(deed))
                return replace(deed, action=replace(alert, notice=as_it_is(notice, by_us=by_us)))
            case _:
                return deed

    async def _stands(self, deed: Deed) -> frozenset[str]:
        """Say what stands by decisions about the post of a deed."""
        return await self._ledger.read(cases.decided_since, deed)

    def _named(self, deed: Deed) -> tuple[bytes, bytes]:
        """Hash which post a deed is about, and that it was deleted."""
        about = self._recorder.about(deed.platform, deed.post)
        return about, self._recorder.deletion(deed.platform, deed.post)

    async def _as_decided(self, deed: Deed, notice: Notice) -> Notice:
        """Let a note about a silence not say that nobody has decided, nor that an office is asked, where somebody has.

        What does not fit is taken away all the same, but of a silence about what is decided no office hears.
        """
        if deed.until is None or deed.ordered or not await self._stands(deed):
            return notice
        return decided(notice)

    async def _as_it_ended(self, deed: Deed, notice: Notice, *, is_left: bool) -> Notice:
        """Where the removal that a note tells of was refused, let the note ask its author to delete it.

        An earlier round may have asked for that removal, so it is looked up by the post.
        """
        asking, (about, _) = still_there(notice), self._named(deed)
        if asking == notice:
            return notice
        refused = await self._ledger.ask(past.is_still_there, about)
        return asking if refused else await self._with_last_words(deed, notice, is_left=is_left)

    async def _with_last_words(self, deed: Deed, notice: Notice, *, is_left: bool) -> Notice:
        """Give back what was taken away: its author may have changed it after the version that the note is about."""
        may_have_changed = is_left or self._standing.was_edited(deed.platform, deed.post)
        if not notice.returned or not may_have_changed:
            return notice
        (about, _), until = self._named(deed), self._now() + A_DAY
        newest = await self._ledger.read(past.newest, about, until)
        words = () if newest is None else msgspec.convert(newest["words"], tuple[Words, ...])
        return replace(notice, returned=text_of(words) or notice.returned)

    async def _as_deleted(self, deed: Deed, notice: Notice) -> Notice:
        """Let a note not ask its author to delete what is gone: that may be heard before the note goes, or the post."""
        otherwise = gone_already(notice)
        if otherwise == notice:
            return notice
        _, gone = self._named(deed)
        return otherwise if await self._ledger.ask(past.written, gone) else notice

    async def _as_given_back(self, deed: Deed, notice: Notice) -> Notice:
        """Let a note about a decision not say that a post is given back where that failed."""
        otherwise = not_given_back(notice)
        if otherwise == notice:
            return notice
        failed = await self._ledger.ask(past.is_not_given_back, deed.cause)
        return otherwise if failed else notice

    async def _as_closed(self, deed: Deed, notice: Notice) -> Notice:
        """Let a note not say that a place is closed where that failed."""
        otherwise = not_closed(notice)
        if otherwise == notice:
            return notice
        return otherwise if await self._ledger.ask(past.is_not_closed, deed.cause) else notice
