"""Street addresses: a house number, a street and what it is called. Pure.

A parser of addresses is no help in chat: it reads "69 yard run" and "2 way street" as addresses too. What tells them
apart are the words between, so they are looked at here.
"""

import re
from collections.abc import Iterator
from typing import Final

from bot.readings.found import Kind, Spot
from bot.readings.tables import one_of, words
from bot.text import Folded

_SURE: Final = (
    "street|str|st|avenue|ave|av|road|rd|lane|ln|blvd|boulevard|terrace|terr|ter|pkwy|parkway|turnpike|tpke|circle"
    "|cir|ct|dr|drive|court|crossing|xing|hwy|highway|aly|alley|causeway|expy|rdwy"
)
_UNSURE: Final = (
    "way|place|pl|run|row|path|square|sq|park|trail|trl|loop|hill|pass|view|point|ridge|hollow|glen|grove|green|common"
    "|commons|landing|manor|heights|walk|bend|cove|pike|estates|meadow|meadows|knoll|farm|farms|broadway"
)
_STATE: Final = (
    "ma|mass|massachusetts|nh|new hampshire|maine|ri|rhode island|ct|connecticut|vt|vermont|ny|new york|nj|pa|fl|ca"
    "|tx|il|oh|mi|ga|nc|va|md|wa|az|mn|mo|wi|tn"
)
_SPELLED: Final = (
    "one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|thirteen|fourteen|fifteen|sixteen|seventeen"
    "|eighteen|nineteen|twenty|thirty|forty|fifty|sixty|seventy|eighty|ninety"
)
_NUMBER: Final = r"[1-9][0-9]{0,4}(?:-[0-9]{1,4})?(?: ?1/2)?[a-d]?"
_NAME: Final = r"[a-z0-9][a-z0-9'.-]*"

_MARK: Final = r"(?:number|no\.?|#|nr\.?|(?:and )?(?:the |our )?(?:house )?number (?:is|'s))"
_NUMBER_LATER: Final = (
    rf"\b(?:live|lives|living|house|home|address|addy|stay|stays|staying|moved|my street) [^.!?\n]{{0,16}}?"
    rf"\b{_NAME} (?:{_SURE})\b,? *{_MARK}? *#?{_NUMBER}"
)

PATTERN: Final = (
    rf"\b(?:{_NUMBER}|{_SPELLED}),? +(?:{_NAME} +){{1,5}}(?:{_SURE}|{_UNSURE})\b"
    rf"|\b{_NUMBER} +(?:the )?(?:broadway|fenway)\b"
    rf"|\b{_NUMBER} +(?:old )?(?:us|rt|rte|route|state route|highway|hwy)[ -]?[0-9]{{1,3}}[a-z]?\b"
    r"|\bp\.? ?o\.? ?box +[0-9]+"
    rf"|\b{_NUMBER} +(?:{_NAME} +){{0,3}}{_NAME}, *[a-z .]{{3,24}},? +(?:{_STATE})\b"
    rf"|\b(?:calle|avenida|avda|rua|carrera) +(?:{_NAME} +){{1,4}}(?:#|no\.?|n\.?|numero)? ?[0-9]{{1,5}}\b"
    rf"|\b(?:live|lives|living|stay|staying|vivo|moro|moved|address|addy|house|come) +(?:is|at|on|en|na|to|over|:"
    rf"|at:|is:"
    rf"|,|=)* *(?:at +)?{_NUMBER} +{_NAME}"
    rf"|\b(?:address|addy|direccion|endereco)(?: is)?:? *{_NUMBER} +{_NAME}|{_NUMBER_LATER}"
)
"""For RE2: whatever could be an address. The words decide."""

