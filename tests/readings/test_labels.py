import pytest

from bot.readings.labels import Clue, Label, weigh


def clue(name: str, strength: float) -> Clue:
    return Clue(Label.MEDICAL, name, 0, 4, "knee", strength)


def test_two_hints_of_different_name_are_more_than_one() -> None:
    """What each alone leaves open, both together may not."""
    scores = weigh([clue("body", 0.4), clue("hurts", 0.5)])

    assert scores.of(Label.MEDICAL) == pytest.approx(0.7)
    assert scores.of(Label.ACADEMIC) == 0


def test_the_same_hint_twice_is_one_hint() -> None:
    """Somebody who names a knee five times is no surer to be hurt."""
    scores = weigh([clue("body", 0.4), clue("body", 0.3)])

    assert scores.of(Label.MEDICAL) == pytest.approx(0.4)


def test_a_clue_never_shows_its_words() -> None:
    """Words stay out of logs and tracebacks."""
    assert "knee" not in repr(clue("body", 0.4))
