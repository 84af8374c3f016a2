"""What the journey asks of the record: what was written before, what became of a post, and what its versions said."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Any, Final

from sqlalchemy import ColumnElement, Connection, Select, delete, func, select

from bot.actions import Alert, Close, DeedId, Remove, Restore, Show
from bot.platform import OrderKind, Outcome
from bot.standing import NOT_IN_FORCE, NOT_SHOWN
from bot.store.draft import COPIED
from bot.store.memory import WAITS
from bot.store.sealed import decode, open_words
from bot.store.tables import DEED, ENTRY, EXCERPT, PAIR_SIGNAL
from bot.store.vault import MasterKey, seconds

SIGNALS_KEPT: Final = timedelta(days=14)
"""How long signs between two people are counted."""


def signals(connection: Connection, pair: bytes, day: date) -> int:
    """Count the messages with a sign between two people in the two weeks that end with a day."""
    between = (PAIR_SIGNAL.c.pair == pair) & PAIR_SIGNAL.c.day.between(day - SIGNALS_KEPT, day)
    return connection.scalar(select(func.count(PAIR_SIGNAL.c.about.distinct())).where(between)) or 0


def forget_signals(connection: Connection, today: date) -> None:
    """Forget the signs that have had their time."""
    connection.execute(delete(PAIR_SIGNAL).where(PAIR_SIGNAL.c.day < today - SIGNALS_KEPT))


def held(connection: Connection, about: bytes) -> DeedId | None:
    """Name the deed that posts a message which is still held until a copy is accepted; none once it is being posted."""
    shows = select(DEED.c.id).where(DEED.c.about == about, DEED.c.until == COPIED, DEED.c.kind == Show.kind)
    found = connection.scalar(shows.where(DEED.c.state == "planned").limit(1))
    return None if found is None else DeedId(found)


def is_asked_about(connection: Connection, about: bytes) -> bool:
    """Say whether somebody is still to be asked about the silence of a post's author: not once they have answered."""
    waiting = select(DEED.c.id).where(DEED.c.about == about, DEED.c.kind == Alert.kind, WAITS)
    return connection.scalar(waiting.limit(1)) is not None


def stands(connection: Connection, about: bytes, gone: bytes) -> bool:
    """Say whether a post that was judged is still there: not deleted, nor taken away. `gone` is its deletion's key.

    What was sent on order stands under another name, so an order never does; what a rehearsal took away counts as gone.
    """
    judged = select(ENTRY.c.seq).join(DEED, DEED.c.cause == ENTRY.c.seq)
    judged = judged.where(DEED.c.about == about, ENTRY.c.kind == "judged")
    removed = select(DEED.c.id).where(
        DEED.c.about == about, DEED.c.kind == Remove.kind, DEED.c.outcome.not_in(NOT_IN_FORCE), ~WAITS
    )
    is_gone = written(connection, gone) or connection.scalar(removed.limit(1)) is not None
    return not is_gone and connection.scalar(judged.limit(1)) is not None


def taken_by_us(connection: Connection, about: bytes, gone: bytes) -> bool | None:
    """Say whether we took away a post that is gone; None for one that stands. `gone` is its deletion's key.

    A platform tells of what we take away as a deletion, too. A removal that was tried found nothing to take away.
    """
    removed = select(DEED.c.outcome, DEED.c.tries).where(DEED.c.about == about, DEED.c.kind == Remove.kind)
    ended = [(row.outcome, row.tries > 0) for row in connection.execute(removed)]
    if any(outcome == Outcome.DONE for outcome, _ in ended):
        return True
    return False if (Outcome.MOOT, True) in ended or written(connection, gone) else None


def is_still_there(connection: Connection, about: bytes) -> bool:
    """Say whether we were refused a removal when it was last tried: no note may say that the post is taken away."""
    tried = select(DEED.c.outcome).where(DEED.c.about == about, DEED.c.kind == Remove.kind, DEED.c.tries > 0)
    return connection.scalar(tried.order_by(DEED.c.seq.desc()).limit(1)) == Outcome.REFUSED


def is_not_given_back(connection: Connection, cause: int) -> bool:
    """Say whether what a decision was to give back was refused, or nobody can tell. `cause` is its entry."""
    back = select(DEED.c.outcome).where(DEED.c.cause == cause, DEED.c.kind == Restore.kind)
    return connection.scalar(back) in {Outcome.REFUSED, Outcome.UNKNOWN}


def is_not_closed(connection: Connection, cause: int) -> bool:
    """Say whether a place that was to be closed may be open still. `cause` is the entry that it was to follow from."""
    closing = select(DEED.c.outcome).where(DEED.c.cause == cause, DEED.c.kind == Close.kind)
    return connection.scalar(closing) in {Outcome.REFUSED, Outcome.UNKNOWN}


