"""The frustration detector as a component: trained, loaded, and asked with and without a conversation."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st
from rasa.core.agent import Agent
from rasa.core.channels.channel import UserMessage
from rasa.engine.storage.local_model_storage import LocalModelStorage
from rasa.model_training import train_nlu
from rasa.shared.core.events import ActionExecuted, BotUttered, Event, UserUttered
from rasa.shared.core.trackers import DialogueStateTracker
from rasa.shared.exceptions import InvalidConfigException
from rasa.shared.nlu.constants import INTENT, TEXT
from rasa.shared.nlu.training_data.loading import load_data
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from handoff.nlu.encoder_featurizer import SentenceEncoderFeaturizer
from handoff.nlu.frustration import FrustrationDetector
from tests.unit.nlu.conftest import TINY_DATA, Workbench

MOODY_DATA = """
version: "3.1"
nlu:
- intent: express_frustration
  examples: |
    - this is useless
    - you never understand me
    - what a waste of time
- intent: track_order
  examples: |
    - where is my order
    - track my parcel
    - has my desk been shipped
"""

Judge = Callable[..., dict[str, Any]]
"""Text, tracker and intent in, the ``frustration`` property out."""


def judge_with(bench: Workbench, data: TrainingData, **config: Any) -> Judge:
    """Train both components on ``data``, load them, and judge messages as serving does."""
    featurizer = bench.trained(SentenceEncoderFeaturizer, data)
    detector = bench.trained(FrustrationDetector, featurizer.process_training_data(data), **config)

    def judge(text: str, tracker: DialogueStateTracker | None = None, intent: str = "track_order") -> dict[str, Any]:
        message = featurizer.process([Message({TEXT: text, INTENT: {"name": intent, "confidence": 0.9}})])[0]
        found: dict[str, Any] = detector.process([message], tracker)[0].get("frustration")
        return found

    return judge


@pytest.fixture(scope="module")
def judge(tmp_path_factory: pytest.TempPathFactory) -> Judge:
    """Trained on the library's messages and a few of a project."""
    folder = tmp_path_factory.mktemp("frustration")
    (folder / "nlu.yml").write_text(MOODY_DATA, encoding="utf-8")
    (folder / "storage").mkdir()
    bench = Workbench(LocalModelStorage.create(folder / "storage"))
    return judge_with(bench, load_data(str(folder / "nlu.yml")))


def conversation(*turns: tuple[str, str], intent: str = "track_order") -> DialogueStateTracker:
    """What was said so far: the visitor's message and the assistant's answer, in turn."""
    events: list[Event] = []
    for said, answer in turns:
        events += [ActionExecuted("action_listen"), UserUttered(said, {"name": intent, "confidence": 0.9})]
        events += [ActionExecuted("utter_answer"), BotUttered(answer)]
    return DialogueStateTracker.from_events("visitor", events)


@pytest.mark.parametrize(
    "text",
    [
        "this is useless, you never answer my question",
        "I've been waiting for three weeks and nobody replies to my mails",
        "worst service ever",
        "are you kidding me",
        "WHERE IS MY ORDER??? I have asked three times",
        "@SomeShop still no refund after 6 weeks, unbelievable",
        "the replacement is broken too, how hard can it be",
    ],
)
def test_frustration_is_heard(judge: Judge, text: str) -> None:
    assert judge(text)["score"] > 0.5


@pytest.mark.parametrize(
    "text",
    [
        "I can't activate it",
        "one leg of the desk is missing, can you send another one?",
        "my parcel hasn't arrived yet, could you check?",
        "how do I cancel my order",
        "thanks, that helped a lot",
        "not bad at all",
        "no problem",
        "haha that's funny",
        "IT ARRIVED TODAY, THANK YOU SO MUCH!!!",
        "@SomeShop what time do you open on saturday?",
    ],
)
def test_calm_messages_stay_low(judge: Judge, text: str) -> None:
    assert judge(text)["score"] < 0.3
    assert "negative_wording" not in judge(text)["signals"]


