"""Reads cases: those that wait, and one with all that was written and said about it.

A case's papers are found without searching: the n-th has a key of its own, so they are asked for by number until there
is none. That key is also what keeps two people from deciding at once.
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from itertools import count
from typing import Any, Final

import msgspec
from sqlalchemy import Connection, select

from bot.actions import Copy, Deed, Remove, Resume, Tell
from bot.case import About, Case, Meeting, Paper
from bot.message import PlaceId, PostId, Where
from bot.people import AccountId, PersonId, SchoolId
from bot.platform import Outcome, Ruling
from bot.rule import Measure
from bot.store import copies
from bot.store.draft import COPIED
from bot.store.memory import UNDONE, WAITS, deeds
from bot.store.past import noticed, unsent, written
from bot.store.record import Recorder
from bot.store.sealed import decode, open_words
from bot.store.tables import DEED, ENTRY, EXCERPT, OPEN_CASE
from bot.store.vault import MasterKey

NAME: Final = re.compile(r"F-(\d{1,18})", re.IGNORECASE)
AT_ONCE: Final = 16
"""How many papers are asked for at once."""


@dataclass(frozen=True, slots=True)
class EntryTold:
    """An entry with its words opened; none where it has none, or where they were forgotten."""

    seq: int
    kind: str
    facts: Mapping[str, Any]
    words: Mapping[str, Any] = field(default_factory=dict, repr=False)


NOTHING: Final = EntryTold(0, "", {})


def waiting(connection: Connection, master: MasterKey) -> Iterator[Case]:
    """Read every case that waits, in the order they were opened."""
    for (case,) in connection.execute(select(OPEN_CASE.c.id).order_by(OPEN_CASE.c.seq)).all():
        found = _read(connection, master, case)
        if found is not None:
            yield found


def named(connection: Connection, name: str) -> bytes | None:
    """Find which case a short name means: F-0123 is the case that entry 123 opened. None when it opened none."""
    match = NAME.fullmatch(name.strip())
    body = None if match is None else connection.scalar(select(ENTRY.c.body).where(ENTRY.c.seq == int(match[1])))
    case = None if body is None else decode(body).get("case")
    return None if case is None else bytes.fromhex(case)


def find(connection: Connection, master: MasterKey, name: str) -> Case | None:
    """Read the case of a short name."""
    case = named(connection, name)
    return None if case is None else read(connection, master, case)


def read(connection: Connection, master: MasterKey, case: bytes, seen: Sequence[Mapping[str, Any]] = ()) -> Case | None:
    """Read one case, whether its post is taken away, what else suspends its author, and whether the last is under way.

    `seen` is what its post is known to have said. When nobody opened the case yet, and nothing is known: None.
    """
    found = _read(connection, master, case, seen)
    if found is None:
        return None
    removed = _was_removed(connection, master, found.about)
    last = Recorder(master).paper(case, len(found.papers))
    under_way, free_at = is_under_way(following(connection, last)), _free_at(connection, master, found)
    sent_on, awaits = _was_sent_on(connection, master, found.about), _awaits_answer(connection, master, found.about)
    return replace(found, removed=removed, sent_on=sent_on, awaits_answer=awaits, under_way=under_way, free_at=free_at)


def _read(
    connection: Connection, master: MasterKey, case: bytes, known: Sequence[Mapping[str, Any]] = ()
) -> Case | None:
    papers = list(_papers(connection, master, case))
    opened = connection.scalar(select(OPEN_CASE.c.seq).where(OPEN_CASE.c.id == case))
    number = _number(papers, opened)
    if number is None and not known:
        return None
    first = NOTHING if number is None else _told(connection, master, number)
    behind = _behind(connection, master, first)
    bare = _about(behind, [*_seen(papers), *known])
    recorder = Recorder(master)
    of = recorder.case_of(bare.platform, bare.post)
    further = [] if of == case else list(_papers(connection, master, of))
    versions = [*_seen(further), *_seen(papers), *known]
    copied = _copied(connection, master, first)
    posts = (recorder.about(*each) for each in _posts(bare, copied))
    said_since = (copies.concerned(connection, master, each) for each in posts)
    concerned = _concerned([behind.words, *versions, copied]).union(*said_since)
    met = _met(connection, master, bare)
    whose = {"schools": [*_whose_copy(connection, master, first)]}
    happened = [behind.words, *versions, _again(connection, master, number, opened), *met, whose]
    about = replace(
        _about(behind, versions),
        concerned=tuple(sorted(concerned)),
        schools=_schools(happened, "schools"),
        around=_schools(happened, "around"),
        meetings=tuple(Meeting(datetime.fromisoformat(each["at"]), tuple(map(PersonId, each["met"]))) for each in met),
    )
    return Case(
        case,
        number or 0,
        opened is not None,
        first.kind,
        about,
        tuple(map(_paper, papers)),
        tuple(map(_paper, further)),
        _failed(connection, first),
    )


def _met(connection: Connection, master: MasterKey, about: About) -> list[Mapping[str, Any]]:
    """Open every look at a place by which people were found to meet there: one case may be about several meetings."""
    if about.author is not None or about.account is not None:
        return []
    looks: list[dict[str, Any]] = noticed(connection, master, Recorder(master).about(about.platform, about.post))
    return [each for each in looks if each.get("met")]


def _again(connection: Connection, master: MasterKey, first: int | None, opened: int | None) -> Mapping[str, Any]:
    """Open what opened a case again: of an account it may be of another year, at another school."""
    return {} if opened in {None, first} else _behind(connection, master, _told(connection, master, opened)).words


def _failed(connection: Connection, told: EntryTold) -> str:
    """Name the kind of the deed that could not be done, if it is such an entry."""
    if told.kind != "closed":
        return ""
    return connection.scalar(select(DEED.c.kind).where(DEED.c.id == told.facts["deed"])) or ""


def _seen(papers: Sequence[EntryTold]) -> list[Mapping[str, Any]]:
    """Collect what papers keep of the post they are about."""
    return [each for told in papers for each in told.words.get("seen", ())]


def _concerned(versions: Sequence[Mapping[str, Any]]) -> frozenset[PersonId]:
    """Name from whom a private matter is kept: whomever any version of it concerned."""
    return frozenset(PersonId(each) for version in versions for each in version.get("concerned", ()))


def _schools(versions: Iterable[Mapping[str, Any]], whose: str) -> tuple[SchoolId, ...]:
    """Name the schools where something happened: by each version of it, and by what opened its case again."""
    return tuple(sorted({SchoolId(each) for version in versions for each in version.get(whose, ())}))


def _posts(about: About, copied: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """Name the post that a case is about, and the one whose copy's note failed or is late."""
    yield about.platform, about.post
    match copied:
        case {"id": [platform, post, _]}:
            yield platform, post


