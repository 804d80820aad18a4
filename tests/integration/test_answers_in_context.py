"""Whole turns in which what the assistant just asked decides how a short answer is read; only NLU is left out.

Each message comes with the label that NLU gives it by itself, which is often of no use here.
"""

from __future__ import annotations

import pytest

from tests.support.dialogue import Talk

pytest_plugins = ["tests.support.dialogue"]

UNCLEAR, ELSEWHERE = "nlu_fallback", "out_of_scope"
NOT_UNDERSTOOD, NO_TOPICS = "utter_low_confidence", "utter_low_confidence_no_topics"
COLLEAGUE, DECLINED = "utter_offer_colleague", "utter_offer_declined"
HANDED_OVER = ["utter_handoff_nobody_online", "utter_ask_contact_form_email"]
ASK_ORDER, NOTED, ASK_EMAIL = "utter_ask_order_form_order_number", "utter_order_noted", "utter_ask_contact_form_email"
NO_EMAIL = "utter_offer_without_email"
TOPICS = (("product_fit", 0.2), ("demo_request", 0.1))

YES = [("go ahead", "affirm"), ("yep, go ahead", UNCLEAR)]
NO = [("no", "deny"), ("nope thx", UNCLEAR), ("no thx", "sales_objection")]


# --- offers of a person


async def offered(talk: Talk, offer: str) -> None:
    """Bring the conversation to the point where ``offer`` was just made."""
    if offer == "utter_empathy_offer_human":
        assert await talk.say("express_frustration") == [offer]
    elif offer == "utter_offer_after_repetition":
        await talk.say("faq/delivery_time")
        assert (await talk.say("faq/delivery_time", 0.2, "repeated_question"))[-1] == offer
    elif offer == "utter_offer_without_email":
        await talk.say("demo_request")
        assert await talk.say("deny") == [offer]
    elif offer == "utter_sales_objection_again":
        await talk.say("sales_objection")
        assert await talk.say("sales_objection") == [offer]
    else:
        assert (await talk.say("account_problem"))[-1] == offer


OFFERS = pytest.mark.parametrize(
    "offer",
    ["utter_empathy_offer_human", "utter_offer_after_repetition", "utter_offer_without_email"]
    + ["utter_sales_objection_again", COLLEAGUE],
)


@OFFERS
@pytest.mark.parametrize(("text", "intent"), YES)
async def test_a_yes_to_an_offer(talk: Talk, offer: str, text: str, intent: str) -> None:
    await offered(talk, offer)
    said = await talk.write(text, intent)
    assert said[0] == "utter_handoff_nobody_online"


@OFFERS
@pytest.mark.parametrize(("text", "intent"), NO)
async def test_a_no_to_an_offer(talk: Talk, offer: str, text: str, intent: str) -> None:
    await offered(talk, offer)
    assert await talk.write(text, intent) == [DECLINED]


@OFFERS
async def test_the_first_button_of_an_offer(talk: Talk, offer: str) -> None:
    await offered(talk, offer)
    assert (await talk.write("the first one", "inform"))[0] == "utter_handoff_nobody_online"


@OFFERS
async def test_the_second_button_of_an_offer(talk: Talk, offer: str) -> None:
    await offered(talk, offer)
    assert await talk.write("2", "inform") == [DECLINED]


async def test_a_counted_button_of_an_offer_is_as_good_as_pressed(talk: Talk) -> None:
    await talk.say("inform", email="tom@example.org")
    assert await talk.say(UNCLEAR, 0.8) == ["utter_empathy_offer_human"]
    await talk.write("1", "inform")
    package = talk.package()
    assert package["trigger"]["kind"] == "frustration"
    assert package["transcript"][-1]["text"] == "1 (Talk to a person)"


# --- "is it one of these?"


@pytest.mark.parametrize(
    ("text", "intent"),
    [
        ("the second one", "inform"),
        ("no 2", "deny"),
        ("2", UNCLEAR),
        ("demo", UNCLEAR),
        ("the demo, please", ELSEWHERE),
    ],
)
async def test_a_topic_is_named(talk: Talk, text: str, intent: str) -> None:
    assert await talk.write("hmm desk thing meeting", UNCLEAR, *TOPICS) == [NOT_UNDERSTOOD]
    titles = [button["title"] for button in await talk.buttons()]
    assert titles == ["Whether a product fits", "A demo", "Talk to a person"]
    assert await talk.write(text, intent) == ["utter_demo_request", ASK_EMAIL]


