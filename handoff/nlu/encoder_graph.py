"""Writes all-MiniLM-L6-v2 (BERT, mean pooling, unit length) as an ONNX graph from its published weights.

Attention and GELU are ONNX Runtime's own fused operators: what its optimiser would make of the plain ones, and the form
in which ``quantize_dynamic`` turns a whole attention block into int8. The layer norm is the plain one: it is
vectorised, while ONNX Runtime 1.32's fusion of it with the sums before goes number by number and takes a sixth of the
encoder's time.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

from handoff.nlu.encoder_graph_names import (
    ATTENTION_MASK,
    EMBEDDING,
    INPUT_IDS,
    MIDDLE_EMBEDDING,
    TOKEN_EMBEDDINGS,
)

LAYERS = 6
MIDDLE_LAYER = 4
"""After this one the tokens are taken for ``middle_embedding``. The last layers were trained to make paraphrases alike
and drop what distinguishes neighbouring intents: with layer 4 beside the end, a linear classifier of CLINC150's
validation part is wrong in 3.0 % instead of 3.4 %; layers 3 and 5, and several at once, gain as much or less."""
HEADS = 12
HIDDEN = 384
LAYER_NORM_EPSILON = 1e-12  # config.json of the model
SMALLEST_NORM = 1e-12  # keeps an all-zero vector from dividing by zero, as torch.nn.functional.normalize does
SMALLEST_TOKEN_COUNT = 1e-9  # the same for mean pooling over a fully masked row

OPSET = 17
IR_VERSION = 8  # belongs to opset 17, so that older runtimes load the file too
FUSED_OPERATORS = "com.microsoft"

Weights = Mapping[str, np.ndarray]


def build_graph(weights: Weights) -> onnx.ModelProto:
    """Return the float32 model.

    Args:
        weights: tensors by their names in the published ``model.safetensors``.

    Returns:
        A model with inputs ``input_ids`` and ``attention_mask`` (int64, [batch, tokens]) and the outputs ``embedding``
        and ``middle_embedding`` (float32, [batch, 384], rows of length 1: the means of the tokens after the last layer
        and after ``MIDDLE_LAYER``) and ``token_embeddings`` (float32, [batch, tokens, 384]).

    Raises:
        KeyError: a tensor is missing.
    """
    graph = _Graph(weights)
    mask = graph.node("Cast", [ATTENTION_MASK], to=TensorProto.INT32)
    hidden = _embed(graph)
    for layer in range(LAYERS):
        output = TOKEN_EMBEDDINGS if layer == LAYERS - 1 else ""
        hidden = _layer(graph, f"encoder.layer.{layer}", hidden, mask, output)
        if layer == MIDDLE_LAYER - 1:
            middle = hidden
    pool = _Pool(graph)
    pool.mean(middle, MIDDLE_EMBEDDING)
    pool.mean(hidden, EMBEDDING)

    shape = ["batch", "tokens"]
    inputs = [helper.make_tensor_value_info(name, TensorProto.INT64, shape) for name in (INPUT_IDS, ATTENTION_MASK)]
    outputs = [
        helper.make_tensor_value_info(EMBEDDING, TensorProto.FLOAT, ["batch", HIDDEN]),
        helper.make_tensor_value_info(MIDDLE_EMBEDDING, TensorProto.FLOAT, ["batch", HIDDEN]),
        helper.make_tensor_value_info(TOKEN_EMBEDDINGS, TensorProto.FLOAT, [*shape, HIDDEN]),
    ]
    opsets = [helper.make_opsetid("", OPSET), helper.make_opsetid(FUSED_OPERATORS, 1)]
    body = helper.make_graph(graph.nodes, "all-MiniLM-L6-v2", inputs, outputs, graph.constants)
    return helper.make_model(body, opset_imports=opsets, ir_version=IR_VERSION, producer_name="handoff")


class _Graph:
    """Collects nodes and constants, and names what is between them."""

    def __init__(self, weights: Weights) -> None:
        self.weights = weights
        self.nodes: list[onnx.NodeProto] = []
        self.constants: list[onnx.TensorProto] = []

    def node(self, operator: str, inputs: list[str], output: str = "", domain: str = "", **attributes: object) -> str:
        """Append a node with one output and return the output's name."""
        name = f"{operator}_{len(self.nodes)}"
        output = output or f"{name}_out"
        self.nodes.append(helper.make_node(operator, inputs, [output], name=name, domain=domain, **attributes))
        return output

    def constant(self, value: np.ndarray, name: str) -> str:
        """Store a constant and return its name."""
        self.constants.append(numpy_helper.from_array(np.ascontiguousarray(value), name))
        return name

    def weight(self, name: str) -> str:
        """Store a published tensor as it is."""
        return self.constant(self.weights[name], name)

    def linear(self, name: str, value: str) -> str:
        """``value @ weight.T``; the bias is left to what follows."""
        return self.node("MatMul", [value, self.constant(self.weights[f"{name}.weight"].T, f"{name}.weight")])

    def add_and_normalise(self, name: str, value: str, residual: str, bias: str, output: str = "") -> str:
        """``layer_norm(value + bias + residual)``."""
        scale, shift = self.weight(f"{name}.weight"), self.weight(f"{name}.bias")
        total = self.node("Add", [self.node("Add", [value, self.weight(bias)]), residual])
        return self.node("LayerNormalization", [total, scale, shift], output, axis=-1, epsilon=LAYER_NORM_EPSILON)


