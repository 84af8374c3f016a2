"""The numbered copies: who receives each, whether its note was accepted, what it says, and who has looked."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from itertools import accumulate
from typing import Final

from sqlalchemy import Connection, func, select

from bot.actions import Copy
from bot.copying import may_open
from bot.lists import Day
from bot.message import PostId
from bot.people import Offices, PersonId
from bot.platform import Outcome
from bot.rule import Measure
from bot.store.excerpt import Excerpt, View
from bot.store.record import Recorder
from bot.store.sealed import decode, open_action, open_words
from bot.store.tables import COPY, DEED, ENTRY, EXCERPT
from bot.store.vault import MasterKey

ACCEPTED: Final = (Outcome.DONE, Outcome.REHEARSED)
"""How a copy's note ends that lets go what was held until it."""
JUDGED: Final = ("judged", "ordered")
"""What tells how a message, or what somebody had us send, was judged."""

_ORDERED: Final = ENTRY.c.kind == "ordered"
_OWES_COPY: Final = func.instr(ENTRY.c.body, b'"%s"' % Measure.COPY.encode()) > 0
"""Nobody is named as concerned where no copy was owed: everything else stays shut."""


@dataclass(frozen=True, slots=True)
class Receiver:
    """Somebody to whom a copy was addressed, by the office it goes to."""

    copy: Copy
    outcome: str
    """How its note ended; empty while it is still tried."""

    @property
    def reached(self) -> bool:
        """Say whether the note was accepted, or none was needed."""
        return self.copy.read_in_place or self.outcome in ACCEPTED


@dataclass(frozen=True, slots=True)
class Kept:
    """A copy, without its words."""

    number: int
    entry: int
    at: datetime
    receivers: tuple[Receiver, ...]
    listed: bool = False
    """Whether it is marked for the weekly look: it was sent as a private matter and reads like none."""
    concerned: frozenset[PersonId] = frozenset()
    """Whom it concerns, be it that somebody said so only after they were copied."""

    @property
    def name(self) -> str:
        """Give its number as it stands on paper."""
        return f"CP-{self.number:04}"

    def goes_to(self, person: PersonId, day: date, offices: Offices) -> bool:
        """Say whether somebody receives it on a day: nobody else opens it, least of all whom it concerns."""
        return may_open(person, [each.copy for each in self.receivers], self.concerned, day, offices)


@dataclass(frozen=True, slots=True)
class Opened:
    """A copy with what it says, and who has looked at it so far."""

    copy: Kept
    words: Excerpt | None = field(repr=False)
    """None when it was forgotten, in order."""
    looks: tuple[tuple[datetime, View], ...] = field(repr=False)


def kept(connection: Connection, master: MasterKey, number: int | None = None) -> Iterator[Kept]:
    """Read the copies in the order of their numbers; one of them, if a number is given."""
    wanted = select(COPY.c.number, COPY.c.seq, ENTRY.c.body).join(ENTRY, ENTRY.c.seq == COPY.c.seq)
    if number is not None:
        wanted = wanted.where(COPY.c.number == number)
    found = [(row, decode(row.body)) for row in connection.execute(wanted.order_by(COPY.c.number)).all()]
    about = None if number is None else [bytes.fromhex(facts["about"]) for _, facts in found]
    listed, concerned = _listed(connection), _by_post(master, _concerned(connection, master, about))
    for row, facts in found:
        at, addressed = datetime.fromisoformat(facts["at"]), tuple(receivers(connection, master, row.seq))
        about_whom = frozenset(concerned[facts["about"]])
        yield Kept(row.number, row.seq, at, addressed, facts["about"] in listed, about_whom)


def received(
    connection: Connection, master: MasterKey, person: PersonId, today: Day, number: int | None = None
) -> list[Kept]:
    """Read the copies that somebody receives by the offices of today: all, or the one of a number."""
    found = kept(connection, master, number)
    return [each for each in found if each.goes_to(person, today.day, today.offices)]


def concerned(connection: Connection, master: MasterKey, about: bytes) -> frozenset[PersonId]:
    """Name whom a post that was copied concerns, be it that somebody said so only after it was."""
    return frozenset(_by_post(master, _concerned(connection, master, [about])).get(about.hex(), ()))


def is_copied(connection: Connection, about: bytes) -> bool:
    """Say whether anybody gets, or got, a copy of a post."""
    return connection.scalar(select(DEED.c.id).where(DEED.c.about == about, DEED.c.kind == Copy.kind)) is not None


