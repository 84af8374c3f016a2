"""Finishes what was begun with the database before whoever asked is stopped."""

import asyncio
from collections.abc import Coroutine
from typing import Any, TypeVar

T = TypeVar("T")


async def finish(doing: Coroutine[Any, Any, T]) -> T:
    """Let something run to its end, also when its caller is cancelled meanwhile; the caller is cancelled after it.

    The driver's connections live in threads of their own. One that is broken off half way never ends, nor does the
    process.
    """
    task = asyncio.ensure_future(doing)
    try:
        return await asyncio.shield(task)
    except asyncio.CancelledError:
        await asyncio.wait({task})
        if not task.cancelled():
            task.exception()  # whoever is cancelled cannot be told: what must not get lost is said elsewhere, too
        raise
