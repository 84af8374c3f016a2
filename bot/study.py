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
from bot.readings.labels import URGENT, Clue, Label, Scores, Setting
from bot.readings.outside import Outside, Question
from bot.readings.setting import setting_of
from bot.readings.signs import Point, Slow
from bot.readings.topics import Topics

BATCH: Final = 16
"""How many texts the models take at once: more would keep what is urgent waiting."""

AT_ONCE: Final = 32
"""In a burst, so many texts that came together are read at once; the others later, but for what is never put off."""

LONGER: Final = 1.5
"""So many times the patience what is urgent may be waited for beyond it."""

REMEMBERED: Final = 4_096
"""The scores of so many texts are remembered: the same is written again and again."""

TOLD_EVERY: Final = 100
"""After so many more texts that a scorer of the district's own was asked about, the counts are logged."""

SAID: Final = frozenset(
    {Where.BODY, Where.FORWARD, Where.EMBED, Where.POLL, Where.PICTURE_TEXT, Where.ALT_TEXT, Where.LINK_TEXT}
)
"""Where people write in sentences. What they quote is somebody else's, and names are for lists and patterns."""

UNREAD: Final = frozenset({Slow.MEANING})

LOG = structlog.get_logger("chaperone.study")


class Asked(NamedTuple):
    """A text to be read: what was written, who spoke to whom, and the clues that were found in it."""

    text: str
    setting: Setting
    clues: tuple[Clue, ...] = ()

    @property
    def is_empty(self) -> bool:
        """Whether nothing is said and nothing was found: a file's name alone may hold a clue."""
        return not self.text and not self.clues

    def __repr__(self) -> str:
        """Show who spoke to whom only: words stay out of logs and tracebacks."""
        return f"Asked({self.setting})"


class Study:
    """Reads what was written, as far as there is time."""

    def __init__(self, topics: Topics, patience: float | None = 1.0, outside: Outside | None = None) -> None:
        """Take what reads, and how many seconds after hearing it a text may still be waited for; None: for all.

        `outside` asks a scorer of the district's own, if there is one, about what stays undecided.
        """
        self.patience = patience
        self._topics = topics
        self._second = None if outside is None else SecondOpinion(outside)
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
        found = [known.get(each) for each in asked]
        if self._second is not None:
            questions = [_question(*each) for each in zip(messages, asked, strict=True)]
            said = [scores if each.text else None for each, scores in zip(asked, found, strict=True)]
            joined = await self._second.on(questions, said, self._topics.points, by)
            found = [ours if both is None else both for ours, both in zip(found, joined, strict=True)]
        return [self._with_signs(*each) for each in zip(messages, asked, found, strict=True)]

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

    def _with_signs(self, message: Message, asked: Asked, found: Scores | None) -> Message:
        if asked.is_empty:
            return message
        if found is None:
            return msgspec.structs.replace(message, readings=message.readings._replace(unread=UNREAD))
        leak = self._topics.leaks(asked.text, found, asked.setting) if asked.text else message.readings.leak
        readings = message.readings.scored(found, self._topics.points, leak=leak)
        return msgspec.structs.replace(message, readings=readings)

    def renew(self, clues: Clues) -> None:
        """Go on with the clues of another roster."""
        self._topics = self._topics.knowing(clues)
        self._known.clear()

    def close(self) -> None:
        """Let the thread end; what it reads now is read to its end."""
        self._thread.shutdown(wait=False, cancel_futures=True)
        if self._second is not None:
            self._second.close()


async def studied(read: Mapping[int, Message], study: Study | None, by: float | None = None) -> Mapping[int, Message]:
    """Give what was read with what the models make of it, as `Study.read` does; without models as it is."""
    if study is None or not read:
        return read
    return dict(zip(read, await study.read([*read.values()], by), strict=True))


