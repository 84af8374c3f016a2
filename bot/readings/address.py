"""Street addresses: the forms in which people write one, and what the words around must say. Pure.

A parser of addresses is no help in chat: it reads "69 yard run" and "2 way street" as addresses too. So each form here
asks a question about its words and those around it: the less the form says, the more they must.
"""

import re
from collections.abc import Callable, Container, Iterator, Mapping
from typing import Final, NamedTuple

from bot.readings import around_address as around
from bot.readings import beside
from bot.readings.around_address import DOOR, LEADS_ON, PHRASES, Mention
from bot.readings.found import Kind, Spot
from bot.text import Folded

_NUMBER: Final = (
    r"(?:[nsew][0-9]{2,3} ?)?[nsew]?[1-9][0-9]{0,4}(?:-[0-9]{1,4})?(?: ?1/2| and a half)?(?:-?[a-h]\b| [b-d]\b)?"
)
"""Numbers of houses: 14, 84-12, 12 1/2, 7b, n412, w180 n8085."""
_HOUSE: Final = rf"(?P<number>{_NUMBER})"
_SPELLED: Final = rf"{PHRASES['spelled']}(?:[ -]{PHRASES['spelled']}){{0,2}}"
_PLAIN: Final = r"(?P<number>[1-9][0-9]{1,4}(?:-[0-9]{1,4})?[a-h]?)"
"""The number of a house whose street goes without what it is called: two digits at least."""
_MARKED: Final = rf"(?:number|no\.?|#|nr\.?|(?:and )?(?:the |our )?(?:house )?number (?:is|'s)) *#?{_HOUSE}\b"
"""The number of a house behind its street."""

_WORD: Final = r"[a-z0-9][a-z0-9'.-]{0,30}"
_WORDS: Final = rf"(?P<names>(?:{_WORD} +){{0,4}}?{_WORD})"
_SIDE: Final = (
    r"(?:(?:[nsew]|[ns][ew]|north|south|east|west|old|upper|lower|mt|mount|st|saint|fort|el|la|los|las)\.? +)?"
)
_ONE_NAME: Final = rf"{_SIDE}(?P<names>[a-z][a-z'-]{{1,24}})"
"""The name of a street that goes without what it is called."""
_STREET: Final = rf"(?:{PHRASES['street']}|{PHRASES['street_or_not']})"
_ANY_STREET: Final = (
    rf"(?:{PHRASES['street']}|(?:{PHRASES['street_or_not']}|{PHRASES['street_behind_a_number']})"
    rf"(?: +{PHRASES['street']})?)"
)
"""What a street is called, also twice: Oak Hill Rd."""
_ROAD: Final = "(?:street|avenue|road|lane|calle|rua|rue)(?: of| called| named| is| de| da)?"
_CALLE: Final = "(?:calle|avenida|avda|rua|carrera)"
_FLAT: Final = r"(?:\.?,? *(?:apt|apartment|unit|suite|ste|floor|fl|#)\.? *#?[a-z0-9-]{1,5}\b)?"
_ZIP: Final = "[0-9]{5}(?:-[0-9]{4})?"
_STATE_ALONE: Final = "(?:ma|mass|nh|ri|vt|ny|nj|fl|tx)"
"""States that nothing else has to make sure of: those that are no word or sound, as oh, pa, mi and ct are."""
_REST: Final = (
    rf"(?P<rest>{_FLAT}(?:\.?,? +(?:in +)?[a-z][a-z. ]{{2,24}}?,? +{PHRASES['state']}\b)?"
    rf"(?:\.?,? *{_ZIP}\b)?)"
)
"""A flat, a city with its state, a postal code."""


class Form(NamedTuple):
    """One way to write an address."""

    example: str
    pattern: str
    """For RE2 as well as `re`, so without look-around. What is found is the group `spot`, or else the whole."""
    holds: Callable[[Mention], bool]
    """The question that its words, and those around, have to answer."""


