"""Personal data as clues: where it stands is found by `bot.readings.personal`."""

from collections.abc import Iterator
from typing import Final

from bot.patterns import Pieces
from bot.readings.found import Kind
from bot.readings.labels import Clue, Label, Setting
from bot.readings.personal import PersonalData
from bot.readings.phone import FEWEST_WORDS, SPELLED
from bot.text import Folded

_LABELS: Final = {
    Kind.PHONE: Label.PII_PHONE,
    Kind.ADDRESS: Label.PII_ADDRESS,
    Kind.EMAIL: Label.PII_EMAIL,
    Kind.BIRTH_DATE: Label.PII_BIRTHDATE,
    Kind.PASSWORD: Label.PII_PASSWORD,
    Kind.PASSWORD_ASKED: Label.PII_PASSWORD,
    Kind.LAST_NAME: Label.PII_LASTNAME,
}
_SURE: Final = 0.95
_AMONG_STAFF: Final = 0.3
"""A last name that staff write is how they speak of a student; only the rule on leaks asks for it."""
_DIGITS: Final = Pieces({SPELLED: SPELLED.pieces})


def personal_clues(personal: PersonalData, folded: Folded, setting: Setting, this_year: int) -> Iterator[Clue]:
    """Make a clue of each spot."""
    spelled = len(_DIGITS.scan(folded)) >= FEWEST_WORDS
    for spot in personal.find(folded, this_year, spelled=spelled):
        weak = spot.kind is Kind.LAST_NAME and setting.is_staff
        strength = _AMONG_STAFF if weak else _SURE
        yield Clue(_LABELS[spot.kind], spot.kind.value, spot.start, spot.end, spot.text, strength)
