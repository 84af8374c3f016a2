"""What an earlier run left: deeds that are still open, what stands about places, and who was told."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any, Final

import msgspec
from sqlalchemy import ColumnElement, Connection, Select, and_, delete, func, select, true

from bot.actions import (
    Alert,
    Ask,
    Close,
    Copy,
    Deed,
    DeedId,
    Lift,
    Remove,
    Restore,
    Restrict,
    Resume,
    Show,
    Suspend,
    Tell,
)
from bot.message import MessageId, PlaceId, PostId, PrivacyMatter
from bot.people import PersonId
from bot.platform import CONSOLE, OrderKind, Outcome, Report
from bot.rule import Choice, Measure
from bot.standing import ANSWERED_ALONE, HEARD, NOT_IN_FORCE, NOT_SHOWN, REMEMBERED, Sought, Standing, news_of
from bot.store.draft import BY_PEOPLE, COPIED
from bot.store.sealed import KINDS, data_key, decode, open_action, open_words
from bot.store.tables import COPY, DEED, ENTRY, EXCERPT, MATTER, OPEN_CASE, PAIR_SIGNAL
from bot.store.vault import MasterKey, seconds


def deeds(
    connection: Connection,
    master: MasterKey,
    *,
    kinds: tuple[str, ...] = (),
    still_open: bool = False,
    after: int = 0,
    last: int | None = None,
) -> Iterator[tuple[Deed, str, str]]:
    """Read deeds with state and outcome, in the order they were planned: those of some kinds, else all open ones.

    Of some kinds those that are `still_open` are found by an index, without going through all that ever was planned.
    `after` and `last` are entries: deeds that were planned before the one or after the other are left out.
    """
    is_open = DEED.c.state != "closed"
    wanted = and_(DEED.c.kind.in_(kinds), is_open if still_open else true()) if kinds else is_open
    planned = ENTRY.alias("planned")
    query = select(DEED, COPY.c.number, ENTRY.c.kind.label("because"), planned.c.body.label("planned"))
    query = query.join(planned, planned.c.seq == DEED.c.seq)
    query = query.outerjoin(COPY, COPY.c.seq == DEED.c.cause).outerjoin(ENTRY, ENTRY.c.seq == DEED.c.cause)
    in_time = DEED.c.seq > after if last is None else DEED.c.seq.between(after + 1, last)
    for row in connection.execute(query.where(wanted, in_time).order_by(DEED.c.seq)):
        opened = open_action(connection, master, row)
        if opened is not None:
            action, post = opened
            held = row.until == COPIED
            until = None if held or row.until is None else datetime.fromisoformat(row.until)
            ordered, at = row.because in BY_PEOPLE, datetime.fromisoformat(decode(row.planned)["at"])
            deed = Deed(DeedId(row.id), row.platform, action, row.cause, row.number, until, held, ordered, post, at)
            yield deed, row.state, row.outcome


WAITS: Final = (DEED.c.state == "planned") & DEED.c.until.is_not(None)
"""A deed that waits still: for its moment, or until a copy is accepted."""

UNDONE: Final = (*NOT_IN_FORCE, Outcome.REHEARSED)
"""What was only rehearsed changed nothing on the platform: once it is live, it is still to be done."""


def standing(connection: Connection, master: MasterKey) -> Standing:
    """Rebuild what stands about places, what people have decided about them, and who was told of what."""
    rebuilt = Standing()
    _recall_suspensions(connection, master, rebuilt)
    _recall_watches(connection, master, rebuilt)
    _recall_restrictions(connection, master, rebuilt)
    _recall_matters(connection, master, rebuilt)
    _recall_tellings(connection, master, rebuilt)
    _recall_calls_for_help(connection, master, rebuilt)
    _recall_concerns(connection, master, rebuilt)
    _recall_looks(connection, master, rebuilt)
    return rebuilt


def reports_left(
    connection: Connection, master: MasterKey, platform: str, after: int = 0, last: int | None = None
) -> list[Report]:
    """Read the reports of a platform, written between two entries, that a crash kept from their cases, oldest first.

    Each has a paper once it is there. What earlier releases sealed of a report is too little to put it anywhere.
    """
    in_time = ENTRY.c.seq > after if last is None else ENTRY.c.seq.between(after + 1, last)
    told = select(ENTRY.c.seq, ENTRY.c.kind, ENTRY.c.body).where(ENTRY.c.kind.in_(["reported", "recalled"]), in_time)
    left: defaultdict[str, list[int]] = defaultdict(list)
    for row in connection.execute(told.order_by(ENTRY.c.seq)):
        facts = decode(row.body)
        if row.kind == "reported":
            left[facts["case"]].append(row.seq)
        else:
            left[facts["of"]] = left[facts["of"]][1:]
    sealed = (_excerpt(connection, master, seq) for seq in sorted(seq for each in left.values() for seq in each))
    whole = (each for each in sealed if each is not None and "id" in each and each["platform"] == platform)
    return [msgspec.convert(each, Report, strict=False) for each in whole]


def copied(connection: Connection) -> frozenset[int]:
    """Name the entries of which one copy at least was accepted: what was held with it may be done."""
    accepted = select(DEED.c.cause).where(DEED.c.kind == Copy.kind, DEED.c.outcome == Outcome.DONE)
    waiting = select(DEED.c.cause).where(DEED.c.state != "closed", DEED.c.until == COPIED)
    return frozenset(connection.scalars(accepted.where(DEED.c.cause.in_(waiting))))


def not_shown(connection: Connection) -> frozenset[int]:
    """Name the entries whose message nobody may have seen, of which something is left to do: no note may say it was."""
    ended = select(DEED.c.cause).where(DEED.c.kind == Show.kind, DEED.c.outcome.in_(NOT_SHOWN))
    waiting = select(DEED.c.cause).where(DEED.c.state != "closed")
    return frozenset(connection.scalars(ended.where(DEED.c.cause.in_(waiting))))


def rehearsed(connection: Connection) -> frozenset[int]:
    """Name the entries of which something was rehearsed and something is left: the rest of it is not done either."""
    ended = select(DEED.c.cause).where(DEED.c.outcome == Outcome.REHEARSED)
    left = select(DEED.c.cause).where(DEED.c.state != "closed")
    return frozenset(connection.scalars(ended.where(DEED.c.cause.in_(left))))


def last_entry(connection: Connection) -> int:
    """Give the number of the last entry."""
    return connection.scalar(select(func.max(ENTRY.c.seq))) or 0


def has_stood(connection: Connection, master: MasterKey, platform: str) -> bool:
    """Say whether a live platform was ever heard here; a history that was replayed before says nothing of it."""
    key = master.index("stood", platform)
    return connection.scalar(select(ENTRY.c.seq).where(ENTRY.c.key == key)) is not None


def decided_at_console(connection: Connection) -> frozenset[int]:
    """Name the decisions whose deeds wait by the clock on the wall: whoever made them had no other."""
    waiting = select(DEED.c.cause).where(WAITS)
    told = func.instr(ENTRY.c.body, b'"through":"%s"' % CONSOLE.encode()) > 0
    return frozenset(connection.scalars(select(ENTRY.c.seq).where(ENTRY.c.seq.in_(waiting), told)))


def _recall_suspensions(connection: Connection, master: MasterKey, standing: Standing) -> None:
    """Read which accounts are paused."""
    for deed, _, outcome in deeds(connection, master, kinds=(Suspend.kind, Resume.kind)):
        standing.ended(deed, Outcome(outcome) if outcome else Outcome.NOT_DONE)


def _recall_watches(connection: Connection, master: MasterKey, standing: Standing) -> None:
    """Read where somebody was let in to watch."""
    for deed, _, outcome in deeds(connection, master, kinds=(Show.kind, Close.kind)):
        standing.ended(deed, Outcome(outcome) if outcome else Outcome.UNKNOWN)
        if isinstance(deed.action, Close):
            standing.overseen.discard((deed.platform, deed.action.place))


def _recall_restrictions(connection: Connection, master: MasterKey, standing: Standing) -> None:
    """Read which places stand restricted, and when that was looked at last."""
    for deed, _, outcome in deeds(connection, master, kinds=(Restrict.kind, Lift.kind)):
        if isinstance(deed.action, Restrict | Lift) and deed.planned is not None:
            standing.looked[deed.platform, deed.action.place] = deed.planned
        match deed.action:
            case Restrict(place=place) if outcome == Outcome.REFUSED or outcome not in UNDONE:
                standing.restrictions.add((deed.platform, place))
            case Lift(place=place) if outcome not in UNDONE:
                standing.restrictions.discard((deed.platform, place))
            case _:
                pass


def _recall_matters(connection: Connection, master: MasterKey, standing: Standing) -> None:
    """Read which places are about a private matter."""
    for row in connection.execute(select(MATTER)):
        key = data_key(connection, master, row.data_key)
        if key is not None:
            state = decode(key.open(row.sealed, row.place))
            matter, at = msgspec.convert(state, PrivacyMatter), datetime.fromisoformat(state["at"])
            standing.matters[state["platform"], PlaceId(state["place"])] = matter, at


def _recall_tellings(connection: Connection, master: MasterKey, standing: Standing) -> None:
    """Read who was told about which post, newest first, as far back as it is remembered."""
    judged = ENTRY.alias()
    told = select(ENTRY.c.body, DEED.c.outcome, DEED.c.cause, judged.c.body.label("judged"))
    told = told.join(DEED, DEED.c.seq == ENTRY.c.seq)
    told = told.join(judged, judged.c.seq == DEED.c.cause).where(judged.c.kind == "judged", DEED.c.kind == Tell.kind)
    newest: datetime | None = None
    for row in connection.execute(told.order_by(ENTRY.c.seq.desc())):
        facts = decode(row.body)
        at = datetime.fromisoformat(facts["at"])
        newest = newest or at
        if newest - at > REMEMBERED:
            return
        seen = _excerpt(connection, master, row.cause) if row.outcome != Outcome.REHEARSED else None
        if seen is not None and "author" in seen:  # who is told about a place has written nothing there
            under = _found_under(facts["clause"], decode(row.judged))
            taken = any(Measure.REMOVE in each["measures"] for each in under)
            safety = any("safety" in each for each in under)
            id_ = MessageId(*seen["id"])
            standing.tell(PersonId(seen["author"]), facts["clause"], id_, at, taken=taken, safety=safety)


def _found_under(clause: str, judged: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    """Pick what was found under a clause in a judged message, and stood."""
    return [each for each in judged.get("found", ()) if each["clause"] == clause and "excused" not in each]


def _recall_calls_for_help(connection: Connection, master: MasterKey, standing: Standing) -> None:
    """Read who asked for help, as far back before the last message as it is answered. Keys of judgements sort by time.

    What else is written, places that are looked at among it, says nothing of when we heard last.
    """
    last = connection.scalar(_messages().order_by(ENTRY.c.seq.desc()).limit(1))
    if last is None:
        return
    since = seconds(datetime.fromisoformat(decode(last)["at"]) - ANSWERED_ALONE)
    found = select(ENTRY.c.seq, ENTRY.c.body).where(ENTRY.c.kind == "judged", ENTRY.c.key >= since)
    for row in connection.execute(found.where(func.instr(ENTRY.c.body, b'"sure":true') > 0)):
        seen = _excerpt(connection, master, row.seq)
        if seen is not None:
            at, where = datetime.fromisoformat(decode(row.body)["at"]), (seen["id"][0], PlaceId(seen["place"]))
            standing.seek(PersonId(seen["author"]), Sought(at, where))


def _recall_concerns(connection: Connection, master: MasterKey, standing: Standing) -> None:
    """Read where it was said of what was sent, or copied, that a copy concerns somebody who would get it."""
    sent = select(DEED.c.cause).where(DEED.c.kind.in_([Show.kind, Copy.kind]))
    ordered = select(ENTRY.c.seq, ENTRY.c.body).where(ENTRY.c.kind == "ordered", ENTRY.c.seq.in_(sent))
    for row in connection.execute(ordered.order_by(ENTRY.c.seq)):
        seen = _excerpt(connection, master, row.seq)
        if seen is not None and seen.get("concerned"):
            where = (seen["id"][0], PlaceId(seen["place"]))
            standing.concerned[where] = datetime.fromisoformat(decode(row.body)["at"])


def _messages() -> Select[Any]:
    """Select the judgements of messages."""
    return select(ENTRY.c.body).where(ENTRY.c.kind == "judged", func.instr(ENTRY.c.body, b'"subject":"message"') > 0)


def holds_messages(connection: Connection) -> bool:
    """Say whether any message was judged."""
    return connection.scalar(_messages().limit(1)) is not None


def _recall_looks(connection: Connection, master: MasterKey, standing: Standing) -> None:
    """Read what was found at places whose cases wait or were decided: found again, it is no news."""
    decided = connection.scalars(select(ENTRY.c.body).where(ENTRY.c.kind == "decided"))
    opened = {*(decode(body).get("number") for body in decided), *connection.scalars(select(OPEN_CASE.c.seq))}
    for seq in sorted(each for each in opened if each is not None):
        facts = decode(connection.execute(select(ENTRY.c.body).where(ENTRY.c.seq == seq)).scalar_one())
        seen = _excerpt(connection, master, seq) if facts.get("subject") == "space" else None
        if seen is not None:
            found = [each for each in facts["found"] if "excused" not in each]
            meeting = {each["rule"] for each in found if each.get("meeting")}
            asked = (each for each in found if not HEARD.isdisjoint(each["measures"]))
            heard = (each for each in asked if each["rule"] not in meeting)
            rules = {name for each in heard for name in news_of(each["rule"], each["measures"])}
            where = (seen["id"][0], PlaceId(seen["place"]))
            known = standing.found.get(where, frozenset())
            standing.found[where] = known | rules | {text for _, text, *_ in seen.get("evidence", ())}


def _excerpt(connection: Connection, master: MasterKey, seq: int) -> Any | None:  # noqa: ANN401 (as in `decode`)
    """Open the words of one entry; None when they are forgotten."""
    row = connection.execute(select(EXCERPT).where(EXCERPT.c.seq == seq)).one_or_none()
    return None if row is None else open_words(connection, master, row, dict)


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


def spoken_of(connection: Connection, master: MasterKey, platform: str) -> frozenset[PostId]:
    """Name the posts of a platform in which something was found or from which something followed, as far as it is kept.

    Of these somebody may speak: in an answer to a notice, an appeal or a decision.
    """
    followed = deeds(connection, master, kinds=tuple(KINDS))
    posts = {deed.post for deed, _, _ in followed if deed.platform == platform and deed.post}
    found = select(ENTRY.c.seq).where(ENTRY.c.kind == "judged", func.instr(ENTRY.c.body, b'"found":') > 0)
    for seq in connection.scalars(found):
        seen = _excerpt(connection, master, seq)
        if seen is not None and seen["id"][0] == platform:
            posts.add(PostId(seen["id"][1]))
    return frozenset(posts)


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


FOR_ITS_AUTHOR: Final = "kept, for its author"
"""Stands in place of a text that is given back to its author alone."""


def notes(connection: Connection, master: MasterKey) -> list[str]:
    """Read every private note that was kept, in order, each under a line that says to whom it went.

    Notes that follow from a report are left out: they would say who told. Who may see the case finds them there. So is
    what would say that a private matter is kept from somebody, who hears nothing of it. What somebody asked us to send
    may be a private matter, however it comes to be given back: so only a post that was judged is shown with its text,
    and any other text to nobody but its author. Of a private matter, and of what was copied, it is not either: that is
    for who receives the copy.
    """
    kinds = (Tell.kind, Ask.kind, Alert.kind, Copy.kind)
    left_out = frozenset(connection.scalars(select(ENTRY.c.seq).where(ENTRY.c.kind == "recalled")))
    left_out = left_out.union(_keeping_from_somebody(connection, master))
    of_copied = select(DEED.c.cause).where(DEED.c.about.in_(select(DEED.c.about).where(DEED.c.kind == Copy.kind)))
    judged = select(ENTRY.c.seq).where(ENTRY.c.kind == "judged", ENTRY.c.seq.in_(select(DEED.c.cause)))
    of_posts = frozenset(connection.scalars(judged.where(ENTRY.c.seq.not_in(of_copied))))
    read: list[str] = []
    for deed, state, outcome in deeds(connection, master, kinds=kinds):
        match deed.action:
            case _ if deed.cause in left_out:
                continue
            case Copy() if outcome == Outcome.MOOT:  # another office gets it instead
                continue
            case Tell() | Ask() | Alert() as action:
                notice = action.notice
                if notice.returned and (deed.cause not in of_posts or _is_private(connection, master, deed.cause)):
                    notice = replace(notice, returned=FOR_ITS_AUTHOR)
                read.append(f"[{deed.id}] {action.kind} to {action.to}: {outcome or state}\n{notice}")
            case Copy() as copy:
                how = "read in place" if copy.read_in_place else outcome or state
                read.append(f"[{deed.id}] copy to {copy.to} ({copy.office}): {how}\nCP-{deed.copy:04} is kept.")
            case _:
                pass
    return read


def _keeping_from_somebody(connection: Connection, master: MasterKey) -> Iterable[int]:
    """Find what says that a private matter concerns somebody: answers, and what was written with it."""
    answers = connection.execute(select(ENTRY.c.seq, ENTRY.c.body).where(ENTRY.c.kind == "answered"))
    yield from (seq for seq, body in answers if decode(body)["choice"] == Choice.CONCERNS_COPIED)
    caused = select(DEED.c.cause).where(DEED.c.kind == Copy.kind).distinct()
    for seq in connection.scalars(caused).all():
        seen = _excerpt(connection, master, seq)
        if seen is not None and seen.get("concerned"):
            yield seq


def _is_private(connection: Connection, master: MasterKey, seq: int) -> bool:
    """Say whether the words of an entry belong to a private matter, as far as they are kept."""
    seen = _excerpt(connection, master, seq)
    return seen is None or bool(seen.get("matter"))
