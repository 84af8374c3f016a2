"""How an adapter keeps what nobody may read at rest: it is handed a way to seal and to open, and holds no key."""

import os
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Sealing:
    """Seals bytes for one row, and opens them again. Opening raises `ConfigurationError` when they were altered."""

    seal: Callable[[bytes, bytes], bytes]
    open: Callable[[bytes, bytes], bytes]


def put(path: Path, sealed: bytes) -> None:
    """Put a file in place of the one before: whole, durable, for its own account alone (0600). Raises `OSError`."""
    new = path.with_name(f"{path.name}.new")
    new.unlink(missing_ok=True)
    descriptor = os.open(new, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(sealed)
        file.flush()
        os.fsync(file.fileno())
    new.replace(path)
