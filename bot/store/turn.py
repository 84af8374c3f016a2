"""Who may write: one process at a time. One that runs for long lends its turn to one that asks for a short one."""

import asyncio
import contextlib
import fcntl
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


class Turn:
    """The right to write a database: a lock of the operating system, which ends with the process that holds it."""

    def __init__(self, path: Path) -> None:
        """Name the database."""
        self._path = path
        self._asking = path.with_name(f"{path.name}.asking")
        self._descriptor: int | None = None

    def take(self, patience: float = 0.0) -> None:
        """Take the turn. With patience, in seconds, ask whoever has it to lend it.

        Raises:
            ConfigurationError: somebody has it and does not lend it, or no file can be made there.
        """
        self._open()
        until = time.monotonic() + patience
        while not self._locked():
            if time.monotonic() >= until:
                self.give_up()
                self._asking.unlink(missing_ok=True)
                raise ConfigurationError(
                    f"{self._path} is in use by another Chaperone. Stop that one first, or give this one a database "
                    "of its own."
                )
            with contextlib.suppress(OSError):
                self._asking.touch(mode=0o600)
            time.sleep(PAUSE)
        if patience:
            self._asking.unlink(missing_ok=True)

    def give_up(self) -> None:
        """Let anybody else write."""
        if self._descriptor is not None:
            os.close(self._descriptor)
            self._descriptor = None

    @property
    def is_asked_for(self) -> bool:
        """Say whether another process asks for a short turn."""
        return self._asking.exists()

    async def lend(self) -> None:
        """Let another process write, and wait until it has: the caller writes nothing meanwhile."""
        self.give_up()
        began = time.monotonic()
        while self._asking.exists() and time.monotonic() - began < TAKEN_WITHIN:  # noqa: ASYNC110 (a file tells)
            await asyncio.sleep(PAUSE)
        self._asking.unlink(missing_ok=True)
        self._open()
        warned = False
        while not self._locked():
            if not warned and time.monotonic() - began > LONG:
                LOG.warning("another process writes for long, and everything waits for it")
                warned = True
            await asyncio.sleep(PAUSE)

    def _open(self) -> None:
        try:
            self._path.parent.mkdir(parents=True, exist_ok=True)
            self._descriptor = os.open(self._path.with_name(f"{self._path.name}.lock"), os.O_RDWR | os.O_CREAT, 0o600)
        except OSError as error:
            raise ConfigurationError(
                f"{self._path} cannot be made ({error.strerror}). Name a file in a folder that this account may write "
                "to."
            ) from error

    def _locked(self) -> bool:
        if self._descriptor is None:
            return False
        try:
            fcntl.flock(self._descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            return False
        return True
