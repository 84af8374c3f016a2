"""Says what is to be written about what was heard: recognise, read, judge, plan. Nothing here waits."""

from collections.abc import Callable, Container, Iterable, Mapping, Sequence
from contextlib import suppress
from datetime import datetime
from types import MappingProxyType
from typing import Final

import msgspec
import structlog

from bot.actions import Action, Actions, Alert, Ask, Deed, DeedId, Lift, ReadLater, Restrict, Show, Tell, Waiting
from bot.compose import broken, compose, is_for_one_in_need, owed_copies, read_by_an_office
from bot.copying import concerned_in, relieved
from bot.judge import Exemption, Found, Rulebook, Verdict, found_in, judge, outdated, unhurried
from bot.message import Message, PrivacyMatter
from bot.people import AccountId
from bot.plan import plan
from bot.platform import (
    Appeal,
    Decision,
    Deletion,
    Heard,
    Order,
    OrderKind,
    Outcome,
    Post,
    ProfileSeen,
    Report,
    SpaceSeen,
    Tick,
)
from bot.readings.reader import Reader
from bot.readings.setting import closeness
from bot.readings.signs import Slow
from bot.roster import Roster
from bot.rule import Finding, Measure, Subject
from bot.space import Space
from bot.standing import Standing
from bot.store.draft import Draft
from bot.store.record import Recorder
from bot.store.sealed import encode

Unanswered = Post | SpaceSeen | ProfileSeen | Deletion | Report | Appeal | Decision | Order | Tick
"""What can be decided without reading what is kept."""

Read = Mapping[int, Message]
"""What was read beforehand, by the identity of the post."""

NO_MATTERS: Final[Mapping[int, PrivacyMatter]] = MappingProxyType({})

SOMEBODY: Final = AccountId("somebody who was named before")
"""Stands in a doubted picture for whoever was named and may not be shown: an account that nobody has."""

LOG = structlog.get_logger("chaperone.clerk")


