"""Our own history format: one JSON object a line, as `docs/replay.schema.json` describes it.

A `space` line says who can read a place from then on; posts in it need not say so again.
"""

import json
from collections.abc import Collection, Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from functools import cache
from hashlib import blake2b
from typing import Annotated, Final, Literal, get_args, get_origin, get_type_hints

import msgspec

from adapters.replay.names import Names, escaped, named
from bot.message import MatterKind, PlaceId, PostId, Where, Words
from bot.people import AccountId, Office, PersonId, TeamId
from bot.platform import (
    UNKNOWN_READERS,
    Answer,
    Appeal,
    Decision,
    Deletion,
    Heard,
    Order,
    OrderKind,
    Post,
    ProfileSeen,
    Readers,
    Report,
    Ruling,
    SpaceSeen,
    Tick,
)
from bot.rule import Choice

PLATFORM = "replay"
EARLIEST, LATEST = 2000, 2100
"""Years. A date outside them is a slip of somebody's pen."""

NO_TIME: Final = datetime.fromtimestamp(0, UTC)
"""Stands where the time of a line does not count."""

WITHOUT_ORDER: Final = frozenset({"readers", "members", "connected", "pictured"})
"""Fields that name accounts: in another order they say the same."""


class Line(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True, tag_field="type", omit_defaults=True):
    """What every line has."""

    # Defaults are omitted so that what a line says has the same digest when a later release knows more fields.

    at: Annotated[datetime, msgspec.Meta(tz=True)]
    """When it happened, with an offset: 2026-11-18T15:04:00-05:00."""


