import re
import tomllib
from importlib.resources import files

import pytest
import re2

from bot.readings import address, around_address
from bot.readings.address import FORMS, Form, find_addresses
from bot.text import fold

CODE = "".join((files("bot.readings") / f"{module}.py").read_text("utf-8") for module in ("address", "around_address"))


@pytest.mark.parametrize("form", FORMS, ids=lambda form: form.example)
def test_a_form_matches_its_example(form: Form) -> None:
    """RE2 lets most texts go, and `re` says where an address stands: both must read one pattern alike."""
    text = fold(form.example).text

    assert re2.search(form.pattern, text)
    assert re.search(form.pattern, text)


def test_each_form_has_an_example_of_its_own() -> None:
    """The example is its name."""
    assert len(address.TRIGGERS) == len(FORMS)


def test_every_list_of_words_is_asked_for() -> None:
    """A list that nothing reads would be kept up for nothing."""
    book = tomllib.loads((files("bot.readings") / "data" / "address_words.toml").read_text("utf-8"))

    assert book.keys() == {"phrases", "words"}
    for name in book["phrases"]:
        assert f"PHRASES['{name}']" in CODE.replace('"', "'")
    for name in book["words"]:
        assert f"WORDS['{name}']" in CODE.replace('"', "'")


@pytest.mark.parametrize("phrases", around_address.PHRASES.values(), ids=around_address.PHRASES)
def test_no_phrase_breaks_inside_a_group(phrases: str) -> None:
    """A new line is a blank there, and "bluff |creek" would ask for a blank behind a bluff."""
    assert not re.search(r"\w \|(?!\w* )", phrases)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("12 of us walked to 41 juniper lane", ["41 juniper lane"]),
        ("14 maple st, lowell, ma 01852 or 22 Oak Hill Rd", ["14 maple st, lowell, ma 01852", "22 Oak Hill Rd"]),
        ("she lives at 66 tollgate apt 2, ok", ["66 tollgate apt 2"]),
        ("we play at 4 Privet Drive", []),
    ],
)
def test_an_address_is_shown_as_far_as_it_goes(text: str, found: list[str]) -> None:
    """Whoever reviews it sees all of it and nothing more; what is none before it hides nothing."""
    assert [spot.text for spot in find_addresses(fold(text))] == found
