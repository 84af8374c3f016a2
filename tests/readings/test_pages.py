import pytest

from bot.readings.labels import Label
from tests.readings.texts import read, rows, setting_of
from tests.rules.tables import Row
from tests.rules.tables import label as name_of

EXAMPLES = [(label, row) for label in Label for row in rows(f"labels/{label.value}.md")]


@pytest.mark.parametrize(
    ("label", "row"), EXAMPLES, ids=lambda each: name_of(each) if isinstance(each, dict) else each.value
)
def test_a_label_holds_as_the_page_says(label: Label, row: Row) -> None:
    """The page is what a principal reads of lists and patterns; it must be true. Heads may say more."""
    topic = read(row["text"], setting_of(row))

    assert (label in topic.labels) is (row["holds"] == "yes")


@pytest.mark.parametrize("row", rows("copies.md"), ids=name_of)
def test_a_copy_is_owed_as_the_page_says(row: Row) -> None:
    """Employee Guidelines 4: staff to one student, about health or schooling."""
    assert read(row["text"], setting_of(row)).copy_to_principal is (row["copied"] == "yes")


@pytest.mark.parametrize("row", rows("leaks.md"), ids=name_of)
def test_a_leak_is_one_as_the_page_says(row: Row) -> None:
    """Employee Guidelines 12: what is confidential about a student is not told to a group."""
    assert read(row["text"], setting_of(row)).confidential_leak is (row["leak"] == "yes")


@pytest.mark.parametrize("with_models", [False, True], ids=["clues alone", "models too"])
@pytest.mark.parametrize("row", rows("languages.md"), ids=name_of)
def test_other_languages_are_read_as_the_page_says(row: Row, *, with_models: bool) -> None:
    """A student in despair writes in the language of home. The heads never learned it, and must not get in the way."""
    told = {Label.SELF_HARM, Label.THREAT, Label.REPORT, Label.OFFPLATFORM}
    held = told & set(read(row["text"], setting_of(row), with_models=with_models).labels)

    assert held == set(map(Label, row["holds"].split()))
