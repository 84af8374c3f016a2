"""The door between the house and a platform: what is heard, what is asked of it, and what it answers."""

from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Final, Protocol

from bot.actions import Deed
from bot.message import Attached, MatterKind, PlaceId, PostId, Words
from bot.people import AccountId, Office, PersonId, TeamId
from bot.rule import Choice


@dataclass(frozen=True, slots=True)
class Readers:
    """The human accounts that can read a place at one moment. Platforms leave out their bots."""

    accounts: frozenset[AccountId] = frozenset()
    members: frozenset[AccountId] = frozenset()
    """Those of `accounts` who are explicit members of the place, not readers by a permission of the server."""
    known: bool = True
    """False when the platform cannot say who can read the place. Then the others mean nothing."""
    perhaps: frozenset[AccountId] = frozenset()
    """Further accounts of which a history cannot say whether they could read the place. Live there are none."""


UNKNOWN_READERS = Readers(known=False)


@dataclass(frozen=True, slots=True)
class Post:
    """A message as a platform tells it: its own ids, the words, and who can read it at this moment."""

    platform: str
    place: PlaceId
    id: PostId
    author: AccountId
    sent_at: datetime
    """When it was written; for an edit, when it was edited. Always with a time zone."""
    readers: Readers
    words: tuple[Words, ...] = field(repr=False)
    revision: str = ""
    """Empty as first written; for an edit, what the platform tells edits apart by."""
    team: TeamId | None = None
    """The team the place is registered for, if it is registered."""
    matter: MatterKind | None = field(default=None, repr=False)
    """The privacy matter its author declared."""
    emergency: bool = False
    """Whether its author declared an emergency."""
    concerns_copied: bool = False
    """Whether its author said that it concerns somebody who would be copied."""
    relayed: bool = False
    """Whether a webhook or an app posted it, so that the account says nothing about who is behind it."""
    late: bool = False
    """Whether it was found after an outage: who could read it then is not known, only who can now."""
    removable: bool = True
    """Whether the platform lets us take it away. Where it does not, its author is asked to."""
    attached: tuple[Attached, ...] = ()
    """The files that are attached, where the platform lets us have them."""


@dataclass(frozen=True, slots=True)
class Deletion:
    """A post that is gone from the platform. Platforms rarely say who removed it."""

    platform: str
    place: PlaceId
    id: PostId
    at: datetime
    as_asked: bool = False
    """Whether it ends what its author was asked: nobody else is known who may remove it. Who did, nobody may know."""


@dataclass(frozen=True, slots=True)
class SpaceSeen:
    """A place as it is at one moment: what it is called, who can read it, whether a coach may speak."""

    platform: str
    place: PlaceId
    change: str
    """The platform's id of the change that made us look, or any text that is unique among looks at this place."""
    at: datetime
    readers: Readers
    words: tuple[Words, ...] = field(default=(), repr=False)
    team: TeamId | None = None
    advisor_may_speak: bool = True
    connected: Readers | None = None
    """Who is connected to a voice room now; None for a place of text."""
    connected_for: timedelta = timedelta()
    slips: bool = False
    """Whether a coach can speak although we took that away: somebody came, or somebody gave it back."""
    pins_known: bool = True
    """Whether what is pinned there is among the words; False while that could not be read."""


@dataclass(frozen=True, slots=True)
class ProfileSeen:
    """An account as it shows up at one moment."""

    platform: str
    account: AccountId
    change: str
    at: datetime
    words: tuple[Words, ...] = field(repr=False)
    new_picture: bool = False
    """Whether its picture is another than before."""


@dataclass(frozen=True, slots=True)
class Report:
    """Somebody tells an adult about a post, in whatever words they choose.

    Without `adult` and `office` it goes to whoever is right: the place's own coach or advisor, or who stands above.
    """

    platform: str
    id: str
    """The platform's id of the report itself."""
    post: PostId
    place: PlaceId
    reporter: AccountId
    at: datetime
    words: tuple[Words, ...] = field(default=(), repr=False)
    author: AccountId | None = None
    """Who wrote the post, where the platform says so: it may be from before we were there."""
    team: TeamId | None = None
    """The team the place is registered for, if it is registered."""
    adult: AccountId | None = None
    """The adult the reporter chose."""
    office: Office | None = None
    """The office the reporter chose."""
    skip_coach: bool = False
    """Whether the coaches and advisors of the reporter and of the place are left out."""


@dataclass(frozen=True, slots=True)
class Appeal:
    """The author of a post thinks that what was found or decided about it is wrong."""

    platform: str
    id: str
    """The platform's id of the appeal itself."""
    post: PostId
    by: AccountId
    at: datetime
    words: tuple[Words, ...] = field(default=(), repr=False)


class Ruling(StrEnum):
    """What a person may decide about a case."""

    UPHOLD = "uphold"
    """It does not fit the rule."""
    NOT_A_PROBLEM = "not a problem"
    """It is fine: whatever was done is put right, and it counts against the rule."""
    ESCALATE = "escalate"
    """Somebody who stands above decides."""
    SKIP = "skip"
    """Somebody looked, and leaves it open."""
    UNDO = "undo"
    """The own last decision never was; only while nothing has followed from it."""
    REVERSE = "reverse"
    """What was decided is changed."""


