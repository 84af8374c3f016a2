import pytest

from bot.readings.labels import Label, Listeners, Setting, Speaker
from tests.readings.disguises import DISGUISES
from tests.readings.texts import read, rows, setting_of
from tests.rules.tables import Row

HIDDEN = (
    *(Label.HARASSMENT, Label.PROFANITY, Label.SEXUAL, Label.SUBSTANCES, Label.PII_SOLICIT),
    *(Label.OFFPLATFORM, Label.BOUNDARY, Label.SELF_HARM, Label.THREAT),
)
"""What somebody may want to hide."""


def hits(label: Label) -> list[Row]:
    """List the rows where a label holds, but links, which have disguises of their own."""
    return [row for row in rows(f"labels/{label.value}.md") if row["holds"] == "yes" and "://" not in row["text"]]


GLUED = "glued words"
"""A whole sentence in one word: where its parts begin can only be guessed, and so can what is around them."""
PARTED = [name for name in DISGUISES if name != GLUED]


def found(label: Label, row: Row, disguise: str) -> bool:
    """Say whether the label is read in the dressed-up text."""
    return label in read(DISGUISES[disguise](row["text"]), setting_of(row)).labels


TRIED = [(label, row) for label in HIDDEN for row in hits(label)]
NEAR = [(label, row) for label in HIDDEN for row in rows(f"labels/{label.value}.md") if not row["holds"]]


@pytest.mark.parametrize("disguise", PARTED)
def test_a_disguise_hides_hardly_anything(disguise: str) -> None:
    """Who dresses up letters knows why; at most one in ten may get through."""
    missed = [row["text"] for label, row in TRIED if not found(label, row, disguise)]

    assert len(TRIED) >= 70
    assert len(missed) <= 0.1 * len(TRIED), missed


@pytest.mark.parametrize("disguise", PARTED)
def test_a_disguise_makes_nothing_of_near_misses(disguise: str) -> None:
    """Undressing must not read into a text what is not there."""
    alarms = [row["text"] for label, row in NEAR if found(label, row, disguise)]

    assert len(alarms) <= 0.05 * len(NEAR), alarms


def test_sentences_glued_into_one_word_are_mostly_read() -> None:
    """Nobody writes a sentence without blanks but to hide it, so a false alarm there matters less than a miss."""
    missed = [row["text"] for label, row in TRIED if not found(label, row, GLUED)]
    alarms = [row["text"] for label, row in NEAR if found(label, row, GLUED)]

    assert len(missed) <= 0.17 * len(TRIED), missed
    assert len(alarms) <= 0.15 * len(NEAR), alarms


@pytest.mark.parametrize("text", ["sendnudes", "killyourself", "textmeonsnap", "addmeoninsta", "nobodylikesyou"])
def test_a_phrase_glued_together_is_read(text: str) -> None:
    """The usual form is a phrase in one word."""
    assert read(f"lol {text} bro", Setting(Speaker.STUDENT, Listeners.GROUP)).labels
