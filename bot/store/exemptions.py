"""Reads the standing exceptions that people granted and ended, beside those of the settings."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import Connection, select

from bot.judge import Exemption
from bot.store.sealed import decode, open_words
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
    rows = select(ENTRY.c.body, EXCERPT).join(EXCERPT, EXCERPT.c.seq == ENTRY.c.seq).where(ENTRY.c.kind == "granted")
    for row in connection.execute(rows.order_by(ENTRY.c.seq)).all():
        facts = decode(row.body)
        exemption = open_words(connection, master, row, Exemption) if "through" in facts else None
        if exemption is not None:
            yield Granted(row.seq, exemption, ended.get(facts["exemption"]))


def _ended(connection: Connection) -> Iterator[tuple[str, datetime]]:
    for body in connection.scalars(select(ENTRY.c.body).where(ENTRY.c.kind == "ended")):
        facts = decode(body)
        yield facts["exemption"], datetime.fromisoformat(facts["at"])
