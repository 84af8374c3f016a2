"""Puts one record of an export into our words: a post, a deletion, a place seen, or somebody who came or went."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime

from adapters.mending import sound
from adapters.replay.slack.audience import JOINS, LEAVES, NAMES, SIGNS, TOPICS, Membership, account_of, shown_by
from adapters.replay.slack.records import moment_of
from adapters.replay.slack.together import Beginning
from adapters.replay.tally import Tally
from adapters.slack.author import NAMELESS, author_of
from adapters.slack.markup import Record
from adapters.slack.versions import digest_of
from adapters.slack.words import comment_words, pinned_words, plain_words, words_of
from bot.message import PlaceId, PostId, Words
from bot.people import AccountId
from bot.platform import Deletion, Heard, Post, Readers, SpaceSeen

PLATFORM = "slack"

FROM_LISTS = "export"
"""Begins the id of a look at a place that no record tells, followed by the time of its first record and a digest.

A later export may show another topic over the same records.
"""

MESSAGES = frozenset({"", "me_message", "file_share", "thread_broadcast", "bot_message", "file_comment"})
"""A post even where we find no words in it: a picture reaches people too."""

NOTICES = frozenset(
    f"{kind}_{what}"
    for kind in ("channel", "group", "mpim")
    for what in ("archive", "unarchive", "convert_to_private", "convert_to_public", "posting_permissions")
) | frozenset(
    {
        "bot_add",
        "bot_remove",
        "bot_enable",
        "bot_disable",
        "app_conversation_join",
        "app_conversation_leave",
        "huddle_thread",
        "joiner_notification",
        "joiner_notification_for_inviter",
        "message_replied",
        "reply_broadcast",
        "sh_room_created",
        "sh_room_shared",
        "tabbed_canvas_updated",
        "unpinned_item",
    }
)
"""Lines that Slack writes by itself. What they point at is a record of its own."""

MAY_HAVE_READ = "posts may have had further readers: the export does not say from when or until when some were there"

PINNED = "pinned_item"
"""Tells that somebody pinned what was said before, be it by somebody else."""

_SUBTYPE = re.compile(r"[a-z][a-z0-9_]{0,39}")


def new_tally() -> Tally:
    """Begin to count."""
    return Tally("Slack", "subtype", _SUBTYPE, " (members not listed)")


@dataclass(slots=True)
class Telling:
    """Tells one place's records, which come in the order of their time; with the first, what the lists say of it."""

    place: PlaceId
    shown: tuple[Words, ...] = field(repr=False)
    """Its name, topic and purpose as the lists have them, without those that a record tells with its own time."""
    membership: Membership
    tally: Tally
    _begun: bool = False

    def beginning(self, moment: float) -> Beginning:
        """Say who could read the place up to its first record, before that is told."""
        return Beginning(_time(moment), self.membership.readers(moment))

    def heard(self, moment: float, record: Record) -> Iterator[Heard]:
        """Tell what a record says, and let it change who belongs to the place."""
        subtype = _subtype(record)
        self._move(moment, subtype, record)
        if not self._begun:
            self._begun = True
            yield self._look(f"{FROM_LISTS} {_id(record['ts'])} {digest_of(self.shown)}", moment, self.shown)
        if subtype in JOINS or subtype in LEAVES:
            return
        if subtype in TOPICS or subtype in NAMES:
            yield self._space(moment, subtype, record)
        elif subtype == PINNED:
            yield from self._pinned(moment, record)
        elif subtype in NOTICES:
            self.tally.notices[subtype] += 1
        elif subtype == "ekm_access_denied":
            self.tally.skipped["are withheld by the workspace's own key"] += 1
        elif subtype == "tombstone":
            yield self._deletion(moment, record["ts"])
        elif subtype == "message_deleted":
            earlier = _before(record)
            yield from self._earlier(moment, earlier)
            yield self._deletion(moment, record.get("deleted_ts") or earlier.get("ts") or record["ts"])
        elif subtype == "message_changed" and isinstance(record.get("message"), dict):
            yield from self._earlier(moment, _before(record))
            yield from self._changed(moment, record, record["message"])
        else:
            yield from self._said(moment, subtype, record)

    def _move(self, moment: float, subtype: str, record: Record) -> None:
        """Take in what a record says about who can read the place."""
        user = account_of(record.get("user"))
        if user is None:
            return
        if subtype in JOINS:
            self.membership.join(user, moment)
            inviter = account_of(record.get("inviter"))
            if inviter is not None:
                self.membership.join(inviter, moment)
        elif subtype in LEAVES:
            self.membership.leave(user, moment)
        elif subtype in SIGNS and not record.get("bot_id"):
            self.membership.join(user, moment)

    def _said(self, moment: float, subtype: str, record: Record) -> Iterator[Post]:
        """Read a message, of a subtype that we know or not."""
        words = _words(subtype, record)
        if subtype not in MESSAGES:
            self.tally.unknown(subtype)
            if not words:
                return
        yield from self._post(moment, record, words, self.membership.readers(moment))

    def _changed(self, moment: float, record: Record, inner: Record) -> Iterator[Post | Deletion | SpaceSeen]:
        """Read a message as it reads after an edit, at the time of the edit. One that others answered is deleted so."""
        if moment_of(inner.get("ts")) is None:
            self.tally.skipped["have no time"] += 1
            return
        if _subtype(inner) == "tombstone":
            yield self._deletion(moment, inner["ts"])
            return
        if _subtype(inner) == PINNED:
            yield from self._pinned(moment, inner)
            return
        words = _words(_subtype(inner), inner)
        for post in self._post(moment, inner, words, self.membership.readers(moment)):
            yield post if post.revision else replace(post, revision=_id(record["ts"]))

    def _earlier(self, now: float, earlier: Record) -> Iterator[Post]:
        """Read the words a message had before it was changed or deleted, where the workspace keeps them.

        What stands in the place of one that was deleted before is Slack's own notice.
        """
        moment, subtype = moment_of(earlier.get("ts")), _subtype(earlier)
        words = () if subtype in {"tombstone", PINNED} else _words(subtype, earlier)
        if moment is not None and words:
            yield from self._post(moment, earlier, words, self.membership.earlier_readers(moment, now))

    def _post(self, moment: float, record: Record, words: tuple[Words, ...], readers: Readers) -> Iterator[Post]:
        author, relayed = _author(record)
        if author is None:
            self.tally.skipped["have no author"] += 1
            return
        if not readers.known:
            self.tally.unknown_audience[self.place] += 1
        elif readers.perhaps - {author}:
            self.tally.doubtful[MAY_HAVE_READ] += 1
        id_, at, revision = self._id(record["ts"]), _time(moment), _revision(record)
        yield Post(PLATFORM, self.place, id_, author, at, readers, words, revision, relayed=relayed)

    def _pinned(self, moment: float, record: Record) -> Iterator[SpaceSeen]:
        """Look at what the place shows to all who come, whoever pinned it there."""
        words, change = pinned_words(record), _id(record["ts"])
        if words:
            yield SpaceSeen(PLATFORM, self.place, change, _time(moment), self.membership.readers(moment), words)
        else:
            self.tally.notices[PINNED] += 1

    def _space(self, moment: float, subtype: str, record: Record) -> SpaceSeen:
        where, key = shown_by(subtype)
        text = record.get(key)
        return self._look(_id(record["ts"]), moment, (Words(where, text),) if isinstance(text, str) else ())

    def _look(self, change: str, moment: float, shown: tuple[Words, ...]) -> SpaceSeen:
        words = dict.fromkeys(words for where, text in shown for words in plain_words(where, text))
        return SpaceSeen(PLATFORM, self.place, change, _time(moment), self.membership.readers(moment), tuple(words))

    def _deletion(self, moment: float, ts: object) -> Deletion:
        return Deletion(PLATFORM, self.place, self._id(ts), _time(moment))

    def _id(self, ts: object) -> PostId:
        return PostId(f"{self.place}/{_id(ts)}")


