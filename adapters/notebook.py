"""What an adapter must remember over a restart and the ledger does not hold: ids of the platform's own, never words.

A small file beside the database, replaced as a whole. Whoever loses it loses no message of the last week: each place is
read a week back, as the ledger shows that it is no first start. What was missed in a longer outage is not found. What
we took away is given back by hand, pauses of a person are not renewed, and our threads are opened anew.
"""

import contextlib
import json
from pathlib import Path
from typing import Any, Final

from bot.disk import put
from bot.errors import ConfigurationError

SECTIONS: Final = (
    "marks",
    "began",
    "threads",
    "notes",
    "talks",
    "shown",
    "taken",
    "paused",
    "timed_out",
    "freed",
    "unread",
    "informed",
    "told_at",
    "lapsed",
    "kinds",
    "put_out",
    "closed",
)


class Notebook:
    """Pages of plain entries by name. Read once; written when told to."""

    def __init__(self, path: Path) -> None:
        """Read the file, if there is one.

        Raises:
            ConfigurationError: there is a file, and it is not one of ours.
        """
        self.path = path
        read = _read(path)
        self.marks: dict[str, str] = read["marks"]
        """For each place the post up to which everything is written."""
        self.began: dict[str, str] = read["began"]
        """For each place that was there before us its last post then: nothing up to it is ours to judge.

        For a server of many places, also when we came there.
        """
        self.threads: dict[str, str] = read["threads"]
        """For each thread we opened, the place it was opened as; of several of one place the newest stands last."""
        self.notes: dict[str, str] = read["notes"]
        """For each account that takes no direct messages, the thread in which it reads our notes."""
        self.talks: dict[str, str] = read["talks"]
        """For each place in which somebody talks with us alone: the post up to which everything is written."""
        self.shown: dict[str, list[str]] = read["shown"]
        """For each message we posted for somebody, the oldest first: the order it was, and whose account gave it."""
        self.taken: dict[str, dict[str, list[int]]] = read["taken"]
        """For each place we restricted: what we took away there, by whose it was. The platform says what is a pair."""
        self.paused: dict[str, str] = read["paused"]
        """For each account a person paused: until which moment."""
        self.timed_out: dict[str, str] = read["timed_out"]
        """For each account that is paused: until when it was last made so, which may be renewed."""
        self.freed: dict[str, str] = read["freed"]
        """For each account whose pause a person ended early: when it would have ended by itself as last made so."""
        self.unread: dict[str, str] = read["unread"]
        """For each place whose past could not be read to the end: why."""
        self.informed: dict[str, str] = read["informed"]
        """For each conversation that somebody's own grant shows us and whose students know it: whose grant."""
        self.told_at: dict[str, float] = read["told_at"]
        """For each of these conversations when the last of its students was told, in seconds of 1970."""
        self.lapsed: dict[str, str] = read["lapsed"]
        """For each account whose grant ended: since when."""
        self.kinds: dict[str, str] = read["kinds"]
        """For each kind of event that was ever heard: the last day."""
        self.put_out: dict[str, str] = read["put_out"]
        """For each place in which we have to be and are not any more: since when."""
        self.closed: dict[str, str] = read["closed"]
        """For each place in which nobody can write any more: when its last words were read."""
        self._written = self._text()

    def write(self) -> None:
        """Put the file in place of the one before, durably. Costs nothing where nothing has changed."""
        text = self._text()
        if text == self._written:
            return
        put(self.path, text.encode("ascii"))
        self._written = text

    def _text(self) -> str:
        """Write the entries of each page in their order: it says which is the newest."""
        return json.dumps({name: getattr(self, name) for name in SECTIONS})


def _read(path: Path) -> dict[str, dict[str, Any]]:
    empty: dict[str, dict[str, Any]] = {name: {} for name in SECTIONS}
    if not path.exists():
        return empty
    with contextlib.suppress(ValueError, OSError):
        read = json.loads(path.read_text(encoding="utf-8"))
        if isinstance(read, dict) and all(isinstance(read.get(name, {}), dict) for name in SECTIONS):
            return empty | {name: read[name] for name in SECTIONS if name in read}
    raise ConfigurationError(f"{path} cannot be read. Move it away: what it remembers is then read again.")
