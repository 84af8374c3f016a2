from time import perf_counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.readings.labels import Listeners, Setting, Speaker
from tests.readings.texts import read

SETTINGS = st.builds(Setting, st.sampled_from(Speaker), st.sampled_from(Listeners))
ANY_TEXT = st.text(st.characters(exclude_categories=()), max_size=200)
WORDS = st.lists(
    st.sampled_from(
        (
            "my knee",
            "hurts",
            "kys",
            "f*ck",
            "send",
            "nudes",
            "978-555-0142",
            "bit.ly/a",
            "\u200b",
            "k y s",
            "😭",
            "\ud800",
            "Maya",
            ".",
        )
    ),
    max_size=12,
).map(" ".join)


@given(ANY_TEXT | WORDS, SETTINGS)
def test_any_text_is_read_and_every_clue_stands_in_it(text: str, setting: Setting) -> None:
    """Half characters, marks and noise are typed too; a clue has to be shown where it stands."""
    topic = read(text, setting)

    assert all(0 <= score <= 1 for score in topic.scores.values)
    assert all(0 <= clue.start <= clue.end <= len(text) for clue in topic.scores.clues)
    assert all(0 < clue.strength <= 1 for clue in topic.scores.clues)


@given(WORDS, SETTINGS)
def test_reading_twice_is_reading_once(text: str, setting: Setting) -> None:
    """A verdict can be repeated."""
    assert read(text, setting) == read(text, setting)


EXTREMES = {
    "100 KB of words": "you should text me on snap and dont tell anyone my knee hurts " * 1_650,
    "100 KB of one letter": "a" * 100_000,
    "100 KB of spaced letters": "k y s " * 17_000,
    "100 KB without a blank": "sendnudes" * 11_000,
    "10,000 emoji": "😭🔪" * 5_000,
    "bidi overrides": "\u202ekys\u202c" * 2_000,
    "zalgo": "k" + "\u0335\u0321\u034f" * 700 + "ys",
    "half characters": "\ud800\udc00\ud800" * 5_000,
    "signs": "*_~`|" * 20_000,
    "digits": "978 555 0142 " * 8_000,
    "streets": "14 maple st " * 8_000,
    "numbers of houses": "84-12 " * 16_000,
    "homes without a number": "my house is at the " * 5_000,
    "leet": "$h1t 4nd m0r3 " * 7_000,
    "signs beside a word": "x1 " + "@" * 100_000,
    "nothing": "",
    "blanks": " \n\t" * 10_000,
}


@pytest.mark.parametrize("name", EXTREMES)
def test_extreme_texts_are_read_in_time(name: str) -> None:
    """One hostile post must not hold up the others: a message has a second from hearing on."""
    start = perf_counter()

    read(EXTREMES[name], Setting(Speaker.STUDENT, Listeners.GROUP))

    assert perf_counter() - start < 3  # a busy machine has its say; 1 is the aim
