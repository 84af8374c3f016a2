"""What is told about a student of the roster, by whom: read and judged as in the house."""

import pytest

from bot.judge import judge
from rules.employee_12_confidential_information import ConfidentialInformation
from rules.general_04_privacy_laws import PrivacyLaws
from tests import district
from tests.store.house import post

RULES = (PrivacyLaws(), ConfidentialInformation())
TEAM = ("s1", "s2", "s3")


@pytest.mark.parametrize(
    ("text", "by", "found"),
    [
        ("Maddie has a concussion lol", "s4", ["privacy-laws"]),
        ("i heard Maddie has a concussion", "s4", ["privacy-laws"]),
        ("my friend Maddie has a concussion", "s4", ["privacy-laws"]),
        ("Maddie has a concussion, so be careful", "parent", ["privacy-laws"]),
        ("Maddie has a concussion, so be careful", "coach", ["confidential-information"]),
        ("She has a concussion, so be careful", "coach", ["confidential-information"]),
        ("i have a concussion, Maddie can you take notes", "s4", []),
        ("i'm out with a concussion, ask Maddie", "s4", []),
        ("my daughter Maddie has a concussion", "parent", []),
        ("she has a concussion", "s4", []),
        ("Vivienne has a concussion in that show", "s4", []),
        ("Maddie scored twice", "s4", []),
    ],
)
def test_who_tells_what_of_whom(text: str, by: str, found: list[str]) -> None:
    """Who is no staff is not told off for their own story, nor for somebody who is no student here."""
    message = district.reader().read(district.roster().recognise(post(text=text, by=by, to=TEAM)))

    assert [each.rule for each in judge(message, RULES).standing] == found
