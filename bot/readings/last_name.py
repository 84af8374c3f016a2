"""Last names of the roster's students. Many are everyday words too, so their neighbours are asked. Pure."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from functools import cached_property
from typing import Final

from bot.patterns import Hit, Literals
from bot.readings.found import Kind, Spot
from bot.readings.given_names import GIVEN_NAMES
from bot.readings.tables import one_of, words
from bot.text import Folded, fold

_EVERYDAY: Final = words(
    """
    adams alexander allen alvarado an andrews archer armstrong art austin baker ball bang banks barber barnes bass bay
    beach bean bear beck bell bender bennett benson berry best bird bishop black blood bloom blue bolt bond booker
    boone booth bowman boyd branch brand bridges bright brook brooks brother brown buck bui bull burns bush butcher
    butler byrd camp carpenter carter case cash chambers chance chandler chapman charity chase cherry child chin
    church clark clay cliff close cobb coffee cole cook cooper corn cotton court cox crane creek cross crow curry dale
    daly daniel day dean diamond dick do dollar drake driver duke dunn dyer eagle early east elder english falls field
    farmer fields finch fine fish fisher fleming fletcher flood flowers flynn ford foreman forest foster fountain
    fowler fox francis franklin free freeman french frost gage gale gamble garden gardener gates gay gentry george
    gibbs gold good grace grant graves gray green grey gross grove guest gunn hail hall ham hand hang hardy harley
    harper hart harvest haven hawk hawkins hay hayes head heart heath henry herring hill hills ho holiday holland
    holly hood hook hope horn house howe hung hunt hunter hurst ivory ivy jack james jay jewel jordan joseph joy judge
    justice keen kelly key keys kid kidd kim king kirk knight knots lake lam lamb lance land lane law lawless lawrence
    le leach leaf lee lemon lewis light lin lincoln little lo lock long lord love low lowe loyal lucas lucky luna ly
    ma mai man marks marsh marshall martin mason master masters may mays mcdonald meadows mercer miles mill miller
    mills min mint mitchell monday money monroe moon moore morgan morning moss mouse music nash newman nice
    nightingale noble noon norman north oak oakley olive oliver pace page painter palmer pan park parker parks parsons
    patience paul pearl pena penny pepper perez perry peters phillips pierce pike pine piper place plant platt pond
    pool pope porter post potter potts powers pratt price pride prince proctor pryor rain ramsey ray read reed reese
    reeves rice rich rivera rivers roach robin rock rockwell rose ross rowe rush russell ryan sage salas salt sanders
    sandy sang sar savage sawyer self shade sharp shepherd short silver simon singer singh skinner sky slaughter small
    smith snow so song south spear speed spencer spring springer spurs stable star stark starling steel stephens stern
    stevens stewart stone storm story street strong summer summers sun sung swan sweet swift taft tan tanner taylor
    temple terry thomas thorn tree trout true tu tucker turner tyler valentine van vance viola vo voss vu wade waiter
    walker wall wallace ward warner warren wash washington waters watts way weaver webb weeks welch wells west wheeler
    white wilde will williams wilson winter winters wise wolf wong wood woods word workman works worth wright yang
    york young yu
    """
)
"""Last names that are English words, first names or places as well: alone they say nothing."""

_TITLE: Final = re.compile(
    r"\b"
    + one_of(
        """
        mr, mrs, ms, miss, mx, dr, coach, prof, professor, principal, officer, sr, sra, senor, senora, sir, madame,
        nurse, judge, president
        """
    )
    + r"\.? $"
)
_NAMED: Final = re.compile(
    r"(?:\b(?:last|full|family|sur) ?names?(?: is|'s| are)?:? (?:[a-z]+ )?|\bapellido (?:es )?|\bsobrenome (?:e )?"
    r"|\b(?:my|his|her|your|ur) name(?: is|'s) [a-z'-]+ |\bfamily of |\b[a-z]\. )$"
)
_NAMED_AFTER: Final = re.compile(
    r"(?:'s|s')? (?:family|twins|brothers|sisters|siblings|kid|household)\b"
    r"| is (?:my|his|her|their|the) (?:last|sur|family) ?name"
)
_DOES: Final = re.compile(
    r"(?:'s (?:mom|dad|house|brother|sister|phone|locker|serve|goal|time|shot|grade|birthday|team|kid|parents)| "
    + one_of(
        """
        scored, said, says, texted, told, passed, plays, played, missed, broke, got hurt, is out, is in goal,
        is absent, is late, was late, won, pinned, serves, starts, started, has the ball, saved, tripped, cried,
        dropped, hit a, ran a, got a, went to, lives, left early, caught, didn't, isn't, wasn't, can't, never, owes,
        asked, called, yelled, forgot, is starting, is benched, is injured, is sick, and i
        """
    )
    + r"\b)"
)
"""What people do and have, and meals, places and adjectives do not."""

_RUNS_ON: Final = frozenset("-_@#/")
_DETERMINED: Final = re.compile(
    r"\b(?:the|a|an|this|that|these|those|our|your|some|any|no|of|more|every|each|white|fried|track|home) $"
)
"""What stands before a thing and not before a name, where the name is typed small."""
_ALSO_VERBS: Final = words(
    "will may mark bill art sue drew chase grant hope faith grace jay rob pat skip dean gene jack"
)
_NEAR: Final = 40


@dataclass(frozen=True)
class LastNames:
    """The last names that are looked for, and the people who bear them."""

    people: frozenset[tuple[str, str]] = field(repr=False)
    """First given name and family name of each student, folded."""

    @classmethod
    def of(cls, people: Iterable[tuple[str, str]]) -> "LastNames":
        """Take given and family names of students. A name of a single letter is none."""
        folded = ((_fold(given).partition(" ")[0], _fold(family)) for given, family in people)
        return cls(frozenset(pair for pair in folded if len(pair[1]) > 1))

    @cached_property
    def _literals(self) -> Literals:
        names = {family for _, family in self.people}
        return Literals(sorted(names | {f"{name}s" for name in names if name not in _EVERYDAY}))

    @cached_property
    def _first(self) -> frozenset[str]:
        return frozenset(given for given, _ in self.people if given)

    def find(self, folded: Folded) -> tuple[Spot, ...]:
        """Find last names in a folded text, in order."""
        hits = self._literals.scan(folded)
        return tuple(self._meant(folded, hits)) if hits else ()

    def _meant(self, folded: Folded, hits: tuple[Hit, ...]) -> Iterator[Spot]:
        done = 0
        for hit in sorted(hits, key=lambda hit: (hit.start, -hit.end)):
            if hit.start >= done and self._is_meant(folded, hit):
                start, end = folded.span(hit.start, hit.end)
                yield Spot(Kind.LAST_NAME, start, end, folded.raw[start:end], hit.name)
                done = hit.end

    def _is_meant(self, folded: Folded, hit: Hit) -> bool:
        before, after = folded.text[max(0, hit.start - _NEAR) : hit.start], folded.text[hit.end : hit.end + _NEAR]
        if _TITLE.search(before) or before[-1:] in _RUNS_ON or after[:1] in _RUNS_ON or _is_dotted(after):
            return False
        if _NAMED.search(before):
            return True
        if _DETERMINED.search(before) and not _is_capital(folded, hit.start):
            return False
        word = before[:-1].rpartition(" ")[2].strip("\"'(,.") if before.endswith(" ") else ""
        if not {hit.name, hit.name.removesuffix("s")} & (_EVERYDAY | self._first):
            return True
        return self._goes_with(word, folded, hit) or _is_used_as_a_name(folded, hit, after)

    def _goes_with(self, word: str, folded: Folded, hit: Hit) -> bool:
        """Say whether the word before is a first name. A name that is a word too then has to be written as one."""
        written = _is_capital(folded, hit.start)
        if (word, hit.name) in self.people:
            small = not _is_capital(folded, hit.start - 1 - len(word))
            return written or (small and word not in _EVERYDAY | _ALSO_VERBS)
        return written and not folded.raw.isupper() and (word in self._first or word in GIVEN_NAMES)


def _is_used_as_a_name(folded: Folded, hit: Hit, after: str) -> bool:
    if not _is_capital(folded, hit.start) or folded.raw.isupper() or hit.name in GIVEN_NAMES:
        return False
    return _NAMED_AFTER.match(after) is not None or _DOES.match(after) is not None


def _fold(name: str) -> str:
    return fold(name).text.strip()


def _is_dotted(after: str) -> bool:
    """Say whether the word runs on as a host or a handle does: park.example."""
    return len(after) > 1 and after[0] == "." and after[1].isalnum()


def _is_capital(folded: Folded, place: int) -> bool:
    start, _ = folded.span(place, place + 1)
    return folded.raw[start : start + 1].isupper()
