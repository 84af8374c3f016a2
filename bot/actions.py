"""What may be done about a verdict, and to whom. Values only."""

from dataclasses import dataclass, field
from datetime import date, datetime
from typing import ClassVar, NewType

from bot.message import NO_POST, Attached, PlaceId, PostId, PrivacyMatter
from bot.notice import Notice
from bot.people import AccountId, Office, PersonId, SchoolId
from bot.readings.signs import Slow

DeedId = NewType("DeedId", str)


@dataclass(frozen=True, slots=True)
class Remove:
    """Take a post away from those who can read it. Its author gets the text back in a Tell."""

    kind: ClassVar[str] = "remove"
    clause: str
    place: PlaceId
    post: PostId
    attached: tuple[Attached, ...] = ()
    """Its files, which are kept as evidence before it goes."""


@dataclass(frozen=True, slots=True)
class Tell:
    """Give the author of a post a private note."""

    kind: ClassVar[str] = "tell"
    clause: str
    to: PersonId
    account: AccountId
    """Empty, here and in every other note: whichever account of this person the platform knows."""
    notice: Notice


@dataclass(frozen=True, slots=True)
class Copy:
    """Tell an office that a numbered copy waits for it. The copy itself is kept whatever becomes of the note."""

    kind: ClassVar[str] = "copy"
    account: ClassVar[AccountId] = AccountId("")
    clause: str
    to: PersonId
    office: Office
    read_in_place: bool = False
    """True when the person is a member of the place and has read it there: the copy is kept, the note is spared."""
    sent_at: datetime | None = None
    """When the message was sent that is copied."""
    stands_in: bool = False
    """Whether the person is the deputy of whoever holds the office."""
    school: SchoolId | None = None
    """Whose office it is; None where that was not kept yet: then the copy is the person's alone."""
    kept_from: tuple[PersonId, ...] = ()
    """Who took part, and whom it concerns: it never goes to them, whatever office they come to hold."""


@dataclass(frozen=True, slots=True)
class Ask:
    """Ask the author of a post for an answer by a day."""

    kind: ClassVar[str] = "ask"
    clause: str
    to: PersonId
    account: AccountId
    notice: Notice
    due: date


@dataclass(frozen=True, slots=True)
class Alert:
    """Tell an adult that something needs their eyes today."""

    kind: ClassVar[str] = "alert"
    account: ClassVar[AccountId] = AccountId("")
    clause: str
    to: PersonId
    office: Office | None
    """The office they are told for; None for an adult whom somebody chose."""
    notice: Notice
    safety: bool = False
    """Whether somebody may be in danger, or asks for help: then it goes out in rehearsal, too."""
    rule: str = ""
    """The rule that alerts: of several under one clause each is news."""


@dataclass(frozen=True, slots=True)
class Restrict:
    """Take away a coach's or advisor's power to speak in a space, until Lift."""

    kind: ClassVar[str] = "restrict"
    clause: str
    place: PlaceId


@dataclass(frozen=True, slots=True)
class Lift:
    """Give back what an earlier Restrict of ours took away. What a person denied stays denied."""

    kind: ClassVar[str] = "lift"
    clause: str
    place: PlaceId


@dataclass(frozen=True, slots=True)
class Show:
    """Post what somebody asked us to send, in their name."""

    kind: ClassVar[str] = "show"
    clause: str
    by: PersonId
    account: AccountId
    place: PlaceId
    text: str = field(repr=False)
    readers: tuple[AccountId, ...] = ()
    """For whom a place of its own is opened, beside the writer; empty: the place is there."""
    overseers: tuple[PersonId, ...] = ()
    """Who receives a copy: let in where the platform can do so, and named to all who read."""
    told: str = ""
    """The line above it: who receives a copy."""
    picture: PostId | None = None
    """The order whose picture goes with it, by the platform's own id; we keep no pictures."""
    urgent: bool = False
    """Whether it is an emergency, which waits for nobody."""


