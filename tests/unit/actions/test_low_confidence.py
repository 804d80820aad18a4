"""An honest word and topics to choose from, or a person where guessing would be wrong."""

from __future__ import annotations

from typing import Any

import pytest
from rasa_sdk import Tracker
from rasa_sdk.executor import CollectingDispatcher

from actions.low_confidence import PERSON_BUTTON, ActionLowConfidence
from actions.suggested_faq import ActionSuggestedFaq

RANKING = [{"name": "nlu_fallback", "confidence": 0.3}, {"name": "product_fit", "confidence": 0.2}]


def tracker_of(*intents: str, ranking: list[dict[str, Any]] | None = None) -> Tracker:
    events = [
        {
            "event": "user",
            "text": "x",
            "timestamp": 0.0,
            "message_id": f"m{n}",
            "parse_data": {"intent": {"name": intent}},
        }
        for n, intent in enumerate(intents)
    ]
    message = {"intent": {"name": intents[-1]}, "intent_ranking": ranking if ranking is not None else RANKING}
    return Tracker("c", {}, message, events, False, None, {}, "action_listen")


def run(tracker: Tracker) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    dispatcher = CollectingDispatcher()
    events = ActionLowConfidence().run(dispatcher, tracker, {})
    (message,) = dispatcher.messages
    return message, events


def test_first_time_offers_topics_and_a_person() -> None:
    message, events = run(tracker_of("faq", "nlu_fallback"))
    assert message["response"] == "utter_low_confidence"
    assert message["buttons"] == [{"title": "Whether a product fits", "payload": "/product_fit"}, PERSON_BUTTON]
    assert events == []


def test_without_a_likely_topic_it_does_not_promise_one() -> None:
    message, _ = run(tracker_of("nlu_fallback", ranking=[]))
    assert message["response"] == "utter_low_confidence_no_topics"
    assert message["buttons"] == [PERSON_BUTTON]


def test_out_of_scope_says_what_it_knows() -> None:
    message, events = run(tracker_of("out_of_scope", ranking=[{"name": "out_of_scope", "confidence": 0.9}]))
    assert message["response"] == "utter_out_of_scope"
    assert events == []


@pytest.mark.parametrize("intents", [["out_of_scope"] * 4, ["nlu_fallback", "nlu_fallback", "out_of_scope"]])
def test_out_of_scope_never_sends_anybody_to_a_person(intents: list[str]) -> None:
    message, events = run(tracker_of(*intents))
    assert message["response"] == "utter_out_of_scope"
    assert message["buttons"] == [PERSON_BUTTON]
    assert events == []


def test_a_likely_account_question_goes_to_a_person_at_once_and_says_why() -> None:
    message, events = run(
        tracker_of("greet", "nlu_fallback", ranking=[{"name": "billing_dispute", "confidence": 0.28}])
    )
    assert message["response"] == "utter_no_guessing"
    assert [(event["event"], event["name"]) for event in events] == [
        ("slot", "escalation"),
        ("followup", "action_handoff"),
    ]
    record = events[0]["value"]
    assert (record["step"], record["trigger"], record["message_id"]) == ("hand_off", "low_confidence", "m1")
    assert [fact["message_id"] for fact in record["evidence"]] == ["m1"]


def test_something_out_of_scope_is_no_account_question() -> None:
    ranking = [{"name": "out_of_scope", "confidence": 0.6}, {"name": "complaint", "confidence": 0.3}]
    message, _ = run(tracker_of("out_of_scope", ranking=ranking))
    assert message["response"] == "utter_out_of_scope"


def _pressed(topic: str) -> Tracker:
    message = {"intent": {"name": "faq"}, "entities": [{"entity": "faq_topic", "value": topic}]}
    return Tracker("c", {}, message, [], False, None, {}, "action_listen")


def test_a_button_gets_exactly_the_answer_it_promised() -> None:
    dispatcher = CollectingDispatcher()
    domain = {"responses": {"utter_faq/warranty": [{"text": "..."}]}}
    assert ActionSuggestedFaq().run(dispatcher, _pressed("warranty"), domain) == []
    assert dispatcher.messages[0]["response"] == "utter_faq/warranty"


def test_a_button_whose_answer_is_gone_is_not_understood() -> None:
    dispatcher = CollectingDispatcher()
    events = ActionSuggestedFaq().run(dispatcher, _pressed("gone"), {"responses": {}})
    assert [event["name"] for event in events] == ["action_low_confidence"]
    assert dispatcher.messages == []
