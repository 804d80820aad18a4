"""One handoff with everything about it."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from fastapi.testclient import TestClient

from handoff.bootstrap import Services
from handoff.domain.context import iso
from handoff.domain.model import HandoffRequest, Sender, Visitor
from handoff.service.ports import NewMessage
from handoff.service.unseen_replies import EMAIL, REPLY_MAIL
from tests.conftest import Clock
from tests.integration.desk_api.client import claimed, error
from tests.support.desk import hand_over, store
from tests.unit.domain.talk import visitor


def detail(agent: TestClient, handoff_id: str) -> Any:
    answer = agent.get(f"/api/handoffs/{handoff_id}")
    assert answer.status_code == 200, answer.text
    return answer.json()


def test_one_handoff_with_everything_about_it(as_sanne: TestClient, services: Services) -> None:
    handoff_id = hand_over(services).handoff_id
    body = detail(as_sanne, handoff_id)
    assert body["handoff"]["id"] == handoff_id
    assert body["package"]["schema"] == "handoff.context/1"
    assert body["package"]["fields"] == {"order_number": "FW-104233"}
    assert [message["seq"] for message in body["messages"]] == list(range(1, len(body["messages"]) + 1))
    last = body["messages"][-1]
    assert (last["from"], last["intent"], last["delivery"]) == ("visitor", "request_human", None)
    assert [event["kind"] for event in body["events"]] == ["created"]
    assert body["intent_labels"]["track_order"] == "where an order is"
    assert (body["notes"], body["earlier"], body["rating"]) == ([], [], None)
    assert body["can_show_replies"] is True
    assert body["email_enabled"] is (services.email is not None)
    assert error(as_sanne.get("/api/handoffs/none")) == (404, "not_found")


def test_the_mood_of_each_message(as_sanne: TestClient, services: Services) -> None:
    handoff_id = hand_over(services).handoff_id
    now = services.clock()
    angry = NewMessage("m-angry", "c1", Sender.VISITOR, "THIS IS ABSURD", now, intent="complaint", frustration=0.9)
    services.record([angry], "web")
    assert detail(as_sanne, handoff_id)["messages"][-1]["frustration"] == 0.9


def test_earlier_handoffs_of_the_same_conversation_or_address(
    as_sanne: TestClient, services: Services, clock: Clock
) -> None:
    first = claimed(services, as_sanne)
    as_sanne.post(f"/api/handoffs/{first}/reply", json={"text": "It is on its way.", "client_message_id": "m"})
    as_sanne.post(f"/api/handoffs/{first}/resolve")
    services.rate("c1", first, 4, "quick")
    clock.advance(60)
    stranger = replace(visitor("a person please", "request_human"), message_id="other-1")
    store(services, "other", stranger)
    services.request(HandoffRequest("other", "web", (stranger,), visitor=Visitor(email="xlea.moreau@example.org")))
    clock.advance(60)
    same_address = hand_over(services, "c2").handoff_id
    clock.advance(60)
    turn = replace(visitor("me again", "request_human"), message_id="c1-again")
    store(services, "c1", turn)
    same_conversation = services.request(HandoffRequest("c1", "web", (turn,))).handoff_id

    (earlier,) = detail(as_sanne, same_address)["earlier"]
    assert (earlier["id"], earlier["status"], earlier["agent_name"], earlier["rating"]) == (
        first, "resolved", "Sanne de Vries", 4,
    )  # fmt: skip
    assert earlier["headline"].startswith("Lea Moreau")
    assert earlier["closed_at"] is not None
    assert [one["id"] for one in detail(as_sanne, same_conversation)["earlier"]] == [first]
    assert detail(as_sanne, first)["earlier"] == [], "what came later is not earlier"


def test_the_rating_and_one_that_was_skipped(as_sanne: TestClient, services: Services, clock: Clock) -> None:
    rated, skipped = claimed(services, as_sanne, "c1"), claimed(services, as_sanne, "c2")
    for handoff_id in (rated, skipped):
        as_sanne.post(f"/api/handoffs/{handoff_id}/reply", json={"text": "Done.", "client_message_id": "m"})
        as_sanne.post(f"/api/handoffs/{handoff_id}/resolve")
    services.rate("c1", rated, 5, "thank you")
    services.rate("c2", skipped, None)
    assert detail(as_sanne, rated)["rating"] == {"score": 5, "comment": "thank you", "at": iso(clock())}
    assert detail(as_sanne, skipped)["rating"] is None


def test_whether_the_visitor_is_there_and_how_far_the_screen_is(
    as_sanne: TestClient, services: Services, clock: Clock
) -> None:
    handoff_id = hand_over(services).handoff_id
    services.visitor_here("c1")
    services.seen_by_visitor("c1", 6)
    seen_at = iso(clock())
    assert detail(as_sanne, handoff_id)["visitor"] == {"here": True, "seen_seq": 6, "seen_at": seen_at}
    clock.advance(services.rules.visitor.gone_after + 1)
    assert detail(as_sanne, handoff_id)["visitor"] == {"here": False, "seen_seq": 6, "seen_at": seen_at}


def test_channels_that_do_not_tell_whether_the_visitor_is_there(as_sanne: TestClient, services: Services) -> None:
    turn = replace(visitor("a person please", "request_human"), message_id="t-1")
    services.record([NewMessage("t-1", "t1", Sender.VISITOR, turn.text, turn.at, intent=turn.intent)], "telegram")
    handoff_id = services.request(HandoffRequest("t1", "telegram", (turn,))).handoff_id
    assert detail(as_sanne, handoff_id)["visitor"]["here"] is None


def reply_and_outbox(services: Services, agent: TestClient, handoff_id: str) -> str:
    answer = agent.post(f"/api/handoffs/{handoff_id}/reply", json={"text": "Hello.", "client_message_id": "m"})
    return str(answer.json()["message"]["id"])


def set_outbox(services: Services, message_id: str, target: str, **values: Any) -> None:
    """What the dispatcher does to the row of one message."""
    with services.uow.write() as tx:
        (row,) = tx.outbox.take(target, services.clock(), services.clock(), 1)
        assert message_id in (row.payload.get("message_id"), *row.payload.get("message_ids", ()))
        getattr(tx.outbox, values.pop("how"))(row, *values.values())


def test_how_far_a_reply_came(as_sanne: TestClient, services: Services, clock: Clock) -> None:
    handoff_id = claimed(services, as_sanne)
    with services.uow.write() as tx:  # the line that says who joined goes before the reply
        (joined,) = tx.outbox.due("rasa", clock(), 1000)
        tx.outbox.delivered(joined, clock())
    message_id = reply_and_outbox(services, as_sanne, handoff_id)

    def delivery() -> Any:
        (message,) = [one for one in detail(as_sanne, handoff_id)["messages"] if one["id"] == message_id]
        return message["delivery"]

    assert delivery() == {"chat": "waiting", "email": None, "error": None}
    set_outbox(services, message_id, "rasa", how="postpone", due_at=clock(), error="Rasa does not answer")
    assert delivery() == {"chat": "waiting", "email": None, "error": "Rasa does not answer"}
    set_outbox(services, message_id, "rasa", how="delivered", now=clock())
    assert delivery() == {"chat": "sent", "email": None, "error": None}
    with services.uow.write() as tx:
        tx.outbox.add(
            target=EMAIL,
            kind=REPLY_MAIL,
            conversation_id="c1",
            handoff_id=handoff_id,
            payload={"to": "lea.moreau@example.org", "message_ids": [message_id]},
            dedupe_key="email:test",
            now=clock(),
        )
    assert delivery() == {"chat": "sent", "email": "waiting", "error": None}
    set_outbox(services, message_id, EMAIL, how="bury", error="no such mailbox")
    assert delivery() == {"chat": "sent", "email": "failed", "error": "no such mailbox"}


def asks(services: Services, text: str, intent: str, number: int) -> None:
    services.record(
        [NewMessage(f"q-{number}", "c1", Sender.VISITOR, text, services.clock(), intent=intent, confidence=0.9)], "web"
    )


@pytest.fixture
def quiet(services: Services) -> str:
    """A handoff in which nothing was asked yet."""
    turn = replace(visitor("a person please", "request_human"), message_id="c1-0")
    store(services, "c1", turn)
    return services.request(HandoffRequest("c1", "web", (turn,))).handoff_id


def test_answers_to_what_the_visitor_asks_now(as_sanne: TestClient, services: Services, quiet: str) -> None:
    asks(services, "how long do I have warranty", "faq/warranty", 1)
    asks(services, "and can I send it back", "faq/return_policy", 2)
    asks(services, "warranty, I mean for the motor", "faq/warranty", 3)
    found = detail(as_sanne, quiet)["suggestions"]
    assert [(one["intent"], one["label"]) for one in found] == [
        ("faq/warranty", "the warranty"),
        ("faq/return_policy", "returning something"),
    ]
    assert "7 years" in found[0]["text"]


def test_no_suggestion_for_what_is_no_faq_or_was_answered_or_is_long_ago(
    as_sanne: TestClient, services: Services, quiet: str
) -> None:
    asks(services, "how long do I have warranty", "faq/warranty", 1)
    answer = NewMessage("a-1", "c1", Sender.ASSISTANT, "7 years.", services.clock(), in_reply_to="q-1")
    services.record([answer], "web")
    asks(services, "where is my order", "track_order", 2)
    asks(services, "what does nobody know", "faq/no_such_answer", 3)
    assert detail(as_sanne, quiet)["suggestions"] == []
    asks(services, "can I send it back", "faq/return_policy", 4)
    for number in range(5, 8):
        asks(services, "hm", "inform", number)
    assert detail(as_sanne, quiet)["suggestions"] == []