@dataclass(frozen=True, slots=True)
class Close:
    """Close a place for good that was opened for a private matter: nobody who receives copies can read it any more."""

    kind: ClassVar[str] = "close"
    clause: str
    place: PlaceId


@dataclass(frozen=True, slots=True)
class Relieve:
    """Let other people watch over the place of a private matter: it concerns somebody who did."""

    kind: ClassVar[str] = "relieve"
    clause: str
    place: PlaceId
    out: tuple[PersonId, ...]
    """Who may not read there any more."""
    into: tuple[PersonId, ...]
    """Who gets the copies from now on."""


@dataclass(frozen=True, slots=True)
class Disconnect:
    """Take a coach or advisor out of a voice room; nothing keeps them from coming back."""

    kind: ClassVar[str] = "disconnect"
    clause: str
    place: PlaceId
    who: PersonId


@dataclass(frozen=True, slots=True)
class Restore:
    """Show a post again that an earlier Remove of ours took away."""

    kind: ClassVar[str] = "restore"
    clause: str
    place: PlaceId
    post: PostId
    by: PersonId | None = None
    """Who wrote it, where that is known."""
    text: str = field(default="", repr=False)
    """What it said, for a platform that cannot bring back what is gone."""


@dataclass(frozen=True, slots=True)
class Suspend:
    """Take away an account's power to write, until Resume. It can still tell an adult, and disagree."""

    kind: ClassVar[str] = "suspend"
    clause: str
    account: AccountId
    until: date
    """The last day, by the district's clock."""


@dataclass(frozen=True, slots=True)
class Resume:
    """Give back what an earlier Suspend of ours took away."""

    kind: ClassVar[str] = "resume"
    clause: str
    account: AccountId


@dataclass(frozen=True, slots=True)
class ReadLater:
    """Read something that was not read in time, and judge the post again in a further round. Nobody is asked for it."""

    kind: ClassVar[str] = "read"
    clause: str
    what: Slow
    told: bytes = field(repr=False)
    """The post as the platform told it, as JSON."""
    matter: PrivacyMatter | None = field(default=None, repr=False)
    """The matter it belonged to when it was heard."""
    found: tuple[tuple[str, str], ...] = ()
    """What was found so far: each rule with a measure. A further round only adds to it."""


Action = (
    Remove
    | Tell
    | Copy
    | Ask
    | Alert
    | Restrict
    | Lift
    | Show
    | Close
    | Relieve
    | Disconnect
    | Restore
    | Suspend
    | Resume
    | ReadLater
)


@dataclass(frozen=True, slots=True)
class Waiting:
    """An action that is written down now and done later: at a moment, or once a copy planned with it was accepted.

    What waits for a moment is dropped when whatever it is about is answered or undone before.
    """

    action: Action = field(repr=False)
    until: datetime | None = None
    """The moment; None: until one of the copies planned with it was accepted."""


Actions = tuple[Action | Waiting, ...]


@dataclass(frozen=True, slots=True)
class Deed:
    """An action that has been written down and is to be done on one platform."""

    id: DeedId
    platform: str
    action: Action = field(repr=False)
    cause: int = 0
    """The entry it follows from, as do its siblings."""
    copy: int | None = None
    """The number of the copy that its entry keeps: CP-0042 is 42."""
    until: datetime | None = None
    """The moment it waits for."""
    held: bool = False
    """Whether it waits until a copy planned with it was accepted."""
    ordered: bool = False
    """Whether it follows from what a person asked for or decided."""
    post: PostId = NO_POST
    """The post or order it is about, by the platform's own id: what an answer to its note answers."""
    planned: datetime | None = None
    """When it was written down, or when what it follows from was sent: nothing that was done for it is older."""

    @property
    def waits(self) -> bool:
        """Say whether it is not to be done at once."""
        return self.held or self.until is not None

    @property
    def is_owed(self) -> bool:
        """Say whether it is done in rehearsal, too: a person counts on it, or somebody may be in danger."""
        return self.ordered or (isinstance(self.action, Alert) and self.action.safety)
