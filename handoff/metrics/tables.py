"""The overview as tables for spreadsheets."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator
from dataclasses import fields
from datetime import datetime
from itertools import islice

from handoff.domain.context import iso
from handoff.metrics.conversations import ConversationRow
from handoff.metrics.values import AgentRow, BreakdownRow, Overview, UnansweredRow

Cell = str | int | float | datetime | None
Row = Iterable[Cell]

BREAKDOWNS = ("trigger", "topic", "queue", "page", "hour")
_METRIC = ("name", "label", "unit", "value", "numerator", "denominator", "low", "high", "currency", "note")
ROWS_AT_ONCE = 500  # one by one, sending each costs more than making it
_RUN_BY_SPREADSHEETS = ("=", "+", "-", "@", "\t", "\r")
"""A cell that begins with one of these is a formula to a spreadsheet; what visitors write must not be one."""


def table_of(overview: Overview, table: str) -> Iterator[Row]:
    """One table of the overview, its first row the names of the columns.

    Args:
        overview: all of it.
        table: ``metrics``, ``trend``, one of :data:`BREAKDOWNS`, ``agents`` or ``unanswered``.
    """
    if table == "metrics":
        yield (*_METRIC, "value_before", "denominator_before")
        for metric in overview.metrics:
            before = metric.before
            own = [getattr(metric, name) for name in _METRIC]
            yield (*own, before.value if before else None, before.denominator if before else None)
    elif table == "trend":
        yield ("day", *overview.trend.series)
        yield from zip(overview.trend.days, *overview.trend.series.values(), strict=True)
    elif table == "agents":
        yield from _rows(AgentRow, overview.agents)
    elif table == "unanswered":
        yield from _rows(UnansweredRow, overview.unanswered)
    else:
        yield from _rows(BreakdownRow, overview.breakdowns[table])


def conversation_table(rows: Iterable[ConversationRow]) -> Iterator[Row]:
    """The conversations behind a metric, its first row the names of the columns."""
    return _rows(ConversationRow, rows)


def as_csv(rows: Iterable[Row]) -> Iterator[str]:
    """A CSV file (RFC 4180) in parts; an apostrophe keeps spreadsheets from running a cell."""
    waiting = iter(rows)
    while part := list(islice(waiting, ROWS_AT_ONCE)):
        lines = io.StringIO()
        csv.writer(lines).writerows([_cell(cell) for cell in row] for row in part)
        yield lines.getvalue()


def _cell(cell: Cell) -> str | int | float:
    if cell is None:
        return ""
    if isinstance(cell, datetime):
        return iso(cell)
    if isinstance(cell, str) and cell.startswith(_RUN_BY_SPREADSHEETS):
        return f"'{cell}"
    return cell


def _rows(kind: type, values: Iterable[object]) -> Iterator[Row]:
    names = [field.name for field in fields(kind)]
    yield names
    for value in values:
        yield [getattr(value, name) for name in names]
