"""What is offered when the assistant is not sure, and when it stops guessing."""

from __future__ import annotations

from pathlib import Path

import pytest

from actions.suggestions import Guess, guesses, must_not_guess, payload_for, topic_buttons
from handoff.domain.rules import HandoffRules
from handoff.rules_file import load_rules

ROOT = Path(__file__).resolve().parents[3]
PARSE = {
    "intent": {"name": "nlu_fallback", "confidence": 0.3},
    "intent_ranking": [
        {"name": "nlu_fallback", "confidence": 0.3},
        {"name": "greet", "confidence": 0.29},
        {"name": "faq", "confidence": 0.28},
        {"name": "product_fit", "confidence": 0.2},
        {"name": "demo_request", "confidence": 0.01},
    ],
    "response_selector": {
        "faq": {
            "ranking": [
                {"intent_response_key": "faq/warranty", "confidence": 0.28},
                {"intent_response_key": "faq/return_policy", "confidence": 0.1},
            ]
        }
    },
}


@pytest.fixture(scope="module")
def rules() -> HandoffRules:
    return load_rules(ROOT / "handoff.yml")


def test_answers_stand_for_faq_with_their_own_probability_and_small_talk_is_left_out() -> None:
    assert guesses(PARSE) == [
        Guess("faq/warranty", 0.28),
        Guess("product_fit", 0.2),
        Guess("faq/return_policy", 0.1),
        Guess("demo_request", 0.01),
    ]


def test_a_message_without_nlu_gives_no_guess() -> None:
    assert guesses({"text": "/nothing"}) == []


def test_buttons_have_readable_titles_and_leave_out_noise(rules: HandoffRules) -> None:
    assert topic_buttons(guesses(PARSE), rules) == [
        {"title": "The warranty", "payload": '/faq{"faq_topic": "warranty"}'},
        {"title": "Whether a product fits", "payload": "/product_fit"},
        {"title": "Returning something", "payload": '/faq{"faq_topic": "return_policy"}'},
    ]
    assert topic_buttons([Guess("demo_request", 0.01)], rules) == []


def test_never_more_buttons_than_the_designer_wants(rules: HandoffRules) -> None:
    many = [Guess(f"topic_{number}", 0.2) for number in range(9)]
    assert len(topic_buttons(many, rules)) == rules.low_confidence.suggestions


def test_payload_of_a_plain_intent() -> None:
    assert payload_for("track_order") == "/track_order"


@pytest.mark.parametrize(
    ("intent", "confidence", "expected"),
    [
        ("track_order", 0.4, True),
        ("billing_dispute", 0.26, True),
        ("billing_dispute", 0.2, False),
        ("product_fit", 0.4, False),
        ("faq/warranty", 0.4, False),
    ],
)
def test_account_and_sensitive_questions_are_not_guessed(
    rules: HandoffRules, intent: str, confidence: float, expected: bool
) -> None:
    assert must_not_guess([Guess(intent, confidence), Guess("complaint", 0.1)], rules) is expected


def test_nothing_to_go_by_is_no_reason_to_stop(rules: HandoffRules) -> None:
    assert must_not_guess([], rules) is False
