"""Counts visits, by the conditions that the metrics are made of; the lists of conversations use the same ones."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Connection, Integer, and_, cast, func, not_, select

from handoff.persistence.metric_scope import Scope, queue_of_visit
from handoff.persistence.metric_time import quarter_of, within
from handoff.persistence.tables import visits

_c = visits.c
HEARD: ColumnElement[bool] = _c.answered + _c.not_understood + _c.out_of_scope + _c.small_talk > 0
"""The assistant heard at least one message. Who only wrote to a person is on a visit that says nothing about it."""
ASKED: ColumnElement[bool] = _c.answered + _c.not_understood + _c.out_of_scope > 0
"""At least one of them was a request."""
HANDED: ColumnElement[bool] = _c.handoff_id.is_not(None)
CONTAINED: ColumnElement[bool] = and_(_c.handoff_id.is_(None), _c.answered > 0)
"""Answered at least once, and nobody had to step in."""


@dataclass(frozen=True)
class ReturnWindow:
    """How long somebody may take to come back, and whether that time is over.

    Attributes:
        now: visits whose time is over by then are judged, all others not yet.
        span: how long, from the latest message of the visit.
    """

    now: datetime
    span: timedelta

    def over(self) -> ColumnElement[bool]:
        """Whether the time to come back is over."""
        return _c.last_at <= self.now - self.span

    def returned(self, connection: Connection) -> ColumnElement[bool]:
        """Whether the visitor came back within it."""
        return within(connection, _c.last_at, _c.returned_at, self.span)


class VisitSums(NamedTuple):
    """Sums over the visits that the assistant heard.

    ``asked`` and ``contained`` are visits as the conditions above; ``over`` are those whose return window is over,
    ``asked_over`` those of them with a request, ``honest`` those contained whose visitor did not come back, and
    ``repeated`` those whose visitor did. The others are messages, and the sums over visits that were rated.
    """

    visits: int = 0
    asked: int = 0
    handed: int = 0
    contained: int = 0
    over: int = 0
    asked_over: int = 0
    honest: int = 0
    repeated: int = 0
    answered: int = 0
    not_understood: int = 0
    out_of_scope: int = 0
    doubts: int = 0
    rated: int = 0
    score: int = 0
    score_squared: int = 0


class QuarterSums(NamedTuple):
    """Sums over the visits that began in one quarter of an hour."""

    quarter: int
    visits: int
    asked: int
    handed: int
    contained: int
    answered: int
    not_understood: int
    out_of_scope: int


class Share(NamedTuple):
    """Visits that have something in common, and those of them with a handoff."""

    key: str | None
    visits: int
    handed: int


def sum_visits(connection: Connection, scope: Scope, window: ReturnWindow) -> VisitSums:
    """Sums over all visits in ``scope`` that the assistant heard."""
    over, returned = window.over(), window.returned(connection)
    row = connection.execute(
        select(
            func.count(),
            _number(ASKED),
            _number(HANDED),
            _number(CONTAINED),
            _number(over),
            _number(over, ASKED),
            _number(over, CONTAINED, not_(returned)),
            _number(over, returned),
            *map(_total, (_c.answered, _c.not_understood, _c.out_of_scope, _c.doubts)),
            func.count(_c.score),
            _total(_c.score),
            _total(_c.score * _c.score),
        ).where(*scope.visits(), HEARD)
    ).one()
    return VisitSums(*map(int, row))


def sum_by_quarter(connection: Connection, scope: Scope) -> list[QuarterSums]:
    """The same by quarter of an hour, of which days and hours of any time zone can be made; without empty ones."""
    quarter = quarter_of(connection, _c.started_at).label("quarter")
    rows = connection.execute(
        select(
            quarter,
            func.count(),
            _number(ASKED),
            _number(HANDED),
            _number(CONTAINED),
            *map(_total, (_c.answered, _c.not_understood, _c.out_of_scope)),
        )
        .where(*scope.visits(), HEARD)
        .group_by(quarter)
    )
    return [QuarterSums(*map(int, row)) for row in rows]


def shares(connection: Connection, scope: Scope, column: str) -> list[Share]:
    """Visits by a column of the table of visits, the most frequent first."""
    key = _c[column]
    rows = connection.execute(select(key, func.count(), _number(HANDED)).where(*scope.visits(), HEARD).group_by(key))
    return _sorted([Share(*row) for row in rows])


def handed_over(connection: Connection, scope: Scope) -> tuple[list[Share], list[Share]]:
    """Visits with a handoff by its trigger, and by the queue in which it is; the most frequent first."""
    queue = queue_of_visit().label("queue")
    rows = connection.execute(
        select(_c.trigger, queue, func.count().label("number"))
        .where(*scope.visits(), HEARD, HANDED)
        .group_by(_c.trigger, queue)
    ).all()
    triggers: Counter[str] = Counter()
    queues: Counter[str] = Counter()
    for row in rows:
        triggers[row.trigger] += row.number
        queues[row.queue] += row.number
    return _counted(triggers), _counted(queues)


def _counted(numbers: Counter[str]) -> list[Share]:
    return _sorted([Share(key, number, number) for key, number in numbers.items()])


def _sorted(found: list[Share]) -> list[Share]:
    # here, since each database has its own alphabet and its own place for what is missing
    return sorted(found, key=lambda share: (-share.visits, share.key or ""))


def _number(*conditions: ColumnElement[bool]) -> ColumnElement[int]:
    return func.count().filter(and_(*conditions))


def _total(column: ColumnElement[Any]) -> ColumnElement[int]:
    # PostgreSQL sums integers to a number of any size, which arrives as a Decimal
    return cast(func.coalesce(func.sum(column), 0), Integer)
