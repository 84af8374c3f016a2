"""The two networks: what they read, and that nothing beside a text changes what is read of it."""

from hashlib import sha256

import numpy as np
import pytest

from bot.readings.abuse import COLUMNS, LENGTH, Abuse
from bot.readings.artefacts import artefact, encoder, manifest
from bot.readings.compact import compact
from bot.readings.meaning import FIRST_WINDOWS, LAST_WINDOWS, WIDTH, WINDOW, Meaning, windows
from bot.readings.session import open_session

ABUSE = Abuse(artefact("abuse.onnx"), artefact("abuse.txt"))
MEANING = Meaning(compact(encoder()), artefact("tokenizer.json"))
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
    assert sha256(compact(encoder())).hexdigest() == manifest()["encoder"]["compact"]


def test_the_exact_encoder_is_the_packages_own() -> None:
    """Written anew, but without rounding: the last depth is the sentence embedding that the package gives."""
    exact = Meaning(compact(encoder(), rounded=False), artefact("tokenizer.json"))
    words = MEANING.words("your ankle needs ice")
    ids = np.array([words], np.int64)
    feed = {"input_ids": ids, "attention_mask": np.ones_like(ids), "token_type_ids": np.zeros_like(ids)}
    mean = open_session(encoder()).run(None, feed)[0][0].mean(axis=0)

    ours = exact.encode(["your ankle needs ice"])[0]

    assert np.allclose(ours[-384:], mean / np.linalg.norm(mean), atol=1e-5)
    assert ours @ MEANING.encode(["your ankle needs ice"])[0] > 0.97 * 3  # each depth has length 1


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
