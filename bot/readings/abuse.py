"""How abusive a text is, by six labels of a small recurrent network that others trained (MIT; `model/NOTICE.md`)."""

from collections.abc import Iterator, Sequence
from itertools import islice
from typing import Final

import numpy as np
from numpy.typing import NDArray

from bot.readings.session import open_session

COLUMNS: Final = ("toxic", "severe_toxic", "obscene", "threat", "insult", "identity_hate")
LENGTH: Final = 100
"""Words the network looks at: the last ones of a text; a shorter text is filled up with zeroes in front."""
BATCH: Final = 32
MOST_CHARACTERS: Final = 4_000
"""More than the last so many characters of a text are not taken apart: they hold more than `LENGTH` words."""

_PARTED: Final = str.maketrans(dict.fromkeys('!"#$%&()*+,-./:;<=>?@[\\]^_`{|}~\t\n', " "))


class Abuse:
    """The network with its vocabulary. One thread, no randomness: a text has one score, whatever stands beside it."""

    def __init__(self, model: bytes, vocabulary: bytes) -> None:
        """Take the network (ONNX) and its words, one a line, the most frequent first."""
        self._session = open_session(model)
        self._places = {word: place for place, word in enumerate(vocabulary.decode().splitlines(), start=1)}

    def scores(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Give one row of six scores from 0 to 1 a text, in the order of `COLUMNS`: shape (texts, 6)."""
        rows = self.places(texts)
        batches = [self._session.run(None, {"words": rows[start : start + BATCH]})[0] for start in _starts(len(rows))]
        return np.concatenate(batches) if batches else np.empty((0, len(COLUMNS)), np.float32)

    def places(self, texts: Sequence[str]) -> NDArray[np.int32]:
        """Give what the network is fed: the places of a text's last words, zeroes in front: shape (texts, 100)."""
        rows = np.zeros((len(texts), LENGTH), np.int32)
        for row, text in zip(rows, texts, strict=True):
            places = self._read(text)
            row[LENGTH - len(places) :] = places
        return rows

    def _read(self, text: str) -> list[int]:
        """Give the places of the last words that the network knows; others are passed over."""
        words = reversed(text[-MOST_CHARACTERS:].lower().translate(_PARTED).split(" "))
        known = (place for word in words if (place := self._places.get(word)))
        return list(islice(known, LENGTH))[::-1]


def _starts(count: int) -> Iterator[int]:
    yield from range(0, count, BATCH)
