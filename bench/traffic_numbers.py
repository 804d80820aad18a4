"""The numbers of the overview as they must be, from what is true of the planned traffic: the formulas of
docs/metrics.md once more, each as one plain line, without a database."""

from __future__ import annotations

import statistics
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from math import sqrt

from bench.traffic_company import ZONE
from bench.traffic_happenings import HandsBack, Resolves
from bench.traffic_truth import Bought, TrueHandoff, TrueVisit, Truth

RETURNS_WITHIN = timedelta(days=7)
NORMAL_95 = statistics.NormalDist().inv_cdf(0.975)

Thing = TrueVisit | TrueHandoff


@dataclass(frozen=True)
class Number:
    """One metric.

    Attributes:
        value: None where there is nothing to count.
        part, whole: of a share what is counted and what it is counted from; of others ``part`` is None.
        behind: the visits or handoffs that the number is made of.
        currency: of money.
    """

    value: float | None
    part: int | None
    whole: int
    behind: Sequence[Thing]
    currency: str | None = None

    def interval(self) -> tuple[float | None, float | None]:
        """The two shares that are just as far from this one as chance may put it: the roots of Wilson's equation."""
        if self.part is None or not self.whole:
            return None, None
        n, k, z = self.whole, self.part, NORMAL_95
        middle, half = 2 * k + z * z, z * sqrt(z * z + 4 * k * (1 - k / n))
        return (middle - half) / (2 * (n + z * z)), (middle + half) / (2 * (n + z * z))


@dataclass(frozen=True)
class Days:
    """From one day to another, both included, on the company's calendar."""

    first: date
    last: date

    def has(self, moment: datetime) -> bool:
        """Whether it lies in them."""
        return self.first <= day_of(moment) <= self.last

    def before(self) -> Days:
        """As many days right before them."""
        length = self.last - self.first + timedelta(days=1)
        return Days(self.first - length, self.last - length)

    def each(self) -> list[date]:
        """One after the other."""
        return [self.first + timedelta(days=number) for number in range((self.last - self.first).days + 1)]


@dataclass(frozen=True)
class Part:
    """What is counted: visits that the assistant heard, handoffs, and what was bought."""

    visits: Sequence[TrueVisit]
    handoffs: Sequence[TrueHandoff]
    bought: Sequence[Bought]


def day_of(moment: datetime) -> date:
    """The company's day."""
    return moment.astimezone(ZONE).date()


def is_wanted(visit: TrueVisit, filters: Mapping[str, str]) -> bool:
    """Whether a visit is one of those asked for; trigger and queue are those of its first handoff."""
    has = {
        "topic": visit.topic,
        "page": visit.page,
        "variant": visit.variant,
        "trigger": visit.handoff.trigger if visit.handoff else None,
        "queue": visit.handoff.queue if visit.handoff else None,
    }
    return all(has[name] == value for name, value in filters.items())


def is_handoff_wanted(handoff: TrueHandoff, filters: Mapping[str, str]) -> bool:
    """Whether a handoff is; page and variant are those of the visit whose first handoff it is."""
    has = {
        "topic": handoff.topic,
        "queue": handoff.queue,
        "trigger": handoff.trigger,
        "page": handoff.visit.page if handoff.visit else None,
        "variant": handoff.visit.variant if handoff.visit else None,
    }
    return all(has[name] == value for name, value in filters.items())


def part_of(truth: Truth, days: Days, filters: Mapping[str, str]) -> Part:
    """The visits that began on ``days``, the handoffs that were made and what was bought on them."""
    return Part(
        [one for one in truth.visits if one.heard and days.has(one.began) and is_wanted(one, filters)],
        [one for one in truth.handoffs.values() if days.has(one.made) and is_handoff_wanted(one, filters)],
        [one for one in truth.bought if days.has(one.at) and is_wanted(one.visit, filters)],
    )


