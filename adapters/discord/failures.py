"""What asking Discord can raise, and what it means."""

from datetime import timedelta
from typing import Final

import aiohttp
import discord

FAILURES: Final = (discord.HTTPException, aiohttp.ClientError, OSError, TimeoutError)
"""Whatever can go wrong on the way there and back."""

PAUSES: Final = tuple(timedelta(minutes=each) for each in (1, 5, 15, 60))
"""How soon what could not be read is tried again; the last again and again."""


def pause_after(failed: int) -> timedelta:
    """Say how long to wait before what failed is tried again; `failed` counts how often it had failed before."""
    return PAUSES[min(failed, len(PAUSES) - 1)]


def is_final(error: Exception) -> bool:
    """Say whether asking again would change nothing: Discord understood, and said no."""
    return (
        isinstance(error, discord.HTTPException) and 400 <= error.status < 500 and error.status not in {401, 408, 429}
    )


def reason_of(error: Exception) -> str:
    """Say in a word or two what failed: numbers, never Discord's words, which may repeat ours."""
    if isinstance(error, discord.HTTPException):
        return f"answered {error.status} ({error.code})"
    return "no answer in time" if isinstance(error, TimeoutError) else "connection lost"
