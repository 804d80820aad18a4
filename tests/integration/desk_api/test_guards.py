"""What holds for every route: login, CSRF token, origin, size, headers, errors, and its description."""

from __future__ import annotations

import re
from typing import Any

import pytest
from fastapi.routing import APIRoute
from fastapi.testclient import TestClient

from handoff.bootstrap import Services
from handoff.desk.reads import DeskReads
from handoff.domain.errors import StorageUnavailable
from tests.integration.desk_api.client import error
from tests.support.desk import hand_over

PUBLIC = {"/api/login", "/healthz", "/metrics", "/webhooks/some-id"}
"""Without a login; webhooks prove by their signature where they come from, and Prometheus has a token of its own."""


@pytest.fixture
def db_url(sqlite_url: str) -> str:
    """SQLite is enough here: nothing in this file differs between databases."""
    return sqlite_url


def all_routes(app: Any) -> list[tuple[str, str]]:
    return [
        (method, re.sub(r"{\w+}", "some-id", path))
        for path, operations in app.openapi()["paths"].items()
        for method in operations
    ]


def test_no_route_answers_without_a_login(visitor: TestClient, app: Any) -> None:
    tried = [(method, path) for method, path in all_routes(app) if path not in PUBLIC]
    assert len(tried) >= 25
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


def test_admin_routes_are_for_admins_only(as_sanne: TestClient, as_boss: TestClient, app: Any) -> None:
    tried = [(method, path) for method, path in all_routes(app) if path.startswith("/api/admin/")]
    assert len(tried) >= 4
    for method, path in tried:
        assert error(as_sanne.request(method, path, json={})) == (403, "only_for_admins"), (method, path)
    assert as_boss.get("/api/admin/agents").status_code == 200


def test_every_answer_carries_the_security_headers(
    visitor: TestClient, as_sanne: TestClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: Any) -> None:
        raise RuntimeError("a mistake of ours")

    monkeypatch.setattr(DeskReads, "handoffs", broken)
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


def test_a_database_that_is_down_is_said(as_sanne: TestClient, monkeypatch: pytest.MonkeyPatch) -> None:
    def down(*_: Any) -> None:
        raise StorageUnavailable("The database did not answer.")

    monkeypatch.setattr(DeskReads, "handoffs", down)
    assert error(as_sanne.get("/api/handoffs")) == (503, "storage_unavailable")


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
