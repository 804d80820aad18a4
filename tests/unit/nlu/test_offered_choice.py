"""A typed answer to buttons is a pressed button; whatever says more, or was offered no button, stays what it was."""

from __future__ import annotations

import asyncio
import copy
import json
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st
from rasa.core.agent import Agent
from rasa.core.channels.channel import UserMessage
from rasa.model_training import train_nlu
from rasa.shared.core.events import ActionExecuted, ActiveLoop, BotUttered, Event, UserUttered
from rasa.shared.core.trackers import DialogueStateTracker
from rasa.shared.core.training_data.story_reader.yaml_story_reader import YAMLStoryReader
from rasa.shared.nlu.training_data.message import Message

from handoff.nlu.entity_patterns import words
from handoff.nlu.offered_choice import OfferedChoice
from handoff.rasa.parsed_intent import intent_name
from tests.unit.nlu.conftest import TINY_DATA

WARRANTY = {"title": "The warranty", "payload": '/faq{"faq_topic": "warranty"}'}
DELIVERY = {"title": "How long delivery takes", "payload": '/faq{"faq_topic": "delivery_time"}'}
CANCEL = {"title": "Cancelling an order", "payload": "/cancel_order"}
PERSON = {"title": "Talk to a person", "payload": "/request_human"}
YES = {"title": "Yes, bring in a colleague", "payload": "/affirm"}
NO = {"title": "No, thanks", "payload": "/deny"}
TOPICS = (WARRANTY, DELIVERY, PERSON)


def shown(*buttons: dict[str, Any]) -> BotUttered:
    return BotUttered("...", {"buttons": list(buttons)} if buttons else {"buttons": None})


def tracker(*events: Event, form: str | None = None) -> DialogueStateTracker:
    before = [ActiveLoop(form)] if form else []
    begin = [ActionExecuted("action_listen"), UserUttered("hm", {"name": "nlu_fallback"})]
    end = [ActionExecuted("action_listen")]
    return DialogueStateTracker.from_events("c", [*before, *begin, *events, *end])


def understood(text: str, intent: str = "nlu_fallback") -> Message:
    """``text`` as it comes from the components before."""
    ranking = [{"name": name, "confidence": 0.4} for name in (intent, "faq", "deny")]
    data = {
        "text": text,
        "intent": dict(ranking[0]),
        "intent_ranking": ranking,
        "entities": [{"entity": "platform", "value": "Slack", "start": 0, "end": 1}],
        "response_selector": {"all_retrieval_intents": ["faq"], "faq": {"response": {"intent_response_key": "faq/x"}}},
        "abstention": {"known": 0.4, "threshold": 0.8},
    }
    return Message(data, output_properties=set(data))


def read(text: str, *events: Event, form: str | None = None, intent: str = "nlu_fallback") -> dict[str, Any]:
    """The parse result."""
    (message,) = OfferedChoice().process([understood(text, intent)], tracker(*events, form=form))
    result: dict[str, Any] = message.as_dict(only_output_properties=True)
    return result


def meant(text: str, *events: Event, form: str | None = None) -> str | None:
    """The title of the button that the message was read as."""
    return read(text, *events, form=form).get("offered_choice", {}).get("title")


@pytest.mark.parametrize(
    ("text", "button"),
    [
        ("the second one", DELIVERY),
        ("2nd", DELIVERY),
        ("no 2", DELIVERY),
        ("2", DELIVERY),
        ("2.", DELIVERY),
        ("#2", DELIVERY),
        ("number two pls", DELIVERY),
        ("option b", DELIVERY),
        ("2\ufe0f\u20e3", DELIVERY),
        ("yes, the second one please", DELIVERY),
        ("I'd go with the second option", DELIVERY),
        ("option 3", PERSON),
        ("the last one", PERSON),
        ("first pls", WARRANTY),
        ("I think it's the first one", WARRANTY),
        ("one", WARRANTY),
    ],
)
def test_a_place_in_the_list(text: str, button: dict[str, Any]) -> None:
    result = read(text, shown(*TOPICS))
    assert result["offered_choice"] == {**button, "by": "place"}


