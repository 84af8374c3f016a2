"""Words glued together to slip past a filter are parted; compounds and names stay whole."""

import pytest

from bot.readings.networks import Networks
from tests.readings.test_networks import ABUSE, MEANING

NETWORKS = Networks.of(ABUSE, MEANING)


@pytest.mark.parametrize(
    ("glued", "parted"),
    [
        ("addmeonsnap later", "add me on snap later"),
        ("iwannakillmyself", "i wanna kill myself"),
        ("nobodylikesyou", "nobody likes you"),
        ("killyourself", "kill yourself"),
        ("dontcometomorrow", "dont come tomorrow"),
    ],
)
def test_glued_words_are_parted(glued: str, parted: str) -> None:
    """What a person reads at once, the networks should too."""
    assert NETWORKS.view(glued) == parted


@pytest.mark.parametrize(
    "word",
    ["cockpit", "sunscreen", "cafeteria", "superintendent", "okonkwo", "amoxicillin", "concussion", "xxxxxxxxxxxx"],
)
def test_a_word_that_is_one_stays_whole(word: str) -> None:
    """Parted, a harmless compound could read as something else."""
    assert NETWORKS.view(word) in {word, "x"}


def test_time_grows_with_the_length_only() -> None:
    """100 KB of letters are one long word, and no word is that long: it is left alone."""
    assert NETWORKS.parting.part("ab" * 50_000) is not None
