from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from handoff.domain.model import TriggerKind, Visitor
from handoff.domain.rules import HandoffRules
from handoff.domain.summary import summarise
from handoff.domain.triggers import find_trigger
from handoff.rules_file import load_rules
from tests.conftest import ROOT
from tests.unit.domain.talk import ORDER_STORY, assistant, visitor

RULES = load_rules(ROOT / "handoff.yml")


def test_it_holds_requests_fields_answers_open_question_and_mood(rules: HandoffRules) -> None:
    trigger = find_trigger(ORDER_STORY, rules)
    summary = summarise(ORDER_STORY, trigger, Visitor(email="tom@example.org"), {"order_number": "FW-104233"}, rules)
    assert summary.headline == "Visitor: where an order is (FW-104233) \u2013 asks for a person"
    assert summary.already_answered == ("how long delivery takes",)
    assert summary.open_question == "where is my order?"
    for piece in ("where an order is", "FW-104233", "tom@example.org", "where is my order?", "Mood: frustrated"):
        assert piece in summary.text


def test_what_was_not_understood_is_the_open_question(rules: HandoffRules) -> None:
    turns = (
        visitor("can your desk fly", "nlu_fallback", 0.2),
        assistant("I am not sure."),
        visitor("Talk to a person", "request_human"),
    )
    assert summarise(turns, find_trigger(turns, rules), Visitor(), {}, rules).open_question == "can your desk fly"


def test_an_answered_faq_alone_leaves_nothing_open(rules: HandoffRules) -> None:
    turns = (
        visitor("do you ship to norway", "faq/delivery_area"),
        assistant("Yes."),
        visitor("a person please", "request_human"),
    )
    assert summarise(turns, find_trigger(turns, rules), Visitor(), {}, rules).open_question == ""


INTENTS = ["faq/warranty", "track_order", "request_refund", "nlu_fallback", "express_frustration", "inform", None]


@given(
    st.lists(st.tuples(st.text(min_size=1, max_size=4000), st.sampled_from(INTENTS)), max_size=12),
    st.dictionaries(st.sampled_from(["order_number", "platform", "website"]), st.text(max_size=60), max_size=3),
    st.sampled_from(list(TriggerKind)),
)
def test_it_never_exceeds_its_budget(
    said: list[tuple[str, str | None]], fields: dict[str, str], kind: TriggerKind
) -> None:
    turns = [visitor(text, intent) for text, intent in said]
    summary = summarise(turns, find_trigger(turns, RULES, kind), Visitor(name="Anna"), fields, RULES)
    assert len(summary.text.split()) <= RULES.summary_words
    assert summary.headline
