from __future__ import annotations

from handoff.domain.model import UrgencyLevel
from handoff.domain.rules import HandoffRules
from handoff.domain.triggers import find_trigger
from handoff.domain.urgency import urgency_of
from tests.unit.domain.talk import ORDER_STORY, visitor


def level(rules: HandoffRules, *turns: object, previous: int = 0) -> tuple[UrgencyLevel, tuple[str, ...]]:
    found = urgency_of(turns, find_trigger(turns, rules), previous, rules)  # type: ignore[arg-type]
    return found.level, found.reasons


def test_asking_for_a_person_is_normal(rules: HandoffRules) -> None:
    assert level(rules, visitor("a person please", "request_human")) == (UrgencyLevel.NORMAL, ("asked for a person",))


def test_frustration_raises_it_and_is_named_first(rules: HandoffRules) -> None:
    assert level(rules, *ORDER_STORY) == (UrgencyLevel.HIGH, ("sounds frustrated", "asked for a person"))


def test_an_angry_legal_matter_is_urgent(rules: HandoffRules) -> None:
    found, reasons = level(
        rules, visitor("I am fed up, you will hear from my lawyer", "legal_question", frustration=0.7)
    )
    assert found is UrgencyLevel.URGENT
    assert "legal question" in reasons


def test_asking_again_and_coming_back_count(rules: HandoffRules) -> None:
    once, _ = level(rules, visitor("where is it", "track_order"))
    again, reasons = level(rules, visitor("where is it", "track_order"), visitor("so where", "track_order"), previous=1)
    assert again.rank > once.rank
    assert set(reasons) >= {"asked the same thing again", "was with a person before"}


def test_only_a_clear_score_is_frustration(rules: HandoffRules) -> None:
    _, reasons = level(rules, visitor("I can't activate it", "account_problem", frustration=0.4))
    assert "sounds frustrated" not in reasons
    _, reasons = level(rules, visitor("why can't I activate it!!", "account_problem", frustration=0.5))
    assert "sounds frustrated" in reasons