_ADDRESS: Final = re.compile(
    rf"(?P<number>\b(?:{_NUMBER}|(?:{_SPELLED})(?:[ -](?:{_SPELLED})){{0,2}})),? +"
    rf"(?P<names>(?:{_NAME} +){{0,4}}?{_NAME}) +(?P<suffix>{_SURE}|{_UNSURE})\b\.?"
    r"(?P<unit>,? *(?:apt|apartment|unit|suite|ste|floor|fl|#)\.? *#?[a-z0-9-]{1,5}\b)?"
    rf"(?P<city>,? +(?:in +)?[a-z][a-z. ]{{2,24}}?,? +(?:{_STATE})\b\.?)?(?P<zip>,? *[0-9]{{5}}(?:-[0-9]{{4}})?\b)?"
)
_PLAIN: Final = re.compile(
    rf"\bp\.? ?o\.? ?box +[0-9]+|\b{_NUMBER} +(?:the )?(?:broadway|fenway)\b"
    rf"|\b{_NUMBER} +(?:old )?(?:us|rt|rte|route|state route|highway|hwy)[ -]?[0-9]{{1,3}}[a-z]?\b"
    r"|\b(?:calle|avenida|avda|rua|carrera) +(?:[a-z'.-]+ +){1,4}(?:#|no\.?|n\.?|numero)? ?[0-9]{1,5}\b"
)
_WITH_CITY: Final = re.compile(
    rf"\b{_NUMBER} +(?P<names>(?:{_NAME} +){{0,3}}?{_NAME}), *[a-z .]{{3,24}},? +(?:{_STATE})\b(?: +[0-9]{{5}})?"
)
_AT_HOME: Final = re.compile(
    r"\b(?:(?:my|our|his|her|their|home|the|s) (?:home |house )?(?:address|addy|house)|address|addy|direccion|endereco"
    r"|i live|we live|lives|i'm living|vivo|moro|we moved|i moved|i'm staying)"
    rf"\W*(?:(?:is|at|on|en|na|no|to|over|es|e)\W+){{0,3}}(?P<spot>{_NUMBER} +(?P<names>{_NAME}))"
)
_LATER: Final = re.compile(
    rf"\b(?:live|lives|living|house|home|address|addy|stay|stays|staying|moved|my street)\b[^.!?\n0-9]{{0,16}}? "
    rf"(?P<spot>(?P<names>[a-z][a-z'-]*) (?:{_SURE})\b,? *"
    rf"(?:{_MARK} *#?{_NUMBER}(?![0-9a-z:/%])|{_NUMBER}(?= *(?:$|[,.!?;\n]))))"
)
"""A street whose number stands behind it, where somebody speaks of a home."""
_CUE: Final = re.compile(
    r"\b"
    + one_of(
        """
        live, lives, living, address, addy, house, home, come over, come to, pick (?:me|us|him|her) up,
        drop (?:me|us|it|him|her), ship, mail, send, stay, staying, located, moved, my place, party, sleepover,
        meet (?:me |us )?at, vivo, moro, casa, direccion, over at, it'?s at, i'?m at, gps, uber
        """
    )
    + r"\b"
)
_NOT_A_STREET: Final = words(
    """
    a about across against all along an and any are around as at away be because been before behind block blocks both
    boys bucks bus buses but by can car cars chapters coaches court-side day days different dollar dollars down each
    error errors every extra feet foot for from ft game games get girls go goal goals goes going got guys he her his
    hit hits home hour hours how hr hrs i i'm if im in inch inches into is it it's its juniors just k keep kid kids km
    lane lanes lap laps last left less loss losses man me men meter meters metre mile miles min mins minus minute
    minutes month months more my near need needs new next no not of off on only onto or other our out over page pages
    parents past pct people per percent person player players plus pm pm's point points problems pt pts questions rbi
    rbis rep reps run runs seats sec second seconds secs seniors set sets she should so some star stars step steps
    straight student students take taken takes than that the their then there these they things this those through
    tickets time times to took toward until up us vans versus vs was way ways we week weeks went were what when where
    which who why will win wins with women would yard yards yd yds year years you your
    """
)
"""Words that stand between a number and a street only in other talk: "5 minutes down the road"."""
_WELL_KNOWN: Final = re.compile(
    one_of(
        """
        2[12] jump st, 221 ?b? baker, 123 sesame, 42 wallaby, 4 privet, 10 cloverfield, 12 grimmauld, 77 sunset strip,
        1313 mockingbird, 742 evergreen, 10 downing, 1600 pennsylvania, 34th st, 42nd st, 1428 elm, 124 conch, 8 mile,
        4 yawkey, 1 patriot pl
        """
    )
)
"""Addresses of films, books and sights."""

_DOUBTFUL: Final = words("drive court circle lane crossing terrace highway alley") | frozenset(_UNSURE.split("|"))
"""What a street can be called that means something else as often."""

