"""What is heard on Slack, in our words: plain values in, plain values out. No network, no clock."""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any, Final

from adapters.slack.audience import Account, Conversation
from adapters.slack.versions import PLATFORM, digest_of, edited_at, moment_of, post_id, typed
from adapters.slack.words import files_of, plain_words, words_of
from bot.message import PlaceId, PostId, Where, Words
from bot.people import AccountId, TeamId
from bot.platform import UNKNOWN_READERS, Deletion, Post, ProfileSeen, Readers, Report, SpaceSeen

Told = Mapping[str, Any]
"""An object as Slack tells it: nothing about its values can be relied on."""

MESSAGES: Final = frozenset({"", "me_message", "file_share", "thread_broadcast", "bot_message", "file_comment"})
"""The subtypes of what somebody says."""


def subtype_of(event: Told) -> str:
    """Name what kind of message it is; empty for an ordinary one."""
    subtype = event.get("subtype")
    return subtype if isinstance(subtype, str) else ""


def is_edit(event: Told) -> bool:
    """Say whether a changed message reads otherwise than before. The preview of a link, put under it, is no edit."""
    message, before = _inner(event, "message"), _inner(event, "previous_message")
    if edited_at(message) != edited_at(before):
        return True
    return bool(before) and typed(words_of(message)) != typed(words_of(before))


def revision_of_change(event: Told) -> str:
    """Tell the new version of a changed message: by the time of the edit, else by what it says."""
    message, before = _inner(event, "message"), _inner(event, "previous_message")
    edited = edited_at(message)
    return edited if edited and edited != edited_at(before) else digest_of(words_of(message))


def _inner(event: Told, key: str) -> Told:
    found = event.get(key)
    return found if isinstance(found, dict) else {}


def to_post(
    message: Told,
    channel: str,
    place: PlaceId,
    author: AccountId,
    readers: Readers,
    team: TeamId | None,
    revision: str = "",
    *,
    relayed: bool,
    late: bool,
) -> Post | None:
    """Tell of a message, given who wrote and who reads it; None where it has no time."""
    ts = str(message.get("ts"))
    sent_at = moment_of(edited_at(message)) or moment_of(ts)
    if sent_at is None:
        return None
    words = words_of(message)
    id_, told = post_id(channel, ts), revision or edited_at(message)
    attached = files_of(message) if not channel.startswith("D") else ()  # a grant shows words, and no files
    return Post(
        PLATFORM,
        place,
        id_,
        author,
        sent_at,
        readers,
        words,
        told,
        team,
        relayed=relayed,
        late=late,
        attached=attached,
    )


def to_bare_post(
    message: Told, channel: str, place: PlaceId, author: AccountId, at: datetime, team: TeamId | None
) -> Post:
    """Tell of a message that holds what we do not understand: its text alone; who posted and who reads is not known."""
    words = plain_words(Where.BODY, message.get("text"))
    id_ = post_id(channel, str(message.get("ts")))
    return Post(PLATFORM, place, id_, author, at, UNKNOWN_READERS, words, team=team, relayed=True)


def to_deletion(post: PostId, place: PlaceId, at: datetime, *, as_asked: bool) -> Deletion:
    """Tell that a message is gone; `as_asked` says whether that ends what its author was asked.

    Slack does not say who deleted it: where we can take nothing away, an owner or administrator may have.
    """
    return Deletion(PLATFORM, place, post, at, as_asked)


def to_report(message: Told, channel: str, about: str, by: AccountId, at: datetime) -> Report:
    """Take what somebody wrote to us alone as told to an adult; `about` is the message with which they began."""
    id_, edited = post_id(channel, str(message.get("ts"))), edited_at(message)
    return Report(
        PLATFORM,
        f"{id_}~{edited}" if edited else id_,
        PostId(f"report:{about}"),
        PlaceId(channel),
        by,
        at,
        words_of(message),
    )


def to_space(
    conversation: Conversation,
    place: PlaceId,
    readers: Readers,
    team: TeamId | None,
    at: datetime,
    pins: tuple[Words, ...] | None = (),
    *,
    advisor_may_speak: bool,
) -> SpaceSeen:
    """Tell of a place as it is now. `pins` is what is pinned there; None while that is not known."""
    shown = (
        (Where.CHANNEL_NAME, conversation.name),
        (Where.TOPIC, conversation.topic),
        (Where.TOPIC, conversation.purpose),
    )
    words = (*(each for where, text in shown for each in plain_words(where, text)), *(pins or ()))
    return SpaceSeen(
        PLATFORM,
        place,
        at.isoformat(),
        at,
        readers,
        () if conversation.kind in {"im", "mpim"} else tuple(dict.fromkeys(words)),
        team,
        advisor_may_speak=advisor_may_speak,
        pins_known=pins is not None,
    )


def as_bookmark(post: Post, channel: str, ts: str) -> Post:
    """Tell of what somebody put beside a channel's name. To take its own line away would leave it there."""
    words = tuple(each._replace(where=Where.PIN) for each in post.words)
    return replace(post, id=PostId(f"{channel}/pin:{ts}:{post.author}"), words=words, removable=False)


def is_bookmark(post: PostId) -> bool:
    """Say whether a post is what somebody put beside a channel's name. In old records, what they pinned is one, too."""
    return "/pin:" in post


def to_emoji(name: str, at: datetime) -> SpaceSeen:
    """Tell of an emoji of the workspace's own making by its name, which everybody can read."""
    place = PlaceId(f"emoji:{name}")
    words = plain_words(Where.TAG, name.replace("_", " ").replace("-", " "))
    return SpaceSeen(PLATFORM, place, at.isoformat(), at, UNKNOWN_READERS, words, advisor_may_speak=False)


def to_profile(account: Account, named: AccountId, at: datetime, *, new_picture: bool) -> ProfileSeen:
    """Tell how somebody shows up: every name they are shown by, what they say of themselves."""
    change = f"{at.isoformat()} {account.picture}"
    return ProfileSeen(PLATFORM, named, change, at, tuple(_profile_words(account)), new_picture)


def _profile_words(account: Account) -> Iterator[Words]:
    for name in account.names:
        yield from plain_words(Where.DISPLAY_NAME, name)
    for text in account.about:
        yield from plain_words(Where.ABOUT, text)
