"""What an adapter must remember over a restart and the ledger does not hold: ids of the platform's own, never words.

A small file beside the database, replaced as a whole. Whoever loses it loses no message of the last week: each place is
read a week back, as the ledger shows that it is no first start. What was missed in a longer outage is not found. What
we took away is given back by hand, pauses of a person are not renewed, and our threads are opened anew.
"""

import contextlib
import json
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any, Final

from bot.disk import put
from bot.errors import ConfigurationError


@dataclass(eq=False)
class Pages:
    """What stands in the file, page by page."""

    marks: dict[str, str] = field(default_factory=dict)
    """For each place the post up to which everything is written."""
    began: dict[str, str] = field(default_factory=dict)
    """For each place that was there before us its last post then: nothing up to it is ours to judge.

    For a server of many places, also when we came there.
    """
    threads: dict[str, str] = field(default_factory=dict)
    """For each thread we opened, the place it was opened as; of several of one place the newest stands last."""
    notes: dict[str, str] = field(default_factory=dict)
    """For each account that takes no direct messages, the thread in which it reads our notes."""
    talks: dict[str, str] = field(default_factory=dict)
    """For each place in which somebody talks with us alone: the post up to which everything is written."""
    shown: dict[str, list[str]] = field(default_factory=dict)
    """For each message we posted for somebody, the oldest first: the order it was, and whose account gave it."""
    taken: dict[str, dict[str, list[int]]] = field(default_factory=dict)
    """For each place we restricted: what we took away there, by whose it was. The platform says what is a pair."""
    paused: dict[str, str] = field(default_factory=dict)
    """For each account a person paused: until which moment."""
    timed_out: dict[str, str] = field(default_factory=dict)
    """For each account that is paused: until when it was last made so, which may be renewed."""
    freed: dict[str, str] = field(default_factory=dict)
    """For each account whose pause a person ended early: when it would have ended by itself as last made so."""
    unread: dict[str, str] = field(default_factory=dict)
    """For each place whose past could not be read to the end: why."""
    unseen: dict[str, str] = field(default_factory=dict)
    """For each place that we are in and the platform does not let us look at: why."""
    informed: dict[str, str] = field(default_factory=dict)
    """For each conversation that somebody's own grant shows us and whose students know it: whose grant."""
    told_at: dict[str, float] = field(default_factory=dict)
    """For each of these conversations when the last of its students was told, in seconds of 1970."""
    lapsed: dict[str, str] = field(default_factory=dict)
    """For each account whose grant ended: since when."""
    kinds: dict[str, str] = field(default_factory=dict)
    """For each kind of event that was ever heard: the last day."""
    put_out: dict[str, str] = field(default_factory=dict)
    """For each place in which we have to be and are not any more: since when."""
    renamed: dict[str, str] = field(default_factory=dict)
    """For each place that has another id by now: that one, by the first, under which all we know of it stands."""
    missed: dict[str, str] = field(default_factory=dict)
    """For each place without a mark that is still to be read: since when something may be missed there."""
    closed: dict[str, str] = field(default_factory=dict)
    """For each place in which nobody can write any more: its newest line, once its last words were read."""


NAMES: Final = tuple(each.name for each in fields(Pages))


class Notebook(Pages):
    """Pages of plain entries by name. Read once; written when told to."""

    def __init__(self, path: Path) -> None:
        """Read the file, if there is one.

        Raises:
            ConfigurationError: there is a file, and it is not one of ours.
        """
        super().__init__(**_read(path))
        self.path = path
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
        return json.dumps({name: getattr(self, name) for name in NAMES})


def _read(path: Path) -> dict[str, dict[str, Any]]:
    if not path.exists():
        return {}
    with contextlib.suppress(ValueError, OSError):
        read = json.loads(path.read_text(encoding="utf-8"))
        if isinstance(read, dict) and all(isinstance(read.get(name, {}), dict) for name in NAMES):
            return {name: read[name] for name in NAMES if name in read}
    raise ConfigurationError(f"{path} cannot be read. Move it away: what it remembers is then read again.")
