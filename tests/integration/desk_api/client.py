"""What tests of the API say to it."""

from __future__ import annotations

from typing import Any

from fastapi.testclient import TestClient

from handoff.bootstrap import Services
from tests.integration.conftest import PASSWORD
from tests.support.desk import hand_over

BASE = "http://desk.example"


def log_in(app: Any, username: str, password: str = PASSWORD) -> TestClient:
    """A browser in which somebody is logged in."""
    client = TestClient(app, BASE, raise_server_exceptions=False, follow_redirects=False)
    answer = client.post("/api/login", json={"username": username, "password": password})
    assert answer.status_code == 200, answer.text
    client.headers["X-CSRF-Token"] = answer.json()["csrf"]
    return client


def error(answer: Any) -> tuple[int, str]:
    """(status, code) of an error in the one shape of errors."""
    body = answer.json()
    assert set(body) == {"error"}
    assert set(body["error"]) == {"code", "message"}
    assert body["error"]["message"]
    return answer.status_code, body["error"]["code"]


def claimed(services: Services, agent: TestClient, conversation: str = "c1") -> str:
    """The id of a handoff that ``agent`` has."""
    handoff_id = hand_over(services, conversation).handoff_id
    assert agent.post(f"/api/handoffs/{handoff_id}/claim").status_code == 200
    return handoff_id


def ids(agent: TestClient, query: str = "") -> list[str]:
    """Ids of the handoffs that ``agent`` is shown, in order."""
    answer = agent.get(f"/api/handoffs?{query}")
    assert answer.status_code == 200, answer.text
    return [row["id"] for row in answer.json()["handoffs"]]