def was_gone_before(connection: Connection, about: bytes, gone: bytes) -> bool:
    """Say whether a post was gone before we could take it away: before we tried to, or when we first did.

    `gone` is its deletion's key. What is gone at a second try may be gone by the first.
    """
    tried = select(DEED.c.outcome, DEED.c.tries).where(DEED.c.about == about, DEED.c.kind == Remove.kind)
    last = connection.execute(tried.where(DEED.c.tries > 0).order_by(DEED.c.seq.desc()).limit(1)).one_or_none()
    if written(connection, gone):
        return last is None
    return last is not None and (last.outcome, last.tries) == (Outcome.MOOT, 1)


def written(connection: Connection, key: bytes) -> bool:
    """Say whether what may be written once only was written."""
    return connection.scalar(select(ENTRY.c.seq).where(ENTRY.c.key == key)) is not None


def unsent(connection: Connection, keys: Iterable[bytes]) -> bytes | None:
    """Pick the key under which something may be sent once only; None once it was sent.

    What could not be posted, or may not have been, was given back: it may be sent again, under the next key.
    """
    for key in keys:
        if not written(connection, key):
            return key
        shown = select(DEED.c.outcome).join(ENTRY, ENTRY.c.seq == DEED.c.cause)
        if connection.scalar(shown.where(ENTRY.c.key == key, DEED.c.kind == Show.kind)) not in NOT_SHOWN:
            return None
    return None


def which_written(connection: Connection, keys: Sequence[bytes]) -> set[bytes]:
    """Pick from what may be written once only what was written."""
    return {key for key in connection.scalars(select(ENTRY.c.key).where(ENTRY.c.key.in_(keys))) if key is not None}


def versions(
    connection: Connection, master: MasterKey, about: bytes, since: datetime, until: datetime
) -> list[dict[str, object]]:
    """Open the excerpts of a post's judgements between two moments, oldest version first, each with what was found.

    Keys of judgements sort by time. It reads every one between them. Other keys are as good as random, so without an
    end most of them would be read as well. The key of what was sent on says nothing of time: it is found by what
    followed from it, whenever that was.
    """
    in_time = ENTRY.c.key.between(seconds(since), seconds(until))
    sent_on = (ENTRY.c.kind == "ordered") & ENTRY.c.seq.in_(_causes(about))
    return _as_written(_opened(connection, master, (in_time | sent_on) & _names(about)))


def noticed(connection: Connection, master: MasterKey, about: bytes) -> list[dict[str, object]]:
    """Open, in the same way, only those judgements of a post that something followed from, whenever that was.

    What waits for an answer about it may follow from an order that names another post.
    """
    return _opened(connection, master, ENTRY.c.seq.in_(_causes(about)) & _names(about))


def since_noticed(connection: Connection, master: MasterKey, about: bytes, until: datetime) -> list[dict[str, object]]:
    """Open a post's judgements from the first version on that something followed from.

    Its notice holds for what its author made of it: a deed is planned once, so from an edit nothing new may follow.
    """
    seen = noticed(connection, master, about)
    return versions(connection, master, about, min(map(_at, seen)), until) if seen else []


def newest(connection: Connection, master: MasterKey, about: bytes, until: datetime) -> dict[str, object] | None:
    """Open the newest version of a post, if something followed from it or from one before.

    Of its rounds the first counts: it has what was written, and no more.
    """
    told = since_noticed(connection, master, about, until)
    return next((each for each in told if each["id"] == told[-1]["id"]), None)


def _as_written(seen: Iterable[dict[str, Any]]) -> list[dict[str, Any]]:
    """Put versions in the order they were written, those of one moment as they were told, each with its rounds."""
    rounds: defaultdict[str, list[dict[str, Any]]] = defaultdict(list)
    for each in sorted(seen, key=_at):
        rounds[each["id"][2]].append(each)
    return [each for version in rounds.values() for each in version]


def _at(seen: Mapping[str, Any]) -> datetime:
    """Say when a version was written."""
    return datetime.fromisoformat(seen["at"])


def _names(about: bytes) -> ColumnElement[bool]:
    """Select the entries that name a post."""
    return func.instr(ENTRY.c.body, b'"about":"%s"' % about.hex().encode()) > 0


def _causes(about: bytes) -> Select[tuple[int | None]]:
    """Name the entries that a deed about a post followed from."""
    return select(DEED.c.cause).where(DEED.c.about == about)


def _opened(connection: Connection, master: MasterKey, which: ColumnElement[bool]) -> list[dict[str, object]]:
    wanted = select(EXCERPT, ENTRY.c.body).join(ENTRY, ENTRY.c.seq == EXCERPT.c.seq).order_by(EXCERPT.c.seq)
    read: list[dict[str, object]] = []
    for row in connection.execute(wanted.where(which, ENTRY.c.kind.in_(["judged", "ordered"]))):
        words = open_words(connection, master, row, dict)
        if words is not None:
            facts = decode(row.body)
            held = facts.get("order") == OrderKind.PHOTO
            read.append({**words, "found": facts.get("found", []), "held": held, "at": facts["at"]})
    return read
