"""What it takes to watch over what people have granted, and to tell them when something ends."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime

from adapters.notebook import Notebook
from adapters.slack.grants import Grants
from bot.directory import Directory

Inform = Callable[[str, str, str, datetime | None], Awaitable[str]]
"""Tells an account a text under a mark, which nobody can have told before a moment. Gives the time of the message by
Slack's clock; empty where they do not have it."""


@dataclass(frozen=True, slots=True)
class Watch:
    """Who has granted what, who is who, how one is told something, and the clock."""

    notebook: Notebook
    grants: Grants
    directory: Directory
    inform: Inform
    now: Callable[[], datetime]
