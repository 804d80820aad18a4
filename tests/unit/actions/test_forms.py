"""The adapters turn a decision into the events that make Rasa's form take that step."""

from __future__ import annotations

from typing import Any

import pytest
import yaml
from rasa_sdk import Tracker
from rasa_sdk.executor import CollectingDispatcher

from actions.form_action import FormAction
from actions.forms_contact import ValidateContactForm
from actions.forms_order import ValidateOrderForm
from tests.conftest import ROOT

LISTEN = {"event": "action", "name": "action_listen"}
AWAITED = {"contact_purpose": "follow_up", "handoff_open": True}
"""The handoff waits in its queue, and the assistant is silent but for the question for an address."""


def tracker_for(form: str, text: str, intent: str, before: str = "action_listen", **slots: Any) -> Tracker:
    """What Rasa sends to a validation action: the running form is the latest action."""
    events = [LISTEN, {"event": "user", "text": text}]
    if before != "action_listen":
        events.append({"event": "action", "name": before})
    events.append({"event": "action", "name": form})
    message = {"text": text, "intent": {"name": intent}, "entities": []}
    return Tracker("c", slots, message, events, False, None, {"name": form}, form)


def run(action: FormAction, tracker: Tracker) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    """Slots that were set, and the other events."""
    events = action.run(CollectingDispatcher(), tracker, {})
    slots = {event["name"]: event["value"] for event in events if event["event"] == "slot"}
    return slots, [event for event in events if event["event"] != "slot"]


def order(text: str, intent: str = "inform", **slots: Any) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    return run(ValidateOrderForm(), tracker_for("order_form", text, intent, requested_slot="order_number", **slots))


def contact(text: str, intent: str = "inform", **slots: Any) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    return run(ValidateContactForm(), tracker_for("contact_form", text, intent, requested_slot="email", **slots))


def test_asks_when_nothing_is_known() -> None:
    slots, rest = run(ValidateOrderForm(), tracker_for("order_form", "where is my order", "track_order"))
    assert slots["requested_slot"] == "order_number"
    assert slots["order_problem"] == "none"
    assert rest == []


def test_asks_nothing_when_the_number_stands_in_the_question() -> None:
    slots, _ = run(ValidateOrderForm(), tracker_for("order_form", "where is my order fw104233?", "track_order"))
    assert slots["order_number"] == "FW-104233"
    assert slots["requested_slot"] is None
    assert slots["order_reference"] == "number"


def test_asks_nothing_when_the_address_is_known() -> None:
    tracker = tracker_for("order_form", "cancel my order", "cancel_order", email="anna@example.org")
    slots, _ = run(ValidateOrderForm(), tracker)
    assert slots["requested_slot"] is None
    assert slots["order_reference"] == "email"
    assert "email" not in slots


def test_a_bad_number_in_the_question_is_explained_at_once() -> None:
    slots, _ = run(ValidateOrderForm(), tracker_for("order_form", "where is order FW-1042", "track_order"))
    assert slots["order_problem"] == "too_few_digits"
    assert slots["requested_slot"] == "order_number"


def test_a_year_in_the_question_is_not() -> None:
    slots, _ = run(ValidateOrderForm(), tracker_for("order_form", "where is the desk I bought in 2024", "track_order"))
    assert slots["order_problem"] == "none"


def test_a_bad_number_does_not_fall_back_to_an_old_one() -> None:
    slots, _ = order("FW-1042", order_number="FW-104233", email="anna@example.org")
    assert slots["order_problem"] == "too_few_digits"
    assert slots["requested_slot"] == "order_number"


def test_an_address_will_do_instead_of_a_number() -> None:
    slots, _ = order("anna@example.org")
    assert slots["email"] == "anna@example.org"
    assert slots["requested_slot"] is None


def test_a_bad_address_instead_of_a_number_is_explained() -> None:
    slots, _ = order("anna@example")
    assert slots["order_problem"] == "bad_email"


def test_no_number_ends_the_form_and_is_remembered() -> None:
    slots, rest = order("I don't have it", "deny")
    assert slots["requested_slot"] is None
    assert slots["order_declined"] is True
    assert slots["order_reference"] == "none"
    assert rest == []


def test_is_not_asked_again_after_a_no() -> None:
    slots, _ = run(ValidateOrderForm(), tracker_for("order_form", "cancel it", "cancel_order", order_declined=True))
    assert slots["requested_slot"] is None


def test_gives_up_kindly_after_two_explanations() -> None:
    slots, _ = order("hm", "nlu_fallback", form_misses=2.0)
    assert slots["requested_slot"] is None
    assert slots["form_misses"] == 0


def test_a_question_in_between_only_rejects() -> None:
    slots, rest = order("how long does delivery take", "faq")
    assert slots.get("requested_slot", "unchanged") == "unchanged"
    assert [event["event"] for event in rest] == ["action_execution_rejected"]


