"""Writes the encoder anew as a network four times as quick: its weights, with what was learned added, and fewer steps.

The package's file turns its int8 weights into floating-point numbers first and then reckons with those, for each text
anew. Here the weights stay whole numbers and what flows between them is rounded to eight bits on the way (*dynamic
quantisation*); attention is one step in place of some forty; and the mean over the words, scaled to length 1, is
reckoned inside. The weights are rounded to seven bits: with eight, processors without instructions of their own for it
run over where they add two products in sixteen bits, and what is sure on one machine would be doubtful on another.
The mean is taken at three depths: what a sentence says in which words is plainer half way through than at the
end, where only the topic is left. Only text by text: there is no mask for texts of different length beside each
other.

What the encoder learned of a school's own topics comes beside it (`tuning`), and is added to its weights here.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final, NamedTuple

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

from bot.readings.tuning import STEPS, Array, Tuning

LAYERS: Final = 6
DEPTHS: Final = (2, 4, 6)
"""After which layers the mean over the words is taken."""
ATTENTION_HEADS: Final = 12
LAYER_WIDTH: Final = 384
"""Numbers of each word."""
LARGEST: Final = 64
"""A weight in seven bits. Two products with eight bits, 2 * 255 * 64, still fit into sixteen."""
_EPSILON: Final = 1e-12
_OURS: Final = "com.microsoft"
"""The name under which onnxruntime keeps its own steps."""


class Linear(NamedTuple):
    """A linear step: weights (in, out) in double precision, a bias."""

    weights: Array
    bias: Array

    def rounded(self) -> tuple[Array, Array, Array]:
        """Give whole weights of seven bits, a scale for each column, the bias."""
        scale = np.abs(self.weights).max(axis=0).clip(_EPSILON) / LARGEST
        return np.rint(self.weights / scale).astype(np.int8), scale.astype(np.float32), self.bias


class Encoder:
    """The numbers of the encoder as its package names them, with what was learned added."""

    def __init__(self, shipped: bytes, tuning: Tuning) -> None:
        """Take the package's file, and what was learned: nothing, where the encoder is wanted as it comes."""
        graph = onnx.load_from_string(shipped).graph
        self.arrays: dict[str, Array] = {each.name: numpy_helper.to_array(each) for each in graph.initializer}
        added = {node.input[0]: node.input[1] for node in graph.node if node.op_type == "Add"}
        added |= {node.input[1]: node.input[0] for node in graph.node if node.op_type == "Add"}
        self._weights: Mapping[str, str] = {
            added[node.output[0]]: node.input[1]
            for node in graph.node
            if node.op_type == "MatMul" and added.get(node.output[0], "") in self.arrays
        }
        self._tuning = tuning

    def linear(self, layer: int, step: str) -> Linear:
        """Give a step of a layer, with what was learned."""
        parts = [self._linear(f"{_name(layer)}.{part}") for part in STEPS[step]]
        weights, bias = (np.concatenate(each, axis=-1) for each in zip(*parts, strict=True))
        learned = self._tuning.get(f"{layer}.{step}")
        return Linear(weights if learned is None else weights + learned.product(), bias)

    def _linear(self, name: str) -> Linear:
        weights = self._weights[f"{name}.bias"]
        scale = self.arrays[f"{weights}_scale"].reshape(-1).astype(np.float64)
        return Linear(self.arrays[f"{weights}_q"] * scale, self.arrays[f"{name}.bias"])

    def _norm(self, name: str) -> tuple[Array, Array]:
        """Give gain and bias of a step that evens numbers out."""
        return self.arrays[f"{name}.LayerNorm.weight"], self.arrays[f"{name}.LayerNorm.bias"]

    def settled(self, layer: int, *, attended: bool) -> tuple[Array, Array]:
        """Give gain and bias of the step after attention, or at the end of a layer."""
        return self._norm(f"{_name(layer)}.{'attention.output' if attended else 'output'}")

    def words(self) -> tuple[Array, Array]:
        """Give the table of words as int8 (words, 384), and a scale for each (words, 1)."""
        name = f"{_EMBEDDINGS}.word_embeddings"
        return self.arrays[f"{name}.weight_q"], self.arrays[f"{name}.weight_scale"]

    def places(self) -> Array:
        """Give the table of places, float32 (places, 384), with what says that there is one sentence added."""
        name = f"{_EMBEDDINGS}.position_embeddings"
        table = self.arrays[f"{name}.weight_q"] * self.arrays[f"{name}.weight_scale"]
        whole: Array = (table + self.arrays[f"{_EMBEDDINGS}.token_type_embeddings.weight"][:1]).astype(np.float32)
        return whole

    def begun(self) -> tuple[Array, Array]:
        """Give gain and bias of the step after both tables."""
        return self._norm(_EMBEDDINGS)


