"""What an address and the words around it say: whether it is one, and whether somebody lives there. Pure.

Each function asks one mention of a text. The lists of words are in `data/address_words.toml`.
"""

import re
from typing import Final, NamedTuple

from bot.readings import beside
from bot.readings.tables import read_lists

PHRASES, WORDS = read_lists("address_words.toml")

LEADS_ON: Final = rf"(?:(?:[ ,.:;!=(@>→➡\n-]{{1,3}}|')(?:{PHRASES['between']}\b)?){{1,6}}"
"""What may stand between a word of a home and the address."""
DOOR: Final = rf"[ ,.:;!(-]{{1,5}}\n?(?:(?:the|its|it's|and|so|just|on) ){{0,2}}{PHRASES['door']}"
"""A door right behind an address."""

# What stands behind an address.
_ENDS: Final = rf"(?= *(?:$|[,.;!?\n()<]|- |{PHRASES['goes_on']}\b))"
_END: Final = re.compile(_ENDS)
_STOPS: Final = re.compile(r" *(?:$|[,.!?;\n])")
_DOOR: Final = re.compile(rf"{DOOR}{_ENDS}")
_OURS: Final = re.compile(rf"[ ,.:;!(-]{{1,5}}{PHRASES['ours']}{_ENDS}")
_PART: Final = re.compile(rf" *-?{PHRASES['part_of_something']}\b")

# What stands before it.
_HOME: Final = re.compile(rf"\b{PHRASES['home']}\b")
_RIGHT_AT_HOME: Final = re.compile(rf"(?:\b{PHRASES['home']}|{PHRASES['home_sign']}){LEADS_ON}$")
_LIVES_RIGHT_AT: Final = re.compile(rf"\b{PHRASES['lives_at']}{LEADS_ON}$")
_STAYS_RIGHT_AT: Final = re.compile(rf"\b{PHRASES['stays_at']}{LEADS_ON}(?:(?:at|on|over) +)*$")
_LEADS_UP: Final = re.compile(r"(?:[^a-z0-9 ]|\b(?:at|to|on|from|is|by|near|and|its|it's|address|addy|home|house)) *$")
_MOVED: Final = re.compile(r"\bmoved? *$")
_SOME_PLACE: Final = re.compile(rf"\b{PHRASES['some_place']}\b")
_COUNTED: Final = re.compile(rf"(?:\b{PHRASES['counted']}s?\W*|[$#.:/-])$")
_TALLIED: Final = re.compile(rf"\b{PHRASES['tallied']}\b[^\n]{{0,20}}$")

# What stands on either side.
_LESSON: Final = re.compile(rf"\b{PHRASES['lesson']}\b")
_VENUE: Final = re.compile(rf"\b(?:{PHRASES['venue']}|{PHRASES['chain']})\b")
_SOMEBODYS: Final = re.compile(rf"\b{PHRASES['somebodys']}\b")

# What stands in it.
_ORDINAL: Final = re.compile(r"[0-9]+(?:st|nd|rd|th)")
_LARGE: Final = re.compile("[0-9]{3}")
_FEW: Final = re.compile("one|two")
"""Numbers that words like "one long road" count with, rather than a house."""
_YEAR: Final = re.compile("(?:19|20)[0-9]{2}$")
_HOUR: Final = re.compile("(?:[1-9]|1[0-2])[0-5][0-9]$")
_DOUBTFUL: Final = re.compile(f"{PHRASES['street_or_not']}|{PHRASES['street_behind_a_number']}")
_LIKE_A_STREET: Final = re.compile(PHRASES["like_a_street"])
_LEADS_TO_A_VENUE: Final = re.compile(rf"\b{PHRASES['leads_to_a_venue']}\b")


class Mention(NamedTuple):
    """Where a text may tell an address: its parts, as far as the form has them, and what stands around. Folded."""

    before: str
    number: str
    names: str
    """What tells this street from others: "old mill"."""
    street: str
    """What it is called: "rd"."""
    rest: str
    """What makes it sure: a flat, a city or a postal code."""
    behind: str
    typed: str
    """Its names, and what it is called, with their capitals."""


