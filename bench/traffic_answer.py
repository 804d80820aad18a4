"""The whole answer of the overview as it must be: metrics with the days before, trend, breakdowns, agents."""

from __future__ import annotations

import statistics
from bisect import bisect_right
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, TypeVar

from bench.traffic_company import TEAM, ZONE
from bench.traffic_happenings import HandsBack, Resolves
from bench.traffic_numbers import Days, Number, Part, day_of, is_handoff_wanted, is_wanted, numbers_of, part_of
from bench.traffic_truth import TrueHandoff, TrueVisit, Truth

MOST_PAGES, MOST_UNANSWERED = 20, 10
NAMES = {worker.name: worker.display_name for worker in TEAM}
Row = dict[str, Any]
Kind = TypeVar("Kind")


@dataclass(frozen=True)
class Answer:
    """What the overview must say, in the words of its API, and what each of its numbers is made of."""

    body: Row
    numbers: Mapping[str, Number]


def answer_of(truth: Truth, days: Days, filters: Mapping[str, str], now: datetime) -> Answer:
    """The answer for some days and filters."""
    part = part_of(truth, days, filters)
    numbers = numbers_of(part, now)
    currency = numbers["conversion_value"].currency
    earlier = numbers_of(part_of(truth, days.before(), filters), now, currency)
    body = {
        "metrics": [_metric(name, number, earlier[name]) for name, number in numbers.items()],
        "trend": _trend(part, days, now),
        "breakdowns": _breakdowns(part),
        "unanswered": _unanswered(truth, days, filters),
        "agents": _agents(truth, part, days, filters, now),
        "options": _options(part_of(truth, days, {})),
    }
    return Answer(body, numbers)


def _metric(name: str, number: Number, before: Number) -> Row:
    low, high = number.interval()
    return {
        "name": name,
        "value": number.value,
        "numerator": number.part,
        "denominator": number.whole,
        "low": low,
        "high": high,
        "before": {"value": before.value, "numerator": before.part, "denominator": before.whole},
    }


def _trend(part: Part, days: Days, now: datetime) -> Row:
    visits, handoffs = _grouped(part.visits, lambda one: day_of(one.began)), _grouped(part.handoffs, _day_made)
    each = [numbers_of(Part(visits[day], handoffs[day], []), now) for day in days.each()]
    values = {
        name: [numbers[name].value for numbers in each]
        for name in (
            "visits",
            "handoffs",
            "handoff_rate",
            "containment",
            "first_reply_median",
            "csat_handoff",
            "fallback_rate",
        )
    }
    missed = [float(numbers["missed_rate"].part or 0) for numbers in each]
    return {"days": [day.isoformat() for day in days.each()], "series": values | {"missed": missed}}


def _breakdowns(part: Part) -> dict[str, list[Row]]:
    all_visits, handed = len(part.visits), [one for one in part.visits if one.handoff]
    hours = _grouped(part.visits, lambda one: f"{one.began.astimezone(ZONE).hour:02}")
    return {
        "trigger": _of_handoffs(_grouped(handed, lambda one: one.handoff.trigger if one.handoff else ""), all_visits),
        "queue": _of_handoffs(_grouped(handed, lambda one: one.handoff.queue if one.handoff else ""), all_visits),
        "topic": _of_visits(_grouped(part.visits, lambda one: one.topic or "")),
        "page": _of_visits(_grouped(part.visits, lambda one: one.page))[:MOST_PAGES],
        "hour": [_visits_row(key, hours[key]) for key in (f"{hour:02}" for hour in range(24))],
    }


def _of_visits(groups: Mapping[str, Sequence[TrueVisit]]) -> list[Row]:
    rows = [_visits_row(key, visits) for key, visits in groups.items()]
    return sorted(rows, key=lambda row: (-row["visits"], row["key"]))


def _visits_row(key: str, visits: Sequence[TrueVisit]) -> Row:
    handed = sum(one.handoff is not None for one in visits)
    return {"key": key, "visits": len(visits), "handoffs": handed, "rate": handed / len(visits) if visits else None}


def _of_handoffs(groups: Mapping[str, Sequence[TrueVisit]], all_visits: int) -> list[Row]:
    rows = [
        {"key": key, "visits": None, "handoffs": len(visits), "rate": len(visits) / all_visits}
        for key, visits in groups.items()
    ]
    return sorted(rows, key=lambda row: (-int(row["handoffs"] or 0), str(row["key"])))


def _unanswered(truth: Truth, days: Days, filters: Mapping[str, str]) -> list[Row]:
    counted = [one for one in truth.unanswered if days.has(one.at) and is_wanted(one.visit, filters)]
    latest = {one.text: one for one in sorted(counted, key=lambda one: (one.at, one.id))}
    count = Counter(one.text for one in counted)
    order = sorted(latest.values(), key=lambda one: (count[one.text], one.at, one.id), reverse=True)
    return [
        {"text": one.text, "count": count[one.text], "outcome": one.outcome, "message_id": one.id}
        for one in order[:MOST_UNANSWERED]
    ]


def _options(everything: Part) -> dict[str, list[Row]]:
    """What can be filtered by, of all that was there: the pages with most visits first, and variants by name."""
    pages = Counter(one.page for one in everything.visits)
    variants = {one.variant for one in everything.visits if one.variant}
    return {
        "pages": [{"key": page} for page in sorted(pages, key=lambda page: (-pages[page], page))],
        "variants": [{"key": variant} for variant in sorted(variants)],
    }


def _agents(truth: Truth, part: Part, days: Days, filters: Mapping[str, str], now: datetime) -> list[Row]:
    taken = _grouped([one for one in part.handoffs if one.agent], lambda one: one.agent or "")
    replies = Counter(
        one.agent for one in truth.replies if days.has(one.at) and is_handoff_wanted(one.handoff, filters)
    )
    rows = [_agent(name, taken[name], replies[name], now) for name in sorted({*taken, *replies})]
    return sorted(rows, key=lambda row: (-row["taken"], -row["replies"], row["name"]))


def _agent(name: str, taken: Sequence[TrueHandoff], replies: int, now: datetime) -> Row:
    waits = [(one.first_reply - one.made).total_seconds() for one in taken if one.first_reply]
    closed = [one for one in taken if one.closed_by in (Resolves, HandsBack)]
    scores = [one.score for one in taken if one.score]
    lasted = [(one.closed - one.made).total_seconds() for one in closed if one.closed]
    return {
        "name": NAMES[name],
        "taken": len(taken),
        "replies": replies,
        "resolved": sum(one.closed_by is Resolves for one in taken),
        "first_reply_median": statistics.median(waits) if waits else None,
        "resolution_median": statistics.median(lasted) if lasted else None,
        "csat": statistics.fmean(scores) if scores else None,
        "rated": len(scores),
        "most_at_once": _most_at_once([(one.assigned, one.closed or now) for one in taken if one.assigned]),
    }


def _most_at_once(spans: Sequence[tuple[datetime, datetime]]) -> int:
    """At the beginning of each, how many have begun by then, without those that have ended by then."""
    begins, ends = sorted(begin for begin, _ in spans), sorted(end for _, end in spans)
    return max((bisect_right(begins, begin) - bisect_right(ends, begin) for begin in begins), default=0)


def _grouped(things: Iterable[Kind], key: Callable[[Kind], Any]) -> defaultdict[Any, list[Kind]]:
    groups: defaultdict[Any, list[Kind]] = defaultdict(list)
    for one in things:
        groups[key(one)].append(one)
    return groups


def _day_made(handoff: TrueHandoff) -> date:
    return day_of(handoff.made)