@pytest.mark.parametrize("text", ["", "   ", "\u2060", "/restart", "\u2060/restart", '/faq{"faq_topic": "warranty"}'])
def test_nothing_to_read_commands_and_buttons_are_calm(judge: Judge, text: str) -> None:
    assert judge(text, conversation((text, "ok"), (text, "ok"))) == {"score": 0.0, "signals": []}


def test_it_is_part_of_the_parse_result(
    workbench: Workbench, featurizer: SentenceEncoderFeaturizer, message: Callable[[str], Message]
) -> None:
    data = featurizer.process_training_data(TrainingData())
    parsed = workbench.trained(FrustrationDetector, data).process([message("this is useless")])[0]
    assert parsed.as_dict(only_output_properties=True)["frustration"] == parsed.get("frustration")
    assert type(parsed.get("frustration")["score"]) is float, "JSON cannot write numpy's numbers"


def test_asking_again_after_an_answer_tells_more_than_after_none(judge: Judge) -> None:
    question = "how long does the delivery to Norway take?"
    calm = judge(question)["score"]
    answered = judge(question, conversation(("how long is delivery to Norway", "Five days."), ("ok thanks", "Yes.")))
    unclear = judge(question, conversation(("how long is delivery to Norway", "Sorry?"), intent="nlu_fallback"))
    assert answered["signals"] == unclear["signals"] == ["repeated_question"]
    assert calm < unclear["score"] < answered["score"]
    assert judge("do you sell lamps?", conversation((question, "Five days.")))["signals"] == []


def test_turning_an_answer_down_is_heard(judge: Judge) -> None:
    answer = conversation(("how long does delivery take", "Here is our return policy."))
    assert judge("that's not it", answer)["signals"][-1] == "angry_reply"
    assert judge("that's not it", answer)["score"] > judge("that's not it")["score"]
    assert judge("no", conversation(("delivery time", "Do you mean our opening hours?")))["signals"] == []


def test_a_weight_can_be_changed(workbench: Workbench, training_data: Callable[[str], TrainingData]) -> None:
    judge = judge_with(workbench, training_data(MOODY_DATA), weights={"repeated_question": 1.0})
    assert judge("where is my desk", conversation(("where is my desk", "On its way.")))["score"] == 1.0


@given(st.text(max_size=120))
def test_any_text_has_a_score(judge: Judge, text: str) -> None:
    found = judge(text)
    assert 0 <= found["score"] <= 1
    assert len(set(found["signals"])) == len(found["signals"])


@given(st.text(st.characters(codec="ascii"), max_size=80))
def test_capitals_never_lower_the_score(judge: Judge, text: str) -> None:
    assert judge(text.upper())["score"] >= judge(text)["score"]


def test_other_projects_need_no_intent_of_frustration(
    workbench: Workbench, training_data: Callable[[str], TrainingData]
) -> None:
    judge = judge_with(workbench, training_data(TINY_DATA))
    assert judge("this is useless, nobody ever answers")["score"] > 0.6 > 0.3 > judge("where is my parcel")["score"]


def test_metadata_labels_an_intent_and_an_example(
    workbench: Workbench, training_data: Callable[[str], TrainingData], tmp_path: Path
) -> None:
    for mood in ("frustrated", "calm"):
        (tmp_path / f"{mood}.txt").write_text("# nothing but the project's own examples\n", encoding="utf-8")
    data = training_data("""
version: "3.1"
nlu:
- intent: grumble
  metadata: {mood: frustrated}
  examples: |
    - grmbl grmbl grmbl
    - grmbl harumph grmbl
    - harumph grmbl pah
- intent: chat
  examples:
  - text: la la la
  - text: tra la la
  - text: la la hey
  - text: harumph pah
    metadata: {mood: frustrated}
  - text: never seen
    metadata: {mood: unclear}
""")
    judge = judge_with(workbench, data, mood_data=str(tmp_path), C=100.0)
    assert judge("harumph pah grmbl")["score"] > 0.4 > judge("tra la la hey")["score"]


