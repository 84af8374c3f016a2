"""One place in a text, with what stands around it and who is meant."""

import re
from functools import cached_property
from typing import Final

from bot.readings.clues.meant import Meant
from bot.readings.labels import Listeners
from bot.text import Folded

_ENDS: Final = re.compile(r"[.!?\n](?:(?<=\n)|[.!?]*[\s\"')])")
"""Where a sentence ends. It begins with one sign of four, so that all others are passed over at once."""
_FAR: Final = 200
"""How many characters of a sentence are looked at on each side: a hostile text has no full stop."""


class Passage:
    """A hit: half-open, in the folded text."""

    def __init__(self, folded: Folded, start: int, end: int, meant: Meant) -> None:
        self.folded, self.start, self.end = folded, start, end
        self.setting, self.meant = meant.setting, meant

    @property
    def before(self) -> str:
        """The same sentence before the hit."""
        text = self.folded.text[max(0, self.start - _FAR) : self.start]
        if not _may_end(text):
            return text
        return text[max((match.end() for match in _ENDS.finditer(text)), default=0) :]

    @property
    def after(self) -> str:
        """The same sentence behind the hit, and the sign it ends with."""
        text = self.folded.text[self.end : self.end + _FAR]
        ends = _ENDS.search(text) if _may_end(text) else None
        return text[: ends.end()] if ends else text

    @property
    def hit(self) -> str:
        """What was found, folded."""
        return self.folded.text[self.start : self.end]

    @cached_property
    def sentence(self) -> str:
        """The sentence it stands in."""
        return f"{self.before}{self.hit}{self.after}"


def _may_end(text: str) -> bool:
    return "." in text or "!" in text or "?" in text or "\n" in text


def of_a_student(passage: Passage) -> float:
    """Weigh how surely a student is meant."""
    return passage.meant.student


def of_a_student_in_private(passage: Passage) -> float:
    """Weigh the same for what says little by itself: between one adult and one student it is about that student."""
    private = passage.setting.audience in {Listeners.DM_TO_STUDENT, Listeners.DM_TO_STAFF}
    return passage.meant.student * (1.0 if private else 0.7)
