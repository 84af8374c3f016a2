import pytest

from bot.readings.found import Kind
from tests.personal.score import LISTS, Score, read, scores

ALL = {name: scores(name) for name in LISTS}
CASES = [(name, kind, score) for name, kinds in ALL.items() for kind, score in kinds.items()]


@pytest.mark.parametrize(("name", "kind", "score"), CASES, ids=[f"{name} {kind}" for name, kind, _ in CASES])
def test_personal_data_is_found_as_well_as_was_measured(name: str, kind: Kind, score: Score) -> None:
    """A change that reads one disguise better must not cost another, nor raise a false alarm."""
    missed, alarms = len(score.missed), len(score.false_alarms)

    if kind is Kind.PHONE and name != "third":
        assert missed <= 0.03 * score.held
        assert alarms <= 0.01 * score.baits
    else:
        assert missed <= 1
        assert alarms <= 1


def test_the_lists_are_large_enough_to_say_something() -> None:
    """Two percent of ten is nothing."""
    phones = [score for kinds in ALL.values() for kind, score in kinds.items() if kind is Kind.PHONE]

    assert sum(score.held for score in phones) >= 200
    assert sum(score.baits for score in phones) >= 300


def test_no_text_stands_in_two_lists() -> None:
    """What is tuned on must not be measured as unseen."""
    texts = [(line.kind, line.text) for name in LISTS for line in read(name)]

    assert len(texts) == len(set(texts))
