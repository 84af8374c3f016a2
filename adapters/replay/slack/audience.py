"""Who could read a place at a time, as far as an export tells.

The lists of an export say who belongs to a place on the day of the export. Joins and leaves lead from there to any
earlier time: whoever joined first was not in before, whoever left first was. Where records are missing:

- Who posts in a place can read it, so counts from then on.
- Who is gone on the day of the export without having left was a reader until the last sign of them in that place. From
  then on nobody can say, nor before the first sign of them, unless that is a join: perhaps they were.
- So it is with whoever is deactivated on the day of the export, since it does not say when that was: a student who has
  since graduated must not turn a talk of three into one of two, or of two into one between nobody.
- A place whose members the export does not list, or lists as nobody, has unknown readers.
- Bots never count.

A join that the export does not hold (a shorter period, a plan that keeps ninety days) cannot be seen.
"""

from collections import deque
from collections.abc import Iterable
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
    """What a first reading learns of one place."""

    was_in: dict[AccountId, bool] = field(default_factory=dict)
    """For whoever joined or left: whether they were in before they first did."""
    last: dict[AccountId, float] = field(default_factory=dict)
    """The last time there was a sign of somebody."""
    unjoined: set[AccountId] = field(default_factory=set)
    """Of whom the first sign is no join: they may have been in long before."""
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
            self.was_in.setdefault(user, subtype in LEAVES)
            inviter = account_of(record.inviter)
            if inviter is not None:
                self._sign(inviter, moment)
        if subtype in JOINS or subtype in LEAVES or (subtype in SIGNS and not record.bot_id):
            self._sign(user, moment, joins=subtype in JOINS)

    def _sign(self, who: AccountId, moment: float, *, joins: bool = False) -> None:
        if not joins and who not in self.last:
            self.unjoined.add(who)
        self.last[who] = max(moment, self.last.get(who, 0.0))


class Membership:
    """One place, replayed forward in time. Calls come in the order of what they tell."""

    def __init__(self, place: Place, traces: Traces, accounts: Accounts) -> None:
        """Go back to the beginning of the place's records."""
        self._place = place
        self._accounts = accounts
        listed = {each for each in place.members or () if accounts.human(each)}
        last = dict.fromkeys(listed, 0.0) | traces.last
        silently = ((moment, who) for who, moment in last.items() if who not in listed - accounts.deactivated)
        self._gone = deque(sorted(silently))
        self._present = listed - traces.was_in.keys()
        self._present |= {who for who, was_in in traces.was_in.items() if was_in and accounts.human(who)}
        self._perhaps = {who for who in traces.unjoined - self._present if accounts.human(who)}
        self._changed = 0.0
        self._readers: Readers | None = None

    def join(self, who: AccountId, moment: float) -> None:
        """Somebody can read the place from now on: they joined, or they wrote in it."""
        if self._accounts.human(who) and who not in self._present:
            self._present.add(who)
            self._perhaps.discard(who)
            self._change(moment)

    def leave(self, who: AccountId, moment: float) -> None:
        """Somebody can no longer read the place."""
        if who in self._present:
            self._present.discard(who)
            self._change(moment)

    def readers(self, moment: float) -> Readers:
        """Say who can read the place now."""
        while self._gone and self._gone[0][0] < moment:
            last, who = self._gone.popleft()
            if who in self._present:
                self.leave(who, last)
                self._perhaps.add(who)
        if self._readers is None:
            self._readers = self._count()
        return self._readers

    def earlier_readers(self, earlier: float, now: float) -> Readers:
        """Say who could read the place at an earlier moment: as now if nothing changed since, else unknown."""
        readers = self.readers(now)
        return readers if earlier >= self._changed else UNKNOWN_READERS

    def _change(self, moment: float) -> None:
        self._changed = max(moment, self._changed)
        self._readers = None

    def _count(self) -> Readers:
        if not self._place.members:
            return UNKNOWN_READERS
        present = frozenset(self._present)
        return Readers(present, present, perhaps=frozenset(self._perhaps))


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
