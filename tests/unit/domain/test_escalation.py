"""What follows from frustration, repetition and misunderstanding, with the numbers of the project's handoff.yml."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from handoff.domain.escalation import Decision, Offer, Step, answer_comes_first, decide, level_of
from handoff.domain.model import TriggerKind, Turn
from handoff.domain.rules import HandoffRules
from handoff.rules_file import load_rules
from tests.conftest import ROOT
from tests.unit.domain.talk import visitor

RULES = load_rules(ROOT / "handoff.yml")
NUMBERS = RULES.frustration
AGAIN = ("repeated_question",)


def said(score: float | None = None, intent: str = "faq/warranty", signals: tuple[str, ...] = ()) -> Turn:
    return visitor("...", intent, frustration=score, signals=signals)


def step(turns: list[Turn], *offers: Offer, in_form: bool = False) -> Step | None:
    decision = decide(turns, offers, RULES, in_form=in_form)
    return decision.step if decision else None


def offered(turn: int) -> Offer:
    return Offer(turn, TriggerKind.FRUSTRATION)


def talk(*turns: Turn, rules: HandoffRules = RULES) -> list[Decision | None]:
    """What is decided on each message when the assistant acts on it."""
    offers: list[Offer] = []
    decisions = []
    for end in range(1, len(turns) + 1):
        decision = decide(turns[:end], offers, rules)
        decisions.append(decision)
        if decision is not None and decision.step is Step.OFFER:
            offers.append(Offer(end - 1, decision.trigger))
        if decision is not None and decision.step is Step.HAND_OFF:
            break
    return decisions


def steps(*turns: Turn) -> list[Step | None]:
    return [decision.step if decision else None for decision in talk(*turns)]


NO = said(0.0, "deny")
CALM = said(0.0)


# --- one message, and several


def test_clear_frustration_is_offered_a_person_and_more_of_it_gets_one() -> None:
    assert steps(said(0.8)) == [Step.OFFER]
    assert steps(said(0.8), said(0.8)) == [Step.OFFER, Step.HAND_OFF]


def test_very_strong_frustration_gets_a_person_at_once() -> None:
    assert steps(said(0.9)) == [Step.HAND_OFF]


def test_mild_frustration_adds_up_to_an_offer_and_never_straight_to_a_handoff() -> None:
    assert steps(said(0.4), said(0.45), said(0.5)) == [None, None, Step.OFFER]
    assert steps(said(0.69), said(0.69)) == [None, Step.OFFER]


def test_the_level_is_that_of_chances() -> None:
    assert level_of([said(0.4), said(0.45)], RULES) == 0.67
    assert level_of([said(0.4), CALM, said(0.5)], RULES) == NUMBERS.offer_from
    assert level_of([said(0.29)] * 4, RULES) == 0


def test_what_was_said_long_ago_is_over() -> None:
    assert steps(said(0.6), CALM, CALM, CALM, said(0.6))[-1] is None
    assert steps(said(0.6), CALM, CALM, said(0.6))[-1] is Step.OFFER


@pytest.mark.parametrize("intent", ["request_human", "billing_dispute", "legal_question", "demo_request"])
def test_what_a_rule_answers_with_a_person_is_left_to_it(intent: str) -> None:
    assert step([said(1.0, intent)]) is None
    assert step([said(0.65, intent), said(0.5)]) is Step.OFFER, "its frustration counts for what follows"


def test_an_intent_that_says_so_needs_no_score() -> None:
    assert steps(said(None, "express_frustration"), said(None, "express_frustration")) == [Step.OFFER, Step.HAND_OFF]


# --- after an offer


def test_a_calm_message_after_an_offer_changes_nothing() -> None:
    assert steps(said(0.8), CALM, NO, CALM) == [Step.OFFER, None, None, None]


def test_a_little_more_annoyance_after_an_offer_is_no_handoff() -> None:
    assert steps(said(0.85), said(0.4)) == [Step.OFFER, None]
    assert steps(said(0.85), said(0.4), said(0.5)) == [Step.OFFER, None, Step.HAND_OFF]


def test_an_annoyed_no_is_a_no_and_only_a_strong_one_is_more() -> None:
    assert steps(said(0.8), said(0.8, "deny"), CALM) == [Step.OFFER, None, None]
    assert steps(said(0.8), said(0.95, "deny")) == [Step.OFFER, Step.HAND_OFF]


def test_frustration_that_comes_back_after_a_no_is_offered_a_person_once_more() -> None:
    assert steps(said(0.8), NO, said(0.8), NO, said(0.85), said(0.85)) == [
        Step.OFFER,
        None,
        Step.OFFER,
        None,
        None,
        None,
    ]
    assert steps(said(0.8), NO, said(0.8), said(0.8))[-1] is Step.HAND_OFF
    assert steps(said(0.8), NO, said(0.8), NO, said(0.95))[-1] is Step.HAND_OFF


def test_the_annoyance_of_the_no_is_not_new_afterwards() -> None:
    assert steps(said(0.8), said(0.6, "deny"), said(0.5))[-1] is None


def test_an_offer_that_was_passed_over_long_ago_is_made_once_more() -> None:
    passed_over = (said(0.8), CALM, CALM, CALM)
    assert steps(*passed_over, said(0.8))[-1] is Step.OFFER
    assert steps(*passed_over, said(0.8), CALM, CALM, CALM, said(0.8))[-1] is Step.HAND_OFF


def test_an_offer_that_came_with_an_answer_is_not_repeated() -> None:
    by_rule = Offer(0)
    assert step([CALM, said(0.8)], by_rule) is Step.HAND_OFF
    assert step([CALM, NO, said(0.8)], by_rule) is Step.OFFER
    assert step([said(0.8)], by_rule) is None, "the rule has just offered somebody for this very message"


# --- the same question again


def test_the_same_question_again_is_offered_a_person_and_no_handoff() -> None:
    again = said(0.1, signals=AGAIN)
    assert steps(CALM, again, again, again) == [None, Step.OFFER, None, None]
    assert talk(CALM, again)[-1] == Decision(Step.OFFER, TriggerKind.FRUSTRATION, (again,), 0.0, repetition=True)


def test_the_same_question_in_angry_words_is_frustration() -> None:
    (_, decision) = talk(CALM, said(0.8, signals=("negative_wording", *AGAIN)))
    assert decision is not None
    assert not decision.repetition
    (_, decision) = talk(CALM, said(0.75, signals=AGAIN))
    assert decision is not None
    assert decision.repetition


def test_a_question_asked_of_the_person_before_is_not_asked_again_of_the_assistant() -> None:
    assert steps(said(0.1, signals=AGAIN)) == [None]


@pytest.mark.parametrize("intent", ["greet", "nlu_fallback", "thank"])
def test_small_talk_can_be_repeated(intent: str) -> None:
    assert steps(CALM, said(0.1, intent, AGAIN)) == [None, None]


def test_a_form_deals_with_repetition_and_misunderstanding_by_itself() -> None:
    unclear = said(None, "nlu_fallback")
    assert step([CALM, said(0.1, signals=AGAIN)], in_form=True) is None
    assert step([unclear, unclear, unclear], in_form=True) is None
    assert step([said(0.8)], in_form=True) is Step.OFFER


# --- not understood


def test_the_second_misunderstanding_in_a_row_goes_to_a_person() -> None:
    unclear = said(None, "nlu_fallback")
    assert steps(unclear, unclear) == [None, Step.HAND_OFF]
    decision = talk(CALM, unclear, unclear)[-1]
    assert decision == Decision(Step.HAND_OFF, TriggerKind.LOW_CONFIDENCE, (unclear, unclear))
    assert steps(unclear, CALM, unclear)[-1] is None


@pytest.mark.parametrize(
    "intents", [["out_of_scope"] * 4, ["nlu_fallback", "out_of_scope"], ["out_of_scope", "nlu_fallback"]]
)
def test_out_of_scope_is_understood(intents: list[str]) -> None:
    assert set(steps(*(said(None, intent) for intent in intents))) == {None}


def test_the_step_that_goes_further_wins() -> None:
    unclear = said(0.75, "nlu_fallback")
    decision = decide([said(0.0, "nlu_fallback"), unclear], [], RULES)
    assert decision is not None
    assert (decision.step, decision.trigger) == (Step.HAND_OFF, TriggerKind.LOW_CONFIDENCE)


# --- when the answer comes first


@pytest.mark.parametrize(
    ("intent", "in_form", "first"),
    [
        ("faq/delivery_time", False, True),
        ("payment_problem", False, True),
        ("track_order", False, False),
        ("nlu_fallback", False, False),
        ("inform", False, False),
        ("inform", True, True),
        ("deny", True, True),
        ("express_frustration", True, False),
    ],
)
def test_what_can_be_answered_is_answered_first(intent: str, in_form: bool, first: bool) -> None:
    assert answer_comes_first(said(0.8, intent), RULES, in_form=in_form) is first


# --- whatever people write

INTENTS = [
    *("faq/warranty", "track_order", "deny", "affirm", "nlu_fallback", "out_of_scope", "express_frustration"),
    *("greet", "request_human", None),
]
SIGNALS = st.sampled_from([(), AGAIN, ("shouting",), ("negative_wording", "repeated_question")])
TURNS = st.lists(
    st.builds(said, st.none() | st.floats(0, 1), st.sampled_from(INTENTS), SIGNALS),  # type: ignore[arg-type]
    max_size=12,
)
RANK = {None: 0, Step.OFFER: 1, Step.HAND_OFF: 2}


@st.composite
def conversations(draw: st.DrawFn) -> tuple[list[Turn], list[Offer]]:
    turns = draw(TURNS.filter(bool))
    at = draw(st.sets(st.integers(0, len(turns) - 1)))
    return turns, [Offer(turn, draw(st.sampled_from([None, TriggerKind.FRUSTRATION]))) for turn in sorted(at)]


@given(conversations(), st.booleans())
def test_it_is_deterministic_and_never_speaks_twice_about_a_message(
    conversation: tuple[list[Turn], list[Offer]], in_form: bool
) -> None:
    turns, offers = conversation
    decision = decide(turns, offers, RULES, in_form=in_form)
    assert decision == decide(list(turns), tuple(offers), RULES, in_form=in_form)
    if offers and offers[-1].turn == len(turns) - 1:
        assert decision is None
    if decision is not None:
        assert decision.evidence[-1] == turns[-1], "the latest message is always part of the reason"
        assert 0 <= decision.level <= 1


@given(TURNS)
def test_nobody_is_offered_a_person_more_often_than_that(turns: list[Turn]) -> None:
    decisions = talk(*turns)
    made = [decision for decision in decisions if decision is not None and decision.step is Step.OFFER]
    assert len(made) <= NUMBERS.offers
    # no message is the reason for two offers; ids are the positions here
    named = [replace(turn, message_id=str(position)) for position, turn in enumerate(turns)]
    reasons = [turn.message_id for one in talk(*named) if one and one.step is Step.OFFER for turn in one.evidence]
    assert len(reasons) == len(set(reasons))


@given(TURNS, st.floats(0, NUMBERS.counts_from, exclude_max=True))
def test_nothing_follows_a_no_without_something_new(turns: list[Turn], score: float) -> None:
    decisions = talk(*turns)
    if decisions and decisions[-1] is not None and decisions[-1].step is Step.OFFER:
        calm = said(score)
        assert steps(*turns, NO, calm, calm, calm)[len(turns) :] == [None] * 4


@given(conversations(), st.data())
def test_a_higher_score_never_leads_to_less(conversation: tuple[list[Turn], list[Offer]], data: st.DataObject) -> None:
    turns, offers = conversation
    which = data.draw(st.integers(0, len(turns) - 1))
    higher = data.draw(st.floats(turns[which].frustration or 0.0, 1))
    raised = [replace(turn, frustration=higher) if place == which else turn for place, turn in enumerate(turns)]
    assert RANK[step(raised, *offers)] >= RANK[step(turns, *offers)]
