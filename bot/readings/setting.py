"""Who speaks to whom, as far as it matters for what a text is about. Pure."""

from bot.message import Message
from bot.people import ADMINISTRATORS, Person, Role
from bot.readings.labels import Listeners, Setting, Speaker


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
    if message.author.is_staff and len(audience.students) == 1:
        return Listeners.DM_TO_STUDENT
    if audience.readers and audience.is_staff_alone and not message.team_place:
        return Listeners.DM_TO_STAFF
    return Listeners.GROUP
