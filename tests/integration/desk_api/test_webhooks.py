"""Webhooks of live chats at the desk's door: without a login, and nothing is done before they prove themselves."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
import yaml
from fastapi.testclient import TestClient

from handoff.bootstrap import Services
from handoff.desk.app import create_app
from handoff.desk.headers import WEBHOOK_BODY_LIMIT
from handoff.persistence.engine import open_engine
from handoff.persistence.glance import Glance
from handoff.settings import Settings
from tests.conftest import ROOT, Clock
from tests.integration.desk_api.client import BASE
from tests.integration.test_service import REQUEST
from tests.support.memory_chat import MemoryChat


def rung(services: Services) -> set[str]:
    """Live chats that are to be asked at once."""
    with closing(Glance(services.engine)) as glance:
        return glance(services.clock())[1]


@pytest.fixture
def services(db_url: str, tmp_path: Path, clock: Clock) -> Iterator[Services]:
    section = {"default": "team", "connectors": {"team": {"type": "tests.support.memory_chat.MemoryChat"}}}
    endpoints = yaml.safe_load((ROOT / "endpoints.yml").read_text(encoding="utf-8")) | {"live_chat": section}
    file = tmp_path / "endpoints.yml"
    file.write_text(yaml.safe_dump(endpoints), encoding="utf-8")
    environ = {"HANDOFF_VAR": str(tmp_path / "var"), "HANDOFF_DB_URL": db_url, "HANDOFF_ENDPOINTS": str(file)}
    engine = open_engine(db_url)
    yield Services(Settings.load(environ=environ), engine, clock)
    engine.dispose()


@pytest.fixture
def reference(services: Services) -> str:
    """What a handoff is called in the live chat."""
    services.request(REQUEST)
    (dispatcher,) = services.deliveries.to_live_chats()
    assert dispatcher.run_once() == 1
    team = services.live_chat.connectors["team"]
    assert isinstance(team, MemoryChat)
    return next(iter(team.chats))


@pytest.fixture
def live_chat(services: Services) -> Iterator[TestClient]:
    app = create_app(services, services.settings)
    with TestClient(app, BASE, raise_server_exceptions=False, headers={"X-Secret": "right"}) as client:
        yield client


def test_it_rings_once_for_each_delivery(live_chat: TestClient, services: Services, reference: str) -> None:
    woken: list[int] = []
    services.on_outbox = lambda: woken.append(1)
    for expected in (1, 0):
        answer = live_chat.post("/webhooks/team", content=reference, headers={"X-Delivery": "d1"})
        assert (answer.status_code, answer.json()) == (200, {"events": expected})
    assert woken == [1]
    assert rung(services) == {"team"}


def test_what_proves_nothing_changes_nothing(live_chat: TestClient, services: Services, reference: str) -> None:
    answer = live_chat.post("/webhooks/team", content=reference, headers={"X-Secret": "wrong", "X-Delivery": "d1"})
    assert (answer.status_code, answer.json()["error"]["code"]) == (401, "webhook_refused")
    assert rung(services) == set()
    # and its id is not used up by that
    assert live_chat.post("/webhooks/team", content=reference, headers={"X-Delivery": "d1"}).json() == {"events": 1}


@pytest.mark.parametrize(("path", "status"), [("/webhooks/nobody", 404), ("/webhooks/Team", 400), ("/webhooks/", 404)])
def test_other_addresses(live_chat: TestClient, path: str, status: int) -> None:
    assert live_chat.post(path, content=b"x").status_code == status


def test_it_is_larger_than_any_webhook(live_chat: TestClient, reference: str) -> None:
    fits = live_chat.post("/webhooks/team", content=b"x" * WEBHOOK_BODY_LIMIT)
    assert fits.json() == {"events": 0}

    def endless() -> Iterator[bytes]:
        for _ in range(WEBHOOK_BODY_LIMIT // 65536 + 1):
            yield b"x" * 65536

    for body in (b"x" * (WEBHOOK_BODY_LIMIT + 1), endless()):
        answer = live_chat.post("/webhooks/team", content=body)
        assert answer.json()["error"]["code"] == "too_long"


def test_nothing_but_post(live_chat: TestClient) -> None:
    assert live_chat.get("/webhooks/team").status_code == 405
