"""The private notes that were kept, for who has to account for them."""

from collections.abc import Iterable
from dataclasses import replace
from typing import Final

from sqlalchemy import Connection, select

from bot.actions import Alert, Ask, Copy, Tell
from bot.platform import Outcome
from bot.rule import Choice
from bot.store.memory import deeds
from bot.store.sealed import decode, open_excerpt
from bot.store.tables import DEED, ENTRY
from bot.store.vault import MasterKey

FOR_ITS_AUTHOR: Final = "kept, for its author"
"""Stands in place of a text that is given back to its author alone."""


def kept_notes(connection: Connection, master: MasterKey) -> list[str]:
    """Read every private note that was kept, in order, each under a line that says to whom it went.

    Notes that follow from a report are left out: they would say who told. Who may see the case finds them there. So is
    what would say that a private matter is kept from somebody, who hears nothing of it. What somebody asked us to send
    may be a private matter, however it comes to be given back: so only a post that was judged is shown with its text,
    and any other text to nobody but its author. Of a private matter, and of what was copied, it is not either: that is
    for who receives the copy.
    """
    kinds = (Tell.kind, Ask.kind, Alert.kind, Copy.kind)
    left_out = frozenset(connection.scalars(select(ENTRY.c.seq).where(ENTRY.c.kind == "recalled")))
    left_out = left_out.union(_keeping_from_somebody(connection, master))
    of_copied = select(DEED.c.cause).where(DEED.c.about.in_(select(DEED.c.about).where(DEED.c.kind == Copy.kind)))
    judged = select(ENTRY.c.seq).where(ENTRY.c.kind == "judged", ENTRY.c.seq.in_(select(DEED.c.cause)))
    of_posts = frozenset(connection.scalars(judged.where(ENTRY.c.seq.not_in(of_copied))))
    read: list[str] = []
    for deed, state, outcome in deeds(connection, master, kinds=kinds):
        match deed.action:
            case _ if deed.cause in left_out:
                continue
            case Copy() if outcome == Outcome.MOOT:  # another office gets it instead
                continue
            case Tell() | Ask() | Alert() as action:
                notice = action.notice
                if notice.returned and (deed.cause not in of_posts or _is_private(connection, master, deed.cause)):
                    notice = replace(notice, returned=FOR_ITS_AUTHOR)
                read.append(f"[{deed.id}] {action.kind} to {action.to}: {outcome or state}\n{notice}")
            case Copy() as copy:
                how = "read in place" if copy.read_in_place else outcome or state
                read.append(f"[{deed.id}] copy to {copy.to} ({copy.office}): {how}\nCP-{deed.copy:04} is kept.")
            case _:
                pass
    return read


def _keeping_from_somebody(connection: Connection, master: MasterKey) -> Iterable[int]:
    """Find what says that a private matter concerns somebody: answers, and what was written with it."""
    answers = connection.execute(select(ENTRY.c.seq, ENTRY.c.body).where(ENTRY.c.kind == "answered"))
    yield from (seq for seq, body in answers if decode(body)["choice"] == Choice.CONCERNS_COPIED)
    caused = select(DEED.c.cause).where(DEED.c.kind == Copy.kind).distinct()
    for seq in connection.scalars(caused).all():
        seen = open_excerpt(connection, master, seq)
        if seen is not None and seen.get("concerned"):
            yield seq


def _is_private(connection: Connection, master: MasterKey, seq: int) -> bool:
    """Say whether the words of an entry belong to a private matter, as far as they are kept."""
    seen = open_excerpt(connection, master, seq)
    return seen is None or bool(seen.get("matter"))
