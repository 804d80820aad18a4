"""The intent classifier as Rasa uses it, trained alone on a tiny set."""

from __future__ import annotations

import ast
import inspect
from collections.abc import Callable
from importlib import import_module
from pathlib import Path

import numpy as np
import pytest
from rasa.shared.exceptions import InvalidConfigException
from rasa.shared.nlu.constants import INTENT, TEXT
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from handoff.nlu import fingerprint, intent_classifier
from handoff.nlu.encoder_featurizer import SentenceEncoderFeaturizer
from handoff.nlu.intent_classifier import ANSWER_RANKING, DOUBT, EncoderIntentClassifier
from tests.unit.nlu.conftest import Workbench

Make = Callable[..., EncoderIntentClassifier]
MakeMessage = Callable[[str], Message]


@pytest.fixture
def make(
    workbench: Workbench, featurizer: SentenceEncoderFeaturizer, training_data: Callable[[], TrainingData]
) -> Make:
    data = featurizer.process_training_data(training_data())
    return lambda **config: workbench.trained(EncoderIntentClassifier, data, **config)


@pytest.fixture
def classifier(make: Make) -> EncoderIntentClassifier:
    return make()


@pytest.mark.parametrize(
    ("text", "intent"),
    [
        ("hey, good day", "greet"),
        ("what happened to my parcel", "track_order"),
        ("how quickly will it be delivered", "faq"),
        ("guarantee on the motor?", "faq"),
    ],
)
def test_new_wordings_are_understood(
    classifier: EncoderIntentClassifier, message: MakeMessage, text: str, intent: str
) -> None:
    assert classifier.process([message(text)])[0].get(INTENT)["name"] == intent


@pytest.mark.parametrize("text", ["delivery of my desk", "quantum chromodynamics", "?", "hello " * 500])
def test_ranking_is_sorted_holds_each_intent_once_and_begins_with_the_intent(
    classifier: EncoderIntentClassifier, message: MakeMessage, text: str
) -> None:
    parsed = classifier.process([message(text)])[0]
    ranking = parsed.get("intent_ranking")
    assert sorted(entry["name"] for entry in ranking) == ["faq", "greet", "track_order"]
    assert [entry["confidence"] for entry in ranking] == sorted((e["confidence"] for e in ranking), reverse=True)
    assert parsed.get(INTENT) == ranking[0]
    assert all(type(entry["confidence"]) is float for entry in ranking), "JSON cannot write numpy's numbers"


def test_confidence_of_a_retrieval_intent_is_that_of_its_best_answer(
    classifier: EncoderIntentClassifier, message: MakeMessage
) -> None:
    parsed = classifier.process([message("how long")])[0]
    answers = dict(parsed.get(ANSWER_RANKING))
    faq = next(entry for entry in parsed.get("intent_ranking") if entry["name"] == "faq")
    assert faq["confidence"] == max(answers["faq/delivery_time"], answers["faq/warranty"])
    assert list(answers.values()) == sorted(answers.values(), reverse=True)
    assert sum(answers.values()) == pytest.approx(1)


def test_what_other_components_need_is_no_part_of_the_output(
    classifier: EncoderIntentClassifier, message: MakeMessage
) -> None:
    parsed = classifier.process([message("hello")])[0]
    doubt = parsed.get(DOUBT)
    assert type(doubt.known) is float
    assert 0 <= doubt.known <= 1
    assert doubt.risk.total == 12
    assert set(parsed.as_dict(only_output_properties=True)) == {TEXT, INTENT, "intent_ranking"}


@pytest.mark.parametrize("text", ["", "   ", "\u2060", "\u200b\ufeff", "/restart", "\u2060/greet{}", "\ud83d"])
def test_nothing_readable_or_a_typed_command_is_no_intent(
    classifier: EncoderIntentClassifier, message: MakeMessage, text: str
) -> None:
    parsed = classifier.process([message(text)])[0]
    assert parsed.get(INTENT) == {"name": None, "confidence": 0.0}
    assert parsed.get("intent_ranking") == []
    assert parsed.get(ANSWER_RANKING) == []
    assert parsed.get(DOUBT) is None


