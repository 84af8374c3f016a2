"""Who a text is about. A person meant is a student whom it names, points at, or who speaks. Pure."""

import re
from collections.abc import Iterable
from functools import cached_property
from typing import Final

from bot.patterns import Asked
from bot.readings.everyday_names import EVERYDAY_NAMES
from bot.readings.given_names import GIVEN_NAMES
from bot.readings.labels import Listeners, Setting
from bot.readings.tables import words
from bot.text import Folded, fold

_YOU: Final = Asked(r"\b(?:you|your|yours|you're|youre|ur|u|yourself|yr|ya)\b")
_HE: Final = Asked(
    r"\b(?:he|she|him|her|his|hers|he's|she's|hes|shes|himself|herself"
    r"|(?:a|one|another|that|this|the) (?:kid|student|player|girl|boy|freshman|senior|junior|sophomore|teammate"
    r"|friend|athlete|goalie|pitcher|captain)"
    r"|my (?:friend|best friend|bestie|teammate|partner|sister|brother|cousin|bf|gf|boyfriend|girlfriend))\b"
)
_I: Final = Asked(r"\b(?:i|i'm|im|my|me|myself|i've|ive|i'll|i'd|mine|we)\b")
_EVERYONE: Final = Asked(
    r"\b(?:everyone|everybody|every (?:athlete|player|student|kid)|anyone|anybody|all (?:athletes|players|students|of"
    r" you|members|families|parents|freshmen|seniors|juniors|sophomores|forms|physicals|grades)|students?"
    r" (?:who|with|that|must|should|may|are|need)|players? (?:who|with|that|must|should|may|are|need)|athletes"
    r"|y'?all|you guys|families|parents|whoever|no one|nobody|each (?:of you|player|student|athlete)"
    r"|if (?:you|u|anyone|someone|somebody)|reminder|seniors|juniors|freshmen|sophomores|folks|team|guys|ladies"
    r"|gentlemen|club members|attendance office|those of you|some of you|any of you)\b"
)
_TITLE: Final = re.compile(r"\b(?:mr|mrs|ms|mx|dr|coach|miss|principal|prof|nurse|st|officer)\.? $")
_ALSO_WORDS: Final = words(
    """
    will may mark bill art sue drew chase grant hope faith grace jay rob pat skip dean gene jack angel daisy
    violet amber hazel lily ruby rose summer max gray reed nick jordan sydney chad paris guy ray frank rich
    harry dick jimmy case jasmine israel kenny christian jesus maria sierra london savannah austin dallas
    brooklyn madison jackson taylor logan mason morgan hunter parker carter cole don matt josh bob lee long
    green field day price cross fox bell winter park hill rice stone banks woods young kim brooks king page love
    ali dan ed eve gene ben
    """
)
_WORD: Final = re.compile(r"[^\W\d_][\w'-]*")


class Names:
    """The names that tell of a person: common given names, and those of the roster."""

    def __init__(self, people: Iterable[tuple[str, str]] = ()) -> None:
        """Take given and family names of students. A family's everyday word, as in "Kevin So", is a word before all."""
        people = tuple(people)
        own = {part for pair in people for name in pair for part in fold(name).text.split() if len(part) > 1}
        given = GIVEN_NAMES | {part for name, _ in people for part in fold(name).text.split()}
        self._own = frozenset(own)
        self._given = GIVEN_NAMES | own
        self._also_words = _ALSO_WORDS | (EVERYDAY_NAMES & (own - given))

    def stand_in(self, folded: Folded) -> bool:
        """Say whether a student is named. What is a word as well has to be written as a name; staff do not count."""
        return self._one_of(self._given, folded)

    def of_the_roster(self, folded: Folded) -> bool:
        """Say whether somebody is named as a student of the roster is."""
        return self._one_of(self._own, folded)

    def _one_of(self, names: frozenset[str], folded: Folded) -> bool:
        text = folded.text
        if names.isdisjoint(map(_bare, _WORD.findall(text))):
            return False
        for match in _WORD.finditer(text):
            word = _bare(match[0])
            if word not in names or _TITLE.search(text, max(0, match.start() - 12), match.start()):
                continue
            if word not in self._also_words or _is_written_as_a_name(folded, match.start()):
                return True
        return False


def _bare(word: str) -> str:
    return word.removesuffix("'s").removesuffix("'")


def _is_written_as_a_name(folded: Folded, place: int) -> bool:
    start, _ = folded.span(place, place + 1)
    before = folded.raw[:start].rstrip()
    begins = not before or before[-1] in ".!?\n"
    return folded.raw[start].isupper() and not folded.raw.isupper() and not begins


class Meant:
    """Who is meant in one text."""

    def __init__(self, folded: Folded, setting: Setting, names: Names) -> None:
        self._folded, self.setting, self._names = folded, setting, names

    @cached_property
    def you(self) -> bool:
        """Whether the reader is spoken to."""
        return _YOU.search(self._folded.text)

    @cached_property
    def third(self) -> bool:
        """Whether somebody else is named or pointed at."""
        return _HE.search(self._folded.text) or self.named

    @cached_property
    def named(self) -> bool:
        """Whether a student is named."""
        return self._names.stand_in(self._folded)

    @cached_property
    def speaks(self) -> bool:
        """Whether the author speaks of themselves."""
        return _I.search(self._folded.text)

    @cached_property
    def everyone(self) -> bool:
        """Whether it is said to all, or of whoever it may concern."""
        return _EVERYONE.search(self._folded.text)

    @cached_property
    def student(self) -> float:
        """How surely a student is meant, 0 to 1, given who speaks to whom."""
        audience, staff = self.setting.audience, self.setting.is_staff
        if self.everyone and not self.third:
            return 0.2 if not staff and self.speaks else 0.0
        if self.third:
            return 1.0
        match audience:
            case Listeners.DM_TO_STUDENT:
                return 1.0 if self.you or (self.speaks and not staff) else 0.8 if not self.speaks else 0.3
            case Listeners.DM_TO_STAFF:
                return 0.1 if staff else 1.0 if self.speaks else 0.7
            case _:
                return 0.0 if staff else 1.0 if self.speaks or self.you else 0.5
