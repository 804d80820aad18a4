"""Administrators manage accounts."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import Any

from fastapi.testclient import TestClient

from handoff.bootstrap import Services
from handoff.domain.model import Agent
from tests.integration.conftest import PASSWORD
from tests.integration.desk_api.client import BASE, claimed, error, log_in

NEW = {"username": "amira", "display_name": "Amira Haddad", "password": "a long password", "topics": ["billing"]}


def change(admin: TestClient, agent: Agent, **changes: Any) -> Any:
    body = {"display_name": agent.display_name, "role": agent.role, "topics": list(agent.topics), "active": True}
    return admin.put(f"/api/admin/agents/{agent.id}", json=body | changes)


def test_a_new_account_can_log_in(as_boss: TestClient, app: Any) -> None:
    answer = as_boss.post("/api/admin/agents", json=NEW)
    assert answer.status_code == 201
    agent = answer.json()["agent"]
    assert (agent["username"], agent["role"], agent["topics"]) == ("amira", "agent", ["billing"])
    assert (agent["active"], agent["online"], agent["open_handoffs"], agent["last_seen_at"]) == (True, False, 0, None)
    assert [one["username"] for one in as_boss.get("/api/admin/agents").json()["agents"]] == ["amira", "mila"]
    assert log_in(app, "amira", NEW["password"]).get("/api/me").json()["agent"]["id"] == agent["id"]  # type: ignore[arg-type]


BAD: list[dict[str, Any]] = [
    {"username": "MILA"},
    {"username": "two words"},
    {"username": ""},
    {"display_name": " "},
    {"display_name": "x" * 121},
    {"password": "short"},
    {"role": "owner"},
    {"topics": ["weather"]},
]


def test_accounts_that_cannot_be(as_boss: TestClient) -> None:
    for bad in BAD:
        assert error(as_boss.post("/api/admin/agents", json=NEW | bad)) == (400, "invalid_input"), bad
    assert len(as_boss.get("/api/admin/agents").json()["agents"]) == 1


def test_a_change_holds_at_once(as_boss: TestClient, as_jonas: TestClient, jonas: Agent) -> None:
    answer = change(as_boss, jonas, display_name=" Jonas  W. ", role="admin", topics=["support", "support"])
    shown = answer.json()["agent"]
    assert (shown["display_name"], shown["role"], shown["topics"]) == ("Jonas W.", "admin", ["support"])
    assert as_jonas.get("/api/admin/agents").status_code == 200
    assert as_jonas.get("/api/me").json()["agent"]["display_name"] == "Jonas W."
    missing = as_boss.put(
        "/api/admin/agents/none", json={"display_name": "x", "role": "agent", "topics": [], "active": True}
    )
    assert error(missing) == (404, "not_found")


def test_closing_an_account_ends_logins_and_gives_conversations_back(
    as_boss: TestClient, as_jonas: TestClient, app: Any, services: Services, jonas: Agent
) -> None:
    handoff_id = claimed(services, as_jonas)
    shown = change(as_boss, jonas, active=False).json()["agent"]
    assert (shown["active"], shown["open_handoffs"]) == (False, 0)
    assert error(as_jonas.get("/api/me")) == (401, "unauthorized")
    refused = TestClient(app, BASE).post("/api/login", json={"username": "jonas", "password": PASSWORD})
    assert error(refused) == (401, "unauthorized")
    row = services.desk.row(handoff_id)
    assert (row.status, row.agent_id) == ("queued", None)
    assert change(as_boss, jonas, active=True).json()["agent"]["active"] is True
    log_in(app, "jonas")


def test_nobody_can_lock_everybody_out(as_boss: TestClient, boss: Agent, jonas: Agent) -> None:
    assert error(change(as_boss, boss, active=False)) == (409, "own_account")
    assert error(change(as_boss, boss, role="agent")) == (409, "last_admin")
    assert change(as_boss, jonas, role="admin", active=False).status_code == 200
    assert error(change(as_boss, boss, role="agent")) == (409, "last_admin"), "a closed account is no administrator"
    assert change(as_boss, jonas, role="admin").status_code == 200
    assert change(as_boss, boss, role="agent").status_code == 200
    assert error(as_boss.get("/api/admin/agents")) == (403, "only_for_admins")


def test_two_admins_who_demote_each_other_at_once(
    as_boss: TestClient, app: Any, services: Services, boss: Agent
) -> None:
    other = services.agents.create("nora", "Nora Lind", PASSWORD, role="admin")
    as_other = log_in(app, "nora")
    with ThreadPoolExecutor(2) as pool:
        first = pool.submit(change, as_boss, other, role="agent")
        second = pool.submit(change, as_other, boss, role="agent")
        statuses = sorted([first.result().status_code, second.result().status_code])
    assert statuses[0] == 200
    assert statuses[1] in {403, 409}, "403: was demoted before asking; 409: is the last one"
    assert (
        sum(agent.role == "admin" for agent in [services.agents.get(boss.id), services.agents.get(other.id)] if agent)
        == 1
    )


def test_a_forgotten_password(as_boss: TestClient, as_jonas: TestClient, app: Any, jonas: Agent) -> None:
    address = f"/api/admin/agents/{jonas.id}/password"
    assert error(as_boss.post(address, json={"new": "short"})) == (400, "invalid_input")
    assert as_jonas.get("/api/me").status_code == 200
    assert as_boss.post(address, json={"new": "another long one"}).status_code == 204
    assert error(as_jonas.get("/api/me")) == (401, "unauthorized")
    log_in(app, "jonas", "another long one")
    assert as_boss.get("/api/me").status_code == 200
    assert error(as_boss.post("/api/admin/agents/none/password", json={"new": "another long one"})) == (
        404,
        "not_found",
    )
