"""A scorer from a folder: `model.onnx`, `tokenizer.json` and `labels.json`. It runs here and opens no connection.

`labels.json` says what the columns of the model's first output mean:

    {"name": "...", "version": "...", "licence": "...", "labels": ["harassment", null, "threat"], "logits": true}

A column of null is passed over. `logits` says whether the columns still have to be brought between 0 and 1, each by
itself. Where the settings give the SHA-256 of `model.onnx`, another file is refused.
"""

import hashlib
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Final

import msgspec
import numpy as np
from numpy.typing import NDArray
from tokenizers import Tokenizer

from bot.errors import ConfigurationError
from bot.readings.labels import Label
from bot.readings.outside import TRIAL, Question, ScorerError
from bot.readings.session import open_session

MOST_TOKENS: Final = 256
FILES: Final = ("model.onnx", "tokenizer.json", "labels.json")


class _Labels(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    name: str
    version: str
    licence: str
    labels: list[Label | None]
    logits: bool = True


class FolderScorer:
    """Fits the port `Scorer`."""

    leaves_premises = False

    def __init__(self, folder: Path, sha256: str = "") -> None:
        """Open the folder. Raises `ConfigurationError` with what is missing or does not fit."""
        model, tokenizer, labels = (_content(folder / name) for name in FILES)
        if sha256 and hashlib.sha256(model).hexdigest() != sha256.lower():
            raise ConfigurationError(
                f"{folder / FILES[0]} is not the file whose SHA-256 stands in reading.scorer.sha256. Bring that file "
                "back, or look at this one and write down its own."
            )
        told = _labels(folder / "labels.json", labels)
        self.name, self.version, self.licence = told.name, told.version, told.licence
        self._labels, self._logits = told.labels, told.logits
        self.labels = frozenset(label for label in told.labels if label is not None)
        if not self.labels:
            raise ConfigurationError(f"{folder / 'labels.json'} names no label of ours, so the scorer knows nothing.")
        try:
            self._session = open_session(model)
            self._tokenizer: Tokenizer = Tokenizer.from_str(tokenizer.decode())
        except Exception as error:  # whatever either library raises, it is told in a sentence at start
            raise ConfigurationError(
                f"{folder}: the model or its tokenizer cannot be opened. Export both anew as ONNX and tokenizer.json."
            ) from error
        self._tokenizer.enable_truncation(MOST_TOKENS)
        self._tokenizer.enable_padding()
        self._inputs = {each.name for each in self._session.get_inputs()}
        self._try_out(folder)

    def _try_out(self, folder: Path) -> None:
        """Run the model once, so that what cannot work is refused before anything starts."""
        try:
            self.score([TRIAL])
        except Exception as error:  # the same of a model that takes or gives something else
            raise ConfigurationError(
                f"{folder}: the model does not give {len(self._labels)} numbers for a text, one for each entry of "
                "labels.json, from input_ids, attention_mask and token_type_ids. Export it anew, or mend labels.json."
            ) from error

    def score(self, batch: Sequence[Question]) -> list[Mapping[Label, float]]:
        """Score texts by themselves; what was written before is not looked at."""
        if not batch:
            return []
        rows = self._session.run(None, self._feed([each.text for each in batch]))[0]
        if rows.shape != (len(batch), len(self._labels)):
            raise ScorerError(
                f"{self.name}: the model gives {rows.shape} numbers, labels.json names {len(self._labels)}"
            )
        sure = 1 / (1 + np.exp(-np.clip(rows, -30, 30))) if self._logits else rows
        return [self._named(row) for row in sure.tolist()]

    def _feed(self, texts: Sequence[str]) -> dict[str, NDArray[np.int64]]:
        encoded = self._tokenizer.encode_batch([_whole(each) for each in texts])
        ids = np.array([each.ids for each in encoded], np.int64)
        mask = np.array([each.attention_mask for each in encoded], np.int64)
        every = {"input_ids": ids, "attention_mask": mask, "token_type_ids": np.zeros_like(ids)}
        return {name: array for name, array in every.items() if name in self._inputs}

    def _named(self, row: Sequence[float]) -> dict[Label, float]:
        return {label: value for label, value in zip(self._labels, row, strict=True) if label is not None}


def _whole(text: str) -> str:
    """Put a question mark for half a pair of surrogates, which no tokenizer takes."""
    return text.encode("utf-8", "replace").decode()


def _content(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise ConfigurationError(f"{path} cannot be read. An outside scorer needs {', '.join(FILES)}.") from error


def _labels(path: Path, content: bytes) -> _Labels:
    try:
        return msgspec.json.decode(content, type=_Labels)
    except (msgspec.MsgspecError, UnicodeDecodeError) as error:
        known: Any = ", ".join(Label)
        raise ConfigurationError(f"{path}: {error}. It needs name, version, licence and labels of: {known}.") from error
