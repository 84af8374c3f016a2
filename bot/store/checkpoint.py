"""The last entry of the ledger, remembered outside the database: without it, a shortened chain looks whole."""

from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import Connection, select

from bot.disk import put, unreadable, unwritable
from bot.errors import ConfigurationError
from bot.store.tables import ENTRY, HEAD


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """An entry's number and its hash."""

    seq: int
    hash: bytes

    @classmethod
    def read(cls, path: Path) -> "Checkpoint | None":
        """Read a checkpoint file; None where there is none yet.

        Raises:
            ConfigurationError: it holds none, or could not be read.
        """
        try:
            seq, digest = path.read_text(encoding="ascii").split()
            held = cls(int(seq), bytes.fromhex(digest))
        except FileNotFoundError:
            return None
        except OSError as error:
            raise unreadable(path, error) from error
        except ValueError as error:
            raise ConfigurationError(_spoilt(path)) from error
        if len(held.hash) != len(bytes(32)):
            raise ConfigurationError(_spoilt(path))
        return held

    @classmethod
    def of(cls, connection: Connection) -> "Checkpoint":
        """Take the chain's head."""
        seq, digest = connection.execute(select(HEAD.c.seq, HEAD.c.hash)).one()
        return cls(seq, digest)

    def holds(self, connection: Connection) -> bool:
        """Say whether the ledger still has this very entry."""
        return self.seq == 0 or connection.scalar(select(ENTRY.c.hash).where(ENTRY.c.seq == self.seq)) == self.hash

    def write(self, path: Path) -> None:
        """Write the file whole or not at all. Raises `ConfigurationError` where that cannot be.

        Only who has the turn writes it, so one draft is enough, and a crash leaves no more than one.
        """
        try:
            put(path, f"{self.seq} {self.hash.hex()}\n".encode("ascii"))
        except OSError as error:
            raise unwritable(path, error) from error


def _spoilt(path: Path) -> str:
    return (
        f"{path} holds no checkpoint: it should be one line, the number of an entry and 64 hexadecimal digits. "
        "Find out who changed it. Move it away to go on; a shortened ledger can then not be noticed until the next run."
    )
