"""What is heard on Discord, in our words: plain values in, plain values out. No network, no clock."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

import discord

from adapters.discord.audience import VOICE, Place, connected
from adapters.discord.versions import PLATFORM, revision_of
from adapters.discord.words import is_own, words_of
from bot.medium import medium_of
from bot.message import Attached, PlaceId, PostId, Where, Words
from bot.people import AccountId, TeamId
from bot.platform import UNKNOWN_READERS, Post, ProfileSeen, Readers, Report, SpaceSeen


def account_of(message: discord.Message) -> AccountId:
    """Name who wrote: an account; for a webhook, which can call itself anything, the webhook."""
    if message.webhook_id is not None and message.interaction_metadata is None:
        return AccountId(f"webhook:{message.webhook_id}")
    return AccountId(str(message.author.id))


def is_relayed(message: discord.Message, trusted: frozenset[int]) -> bool:
    """Say whether a webhook or an app posted it, so that nobody can know who is behind it."""
    by_app = message.webhook_id is not None or message.author.bot
    return by_app and message.author.id not in trusted and message.webhook_id not in trusted


def told_by(message: discord.Message) -> dict[str, Any]:
    """Give a message in the shape of Discord's own message object, as far as somebody can read it."""
    told = _told(message)
    told["message_snapshots"] = [{"message": _told(each)} for each in message.message_snapshots]
    if message.poll is not None:
        told["poll"] = {
            "question": {"text": message.poll.question},
            "answers": [{"poll_media": each.media.to_dict()} for each in message.poll.answers],
        }
    return told


def _told(message: discord.Message | discord.MessageSnapshot) -> dict[str, Any]:
    return {
        "content": message.content,
        "attachments": [
            {"filename": each.filename, "title": each.title, "description": each.description}
            for each in message.attachments
        ],
        "embeds": [each.to_dict() for each in message.embeds if is_own(each.type, by_app=_is_by_app(message))],
        "components": [each.to_dict() for each in message.components],
        "sticker_items": [{"name": each.name} for each in message.stickers],
    }


def _is_by_app(message: discord.Message | discord.MessageSnapshot) -> bool:
    """Say whether an app or a webhook wrote it. Of what is forwarded Discord does not say who did."""
    return isinstance(message, discord.MessageSnapshot) or message.author.bot or message.webhook_id is not None


def _is_plain(message: discord.Message) -> bool:
    """Say whether a message is nothing but its text, as most are."""
    beside = message.attachments or message.embeds or message.components or message.stickers
    return not beside and message.poll is None and not message.message_snapshots


def words_in(message: discord.Message) -> tuple[Words, ...]:
    """List everything that can be read in a message."""
    if _is_plain(message):
        return (Words(Where.BODY, message.content),) if message.content else ()
    return words_of(told_by(message))


def to_post(
    message: discord.Message, place: PlaceId, readers: Readers, team: TeamId | None, *, relayed: bool, late: bool
) -> Post:
    """Tell of a message, given who can read it."""
    words = words_in(message)
    return Post(
        PLATFORM,
        place,
        PostId(str(message.id)),
        account_of(message),
        message.edited_at or message.created_at,
        readers,
        words,
        revision_of(message.edited_at, words),
        team,
        relayed=relayed,
        late=late,
        attached=files_of(message),
    )


def attached_to(message: discord.Message) -> Iterator[discord.Attachment]:
    """List the files of a message, those of what it forwards among them."""
    yield from message.attachments
    for each in message.message_snapshots:
        yield from each.attachments


def files_of(message: discord.Message) -> tuple[Attached, ...]:
    """Name the files that are attached to a message: each by its place, its message and itself."""
    return tuple(
        Attached(
            f"{message.channel.id}/{message.id}/{each.id}",
            each.size,
            medium_of(each.content_type or "", each.filename),
            each.filename,
        )
        for each in attached_to(message)
    )


def whereabouts(attached: Attached) -> tuple[int, int, int] | None:
    """Say in which channel and message a file stands, and which it is; None for one of an order."""
    parts = attached.file.split("/")
    return (int(parts[0]), int(parts[1]), int(parts[2])) if len(parts) == 3 else None


def to_report(message: discord.Message, about: int, words: tuple[Words, ...]) -> Report:
    """Take what somebody wrote to us alone as told to an adult; `about` is the message with which they began.

    What they change it to is told by itself.
    """
    place, post = PlaceId(str(message.channel.id)), PostId(f"report:{about}")
    edited = message.edited_at
    id_ = str(message.id) if edited is None else f"{message.id}/{edited.isoformat()}"
    return Report(PLATFORM, id_, post, place, account_of(message), edited or message.created_at, words)


