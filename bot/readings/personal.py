"""Personal data in a text: every kind in one look, less what the district itself made public. Pure."""

import re
from bisect import bisect_left
from collections.abc import Container, Iterable, Iterator
from dataclasses import dataclass, field
from itertools import accumulate
from typing import Final, NamedTuple

from bot.links import host_matches
from bot.patterns import Literals, Patterns
from bot.readings import address, birth_date, email, password, phone
from bot.readings.address import find_addresses
from bot.readings.beside import NEAR
from bot.readings.birth_date import find_birth_dates
from bot.readings.email import find_emails, host_of
from bot.readings.found import Spot
from bot.readings.last_name import LastNames
from bot.readings.likeness import Bearer
from bot.readings.password import find_passwords
from bot.readings.phone import FREE_OF_CHARGE, find_abroad, find_phones
from bot.text import Folded, fold, join_spaced, loosen

_TRIGGERS: Final = {
    "number": phone.HINT,
    "email": email.PATTERN,
    "birth date": birth_date.TRIGGER,
    "password": password.PATTERN,
    "spaced": r"(?:\b[a-z0-9][ .*_-]{1,3}){11}[a-z0-9]\b",
    "abroad": phone.ABROAD,
}
_FIGURE: Final = re.compile("[0-9]")


@dataclass(frozen=True)
class Known:
    """What the district knows: whose last names to look for, and what is nobody's private data."""

    people: frozenset[tuple[str, str]] = field(default=frozenset(), repr=False)
    """Given and family names of the students."""
    mail_domains: tuple[str, ...] = ()
    """Hosts of the district's own mail, their subdomains included."""
    phone_numbers: tuple[str, ...] = ()
    """Numbers of offices and schools, in figures."""
    venues: tuple[str, ...] = ()
    """Addresses and places of the schedule: an address that names one, or is named by one, is nobody's home."""
    bearers: tuple[Bearer, ...] = field(default=(), repr=False)
    """Everybody on the roster, by name."""


class PersonalData:
    """Looks for personal data. Built once, for its patterns cost some time to build."""

    def __init__(self, known: Known) -> None:
        """Take what the district knows; what it made public itself is never found."""
        self._triggers = Patterns(_TRIGGERS)
        self._forms = Patterns(address.TRIGGERS)
        self._phones = Patterns({"phone": phone.PATTERN})
        self._names = LastNames.of(known.people) if known.people else None
        self._mail = frozenset(fold(each).text.strip().removeprefix("@") for each in known.mail_domains)
        told = ["".join(filter(str.isdigit, each)) for each in known.phone_numbers]
        self._numbers = frozenset(each[-length:] for each in told for length in (10, 7))
        self._venues = Literals(name for venue in known.venues if (name := _name(venue)))
        self._streets = frozenset(_street(spot.value) for venue in known.venues for spot in find_addresses(fold(venue)))

    def find(self, folded: Folded, this_year: int, *, spelled: bool = True) -> tuple[Spot, ...]:
        """Find every spot, in the order they stand. Most texts have none, and are let go after one scan.

        `spelled` says whether a number could be spelled there.
        """
        hits, addresses = self._triggers.named(folded), self._addresses(folded)
        names = self._names.find(folded) if self._names is not None else ()
        if not hits and not addresses and not spelled:
            return names
        found = self._by_hits(folded, {*hits, "number"} if spelled else {*hits}, this_year)
        spots = (*found, *addresses, *names)
        return tuple(sorted({(spot.start, spot.end): spot for spot in spots}.values(), key=_place))

    def _by_hits(self, folded: Folded, names: Container[str], this_year: int) -> Iterator[Spot]:
        if "number" in names and self._phones.named(folded):
            yield from filter(self._is_private, find_phones(folded))
        if "spaced" in names:
            yield from self._spelled_out(join_spaced(folded))
        if "abroad" in names:
            yield from find_abroad(folded)
        if "email" in names:
            yield from (spot for spot in find_emails(folded) if host_matches(host_of(spot.value), self._mail) is None)
        if "birth date" in names:
            yield from find_birth_dates(folded, this_year)
        if "password" in names:
            yield from find_passwords(folded)

    def _addresses(self, folded: Folded) -> tuple[Spot, ...]:
        """Find addresses as they read or, where there are none, as their letters may be meant: "14 mapl3 str33t"."""
        found = self._at_addresses(folded)
        if found or not _FIGURE.search(folded.text):
            return found
        guessed = loosen(folded)
        if guessed is folded:
            return ()
        # A guess reads new lines as blanks, so that it may read on from one line to the next.
        return tuple(spot for spot in self._at_addresses(guessed) if "\n" not in spot.text)

    def _at_addresses(self, folded: Folded) -> tuple[Spot, ...]:
        """Find the addresses of the forms that stand there, but for venues."""
        found = tuple(find_addresses(folded, self._forms.named(folded)))
        if not found:
            return ()
        venues = _Beside.of(folded.span(hit.start, hit.end) for hit in self._venues.scan(folded))
        return tuple(spot for spot in found if not self._is_venue(spot, venues))

    def _spelled_out(self, joined: Folded) -> Iterator[Spot]:
        """Read words whose letters stand one by one: "n i n e  s e v e n"."""
        return filter(self._is_private, find_phones(joined))

    def _is_private(self, spot: Spot) -> bool:
        """Leave out the district's own numbers, and free ones: a helpline is nobody's private number."""
        return spot.value not in self._numbers and spot.value[:3] not in FREE_OF_CHARGE

    def _is_venue(self, spot: Spot, venues: "_Beside") -> bool:
        """Say whether an address is a venue's: the same number and street, or named right beside it."""
        return _street(spot.value) in self._streets or venues.any_near(spot)


class _Beside(NamedTuple):
    """Where venues are named in a text, so that each of many addresses is held against them at once."""

    starts: tuple[int, ...]
    reach: tuple[int, ...]
    """How far what starts here, or before, reaches."""

    @classmethod
    def of(cls, spans: Iterable[tuple[int, int]]) -> "_Beside":
        """Take the places, in any order."""
        placed = sorted(spans)
        return cls(tuple(start for start, _ in placed), tuple(accumulate((end for _, end in placed), max)))

    def any_near(self, spot: Spot) -> bool:
        """Say whether one stands near a spot."""
        before = bisect_left(self.starts, spot.end + NEAR)
        return before > 0 and spot.start < self.reach[before - 1] + NEAR


def _name(venue: str) -> str:
    """Give the name that a venue begins with; empty when it begins with its house number."""
    first = venue.partition(",")[0].strip()
    return "" if first[:1].isdigit() else first


def _street(address: str) -> tuple[str, ...]:
    """Give the house number and the first word of the street, which abbreviations leave alone."""
    return tuple(address.replace(",", " ").split()[:2])


def _place(spot: Spot) -> tuple[int, int]:
    return spot.start, spot.end
