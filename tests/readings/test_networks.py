"""The two networks: what they read, and that nothing beside a text changes what is read of it."""

from hashlib import sha256
from io import BytesIO
from typing import Any

import numpy as np
import pytest

from bot.errors import ConfigurationError
from bot.readings.abuse import COLUMNS, LENGTH, Abuse
from bot.readings.artefacts import artefact, encoder, manifest
from bot.readings.compact import LAYERS, Encoder, compact
from bot.readings.meaning import FIRST_WINDOWS, LAST_WINDOWS, WIDTH, WINDOW, Meaning, windows
from bot.readings.session import open_session
from bot.readings.tuning import STEPS, LowRank, read_tuning

ABUSE = Abuse(artefact("abuse.onnx"), artefact("abuse.txt"))
TUNING = read_tuning(artefact("tuning.npz"))
MEANING = Meaning(compact(encoder(), TUNING), artefact("tokenizer.json"))
TEXTS = ("your ankle needs ice", "see you at practice", "you are an idiot", "", "😀" * 10_000, "x" * 100_000)


def test_the_abuse_network_gives_what_its_source_documents() -> None:
    """The package's own page shows these six numbers, rescaled; ours are as it reckons them before."""
    low = np.array([0.002116, 0.000011, 0.000347, 0.000040, 0.000373, 0.000074])
    high = np.array([0.999858, 0.648682, 0.997533, 0.918887, 0.986303, 0.901117])
    documented = np.array([0.9998680, 0.7870364, 0.9885634, 0.8483908, 0.9883397, 0.1710593])

    scores = ABUSE.scores(["I will kill you, you fucking idiot!"])[0]

    assert np.abs((scores - low) / (high - low) - documented).max() < 1e-4


def test_an_insult_scores_higher_than_a_greeting() -> None:
    """A network whose words were in the wrong order would score both alike."""
    insult, greeting = ABUSE.scores(["you are a stupid idiot", "see you at practice"])

    assert insult[COLUMNS.index("insult")] > 0.8
    assert greeting.max() < 0.1


@pytest.mark.parametrize("scores", [ABUSE.scores, MEANING.encode], ids=["abuse", "meaning"])
def test_what_stands_beside_a_text_changes_nothing(scores: object) -> None:
    """A verdict must not depend on which posts came at the same moment."""
    assert callable(scores)
    together = scores(TEXTS)
    alone = np.concatenate([scores([text]) for text in TEXTS])

    assert np.array_equal(together, alone)


def test_the_last_words_of_a_long_text_are_the_ones_that_are_read() -> None:
    """The network was taught on the ends of long texts."""
    long = ABUSE.places(["the " * 500 + "idiot"])

    assert long.shape == (1, LENGTH)
    assert long[0, -1] == ABUSE.places(["idiot"])[0, -1] != 0


def test_no_text_gives_no_rows() -> None:
    """An empty batch is no fault."""
    assert ABUSE.scores([]).shape == (0, len(COLUMNS))
    assert MEANING.encode([]).shape == (0, WIDTH)


def test_texts_of_one_meaning_are_nearer_than_others() -> None:
    """That is what the encoder is for."""
    ankle, swollen, bus = MEANING.encode(["my ankle is swollen", "ankle swelled up today", "the bus leaves at four"])

    assert ankle @ swollen > ankle @ bus + 0.5


def test_the_compact_encoder_is_written_the_same_again() -> None:
    """Its hash stands in the manifest, so that everybody reads with the same numbers."""
    assert sha256(compact(encoder(), TUNING)).hexdigest() == manifest()["encoder"]["compact"]


def test_the_exact_encoder_is_the_packages_own() -> None:
    """Written anew, but untuned and not rounded: the last depth is the sentence embedding that the package gives."""
    exact = Meaning(compact(encoder(), {}, rounded=False), artefact("tokenizer.json"))
    plain = Meaning(compact(encoder(), {}), artefact("tokenizer.json"))
    words = MEANING.words("your ankle needs ice")
    ids = np.array([words], np.int64)
    feed = {"input_ids": ids, "attention_mask": np.ones_like(ids), "token_type_ids": np.zeros_like(ids)}
    mean = open_session(encoder()).run(None, feed)[0][0].mean(axis=0)

    ours = exact.encode(["your ankle needs ice"])[0]

    assert np.allclose(ours[-384:], mean / np.linalg.norm(mean), atol=1e-5)
    assert ours @ plain.encode(["your ankle needs ice"])[0] > 0.97 * 3  # each depth has length 1


def test_what_was_learned_is_added_to_every_step() -> None:
    """A step that was left out would read as the encoder comes, and the heads were not taught for that."""
    plain, tuned = Encoder(encoder(), {}), Encoder(encoder(), TUNING)
    steps = [(layer, step) for layer in range(LAYERS) for step in STEPS]

    added = {
        f"{layer}.{step}": tuned.linear(layer, step).weights - plain.linear(layer, step).weights
        for layer, step in steps
    }

    assert TUNING.keys() == added.keys()
    assert all(
        np.allclose(added[name], each.product()) and np.abs(added[name]).max() > 0 for name, each in TUNING.items()
    )


def test_what_is_rounded_stays_near_what_is_not() -> None:
    """With what was learned as without."""
    exact = Meaning(compact(encoder(), TUNING, rounded=False), artefact("tokenizer.json"))
    texts = ["your ankle needs ice", "see you at practice", "dont tell anyone about this"]

    assert ((exact.encode(texts) * MEANING.encode(texts)).sum(axis=1) > 0.97 * 3).all()


def test_an_addition_is_the_same_whatever_the_order() -> None:
    """The hash of what is written must be the same on every machine, and machines add in different orders."""
    for each in TUNING.values():
        mixed = np.random.default_rng(7).permutation(each.up.shape[0])

        assert np.array_equal(each.product(), LowRank(each.down[:, mixed], each.up[mixed]).product())


def test_a_step_that_the_encoder_does_not_have_is_refused() -> None:
    """It would be added to nothing, and nobody would know."""
    content = BytesIO()
    tables: dict[str, Any] = {"0.attentoin.down": np.zeros((2, 1)), "0.attentoin.up": np.zeros((1, 2))}
    np.savez(content, **tables)

    with pytest.raises(ConfigurationError, match=r"0\.attentoin"):
        read_tuning(content.getvalue())


def test_a_mark_that_is_typed_is_a_word_like_others() -> None:
    """Whoever types the tokenizer's own marks must not end the text for the encoder."""
    assert len(MEANING.words("[SEP]")) > 3


def test_short_texts_are_read_whole_and_long_ones_in_parts() -> None:
    """One sentence about a knee would be lost in the mean of a long letter."""
    letter = "The bus leaves at four. " * 60

    assert windows("short") == ("short",)
    assert "".join(windows(letter)) == letter
    assert max(map(len, windows(letter))) <= WINDOW


def test_an_endless_text_costs_no_more_than_its_beginning_and_end() -> None:
    """100 KB of text must not hold up everybody else."""
    parts = windows("word " * 20_000)

    assert len(parts) == FIRST_WINDOWS + LAST_WINDOWS
    assert len(windows("x" * 100_000)) == FIRST_WINDOWS + LAST_WINDOWS
