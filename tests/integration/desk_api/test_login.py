"""Logging in and out, and one's own password."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
from fastapi.testclient import TestClient

from handoff.bootstrap import Services
from handoff.desk.hub import Subscriber
from handoff.desk.throttle import FREE_TRIES_PER_ACCOUNT
from handoff.domain.model import Agent
from tests.conftest import Clock
from tests.integration.conftest import PASSWORD
from tests.integration.desk_api.client import BASE, error, log_in

NEW = "a new long password"


@pytest.fixture
def db_url(sqlite_url: str) -> str:
    """SQLite is enough here: nothing in this file differs between databases."""
    return sqlite_url


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


def change(agent: TestClient, current: str, new: str = NEW) -> Any:
    return agent.post("/api/me/password", json={"current": current, "new": new})


def test_a_new_password_ends_every_other_login(as_sanne: TestClient, as_jonas: TestClient, app: Any) -> None:
    elsewhere = log_in(app, "sanne")
    assert change(as_sanne, PASSWORD).status_code == 204
    assert as_sanne.get("/api/me").status_code == 200
    assert error(elsewhere.get("/api/me")) == (401, "unauthorized")
    assert as_jonas.get("/api/me").status_code == 200
    old = TestClient(app, BASE).post("/api/login", json={"username": "sanne", "password": PASSWORD})
    assert error(old) == (401, "unauthorized")
    log_in(app, "sanne", NEW)


@pytest.mark.parametrize(
    ("current", "new", "expected"),
    [
        ("wrong", NEW, (403, "wrong_password")),
        (PASSWORD, "short", (400, "invalid_input")),
        (PASSWORD, PASSWORD, (400, "invalid_input")),
        ("", NEW, (400, "invalid_input")),
    ],
)
def test_a_password_that_is_not_changed(
    as_sanne: TestClient, app: Any, current: str, new: str, expected: tuple[int, str]
) -> None:
    assert error(change(as_sanne, current, new)) == expected
    assert as_sanne.get("/api/me").status_code == 200, "a mistake logs nobody out"
    log_in(app, "sanne")


def test_the_current_password_cannot_be_guessed_through_the_other_door(as_sanne: TestClient, visitor: Any) -> None:
    for _ in range(FREE_TRIES_PER_ACCOUNT):
        assert error(change(as_sanne, "wrong")) == (403, "wrong_password")
    assert error(change(as_sanne, PASSWORD)) == (429, "too_many_logins")
    again = visitor.post("/api/login", json={"username": "sanne", "password": PASSWORD})
    assert error(again) == (429, "too_many_logins")


async def test_a_new_password_ends_the_streams_of_other_logins(app: Any, sanne: Agent) -> None:
    async with app.router.lifespan_context(app):
        await asyncio.sleep(0)  # lets the pump take hold of the loop
        hub = app.state.hub
        kept, ended = Subscriber("kept", sanne.id), Subscriber("other", sanne.id)
        colleague = Subscriber("third", "somebody else")
        for one in (kept, ended, colleague):
            await hub.subscribe(one)
        await asyncio.to_thread(hub.end_agent_soon, sanne.id, keep_token="kept")
        assert await asyncio.wait_for(ended.batches.get(), 2) is None
        assert kept.batches.empty()
        assert colleague.batches.empty()


def test_whether_one_is_there(as_sanne: TestClient, services: Services, sanne: Agent) -> None:
    assert as_sanne.get("/api/me").json()["presence"] == "online"
    assert as_sanne.post("/api/me/presence", json={"state": "away"}).json()["presence"] == "away"
    assert as_sanne.get("/api/me").json()["presence"] == "away"
    (shown,) = as_sanne.get("/api/agents").json()["agents"]
    assert shown["presence"] == "away"
    assert error(as_sanne.post("/api/me/presence", json={"state": "gone"})) == (400, "invalid_input")
