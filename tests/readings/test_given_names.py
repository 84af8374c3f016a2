"""A given name of the roster that ends in s, beside a last name that is the rest of it."""

import pytest

from bot.readings.clues import Clues
from bot.readings.labels import Label
from bot.readings.personal import Known
from bot.readings.topics import Topics
from tests.readings.networks import IN_GROUP

TOPICS = Topics(Clues(Known(frozenset({("lucas", "ferreira"), ("mia de", "luca")}))), None)


@pytest.mark.parametrize(
    ("text", "holds"),
    [
        ("Lucas scored twice lol", False),
        ("Lucas won his match", False),
        ("Lucas Ferreira scored twice", True),
        ("Mia De Luca scored twice", True),
    ],
)
def test_a_given_name_is_not_the_plural_of_a_last_name(text: str, *, holds: bool) -> None:
    """Nobody is told that they gave out the name of another."""
    (scores,) = TOPICS.read([text], [IN_GROUP], 2026)

    assert (Label.PII_LASTNAME in TOPICS.judge(text, scores, IN_GROUP).labels) is holds
