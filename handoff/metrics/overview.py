"""Everything that the overview shows of some days: metrics with their change, days, breakdowns, agents.

:func:`overview` gives all of it, :func:`metrics_of` the metrics alone. What each metric counts is written once, in
:mod:`handoff.metrics.definitions`; docs/metrics.md explains it.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from sqlalchemy import Connection

from handoff.domain.rules import HandoffRules
from handoff.metrics.agents import agent_rows
from handoff.metrics.breakdowns import breakdowns
from handoff.metrics.definitions import DEFINITIONS, SHARE, Definition
from handoff.metrics.facts import Facts, read_facts
from handoff.metrics.numbers import wilson
from handoff.metrics.options import options
from handoff.metrics.period import Period
from handoff.metrics.trend import trend
from handoff.metrics.unanswered import most_frequent
from handoff.metrics.values import (
    AgentRow,
    Before,
    BreakdownRow,
    Metric,
    Option,
    Overview,
    Trend,
    UnansweredRow,
)
from handoff.persistence.metric_messages import unanswered
from handoff.persistence.metric_scope import EVERYTHING, Filters
from handoff.persistence.metric_visits import shares, sum_by_quarter

__all__ = [
    "EVERYTHING",
    "AgentRow",
    "Before",
    "BreakdownRow",
    "Filters",
    "Metric",
    "Option",
    "Overview",
    "Period",
    "Trend",
    "UnansweredRow",
    "metrics_from",
    "metrics_of",
    "overview",
]


def overview(
    connection: Connection, rules: HandoffRules, period: Period, filters: Filters = EVERYTHING, *, now: datetime
) -> Overview:
    """Count everything that the overview shows.

    Args:
        connection: a reading connection (``uow.read()`` as ``tx.connection``).
        rules: of this project.
        period: which days.
        filters: which visits and handoffs.
        now: decides whose time to come back is over.
    """
    scope, before = period.scope(filters), period.before()
    facts = read_facts(connection, rules, scope, now)
    quarters = sum_by_quarter(connection, scope)
    pages = shares(connection, scope, "page")
    all_pages = shares(connection, period.scope(), "page") if filters.given() else pages
    return Overview(
        period=period,
        before=before,
        filters=filters,
        metrics=_compared(facts, read_facts(connection, rules, before.scope(filters), now), rules),
        trend=trend(period, quarters, facts.handoffs),
        breakdowns=breakdowns(connection, period, scope, quarters, pages, facts.visits.visits),
        unanswered=most_frequent(unanswered(connection, scope)),
        agents=agent_rows(connection, scope, facts.handoffs),
        options=options(connection, rules, period, all_pages),
    )


def metrics_of(
    connection: Connection, rules: HandoffRules, period: Period, filters: Filters = EVERYTHING, *, now: datetime
) -> dict[str, Metric]:
    """Every metric by name, in the order of the definitions, without the period before; arguments as above.

    For more than that, such as single values behind a median, see :func:`handoff.metrics.facts.read_facts` and
    :func:`metrics_from`.
    """
    return metrics_from(read_facts(connection, rules, period.scope(filters), now), rules)


def metrics_from(facts: Facts, rules: HandoffRules) -> dict[str, Metric]:
    """The metrics that ``facts`` make."""
    return {definition.name: _metric(definition, facts, rules) for definition in DEFINITIONS}


def _compared(facts: Facts, earlier: Facts, rules: HandoffRules) -> list[Metric]:
    now, then = metrics_from(facts, rules), metrics_from(earlier.in_currency_of(facts), rules)
    return [
        replace(metric, before=Before(then[name].value, then[name].numerator, then[name].denominator))
        for name, metric in now.items()
    ]


def _metric(definition: Definition, facts: Facts, rules: HandoffRules) -> Metric:
    found = definition.measure(facts)
    interval = None
    if definition.unit == SHARE and found.numerator is not None:
        interval = wilson(found.numerator, found.denominator)
    return Metric(
        name=definition.name,
        label=definition.label,
        help=definition.help.format(days=f"{rules.metrics.return_days:g}"),
        unit=definition.unit,
        better=definition.better,
        value=found.value,
        numerator=found.numerator,
        denominator=found.denominator,
        low=interval[0] if interval else None,
        high=interval[1] if interval else None,
        drill=True,
        currency=found.currency,
        note=found.note,
    )
