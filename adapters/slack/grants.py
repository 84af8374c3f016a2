"""The tokens people gave us to act as they could: sealed at rest, each with what it allows, gone when it is revoked."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from adapters.sealing import Sealing
from bot.disk import put
from bot.errors import ConfigurationError
from bot.people import AccountId

ROW: Final = b"grants of Slack"


@dataclass(frozen=True, slots=True)
class Grant:
    """What one person has granted."""

    account: AccountId
    token: str = field(repr=False)
    scopes: frozenset[str] = frozenset()
    at: str = ""
    """When it was kept, so that one grant is told from the next of the same person."""


class Grants:
    """Everybody's grants, in one sealed file that is replaced as a whole."""

    def __init__(self, path: Path, sealing: Sealing) -> None:
        """Read the file, if there is one. Raises `ConfigurationError` when it was altered."""
        self._path = path
        self._sealing = sealing
        self._read_at = 0
        self._grants: dict[AccountId, Grant] = {}
        self.refresh()

    def refresh(self) -> None:
        """Read the file again if another run has written it since.

        Nothing is granted from a file that was altered or is gone, until it is put back.

        Raises:
            ConfigurationError: it was altered, or it is gone; of the latter it is said once.
            OSError, ValueError, KeyError, TypeError: it could not be read, or holds no grants.
        """
        written = self._written_at()
        if written == self._read_at:
            return
        before, self._grants = self._grants, {}
        if written:
            self._read_at = -1
            self._grants = self._read()
        self._read_at = written
        if before and not written:
            raise ConfigurationError(f"{self._path} is gone. Put it back from a backup, or let everybody grant anew.")

    def _written_at(self) -> int:
        try:
            return self._path.stat().st_mtime_ns
        except FileNotFoundError:
            return 0

    def _read(self) -> dict[AccountId, Grant]:
        told = json.loads(self._sealing.open(self._path.read_bytes(), ROW))
        return {
            AccountId(who): Grant(AccountId(who), each["token"], frozenset(each["scopes"]), each.get("at", ""))
            for who, each in told.items()
        }

    def of(self, account: str | None, scope: str = "") -> Grant | None:
        """Give somebody's grant, if it allows this."""
        found = self._grants.get(AccountId(account)) if account else None
        return found if found is not None and (not scope or scope in found.scopes) else None

    def everybody(self) -> Mapping[AccountId, Grant]:
        """Give all grants by account."""
        return self._grants

    def take(self, grant: Grant) -> None:
        """Keep a grant; it takes the place of an earlier one of the same person."""
        self._grants[grant.account] = grant
        self._write()

    def drop(self, account: str) -> bool:
        """Let a grant go. Say whether there was one. Raises what `refresh` does: what another run kept is not lost."""
        self.refresh()
        found = self._grants.pop(AccountId(account), None)
        if found is not None:
            self._write()
        return found is not None

    def _write(self) -> None:
        told = {
            who: {"token": each.token, "scopes": sorted(each.scopes), "at": each.at}
            for who, each in self._grants.items()
        }
        put(self._path, self._sealing.seal(json.dumps(told).encode(), ROW))
        self._read_at = self._path.stat().st_mtime_ns