def to_bare_post(message: discord.Message, place: PlaceId, team: TeamId | None, *, late: bool) -> Post:
    """Tell of a message that holds what we do not understand: its text alone; who posted and who reads is not known."""
    words = (Words(Where.BODY, message.content),) if message.content else ()
    author, id_ = AccountId(str(message.author.id)), PostId(str(message.id))
    at = message.created_at
    return Post(PLATFORM, place, id_, author, at, UNKNOWN_READERS, words, team=team, relayed=True, late=late)


def to_space(
    channel: Place,
    place: PlaceId,
    readers: Readers,
    team: TeamId | None,
    at: datetime,
    together: timedelta = timedelta(),
    pins: tuple[Words, ...] | None = (),
    *,
    advisor_may_speak: bool,
    slips: bool,
) -> SpaceSeen:
    """Tell of a place as it is now; of a voice room with who is connected, and for how long they have been together.

    `pins` is what is pinned there; None while that is not known.
    """
    return SpaceSeen(
        PLATFORM,
        place,
        at.isoformat(),
        at,
        readers,
        tuple(each for each in (*_space_words(channel), *(pins or ())) if each.text),
        team,
        advisor_may_speak,
        connected(channel) if isinstance(channel, VOICE) else None,
        together,
        slips,
        pins_known=pins is not None,
    )


def _space_words(channel: Place) -> Iterator[Words]:
    match channel:
        case discord.Thread():
            yield Words(Where.THREAD_NAME, channel.name)
            yield from (Words(Where.TAG, each.name) for each in channel.applied_tags)
        case _:
            yield Words(Where.CHANNEL_NAME, channel.name)
            yield Words(Where.TOPIC, getattr(channel, "topic", None) or getattr(channel, "status", None) or "")
            if isinstance(channel, discord.ForumChannel):
                yield from (Words(Where.TAG, each.name) for each in channel.available_tags)
            if channel.category is not None:
                yield Words(Where.TAG, channel.category.name)


def to_event(event: discord.ScheduledEvent, readers: Readers, at: datetime) -> SpaceSeen:
    """Tell of an event in a server's calendar by what can be read of it."""
    words = (
        Words(Where.EVENT_NAME, event.name),
        Words(Where.ABOUT, event.description or ""),
        Words(Where.ABOUT, event.location or ""),
    )
    shown = tuple(each for each in words if each.text)
    place = PlaceId(f"event:{event.id}")
    return SpaceSeen(PLATFORM, place, at.isoformat(), at, readers, shown, advisor_may_speak=False)


def to_emoji(emoji: discord.Emoji, at: datetime) -> SpaceSeen:
    """Tell of an emoji that somebody made for a server by its name, which everybody there can use."""
    place, words = PlaceId(f"emoji:{emoji.id}"), (Words(Where.TAG, emoji.name),)
    return SpaceSeen(PLATFORM, place, at.isoformat(), at, UNKNOWN_READERS, words, advisor_may_speak=False)


def to_profile(member: discord.Member | discord.User, at: datetime, *, new_picture: bool = False) -> ProfileSeen:
    """Tell how somebody shows up: every name they are shown by, and that a picture is another one."""
    names = dict.fromkeys((getattr(member, "nick", None), member.global_name, member.name))
    words = tuple(Words(Where.DISPLAY_NAME, each) for each in names if each)
    change = f"{at.isoformat()} {member.display_avatar.key}"
    return ProfileSeen(PLATFORM, AccountId(str(member.id)), change, at, words, new_picture)


def to_reaction(
    reaction: discord.RawReactionActionEvent, place: PlaceId, readers: Readers, team: TeamId | None, at: datetime
) -> Post:
    """Tell of a reaction with an emoji of somebody's own making: its name is a word, and it stands under a message."""
    post = PostId(f"{reaction.message_id}:{reaction.user_id}:{reaction.emoji.name}:{reaction.emoji.id}")
    words = (Words(Where.TAG, reaction.emoji.name or ""),)
    return Post(PLATFORM, place, post, AccountId(str(reaction.user_id)), at, readers, words, team=team)


def place_of(channel: Place) -> PlaceId:
    """Name a place by Discord's own id."""
    return PlaceId(str(channel.id))
