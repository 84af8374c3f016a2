"""A REST call, what it finds, and how it is refused."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from tests.discord.channels import Channel, Thread
from tests.discord.guilds import Guild
from tests.discord.interactions import Interaction, Interactions
from tests.discord.messages import EPHEMERAL, Message
from tests.discord.world import NONCE_WINDOW, Body, User, World

Answer = Body | list[Body] | None
"""What is sent back; None is 204, no content."""


class Refusal(Exception):  # noqa: N818 (Discord says no; nothing is broken)
    """An answer that is no success, with Discord's own code."""

    def __init__(self, status: int, code: int, message: str) -> None:
        super().__init__(message)
        self.status, self.body = status, {"code": code, "message": message}


@dataclass(slots=True, eq=False)
class Call:
    """One request, and the world it speaks of."""

    world: World
    interactions: Interactions
    named: dict[str, str]
    """The parts of the path that have a name."""
    query: dict[str, str]
    body: Any
    files: dict[str, bytes]
    reason: str | None

    @property
    def channel(self) -> Channel:
        """The channel that the path names."""
        channel = self.world.channels.get(int(self.named["channel"]))
        if channel is None:
            raise Refusal(404, 10003, "Unknown Channel")
        if channel.hidden:
            raise Refusal(403, 50001, "Missing Access")
        return channel

    @property
    def thread(self) -> Thread:
        """The thread that the path names as a channel."""
        channel = self.channel
        if not isinstance(channel, Thread):
            raise Refusal(400, 50024, "Cannot execute action on this channel type")
        return channel

    @property
    def message(self) -> Message:
        """The message that the path names, which still stands."""
        message = self.channel.messages.get(int(self.named["message"]))
        if message is None or message.deleted:
            raise Refusal(404, 10008, "Unknown Message")
        return message

    @property
    def guild(self) -> Guild:
        """The guild that the path names."""
        guild = self.world.guilds.get(int(self.named["guild"]))
        if guild is None:
            raise Refusal(404, 10004, "Unknown Guild")
        return guild

    @property
    def user(self) -> User:
        """The account that the path names, "@me" being the bot's."""
        name = self.named["user"]
        user = self.world.bot if name == "@me" else self.world.users.get(int(name))
        if user is None:
            raise Refusal(404, 10013, "Unknown User")
        return user

    @property
    def interaction(self) -> Interaction:
        """The interaction whose token the path holds."""
        found = self.interactions.by_token.get(self.named["token"])
        if found is None:
            raise Refusal(404, 10062, "Unknown interaction")
        return found

    def write(self, channel: Channel, body: Body, interaction: Interaction | None = None) -> Message:
        """Write the bot's message, or find the one that has the same nonce already."""
        content, nonce = body.get("content") or "", body.get("nonce")
        if nonce is not None and len(str(nonce)) > 25:
            raise Refusal(400, 50035, "Invalid Form Body: nonce must be 25 or fewer in length")
        if nonce is not None and body.get("enforce_nonce"):
            known = self._known(str(nonce))
            if known is not None:
                return known
        if len(content) > 2000:
            raise Refusal(400, 50035, "Invalid Form Body: content must be 2000 or fewer in length")
        told = [body.get(each) for each in ("embeds", "components", "sticker_ids", "poll")]
        if not any((content, self.files, *told)):
            raise Refusal(400, 50006, "Cannot send an empty message")
        if channel.recipient is not None and not channel.recipient.takes_direct_messages:
            raise Refusal(403, 50007, "Cannot send messages to this user")
        reference, flags = body.get("message_reference") or {}, body.get("flags") or 0
        return channel.say(
            self.world.bot,
            content,
            embeds=body.get("embeds") or (),
            components=body.get("components") or (),
            files=self.files,
            nonce=None if nonce is None else str(nonce),
            flags=flags,
            reply_to=channel.messages.get(int(reference.get("message_id") or 0)),
            interaction=None if interaction is None else interaction.metadata,
            seen_by=interaction.user if interaction and flags & EPHEMERAL else None,
        )

    def rewrite(self, message: Message) -> Message:
        """Change a message as the body says."""
        changed: dict[str, list[Body]] = {
            key: self.body[key] or [] for key in ("embeds", "components") if key in self.body
        }
        if "attachments" in self.body:
            kept = {str(each["id"]) for each in self.body["attachments"]}
            added = [message.channel._attach(name, data) for name, data in self.files.items()]
            changed["attachments"] = [each for each in message.attachments if each["id"] in kept] + added
        content = self.body["content"] or "" if "content" in self.body else None
        message.edit(content, **changed)
        return message

    def _known(self, nonce: str) -> Message | None:
        since = self.world.now() - NONCE_WINDOW
        own = (each for each in reversed(self.world.ledger) if each.author is self.world.bot)
        return next((each for each in own if each.nonce == nonce and each.sent_at >= since), None)


Handler = Callable[[Call], Answer]
ROUTES: list[tuple[str, re.Pattern[str], Handler]] = []
"""Every route this peer knows: its method, its path, and what it does."""


def route(method: str, path: str) -> Callable[[Handler], Handler]:
    """Answer a method and a path, in which {name} stands for one part."""
    pattern = re.compile(re.sub(r"\{(\w+)\}", r"(?P<\1>[^/]+)", path))

    def register(handler: Handler) -> Handler:
        ROUTES.append((method, pattern, handler))
        return handler

    return register


def find(method: str, path: str) -> tuple[Handler, dict[str, str]] | None:
    """Find who answers, and the named parts of the path."""
    for known, pattern, handler in ROUTES:
        match = pattern.fullmatch(path)
        if known == method and match is not None:
            return handler, match.groupdict()
    return None
