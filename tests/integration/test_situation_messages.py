"""What a visitor hears in each situation: whole turns with the project's rules, actions, hours and texts; only NLU is
left out. The desk's lines come from its own timers and arrive as the events that it sends."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from actions import handoff as handoff_actions
from handoff.domain.lifecycle import Status
from handoff.domain.model import Owner
from tests.support.dialogue import Talk

pytest_plugins = ["tests.support.dialogue"]

ASK_EMAIL, ANSWER = "utter_ask_contact_form_email", "utter_faq/delivery_time"
SCHEDULED, SCHEDULED_KNOWN = "utter_handoff_scheduled", "utter_handoff_scheduled_known"
ADDRESS = "tom@example.org"
EVENING = datetime(2026, 11, 23, 19, 0, tzinfo=UTC)  # a Monday, 20:00 in Amsterdam
CHRISTMAS = datetime(2026, 12, 25, 10, 0, tzinfo=UTC)  # a Friday
TO_NEXT_MORNING = 13 * 3600 + 60.0  # seconds from EVENING to Tuesday 09:01
TELL_AFTER, MISSED_AFTER = 121.0, 601.0  # handoff.yml, and a second


def status(talk: Talk) -> Status | None:
    return talk.services.state(talk.id).status


def owner(talk: Talk) -> Owner:
    return talk.services.state(talk.id).owner


def online(talk: Talk, *topics: str) -> str:
    """Somebody has the desk open; the id."""
    agent = talk.services.agents.create("kim", "Kim Larsen", "correct horse battery", topics=topics)
    talk.services.presence.seen(agent.id)
    return str(agent.id)


# --- somebody is online


@pytest.mark.parametrize(
    ("intents", "response", "words"),
    [
        (["request_human"], "utter_handoff_general", "our team"),
        (["faq/invoice_copy", "request_human"], "utter_handoff_billing", "our billing team"),
        (["account_problem", "affirm"], "utter_handoff_technical", "our technical team"),
        (["faq/delivery_time", "request_human"], "utter_handoff_support", "our support team"),
        (["product_fit", "affirm"], "utter_handoff_sales", "our sales team"),
        (["nlu_fallback", "nlu_fallback"], "utter_handoff_low_confidence", "our team"),
        (["express_frustration", "affirm"], "utter_handoff_frustration", "our team"),
        (["complaint"], "utter_handoff_sensitive", "our support team"),
        (["legal_question"], "utter_handoff_sensitive", "our team"),
    ],
)
async def test_who_takes_over(talk: Talk, intents: list[str], response: str, words: str) -> None:
    online(talk)
    for intent in intents:
        said = await talk.say(intent)
    assert said[-1] == response
    (text,) = await talk.texts(1)
    assert words in text.lower() or response == "utter_handoff_general", text
    assert "{" not in text
    assert await talk.slot("handoff_open") is True


async def test_the_expected_wait_is_said_where_there_is_something_to_base_it_on(talk: Talk) -> None:
    online(talk)
    assert await talk.say("request_human") == ["utter_handoff_general"], "nothing is known, so nothing is said"
    talk.services.cancel(talk.id)
    await talk.arrived()
    typical = talk.services.rules.waiting.typical
    typical["general"] = 240.0
    try:
        assert await talk.say("request_human") == ["utter_handoff_general", "utter_wait_estimate"]
        assert "about 4 minutes" in (await talk.texts(1))[0]
        assert await talk.say("request_human") == ["utter_handoff_already"], "it is said once"
    finally:
        del typical["general"]


async def test_the_assistant_is_silent_while_a_person_is_awaited(talk: Talk) -> None:
    online(talk)
    await talk.say("request_human")
    assert await talk.say("faq/delivery_time") == []
    assert await talk.say("request_human") == ["utter_handoff_already"]


async def test_an_address_is_confirmed_while_waiting(talk: Talk) -> None:
    online(talk)
    await talk.say("request_human")
    assert await talk.say("inform", email=ADDRESS) == ["utter_contact_saved"]
    assert talk.package()["visitor"]["email"] == ADDRESS
    assert await talk.say("thank") == []


# --- outside opening hours


async def test_after_hours_the_assistant_says_when_asks_where_to_write_and_goes_on(talk: Talk) -> None:
    talk.clock.now = EVENING
    assert await talk.say("request_human") == [SCHEDULED, ASK_EMAIL]
    told, question = await talk.texts(2)
    assert "tomorrow at 09:00 (Amsterdam time)" in told
    assert "should the answer go to" in question
    assert (status(talk), owner(talk)) == (Status.SCHEDULED, Owner.ASSISTANT)
    assert await talk.slot("handoff_open") is False
    assert await talk.say("inform", email=ADDRESS) == ["utter_contact_saved"]
    assert talk.package()["visitor"]["email"] == ADDRESS
    assert await talk.say("faq/delivery_time") == [ANSWER]


async def test_after_hours_with_a_known_address(talk: Talk) -> None:
    talk.clock.now = EVENING
    await talk.say("inform", email=ADDRESS)
    assert await talk.say("request_human") == [SCHEDULED_KNOWN]
    (text,) = await talk.texts(1)
    assert ADDRESS in text
    assert "tomorrow at 09:00" in text


async def test_closed_because_of_a_holiday(talk: Talk) -> None:
    talk.clock.now = CHRISTMAS
    assert await talk.say("request_human") == ["utter_handoff_scheduled_holiday", ASK_EMAIL]
    told = (await talk.texts(2))[0]
    assert "because of christmas" in told.lower()
    assert "on Monday 28 December at 09:00" in told
    other = Talk(talk.agent, talk.services, talk.clock)
    await other.say("inform", email=ADDRESS)
    assert await other.say("complaint") == ["utter_complaint", "utter_handoff_scheduled_holiday_known"]


async def test_no_address_after_hours_is_fine(talk: Talk) -> None:
    talk.clock.now = EVENING
    await talk.say("request_human")
    assert await talk.say("deny") == ["utter_contact_declined"]
    assert await talk.say("faq/delivery_time") == [ANSWER]


async def test_the_question_for_an_address_does_not_follow_every_answer(talk: Talk) -> None:
    talk.clock.now = EVENING
    await talk.say("request_human")
    assert await talk.say("faq/delivery_time") == [ANSWER, ASK_EMAIL]
    assert await talk.say("faq/return_policy") == ["utter_faq/return_policy"]
    assert await talk.say("inform", email=ADDRESS) == ["utter_contact_saved"], "later is fine too"
    assert talk.package()["visitor"]["email"] == ADDRESS


async def test_another_request_after_hours_is_answered(talk: Talk) -> None:
    talk.clock.now = EVENING
    await talk.say("request_human")
    assert await talk.say("track_order") == ["utter_ask_order_form_order_number"]


async def test_asked_again_while_scheduled(talk: Talk) -> None:
    talk.clock.now = EVENING
    await talk.say("inform", email=ADDRESS)
    await talk.say("request_human")
    assert await talk.say("request_human") == ["utter_handoff_already_scheduled"]
    assert "tomorrow at 09:00" in (await talk.texts(1))[0]
    assert await talk.say("nlu_fallback", 0.8) == ["utter_handoff_already_scheduled"], "no offer of what is on its way"
    assert talk.package()["urgency"]["level"] == "high"
    assert await talk.say("complaint") == ["utter_complaint", "utter_handoff_already_scheduled"]


async def test_the_next_morning(talk: Talk) -> None:
    talk.clock.now = EVENING
    await talk.say("request_human")
    (line,) = await talk.time_passes(TO_NEXT_MORNING)
    assert "the team" in line.lower()
    assert status(talk) is Status.QUEUED
    assert await talk.say("inform", email=ADDRESS) == ["utter_contact_saved"], "the question was still open"
    assert await talk.slot("handoff_open") is True
    assert await talk.say("faq/delivery_time") == [], "a person is awaited now"


async def test_asking_again_the_next_morning(talk: Talk) -> None:
    talk.clock.now = EVENING
    await talk.say("inform", email=ADDRESS)
    await talk.say("request_human")
    talk.clock.advance(TO_NEXT_MORNING)  # and the timer has not come yet
    online(talk)
    assert await talk.say("request_human") == ["utter_handoff_back_in_line"]
    assert owner(talk) is Owner.HUMAN
    assert await talk.say("faq/delivery_time") == []


# --- nobody online within opening hours


async def test_nobody_online(talk: Talk) -> None:
    online(talk, "sales")  # who does not look after this
    assert await talk.say("request_human") == ["utter_handoff_nobody_online", ASK_EMAIL]
    assert (status(talk), await talk.slot("handoff_open")) == (Status.QUEUED, True)


async def test_nobody_comes(talk: Talk) -> None:
    """Missed: the line of the desk asks for the address, and the next message is read as one."""
    await talk.say("request_human")
    assert await talk.say("deny") == ["utter_contact_declined"]
    (line,) = await talk.time_passes(MISSED_AFTER)
    assert "Which e-mail address" in line
    assert (status(talk), owner(talk)) == (Status.MISSED, Owner.ASSISTANT)
    assert await talk.slot("handoff_open") is False
    assert await talk.write(f"{ADDRESS} thanks", "inform", email=ADDRESS) == ["utter_contact_saved"]
    assert ADDRESS in (await talk.texts(1))[0]
    assert status(talk) is Status.FOLLOW_UP
    assert await talk.say("faq/delivery_time") == [ANSWER]


@pytest.mark.parametrize(
    ("intent", "expected"),
    [
        ("deny", ["utter_contact_declined"]),
        ("faq/delivery_time", [ANSWER, ASK_EMAIL]),
        ("track_order", ["utter_ask_order_form_order_number"]),
        ("nlu_fallback", [ASK_EMAIL]),
    ],
)
async def test_other_replies_when_nobody_came(talk: Talk, intent: str, expected: list[str]) -> None:
    await talk.say("request_human")
    await talk.time_passes(MISSED_AFTER)
    assert await talk.say(intent) == expected


async def test_nobody_came_and_the_address_is_known(talk: Talk) -> None:
    await talk.say("inform", email=ADDRESS)
    assert await talk.say("request_human") == ["utter_handoff_nobody_online_known"]
    (line,) = await talk.time_passes(MISSED_AFTER)
    assert ADDRESS in line
    assert status(talk) is Status.FOLLOW_UP
    assert await talk.say("faq/delivery_time") == [ANSWER]
    assert await talk.say("request_human") == ["utter_handoff_nobody_online_known"], "in the queue again"
    assert status(talk) is Status.QUEUED


async def test_asked_again_after_nobody_came(talk: Talk) -> None:
    await talk.say("request_human")
    await talk.time_passes(MISSED_AFTER)
    online(talk)
    assert await talk.say("request_human") == ["utter_handoff_back_in_line"]


async def test_asked_again_in_the_evening_after_nobody_came(talk: Talk) -> None:
    await talk.say("request_human")
    await talk.time_passes(MISSED_AFTER)
    talk.clock.now = EVENING
    assert await talk.say("request_human") == ["utter_handoff_already_missed", ASK_EMAIL]
    await talk.say("inform", email=ADDRESS)
    assert await talk.say("request_human") == ["utter_handoff_already_follow_up"]
    assert ADDRESS in (await talk.texts(1))[0]


# --- still waiting


async def test_everybody_is_busy(talk: Talk) -> None:
    kim = online(talk)
    await talk.say("request_human")
    talk.clock.advance(TELL_AFTER)
    talk.services.presence.seen(kim)
    (line,) = await talk.time_passes(0)
    assert "number 1 in line" in line
    assert await talk.write("the left leg wobbles", "nlu_fallback") == ["utter_contact_declined"]
    assert await talk.write("it really does", "nlu_fallback") == [], "an offer, not a question"


async def test_an_address_for_the_answer_while_everybody_is_busy(talk: Talk) -> None:
    online(talk)
    await talk.say("request_human")
    await talk.time_passes(TELL_AFTER)
    assert await talk.write(f"ok, {ADDRESS}", "inform", email=ADDRESS) == ["utter_contact_saved"]
    assert talk.package()["visitor"]["email"] == ADDRESS


# --- the visitor changes their mind


async def test_cancelled(talk: Talk) -> None:
    online(talk)
    await talk.say("request_human")
    assert talk.services.cancel(talk.id)
    assert len(await talk.arrived()) == 1
    assert await talk.slot("handoff_open") is False
    assert await talk.say("faq/delivery_time") == [ANSWER]


# --- something on our side fails


def broken(*_: object, **__: object) -> None:
    raise RuntimeError("a mistake in an action")


@pytest.mark.parametrize(("now", "expected"), [(None, "utter_handoff_general"), (EVENING, "utter_handoff_saved")])
async def test_a_stored_request_is_never_met_with_silence(
    talk: Talk, now: datetime | None, expected: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    online(talk)
    talk.clock.now = now or talk.clock.now
    monkeypatch.setattr(handoff_actions, "what_to_say", broken)
    assert await talk.say("request_human") == [expected]
    assert status(talk) is (Status.SCHEDULED if now else Status.QUEUED)


async def test_an_address_that_could_not_be_stored_is_said_to_be_lost(
    talk: Talk, monkeypatch: pytest.MonkeyPatch
) -> None:
    talk.clock.now = EVENING
    await talk.say("request_human")
    monkeypatch.setattr(handoff_actions, "find_email", broken)
    assert await talk.say("inform", email=ADDRESS) == ["utter_contact_not_saved"]