async def test_a_faq_is_named(talk: Talk) -> None:
    assert await talk.say("greet") == ["utter_greet"]
    assert await talk.write("the second one", "inform") == ["utter_faq/delivery_time"]
    assert await talk.understood() == "faq/delivery_time"
    await talk.say("greet")
    assert await talk.press("Plans and prices") == ["utter_faq/pricing_plans"]
    await talk.say("greet")
    assert await talk.write("prices pls", "faq/product_prices") == ["utter_faq/pricing_plans"]


async def test_what_to_do_with_an_order_is_named(talk: Talk) -> None:
    await talk.say("inform", order_number="FW-104233")
    assert await talk.write("cancel", "deny") == [NOTED, COLLEAGUE]
    assert await talk.understood() == "cancel_order"
    assert await talk.slot("order_purpose") == "cancel"


async def test_another_question_is_not_captured(talk: Talk) -> None:
    await talk.write("hmm desk thing meeting", UNCLEAR, *TOPICS)
    assert await talk.write("first of all, where is my order", "track_order") == [ASK_ORDER]


async def test_yes_to_several_topics_asks_which_one(talk: Talk) -> None:
    await talk.write("hmm desk thing meeting", UNCLEAR, *TOPICS)
    assert await talk.write("yes", "affirm") == ["utter_which_of_these"]
    assert await talk.write("the second", "inform") == ["utter_demo_request", ASK_EMAIL]


@pytest.mark.parametrize(("text", "intent"), [("none of these", "deny"), *NO])
async def test_none_of_the_topics(talk: Talk, text: str, intent: str) -> None:
    await talk.write("hmm desk thing meeting", UNCLEAR, *TOPICS)
    assert await talk.write(text, intent) == ["utter_none_of_these"]
    assert [button["title"] for button in await talk.buttons()] == ["Talk to a person"]


async def test_yes_to_a_person_instead_of_topics(talk: Talk) -> None:
    assert await talk.write("fnord blarg", UNCLEAR) == [NO_TOPICS]
    assert await talk.write("yes please", "affirm") == HANDED_OVER
    package = talk.package()
    assert package["trigger"]["kind"] == "low_confidence"
    assert [item["text"] for item in package["trigger"]["evidence"]] == ["fnord blarg"]


async def test_no_to_a_person_instead_of_topics_is_no_second_misunderstanding(talk: Talk) -> None:
    assert await talk.write("fnord blarg", UNCLEAR) == [NO_TOPICS]
    assert await talk.write("no thx", UNCLEAR) == ["utter_none_of_these"]


async def test_yes_or_no_to_what_is_out_of_scope(talk: Talk) -> None:
    assert await talk.write("capital of Peru?", ELSEWHERE) == ["utter_out_of_scope"]
    assert await talk.write("no", "deny") == ["utter_deny_no_question"]
    assert await talk.write("capital of Chile?", ELSEWHERE) == ["utter_out_of_scope"]
    assert await talk.write("yes", "affirm") == [COLLEAGUE]
    assert await talk.write("yes", "affirm") == HANDED_OVER


# --- "which order is it?"


@pytest.mark.parametrize("intent", ["inform", UNCLEAR, "faq/contact_details"])
async def test_a_number_that_is_too_short_is_explained(talk: Talk, intent: str) -> None:
    assert await talk.say("track_order") == [ASK_ORDER]
    assert await talk.write("12345", intent) == [ASK_ORDER]
    assert await talk.slot("order_problem") == "too_few_digits"
    assert await talk.write("104233", intent) == [NOTED, COLLEAGUE]
    assert await talk.slot("order_number") == "FW-104233"


@pytest.mark.parametrize(
    ("text", "intent"),
    [
        ("no idea", UNCLEAR),
        ("no idea", ELSEWHERE),
        ("don't have it", "deny"),
        ("I don't know", "sales_objection"),
        ("can't find it", "account_problem"),
        ("nope thx", UNCLEAR),
        ("dunno", "faq/contact_details"),
    ],
)
async def test_without_a_number_the_form_goes_on(talk: Talk, text: str, intent: str) -> None:
    await talk.say("cancel_order")
    assert await talk.write(text, intent) == [NOTED, COLLEAGUE]
    assert await talk.slot("order_reference") == "none"


