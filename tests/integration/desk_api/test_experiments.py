"""Administrators see how the variants of an experiment compare, and what may be said of that."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from fastapi.testclient import TestClient

from handoff.bootstrap import Services
from handoff.domain.experiment import Experiment, Variant, label
from handoff.persistence.metric_scope import Filters
from tests.integration.desk_api.client import error
from tests.integration.test_service import said
from tests.support.crowd import crowd

NAME = "earlier-offer"
STARTED = date(2026, 11, 9)  # two weeks before the clock of the tests
FIRST_DAY = datetime(2026, 11, 9, 9, 0, tzinfo=UTC)
CHANGES = {"triggers.frustration.offer_from": 0.6}


def run(services: Services, started: date = STARTED, ends: date | None = None, **shares: float) -> None:
    """Let handoff.yml hold an experiment."""
    variants = tuple(
        Variant(name, share, CHANGES if name == "earlier" else {})
        for name, share in (shares or {"control": 50, "earlier": 50}).items()
    )
    experiment = Experiment(NAME, started, ends, "handoff_rate", 0.05, variants)
    services.__dict__["rules"] = replace(services.rules, experiment=experiment)


def fall(services: Services, variant: str, number: int, handed: int, **more: Any) -> None:
    crowd(services, FIRST_DAY, number, handed, variant=label(NAME, variant), **more)


def current(boss: TestClient) -> dict[str, Any]:
    answer = boss.get("/api/experiments")
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()["current"]
    return found


def metric(found: dict[str, Any], name: str) -> dict[str, Any]:
    return dict(next(one for one in found["metrics"] if one["name"] == name))


def around(value: float, low: float, high: float) -> dict[str, Any]:
    """Numbers as they are published, to four digits."""
    return {"value": pytest.approx(value), "low": pytest.approx(low, abs=6e-5), "high": pytest.approx(high, abs=6e-5)}


def test_only_administrators_see_them(visitor: TestClient, as_sanne: TestClient) -> None:
    for path in ("/api/experiments", f"/api/experiments/{NAME}"):
        assert visitor.get(path).status_code == 401
        assert error(as_sanne.get(path)) == (403, "only_for_admins")


def test_nothing_runs_and_nothing_ran(as_boss: TestClient) -> None:
    assert as_boss.get("/api/experiments").json() == {"current": None, "past": []}
    assert error(as_boss.get(f"/api/experiments/{NAME}")) == (404, "not_found")


def test_a_visit_remembers_its_variant(services: Services) -> None:
    run(services, ends=date(2026, 11, 10))
    assert services.rules.experiment is not None
    own = services.rules.experiment.variant_of("c1").name
    services.record([replace(said("hello"), at=FIRST_DAY)], "web")
    services.record([replace(said("hello again"), at=FIRST_DAY + timedelta(days=2))], "web")  # it is over by then
    with services.uow.read() as tx:
        kept = list(tx.connection.exec_driver_sql("SELECT variant FROM visits ORDER BY id").scalars())
    assert kept == [label(NAME, own), None]


def test_variants_side_by_side(services: Services, as_boss: TestClient) -> None:
    run(services)
    fall(services, "control", 80, 48)
    fall(services, "earlier", 70, 56)
    crowd(services, FIRST_DAY, 40, 40)  # nobody's: they came before it was decided who belongs where
    found = current(as_boss)
    assert (found["name"], found["status"], found["started"], found["ends"]) == (NAME, "running", "2026-11-09", None)
    assert (found["first_day"], found["last_day"]) == ("2026-11-09", "2026-11-23")
    assert found["variants"] == [
        {"name": "control", "share": 50, "changes": {}, "conversations": 80, "visits": 80},
        {"name": "earlier", "share": 50, "changes": CHANGES, "conversations": 70, "visits": 70},
    ]
    deciding = found["metrics"][0]
    assert (deciding["name"], deciding["decides"], found["metric"]) == ("handoff_rate", True, "handoff_rate")
    # Newcombe 1998: 56 of 70 and 48 of 80 differ by 0.2 (0.0524 to 0.3339)
    assert deciding["sides"] == [
        {"variant": "control", "denominator": 80, **around(0.6, 0.4905, 0.7004)},
        {"variant": "earlier", "denominator": 70, **around(0.8, 0.6918, 0.8770)},
    ]
    assert deciding["differences"] == [{"variant": "earlier", "leaning": "worse", **around(0.2, 0.0524, 0.3339)}]
    assert len(found["metrics"]) == 20
    assert metric(found, "visits")["differences"] == []
    assert metric(found, "containment")["differences"][0]["leaning"] == "worse"
    assert found["balance"]["sound"]


def test_medians_and_scores_have_intervals(services: Services, as_boss: TestClient) -> None:
    run(services)
    fall(services, "control", 100, 100, replies=[float(number) for number in range(1, 101)], scores=[5] * 8 + [3] * 8)
    fall(services, "earlier", 100, 100, replies=[float(number) for number in range(201, 301)], scores=[4] * 16)
    found = current(as_boss)
    reply = metric(found, "first_reply_median")
    assert [(side["value"], side["low"], side["high"]) for side in reply["sides"]] == [
        (50.5, 40, 61),
        (250.5, 240, 261),
    ]
    (difference,) = reply["differences"]
    reach = (10.5**2 + 10.5**2) ** 0.5
    assert difference == {
        "variant": "earlier",
        "value": 200,
        "low": pytest.approx(200 - reach),
        "high": pytest.approx(200 + reach),
        "leaning": "worse",
    }
    assert reply["caveat"] == "selected"
    (scores,) = metric(found, "csat_handoff")["differences"]
    half = 1.959964 * (16 / 15 / 16) ** 0.5
    assert scores["leaning"] == "unclear"
    assert (scores["value"], scores["high"]) == (0, pytest.approx(half, abs=1e-5))


def test_how_many_visits_it_takes(services: Services, as_boss: TestClient) -> None:
    run(services)
    crowd(services, datetime(2026, 11, 1, 9, 0, tzinfo=UTC), 100, 30)
    fall(services, "control", 140, 42)
    fall(services, "earlier", 140, 42)
    plan = current(as_boss)["plan"]
    assert (plan["base"], plan["from_before"], plan["smallest"], plan["complete"]) == (0.3, True, 0.05, False)
    # 30 % against 35 %, power 80 %: 1377 each; 280 visits in the two weeks before today are 20 a day, 10 for each
    assert plan["variants"] == [
        {"variant": "control", "visits": 1377, "counted": 140},
        {"variant": "earlier", "visits": 1377, "counted": 140},
    ]
    assert (plan["visits_per_day"], plan["days_left"]) == (20, 124)  # (1377 - 140) / 10
    assert plan["ready_on"] == str(date(2026, 11, 23) + timedelta(days=124))
    assert not plan["too_short"]
    run(services, ends=date(2026, 12, 1))
    assert current(as_boss)["plan"]["too_short"]


def test_a_verdict_early_and_at_the_end(services: Services, as_boss: TestClient) -> None:
    run(services)
    assert current(as_boss)["verdicts"][0]["state"] == "nothing"
    fall(services, "control", 200, 56)
    fall(services, "earlier", 200, 80)
    found = current(as_boss)
    assert found["plan"]["from_before"] is False
    assert found["metrics"][0]["differences"][0]["leaning"] == "worse", "a plain interval is sure already"
    assert found["verdicts"][0]["state"] == "early"
    run(services, ends=date(2026, 11, 22))
    found = current(as_boss)
    assert (found["status"], found["last_day"]) == ("over", "2026-11-22")
    assert found["verdicts"] == [
        {
            "variant": "earlier",
            "state": "clear",
            "words": "With 'earlier', 3 to 21 points more visits are handed over than with 'control'.",
        }
    ]


def test_visitors_who_did_not_fall_as_they_should(services: Services, as_boss: TestClient) -> None:
    run(services, control=75, earlier=25)
    fall(services, "control", 200, 56)
    fall(services, "earlier", 200, 156)
    found = current(as_boss)
    assert not found["balance"]["sound"]
    assert "200 into 'earlier' where 100 were due" in found["balance"]["words"]
    assert found["verdicts"][0]["state"] == "unsound"


def test_it_waits_for_its_first_day(services: Services, as_boss: TestClient) -> None:
    run(services, started=date(2026, 12, 1))
    found = current(as_boss)
    assert (found["status"], found["plan"], found["verdicts"][0]["state"]) == ("waiting", None, "nothing")


def test_experiments_of_the_past(services: Services, as_boss: TestClient) -> None:
    crowd(services, FIRST_DAY, 100, 28, variant="old-words:control")
    crowd(services, FIRST_DAY + timedelta(days=2), 100, 60, variant="old-words:short")
    crowd(services, FIRST_DAY + timedelta(days=5), 5, variant="lonely:control")
    fall(services, "control", 5, 1)
    run(services)
    answer = as_boss.get("/api/experiments").json()
    assert answer["current"]["name"] == NAME
    assert answer["past"] == [
        {"name": "lonely", "first_day": "2026-11-14", "last_day": "2026-11-14", "variants": ["control"]},
        {"name": "old-words", "first_day": "2026-11-09", "last_day": "2026-11-11", "variants": ["control", "short"]},
    ]
    past = as_boss.get("/api/experiments/old-words").json()
    assert (past["status"], past["plan"], past["balance"]) == ("past", None, None)
    assert [(one["name"], one["share"], one["visits"]) for one in past["variants"]] == [
        ("control", None, 100),
        ("short", None, 100),
    ]
    assert past["verdicts"][0]["state"] == "clear"
    lonely = as_boss.get("/api/experiments/lonely").json()
    assert (lonely["verdicts"], metric(lonely, "handoff_rate")["differences"]) == ([], [])
    assert error(as_boss.get("/api/experiments/never")) == (404, "not_found")


def test_the_overview_can_look_at_one_variant(services: Services, as_boss: TestClient) -> None:
    fall(services, "control", 30, 3)
    fall(services, "earlier", 20, 4)
    chosen = Filters(variant=label(NAME, "earlier"))
    answer = as_boss.get("/api/metrics", params=chosen.given()).json()
    assert {one["name"]: one["value"] for one in answer["metrics"]}["handoff_rate"] == 0.2
