"""Writes the encoder anew as a network four times as quick: the same weights, fewer steps.

The package's file turns its int8 weights into floating-point numbers first and then reckons with those, for each text
anew. Here the weights stay whole numbers and what flows between them is rounded to eight bits on the way (*dynamic
quantisation*); attention is one step in place of some forty; and the mean over the words, scaled to length 1, is
reckoned inside. The weights are rounded to seven bits: with eight, processors without instructions of their own for it
run over where they add two products in sixteen bits, and what is sure on one machine would be doubtful on another.
The mean is taken at three depths: what a sentence says in which words is plainer half way through than at the
end, where only the topic is left. Only text by text: there is no mask for texts of different length beside each
other.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final, NamedTuple

import numpy as np
import onnx
from numpy.typing import NDArray
from onnx import TensorProto, helper, numpy_helper

LAYERS: Final = 6
DEPTHS: Final = (2, 4, 6)
"""After which layers the mean over the words is taken."""
HEADS: Final = 12
WIDTH: Final = 384
LARGEST: Final = 64
"""A weight in seven bits. Two products with eight bits, 2 * 255 * 64, still fit into sixteen."""
_EPSILON: Final = 1e-12
_OURS: Final = "com.microsoft"
"""The name under which onnxruntime keeps its own steps."""

Array = NDArray[Any]


class _Linear(NamedTuple):
    """A linear step: whole weights (in, out), a scale for each column, a bias."""

    weights: Array
    scale: Array
    bias: Array

    def rounded(self) -> "_Linear":
        """Give the same with weights of seven bits."""
        widest = np.abs(self.weights.astype(np.float32)).max(axis=0).clip(1)
        weights = np.rint(self.weights * (LARGEST / widest)).astype(np.int8)
        return _Linear(weights, (self.scale * (widest / LARGEST)).astype(np.float32), self.bias)


class _Shipped:
    """The weights as the package names them."""

    def __init__(self, model: onnx.ModelProto) -> None:
        self.arrays: dict[str, Array] = {each.name: numpy_helper.to_array(each) for each in model.graph.initializer}
        added = {node.input[0]: node.input[1] for node in model.graph.node if node.op_type == "Add"}
        added |= {node.input[1]: node.input[0] for node in model.graph.node if node.op_type == "Add"}
        self._weights: Mapping[str, str] = {
            added[node.output[0]]: node.input[1]
            for node in model.graph.node
            if node.op_type == "MatMul" and added.get(node.output[0], "") in self.arrays
        }

    def linear(self, name: str) -> _Linear:
        weights = self._weights[f"{name}.bias"]
        scale = self.arrays[f"{weights}_scale"].reshape(-1)
        return _Linear(self.arrays[f"{weights}_q"], scale, self.arrays[f"{name}.bias"])


class _Graph:
    """Steps and weights, as they are written one after the other; nothing is kept twice."""

    def __init__(self, *, rounded: bool) -> None:
        self.rounded = rounded
        words = helper.make_tensor_value_info("words", TensorProto.INT32, [1, "length"])
        meaning = helper.make_tensor_value_info("meaning", TensorProto.FLOAT, [1, WIDTH * len(DEPTHS)])
        versions = [helper.make_opsetid("", 17), helper.make_opsetid(_OURS, 1)]
        graph = helper.make_graph([], "meaning", [words], [meaning])
        self.model = helper.make_model(graph, opset_imports=versions, ir_version=8)
        self.nodes, self.arrays = self.model.graph.node, self.model.graph.initializer

    def keep(self, array: Array) -> str:
        name = f"w{len(self.arrays)}"
        self.arrays.append(numpy_helper.from_array(np.ascontiguousarray(array), name))
        return name

    def step(self, kind: str, inputs: Sequence[str], domain: str = "", outputs: int = 1, **settings: Any) -> list[str]:  # noqa: ANN401 (as the library has them)
        names = [f"v{len(self.nodes)}_{number}" for number in range(outputs)]
        self.nodes.append(helper.make_node(kind, inputs, names, domain=domain, **settings))
        return names

    def one(self, kind: str, *inputs: str, domain: str = "", **settings: Any) -> str:  # noqa: ANN401 (as the library has them)
        return self.step(kind, inputs, domain, **settings)[0]

    def linear(self, value: str, step: _Linear) -> str:
        if not self.rounded:
            product = self.one("MatMul", value, self.unrolled(step.weights, step.scale))
            return self.one("Add", product, self.keep(step.bias))
        weights, scale, bias = map(self.keep, step.rounded())
        return self.one("DynamicQuantizeMatMul", value, weights, scale, "", bias, domain=_OURS)

    def unrolled(self, weights: Array, scale: Array) -> str:
        """Give the weights as floating-point numbers, which they become when the network is opened."""
        return self.one("Mul", self.one("Cast", self.keep(weights), to=TensorProto.FLOAT), self.keep(scale))

    def norm(self, value: str, gain: Array, bias: Array) -> str:
        return self.one("LayerNormalization", value, self.keep(gain), self.keep(bias), axis=-1, epsilon=_EPSILON)


def compact(shipped: bytes, *, rounded: bool = True) -> bytes:
    """Write the package's encoder anew: int32 `words` (1, length) to float32 `meaning` (1, 1152). The same bytes again.

    Without rounding it reckons in floating-point numbers, as the package does: to compare with.
    """
    model = _anew(_Shipped(onnx.load_from_string(shipped)), rounded=rounded)
    written: bytes = model.SerializeToString(deterministic=True)
    return written


def _anew(model: _Shipped, *, rounded: bool) -> onnx.ModelProto:
    """Write it step by step. What it was written from is let go before it is turned into bytes."""
    graph = _Graph(rounded=rounded)
    value = _embedded(graph, model.arrays)
    means = []
    for number in range(LAYERS):
        value = _layer(graph, model, f"inner.encoder.layer.{number}", value)
        if number + 1 in DEPTHS:
            mean = graph.one("ReduceMean", value, axes=[1], keepdims=0)
            means.append(graph.one("LpNormalization", mean, axis=1, p=2))
    graph.nodes.append(helper.make_node("Concat", means, ["meaning"], axis=1))
    return graph.model


def _embedded(graph: _Graph, arrays: Mapping[str, Array]) -> str:
    """Look up words and places, and add what says that there is one sentence."""
    name = "inner.embeddings"
    start = graph.keep(np.zeros(1, np.int64))
    length = graph.one(
        "Slice", graph.one("Shape", "words"), graph.keep(np.ones(1, np.int64)), graph.keep(np.full(1, 2))
    )
    words = graph.one("Mul", *_rows(graph, arrays, f"{name}.word_embeddings", "words"))
    table = arrays[f"{name}.position_embeddings.weight_q"] * arrays[f"{name}.position_embeddings.weight_scale"]
    table = table + arrays[f"{name}.token_type_embeddings.weight"][:1]
    places = graph.one("Slice", graph.keep(table.astype(np.float32)), start, length)
    value = graph.one("Add", words, places)
    return graph.norm(value, arrays[f"{name}.LayerNorm.weight"], arrays[f"{name}.LayerNorm.bias"])


def _rows(graph: _Graph, arrays: Mapping[str, Array], name: str, rows: str) -> Iterator[str]:
    """Look up rows of int8 numbers and the scale of each, so that only those rows become floating-point numbers."""
    numbers = graph.one("Gather", graph.keep(arrays[f"{name}.weight_q"]), rows)
    yield graph.one("Cast", numbers, to=TensorProto.FLOAT)
    yield graph.one("Gather", graph.keep(arrays[f"{name}.weight_scale"]), rows)


def _layer(graph: _Graph, model: _Shipped, name: str, value: str) -> str:
    attended = graph.linear(_attention(graph, model, name, value), model.linear(f"{name}.attention.output.dense"))
    value = _settled(graph, model.arrays, f"{name}.attention.output.LayerNorm", attended, value)
    wide = graph.one("Gelu", graph.linear(value, model.linear(f"{name}.intermediate.dense")), domain=_OURS)
    narrow = graph.linear(wide, model.linear(f"{name}.output.dense"))
    return _settled(graph, model.arrays, f"{name}.output.LayerNorm", narrow, value)


def _settled(graph: _Graph, arrays: Mapping[str, Array], name: str, value: str, before: str) -> str:
    return graph.norm(graph.one("Add", value, before), arrays[f"{name}.weight"], arrays[f"{name}.bias"])


def _attention(graph: _Graph, model: _Shipped, name: str, value: str) -> str:
    parts = [model.linear(f"{name}.attention.self.{part}") for part in ("query", "key", "value")]
    joined = _Linear(*(np.concatenate(each, axis=-1) for each in zip(*parts, strict=True)))
    if not graph.rounded:
        whole, added = graph.unrolled(joined.weights, joined.scale), graph.keep(joined.bias)
        return graph.one("Attention", value, whole, added, domain=_OURS, num_heads=HEADS)
    whole, steps, added, zero = map(graph.keep, (*joined.rounded(), np.zeros(3 * WIDTH, np.int8)))
    rounded, step, middle = graph.step("DynamicQuantizeLinear", [value], outputs=3)
    inputs = (rounded, whole, added, step, steps, "", middle, zero)
    return graph.one("QAttention", *inputs, domain=_OURS, num_heads=HEADS)
