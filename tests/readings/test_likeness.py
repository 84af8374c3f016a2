"""Whose name a display name is like: what the page of the rule cannot show."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.readings.likeness import Bearer, Names, is_near

TWINS = Names([Bearer("ana", "Ana Lucía", "Gomes da Silva"), Bearer("ane", "Ane", "Gomes da Silva")])
LETTERS = st.text("abcd", max_size=6)


@pytest.mark.parametrize("owner", ["ana", "ane"])
def test_who_is_called_almost_the_same_is_fine(owner: str) -> None:
    """Brothers and sisters, and people of one name, must not be taken for each other."""
    shown = {"ana": "Ana Gomes da Silva", "ane": "Ane Gomes da Silva"}[owner]

    assert TWINS.find(shown, owner) is None


@pytest.mark.parametrize("shown", ["Ana Lucia Gomes da Silva", "Ana Gomes da Silva", "gomesdasilva ana"])
def test_a_name_of_many_parts_counts_with_all_first_names_or_the_first(shown: str) -> None:
    """Nobody shows every name they have."""
    found = TWINS.find(shown, "s4")

    assert found is not None
    assert found.of_another


def test_a_name_of_nothing_is_like_nobody() -> None:
    """A roster may have lines without a name, and an account may show none."""
    names = Names([Bearer("x", "", ""), Bearer("y", "", "Gomes"), Bearer("z", "1", "2")])

    assert [names.find(each, "s4") for each in ("", "🧤", "Gomes", "\u200b", "a" * 10_000)] == [None] * 5


def test_a_name_stays_out_of_logs() -> None:
    """What is logged by accident names nobody."""
    found = TWINS.find("Ana Gomes da Silva", "s4")

    assert "Gomes" not in f"{found!r} {Bearer('ana', 'Ana', 'Gomes')!r}"


def within_one(one: str, other: str) -> bool:
    """Try every change of one letter, and every exchange of two."""
    letters = "abcd"
    places = range(len(one) + 1)
    tried = {one, *(one[:at] + each + one[at:] for at in places for each in letters)}
    tried |= {one[:at] + one[at + 1 :] for at in places}
    tried |= {one[:at] + each + one[at + 1 :] for at in range(len(one)) for each in letters}
    tried |= {one[:at] + one[at : at + 2][::-1] + one[at + 2 :] for at in places}
    return other in tried


@given(LETTERS, LETTERS)
def test_near_is_one_letter_or_one_exchange(one: str, other: str) -> None:
    """Held against trying everything."""
    assert is_near(one, other) == within_one(one, other)
