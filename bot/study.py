"""Where words are read by the models: in a thread, a few at a time, what matters most first, until time is up.

What is not read in time says so, and is read later in a further round; nothing is dropped.
"""

import asyncio
from collections import OrderedDict
from collections.abc import Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Final, NamedTuple

import msgspec
import structlog

from bot.message import Message, Where
from bot.readings.clues import Clues
from bot.readings.labels import Clue, Label, Scores, Setting
from bot.readings.setting import setting_of
from bot.readings.signs import Slow
from bot.readings.topics import Topics

BATCH: Final = 16
"""How many texts the models take at once: more would keep what is urgent waiting."""

AT_ONCE: Final = 32
"""In a burst, so many texts that came together are read at once; the others later, but for what is never put off."""

LONGER: Final = 1.5
"""So many times the patience what is urgent may be waited for beyond it."""

REMEMBERED: Final = 4_096
"""The scores of so many texts are remembered: the same is written again and again."""

SAID: Final = frozenset(
    {Where.BODY, Where.FORWARD, Where.EMBED, Where.POLL, Where.PICTURE, Where.ALT_TEXT, Where.LINK_TEXT}
)
"""Where people write in sentences. What they quote is somebody else's, and names are for lists and patterns."""

UNREAD: Final = frozenset({Slow.MEANING})
URGENT: Final = (Label.SELF_HARM, Label.THREAT, Label.REPORT)

LOG = structlog.get_logger("chaperone.study")


class Asked(NamedTuple):
    """A text to be read: what was written, who spoke to whom, and the clues that were found in it."""

    text: str
    setting: Setting
    clues: tuple[Clue, ...] = ()

    def __repr__(self) -> str:
        """Show who spoke to whom only: words stay out of logs and tracebacks."""
        return f"Asked({self.setting})"


class Study:
    """Reads what was written, as far as there is time."""

    def __init__(self, topics: Topics, patience: float | None = 1.0) -> None:
        """Take what reads, and how many seconds after hearing it a text may still be waited for; None: for all."""
        self.patience = patience
        self._topics = topics
        self._thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix="study")
        self._known: OrderedDict[Asked, Scores] = OrderedDict()

    async def read(self, messages: Sequence[Message], by: float | None = None) -> list[Message]:
        """Give the messages with what the models make of them; those not read until `by` say what is unread.

        `by` is a time of the loop's clock; without it everything is read, however long it takes.
        """
        asked = [_asked(each) for each in messages]
        known = {each: scores for each in asked if (scores := self._recall(each)) is not None}
        urgent, other = _in_order(messages, asked, known)
        await self._learn(urgent, None if by is None else by + LONGER * (self.patience or 0), known)
        await self._learn(other if by is None else other[: max(0, AT_ONCE - len(urgent))], by, known)
        return [self._with_signs(message, each, known) for message, each in zip(messages, asked, strict=True)]

    def _recall(self, asked: Asked) -> Scores | None:
        """Give what is known of a text with the very same clues, said in the same setting."""
        found = self._known.get(asked)
        if found is not None:
            self._known.move_to_end(asked)
        return found

    async def _learn(self, asked: Sequence[Asked], by: float | None, known: dict[Asked, Scores]) -> None:
        """Read a few at a time until time is up. What comes too late is remembered all the same."""
        loop = asyncio.get_running_loop()
        for first in range(0, len(asked), BATCH):
            left = None if by is None else by - loop.time()
            if left is not None and left <= 0:
                return
            reading = loop.run_in_executor(self._thread, self._score, asked[first : first + BATCH])
            reading.add_done_callback(self._keep)
            done, _ = await asyncio.wait({reading}, timeout=left)
            if done:
                known |= reading.result()

    def _keep(self, reading: "asyncio.Future[dict[Asked, Scores]]") -> None:
        if reading.cancelled() or reading.exception() is not None:
            return
        self._known |= reading.result()
        while len(self._known) > REMEMBERED:
            self._known.popitem(last=False)

    def _score(self, asked: Sequence[Asked]) -> dict[Asked, Scores]:
        """Read a few texts, in the thread. What fails stays unread, and keeps none of the others from being read."""
        try:
            return dict(zip(asked, self._topics.score(*zip(*asked, strict=True)), strict=True))
        except Exception as error:  # noqa: BLE001 (whatever breaks in a model, the words are judged without it)
            LOG.warning("texts could not be read", number=len(asked), fault=type(error).__name__)
        found: dict[Asked, Scores] = {}
        for each in asked if len(asked) > 1 else ():
            found |= self._score([each])
        return found

    def _with_signs(self, message: Message, asked: Asked, known: Mapping[Asked, Scores]) -> Message:
        if not asked.text:
            return message
        found = known.get(asked)
        if found is None:
            return msgspec.structs.replace(message, readings=message.readings._replace(unread=UNREAD))
        leak = self._topics.leaks(asked.text, found, asked.setting)
        readings = message.readings.scored(found, self._topics.points, leak=leak)
        return msgspec.structs.replace(message, readings=readings)

    def renew(self, clues: Clues) -> None:
        """Go on with the clues of another roster."""
        self._topics = self._topics.knowing(clues)
        self._known.clear()

    def close(self) -> None:
        """Let the thread end; what it reads now is read to its end."""
        self._thread.shutdown(wait=False, cancel_futures=True)


def _asked(message: Message) -> Asked:
    """Put together what its author wrote in sentences."""
    text = "\n".join(words.text for words in message.words if words.text and words.where in SAID)
    return Asked(text, setting_of(message), message.readings.scores.clues)


def _in_order(
    messages: Sequence[Message], asked: Sequence[Asked], known: Mapping[Asked, Scores]
) -> tuple[list[Asked], list[Asked]]:
    """List what is to be read: what is urgent, then the rest; the same text once."""
    urgent: dict[Asked, None] = {}
    other: dict[Asked, None] = {}
    for message, each in zip(messages, asked, strict=True):
        if each.text and each not in known:
            (urgent if is_urgent(message) else other)[each] = None
    return [*urgent], [each for each in other if each not in urgent]


def is_urgent(message: Message) -> bool:
    """Say whether a message is read first and never put off: staff to one student, and whatever hints at danger."""
    alone = message.author.is_staff and len(message.audience.students) == 1
    return alone or _hints(message.readings.scores.clues)


def _hints(clues: Iterable[Clue]) -> bool:
    return any(each.label in URGENT for each in clues)
