"""Personal data as clues: where it stands is found by `bot.readings.personal`."""

import re
from collections.abc import Iterable, Iterator
from typing import Final

from bot.patterns import Pieces
from bot.readings import beside
from bot.readings.around_address import PHRASES
from bot.readings.found import Kind, Spot
from bot.readings.labels import Clue, Label, Setting
from bot.readings.personal import PersonalData
from bot.readings.phone import FEWEST_WORDS, SPELLED
from bot.text import Folded, fold

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
_SPELLED_OUT: Final = re.compile(r"\w(?:[-. ]+\w){2,}")
"""A name letter by letter: who spells it tells it to people who do not know it."""
_LISTED: Final = 0.3
"""A number or address that is said to be an office's or a venue's."""
_OFFICE: Final = re.compile(
    r"\b(?:office|district|main line|(?:front|help|ticket) desk|attendance|athletics|bus company|hot ?line|help ?line"
    r"|crisis|lifeline|dispatch|registrar|reception|ticket line|tip line|toll[- ]free|customer service)\b"
)
"""Words for who answers a listed number."""
_VENUE: Final = re.compile(
    rf"\b(?:{PHRASES['chain']}|"
    r"school|hotel|motel|rink|venue|stadium|arena|gym|field(?: house)?|restaurant|store|pizzeria|pizza|library"
    r"|clinic|hospital|pharmacy|theater|theatre|church|center|centre|club house|clubhouse|ymca|natatorium|aquatics?"
    r"|(?<![,.;!?] )(?<!and )park|park(?! (?:on|in|at|by|behind|along|across|where|there|here|anywhere|your|ur|the)\b)"
    r"|camp|complex|pool|track|high|middle school|elementary|bowling(?: alley)?|warehouse|shop|bank|museum)\b"
)
"""Words for where anybody may go, as often said of where somebody is."""
_ONES_OWN: Final = re.compile(
    r"\b(?:my|mine|his|her|ur|your|our|their)(?: new| personal| private| home| own)* (?:number|cell|phone|line|house"
    r"|place|home|address|addy|digits|apartment|apt|mobile)\b"
    r"|\b(?:i|we|she|he|they) (?:live|lives|stay|stays|moved|'?m at|am at)\b|\blives\b|\blive (?:at|on|in|near)\b"
    r"|\b(?:text|dm|whatsapp|facetime|snap) me\b|\bat (?:mine|ours)\b|\b(?:at|to) my (?:house|place)\b"
    r"|\b(?:mom|dad|grandma|brother|sister|friend)'?s?\b"
    r"|\b(?:mr|mrs|ms|mx|dr|coach)\.? [a-z'-]+,?(?: (?:is|at|on|reachable|cell|mobile))*:? ?\(?(?=\0)"
)
"""Words that say that it is somebody's own."""
_DIGITS: Final = Pieces({SPELLED: SPELLED.pieces})


def find_spots(personal: PersonalData, folded: Folded, this_year: int) -> tuple[Spot, ...]:
    """Find where personal data stands in a text."""
    spelled = len(_DIGITS.scan(folded)) >= FEWEST_WORDS
    return personal.find(folded, this_year, spelled=spelled)


def personal_clues(spots: Iterable[Spot], folded: Folded, setting: Setting) -> Iterator[Clue]:
    """Make a clue of each spot."""
    for spot in spots:
        strength = _strength(spot, folded, setting)
        yield Clue(_LABELS[spot.kind], spot.kind.value, spot.start, spot.end, spot.text, strength)


def _strength(spot: Spot, folded: Folded, setting: Setting) -> float:
    if spot.kind is Kind.LAST_NAME and setting.is_staff:
        return _SURE if _SPELLED_OUT.search(spot.text) else _AMONG_STAFF
    if spot.kind in {Kind.PHONE, Kind.ADDRESS}:
        around = fold(beside.before(folded.raw, spot.start)).text
        around += beside.SPOT + fold(beside.behind(folded.raw, spot.end)).text
        return _LISTED if _is_listed(spot.kind, around) and not _ONES_OWN.search(around) else _SURE
    return _SURE


def _is_listed(kind: Kind, around: str) -> bool:
    """Say whether it is an office's or a venue's. Where somebody can be called says nothing of where they live."""
    apart = beside.OF_NUMBER if kind is Kind.PHONE else beside.OF_ADDRESS
    return _OFFICE.search(around) is not None or beside.is_told_of(_VENUE, around, apart)
