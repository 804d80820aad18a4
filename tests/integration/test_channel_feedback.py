"""What visitors do beside talking, over real HTTP and real sockets, on real databases."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import pytest
from rasa.shared.core.events import ActiveLoop, SlotSet

from handoff.bootstrap import Services
from handoff.domain.model import Agent, HandoffRequest
from handoff.rasa.web.handoff_face import CONTACTS_AT_ONCE
from tests.support.web_channel import Channel, running_channel
from tests.unit.domain.talk import ORDER_STORY, visitor

EMAIL = "anna@example.com"
ACTS: dict[str, dict[str, Any]] = {
    "contact": {"email": EMAIL},
    "cancel": {},
    "rating": {"handoff_id": "h", "score": 5},
    "track": {"name": "order", "reference": "1001"},
    "here": {},
    "seen": {"seq": 1},
    "typing": {"on": True},
}
ONE_DATABASE = pytest.mark.parametrize("db_url", ["sqlite"], indirect=True)
"""For what is decided before any database is asked."""


@pytest.fixture
async def channel(services: Services) -> AsyncIterator[Channel]:
    async with running_channel(services) as running:
        yield running


def ask_for_person(services: Services, conversation_id: str) -> str:
    """The id of the handoff."""
    turns = (*ORDER_STORY[:-1], visitor("a person please", "request_human"))
    return services.request(HandoffRequest(conversation_id, "web", turns)).handoff_id


def resolved(services: Services, conversation_id: str, agent: Agent) -> str:
    handoff_id = ask_for_person(services, conversation_id)
    services.claim(handoff_id, agent.id)
    services.reply(handoff_id, agent.id, "Your desk arrives tomorrow.", "r1")
    services.resolve(handoff_id, agent.id)
    return handoff_id


@ONE_DATABASE
async def test_every_act_needs_the_conversations_own_token(channel: Channel) -> None:
    _, token = await channel.start()
    async with channel.page(token) as page:
        for act, body in ACTS.items():
            assert (await channel.post(f"/{act}", None, body))[0] == 401, act
            assert (await channel.post(f"/{act}", "nonsense", body))[0] == 401, act
            other = body | {"conversation_id": "another"}
            status, answer = await channel.post(f"/{act}", token, other)
            assert (status, answer["error"]["code"]) == (403, "wrong_conversation"), act
            assert (await page.ask(act, other))["error"]["code"] == "wrong_conversation", act


@ONE_DATABASE
async def test_what_is_wrong_is_said_the_same_way_on_both_transports(channel: Channel) -> None:
    _, token = await channel.start()
    async with channel.page(token) as page:
        for act in ACTS:
            for body in ({"nonsense": 1}, [], "x"):
                status, answer = await channel.post(f"/{act}", token, body)
                acknowledged = await page.ask(act, body)
                assert status == 400, act
                assert acknowledged == {"ok": False, "error": answer["error"] | {"status": 400}}, act


async def test_an_address_reaches_the_card_the_assistant_and_every_page(channel: Channel, services: Services) -> None:
    conversation_id, token = await channel.start()
    handoff_id = ask_for_person(services, conversation_id)
    async with channel.page(token) as page, channel.page(token) as other:
        answer = await page.ask("contact", {"email": "Anna@EXAMPLE.com", "name": "Anna", "phone": "+31 20 555 0134"})
        assert answer["ok"] is True
        assert answer["state"]["email_known"] is True
        assert await other.hears("state") == answer["state"]
    contact = {"name": "Anna", "email": "Anna@example.com", "phone": "+31 20 555 0134"}
    package = services.desk.get(handoff_id).package
    assert {name: package["visitor"][name] for name in contact} == contact
    assert contact.items() <= (await channel.slots(conversation_id)).items()


@pytest.mark.parametrize(("purpose", "open_form"), [("follow_up", None), ("sales", "contact_form")])
async def test_the_assistant_stops_asking_unless_a_handoff_comes_of_the_answer(
    channel: Channel, services: Services, purpose: str, open_form: str | None
) -> None:
    conversation_id, token = await channel.start()
    agent = channel.agent
    tracker = await agent.fetch_tracker_with_initial_session(conversation_id)
    for event in (ActiveLoop("contact_form"), SlotSet("requested_slot", "email"), SlotSet("contact_purpose", purpose)):
        tracker.update(event, agent.domain)
    await agent.tracker_store.save(tracker)
    assert (await channel.post("/contact", token, {"email": EMAIL}))[0] == 200
    after = await agent.tracker_store.retrieve(conversation_id)
    assert after is not None
    assert after.active_loop_name == open_form
    assert after.get_slot("requested_slot") == ("email" if open_form else None)
    assert after.get_slot("email") == EMAIL


async def test_an_address_is_kept_when_the_assistant_cannot_be_told(channel: Channel, services: Services) -> None:
    conversation_id, token = await channel.start()
    handoff_id = ask_for_person(services, conversation_id)
    channel.agent.ready = False
    status, answer = await channel.post("/contact", token, {"email": EMAIL})
    assert (status, answer["state"]["email_known"]) == (200, True)
    assert services.desk.get(handoff_id).package["visitor"]["email"] == EMAIL


@ONE_DATABASE
async def test_addresses_without_end_are_refused(channel: Channel) -> None:
    _, token = await channel.start()
    statuses = [(await channel.post("/contact", token, {"email": EMAIL}))[0] for _ in range(CONTACTS_AT_ONCE + 1)]
    assert statuses == [200] * CONTACTS_AT_ONCE + [429]


async def test_what_was_filled_in_first_is_known_from_the_first_word_on(channel: Channel) -> None:
    conversation_id, token = await channel.start(name="Anna", email=EMAIL, locale="nl-NL")
    slots = await channel.slots(conversation_id)
    assert (slots["name"], slots["email"], slots["phone"]) == ("Anna", EMAIL, None)
    status, answer = await channel.post("/messages", token, {"text": "hello", "client_message_id": "1"})
    assert (status, len(answer["messages"])) == (200, 1)


@ONE_DATABASE
async def test_a_conversation_does_not_begin_with_what_cannot_be_right(channel: Channel) -> None:
    status, answer = await channel.post("/sessions", body={"email": "anna"})
    assert (status, answer["error"]["code"]) == (400, "invalid_email")
    assert (await channel.post("/sessions", body={"company": "x"}))[0] == 400
    channel.agent.ready = False
    assert (await channel.post("/sessions", body={"email": EMAIL}))[0] == 503
    assert (await channel.post("/sessions"))[0] == 201, "who filled in nothing can still be told that we are down"


async def test_cancelling_goes_back_to_the_assistant_once(channel: Channel, services: Services) -> None:
    conversation_id, token = await channel.start()
    ask_for_person(services, conversation_id)
    async with channel.page(token) as page:
        assert (await page.ask("here"))["state"]["can_cancel"] is True
        answer = await page.ask("cancel")
        assert (answer["state"]["owner"], answer["state"]["status"]) == ("assistant", None)
        assert len(answer["messages"]) == 1, "it is said that nobody comes now"
        assert (await page.hears("state"))["owner"] == "assistant"
        again = await page.ask("cancel", {})
    assert again == {"ok": True, "state": answer["state"], "messages": []}


async def test_a_resolved_handoff_is_rated_once(channel: Channel, services: Services, sanne: Agent) -> None:
    conversation_id, token = await channel.start()
    handoff_id = resolved(services, conversation_id, sanne)
    _, here = await channel.post("/here", token)
    assert here["state"]["rating"] == {"handoff_id": handoff_id, "agent": "Sanne de Vries"}
    rating = {"handoff_id": handoff_id, "score": 4, "comment": "quick"}
    _, stranger = await channel.start()
    assert (await channel.post("/rating", stranger, rating))[0] == 404
    async with channel.page(token) as page:
        status, answer = await channel.post("/rating", token, rating)
        assert (status, answer["state"]["rating"]) == (200, None)
        assert (await page.hears("state"))["rating"] is None, "the other tab stops asking too"
        again = await page.ask("rating", rating)
    assert (again["ok"], again["error"]["code"], again["error"]["status"]) == (False, "already_rated", 409)


async def test_a_rating_can_be_skipped_for_good(channel: Channel, services: Services, sanne: Agent) -> None:
    conversation_id, token = await channel.start()
    handoff_id = resolved(services, conversation_id, sanne)
    status, answer = await channel.post("/rating", token, {"handoff_id": handoff_id, "score": None, "skip": True})
    assert (status, answer["state"]["rating"]) == (200, None)
    assert (await channel.post("/here", token))[1]["state"]["rating"] is None
