"""The featurizer: the same vectors in training and serving, and never those of another encoder."""

from __future__ import annotations

import inspect
import json
from collections.abc import Callable
from pathlib import Path
from types import ModuleType

import numpy as np
import pytest
from rasa.shared.nlu.constants import TEXT
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from handoff.nlu import encoder, encoder_export, encoder_featurizer, fingerprint, typed_text
from handoff.nlu.encoder import Encoding, SentenceEncoder
from handoff.nlu.encoder_featurizer import ENCODING, SentenceEncoderFeaturizer
from handoff.nlu.encoder_folder import EncoderUnavailable
from tests.unit.nlu.conftest import Workbench


def vector(message: Message) -> np.ndarray:
    _, sentence = message.get_dense_features(TEXT)
    assert sentence is not None
    features: np.ndarray = sentence.features
    return features


def test_training_and_serving_are_equal(
    featurizer: SentenceEncoderFeaturizer, training_data: Callable[[], TrainingData]
) -> None:
    for trained in featurizer.process_training_data(training_data()).intent_examples:
        served = featurizer.process([Message({TEXT: trained.get(TEXT)})])[0]
        assert vector(trained).shape == (1, 384)
        np.testing.assert_array_equal(vector(trained), vector(served))
        one, other = trained.get(ENCODING), served.get(ENCODING)
        assert isinstance(one, Encoding)
        assert one.fingerprint() == other.fingerprint()
        np.testing.assert_array_equal(one.token_ids, other.token_ids)
        np.testing.assert_array_equal(one.tokens, other.tokens)


def test_the_whole_encoding_is_no_part_of_the_output(message: Callable[[str], Message]) -> None:
    made = message("hello there")
    assert len(made.get(ENCODING).token_ids) == 2
    assert ENCODING not in made.as_dict(only_output_properties=True)


def test_a_second_training_computes_nothing(
    featurizer: SentenceEncoderFeaturizer, training_data: Callable[[], TrainingData], monkeypatch: pytest.MonkeyPatch
) -> None:
    featurizer.process_training_data(training_data())
    monkeypatch.setattr(SentenceEncoder, "_run", lambda *_: pytest.fail("computed again"))
    trained = featurizer.process_training_data(training_data())
    assert all(example.get(ENCODING) is not None for example in trained.intent_examples)


@pytest.mark.parametrize("same", ["\u2060/restart", "/\ud83drestart", " /restart\n"])
def test_what_nobody_sees_changes_nothing(message: Callable[[str], Message], same: str) -> None:
    np.testing.assert_array_equal(vector(message(same)), vector(message("/restart")))


def test_messages_without_text_are_left_alone(featurizer: SentenceEncoderFeaturizer) -> None:
    assert featurizer.process([Message({})])[0].features == []
    data = TrainingData([Message({"intent": "greet"}), Message({TEXT: "hello", "intent": "greet"})])
    trained = featurizer.process_training_data(data).training_examples
    assert [example.get(ENCODING) is not None for example in trained] == [False, True]


def _other_encoder() -> encoder_export.Encoder:
    found = encoder_export.ensure_encoder()
    return encoder_export.Encoder(found.directory, found.model, found.tokenizer, "another")


def test_a_model_refuses_another_encoder(
    workbench: Workbench, training_data: Callable[[], TrainingData], monkeypatch: pytest.MonkeyPatch
) -> None:
    workbench.create(SentenceEncoderFeaturizer).train(training_data())
    monkeypatch.setattr(encoder_featurizer, "find_encoder", lambda _: _other_encoder())
    with pytest.raises(EncoderUnavailable, match="another sentence encoder.*make train"):
        workbench.load(SentenceEncoderFeaturizer)


def test_a_changed_encoder_changes_the_fingerprint(monkeypatch: pytest.MonkeyPatch) -> None:
    before = SentenceEncoderFeaturizer.fingerprint_addon({})
    assert SentenceEncoderFeaturizer.fingerprint_addon({}) == before
    monkeypatch.setattr(encoder_featurizer, "find_encoder", lambda _: _other_encoder())
    assert SentenceEncoderFeaturizer.fingerprint_addon({}) != before


@pytest.mark.parametrize("helper", [encoder, typed_text])
def test_edited_code_changes_the_fingerprint(helper: ModuleType, monkeypatch: pytest.MonkeyPatch) -> None:
    before = SentenceEncoderFeaturizer.fingerprint_addon({})
    source = inspect.getsource
    monkeypatch.setattr(fingerprint.inspect, "getsource", lambda of: source(of) + "#" * (of is helper))
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
