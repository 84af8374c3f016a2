"""How a message on Slack is named, and told from its own earlier versions; live and in an export alike."""

import re
from collections.abc import Mapping
from datetime import UTC, datetime
from hashlib import blake2b
from typing import Any, Final

from bot.message import PostId, Where, Words

PLATFORM: Final = "slack"

SHOWN_LATER: Final = frozenset({Where.EMBED, Where.LINK_TARGET, Where.FORWARD})
"""Where words stand that Slack may put under a message by itself: the preview of a link."""

POST: Final = re.compile(r"(?P<channel>[A-Z][A-Z0-9]+)/(?P<ts>\d{1,10}\.\d{1,9})")
ID: Final = re.compile(r"[A-Z][A-Z0-9]{1,40}")
TIME: Final = re.compile(r"\d{1,10}(?:\.\d{1,9})?")


def is_id(text: object) -> bool:
    """Say whether this is an id as Slack gives them out."""
    return isinstance(text, str) and ID.fullmatch(text) is not None


def post_id(channel: str, ts: str) -> PostId:
    """Name a message: a time is one in its channel only."""
    return PostId(f"{channel}/{ts}")


def whereabouts(post: str) -> tuple[str, str] | None:
    """Say in which channel a message stands, and its time; None for what is no message: an order, a report."""
    found = POST.fullmatch(post)
    return None if found is None else (found["channel"], found["ts"])


def moment_of(ts: object) -> datetime | None:
    """Read a time as Slack writes it; None for what is none."""
    if not isinstance(ts, str) or not TIME.fullmatch(ts):
        return None
    return datetime.fromtimestamp(float(ts), UTC)


def ts_of(moment: datetime) -> str:
    """Write a time as Slack does."""
    return f"{moment.timestamp():.6f}"


def edited_at(message: Mapping[str, Any]) -> str:
    """Say when somebody edited a message; empty for one as first written."""
    edited = message.get("edited")
    ts = edited.get("ts") if isinstance(edited, dict) else None
    return ts if isinstance(ts, str) and moment_of(ts) is not None else ""


def typed(words: tuple[Words, ...]) -> tuple[Words, ...]:
    """Leave out what Slack may have put there by itself."""
    return tuple(each for each in words if each.where not in SHOWN_LATER)


def digest_of(words: tuple[Words, ...]) -> str:
    """Tell a version without a time of its own: something was changed, and Slack does not say when."""
    shown = "\n".join(each.text for each in words)
    return f"~{blake2b(shown.encode('utf-8', 'surrogatepass'), digest_size=8).hexdigest()}"
