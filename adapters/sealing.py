"""How an adapter keeps what nobody may read at rest: it is handed a way to seal and to open, and holds no key."""

from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Sealing:
    """Seals bytes for one row, and opens them again. Opening raises `ConfigurationError` when they were altered."""

    seal: Callable[[bytes, bytes], bytes]
    open: Callable[[bytes, bytes], bytes]
