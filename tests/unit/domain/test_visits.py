"""What became of a message, what it says of the answer before it, and when a visit begins."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from handoff.domain.mood import REPEATED_QUESTION
from handoff.domain.rules import HandoffRules
from handoff.domain.visits import PAGE_LIMIT, Doubt, Heard, Outcome, begins_visit, page_of
from tests.unit.domain.talk import START

GAP = timedelta(minutes=60)
SECOND = timedelta(seconds=1)


def heard(intent: str | None, **more: Any) -> Heard:
    facts: dict[str, Any] = {"frustration": None, "signals": (), "in_form": False, "human": False}
    return Heard("m1", START, intent, **(facts | more))


@pytest.mark.parametrize(
    ("intent", "outcome"),
    [
        ("faq/delivery_time", Outcome.ANSWERED),
        ("track_order", Outcome.ANSWERED),
        ("greet", Outcome.SMALL_TALK),
        ("request_human", Outcome.SMALL_TALK),
        ("inform", Outcome.SMALL_TALK),
        (None, Outcome.SMALL_TALK),
        ("nlu_fallback", Outcome.NOT_UNDERSTOOD),
        ("out_of_scope", Outcome.OUT_OF_SCOPE),
    ],
)
def test_what_becomes_of_a_message(intent: str | None, outcome: Outcome) -> None:
    assert heard(intent).outcome() is outcome
    assert heard(intent, human=True).outcome() is Outcome.HUMAN


@pytest.mark.parametrize("intent", ["nlu_fallback", "inform", "affirm", "deny"])
def test_a_form_takes_what_replies_to_it(intent: str) -> None:
    assert heard(intent, in_form=True).outcome() is Outcome.FORM_REPLY
    assert heard(intent, in_form=True, human=True).outcome() is Outcome.HUMAN


def test_a_question_in_the_middle_of_a_form_is_a_question() -> None:
    assert heard("faq/warranty", in_form=True).outcome() is Outcome.ANSWERED
    assert heard("out_of_scope", in_form=True).outcome() is Outcome.OUT_OF_SCOPE


def test_frustration_by_score_and_by_intent(rules: HandoffRules) -> None:
    mood = rules.frustration.mood_from
    assert heard("faq/warranty", frustration=mood).is_frustrated(rules)
    assert not heard("faq/warranty", frustration=mood - 0.01).is_frustrated(rules)
    assert not heard("faq/warranty").is_frustrated(rules)
    assert heard("express_frustration", frustration=0.0).is_frustrated(rules)


def test_what_the_next_message_says_of_an_answer(rules: HandoffRules) -> None:
    assert heard("faq/warranty").doubt(rules) is None
    assert heard("faq/warranty", signals=(REPEATED_QUESTION,), frustration=0.9).doubt(rules) is Doubt.REPHRASED
    assert heard("greet", frustration=0.9).doubt(rules) is Doubt.FRUSTRATED
    assert heard("greet", frustration=0.9, human=True).doubt(rules) is None, "it is about what the person said"


def test_a_silence_ends_a_visit_unless_somebody_waits() -> None:
    assert begins_visit(None, START, GAP, handoff_open=False)
    assert not begins_visit(START, START + GAP, GAP, handoff_open=False), "as long as the gap is not longer than it"
    assert begins_visit(START, START + GAP + SECOND, GAP, handoff_open=False)
    assert not begins_visit(START, START + 100 * GAP, GAP, handoff_open=True)
    assert not begins_visit(START, START - SECOND, GAP, handoff_open=False), "clocks of two processes differ a little"


@pytest.mark.parametrize(
    ("url", "page"),
    [
        ("https://shop.example/order?email=anna@example.org#pay", "https://shop.example/order"),
        ("https://shop.example/#/order?x", "https://shop.example/"),
        ("", None),
        (None, None),
    ],
)
def test_a_page_names_no_visitor(url: str | None, page: str | None) -> None:
    assert page_of(url) == page


def test_a_long_address_is_cut() -> None:
    assert len(page_of("https://shop.example/" + "x" * PAGE_LIMIT) or "") == PAGE_LIMIT
