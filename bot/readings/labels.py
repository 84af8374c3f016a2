"""What a text can be about, and what speaks for it. Values only; docs/labelling.md says what each label means."""

from collections.abc import Iterable
from enum import StrEnum
from typing import Final, NamedTuple


class Label(StrEnum):
    """What a text is about. What follows from it is the rules' business."""

    MEDICAL = "medical"
    ACADEMIC = "academic"
    HARASSMENT = "harassment"
    PROFANITY = "profanity"
    SEXUAL = "sexual"
    SUBSTANCES = "substances"
    PII_PHONE = "pii_phone"
    PII_ADDRESS = "pii_address"
    PII_EMAIL = "pii_email"
    PII_BIRTHDATE = "pii_birthdate"
    PII_PASSWORD = "pii_password"  # noqa: S105 (the name of a label, not a password)
    PII_LASTNAME = "pii_lastname"
    PII_SOLICIT = "pii_solicit"
    OFFPLATFORM = "offplatform"
    BOUNDARY = "boundary"
    LINK_SHORTENER = "link_shortener"
    ANONYMIZER = "anonymizer"
    SELF_HARM = "self_harm"
    THREAT = "threat"
    REPORT = "report"


DECIDES: Final = 0.5
"""From this strength on a clue is no mere hint."""

URGENT: Final = (Label.SELF_HARM, Label.THREAT, Label.REPORT)
"""What cannot wait, and where a miss costs most."""

CONFIDENTIAL: Final = "confidential"
"""What is no label, but read like one: something confidential about a person meant."""


class Speaker(StrEnum):
    """Who wrote it."""

    COACH = "coach"
    TEACHER = "teacher"
    ADMINISTRATION = "administration"
    STUDENT = "student"


class Listeners(StrEnum):
    """Who reads it."""

    GROUP = "group"
    ANNOUNCEMENT = "announcement"
    DM_TO_STUDENT = "dm_to_student"
    DM_TO_STAFF = "dm_to_staff"


class Setting(NamedTuple):
    """Who speaks to whom."""

    role: Speaker
    audience: Listeners

    @property
    def is_staff(self) -> bool:
        """Whether an adult of the school wrote it."""
        return self.role is not Speaker.STUDENT


class Floor(StrEnum):
    """What a label reads at least where a pattern of the district's own is found."""

    ACT = "act"
    """It is taken to hold."""
    REVIEW = "review"
    """It may hold."""


class Clue(NamedTuple):
    """One thing that speaks for a label: half-open, in what was typed."""

    label: Label
    name: str
    """Which list or pattern found it: "injury noun"."""
    start: int
    end: int
    text: str
    """What was typed there."""
    strength: float
    """How sure this clue alone makes the label where no model reads, 0 to 1. Below .5 it is a hint that decides nothing
    by itself."""
    part: int = 0
    """Which of the subject's `words` it stands in."""
    floor: Floor | None = None
    """Where a pattern of the district's own found it: what the label then reads at least, whatever else is read."""
    unheard: bool = False
    """Whether the models do not read it: a language that they never learned, the name of a file beside what was said.
    Then it speaks for itself, for a person to look at."""
    plain: bool = False
    """Whether its words speak for themselves, so that its label may hold whatever the models make of the text."""

    def __repr__(self) -> str:
        """Show the label and place only: words stay out of logs and tracebacks."""
        return f"Clue({self.label.value}, {self.start}, {self.end})"


class Scores(NamedTuple):
    """How sure each label is for one text, and what speaks for it."""

    values: tuple[float, ...] = (0.0,) * len(Label)
    """Probabilities 0 to 1, one a label, in the order of `Label`."""
    clues: tuple[Clue, ...] = ()
    confidential: float | None = None
    """How sure it is that the text tells something confidential about a person meant, 0 to 1; None without models."""
    scorer: str = ""
    """The scorer of the district's own that was heard, if one was."""
    moved: frozenset[Label] = frozenset()
    """The labels that it made more or less sure."""

    def of(self, label: Label) -> float:
        """Give the probability of one label."""
        return self.values[_PLACE[label]]


_PLACE = {label: place for place, label in enumerate(Label)}


def weigh(clues: Iterable[Clue]) -> Scores:
    """Score by clues alone: 1 - product(1 - strength) over clues of different name, the strongest of each name.

    What the district's own patterns found is left out: it is a floor, which `floored` adds.
    """
    clues = tuple(clues)
    if not clues:
        return Scores()
    strongest: dict[tuple[Label, str], float] = {}
    for clue in clues:
        if clue.floor is not None:
            continue
        key = clue.label, clue.name
        strongest[key] = max(strongest.get(key, 0.0), clue.strength)
    doubts = [1.0] * len(Label)
    for (label, _), strength in strongest.items():
        doubts[_PLACE[label]] *= 1 - strength
    return Scores(tuple(1 - doubt for doubt in doubts), clues)
