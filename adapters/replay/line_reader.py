"""Lines of our own history format, put in the words of the house, with what earlier lines said of their places."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass, field
from datetime import UTC, timedelta
from typing import Final

import msgspec

from adapters.replay.lines import (
    AnswerLine,
    AnyLine,
    AppealLine,
    DecideLine,
    DeleteLine,
    EditLine,
    OrderLine,
    PostLine,
    ProfileLine,
    ReportLine,
    SpaceLine,
    TickLine,
    Written,
    decoded,
    what_it_says,
)
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