@pytest.mark.parametrize(
    ("text", "intent", "problem"),
    [
        ("the one from monday", UNCLEAR, "described"),
        ("the second one", "inform", "described"),
        ("yes", "affirm", "asked_again"),
        ("go ahead", UNCLEAR, "asked_again"),
        ("why do you need it?", "sales_objection", "why"),
        ("where do I find it?", UNCLEAR, "where"),
        ("what number", "faq/contact_details", "which"),
        ("it's in my account", "account_problem", "on_record"),
    ],
)
async def test_the_form_says_why_it_asks_again(talk: Talk, text: str, intent: str, problem: str) -> None:
    await talk.say("track_order")
    assert await talk.write(text, intent) == [ASK_ORDER]
    assert await talk.slot("order_problem") == problem
    assert await talk.write("no idea", UNCLEAR) == [NOTED, COLLEAGUE]


async def test_replies_that_a_form_understood_are_no_misunderstandings(talk: Talk) -> None:
    await talk.say("track_order")
    assert await talk.write("12345", UNCLEAR) == [ASK_ORDER]
    assert await talk.write("no idea then", UNCLEAR) == [NOTED, COLLEAGUE]
    assert await talk.write("fnord blarg", UNCLEAR) == [NO_TOPICS]
    assert (await talk.write("blarg fnord", UNCLEAR))[0] == "utter_no_guessing"


async def test_a_faq_in_the_form_is_answered_and_the_form_asks_again(talk: Talk) -> None:
    await talk.say("track_order")
    assert await talk.write("how long does delivery take", "faq/delivery_time") == [
        "utter_faq/delivery_time",
        ASK_ORDER,
    ]
    assert await talk.write("2", "inform") == [ASK_ORDER], "not the second button of the answer"
    assert await talk.write("104233", "inform") == [NOTED, COLLEAGUE]


async def test_a_button_of_that_answer_is_named(talk: Talk) -> None:
    await talk.say("change_order")
    assert await talk.say("faq/pricing_plans") == ["utter_faq/pricing_plans", ASK_ORDER]
    assert (await talk.write("book a demo", UNCLEAR))[0] == "utter_demo_request"


# --- "which e-mail address?"

NO_ADDRESS = pytest.mark.parametrize(
    ("text", "intent"),
    [
        ("no email", "faq/newsletter"),
        ("rather not", "deny"),
        ("no thx", UNCLEAR),
        ("I don't do email", ELSEWHERE),
        ("here in the chat is fine", UNCLEAR),
    ],
)


@NO_ADDRESS
async def test_no_address_before_a_handoff(talk: Talk, text: str, intent: str) -> None:
    assert (await talk.say("demo_request"))[-1] == ASK_EMAIL
    assert await talk.write(text, intent) == [NO_EMAIL]


@NO_ADDRESS
async def test_no_address_for_the_answer(talk: Talk, text: str, intent: str) -> None:
    assert await talk.say("request_human") == HANDED_OVER
    assert await talk.write(text, intent) == ["utter_contact_declined"]


@pytest.mark.parametrize(
    ("text", "intent", "problem"),
    [
        ("use the one from my account", UNCLEAR, "on_record"),
        ("use the one from my account", "faq/account_create", "on_record"),
        ("why do you need my email?", "faq/data_privacy", "why"),
        ("which one?", ELSEWHERE, "which"),
        ("yes", "affirm", "asked_again"),
    ],
)
async def test_the_contact_form_says_why_it_asks_again(talk: Talk, text: str, intent: str, problem: str) -> None:
    await talk.say("demo_request")
    assert await talk.write(text, intent) == [ASK_EMAIL]
    assert await talk.slot("email_problem") == problem
    assert await talk.say("inform", email="tom@example.org") == ["utter_handoff_nobody_online_known"]


async def test_a_faq_in_the_contact_form_is_answered_and_the_form_asks_again(talk: Talk) -> None:
    await talk.say("demo_request")
    assert await talk.write("is there a free trial", "faq/free_trial") == ["utter_faq/free_trial", ASK_EMAIL]
    assert await talk.write("tom@example.org", "inform", email="tom@example.org") == [
        "utter_handoff_nobody_online_known"
    ]


# --- after the form


@pytest.mark.parametrize(("text", "expected"), [("yes", "utter_handoff_nobody_online_known"), ("nope thx", DECLINED)])
async def test_a_yes_or_no_when_nobody_would_write_to_the_address(talk: Talk, text: str, expected: str) -> None:
    assert await talk.say("request_human") == HANDED_OVER
    talk.resolve()
    assert await talk.say("inform", email="tom@example.org") == ["utter_contact_no_handoff"]
    assert await talk.write(text, UNCLEAR) == [expected]