class Clerk:
    """Turns what was heard into drafts. It remembers nothing itself: what stands is in `standing`."""

    def __init__(
        self,
        roster: Roster,
        reader: Reader,
        rules: Rulebook,
        exemptions: Iterable[Exemption],
        standing: Standing,
        recorder: Recorder,
        now: Callable[[], datetime],
        slow: Container[Slow],
    ) -> None:
        """Take who is who, what reads, what judges, what stands, what writes it down, and the platform's clock.

        `slow` names what can be read later here.
        """
        self._roster = roster
        self._reader = reader
        self._rules = rules
        self._exemptions = tuple(exemptions)
        self._standing = standing
        self._recorder = recorder
        self._now = now
        self._slow = slow

    def renew(self, reader: Reader, exemptions: Iterable[Exemption]) -> None:
        """Go on with what was changed beside us: another roster was read, an exception granted or ended."""
        self._reader = reader
        self._exemptions = tuple(exemptions)

    def decide(self, heard: Unanswered, read: Read) -> list[Draft]:
        """Say what is to be written about something heard. A fault of our own ends before a person, not in silence."""
        try:
            match heard:
                case Post() | SpaceSeen() | ProfileSeen():
                    return [self._judged(heard, read)]
                case Deletion():
                    return [self._recorder.deleted(heard)]
                case Report():
                    return [self._recorder.reported(heard)]
                case Order():
                    return [self.order(heard, read)]
                case Tick() | Appeal() | Decision():
                    return []
        except Exception as error:  # noqa: BLE001 (whatever it is, the others go on, and a person looks at this one)
            return self.stumble(heard, error)

    def stumble(self, heard: Heard, error: Exception) -> list[Draft]:
        """Hand what could not be judged to a person, and tell whoever ordered it that nothing was sent."""
        LOG.warning("something heard could not be judged", fault=type(error).__name__)
        tells = [broken(heard)] if isinstance(heard, Order) else []
        return [self._recorder.stumbled(heard, self._now(), tells)]

    def _judged(self, heard: Post | SpaceSeen | ProfileSeen, read: Read) -> Draft:
        """Recognise, read, judge, plan, and remember what stands now. From most messages nothing follows."""
        is_outdated = isinstance(heard, Post) and self._standing.hear_version(heard)
        subject = recognise(heard, read, self._roster, self._reader, self._standing)
        found = self.judge(subject)
        unread = self._unread(found)
        verdict = unhurried(found, unread)
        if is_outdated:
            verdict = outdated(verdict)
        later = read_later(heard, verdict, _first(unread)) if isinstance(heard, Post) else ()
        if isinstance(subject, Message) and not (verdict.standing or verdict.spared):
            self._standing.note(subject, ())
            return self._recorder.judged(verdict, later, lasting=self._standing.lasting(subject))
        return self.follow_from(verdict, heard.platform, later)

    # Recognise and read

    def read_all(self, posts: Iterable[Post], matters: Mapping[int, PrivacyMatter] = NO_MATTERS) -> Read:
        """Recognise and read posts one after the other, before the first of them is judged.

        `matters` are those that posts belong to whatever their places are about by now, by the identity of the post.

        A processor that does one thing a hundred times over has its code at hand: the journey takes a quarter less
        (docs/speed.md).
        """
        recognised: dict[int, Message] = {}
        for post in posts:
            with suppress(Exception):  # who decides on it comes upon the same fault, and hands it to a person
                recognised[id(post)] = self.read(self._roster.recognise(post, matters.get(id(post))))
        return recognised

    def read(self, message: Message) -> Message:
        """Give a message with what lists and patterns make of its words."""
        return self._reader.read(message)

    def recognise(self, post: Post, read: Read) -> Message:
        """Say who wrote and who reads, with what stands about the place and what its author was told."""
        return recognise_post(post, read.get(id(post)), self._roster, self._reader, self._standing)

    def recognise_again(self, post: Post, later: ReadLater) -> Message:
        """Say who and where, as it was when a post was heard. Its words are not read yet."""
        return self._standing.remind(self._roster.recognise(post, later.matter))

    # Judge and plan

    def judge(self, subject: Subject, in_round: int = 0) -> Verdict:
        """Ask every rule, and weigh every exception in force. Who gets a matter's copies owes none of their own."""
        verdict = judge(subject, self._rules, self._exemptions, in_round)
        return relieved(verdict, self._roster.on(subject.day).offices)

    def follow_from(self, verdict: Verdict, platform: str, later: Actions = (), *, opens: bool = True) -> Draft:
        """Plan what follows from a verdict. `opens` says whether it may open a case.

        Of what is found at a place again and again, people hear once: until it is mended, or something else is found.
        """
        subject, day = verdict.subject, self._roster.on(verdict.subject.day)
        restricted = self._standing.restricted(platform) if isinstance(subject, Space) else frozenset()
        actions = plan(verdict, day.offices, restricted, day.names)
        if isinstance(subject, Space) and self._standing.is_late(subject):
            actions = tuple(each for each in actions if not isinstance(each, Restrict | Lift))
        known = self._standing.found_before(verdict)
        if known:
            actions = tuple(each for each in actions if not _was_heard(each, known))
            opens = opens and any(Measure.REVIEW in each.measures for each in verdict.standing if each not in known)
        self._standing.note(subject, actions, verdict)
        # A further round is written when it is made: what stands in its place may have been written anew by then.
        lasting = None if verdict.round else self._standing.lasting(subject)
        drafted = self._recorder.judged(verdict, actions + later, concerned_in(verdict, day.offices), lasting)
        return drafted if opens else msgspec.structs.replace(drafted, case=None)

    def take_back(self, draft: Draft) -> None:
        """Forget what was planned for something that had been written before: nothing of it will be done."""
        for planned in draft.deeds:
            self._standing.ended(Deed(DeedId(""), planned.platform, planned.action), Outcome.NOT_DONE)

    def _unread(self, verdict: Verdict) -> list[Slow]:
        """Name all that is to be read later: the meaning, and what is beside it."""
        beside = self.beside_the_meaning(verdict)
        is_unread = Slow.MEANING in verdict.subject.readings.unread and Slow.MEANING in self._slow
        return [Slow.MEANING, *beside] if is_unread else beside

    def beside_the_meaning(self, verdict: Verdict) -> list[Slow]:
        """Name what is to be read later, whatever the words mean. Of most messages there is nothing more to read."""
        message, is_found = verdict.subject, verdict.standing or verdict.excused
        if not isinstance(message, Message) or not (is_found or message.readings.signs or message.attached):
            return []
        found = (*verdict.standing, *(each.finding for each in verdict.excused))
        wanted = {
            Slow.LANDING: any(each.awaits is Slow.LANDING for each in found),
            Slow.PICTURE: any(each.medium.may_be_picture for each in message.attached),
            Slow.PAIR: bool(closeness(message)),
        }
        return [each for each, is_there in wanted.items() if is_there and each in self._slow]

    # What somebody asks us to send

    def order(self, order: Order, read: Read, once: bytes | None = None) -> Draft:
        """Judge what somebody asks us to send as the message it would become, and say what follows.

        `once` is a key for what is sent once only; what is not sent may be asked for again, and opens no matter.
        """
        message, verdict = self.judge_order(order, read)
        day = self._roster.on(message.day)
        suspended = (order.platform, order.post.author) in self._standing.suspended
        if suspended and is_for_one_in_need(order):
            verdict = read_by_an_office(verdict)
        actions = compose(order, message, verdict, day, suspended=suspended)
        sent = any(isinstance(each, Waiting | Show) for each in actions)
        if sent:
            self._standing.note(message, ())
            self._standing.concern(message)
        later = read_later(order.post, verdict, self.beside_the_meaning(verdict) if sent else [])
        is_held = any(isinstance(each, Ask) for each in actions)  # a picture may be posted yet
        unseen = not (sent or is_held or order.stands)
        return self.ordered(order, verdict, actions + later, once if sent else None, unseen=unseen)

    def ordered(
        self, order: Order, verdict: Verdict, actions: Actions, once: bytes | None = None, *, unseen: bool = False
    ) -> Draft:
        """Say what is written about an order that was judged; `unseen` says that it was given back."""
        message, day = verdict.subject, self._roster.on(verdict.subject.day)
        reached = owed_copies(order, message, verdict, day) if isinstance(message, Message) else ()
        concerned, lasting = concerned_in(verdict, day.offices), self._standing.lasting(message)
        return self._recorder.ordered(order, verdict, actions, reached, concerned, once, lasting, unseen=unseen)

    def judge_order(self, order: Order, read: Read) -> tuple[Message, Verdict]:
        """Judge an order as the message it would become."""
        message = self.recognise(order.post, read)
        if order.kind is OrderKind.PHOTO:  # whoever orders a picture is asked by the order itself
            message = self.picturing(message, (*(order.pictured or ()), *([SOMEBODY] if order.doubted else ())))
        return message, self.judge(message)

    def picturing(self, message: Message, accounts: Iterable[AccountId]) -> Message:
        """Add who is in the pictures of a message."""
        pictured = self._roster.pictured(message.id.platform, accounts, message.day)
        return msgspec.structs.replace(message, pictured=pictured)

    def copied(self, order: Order) -> tuple[str, ...]:
        """Name who would receive a copy of an order, by office and name: whoever writes has to know it before."""
        message, verdict = self.judge_order(order, {})
        day = self._roster.on(message.day)
        return tuple(day.title(each.to, each.office) for each in owed_copies(order, message, verdict, day))


