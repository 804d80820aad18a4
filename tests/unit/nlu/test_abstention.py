"""The assistant does not answer what it probably did not understand, and never doubts what is no question."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from rasa.engine.storage.local_model_storage import LocalModelStorage
from rasa.shared.exceptions import InvalidConfigException
from rasa.shared.nlu.constants import INTENT, TEXT
from rasa.shared.nlu.training_data.loading import load_data
from rasa.shared.nlu.training_data.message import Message

from handoff.nlu.abstention import Abstention
from handoff.nlu.encoder_featurizer import SentenceEncoderFeaturizer
from handoff.nlu.intent_classifier import ANSWER_RANKING, DOUBT, Doubt, EncoderIntentClassifier
from handoff.nlu.risk_curve import RiskCurve
from tests.unit.nlu.conftest import Workbench
from tests.unit.nlu.small_shop import as_nlu_yaml, examples

Parse = Callable[..., Message]

# answers from 0.6 on: 1 of 5 wrong; from 0.8 on: none
RISK = RiskCurve.of(np.array([0.9, 0.8, 0.7, 0.65, 0.6]), np.array([False, False, True, False, False]), 8)
RANKING = [{"name": "greet", "confidence": 0.55}, {"name": "bye", "confidence": 0.45}]


def classified(known: float, certain: bool = False) -> Message:
    """A message as the classifier leaves it."""
    data = {TEXT: "hello", INTENT: RANKING[0], "intent_ranking": list(RANKING), ANSWER_RANKING: [("greet", 1.0)]}
    return Message({**data, DOUBT: Doubt(known, certain, RISK)})


def after(message: Message, **config: object) -> Message:
    return Abstention({**Abstention.get_default_config(), **config}).process([message])[0]


@pytest.fixture(scope="module")
def parse(tmp_path_factory: pytest.TempPathFactory) -> Parse:
    """The pipeline around it, trained on a small shop."""
    folder = tmp_path_factory.mktemp("shop")
    (folder / "nlu.yml").write_text(as_nlu_yaml(examples()), encoding="utf-8")
    (folder / "storage").mkdir()
    workbench = Workbench(LocalModelStorage.create(folder / "storage"))
    data = load_data(str(folder / "nlu.yml"))
    featurizer = workbench.trained(SentenceEncoderFeaturizer, data)
    classifier = workbench.trained(EncoderIntentClassifier, featurizer.process_training_data(data))

    def run(text: str, **config: object) -> Message:
        abstention = workbench.create(Abstention, **config)
        found: Message = abstention.process(classifier.process(featurizer.process([Message({TEXT: text})])))[0]
        return found

    return run


@pytest.mark.parametrize(
    ("known", "wrong_answers", "falls_back"),
    [(0.79, 0.0, True), (0.8, 0.0, False), (0.59, 0.2, True), (0.6, 0.2, False), (0.01, 1.0, True)],
)
def test_it_asks_below_the_threshold_that_the_target_gives(
    known: float, wrong_answers: float, falls_back: bool
) -> None:
    found = after(classified(known), wrong_answers=wrong_answers)
    assert (found.get(INTENT)["name"] == "nlu_fallback") == falls_back
    assert found.get("abstention") == {"known": known, "threshold": 0.8 if wrong_answers == 0 else 0.6}


def test_the_fallback_stands_first_with_the_probability_of_being_wrong() -> None:
    found = after(classified(0.3))
    assert found.get(INTENT) == {"name": "nlu_fallback", "confidence": 0.7}
    assert found.get("intent_ranking") == [{"name": "nlu_fallback", "confidence": 0.7}, *RANKING]


def test_without_a_fallback_nothing_changes() -> None:
    found = after(classified(0.95))
    assert found.get(INTENT) == RANKING[0]
    assert found.get("intent_ranking") == RANKING


def test_what_is_certain_stays() -> None:
    found = after(classified(0.0, certain=True), threshold=1.0)
    assert found.get(INTENT) == RANKING[0]
    assert found.get("abstention") == {"known": 0.0, "threshold": 1.0}


@pytest.mark.parametrize(("threshold", "falls_back"), [(0.0, False), (0.31, True), (0.3, False), (1, True)])
def test_a_fixed_threshold_wins(threshold: float, falls_back: bool) -> None:
    found = after(classified(0.3), threshold=threshold, wrong_answers=1.0)
    assert (found.get(INTENT)["name"] == "nlu_fallback") == falls_back
    assert found.get("abstention")["threshold"] == threshold


def test_the_abstention_is_part_of_the_parse_result() -> None:
    output = after(classified(0.123456789)).as_dict(only_output_properties=True)
    assert output["abstention"] == {"known": 0.1235, "threshold": 0.8}
    assert DOUBT not in output


def test_nothing_understood_at_all_is_a_sure_fallback() -> None:
    data = {TEXT: "/restart", INTENT: {"name": None, "confidence": 0.0}, "intent_ranking": [], ANSWER_RANKING: []}
    found = after(Message(data))
    fallback = {"name": "nlu_fallback", "confidence": 1.0}
    assert found.get(INTENT) == fallback
    assert found.get("intent_ranking") == [fallback]


def test_missing_classifier_is_named() -> None:
    with pytest.raises(InvalidConfigException, match="EncoderIntentClassifier before it"):
        after(Message({TEXT: "hello"}))


@pytest.mark.parametrize(
    "config",
    [
        {"wrong_answers": -0.1},
        {"wrong_answers": 3},
        {"wrong_answers": "few"},
        {"wrong_answers": None},
        {"wrong_answers": True},
        {"threshold": 1.1},
        {"threshold": float("nan")},
        {"threshold": "high"},
    ],
)
def test_bad_config_names_the_key(config: dict[str, object], workbench: Workbench) -> None:
    with pytest.raises(InvalidConfigException, match=f"'{next(iter(config))}'"):
        workbench.create(Abstention, **config)


def test_known_ground_is_answered(parse: Parse) -> None:
    found = parse("where is my parcel", wrong_answers=0.05)
    assert found.get(INTENT)["name"] == "track_order"
    assert found.get("abstention")["known"] >= found.get("abstention")["threshold"]


def test_unknown_ground_is_not(parse: Parse) -> None:
    found = parse("the mitochondria of zebras hum", wrong_answers=0.05)
    names = [entry["name"] for entry in found.get("intent_ranking")]
    assert names[0] == found.get(INTENT)["name"] in {"nlu_fallback", "out_of_scope"}
    assert sorted(set(names) - {"nlu_fallback"}) == sorted({label.split("/")[0] for label in examples()})


@pytest.mark.parametrize(
    ("text", "intent"),
    [("will it snow tomorrow", "out_of_scope"), ("my parcel got lost, let me talk to a person", "request_human")],
)
def test_no_threshold_doubts_a_request_for_a_person_or_that_there_is_no_answer(
    parse: Parse, text: str, intent: str
) -> None:
    assert parse(text, threshold=1.0).get(INTENT)["name"] == intent
    assert parse("where is my parcel", threshold=1.0).get(INTENT)["name"] == "nlu_fallback"
