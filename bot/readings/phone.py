"""Telephone numbers, also those spelled, spaced, glued or dressed up so that no filter sees them. Pure."""

import re
from collections.abc import Iterator
from itertools import accumulate, pairwise
from typing import Final

import phonenumbers

from bot.readings import beside
from bot.readings.found import Kind, Spot, Trace
from bot.readings.numbers import FIGURES_OR_OH, HINTS, RUN, Piece, read_runs
from bot.readings.tables import one_of
from bot.text import Folded

PATTERN: Final = RUN
"""For RE2: whatever could be a number. Slow to begin with, so `HINT` and `SPELLED` are asked first."""

HINT: Final = FIGURES_OR_OH
"""For RE2: where this does not match, a number is spelled in words."""

SPELLED: Final = Trace(tuple(HINTS))
"""The trace of a number that is spelled: it has `FEWEST_WORDS` of the pieces at least."""

FEWEST_WORDS: Final = 2

ABROAD: Final = r"(?:\+|\b(?:011|00)[ -])[2-9][0-9]{0,2}(?:[ ().-]{0,2}[0-9]){7,12}"
"""For RE2 as well as `re`: a number with another country's code."""

FREE_OF_CHARGE: Final = frozenset({"800", "833", "844", "855", "866", "877", "888"})
"""Area codes that no private line has: helplines, companies."""

_ABROAD: Final = re.compile(ABROAD)
_EXIT: Final = re.compile("^(?:011|00)[ -]")
"""What is dialled to leave a country, instead of a plus."""
_MEXICAN_MOBILE: Final = re.compile(r"^\+52 ?1(?=[ -]?[0-9]{2})")
"""Until 2019 a 1 stood before a mobile number of Mexico, and people still write it."""

_AREA: Final = re.compile(r"[2-9](?!11)[0-8]\d")
_EXCHANGE: Final = re.compile(r"[2-9](?!11)\d\d")

_WHOSE: Final = one_of("my, his, her, their, our, your, ur, mom'?s, dad'?s, home, work, new, s")
_CONTACT: Final = re.compile(
    r"#(?= ?(?:is|:))|\b"
    + one_of(
        rf"""
        call(?:ed)?, text(?:ed)?, txt, phone, cell, mobile, ph, tel, telephone, digits, contact, reach, ring, dial,
        facetime, whats ?app, imessage, sms, hmu, hit (?:me|him|her|them|us) up, my line,
        reachable, landline, voicemail, a message, message me, msg me, ft me, drop me a line, burner,
        new sim, get (?:a )?hold of, get ahold of, same area code, area code(?: is|'?s|:)?,
        drivers?(?= ?:), chaperones?(?= ?:),
        (?:if|case) (?:u|ya|you|ya?'?ll|anyone|anybody|they|we) (?:ever )?needs? (?:me|us|help|anything|a ride|to talk),
        (?:start|begin)s? (?:with|w/?|in) [2-9][0-9]{{2}}, (?:mom|dad|moms|dads|mum|nana|grandma|abuela)(?: is|'s)? at,
        (?:mom|dad)'?s? work,
        {_WHOSE} (?:number|num|no|#), num(?:ber)?(?= is|'s|s? ?:| ?=), llama(?:me)?, marca(?:me)?, celular, telefono,
        numero, fone, liga, ligue
        """
    )
    + r"\b"
)
"""Words that say that a number can be called."""

