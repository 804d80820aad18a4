"""The two components at the front of the pipeline, each alone."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from rasa.nlu.constants import TOKENS_NAMES
from rasa.shared.nlu.constants import TEXT
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from handoff.nlu import encoder_export, encoder_featurizer
from handoff.nlu.encoder_featurizer import EncoderUnavailable, SentenceEncoderFeaturizer
from handoff.nlu.spacy_tokenizer import BlankSpacyTokenizer
from tests.unit.nlu.conftest import Workbench


def vector(message: Message) -> np.ndarray:
    _, sentence = message.get_dense_features(TEXT)
    assert sentence is not None
    features: np.ndarray = sentence.features
    return features


def test_sentence_features_in_training_and_serving_are_equal(
    featurizer: SentenceEncoderFeaturizer, training_data: Callable[[], TrainingData]
) -> None:
    trained = featurizer.process_training_data(training_data()).training_examples[0]
    served = featurizer.process([Message({TEXT: trained.get(TEXT)})])[0]
    assert vector(trained).shape == (1, 384)
    np.testing.assert_array_equal(vector(trained), vector(served))


def test_the_channels_mark_before_a_typed_slash_changes_nothing(message: Callable[[str], Message]) -> None:
    np.testing.assert_array_equal(vector(message("\u2060/restart")), vector(message("/restart")))


def test_messages_without_text_are_left_alone(featurizer: SentenceEncoderFeaturizer) -> None:
    assert featurizer.process([Message({})])[0].features == []


def test_a_model_refuses_another_encoder(
    workbench: Workbench, training_data: Callable[[], TrainingData], monkeypatch: pytest.MonkeyPatch
) -> None:
    workbench.create(SentenceEncoderFeaturizer).train(training_data())
    monkeypatch.setattr(encoder_featurizer, "_find", lambda _: _other_encoder())
    with pytest.raises(EncoderUnavailable, match="another sentence encoder.*make train"):
        workbench.load(SentenceEncoderFeaturizer)


def _other_encoder() -> encoder_export.Encoder:
    found = encoder_export.ensure_encoder()
    return encoder_export.Encoder(found.directory, found.model, found.tokenizer, "another")


def test_a_changed_encoder_changes_the_fingerprint(monkeypatch: pytest.MonkeyPatch) -> None:
    before = SentenceEncoderFeaturizer.fingerprint_addon({})
    monkeypatch.setattr(encoder_featurizer, "_find", lambda _: _other_encoder())
    assert SentenceEncoderFeaturizer.fingerprint_addon({}) != before


def test_another_encoder_folder_can_be_configured(workbench: Workbench, tmp_path: Path) -> None:
    source = encoder_export.ensure_encoder()
    folder = tmp_path / "mine"
    folder.mkdir()
    for file in (source.model, source.tokenizer):
        (folder / file.name).write_bytes(file.read_bytes())
    manifest = json.loads((source.directory / encoder_export.MANIFEST_FILE).read_text())
    (folder / encoder_export.MANIFEST_FILE).write_text(json.dumps({"files": manifest["files"]}))
    component = workbench.create(SentenceEncoderFeaturizer, directory=str(folder))
    assert component.encoder_files.directory == folder


def test_a_useless_encoder_folder_is_reported_by_rasa_and_not_as_a_crash(workbench: Workbench, tmp_path: Path) -> None:
    (tmp_path / "notes.txt").write_text("not an encoder")
    with pytest.raises(EncoderUnavailable, match=r"notes\.txt"):
        workbench.create(SentenceEncoderFeaturizer, directory=str(tmp_path))


TOKENIZER = BlankSpacyTokenizer(BlankSpacyTokenizer.get_default_config())


def test_tokens_have_the_offsets_of_the_text() -> None:
    tokens = TOKENIZER.tokenize(Message({TEXT: "Where's  my desk?"}), TEXT)
    assert [(token.text, token.start, token.end) for token in tokens] == [
        ("Where", 0, 5),
        ("'s", 5, 7),
        ("my", 9, 11),
        ("desk", 12, 16),
        ("?", 16, 17),
    ]


def test_tokens_are_set_on_messages() -> None:
    message = TOKENIZER.process([Message({TEXT: "hello there"})])[0]
    assert [token.text for token in message.get(TOKENS_NAMES[TEXT])] == ["hello", "there"]


@given(st.text(max_size=300))
def test_tokens_cover_any_text(text: str) -> None:
    for token in TOKENIZER.tokenize(Message({TEXT: text}), TEXT):
        assert text[token.start : token.end] == token.text


@pytest.mark.parametrize("piece", ["#", "(", "'", "a", "\U0001f44d"])
def test_a_long_run_is_one_token_in_no_time(piece: str) -> None:
    started = time.process_time()
    tokens = TOKENIZER.tokenize(Message({TEXT: f"hello {piece * 4000} there"}), TEXT)
    assert time.process_time() - started < 0.5, "spaCy takes two seconds for this if it is let"
    assert [token.text for token in tokens] == ["hello", piece * 4000, "there"]