_SPORT: Final = words(
    """
    amusement base basketball bike blood bonus book bowl break bus car center charity clothing coat cool country cross
    disk district dog easy express fast flash food free full fun fund gym half hard hole home line long national open
    parking pass passing play pledge point practice quick recovery running scoring shooting short skate ski slow
    squash state supreme swim tempo tennis test theme throw tip touchdown toy track traffic trail trailer training
    truck turf volleyball warm water
    """
)
"""Words that make a drive, a run or a court a matter of sport: a scoring drive, a tempo run."""

_ORDINAL: Final = re.compile(r"\d+(?:st|nd|rd|th)")
_FOLLOWED_BY: Final = re.compile(
    r" *-?"
    + one_of(
        """
        field, school, elementary, middle school, exit, games?, trips?, signs?, lights?, drills?, shoes, team, bridge,
        race, relay, order, fair, band, dance, ball, hockey, smarts, test, kill, play, rage, runner, clothes, cred,
        map, rules, times?, wins?
        """
    )
    + r"\b"
)
"""What makes a street a part of something else: road games, Main Street field."""

_COUNTED: Final = re.compile(
    r"(?:\b(?:exit|lane|page|pg|chapter|room|number|#|\$|under|over|top|score|won|lost|by)\W*|[$#.:/-])$"
)
_LIVES_THERE: Final = re.compile(
    r"\W*(?:is |'?s )?(?:where|my|our) (?:i|we|he|she|they|house|home|place|address|addy)\b"
)
_NEAR: Final = 40


def find_addresses(folded: Folded) -> Iterator[Spot]:
    """Find the addresses of a folded text that `PATTERN` matches, in order."""
    text = folded.text
    found = [*_streets(folded), *(match.span() for match in _PLAIN.finditer(text))]
    found += [match.span() for match in _WITH_CITY.finditer(text) if _is_street(match["names"])]
    found += [match.span("spot") for match in _AT_HOME.finditer(text) if _is_street(match["names"])]
    found += [match.span("spot") for match in _LATER.finditer(text) if _is_street(match["names"])]
    done = 0
    for start, end in sorted(found, key=lambda span: (span[0], -span[1])):
        if start >= done and not _WELL_KNOWN.match(text, start):
            begins, ends = folded.span(start, end)
            yield Spot(Kind.ADDRESS, begins, ends, folded.raw[begins:ends], text[start:end])
            done = end


def _streets(folded: Folded) -> Iterator[tuple[int, int]]:
    text, place = folded.text, 0
    while match := _ADDRESS.search(text, place):
        if _is_address(folded, match):
            yield match.span()
            place = match.end()
        else:
            place = match.end("number")


def _is_address(folded: Folded, match: re.Match[str]) -> bool:
    text = folded.text
    if not _is_street(match["names"]) or _COUNTED.search(text, max(0, match.start() - 12), match.start()):
        return False
    located = bool(match["unit"] or match["city"] or match["zip"])
    if not located and _FOLLOWED_BY.match(text, match.end("suffix")):
        return False
    cued = located or _is_cued(text, match)
    if not match["number"][0].isdigit():
        return cued
    if match["suffix"] in _DOUBTFUL:
        surely = cued or _is_the_whole(text, match) or _is_written_large(folded, match)
        return surely and match["names"].partition(" ")[0] not in _SPORT
    return True


def _is_cued(text: str, match: re.Match[str]) -> bool:
    """Say whether the words before or after speak of a home."""
    before = _CUE.search(text, max(0, match.start() - _NEAR), match.start())
    return before is not None or _LIVES_THERE.match(text, match.end()) is not None


def _is_written_large(folded: Folded, match: re.Match[str]) -> bool:
    """Say whether every word of the street was typed with a capital, as names are."""
    begins, ends = folded.span(match.start("names"), match.end("suffix"))
    parts = folded.raw[begins:ends].split()
    return all(part[0].isupper() or part[0].isdigit() for part in parts) and not folded.raw.isupper()


def _is_the_whole(text: str, match: re.Match[str]) -> bool:
    """Say whether the whole text is nothing but the address."""
    return len(text) - (match.end() - match.start()) <= 4


def _is_street(names: str) -> bool:
    """Say whether words can name a street: "69 yard run" and "5 minutes down the road" name none."""
    parts = names.split()
    if any(part.strip(".'-") in _NOT_A_STREET for part in parts):
        return False
    return any(part[0].isalpha() or _ORDINAL.fullmatch(part) for part in parts)
