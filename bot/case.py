"""A case: something that waits for a person, and everything people said about it. Pure."""

from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum

from bot.message import PlaceId, PostId
from bot.people import AccountId, PersonId, SchoolId
from bot.platform import Ruling

SETTLING = frozenset({Ruling.UPHOLD, Ruling.NOT_A_PROBLEM})
"""What ends a case."""


class Said(StrEnum):
    """What a paper is; the ledger's entry of it has the same kind."""

    REPORT = "recalled"
    APPEAL = "appealed"
    DECISION = "decided"


@dataclass(frozen=True, slots=True)
class Paper:
    """One thing somebody said about a case, as it is sealed: a report, an appeal or a decision."""

    said: Said
    platform: str
    id: str
    by: PersonId
    at: datetime
    ruling: Ruling | None = None
    words: str = field(default="", repr=False)
    """The reason."""
    asked: tuple[PersonId, ...] = ()
    """Who was asked to look because of it."""
    left_out: tuple[PersonId, ...] = ()
    """Whom a reporter asked to leave out."""
    suspended_until: date | None = None
    paused: tuple[AccountId, ...] = ()
    """The accounts that may not write until then; earlier releases kept none, and paused the one that wrote."""
    account: str = field(default="", repr=False)
    """The account that was used, where it says more than who."""
    schools: tuple[SchoolId, ...] = ()
    """Where the case belonged when somebody told an adult; earlier releases kept none."""


@dataclass(frozen=True, slots=True)
class Meeting:
    """Who was together in a voice room, and when that was seen."""

    at: datetime
    people: tuple[PersonId, ...]


@dataclass(frozen=True, slots=True)
class About:
    """What a case is about, as far as it is known."""

    platform: str
    post: PostId
    place: PlaceId
    author: PersonId | None = None
    account: AccountId | None = None
    """The author's account."""
    readers: tuple[PersonId, ...] = ()
    words: tuple[str, ...] = field(default=(), repr=False)
    """What was written, a line for each version and place."""
    matched: tuple[str, ...] = field(default=(), repr=False)
    """The words of it that a rule saw."""
    clause: str = ""
    """The clause under which a rule asks for a person; where none does, the first that was found."""
    rules: tuple[str, ...] = ()
    """The rules that found something."""
    reporter: AccountId | None = None
    """Who told, where that is not among the papers: something broke before it was put there."""
    text: str = field(default="", repr=False)
    """What it said when it was last seen, as its author wrote it."""
    concerned: tuple[PersonId, ...] = ()
    """From whom its private matter is kept, because it concerns them."""
    others: tuple[PersonId, ...] = ()
    """Whom it may be about beside its author: what a student writes to an adult may be about the adult."""
    safety: bool = False
    """Whether somebody may be in danger or asks for help: what comes of it is said in person, not by a note."""
    discreet: bool = False
    """Whether its author knows of nothing: what comes of it is said in person, unless something is done to them."""
    found_by: tuple[str, ...] = field(default=(), repr=False)
    """What of the district's own a rule rests on: patterns by their names, and a scorer that was heard."""
    unseen: bool = False
    """Whether it was given back instead of sent: `readers` are those who would have read it."""
    at: datetime | None = None
    """When it was written, or seen; None where nothing says so."""
    because: tuple[str, ...] = ()
    """Why a rule asks for a person; earlier releases kept none."""
    unknown: bool = False
    """Whether nobody could say who could read it."""
    asks: bool = False
    """Whether a rule asks for a person; where none does, what a rule found could reach nobody."""
    schools: tuple[SchoolId, ...] = ()
    """The schools of whom it is about, when it happened; earlier releases kept none."""
    around: tuple[SchoolId, ...] = ()
    """The schools of who could read, in the same way."""
    meetings: tuple[Meeting, ...] = ()
    """Every meeting that was found in a voice room, oldest first; earlier releases kept none."""


