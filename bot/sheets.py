"""What a command shows of what is kept: a copy, as who receives it reads it. Plain lines of text."""

from collections.abc import Iterator, Mapping
from datetime import datetime
from zoneinfo import ZoneInfo

from bot.message import Where
from bot.store.copies import Kept, Opened, Receiver

Names = Mapping[str, str]


def copy_lines(copies: list[Kept], names: Names, zone: ZoneInfo) -> Iterator[str]:
    """List copies, a line each: number, when, and whether each receiver was reached."""
    for copy in copies:
        receivers = "; ".join(_receiver(each, names) for each in copy.receivers)
        yield f"{copy.name}  {_moment(copy.at, zone)}  {receivers}"


def copy_sheet(opened: Opened, names: Names, zone: ZoneInfo) -> Iterator[str]:
    """Lay a copy out in full, for who receives it."""
    copy, words = opened.copy, opened.words
    yield f"{copy.name}, kept {_moment(copy.at, zone)}"
    if words is None:
        yield "What it said is forgotten, in order; see the ledger's entry that says so."
    else:
        yield f"From: {names.get(words.author, words.author)}"
        yield f"To: {', '.join(names.get(each, each) for each in words.readers) or 'nobody we know'}"
        yield f"Kind: {words.matter or 'emergency, or none declared'}"
        yield from _parts(opened)
    yield "Copies: " + "; ".join(_receiver(each, names) for each in copy.receivers)
    for at, look in opened.looks:
        who = names.get(look.person, look.person)
        yield f"Seen {_moment(at, zone)} by {who}, account {look.account}: {look.purpose}"


def _parts(opened: Opened) -> Iterator[str]:
    for where, text in opened.words.words if opened.words is not None else ():
        yield text if where == Where.BODY else f"[{where}] {text}"


def _receiver(receiver: Receiver, names: Names) -> str:
    how = (
        "read in place" if receiver.read_in_place else "note accepted" if receiver.reached else "note not accepted yet"
    )
    return f"{names.get(receiver.person, receiver.person)} ({str(receiver.office).replace('_', ' ')}): {how}"


def _moment(at: datetime, zone: ZoneInfo) -> str:
    return at.astimezone(zone).strftime("%a %d %b %Y, %H:%M")