def test_without_any_frustrated_example_only_the_conversation_counts(
    workbench: Workbench,
    training_data: Callable[[str], TrainingData],
    tmp_path: Path,
    caplog: pytest.LogCaptureFixture,
) -> None:
    (tmp_path / "frustrated.txt").write_text("", encoding="utf-8")
    (tmp_path / "calm.txt").write_text("good morning\n", encoding="utf-8")
    with caplog.at_level(logging.WARNING):
        judge = judge_with(workbench, training_data(TINY_DATA), mood_data=str(tmp_path))
    assert "only the conversation counts" in caplog.text
    assert judge("this is useless!!!") == {"score": 0.0, "signals": ["punctuation"]}
    assert judge("where is my desk", conversation(("where is my desk", "On its way.")))["score"] == 0.35


@pytest.mark.parametrize(
    "config",
    [
        {"C": 0},
        {"max_iter": 1.5},
        {"ngram_weight": -1},
        {"frustrated_share": 1},
        {"sure_from": "high"},
        {"repeat_threshold": 2},
        {"lookback": True},
        {"unclear_intents": "complaint"},
        {"no_questions": [1]},
        {"factors": {"shouting": 0.5}},
        {"factors": {"yelling": 2}},
        {"weights": {"angry_reply": 1.5}},
        {"weights": [0.5]},
        {"mood_data": 3},
    ],
)
def test_bad_config_names_the_key(workbench: Workbench, config: dict[str, object]) -> None:
    with pytest.raises(InvalidConfigException, match=f"'{next(iter(config))}'"):
        workbench.create(FrustrationDetector, **config)


def test_missing_mood_files_are_named(workbench: Workbench, tmp_path: Path) -> None:
    with pytest.raises(InvalidConfigException, match=r"frustrated\.txt: cannot be read"):
        workbench.create(FrustrationDetector, mood_data=str(tmp_path)).train(TrainingData())
    with pytest.raises(InvalidConfigException, match=r"frustrated\.txt"):
        FrustrationDetector.fingerprint_addon({"mood_data": str(tmp_path)})


def test_an_edited_line_changes_the_fingerprint(tmp_path: Path) -> None:
    for mood in ("frustrated", "calm"):
        (tmp_path / f"{mood}.txt").write_text(f"{mood} line\n", encoding="utf-8")
    before = FrustrationDetector.fingerprint_addon({"mood_data": str(tmp_path)})
    (tmp_path / "calm.txt").write_text("another line\n", encoding="utf-8")
    assert FrustrationDetector.fingerprint_addon({"mood_data": str(tmp_path)}) != before


def test_missing_featurizer_is_named(workbench: Workbench) -> None:
    with pytest.raises(InvalidConfigException, match="SentenceEncoderFeaturizer before it"):
        workbench.create(FrustrationDetector).process([Message({TEXT: "hello"})])


def test_rasa_hands_over_the_conversation(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    pipeline = [
        {"name": "handoff.nlu.spacy_tokenizer.BlankSpacyTokenizer"},
        {"name": "handoff.nlu.encoder_featurizer.SentenceEncoderFeaturizer"},
        {"name": "handoff.nlu.intent_classifier.EncoderIntentClassifier"},
        {"name": "handoff.nlu.frustration.FrustrationDetector"},
    ]
    config = {"recipe": "default.v1", "assistant_id": "tiny", "language": "en", "pipeline": pipeline, "policies": []}
    (tmp_path / "config.yml").write_text(yaml.safe_dump(config), encoding="utf-8")
    (tmp_path / "nlu.yml").write_text(MOODY_DATA, encoding="utf-8")
    monkeypatch.chdir(tmp_path)  # Rasa keeps its training cache in the current folder
    model = train_nlu("config.yml", "nlu.yml", str(tmp_path))
    assert model is not None
    processor = Agent.load(model).processor
    assert processor is not None
    tracker = conversation(("where is my order?", "On its way."))
    again = UserMessage("where is my order??")
    assert asyncio.run(processor.parse_message(again, tracker))["frustration"]["signals"] == ["repeated_question"]
    assert asyncio.run(processor.parse_message(again))["frustration"]["signals"] == []
