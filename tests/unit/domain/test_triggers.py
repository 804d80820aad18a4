from __future__ import annotations

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


def test_a_conversation_without_words_still_has_a_trigger(rules: HandoffRules) -> None:
    assert find_trigger((), rules).kind is TriggerKind.EXPLICIT_REQUEST
