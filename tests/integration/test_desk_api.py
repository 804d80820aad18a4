"""The desk's API on real databases."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from fastapi.routing import APIRoute
from fastapi.testclient import TestClient

from handoff.bootstrap import Services
from handoff.desk.app import create_app
from handoff.desk.throttle import FREE_TRIES_PER_ACCOUNT
from handoff.domain.context import iso
from handoff.domain.errors import StorageUnavailable
from handoff.domain.model import Agent
from tests.conftest import Clock
from tests.integration.conftest import PASSWORD
from tests.support.desk import hand_over, visitor_writes

PUBLIC = {"/api/login", "/healthz"}
BASE = "http://desk.example"


@pytest.fixture
def db_url(tmp_path: Path) -> str:
    """SQLite is enough here: what differs between databases is tested with the service."""
    return f"sqlite:///{tmp_path / 'handoff.db'}"


@pytest.fixture
def app(services: Services) -> Any:
    return create_app(services, services.settings)


@pytest.fixture
def visitor(app: Any) -> Iterator[TestClient]:
    """Somebody who is not logged in."""
    with TestClient(app, BASE, raise_server_exceptions=False, follow_redirects=False) as client:
        yield client


def log_in(app: Any, username: str) -> TestClient:
    client = TestClient(app, BASE, raise_server_exceptions=False, follow_redirects=False)
    answer = client.post("/api/login", json={"username": username, "password": PASSWORD})
    assert answer.status_code == 200, answer.text
    client.headers["X-CSRF-Token"] = answer.json()["csrf"]
    return client


@pytest.fixture
def as_sanne(visitor: TestClient, app: Any, sanne: Agent) -> TestClient:
    return log_in(app, "sanne")


@pytest.fixture
def as_jonas(visitor: TestClient, app: Any, jonas: Agent) -> TestClient:
    return log_in(app, "jonas")


def error(answer: Any) -> tuple[int, str]:
    body = answer.json()
    assert set(body) == {"error"}
    assert set(body["error"]) == {"code", "message"}
    assert body["error"]["message"]
    return answer.status_code, body["error"]["code"]


def claimed(services: Services, agent: TestClient) -> str:
    handoff_id = hand_over(services).handoff_id
    assert agent.post(f"/api/handoffs/{handoff_id}/claim").status_code == 200
    return handoff_id


# --- logging in


def test_login_gives_a_cookie_that_scripts_and_other_sites_cannot_use(app: Any, sanne: Agent) -> None:
    credentials = {"username": " Sanne ", "password": PASSWORD}
    plain = TestClient(app, BASE).post("/api/login", json=credentials)
    cookie = plain.headers["set-cookie"].lower()
    assert "httponly" in cookie
    assert "samesite=strict" in cookie
    assert "secure" not in cookie
    encrypted = TestClient(app, "https://desk.example").post("/api/login", json=credentials)
    assert "secure" in encrypted.headers["set-cookie"].lower()
    assert plain.json()["agent"] == {
        "id": sanne.id,
        "username": "sanne",
        "display_name": "Sanne de Vries",
        "role": "agent",
        "topics": [],
    }


def test_a_wrong_password_and_an_unknown_name_sound_the_same(visitor: TestClient, sanne: Agent) -> None:
    wrong = visitor.post("/api/login", json={"username": "sanne", "password": "wrong"})
    unknown = visitor.post("/api/login", json={"username": "nobody", "password": "wrong"})
    assert error(wrong) == (401, "unauthorized")
    assert wrong.json() == unknown.json()
    assert "set-cookie" not in wrong.headers


def test_guessing_is_stopped_even_when_the_last_guess_is_right(visitor: TestClient, sanne: Agent) -> None:
    for _ in range(FREE_TRIES_PER_ACCOUNT):
        assert visitor.post("/api/login", json={"username": "sanne", "password": "wrong"}).status_code == 401
    stopped = visitor.post("/api/login", json={"username": "sanne", "password": PASSWORD})
    assert error(stopped) == (429, "too_many_logins")
    assert 1 <= int(stopped.headers["retry-after"]) <= 5


def test_logging_out_ends_the_session_on_the_server(as_sanne: TestClient, app: Any) -> None:
    token = as_sanne.cookies["handoff_session"]
    assert as_sanne.get("/api/me").json()["agent"]["username"] == "sanne"
    assert as_sanne.post("/api/logout").status_code == 204
    thief = TestClient(app, BASE, cookies={"handoff_session": token})
    assert error(thief.get("/api/me")) == (401, "unauthorized")


def test_a_session_ends_by_itself(as_sanne: TestClient, clock: Clock, services: Services) -> None:
    clock.advance(services.settings.session_hours * 3600 + 1)
    assert error(as_sanne.get("/api/handoffs")) == (401, "unauthorized")


def all_routes(app: Any) -> list[tuple[str, str]]:
    return [
        (method, path.replace("{handoff_id}", "some-id"))
        for path, operations in app.openapi()["paths"].items()
        for method in operations
    ]


def test_no_route_answers_without_a_login(visitor: TestClient, app: Any) -> None:
    tried = [(method, path) for method, path in all_routes(app) if path not in PUBLIC]
    assert len(tried) >= 9
    for method, path in tried:
        assert error(visitor.request(method, path, json={})) == (401, "unauthorized"), (method, path)


def test_no_route_changes_anything_without_the_csrf_token(as_sanne: TestClient, app: Any, services: Services) -> None:
    handoff_id = hand_over(services).handoff_id
    as_sanne.headers.pop("X-CSRF-Token")
    for token in (None, b"", b"f" * 43, "\u00e9".encode()):
        headers = [(b"X-CSRF-Token", token)] if token is not None else []
        for method, path in all_routes(app):
            if method == "get" or path in PUBLIC:
                continue
            answer = as_sanne.request(method, path.replace("some-id", handoff_id), json={}, headers=headers)
            assert error(answer) == (403, "forbidden"), (method, path)
    assert services.desk.row(handoff_id).status == "queued"


@pytest.mark.parametrize(
    "headers",
    [
        {"Origin": "https://evil.example"},
        {"Origin": "null"},
        {"Origin": "http://desk.example.evil.example"},
        {"Origin": "http://desk.example:81"},
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
    ],
)
def test_requests_from_other_sites_are_refused(
    as_sanne: TestClient, services: Services, headers: dict[str, str]
) -> None:
    handoff_id = hand_over(services).handoff_id
    assert error(as_sanne.post(f"/api/handoffs/{handoff_id}/claim", headers=headers)) == (403, "wrong_origin")
    assert services.desk.row(handoff_id).status == "queued"


def test_the_own_origin_is_welcome_also_behind_a_tls_proxy(as_sanne: TestClient, services: Services) -> None:
    handoff_id = hand_over(services).handoff_id
    for origin in ("http://desk.example", "https://desk.example"):
        assert as_sanne.post(f"/api/handoffs/{handoff_id}/claim", headers={"Origin": origin}).status_code == 200


def test_a_huge_request_is_refused_before_it_is_read(visitor: TestClient) -> None:
    answer = visitor.post("/api/login", content=b"x" * 70_000, headers={"Content-Type": "application/json"})
    assert error(answer) == (413, "too_long")


@pytest.mark.parametrize("body", [b"{", b"[]", b"{}", b'{"username": "a", "password": ""}', b'{"username": 1}'])
def test_bad_input_is_named(visitor: TestClient, body: bytes) -> None:
    answer = visitor.post("/api/login", content=body, headers={"Content-Type": "application/json"})
    assert error(answer) == (400, "invalid_input")


# --- the queue


def test_the_queue_shows_who_waits_for_what(as_sanne: TestClient, services: Services, clock: Clock) -> None:
    handoff_id = hand_over(services).handoff_id
    clock.advance(75)
    visitor_writes(services, "hello?")
    (row,) = as_sanne.get("/api/handoffs").json()["handoffs"]
    assert row["id"] == handoff_id
    assert (row["status"], row["queue"], row["topic"]) == ("queued", "support", "support")
    assert row["urgency"] == {"level": "high", "reasons": ["sounds frustrated", "asked for a person"]}
    assert row["headline"].startswith("Lea Moreau: where an order is (FW-104233)")
    assert (row["waiting_seconds"], row["unread"], row["agent"]) == (75, 1, None)
    assert row["last_message"] == {"from": "visitor", "text": "hello?", "at": iso(clock())}
    assert row["page_url"] == "https://fernway.example/order.html"


def test_filters(as_sanne: TestClient, as_jonas: TestClient, services: Services) -> None:
    mine, his, waiting = (hand_over(services, f"c{number}").handoff_id for number in range(3))
    as_sanne.post(f"/api/handoffs/{mine}/claim")
    as_jonas.post(f"/api/handoffs/{his}/claim")
    as_jonas.post(f"/api/handoffs/{his}/resolve")

    def ids(query: str) -> set[str]:
        return {row["id"] for row in as_sanne.get(f"/api/handoffs?{query}").json()["handoffs"]}

    assert ids("") == ids("status=open") == {mine, waiting}
    assert ids("status=queued") == {waiting}
    assert ids("status=assigned") == ids("mine=true") == {mine}
    assert ids("status=closed") == {his}
    assert ids("queue=support") == {mine, waiting}
    assert ids("queue=billing") == set()
    assert error(as_sanne.get("/api/handoffs?status=lost")) == (400, "invalid_input")


def test_one_handoff_with_everything_about_it(as_sanne: TestClient, services: Services) -> None:
    handoff_id = hand_over(services).handoff_id
    body = as_sanne.get(f"/api/handoffs/{handoff_id}").json()
    assert body["handoff"]["id"] == handoff_id
    assert body["package"]["schema"] == "handoff.context/1"
    assert body["package"]["fields"] == {"order_number": "FW-104233"}
    assert [message["seq"] for message in body["messages"]] == list(range(1, len(body["messages"]) + 1))
    last = body["messages"][-1]
    assert (last["from"], last["intent"]) == ("visitor", "request_human")
    assert [event["kind"] for event in body["events"]] == ["created"]
    assert body["intent_labels"]["track_order"] == "where an order is"
    assert error(as_sanne.get("/api/handoffs/none")) == (404, "not_found")


# --- claim, reply, end


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


# --- everything around


def test_every_answer_carries_the_security_headers(
    visitor: TestClient, as_sanne: TestClient, services: Services, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: Any) -> None:
        raise RuntimeError("a mistake of ours")

    monkeypatch.setattr(type(services.desk), "list", broken)
    answers = {
        200: visitor.get("/desk/login"),
        401: visitor.get("/api/me"),
        403: visitor.post("/api/login", headers={"Origin": "https://evil.example"}),
        404: visitor.get("/nothing"),
        405: visitor.put("/healthz"),
        500: as_sanne.get("/api/handoffs"),
        303: visitor.get("/desk"),
    }
    for status, answer in {**answers, 201: visitor.get("/desk/static/desk.js")}.items():
        assert answer.status_code == (status if status != 201 else 200)
        policy = answer.headers["content-security-policy"]
        assert policy.startswith("default-src 'none'; script-src 'self'; style-src 'self';")
        assert "unsafe" not in policy
        assert answer.headers["x-content-type-options"] == "nosniff"
        assert answer.headers["cache-control"] == ("no-cache" if status == 201 else "no-store")
    assert error(answers[500]) == (500, "internal_error")
    assert "a mistake of ours" not in answers[500].text


def test_a_database_that_is_down_is_said(
    as_sanne: TestClient, services: Services, monkeypatch: pytest.MonkeyPatch
) -> None:
    def down(*_: Any) -> None:
        raise StorageUnavailable("The database did not answer.")

    monkeypatch.setattr(type(services.desk), "list", down)
    assert error(as_sanne.get("/api/handoffs")) == (503, "storage_unavailable")


def test_pages_send_strangers_to_the_login_and_back(visitor: TestClient, as_sanne: TestClient) -> None:
    assert visitor.get("/").headers["location"] == "/desk"
    assert visitor.get("/desk").headers["location"] == "/desk/login?next=/desk"
    deep = visitor.get("/desk/handoffs/abc?x=//evil.example")
    assert (deep.status_code, deep.headers["location"]) == (303, "/desk/login?next=/desk/handoffs/abc")
    page = as_sanne.get("/desk/handoffs/abc")
    assert page.status_code == 200
    assert "Sanne de Vries" in page.text
    assert visitor.get("/desk/nothing").text.count("There is nothing here") == 1


def test_names_are_escaped_on_the_page(visitor: TestClient, app: Any, services: Services) -> None:
    services.agents.create("mallory", '"><script>alert(1)</script>', PASSWORD)
    page = log_in(app, "mallory").get("/desk")
    assert "<script>alert" not in page.text
    assert "&lt;script&gt;alert" in page.text


def test_the_api_describes_itself(visitor: TestClient, app: Any) -> None:
    api = visitor.get("/api/openapi.json").json()
    assert visitor.get("/healthz").json() == {"status": "ok"}
    for path, operations in api["paths"].items():
        for operation in operations.values():
            assert operation["summary"], path
            assert operation["description"], path
            assert "422" not in operation["responses"], "errors of input are 400 in the shape of all errors"
    assert "ErrorBody" in api["components"]["schemas"]
    assert api["components"]["schemas"]["MessageOut"]["properties"]["from"]
    assert [route for route in app.routes if isinstance(route, APIRoute) and route.path == "/docs"] == []
