"""Notes of copies, in the order they come: one each; a flood of them to one person as one message that lists them all.

Slack takes one post a second in a conversation, so that a thousand notes would take a quarter of an hour.
"""

import asyncio
from collections import defaultdict, deque
from dataclasses import dataclass
from typing import Final

from adapters.slack.failures import FAILURES, is_final, reason_of
from adapters.slack.note import digest, metadata, pieces, stamped
from adapters.slack.web import Web
from bot.notice import Notice
from bot.platform import Outcome, Receipt

MOST_SINGLE: Final = 5
"""When more notes than this wait for one person, they become one message."""

MOST_LISTED: Final = 30
"""So many stand in one message."""


@dataclass(slots=True, eq=False)
class Waiting:
    """One note that waits for its turn."""

    mark: str
    notice: Notice
    receipt: "asyncio.Future[Receipt]"


class Digests:
    """Hands notes over, person by person."""

    def __init__(self, web: Web) -> None:
        """Take the way to Slack."""
        self._web = web
        self._waiting: defaultdict[str, deque[Waiting]] = defaultdict(deque)
        self._turns: defaultdict[str, asyncio.Lock] = defaultdict(asyncio.Lock)

    async def hand_over(self, direct: str, mark: str, notice: Notice) -> Receipt:
        """Hand a note over; those that wait with it may go in the same message."""
        own = Waiting(mark, notice, asyncio.get_running_loop().create_future())
        self._waiting[direct].append(own)
        async with self._turns[direct]:
            while not own.receipt.done():
                await self._send(direct)
        return own.receipt.result()

    async def _send(self, direct: str) -> None:
        """Send whoever stands first; if many wait, as many as go in one message. All get the same receipt."""
        queue = self._waiting[direct]
        number = min(len(queue), MOST_LISTED) if len(queue) > MOST_SINGLE else 1
        group = [queue.popleft() for _ in range(number)]
        receipt = Receipt(Outcome.UNKNOWN, "ended meanwhile")
        try:
            receipt = await self._posted(direct, group)
        finally:
            for each in group:
                if not each.receipt.done():
                    each.receipt.set_result(receipt)

    async def _posted(self, direct: str, group: list[Waiting]) -> Receipt:
        (text, blocks), *_ = pieces(group[0].notice)
        if len(group) > 1:
            text, blocks = digest([each.notice for each in group])
        marks = [each.mark for each in group]
        try:
            await self._web.post(direct, text, blocks=stamped(blocks, *marks), metadata=metadata(*marks))
        except FAILURES as error:
            return Receipt(Outcome.REFUSED if is_final(error) else Outcome.UNKNOWN, reason_of(error))
        return Receipt(Outcome.DONE)
