from __future__ import annotations

from dataclasses import replace

import pytest

from handoff.domain.model import TriggerKind
from handoff.domain.rules import HandoffRules
from handoff.domain.triggers import find_trigger
from tests.unit.domain.talk import ORDER_STORY, assistant, visitor


def test_an_explicit_request_is_evidence_in_the_visitors_own_words(rules: HandoffRules) -> None:
    trigger = find_trigger(ORDER_STORY, rules)
    assert trigger.kind is TriggerKind.EXPLICIT_REQUEST
    assert [item.text for item in trigger.evidence] == ["this is useless, let me talk to a human"]


def test_an_explicit_request_wins_over_what_the_dialogue_believes(rules: HandoffRules) -> None:
    assert find_trigger(ORDER_STORY, rules, TriggerKind.LOW_CONFIDENCE).kind is TriggerKind.EXPLICIT_REQUEST


@pytest.mark.parametrize(
    ("intent", "kind"),
    [
        ("request_refund", TriggerKind.SENSITIVE_TOPIC),
        ("legal_question", TriggerKind.SENSITIVE_TOPIC),
        ("custom_pricing", TriggerKind.SALES_INTENT),
        ("demo_request", TriggerKind.SALES_INTENT),
        ("express_frustration", TriggerKind.FRUSTRATION),
        ("track_order", TriggerKind.EXPLICIT_REQUEST),
    ],
)
def test_the_subject_says_why_after_a_form_or_a_yes(intent: str, kind: TriggerKind, rules: HandoffRules) -> None:
    turns = (visitor("about this", intent), assistant("Shall I bring in a colleague?"), visitor("yes", "affirm"))
    trigger = find_trigger(turns, rules)
    assert trigger.kind is kind
    assert trigger.evidence[0].text == "about this"


def test_low_confidence_shows_every_message_that_was_not_understood(rules: HandoffRules) -> None:
    turns = (
        visitor("hello", "greet"),
        visitor("blorp", "nlu_fallback", 0.3),
        assistant("I am not sure."),
        visitor("blorp blorp", "nlu_fallback", 0.2),
    )
    trigger = find_trigger(turns, rules, TriggerKind.LOW_CONFIDENCE)
    assert [(item.text, item.confidence) for item in trigger.evidence] == [("blorp", 0.3), ("blorp blorp", 0.2)]


def test_a_graded_decision_names_the_messages_behind_it(rules: HandoffRules) -> None:
    turns = (
        visitor("where is the answer", "faq/warranty", frustration=0.4),
        visitor("thank you", "thank", frustration=0.0),
        visitor(
            "I asked that BEFORE", "faq/warranty", frustration=0.86, signals=("negative_wording", "repeated_question")
        ),
        visitor("again?", "faq/warranty", frustration=0.2, signals=("repeated_question",)),
    )
    because = [turns[0].message_id, turns[2].message_id, turns[3].message_id]
    trigger = find_trigger(turns, rules, TriggerKind.FRUSTRATION, because)  # type: ignore[arg-type]
    assert [item.reason for item in trigger.evidence] == [
        "sounds frustrated (0.40)",
        "sounds frustrated (0.86: negative wording, asked again)",
        "asked again",
    ]
    assert (trigger.evidence[1].frustration, trigger.evidence[1].confidence) == (0.86, None)


def test_without_a_score_the_intent_is_the_evidence(rules: HandoffRules) -> None:
    trigger = find_trigger((visitor("useless", "express_frustration"),), rules, TriggerKind.FRUSTRATION)
    assert [(item.reason, item.confidence) for item in trigger.evidence] == [("sounds frustrated", 0.9)]


def test_a_press_of_the_offers_button_keeps_the_reason_of_the_offer(rules: HandoffRules) -> None:
    angry, typed = visitor("useless!", "nlu_fallback", frustration=0.8), visitor("a person", "request_human")
    pressed = replace(visitor("Talk to a person", "request_human"), payload=True)
    because = [str(angry.message_id)]
    assert find_trigger((angry, pressed), rules, TriggerKind.FRUSTRATION, because).kind is TriggerKind.FRUSTRATION
    assert find_trigger((angry, typed), rules, TriggerKind.FRUSTRATION, because).kind is TriggerKind.EXPLICIT_REQUEST


def test_a_conversation_without_words_still_has_a_trigger(rules: HandoffRules) -> None:
    assert find_trigger((), rules).kind is TriggerKind.EXPLICIT_REQUEST
