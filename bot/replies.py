"""What follows when somebody answers a notice: what waited is settled, and perhaps something is sent."""

from dataclasses import replace
from itertools import count

import msgspec

from bot.actions import Copy
from bot.answers import (
    Earlier,
    as_it_stands,
    copied_elsewhere,
    is_about_sending,
    reorder,
    says_who_is_shown,
    sent_before,
    settles,
    take_away,
    unfulfilled,
    we_heard,
)
from bot.clerk import Clerk, Read
from bot.compose import may_be_shown
from bot.desk import A_DAY
from bot.errors import ConfigurationError
from bot.judge import added_to, found_in
from bot.lists import Day
from bot.platform import Answer, Order, OrderKind
from bot.roster import Roster
from bot.rounds import ANSWERED
from bot.rule import Choice
from bot.standing import Standing
from bot.store import copies, past
from bot.store.draft import Draft
from bot.store.ledger import Ledger
from bot.store.record import Recorder
from bot.study import Study, studied


class Replies:
    """Reads what is kept of the post or order that is answered, and says what is to be written."""

    def __init__(
        self,
        clerk: Clerk,
        study: Study | None,
        roster: Roster,
        standing: Standing,
        ledger: Ledger,
        recorder: Recorder,
    ) -> None:
        """Take who judges, what asks the models, and what is kept."""
        self._clerk = clerk
        self._study = study
        self._roster = roster
        self._standing = standing
        self._ledger = ledger
        self._recorder = recorder

    async def decide(self, answer: Answer) -> list[Draft]:
        """Say what follows from an answer to a notice. A fault of our own ends before a person, as for a post."""
        try:
            return await self._follow_up(answer)
        except ConfigurationError:
            raise
        except Exception as error:  # noqa: BLE001 (what somebody answered must end before a person, not in silence)
            return self._clerk.stumble(answer, error)

    async def _follow_up(self, answer: Answer) -> list[Draft]:
        """Settle what waited for an answer, and perhaps send something."""
        day = self._roster.on(self._roster.day_of(answer.at))
        earlier = await self._earlier(answer)
        if earlier is not None and says_who_is_shown(answer, earlier, day):
            return self._say_who_is_shown(answer, earlier, day)
        order = None if earlier is None else reorder(answer, earlier, day, self._standing.team_places(answer.platform))
        if earlier is None or order is None:
            return [await self._send_nothing(answer, earlier, day)]
        if answer.choice is Choice.CONCERNS_COPIED:
            return await self._concerns_copied(answer, earlier, order, day)
        if order.kind is OrderKind.PHOTO:
            return await self._post_picture(answer, earlier, order, day)
        return await self._send_on(answer, earlier, order)

    async def _send_nothing(self, answer: Answer, earlier: Earlier | None, day: Day) -> Draft:
        """Delete a post, or say why an answer could not be followed: perhaps its text was sent on before."""
        if earlier is not None and is_about_sending(answer, earlier, day) and await self._unsent(answer) is None:
            return self._recorder.answered(answer, sent_before(answer, earlier))
        settled = earlier is not None and settles(answer, earlier, day)
        follows = unfulfilled(answer, earlier, day, self._standing.team_places(answer.platform))
        return self._recorder.answered(answer, follows, settled=settled)

    async def _post_picture(self, answer: Answer, earlier: Earlier, order: Order, day: Day) -> list[Draft]:
        """Post a picture, now that it is said who is in it. Once somebody was named without a yes, a person looks.

        An answer that is told again is no other answer, so nothing follows from it.
        """
        if await self._is_written(self._recorder.answer(answer)):
            return []
        refused, is_fine = self._recorder.refused_picture(answer), may_be_shown(order, day)
        was_refused = await self._is_written(refused)
        answered, *ordered = await self._send_on(answer, earlier, replace(order, doubted=is_fine and was_refused))
        if is_fine or was_refused:
            return [answered, *ordered]
        return [answered, *(msgspec.structs.replace(each, key=refused) for each in ordered)]

    async def _send_on(self, answer: Answer, earlier: Earlier, order: Order) -> list[Draft]:
        """Send a post as its notice offered, once, and take away what stands where it does not fit."""
        once = await self._unsent(answer)
        if once is None:
            return [self._recorder.answered(answer, sent_before(answer, earlier))]
        ordered = self._clerk.order(order, await self._read(order), once)
        sent = ordered.key == once
        away = take_away(answer, earlier) if sent and earlier.stands and not earlier.left_to_author else ()
        return [self._recorder.answered(answer, away, settled=sent), ordered]

    async def _unsent(self, answer: Answer) -> bytes | None:
        """Give the key under which a post may be sent on; None where it was, and could be posted."""
        keys = (self._recorder.sent_on_answer(answer.platform, answer.about, number) for number in count())
        return await self._ledger.ask(past.unsent, keys)

    def _say_who_is_shown(self, answer: Answer, earlier: Earlier, day: Day) -> list[Draft]:
        """Judge a post that stands once more, now that it is known who is in its pictures: what that adds follows."""
        message = self._clerk.recognise(as_it_stands(answer, earlier, day), {})
        without = self._clerk.judge(message)
        knowing = self._clerk.judge(self._clerk.picturing(message, answer.pictured), ANSWERED)
        added, answered = added_to(found_in(without), knowing), self._recorder.answered(answer, settled=True)
        return [answered, self._clerk.follow_from(added, answer.platform)] if added.standing else [answered]

    async def _concerns_copied(self, answer: Answer, earlier: Earlier, order: Order, day: Day) -> list[Draft]:
        """Copy another office from now on, once: what is answered, and what was copied of its matter before."""
        about = self._recorder.about(answer.platform, answer.about)
        if await self._is_elsewhere(answer, earlier):
            is_copied = await self._ledger.ask(copies.is_copied, about)
            is_asked = await self._ledger.ask(past.is_asked_about, about)
            tells = we_heard(answer, earlier, day, is_copied=is_copied, is_asked=is_asked)
            return [self._recorder.answered(answer, tells)]
        drafts = await self._copy_elsewhere(answer, earlier, order, day)
        beside = await self._ledger.read(copies.of_its_matter, about)
        for post in beside:
            if post != answer.about:
                drafts += await self._copy_elsewhere_too(replace(answer, about=post), day)
        return drafts

    async def _copy_elsewhere_too(self, answer: Answer, day: Day) -> list[Draft]:
        """Copy another office about a message beside the one that was answered; nobody is told of it once more."""
        earlier = await self._earlier(answer)
        order = None if earlier is None else reorder(answer, earlier, day, {})
        if earlier is None or order is None or await self._is_elsewhere(answer, earlier):
            return []
        drafts = await self._copy_elsewhere(answer, earlier, order, day)
        return [msgspec.structs.replace(each, deeds=()) if each.kind == "answered" else each for each in drafts]

    async def _is_elsewhere(self, answer: Answer, earlier: Earlier) -> bool:
        """Say whether it was said before that a message concerns somebody copied: by its order or in an answer."""
        return bool(earlier.concerned) or await self._is_written(self._recorder.copied_elsewhere(answer))

    async def _is_written(self, key: bytes) -> bool:
        return await self._ledger.ask(past.written, key)

    async def _copy_elsewhere(self, answer: Answer, earlier: Earlier, order: Order, day: Day) -> list[Draft]:
        """Copy another office about one message, and stop every note of it that is still tried.

        While a message is held, a note may be accepted in this very moment, so that it is being posted when this is
        written: what follows then is said too, and the ledger writes whichever holds.
        """
        once = self._recorder.copied_elsewhere(answer)
        about = self._recorder.about(answer.platform, answer.about)
        message, verdict = self._clerk.judge_order(order, await self._read(order))
        held = await self._ledger.ask(past.held, about)
        is_asked = await self._ledger.ask(past.is_asked_about, about)
        self._standing.note(message, ())
        self._standing.concern(message)
        drafts = []
        for is_held in [False] if held is None else [True, False]:
            actions = copied_elsewhere(order, message, verdict, day, is_held=is_held, is_asked=is_asked)
            is_copied = any(isinstance(each, Copy) for each in actions)
            tells = we_heard(answer, earlier, day, is_copied=is_copied, is_asked=is_asked)
            answered = self._recorder.answered(answer, tells, settled=message.emergency, revoked=True)
            ordered = self._clerk.ordered(order, verdict, actions, once if is_copied else None)
            if_begun = None if held is None else (held, not is_held)
            both = answered, self._recorder.awaiting(answer, ordered)
            drafts += [msgspec.structs.replace(each, if_begun=if_begun) for each in both]
        return drafts

    async def _earlier(self, answer: Answer) -> Earlier | None:
        """Read what is kept of the post or order that is answered; nothing when it is forgotten already."""
        about = self._recorder.about(answer.platform, answer.about)
        newest = await self._ledger.read(past.newest, about, answer.at + A_DAY)
        if newest is None:
            return None
        gone = self._recorder.deletion(answer.platform, answer.about)
        stands = await self._ledger.ask(past.stands, about, gone)
        earlier = msgspec.convert(newest, Earlier)
        team, _ = self._standing.places.get((answer.platform, earlier.place), (None, ()))
        return replace(earlier, stands=stands, team=team)

    async def _read(self, order: Order) -> Read:
        """Read the words of an order, by models too, however long it takes."""
        return await studied(self._clerk.read_all([order.post]), self._study)