def test_asks_again_after_a_question_in_between() -> None:
    tracker = tracker_for("order_form", "how long for 2000 desks", "faq", "utter_faq", requested_slot="order_number")
    slots, rest = run(ValidateOrderForm(), tracker)
    assert slots["requested_slot"] == "order_number"
    assert slots["order_problem"] == "none"
    assert rest == []


@pytest.mark.parametrize("ask", [order, contact])
def test_a_person_beats_the_form(ask: Any) -> None:
    slots, rest = ask("let me talk to a human about FW-104233, I am anna@example.org", "request_human")
    assert [event["event"] for event in rest] == ["active_loop", "action_execution_rejected"]
    assert rest[0]["name"] is None
    assert slots["requested_slot"] is None
    assert slots["email"] == "anna@example.org"


def test_a_bad_address_is_explained_and_not_kept() -> None:
    slots, _ = contact("tom@example", email="tom@example")
    assert slots["email"] is None
    assert slots["email_problem"] == "no_ending"
    assert slots["requested_slot"] == "email"
    assert slots["form_misses"] == 1


def test_a_corrected_address_clears_the_problem() -> None:
    slots, _ = contact("Tom@Example.com", email_problem="no_ending", form_misses=1.0, contact_declined=None)
    assert slots["email"] == "Tom@example.com"
    assert slots["email_problem"] == "none"
    assert slots["contact_declined"] is False


@pytest.mark.parametrize(("before", "purpose"), [("utter_demo_request", "sales"), ("action_handoff", "follow_up")])
def test_notes_what_the_address_is_for(before: str, purpose: str) -> None:
    slots, _ = run(ValidateContactForm(), tracker_for("contact_form", "a demo please", "demo_request", before))
    assert slots["contact_purpose"] == purpose
    assert slots["requested_slot"] == "email"


@pytest.mark.parametrize(
    ("text", "intent", "problem"),
    [
        ("what would that cost?", "nlu_fallback", "cannot_answer"),
        ("is that safe", "inform", "cannot_answer"),
        ("fnord blarg", "nlu_fallback", "not_understood"),
        ("with two drawers", "inform", "not_found"),
        ("thanks", "thank", "thanked"),
        ("sure", "affirm", "asked_again"),
    ],
)
@pytest.mark.parametrize(("ask", "slot"), [(order, "order_problem"), (contact, "email_problem")])
def test_says_why_it_asks_again(ask: Any, slot: str, text: str, intent: str, problem: str) -> None:
    slots, rest = ask(text, intent)
    assert slots[slot] == problem
    assert rest == []


@pytest.mark.parametrize("intent", ["nlu_fallback", "sales_objection", "faq", "out_of_scope"])
@pytest.mark.parametrize(
    ("text", "order_problem", "email_problem"),
    [
        ("why do you need it?", "why", "why"),
        ("which one?", "which", "which"),
        ("use the one from my account", "on_record", "on_record"),
        ("you already have it", "on_record", "on_record"),
    ],
)
def test_a_remark_about_the_question_is_answered(
    text: str, intent: str, order_problem: str, email_problem: str
) -> None:
    for ask, slot, problem in ((order, "order_problem", order_problem), (contact, "email_problem", email_problem)):
        slots, rest = ask(text, intent)
        assert (slots[slot], slots["form_misses"], rest) == (problem, 1, [])


def test_where_the_number_stands_is_no_question_for_a_colleague() -> None:
    assert order("where do I find it?", "nlu_fallback")[0]["order_problem"] == "where"
    assert contact("where do I find it?", "nlu_fallback")[0]["email_problem"] == "cannot_answer"


@pytest.mark.parametrize("text", ["the one from monday", "my last order", "the latest one"])
@pytest.mark.parametrize("intent", ["inform", "nlu_fallback", "track_order"])
def test_an_order_told_in_words_is_understood_but_no_number(text: str, intent: str) -> None:
    assert order(text, intent)[0]["order_problem"] == "described"


@pytest.mark.parametrize("intent", ["nlu_fallback", "sales_objection", "thank"])
@pytest.mark.parametrize(("ask", "slot"), [(order, "order_declined"), (contact, "contact_declined")])
def test_a_bare_no_needs_no_nlu(ask: Any, slot: str, intent: str) -> None:
    assert ask("nope thx", intent)[0][slot] is True
    assert ask("no idea", intent)[0][slot] is True


@pytest.mark.parametrize(("ask", "slot"), [(order, "order_problem"), (contact, "email_problem")])
def test_a_bare_yes_needs_no_nlu(ask: Any, slot: str) -> None:
    assert ask("yep, go ahead", "nlu_fallback")[0][slot] == "asked_again"


