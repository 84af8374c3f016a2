"""Reads the weights of tox-block's network from its HDF5 file."""

from io import BytesIO
from typing import Final
from zipfile import ZipFile

import h5py
import numpy as np

from models.abuse import Array

_WEIGHTS: Final = "tox_block/trained_models/lstm_model_0.1.2.h5"


def read_weights(wheel: ZipFile) -> dict[str, Array]:
    """Give the weights by short name: "embedding", "forward/kernel", "dense/bias" and so on."""
    found: dict[str, Array] = {}

    def look(name: str, each: object) -> None:
        if isinstance(each, h5py.Dataset):
            *_, layer, last = name.split("/")
            found[f"{layer.removesuffix('_lstm')}/{last.removesuffix(':0')}"] = np.asarray(each, np.float32)

    with h5py.File(BytesIO(wheel.read(_WEIGHTS)), "r") as file:
        file["model_weights"].visititems(look)
    return found
