"""What a command shows of what is kept: a copy as who receives it reads it, a case as who decides it. Plain lines."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Final
from zoneinfo import ZoneInfo

from bot.actions import Suspend
from bot.case import Case, Said
from bot.desk import Declined, Desk
from bot.exhibit import MOST, NotKept
from bot.message import Where
from bot.people import PersonId
from bot.store.copies import Kept, Opened, Receiver
from bot.store.exemptions import Granted
from bot.store.files import FileTold
from bot.texts import ENGLISH

Names = Mapping[str, str]
"""People's names by their id, for who may see them."""

WHY: Final = {
    "judged": "what a rule found",
    "ordered": "what a rule found",
    "reported": "a report",
    "appealed": "an author who disagrees",
    "closed": "something that could not be done",
    "stumbled": "something that could not be judged",
    "delayed": "a copy with a note that was not accepted yet",
}
"""Why a case was opened, by the kind of the entry that did."""
FOUND: Final = {"judged", "ordered"}
"""The kinds of entries that open a case by what a rule found."""
WHY_NOT: Final = {
    NotKept.MAY_BE_SEXUAL: "it may be sexual, or nobody could look",
    NotKept.FILM: "nothing here looks at films",
    NotKept.TOO_LARGE: "it is over 10 MB",
    NotKept.TOO_MANY: f"there are more than {MOST}",
    NotKept.GONE: "it was gone already",
    NotKept.NOT_FETCHED: "it could not be fetched, or is not ours to see",
}
"""Why a file is not kept, for who decides the case."""
FAILED: Final = {
    "remove": "taking it away",
    "restore": "giving it back",
    "tell": "handing a note over",
    "ask": "handing a question over",
    "alert": "alerting an adult",
    "show": "posting it",
    "restrict": "closing the place to coaches",
    "lift": "opening the place to coaches again",
    "close": "closing the place",
    "relieve": "letting somebody else watch over the place",
    "disconnect": "taking a coach out of a voice room",
    "suspend": "keeping its author from writing",
    "resume": "letting its author write again",
}
"""What a deed was to do, for who decides the case that it opened: they may have to see to it."""
NAMED: Final = 8
"""So many of those who could read are named."""
SAID: Final = {Said.REPORT: "told an adult", Said.APPEAL: "disagrees"}


def copy_lines(copies: list[Kept], names: Names, zone: ZoneInfo) -> Iterator[str]:
    """List copies, a line each: number, when, whether each receiver was reached, and whether it is to be looked at."""
    for copy in copies:
        receivers = "; ".join(_receiver(each, names) for each in copy.receivers)
        mark = "  (weekly look)" if copy.listed else ""
        yield f"{copy.name}  {_moment(copy.at, zone)}  {receivers}{mark}"


def copy_sheet(opened: Opened, names: Names, zone: ZoneInfo) -> Iterator[str]:
    """Lay a copy out in full, for who receives it."""
    copy, words = opened.copy, opened.words
    yield f"{copy.name}, kept {_moment(copy.at, zone)}"
    if words is None:
        yield "What it said is forgotten, in order; see the ledger's entry that says so."
    else:
        yield f"From: {names.get(words.author, words.author)}"
        yield f"To: {', '.join(names.get(each, each) for each in words.readers) or 'nobody we know'}"
        yield f"Kind: {words.matter or ('emergency' if words.emergency else 'none declared')}"
        yield from _parts(opened)
    yield "Copies: " + "; ".join(_receiver(each, names) for each in copy.receivers)
    for at, look in opened.looks:
        who = names.get(look.person, look.person)
        yield f"Seen {_moment(at, zone)} by {who}, account {look.account}: {look.purpose}"


def case_rows(cases: list[tuple[Case, bool]]) -> Iterator[tuple[str, str, str, str]]:
    """List cases, a row each: name, why it was opened, the clause, what the looker may do. No words.

    Where somebody may be in danger stands first, with the rules that say what it is.
    """
    for case, may_decide in sorted(cases, key=lambda each: not each[0].about.safety):
        whose = "may decide" if may_decide else "may read"
        what = ", ".join(case.about.rules) if case.about.safety else ""
        clause = ": ".join(filter(None, (case.about.clause or "none", what)))
        yield case.name, WHY.get(case.why, case.why), clause, whose


