"""The FAQ selector writes what Rasa's ResponseSelector writes, and Rasa's own code can use it."""

from __future__ import annotations

import warnings
from collections.abc import Callable

import pytest
from rasa.core.actions.action import ActionRetrieveResponse
from rasa.shared.core.events import UserUttered
from rasa.shared.core.trackers import DialogueStateTracker
from rasa.shared.exceptions import InvalidConfigException
from rasa.shared.nlu.constants import TEXT
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from handoff.nlu.encoder_featurizer import SentenceEncoderFeaturizer
from handoff.nlu.faq_selector import FaqSelector
from handoff.nlu.intent_classifier import EncoderIntentClassifier
from tests.unit.nlu.conftest import Workbench

Parse = Callable[[str], Message]


@pytest.fixture
def parse(
    workbench: Workbench,
    featurizer: SentenceEncoderFeaturizer,
    training_data: Callable[[], TrainingData],
    message: Callable[[str], Message],
) -> Parse:
    data = featurizer.process_training_data(training_data())
    classifier = workbench.trained(EncoderIntentClassifier, data)
    selector = workbench.trained(FaqSelector, data)
    return lambda text: selector.process(classifier.process([message(text)]))[0]


@pytest.mark.parametrize(
    ("text", "answer", "reply"),
    [
        ("when does it get delivered", "faq/delivery_time", "Three to five working days."),
        ("for how many years is the guarantee", "faq/warranty", "Seven years on frame and motor."),
    ],
)
def test_selects_the_answer_with_its_text(parse: Parse, text: str, answer: str, reply: str) -> None:
    selected = parse(text).get("response_selector")
    assert selected["all_retrieval_intents"] == ["faq"]
    best = selected["faq"]["response"]
    assert best["intent_response_key"] == answer
    assert best["utter_action"] == f"utter_{answer}"
    assert best["responses"] == [{"text": reply}]
    ranking = selected["faq"]["ranking"]
    assert [entry["intent_response_key"] for entry in ranking][0] == answer
    assert len(ranking) == 2
    assert ranking[0]["confidence"] == best["confidence"] >= ranking[1]["confidence"]


def test_confidence_is_the_intents_own(parse: Parse) -> None:
    message = parse("when does it get delivered")
    selected = message.get("response_selector")["faq"]["response"]
    assert message.get("intent") == {"name": "faq", "confidence": selected["confidence"]}


def test_rasas_retrieval_action_finds_the_answer(parse: Parse) -> None:
    message = parse("when does it get delivered")
    parse_data = {"response_selector": message.get("response_selector")}
    tracker = DialogueStateTracker.from_events("t", [UserUttered("x", parse_data=parse_data)])
    assert ActionRetrieveResponse("utter_faq").get_full_retrieval_name(tracker) == "utter_faq/delivery_time"


def test_selection_is_part_of_the_parse_result(parse: Parse) -> None:
    assert "response_selector" in parse("hello").as_dict(only_output_properties=True)


def test_unreadable_text_selects_nothing(parse: Parse) -> None:
    assert parse("").get("response_selector") == {"all_retrieval_intents": ["faq"]}


def test_data_without_faq_is_fine(workbench: Workbench) -> None:
    selector = workbench.trained(FaqSelector, TrainingData())
    message = selector.process([Message({TEXT: "hello", "answer_ranking": [("greet", 1.0)]})])[0]
    assert message.get("response_selector") == {"all_retrieval_intents": []}


def test_missing_classifier_is_named(workbench: Workbench) -> None:
    with pytest.raises(InvalidConfigException, match="EncoderIntentClassifier before it"):
        workbench.create(FaqSelector).process([Message({TEXT: "hello"})])


def test_rasas_warning_that_nothing_selects_is_taken_back() -> None:
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        FaqSelector.required_packages()
        warnings.warn(
            "You have defined training data with examples for training a response selector, but ...", stacklevel=1
        )
        warnings.warn("You have defined something else", stacklevel=1)
    assert [str(warning.message) for warning in caught] == ["You have defined something else"]
