"""What Prometheus reads of the desk: with its own token only, in its own format, right on both databases."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
from fastapi.testclient import TestClient
from prometheus_client.openmetrics.parser import text_string_to_metric_families as read_openmetrics
from prometheus_client.parser import text_string_to_metric_families

from handoff.bootstrap import Services
from handoff.desk.app import create_app
from handoff.domain.conversion import Conversion, Source
from handoff.domain.model import Agent
from handoff.persistence.outbox import DEAD
from handoff.persistence.tables import outbox
from tests.conftest import ROOT, Clock
from tests.integration.desk_api.client import BASE
from tests.integration.test_visits import DELIVERY, Visitor

TOKEN = "of the monitoring, 32 characters"
ONE_DATABASE = pytest.mark.parametrize("db_url", ["sqlite"], indirect=True)
DAY = 24 * 60 * 60

Samples = dict[tuple[str, ...], float]


@pytest.fixture
def app(services: Services) -> Any:
    services.settings = replace(services.settings, metrics_token=TOKEN)
    return create_app(services, services.settings)


@pytest.fixture
def prometheus(app: Any) -> Iterator[TestClient]:
    with TestClient(app, BASE, headers={"Authorization": f"Bearer {TOKEN}"}) as client:
        yield client


def samples(client: TestClient) -> Samples:
    """Every value, by name and labels."""
    answer = client.get("/metrics")
    assert answer.status_code == 200
    return {
        (sample.name, *sample.labels.values()): sample.value
        for family in text_string_to_metric_families(answer.text)
        for sample in family.samples
    }


def parts(name: str, kind: str) -> set[str]:
    """What is asked for of a metric."""
    return {f"{name}_sum", f"{name}_count"} if kind == "summary" else {name}


def test_how_it_stands_now(prometheus: TestClient, services: Services, clock: Clock, sanne: Agent) -> None:
    first = Visitor(services, clock, "c1").asks_for_a_person()
    Visitor(services, clock, "c2").asks_for_a_person()
    clock.advance(30)
    services.presence.seen(sanne.id)
    services.claim(first, sanne.id)
    found = samples(prometheus)
    assert found["handoff_open", "general", "queued"] == 1
    assert found["handoff_open", "general", "assigned"] == 1
    assert found["handoff_open", "sales", "queued"] == 0
    assert found["handoff_oldest_wait_seconds", "general"] == 31, "it was recorded a second after it was made"
    assert found["handoff_oldest_wait_seconds", "sales"] == 0
    assert found["handoff_agents_online",] == 1
    assert found["handoff_outbox_waiting", "rasa"] == 1, "the visitor is yet to hear that Sanne joined"
    clock.advance(61)
    with services.uow.write() as tx:
        tx.connection.execute(outbox.update().values(status=DEAD))
    found = samples(prometheus)
    assert found["handoff_agents_online",] == 0
    assert (found["handoff_outbox_waiting", "rasa"], found["handoff_outbox_dead", "rasa"]) == (0, 1)


def test_what_happened_today(prometheus: TestClient, services: Services, clock: Clock, sanne: Agent) -> None:
    yesterday = Visitor(services, clock, "before")
    yesterday.says(DELIVERY)
    yesterday.asks_for_a_person()
    assert services.cancel("before")
    clock.advance(DAY)
    visitor = Visitor(services, clock)
    visitor.says(DELIVERY)
    visitor.says("nlu_fallback", frustration=0.9)
    services.convert(Conversion("c1", "order", "1001", clock(), Source.WIDGET))
    handoff_id = visitor.asks_for_a_person()
    services.claim(handoff_id, sanne.id)
    clock.advance(59)
    services.reply(handoff_id, sanne.id, "Tomorrow.", "r1")
    services.resolve(handoff_id, sanne.id)
    services.rate("c1", handoff_id, 4)
    found = samples(prometheus)
    assert found["handoff_handoffs_total", "general", "explicit_request"] == 1
    assert sum(value for key, value in found.items() if key[0] == "handoff_handoffs_total") == 1
    steps = {key[1]: value for key, value in found.items() if key[0] == "handoff_steps_total" and value}
    assert steps == {"created": 1, "claimed": 1, "reply": 1, "resolved": 1, "rated": 1}
    assert found["handoff_visits_total",] == 1
    assert (found["handoff_messages_total", "answered"], found["handoff_messages_total", "not_understood"]) == (1, 1)
    assert found["handoff_doubts_total",] == 1
    assert found["handoff_conversions_total", "widget"] == 1
    assert (found["handoff_first_reply_seconds_count",], found["handoff_first_reply_seconds_sum",]) == (1, 60)
    assert (found["handoff_rating_score_count",], found["handoff_rating_score_sum",]) == (1, 4)


@ONE_DATABASE
def test_names_are_there_before_anything_happened(prometheus: TestClient, services: Services) -> None:
    found = samples(prometheus)
    assert not any(found.values())
    assert {key[1] for key in found if key[0] == "handoff_open"} == set(services.rules.queues)


@ONE_DATABASE
def test_both_formats(prometheus: TestClient) -> None:
    text = prometheus.get("/metrics")
    assert text.headers["content-type"].startswith("text/plain; version=")
    newer = prometheus.get("/metrics", headers={"Accept": "application/openmetrics-text; version=1.0.0"})
    assert newer.headers["content-type"].startswith("application/openmetrics-text; version=1.0.0")
    assert {family.name for family in read_openmetrics(newer.text)} >= {"handoff_open", "handoff_steps"}


@ONE_DATABASE
@pytest.mark.parametrize(
    "header", [None, "", TOKEN, f"Basic {TOKEN}", "Bearer another", f"Bearer {TOKEN}x", "Bearer é"]
)
def test_only_the_token_opens_it(app: Any, header: str | None) -> None:
    with TestClient(app, BASE) as client:
        headers = {"Authorization": header.encode()} if header is not None else {}
        answer = client.get("/metrics", headers=headers)
    assert (answer.status_code, answer.json()["error"]["code"]) == (401, "unauthorized")


@ONE_DATABASE
def test_without_a_token_it_is_not_there(services: Services) -> None:
    with TestClient(create_app(services, services.settings), BASE) as client:
        for header in ("Bearer ", f"Bearer {TOKEN}"):
            answer = client.get("/metrics", headers={"Authorization": header})
            assert (answer.status_code, answer.json()["error"]["code"]) == (404, "not_found")


@ONE_DATABASE
def test_the_dashboard_and_the_docs_name_what_is_there_and_nothing_else(prometheus: TestClient) -> None:
    kinds = re.findall(r"^# TYPE (\w+) (\w+)$", prometheus.get("/metrics").text, re.MULTILINE)
    known = {part for name, kind in kinds for part in parts(name, kind)}
    dashboard = json.loads((ROOT / "docs" / "grafana-dashboard.json").read_text(encoding="utf-8"))
    queries = [target["expr"] for panel in dashboard["panels"] for target in panel.get("targets", [])]
    asked = {name for query in queries for name in re.findall(r"\bhandoff_\w+", query)}
    assert asked <= known
    page = (ROOT / "docs" / "reports.md").read_text(encoding="utf-8")
    described = set(re.findall(r"`(handoff_[a-z_]+)", page))
    assert described == {re.sub(r"_(sum|count)$", "", name) for name in known}
    assert {re.sub(r"_(sum|count)$", "", name) for name in asked} == described, "a number that no panel shows"