def _copied(connection: Connection, master: MasterKey, told: EntryTold) -> Mapping[str, Any]:
    """Open what a copy copies whose note failed or is late: its words are not the case's, but whom it concerns is."""
    if told.kind not in {"closed", "delayed"}:
        return {}
    cause = connection.scalar(select(DEED.c.cause).where(DEED.c.id == told.facts["deed"]))
    return {} if cause is None else _told(connection, master, cause).words


def _whose_copy(connection: Connection, master: MasterKey, told: EntryTold) -> Iterator[SchoolId]:
    """Name the schools whose offices get the copy whose note is late: it is for nobody else to see to."""
    if told.kind != "delayed":
        return
    cause = connection.scalar(select(DEED.c.cause).where(DEED.c.id == told.facts["deed"]))
    addressed = () if cause is None else copies.receivers(connection, master, cause)
    yield from (each.copy.school for each in addressed if each.copy.school is not None)


def _number(papers: Sequence[EntryTold], opened: int | None) -> int | None:
    """Say which entry opened a case first: the papers know; before there are any, it is the one that opened it now."""
    return opened if not papers else int(papers[0].facts.get("number", papers[0].seq))


def _papers(connection: Connection, master: MasterKey, case: bytes) -> Iterator[EntryTold]:
    start, recorder = 1, Recorder(master)
    while True:
        keys = [recorder.paper(case, number) for number in range(start, start + AT_ONCE)]
        numbers = connection.scalars(select(ENTRY.c.seq).where(ENTRY.c.key.in_(keys)).order_by(ENTRY.c.seq)).all()
        yield from (_told(connection, master, seq) for seq in numbers)
        if len(numbers) < AT_ONCE:
            return
        start += AT_ONCE


def _paper(told: EntryTold) -> Paper:
    """Read a paper back; of one that was forgotten, only what the ledger tells."""
    kept = told.words.get("paper")
    if kept is not None:
        return msgspec.convert(kept, Paper, strict=False)
    left = {"said": told.kind, "platform": "", "id": "", "by": "", "at": told.facts["at"]}
    return msgspec.convert({**left, "ruling": told.facts.get("ruling")}, Paper, strict=False)