FORMS: Final = (
    Form(
        "14 maple st",
        rf"\b(?P<number>{_NUMBER}|{_SPELLED}),? +{_WORDS} +(?P<street>{_ANY_STREET})\b{_REST}",
        around.is_street,
    ),
    Form(
        "14 maple, lowell, ma",
        rf"\b{_HOUSE} +{_WORDS}, *[a-z .]{{3,24}},? +{PHRASES['state']}\b(?: +[0-9]{{5}})?",
        around.is_named,
    ),
    Form(
        "516 pinecrest",
        rf"\b{_PLAIN} +(?P<names>{_SIDE}(?:{PHRASES['like_a_street']}|[0-9]{{1,3}}(?:st|nd|rd|th)))\b(?P<rest>{_FLAT})",
        around.is_lived_in,
    ),
    Form(
        "she lives at 66 tollgate",
        rf"(?:\b{PHRASES['lives_at']}|{PHRASES['home_sign']}){LEADS_ON}"
        rf"(?P<spot>{_HOUSE} +{_ONE_NAME}\b(?P<rest>{_FLAT}(?: +{_ZIP}\b)?))",
        around.is_lived_at,
    ),
    Form(
        "he stays at 66 tollgate",
        rf"\b{PHRASES['stays_at']}{LEADS_ON}(?:at|@) +(?P<spot>{_PLAIN} +{_ONE_NAME}\b(?P<rest>{_FLAT}))",
        around.is_where_one_stays,
    ),
    Form(
        "62 wexford, knock twice",
        rf"(?:^|[.!?\n,:;(]|\b(?:at|to|is|home) ) *(?P<spot>{_PLAIN} +{_ONE_NAME}){DOOR}",
        around.is_at_a_door,
    ),
    Form(
        "maple st, number 14",
        rf"\b(?P<road>{_ROAD} +)?(?P<names>{_WORD})(?P<street> {_STREET})?,? *{_MARKED}",
        around.is_numbered,
    ),
    Form("maple st 14", rf"\b(?P<names>{_WORD}) (?P<street>{_STREET}),? *{_HOUSE}\b", around.is_lived_on),
    Form(
        "calle sol 14",
        rf"\b{_CALLE} +(?:{_WORD} +){{1,4}}(?:#|no\.?|n\.?|numero)? ?[0-9]{{1,5}}\b",
        around.is_no_score,
    ),
    Form(
        "rua sol, 14",
        rf"\b{_CALLE} +(?:{_WORD} +){{0,3}}{_WORD}, *(?:#|no\.?|n\.?|numero)? ?[0-9]{{1,5}}\b",
        around.is_no_count,
    ),
    Form(
        "14 calle sol",
        rf"\b{_HOUSE},? +(?:(?:de|en) +(?:la +)?)?{_CALLE} +(?:(?:de|del|da|das|do|dos|la|las|el|los) +)*"
        r"(?P<names>[a-z][a-z'-]{2,24})\b",
        around.is_no_score,
    ),
    Form(
        "14-maple-st",
        rf"\b(?P<number>[1-9][0-9]{{0,4}})[-_](?P<names>[a-z]{{3,24}}(?:[-_][a-z]{{2,24}}){{0,2}})[-_]"
        rf"(?P<street>{PHRASES['street']})\b",
        around.is_street,
    ),
    Form(
        "14maple st",
        rf"\b(?P<number>[1-9][0-9]{{1,4}})(?P<names>[a-z]{{3,24}}(?: +[a-z]{{3,24}})?) +"
        rf"(?P<street>{PHRASES['street']})\b",
        around.is_street,
    ),
    Form(
        "14 tollgate lowell ma 01852",
        rf"\b{_PLAIN} +{_ONE_NAME} +[a-z]{{3,24}}(?: +[a-z]{{3,24}})?,? +{PHRASES['state']} +{_ZIP}\b",
        around.is_on_a_letter,
    ),
    Form(
        "14 maple 01852",
        rf"\b{_PLAIN} +{_ONE_NAME} +0(?:[1-9][0-9]|0[5-9])[0-9]{{2}}(?:-[0-9]{{4}})?\b",
        around.is_before_a_code,
    ),
    Form(
        "14 maple 20394",
        rf"\b{_PLAIN} +(?P<names>{_SIDE}{PHRASES['like_a_street']}) +{_ZIP}\b",
        around.is_on_a_letter,
    ),
    Form(
        "14 maple lowell ma",
        rf"\b{_PLAIN} +(?P<names>[a-z]{{3,24}}(?: +[a-z]{{3,24}}){{1,2}}) +{_STATE_ALONE}\b",
        around.is_in_a_town,
    ),
    Form(
        "14\nmaple st",
        rf"(?:^|\n) *(?P<spot>{_PLAIN},? *\n *{_WORDS} +(?P<street>{PHRASES['street']}))\b",
        around.is_named,
    ),
    Form(
        "street: maple, number: 14",
        rf"\b(?:street|str|calle)(?: name)? *[:=] *{_WORD}(?: +{_WORD}){{0,2}}[ ,;\n]+(?:house )?"
        rf"(?:number|num|no|nr|numero)\b[ .:=#]*{_NUMBER}",
        around.is_no_lesson,
    ),
    Form(
        "house number 14, the street is maple",
        rf"\bhouse (?:number|num|no|nr|#)(?: is)?[ .:=#]*{_NUMBER}[ ,;\n]+(?:and )?(?:the |my )?(?:street|on)\b"
        rf"(?: name)?(?: is)?[ :=]*{_WORD}",
        around.is_no_lesson,
    ),
    Form(
        "14 route 9",
        rf"\b{_NUMBER} +(?:old )?(?:us|rt|rte|route|state route|highway|hwy)[ -]?[1-9][0-9]{{0,2}}[a-z]?\b",
        around.is_no_score,
    ),
    Form("14 broadway", rf"\b{_NUMBER} +(?:the )?(?:broadway|fenway)\b", around.is_no_score),
    Form("po box 14", r"\bp\.? ?o\.? ?box +[0-9]+", around.is_given),
)