def recognise(
    heard: Post | SpaceSeen | ProfileSeen, read: Read, roster: Roster, reader: Reader, standing: Standing
) -> Subject:
    """Say who and where as it stands by now, and read the words."""
    match heard:
        case Post():
            return recognise_post(heard, read.get(id(heard)), roster, reader, standing)
        case SpaceSeen():
            return reader.read(roster.recognise_space(heard, was_overseen=standing.was_overseen(heard)))
        case ProfileSeen():
            return reader.read(roster.recognise_profile(heard))


def recognise_post(post: Post, known: Message | None, roster: Roster, reader: Reader, standing: Standing) -> Message:
    """Say who wrote and who reads, with what stands about the place and what its author was told.

    `known` is what was made of the post beforehand: its readings hold, even where its place is about a matter by now.
    """
    inherited = standing.inherited(post)
    message = known if known is not None and inherited is None else roster.recognise(post, inherited)
    if known is None:
        message = reader.read(message)
    elif message is not known:
        message = msgspec.structs.replace(message, readings=known.readings)
    return standing.remind(message)


def _was_heard(action: Action | Waiting, known: Sequence[Finding]) -> bool:
    """Say whether an action says what people have heard of the same place before."""
    match action:
        case Tell():
            return action.clause in {str(each.clause) for each in known}
        case Alert():
            return action.rule in {each.rule for each in known}
        case _:
            return False


def _first(unread: Sequence[Slow]) -> Sequence[Slow]:
    """Pick what is read next: the meaning alone, and what is beside it once that is known."""
    return [Slow.MEANING] if Slow.MEANING in unread else unread


def read_later(post: Post, verdict: Verdict, whats: Sequence[Slow], found: Found = ()) -> tuple[ReadLater, ...]:
    """Write down what is to be read later about a post, with everything needed to judge it again.

    `found` is what rounds before this verdict's have found.
    """
    if not whats or not isinstance(verdict.subject, Message):
        return ()
    told, matter, so_far = encode(post), verdict.subject.matter, found + found_in(verdict)
    return tuple(ReadLater("", each, told, matter, so_far) for each in whats)
