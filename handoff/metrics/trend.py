"""Numbers of each day."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from datetime import date

from handoff.metrics.numbers import mean, median, share
from handoff.metrics.period import Period
from handoff.metrics.values import Trend
from handoff.persistence.metric_handoffs import HandoffFact
from handoff.persistence.metric_time import quarter_start
from handoff.persistence.metric_visits import QuarterSums

NO_VISITS = QuarterSums(0, 0, 0, 0, 0, 0, 0, 0)


def trend(period: Period, quarters: Sequence[QuarterSums], handoffs: Sequence[HandoffFact]) -> Trend:
    """The days of ``period``; see :class:`Trend`.

    Args:
        period: which days.
        quarters: sums over the visits that began in each quarter of an hour.
        handoffs: those made in the period.
    """
    by_day = _days_of_visits(period, quarters)
    made: dict[date, list[HandoffFact]] = defaultdict(list)
    for one in handoffs:
        made[period.day_of(one.created_at)].append(one)
    days = period.dates()

    def of_visits(number: Callable[[QuarterSums], float | None]) -> list[float | None]:
        return [number(by_day.get(day, NO_VISITS)) for day in days]

    def of_handoffs(number: Callable[[list[HandoffFact]], float | None]) -> list[float | None]:
        return [number(made[day]) for day in days]

    return Trend(
        days=[day.isoformat() for day in days],
        series={
            "visits": of_visits(lambda sums: sums.visits),
            "handoffs": of_handoffs(len),
            "handoff_rate": of_visits(lambda sums: share(sums.handed, sums.visits)),
            "containment": of_visits(lambda sums: share(sums.contained, sums.asked)),
            "first_reply_median": of_handoffs(lambda ones: median(_known(one.reply_seconds for one in ones))),
            "csat_handoff": of_handoffs(lambda ones: mean(_known(one.score for one in ones))),
            "missed": of_handoffs(lambda ones: sum(one.missed for one in ones)),
            "fallback_rate": of_visits(
                lambda sums: share(sums.not_understood, sums.answered + sums.not_understood + sums.out_of_scope)
            ),
        },
    )


def _days_of_visits(period: Period, quarters: Sequence[QuarterSums]) -> dict[date, QuarterSums]:
    sums: dict[date, QuarterSums] = {}
    for one in quarters:
        day = period.day_of(quarter_start(one.quarter))
        sums[day] = QuarterSums(*map(sum, zip(sums.get(day, NO_VISITS), one, strict=True)))
    return sums


def _known(values: Iterable[float | None]) -> list[float]:
    return [value for value in values if value is not None]
