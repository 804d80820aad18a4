"""The queue: what it shows, filters and search."""

from __future__ import annotations

from dataclasses import replace

from fastapi.testclient import TestClient

from handoff.bootstrap import Services
from handoff.domain.context import iso
from handoff.domain.lifecycle import Status
from handoff.domain.model import HandoffOutcome, HandoffRequest, Page, Visitor
from tests.conftest import Clock
from tests.integration.desk_api.client import claimed, error, ids
from tests.support.desk import hand_over, store, visitor_writes
from tests.unit.domain.talk import visitor


def asks(services: Services, conversation: str, text: str, intent: str, name: str | None = None) -> HandoffOutcome:
    """A visitor asks for a person with one message."""
    turn = replace(visitor(text, intent), message_id=f"{conversation}-1")
    store(services, conversation, turn)
    page = Page("https://fernway.example/100%_off", "Prices")
    return services.request(HandoffRequest(conversation, "web", (turn,), visitor=Visitor(name=name), page=page))


def test_the_queue_shows_who_waits_for_what(as_sanne: TestClient, services: Services, clock: Clock) -> None:
    handoff_id = hand_over(services).handoff_id
    clock.advance(75)
    visitor_writes(services, "hello?")
    (row,) = as_sanne.get("/api/handoffs").json()["handoffs"]
    assert row["id"] == handoff_id
    assert (row["status"], row["claimable"]) == ("queued", True)
    assert (row["queue"], row["topic"], row["team"]) == ("support", "support", "our support team")
    assert row["urgency"] == {"level": "high", "reasons": ["sounds frustrated", "asked for a person"]}
    assert row["headline"].startswith("Lea Moreau: where an order is (FW-104233)")
    assert (row["waiting_seconds"], row["unread"], row["agent"]) == (75, 1, None)
    assert row["last_message"] == {"from": "visitor", "text": "hello?", "at": iso(clock())}
    assert row["page_url"] == "https://fernway.example/order.html"
    assert row["visitor_email"] is True
    assert (row["opens_at"], row["closed_at"], row["first_reply_at"], row["handed_on"]) == (None,) * 4


def test_a_claimed_one_waits_no_more(as_sanne: TestClient, services: Services) -> None:
    handoff_id = claimed(services, as_sanne)
    reply = {"text": "Hello.", "client_message_id": "m"}
    as_sanne.post(f"/api/handoffs/{handoff_id}/reply", json=reply)
    (row,) = as_sanne.get("/api/handoffs").json()["handoffs"]
    assert (row["claimable"], row["waiting_seconds"]) == (False, None)
    assert row["first_reply_at"] is not None


def test_filters(as_sanne: TestClient, as_jonas: TestClient, services: Services) -> None:
    mine, his, waiting = (hand_over(services, f"c{number}").handoff_id for number in range(3))
    as_sanne.post(f"/api/handoffs/{mine}/claim")
    as_jonas.post(f"/api/handoffs/{his}/claim")
    as_jonas.post(f"/api/handoffs/{his}/resolve")
    jonas_id = as_jonas.get("/api/me").json()["agent"]["id"]
    assert ids(as_sanne) == ids(as_sanne, "status=open") == [waiting, mine]
    assert ids(as_sanne, "status=queued") == ids(as_sanne, "status=waiting") == [waiting]
    assert ids(as_sanne, "status=assigned") == ids(as_sanne, "agent=me") == [mine]
    assert ids(as_sanne, "status=closed") == ids(as_sanne, "status=resolved") == [his]
    assert ids(as_sanne, "status=all") == [waiting, mine, his]
    assert ids(as_sanne, f"status=closed&agent={jonas_id}") == [his]
    assert ids(as_sanne, "status=cancelled") == []
    assert ids(as_sanne, "queue=support&q=&agent=") == [waiting, mine]
    assert ids(as_sanne, "queue=billing") == []
    assert error(as_sanne.get("/api/handoffs?status=lost")) == (400, "invalid_input")
    assert error(as_sanne.get(f"/api/handoffs?q={'x' * 201}")) == (400, "invalid_input")


def test_every_waiting_state_is_waiting(as_sanne: TestClient, services: Services, clock: Clock) -> None:
    by_status = {}
    for status in (Status.QUEUED, Status.MISSED, Status.FOLLOW_UP, Status.SCHEDULED):
        outcome = hand_over(services, f"c-{status}")
        by_status[status] = outcome.handoff_id
        if status is not Status.QUEUED:
            with services.uow.write() as tx:
                tx.handoffs.move(outcome.handoff_id, Status.QUEUED, status)
        clock.advance(10)
    assert ids(as_sanne, "status=waiting") == list(by_status.values())
    for row in as_sanne.get("/api/handoffs?status=waiting").json()["handoffs"]:
        assert row["claimable"]
        assert row["waiting_seconds"] > 0


def test_the_most_urgent_comes_first_then_who_has_waited_longest(
    as_sanne: TestClient, services: Services, clock: Clock
) -> None:
    calm = asks(services, "c1", "can I talk to somebody", "request_human").handoff_id
    clock.advance(1)
    angry = asks(services, "c2", "my lawyer will write to you", "legal_question").handoff_id
    clock.advance(1)
    later = asks(services, "c3", "a person please", "request_human").handoff_id
    assert ids(as_sanne) == [angry, calm, later]


def test_search_finds_name_words_and_page_whatever_their_case(as_sanne: TestClient, services: Services) -> None:
    wanted = asks(services, "c1", "das Schublädchen klemmt, Beinbruch", "request_human", "Zoé Ünal").handoff_id
    asks(services, "c2", "a person please", "request_human", "Somebody Else")
    for words in (
        "zoé",
        "ZOÉ",
        "Zoé%20Ünal",
        "ünal",
        "BEINBRUCH%20zoé",
        "schublädchen",
        "SCHUBLÄDCHEN",
        "%20%20bein%20",
    ):
        assert ids(as_sanne, f"q={words}") == [wanted], words
    assert len(ids(as_sanne, "q=100%25_off%20prices")) == 2, "the page of both"


def test_search_finds_fields_and_later_messages_of_the_visitor_only(as_sanne: TestClient, services: Services) -> None:
    wanted = claimed(services, as_sanne)
    hand_over(services, "c2", name="Somebody Else")
    visitor_writes(services, "the left leg wobbles")
    reply = {"text": "Which screwdriver do you have?", "client_message_id": "m"}
    as_sanne.post(f"/api/handoffs/{wanted}/reply", json=reply)
    assert ids(as_sanne, "q=WOBBLES") == [wanted]
    assert ids(as_sanne, "q=wobbles+moreau+fw-104233") == [wanted]
    assert len(ids(as_sanne, "q=fw-104233")) == 2
    assert ids(as_sanne, "q=screwdriver") == []
    assert ids(as_sanne, "q=wobbles+nowhere") == []
    assert ids(as_sanne, "q=wobbles&status=closed") == []


def test_wildcards_mean_themselves(as_sanne: TestClient, services: Services) -> None:
    hand_over(services)
    for wildcard in ("%25", "_", "%5C", "f%25-104233", "fw_104233", "%27", "%22"):
        assert ids(as_sanne, f"q={wildcard}") == [], wildcard
