"""Who may write: one process at a time. One that stays for long lends its turn to one that asks for a short one."""

import asyncio
import contextlib
import fcntl
import math
import os
import time
from pathlib import Path
from typing import Final

import structlog

from bot.errors import ConfigurationError

LOG = structlog.get_logger("chaperone.turn")

PAUSE: Final = 0.05
"""Seconds between two looks at whether the turn is free."""

TAKEN_WITHIN: Final = 5.0
"""Seconds within which whoever asked has to take the turn; then it was somebody who is gone."""

LONG: Final = 30.0
"""Seconds after which it is worth a warning that the turn does not come back."""

STOPPED_WITHIN: Final = 3.0
"""Seconds the turn has to come back once we are told to stop. Who runs us waits five, as a rule."""


class Lock:
    """A file that one process at a time may hold. The operating system lets go of it when that process ends."""

    def __init__(self, path: Path) -> None:
        """Name the file; it is made when it is first taken."""
        self._path = path
        self._descriptor: int | None = None

    def take(self) -> bool:
        """Take it, and say whether it was free. Raises `OSError` where no file can be made."""
        descriptor = self._descriptor
        if descriptor is None:
            self._path.parent.mkdir(parents=True, exist_ok=True)
            descriptor = self._descriptor = os.open(self._path, os.O_RDWR | os.O_CREAT, 0o600)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            return False
        return True

    def give_up(self) -> None:
        """Let anybody else take it."""
        if self._descriptor is not None:
            os.close(self._descriptor)
            self._descriptor = None


class Turn:
    """The right to write a database, whatever name it is reached by, and the right to stay there for long."""

    def __init__(self, path: Path) -> None:
        """Name the database. One that is reached by a link is locked where it is: so many names, one turn."""
        file = path.resolve()
        self._path = path
        self._asking = file.with_name(f"{file.name}.asking")
        self._writing = Lock(file.with_name(f"{file.name}.lock"))
        self._running = file.with_name(f"{file.name}.running")
        self._staying = Lock(self._running)

    def stay(self) -> None:
        """Take the turn for long. Nobody else may stay meanwhile, not even while the turn is lent to a command.

        Raises:
            ConfigurationError: somebody stays or has the turn, or no file can be made there.
        """
        if not self._is_taken(self._staying):
            self.give_up()
            raise self._in_use()
        self.take()

    def take(self, patience: float = 0.0) -> None:
        """Take the turn. With patience, in seconds, ask whoever has it to lend it.

        Raises:
            ConfigurationError: somebody has it and does not lend it, or no file can be made there.
        """
        until = time.monotonic() + patience
        while not self._is_taken(self._writing):
            if time.monotonic() >= until:
                self.give_up()
                self._asking.unlink(missing_ok=True)
                raise self._in_use()
            with contextlib.suppress(OSError):
                self._asking.touch(mode=0o600)
            time.sleep(PAUSE)
        if patience:
            self._asking.unlink(missing_ok=True)

    def give_up(self) -> None:
        """Let anybody else write, and stay."""
        self._writing.give_up()
        self._staying.give_up()

    @property
    def is_asked_for(self) -> bool:
        """Say whether another process asks for a short turn."""
        return self._asking.exists()

    @property
    def is_stayed_at(self) -> bool:
        """Say whether somebody stays, be it while their turn is lent."""
        looking = Lock(self._running)
        try:
            return not self._is_taken(looking)
        finally:
            looking.give_up()

    async def lend(self, stop: asyncio.Event) -> None:
        """Let another process write, and wait until it has: the caller writes nothing meanwhile.

        Raises:
            ConfigurationError: told to `stop`, and the turn did not come back. The caller may write nothing any more.
        """
        self._writing.give_up()
        began = time.monotonic()
        taken_by = began + TAKEN_WITHIN
        while self._asking.exists() and not stop.is_set() and time.monotonic() < taken_by:  # noqa: ASYNC110 (a file tells)
            await asyncio.sleep(PAUSE)
        self._asking.unlink(missing_ok=True)
        warn_at, give_up_at = began + LONG, math.inf
        while not self._is_taken(self._writing):
            now = time.monotonic()
            if stop.is_set():
                give_up_at = min(give_up_at, now + STOPPED_WITHIN)
            if now >= give_up_at:
                raise self._not_back()
            if now >= warn_at:
                LOG.warning("another process writes for long, and everything waits for it")
                warn_at = math.inf
            await asyncio.sleep(PAUSE)

    def _is_taken(self, lock: Lock) -> bool:
        """Try to take one of the locks, and say whether it is ours."""
        try:
            return lock.take()
        except OSError as error:
            raise ConfigurationError(
                f"{self._path} cannot be made ({error.strerror}). Name a file in a folder that this account may write "
                "to."
            ) from error

    def _in_use(self) -> ConfigurationError:
        return ConfigurationError(
            f"{self._path} is in use by another Chaperone. Stop that one first, or give this one a database of its own."
        )

    def _not_back(self) -> ConfigurationError:
        return ConfigurationError(
            f"{self._path} is still in use by a command that asked for a turn. This Chaperone was told to stop "
            "meanwhile and wrote nothing more: the next start takes up what is left. Look whether the command hangs."
        )
