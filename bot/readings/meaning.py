"""What a text means, as 1152 numbers: near each other for texts that mean much the same.

The encoder is all-MiniLM-L6-v2 (Apache-2.0). Its int8 weights come with a package, its tokenizer with us. The package's
file is slow, so it is written anew when it is opened (`compact`), which takes some half a second.
"""

from collections.abc import Iterator, Sequence
from typing import Final

import numpy as np
from numpy.typing import NDArray
from tokenizers import Tokenizer

from bot.readings.session import open_session

WIDTH: Final = 1152
"""384 numbers at each of three depths (`compact`)."""
MOST_TOKENS: Final = 256
"""Pieces of words that are read of one text, its begin and end marks among them."""

WINDOW: Final = 120
"""Characters of a long text that are read together: one or two sentences."""
FIRST_WINDOWS: Final = 32
LAST_WINDOWS: Final = 4


class Meaning:
    """The encoder. One thread, text by text: what stands beside a text in a batch never changes its numbers."""

    def __init__(self, model: bytes, tokenizer: bytes) -> None:
        """Take the network as `compact` writes it, and its tokenizer (JSON)."""
        self._session = open_session(model, as_written=True)
        self._tokenizer: Tokenizer = Tokenizer.from_str(tokenizer.decode())
        self._tokenizer.no_padding()
        self._tokenizer.enable_truncation(MOST_TOKENS)
        self._tokenizer.encode_special_tokens = True  # somebody may type [CLS]: it is a word like others

    def encode(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Give one row a text: shape (texts, `WIDTH`)."""
        rows = np.empty((len(texts), WIDTH), np.float32)
        for row, text in zip(rows, texts, strict=True):
            row[:] = self._session.run(None, {"words": np.array([self.words(text)], np.int32)})[0][0]
        return rows

    def words(self, text: str) -> list[int]:
        """Give what the network is fed: the places of a text's pieces of words, between two marks."""
        ids: list[int] = self._tokenizer.encode(text).ids
        return ids


def windows(text: str) -> tuple[str, ...]:
    """Part a text that is too long to be read at once, at blanks. A short one stays whole.

    One sentence about a knee is lost in the mean of a long letter, so a label is as sure as its surest window. Of an
    endless text only the beginning and the end are read here: what people add is at the end, and patterns read it all.
    """
    if len(text) <= 3 * WINDOW:
        return (text,)
    parts = tuple(_parts(text))
    if len(parts) <= FIRST_WINDOWS + LAST_WINDOWS:
        return parts
    return (*parts[:FIRST_WINDOWS], *parts[-LAST_WINDOWS:])


def _parts(text: str) -> Iterator[str]:
    start = 0
    while start < len(text):
        end = start + WINDOW
        if end < len(text):
            blank = max(text.rfind(sign, start + WINDOW // 2, end) for sign in ("\n", ". ", "? ", "! "))
            blank = blank if blank >= 0 else text.rfind(" ", start + WINDOW // 2, end)
            end = blank + 1 if blank >= 0 else end
        yield text[start:end]
        start = end
