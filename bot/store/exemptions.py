"""Reads the standing exceptions that people granted and ended, beside those of the settings."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime

import msgspec
from sqlalchemy import Connection, select

from bot.judge import Exemption
from bot.store.memory import data_key
from bot.store.sealed import decode
from bot.store.tables import ENTRY, EXCERPT
from bot.store.vault import MasterKey


@dataclass(frozen=True, slots=True)
class Granted:
    """An exception that somebody granted."""

    number: int
    """The entry that granted it: E-0042 is number 42."""
    exemption: Exemption
    ended: datetime | None = None
    """When somebody ended it, if somebody did."""

    @property
    def name(self) -> str:
        """Give the short name that people use."""
        return f"E-{self.number:04}"

    def stands(self, day: date) -> bool:
        """Say whether it is still in force on a day."""
        return self.ended is None and day <= self.exemption.until


def granted(connection: Connection, master: MasterKey) -> Iterator[Granted]:
    """Read every exception that a person granted, in their order. One whose words were forgotten excuses nothing."""
    ended = dict(_ended(connection))
    columns = select(ENTRY.c.seq, ENTRY.c.body, EXCERPT.c.data_key, EXCERPT.c.sealed)
    rows = columns.join(EXCERPT, EXCERPT.c.seq == ENTRY.c.seq).where(ENTRY.c.kind == "granted").order_by(ENTRY.c.seq)
    for seq, body, name, sealed in connection.execute(rows).all():
        facts, key = decode(body), data_key(connection, master, name)
        if "through" in facts and key is not None:
            exemption = msgspec.convert(decode(key.open(sealed, b"entry %d" % seq)), Exemption, strict=False)
            yield Granted(seq, exemption, ended.get(facts["exemption"]))


def _ended(connection: Connection) -> Iterator[tuple[str, datetime]]:
    for body in connection.scalars(select(ENTRY.c.body).where(ENTRY.c.kind == "ended")):
        facts = decode(body)
        yield facts["exemption"], datetime.fromisoformat(facts["at"])