@pytest.mark.parametrize(
    ("text", "button"),
    [
        ("warranty", WARRANTY),
        ("The warranty", WARRANTY),
        ("waranty please", WARRANTY),
        ("warrenty", WARRANTY),
        ("I mean the warranty", WARRANTY),
        ("yes, the warranty", WARRANTY),
        ("delivery", DELIVERY),
        ("how long delivery takes?", DELIVERY),
        ("cancel", CANCEL),
        ("cancel order", CANCEL),
        ("a person", PERSON),
        ("talk to a persn", PERSON),
    ],
)
def test_a_title_or_a_clear_part_of_it(text: str, button: dict[str, Any]) -> None:
    result = read(text, shown(WARRANTY, DELIVERY, CANCEL, PERSON))
    assert result["offered_choice"] == {**button, "by": "title"}


@pytest.mark.parametrize("text", ["the second one", "delivery"])
def test_it_is_what_rasa_makes_of_the_pressed_button(text: str) -> None:
    result = read(text, shown(*TOPICS))
    pressed = YAMLStoryReader.unpack_regex_message(Message({"text": DELIVERY["payload"]})).data
    assert result["intent"] == pressed["intent"] == {"name": "faq", "confidence": 1.0}
    assert [(one["entity"], one["value"]) for one in result["entities"]] == [("faq_topic", "delivery_time")]
    assert [(one["start"], one["end"]) for one in result["entities"]] == [(0, len(text))]
    assert [one["name"] for one in result["intent_ranking"]] == ["faq", "deny"]
    assert {"response_selector", "abstention"}.isdisjoint(result)
    assert result["text"] == text
    assert intent_name(result) == "faq/delivery_time"
    json.dumps(result)


@pytest.mark.parametrize(
    "text",
    [
        "2 desks please",
        "I have 2 questions",
        "I want 2",
        "2 %",
        "\u20ac2",
        "2.5",
        "1 and 2",
        "4",
        "0",
        "one second",
        "a second please",
        "one moment",
        "the one",
        "no one",
        "the latter",
        "not the second one",
        "the second desk I ordered is broken",
        "first of all, where is my order",
        "first time I order here",
        "no warranty",
        "not the warranty",
        "is the motor covered by the warranty",
        "warranty and delivery",
        "how long does delivery take to Spain",
        "the",
        "to",
        "none of these",
        "both",
        "/request_human",
        "\u2060/request_human",
        "/2",
        "",
        "   ",
        "\U0001f44d",
        "x" * 4000,
    ],
)
def test_whatever_says_more_or_less_stays(text: str) -> None:
    before = understood(text)
    assert read(text, shown(*TOPICS)) == before.as_dict(only_output_properties=True)


def test_two_titles_that_fit_equally_well_are_none() -> None:
    costs = {"title": "What delivery costs", "payload": '/faq{"faq_topic": "delivery_cost"}'}
    assert meant("delivery", shown(DELIVERY, costs)) is None
    assert meant("delivery costs", shown(DELIVERY, costs)) == "What delivery costs"


def test_a_whole_title_wins_over_a_part_of_another() -> None:
    longer = {"title": "The warranty of the motor", "payload": "/faq"}
    assert meant("the warranty", shown(longer, WARRANTY)) == "The warranty"


def test_a_word_wins_over_one_that_is_spelled_nearly_so() -> None:
    plans = {"title": "A plain desk", "payload": "/product_fit"}
    plants = {"title": "A plaid desk", "payload": "/sales_objection"}
    assert meant("plain", shown(plants, plans)) == "A plain desk"


def test_the_former_and_the_latter_are_of_two() -> None:
    assert meant("the latter", shown(WARRANTY, PERSON)) == "Talk to a person"
    assert meant("the former", shown(WARRANTY, PERSON)) == "The warranty"


def test_one_button_is_no_list() -> None:
    assert meant("the last one", shown(PERSON)) is None
    assert meant("1", shown(PERSON)) is None
    assert meant("person please", shown(PERSON)) == "Talk to a person"


def test_a_number_that_a_button_shows_is_no_place() -> None:
    few, many = ({"title": title, "payload": "/inform"} for title in ("2 to 4 people", "5 to 20 people"))
    assert meant("2", shown(many, few)) == "2 to 4 people"
    assert meant("1", shown(many, few)) is None
    assert meant("the second one", shown(many, few)) == "2 to 4 people"


def test_places_count_the_last_message_with_buttons_and_titles_all_of_them() -> None:
    said = (shown(WARRANTY, DELIVERY), shown(YES, NO))
    assert meant("the first one", *said) == YES["title"]
    assert meant("warranty", *said) == "The warranty"
    assert meant("the first one", *said, shown()) == YES["title"]