def _embed(graph: _Graph) -> str:
    weights = graph.weights
    words = graph.node("Gather", [graph.weight("embeddings.word_embeddings.weight"), INPUT_IDS])
    # every token is of type 0, so that its vector can be part of the positions'
    table = weights["embeddings.position_embeddings.weight"] + weights["embeddings.token_type_embeddings.weight"][0]
    tokens = graph.node("Gather", [graph.node("Shape", [INPUT_IDS]), graph.constant(np.array([1]), "axis_tokens")])
    positions = graph.node(
        "Slice", [graph.constant(table, "position_and_type"), graph.constant(np.array([0]), "first_position"), tokens]
    )
    return graph.node(
        "LayerNormalization",
        [
            graph.node("Add", [words, positions]),
            graph.weight("embeddings.LayerNorm.weight"),
            graph.weight("embeddings.LayerNorm.bias"),
        ],
        axis=-1,
        epsilon=LAYER_NORM_EPSILON,
    )


def _layer(graph: _Graph, name: str, hidden: str, mask: str, output_name: str) -> str:
    parts = [f"{name}.attention.self.{part}" for part in ("query", "key", "value")]
    weight = np.concatenate([graph.weights[f"{part}.weight"].T for part in parts], axis=1)
    bias = np.concatenate([graph.weights[f"{part}.bias"] for part in parts])
    attention = graph.node(
        "Attention",
        [hidden, graph.constant(weight, f"{name}.qkv.weight"), graph.constant(bias, f"{name}.qkv.bias"), mask],
        domain=FUSED_OPERATORS,
        num_heads=HEADS,
    )
    output = f"{name}.attention.output"
    attended = graph.linear(f"{output}.dense", attention)
    attended = graph.add_and_normalise(f"{output}.LayerNorm", attended, hidden, f"{output}.dense.bias")

    inner = graph.linear(f"{name}.intermediate.dense", attended)
    inner = graph.node("BiasGelu", [inner, graph.weight(f"{name}.intermediate.dense.bias")], domain=FUSED_OPERATORS)
    outer = graph.linear(f"{name}.output.dense", inner)
    return graph.add_and_normalise(
        f"{name}.output.LayerNorm", outer, attended, f"{name}.output.dense.bias", output_name
    )


class _Pool:
    """Mean over the real tokens, then unit length."""

    def __init__(self, graph: _Graph) -> None:
        self._graph = graph
        self._last_axis = graph.constant(np.array([-1]), "axis_last")
        self._token_axis = graph.constant(np.array([1]), "axis_pool")
        mask = graph.node("Cast", [ATTENTION_MASK], to=TensorProto.FLOAT)
        self._column = graph.node("Unsqueeze", [mask, self._last_axis])
        count = graph.node("ReduceSum", [mask, self._token_axis], keepdims=1)
        least = graph.constant(np.array(SMALLEST_TOKEN_COUNT, dtype=np.float32), "smallest_token_count")
        self._count = graph.node("Max", [count, least])
        self._floor = graph.constant(np.array(SMALLEST_NORM, dtype=np.float32), "smallest_norm")

    def mean(self, hidden: str, output: str) -> None:
        """Pool ``hidden`` [batch, tokens, dimensions] into the ``output`` of this name."""
        node = self._graph.node
        total = node("ReduceSum", [node("Mul", [hidden, self._column]), self._token_axis], keepdims=0)
        mean = node("Div", [total, self._count])
        square = node("ReduceSum", [node("Mul", [mean, mean]), self._last_axis], keepdims=1)
        node("Div", [mean, node("Max", [node("Sqrt", [square]), self._floor])], output=output)
