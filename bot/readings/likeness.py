"""Whose name a display name is like, and which title it claims. Many share one, so the own name comes first. Pure."""

import re
from collections.abc import Iterable, Iterator
from functools import cached_property
from typing import Final, NamedTuple

from bot.readings.found import Likeness, Title
from bot.readings.tables import words
from bot.text import fold, loosen

SCHOOL_TITLES: Final = words(
    """
    coach principal superintendent counselor advisor adviser teacher professor prof dean nurse librarian secretary
    entrenador entrenadora maestro maestra profesor profesora treinador treinadora professora director directora
    """
)
"""What only staff are called. A guardian or a student is none of it."""

CIVIL_TITLES: Final = words("mr mrs ms miss mx mister dr sr sra senor senora senhor senhora")
"""What any adult is called, and among students only staff are."""

_BEFORE_A_TITLE: Final = words("vice assistant asst head athletic the real official")
_WORD: Final = re.compile(r"[^\W\d_]+(?:'[^\W\d_]+)*")
_LEAST: Final = 8
"""From how many letters on a name counts as another's when one letter is wrong: short ones are too often real names."""


class Bearer(NamedTuple):
    """Somebody on the roster, and how they are called."""

    person: str
    given: str
    family: str
    is_staff: bool = False

    def __repr__(self) -> str:
        """Show whether it is staff only: names stay out of logs and tracebacks."""
        return f"Bearer(is_staff={self.is_staff})"


class Names:
    """The names of everybody on the roster, to be compared with a display name."""

    def __init__(self, bearers: Iterable[Bearer]) -> None:
        """Take everybody."""
        self._bearers = tuple(bearers)

    def find_all(self, names: Iterable[tuple[int, str]], owner: str) -> tuple[Likeness, ...]:
        """Say what display names are like, each with the part of the subject it is."""
        found = ((part, self.find(name, owner)) for part, name in names)
        return tuple(each._replace(part=part) for part, each in found if each is not None)

    def find(self, name: str, owner: str) -> Likeness | None:
        """Say what a display name is like; None for most. `owner` is the roster's id of whoever shows it."""
        folded = fold(name)
        views = tuple(dict.fromkeys(tuple(_WORD.findall(view.text)) for view in (folded, loosen(folded))))
        of_another = not any(self._is_own(view, owner) for view in views) and any(map(self._is_anothers, views))
        title = next((found for found in map(_title, views) if found is not None), None)
        return Likeness(name, of_another, title) if of_another or title is not None else None

    def _is_own(self, view: tuple[str, ...], owner: str) -> bool:
        """Say whether somebody is called so: by their names, in part, or by the first letters of them."""
        full, name = "".join(view), "".join(_untitled(view))
        for _, given, family in self._parts.get(owner, ()):
            in_part = all(_begins((*given, *family), each) for each in _untitled(view))
            if in_part or name in {*_joined(given, family)} or full in {*_titled("".join(family))}:
                return True
        return False

    def _is_anothers(self, view: tuple[str, ...]) -> bool:
        """Say whether this is somebody's name: in full, or for staff the last one with a title."""
        full, name = "".join(view), "".join(_untitled(view))
        if name in self._full or full in self._titled:
            return True
        return len(name) >= _LEAST and any(is_near(name, each) for each in self._full)

    @cached_property
    def _parts(self) -> dict[str, list[tuple[bool, tuple[str, ...], tuple[str, ...]]]]:
        parts: dict[str, list[tuple[bool, tuple[str, ...], tuple[str, ...]]]] = {}
        for each in self._bearers:
            given, family = _parts_of(each.given), _parts_of(each.family)
            if given and family:
                parts.setdefault(each.person, []).append((each.is_staff, given, family))
        return parts

    @cached_property
    def _full(self) -> frozenset[str]:
        """Every name in full, glued, in either order."""
        every = (part for parts in self._parts.values() for part in parts)
        return frozenset(name for _, given, family in every for name in _joined(given, family))

    @cached_property
    def _titled(self) -> frozenset[str]:
        """Every last name of staff behind every title, glued."""
        staff = {"".join(family) for parts in self._parts.values() for is_staff, _, family in parts if is_staff}
        return frozenset(name for family in staff for name in _titled(family))


def is_near(one: str, other: str) -> bool:
    """Say whether one letter is wrong, missing or too many, or two beside each other are exchanged."""
    if abs(len(one) - len(other)) > 1:
        return False
    pairs = enumerate(zip(one, other, strict=False))
    same = next((place for place, (mine, yours) in pairs if mine != yours), min(len(one), len(other)))
    one, other = one[same:], other[same:]
    exchanged = one[:2] == other[:2][::-1] and one[2:] == other[2:]
    return exchanged or one[1:] == other[1:] or one == other[1:] or one[1:] == other


def _title(view: tuple[str, ...]) -> Title | None:
    """Find the title that a name begins with: Coach Max, but not a coach's friend."""
    first = next((each for each in view if each not in _BEFORE_A_TITLE), "")
    if first in SCHOOL_TITLES:
        return Title.SCHOOL
    return Title.CIVIL if first in CIVIL_TITLES and len(view) > 1 else None


def _untitled(view: tuple[str, ...]) -> tuple[str, ...]:
    """Leave titles out; who is called by a title alone has no name."""
    titles = SCHOOL_TITLES | CIVIL_TITLES | _BEFORE_A_TITLE
    return tuple(each.replace("'", "") for each in view if each not in titles)


def _titled(family: str) -> Iterator[str]:
    """Glue a last name to every title."""
    yield from (f"{title}{family}" for title in SCHOOL_TITLES | CIVIL_TITLES)


def _begins(own: tuple[str, ...], word: str) -> bool:
    return any(each.startswith(word) for each in own)


def _joined(given: tuple[str, ...], family: tuple[str, ...]) -> Iterator[str]:
    """Glue a first and a last name, in either order, with every first name and with the first of them."""
    for names in {given, given[:1]}:
        yield "".join((*names, *family))
        yield "".join((*family, *names))


def _parts_of(name: str) -> tuple[str, ...]:
    return tuple(each.replace("'", "") for each in _WORD.findall(fold(name).text))