_SOMETHING_ELSE: Final = re.compile(
    r"(?:\b"
    + one_of(
        """
        isbn(?:-1[03])?, p\\.o, order, tracking, confirmation, zoom, meeting, webinar, invoice, ticket, serial,
        student (?:id|number|no), lunch, badge, (?<!in )case, ref, reference, account, acct, sku, upc, barcode,
        bar code, model, part, combo, combination, locker, pages?, pp, p\\., pgs?, chapters?, rooms?, jerseys?,
        scores?, innings?, splits?, pi, coordinates, lat, ups, fedex, usps, package, roll, item, version, license,
        licence, plate, pin, passcode, (?<!area )code, id, ids, seats?, section, row, product,
        (?:gift|credit|debit|library) ?card, receipt, claim, policy, catalog, call number, dewey, problems?(?!\\?),
        questions?(?!\\?), exercises?, high ?scores?, (?:new|personal|my) best, pb, po,
        (?:game|match|student|server|lobby)(?= ?(?:#|no\\b|num|is\\b)), seed, uid, vin, robux, coins, xp,
        (?:asset|gamer) ?tag, answers? (?:is|was|are), equals, sum, routing, ean, doi, asin, batch, permit, shipment,
        kahoot, blooket, gimkit,
        (?<!my )(?<!home )(?<!cell )(?<!phone )lines?, countdown, count, total, raffle,
        population, attendance, votes?, points?, steps?, miles, meters, numbers? (?:drawn|called), lotto, lottery,
        winning
        """
    )
    + r"\b|\u03c0)\W*(?:(?:number|numbers|no|num|id|ids|code|is|was|are|of|the|for|meeting|ends|so far|now)\b\W*){0,3}"
)
"""Words that say what else a number is, with what stands between them and it."""

_COUNTED: Final = re.compile(
    r"\W{0,3}(?:"
    + one_of("points, pts, views, likes, followers, subs, subscribers, streams, coins, robux, xp, votes")
    + r"|for (?:number|question|problem|#)|(?:is|was|'?s) (?:the|my|our|ur|your|his|her|a|that) (?:[a-z]{1,12} )?"
    + one_of(
        """
        (?:order|game|match|item|part|serial|tracking|confirmation|ticket|invoice|account|student|po|lunch|case|policy)
        (?:number|no|num|id|code|#), order, po, p\\.o, (?:high ?)?score, code(?! name), id, pin, seed, answer, barcode,
        isbn
        """
    )
    + r")\b"
)
"""What a number is said to be behind it: 9715550126 points."""

_AMOUNT: Final = re.compile(
    " "
    + one_of(
        """
        people, persons, seconds, secs, minutes, hours, days, years, times, dollars, bucks, users, players, members,
        residents, voters, atoms, molecules, cells, stars, miles, km, meters, bytes
        """
    )
    + r"\b"
)
"""What is counted by figures that nothing parts. A number that is called one in words may be told to "people"."""

_SUM: Final = re.compile(r" ?= ?[0-9?]")
"""Where a sum asks for what it comes to: 617 - 555 - 2210 = ?"""

_PLACE: Final = one_of(
    """
    office, hotel, rink, restaurant, pizza, shop, store, venue, nurse, clinic, camp, company, front desk, hospital,
    doctor, academy
    """
)
_OF_OTHERS: Final = re.compile(
    r"\b(?:(?:his|her|their|parents'?|(?!it'|that'|here'|there'|what')[a-z]+'s|moms|dads) (?:[a-z]+ ){0,2}"
    r"(?:is |at |: ?)?"
    r"|(?:call|text|contact|reach|ask|dial) (?!me\b|us\b)(?:the |our )?[a-z' ]{2,24}? (?:at|on) "
    rf"|{_PLACE}\b.{{0,16}})$"
)
_OWNS: Final = one_of(
    """
    my, his, her, our, your, ur, their, moms?, dads?, parents?, guardian, user, home, work, cell, mobile, phone,
    contact, personal, private, emergency, new
    """
)
_LEADS_IN: Final = re.compile(
    r"(?:wa\.me/|(?:(?:cell|phone)(?:[_-]?(?:num|number))?|\b(?:tel|mobile|whatsapp)"
    rf"|(?<![\w.+-])(?:(?:{_OWNS}[_.-]?)?(?:tel|mobile|number|num)|me|mine|him|her)) ?="
    r"|call/|text/| [/=]|[ .-][0-9]{4}/)$"
)
"""What a number may stand right behind. Much ends in "me" or "number", but what ends in "phone" is one."""
_NAME_OF_IT: Final = 24
"""How far before a number the name may begin that it is told under: emergency-number=."""
_NOT_AFTER: Final = frozenset("$\u20ac\u00a3/=_")

_FEWEST_SPELLED: Final = 3
"""How many words for digits beside each other are a part of a number."""

_GROUPS: Final = (3, 3, 4)
"""How the ten digits of a number are parted."""