_EMBEDDINGS: Final = "inner.embeddings"


def _name(layer: int) -> str:
    return f"inner.encoder.layer.{layer}"


class _Graph:
    """Steps and weights, as they are written one after the other; nothing is kept twice."""

    def __init__(self, *, rounded: bool) -> None:
        self.rounded = rounded
        words = helper.make_tensor_value_info("words", TensorProto.INT32, [1, "length"])
        meaning = helper.make_tensor_value_info("meaning", TensorProto.FLOAT, [1, LAYER_WIDTH * len(DEPTHS)])
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

    def linear(self, value: str, step: Linear) -> str:
        if not self.rounded:
            product = self.one("MatMul", value, self.keep(step.weights.astype(np.float32)))
            return self.one("Add", product, self.keep(step.bias))
        weights, scale, bias = map(self.keep, step.rounded())
        return self.one("DynamicQuantizeMatMul", value, weights, scale, "", bias, domain=_OURS)

    def attention(self, value: str, step: Linear) -> str:
        if not self.rounded:
            whole, bias = self.keep(step.weights.astype(np.float32)), self.keep(step.bias)
            return self.one("Attention", value, whole, bias, domain=_OURS, num_heads=ATTENTION_HEADS)
        weights, scale, bias, zero = map(self.keep, (*step.rounded(), np.zeros(3 * LAYER_WIDTH, np.int8)))
        rounded, size, middle = self.step("DynamicQuantizeLinear", [value], outputs=3)
        inputs = (rounded, weights, bias, size, scale, "", middle, zero)
        return self.one("QAttention", *inputs, domain=_OURS, num_heads=ATTENTION_HEADS)

    def norm(self, value: str, numbers: tuple[Array, Array]) -> str:
        gain, bias = map(self.keep, numbers)
        return self.one("LayerNormalization", value, gain, bias, axis=-1, epsilon=_EPSILON)


def compact(shipped: bytes, tuning: Tuning, *, rounded: bool = True) -> bytes:
    """Write the package's encoder anew: int32 `words` (1, length) to float32 `meaning` (1, 1152). The same bytes again.

    Without rounding it reckons in floating-point numbers, as the package does: to compare with.
    """
    model = _anew(Encoder(shipped, tuning), rounded=rounded)
    written: bytes = model.SerializeToString(deterministic=True)
    return written


def _anew(encoder: Encoder, *, rounded: bool) -> onnx.ModelProto:
    """Write it step by step. What it was written from is let go before it is turned into bytes."""
    graph = _Graph(rounded=rounded)
    value = _embedded(graph, encoder)
    means = []
    for number in range(LAYERS):
        value = _layer(graph, encoder, number, value)
        if number + 1 in DEPTHS:
            mean = graph.one("ReduceMean", value, axes=[1], keepdims=0)
            means.append(graph.one("LpNormalization", mean, axis=1, p=2))
    graph.nodes.append(helper.make_node("Concat", means, ["meaning"], axis=1))
    return graph.model


def _embedded(graph: _Graph, encoder: Encoder) -> str:
    """Look up words and places, and add them."""
    start = graph.keep(np.zeros(1, np.int64))
    length = graph.one(
        "Slice", graph.one("Shape", "words"), graph.keep(np.ones(1, np.int64)), graph.keep(np.full(1, 2))
    )
    words = graph.one("Mul", *_rows(graph, *encoder.words()))
    places = graph.one("Slice", graph.keep(encoder.places()), start, length)
    return graph.norm(graph.one("Add", words, places), encoder.begun())


def _rows(graph: _Graph, table: Array, scale: Array) -> Iterator[str]:
    """Look up rows of int8 numbers and the scale of each, so that only those rows become floating-point numbers."""
    yield graph.one("Cast", graph.one("Gather", graph.keep(table), "words"), to=TensorProto.FLOAT)
    yield graph.one("Gather", graph.keep(scale), "words")


def _layer(graph: _Graph, encoder: Encoder, number: int, value: str) -> str:
    attention = graph.attention(value, encoder.linear(number, "attention"))
    attended = graph.linear(attention, encoder.linear(number, "attended"))
    value = graph.norm(graph.one("Add", attended, value), encoder.settled(number, attended=True))
    wide = graph.one("Gelu", graph.linear(value, encoder.linear(number, "wide")), domain=_OURS)
    narrow = graph.linear(wide, encoder.linear(number, "narrow"))
    return graph.norm(graph.one("Add", narrow, value), encoder.settled(number, attended=False))
