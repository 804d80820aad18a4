"""The encoder's vectors mean something, are the same in training and serving, and cost nothing the second time."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import onnx
import pytest
from onnx import TensorProto, helper
from tokenizers import Tokenizer

from handoff.nlu import encoder as encoder_module
from handoff.nlu.encoder import MAX_TOKENS, Encoding, SentenceEncoder, load_encoder
from handoff.nlu.encoder_export import EncoderExportError, ensure_encoder
from handoff.nlu.encoder_graph_names import ATTENTION_MASK, EMBEDDING, INPUT_IDS, TOKEN_EMBEDDINGS

TEXTS = [
    "how long does delivery take?",
    "where is my order FW-104233",
    "Mijn bureau is nog niet aangekomen",
    "this is USELESS!!!",
    "",
    "\x00",
    "\U0001f44d",
    "so " * 500,
    "x" * 5000,
]


@pytest.fixture
def fresh() -> SentenceEncoder:
    files = ensure_encoder()
    return SentenceEncoder(files.model, files.tokenizer)


def assert_same(one: Encoding, other: Encoding) -> None:
    np.testing.assert_array_equal(one.vector, other.vector)
    np.testing.assert_array_equal(one.token_ids, other.token_ids)
    np.testing.assert_array_equal(one.tokens, other.tokens)
    np.testing.assert_array_equal(one.middle, other.middle)


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


def test_a_word_has_another_vector_in_another_context(encoder: SentenceEncoder) -> None:
    money, river = (encoder.encoding(text) for text in ("the bank refused my card", "the bank of the river"))
    assert money.token_ids[1] == river.token_ids[1], "both are the word bank"
    assert money.tokens[1].astype(np.float32) @ river.tokens[1].astype(np.float32) < 0.9


def test_sentence_vectors_have_length_one_and_the_right_shape(encoder: SentenceEncoder) -> None:
    vectors = encoder.encode(TEXTS)
    assert vectors.shape == (len(TEXTS), encoder.dimensions) == (len(TEXTS), 384)
    assert vectors.dtype == np.float32
    np.testing.assert_allclose(np.linalg.norm(vectors, axis=1), 1, atol=1e-5)
    assert encoder.encode([]).shape == (0, 384)


@pytest.mark.parametrize("text", TEXTS)
def test_tokens_are_those_of_the_tokenizer_without_its_marks(encoder: SentenceEncoder, text: str) -> None:
    tokenizer = Tokenizer.from_file(str(ensure_encoder().tokenizer))
    tokenizer.no_padding()
    tokenizer.no_truncation()
    expected = tokenizer.encode(text, add_special_tokens=False).ids[: MAX_TOKENS - 2]
    encoding = encoder.encoding(text)
    assert encoding.token_ids.tolist() == expected
    assert encoding.tokens.shape == (len(expected), 384)
    assert encoding.tokens.dtype == np.float16
    np.testing.assert_allclose(np.linalg.norm(encoding.tokens.astype(np.float32), axis=1), 1, atol=2e-3)


def test_training_and_serving_see_the_same(fresh: SentenceEncoder) -> None:
    together = fresh.encodings(TEXTS[::-1])[::-1]
    for text, trained in zip(TEXTS, together, strict=True):
        assert_same(trained, fresh.encoding(text))


def test_known_sentences_are_not_computed_again(encoder: SentenceEncoder, monkeypatch: pytest.MonkeyPatch) -> None:
    first = encoder.encoding("remember me")
    monkeypatch.setattr(encoder, "_run", lambda _: pytest.fail("computed again"))
    assert encoder.encoding("remember me") is first
    assert encoder.encode_one("remember me") is first.vector


def test_only_the_latest_are_remembered(fresh: SentenceEncoder, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(encoder_module, "REMEMBERED", 3)
    computed: list[str] = []
    run: Callable[[str], Encoding] = fresh._run

    def counted(text: str) -> Encoding:
        computed.append(text)
        return run(text)

    monkeypatch.setattr(fresh, "_run", counted)
    for text in ["a", "b", "c", "a", "d", "a", "b"]:
        fresh.encoding(text)
    assert computed == ["a", "b", "c", "d", "b"], "b was the longest unused when d came"


def test_training_texts_do_not_push_out_what_visitors_say(
    fresh: SentenceEncoder, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(encoder_module, "REMEMBERED", 2)
    said = fresh.encoding("hello")
    fresh.encodings([f"example {number}" for number in range(5)])
    assert fresh.encoding("hello") is said


def test_a_shared_encoding_cannot_be_changed(encoder: SentenceEncoder) -> None:
    encoding = encoder.encoding("mine")
    for array in (encoding.vector, encoding.token_ids, encoding.tokens, encoding.middle):
        with pytest.raises(ValueError, match="read-only"):
            array[0] = 0


def test_encodings_can_be_compared_and_told_apart(encoder: SentenceEncoder, fresh: SentenceEncoder) -> None:
    one, again, other = encoder.encoding("one"), fresh.encoding("one"), encoder.encoding("other")
    assert {"encoding": one} == {"encoding": one}
    assert one != other
    assert one.fingerprint() == again.fingerprint() != other.fingerprint()


def test_threads_get_the_same_vectors(encoder: SentenceEncoder, fresh: SentenceEncoder) -> None:
    texts = [f"where is order {number}" for number in range(40)]
    with ThreadPoolExecutor(8) as pool:
        together = list(pool.map(fresh.encode_one, texts))
    np.testing.assert_array_equal(np.stack(together), encoder.encode(texts))


def test_the_session_is_shared_within_the_process() -> None:
    assert load_encoder(ensure_encoder()) is load_encoder(ensure_encoder())


def test_a_broken_model_file_is_named_with_the_remedy(tmp_path: Path) -> None:
    (tmp_path / "encoder.onnx").write_bytes(b"no model")
    with pytest.raises(EncoderExportError, match="cannot be loaded.*Delete the folder"):
        SentenceEncoder(tmp_path / "encoder.onnx", tmp_path / "tokenizer.json")


@pytest.mark.parametrize(("has", "lacks"), [(EMBEDDING, TOKEN_EMBEDDINGS), (TOKEN_EMBEDDINGS, EMBEDDING)])
def test_a_graph_without_an_output_is_told_which(tmp_path: Path, has: str, lacks: str) -> None:
    shape = ["batch", "tokens"]
    inputs = [helper.make_tensor_value_info(name, TensorProto.INT64, shape) for name in (INPUT_IDS, ATTENTION_MASK)]
    output = helper.make_tensor_value_info(has, TensorProto.FLOAT, shape)
    graph = helper.make_graph([helper.make_node("Cast", [INPUT_IDS], [has], to=1)], "other", inputs, [output])
    file = tmp_path / "encoder.onnx"
    onnx.save(helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8), file)
    with pytest.raises(EncoderExportError, match=f"encoder.onnx: the graph has no output {lacks}. Export it with both"):
        SentenceEncoder(file, ensure_encoder().tokenizer)