def exemption_rows(exemptions: list[Granted], zone: ZoneInfo) -> Iterator[tuple[str, str, str, str, str]]:
    """List exceptions, a row each: name, rule, whom it is for, its last day, the day somebody ended it."""
    for each in exemptions:
        exemption = each.exemption
        whom = ", ".join(str(one) for one in (exemption.team, exemption.person) if one)
        ended = "" if each.ended is None else str(each.ended.astimezone(zone).date())
        yield each.name, exemption.rule, whom, str(exemption.until), ended


def case_sheet(case: Case, desk: Desk, reader: PersonId, files: Sequence[FileTold] = ()) -> Iterator[str]:
    """Lay a case out for its reader: what it is about, what became of its files, what was said about it in order."""
    about = case.about
    state = "appealed" if case.is_open and case.is_appealed else "open" if case.is_open else f"decided: {case.stands}"
    yield f"{case.name} ({state}), because of {WHY.get(case.why, case.why)}"
    if case.failed in FAILED:
        yield f"Not done, or nobody can tell: {FAILED[case.failed]}{_until(case)}"
    clause = desk.clauses.get(about.clause)
    if clause is not None:
        yield f"The rule: {clause.in_full}"
    if about.author is not None or about.account is not None:
        when = f" on {_moment(about.at, desk.zone)}" if about.at is not None else ""
        who, where = _called(desk, about.author or about.account or ""), about.place or "an unknown place"
        yield f"Written by {who}{when}, in {where}"
    if about.unseen:
        yield "It was given back and not sent, so nobody else could read it there"
    elif about.readers:
        yield f"Could be read by {_counted(desk, about.readers)}"
    for each in case.meetings:
        yield f"Together there on {_moment(each.at, desk.zone)}: {_counted(desk, each.people)}"
    if about.unknown:
        yield "Who could read it is not known."
    if about.rules:
        yield f"Found by: {', '.join(about.rules)}"
    yield from (f"  because: {why}" for why in about.because)
    if case.why in FOUND and about.rules and not about.asks and not about.because:
        yield "  because: What it asks for could reach nobody, neither as a copy nor as an alert."
    none = "what it says is for who receives the copy" if case.why == "delayed" else "nothing of it is kept"
    yield from (f"  {words}" for words in about.words or (() if case.meetings else (none,)))
    yield from (f"  seen in it: “{words}”" for words in about.matched)
    yield from (f"  found by what the district added itself: {name}" for name in about.found_by)
    yield from (f"  file {each.number}: {_kept(each)}" for each in files)
    for paper in desk.papers_for(reader, case):
        what = SAID.get(paper.said, f"decided: {paper.ruling}")
        until = f", no writing until {paper.suspended_until}" if paper.suspended_until else ""
        yield f"{paper.at.astimezone(desk.zone):%Y-%m-%d %H:%M:%S} {_called(desk, paper.by)} {what}{until}"
        yield from (f"  {line}" for line in paper.words.splitlines())
        if paper.asked:
            yield f"  asked to look: {', '.join(_called(desk, each) for each in paper.asked)}"


def _until(case: Case) -> str:
    """Say until which day its author may not write, where that is what could not be done."""
    days = [each.suspended_until for each in case.further if each.suspended_until is not None]
    return f" until {days[-1]}" if case.failed == Suspend.kind and days else ""


def _counted(desk: Desk, people: Sequence[PersonId]) -> str:
    """Name people, of many the first."""
    more = [f"and {len(people) - NAMED} more"] if len(people) > NAMED else []
    return ", ".join([*(_called(desk, each) for each in people[:NAMED]), *more])


def _kept(file: FileTold) -> str:
    return f"not kept: {WHY_NOT[NotKept(file.not_kept)]}" if file.not_kept else f"kept, {file.size:,} bytes"


def declined_line(declined: Declined) -> str:
    """Say why something was not taken."""
    return ENGLISH.say(declined.because)


def _called(desk: Desk, person: str) -> str:
    """Name a person as the roster does, and by id: two may share a name."""
    name = desk.name(PersonId(person))
    return f"{name} ({person})" if name else person


def _parts(opened: Opened) -> Iterator[str]:
    for where, text in opened.words.words if opened.words is not None else ():
        yield text if where == Where.BODY else f"[{where}] {text}"


def _receiver(receiver: Receiver, names: Names) -> str:
    copy, how = receiver.copy, "note accepted" if receiver.reached else "note not accepted yet"
    office = str(copy.office).replace("_", " ")
    return f"{names.get(copy.to, copy.to)} ({office}): {'read in place' if copy.read_in_place else how}"


def _moment(at: datetime, zone: ZoneInfo) -> str:
    return at.astimezone(zone).strftime("%a %d %b %Y, %H:%M")
