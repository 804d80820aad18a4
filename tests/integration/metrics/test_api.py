"""The API of metrics: who may see it, what it says, and which conversations are behind each number."""

from __future__ import annotations

import csv
import io
from typing import Any

import pytest
from fastapi.testclient import TestClient

from handoff.bootstrap import Services
from handoff.desk.app import create_app
from handoff.domain.model import Agent
from handoff.metrics.definitions import BY_NAME, DEFINITIONS
from handoff.metrics.reads import MetricReads
from handoff.persistence.metric_scope import EVERYTHING
from tests.integration.conftest import PASSWORD
from tests.integration.desk_api.client import BASE, error, log_in
from tests.integration.metrics.story import DAY, MINUTE, ONE_DATABASE, SHOP, Story

ADDRESSES = ("/api/metrics", "/api/metrics/conversations?metric=visits", "/api/metrics/visits/1")
CSV = "/api/metrics.csv"


@pytest.fixture
def app(services: Services) -> Any:
    return create_app(services, services.settings)


@pytest.fixture
def boss(services: Services, app: Any) -> TestClient:
    services.agents.create("mila", "Mila Novak", PASSWORD, role="admin")
    return log_in(app, "mila")


def busy(story: Story, sanne: Agent) -> str:
    """Two weeks in which every metric has something to count; returns the id of the handoff that was answered."""
    services = story.services
    story.at(2026, 11, 9, 10, 0)
    story.say("ann", "faq/delivery_time", "how long does it take?")
    story.services.rate_visit("ann", story.last_visit("ann"), 5, "clear")
    story.buy("ann", 89, "EUR")
    story.say("ben", "faq/warranty", "=HYPERLINK(1)", page=f"{SHOP}plans")
    story.say("ben", "faq/warranty", signals=["repeated_question"])
    story.say("ben", "nlu_fallback", "+31 hm?")
    story.pass_time(2 * DAY)
    story.say("ben", "track_order")
    answered = story.ask_for_person("ben")
    story.pass_time(2 * MINUTE)
    services.claim(answered, sanne.id)
    story.reply(answered, sanne.id)
    services.resolve(answered, sanne.id)
    services.rate("ben", answered, 3, "@once would do")
    story.buy("ben", 10, "EUR")
    story.ask_for_person("eve")
    services.cancel("eve")
    story.ask_for_person("kim")
    story.pass_time(10 * MINUTE)
    story.pass_time(8 * DAY)
    return answered


@ONE_DATABASE
def test_administrators_only(services: Services, app: Any, sanne: Agent) -> None:
    nobody = TestClient(app, BASE, raise_server_exceptions=False)
    agent = log_in(app, "sanne")
    for address in (*ADDRESSES, f"{CSV}?table=metrics"):
        assert error(nobody.get(address)) == (401, "unauthorized")
        assert error(agent.get(address)) == (403, "only_for_admins")


def test_the_overview_says_what_the_code_counts(story: Story, sanne: Agent, boss: TestClient) -> None:
    busy(story, sanne)
    told = boss.get("/api/metrics").json()
    assert told["period"] == {"from": "2026-10-21", "to": "2026-11-19", "days": 30, "timezone": "Europe/Amsterdam"}
    assert told["before"] == {"from": "2026-09-21", "to": "2026-10-20"}
    counted = story.overview()
    assert [(one["name"], one["value"]) for one in told["metrics"]] == [
        (metric.name, metric.value) for metric in counted.metrics
    ]
    assert told["metrics"][0]["before"] == {"value": 0, "numerator": None, "denominator": 0}
    assert told["trend"]["series"] == counted.trend.series
    assert [row["text"] for row in told["unanswered"]] == ["+31 hm?"]
    assert [(row["name"], row["replies"], row["csat"]) for row in told["agents"]] == [("Sanne de Vries", 1, 3)]
    assert {"key": "billing", "label": "Billing"} in told["options"]["topics"]
    plans = boss.get("/api/metrics", params={"page": f"{SHOP}plans", "from": "2026-11-09", "to": "2026-11-09"}).json()
    assert plans["filters"] == {"topic": None, "queue": None, "trigger": None, "page": f"{SHOP}plans", "variant": None}
    assert plans["metrics"][0]["value"] == 1


