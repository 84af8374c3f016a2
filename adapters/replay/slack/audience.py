"""Who could read a place at a time, as far as an export tells.

The lists of an export say who belongs to a place on the day of the export. Joins and leaves lead from there to any
earlier time: whoever joined first was not in before, whoever left first was. Where records are missing:

- Who posts in a place can read it, so counts from then on.
- Who is gone on the day of the export without having left was a reader until the last sign of them in that place. From
  then on nobody can say, nor before the first sign of them, unless that is a join: perhaps they were.
- So it is with whoever is deactivated on the day of the export, since it does not say when that was: a student who has
  since graduated must not turn a talk of three into one of two, or of two into one between nobody.
- Who joins and was in, or who has left and then leaves, writes or is listed, came or went once without a record. From
  the sign of them before that on, perhaps they were a reader.
- A place whose members the export does not list, or lists as nobody, has unknown readers.
- Bots never count.

A join that the export does not hold (a shorter period, a plan that keeps ninety days) cannot be seen.
"""

from collections import deque
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

import msgspec

from adapters.mending import sound
from adapters.replay.slack.records import moment_of
from bot.message import PlaceId, Where, Words
from bot.people import AccountId
from bot.platform import UNKNOWN_READERS, Readers

JOINS = frozenset({"channel_join", "group_join", "mpim_join"})
LEAVES = frozenset({"channel_leave", "group_leave", "mpim_leave"})
TOPICS = frozenset(f"{kind}_{what}" for kind in ("channel", "group", "mpim") for what in ("topic", "purpose"))
NAMES = frozenset({"channel_name", "group_name", "mpim_name"})
SIGNS = frozenset({"", "me_message", "file_share", "thread_broadcast", "pinned_item"}) | TOPICS | NAMES
"""What nobody can do in a place without reading it. A comment on a file can be made from elsewhere."""


@dataclass(frozen=True, slots=True)
class Accounts:
    """What `users.json` says of accounts. Whoever it does not list (Slack Connect) is taken for a human."""

    bots: frozenset[AccountId] = frozenset()
    deactivated: frozenset[AccountId] = frozenset()

    def human(self, account: AccountId) -> bool:
        """Say whether an account is a person's."""
        return account not in self.bots and account != "USLACKBOT" and not account.startswith("B")


@dataclass(frozen=True, slots=True)
class Place:
    """A channel or conversation as the lists have it. `members` is None where they do not say."""

    id: PlaceId
    members: frozenset[AccountId] | None = None
    shown: tuple[Words, ...] = field(default=(), repr=False)
    """Its name, topic and purpose as the export writes them, on the day of the export."""


class Glance(msgspec.Struct):
    """What the first reading looks at in a record."""

    ts: Any = None
    subtype: Any = None
    user: Any = None
    inviter: Any = None
    bot_id: Any = None
    name: Any = None
    topic: Any = None
    purpose: Any = None


@dataclass(slots=True)
class Traces:
    """What a first reading learns of one place, from its records in the order of their time."""

    was_in: dict[AccountId, bool] = field(default_factory=dict)
    """For whoever joined or left: whether they were in before they first did."""
    last: dict[AccountId, float] = field(default_factory=dict)
    """The last time there was a sign of somebody."""
    unjoined: set[AccountId] = field(default_factory=set)
    """Of whom the first sign is no join: they may have been in long before."""
    is_in: dict[AccountId, bool] = field(default_factory=dict)
    """Whether somebody is in by the last sign of them."""
    doubts: list[tuple[float, AccountId]] = field(default_factory=list)
    """From when on nobody can say whether somebody is in, until the next sign of them."""
    told: set[Words] = field(default_factory=set, repr=False)
    """Names, topics and purposes that a record tells, with its own time."""

    def note(self, record: Glance) -> None:
        """Learn from one record."""
        moment, user = moment_of(record.ts), account_of(record.user)
        subtype = record.subtype or ""
        if moment is None or not isinstance(subtype, str):
            return
        if subtype in TOPICS or subtype in NAMES:
            where, key = shown_by(subtype)
            if isinstance(text := getattr(record, key), str):
                self.told.add(Words(where, text))
        if user is None:
            return
        if subtype in JOINS or subtype in LEAVES:
            joins = subtype in JOINS
            self.was_in.setdefault(user, not joins)
            self._sign(user, moment, was_in=not joins, is_in=joins)
            inviter = account_of(record.inviter)
            if inviter is not None:
                self._sign(inviter, moment)
        elif subtype in SIGNS and not record.bot_id:
            self._sign(user, moment)

    def _sign(self, who: AccountId, moment: float, *, was_in: bool = True, is_in: bool = True) -> None:
        """Learn whether somebody was in up to a moment, and is from then on."""
        known = self.is_in.get(who)
        if known is None and was_in:
            self.unjoined.add(who)
        if known is (not was_in) and self.last[who] < moment:
            self.doubts.append((self.last[who], who))
        self.last[who] = max(moment, self.last.get(who, 0.0))
        self.is_in[who] = is_in


