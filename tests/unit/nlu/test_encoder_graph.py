"""The graph computes what the published float32 model computes, and int8 stays close to it."""

from __future__ import annotations

import numpy as np
import onnxruntime
import pytest
from safetensors.numpy import load_file
from scipy.special import erf, softmax
from tokenizers import Tokenizer

from handoff.nlu.encoder import SentenceEncoder
from handoff.nlu.encoder_export import WEIGHTS_FILE, packaged_model
from handoff.nlu.encoder_graph import build_graph
from handoff.nlu.encoder_graph_names import (
    ATTENTION_MASK,
    EMBEDDING,
    INPUT_IDS,
    MIDDLE_EMBEDDING,
    TOKEN_EMBEDDINGS,
)

SENTENCES = [
    "how long does delivery take?",
    "where is my order FW-104233",
    "I want to talk to a human",
    "Could you explain how the return policy works when I already put the desk together and threw away the box?",
    "Mijn bureau is nog niet aangekomen",
    "this is USELESS!!!",
]
HEADS = 12

Weights = dict[str, np.ndarray]


@pytest.fixture(scope="module")
def weights() -> Weights:
    return load_file(packaged_model() / WEIGHTS_FILE)


@pytest.fixture(scope="module")
def tokenizer() -> Tokenizer:
    found = Tokenizer.from_file(str(packaged_model() / "tokenizer.json"))
    found.no_padding()
    return found


@pytest.fixture(scope="module")
def float32(weights: Weights) -> onnxruntime.InferenceSession:
    return onnxruntime.InferenceSession(build_graph(weights).SerializeToString(), providers=["CPUExecutionProvider"])


def reference(ids: list[int], weights: dict[str, np.ndarray]) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """BERT's forward pass written down once more, in plain float32 numpy unfused: sentence, tokens, middle."""

    def linear(name: str, value: np.ndarray) -> np.ndarray:
        return value @ weights[f"{name}.weight"].T + weights[f"{name}.bias"]

    def norm(name: str, value: np.ndarray) -> np.ndarray:
        centred = value - value.mean(-1, keepdims=True)
        scaled = centred / np.sqrt((centred**2).mean(-1, keepdims=True) + 1e-12)
        return scaled * weights[f"{name}.weight"] + weights[f"{name}.bias"]

    def split(value: np.ndarray) -> np.ndarray:
        return value.reshape(len(value), HEADS, -1).transpose(1, 0, 2)

    hidden = norm(
        "embeddings.LayerNorm",
        weights["embeddings.word_embeddings.weight"][ids]
        + weights["embeddings.position_embeddings.weight"][: len(ids)]
        + weights["embeddings.token_type_embeddings.weight"][0],
    )
    for layer in range(6):
        name = f"encoder.layer.{layer}"
        query, key, value = (
            split(linear(f"{name}.attention.self.{part}", hidden)) for part in ("query", "key", "value")
        )
        attention = softmax(query @ key.transpose(0, 2, 1) / np.sqrt(query.shape[-1]), axis=-1) @ value
        attended = attention.transpose(1, 0, 2).reshape(len(ids), -1)
        hidden = norm(f"{name}.attention.output.LayerNorm", linear(f"{name}.attention.output.dense", attended) + hidden)
        inner = linear(f"{name}.intermediate.dense", hidden)
        inner = inner * (1 + erf(inner / np.sqrt(2))) / 2
        hidden = norm(f"{name}.output.LayerNorm", linear(f"{name}.output.dense", inner) + hidden)
        if layer == 3:
            middle = hidden.mean(0)
    mean = hidden.mean(0)
    return mean / np.linalg.norm(mean), hidden, middle / np.linalg.norm(middle)


@pytest.mark.parametrize("sentence", SENTENCES)
def test_the_graph_is_the_published_model(
    float32: onnxruntime.InferenceSession, weights: Weights, tokenizer: Tokenizer, sentence: str
) -> None:
    ids = tokenizer.encode(sentence).ids
    batch = np.array([ids])
    vectors, tokens, middles = float32.run(
        [EMBEDDING, TOKEN_EMBEDDINGS, MIDDLE_EMBEDDING], {INPUT_IDS: batch, ATTENTION_MASK: np.ones_like(batch)}
    )
    sentence_vector, hidden, middle = reference(ids, weights)
    np.testing.assert_allclose(vectors[0], sentence_vector, atol=1e-4)
    np.testing.assert_allclose(middles[0], middle, atol=1e-4)
    np.testing.assert_allclose(tokens[0], hidden, atol=1e-3)


def test_padding_changes_nothing(float32: onnxruntime.InferenceSession, tokenizer: Tokenizer) -> None:
    ids = tokenizer.encode(SENTENCES[0]).ids
    batch, mask = np.array([[*ids, 0, 0, 0]]), np.array([[*(1 for _ in ids), 0, 0, 0]])
    outputs = [EMBEDDING, MIDDLE_EMBEDDING, TOKEN_EMBEDDINGS]
    *padded, tokens = float32.run(outputs, {INPUT_IDS: batch, ATTENTION_MASK: mask})
    *plain, alone = float32.run(outputs, {INPUT_IDS: np.array([ids]), ATTENTION_MASK: np.ones((1, len(ids)), np.int64)})
    np.testing.assert_allclose(padded, plain, atol=1e-5)
    np.testing.assert_allclose(tokens[0, : len(ids)], alone[0], atol=1e-4)


@pytest.mark.parametrize("sentence", SENTENCES)
def test_int8_stays_close(encoder: SentenceEncoder, weights: Weights, tokenizer: Tokenizer, sentence: str) -> None:
    sentence_vector, hidden, middle = reference(tokenizer.encode(sentence).ids, weights)
    encoding = encoder.encoding(sentence)
    for found, true in ((encoding.vector, sentence_vector), (encoding.middle, middle)):
        similarity = float(found @ true)
        assert similarity >= 0.98, f"cosine {similarity:.3f}"
    words = hidden[1:-1] / np.linalg.norm(hidden[1:-1], axis=1, keepdims=True)
    by_token = np.einsum("td,td->t", encoding.tokens.astype(np.float32), words)
    assert by_token.min() >= 0.9, f"cosines {by_token.round(3)}"


def test_a_missing_tensor_is_named(weights: Weights) -> None:
    with pytest.raises(KeyError, match=r"layer\.5"):
        build_graph({name: value for name, value in weights.items() if "layer.5" not in name})
