"""Clues for what a text is about, found without any model: in phrases, links and personal data. Pure."""

import re
from collections.abc import Iterable, Iterator, Sequence
from typing import Final

from bot.readings.clues import (
    academic,
    ages,
    boundary,
    codes,
    harassment,
    medical,
    offplatform,
    profanity,
    report,
    self_harm,
    sexual,
    solicit,
    substances,
    threat,
    unblocking,
)
from bot.readings.clues.boundary import is_between_adult_and_student
from bot.readings.clues.finder import Cues
from bot.readings.clues.hosts import anonymizers, shortened
from bot.readings.clues.meant import Names
from bot.readings.clues.own import Own, OwnCues
from bot.readings.clues.personal import find_spots, personal_clues
from bot.readings.clues.report import is_told_to_staff
from bot.readings.found import Spot
from bot.readings.labels import DECIDES, URGENT, Clue, Label, Listeners, Setting
from bot.readings.personal import Known, PersonalData
from bot.readings.unglue import Parting, words_of_chat
from bot.text import Folded, fold

_CUES: Final = tuple(
    cue
    for each in (
        *(medical, academic, harassment, profanity, sexual, substances),
        *(ages, codes, solicit, offplatform, boundary, unblocking, self_harm, threat, report),
    )
    for cue in each.CUES
)
_WORD: Final = re.compile(r"[a-z]+")
_CONTACT: Final = frozenset({Label.OFFPLATFORM, Label.PII_SOLICIT})
_WORRY: Final = frozenset({"worry about another", "worry about another, told in Spanish or Portuguese"})
PLAIN: Final = 0.9
"""From this strength on words are plain."""
_SPOKEN: Final = frozenset({*URGENT, Label.PROFANITY})
"""Labels whose plain words may hold whatever models make of them: what cannot wait, and what is a matter of words."""
_QUOTED: Final = frozenset({Label.HARASSMENT, Label.SEXUAL, Label.BOUNDARY})
"""What is quoted where harm is told: it is not what the text itself does."""


class Clues:
    """Looks for every clue. Built once, for its patterns cost some time to build."""

    def __init__(
        self,
        known: Known,
        personal: PersonalData | None = None,
        own: Iterable[Own] = (),
        parting: Parting | None = None,
    ) -> None:
        """Take what the district knows: names tell of a person, and what it made public is nobody's private data.

        `own` are phrases and patterns of the district's own, looked for beside ours; `parting` knows the words of chat.
        """
        knowing = (parting or words_of_chat()).knowing(whole=_words_of_names(known))
        self.names = Names(known.people)
        self._cues = Cues(_CUES, self.names, knowing)
        self._own = OwnCues(own, self.names, knowing)
        self._personal = PersonalData(known) if personal is None else personal

    def read(self, folded: Folded, setting: Setting, this_year: int) -> tuple[Clue, ...]:
        """Find the personal data of a folded text, and every clue in it."""
        return self.find(folded, setting, find_spots(self._personal, folded, this_year))

    def find(self, folded: Folded, setting: Setting, spots: Sequence[Spot]) -> tuple[Clue, ...]:
        """Find the clues of a folded text, said by somebody to somebody. `spots` are where personal data stands in it.

        Names and places of each are in `Clue`.
        """
        found = (
            *self._cues.find(folded, setting),
            *self._own.find(folded, setting),
            *personal_clues(spots, folded, setting),
            *shortened(folded),
            *anonymizers(folded),
        )
        if not found:
            return ()
        found += tuple(_following(found, setting))
        found = tuple(each._replace(plain=_is_plain(each, setting)) for each in found)
        return _told_on(found) if setting.audience is Listeners.DM_TO_STAFF else found


def _words_of_names(known: Known) -> Iterator[str]:
    """Give every word of everybody's name: it is no words glued together."""
    names = {
        *(name for bearer in known.bearers for name in (bearer.given, bearer.family)),
        *(each for name in known.people for each in name),
    }
    return (word for name in names for word in _WORD.findall(fold(name).text))


def _following(clues: tuple[Clue, ...], setting: Setting) -> Iterator[Clue]:
    """Say what follows from other clues between these people."""
    for clue in clues:
        if clue.strength < DECIDES or clue.floor is not None:
            continue
        if clue.label in _CONTACT and is_between_adult_and_student(setting):
            yield clue._replace(label=Label.BOUNDARY, name="private contact asked", strength=0.55)
        if clue.label is Label.SELF_HARM and clue.name in _WORRY and is_told_to_staff(setting):
            yield clue._replace(label=Label.REPORT, name="worry told", strength=0.55)


def _is_plain(clue: Clue, setting: Setting) -> bool:
    """Say whether words speak for themselves: plain ones, and for what cannot wait those that no model reads.

    What a student tells an adult may be what others said: there models say whether swearing is meant.
    """
    if clue.label not in _SPOKEN or clue.floor is not None:
        return False
    if clue.label is Label.PROFANITY and is_told_to_staff(setting):
        return False
    return clue.strength >= (DECIDES if clue.unheard and clue.label in URGENT else PLAIN)


def _told_on(clues: tuple[Clue, ...]) -> tuple[Clue, ...]:
    """Leave out what is quoted where a student tells an adult of harm. Self-harm and threats stay."""
    if not any(clue.label is Label.REPORT and clue.strength >= DECIDES for clue in clues):
        return clues
    return tuple(clue for clue in clues if clue.label not in _QUOTED)