def test_the_same_button_twice_is_one() -> None:
    assert meant("person", shown(WARRANTY, PERSON), shown(PERSON)) == "Talk to a person"


def test_buttons_of_an_earlier_turn_are_over() -> None:
    assert meant("2", shown(*TOPICS), UserUttered("thanks", {"name": "thank"}), shown()) is None


def test_a_link_cannot_be_pressed_in_words() -> None:
    link = {"title": "Our website", "url": "https://fernway.example"}
    assert meant("our website", shown(link, {"title": None, "payload": "/faq"}, {})) is None


def test_a_payload_that_rasa_cannot_read_is_left() -> None:
    assert meant("broken", shown({"title": "Broken", "payload": "/"}, PERSON)) is None


@pytest.mark.parametrize("text", ["2", "no 2", "number 2", "#2", "two"])
def test_in_a_form_numbers_belong_to_it(text: str) -> None:
    assert meant(text, shown(*TOPICS), form="order_form") is None


@pytest.mark.parametrize("text", ["option 2", "the second one"])
def test_in_a_form_a_place_in_words_counts_if_the_question_has_buttons(text: str) -> None:
    assert meant(text, shown(*TOPICS), form="order_form") == DELIVERY["title"]
    assert meant(text, shown(*TOPICS), shown(), form="order_form") is None


def test_in_a_form_a_title_counts() -> None:
    assert meant("warranty", shown(WARRANTY, PERSON), shown(), form="order_form") == "The warranty"


@pytest.mark.parametrize(("text", "intent"), [("yep go ahead", "affirm"), ("nope thx", "deny"), ("no", "deny")])
def test_a_bare_yes_or_no_is_no_particular_button(text: str, intent: str) -> None:
    result = read(text, shown(PERSON, {"title": "Not now", "payload": "/deny"}))
    assert result["intent"] == {"name": intent, "confidence": 1.0}
    assert "offered_choice" not in result
    assert [one["entity"] for one in result["entities"]] == ["platform"]
    names = [one["name"] for one in result["intent_ranking"]]
    assert (names[0], names.count(intent)) == (intent, 1)
    assert "nlu_fallback" not in names


def test_without_a_conversation_nothing_is_offered() -> None:
    for conversation in (None, DialogueStateTracker.from_events("c", [])):
        (message,) = OfferedChoice().process([understood("2")], conversation)
        assert message == understood("2")


def test_rasa_hands_it_the_conversation(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)  # Rasa keeps its training cache in the current folder
    pipeline = [{"name": "KeywordIntentClassifier"}, {"name": "handoff.nlu.offered_choice.OfferedChoice"}]
    config = {"recipe": "default.v1", "assistant_id": "x", "language": "en", "pipeline": pipeline, "policies": []}
    (tmp_path / "config.yml").write_text(yaml.safe_dump(config))
    (tmp_path / "nlu.yml").write_text(TINY_DATA)
    model = train_nlu("config.yml", "nlu.yml", "models")
    assert model is not None
    processor = Agent.load(model).processor
    assert processor is not None

    def parse(*conversation: DialogueStateTracker) -> dict[str, Any]:
        result: dict[str, Any] = asyncio.run(processor.parse_message(UserMessage("the second one"), *conversation))
        return result

    assert intent_name(parse(tracker(shown(*TOPICS)))) == "faq/delivery_time"
    assert intent_name(parse()) is None, "there is no conversation under /model/parse"


PIECES = sorted(
    words("the second first 2 no option warranty waranty delivery please yes not a person it's - # \u2060 / ?")
)
TEXTS = st.one_of(
    st.text(max_size=100),
    st.lists(st.sampled_from(PIECES)).map(" ".join),
)


@given(TEXTS)
def test_no_text_is_an_error(text: str) -> None:
    title = meant(text, shown(*TOPICS))
    assert title is None or title in {button["title"] for button in TOPICS}


@given(TEXTS, st.sampled_from(["nlu_fallback", "faq", "inform"]))
def test_nothing_is_chosen_that_was_not_offered(text: str, intent: str) -> None:
    before = understood(text, intent)
    after = copy.deepcopy(before)
    OfferedChoice().process([after], tracker(BotUttered("Which order is it?")))
    assert after == before