def test_what_is_behind_each_number_is_as_much_as_it_says(story: Story, sanne: Agent, boss: TestClient) -> None:
    answered = busy(story, sanne)
    metrics = story.metrics()
    messages = {"wrong_answer_rate", "fallback_rate", "conversion_value"}  # counted by something else than visits
    why = {}
    for name in BY_NAME:
        found = boss.get("/api/metrics/conversations", params={"metric": name}).json()
        metric = metrics[name]
        number = metric.denominator if metric.numerator is None else metric.numerator
        assert found["total"] == len(found["rows"]) > 0, name
        assert name in messages or found["total"] == number, name
        assert found["next"] is None
        why[name] = [row["why"] for row in found["rows"]]
    assert why == {
        "visits": [
            "small talk or a form 1",
            "small talk or a form 1",
            "answered 1, small talk or a form 1",
            "answered 2, not understood 1",
            "answered 1",
        ],
        "handoffs": ["handed over: asked for a person"] * 3,
        "handoff_rate": ["handed over: asked for a person"] * 3,
        "containment": ["answered 2 times, nobody had to step in", "answered once, nobody had to step in"],
        "honest_containment": ["answered once, and did not come back within 7 days"],
        "first_reply_median": ["waited 2 min"],
        "first_reply_p90": ["waited 2 min"],
        "first_reply_open_median": ["waited 2 min of opening hours"],
        "first_reply_open_p90": ["waited 2 min of opening hours"],
        "resolution_median": ["resolved after 2 min"],
        "missed_rate": ["nobody had taken it after 10 min"],
        "abandoned_rate": ["left after 0 s"],
        "csat_handoff": ["rated 3 of 5: @once would do"],
        "csat_assistant": ["rated 5 of 5: clear"],
        "conversion_handoff": ["order: 10.00 EUR"],
        "conversion_assistant": ["order: 89.00 EUR"],
        "conversion_value": ["order: 10.00 EUR", "order: 89.00 EUR"],
        "repeat_rate": ["came back after 2 days"],
        "wrong_answer_rate": ["1 answer in doubt"],
        "fallback_rate": ["1 message not understood"],
    }
    row = boss.get("/api/metrics/conversations", params={"metric": "csat_handoff"}).json()["rows"][0]
    assert (row["handoff_id"], row["words"], row["topic"]) == (answered, "track_order?", "support")
    assert row["started_at"] == "2026-11-11T10:00:00.000Z"
    assert row["visit_id"] == story.last_visit("ben")


def test_one_visit_in_full(story: Story, sanne: Agent, boss: TestClient) -> None:
    answered = busy(story, sanne)
    rows = boss.get("/api/metrics/conversations", params={"metric": "visits"}).json()["rows"]
    in_doubt, handed = rows[3]["visit_id"], rows[2]["visit_id"]
    visit = boss.get(f"/api/metrics/visits/{in_doubt}").json()
    assert visit["counts"] == {
        "messages": 3,
        "answered": 2,
        "not_understood": 1,
        "out_of_scope": 0,
        "small_talk": 0,
        "frustrated": 0,
        "doubts": 1,
    }
    said = [message for message in visit["messages"] if message["sender"] == "visitor"]
    assert [message["outcome"] for message in said] == ["answered", "answered", "not_understood"]
    assert [message["doubt"] for message in said] == ["rephrased", None, None]
    assert (said[0]["intent_label"], said[1]["signals"]) == ("the warranty", ["repeated_question"])
    assert visit["messages"][1]["response"] == "utter_x"
    assert visit["returned_at"] == "2026-11-11T10:00:00.000Z"
    assert visit["handoff"] is None
    visit = boss.get(f"/api/metrics/visits/{handed}").json()
    handoff = visit["handoff"]
    assert (handoff["id"], handoff["agent"], handoff["queue"]) == (answered, "Sanne de Vries", "support")
    assert (handoff["status"], handoff["score"]) == ("resolved", 3)
    assert [one["value"] for one in visit["conversions"]] == [10]
    assert {message["sender"] for message in visit["messages"]} == {"visitor", "assistant", "agent", "system"}
    alone = boss.get(f"/api/metrics/visits/{rows[4]['visit_id']}").json()
    assert (alone["rating"]["score"], alone["rating"]["comment"]) == (5, "clear")
    assert error(boss.get("/api/metrics/visits/999")) == (404, "not_found")


