"""Full birth dates: day, month and year beside a word about birth. A birthday without its year is none. Pure."""

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterator
from itertools import chain, islice
from typing import Final

from bot.readings import beside
from bot.readings.found import Kind, Spot
from bot.readings.given_names import GIVEN_NAMES
from bot.readings.tables import one_of, words
from bot.text import Folded

YOUNGEST: Final = 3
OLDEST: Final = 25
"""Between which ages a date can be the birth date of somebody in the chat; others are history, or a party to come."""

PATTERN: Final = (
    r"\b(?:born|birth ?date|birth ?day|birthdays?|b['-]?day|b-?date|brithday|bithday|birtday|birfday"
    r"|d[. /]?o[. /]?b\.?|date of birth|naci|nacio|nacimiento|nascimento|fecha (?:de )?nac"
    r"|nasci|cumple|cumpleanos|aniversario|birthdate|hbd)\b"
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
    rf"|(?:o|oh|aught|ought|zero)[ -](?P<units>{'|'.join(_SPELLED[1:10])})|(?P<short>{'|'.join(_SPELLED[10:])})"
)
TRIGGER: Final = (
    rf"{PATTERN}|\b(?:is|i'?m|s?he'?s) (?:(?:{_MONTHS})\.? |[0-9]{{1,2}}[/.-])[0-9]{{1,2}}[^\n]{{1,6}}20[0-9]{{2}}\b"
)
"""For RE2: a word about birth, or somebody who "is" a full date."""
_BETWEEN: Final = r"(?:,? +(?:of +|de +|del +)?|,? ?\n ?| ?, ?| ?[/.-] ?)"
_DATE: Final = re.compile(
    rf"(?<![0-9/])(?:(?:the )?(?:(?:{_DAY}){_BETWEEN}(?:{_MONTHS})|(?:{_MONTHS})\.?{_BETWEEN}(?:the )?(?:{_DAY}))"
    rf"|[0-9]{{1,2}} ?[/. \n-] ?[0-9]{{1,2}}){_BETWEEN}(?:(?:in|year|yr) +)?(?P<year>{_YEAR})\b"
    r"|\b(?P<iso>(?:19|20)[0-9]{2})[-/.][01]?[0-9][-/.][0-3]?[0-9]\b"
    rf"|\b(?P<first>(?:19|20)[0-9]{{2}}),? (?:on )?(?:the )?"
    rf"(?:(?:{_MONTHS})\.? (?:the )?(?:{_DAY})|(?:{_DAY}) (?:of )?(?:{_MONTHS}))\b"
)
_MONTH_AND_DAY: Final = r"(?:0[1-9]|1[0-2])(?:0[1-9]|[12][0-9]|3[01])|(?:0[1-9]|[12][0-9]|3[01])(?:0[1-9]|1[0-2])"
_TOGETHER: Final = re.compile(
    rf"(?<![#0-9a-z/.:-])(?:(?P<iso>(?:19|20)[0-9]{{2}})(?:{_MONTH_AND_DAY})"
    rf"|(?:{_MONTH_AND_DAY})(?P<year>(?:19|20)[0-9]{{2}}|[0-9]{{2}}))(?![0-9a-z/:-])"
)
"""A date without anything between its parts: 20100314, 03142010, 031410."""
_ODD: Final = re.compile(
    r"(?<![0-9a-z])(?:[0-9]{1,2}(?:(?P<sign>[|_,~])|, )[0-9]{1,2}(?(sign)(?P=sign)|, )(?=(?:19|20)[0-9]{2})"
    rf"|[0-9]{{1,2}}(?:{_MONTHS})|(?:{_MONTHS})[0-9]{{1,2}}[/-]?)(?P<year>(?:19|20)[0-9]{{2}}|[0-9]{{2}})(?![0-9a-z])"
)
"""A date with signs between its parts that part other things as often, or its month glued in: 3|14|2010, 14mar10."""
_JUST_BESIDE: Final = 12
"""How far from a word about birth a date in such forms may stand: it could be any number."""
_NUMBERED: Final = re.compile(r"\b(?:order|code|id|pin|ticket|room|case|number|password|pw|passcode)\b")
"""Words that say that figures are the number of something, and no date."""
_WORD: Final = re.compile(PATTERN)
_NEAR: Final = 32
_SOMEBODY_IS: Final = re.compile(
    r"(?:^|[.,!?\n] *|\b(?:and|cuz|so) )(?:(?:i'?m|s?he'?s|(?:i am|s?he is))"
    r"|(?:my|our|his|her) (?:(?:lil'?|little|big|baby|older|younger|twin|half|step) ?){0,2}"
    r"(?:sister|sis|brother|bro|cousin|twins?|niece|nephew) is|the twins is"
    r"|(?P<given>[a-z]+)(?: (?P<family>[a-z'-]+))? is) +$"
)
"""Who can be said to "be" a date: a pronoun, somebody of the family, or one who is called by a given name."""
_PARTED: Final = re.compile(r".*[a-z]{3}|[0-9]+(?P<sign>[/.-])[0-9]+(?P=sign)[0-9]+$")
"""A date with its month in letters or one sign between its parts: "6-2, 2010" can be a height and a year."""
_AGES: Final = range(10, 21)
"""How old one must be to be said to "be" a date: what a school chat says of its own students."""
_THING: Final = words(
    """
    album anniversary birthday book concert date day deadline debut deposition draft drop due episode event final
    first flight funeral game graduation hearing hole hurricane installment interview landing last launch match meet
    meme motor movie opening paper performance photo picture post premiere project recital release report retro
    review rules season shoe shoes show song storm swift tape test tour trade transcript trial update version
    victory video wedding win year
    """
)
"""What stands behind a given name and makes it the name of a thing."""
_NO_PET: Final = one_of(
    """
    and, but, so, cuz, because, when, while, says?, said, i, i'?m, me, my, she, he, we, you, u, they, our, his, her,
    born, walkers?, sitters?, trainers?, groomers?, breeders?, owners?, lovers?, riders?, vets?, coach, friends?,
    buddy, pals?, person, people, girls?, boys?, guys?, lady, ladies, man, men, woman, women, mom, mum, dad
    """
)
"""What stands behind an animal and is not its name: what goes on, and people who have to do with animals."""
_OF_IT: Final = one_of(
    r"""
    was, were, is, are, be, been, has, had, did, does, that, got, just, only, will, would, could, might, gonna,
    going to, about to, now, also, too, even, still, already, almost, here, next door, first, it ?'?s, itself, himself,
    herself, themselves, sweet, [0-9]+(?:st|nd|rd|th), [a-z][a-z]+(?:al|en?t|ab)e?ly
    """
)
"""What may stand between an animal or a thing and its birth. Of adverbs only those that are nobody's name."""
_TOLD: Final = re.compile(
    r"(?:\b(?:(?P<animal>(?:dog|puppy|puppie|pup|cat|kitty|kitten|hamster|bunny|rabbit|horse|pony|foal|goat|cow|calf"
    r"|lamb|piglet|bird|parrot|turtle|tortoise|lizard|snake)"
    rf"(?: ?'?s\b| (?!{_NO_PET}\b)[a-z]+(?:'s)?)?(?: (?:who|whose))?)"
    r"|(?P<among>(?:on|in|from|at|of|for|to|after|with|by) (?:(?:my|our|the|his|her|their|ur|your|this|that) )?"
    r"(?:[a-z]+ )?)?(?P<thing>(?:app|website|game|meme|song|album|car|truck|phone|house|team|club|school|company|band"
    r"|league|server|channel|youtube|minecraft|roblox|instagram|tiktok|google)(?: ?'?s)?(?! (?:born|turning)\b)))"
    rf"(?: {_OF_IT})* )?"
    rf"(?:{PATTERN}|\b(?:hatched|birth|turn(?:s|ed|ing)?|be [0-9]{{1,2}})\b)"
)
"""A word of birth or age, and the animal or the thing that it is said of.

Who is "on the team born" is a person, and so is who "from my school" turned sixteen.
"""
_DATE_OR_NUMBER: Final = re.compile(rf"{_DATE.pattern}|[0-9]+|\b(?:{'|'.join(_SPELLED)})\b")
_NOT_A_PERSON: Final = re.compile(
    r"\b(?:party|parties|bash|dinner|sleepover|card|present|gift|cake|school|team|company|club|nation|country|state"
    r"|on or|after|before|since|between)\b"
)


