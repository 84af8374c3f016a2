"""The ledger: what was judged, planned, begun and closed, written once, in order, many entries to a transaction.

Callers hand over drafts and wait; one writer collects whatever waits and commits it together, with no artificial
delay. Entry, excerpt, deeds and open case stand or fall in one transaction.
"""

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager
from datetime import date, datetime
from typing import Concatenate, Final, ParamSpec, TypeVar

import structlog
from sqlalchemy import Connection
from sqlalchemy.exc import DBAPIError

from bot.errors import ConfigurationError
from bot.fault import point
from bot.store import past
from bot.store.cases import following, is_under_way
from bot.store.database import Database, plain_fault
from bot.store.draft import Draft, Written
from bot.store.forgetting import due
from bot.store.page import Page
from bot.store.vault import KeyRing, MasterKey
from bot.store.whole import finish

LOG = structlog.get_logger("chaperone.ledger")

GROUP: Final = 500
"""The most callers one transaction serves."""

TURNS: Final = 3
"""So many turns of the loop in which nothing is handed in end the gathering."""

T = TypeVar("T")
P = ParamSpec("P")
HandedIn = tuple[Sequence[Draft], asyncio.Future[list[Written | None]]]


class Ledger:
    """Writes entries. It holds the only connection that writes, and a thread to write from."""

    def __init__(self, database: Database) -> None:
        """Take an open database."""
        self._database = database
        self._thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix="ledger")
        self._keys = KeyRing()
        self._waiting: list[HandedIn] = []
        self._called = asyncio.Event()
        self._writing = asyncio.Lock()
        self._broken: ConfigurationError | None = None
        self._ended: ConfigurationError | None = None

    async def write(self, draft: Draft) -> Written | None:
        """Write one draft and wait until it is durable, as `write_all` does."""
        return (await self.write_all([draft]))[0]

    async def write_all(self, drafts: Sequence[Draft]) -> list[Written | None]:
        """Write drafts together, in their order, and wait until they are durable.

        None stands for a draft that was not written: its key was written before, its deed had taken that step, or what
        it would undo has begun.

        Raises:
            ConfigurationError: the disk or the database refused. Nothing of the group was written.
        """
        if self._broken is not None:
            raise self._broken
        written: asyncio.Future[list[Written | None]] = asyncio.get_running_loop().create_future()
        self._waiting.append((drafts, written))
        self._called.set()
        return await written

    async def run(self) -> None:
        """Commit what waits, group after group, until cancelled. The wiring's TaskGroup owns this task."""
        with self._database.writing.connect() as connection, self._thread:
            while True:
                await self._called.wait()
                await self._gather()
                group, self._waiting = self._waiting[:GROUP], self._waiting[GROUP:]
                if not self._waiting:
                    self._called.clear()
                async with self._writing:
                    if self._broken is None:
                        await self._commit(connection, group)
                    else:
                        self._break(self._broken, group)

    @asynccontextmanager
    async def still(self) -> AsyncIterator[None]:
        """Be held while anybody else writes: no group is written meanwhile, and all of them after.

        Raises:
            ConfigurationError: nothing may be written any more.
        """
        async with self._writing:
            if self._broken is not None:
                raise self._broken
            yield

    def end(self, why: ConfigurationError) -> None:
        """Write nothing any more: whoever waits, or asks from now on, is told why."""
        self._ended = why
        self._break(why, ())

    def refuse_if_ended(self) -> None:
        """Raise the `ConfigurationError` for which this was ended, where it was: maybe nobody waited to be told."""
        if self._ended is not None:
            raise self._ended

    async def _gather(self) -> None:
        """Let whatever is ready now hand in its draft first: no time passes, and one commit serves them all.

        What was just acknowledged is followed by the next post only some turns of the loop later; so it takes several
        without anything new to be sure.
        """
        waiting, quiet = 0, 0
        while quiet < TURNS and len(self._waiting) < GROUP:
            quiet = quiet + 1 if waiting == len(self._waiting) else 0
            waiting = len(self._waiting)
            await asyncio.sleep(0)

    async def read(
        self, query: Callable[Concatenate[Connection, MasterKey, P], T], *args: P.args, **kwargs: P.kwargs
    ) -> T:
        """Ask what is committed, beside the connection that writes, with the key that opens what is sealed."""
        return await self.ask(query, self._database.master, *args, **kwargs)

    async def ask(self, query: Callable[Concatenate[Connection, P], T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Ask what is committed, of what is not sealed."""
        return await finish(self._ask(lambda connection: query(connection, *args, **kwargs)))

    async def _ask(self, query: Callable[[Connection], T]) -> T:
        async with self._database.reading().connect() as connection:
            return await connection.run_sync(query)

    async def forget(self, today: date, at: datetime) -> int:
        """Drop every data key whose last day has passed, here and in the copies, and say how many.

        The ledger tells which, in the one transaction that drops them all, since the other keys are written anew each
        time; then the file beside the master key does. Old copies go, the others forget, and the log is emptied, also
        when nothing is due: neither could be done as long as somebody read.
        """
        async with self.still():
            await finish(self._forget_signals(today))
        keys = await self.ask(due, today)
        if keys:
            groups = (keys[start : start + GROUP] for start in range(0, len(keys), GROUP))
            await self.write_all([Draft("forgot", at, {"keys": group}, drops=tuple(group)) for group in groups])
            point("forgotten")
            self._database.tombstones.add(keys)
        await finish(asyncio.to_thread(self._database.tend_copies, at))
        async with self._writing:
            emptied = await finish(asyncio.to_thread(self._database.truncate))
        if not emptied:
            LOG.warning("the log could not be emptied and may hold what was forgotten; it is tried again")
        return len(keys)

    async def _forget_signals(self, today: date) -> None:
        async with self._database.engine.begin() as connection:
            await connection.run_sync(past.forget_signals, today)

    async def _commit(self, connection: Connection, group: Sequence[HandedIn]) -> None:
        loop, drafts = asyncio.get_running_loop(), [each for each, _ in group]
        try:
            results = await loop.run_in_executor(self._thread, self._write_group, connection, drafts)
        except DBAPIError as error:
            self._break(plain_fault(error, self._database.path), group)
            return
        except Exception as error:  # noqa: BLE001 (a fault of our own in one draft must not stop the others)
            LOG.warning("a group could not be written whole", fault=type(error).__name__)
            self._keys = KeyRing()  # it may hold keys that were rolled back
            results = await loop.run_in_executor(self._thread, self._write_singly, connection, drafts)
        point("written")
        for (_, future), result in zip(group, results, strict=True):
            if not future.done():
                future.set_result(result)

    def _break(self, fault: ConfigurationError, group: Sequence[HandedIn]) -> None:
        """Stop for good: what cannot be written must not be acknowledged, nor anything be done about it."""
        self._broken = fault
        for _, future in (*group, *self._waiting):
            if not future.done():
                future.set_exception(fault)
        self._waiting = []

    def _write_singly(self, connection: Connection, group: Sequence[Sequence[Draft]]) -> list[list[Written | None]]:
        """Write each draft in a transaction of its own. One that cannot be written becomes a case without its words."""
        return [[self._write_or_stumble(connection, draft) for draft in drafts] for drafts in group]

    def _write_or_stumble(self, connection: Connection, draft: Draft) -> Written | None:
        try:
            return self._write_group(connection, [[draft]])[0][0]
        except DBAPIError:
            raise
        except Exception as error:  # noqa: BLE001 (whatever it is, a person looks at it)
            LOG.warning("an entry could not be written", kind=draft.kind, fault=type(error).__name__)
            self._keys = KeyRing()
            case = self._database.master.index("case", "stumbled", draft.kind, draft.at.isoformat())
            return self._write_group(connection, [[Draft("stumbled", draft.at, {"heard": draft.kind}, case=case)]])[0][
                0
            ]

    def _write_group(self, connection: Connection, group: Sequence[Sequence[Draft]]) -> list[list[Written | None]]:
        """Write one transaction. Runs in the ledger's own thread, so that the loop goes on meanwhile."""
        with connection.begin():
            page = Page(connection, self._database.master, self._keys)
            every = [draft for drafts in group for draft in drafts]
            page.prepare(every)
            late = _too_late(connection, every)
            results = [[None if draft.undoes in late else page.add(draft) for draft in drafts] for drafts in group]
            page.write()
            point("planned")
        return results


def _too_late(connection: Connection, drafts: Sequence[Draft]) -> set[bytes]:
    """Name the papers that cannot be undone any more: what follows from them has begun, be it in this very group."""
    undone = {draft.undoes for draft in drafts if draft.undoes is not None}
    if not undone:
        return undone
    begin = {draft.step.deed for draft in drafts if draft.step is not None}
    found = {paper: following(connection, paper) for paper in undone}
    return {paper for paper, deeds in found.items() if is_under_way(deeds) or not begin.isdisjoint(deeds)}
