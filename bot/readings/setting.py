"""Who speaks to whom, as far as it matters for what a text is about. Pure."""

from typing import Final

from bot.message import Message
from bot.people import ADMINISTRATORS, Person, PersonId, Role
from bot.readings.labels import Label, Listeners, Setting, Speaker

CLOSE: Final = (Label.BOUNDARY, Label.OFFPLATFORM, Label.PII_SOLICIT)
"""Labels that say little by themselves between an adult of the school and a student, and more when they come again."""

OWN: Final = "of the district's own"
"""The kind of whatever the district's own patterns found: their names may be private, and are kept sealed only."""


def setting_of(message: Message) -> Setting:
    """Say who wrote a message and who reads it. Whoever is neither staff nor known counts as a student here."""
    return Setting(_speaker(message.author), _listeners(message))


def _speaker(author: Person) -> Speaker:
    if not author.is_staff:
        return Speaker.STUDENT
    if author.has(Role.ADVISOR):
        return Speaker.COACH
    return Speaker.TEACHER if author.roles.isdisjoint(ADMINISTRATORS) else Speaker.ADMINISTRATION


def _listeners(message: Message) -> Listeners:
    audience = message.audience
    if message.author.is_staff and len(audience.students) == 1 and not audience.is_crowd:
        return Listeners.DM_TO_STUDENT
    if audience.readers and audience.is_staff_alone and not message.team_place:
        return Listeners.DM_TO_STAFF
    return Listeners.GROUP


def pair_of(message: Message) -> tuple[PersonId, PersonId] | None:
    """Name an adult of the school and the one student they write to, or who writes to them alone; None otherwise."""
    author, audience = message.author, message.audience
    if author.is_staff:
        others = audience.students
    else:
        others = audience.readers if author.has(Role.STUDENT) and audience.is_staff_alone else frozenset()
    if len(others) != 1:
        return None
    first, second = sorted((author.id, next(iter(others)).id))
    return first, second


def closeness(message: Message) -> tuple[str, ...]:
    """Name the kinds of signs of closeness between two such people, sorted: the clues, or the label without any."""
    signs = [each for each in message.readings.signs if each.label in CLOSE]
    if not signs or pair_of(message) is None:
        return ()
    kinds = {OWN if clue.floor is not None else clue.name for sign in signs for clue in sign.clues}
    return tuple(sorted(kinds or {sign.label.value for sign in signs}))