def find_birth_dates(folded: Folded, this_year: int) -> Iterator[Spot]:
    """Find birth dates in a folded text. `this_year` tells them from dates of history and of the next party."""
    spoken = [match.span() for match in _WORD.finditer(folded.text)]
    for match in _DATE.finditer(folded.text):
        year = _year(match, this_year)
        age, place = this_year - year, match.span()
        if not OLDEST >= age >= YOUNGEST:
            continue
        if not _is_birth(folded.text, spoken, place) and not _is_somebodys(folded.text, place, age):
            continue
        start, end = folded.span(*match.span())
        yield Spot(Kind.BIRTH_DATE, start, end, folded.raw[start:end])
    odd = (match for match in _ODD.finditer(folded.text) if _is_behind_birth(folded.text, match.start()))
    for match in chain(_TOGETHER.finditer(folded.text), odd) if spoken else ():
        if OLDEST >= this_year - _year(match, this_year) >= YOUNGEST and _is_beside(folded.text, spoken, match.span()):
            start, end = folded.span(*match.span())
            yield Spot(Kind.BIRTH_DATE, start, end, folded.raw[start:end])


def is_of_a_thing(told: str) -> bool:
    """Say whether the birth or age that a folded text tells of last is that of an animal or a thing, and nobody's."""
    return any(_of_things(told)[-1:])