@dataclass(frozen=True, slots=True)
class Case:
    """One case. What it is about never changes; what was said about it grows, paper after paper."""

    id: bytes
    """Its keyed hash: what the ledger calls it."""
    number: int
    """The entry that opened it first: what people call it. 0 while that is being written."""
    is_open: bool
    why: str
    """The kind of the entry that opened it first."""
    about: About
    papers: tuple[Paper, ...] = ()
    further: tuple[Paper, ...] = ()
    """Papers of the post's own case, where this is another about it: something that could not be done."""
    failed: str = ""
    """The kind of the deed that could not be done, where that opened it."""
    removed: bool = False
    """Whether we took the post away; it may have been given back since."""
    sent_on: bool = False
    """Whether the author's answer sent the post on: it stands there, or is about to."""
    awaits_answer: bool = False
    """Whether the author was asked about the post and has not answered: then it may still be taken away for that."""
    under_way: bool = False
    """Whether something that follows from the last paper is no longer only planned: then that cannot be undone."""
    free_at: datetime | None = None
    """When the last suspension of the author by other cases ends, if there is any."""

    @property
    def name(self) -> str:
        """Give the short name that people use; a case has none before its first entry is written."""
        return f"F-{self.number:04}" if self.number else "a new case"

    @property
    def has_no_author(self) -> bool:
        """Say whether nobody wrote what it is about: it is a place, or something of which nothing is kept."""
        return self.about.author is None and self.about.account is None

    @property
    def counting(self) -> tuple[Paper, ...]:
        """List the papers that count: what was undone never was, and an undoing only ever follows what it undoes."""
        count: list[Paper] = []
        for paper in self.papers:
            if paper.ruling is Ruling.UNDO:
                count.pop()
            else:
                count.append(paper)
        return tuple(count)

    @property
    def decisions(self) -> tuple[Paper, ...]:
        """List the decisions that count."""
        return tuple(paper for paper in self.counting if paper.ruling is not None)

    @property
    def standing(self) -> Paper | None:
        """Give the decision in force: the last that ended the case, unless it was reversed into an open case."""
        found: Paper | None = None
        for paper in self.decisions:
            if paper.ruling in SETTLING:
                found = paper
            elif paper.ruling is Ruling.REVERSE:
                found = paper if found is not None and found.ruling is Ruling.UPHOLD else None
        return found

    @property
    def meetings(self) -> tuple[Meeting, ...]:
        """List the meetings that it is about now: those that were not settled before the newest of them."""
        settled = self.settled_at
        return tuple(each for each in self.about.meetings if settled is None or each.at > settled)

    @property
    def settled_at(self) -> datetime | None:
        """Say until when meetings before the newest are settled. An appeal, or a reversal, may open them again."""
        found = self.about.meetings
        settling: list[Paper] = []
        for paper in (each for each in self.counting if found and each.at < found[-1].at):
            if paper.ruling in SETTLING:
                settling.append(paper)
            elif settling and (paper.said is Said.APPEAL or paper.ruling is Ruling.REVERSE):
                last = settling.pop()
                if paper.ruling is Ruling.REVERSE and last.ruling is Ruling.UPHOLD:
                    settling.append(paper)
        return settling[-1].at if settling else None

    @property
    def stands(self) -> str:
        """Say what is in force: that it does not fit (uphold), that it is fine (not a problem), or nothing yet."""
        standing = self.standing
        if standing is None or standing.ruling is None:
            return ""
        return str(Ruling.NOT_A_PROBLEM if standing.ruling is Ruling.REVERSE else standing.ruling)

    @property
    def cleared(self) -> Paper | None:
        """Give the last decision by which it was found fine, and its author told so, whatever came after it."""
        found: Paper | None = None
        upheld = False
        for paper in self.decisions:
            if paper.ruling is Ruling.NOT_A_PROBLEM or (paper.ruling is Ruling.REVERSE and upheld):
                found = paper
            if paper.ruling in SETTLING or paper.ruling is Ruling.REVERSE:
                upheld = paper.ruling is Ruling.UPHOLD
        return found

    @property
    def is_hidden(self) -> bool:
        """Say whether the post is taken away and was not given back."""
        return self.removed and not any(
            each.ruling in {Ruling.NOT_A_PROBLEM, Ruling.REVERSE} for each in self.decisions
        )

    @property
    def is_missing(self) -> bool:
        """Say whether the post stands nowhere any more: what its author sent on is not put back as well."""
        return self.is_hidden and not self.sent_on

    def suspension(self, day: date) -> Paper | None:
        """Give the decision by which the author may not write on a day, unless it was changed since."""
        found: Paper | None = None
        for paper in self.decisions:
            if paper.ruling in {Ruling.NOT_A_PROBLEM, Ruling.REVERSE}:
                found = None
            elif paper.suspended_until is not None and day <= paper.suspended_until:
                found = paper
        return found

    @property
    def holding(self) -> int | None:
        """Say which paper the end of a suspension waits with, if there is one: the last that names a day."""
        numbers = (number for number, paper in enumerate(self.papers, 1) if paper.suspended_until is not None)
        return max(numbers, default=None)

    @property
    def is_appealed(self) -> bool:
        """Say whether an appeal is newer than the last decision that ended the case."""
        for paper in reversed(self.counting):
            if paper.said is Said.APPEAL:
                return True
            if paper.ruling in SETTLING or paper.ruling is Ruling.REVERSE:
                return False
        return False

    def number_of(self, paper: Paper) -> int:
        """Say which paper of the case this is: 1 is the first."""
        return self.papers.index(paper) + 1
