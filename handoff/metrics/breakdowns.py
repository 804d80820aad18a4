"""Visits and handoffs by what they have in common."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Sequence

from sqlalchemy import Connection

from handoff.metrics.labels import NOTHING_ASKED, UNKNOWN_PAGE, name_label, page_label, trigger_label
from handoff.metrics.numbers import share
from handoff.metrics.period import Period
from handoff.metrics.values import BreakdownRow
from handoff.persistence.metric_scope import Scope
from handoff.persistence.metric_time import quarter_start
from handoff.persistence.metric_visits import QuarterSums, Share, handed_over, shares

MOST_PAGES = 20  # what one can look through; all of them can be filtered by
HOURS = range(24)


def breakdowns(
    connection: Connection,
    period: Period,
    scope: Scope,
    quarters: Sequence[QuarterSums],
    pages: Sequence[Share],
    visits: int,
) -> dict[str, list[BreakdownRow]]:
    """Rows by trigger, topic, queue, page and hour; see :class:`BreakdownRow`.

    Args:
        connection: a reading connection.
        period: whose time zone tells the hour.
        scope: which visits.
        quarters: sums over the visits that began in each quarter of an hour.
        pages: visits by page, the most frequent first.
        visits: how many there are in all.
    """
    by_trigger, by_queue = handed_over(connection, scope)
    return {
        "trigger": _of_handoffs(by_trigger, trigger_label, visits),
        "topic": _of_visits(shares(connection, scope, "topic"), name_label, NOTHING_ASKED),
        "queue": _of_handoffs(by_queue, name_label, visits),
        "page": _of_visits(pages[:MOST_PAGES], page_label, UNKNOWN_PAGE),
        "hour": _hours(period, quarters),
    }


def _of_visits(found: Iterable[Share], label: Callable[[str], str], missing: str) -> list[BreakdownRow]:
    return [
        BreakdownRow(
            one.key or "", label(one.key) if one.key else missing, one.visits, one.handed, share(one.handed, one.visits)
        )
        for one in found
    ]


def _of_handoffs(found: Iterable[Share], label: Callable[[str], str], visits: int) -> list[BreakdownRow]:
    return [
        BreakdownRow(one.key, label(one.key), None, one.handed, share(one.handed, visits))
        for one in found
        if one.key is not None
    ]


def _hours(period: Period, quarters: Sequence[QuarterSums]) -> list[BreakdownRow]:
    visits: Counter[int] = Counter()
    handed: Counter[int] = Counter()
    for one in quarters:
        hour = quarter_start(one.quarter).astimezone(period.zone).hour
        visits[hour] += one.visits
        handed[hour] += one.handed
    return [
        BreakdownRow(f"{hour:02}", f"{hour:02}:00", visits[hour], handed[hour], share(handed[hour], visits[hour]))
        for hour in HOURS
    ]