def is_given(_: Mention) -> bool:
    """Ask nothing: the form says it all."""
    return True


def is_no_score(mention: Mention) -> bool:
    """Say whether "14 us 7" and "14 broadway" are no score and no part of something else: "14 broadway shows"."""
    return not (_TALLIED.search(mention.before) or _COUNTED.search(mention.before) or _PART.match(mention.behind))


def is_no_count(mention: Mention) -> bool:
    """Say whether "rua das flores, 45" ends there: in "la calle sol, 45 personas" it goes on."""
    return is_no_score(mention) and _STOPS.match(mention.behind) is not None


def is_on_a_letter(mention: Mention) -> bool:
    """Say whether "14 tollgate lowell ma 01852" is what a letter is sent to: "14 percent lowell ma 01852" is none."""
    return _stands_alone(mention)


def is_before_a_code(mention: Mention) -> bool:
    """Say whether "14 hastings 01852" is: "need 22 hoodies 04512" and "form 14 invoice 01852" are none."""
    if not _stands_alone(mention):
        return False
    if _LIKE_A_STREET.fullmatch(mention.names) or _is_written_large(mention) or not mention.before.strip():
        return True
    return not _is_plural(mention) and _LEADS_UP.search(mention.before) is not None


def is_in_a_town(mention: Mention) -> bool:
    """Say whether "14 cypress dallas tx" is a street and its town: "15 teams lowell ma" are none."""
    street = mention.names.split()[:-1]
    return _stands_alone(mention) and not any(_is_plural(mention._replace(names=each)) for each in street)


def is_street(mention: Mention) -> bool:
    """Say whether it is a street: "69 yard run", "2 broken street lights" and "a 12 play drive" are none."""
    is_doubtful = _DOUBTFUL.fullmatch(mention.street) is not None
    if not is_named(mention) or _COUNTED.search(mention.before) or (is_doubtful and _is_sport(mention)):
        return False
    if mention.rest:
        return True
    if _PART.match(mention.behind):
        return False
    if not any(map(str.isdigit, mention.number)):
        return _is_some_place(mention) or (_is_all(mention) and not _FEW.fullmatch(mention.number))
    return not is_doubtful or _is_surely_a_street(mention)


def is_named(mention: Mention) -> bool:
    """Say whether words can name a street: "5 minutes down the road" names none."""
    names = mention.names.split()
    if any(each.strip(".'-") in WORDS["no_name"] for each in names):
        return False
    return any(each[0].isalpha() or _ORDINAL.fullmatch(each) for each in names)


def is_lived_at(mention: Mention) -> bool:
    """Say whether "she lives at 66 tollgate" is a home: "we moved 20 chairs" is none."""
    is_counted = _is_plural(mention) and _MOVED.search(mention.before) is not None
    return _stands_alone(mention) and is_named(mention) and (bool(mention.rest) or not is_counted)


def is_lived_in(mention: Mention) -> bool:
    """Say whether "516 pinecrest" is a home. Small numbers count other things as often: "at home i did 20 cherry"."""
    is_home = _is_home if _LARGE.match(mention.number) else _is_right_at_home
    return _stands_alone(mention) and not _is_plural(mention) and (bool(mention.rest) or is_home(mention))


def is_where_one_stays(mention: Mention) -> bool:
    """Say whether "he stays at 66 tollgate" is a home, where an hour is as likely: "staying at 245, ok"."""
    return _stands_alone(mention) and not _is_plural(mention) and _HOUR.match(mention.number) is None


def is_at_a_door(mention: Mention) -> bool:
    """Say whether "62 wexford, knock twice" is a house: "45 lincoln, knock on wood" is none."""
    return _can_be_a_house(mention) and not _is_plural(mention) and _has_a_door(mention)