def _told(connection: Connection, master: MasterKey, seq: int) -> EntryTold:
    query = select(ENTRY.c.seq, ENTRY.c.kind, ENTRY.c.body, EXCERPT.c.data_key, EXCERPT.c.sealed)
    row = connection.execute(query.outerjoin(EXCERPT, EXCERPT.c.seq == ENTRY.c.seq).where(ENTRY.c.seq == seq)).one()
    words = None if row.data_key is None else open_words(connection, master, row, dict)
    return EntryTold(seq, row.kind, decode(row.body), words or {})


def _behind(connection: Connection, master: MasterKey, told: EntryTold) -> EntryTold:
    """Find the entry with the words: a deed that failed leads to the one it followed from, a paper to the first."""
    match told.kind:
        case "closed":
            # A copy's words are for who receives it: what failed is its note, and its case shows that alone.
            note = select(DEED.c.cause).where(DEED.c.id == told.facts["deed"], DEED.c.kind != Copy.kind)
            cause = connection.scalar(note)
        case "recalled" | "appealed" | "decided":
            cause = told.facts.get("number")
        case _:
            cause = None
    return told if cause is None else _behind(connection, master, _told(connection, master, cause))


def _about(told: EntryTold, seen: Sequence[Mapping[str, Any]]) -> About:
    """Say what a case is about, from the entry behind it and from what was kept of the post since."""
    is_written = told.kind in {"judged", "ordered"}
    versions = [told.words, *seen] if is_written and told.words else seen
    if not versions:
        return _bare(told)
    last = versions[-1]
    at = versions[0].get("at") or (told.facts["at"] if is_written else None)  # earlier releases kept none with a paper
    platform, post, _ = last["id"]
    found = [*told.facts.get("found", ()), *(each for version in seen for each in version.get("found", ()))]
    standing = [each for each in found if "excused" not in each]
    asking = [each for each in standing if Measure.REVIEW in each["measures"]]
    evidence = [*_evidence(versions)]
    return About(
        platform,
        PostId(post),
        PlaceId(last.get("place", "")),
        PersonId(last["author"]) if last.get("author") else None,
        AccountId(last["account"]) if last.get("account") else None,
        tuple(PersonId(each) for each in last.get("readers", ())),
        tuple(dict.fromkeys(_placed(where, text) for version in versions for where, text in version["words"])),
        tuple(dict.fromkeys(text for text, _ in evidence if text)),
        next((each["clause"] for each in (*asking, *standing)), ""),
        tuple(sorted({each["rule"] for each in standing})),
        text="\n".join(text for _, text in last.get("words", ()) if text),
        others=tuple(sorted({PersonId(each) for version in versions for each in version.get("also_about", ())})),
        safety=any(each.get("safety") for each in found),
        discreet=any(each.get("discreet") for each in found),
        found_by=tuple(dict.fromkeys(by for _, by in evidence if by)),
        unseen=bool(last.get("unseen")),
        at=datetime.fromisoformat(at) if at else None,
        because=tuple(dict.fromkeys(why for version in versions for why in version.get("because", ()))),
        unknown=last.get("unknown", not last.get("readers") and told.facts.get("readers") == "unknown"),
        asks=bool(asking),
    )


def _evidence(versions: Iterable[Mapping[str, Any]]) -> Iterator[tuple[str, str]]:
    """List what the rules saw, and what of the district's own found it; that was not kept in earlier releases."""
    for version in versions:
        for _, text, *by in version.get("evidence", ()):
            yield text, by[0] if by else ""


def _bare(told: EntryTold) -> About:
    """Take what a report or something that could not be judged says by itself: whose account it may be about."""
    inner = told.words.get("post")
    words = inner if isinstance(inner, Mapping) else told.words  # an order holds the post that it would become
    account = words.get("author") or words.get("account") or ("ruling" not in words and words.get("by"))
    post = words.get("post") or words.get("id") or ""
    texts = tuple(_placed(*each) for each in words.get("words", ())) if told.kind == "stumbled" else ()
    return About(
        words.get("platform", ""),
        PostId(post),
        PlaceId(words.get("place", "")),
        account=AccountId(account) if account else None,
        words=texts,
        reporter=AccountId(words["reporter"]) if "reporter" in words else None,
    )


def _placed(where: str, text: str) -> str:
    """Say where words stand, but for what is simply written."""
    return text if where == Where.BODY else f"[{where}] {text}"