def test_examples_nobody_can_read_do_not_spoil_training(
    workbench: Workbench, featurizer: SentenceEncoderFeaturizer, message: MakeMessage
) -> None:
    texts = [("hello", "greet"), ("\u2060", "greet"), ("bye", "bye"), ("\x01", "bye"), ("", "bye")]
    data = TrainingData([Message({TEXT: text, INTENT: intent}) for text, intent in texts])
    trained = workbench.trained(EncoderIntentClassifier, featurizer.process_training_data(data))
    assert trained.process([message("hello")])[0].get(INTENT)["name"] == "greet"


def test_ranking_length_is_kept(make: Make, message: MakeMessage) -> None:
    assert len(make(ranking_length=2).process([message("hello")])[0].get("intent_ranking")) == 2


def test_training_without_intents_gives_no_intent(workbench: Workbench, message: MakeMessage) -> None:
    untrained = workbench.trained(EncoderIntentClassifier, TrainingData())
    parsed = untrained.process([message("hello")])[0]
    assert parsed.get(INTENT)["name"] is None
    assert parsed.get(ANSWER_RANKING) == []


def test_names_of_intents_are_examples_unless_they_are_codes(make: Make, message: MakeMessage) -> None:
    with_names, without = (
        dict(make(use_intent_names=names).process([message("track order")])[0].get(ANSWER_RANKING))["track_order"]
        for names in (True, False)
    )
    assert with_names > without


def test_the_same_data_give_the_same_model(make: Make, message: MakeMessage) -> None:
    one, other = (dict(make().process([message("where is it")])[0].get(ANSWER_RANKING)) for _ in range(2))
    assert one == other


def test_missing_featurizer_is_named(workbench: Workbench, classifier: EncoderIntentClassifier) -> None:
    with pytest.raises(InvalidConfigException, match="SentenceEncoderFeaturizer before it"):
        classifier.process([Message({TEXT: "hello"})])
    with pytest.raises(InvalidConfigException, match="SentenceEncoderFeaturizer before it"):
        workbench.create(EncoderIntentClassifier).train(TrainingData([Message({TEXT: "hello", INTENT: "greet"})]))


@pytest.mark.parametrize(
    "config",
    [
        {"C": 0},
        {"C": "high"},
        {"C": True},
        {"C": float("nan")},
        {"C": float("inf")},
        {"max_iter": 0},
        {"max_iter": 2.5},
        {"ngram_weight": -1},
        {"ranking_length": -1},
        {"ranking_length": 1.5},
        {"use_intent_names": "no"},
        {"no_answer_intents": "out_of_scope"},
        {"anywhere_intents": [1]},
        {"anywhere_intents": None},
    ],
)
def test_bad_config_names_the_key(workbench: Workbench, config: dict[str, object]) -> None:
    with pytest.raises(InvalidConfigException, match=f"'{next(iter(config))}'"):
        workbench.create(EncoderIntentClassifier, **config)


def test_the_model_is_arrays_in_one_file(make: Make, tmp_path: Path) -> None:
    make()
    files = [path for path in (tmp_path / "storage").rglob("*") if path.is_file() and path.suffix != ".json"]
    assert [path.name for path in files] == ["head.npz"]
    with np.load(files[0], allow_pickle=False) as arrays:
        assert arrays["labels"].tolist() == ["faq/delivery_time", "faq/warranty", "greet", "track_order"]


NO_MATHEMATICS = {f"handoff.nlu.{name}" for name in ("fingerprint", "cache_files", "head_start")}
"""Where things lie and who works when: no other head comes out."""


def helpers() -> set[str]:
    """Modules of ours that the classifier needs, but for those that run the encoder: the featurizer's, before it."""
    found: set[str] = set()
    waiting = [intent_classifier.__name__]
    while waiting:
        tree = ast.parse(inspect.getsource(import_module(waiting.pop())))
        for node in ast.walk(tree):
            if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("handoff.nlu"):
                names = [f"{node.module}.{name.name}" for name in node.names]
                new = set(names if node.module == "handoff.nlu" else [str(node.module)]) - found
                new = {name for name in new if ".encod" not in name and name not in NO_MATHEMATICS}
                found |= new
                waiting += new
    return found


@pytest.mark.parametrize("module", sorted(helpers()))
def test_a_change_in_any_helper_trains_it_again(module: str, monkeypatch: pytest.MonkeyPatch) -> None:
    before = EncoderIntentClassifier.fingerprint_addon({})
    source = inspect.getsource
    edited = import_module(module)
    monkeypatch.setattr(fingerprint.inspect, "getsource", lambda of: source(of) + "#" * (of is edited))
    assert EncoderIntentClassifier.fingerprint_addon({}) != before