_LOCAL: Final = (3, 4)
"""How the seven digits of a number without its area code are parted."""

_EDGE: Final = 60
"""So many figures are read at each end of a run: a longer one is a table, and asking around each takes time."""

_LEAST_WORDS: Final = 6
"""So many words spell seven digits, where one is for two of them: "oh one, thirty-one"."""

_ROUND: Final = re.compile("(?:(?:19|20)[0-9]{2}|[05]0)$")
"""How the end of a year or of a range reads, rather than that of a number: form 990-2024, the years 500-1500."""

_KNOWN_TO_ALL: Final = frozenset({"8675309"})
"""Numbers that are nobody's, for everybody knows them from a song."""

_EDGES: Final = frozenset(("", *",;:.!?()\n\u2013\u2014\"'"))
"""What may stand beside seven digits that nobody calls a number, or nothing."""
_IS_ONES_OWN: Final = re.compile(r"(?:is|for|its|it's|that'?s) (?:me|my|mine|mom|dad|his|her)\b")

_MOST_STEPS: Final = 0.7
"""What share of a spelled number's digits may each be one more than the digit before: five, six, seven, eight."""


_AREA_LATER: Final = re.compile(
    r"(?<![0-9$.-])(?P<rest>[2-9][0-9]{2}[ .-]?[0-9]{4})(?![0-9-])[^0-9\n]{1,24}?\barea(?: code)?(?: is|'s|s|:| =)? ?"
    r"\(?(?P<area>[2-9][0-8][0-9])(?![0-9])"
)
_LAST_FIRST: Final = re.compile(
    r"\blast (?:four|4)(?: digits)?(?: are| is|:)? ?(?P<last>[0-9]{4})\b[^0-9\n]{1,24}?(?P<one>[2-9][0-9]{2})"
    r"[^0-9\n]{1,24}?(?P<two>[2-9][0-9]{2})(?![0-9])"
)
_ENDS_FIRST: Final = re.compile(
    r"(?:\b(?:ends?|ending|finish(?:es)?)(?: (?:is|in|with|w/?))? (?P<last>[0-9]{4})"
    r"|(?P<tail>[0-9]{4})(?: is| are|'s|:| =)? (?:at )?(?:the )?"
    r"(?:end|ending|tail|finish|last(?: part| bit| four| 4| digits| numbers)?)(?= ?(?:[,.;]|and\b|but\b|then\b)))"
    r"[^0-9\n]{1,40}?(?P<one>[2-9][0-9]{2})[^0-9\n]{0,24}?(?P<two>[2-9][0-9]{2})(?![0-9]).{0,24}"
)
"""The last four told before the first six."""

_BEGINNING: Final = re.compile(r"\b(?:starts?|beginning|begins?|front|before|area|first (?:three|six|3|6|part|bit))\b")
"""What says which part the others stand before."""

_STEP_BY_STEP: Final = re.compile(
    r"\b(?:(?:start|begin)(?:s|ning|ing)? (?:with|w/?|in|is)|first (?:three|3)(?: digits| numbers)?(?: are| is|:)?"
    r"|area(?: code)?(?: is|'s|:)?) ?(?P<one>[2-9][0-8][0-9])(?![0-9])[^0-9\n]{1,40}?(?P<two>[2-9][0-9]{2})"
    r"(?:[ .-]?|[^0-9\n]{0,24}?\b(?:last (?:four|4)(?: digits| numbers)?(?: are| is|:)?|(?:ends?|ending|finish(?:es)?)"
    r"(?: (?:is|in|with|w/?))?) ?)(?P<last>[0-9]{4})(?![0-9])"
)
"""Parts that are named as such: it starts with 978, then 555, and ends in 0142."""

_BACKWARDS: Final = re.compile(r"\b(?:backwards?|reversed?|in reverse|al reves)\b")
_TURNED: Final = re.compile(r"(?<![0-9$])[0-9]{4}[ .-]?[0-9]{3}[ .-]?[0-9]{3}(?![0-9])")


def find_phones(folded: Folded) -> Iterator[Spot]:
    """Find North American numbers, in order, in a folded text that `PATTERN` matches."""
    found = False
    for run in read_runs(folded.text):
        for spot in _in_run(folded, run):
            found = True
            yield spot
    if not found:
        yield from _turned_round(_in_figures(folded))


