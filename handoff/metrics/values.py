"""What the overview is made of; :mod:`handoff.metrics.overview` computes it, and the API shows it as JSON."""

from __future__ import annotations

from dataclasses import dataclass

from handoff.metrics.period import Period
from handoff.persistence.metric_scope import Filters


@dataclass(frozen=True)
class Before:
    """The same metric in the period before."""

    value: float | None
    numerator: int | None
    denominator: int


@dataclass(frozen=True)
class Metric:
    """One number, with what it is made of.

    Attributes:
        name: stable, for programs.
        label: a few words for people.
        help: one plain sentence of what is counted.
        unit: ``share`` (0 to 1), ``seconds``, ``count``, ``score`` (1 to 5) or ``money``.
        better: ``higher``, ``lower``, or None where neither is good by itself.
        value: None where there is nothing to count.
        numerator: of a share; None for others.
        denominator: how many it is counted from: visits, handoffs, messages, ratings or conversions.
        low, high: 95 % Wilson score interval of a share; None for others and where there is nothing to count.
        drill: whether the conversations behind it can be listed.
        currency: of money, where the shop named one.
        note: what the number leaves out, for people; None where it leaves out nothing.
        before: the same in the period before; None where nobody asked.
    """

    name: str
    label: str
    help: str
    unit: str
    better: str | None
    value: float | None
    numerator: int | None
    denominator: int
    low: float | None
    high: float | None
    drill: bool
    currency: str | None = None
    note: str | None = None
    before: Before | None = None


@dataclass(frozen=True)
class Trend:
    """Numbers of each day; a day without anything to count has None where 0 would say something untrue.

    Attributes:
        days: ``2026-11-01`` and so on, in the team's time zone.
        series: by name ``visits``, ``handoffs``, ``handoff_rate``, ``containment``, ``first_reply_median`` (seconds),
            ``csat_handoff``, ``missed`` (a count) and ``fallback_rate``: one number a day.
    """

    days: list[str]
    series: dict[str, list[float | None]]


@dataclass(frozen=True)
class BreakdownRow:
    """Visits that have something in common.

    Attributes:
        key: as the filter of that name takes it; empty where visits have none.
        label: for people.
        visits: None where it is no property of a visit but of its handoff (trigger and queue).
        handoffs: visits with a handoff.
        rate: handoffs / visits; of all visits in the period where ``visits`` is None.
    """

    key: str
    label: str
    visits: int | None
    handoffs: int
    rate: float | None


@dataclass(frozen=True)
class UnansweredRow:
    """Something that visitors wrote and the assistant could not answer.

    Attributes:
        text: as it was written last.
        count: how often, whatever the case, the spaces and the closing punctuation.
        outcome: ``not_understood`` or ``out_of_scope``, of the latest one.
        message_id: of the latest one.
    """

    text: str
    count: int
    outcome: str
    message_id: str


@dataclass(frozen=True)
class AgentRow:
    """What an agent had to do.

    Attributes:
        taken: handoffs made in the period that this agent has or had last.
        replies: messages that the agent wrote in the period.
        resolved: of those taken.
        first_reply_median, resolution_median: seconds, of those taken.
        csat: mean score of those taken.
        rated: how many scores that is the mean of.
        most_at_once: the most of those taken at one time.
    """

    agent_id: str
    name: str
    taken: int
    replies: int
    resolved: int
    first_reply_median: float | None
    resolution_median: float | None
    csat: float | None
    rated: int
    most_at_once: int


@dataclass(frozen=True)
class Option:
    """A value that a filter can have."""

    key: str
    label: str


@dataclass(frozen=True)
class Overview:
    """All of it.

    Attributes:
        breakdowns: by ``trigger``, ``topic``, ``queue``, ``page`` (the 20 with most visits) and ``hour`` (24 rows).
        unanswered: the 10 most frequent.
        options: what can be filtered by: ``topics``, ``queues``, ``triggers``, ``pages`` and ``variants``.
    """

    period: Period
    before: Period
    filters: Filters
    metrics: list[Metric]
    trend: Trend
    breakdowns: dict[str, list[BreakdownRow]]
    unanswered: list[UnansweredRow]
    agents: list[AgentRow]
    options: dict[str, list[Option]]
