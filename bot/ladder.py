"""The delivery ladder: by which ways a note is tried, one after the other. Pure.

Which ways there are is a fact about a platform and a person; which come first depends on what is to be told.
"""

from collections.abc import Collection
from enum import StrEnum

from bot.actions import Action, Alert, Ask, Copy, Tell


class Way(StrEnum):
    """A way by which a note can reach somebody."""

    NOTE = "note"
    """A private note on the platform."""
    MAIL = "mail"
    """A letter to the address on the roster. It holds no words."""


def ladder(action: Action, there: Collection[Way]) -> tuple[Way, ...]:
    """Say which ways are tried, in order, until one is accepted; none for what is no note. `there` are those there are.

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
    return tuple(each for each in ways if each in there)
