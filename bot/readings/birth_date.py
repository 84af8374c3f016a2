"""Full birth dates: day, month and year beside a word about birth. A birthday without its year is none. Pure."""

import re
from collections.abc import Iterator
from typing import Final

from bot.readings.found import Kind, Spot
from bot.text import Folded

YOUNGEST: Final = 3
OLDEST: Final = 25
"""Between which ages a date can be the birth date of somebody in the chat; others are history, or a party to come."""

PATTERN: Final = (
    r"\b(?:born|birth ?date|birth ?day|birthdays?|b-?day|d\.?o\.?b\.?|date of birth|naci|nacio|nacimiento|nascimento"
    r"|nasci|cumple|cumpleanos|aniversario|birthdate)\b"
)
"""For RE2: the words about birth."""

_MONTHS: Final = (
    "jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?|oct(?:ober)?"
    "|nov(?:ember)?|dec(?:ember)?|enero|febrero|marzo|abril|mayo|junio|julio|agosto|septiembre|octubre|noviembre"
    "|diciembre|janeiro|fevereiro|marco|maio|junho|julho|setembro|outubro|novembro|dezembro"
)
_DAY: Final = (
    r"(?:0?[1-9]|[12][0-9]|3[01])(?:st|nd|rd|th)?|first|second|third|fourth|fifth|sixth|seventh|eighth|ninth|tenth"
    r"|eleventh|twelfth|thirteenth|fourteenth|fifteenth|sixteenth|seventeenth|eighteenth|nineteenth|twentieth"
    r"|twenty[ -](?:first|second|third|fourth|fifth|sixth|seventh|eighth|ninth)|thirtieth|thirty[ -]first"
)
_SPELLED: Final = (
    *("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve"),
    *("thirteen", "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen", "twenty"),
)
_YEAR: Final = (
    rf"(?:19|20)[0-9]{{2}}|'?[0-9]{{2}}(?![0-9])|two thousand(?: and)? (?P<ones>{'|'.join(_SPELLED)})"
    rf"|twenty[ -](?P<teens>{'|'.join(_SPELLED)})"
)
_BETWEEN: Final = r"(?:,? +(?:of +|de +|del +)?| ?, ?| ?[/.-] ?)"
_DATE: Final = re.compile(
    rf"(?<![0-9/])(?:(?:the )?(?:(?:{_DAY}){_BETWEEN}(?:{_MONTHS})|(?:{_MONTHS})\.?{_BETWEEN}(?:the )?(?:{_DAY}))"
    rf"|[0-9]{{1,2}} ?[/. -] ?[0-9]{{1,2}}){_BETWEEN}(?:in +)?(?P<year>{_YEAR})\b"
    r"|\b(?P<iso>(?:19|20)[0-9]{2})[-/.][01]?[0-9][-/.][0-3]?[0-9]\b"
)
_WORD: Final = re.compile(PATTERN)
_NEAR: Final = 32
_NOT_A_PERSON: Final = re.compile(
    r"\b(?:party|parties|bash|dinner|sleepover|card|present|gift|cake|school|team|company|club|nation|country|state"
    r"|on or|after|before|since|between)\b"
)


def find_birth_dates(folded: Folded, this_year: int) -> Iterator[Spot]:
    """Find birth dates in a folded text. `this_year` tells them from dates of history and of the next party."""
    words = [match.span() for match in _WORD.finditer(folded.text)]
    for match in _DATE.finditer(folded.text):
        year = _year(match, this_year)
        if not OLDEST >= this_year - year >= YOUNGEST or not _is_birth(folded.text, words, match.span()):
            continue
        start, end = folded.span(*match.span())
        yield Spot(Kind.BIRTH_DATE, start, end, folded.raw[start:end])


def _is_birth(text: str, words: list[tuple[int, int]], date: tuple[int, int]) -> bool:
    """Say whether a word about birth stands just before the date, or just after it, and not about a party."""
    for start, end in words:
        between = text[end : date[0]] if end <= date[0] else text[date[1] : start]
        if len(between) <= _NEAR and "\n\n" not in between and not _NOT_A_PERSON.search(between):
            return True
    return False


def _year(match: re.Match[str], this_year: int) -> int:
    if spelled := match["ones"] or match["teens"]:
        return 2000 + _SPELLED.index(spelled)
    digits = (match["year"] or match["iso"]).lstrip("'")
    if len(digits) == 4:
        return int(digits)
    short = 2000 + int(digits)
    return short if short <= this_year else short - 100
