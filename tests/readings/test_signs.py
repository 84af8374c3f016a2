import pytest

from bot.readings.artefacts import manifest
from bot.readings.found import LEAK, Readings, Trace
from bot.readings.labels import CONFIDENTIAL, Clue, Floor, Label, Scores
from bot.readings.signs import POINTS, Point, Sign, floored, signs_of

MEDICAL, HARASSMENT = Trace(labels=(Label.MEDICAL, Label.ACADEMIC)), Trace(labels=(Label.HARASSMENT,))
KNEE = Clue(Label.MEDICAL, "body", 0, 4, "knee", 0.4)


def scores(**values: float) -> Scores:
    return Scores(tuple(values.get(label.value, 0.0) for label in Label), (KNEE,))


def test_a_label_that_may_hold_is_a_sign_with_its_clues() -> None:
    """Between the two points a person is asked; above the second one it is taken to hold."""
    signs = signs_of(scores(medical=0.3, harassment=0.85, threat=0.1), POINTS)

    assert signs == (
        Sign(Label.MEDICAL, 0.3, sure=False, clues=(KNEE,)),
        Sign(Label.HARASSMENT, 0.85, sure=True),
    )


def test_a_guess_without_a_word_is_never_sure() -> None:
    """What follows for somebody needs a word to show; without one a person is asked."""
    drinking = Clue(Label.SUBSTANCES, "drinking", 0, 4, "beer", 0.4)
    said = scores(substances=0.9)._replace(clues=(drinking,))

    assert signs_of(said, POINTS) == (Sign(Label.SUBSTANCES, 0.9, sure=True, clues=(drinking,)),)
    assert signs_of(scores(substances=0.9), POINTS) == (Sign(Label.SUBSTANCES, 0.9, sure=False),)


def test_what_no_model_reads_is_never_sure() -> None:
    """Words of another language and names of files are for a person; the district's own words are its own business."""
    name = Clue(Label.SUBSTANCES, "offer", 0, 4, "vape", 0.9, unheard=True)
    own = name._replace(floor=Floor.ACT)

    assert not signs_of(scores(substances=0.9)._replace(clues=(name,)), POINTS)[0].sure
    assert signs_of(scores(substances=0.9)._replace(clues=(own,)), POINTS)[0].sure


@pytest.mark.parametrize("label", [Label(each) for each in manifest()["points"] if each != CONFIDENTIAL])
def test_a_floor_for_a_look_is_never_sure(label: Label) -> None:
    """A district whose words ask for a look gets no more, by the points that ship, be there hardly two of them."""
    points = {label: Point(*manifest()["points"][label])}
    own = Clue(label, "own", 0, 4, "word", 0.5, floor=Floor.REVIEW)
    raised = floored(Scores((0.0,) * len(Label), (own,)), {**POINTS, **points})

    (sign,) = (each for each in signs_of(raised, {**POINTS, **points}) if each.label is label)

    assert not sign.sure


def test_plain_words_of_danger_are_looked_at_whatever_a_model_makes_of_them() -> None:
    """A miss costs most there. Only a person decides what follows."""
    bomb = Clue(Label.THREAT, "violence at school", 0, 4, "bomb", 0.9, plain=True)
    hint = bomb._replace(plain=False)

    assert floored(scores(threat=0.1)._replace(clues=(bomb,)), POINTS).of(Label.THREAT) == POINTS[Label.THREAT].review
    assert floored(scores(threat=0.1)._replace(clues=(hint,)), POINTS).of(Label.THREAT) == 0.1
    assert floored(scores(threat=0.7)._replace(clues=(bomb,)), POINTS).of(Label.THREAT) == 0.7


def test_a_rule_is_asked_where_one_of_its_labels_may_hold() -> None:
    """A rule that is not asked finds nothing, so a sign must never go by its trace."""
    nothing = Readings(lacks=frozenset({MEDICAL, HARASSMENT, LEAK}))

    assert nothing.seeing((Sign(Label.ACADEMIC, 0.6, sure=True),)).lacks == {HARASSMENT, LEAK}
    assert nothing.seeing((), leak=True).lacks == {MEDICAL, HARASSMENT}


def test_a_sign_shows_no_words() -> None:
    """Words stay out of logs and tracebacks."""
    assert "knee" not in repr(Sign(Label.MEDICAL, 0.3, sure=False, clues=(KNEE,)))
