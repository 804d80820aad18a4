"""The intent classifier and its mathematics, trained alone on a tiny set."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from rasa.nlu.classifiers.fallback_classifier import FallbackClassifier
from rasa.shared.exceptions import InvalidConfigException
from rasa.shared.nlu.constants import INTENT, TEXT
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression

from handoff.nlu.char_ngrams import CharNgrams
from handoff.nlu.encoder_featurizer import SentenceEncoderFeaturizer
from handoff.nlu.intent_classifier import ANSWER_RANKING, EncoderIntentClassifier
from handoff.nlu.linear_head import LinearHead
from tests.unit.nlu.conftest import Workbench

TEXTS = ["Where is my order", "where is my desk?", "my order, please", "is it a desk", "I am", "a"]


@pytest.fixture
def classifier(
    workbench: Workbench, featurizer: SentenceEncoderFeaturizer, training_data: Callable[[], TrainingData]
) -> EncoderIntentClassifier:
    return workbench.trained(EncoderIntentClassifier, featurizer.process_training_data(training_data()))


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
    classifier: EncoderIntentClassifier, message: Callable[[str], Message], text: str, intent: str
) -> None:
    assert classifier.process([message(text)])[0].get(INTENT)["name"] == intent


def test_ranking_is_sorted_holds_each_intent_once_and_begins_with_the_intent(
    classifier: EncoderIntentClassifier, message: Callable[[str], Message]
) -> None:
    parsed = classifier.process([message("delivery of my desk")])[0]
    ranking = parsed.get("intent_ranking")
    assert sorted(entry["name"] for entry in ranking) == ["faq", "greet", "track_order"]
    assert [entry["confidence"] for entry in ranking] == sorted((e["confidence"] for e in ranking), reverse=True)
    assert parsed.get(INTENT) == ranking[0]
    assert all(type(entry["confidence"]) is float for entry in ranking), "JSON cannot write numpy's numbers"


def test_confidence_of_a_retrieval_intent_is_that_of_its_best_answer(
    classifier: EncoderIntentClassifier, message: Callable[[str], Message]
) -> None:
    parsed = classifier.process([message("how long")])[0]
    answers = dict(parsed.get(ANSWER_RANKING))
    faq = next(entry for entry in parsed.get("intent_ranking") if entry["name"] == "faq")
    assert faq["confidence"] == max(answers["faq/delivery_time"], answers["faq/warranty"])
    assert sum(answers.values()) == pytest.approx(1, abs=1e-5)


def test_fallback_classifier_works_on_it(
    classifier: EncoderIntentClassifier, message: Callable[[str], Message]
) -> None:
    fallback = FallbackClassifier({"threshold": 0.99, "ambiguity_threshold": 0.1})
    parsed = fallback.process(classifier.process([message("quantum chromodynamics")]))[0]
    assert parsed.get(INTENT)["name"] == "nlu_fallback"
    assert parsed.get("intent_ranking")[1]["name"] in {"greet", "track_order", "faq"}


@pytest.mark.parametrize("text", ["", "   ", "\u2060", "\u200b\ufeff"])
def test_nothing_readable_is_no_intent(
    classifier: EncoderIntentClassifier, message: Callable[[str], Message], text: str
) -> None:
    parsed = classifier.process([message(text)])[0]
    assert parsed.get(INTENT) == {"name": None, "confidence": 0.0}
    assert parsed.get("intent_ranking") == []


def test_ranking_length_is_kept(
    workbench: Workbench,
    featurizer: SentenceEncoderFeaturizer,
    training_data: Callable[[], TrainingData],
    message: Callable[[str], Message],
) -> None:
    data = featurizer.process_training_data(training_data())
    short = workbench.trained(EncoderIntentClassifier, data, ranking_length=2)
    assert len(short.process([message("hello")])[0].get("intent_ranking")) == 2


def test_training_without_intents_gives_no_intent(workbench: Workbench, message: Callable[[str], Message]) -> None:
    untrained = workbench.trained(EncoderIntentClassifier, TrainingData())
    assert untrained.process([message("hello")])[0].get(INTENT)["name"] is None


def test_missing_featurizer_is_named(workbench: Workbench, classifier: EncoderIntentClassifier) -> None:
    with pytest.raises(InvalidConfigException, match="SentenceEncoderFeaturizer before it"):
        classifier.process([Message({TEXT: "hello"})])


@pytest.mark.parametrize("config", [{"C": 0}, {"C": "high"}, {"max_iter": 0}, {"ngram_weight": -1}, {"C": True}])
def test_bad_config_names_the_key(workbench: Workbench, config: dict[str, object]) -> None:
    with pytest.raises(InvalidConfigException, match=f"'{next(iter(config))}'"):
        workbench.create(EncoderIntentClassifier, **config)


def test_model_holds_no_pickle(tmp_path: Path) -> None:
    vectors = np.eye(len(TEXTS), dtype=np.float32)
    head = LinearHead.fit(TEXTS, vectors, list("aabbcc"), regularisation=1, iterations=50, ngram_weight=1)
    head.save(tmp_path / "head.npz")
    read = LinearHead.read(tmp_path / "head.npz")  # refuses pickled arrays
    np.testing.assert_array_equal(read.probabilities(TEXTS[0], vectors[0]), head.probabilities(TEXTS[0], vectors[0]))


@pytest.mark.parametrize("labels", [list("aabbcc"), list("aabbbb")], ids=["three classes", "two classes"])
def test_probabilities_are_scikit_learns(labels: list[str]) -> None:
    vectors = np.random.default_rng(0).normal(size=(len(TEXTS), 8)).astype(np.float32)
    head = LinearHead.fit(TEXTS, vectors, labels, regularisation=3, iterations=500, ngram_weight=0)
    model = LogisticRegression(C=3, class_weight="balanced", max_iter=500).fit(vectors, labels)
    for text, vector, expected in zip(TEXTS, vectors, model.predict_proba(vectors), strict=True):
        np.testing.assert_allclose(head.probabilities(text, vector), expected, atol=1e-3)


def test_a_single_class_is_certain() -> None:
    head = LinearHead.fit(TEXTS, np.eye(6), ["only"] * 6, regularisation=1, iterations=10, ngram_weight=1)
    np.testing.assert_array_equal(head.probabilities("anything", np.zeros(6)), [1.0])


def test_ngram_weights_are_scikit_learns() -> None:
    ours = CharNgrams.fit(TEXTS)
    theirs = TfidfVectorizer(analyzer="char_wb", ngram_range=(2, 4), min_df=2, sublinear_tf=True).fit(TEXTS)
    assert list(ours.ngrams) == list(theirs.get_feature_names_out())
    np.testing.assert_allclose(ours.matrix(TEXTS).toarray(), theirs.transform(TEXTS).toarray(), atol=1e-6)


@given(st.text(max_size=200))
def test_any_text_has_a_row_of_length_one_or_none(text: str) -> None:
    _, weights = CharNgrams.fit(TEXTS).row(text)
    assert not len(weights) or np.linalg.norm(weights) == pytest.approx(1, abs=1e-5)
