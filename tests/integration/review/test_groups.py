"""What went wrong, in groups; what the database has to do with it is in test_on_both_databases.py."""

from __future__ import annotations

from typing import Any

from fastapi.testclient import TestClient
from sqlalchemy import event

from handoff.bootstrap import Services
from handoff.domain.model import Agent
from handoff.persistence.review_messages import wrong_messages
from tests.conftest import Clock
from tests.integration.desk_api.client import error, log_in
from tests.integration.review.conftest import Visitors, review


def test_what_is_near_to_an_intent_says_so(as_boss: TestClient, visitors: Visitors) -> None:
    visitors.ask("how many days until the desk is at my door")
    (group,) = review(as_boss)["groups"]
    first = group["nearest"][0]
    assert (first["intent"], first["label"]) == ("faq/delivery_time", "how long delivery takes")
    assert 0.3 < first["share"] <= 1
    assert first["example"]
    assert sum(near["share"] for near in group["nearest"]) <= 1.001


def test_the_same_words_of_many_are_one_message(as_boss: TestClient, visitors: Visitors) -> None:
    for _ in range(3):
        visitors.ask("Gift cards?")
    latest = visitors.ask("gift  cards")
    (group,) = review(as_boss)["groups"]
    (message,) = group["messages"]
    assert (message["id"], message["times"], group["count"], group["visits"]) == (latest, 4, 4, 4)
    assert len(group["message_ids"]) == 4


def test_what_teaches_nothing_is_not_shown(as_boss: TestClient, visitors: Visitors) -> None:
    for text in ("??", "\U0001f44d", "/restart"):
        visitors.ask(text)
    assert review(as_boss)["groups"] == []


def test_what_people_heard_is_not_the_assistants_fault(as_boss: TestClient, visitors: Visitors, sanne: Agent) -> None:
    visitors.answered_by(sanne, "c1", "How can I help?")
    visitors.ask("bla bla unheard of", conversation="c1", answer=None)
    assert review(as_boss)["total_messages"] == 0


def test_recent_troubles_come_first(as_boss: TestClient, visitors: Visitors, clock: Clock) -> None:
    visitors.ask("do you have a showroom in Paris")
    clock.advance(20 * 86_400)
    visitors.ask("can I pay with bitcoin in the shop")
    names = [group["name"] for group in review(as_boss)["groups"]]
    assert names == ["can I pay with bitcoin in the shop", "do you have a showroom in Paris"]


def test_the_cost_does_not_grow_with_the_history(services: Services, clock: Clock) -> None:
    said: list[Any] = []
    event.listen(services.engine, "before_cursor_execute", lambda *found: said.append(found[2:4]))
    with services.uow.read() as tx:
        wrong_messages(tx.connection, clock(), clock(), mood_from=0.5, moods=["express_frustration"])
        asked = [(query, values) for query, values in said if query.startswith("SELECT")]
        plans = [tx.connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {query}", values).all() for query, values in asked]
    first, second = (" ".join(str(line[3]) for line in plan) for plan in plans)
    assert "ix_messages_to_review (at>? AND at<?)" in first
    assert "ix_visits_started_at (started_at>? AND started_at<?)" in second
    assert "SCAN" not in first + second


def test_the_period(as_boss: TestClient, visitors: Visitors, clock: Clock) -> None:
    visitors.ask("do you have a showroom in Paris")
    clock.advance(40 * 86_400)
    visitors.ask("can I pay with bitcoin")
    body = review(as_boss)
    assert [group["name"] for group in body["groups"]] == ["can I pay with bitcoin"]
    assert body["period"] == {"from": "2026-12-04", "to": "2027-01-02", "timezone": "Europe/Amsterdam"}
    assert review(as_boss, "from=2026-11-23&to=2026-11-23")["total_messages"] == 1
    assert error(as_boss.get("/api/review?from=2026-11-24&to=2026-11-23")) == (400, "invalid_input")


def test_an_example_names_nobody(as_boss: TestClient, visitors: Visitors) -> None:
    visitors.ask("My name is Lea Moreau, my gift card for FW-104233 went to lea@moreau.example, call 0612345678")
    (group,) = review(as_boss)["groups"]
    example = group["messages"][0]["example"]
    for secret in ("Lea", "Moreau", "104233", "0612345678"):
        assert secret not in example
        assert secret.lower() not in group["faq_name"]
    assert "FW-1" in example
    assert "@example." in example


def test_without_an_encoder_equal_words_are_grouped(as_boss: TestClient, visitors: Visitors, project: Any) -> None:
    config = project / "config.yml"
    name = "handoff.nlu.encoder_featurizer.SentenceEncoderFeaturizer"
    config.write_text(config.read_text().replace(name, f"{name}\n    directory: models/not-there"))
    for text in ("gift cards?", "Gift cards", "can I buy a gift card"):
        visitors.ask(text)
    body = review(as_boss)
    assert body["encoder_ready"] is False
    assert "make train" in body["encoder_missing"]
    assert [group["count"] for group in body["groups"]] == [2, 1]
    assert all(group["nearest"] == [] for group in body["groups"])


def test_only_administrators_look(app: Any, as_boss: TestClient, sanne: Agent) -> None:
    as_sanne = log_in(app, "sanne")
    for path in ("", "/intents", "/changes", f"/changes/{'0' * 36}", f"/changes/{'0' * 36}/patch"):
        assert error(as_sanne.get(f"/api/review{path}")) == (403, "only_for_admins")


def test_only_administrators_with_the_token_decide(app: Any, as_boss: TestClient, sanne: Agent) -> None:
    as_sanne = log_in(app, "sanne")
    for path in ("ignore", "changes", *(f"changes/{'0' * 36}/{what}" for what in ("preview", "accept", "drop"))):
        assert error(as_sanne.post(f"/api/review/{path}", json={})) == (403, "only_for_admins")
        without = as_boss.post(f"/api/review/{path}", json={}, headers={"X-CSRF-Token": ""})
        assert error(without) == (403, "forbidden")
