"""The delivery ladder: by which ways a note is tried, one after the other. Pure.

Which ways there are is a fact about a platform and a person; which come first depends on what is to be told.
"""

from dataclasses import dataclass
from enum import StrEnum

from bot.actions import Action, Alert, Ask, Copy, Tell


class Way(StrEnum):
    """A way by which a note can reach somebody."""

    NOTE = "note"
    """A private note on the platform."""
    MAIL = "mail"
    """A letter to the address on the roster. It holds no words."""


@dataclass(frozen=True, slots=True)
class Reach:
    """Which ways there are to one person."""

    note: bool = True
    """Whether the platform can give people private notes."""
    mail: bool = False
    """Whether mail is configured and the roster has an address."""


def ladder(action: Action, reach: Reach) -> tuple[Way, ...]:
    """Say which ways are tried, in order, until one is accepted; none for what is no note.

    A copy's note goes by mail first: it is read where copies are read. Everything else is told where people write; a
    letter only says that a note waits there. When no way is left, a person is asked: that is the last step.
    """
    match action:
        case Copy():
            ways: tuple[Way, ...] = (Way.MAIL, Way.NOTE)
        case Tell() | Ask() | Alert():
            ways = (Way.NOTE, Way.MAIL)
        case _:
            ways = ()
    there = {Way.NOTE: reach.note, Way.MAIL: reach.mail}
    return tuple(each for each in ways if there[each])
