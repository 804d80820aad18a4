"""The overview as text, for the command line."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from handoff.metrics.definitions import COUNT, MONEY, SCORE, SECONDS, SHARE
from handoff.metrics.durations import in_words
from handoff.metrics.values import BreakdownRow, Metric, Overview

NOTHING = "-"
SAME = "the same"
GAP = "  "
_COLUMNS = ("", "now", "before", "change", "counted from")
_BREAKDOWNS = {"trigger": "Why people were brought in", "topic": "Topics"}


def as_text(overview: Overview) -> str:
    """All metrics with those of the period before, and the breakdowns by trigger and topic."""
    parts = [_heading(overview), _metrics(overview.metrics)]
    if notes := [f"{metric.label}: {metric.note}" for metric in overview.metrics if metric.note]:
        parts.append("\n".join(notes))
    for name, title in _BREAKDOWNS.items():
        if rows := overview.breakdowns[name]:
            parts.append(_breakdown(title, rows))
    return "\n\n".join(parts)


def value_words(metric: Metric, value: float | None) -> str:
    """A value of ``metric`` as people read it."""
    if value is None:
        return NOTHING
    if metric.unit == SHARE:
        return f"{value:.1%}"
    if metric.unit == SECONDS:
        return in_words(value)
    if metric.unit == SCORE:
        return f"{value:.2f}"
    if metric.unit == MONEY:
        return f"{value:,.2f} {metric.currency or ''}".rstrip()
    return f"{value:,.0f}"


def change_words(metric: Metric) -> str:
    """How ``metric`` differs from the period before: in points of a share or score, else in percent."""
    before = metric.before.value if metric.before else None
    if metric.value is None or before is None:
        return NOTHING
    difference = metric.value - before
    if metric.unit == SHARE:
        words = f"{difference * 100:+.1f} points"
    elif metric.unit == SCORE:
        words = f"{difference:+.2f}"
    else:
        words = f"{difference / before:+.0%}" if before else NOTHING
    return words if words == NOTHING or any(digit in words for digit in "123456789") else SAME


def _heading(overview: Overview) -> str:
    period, before = overview.period, overview.before
    lines = [f"{_days(period.first, period.last)} ({period.timezone}), beside {_days(before.first, before.last)}"]
    lines += [f"only {name} {value}" for name, value in overview.filters.given().items()]
    return "\n".join(lines)


def _days(first: date, last: date) -> str:
    return first.isoformat() if first == last else f"{first} to {last}"


def _metrics(metrics: Sequence[Metric]) -> str:
    rows = [
        (
            metric.label,
            value_words(metric, metric.value),
            value_words(metric, metric.before.value) if metric.before else NOTHING,
            change_words(metric),
            "" if metric.unit == COUNT else f"{metric.denominator:,}",  # a count would say it twice
        )
        for metric in metrics
    ]
    return _table([_COLUMNS, *rows])


def _breakdown(title: str, rows: Sequence[BreakdownRow]) -> str:
    lines = [
        (
            row.label,
            NOTHING if row.visits is None else f"{row.visits:,}",
            f"{row.handoffs:,}",
            NOTHING if row.rate is None else f"{row.rate:.1%}",
        )
        for row in rows
    ]
    return _table([(title, "visits", "handed over", "share"), *lines])


def _table(rows: Sequence[Sequence[str]]) -> str:
    """Columns side by side, words to the left and numbers to the right."""
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    return "\n".join(
        GAP.join(cell.rjust(width) if place else cell.ljust(width) for place, (cell, width) in enumerate(cells))
        for cells in (zip(row, widths, strict=True) for row in rows)
    )
