"""Our own history format: one JSON object a line, as `docs/replay.schema.json` describes it.

A `space` line says who can read a place from then on; posts in it need not say so again.
"""

import json
from datetime import UTC, date, datetime
from functools import cache
from hashlib import blake2b
from typing import Annotated, Final, Literal, get_args, get_origin, get_type_hints

import msgspec

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
