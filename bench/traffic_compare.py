"""Asks the real desk for its numbers, as an administrator, and compares each with the truth."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from math import isclose
from typing import Any

from fastapi.testclient import TestClient

from bench.traffic_answer import Answer, answer_of
from bench.traffic_company import CLOCKS_GO_BACK, VARIANTS
from bench.traffic_numbers import Days, Number
from bench.traffic_player import ADMIN, PASSWORD, Player
from bench.traffic_truth import TrueHandoff, TrueVisit, Truth
from handoff.desk.app import create_app

TOLERANCE = 1e-9
Filters = Mapping[str, str]


@dataclass(frozen=True)
class Check:
    """One thing that was compared.

    Attributes:
        where: the days and filters.
        what: the metric or part of the overview.
        truth: as it must be.
        page: as the desk has it.
        wrong: what differs, in words; empty when nothing does.
    """

    where: str
    what: str
    truth: Any
    page: Any
    wrong: str = ""


def compare(player: Player, truth: Truth, questions: Sequence[tuple[Days, Filters]], now: datetime) -> Iterator[Check]:
    """Compare the answers to ``questions``, asked at ``now``, after everything was played."""
    player.now = now
    with TestClient(create_app(player.services, player.services.settings), "http://desk.example") as desk:
        desk.post("/api/login", json={"username": ADMIN, "password": PASSWORD}).raise_for_status()
        for asked, filters in questions:
            yield from _compare(desk, answer_of(truth, asked, filters, player.now), asked, filters)


def questions_about(truth: Truth, days: Days) -> list[tuple[Days, Filters]]:
    """What to ask: all days; the second half, which has days before it; the day of 25 hours; a day without anything;
    and all days by each filter, one by one and together."""
    middle = days.first + (days.last - days.first + timedelta(days=1)) / 2
    after = days.last + timedelta(days=1)
    asked: list[tuple[Days, Filters]] = [(days, {}), (Days(middle, days.last), {}), (Days(after, after), {})]
    if days.first <= CLOCKS_GO_BACK <= days.last:
        asked.append((Days(CLOCKS_GO_BACK, CLOCKS_GO_BACK), {}))
    handoffs = list(truth.handoffs.values())
    several = {
        "trigger": sorted({one.trigger for one in handoffs}),
        "topic": sorted({one.topic for one in handoffs}),
        "queue": sorted({one.queue for one in handoffs}),
        "page": sorted({one.page for one in truth.visits})[:2],
        "variant": [name for name in VARIANTS if name],
    }
    asked += [(days, {name: value}) for name, values in several.items() for value in values]
    first = {name: values[-1] for name, values in several.items()}
    for pair in (("trigger", "topic"), ("queue", "page"), ("variant", "trigger"), ("topic", "queue")):
        asked.append((Days(middle, days.last), {name: first[name] for name in pair}))
    return asked


def _compare(desk: TestClient, answer: Answer, days: Days, filters: Filters) -> Iterator[Check]:
    asked = {"from": days.first.isoformat(), "to": days.last.isoformat(), **filters}
    where = " ".join([f"{days.first}..{days.last}", *(f"{name}={value}" for name, value in filters.items())])
    got = desk.get("/api/metrics", params=asked)
    got.raise_for_status()
    page = got.json()
    shown = {metric["name"]: metric for metric in page["metrics"]}
    for metric in answer.body["metrics"]:
        found = shown.get(metric["name"], {})
        wrong = "; ".join([*differences(metric, found), *_behind(desk, asked, answer.numbers[metric["name"]], metric)])
        yield Check(where, metric["name"], metric["value"], found.get("value"), wrong)
    if list(shown) != [metric["name"] for metric in answer.body["metrics"]]:
        yield Check(where, "metrics", len(answer.body["metrics"]), len(shown), "other metrics, or in another order")
    for what, true, have in [
        *((f"trend {name}", values, page["trend"]["series"][name]) for name, values in _series(answer).items()),
        ("trend days", answer.body["trend"]["days"], page["trend"]["days"]),
        *((f"by {name}", rows, page["breakdowns"][name]) for name, rows in answer.body["breakdowns"].items()),
        *((f"filter {name}", options, page["options"][name]) for name, options in answer.body["options"].items()),
        ("unanswered", answer.body["unanswered"], page["unanswered"]),
        ("agents", answer.body["agents"], page["agents"]),
    ]:
        yield Check(where, what, len(true), len(have), "; ".join(differences(true, have)))


def _series(answer: Answer) -> Mapping[str, list[float | None]]:
    series: Mapping[str, list[float | None]] = answer.body["trend"]["series"]
    return series


def differences(true: Any, page: Any, path: str = "") -> list[str]:
    """Where ``page`` does not have what is ``true``, in words; what it has besides (labels, ids) is not compared."""
    if isinstance(true, dict):
        names = page if isinstance(page, dict) else {}
        found = [differences(value, names.get(name, "nothing"), f"{path}.{name}") for name, value in true.items()]
        return [one for several in found for one in several]
    if isinstance(true, list):
        rows = page if isinstance(page, list) else []
        if len(rows) != len(true):
            return [f"{path}: {len(true)} rows, not {len(rows)}"]
        found = [differences(mine, rows[number], f"{path}[{number}]") for number, mine in enumerate(true)]
        return [one for several in found for one in several]
    if isinstance(true, float) and isinstance(page, float | int):
        same = isclose(true, page, rel_tol=TOLERANCE, abs_tol=TOLERANCE)
    else:
        same = true == page
    return [] if same else [f"{path}: {true}, not {page}"]


def _behind(desk: TestClient, asked: Mapping[str, str], number: Number, metric: Mapping[str, Any]) -> list[str]:
    """What differs in the list of conversations behind a number: how many there are, and the latest ones."""
    got = desk.get("/api/metrics/conversations", params={**asked, "metric": metric["name"]})
    got.raise_for_status()
    page = got.json()
    things = sorted({id(one): one for one in number.behind}.values(), key=_moment, reverse=True)
    wrong = [] if page["total"] == len(things) else [f"{len(things)} conversations behind it, not {page['total']}"]
    latest = things[: len(page["rows"])]
    # several may have begun at the moment of the last one that is listed, and any of them be the last
    end = _moment(latest[-1]) if latest else None
    mine = sorted((_moment(one), one.conversation) for one in latest if _moment(one) != end)
    theirs = sorted((row["started_at"], row["conversation_id"]) for row in page["rows"] if row["started_at"] != end)
    if mine != theirs:
        wrong.append("other conversations behind it")
    return wrong


def _moment(one: TrueVisit | TrueHandoff) -> str:
    moment = one.began if isinstance(one, TrueVisit) else one.made
    return moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")
