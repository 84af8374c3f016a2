"""A message, its author and its audience known, and the words that anything a rule looks at can offer."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from enum import StrEnum
from typing import Final, NamedTuple, NewType

import msgspec

from bot.medium import Medium, medium_of
from bot.people import AccountId, Audience, Person, PersonId, Role, SchoolId, Team, TeamId
from bot.readings.found import NOTHING_READ, Readings

PostId = NewType("PostId", str)
"""A platform's own id of a post. Means something only beside the platform's name."""

NO_POST: Final = PostId("")
"""Stands where there is none."""

PlaceId = NewType("PlaceId", str)
"""A platform's own id of a channel, thread or conversation."""


class Where(StrEnum):
    """Where in a message, a space or a profile some words stand."""

    BODY = "body"
    FORWARD = "forward"
    QUOTE = "quote"
    EMBED = "embed"
    POLL = "poll"
    STICKER = "sticker"
    FILE_NAME = "file name"
    PICTURE = "picture"
    PICTURE_TEXT = "words in a picture"
    ALT_TEXT = "alt text"
    LINK_TEXT = "link text"
    LINK_TARGET = "link target"
    CHANNEL_NAME = "channel name"
    THREAD_NAME = "thread name"
    TOPIC = "topic"
    PIN = "pin"
    TAG = "tag"
    EVENT_NAME = "event name"
    DISPLAY_NAME = "display name"
    ABOUT = "about"


class Words(NamedTuple):
    """Some text and the place it stands in."""

    where: Where
    text: str

    def __repr__(self) -> str:
        """Show the place only: words stay out of logs and tracebacks."""
        return f"Words({self.where.value})"


class Attached(NamedTuple):
    """A file that is attached to a post, as its platform tells of it."""

    file: str
    """The platform's own id of the file."""
    size: int = 0
    """Bytes; 0 where the platform does not say."""
    medium: Medium = Medium.PICTURE
    name: str = ""
    """What it is called; empty where the platform does not say."""

    def __repr__(self) -> str:
        """Show no name: words stay out of logs and tracebacks."""
        return f"Attached({self.medium.value}, {self.size})"


class MatterKind(StrEnum):
    """The two grounds on which the policy lets a message go to one student."""

    MEDICAL = "medical"
    ACADEMIC = "academic"


@dataclass(frozen=True, slots=True)
class PrivacyMatter:
    """A medical or academic privacy matter, declared by who writes about it."""

    kind: MatterKind = field(repr=False)
    id: str
    """The platform and post it began with; what follows in the same place belongs to it and is forgotten with it."""
    concerns_copied: bool = False
    """Whether it concerns somebody who would be copied: then another office is, and that person is told nothing."""
    opened_by: PersonId | None = field(default=None, repr=False)
    """Who declared it; None where that was not kept yet."""
    team: TeamId | None = None
    """The team it began with, whoever else is let in."""
    of_student: bool = True
    """Whether a student took part, as far as anybody can tell: who has left its place may come back, and read on."""
    schools: tuple[SchoolId, ...] = ()
    """The schools of the students who take part, as they were last seen; earlier releases kept none."""


class MessageId(msgspec.Struct, frozen=True):
    """One version of one post on one platform. A Struct, because every message makes one."""

    platform: str
    post: PostId
    revision: str = ""
    """Empty for the post as first written; for an edit, whatever the platform tells edits apart by."""


class Told(NamedTuple):
    """Somebody was told under a clause, about a post and its edits; the first time counts."""

    at: datetime
    clause: str
    platform: str
    post: PostId
    taken: bool = False
    """Whether it was that the post is taken away, or has to be deleted by themselves; else it stands."""
    safety: bool = False
    """Whether the note was about somebody who may be in danger, or asks for help."""


class Pictured(NamedTuple):
    """Somebody in a picture, as its author says."""

    person: Person
    allowed: bool
    """Whether the consent register lets them be shown. Who is not in it has not agreed."""

    def __repr__(self) -> str:
        """Name nobody."""
        return f"Pictured(allowed={self.allowed})"


