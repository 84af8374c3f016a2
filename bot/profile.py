"""How a person shows up on a platform."""

from dataclasses import dataclass, field
from datetime import date, datetime

from bot.message import MessageId, Words
from bot.people import AccountId, Person
from bot.readings.found import NOTHING_READ, Readings


@dataclass(frozen=True, slots=True)
class Profile:
    """An account's display name and the words around it, at one moment."""

    id: MessageId
    """Names this look at the profile: the account and the change that made us look."""
    account: AccountId
    owner: Person
    words: tuple[Words, ...] = field(repr=False)
    seen_at: datetime
    day: date
    readings: Readings = NOTHING_READ
    new_picture: bool = False
    """Whether the account's picture is another than before."""