def is_numbered(mention: Mention) -> bool:
    """Say whether "birch lane, number 9" or "tamarack, no. 17" is a home: "home jersey, number 17" is none."""
    if mention.street:
        return is_named(mention) and not _is_sport(mention) and _is_home(mention)
    return _LIKE_A_STREET.fullmatch(mention.names) is not None and _is_right_at_home(mention)


def is_lived_on(mention: Mention) -> bool:
    """Say whether "i live on birch lane 9." is a home: "i live on main street 5 minutes from school" is none."""
    if not is_named(mention) or _STOPS.match(mention.behind) is None:
        return False
    return any(each.search(mention.before) for each in (_LIVES_RIGHT_AT, _STAYS_RIGHT_AT, _RIGHT_AT_HOME))


def is_no_lesson(mention: Mention) -> bool:
    """Say whether "street: maple, number: 14" is no form of a worksheet that is filled in."""
    return not _LESSON.search(mention.before) and not _LESSON.search(mention.behind)


def is_a_venue(mention: Mention) -> bool:
    """Say whether it is a place of play or business, and nobody's home: "Eastlake HS, 200 Stadium Drive"."""
    around = f"{mention.before}{beside.SPOT}{mention.behind}"
    named = beside.is_told_of(_VENUE, around, beside.OF_ADDRESS) or _LEADS_TO_A_VENUE.search(mention.names) is not None
    return named and _SOMEBODYS.search(around) is None


def _is_surely_a_street(mention: Mention) -> bool:
    """Say whether what is called a "court" or a "hill" is one where people live, as it is written or by its name."""
    return (
        _is_all(mention)
        or _is_written_large(mention)
        or bool(_LIKE_A_STREET.fullmatch(mention.names))
        or _is_some_place(mention)
    )


def _is_all(mention: Mention) -> bool:
    """Say whether nobody says anything else."""
    return not mention.before.strip() and not mention.behind.strip(" .!?")


def _is_some_place(mention: Mention) -> bool:
    """Say whether the words around send somebody there: "meet at 12 oak court"."""
    return _SOME_PLACE.search(mention.before) is not None or _is_home(mention)


def _is_home(mention: Mention) -> bool:
    """Say whether the words before speak of a home, or those right behind of its door or of who lives there."""
    return bool(_HOME.search(mention.before) or _OURS.match(mention.behind)) or _has_a_door(mention)


def _is_right_at_home(mention: Mention) -> bool:
    """Say the same where nothing but these words can say so: they must stand right beside."""
    return _RIGHT_AT_HOME.search(mention.before) is not None or _has_a_door(mention)


def _has_a_door(mention: Mention) -> bool:
    """Say whether a door stands right behind: "side door, knock loud". To "knock on wood" one needs none."""
    return _DOOR.match(mention.behind) is not None


def _stands_alone(mention: Mention) -> bool:
    """Say whether "66 tollgate" is a street and nothing more: "316 oak trees" is something else."""
    return _can_be_a_house(mention) and (bool(mention.rest) or _END.match(mention.behind) is not None)


def _can_be_a_house(mention: Mention) -> bool:
    """Say whether a number and a word can be one without "street": "45 percent" and "final: 45 lincoln" can not."""
    if not is_named(mention) or not WORDS["no_street"].isdisjoint(mention.names.split()):
        return False
    return not (_YEAR.match(mention.number) or _COUNTED.search(mention.before) or _TALLIED.search(mention.before))


def _is_plural(mention: Mention) -> bool:
    """Say whether it is a plural, as what is counted is: "40 wings". A cypress is none."""
    return mention.names.endswith("s") and _LIKE_A_STREET.fullmatch(mention.names) is None


def _is_sport(mention: Mention) -> bool:
    """Say whether it is a drive, a run or a court of sport: a scoring drive, a tempo run."""
    return mention.names.partition(" ")[0] in WORDS["sport"]


def _is_written_large(mention: Mention) -> bool:
    """Say whether every word was typed with a capital, as names are."""
    words = mention.typed.split()
    return all(each[0].isupper() or each[0].isdigit() for each in words) and not mention.typed.isupper()
