"""What is read of each sample, kept on disk between runs: encoding thousands of texts takes minutes."""

import os
from collections.abc import Sequence
from hashlib import sha256
from pathlib import Path
from typing import Final

import numpy as np

from bot.readings.heads import Floats
from bot.readings.meaning import WIDTH
from bot.readings.networks import Networks

KEPT: Final = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "chaperone-models"
"""Outside the repository; it can be deleted at any time."""


class Readers:
    """Both networks, and what they said before."""

    def __init__(self, networks: Networks, version: str, folder: Path = KEPT) -> None:
        """Take the networks, and a version that changes when they do."""
        self.networks = networks
        self._path = folder / f"{version[:16]}.npz"
        self._known: dict[str, Floats] = {}
        if self._path.exists():
            with np.load(self._path, allow_pickle=False) as file:
                self._known = dict(zip(file["keys"].tolist(), file["rows"], strict=True))

    def read(self, texts: Sequence[str]) -> tuple[Floats, Floats]:
        """Give meaning (n, 1152) and abuse (n, 6) of texts as they were typed."""
        texts = [self.networks.view(text) for text in texts]
        keys = [sha256(text.encode("utf-8", "replace")).hexdigest()[:24] for text in texts]
        new = {key: text for key, text in zip(keys, texts, strict=True) if key not in self._known}
        if new:
            rows = np.concatenate(self.networks.read([*new.values()]), axis=1)
            self._known |= dict(zip(new, rows, strict=True))
            self._path.parent.mkdir(parents=True, exist_ok=True)
            np.savez(self._path, keys=np.array([*self._known]), rows=np.stack([*self._known.values()]))
        whole = np.stack([self._known[key] for key in keys])
        return whole[:, :WIDTH], whole[:, WIDTH:]