def is_of_a_thing_alone(text: str) -> bool:
    """Say the same of the only date or number of a folded text: nobody's birth or age can stand beside it."""
    places = [match.span() for match in islice(_DATE_OR_NUMBER.finditer(text), 2)]
    return len(places) == 1 and _is_told_of_a_thing(text, places[0])


def _of_things(told: str) -> list[bool]:
    """Say of each birth or age that a text tells of whether it is that of an animal or a thing."""
    return [bool(match["animal"] or (match["thing"] and not match["among"])) for match in _TOLD.finditer(told)]


def _betweens(text: str, spoken: list[tuple[int, int]], date: tuple[int, int], reach: int) -> Iterator[str]:
    """Give what stands between a date and each word about birth that is within reach of it, on either side."""
    first = bisect_left(spoken, date[0] - reach, key=lambda place: place[1])
    last = bisect_right(spoken, date[1] + reach, key=lambda place: place[0])
    for start, end in spoken[first:last]:
        yield text[end : date[0]] if end <= date[0] else text[date[1] : start]


def _is_beside(text: str, spoken: list[tuple[int, int]], date: tuple[int, int]) -> bool:
    """Say whether a word about birth stands next to a date that could be any number."""
    if _NUMBERED.search(text[max(0, date[0] - _JUST_BESIDE) : date[0]]) or _is_told_of_a_thing(text, date):
        return False
    return any(
        not _NUMBERED.search(between) and not _NOT_A_PERSON.search(between)
        for between in _betweens(text, spoken, date, _JUST_BESIDE)
    )


def _is_behind_birth(text: str, start: int) -> bool:
    return _WORD.search(text, max(0, start - 2 * _JUST_BESIDE), start) is not None


def _is_birth(text: str, spoken: list[tuple[int, int]], date: tuple[int, int]) -> bool:
    """Say whether a word about birth stands just before the date, or just after it, and not about a party or a pet."""
    return not _is_told_of_a_thing(text, date) and any(
        "\n\n" not in between and not _NOT_A_PERSON.search(between) for between in _betweens(text, spoken, date, _NEAR)
    )


def _is_told_of_a_thing(text: str, date: tuple[int, int]) -> bool:
    return is_of_a_thing(beside.before(text, date[0]))


def _is_somebodys(text: str, date: tuple[int, int], age: int) -> bool:
    """Say whether a full date some ten to twenty years ago is what somebody "is": "hannah is dec 1 2011"."""
    before = _SOMEBODY_IS.search(text, max(0, date[0] - _NEAR), date[0])
    if before is None or age not in _AGES or not _PARTED.match(text[slice(*date)]):
        return False
    return before["given"] is None or (before["given"] in GIVEN_NAMES and before["family"] not in _THING)


def _year(match: re.Match[str], this_year: int) -> int:
    told = match.groupdict()
    if spelled := told.get("ones") or told.get("teens") or told.get("units") or told.get("short"):
        return 2000 + _SPELLED.index(spelled)
    digits = (match["year"] or match["iso"] or match["first"]).lstrip("'")
    if len(digits) == 4:
        return int(digits)
    short = 2000 + int(digits)
    return short if short <= this_year else short - 100
