"""What is told about a student of the roster, by whom: read and judged as in the house."""

from dataclasses import replace

import pytest

from bot.judge import judge
from bot.message import Where, Words
from bot.readings.personal import Known
from bot.readings.reader import Reader
from bot.rule import Measure, traces
from bot.text import fold
from rules.employee_04_group_messages import GroupMessages
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


@pytest.mark.parametrize("text", ["Maddie is homeless now", "Maddie still hasn't paid", "Maddie got suspended"])
def test_what_no_label_is_about_is_a_leak_without_any_clue(text: str) -> None:
    """Discipline, family and money are facts by their words alone: so too where no model reads."""
    message = district.reader().read(district.roster().recognise(post(text=text, to=TEAM)))

    assert message.readings.leak


@pytest.mark.parametrize(
    ("also", "found"),
    [
        (("parent",), []),
        (("parent", "somebody"), []),
        (("one", "two", "three"), ["confidential-information"]),
        (("parent", "one", "two"), ["confidential-information"]),
    ],
)
def test_one_student_among_several_families_is_a_group(also: tuple[str, ...], found: list[str]) -> None:
    """Where few accounts are linked, a team's place has one student that we know of, and thirty readers."""
    told = post(text="Maddie has a concussion, so be careful", to=("s1", *also))
    message = district.reader().read(district.roster().recognise(told))

    assert [each.rule for each in judge(message, RULES).standing] == found


@pytest.mark.parametrize(("also", "copied"), [((), True), (("parent", "one"), True), (("one", "two", "three"), False)])
def test_what_several_families_read_is_no_private_matter(also: tuple[str, ...], *, copied: bool) -> None:
    """One note says to move it; none says that it was fine to write it there, and no office gets it as a copy."""
    told = post(text="Maddie, your concussion means that you sit out.", to=("s1", *also))
    message = district.reader().read(district.roster().recognise(told))

    assert (Measure.COPY in judge(message, (GroupMessages(),)).measures) is copied


@pytest.mark.parametrize("text", ["the ref got suspended so funny", "fees are past due so please bring them"])
def test_an_everyday_word_is_nobodys_name_unless_it_is_written_as_one(text: str) -> None:
    """One student called Kevin So would else be named in half of what is said."""
    reader = Reader(Known(frozenset({("Kevin", "So")})), traces(RULES))
    message = reader.read(district.roster().recognise(post(text=text, to=TEAM)))

    assert not message.readings.leak
    assert reader.clues.names.stand_in(fold("tell kevin to come"))
    assert reader.clues.names.stand_in(fold("ask coach why So left"))


def test_who_answers_a_quote_leaks_nothing() -> None:
    """What somebody quotes is not what they say."""
    quoted = Words(Where.QUOTE, "i heard Maddie got suspended for a week")
    told = replace(post(text="Not in this channel, please.", to=TEAM), words=(quoted, Words(Where.BODY, "Not here.")))
    message = district.reader().read(district.roster().recognise(told))

    assert not message.readings.leak