class Message(msgspec.Struct, frozen=True):
    """One message, its author and its audience known. A Struct, because every post makes one."""

    id: MessageId
    place: PlaceId
    author: Person
    account: AccountId
    """The account the author wrote from."""
    audience: Audience
    words: tuple[Words, ...]
    sent_at: datetime
    day: date
    """The district's date when it was sent: exceptions and terms run by whole days."""
    zone: tzinfo = UTC
    """The district's time zone."""
    hour: int = 12
    """The hour of the district's clock when it was sent, 0 to 23."""
    team: Team | None = None
    """The team of the place; where the place has none, a team that author and reader share."""
    team_place: bool = False
    """Whether the place itself is registered for the team."""
    matter: PrivacyMatter | None = None
    emergency: bool = False
    readings: Readings = NOTHING_READ
    told: tuple[Told, ...] = ()
    """What its author was told so far, this post's earlier versions among it."""
    concerns_copied: bool = False
    """Whether it concerns somebody who would be copied: then another office is, and that person is told nothing."""
    answers_help: bool = False
    """Whether an adult of the district writes it to a student who asked for help shortly before."""
    pictured: tuple[Pictured, ...] | None = None
    """Who is in its pictures; None while nobody has said."""
    relayed: bool = False
    """Whether a webhook or an app posted it, so that nobody can know who is behind it."""
    removable: bool = True
    """Whether the platform lets us take it away."""
    late: bool = False
    """Whether it was found after an outage: its audience is who could read it when it was found."""
    attached: tuple[Attached, ...] = ()
    """The files that are attached, where the platform lets us have them."""

    def __repr__(self) -> str:
        """Show the id only: words stay out of logs and tracebacks."""
        return f"Message({self.id})"

    def told_before(self, clause: str, *, of_safety: bool = False) -> datetime | None:
        """Say when its author was last told under a clause about another post, before this was written.

        Where it is asked `of_safety`, notes about anything else do not count.
        """
        own = (self.id.platform, self.id.post)
        others = (each for each in self.told if each.clause == clause and (each.platform, each.post) != own)
        before = (each.at for each in others if each.at <= self.sent_at and (each.safety or not of_safety))
        return max(before, default=None)

    def was_told(self, clause: str, within: timedelta, *, of_safety: bool = False) -> bool:
        """Say whether its author was told under a clause about another post, not longer ago than this."""
        before = self.told_before(clause, of_safety=of_safety)
        return before is not None and self.sent_at - before <= within

    def was_taken(self, clause: str) -> bool:
        """Say whether its author was told under a clause, by an earlier version or round, that this very post goes."""
        own = (clause, self.id.platform, self.id.post)
        return any((each.clause, each.platform, each.post) == own for each in self.told if each.taken)

    def end_of_day_after(self, within: timedelta) -> datetime:
        """Give the end of the district's day that is so long after the day it was sent."""
        return datetime.combine(self.day + within + timedelta(days=1), time.min, self.zone).astimezone(UTC)

    @property
    def pictures(self) -> tuple[Words, ...]:
        """List the names of the pictures and films that are attached, as far as their endings tell."""
        named = (each for each in self.words if each.where is Where.FILE_NAME)
        return tuple(each for each in named if medium_of("", each.text) is not Medium.OTHER)

    @property
    def is_within_team(self) -> bool:
        """Say whether it is its team's own: written in the team's place, or among students of the team alone."""
        if self.team is None:
            return False
        if self.team_place:
            return True
        # Elsewhere the team may only have been picked so that some office gets the copies (`Day.shared_team`): without
        # a student, or with one from outside, nothing ties the message to it.
        students = {each.id for each in self.audience.students}
        if self.author.has(Role.STUDENT) and not self.author.has(Role.ADVISOR):
            students.add(self.author.id)
        return bool(students) and students <= self.team.members

    @property
    def opens_matter(self) -> bool:
        """Say whether what follows in this place belongs to the message's matter: only where one student is.

        A student who coaches is no second one where nobody else coaches: then they are the coach of the matter.
        """
        people = (self.author, *self.audience.readers)
        students = [each for each in people if each.has(Role.STUDENT)]
        led = any(each.has(Role.ADVISOR) and not each.has(Role.STUDENT) for each in people)
        others = [] if led else [each for each in students if not each.has(Role.ADVISOR)]
        return self.matter is not None and not self.team_place and len(others or students) == 1

    @property
    def is_by_its_student(self) -> bool:
        """Say whether the student whom its private matter is about wrote it.

        Who coaches as well is that student where no other reads; where one does, they are the coach, as they are as
        long as nobody can tell.
        """
        coaches = self.author.has(Role.ADVISOR) and (bool(self.audience.students) or not self.audience.known)
        return self.matter is not None and self.author.has(Role.STUDENT) and not coaches

    def is_led_by(self, person: Person) -> bool:
        """Say whether somebody leads its private matter: they opened it, or coach its team.

        An overseer who was let in may lead some other team; that makes it no matter of theirs.
        """
        matter = self.matter
        if matter is None or (person.id == self.author.id and self.is_by_its_student):
            return False
        guessed = None if self.team is None or matter.opened_by is not None else self.team.id
        coaches = person.has(Role.ADVISOR) and (matter.team or guessed) in person.teams
        return coaches or person.id == matter.opened_by

    @property
    def text(self) -> str:
        """Give everything the author wrote, for handing back."""
        return text_of(self.words)


def text_of(words: Iterable[Words]) -> str:
    """Write words out one below the other: the body first, then the rest with its place named."""
    wrote = [*words]
    body = [each.text for each in wrote if each.where is Where.BODY]
    rest = [f"[{each.where}] {each.text}" for each in wrote if each.where is not Where.BODY and each.text]
    return "\n".join(body + rest)