TRIGGERS: Final[Mapping[str, str]] = {form.example: form.pattern for form in FORMS}
"""For RE2: which forms stand in a text. Most have none, so nothing is asked.

In a set of their own: in one set, what each pattern has seen multiplies, and new texts take twice the time.
"""

_SEARCHES: Final = {form.example: re.compile(form.pattern) for form in FORMS}
_WELL_KNOWN: Final = re.compile(PHRASES["well_known"])


def find_addresses(folded: Folded, forms: Container[str] = TRIGGERS) -> Iterator[Spot]:
    """Find the addresses of a folded text in order: those of some forms, named by their examples, or of all."""
    found = [span for form in FORMS if form.example in forms for span in _of_form(folded, form)]
    done = 0
    for start, end in sorted(found, key=lambda span: (span[0], -span[1])):
        if start >= done:
            begins, ends = folded.span(start, end)
            yield Spot(Kind.ADDRESS, begins, ends, folded.raw[begins:ends], folded.text[start:end])
            done = end


def _of_form(folded: Folded, form: Form) -> Iterator[tuple[int, int]]:
    """Find every place of one form. What is none may hide another: "12 of us walked to 41 juniper lane"."""
    search, place = _SEARCHES[form.example], 0
    while match := search.search(folded.text, place):
        start, end = _span(match)
        if _holds(form, folded, match):
            yield start, end
            place = end
        else:
            place = match.end("number") if "number" in search.groupindex else end


def _holds(form: Form, folded: Folded, match: re.Match[str]) -> bool:
    """Ask the question of a form, and two that go for all: whether it is a well-known address or a venue's."""
    if _WELL_KNOWN.match(folded.text, _span(match)[0]):
        return False
    mention = _mention(folded, match)
    return form.holds(mention) and not around.is_a_venue(mention)


def _span(match: re.Match[str]) -> tuple[int, int]:
    return match.span("spot" if "spot" in match.re.groupindex else 0)


def _mention(folded: Folded, match: re.Match[str]) -> Mention:
    """Part a match as its form does, with what stands around it."""
    parts, (start, end) = match.groupdict(""), _span(match)
    street = parts.get("street", "") or parts.get("road", "")
    return Mention(
        before=beside.before(folded.text, start),
        number=parts.get("number", ""),
        names=parts.get("names", ""),
        street=street.strip(),
        rest=parts.get("rest", ""),
        behind=beside.behind(folded.text, end),
        typed=_typed(folded, match) if "names" in parts else "",
    )


def _typed(folded: Folded, match: re.Match[str]) -> str:
    """Give the words of a street as they were typed."""
    end = max(match.end(each) for each in ("names", "street") if each in match.re.groupindex)
    begins, ends = folded.span(match.start("names"), end)
    return folded.raw[begins:ends]
