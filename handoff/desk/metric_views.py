"""From the values of metrics to what the API shows."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from handoff.desk.metric_schemas import (
    AgentLoadOut,
    BreakdownRowOut,
    ConversationRowOut,
    ConversationsOut,
    ConversionOut,
    FiltersOut,
    MetricOut,
    OptionOut,
    OverviewOut,
    OwnPeriodOut,
    PeriodOut,
    TrendOut,
    UnansweredOut,
    VisitHandoffOut,
    VisitMessageOut,
    VisitOut,
    VisitRatingOut,
)
from handoff.domain.rules import HandoffRules
from handoff.metrics.conversations import Conversations
from handoff.metrics.labels import trigger_label
from handoff.metrics.values import Overview
from handoff.metrics.visit import VisitDetail

_COUNTS = ("messages", "answered", "not_understood", "out_of_scope", "small_talk", "frustrated", "doubts")


def overview_out(overview: Overview) -> OverviewOut:
    """All of the overview."""
    period, before = overview.period, overview.before
    return OverviewOut(
        period=OwnPeriodOut(from_=period.first, to=period.last, days=period.days, timezone=period.timezone),
        before=PeriodOut(from_=before.first, to=before.last),
        filters=FiltersOut(**asdict(overview.filters)),
        metrics=[MetricOut.model_validate(asdict(metric)) for metric in overview.metrics],
        trend=TrendOut.model_validate(asdict(overview.trend)),
        breakdowns={name: [BreakdownRowOut(**vars(row)) for row in rows] for name, rows in overview.breakdowns.items()},
        unanswered=[UnansweredOut.model_validate(vars(row)) for row in overview.unanswered],
        agents=[AgentLoadOut(**vars(row)) for row in overview.agents],
        options={name: [OptionOut(**vars(one)) for one in values] for name, values in overview.options.items()},
    )


def conversations_out(found: Conversations) -> ConversationsOut:
    """What is behind a metric."""
    return ConversationsOut(
        rows=[ConversationRowOut(**vars(row)) for row in found.rows], total=found.total, next=found.next
    )


def visit_out(detail: VisitDetail, rules: HandoffRules) -> VisitOut:
    """One visit with everything that was counted in it."""
    visit = detail.visit
    own = ("id", "conversation_id", "channel", "page", "variant", "started_at", "last_at", "returned_at", "topic")
    rated = visit["rated_at"] is not None
    return VisitOut(
        **{name: visit[name] for name in own},
        intent=visit["intent"],
        intent_label=_phrase(visit["intent"], rules),
        trigger=visit["trigger"],
        counts={name: visit[name] for name in _COUNTS},
        messages=[_message(row, rules) for row in detail.messages],
        handoff=_handoff(detail.handoff) if detail.handoff else None,
        conversions=[ConversionOut.model_validate(row) for row in detail.conversions],
        rating=VisitRatingOut(at=visit["rated_at"], score=visit["score"], comment=visit["comment"]) if rated else None,
    )


def _message(row: Mapping[str, Any], rules: HandoffRules) -> VisitMessageOut:
    return VisitMessageOut.model_validate(
        {**row, "signals": row["signals"] or [], "intent_label": _phrase(row["intent"], rules)}
    )


def _handoff(row: Mapping[str, Any]) -> VisitHandoffOut:
    return VisitHandoffOut.model_validate({**row, "trigger_label": trigger_label(row["trigger"])})


def _phrase(intent: str | None, rules: HandoffRules) -> str | None:
    return rules.phrase(intent) if intent else None