def numbers_of(part: Part, now: datetime, currency: str | None = None) -> dict[str, Number]:
    """Every metric by name.

    Args:
        part: what is counted.
        now: who may still come back by then is not judged.
        currency: the one in which to say what was bought; default: the most frequent.
    """
    visits, handoffs = part.visits, part.handoffs
    over = [one for one in visits if one.last + RETURNS_WITHIN <= now]
    handed = [one for one in visits if one.handoff]
    alone = [one for one in visits if not one.handoff]
    helped = [one for one in alone if one.answered]
    queued = [one for one in handoffs if one.queued]
    replied = [one for one in handoffs if one.first_reply]
    closed = [one for one in handoffs if one.closed_by in (Resolves, HandsBack)]
    scored = [one for one in handoffs if one.score]
    liked = [one for one in visits if one.score]
    waits = [_seconds(one.made, one.first_reply) for one in replied]
    waits_open = [float(one.first_reply_open_seconds or 0) for one in replied]
    answers = sum(one.answered for one in visits)
    unclear = sum(one.not_understood for one in visits)
    return {
        "visits": Number(len(visits), None, len(visits), visits),
        "handoffs": Number(len(handoffs), None, len(handoffs), handoffs),
        "handoff_rate": _share(handed, visits),
        "containment": _share(helped, [one for one in visits if one.requests]),
        "honest_containment": _share(
            [one for one in over if not one.handoff and one.answered and not _came_back(one)],
            [one for one in over if one.requests],
        ),
        "first_reply_median": Number(_median(waits), None, len(waits), replied),
        "first_reply_p90": Number(_ninth_decile(waits), None, len(waits), replied),
        "first_reply_open_median": Number(_median(waits_open), None, len(waits_open), replied),
        "first_reply_open_p90": Number(_ninth_decile(waits_open), None, len(waits_open), replied),
        "resolution_median": Number(
            _median([_seconds(one.made, one.closed) for one in closed]), None, len(closed), closed
        ),
        "missed_rate": _share([one for one in queued if one.missed], queued),
        "abandoned_rate": _share([one for one in queued if one.left_queue], queued),
        "csat_handoff": Number(_mean([one.score for one in scored if one.score]), None, len(scored), scored),
        "csat_assistant": Number(_mean([one.score for one in liked if one.score]), None, len(liked), liked),
        "conversion_handoff": _share([one for one in handed if _bought_after_handoff(one)], handed),
        "conversion_assistant": _share([one for one in alone if one.bought], alone),
        "conversion_value": _money(part.bought, currency),
        "repeat_rate": _share([one for one in over if _came_back(one)], over),
        "wrong_answer_rate": _messages(sum(one.doubts for one in visits), answers, [v for v in visits if v.doubts]),
        "fallback_rate": _messages(
            unclear, sum(one.requests for one in visits), [v for v in visits if v.not_understood]
        ),
    }


def _came_back(visit: TrueVisit) -> bool:
    return visit.came_back is not None and visit.came_back - visit.last <= RETURNS_WITHIN


def _bought_after_handoff(visit: TrueVisit) -> bool:
    return any(visit.handoff is not None and one.at >= visit.handoff.made for one in visit.bought)


def _money(bought: Sequence[Bought], currency: str | None) -> Number:
    worth = [one for one in bought if one.value is not None]
    names = [one.currency for one in worth]
    if currency is None and names:
        currency = min(set(names), key=lambda name: (-names.count(name), name or ""))
    if currency not in names:
        return Number(None, None, 0, [])
    counted = [one for one in worth if one.currency == currency]
    total = sum(one.value for one in counted if one.value is not None)
    return Number(total, None, len(counted), [one.visit for one in counted], currency)


def _share(part: Sequence[Thing], whole: Sequence[Thing]) -> Number:
    return Number(len(part) / len(whole) if whole else None, len(part), len(whole), part)


def _messages(part: int, whole: int, behind: Sequence[Thing]) -> Number:
    return Number(part / whole if whole else None, part, whole, behind)


def _seconds(begin: datetime, end: datetime | None) -> float:
    assert end is not None, "asked before"
    return (end - begin).total_seconds()


def _median(values: Sequence[float]) -> float | None:
    return statistics.median(values) if values else None


def _mean(values: Sequence[float]) -> float | None:
    return statistics.fmean(values) if values else None


def _ninth_decile(values: Sequence[float]) -> float | None:
    if len(values) < 2:
        return values[0] if values else None
    return statistics.quantiles(values, n=10, method="inclusive")[-1]
