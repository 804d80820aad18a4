"""The policy for frustration, repetition and misunderstanding, on trackers as Rasa keeps them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from rasa.core.policies.ensemble import DefaultPolicyPredictionEnsemble
from rasa.core.policies.policy import PolicyPrediction
from rasa.engine.graph import ExecutionContext, GraphSchema
from rasa.engine.storage.local_model_storage import LocalModelStorage
from rasa.engine.storage.resource import Resource
from rasa.shared.core.domain import Domain
from rasa.shared.core.events import (
    ActionExecuted,
    ActionExecutionRejected,
    ActiveLoop,
    BotUttered,
    ConversationResumed,
    Event,
    Restarted,
    SlotSet,
    UserUttered,
)
from rasa.shared.core.trackers import DialogueStateTracker

from handoff.rasa import escalation
from handoff.rasa.escalation import BELOW_THE_GUARD, EscalationPolicy, Prediction, predict
from handoff.rasa.guard import ABOVE_ALL_POLICIES
from handoff.rules_file import load_rules
from tests.conftest import ROOT

RULES = load_rules(ROOT / "handoff.yml")
DOMAIN = Domain.load([ROOT / "domain.yml", ROOT / "data" / "responses"])
LISTEN = ActionExecuted("action_listen")
OFFER, OFFER_AGAIN = "utter_empathy_offer_human", "utter_offer_after_repetition"


def user(intent: str, score: float | None = None, *signals: str, id: str = "m") -> UserUttered:
    base, _, topic = intent.partition("/")
    named = {"name": base, "full_retrieval_intent_name": intent if topic else None}
    parsed: dict[str, Any] = {"intent": named, "entities": []}
    if score is not None:
        parsed["frustration"] = {"score": score, "signals": list(signals)}
    return UserUttered("...", named, [], parsed, input_channel="web", message_id=id)


def spoken(action: str) -> list[Event]:
    return [ActionExecuted(action), BotUttered("...")]


def tracker(*events: Event | list[Event]) -> DialogueStateTracker:
    flat = [one for event in events for one in (event if isinstance(event, list) else [event])]
    return DialogueStateTracker.from_events("c", flat, DOMAIN.slots, domain=DOMAIN)


def action(*events: Event | list[Event]) -> str | None:
    prediction = predict(tracker(*events), RULES)
    return prediction.action if prediction else None


def test_calm_and_understood_messages_are_left_to_the_others() -> None:
    assert predict(tracker(), RULES) is None
    assert action(LISTEN, user("greet")) is None
    assert action(LISTEN, user("faq/warranty", 0.1)) is None
    assert action(LISTEN, user("request_human", 1.0)) is None


def test_the_decision_and_its_evidence_are_kept() -> None:
    mild = [user("greet", 0.45, "shouting", id="m1"), *spoken("utter_greet"), LISTEN]
    prediction = predict(tracker(LISTEN, mild, user("nlu_fallback", 0.5, "negative_wording", id="m2")), RULES)
    assert prediction is not None
    assert prediction.action == OFFER
    (kept,) = prediction.events
    assert kept == SlotSet(
        "escalation",
        {
            "step": "offer",
            "trigger": "frustration",
            "repetition": False,
            "level": 0.725,
            "message_id": "m2",
            "evidence": [
                {"message_id": "m1", "score": 0.45, "signals": ["shouting"]},
                {"message_id": "m2", "score": 0.5, "signals": ["negative_wording"]},
            ],
        },
    )
    assert isinstance(DOMAIN.as_dict()["slots"]["escalation"], dict)


def test_after_its_offer_the_assistant_listens_whatever_the_rules_would_say() -> None:
    assert predict(tracker(LISTEN, user("greet", 0.8), spoken(OFFER)), RULES) == Prediction("action_listen")
    assert predict(tracker(LISTEN, user("greet", 0.8), spoken(OFFER_AGAIN)), RULES) == Prediction("action_listen")


def test_frustration_that_goes_on_gets_a_person() -> None:
    first = [user("greet", 0.8, id="m1"), *spoken(OFFER), LISTEN]
    assert action(LISTEN, first, user("nlu_fallback", 0.8)) == "action_handoff"
    assert action(LISTEN, first, user("deny", 0.3), spoken("utter_offer_declined"), LISTEN, user("greet")) is None


def test_an_intent_is_enough_where_nothing_is_scored() -> None:
    angry = UserUttered(None, {"name": "express_frustration"})
    assert action(LISTEN, angry) == OFFER
    assert action(LISTEN, angry, ActionExecuted(OFFER), LISTEN, angry) == "action_handoff"
    assert action(LISTEN, angry, ActionExecuted("utter_offer_colleague"), LISTEN, angry) == "action_handoff"


# --- the answer first


def test_a_question_is_answered_and_then_a_person_is_offered() -> None:
    begins = [LISTEN, user("faq/delivery_time", 0.7)]
    assert action(begins) is None
    assert action(begins, ActionExecuted("utter_faq")) is None, "nothing was said: the next action may still answer"
    assert action(begins, spoken("utter_faq")) == OFFER
    assert action(begins, spoken("utter_faq"), spoken(OFFER)) == "action_listen"


def test_first_aid_is_followed_by_this_offer_in_place_of_the_plain_one() -> None:
    begins = [LISTEN, user("payment_problem", 0.8)]
    assert action(begins) is None
    assert action(begins, spoken("utter_payment_problem")) == OFFER
    assert action(begins, spoken("utter_payment_problem"), spoken("utter_offer_colleague")) is None


def test_the_same_question_again_is_answered_and_a_person_offered() -> None:
    first = [LISTEN, user("faq/delivery_time", 0.0, id="m1"), *spoken("utter_faq"), LISTEN]
    again = user("faq/delivery_time", 0.2, "repeated_question", id="m2")
    assert action(first, again) is None
    assert action(first, again, spoken("utter_faq")) == OFFER_AGAIN


def test_a_handoff_does_not_wait_for_the_answer() -> None:
    assert action(LISTEN, user("faq/delivery_time", 0.95)) == "action_handoff"


# --- not understood


def test_what_a_form_was_told_is_its_own_business() -> None:
    form = "order_form"
    replies = [user("nlu_fallback", id="m1"), *spoken(form), LISTEN, user("nlu_fallback", 0.2, "repeated_question")]
    opened = [LISTEN, user("track_order", id="m0"), *spoken(form), ActiveLoop(form), LISTEN, *replies]
    closed = [ActionExecuted(form), ActiveLoop(None), *spoken("utter_order_noted")]
    assert action(opened, closed) is None
    later = [*spoken("utter_offer_colleague"), LISTEN, user("nlu_fallback", id="m3")]
    assert action(opened, closed, later) is None, "the first that was not understood"
    again = [*spoken("action_low_confidence"), LISTEN, user("nlu_fallback", id="m4")]
    assert action(opened, closed, later, again) == "utter_no_guessing"


def test_the_second_misunderstanding_says_so_and_hands_over() -> None:
    first = [LISTEN, user("nlu_fallback", id="m1"), *spoken("action_low_confidence"), LISTEN]
    prediction = predict(tracker(first, user("nlu_fallback", id="m2")), RULES)
    assert prediction is not None
    assert prediction.action == "utter_no_guessing"
    assert isinstance(prediction.events[0], SlotSet)
    assert [fact["message_id"] for fact in prediction.events[0].value["evidence"]] == ["m1", "m2"]
    assert action(first, user("nlu_fallback"), spoken("utter_no_guessing")) == "action_handoff"


# --- forms


FORM = [LISTEN, user("track_order", 0.0), *spoken("order_form"), ActiveLoop("order_form"), LISTEN]


def test_anger_in_a_form_gets_an_offer_and_the_form_waits() -> None:
    assert action(FORM, user("nlu_fallback", 0.8)) == OFFER
    assert predict(tracker(FORM, user("nlu_fallback", 0.8), spoken(OFFER)), RULES) == Prediction("action_listen")
    assert action(FORM, user("nlu_fallback", 0.95)) == "action_handoff"


def test_an_answer_to_the_form_is_taken_before_the_offer() -> None:
    begins = [*FORM, user("inform", 0.8)]
    assert action(begins) is None
    closed = [*begins, ActionExecuted("order_form"), ActiveLoop(None)]
    assert action(closed) is None
    assert action(closed, spoken("utter_order_noted")) == OFFER


def test_a_form_that_asks_again_has_asked_its_one_question() -> None:
    assert action(FORM, user("inform", 0.8), spoken("order_form")) is None


def test_a_form_that_stepped_aside_for_a_question_takes_the_next_message() -> None:
    aside = [*FORM, user("faq/warranty", 0.8), ActionExecutionRejected("order_form"), *spoken("utter_faq")]
    assert action(aside) == OFFER
    waiting = tracker(aside, spoken(OFFER))
    prediction = predict(waiting, RULES)
    assert prediction == Prediction("action_listen", (ActiveLoop("order_form"),))
    assert waiting.is_active_loop_rejected
    waiting.update_with_events([*prediction.events, LISTEN], DOMAIN)
    assert not waiting.is_active_loop_rejected


# --- before and after a handoff


def test_nobody_is_offered_a_person_while_one_has_the_conversation() -> None:
    handed_over = [*spoken("action_handoff"), SlotSet("handoff_open", True), LISTEN]
    assert action(LISTEN, user("request_human"), handed_over, user("nlu_fallback", 0.9)) is None


@pytest.mark.parametrize("end", [ConversationResumed(), Restarted(), ActionExecuted("action_handoff")])
def test_what_was_before_is_over(end: Event) -> None:
    before = [LISTEN, user("nlu_fallback", 0.8), *spoken(OFFER), LISTEN]
    assert action(before, end, LISTEN, user("nlu_fallback", 0.8)) == OFFER
    repeated = user("faq/warranty", 0.1, "repeated_question")
    assert action(before, end, LISTEN, repeated, spoken("utter_faq")) is None


def test_the_turn_of_a_handoff_is_over_with_it() -> None:
    assert action(LISTEN, user("greet", 0.95), spoken("action_handoff")) is None


# --- the component


@pytest.fixture
def policy(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> EscalationPolicy:
    monkeypatch.setattr(escalation, "process_rules", lambda: RULES)
    storage = LocalModelStorage.create(tmp_path)
    context = ExecutionContext(GraphSchema({}), node_name="policy")
    config = EscalationPolicy.get_default_config()
    created = EscalationPolicy.create(config, storage, Resource("policy"), context)
    return EscalationPolicy.load(config, storage, created.train([], DOMAIN), context)


def test_it_beats_an_open_form_and_not_the_guard(policy: EscalationPolicy) -> None:
    angry = tracker(FORM, user("nlu_fallback", 0.8))
    form = PolicyPrediction.for_action_name(DOMAIN, "order_form")
    form.is_no_user_prediction, form.policy_priority = True, 6
    own = policy.predict_action_probabilities(angry, DOMAIN)
    best = DefaultPolicyPredictionEnsemble().combine_predictions([form, own], angry, DOMAIN)
    assert DOMAIN.action_names_or_texts[best.max_confidence_index] == OFFER
    assert any(isinstance(event, SlotSet) and event.key == "escalation" for event in best.events)
    assert BELOW_THE_GUARD < ABOVE_ALL_POLICIES


def test_it_has_no_say_when_it_has_nothing_to_say(policy: EscalationPolicy) -> None:
    nothing = policy.predict_action_probabilities(tracker(LISTEN, user("greet", 0.0)), DOMAIN)
    assert nothing.max_confidence == 0
    assert not nothing.is_no_user_prediction
    assert nothing.optional_events == []


def test_every_action_of_it_is_in_the_domain() -> None:
    for name in (OFFER, OFFER_AGAIN, escalation.NO_GUESSING, "action_handoff"):
        assert DOMAIN.index_for_action(name) >= 0