def following(connection: Connection, paper: bytes) -> dict[str, str]:
    """Find the deeds that follow from a paper, each with its state. `paper` is its key."""
    deeds = connection.execute(select(DEED.c.id, DEED.c.state).where(DEED.c.about == paper))
    return {row.id: row.state for row in deeds}


def is_under_way(deeds: Mapping[str, str]) -> bool:
    """Say whether any of some deeds is no longer only planned."""
    return any(state != "planned" for state in deeds.values())


def _free_at(connection: Connection, master: MasterKey, case: Case) -> datetime | None:
    """Say when the last of what other cases have suspended the same account for ends, as far as that still waits."""
    resumes = deeds(connection, master, kinds=(Resume.kind,), still_open=True)
    waiting = [deed for deed, state, _ in resumes if state == "planned" and _frees(deed, case.about)]
    papers = range(1, len(case.papers) + 1) if waiting else ()
    own = {name for number in papers for name in following(connection, Recorder(master).paper(case.id, number))}
    return max((each.until for each in waiting if each.until is not None and each.id not in own), default=None)


def _frees(deed: Deed, about: About) -> bool:
    """Say whether a deed lets the author of a case write again."""
    return isinstance(deed.action, Resume) and (deed.platform, deed.action.account) == (about.platform, about.account)


def decided_since(connection: Connection, master: MasterKey, deed: Deed) -> frozenset[str]:
    """Say what stands by decisions about the post of a deed that are newer than all that waits about it.

    Nothing where the deed follows from a decision itself. What failed for the post has cases of its own. What was found
    fine and is open again counts as fine, as its author was told that there is nothing to do: a person decides it.
    """
    recorder = Recorder(master)
    about = recorder.about(deed.platform, deed.post)
    planned = connection.execute(select(DEED.c.id, DEED.c.seq, DEED.c.until).where(DEED.c.about == about)).all()
    if deed.id not in {row.id for row in planned}:
        return frozenset()
    newest = max(row.seq for row in planned if row.until not in {None, COPIED})
    keys = (recorder.case_of(deed.platform, deed.post), *(recorder.case_of_deed(row.id) for row in planned))
    spoken_of = (key for key in keys if written(connection, recorder.paper(key, 1)))
    found = [each for each in (_read(connection, master, key) for key in spoken_of) if each is not None]
    told = ((each.stands or Ruling.NOT_A_PROBLEM, _told_by(connection, master, each)) for each in found)
    return frozenset(str(ruling) for ruling, seq in told if seq > newest)


def _told_by(connection: Connection, master: MasterKey, case: Case) -> int:
    """Give the entry of the decision that an author goes by: that in force, else the last that was changed; 0: none."""
    paper = case.standing or case.cleared
    if paper is None:
        return 0
    key = Recorder(master).paper(case.id, case.number_of(paper))
    return connection.scalar(select(ENTRY.c.seq).where(ENTRY.c.key == key)) or 0


def _was_removed(connection: Connection, master: MasterKey, about: About) -> bool:
    """Say whether we took a post away, or are about to. What its author wished to delete is not ours to give back.

    What waits for its moment has taken nothing away, and what is found fine before is let be.
    """
    post = Recorder(master).about(about.platform, about.post)
    removed = select(DEED.c.id).join(ENTRY, ENTRY.c.seq == DEED.c.cause)
    removed = removed.where(DEED.c.about == post, DEED.c.kind == Remove.kind, ENTRY.c.kind != "answered", ~WAITS)
    return connection.scalar(removed.where(DEED.c.outcome.not_in(UNDONE)).limit(1)) is not None


def _was_sent_on(connection: Connection, master: MasterKey, about: About) -> bool:
    """Say whether an answer sent a post on. What could not be posted was given back, and is not sent on."""
    keys = (Recorder(master).sent_on_answer(about.platform, about.post, again) for again in count())
    return unsent(connection, keys) is None


def _awaits_answer(connection: Connection, master: MasterKey, about: About) -> bool:
    """Say whether something is still to be done to a post, or said of it to its author, unless they answer before.

    Who was asked in rehearsal was not asked.
    """
    post = Recorder(master).about(about.platform, about.post)
    rehearsed = select(DEED.c.cause).where(DEED.c.about == post, DEED.c.outcome == Outcome.REHEARSED)
    waits = select(DEED.c.id).where(DEED.c.about == post, DEED.c.kind.in_([Remove.kind, Tell.kind]), WAITS)
    waits = waits.where(DEED.c.until != COPIED, DEED.c.cause.not_in(rehearsed))
    return connection.scalar(waits.limit(1)) is not None
