"""What asking Slack can raise, and what it means."""

from datetime import timedelta
from typing import Final

import aiohttp
from slack_sdk.errors import SlackApiError, SlackClientError

FAILURES: Final = (SlackClientError, aiohttp.ClientError, OSError, TimeoutError)
"""Whatever can go wrong on the way there and back."""

MAY_PASS: Final = frozenset(
    {"", "internal_error", "fatal_error", "service_unavailable", "request_timeout", "ratelimited", "team_added_to_org"}
)
"""Answers after which nobody knows whether it was done, or that another time may not give."""

GONE: Final = frozenset({"message_not_found", "channel_not_found", "no_text", "thread_not_found"})
"""Answers that say that there is nothing left to do it to."""

TOKEN_LOST: Final = frozenset({"token_revoked", "token_expired", "account_inactive", "invalid_auth", "not_authed"})
"""Answers that say that a token opens nothing any more."""


def pause_after(failed: int, first: timedelta, longest: timedelta) -> timedelta:
    """Say how long to wait before what failed is tried again: each time twice as long.

    `failed` counts how often it had failed before.
    """
    times: int = 2 ** min(failed, 20)
    return min(first * times, longest)


def code_of(error: Exception) -> str:
    """Give Slack's own word for a refusal; empty where it gave none."""
    data = error.response.data if isinstance(error, SlackApiError) and hasattr(error.response, "data") else None
    found = data.get("error") if isinstance(data, dict) else None
    return found if isinstance(found, str) else ""


def status_of(error: Exception) -> int:
    """Give the number of an answer; 0 where none came."""
    status = getattr(error.response, "status_code", 0) if isinstance(error, SlackApiError) else 0
    return status if isinstance(status, int) else 0


def retry_after(error: Exception) -> float | None:
    """Say after how many seconds Slack wants to be asked again; None where it was not too often."""
    if status_of(error) != 429 or not isinstance(error, SlackApiError):
        return None
    told = {name.lower(): value for name, value in error.response.headers.items()}.get("retry-after", "")
    value = told[0] if isinstance(told, list) else told
    return float(value) if str(value).isdecimal() else 1.0


def is_final(error: Exception) -> bool:
    """Say whether asking again would change nothing: Slack understood, and said no."""
    status = status_of(error)
    return (status == 200 and code_of(error) not in MAY_PASS) or (400 <= status < 500 and status not in {408, 429})


def is_gone(error: Exception) -> bool:
    """Say whether there is nothing left to do it to."""
    return code_of(error) in GONE


def reason_of(error: Exception) -> str:
    """Say in a word or two what failed: a number or Slack's code, never words that may repeat ours."""
    if isinstance(error, SlackApiError):
        code = code_of(error)
        return f"answered {status_of(error)} ({code})" if code else f"answered {status_of(error)}"
    return "no answer in time" if isinstance(error, TimeoutError) else "connection lost"