@pytest.mark.parametrize(
    ("form", "file", "question"),
    [
        (ValidateOrderForm, "orders.yml", "utter_ask_order_form_order_number"),
        (ValidateContactForm, "contact.yml", "utter_ask_contact_form_email"),
    ],
)
def test_every_remark_has_its_text(form: type[FormAction], file: str, question: str) -> None:
    variants = yaml.safe_load((ROOT / "data" / "responses" / file).read_text())["responses"][question]
    told = {
        condition["value"]
        for variant in variants
        for condition in variant.get("condition") or []
        if condition["name"] == form.problem_slot
    }
    assert told >= {remark.value for remark in form.remarks}


def test_a_repeated_request_is_told_who_answers_it() -> None:
    assert contact("what would Enterprise cost us?", "enterprise_enquiry")[0]["email_problem"] == "repeated"
    assert order("where is my order?", "track_order")[0]["order_problem"] == "repeated"


def test_a_polite_word_is_not_counted() -> None:
    slots, _ = contact("sure", "affirm", form_misses=2.0)
    assert slots["requested_slot"] == "email"
    assert "form_misses" not in slots


def test_an_order_number_instead_of_an_address_is_kept() -> None:
    slots, _ = contact("my order number is fw104233", form_misses=2.0)
    assert slots["order_number"] == "FW-104233"
    assert slots["email_problem"] == "order_number"
    assert slots["requested_slot"] == "email"


def test_an_order_number_beside_an_address_asks_nothing() -> None:
    slots, _ = contact("anna@example.org, order FW-104233")
    assert slots["email"] == "anna@example.org"
    assert slots["requested_slot"] is None


def test_anger_while_a_handoff_waits_gets_sympathy_and_then_peace() -> None:
    slots, rest = contact("I am very angry now", "express_frustration", **AWAITED)
    assert slots["email_problem"] == "upset"
    assert rest == []
    slots, _ = contact("so angry", "express_frustration", **AWAITED, form_misses=2.0)
    assert slots["requested_slot"] is None
    assert slots["contact_declined"] is True


def test_anger_that_went_to_the_waiting_team_gets_sympathy() -> None:
    tracker = tracker_for("contact_form", "so angry", "express_frustration", "action_handoff", **AWAITED)
    slots, _ = run(ValidateContactForm(), tracker)
    assert slots["email_problem"] == "upset"
    assert slots["requested_slot"] == "email"


def test_a_complaint_that_opens_the_handoff_is_asked_plainly() -> None:
    tracker = tracker_for("contact_form", "I want to complain", "complaint", "action_handoff")
    slots, _ = run(ValidateContactForm(), tracker)
    assert slots["email_problem"] == "none"
    assert slots["contact_purpose"] == "follow_up"


@pytest.mark.parametrize(("purpose", "problem"), [("follow_up", "upset"), ("sales", "not_understood")])
def test_an_angry_word_that_is_not_understood_gets_sympathy_while_a_handoff_waits(purpose: str, problem: str) -> None:
    tracker = tracker_for("contact_form", "hellooo!!", "nlu_fallback", requested_slot="email", contact_purpose=purpose)
    tracker.latest_message["frustration"] = {"score": 0.6, "signals": ["shouting"]}
    slots, _ = run(ValidateContactForm(), tracker)
    assert slots["email_problem"] == problem


def test_anger_before_a_handoff_gets_a_word_and_the_form_goes_on() -> None:
    _, rest = contact("I am very angry now", "express_frustration", contact_purpose="sales")
    assert [event["event"] for event in rest] == ["action_execution_rejected"]


@pytest.mark.parametrize(
    ("intent", "expected"),
    [("affirm", ["active_loop", "action_execution_rejected"]), ("deny", ["action_execution_rejected"])],
)
@pytest.mark.parametrize("offer", ["utter_empathy_offer_human", "utter_offer_after_repetition"])
def test_a_yes_or_no_to_a_person_is_for_the_rules(offer: str, intent: str, expected: list[str]) -> None:
    tracker = tracker_for("order_form", "...", intent, requested_slot="order_number")
    tracker.events.insert(0, {"event": "action", "name": offer})
    slots, rest = run(ValidateOrderForm(), tracker)
    assert [event["event"] for event in rest] == expected
    assert "order_declined" not in slots


def test_another_request_while_a_person_is_awaited_ends_the_question_only() -> None:
    slots, rest = contact("my account is broken too", "account_problem", **AWAITED)
    assert slots["contact_declined"] is True
    assert slots["requested_slot"] is None
    assert rest == []


def test_another_request_while_nobody_is_awaited_now_is_answered() -> None:
    _, rest = contact("my account is broken too", "account_problem", contact_purpose="follow_up", handoff_open=False)
    assert [event["event"] for event in rest] == ["active_loop", "action_execution_rejected"]


def test_another_request_before_the_handoff_is_answered() -> None:
    _, rest = contact("my account is broken too", "account_problem", contact_purpose="sales")
    assert [event["event"] for event in rest] == ["active_loop", "action_execution_rejected"]
