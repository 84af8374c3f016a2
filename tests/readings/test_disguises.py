import pytest

from bot.readings.labels import Label
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


@pytest.mark.parametrize("disguise", DISGUISES)
def test_a_disguise_hides_hardly_anything(disguise: str) -> None:
    """Who dresses up letters knows why; at most one in ten may get through."""
    tried = [(label, row) for label in HIDDEN for row in hits(label)]

    found = [label in read(DISGUISES[disguise](row["text"]), setting_of(row)).labels for label, row in tried]

    assert len(tried) >= 70
    assert sum(found) >= 0.9 * len(tried), [row["text"] for (_, row), hit in zip(tried, found, strict=True) if not hit]


@pytest.mark.parametrize("disguise", DISGUISES)
def test_a_disguise_makes_nothing_of_near_misses(disguise: str) -> None:
    """Undressing must not read into a text what is not there."""
    tried = [(label, row) for label in HIDDEN for row in rows(f"labels/{label.value}.md") if not row["holds"]]

    found = [label in read(DISGUISES[disguise](row["text"]), setting_of(row)).labels for label, row in tried]

    assert sum(found) <= 0.05 * len(tried), [row["text"] for (_, row), hit in zip(tried, found, strict=True) if hit]