def test_a_long_list_comes_in_pages_without_gaps(
    story: Story, boss: TestClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number in range(7):
        story.say(f"visitor-{number}", "nlu_fallback", "hm")
        if number:
            story.ask_for_person(f"visitor-{number}")  # all in the same second: only the id tells them apart
    reads = MetricReads(story.services.uow, story.services.rules, story.clock)
    for metric, total in (("visits", 7), ("handoffs", 6)):
        seen: list[str] = []
        cursor: str | None = ""
        while cursor is not None:
            found = reads.conversations(story.period(), EVERYTHING, metric, cursor or None, most=3)
            seen += [row.conversation_id for row in found.rows]
            assert found.total == total
            cursor = found.next
        assert len(seen) == len(set(seen)) == total
    cursor = reads.conversations(story.period(), EVERYTHING, "visits", most=5).next
    rest = boss.get("/api/metrics/conversations", params={"metric": "visits", "before": cursor}).json()
    assert [row["conversation_id"] for row in rest["rows"]] == ["visitor-1", "visitor-0"]
    monkeypatch.setattr("handoff.metrics.reads.BATCH", 2)
    file = boss.get(CSV, params={"table": "conversations", "metric": "visits"})
    assert len(file.text.splitlines()) == 1 + 7


def test_tables_for_spreadsheets_run_nothing(story: Story, sanne: Agent, boss: TestClient) -> None:
    busy(story, sanne)
    answer = boss.get(CSV, params={"table": "conversations", "metric": "visits", "from": "2026-11-01"})
    assert answer.headers["content-type"].startswith("text/csv")
    assert answer.headers["content-disposition"] == ('attachment; filename="handoff-visits-2026-11-01-2026-11-19.csv"')
    words = [row["words"] for row in csv.DictReader(io.StringIO(answer.text))]
    assert "'=HYPERLINK(1)" in words
    unanswered = list(csv.DictReader(io.StringIO(boss.get(CSV, params={"table": "unanswered"}).text)))
    assert unanswered[0]["text"] == "'+31 hm?"
    rows = list(csv.DictReader(io.StringIO(boss.get(CSV, params={"table": "metrics"}).text)))
    assert [row["name"] for row in rows] == [definition.name for definition in DEFINITIONS]
    assert (rows[0]["value"], rows[0]["value_before"]) == ("5", "0")
    trend = list(csv.DictReader(io.StringIO(boss.get(CSV, params={"table": "trend"}).text)))
    assert [row["day"] for row in trend if row["visits"] != "0"] == ["2026-11-09", "2026-11-11"]
    for table in ("trigger", "topic", "queue", "page", "hour", "agents"):
        assert len(boss.get(CSV, params={"table": table}).text.splitlines()) > 1, table


WRONG = {
    "/api/metrics?from=2026-11-10&to=2026-11-09": "Swap the two",
    "/api/metrics?from=2020-01-01": "Ask for a shorter one",
    "/api/metrics?from=1066-01-01&to=1066-12-31": "between 2000-01-01 and",
    "/api/metrics?from=yesterday": "from: ",
    "/api/metrics/conversations?metric=luck": "Known: visits",
    "/api/metrics/conversations?metric=visits&before=x": "no cursor",
    "/api/metrics/conversations?metric=visits&before=2026-11-09T10:00:00~x": "no cursor",
    f"{CSV}?table=conversations": "metric=handoff_rate",
    f"{CSV}?table=conversations&metric=luck": "Known: visits",
    f"{CSV}?table=luck": "table: ",
}


@ONE_DATABASE
def test_what_is_wrong_with_a_question(boss: TestClient) -> None:
    for address, remedy in WRONG.items():
        answer = boss.get(address)
        assert error(answer) == (400, "invalid_input"), address
        assert remedy in answer.json()["error"]["message"]
