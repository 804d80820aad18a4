"""A form asks once, explains twice at most, takes no for an answer, and lets the visitor go at any moment."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from actions.form_turn import MAX_MISSES, FormTurn, Step, next_step
from actions.form_words import asks, changes_mind, refuses

ASKED = FormTurn(
    intent="inform",
    text="hm",
    answering=True,
    known=False,
    found_now=False,
    opens_with_attempt=False,
    declined=False,
    misses=0,
    own_intents=frozenset({"track_order"}),
)
OPENING = replace(ASKED, intent="track_order", text="where is my order", answering=False)
LONG = "and by the way I would like to know something else entirely"
INTENTS = st.sampled_from(
    ["inform", "deny", "affirm", "faq", "request_human", "track_order", "complaint", "nlu_fallback", "greet", None]
)


def test_opening_asks() -> None:
    assert next_step(OPENING) is Step.ASK


def test_opening_asks_nothing_when_the_value_is_known_or_was_declined() -> None:
    assert next_step(replace(OPENING, known=True)) is Step.DONE
    assert next_step(replace(OPENING, declined=True)) is Step.DECLINED


def test_opening_explains_a_bad_value_at_once() -> None:
    assert next_step(replace(OPENING, opens_with_attempt=True)) is Step.EXPLAIN


def test_a_value_ends_the_form_whatever_nlu_makes_of_it() -> None:
    turn = replace(ASKED, intent="complaint", text="FW-104233", known=True, found_now=True)
    assert next_step(turn) is Step.DONE


def test_a_value_with_another_request_keeps_the_request() -> None:
    turn = replace(ASKED, text=f"FW-104233 {LONG}", known=True, found_now=True)
    assert next_step(replace(turn, intent="complaint")) is Step.LEAVE
    assert next_step(replace(turn, intent="faq")) is Step.DIGRESS
    assert next_step(replace(turn, intent="inform")) is Step.DONE


@pytest.mark.parametrize("intent", ["inform", "nlu_fallback", "out_of_scope", "track_order"])
def test_explains_what_it_cannot_use_and_then_goes_on_without(intent: str) -> None:
    steps = [next_step(replace(ASKED, intent=intent, misses=misses)) for misses in range(MAX_MISSES + 1)]
    assert steps == [Step.EXPLAIN] * MAX_MISSES + [Step.GIVE_UP]


@pytest.mark.parametrize("intent", ["affirm", "thank"])
@pytest.mark.parametrize("misses", range(MAX_MISSES + 1))
def test_a_polite_word_is_no_miss(intent: str, misses: int) -> None:
    assert next_step(replace(ASKED, intent=intent, text="sure", misses=misses)) is Step.AGAIN


@pytest.mark.parametrize("intent", ["inform", "nlu_fallback"])
def test_something_else_worth_noting_is_no_miss(intent: str) -> None:
    assert next_step(replace(ASKED, intent=intent, aside=True, misses=MAX_MISSES)) is Step.AGAIN


def test_something_else_worth_noting_does_not_keep_anybody_in_the_form() -> None:
    assert next_step(replace(ASKED, intent="complaint", aside=True)) is Step.LEAVE
    assert next_step(replace(ASKED, intent="deny", aside=True)) is Step.DECLINED


@pytest.mark.parametrize("text", ["actually i want to return it", "can I send it back instead?", "I changed my mind"])
def test_a_change_of_mind_ends_the_form(text: str) -> None:
    assert changes_mind(text)
    assert next_step(replace(ASKED, intent="faq", text=text)) is Step.LEAVE


@pytest.mark.parametrize("text", ["what would that cost", "is that safe?", "and how long is that", "really?"])
def test_sees_a_question(text: str) -> None:
    assert asks(text)


@pytest.mark.parametrize("text", ["it's FW-104233", "that is all I have", "Howard Isaacs", "the one from may"])
def test_an_answer_is_no_question(text: str) -> None:
    assert not asks(text)


def test_a_bad_value_is_explained_even_when_nlu_takes_it_for_something_else() -> None:
    assert next_step(replace(ASKED, intent="faq", text="tom@example", found_now=True)) is Step.EXPLAIN


def test_takes_no_for_an_answer() -> None:
    assert next_step(replace(ASKED, intent="deny", text="no")) is Step.DECLINED


@pytest.mark.parametrize(
    "text",
    [
        "I don't have it",
        "i dont have the number here",
        "can\u2019t find it",
        "I never got a confirmation",
        "no idea",
        "I'd rather not",
        "I lost it",
    ],
)
def test_takes_a_no_that_nlu_did_not_see(text: str) -> None:
    assert next_step(replace(ASKED, intent="nlu_fallback", text=text)) is Step.DECLINED


@pytest.mark.parametrize("text", ["FW-104233", "it's anna@example.org", "the blue one", "Anna Kowalska"])
def test_an_answer_is_no_refusal(text: str) -> None:
    assert not refuses(text)


@pytest.mark.parametrize("intent", ["faq", "out_of_scope", "account_problem", "express_frustration", "sales_objection"])
def test_a_reply_to_the_question_is_one_whatever_nlu_takes_it_for(intent: str) -> None:
    assert next_step(replace(ASKED, intent=intent, text="no idea")) is Step.DECLINED
    assert next_step(replace(ASKED, intent=intent, text="why do you need it?", remark=True)) is Step.EXPLAIN
    assert next_step(replace(ASKED, intent=intent, text="why?", remark=True, misses=MAX_MISSES)) is Step.GIVE_UP


def test_a_refusal_beside_a_request_keeps_the_request() -> None:
    turn = replace(ASKED, intent="account_problem", text="I can't get into my account")
    assert refuses(turn.text)
    assert next_step(turn) is Step.LEAVE


def test_a_remark_after_the_offer_of_a_person_is_not_about_the_value() -> None:
    assert next_step(replace(ASKED, offered=True, intent="complaint", text="why?", remark=True)) is Step.LEAVE


def test_a_question_is_answered_in_passing() -> None:
    assert next_step(replace(ASKED, intent="faq", text="how long does delivery take")) is Step.DIGRESS


@pytest.mark.parametrize("intent", ["complaint", "goodbye", "payment_problem", "new_intent"])
def test_a_change_of_subject_ends_the_form(intent: str) -> None:
    assert next_step(replace(ASKED, intent=intent)) is Step.LEAVE


def test_frustration_gets_a_word_and_the_form_goes_on() -> None:
    assert next_step(replace(ASKED, intent="express_frustration")) is Step.DIGRESS


def test_a_yes_to_the_offer_of_a_person_ends_the_form() -> None:
    offered = replace(ASKED, offered=True, intent="affirm", text="yes")
    assert next_step(offered) is Step.LEAVE
    assert next_step(replace(offered, text="yes, FW-104233", found_now=True, known=True)) is Step.LEAVE


def test_a_no_to_the_offer_of_a_person_is_no_refusal_to_answer() -> None:
    offered = replace(ASKED, offered=True, intent="deny", text="no")
    assert next_step(offered) is Step.DIGRESS
    assert next_step(replace(offered, text="no, FW-104233", found_now=True, known=True)) is Step.DONE


def test_a_value_instead_of_a_yes_or_no_is_taken() -> None:
    assert next_step(replace(ASKED, offered=True, text="FW-104233", found_now=True, known=True)) is Step.DONE


@given(st.booleans(), st.booleans(), st.booleans(), st.integers(0, 5), st.text())
def test_a_person_beats_an_open_form_at_any_moment(
    known: bool, found_now: bool, declined: bool, misses: int, text: str
) -> None:
    turn = replace(
        ASKED, intent="request_human", text=text, known=known, found_now=found_now, declined=declined, misses=misses
    )
    assert next_step(turn) is Step.LEAVE


@given(st.lists(INTENTS, min_size=MAX_MISSES + 1, max_size=10))
def test_nobody_is_asked_more_often_than_that(intents: list[str | None]) -> None:
    misses = 0
    explained = 0
    for intent in intents:
        step = next_step(replace(ASKED, intent=intent, misses=misses))
        if step is not Step.EXPLAIN:
            break
        explained, misses = explained + 1, misses + 1
    assert explained <= MAX_MISSES
