"""How fast texts are read for what they are about, beside the encoder as its package brings it."""

import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from statistics import quantiles
from time import perf_counter
from typing import Any, Final

import numpy as np
from tokenizers import Tokenizer

from bot.readings.artefacts import artefact, encoder
from bot.readings.clues import Clues
from bot.readings.labels import Setting
from bot.readings.models import Models, open_models
from bot.readings.personal import Known
from bot.readings.session import open_session
from bot.readings.topics import Topics
from models.labelled import read

DEV: Final = Path(__file__).parent.parent / "models" / "dev"
YEAR: Final = 2026
BATCH: Final = 16
"""How many texts are read together, as in `bot.study`."""
GATED: Final = 5
"""In a burst the models read one text of so many at once."""


@dataclass(frozen=True, slots=True)
class Readers:
    """Texts of the dev set, and each way of reading them. Every way but `alone` gives texts a second."""

    texts: tuple[str, ...]
    settings: tuple[Setting, ...]
    whole: Topics
    clues: Topics

    @classmethod
    def over(cls, folder: Path, count: int) -> "Readers":
        """Take so many texts of the dev set, files in turn, and open the models."""
        rows = list(read(sorted(folder.glob("*.jsonl"))))
        picked = rows[:: max(1, len(rows) // count)][:count]
        found = Clues(Known())
        texts, settings = tuple(row.text for row in picked), tuple(row.setting for row in picked)
        return cls(texts, settings, Topics(found, models()), Topics(found))

    def full(self) -> float:
        """Read everything, models too."""
        return self._every(self.whole, 1)

    def fast(self) -> float:
        """Read by clues alone, which is what a post waits for when there are too many."""
        return self._every(self.clues, 1)

    def gated(self) -> float:
        """Read everything by clues, and a fifth by the models."""
        start = perf_counter()
        self._read(self.clues, self.texts, self.settings)
        self._read(self.whole, self.texts[::GATED], self.settings[::GATED])
        return len(self.texts) / (perf_counter() - start)

    def alone(self) -> tuple[float, float]:
        """Read everything text by text: the median and the 99th percentile, in ms."""
        took = []
        for text, setting in zip(self.texts, self.settings, strict=True):
            start = perf_counter()
            self.whole.read([text], [setting], YEAR)
            took.append(1e3 * (perf_counter() - start))
        cuts = quantiles(took, n=100)
        return cuts[49], cuts[98]

    def _every(self, topics: Topics, step: int) -> float:
        start = perf_counter()
        self._read(topics, self.texts[::step], self.settings[::step])
        return len(self.texts) / (perf_counter() - start)

    def _read(self, topics: Topics, texts: Sequence[str], settings: Sequence[Setting]) -> None:
        for first in range(0, len(texts), BATCH):
            topics.read(texts[first : first + BATCH], settings[first : first + BATCH], YEAR)


@dataclass(frozen=True, slots=True)
class Shipped:
    """The encoder as its package brings it, text by text, and nothing else."""

    texts: tuple[str, ...]
    session: Any
    tokenizer: Tokenizer

    @classmethod
    def over(cls, texts: tuple[str, ...]) -> "Shipped":
        """Open it."""
        tokenizer: Tokenizer = Tokenizer.from_str(artefact("tokenizer.json").decode())
        tokenizer.no_padding()
        tokenizer.enable_truncation(256)
        return cls(texts, open_session(encoder()), tokenizer)

    def speed(self) -> float:
        """Encode: texts a second."""
        start = perf_counter()
        for text in self.texts:
            ids = np.array([self.tokenizer.encode(text).ids], np.int64)
            feed = {"input_ids": ids, "attention_mask": np.ones_like(ids), "token_type_ids": np.zeros_like(ids)}
            self.session.run(None, feed)[0][0].mean(axis=0)
        return len(self.texts) / (perf_counter() - start)


@cache
def models() -> Models:
    """Open the models. Where they are missing, say how to get them and end."""
    opened, remark = open_models()
    if opened is None:
        raise SystemExit(f"{remark.what} {remark.mend}")
    return opened


MEMORY: Final = """
import resource, sys
from bot.readings.clues import Clues
from bot.readings.personal import Known
from bot.readings.topics import Topics
from bot.readings.labels import Listeners, Setting, Speaker
clues = Clues(Known())
def now():
    return int(open("/proc/self/statm").read().split()[1]) * resource.getpagesize() / 1e6
before = now()
from bot.readings.models import open_models
topics = Topics(clues, open_models().models)
topics.read(["How is the ankle today?"] * 16, [Setting(Speaker.COACH, Listeners.DM_TO_STUDENT)] * 16, 2026)
print(now() - before)
"""


def memory() -> float:
    """Open the models in a process of its own and read a few texts: MB more than with clues alone. Linux only."""
    told = subprocess.run([sys.executable, "-c", MEMORY], capture_output=True, text=True, check=True)
    return float(told.stdout)
