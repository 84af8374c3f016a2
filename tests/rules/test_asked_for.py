"""What the district's own words ask a look for is looked at, by rules that let be what is not sure."""

import pytest

from bot.judge import judge
from bot.readings.labels import Label
from bot.rule import Measure
from rules.employee_18_unprofessional_comments import UnprofessionalComments
from rules.general_10_same_standards import SameStandards
from rules.general_11_anonymizers import Anonymizers
from rules.student_02_personal_data import PersonalData
from tests.rules.seen import own, seen, sign

RULES = (UnprofessionalComments(), SameStandards(), Anonymizers(), PersonalData())
ASKED_FOR = (
    *(Label.PROFANITY, Label.ANONYMIZER),
    *(Label.PII_ADDRESS, Label.PII_BIRTHDATE, Label.PII_PASSWORD, Label.PII_SOLICIT),
)


@pytest.mark.parametrize("label", ASKED_FOR)
def test_what_a_student_writes_is_for_a_person(label: Label) -> None:
    """Nobody is told: the district only asks for a look. A model's doubt alone asks for nothing."""
    (found,) = judge(seen("wobble house", own(label), by="s4"), RULES).standing

    assert found.measures == {Measure.REVIEW}
    assert [each.by for each in found.evidence] == ["ours"]
    assert judge(seen("wobble house", sign(label, sure=False), by="s4"), RULES).standing == ()


def test_so_is_what_staff_write() -> None:
    """Of words that do not fit at school."""
    (found,) = judge(seen("wobble house", own(Label.PROFANITY), by="coach"), RULES).standing

    assert found.rule == UnprofessionalComments.name
    assert found.measures == {Measure.REVIEW}


def test_what_is_sure_beside_it_is_told() -> None:
    """Then the author hears of that, as always, and a person looks at what the district asks for."""
    told, asked_for = judge(seen("my password is waffle99", own(Label.PII_ADDRESS), by="s4"), RULES).standing

    assert (told.measures, asked_for.measures) == (frozenset({Measure.TELL}), frozenset({Measure.REVIEW}))


def test_among_adults_it_is_let_be() -> None:
    """As the same word would be, were it sure."""
    assert judge(seen("wobble house", own(Label.PROFANITY), by="s4", to=("coach",)), RULES).standing == ()
