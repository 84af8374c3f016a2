"""Which texts the encoder is tuned on."""

from collections import Counter

import numpy as np

from models.lots import AT_ONCE, CHECKED, checked, lots

PASSES = 3
LENGTHS = [3 + place % 7 for place in range(5_000)]


def test_a_lot_has_texts_of_one_length_and_each_comes_as_often() -> None:
    """Texts of several lengths would have to be filled up, and what fills them up would be read."""
    drawn = [*lots(LENGTHS, PASSES, np.random.default_rng(7))]
    places = [place for lot in drawn for place in lot]

    assert all(len({LENGTHS[place] for place in lot}) == 1 and len(lot) <= AT_ONCE for lot in drawn)
    assert Counter(places) == dict.fromkeys(range(len(LENGTHS)), PASSES)


def test_every_pass_is_in_an_order_of_its_own() -> None:
    """What is met again in the same company would be learned as company."""
    drawn = [*lots(LENGTHS, PASSES, np.random.default_rng(7))]
    once = len(drawn) // PASSES
    passes = [{frozenset(lot) for lot in drawn[start : start + once]} for start in range(0, len(drawn), once)]

    assert all(sum(map(len, each)) == len(LENGTHS) for each in passes)
    assert len(frozenset[frozenset[int]]().union(*passes)) == PASSES * once


def test_the_same_seed_draws_the_same_lots() -> None:
    """Whoever builds gets the same, in the same order; another seed gives another."""
    first, again, other = ([*lots(LENGTHS, PASSES, np.random.default_rng(seed))] for seed in (7, 7, 8))

    assert first == again != other


def test_what_is_checked_comes_from_all_over() -> None:
    """The first ones would all be about one label."""
    assert checked(3) == [0, 1, 2]
    assert len(set(checked(100_000))) == CHECKED
    assert checked(100_000)[0] == 0
    assert checked(100_000)[-1] == 99_999
