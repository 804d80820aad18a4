"""The int8 graph computes what the published float32 model computes, and its vectors mean something."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest
from safetensors.numpy import load_file
from scipy.special import erf, softmax
from tokenizers import Tokenizer

from handoff.nlu import encoder as encoder_module
from handoff.nlu.encoder import SentenceEncoder, load_encoder
from handoff.nlu.encoder_export import WEIGHTS_FILE, EncoderExportError, ensure_encoder, packaged_model

SENTENCES = [
    "how long does delivery take?",
    "where is my order FW-104233",
    "I want to talk to a human",
    "Could you explain how the return policy works when I already put the desk together and threw away the box?",
    "Mijn bureau is nog niet aangekomen",
    "this is USELESS!!!",
]
HEADS = 12


@pytest.fixture(scope="module")
def encoder() -> SentenceEncoder:
    return load_encoder(ensure_encoder())


def reference(text: str, weights: dict[str, np.ndarray], tokenizer: Tokenizer) -> np.ndarray:
    """BERT's forward pass written down once more, in plain float32 numpy without any fusion."""

    def linear(name: str, value: np.ndarray) -> np.ndarray:
        return value @ weights[f"{name}.weight"].T + weights[f"{name}.bias"]

    def norm(name: str, value: np.ndarray) -> np.ndarray:
        centred = value - value.mean(-1, keepdims=True)
        scaled = centred / np.sqrt((centred**2).mean(-1, keepdims=True) + 1e-12)
        return scaled * weights[f"{name}.weight"] + weights[f"{name}.bias"]

    def split(value: np.ndarray) -> np.ndarray:
        return value.reshape(len(value), HEADS, -1).transpose(1, 0, 2)

    ids = tokenizer.encode(text).ids
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
    mean = hidden.mean(0)
    result: np.ndarray = mean / np.linalg.norm(mean)
    return result


def test_vectors_match_the_float32_model(encoder: SentenceEncoder) -> None:
    weights = load_file(packaged_model() / WEIGHTS_FILE)
    tokenizer = Tokenizer.from_file(str(packaged_model() / "tokenizer.json"))
    tokenizer.no_padding()
    for sentence in SENTENCES:
        similarity = float(encoder.encode_one(sentence) @ reference(sentence, weights, tokenizer))
        assert similarity >= 0.98, f"{sentence}: cosine {similarity:.3f}"


def test_vectors_have_length_one_and_the_right_shape(encoder: SentenceEncoder) -> None:
    vectors = encoder.encode([*SENTENCES, "", "\U0001f44d", "x" * 5000])
    assert vectors.shape == (len(SENTENCES) + 3, 384)
    assert vectors.dtype == np.float32
    np.testing.assert_allclose(np.linalg.norm(vectors, axis=1), 1, atol=1e-5)
    assert encoder.encode([]).shape == (0, 384)


@pytest.mark.parametrize(
    ("sentence", "near", "far"),
    [
        ("how long does delivery take?", "when will my package arrive", "I would like to cancel my subscription"),
        ("I want to talk to a human", "connect me with an agent", "the desk is too high for me"),
        ("the motor is broken", "my desk does not go up any more", "do you accept PayPal?"),
        ("can I get my money back", "I'd like a refund", "which colours does it come in?"),
    ],
)
def test_similar_meaning_is_nearer_than_other_meaning(
    encoder: SentenceEncoder, sentence: str, near: str, far: str
) -> None:
    vector, similar, different = encoder.encode([sentence, near, far])
    assert vector @ similar > vector @ different + 0.15


def test_a_vector_does_not_depend_on_its_neighbours(encoder: SentenceEncoder) -> None:
    files = ensure_encoder()
    fresh = SentenceEncoder(files.model, files.tokenizer)
    np.testing.assert_array_equal(fresh.encode(SENTENCES[::-1])[::-1], encoder.encode(SENTENCES))


def test_known_sentences_are_not_computed_again(encoder: SentenceEncoder, monkeypatch: pytest.MonkeyPatch) -> None:
    first = encoder.encode_one("remember me")
    monkeypatch.setattr(encoder, "_run", lambda _: pytest.fail("computed again"))
    assert encoder.encode_one("remember me") is first


def test_memory_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(encoder_module, "REMEMBERED", 3)
    files = ensure_encoder()
    small = SentenceEncoder(files.model, files.tokenizer)
    small.encode([f"message {number}" for number in range(10)])
    assert len(small._remembered) == 3


def test_a_shared_vector_cannot_be_changed(encoder: SentenceEncoder) -> None:
    with pytest.raises(ValueError, match="read-only"):
        encoder.encode_one("mine")[0] = 0


def test_threads_get_the_same_vectors(encoder: SentenceEncoder) -> None:
    texts = [f"where is order {number}" for number in range(40)]
    files = ensure_encoder()
    fresh = SentenceEncoder(files.model, files.tokenizer)
    with ThreadPoolExecutor(8) as pool:
        together = list(pool.map(fresh.encode_one, texts))
    np.testing.assert_array_equal(np.stack(together), encoder.encode(texts))


def test_a_broken_model_file_is_named_with_the_remedy(tmp_path: Path) -> None:
    (tmp_path / "encoder.onnx").write_bytes(b"no model")
    with pytest.raises(EncoderExportError, match="cannot be loaded.*Delete the folder"):
        SentenceEncoder(tmp_path / "encoder.onnx", tmp_path / "tokenizer.json")
