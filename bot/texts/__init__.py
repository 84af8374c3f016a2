"""Every text a person reads, and the languages they can read it in.

A text is marked where it stands, as `TOO_FEW = N_("…")`, so that `make texts` finds it for the catalogue. It stays a
`Text` until a `Language` says it, and nothing else turns it into words: what was not marked cannot reach a person.
"""

import gettext
import re
from dataclasses import dataclass, field
from datetime import date
from functools import cache, lru_cache
from pathlib import Path
from typing import Final

FOLDER: Final = Path(__file__).parent
DOMAIN: Final = "chaperone"
PLACEHOLDER: Final = re.compile(r"\{([a-z_]+)\}")
REVIEWED: Final = re.compile(r"Reviewed by \w.+")
"""What `Language-Team` in a catalogue's header has to say: the tools keep that header as it was written."""


@dataclass(frozen=True, slots=True)
class Text:
    """One or more sentences: the English, which is also the name in the catalogue, and what fills the placeholders."""

    english: str
    values: tuple[tuple[str, str], ...] = field(default=(), repr=False)

    def filled(self, **values: str) -> "Text":
        """Fill placeholders. Raises ValueError for one that the English does not have."""
        if unknown := values.keys() - set(PLACEHOLDER.findall(self.english)):
            raise ValueError(f"'{self.english}' has no placeholder {{{min(unknown)}}}.")
        return Text(self.english, (*self.values, *values.items()))


def N_(english: str) -> Text:  # noqa: N802 (the mark that every gettext tool knows)
    """Mark a text for the catalogue. Takes a literal only: `make texts` reads the source and does not run it."""
    return Text(english)


DAY: Final = N_("{weekday}, {month} {day}")
WEEKDAYS: Final = (
    N_("Monday"),
    N_("Tuesday"),
    N_("Wednesday"),
    N_("Thursday"),
    N_("Friday"),
    N_("Saturday"),
    N_("Sunday"),
)
MONTHS: Final = (
    N_("January"),
    N_("February"),
    N_("March"),
    N_("April"),
    N_("May"),
    N_("June"),
    N_("July"),
    N_("August"),
    N_("September"),
    N_("October"),
    N_("November"),
    N_("December"),
)


@dataclass(frozen=True, slots=True)
class Language:
    """A language that texts can be said in."""

    tag: str
    """As a page or a mail names it: en, pt-BR."""
    catalogue: gettext.NullTranslations = field(repr=False)

    def say(self, text: Text, *more: Text) -> str:
        """Say one or more texts, one after another. Raises ValueError where nothing fills a placeholder."""
        return " ".join(self._said(each) for each in (text, *more))

    def say_day(self, day: date) -> str:
        """Name a day in full: Thursday, November 19."""
        weekday, month = self.say(WEEKDAYS[day.weekday()]), self.say(MONTHS[day.month - 1])
        return self.say(DAY.filled(weekday=weekday, month=month, day=str(day.day)))

    def _said(self, text: Text) -> str:
        return _fill(self.catalogue, text) if text.values else _say_plainly(self.catalogue, text)


@lru_cache(maxsize=1024)
def _say_plainly(catalogue: gettext.NullTranslations, text: Text) -> str:
    """Say a text that is the same each time: most are, and a note is made of a dozen."""
    return _fill(catalogue, text)


def _fill(catalogue: gettext.NullTranslations, text: Text) -> str:
    words, values = catalogue.gettext(text.english), dict(text.values)
    if missing := set(PLACEHOLDER.findall(words)) - values.keys():
        raise ValueError(f"Nothing fills {{{min(missing)}}} in '{text.english}'. Call filled() with a value for it.")
    return PLACEHOLDER.sub(lambda found: values[found[1]], words)  # in one go: a value's own braces are words


ENGLISH: Final = Language("en", gettext.NullTranslations())
"""What texts are written in, so it needs no catalogue."""


@cache
def language(tag: str, folder: Path = FOLDER) -> Language:
    """Find a language by its tag. English stands in where there is no catalogue, or no person has reviewed it."""
    found = gettext.find(DOMAIN, folder, [tag.replace("-", "_")])
    if found is None:
        return ENGLISH
    with Path(found).open("rb") as file:
        catalogue = gettext.GNUTranslations(file)
    reviewed = REVIEWED.fullmatch(catalogue.info().get("language-team", ""))
    return Language(tag, catalogue) if reviewed else ENGLISH