def _in_figures(folded: Folded) -> Folded:
    """Write numbers that are spelled in figures: "zero one four eight is the end" as "0148 is the end"."""
    places = range(len(folded.text)) if folded.offsets is None else folded.offsets
    text: list[str] = []
    offsets: list[int] = []
    done = 0
    for run in read_runs(folded.text):
        if len(run) < _FEWEST_SPELLED or not all(piece.written for piece in run):
            continue
        start, end, digits = run[0].start, run[-1].end, _digits(run)
        text += folded.text[done:start], digits
        offsets += (*places[done:start], *[places[start]] * len(digits))
        done = end
    if not text:
        return folded
    return Folded(folded.raw, "".join((*text, folded.text[done:])), (*offsets, *places[done:]))


def _turned_round(folded: Folded) -> Iterator[Spot]:
    """Find numbers that are told in another order: the area code last, the last four first, all digits backwards."""
    for match in _AREA_LATER.finditer(folded.text):
        yield from _told(folded, match, match["area"] + match["rest"])
    for match in _LAST_FIRST.finditer(folded.text):
        yield from _told(folded, match, match["one"] + match["two"] + match["last"])
    for match in _STEP_BY_STEP.finditer(folded.text):
        yield from _told(folded, match, match["one"] + match["two"] + match["last"])
    for match in _ENDS_FIRST.finditer(folded.text):
        if _BEGINNING.search(folded.text, match.start(), match.end()):
            yield from _told(folded, match, match["one"] + match["two"] + (match["last"] or match["tail"]))
    if _BACKWARDS.search(folded.text):
        for match in _TURNED.finditer(folded.text):
            yield from _told(folded, match, match[0][::-1])


def _told(folded: Folded, match: re.Match[str], said: str) -> Iterator[Spot]:
    digits = "".join(filter(str.isdigit, said))
    if _has_the_shape(digits):
        start, end = folded.span(*match.span())
        yield Spot(Kind.PHONE, start, end, folded.raw[start:end], digits)


def find_abroad(folded: Folded) -> Iterator[Spot]:
    """Find numbers with another country's code, of a length that the country has."""
    for match in _ABROAD.finditer(folded.text):
        if match[0][0] != "+" and not _CONTACT.search(beside.before(folded.text, match.start())):
            continue
        try:
            number = phonenumbers.parse(_MEXICAN_MOBILE.sub("+52", _EXIT.sub("+", match[0])))
        except phonenumbers.NumberParseException:
            continue
        if phonenumbers.is_possible_number(number):
            start, end = folded.span(*match.span())
            yield Spot(Kind.PHONE, start, end, folded.raw[start:end], f"+{number.country_code}{number.national_number}")


def _in_run(folded: Folded, run: list[Piece]) -> Iterator[Spot]:
    run = run if len(run) <= 2 * _EDGE else [*run[:_EDGE], *run[-_EDGE:]]
    for each in _side_by_side(run):
        yield from _in_part(folded, each)


def _side_by_side(run: list[Piece]) -> list[list[Piece]]:
    """Part a run of nothing but whole numbers: "978-555-0142/978-555-0143". Round ones are distances or the like."""
    size = len(_GROUPS)
    parts = [run[first : first + size] for first in range(0, len(run), size)]
    alike = all(tuple(len(piece.digits) for piece in part) == _GROUPS for part in parts)
    return parts if alike and not any(_ROUND.search(_digits(part)) for part in parts) else [run]


def _in_part(folded: Folded, run: list[Piece]) -> Iterator[Spot]:
    first = 0
    while first < len(run):
        last = _number_at(folded.text, run, first)
        if last is None:
            first += 1
            continue
        yield _spot(folded, run[first:last])
        first = last


def _spot(folded: Folded, pieces: list[Piece]) -> Spot:
    start, end, digits = pieces[0].start, pieces[-1].end, _digits(pieces)[-10:]
    begins, ends = folded.span(start, end)
    of_others = _OF_OTHERS.search(beside.before(folded.text, start)) is not None
    by_looks = len(digits) == sum(_LOCAL) and not _meant(folded.text, start, end)
    return Spot(Kind.PHONE, begins, ends, folded.raw[begins:ends], digits, of_others=of_others, by_looks=by_looks)


