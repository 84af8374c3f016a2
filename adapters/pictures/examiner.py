"""Has pictures looked at by a process of its own, which is ended and started again when one of them is too much.

A picture stays in memory: it is handed on through a pipe, and no process here can write it down.
"""

import asyncio
import contextlib
import hashlib
import shutil
import sys
from asyncio.subprocess import DEVNULL, PIPE, Process
from collections.abc import AsyncIterator
from types import TracebackType
from typing import Final, Self

import msgspec

from adapters.pictures.answer import ANSWERS, HEAD, LONGEST, Answer, Ready, Refused, Seen
from bot.readings.picture import LARGEST, Examined, PictureSeen, PictureUnread, Unreadable, band

SECONDS: Final = 10.0
"""So long may one picture take by the clock, its words included: four times what its processor time can be."""

SECONDS_TO_START: Final = 30.0
SECONDS_TO_DIE: Final = 1.0
STEP: Final = 64 * 1024
ENVIRONMENT: Final = {
    "LC_ALL": "C.UTF-8",
    "OMP_NUM_THREADS": "1",
    "OMP_THREAD_LIMIT": "1",
    "OPENBLAS_NUM_THREADS": "1",
    "ORT_DISABLE_TELEMETRY": "1",  # else onnxruntime keeps a file of its own and tells its maker of every model it runs
}
"""All that a worker is told of its surroundings. Secrets may stand in ours."""


class NoSenseError(Exception):
    """A worker says what it should not."""


BROKE_OFF: Final = (OSError, asyncio.IncompleteReadError, msgspec.MsgspecError, NoSenseError)
"""What speaking to a worker that dies, is too slow, or no longer makes sense can raise."""


def find_tesseract() -> str | None:
    """Find the program that reads words in pictures. None: it is not installed."""
    return shutil.which("tesseract")


class Examiner:
    """Looks at one picture at a time; whoever else asks waits in line."""

    def __init__(
        self,
        tesseract: str | None,
        *,
        worker: tuple[str, ...] = (sys.executable, "-I", "-m", "adapters.pictures.worker"),
    ) -> None:
        """Take the path of tesseract, if there is one, and what tests put in place."""
        self._command = (*worker, *((tesseract, "eng") if tesseract else ()))
        self._seconds = SECONDS
        self._turn = asyncio.Lock()
        self._worker: Process | None = None

    async def __aenter__(self) -> Self:
        """Start nothing yet: the first picture does."""
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """End the worker."""
        await self._end()

    async def can_look(self) -> bool:
        """Say whether a worker starts, and finds its model as it should be."""
        try:
            async with self._turn, self._or_none():
                await self._ready()
        except (*BROKE_OFF, TimeoutError):
            return False
        return True

    async def examine(self, content: bytes) -> Examined:
        """Look at a picture, given its whole file. What cannot be looked at is answered, too, and is for a person."""
        sha256 = hashlib.sha256(content).hexdigest()
        answer = await self._ask(content) if 0 < len(content) <= LARGEST else Refused(_odd_size(content))
        if isinstance(answer, Refused):
            return Examined(PictureUnread(sha256, answer.reason))
        seen = PictureSeen(
            sha256, band(answer.score), answer.width, answer.height, answer.frames, answer.text, answer.no_text
        )
        return Examined(seen, answer.pieces)

    async def _ask(self, content: bytes) -> Seen | Refused:
        async with self._turn:
            try:
                async with self._or_none():
                    worker = await self._ready()
            except BROKE_OFF:
                return Refused(Unreadable.NO_READER)
            try:
                async with self._or_none(), asyncio.timeout(self._seconds):
                    return await _look(worker, content)
            except TimeoutError:
                return Refused(Unreadable.TOO_SLOW)
            except BROKE_OFF:
                return Refused(Unreadable.TOO_MUCH)

    @contextlib.asynccontextmanager
    async def _or_none(self) -> AsyncIterator[None]:
        """End the worker if anything goes wrong, also that whoever asked has gone: its answer is nobody else's."""
        try:
            yield
        except BaseException:  # a cancelled asker, too: the worker would give its answer to the next
            await self._end()
            raise

    async def _ready(self) -> Process:
        """Give the worker; start one where there is none."""
        if self._worker is None or self._worker.returncode is not None:
            self._worker = await asyncio.create_subprocess_exec(
                *self._command, stdin=PIPE, stdout=PIPE, stderr=DEVNULL, env=ENVIRONMENT, cwd="/", limit=STEP
            )
            async with asyncio.timeout(SECONDS_TO_START):
                if not isinstance(await _hear(self._worker), Ready):
                    raise NoSenseError
        return self._worker

    async def _end(self) -> None:
        worker, self._worker = self._worker, None
        if worker is None:
            return
        if worker.stdin:
            worker.stdin.close()
        if worker.stdout and worker.stdout.at_eof():  # it is dying already: whoever kills the dead reaps them too early
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(SECONDS_TO_DIE):
                    await worker.wait()
        if worker.returncode is None:
            with contextlib.suppress(ProcessLookupError):
                worker.kill()
        await worker.wait()


def _odd_size(content: bytes) -> Unreadable:
    return Unreadable.TOO_LARGE if content else Unreadable.BROKEN


async def _look(worker: Process, content: bytes) -> Seen | Refused:
    """Hand a picture over in small steps, so that it is never held twice, and hear what was seen."""
    if worker.stdin is None:
        raise BrokenPipeError
    worker.stdin.write(HEAD.pack(len(content)))
    for start in range(0, len(content), STEP):
        worker.stdin.write(content[start : start + STEP])
        await worker.stdin.drain()
    answer = await _hear(worker)
    if isinstance(answer, Ready):
        raise NoSenseError
    return answer


async def _hear(worker: Process) -> Answer:
    if worker.stdout is None:
        raise BrokenPipeError
    (length,) = HEAD.unpack(await worker.stdout.readexactly(HEAD.size))
    if length > LONGEST:
        raise NoSenseError
    return ANSWERS.decode(await worker.stdout.readexactly(length))
