"""What is read from Rasa's parse result."""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import Any

from bench.nlu_understood import Understood, from_json, understood

FAQ_PARSE: dict[str, Any] = {
    "intent": {"name": "faq", "confidence": 0.6},
    "intent_ranking": [{"name": "faq", "confidence": 0.6}, {"name": "greet", "confidence": 0.3}],
    "response_selector": {
        "all_retrieval_intents": ["faq"],
        "faq": {"response": {"intent_response_key": "faq/warranty"}},
    },
}


def test_a_retrieval_intent_is_named_with_its_answer() -> None:
    message = understood(FAQ_PARSE)
    assert message == Understood("faq/warranty", (("faq/warranty", 0.6), ("greet", 0.3)))
    assert message.confidence("greet") == 0.3
    assert message.confidence("request_human") == 0.0


def test_the_fallback_is_the_last_word_and_no_part_of_the_ranking() -> None:
    fallback = {"name": "nlu_fallback", "confidence": 0.5}
    message = understood(
        {
            "intent": fallback,
            "intent_ranking": [fallback, {"name": "b", "confidence": 0.2}, {"name": "a", "confidence": 0.4}],
        }
    )
    assert message == Understood("nlu_fallback", (("a", 0.4), ("b", 0.2)))


def test_an_intent_called_like_the_default_selector_stays_itself() -> None:
    selector = {"all_retrieval_intents": [], "default": {"response": {"intent_response_key": None}}}
    parse = {"intent": {"name": "default", "confidence": 1.0}, "intent_ranking": [], "response_selector": selector}
    assert understood(parse).intent == "default"


def test_scores_that_a_pipeline_may_have() -> None:
    message = understood({**FAQ_PARSE, "abstention": {"known": 0.25}, "frustration": {"score": 0.75, "signals": []}})
    assert (message.known, message.frustration) == (0.25, 0.75)


def test_nothing_readable() -> None:
    assert understood({"intent": {"name": None, "confidence": 0.0}, "intent_ranking": []}) == Understood(None, ())


def test_the_way_through_a_file() -> None:
    message = understood(FAQ_PARSE)
    assert from_json(json.loads(json.dumps(asdict(message)))) == message
