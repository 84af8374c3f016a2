"""Private words at rest: sealed with a data key for each thing that is forgotten as a whole.

The master key wraps data keys and keys the hashes that index what may not be repeated. It never touches a word itself.
"""

import hashlib
import hmac
import os
import secrets
from collections import OrderedDict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path
from typing import Final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from bot.disk import is_there, put, unreadable, unwritable
from bot.errors import ConfigurationError

NONCE_BYTES: Final = 12
KEY_BYTES: Final = 32
CACHED_KEYS: Final = 4096


@dataclass(frozen=True, slots=True)
class Scope:
    """The smallest thing that is forgotten as a whole: one matter, one case, one place's chat of one day."""

    name: str = field(repr=False)
    forget_after: date | None = None
    """The last day its words are kept; None leaves that to the retention plan."""


@dataclass(frozen=True, slots=True)
class DataKey:
    """A key that seals the words of one scope. Its id is random and may stand in the ledger."""

    id: str
    secret: bytes = field(repr=False)
    cipher: AESGCM = field(repr=False)

    def seal(self, words: bytes, row: bytes) -> bytes:
        """Seal words for one row: nonce, then AES-256-GCM with the row's id as associated data."""
        nonce = os.urandom(NONCE_BYTES)
        return nonce + self.cipher.encrypt(nonce, words, row)

    def open(self, sealed: bytes, row: bytes) -> bytes:
        """Open what was sealed for this row. Raises `ConfigurationError` when it was moved or altered."""
        try:
            return self.cipher.decrypt(sealed[:NONCE_BYTES], sealed[NONCE_BYTES:], row)
        except InvalidTag as error:
            raise ConfigurationError(
                "Some sealed words were moved or altered. `chaperone audit verify` says which; restore a backup."
            ) from error

    def compare(self, words: bytes) -> bytes:
        """Hash words so that they can be compared within this scope, and by nobody without the key: 16 bytes."""
        return hmac.digest(self.secret, words, "sha256")[:16]


class MasterKey:
    """The district's one secret, read from a file. Everything else is derived from it."""

    def __init__(self, secret: bytes) -> None:
        """Derive the wrapping key and the index key from 32 secret bytes."""
        self._wrapping = AESGCM(_derive(secret, b"chaperone wraps data keys"))
        self._index = hashlib.blake2b(key=_derive(secret, b"chaperone indexes"), digest_size=16)

    def index(self, *parts: str) -> bytes:
        """Hash what may be written once only, so that the ledger shows no ids and no words: keyed BLAKE2b, 16 bytes."""
        hashing = self._index.copy()
        hashing.update("\x1f".join(parts).encode("utf-8", "surrogatepass"))
        return hashing.digest()

    def new_data_key(self) -> tuple[DataKey, bytes]:
        """Make a data key, and its wrapped form for the table."""
        name, secret = secrets.token_hex(8), os.urandom(KEY_BYTES)
        return DataKey(name, secret, AESGCM(secret)), self.wrap(name, secret)

    def wrap(self, name: str, secret: bytes) -> bytes:
        """Seal a data key for the table, bound to its id."""
        nonce = os.urandom(NONCE_BYTES)
        return nonce + self._wrapping.encrypt(nonce, secret, name.encode())

    def unwrap(self, name: str, wrapped: bytes) -> DataKey:
        """Open a wrapped data key. Raises `ConfigurationError` when it was wrapped with another master key."""
        try:
            secret = self._wrapping.decrypt(wrapped[:NONCE_BYTES], wrapped[NONCE_BYTES:], name.encode())
        except InvalidTag as error:
            raise ConfigurationError(
                "The master key does not fit this database. Put back the key file that was made with it."
            ) from error
        return DataKey(name, secret, AESGCM(secret))


def timed(moment: datetime, hashed: bytes) -> bytes:
    """Put a hash behind the second it is about: 16 bytes that sort by time.

    What is written together then stands together in the database's index; a fully random key would touch, and write
    again, a page for each entry. The platform's own time is part of what names a post.
    """
    return seconds(moment) + hashed[:12]


def seconds(moment: datetime) -> bytes:
    """Write the second of a moment so that it sorts: 4 bytes, good until 2106."""
    return (int(moment.timestamp()) & 0xFFFFFFFF).to_bytes(4, "big")


class KeyRing:
    """Remembers the most recently used data keys by the name of their scope, at most `CACHED_KEYS` of them."""

    def __init__(self) -> None:
        """Start empty."""
        self._keys: OrderedDict[str, DataKey] = OrderedDict()

    def get(self, scope: str) -> DataKey | None:
        """Look a key up, and remember that it was used."""
        found = self._keys.get(scope)
        if found is not None:
            self._keys.move_to_end(scope)
        return found

    def keep(self, scope: str, key: DataKey) -> None:
        """Remember a key, and let the one unused longest go."""
        self._keys[scope] = key
        if len(self._keys) > CACHED_KEYS:
            self._keys.popitem(last=False)

    def drop(self, names: Iterable[str]) -> None:
        """Let keys go that are dropped for good, so that nothing more is sealed with them."""
        dropped = set(names)
        self._keys = OrderedDict((scope, key) for scope, key in self._keys.items() if key.id not in dropped)


def _derive(secret: bytes, purpose: bytes) -> bytes:
    return HKDF(SHA256(), KEY_BYTES, salt=None, info=purpose).derive(secret)


def read_master_key(path: Path, database: Path) -> MasterKey:
    """Read the master key; make one (0600) only where neither key nor database exists yet.

    Raises:
        ConfigurationError: the database is there without its key, or the file holds no key, or it could not be read
            or made.
    """
    held = _read(path)
    if held is not None:
        return MasterKey(_parse(held, path))
    if is_there(database):
        raise ConfigurationError(
            f"{database} is there but its key file {path} is not. Put the key file back; without it nothing private "
            "can be read. To start afresh, move the database away, and with it every file beside it whose name begins "
            f"with {database.name}: by an old {database.name}.checkpoint the new ledger would look shortened or "
            "rewritten."
        )
    secret = os.urandom(KEY_BYTES)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        put(path, f"{secret.hex()}\n".encode("ascii"))
    except OSError as error:
        raise unwritable(path, error) from error
    return MasterKey(secret)


def _read(path: Path) -> bytes | None:
    """Read a key file; None where there is none."""
    try:
        return path.read_bytes()
    except FileNotFoundError:
        return None
    except OSError as error:
        raise unreadable(path, error) from error


def _parse(held: bytes, path: Path) -> bytes:
    try:
        secret = bytes.fromhex(held.decode("ascii").strip())
    except ValueError:
        secret = b""
    if len(secret) != KEY_BYTES:
        raise ConfigurationError(f"{path} holds no master key: it should be one line of 64 hexadecimal digits.")
    return secret