class Membership:
    """One place, replayed forward in time. Calls come in the order of what they tell."""

    def __init__(self, place: Place, traces: Traces, accounts: Accounts) -> None:
        """Go back to the beginning of the place's records."""
        self._place = place
        self._accounts = accounts
        listed = {each for each in place.members or () if accounts.human(each)}
        self._doubts = deque(sorted(_doubts(listed - accounts.deactivated, listed, traces)))
        self._present = listed - traces.was_in.keys()
        self._present |= {who for who, was_in in traces.was_in.items() if was_in and accounts.human(who)}
        self._perhaps = {who for who in traces.unjoined - self._present if accounts.human(who)}
        self._changed = 0.0
        self._readers: Readers | None = None

    def join(self, who: AccountId, moment: float) -> None:
        """Somebody can read the place from now on: they joined, or they wrote in it."""
        self._begin_to_doubt(moment)
        if self._accounts.human(who) and who not in self._present:
            self._present.add(who)
            self._perhaps.discard(who)
            self._change(moment)

    def leave(self, who: AccountId, moment: float) -> None:
        """Somebody can no longer read the place."""
        self._begin_to_doubt(moment)
        if who in self._present or who in self._perhaps:
            self._present.discard(who)
            self._perhaps.discard(who)
            self._change(moment)

    def readers(self, moment: float) -> Readers:
        """Say who can read the place now."""
        self._begin_to_doubt(moment)
        if self._readers is None:
            self._readers = self._count()
        return self._readers

    def earlier_readers(self, earlier: float, now: float) -> Readers:
        """Say who could read the place at an earlier moment: as now if nothing changed since, else unknown."""
        readers = self.readers(now)
        return readers if earlier >= self._changed else UNKNOWN_READERS

    def _begin_to_doubt(self, moment: float) -> None:
        """Let those be perhaps there of whom the last sign before now is too old to say."""
        while self._doubts and self._doubts[0][0] < moment:
            last, who = self._doubts.popleft()
            if self._accounts.human(who):
                self._present.discard(who)
                self._perhaps.add(who)
                self._change(last)

    def _change(self, moment: float) -> None:
        self._changed = max(moment, self._changed)
        self._readers = None

    def _count(self) -> Readers:
        if not self._place.members:
            return UNKNOWN_READERS
        present = frozenset(self._present)
        return Readers(present, present, perhaps=frozenset(self._perhaps))


def _doubts(
    surely: Collection[AccountId], listed: Iterable[AccountId], traces: Traces
) -> Iterator[tuple[float, AccountId]]:
    """Say from when on nobody knows of whom: between records that do not fit, and where the lists do not fit them."""
    yield from traces.doubts
    for who, last in (dict.fromkeys(listed, 0.0) | traces.last).items():
        if traces.is_in.get(who, True) != (who in surely):
            yield last, who


def shown_by(subtype: str) -> tuple[Where, str]:
    """Say where the words of a record of `TOPICS` or `NAMES` stand, and under which key the record has them."""
    return Where.CHANNEL_NAME if subtype in NAMES else Where.TOPIC, subtype.partition("_")[2]


def account_of(value: object) -> AccountId | None:
    """Read an account's id; None for what is none."""
    return AccountId(sound(value).replace("\0", "\ufffd")) if isinstance(value, str) and value.strip() else None


def accounts_of(values: Iterable[object]) -> frozenset[AccountId]:
    """Read the ids in a list, leaving out what is none."""
    found = (account_of(each) for each in values)
    return frozenset(each for each in found if each is not None)