class File(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A file somebody attached: its name and the text for those who cannot see it."""

    name: str
    alt: str = ""


class Link(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A link whose shown text and target a platform keeps apart."""

    text: str
    target: str


class Poll(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A question and the answers one can pick."""

    question: str
    options: list[str] = []


class Written(Line, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """What posts and edits share."""

    place: str
    by: str
    """The author's account."""
    text: str = ""
    forward: str = ""
    quote: str = ""
    embed: str = ""
    sticker: str = ""
    poll: Poll | None = None
    files: list[File] = []
    links: list[Link] = []
    thread: str = ""
    """The title of a thread this post starts."""
    readers: list[str] | msgspec.UnsetType | None = msgspec.UNSET
    """Accounts that can read it. Left out: as the place's last `space` line said. null: nobody can say."""
    members: list[str] | msgspec.UnsetType = msgspec.UNSET
    """Those readers who are explicit members of the place. Left out: all of them."""
    matter: Literal["medical", "academic"] | None = None
    emergency: bool = False


class PostLine(Written, frozen=True, forbid_unknown_fields=True, kw_only=True, tag="post"):
    """A message as first written."""

    id: str


class EditLine(Written, frozen=True, forbid_unknown_fields=True, kw_only=True, tag="edit"):
    """A message as it reads after an edit, in full."""

    post: str
    revision: str = ""
    """Left out: the time of the edit and what it says."""


class DeleteLine(Line, frozen=True, forbid_unknown_fields=True, kw_only=True, tag="delete"):
    """A message that is gone."""

    place: str
    post: str


class SpaceLine(Line, frozen=True, forbid_unknown_fields=True, kw_only=True, tag="space"):
    """A place as it is from now on."""

    place: str
    name: str = ""
    topic: str = ""
    tags: list[str] = []
    """Tags and categories of the place, and the names of emoji made for it."""
    pins: list[str] = []
    """What the messages say that are pinned there."""
    bookmarks: list[Link] = []
    """The links that are saved there for all to see."""
    team: str | None = None
    """The team or club the place is registered for."""
    readers: list[str] | None = None
    """Accounts that can read it, bots left out. null or left out: nobody can say."""
    members: list[str] | msgspec.UnsetType = msgspec.UNSET
    advisor_may_speak: bool = True
    connected: list[str] | None = None
    """Accounts connected to a voice room."""
    connected_for: float = 0.0
    """How long they have been connected together, in seconds."""


class ProfileLine(Line, frozen=True, forbid_unknown_fields=True, kw_only=True, tag="profile"):
    """How an account shows up from now on."""

    account: str
    name: str
    about: str = ""
    new_picture: bool = False
    """Whether its picture is another than before."""


class ReportLine(Line, frozen=True, forbid_unknown_fields=True, kw_only=True, tag="report"):
    """Somebody tells an adult about a post."""

    id: str
    by: str
    place: str
    post: str
    reason: str = ""
    author: str = ""
    """Who wrote the post; needed only where the history does not hold it."""
    adult: str = ""
    """The account of the adult who was chosen. Left out, with `office` too: whoever is right."""
    office: Literal["principal", "athletic_director", "superintendent_designee", "counselor"] | None = None
    """The office that was chosen."""
    skip_coach: bool = False
    """Whether the coaches and advisors of the reporter and of the place are left out."""


class AppealLine(Line, frozen=True, forbid_unknown_fields=True, kw_only=True, tag="appeal"):
    """The author of a post thinks that what was found or decided about it is wrong."""

    id: str
    by: str
    post: str
    place: str = ""
    """Where the post is. Left out: wherever a post of this id was heard lately."""
    reason: str = ""


class DecideLine(Line, frozen=True, forbid_unknown_fields=True, kw_only=True, tag="decide"):
    """Somebody decides a case."""

    id: str
    person: str
    """Who decides, by the roster's id."""
    post: str
    """The post that the case is about."""
    place: str = ""
    """Where the post is. Left out: wherever a post of this id was heard lately."""
    ruling: Literal["uphold", "not a problem", "escalate", "skip", "undo", "reverse"]
    reason: str = ""
    suspend_until: date | None = None
    """With uphold: the last day on which the author may not write."""


class OrderLine(Line, frozen=True, forbid_unknown_fields=True, kw_only=True, tag="order"):
    """Something a coach asks Chaperone to send: it is judged as the coach's own words."""

    id: str
    by: str
    order: Literal["private", "team", "emergency", "photo"]
    text: str
    to: str = ""
    """private, emergency: the student's account; team, emergency, photo: the place."""
    matter: Literal["medical", "academic"] | None = None
    concerns_copied: bool = False
    """Whether it concerns somebody who would be copied."""
    files: list[File] = []
    pictured: list[str] | None = None
    """photo: the accounts of those in it; left out: nobody has said yet."""


class AnswerLine(Line, frozen=True, forbid_unknown_fields=True, kw_only=True, tag="answer"):
    """Somebody answers a notice."""

    id: str
    by: str
    post: str
    """The post or order that the notice was about."""
    place: str = ""
    """Where the post is. Left out: wherever a post of this id was heard lately."""
    choice: Literal[
        "team",
        "captain",
        "private",
        "emergency",
        "reason",
        "take back",
        "delete",
        "pictured",
        "source",
        "concerns copied",
        "seen",
    ]
    matter: Literal["medical", "academic"] | None = None
    """private: the kind."""
    pictured: list[str] = []
    text: str = ""
    student: str | None = None
    """private: the account of the student it is for, where more than one could read the post."""


class TickLine(Line, frozen=True, forbid_unknown_fields=True, kw_only=True, tag="tick"):
    """Nothing happened, but time has passed."""


AnyLine = (
    PostLine
    | EditLine
    | DeleteLine
    | SpaceLine
    | ProfileLine
    | ReportLine
    | AppealLine
    | DecideLine
    | OrderLine
    | AnswerLine
    | TickLine
)
DECODER = msgspec.json.Decoder(AnyLine)


@cache
def words_of_fields() -> dict[str, tuple[str, ...]]:
    """Name the words that a field of a line may hold, for each field that may hold no others."""
    kinds = get_args(AnyLine)
    hints = [told for kind in kinds for told in get_type_hints(kind).items()]
    words = {
        name: get_args(each) for name, hint in hints for each in (hint, *get_args(hint)) if get_origin(each) is Literal
    }
    return words | {"type": tuple(str(kind.__struct_config__.tag) for kind in kinds)}


@dataclass(frozen=True, slots=True)
class Place:
    """What the last `space` line said about a place."""

    readers: Readers = UNKNOWN_READERS
    team: TeamId | None = None


@dataclass(frozen=True, slots=True)
class OnRoster:
    """What a roster lists that a line may name. Empty where nobody named a roster, or it lists none."""

    accounts: Collection[AccountId] = ()
    """Accounts that are linked to somebody."""
    teams: Collection[TeamId] = ()

    def has_no(self, team: str) -> bool:
        """Say whether a team is surely misspelt."""
        return bool(team and self.teams) and TeamId(team) not in self.teams


NOTHING_LISTED: Final = OnRoster()


@dataclass(slots=True)
class LineReader:
    """Turns lines into what is heard, remembering each place's last `space` line, and the places of the last posts."""

    places: dict[PlaceId, Place] = field(default_factory=dict)
    names: Names = field(default_factory=Names)
    listed: OnRoster = NOTHING_LISTED

    def read(self, text: bytes) -> Heard:
        """Read one line. Raises `msgspec.MsgspecError` or `ValueError` with what is wrong, never with words of it."""
        return self.understand(decoded(text))

    def understand(self, line: AnyLine) -> Heard:
        """Say what a line tells, after all that were understood before it. Raises `ValueError` as `read` does."""
        match line:
            case PostLine():
                return self._post(line, line.id, "")
            case EditLine():
                return self._post(line, line.post, line.revision or _version(line))
            case OrderLine():
                return self._order(line)
            case SpaceLine():
                return self._space(line)
            case DeleteLine():
                return Deletion(PLATFORM, PlaceId(line.place), named(line.place, line.post), line.at)
            case ProfileLine():
                return _profile(line)
            case ReportLine():
                return _report(line, self.places.get(PlaceId(line.place), Place()).team)
            case _:
                return self._said(line)

    def _post(self, line: Written, id_: str, revision: str) -> Post:
        if line.readers is msgspec.UNSET and line.members is not msgspec.UNSET:
            raise ValueError("'members' says which of 'readers' are members, and there are no 'readers'")
        place = self.places.get(PlaceId(line.place), Place())
        return Post(
            PLATFORM,
            PlaceId(line.place),
            self.names.hear(line.place, id_),
            AccountId(line.by),
            line.at,
            place.readers if line.readers is msgspec.UNSET else _readers(line.readers, line.members),
            tuple(_words(line)),
            revision,
            place.team,
            MatterKind(line.matter) if line.matter else None,
            line.emergency,
        )

    def _order(self, line: OrderLine) -> Order:
        """Write on a coach's behalf: to the place named, or to one student in a place of their own."""
        if not line.to:
            raise ValueError("an order says in 'to' to whom: a student's account, or a place")
        known = self.places.get(PlaceId(line.to))
        if known is None:
            self._refuse_without_place(line)
        here = known or Place(_readers([line.to], msgspec.UNSET))
        place = line.to if known else f"private:{line.by}:{line.to}"
        post = Post(
            PLATFORM,
            PlaceId(place),
            self.names.hear(place, line.id),
            AccountId(line.by),
            line.at,
            here.readers,
            tuple(_ordered_words(line)),
            team=here.team,
            matter=MatterKind(line.matter) if line.matter else None,
            emergency=line.order == "emergency",
            concerns_copied=line.concerns_copied,
        )
        pictured = None if line.pictured is None else tuple(AccountId(each) for each in line.pictured)
        return Order(OrderKind(line.order), post, opens=known is None, pictured=pictured)

    def _refuse_without_place(self, line: OrderLine) -> None:
        """Refuse an order to nobody: on a platform whoever orders chooses among the places and people there are."""
        if line.order in {"team", "photo"}:
            raise ValueError(
                "its 'to' is no place that a `space` line before it names; name one, or put such a line before it"
            )
        if self.listed.accounts and AccountId(line.to) not in self.listed.accounts:
            raise ValueError(
                "its 'to' is neither an account that the roster links nor a place that a `space` line before it names;"
                " name one, or link the account in accounts.csv"
            )

    def _space(self, line: SpaceLine) -> SpaceSeen:
        seen = SpaceSeen(
            PLATFORM,
            PlaceId(line.place),
            _version(line),
            line.at,
            _readers(line.readers, line.members),
            tuple(Words(where, text) for where, text in _space_words(line) if text),
            TeamId(line.team) if line.team else None,
            line.advisor_may_speak,
            None if line.connected is None else _readers(line.connected, msgspec.UNSET),
            timedelta(seconds=line.connected_for),
        )
        self.places[seen.place] = Place(seen.readers, seen.team)
        return seen

    def _said(self, line: AppealLine | DecideLine | AnswerLine | TickLine) -> Appeal | Decision | Answer | Tick:
        """Read what somebody says to us about a post, or that time passes."""
        match line:
            case AppealLine():
                return _appeal(line, self.names.meant(line.post, line.place))
            case DecideLine():
                return _decision(line, self.names.meant(line.post, line.place))
            case AnswerLine():
                return _answer(line, self.names.meant(line.post, line.place))
            case TickLine():
                return Tick(PLATFORM, line.at)


def decoded(text: bytes) -> AnyLine:
    """Decode a line by itself. Raises `msgspec.MsgspecError` or `ValueError` with what is wrong, not with its words."""
    line = _decoded(text)
    if not EARLIEST <= line.at.year <= LATEST:
        raise ValueError(f"'at' is not in the years {EARLIEST} to {LATEST}")
    return line


def _decoded(text: bytes) -> AnyLine:
    """Decode also a line with half a pair of surrogates: an emoji cut in two hides no message."""
    try:
        line: AnyLine = DECODER.decode(text)
    except msgspec.ValidationError:
        raise
    except msgspec.DecodeError:
        if b"\\ud" not in text.lower():
            raise
        line = msgspec.convert(json.loads(text), AnyLine)
    return line


def _readers(accounts: list[str] | None, members: list[str] | msgspec.UnsetType) -> Readers:
    if accounts is None:
        return UNKNOWN_READERS
    everybody = frozenset(AccountId(each) for each in accounts)
    if members is msgspec.UNSET:
        return Readers(everybody, everybody)
    return Readers(everybody, everybody & frozenset(AccountId(each) for each in members))


def _words(line: Written) -> Iterator[Words]:
    bare = (
        (Where.BODY, line.text),
        (Where.FORWARD, line.forward),
        (Where.QUOTE, line.quote),
        (Where.EMBED, line.embed),
        (Where.STICKER, line.sticker),
        (Where.THREAD_NAME, line.thread),
    )
    yield from (Words(where, text) for where, text in bare if text)
    if line.poll is not None:
        yield from (Words(Where.POLL, text) for text in (line.poll.question, *line.poll.options))
    for file in line.files:
        yield Words(Where.FILE_NAME, file.name)
        yield Words(Where.ALT_TEXT, file.alt)
    for link in line.links:
        yield Words(Where.LINK_TEXT, link.text)
        yield Words(Where.LINK_TARGET, link.target)


def _ordered_words(line: OrderLine) -> Iterator[Words]:
    if line.text:
        yield Words(Where.BODY, line.text)
    for file in line.files:
        yield Words(Where.FILE_NAME, file.name)
        yield Words(Where.ALT_TEXT, file.alt)


def _space_words(line: SpaceLine) -> Iterator[tuple[Where, str]]:
    yield from ((Where.CHANNEL_NAME, line.name), (Where.TOPIC, line.topic))
    yield from ((Where.TAG, each) for each in line.tags)
    yield from ((Where.PIN, each) for each in line.pins)
    for link in line.bookmarks:
        yield from ((Where.LINK_TEXT, link.text), (Where.LINK_TARGET, link.target))


def _version(line: EditLine | SpaceLine | ProfileLine) -> str:
    """Name an edit or a look by its moment, in whatever offset, and by what it says: a second may have two."""
    return f"{line.at.astimezone(UTC).isoformat()} {what_it_says(line)}"


def what_it_says(line: AnyLine) -> str:
    """Digest what a line says, whenever it says it and however it is spelled: who is named has no order."""
    accounts_of = {each: getattr(line, each) for each in line.__struct_fields__ if each in WITHOUT_ORDER}
    ordered = {each: sorted({*accounts}) for each, accounts in accounts_of.items() if isinstance(accounts, list)}
    timeless = msgspec.structs.replace(line, at=NO_TIME, **ordered)
    try:
        told = msgspec.json.encode(timeless)
    except UnicodeEncodeError:  # half a pair of surrogates
        told = json.dumps(msgspec.to_builtins(timeless)).encode("ascii")
    return blake2b(told, digest_size=8).hexdigest()


def _profile(line: ProfileLine) -> ProfileSeen:
    words = (Words(Where.DISPLAY_NAME, line.name), Words(Where.ABOUT, line.about))
    return ProfileSeen(PLATFORM, AccountId(line.account), _version(line), line.at, words, line.new_picture)


def _answer(line: AnswerLine, about: PostId) -> Answer:
    return Answer(
        PLATFORM,
        escaped(line.id),
        AccountId(line.by),
        line.at,
        about,
        Choice(line.choice),
        MatterKind(line.matter) if line.matter else None,
        tuple(AccountId(each) for each in line.pictured),
        line.text,
        AccountId(line.student) if line.student else None,
    )


def _report(line: ReportLine, team: TeamId | None) -> Report:
    about = named(line.place, line.post)
    return Report(
        PLATFORM,
        _about(about, line.id),
        about,
        PlaceId(line.place),
        AccountId(line.by),
        line.at,
        _reason(line.reason),
        AccountId(line.author) if line.author else None,
        team,
        AccountId(line.adult) if line.adult else None,
        Office(line.office) if line.office else None,
        line.skip_coach,
    )


def _appeal(line: AppealLine, post: PostId) -> Appeal:
    return Appeal(PLATFORM, _about(post, line.id), post, AccountId(line.by), line.at, _reason(line.reason))


def _decision(line: DecideLine, post: PostId) -> Decision:
    person, ruling = PersonId(line.person), Ruling(line.ruling)
    id_, until = _about(post, line.id), line.suspend_until
    return Decision(PLATFORM, id_, person, line.at, ruling, post=post, reason=line.reason, suspend_until=until)


def _about(post: PostId, id_: str) -> str:
    """Tell apart by the post what two tools may have given one id."""
    return f"{post}:{escaped(id_)}"


def _reason(reason: str) -> tuple[Words, ...]:
    return (Words(Where.BODY, reason),) if reason else ()
