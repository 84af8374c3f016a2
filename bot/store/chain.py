"""The ledger's bytes: how an entry is written down, and how each is chained to the one before. Pure.

An entry's body is canonical JSON: the five fields of its index first, in one order, then its facts sorted by name, no
spaces, everything outside ASCII escaped, times as RFC 3339 writes them. The link is SHA-256 over the hash before and
the body's very bytes. The index columns of the table repeat the first fields, so `opening` can check them against the
body without parsing it.
"""

import hashlib
import json
from collections.abc import Mapping
from datetime import datetime
from typing import Final

import msgspec

FIRST: Final = bytes(32)
"""What the first entry of a chain is chained to."""

_ENCODER: Final = msgspec.json.Encoder(order="sorted")


def opening(seq: int, kind: str, key: bytes | None, digest: bytes | None) -> bytes:
    """Write the part of a body that the index columns repeat."""
    quoted_key = "null" if key is None else f'"{key.hex()}"'
    quoted_digest = "null" if digest is None else f'"{digest.hex()}"'
    return f'{{"seq":{seq},"kind":"{kind}","key":{quoted_key},"digest":{quoted_digest},"at":'.encode("ascii")


def body(
    seq: int, kind: str, key: bytes | None, digest: bytes | None, at: datetime, facts: Mapping[str, object]
) -> bytes:
    """Write an entry down. `at` has a time zone; `facts` hold ids, clauses, measures and counts, never words."""
    return b"%s%s,%s" % (opening(seq, kind, key, digest), _ENCODER.encode(at), _encode(facts)[1:])


def _encode(facts: Mapping[str, object]) -> bytes:
    encoded = _ENCODER.encode(facts)
    if encoded.isascii():
        return encoded
    return json.dumps(json.loads(encoded), separators=(",", ":"), sort_keys=True).encode("ascii")


def link(before: bytes, stored: bytes) -> bytes:
    """Chain an entry's bytes to the hash before it: 32 bytes."""
    return hashlib.sha256(before + stored).digest()