def _number_at(text: str, run: list[Piece], first: int) -> int | None:
    """Say where a number that begins with this piece ends; None if none begins here."""
    totals = list(accumulate(len(piece.digits) for piece in run[first : first + 11]))
    for length in (11, 10, 7):
        if length in totals:
            last = first + totals.index(length) + 1
            if _is_number(text, run, first, last):
                return last
    return None


def _is_number(text: str, run: list[Piece], first: int, last: int) -> bool:
    pieces = run[first:last]
    if not _has_the_shape(_digits(pieces)) or _is_counting(pieces) or _leans_on_soft_words(pieces):
        return False
    meant = _meant(text, pieces[0].start, pieces[-1].end)
    if meant is False or _runs_on(text, pieces[0].start) or not _stands_apart(run, first, last):
        return False
    others = any(not piece.soft for piece in (*run[:first], *run[last:]))
    looks = _looks_like_one(text, pieces, whole=not others)
    return looks or (meant is True and _can_be_one(pieces))


def _digits(pieces: list[Piece]) -> str:
    return "".join(piece.digits for piece in pieces)


def _leans_on_soft_words(pieces: list[Piece]) -> bool:
    """Say whether "to 87121 for" would be read as digits: such words count only among others that are spelled."""
    soft = sum(piece.soft for piece in pieces)
    return soft > 0 and sum(piece.written and not piece.soft for piece in pieces) < max(5, soft)


def _runs_on(text: str, start: int) -> bool:
    """Say whether it is the rest of something longer: a price, a path, an option of a link."""
    before = text[max(0, start - _NAME_OF_IT) : start]
    return before[-1:] in _NOT_AFTER and not _LEADS_IN.search(before)


def _has_the_shape(digits: str) -> bool:
    """Check the North American plan: no area or exchange begins with 0 or 1, and neither is a service like 911."""
    if len(digits) == 11:
        return digits[0] == "1" and _has_the_shape(digits[1:])
    area, exchange = (digits[:3], digits[3:6]) if len(digits) == 10 else ("200", digits[:3])
    return bool(_AREA.fullmatch(area) and _EXCHANGE.fullmatch(exchange)) and len(set(digits)) > 2


def _is_counting(pieces: list[Piece]) -> bool:
    """Say whether numbers or digits only go up or down: 2345678901, a countdown, two four six eight."""
    values = [int(piece.digits) for piece in pieces]
    if len(pieces) > 4 and len({later - earlier for earlier, later in pairwise(values)}) == 1:
        return True
    steps = _steps(pieces)
    return max(sum(step in {1, -9} for step in steps), sum(step in {-1, 9} for step in steps)) > 0.85 * len(steps)


def _steps(pieces: list[Piece]) -> list[int]:
    return [int(later) - int(earlier) for earlier, later in pairwise(_digits(pieces))]


def _meant(text: str, start: int, end: int) -> bool | None:
    """Ask the neighbouring words whether a telephone number is meant; None when they do not tell."""
    before = beside.before(text, start)
    contact = max((match.end() for match in _CONTACT.finditer(before)), default=-1)
    other = max((match.end() for match in _SOMETHING_ELSE.finditer(before)), default=-1)
    if other > contact and not before[other:].strip():
        return False
    if _COUNTED.match(beside.behind(text, end)):
        return False
    if contact >= 0 or _CONTACT.search(text[start:end]) or _CONTACT.search(text[end : end + 28]):
        return True
    return None


def _stands_apart(run: list[Piece], first: int, last: int) -> bool:
    """Say whether the numbers around do not belong to it: a list runs on with the same separators."""
    inner = {piece.before for piece in run[first + 1 : last]}
    around = [piece for piece in run[first : first + 1] if first and not _is_prefix(run[first - 1])]
    around += [piece for piece in run[last : last + 1] if not piece.soft]
    return all(each.before not in inner and not set(" \n,;").isdisjoint(each.before) for each in around)