@dataclass(frozen=True, slots=True)
class Decision:
    """What a person decides about a case, named by its short name or by the post it is about."""

    platform: str
    """Where it was decided: a platform, or `CONSOLE`."""
    id: str
    """Tells this decision from any other that was made there."""
    by: PersonId
    at: datetime
    ruling: Ruling
    case: str = ""
    """The short name: F-0123."""
    post: PostId | None = None
    reason: str = field(default="", repr=False)
    suspend_until: date | None = None
    """The last day on which the author may not write; the day after, that ends by itself."""
    account: str = field(default="", repr=False)
    """The account that was used, where it says more than who decides: the operating system's."""


CLOCKS: Final = timedelta(minutes=10)
"""How far our clock may be ahead of a platform's, by which messages are told apart when a deed is looked up."""

CONSOLE: Final = "console"
"""Where a decision was made that no platform brought."""


class OrderKind(StrEnum):
    """What a coach can ask Chaperone to send."""

    PRIVATE = "private"
    """A medical or academic matter, to one student, copied."""
    TEAM = "team"
    """One message to a whole team."""
    EMERGENCY = "emergency"
    """At once, copied, with a reason due on the next school day."""
    PHOTO = "photo"
    """A picture, once it is known who is in it."""


@dataclass(frozen=True, slots=True)
class Order:
    """Somebody asks Chaperone to send something for them. It is judged before anything is posted."""

    kind: OrderKind
    post: Post
    """What would be posted: by whom, where, who could read it. Its id is the platform's id of the order."""
    opens: bool = False
    """Whether the place is to be opened for it."""
    pictured: tuple[AccountId, ...] | None = None
    """Who is in the picture; None while nobody has said."""
    stands: bool = False
    """Whether its words stand in a post that it takes the place of, so that nothing is lost while it is not sent."""
    doubted: bool = False
    """Whether its writer said before that somebody is in the picture who may not be shown."""

    @property
    def platform(self) -> str:
        """Name the platform it was given on."""
        return self.post.platform

    @property
    def at(self) -> datetime:
        """Give the time it was given."""
        return self.post.sent_at


@dataclass(frozen=True, slots=True)
class Answer:
    """Somebody answers a notice."""

    platform: str
    id: str
    """The platform's id of the answer."""
    by: AccountId
    at: datetime
    about: PostId
    """The post or order that the notice was about."""
    choice: Choice
    matter: MatterKind | None = field(default=None, repr=False)
    """The kind of matter, where the choice is PRIVATE."""
    pictured: tuple[AccountId, ...] = ()
    text: str = field(default="", repr=False)
    """What was written with it: what the emergency was."""
    student: AccountId | None = None
    """Whom it is for, where the choice is PRIVATE and more than one student could read the post."""


@dataclass(frozen=True, slots=True)
class Tick:
    """Nothing happened, but time has passed: a live platform says so every few seconds, for what waits for a moment."""

    platform: str
    at: datetime


Heard = Post | Deletion | SpaceSeen | ProfileSeen | Report | Appeal | Decision | Order | Answer | Tick
"""Everything a platform can bring to the house."""


def moment(heard: Heard) -> datetime:
    """Give the time of something heard."""
    return heard.sent_at if isinstance(heard, Post) else heard.at


class Outcome(StrEnum):
    """How asking a platform for a deed ended."""

    DONE = "done"
    REHEARSED = "rehearsed"
    """Written, not done: the platform or the rule is in rehearsal."""
    NOT_DONE = "not_done"
    """The platform answers for certain that it has not been done."""
    REFUSED = "refused"
    """The platform will not do it, however often it is asked."""
    UNKNOWN = "unknown"
    """Nobody can tell whether it was done."""
    MOOT = "moot"
    """There is nothing left to do it to: the post was deleted before it could be removed."""


@dataclass(frozen=True, slots=True)
class Receipt:
    """A platform's answer. `reason` is a word or two about the machine, never about people or words."""

    outcome: Outcome
    reason: str = ""


class NotOursError(Exception):
    """A file is there, but is not shown to us. The message holds no words."""


class Platform(Protocol):
    """One platform, behind one narrow door."""

    name: str
    carries_all: bool
    """Whether it does the deeds of every platform, not only its own: a history may tell of several and stands alone."""

    def hear(self) -> AsyncIterator[Heard]:
        """Bring what happens, in the order it happens in each place. A finite history ends; a live one never does."""
        ...

    async def acknowledge(self, heard: Heard) -> None:
        """Learn that this was written down and need not be told again."""
        ...

    async def perform(self, deed: Deed) -> Receipt:
        """Do one deed. Raises nothing that an answer could say."""
        ...

    async def fetch(self, file: Attached, /) -> bytes | None:
        """Give a file that was attached to a post, once the platform can be asked; None where it is surely gone.

        Raises `NotOursError`, and what a network can raise: also `TimeoutError`, within half a minute.
        """
        ...

    async def find(self, deed: Deed) -> Receipt:
        """Look up whether a deed begun earlier was done: DONE, NOT_DONE, or UNKNOWN where that cannot be told."""
        ...


def carrier(deed: Deed, door: Platform) -> str:
    """Name the door at which a deed waits that came of something heard at `door`: its own platform's, as a rule."""
    return door.name if door.carries_all else deed.platform
