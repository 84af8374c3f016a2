"""What an earlier run left: deeds that are still open, what stands about places, and who was told."""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any, Final

import msgspec
from sqlalchemy import Connection, Select, and_, func, select, true

from bot.actions import Close, Copy, Deed, DeedId, Lift, Restrict, Resume, Show, Suspend, Tell
from bot.message import MessageId, PlaceId, PostId, PrivacyMatter
from bot.people import PersonId
from bot.platform import CONSOLE, Outcome, Report
from bot.rule import Measure
from bot.standing import CALLS_REMEMBERED, HEARD, NOT_IN_FORCE, NOT_SHOWN, REMEMBERED, Sought, Standing, news_of
from bot.store.draft import BY_PEOPLE, COPIED
from bot.store.sealed import KINDS, data_key, decode, open_action, open_excerpt
from bot.store.tables import COPY, DEED, ENTRY, MATTER, OPEN_CASE
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
    sealed = (open_excerpt(connection, master, seq) for seq in sorted(seq for each in left.values() for seq in each))
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


def holds_messages(connection: Connection) -> bool:
    """Say whether any message was judged."""
    return connection.scalar(_messages().limit(1)) is not None


def has_stood(connection: Connection, master: MasterKey, platform: str) -> bool:
    """Say whether a live platform was ever heard here; a history that was replayed before says nothing of it."""
    key = master.index("stood", platform)
    return connection.scalar(select(ENTRY.c.seq).where(ENTRY.c.key == key)) is not None


def decided_at_console(connection: Connection) -> frozenset[int]:
    """Name the decisions whose deeds wait by the clock on the wall: whoever made them had no other."""
    waiting = select(DEED.c.cause).where(WAITS)
    told = func.instr(ENTRY.c.body, b'"through":"%s"' % CONSOLE.encode()) > 0
    return frozenset(connection.scalars(select(ENTRY.c.seq).where(ENTRY.c.seq.in_(waiting), told)))


def spoken_of(connection: Connection, master: MasterKey, platform: str) -> frozenset[PostId]:
    """Name the posts of a platform in which something was found or from which something followed, as far as it is kept.

    Of these somebody may speak: in an answer to a notice, an appeal or a decision.
    """
    followed = deeds(connection, master, kinds=tuple(KINDS))
    posts = {deed.post for deed, _, _ in followed if deed.platform == platform and deed.post}
    found = select(ENTRY.c.seq).where(ENTRY.c.kind == "judged", func.instr(ENTRY.c.body, b'"found":') > 0)
    for seq in connection.scalars(found):
        seen = open_excerpt(connection, master, seq)
        if seen is not None and seen["id"][0] == platform:
            posts.add(PostId(seen["id"][1]))
    return frozenset(posts)


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
        seen = open_excerpt(connection, master, row.cause) if row.outcome != Outcome.REHEARSED else None
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
    """Read who asked for help, as far back before the last message as it is known. Keys of judgements sort by time.

    What else is written, places that are looked at among it, says nothing of when we heard last.
    """
    last = connection.scalar(_messages().order_by(ENTRY.c.seq.desc()).limit(1))
    if last is None:
        return
    since = seconds(datetime.fromisoformat(decode(last)["at"]) - CALLS_REMEMBERED)
    found = select(ENTRY.c.seq, ENTRY.c.body).where(ENTRY.c.kind == "judged", ENTRY.c.key >= since)
    for row in connection.execute(found.where(func.instr(ENTRY.c.body, b'"sure":true') > 0)):
        seen = open_excerpt(connection, master, row.seq)
        if seen is not None:
            at, where = datetime.fromisoformat(decode(row.body)["at"]), (seen["id"][0], PlaceId(seen["place"]))
            standing.seek(PersonId(seen["author"]), Sought(at, where))


def _recall_concerns(connection: Connection, master: MasterKey, standing: Standing) -> None:
    """Read where it was said of what was sent, or copied, that a copy concerns somebody who would get it."""
    sent = select(DEED.c.cause).where(DEED.c.kind.in_([Show.kind, Copy.kind]))
    ordered = select(ENTRY.c.seq, ENTRY.c.body).where(ENTRY.c.kind == "ordered", ENTRY.c.seq.in_(sent))
    for row in connection.execute(ordered.order_by(ENTRY.c.seq)):
        seen = open_excerpt(connection, master, row.seq)
        if seen is not None and seen.get("concerned"):
            where = (seen["id"][0], PlaceId(seen["place"]))
            standing.concerned[where] = datetime.fromisoformat(decode(row.body)["at"])


def _messages() -> Select[Any]:
    """Select the judgements of messages."""
    return select(ENTRY.c.body).where(ENTRY.c.kind == "judged", func.instr(ENTRY.c.body, b'"subject":"message"') > 0)


def _recall_looks(connection: Connection, master: MasterKey, standing: Standing) -> None:
    """Read what was found at places whose cases wait or were decided: found again, it is no news."""
    decided = connection.scalars(select(ENTRY.c.body).where(ENTRY.c.kind == "decided"))
    opened = {*(decode(body).get("number") for body in decided), *connection.scalars(select(OPEN_CASE.c.seq))}
    for seq in sorted(each for each in opened if each is not None):
        facts = decode(connection.execute(select(ENTRY.c.body).where(ENTRY.c.seq == seq)).scalar_one())
        seen = open_excerpt(connection, master, seq) if facts.get("subject") == "space" else None
        if seen is not None:
            found = [each for each in facts["found"] if "excused" not in each]
            meeting = {each["rule"] for each in found if each.get("meeting")}
            asked = (each for each in found if not HEARD.isdisjoint(each["measures"]))
            heard = (each for each in asked if each["rule"] not in meeting)
            rules = {name for each in heard for name in news_of(each["rule"], each["measures"])}
            where = (seen["id"][0], PlaceId(seen["place"]))
            known = standing.found.get(where, frozenset())
            standing.found[where] = known | rules | {text for _, text, *_ in seen.get("evidence", ())}