class SecondOpinion:
    """Asks a scorer of the district's own about what was read and stays undecided, as far as there is time.

    What it says in time is joined with our scores. Whatever becomes of it, ours stand, and no reading comes later than
    its deadline.
    """

    def __init__(self, outside: Outside) -> None:
        """Take who asks it, which keeps its own limit."""
        self._outside = outside
        self._thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix="second opinion")
        self._asking: asyncio.Future[list[Scores]] | None = None
        self._was_resting = False
        self._told = 0

    async def on(
        self,
        questions: Sequence[Question],
        ours: Sequence[Scores | None],
        points: Mapping[Label, Point],
        by: float | None,
    ) -> list[Scores | None]:
        """Give the scores of texts, changed where the scorer answered until `by`, a time of the loop's clock.

        In rehearsal it changes nothing, so nobody waits for it, unless there is no hurry.
        """
        loop, joined = asyncio.get_running_loop(), list(ours)
        open_ones = [(place, each) for place, each in enumerate(ours) if each and self._outside.undecided(each, points)]
        for first in range(0, len(open_ones), BATCH):
            places, scores = zip(*open_ones[first : first + BATCH], strict=True)
            left = None if by is None else by - loop.time()
            unseen = left is not None and self._outside.rehearse
            if (left is not None and left <= 0) or (unseen and self._asking is not None and not self._asking.done()):
                break
            asked = [questions[place] for place in places]
            self._asking = asking = loop.run_in_executor(self._thread, self._outside.consider, asked, scores, points)
            asking.add_done_callback(self._note)
            if unseen:
                break
            await asyncio.wait({asking}, timeout=left)
            if asking.done() and asking.exception() is None:
                for place, each in zip(places, asking.result(), strict=True):
                    joined[place] = each
        return joined

    def close(self) -> None:
        """Wait for nothing more, and log what came of it."""
        self._thread.shutdown(wait=False, cancel_futures=True)
        if self._outside.tally.asked > self._told:
            self._log("a scorer was asked")

    def _note(self, asking: "asyncio.Future[list[Scores]]") -> None:
        """Log, in counts, when it is left alone, answers again, or was asked a good deal more."""
        if not asking.cancelled() and (fault := asking.exception()) is not None:
            LOG.warning("a scorer's answer could not be used", fault=type(fault).__name__)
        if self._outside.is_resting != self._was_resting:
            self._was_resting = self._outside.is_resting
            self._log("a scorer is left alone for a while" if self._was_resting else "a scorer is asked again")
        elif self._outside.tally.asked - self._told >= TOLD_EVERY:
            self._log("a scorer was asked")

    def _log(self, what: str) -> None:
        tally = self._outside.tally
        self._told = tally.asked
        LOG.info(
            what,
            scorer=self._outside.name,
            rehearse=self._outside.rehearse,
            asked=tally.asked,
            answered=tally.answered,
            failed=tally.failed,
            differed=tally.differed,
        )


def _question(message: Message, asked: Asked) -> Question:
    """Say what a scorer is asked about a text: with what it quotes, which stood before it."""
    quoted = tuple(words.text for words in message.words if words.where is Where.QUOTE)
    return Question(asked.text, quoted, asked.setting.role)


def _asked(message: Message) -> Asked:
    """Put together what its author wrote in sentences."""
    text = "\n".join(words.text for words in message.words if words.text and words.where in SAID)
    said = [words.where in SAID for words in message.words]
    clues = (each if said[each.part] else each._replace(unheard=True) for each in message.readings.scores.clues)
    return Asked(text, setting_of(message), tuple(clues))


def _in_order(
    messages: Sequence[Message], asked: Sequence[Asked], known: Mapping[Asked, Scores]
) -> tuple[list[Asked], list[Asked]]:
    """List what is to be read: what is urgent, then the rest; the same text once."""
    urgent: dict[Asked, None] = {}
    other: dict[Asked, None] = {}
    for message, each in zip(messages, asked, strict=True):
        if not each.is_empty and each not in known:
            (urgent if is_urgent(message) else other)[each] = None
    return [*urgent], [each for each in other if each not in urgent]


def is_urgent(message: Message) -> bool:
    """Say whether a message is read first and never put off: staff to one student, and whatever hints at danger."""
    alone = message.author.is_staff and len(message.audience.students) == 1
    return alone or _hints(message.readings.scores.clues)


def _hints(clues: Iterable[Clue]) -> bool:
    return any(each.label in URGENT for each in clues)
