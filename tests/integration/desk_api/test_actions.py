"""What agents do with a handoff."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from fastapi.testclient import TestClient

from handoff.bootstrap import Services
from handoff.domain.model import Agent
from tests.integration.desk_api.client import claimed, error, ids
from tests.support.desk import hand_over, visitor_writes


def test_ten_claims_at_once_and_one_wins(
    as_sanne: TestClient, as_jonas: TestClient, services: Services, jonas: Agent, sanne: Agent
) -> None:
    handoff_id = hand_over(services).handoff_id
    agents = [as_sanne, as_jonas] * 5
    with ThreadPoolExecutor(len(agents)) as pool:
        answers = list(pool.map(lambda agent: agent.post(f"/api/handoffs/{handoff_id}/claim"), agents))
    owner = services.desk.row(handoff_id).agent_id
    winner, loser = ("Sanne de Vries", 1) if owner == sanne.id else ("Jonas Weber", 0)
    for number, answer in enumerate(answers):
        if number % 2 == loser:
            assert error(answer) == (409, "already_claimed")
            assert answer.json()["error"]["message"].startswith(f"{winner} took this one")
        else:
            assert answer.json()["handoff"]["agent"]["name"] == winner
    assert [event.kind for event in services.desk.get(handoff_id).events] == ["created", "claimed"]


def test_a_repeated_reply_is_sent_once(as_sanne: TestClient, services: Services) -> None:
    address = f"/api/handoffs/{claimed(services, as_sanne)}"
    reply = {"text": "  I look it up.  ", "client_message_id": "m-1"}
    first, again = (as_sanne.post(f"{address}/reply", json=reply) for _ in range(2))
    assert (first.status_code, again.status_code) == (201, 200)
    assert first.json() == again.json()
    message = first.json()["message"]
    assert (message["from"], message["name"], message["text"]) == ("agent", "Sanne de Vries", "I look it up.")
    assert message["client_message_id"] == "m-1"
    shown = as_sanne.get(address).json()["messages"]
    assert [line["text"] for line in shown if line["from"] == "agent"] == ["I look it up."]


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ({"text": "   ", "client_message_id": "m"}, (400, "empty")),
        ({"text": "x" * 4001, "client_message_id": "m"}, (413, "too_long")),
        ({"text": "hello"}, (400, "invalid_input")),
        ({"text": "hello", "client_message_id": "x" * 65}, (400, "invalid_input")),
        ({"text": "hello", "client_message_id": ""}, (400, "invalid_input")),
        ({"text": 5, "client_message_id": "m"}, (400, "invalid_input")),
    ],
)
def test_replies_that_cannot_be_sent(
    as_sanne: TestClient, services: Services, body: dict[str, Any], expected: tuple[int, str]
) -> None:
    assert error(as_sanne.post(f"/api/handoffs/{claimed(services, as_sanne)}/reply", json=body)) == expected


def test_only_who_claimed_it_can_write_and_end_it(
    as_sanne: TestClient, as_jonas: TestClient, services: Services
) -> None:
    reply = {"text": "hello", "client_message_id": "m"}
    waiting = hand_over(services, "c2").handoff_id
    assert error(as_jonas.post(f"/api/handoffs/{waiting}/reply", json=reply)) == (409, "not_assigned_to_you")
    address = f"/api/handoffs/{claimed(services, as_sanne)}"
    for action in ("reply", "resolve", "hand_back"):
        assert error(as_jonas.post(f"{address}/{action}", json=reply)) == (409, "not_assigned_to_you")
    assert as_sanne.get(address).json()["handoff"]["status"] == "assigned"


@pytest.mark.parametrize(("action", "status"), [("resolve", "resolved"), ("hand_back", "handed_back")])
def test_ending_gives_the_conversation_to_the_assistant(
    as_sanne: TestClient, services: Services, action: str, status: str
) -> None:
    address = f"/api/handoffs/{claimed(services, as_sanne)}"
    answer = as_sanne.post(f"{address}/{action}", json={})
    assert answer.json()["handoff"]["status"] == status
    assert answer.json()["handoff"]["waiting_seconds"] is None
    assert services.state("c1").owner == "assistant"
    assert as_sanne.post(f"{address}/{action}", json={}).status_code == 200, "the answer may have been lost on its way"
    late = as_sanne.post(f"{address}/reply", json={"text": "one more", "client_message_id": "m"})
    assert error(late) == (409, "not_assigned_to_you")
    assert error(as_sanne.post(f"{address}/claim")) == (409, "illegal_transition")


def test_a_released_handoff_waits_again_with_the_note(
    as_sanne: TestClient, as_jonas: TestClient, services: Services
) -> None:
    address = f"/api/handoffs/{claimed(services, as_sanne)}"
    assert error(as_jonas.post(f"{address}/release", json={"note": "x"})) == (409, "not_assigned_to_you")
    row = as_sanne.post(f"{address}/release", json={"note": "Parcel is lost, refund agreed."}).json()["handoff"]
    assert (row["status"], row["claimable"], row["agent"]) == ("queued", True, None)
    assert row["waiting_seconds"] == 0
    assert (row["handed_on"]["by"], row["handed_on"]["note"]) == ("Sanne de Vries", "Parcel is lost, refund agreed.")
    taken = as_jonas.post(f"{address}/claim").json()["handoff"]
    assert (taken["agent"]["name"], taken["status"]) == ("Jonas Weber", "assigned")


def test_a_release_needs_no_note(as_sanne: TestClient, services: Services) -> None:
    address = f"/api/handoffs/{claimed(services, as_sanne)}"
    row = as_sanne.post(f"{address}/release").json()["handoff"]
    assert (row["status"], row["handed_on"]["note"]) == ("queued", None)


def test_transfer_to_a_queue(as_sanne: TestClient, services: Services) -> None:
    handoff_id = claimed(services, as_sanne)
    body = {"queue": "billing", "note": "Wants the invoice corrected."}
    row = as_sanne.post(f"/api/handoffs/{handoff_id}/transfer", json=body).json()["handoff"]
    assert (row["queue"], row["status"], row["handed_on"]["note"]) == ("billing", "queued", body["note"])
    assert ids(as_sanne, "queue=billing") == [handoff_id]
    (note,) = as_sanne.get(f"/api/handoffs/{handoff_id}").json()["notes"]
    assert (note["agent_name"], note["text"]) == ("Sanne de Vries", body["note"])


def test_transfer_to_a_colleague(as_sanne: TestClient, as_jonas: TestClient, services: Services, jonas: Agent) -> None:
    address = f"/api/handoffs/{claimed(services, as_sanne)}/transfer"
    assert error(as_sanne.post(address, json={"agent_id": jonas.id})) == (409, "nobody_there")
    services.presence.seen(jonas.id)
    row = as_sanne.post(address, json={"agent_id": jonas.id, "note": "You know this one."}).json()["handoff"]
    assert (row["agent"]["id"], row["status"], row["handed_on"]["note"]) == (jonas.id, "assigned", "You know this one.")
    assert ids(as_jonas, "agent=me") == [row["id"]]


@pytest.mark.parametrize("body", [{}, {"queue": "sales", "agent_id": "x"}, {"queue": "nowhere"}, {"queue": 5}])
def test_transfers_to_nowhere(as_sanne: TestClient, services: Services, body: dict[str, Any]) -> None:
    handoff_id = claimed(services, as_sanne)
    assert error(as_sanne.post(f"/api/handoffs/{handoff_id}/transfer", json=body)) == (400, "invalid_input")
    assert as_sanne.get(f"/api/handoffs/{handoff_id}").json()["handoff"]["agent"]["name"] == "Sanne de Vries"


def test_notes_are_for_colleagues_only_and_stored_once(
    as_sanne: TestClient, as_jonas: TestClient, services: Services
) -> None:
    address = f"/api/handoffs/{claimed(services, as_sanne)}"
    body = {"text": " She is a large customer. ", "client_note_id": "n-1"}
    first, again = (as_jonas.post(f"{address}/note", json=body) for _ in range(2))
    assert (first.status_code, again.status_code) == (201, 200)
    assert first.json() == again.json()
    detail = as_sanne.get(address).json()
    (note,) = detail["notes"]
    assert (note["agent_name"], note["text"]) == ("Jonas Weber", "She is a large customer.")
    assert all("large customer" not in message["text"] for message in detail["messages"])
    assert "large customer" not in services.transcript("c1")
    assert error(as_sanne.post(f"{address}/note", json={"text": " ", "client_note_id": "n"})) == (400, "empty")


def test_what_the_agent_has_seen(as_sanne: TestClient, as_jonas: TestClient, services: Services) -> None:
    handoff_id = claimed(services, as_sanne)
    address = f"/api/handoffs/{handoff_id}"
    visitor_writes(services, "hello?")
    seq = as_sanne.get(address).json()["messages"][-1]["seq"]
    assert as_jonas.post(f"{address}/seen", json={"seq": seq}).status_code == 204
    assert as_sanne.get(address).json()["handoff"]["agent_seen_seq"] == 0, "a colleague who looks in is not the agent"
    assert as_sanne.post(f"{address}/seen", json={"seq": seq}).status_code == 204
    assert as_sanne.get(address).json()["handoff"]["agent_seen_seq"] == seq
    assert services.visitor_state("c1").agent_seen == seq
    for nonsense in (-1, 2**31, "x"):
        assert error(as_sanne.post(f"{address}/seen", json={"seq": nonsense})) == (400, "invalid_input")


def test_typing_is_told_for_ones_own_conversation_only(
    as_sanne: TestClient, as_jonas: TestClient, services: Services, monkeypatch: pytest.MonkeyPatch
) -> None:
    told: list[tuple[Any, ...]] = []
    monkeypatch.setattr(services.rasa, "signal", lambda *what: told.append(what))
    address = f"/api/handoffs/{claimed(services, as_sanne)}/typing"
    assert as_jonas.post(address, json={"on": True}).status_code == 204
    assert as_sanne.post(address, json={"on": True}).status_code == 204
    assert told == [(["c1"], "typing", {"from": "agent", "on": True})]
