"""A place people write in, looked at as a thing of its own."""

from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from bot.message import MessageId, PlaceId, Where, Words
from bot.people import Audience, PersonId, Team
from bot.readings.found import NOTHING_READ, Readings


@dataclass(frozen=True, slots=True)
class Space:
    """A channel, thread, group or voice room as it is at one moment."""

    id: MessageId
    """Names this look at the space: the platform's id of the space and of the change that made us look."""
    place: PlaceId
    audience: Audience
    words: tuple[Words, ...] = field(repr=False)
    seen_at: datetime
    day: date
    team: Team | None = None
    """The team the space is registered for; None for any other place."""
    advisor_may_speak: bool = True
    """Whether a coach or advisor can write or speak here, apart from what we restricted ourselves."""
    connected: Audience | None = None
    """Who is connected to a voice room now; None for a place of text."""
    connected_for: timedelta = timedelta()
    """How long those who are connected have been so, together."""
    was_overseen: bool = False
    """Whether it is the place of a private matter that somebody watched over when it was last looked at."""
    overseers: frozenset[PersonId] = frozenset()
    """Its members who get copies by their office, or would for a holder who is away."""
    slips: bool = False
    """Whether a coach or advisor can write or speak here although we restricted it."""
    pins_known: bool = True
    """Whether what is pinned there is among the words; False while that could not be read."""
    readings: Readings = NOTHING_READ

    @property
    def is_overseen(self) -> bool:
        """Say whether somebody of the office is a member of it, whatever else they are to the district."""
        return bool(self.overseers) or self.audience.is_overseen

    @property
    def name(self) -> str:
        """Give the name people know the space by."""
        named = (words.text for words in self.words if words.where in {Where.CHANNEL_NAME, Where.THREAD_NAME})
        return next(named, "")
