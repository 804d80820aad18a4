"""Whole turns with the project's rules, forms and actions, and scores as NLU would give them; only NLU is left out."""

from __future__ import annotations

from tests.support.dialogue import Talk

pytest_plugins = ["tests.support.dialogue"]

ANSWER = "utter_faq/delivery_time"
EMPATHY, REPETITION = "utter_empathy_offer_human", "utter_offer_after_repetition"
ASK_ORDER, NOTED = "utter_ask_order_form_order_number", "utter_order_noted"
NOBODY = "utter_handoff_nobody_online_known"  # the visitors here left an address, and no agent is logged in
ALREADY = "utter_handoff_already_nobody_online"
DECLINED = "utter_offer_declined"
AGAIN = ("repeated_question",)


async def test_an_offer_and_a_yes(talk: Talk) -> None:
    assert await talk.say("nlu_fallback", 0.8, "negative_wording") == [EMPATHY]
    (record,) = await talk.decisions()
    assert record is not None
    assert (record["step"], record["trigger"], record["level"]) == ("offer", "frustration", 0.8)
    assert (await talk.say("affirm"))[0] == "utter_handoff_nobody_online"
    assert (await talk.decisions())[-1] is None
    trigger = talk.package()["trigger"]
    assert trigger["kind"] == "frustration"
    assert [item["reason"] for item in trigger["evidence"]] == ["sounds frustrated (0.80: negative wording)"]


async def test_an_offer_and_more_frustration(talk: Talk) -> None:
    await talk.say("inform", email="tom@example.org")
    assert await talk.say("greet", 0.8) == [EMPATHY]
    assert await talk.say("nlu_fallback", 0.8) == [NOBODY]
    assert [item["frustration"] for item in talk.package()["trigger"]["evidence"]] == [0.8, 0.8]


async def test_a_no_is_taken_and_something_new_is_heard(talk: Talk) -> None:
    assert await talk.say("express_frustration") == [EMPATHY]
    assert await talk.say("deny", 0.6) == [DECLINED]
    assert await talk.say("faq/delivery_time", 0.1) == [ANSWER]
    assert await talk.say("express_frustration") == [EMPATHY]
    assert await talk.say("deny") == [DECLINED]
    assert await talk.say("express_frustration") == ["utter_empathy"]


async def test_a_question_is_answered_before_the_offer(talk: Talk) -> None:
    assert await talk.say("faq/delivery_time", 0.75) == [ANSWER, EMPATHY]
    assert await talk.say("deny") == [DECLINED]
    assert await talk.say("payment_problem", 0.8) == ["utter_payment_problem", EMPATHY]


async def test_the_same_question_again(talk: Talk) -> None:
    assert await talk.say("faq/delivery_time", 0.0) == [ANSWER]
    assert await talk.say("faq/delivery_time", 0.2, *AGAIN) == [ANSWER, REPETITION]
    assert await talk.say("faq/delivery_time", 0.2, *AGAIN) == [ANSWER]
    assert (await talk.say("request_human"))[0] == "utter_handoff_nobody_online"


async def test_strong_words_do_not_wait(talk: Talk) -> None:
    await talk.say("inform", email="tom@example.org")
    assert await talk.say("faq/delivery_time", 0.95) == [NOBODY]


async def test_not_understood_twice(talk: Talk) -> None:
    await talk.say("inform", email="tom@example.org")
    assert await talk.say("nlu_fallback") == ["utter_low_confidence_no_topics"]
    assert await talk.say("nlu_fallback") == ["utter_no_guessing", NOBODY]
    assert talk.package()["trigger"]["kind"] == "low_confidence"
    assert len(talk.package()["trigger"]["evidence"]) == 2


# --- in a form


async def test_a_form_goes_on_after_a_no(talk: Talk) -> None:
    assert await talk.say("track_order") == [ASK_ORDER]
    assert await talk.say("nlu_fallback", 0.8) == [EMPATHY]
    assert await talk.say("deny") == [DECLINED, ASK_ORDER]
    assert await talk.say("inform", order_number="FW-104233") == [NOTED, "utter_offer_colleague"]


async def test_a_form_is_left_after_a_yes(talk: Talk) -> None:
    assert await talk.say("track_order") == [ASK_ORDER]
    assert await talk.say("express_frustration") == [EMPATHY]
    assert (await talk.say("affirm"))[0] == "utter_handoff_nobody_online"
    package = talk.package()
    assert (package["trigger"]["kind"], package["topic"]) == ("frustration", "support")


async def test_a_form_takes_its_answer_instead_of_a_yes_or_no(talk: Talk) -> None:
    assert await talk.say("track_order") == [ASK_ORDER]
    assert await talk.say("nlu_fallback", 0.8) == [EMPATHY]
    assert await talk.say("inform", order_number="FW-104233") == [NOTED, "utter_offer_colleague"]


async def test_an_angry_answer_is_taken_and_then_a_person_offered(talk: Talk) -> None:
    assert await talk.say("track_order") == [ASK_ORDER]
    assert await talk.say("inform", 0.8, order_number="FW-104233") == [NOTED, EMPATHY]


async def test_an_angry_question_in_a_form_is_answered_and_the_form_takes_what_follows(talk: Talk) -> None:
    assert await talk.say("track_order") == [ASK_ORDER]
    assert await talk.say("faq/delivery_time", 0.8) == [ANSWER, EMPATHY]
    assert await talk.say("inform", order_number="FW-104233") == [NOTED, "utter_offer_colleague"]


async def test_anger_that_goes_on_in_a_form_leaves_it(talk: Talk) -> None:
    await talk.say("inform", email="tom@example.org")
    assert await talk.say("demo_request") == ["utter_demo_request", NOBODY]
    other = Talk(talk.agent, talk.services, talk.clock)
    assert (await other.say("demo_request"))[-1] == "utter_ask_contact_form_email"
    assert await other.say("nlu_fallback", 0.8) == [EMPATHY]
    assert (await other.say("nlu_fallback", 0.75))[0] == "utter_handoff_nobody_online"
    assert other.package()["topic"] == "sales"


async def test_while_a_handoff_waits_anger_is_heard_and_offers_nothing(talk: Talk) -> None:
    assert (await talk.say("request_human"))[-1] == "utter_ask_contact_form_email"
    assert await talk.say("nlu_fallback", 0.8) == [ALREADY, "utter_ask_contact_form_email"]
    assert talk.package()["urgency"]["level"] == "high"
    assert await talk.say("inform", 0.75, email="tom@example.org") == ["utter_contact_saved"]


async def test_anger_in_the_queue_is_answered_and_raises_the_urgency(talk: Talk) -> None:
    await talk.say("inform", email="tom@example.org")
    assert await talk.say("request_human") == [NOBODY]
    assert await talk.say("nlu_fallback", 0.2) == [], "a person has the conversation"
    before = talk.package()["urgency"]
    assert await talk.say("nlu_fallback", 0.8) == [ALREADY]
    assert (before["level"], talk.package()["urgency"]["level"]) == ("normal", "high")
