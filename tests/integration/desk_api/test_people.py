"""Who works here, how the queues stand, and canned replies."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, time
from typing import Any

from fastapi.testclient import TestClient

from handoff.bootstrap import Services
from handoff.canned import FIRST_REPLIES, CannedReplies
from handoff.desk.reads import DeskReads
from handoff.domain.hours import OpeningHours, QueueHours, Span
from handoff.domain.model import Agent
from tests.conftest import Clock
from tests.integration.desk_api.client import claimed, error
from tests.support.desk import hand_over

DRAFT = {"shortcut": "late", "title": "It is late", "text": "Hello {visitor_name}, I look it up.", "queue": None}


def agents(client: TestClient) -> dict[str, Any]:
    return {agent["display_name"]: agent for agent in client.get("/api/agents").json()["agents"]}


def test_agents_with_presence_and_load(
    as_sanne: TestClient, as_jonas: TestClient, services: Services, sanne: Agent, clock: Clock
) -> None:
    claimed(services, as_sanne)
    services.presence.seen(sanne.id)
    shown = agents(as_jonas)
    assert shown["Sanne de Vries"] == {
        "id": sanne.id,
        "display_name": "Sanne de Vries",
        "role": "agent",
        "topics": [],
        "online": True,
        "presence": "online",
        "open_handoffs": 1,
    }
    assert (shown["Jonas Weber"]["online"], shown["Jonas Weber"]["open_handoffs"]) == (False, 0)
    clock.advance(services.rules.online_seconds + 1)
    assert agents(as_jonas)["Sanne de Vries"]["online"] is False


def test_closed_accounts_are_no_colleagues(as_sanne: TestClient, services: Services, jonas: Agent) -> None:
    services.agents.change(jonas.id, display_name="Jonas Weber", role="agent", topics=(), active=False)
    assert set(agents(as_sanne)) == {"Sanne de Vries"}


def test_queues_with_those_who_wait_and_those_who_are_there(
    as_sanne: TestClient, services: Services, sanne: Agent, jonas: Agent
) -> None:
    hand_over(services, "c1")
    hand_over(services, "c2")
    services.presence.seen(sanne.id)
    services.presence.seen(jonas.id)
    queues = {queue["name"]: queue for queue in as_sanne.get("/api/queues").json()["queues"]}
    assert set(queues) == set(services.rules.queues)
    assert (queues["support"]["waiting"], queues["sales"]["waiting"]) == (2, 0)
    assert queues["support"]["team"] == "our support team"
    assert "support" in queues["support"]["topics"]
    assert (queues["support"]["agents_online"], queues["sales"]["agents_online"]) == (1, 2), "jonas looks after sales"
    services.set_presence(sanne.id, "away")
    queues = {queue["name"]: queue for queue in as_sanne.get("/api/queues").json()["queues"]}
    assert (queues["support"]["agents_online"], queues["sales"]["agents_online"]) == (0, 1)


def test_a_queue_outside_its_hours(as_sanne: TestClient, services: Services, clock: Clock) -> None:
    hours = QueueHours("Europe/Amsterdam", {0: (Span(time(9), time(17)),)}, closed={date(2026, 11, 30): "Stocktaking"})
    reads = DeskReads(services.uow, replace(services.rules, hours=OpeningHours(hours)), services.texts, services.clock)
    (view,) = [queue for queue in reads.queues() if queue.name == "support"]
    assert (view.is_open, view.opens_at, view.closed_because) == (True, None, None)
    assert view.closes_at == datetime(2026, 11, 23, 16, tzinfo=UTC), "17:00 in Amsterdam"
    clock.advance(7 * 24 * 3600)
    (view,) = [queue for queue in reads.queues() if queue.name == "support"]
    assert (view.is_open, view.closes_at, view.closed_because) == (False, None, "Stocktaking")
    assert view.opens_at == datetime(2026, 12, 7, 8, tzinfo=UTC)


def test_canned_replies_belong_to_the_team(as_sanne: TestClient, as_jonas: TestClient) -> None:
    added = as_sanne.post("/api/canned", json=DRAFT)
    assert added.status_code == 201
    reply = added.json()["canned"]
    assert {name: reply[name] for name in DRAFT} == DRAFT
    assert reply["updated_by"] == "Sanne de Vries"
    change = DRAFT | {"title": "Late parcel", "queue": "support"}
    changed = as_jonas.put(f"/api/canned/{reply['id']}", json=change).json()["canned"]
    assert (changed["title"], changed["queue"], changed["updated_by"]) == ("Late parcel", "support", "Jonas Weber")
    listed = as_sanne.get("/api/canned").json()
    assert listed["canned"] == [changed]
    assert "visitor_name" in listed["variables"]
    assert as_jonas.delete(f"/api/canned/{reply['id']}").status_code == 204
    assert as_sanne.get("/api/canned").json()["canned"] == []
    assert as_jonas.delete(f"/api/canned/{reply['id']}").status_code == 204, "it is gone, which was wanted"
    assert error(as_sanne.put(f"/api/canned/{reply['id']}", json=DRAFT)) == (404, "not_found")


def test_a_shortcut_is_there_once(as_sanne: TestClient) -> None:
    first = as_sanne.post("/api/canned", json=DRAFT).json()["canned"]
    assert error(as_sanne.post("/api/canned", json=DRAFT)) == (409, "shortcut_taken")
    second = as_sanne.post("/api/canned", json=DRAFT | {"shortcut": "later"}).json()["canned"]
    assert error(as_sanne.put(f"/api/canned/{second['id']}", json=DRAFT)) == (409, "shortcut_taken")
    assert as_sanne.put(f"/api/canned/{first['id']}", json=DRAFT).status_code == 200, "its own shortcut is free for it"
    assert [one["shortcut"] for one in as_sanne.get("/api/canned").json()["canned"]] == ["late", "later"]


BAD: list[tuple[dict[str, str], str]] = [
    ({"shortcut": "Late"}, "for example order-late"),
    ({"shortcut": ""}, "for example order-late"),
    ({"shortcut": "x" * 33}, "for example order-late"),
    ({"shortcut": "two words"}, "for example order-late"),
    ({"title": " "}, "Give it 1 to 120"),
    ({"title": "x" * 121}, "Give it 1 to 120"),
    ({"text": " "}, "Write 1 to 4000"),
    ({"text": "x" * 4001}, "Write 1 to 4000"),
    ({"text": "Hello {name}"}, "{visitor_name}"),
    ({"text": "Hello {}"}, "without braces"),
    ({"text": "Hello {Visitor_Name}"}, "{visitor_name}"),
    ({"queue": "nowhere"}, "Choose one of"),
]


def test_bad_canned_replies_name_the_remedy(as_sanne: TestClient) -> None:
    for change, remedy in BAD:
        answer = as_sanne.post("/api/canned", json=DRAFT | change)
        assert error(answer) == (400, "invalid_input"), change
        assert remedy in answer.json()["error"]["message"], change
    assert as_sanne.get("/api/canned").json()["canned"] == []


def test_what_a_fresh_installation_starts_with(as_sanne: TestClient, services: Services) -> None:
    canned = CannedReplies(services.uow, services.rules, services.clock)
    canned.add_first()
    canned.add_first()
    listed = as_sanne.get("/api/canned").json()["canned"]
    assert {one["shortcut"] for one in listed} == {draft.shortcut for draft in FIRST_REPLIES}
    assert len(listed) == len(FIRST_REPLIES)
    assert {one["updated_by"] for one in listed} == {None}
    assert all("!" not in one["text"] and "\N{EM DASH}" not in one["text"] for one in listed)
