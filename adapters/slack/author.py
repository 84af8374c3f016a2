"""Who wrote a message on Slack; live and in an export alike."""

from collections.abc import Mapping
from typing import Any, Final

from adapters.mending import sound

NAMELESS: Final = "username:"
"""Begins the name of an author with no id: what an app calls itself, marked so that it passes for no account."""


def author_of(message: Mapping[str, Any]) -> tuple[str, bool]:
    """Name who wrote a message, as Slack does, and say whether an app posted it; `NAMELESS` where nothing tells."""
    app, user, called = (_text(message.get(key)) for key in ("bot_id", "user", "username"))
    if app:
        return app, True
    if user:
        return user, message.get("subtype") == "bot_message"
    return f"{NAMELESS}{called}", True


def _text(value: object) -> str:
    """Give a text; empty for what is none, or blank."""
    return sound(value) if isinstance(value, str) and value.strip() else ""