def of_its_matter(connection: Connection, master: MasterKey, about: bytes) -> list[PostId]:
    """Name what was copied of the private matter of a post, itself too, oldest copy first; nothing if it has none.

    What belongs to one matter is forgotten with one key.
    """
    caused = select(DEED.c.cause).where(DEED.c.about == about, DEED.c.kind == Copy.kind)
    keys = select(EXCERPT.c.data_key).where(EXCERPT.c.seq.in_(caused))
    wanted = select(EXCERPT).join(COPY, COPY.c.seq == EXCERPT.c.seq).where(EXCERPT.c.data_key.in_(keys))
    rows = connection.execute(wanted.order_by(COPY.c.number)).all()
    opened_ = (open_words(connection, master, row, Excerpt) for row in rows)
    return [*dict.fromkeys(PostId(each.id[1]) for each in opened_ if each is not None and each.matter)]


def _listed(connection: Connection) -> frozenset[str]:
    """Name what is marked for the weekly look, be it by a later round. It reads every entry, for a person's list."""
    marked = func.instr(ENTRY.c.body, b'"measures":["%s"]' % Measure.LIST.encode()) > 0
    return frozenset(decode(body)["about"] for body in connection.scalars(select(ENTRY.c.body).where(marked)))


def _concerned(connection: Connection, master: MasterKey, about: Sequence[bytes] | None) -> Iterator[Excerpt]:
    """Open what may name whom a copy concerns: each order, and each version of what was copied.

    `about` are the posts that are asked about; None: all of them, which reads every entry, for a person's list.
    """
    posts = select(DEED.c.about).where(DEED.c.kind == Copy.kind) if about is None else about
    versions = ENTRY.c.seq.in_(select(DEED.c.cause).where(DEED.c.about.in_(posts))) & ENTRY.c.kind.in_(JUDGED)
    asked = versions if about is not None and not _is_answered(connection, about) else versions | _ORDERED
    wanted = select(EXCERPT).join(ENTRY, ENTRY.c.seq == EXCERPT.c.seq).where(asked, _OWES_COPY)
    for row in connection.execute(wanted).all():
        words = open_words(connection, master, row, Excerpt)
        if words is not None and words.concerned:
            yield words


def _is_answered(connection: Connection, about: Sequence[bytes]) -> bool:
    """Say whether somebody answered about a post: what they ordered then is another post, named after it."""
    answers = connection.scalars(select(ENTRY.c.body).where(ENTRY.c.kind == "answered"))
    return any(bytes.fromhex(decode(body)["about"]) in about for body in answers)


def _by_post(master: MasterKey, opened_: Iterable[Excerpt]) -> Mapping[str, set[PersonId]]:
    """Name by post whom it concerns: by any version of it, and whatever was ordered when somebody answered about it.

    Such an order is named after what was answered.
    """
    found: defaultdict[str, set[PersonId]] = defaultdict(set)
    recorder = Recorder(master)
    for each in opened_:
        platform, post, _ = each.id
        for named_after in accumulate(post.split(":"), "{}:{}".format):
            found[recorder.about(platform, named_after).hex()].update(map(PersonId, each.concerned))
    return found


def receivers(connection: Connection, master: MasterKey, entry: int) -> Iterator[Receiver]:
    """Read to whom the copy that an entry keeps is addressed.

    Whose note was stopped, because it is copied elsewhere or somebody else holds the office now, is not among them.
    """
    deeds = select(DEED).where(DEED.c.cause == entry, DEED.c.kind == Copy.kind, DEED.c.outcome != Outcome.MOOT)
    for row in connection.execute(deeds.order_by(DEED.c.seq)).all():
        match open_action(connection, master, row):
            case Copy() as copy, _:
                yield Receiver(copy, row.outcome)


def opened(connection: Connection, master: MasterKey, copy: Kept) -> Opened:
    """Open what a copy says. That somebody looks is to be written first."""
    row = connection.execute(select(EXCERPT).where(EXCERPT.c.seq == copy.entry)).one()
    return Opened(copy, open_words(connection, master, row, Excerpt), tuple(_looks(connection, master, copy.name)))


def _looks(connection: Connection, master: MasterKey, name: str) -> Iterator[tuple[datetime, View]]:
    """Find who looked at it: looks are few beside messages."""
    looks = select(ENTRY.c.body, EXCERPT).join(EXCERPT, EXCERPT.c.seq == ENTRY.c.seq)
    for row in connection.execute(looks.where(ENTRY.c.kind == "viewed").order_by(ENTRY.c.seq)).all():
        told = decode(row.body)
        look = open_words(connection, master, row, View) if told["what"] == name else None
        if look is not None:
            yield datetime.fromisoformat(told["at"]), look