def _is_prefix(piece: Piece) -> bool:
    """Say whether a number before belongs to no list: what is dialled to leave a country, or a word like "for"."""
    return piece.soft or piece.digits in {"001", "011", "1", "01"}


def _looks_like_one(text: str, pieces: list[Piece], *, whole: bool) -> bool:
    """Decide by the looks alone: grouped as people group, or spelled in words that do not merely count."""
    if len(_digits(pieces)) < 10:
        return whole and _stands_alone(text, pieces) and _looks_local(pieces)
    if _is_list(pieces) or _is_reckoned(text, pieces):
        return False
    if not any(piece.written for piece in pieces):
        return _is_grouped(pieces, _GROUPS) and (whole or len(pieces) <= 4)
    steps = _steps(pieces)
    return sum(step == 1 for step in steps) < _MOST_STEPS * len(steps)


def _is_reckoned(text: str, pieces: list[Piece]) -> bool:
    """Say whether it is a sum or an amount: "617-555+2210", "6175550123 people"."""
    end = pieces[-1].end
    if len(pieces) == 1 and _AMOUNT.match(text, end):
        return True
    signs = {piece.before.strip() for piece in pieces[1:]}
    return ("+" in signs and len(signs) > 1) or _SUM.match(text, end) is not None


def _looks_local(pieces: list[Piece]) -> bool:
    """Decide by the looks alone of seven digits: parted once by a hyphen, or told digit by digit."""
    digits = _digits(pieces)
    if digits in _KNOWN_TO_ALL or _ROUND.search(digits) or any(piece.soft for piece in pieces):
        return False
    if all(piece.written for piece in pieces):
        return len(pieces) >= _LEAST_WORDS and sum(step == 1 for step in _steps(pieces)) <= 2
    if len(pieces) == sum(_LOCAL):
        return _is_parted_once([piece.before for piece in pieces[1:]])
    ends = accumulate(len(piece.digits) for piece in pieces)
    parted = next((after.before for after, end in zip(pieces[1:], ends, strict=False) if end == _LOCAL[0]), "")
    return parted.strip() == "-" and _is_grouped(pieces, _LOCAL)


def _is_parted_once(gaps: list[str]) -> bool:
    """Say whether seven digits are told one by one with another gap in the middle: "5 5 5 - 0 1 4 4"."""
    middle, others = gaps[_LOCAL[0] - 1], {*gaps[: _LOCAL[0] - 1], *gaps[_LOCAL[0] :]}
    return len(others) == 1 and middle not in others and not any("," in gap for gap in gaps)


def _stands_alone(text: str, pieces: list[Piece]) -> bool:
    """Say whether no words go on into seven digits or out of them: "room 204-1180", "300-1000 words"."""
    before, after = text[: pieces[0].start].rstrip(" "), text[pieces[-1].end :].lstrip(" ")
    return before[-1:] in _EDGES and (after[:1] in _EDGES or _IS_ONES_OWN.match(after) is not None)


def _can_be_one(pieces: list[Piece]) -> bool:
    """Say whether a number that is called one in words may stand like this: in any groups, but not as a list."""
    if _is_list(pieces) and any(len(piece.digits) > 1 for piece in pieces):
        return False
    return len(_digits(pieces)) > 7 or _is_grouped(pieces, _LOCAL) or any(piece.written for piece in pieces)


def _is_list(pieces: list[Piece]) -> bool:
    """Say whether small numbers are parted by commas."""
    return sum("," in piece.before for piece in pieces[1:]) > 3


def _is_grouped(pieces: list[Piece], parts: tuple[int, ...]) -> bool:
    """Say whether figures stand as in a number: each part whole or digit by digit, the last perhaps in pairs."""
    lengths = [len(piece.digits) for piece in pieces]
    if sum(lengths) == 11:
        lengths = lengths[1:] if lengths[0] == 1 else [lengths[0] - 1, *lengths[1:]]
    if lengths in ([10], [3, 7], [6, 4], [7]):
        return True
    for part in parts:
        taken: list[int] = []
        while sum(taken) < part and lengths:
            taken.append(lengths.pop(0))
        if sum(taken) != part or not (len(taken) == 1 or set(taken) == {1} or taken == [2, 2]):
            return False
    return True