def _subtype(record: Record) -> str:
    """Name the kind of a record; one that is no message at all counts as a kind of its own."""
    subtype = record.get("subtype") or ("" if record.get("type", "message") == "message" else record.get("type"))
    return subtype if isinstance(subtype, str) else "?" if subtype else ""


def _words(subtype: str, record: Record) -> tuple[Words, ...]:
    match subtype:
        case "file_comment":
            return comment_words(record) or words_of(record)
        case _:
            return words_of(record)


def _author(record: Record) -> tuple[AccountId | None, bool]:
    """Name who wrote it and say whether an app posted it, as live; an old comment on a file names its author inside."""
    comment = record.get("comment") if record.get("subtype") == "file_comment" else None
    commenter = account_of(comment.get("user")) if isinstance(comment, dict) else None
    author, relayed = author_of(record if commenter is None else {**record, "user": commenter})
    return (None if author == NAMELESS else account_of(author)), relayed


def _before(record: Record) -> Record:
    """Give the message inside a record as it was before, under either key that exports use."""
    found = (record.get(key) for key in ("previous_message", "original"))
    return next((each for each in found if isinstance(each, dict)), {})


def _revision(record: Record) -> str:
    edited = record.get("edited")
    ts = edited.get("ts") if isinstance(edited, dict) else None
    return "" if moment_of(ts) is None else _id(ts)


def _id(ts: object) -> str:
    """Write a Slack time as Slack does, also where another program made it a number."""
    if isinstance(ts, float):
        return f"{ts:.6f}"
    return sound(str(ts)) if moment_of(ts) is not None else "?"


def _time(moment: float) -> datetime:
    return datetime.fromtimestamp(moment, UTC)
